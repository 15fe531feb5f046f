// Every instruction of the PTX belongs to a line of the file; the PTX is not one for a debugger,
// which ptxas would not optimise.

// RUN: mhc-run --device emulator %s --emit-ptx %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t.ptx -o %t.cubin %}

// CHECK: .version 8.6
// CHECK: .target sm_90a{{$}}
// CHECK: .entry add(
gpu.module @kernels {
  gpu.func @add(%x: memref<?xf32>, %v: f32) kernel {
    %i = gpu.thread_id x
    // CHECK: .loc 1 [[#@LINE+2]]
    // CHECK: ld.global.b32
    %a = memref.load %x[%i] : memref<?xf32>
    // CHECK: .loc 1 [[#@LINE+2]]
    // CHECK: add.rn.f32
    %b = arith.addf %a, %v : f32
    // CHECK: .loc 1 [[#@LINE+2]]
    // CHECK: st.global.b32
    memref.store %b, %x[%i] : memref<?xf32>
    gpu.return
  }
}
// CHECK: .file 1 "{{.*}}lines.mlir"
