// Two CTAs of 32 threads store 64 results. The faulty version forgets the
// CTA's part of the index, so that both store to the same places.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c32 = arith.constant 32 : index
      %base = arith.muli %b, %c32 : index
      %i = arith.addi %base, %t : index
      %v = arith.index_cast %i : index to i32
      memref.store %v, %out[%i] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c32 = arith.constant 32 : index
      %base = arith.muli %b, %c32 : index
      %i = arith.addi %base, %t : index
      %v = arith.index_cast %i : index to i32
      // FAULT-DAG: two-ctas-one-address.mlir:[[#@LINE+2]]:{{[0-9]+}}: error: race on global memory
      // FAULT-DAG: two-ctas-one-address.mlir:[[#@LINE+1]]:{{[0-9]+}}: note: {{.*}} here
      memref.store %v, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
