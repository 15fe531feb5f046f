// Conversions to integers of numbers that no integer is near to: the device takes
// the nearest there is, and 0 for NaN, where the host may do otherwise.

// RUN: mhc-run --device emulator %s --orders 4 --arg full:3e9 | FileCheck %s --check-prefix=LARGE
// RUN: mhc-run --device emulator %s --orders 4 --arg full:-3e9 | FileCheck %s --check-prefix=SMALL
// RUN: mhc-run --device emulator %s --orders 4 --arg full:nan | FileCheck %s --check-prefix=NAN

// LARGE: result 0: 4xi32 min 2147483647 max 2147483647
// LARGE: result 1: 4xi64 min 3000000000 max 3000000000
// SMALL: result 0: 4xi32 min -2147483648 max -2147483648
// SMALL: result 1: 4xi64 min 0 max 0
// NAN: result 0: 4xi32 min 0 max 0
// NAN: result 1: 4xi64 min 0 max 0

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @convert(%x: memref<4xf32>, %signed: memref<4xi32>, %unsigned: memref<4xi64>) kernel {
      %t = gpu.thread_id x
      %v = memref.load %x[%t] : memref<4xf32>
      %s = arith.fptosi %v : f32 to i32
      memref.store %s, %signed[%t] : memref<4xi32>
      %u = arith.fptoui %v : f32 to i32
      %wide = arith.extui %u : i32 to i64
      memref.store %wide, %unsigned[%t] : memref<4xi64>
      gpu.return
    }
  }

  func.func @main(%x: memref<4xf32>) -> (memref<4xi32>, memref<4xi64>) {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %signed = memref.alloc() : memref<4xi32>
    %unsigned = memref.alloc() : memref<4xi64>
    gpu.launch_func @kernels::@convert
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%x : memref<4xf32>, %signed : memref<4xi32>, %unsigned : memref<4xi64>)
    return %signed, %unsigned : memref<4xi32>, memref<4xi64>
  }
}
