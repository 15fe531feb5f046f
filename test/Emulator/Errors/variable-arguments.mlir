// A device function that takes a variable number of arguments is refused.

// RUN: not mhc-run --device emulator %s --arg zeros 2>&1 | FileCheck %s

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @many(%n: i32, ...) -> i32 attributes {passthrough = ["noinline"]} {
      // CHECK: variable-arguments.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: a variable number of arguments is not modelled
      %v = llvm.inline_asm has_side_effects "mov.b32 $0, $1;", "=r,r" %n : (i32) -> i32
      llvm.return %v : i32
    }

    gpu.func @kernel(%out: memref<4xi32>) kernel {
      %c0 = arith.constant 0 : index
      %n = memref.load %out[%c0] : memref<4xi32>
      %v = llvm.call @many(%n, %n) vararg(!llvm.func<i32 (i32, ...)>) : (i32, i32) -> i32
      memref.store %v, %out[%c0] : memref<4xi32>
      gpu.return
    }
  }

  func.func @main(%out: memref<4xi32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@kernel
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%out : memref<4xi32>)
    return
  }
}
