// An index into shared memory that is 16 MiB too large. It must not wrap around
// to the same array, or to that of another CTA.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 0 max 31 mean 15.5

!shared = memref<32xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @pass(%offset: index, %out: memref<32xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c31 = arith.constant 31 : index
      %v = arith.index_cast %t : index to i32
      memref.store %v, %s[%t] : !shared
      gpu.barrier
      %place = arith.addi %t, %offset : index
      // FAULT: shared-wrap.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds write of shared memory: 4 bytes
      memref.store %v, %s[%place] : !shared
      gpu.barrier
      %u = arith.subi %c31, %t : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %offset = arith.constant 0 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@pass
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%offset : index, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }

  func.func @faulty() -> memref<32xi32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %offset = arith.constant 4194304 : index
    %out = memref.alloc() : memref<32xi32>
    gpu.launch_func @kernels::@pass
        blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%offset : index, %out : memref<32xi32>)
    return %out : memref<32xi32>
  }
}
