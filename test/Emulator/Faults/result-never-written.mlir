// 64 results, of which the faulty version stores 60: its guard is that of
// another kernel.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5
// FAULT: result-never-written.mlir:{{[0-9]+}}:{{[0-9]+}}: error: result never written

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %number = arith.constant 64 : index
      %v = arith.index_cast %t : index to i32
      %inside = arith.cmpi ult, %t, %number : index
      scf.if %inside {
        memref.store %v, %out[%t] : memref<64xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %number = arith.constant 60 : index
      %v = arith.index_cast %t : index to i32
      %inside = arith.cmpi ult, %t, %number : index
      scf.if %inside {
        memref.store %v, %out[%t] : memref<64xi32>
      }
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
