// Four rounds of an exchange through one buffer. A round needs two barriers:
// one before the loads, so that all have stored, and one after them, so that
// no thread stores for the next round what another has still to load. The
// second is missing.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 6 max 258 mean 132

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c63 = arith.constant 63 : index
      %u = arith.subi %c63, %t : index
      %sum = scf.for %round = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %i = arith.addi %t, %round : index
        %v = arith.index_cast %i : index to i32
        memref.store %v, %s[%t] : !shared
        gpu.barrier
        %w = memref.load %s[%u] : !shared
        gpu.barrier
        %next = arith.addi %partial, %w : i32
        scf.yield %next : i32
      }
      memref.store %sum, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c63 = arith.constant 63 : index
      %u = arith.subi %c63, %t : index
      %sum = scf.for %round = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %i = arith.addi %t, %round : index
        %v = arith.index_cast %i : index to i32
        // FAULT-DAG: barrier-missing-in-loop.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
        memref.store %v, %s[%t] : !shared
        gpu.barrier
        // FAULT-DAG: barrier-missing-in-loop.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
        %w = memref.load %s[%u] : !shared
        %next = arith.addi %partial, %w : i32
        scf.yield %next : i32
      }
      memref.store %sum, %out[%t] : memref<64xi32>
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
