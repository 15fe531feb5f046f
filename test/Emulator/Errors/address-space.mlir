// A variable in a memory that kernels have no addresses of is refused.

// RUN: not mhc-run --device emulator %s --arg zeros 2>&1 | FileCheck %s

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global external @scratch() {addr_space = 5 : i32} : !llvm.array<4 x i32> {
      %undef = llvm.mlir.undef : !llvm.array<4 x i32>
      llvm.return %undef : !llvm.array<4 x i32>
    }

    gpu.func @kernel(%out: memref<4xi32>) kernel {
      %c0 = arith.constant 0 : index
      %p = llvm.mlir.addressof @scratch : !llvm.ptr<5>
      // CHECK: address-space.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the variable 'scratch' lies in address space 5, which is not modelled
      %v = llvm.load volatile %p : !llvm.ptr<5> -> i32
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
