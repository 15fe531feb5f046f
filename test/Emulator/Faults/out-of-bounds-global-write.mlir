// 60 results and 64 threads: the last four must not store. The guard of the
// faulty version lets one of them through.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 60xi32 min 0 max 59 mean 29.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<60xi32>) kernel {
      %t = gpu.thread_id x
      %c60 = arith.constant 60 : index
      %v = arith.index_cast %t : index to i32
      %inside = arith.cmpi ult, %t, %c60 : index
      scf.if %inside {
        memref.store %v, %out[%t] : memref<60xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%out: memref<60xi32>) kernel {
      %t = gpu.thread_id x
      %c60 = arith.constant 60 : index
      %v = arith.index_cast %t : index to i32
      %inside = arith.cmpi ule, %t, %c60 : index
      scf.if %inside {
        // FAULT: out-of-bounds-global-write.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds write of global memory
        memref.store %v, %out[%t] : memref<60xi32>
      }
      gpu.return
    }
  }

  func.func @right() -> memref<60xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<60xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out : memref<60xi32>)
    return %out : memref<60xi32>
  }

  func.func @faulty() -> memref<60xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<60xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out : memref<60xi32>)
    return %out : memref<60xi32>
  }
}
