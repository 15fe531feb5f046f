// A thread clears a cell in shared memory, and one of the other warp puts its
// number there. Without the barrier between the two stores either may come
// last.

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
      %zero = arith.constant 0 : i32
      %c63 = arith.constant 63 : index
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      memref.store %zero, %s[%t] : !shared
      gpu.barrier
      memref.store %v, %s[%u] : !shared
      gpu.barrier
      %w = memref.load %s[%t] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %c63 = arith.constant 63 : index
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      // FAULT-DAG: barrier-missing-writes.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
      memref.store %zero, %s[%t] : !shared
      // FAULT-DAG: barrier-missing-writes.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
      memref.store %v, %s[%u] : !shared
      gpu.barrier
      %w = memref.load %s[%t] : !shared
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
