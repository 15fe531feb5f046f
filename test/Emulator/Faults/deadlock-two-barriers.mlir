// All 64 threads are to meet at one named barrier. In the faulty version each
// warp waits at another, for the 64 threads that never come together.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c63 = arith.constant 63 : index
      %number = arith.constant 64 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %id = arith.constant 1 : i32
      memref.store %v, %s[%t] : !shared
      nvvm.barrier id = %id number_of_threads = %number
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c63 = arith.constant 63 : index
      %number = arith.constant 64 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %c32 = arith.constant 32 : index
      %one = arith.constant 1 : i32
      %warp = arith.divui %t, %c32 : index
      %group = arith.index_cast %warp : index to i32
      %id = arith.addi %group, %one : i32
      memref.store %v, %s[%t] : !shared
      // FAULT: deadlock-two-barriers.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock
      nvvm.barrier id = %id number_of_threads = %number
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
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
