// Each thread divides a number by its own, to which the faulty entry adds
// nothing, so that thread 0 divides by zero. The host must survive it.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 4xi32 min 3 max 12 mean 6.25

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @divide(%dividend: index, %added: index, %out: memref<4xi32>) kernel {
      %t = gpu.thread_id x
      %divisor = arith.addi %t, %added : index
      // FAULT: division-by-zero.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: division of an integer by zero: by thread (0, 0, 0)
      %quotient = arith.divsi %dividend, %divisor : index
      %v = arith.index_cast %quotient : index to i32
      memref.store %v, %out[%t] : memref<4xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c12 = arith.constant 12 : index
    %out = memref.alloc() : memref<4xi32>
    gpu.launch_func @kernels::@divide
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%c12 : index, %c1 : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @faulty() -> memref<4xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c12 = arith.constant 12 : index
    %out = memref.alloc() : memref<4xi32>
    gpu.launch_func @kernels::@divide
        blocks in (%c1, %c1, %c1) threads in (%c4, %c1, %c1)
        args(%c12 : index, %c0 : index, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
