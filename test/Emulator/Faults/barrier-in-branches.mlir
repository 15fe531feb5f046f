// Even and odd threads store different things. With a barrier in each branch
// in place of one after both, the threads of a warp wait at two instructions,
// which `bar.sync` does not allow within a warp.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 3969 mean 698

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %c63 = arith.constant 63 : index
      %v = arith.index_cast %t : index to i32
      %parity = arith.remui %t, %c2 : index
      %even = arith.cmpi eq, %parity, %c0 : index
      scf.if %even {
        memref.store %v, %s[%t] : !shared
      } else {
        %square = arith.muli %v, %v : i32
        memref.store %square, %s[%t] : !shared
      }
      gpu.barrier
      %u = arith.subi %c63, %t : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c2 = arith.constant 2 : index
      %c63 = arith.constant 63 : index
      %v = arith.index_cast %t : index to i32
      %parity = arith.remui %t, %c2 : index
      %even = arith.cmpi eq, %parity, %c0 : index
      scf.if %even {
        memref.store %v, %s[%t] : !shared
        // FAULT-DAG: barrier-in-branches.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: barrier in divergent code|note: .* here}}
        gpu.barrier
      } else {
        %square = arith.muli %v, %v : i32
        memref.store %square, %s[%t] : !shared
        // FAULT-DAG: barrier-in-branches.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: barrier in divergent code|note: .* here}}
        gpu.barrier
      }
      %u = arith.subi %c63, %t : index
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
