// Math ops with an instruction become that instruction; the rest comes out of libdevice.

// RUN: mhc-run --device emulator %s --emit-ptx - | FileCheck %s
// RUN: mhc-run --device emulator %s --emit-ptx %t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t.ptx -o %t.cubin %}

gpu.module @kernels {
  // CHECK-LABEL: .entry exact(
  // CHECK: fma.rn.f32
  // CHECK: cvt.rpi.f32.f32
  // CHECK: cvt.rmi.f32.f32
  // CHECK: cvt.rzi.f32.f32
  // CHECK: cvt.rni.f32.f32
  // CHECK: abs.f32
  gpu.func @exact(%x: memref<?xf32>) kernel {
    %i = gpu.thread_id x
    %v = memref.load %x[%i] : memref<?xf32>
    %0 = math.fma %v, %v, %v : f32
    %1 = math.ceil %0 : f32
    %2 = arith.addf %1, %v : f32
    %3 = math.floor %2 : f32
    %4 = arith.addf %3, %v : f32
    %5 = math.trunc %4 : f32
    %6 = arith.addf %5, %v : f32
    %7 = math.roundeven %6 : f32
    %8 = arith.addf %7, %v : f32
    %9 = math.absf %8 : f32
    // CHECK: sqrt.rn.f32
    %10 = math.sqrt %9 : f32
    // The ops of the LLVM dialect too.
    // CHECK: sqrt.rn.f32
    %11 = llvm.intr.sqrt(%10) : (f32) -> f32
    memref.store %11, %x[%i] : memref<?xf32>
    gpu.return
  }

  // CHECK-LABEL: .entry approximate(
  // CHECK: mul.rn.f32 {{.*}}, 0f3FB8AA3B
  // CHECK: ex2.approx.f32
  // CHECK: ex2.approx.f32
  // CHECK: lg2.approx.f32
  // CHECK: mul.rn.f32 {{.*}}, 0f3F317218
  // CHECK: lg2.approx.f32
  // CHECK: rsqrt.approx.f32
  // CHECK: div.approx.f32
  gpu.func @approximate(%x: memref<?xf32>) kernel {
    %i = gpu.thread_id x
    %v = memref.load %x[%i] : memref<?xf32>
    %0 = math.exp %v fastmath<afn> : f32
    %1 = math.exp2 %0 fastmath<afn> : f32
    %2 = math.log %1 fastmath<afn> : f32
    %3 = math.log2 %2 fastmath<afn> : f32
    %4 = math.rsqrt %3 fastmath<afn> : f32
    %5 = arith.divf %4, %v fastmath<arcp,afn> : f32
    memref.store %5, %x[%i] : memref<?xf32>
    gpu.return
  }

  // Roundings to bf16 and back, in pairs.
  // CHECK-LABEL: .entry bf16(
  // CHECK: cvt.rn.bf16x2.f32
  gpu.func @bf16(%x: memref<?xbf16>) kernel {
    %i = gpu.thread_id x
    %v = vector.load %x[%i] {alignment = 4} : memref<?xbf16>, vector<2xbf16>
    %0 = arith.extf %v : vector<2xbf16> to vector<2xf32>
    %1 = arith.addf %0, %0 : vector<2xf32>
    %2 = arith.mulf %1, %0 : vector<2xf32>
    %3 = arith.truncf %2 : vector<2xf32> to vector<2xbf16>
    vector.store %3, %x[%i] {alignment = 4} : memref<?xbf16>, vector<2xbf16>
    gpu.return
  }
}
