// Device code that is not modelled: an error at its place, before anything runs.

// RUN: not mhc-run --device emulator %s --arg zeros --arg zeros 2>&1 | FileCheck %s

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @outside(i32) -> i32

    gpu.func @kernel(%functions: memref<4xi64>, %out: memref<4xi32>) kernel {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = memref.load %out[%c0] : memref<4xi32>
      %address = memref.load %functions[%c0] : memref<4xi64>
      %function = llvm.inttoptr %address : i64 to !llvm.ptr
      // CHECK-DAG: code.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: an indirect call is not modelled
      %a = llvm.call %function(%n) : !llvm.ptr, (i32) -> i32
      // CHECK-DAG: code.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the function 'outside' has no body
      %b = llvm.call @outside(%a) : (i32) -> i32
      // CHECK-DAG: code.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: the inline assembly 'isspacep.const $0, $1;' is not modelled
      llvm.inline_asm has_side_effects "isspacep.const $0, $1;", "=b,l" %address : (i64) -> i1
      memref.store %b, %out[%c1] : memref<4xi32>
      gpu.return
    }
  }

  func.func @main(%functions: memref<4xi64>, %out: memref<4xi32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@kernel
        blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%functions : memref<4xi64>, %out : memref<4xi32>)
    return
  }
}
