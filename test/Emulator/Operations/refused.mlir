// What is not modelled is refused by its name, before anything runs.

// RUN: not mhc-run --device emulator %s 2>&1 | FileCheck %s

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @refused(%x: memref<32xf32>, %y: memref<3x32xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %a = memref.load %x[%t] : memref<32xf32>
      %w = arith.extf %a : f32 to f64
      %i = memref.load %y[%c0, %t] : memref<3x32xi32>
      // An instruction that no chip has.
      // CHECK: refused.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the intrinsic 'llvm.nvvm.lg2.approx.d' is not modelled
      %r = llvm.call_intrinsic "llvm.nvvm.lg2.approx.d"(%w) : (f64) -> f64
      %ri = arith.fptosi %r : f64 to i32
      memref.store %ri, %y[%c0, %t] : memref<3x32xi32>
      // Tensor cores of 4-bit elements.
      // CHECK: refused.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the intrinsic 'llvm.nvvm.mma.m16n8k32.row.col.s4' is not modelled
      %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k32.row.col.s4"(%i, %i, %i, %i, %i, %i, %i) : (i32, i32, i32, i32, i32, i32, i32) -> !llvm.struct<(i32, i32, i32, i32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(i32, i32, i32, i32)>
      memref.store %d0, %y[%c1, %t] : memref<3x32xi32>
      // CHECK: refused.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the inline assembly 'sin.approx.f16 $0, $1;' is not modelled
      %s = llvm.inline_asm "sin.approx.f16 $0, $1;", "=r,r" %i : (i32) -> i32
      memref.store %s, %y[%c2, %t] : memref<3x32xi32>
      gpu.return
    }
  }

  func.func @main() {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %x = memref.alloc() : memref<32xf32>
    %y = memref.alloc() : memref<3x32xi32>
    gpu.launch_func @kernels::@refused
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<32xf32>, %y : memref<3x32xi32>)
    return
  }
}
