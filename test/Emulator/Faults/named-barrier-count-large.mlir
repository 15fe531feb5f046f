// Two groups of 64 threads, of two warps each, reverse their numbers, each
// group with a named barrier of its own. The barrier is told of 96 threads,
// and the third warp never comes.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 128xi32 min 0 max 127 mean 63.5

!shared = memref<128xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<128xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c1 = arith.constant 1 : index
      %c32 = arith.constant 32 : index
      %c63 = arith.constant 63 : index
      %c64 = arith.constant 64 : index
      // Even warps are one group, odd warps the other.
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %group = arith.andi %warp, %c1 : index
      %pair = arith.divui %t, %c64 : index
      %row = arith.muli %group, %c64 : index
      %half = arith.muli %pair, %c32 : index
      %place = arith.addi %half, %lane : index
      %i = arith.addi %row, %place : index
      %u = arith.xori %i, %c63 : index
      %v = arith.index_cast %i : index to i32
      %number = arith.constant 64 : i32
      %barrier = arith.addi %group, %c1 : index
      %id = arith.index_cast %barrier : index to i32
      memref.store %v, %s[%i] : !shared
      nvvm.barrier id = %id number_of_threads = %number
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%i] : memref<128xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<128xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c1 = arith.constant 1 : index
      %c32 = arith.constant 32 : index
      %c63 = arith.constant 63 : index
      %c64 = arith.constant 64 : index
      // Even warps are one group, odd warps the other.
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %group = arith.andi %warp, %c1 : index
      %pair = arith.divui %t, %c64 : index
      %row = arith.muli %group, %c64 : index
      %half = arith.muli %pair, %c32 : index
      %place = arith.addi %half, %lane : index
      %i = arith.addi %row, %place : index
      %u = arith.xori %i, %c63 : index
      %v = arith.index_cast %i : index to i32
      %number = arith.constant 96 : i32
      %barrier = arith.addi %group, %c1 : index
      %id = arith.index_cast %barrier : index to i32
      memref.store %v, %s[%i] : !shared
      // FAULT: named-barrier-count-large.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock
      nvvm.barrier id = %id number_of_threads = %number
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%i] : memref<128xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<128xi32> {
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %out = memref.alloc() : memref<128xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%out : memref<128xi32>)
    return %out : memref<128xi32>
  }

  func.func @faulty() -> memref<128xi32> {
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %out = memref.alloc() : memref<128xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%out : memref<128xi32>)
    return %out : memref<128xi32>
  }
}
