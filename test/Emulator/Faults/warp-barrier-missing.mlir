// One warp reverses its numbers through shared memory. Lanes do not run in
// step: what one lane stores, another may load only after a barrier of the
// warp, which is missing.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 0 max 31 mean 15.5

!shared = memref<32xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<32xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %all = arith.constant -1 : i32
      %c31 = arith.constant 31 : index
      %v = arith.index_cast %t : index to i32
      memref.store %v, %s[%t] : !shared
      nvvm.bar.warp.sync %all : i32
      %u = arith.subi %c31, %t : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<32xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %all = arith.constant -1 : i32
      %c31 = arith.constant 31 : index
      %v = arith.index_cast %t : index to i32
      // FAULT-DAG: warp-barrier-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
      memref.store %v, %s[%t] : !shared
      %u = arith.subi %c31, %t : index
      // FAULT-DAG: warp-barrier-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @faulty() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<32xi32>)
    return %out : memref<32xi32>
  }
}
