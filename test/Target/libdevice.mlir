// REQUIRES: ptxas
// A function of libdevice, which comes with ptxas.

// RUN: mhc-run --device emulator %s --emit-ptx %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: ptxas -arch=sm_90a %t.ptx -o %t.cubin

// CHECK:     .entry tanh(
// CHECK-NOT: __nv_
// CHECK:     ex2.approx
gpu.module @kernels {
  gpu.func @tanh(%x: memref<?xf32>) kernel {
    %i = gpu.thread_id x
    %v = memref.load %x[%i] : memref<?xf32>
    %0 = math.tanh %v : f32
    memref.store %0, %x[%i] : memref<?xf32>
    gpu.return
  }
}
