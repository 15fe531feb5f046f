// A kernel adds to what a buffer holds. The right entry is given a buffer of
// zeros; the faulty one allocates it and nobody clears it.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @accumulate(%sum: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      // FAULT: uninitialised-global.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: read of uninitialised global memory
      %old = memref.load %sum[%t] : memref<64xi32>
      %new = arith.addi %old, %v : i32
      memref.store %new, %sum[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%sum: memref<64xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    gpu.launch_func @kernels::@accumulate
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%sum : memref<64xi32>)
    return %sum : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %sum = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@accumulate
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%sum : memref<64xi32>)
    return %sum : memref<64xi32>
  }
}
