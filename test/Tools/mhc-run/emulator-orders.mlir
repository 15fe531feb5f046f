// A program whose result depends on the order of its threads: --orders names the first element
// that differs. (The race is found as well, where it is looked for.)

// RUN: not mhc-run --device emulator %s --arg zeros --check none --orders 2 2>&1 | FileCheck %s --check-prefix=DIFFERS
// DIFFERS-NOT: result
// DIFFERS: mhc-run: error: expected the bits of order forward in result 0, got others in order reverse: element [1, 2], 0.{{.*}} and not 7.{{.*}}
// RUN: mhc-run --device emulator %s --arg zeros --check none --orders 1 | FileCheck %s --check-prefix=ONE
// ONE: result 0: 2x4xf32 min 0 max 7
// RUN: not mhc-run --device emulator %s --arg zeros --orders 2 2>&1 | FileCheck %s --check-prefix=RACE
// RACE: emulator-orders.mlir:[[#@LINE+10]]:7: error: race on global memory
// RACE: mhc-run: error: {{[0-9]+ findings?}} in order forward
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @last(%x: memref<2x4xf32>) kernel {
      %i = gpu.thread_id x
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %j = arith.index_cast %i : index to i32
      %v = arith.uitofp %j : i32 to f32
      memref.store %v, %x[%c1, %c2] : memref<2x4xf32>
      gpu.return
    }
  }
  func.func @main(%x: memref<2x4xf32>) -> memref<2x4xf32> {
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    gpu.launch_func @kernels::@last blocks in (%c1, %c1, %c1) threads in (%c8, %c1, %c1)
        args(%x : memref<2x4xf32>)
    return %x : memref<2x4xf32>
  }
}
