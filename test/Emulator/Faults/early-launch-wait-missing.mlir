// The second of two kernels starts early, while the first still runs, and must
// wait for its end before it loads what the first has stored.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @fill(%out: memref<64xi32>) kernel {
      nvvm.griddepcontrol launch_dependents
      %t = gpu.thread_id x
      %v = arith.index_cast %t : index to i32
      // FAULT-DAG: early-launch-wait-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
      memref.store %v, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @right(%in: memref<64xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c63 = arith.constant 63 : index
      %u = arith.subi %c63, %t : index
      nvvm.griddepcontrol wait
      %x = memref.load %in[%u] : memref<64xi32>
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: memref<64xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c63 = arith.constant 63 : index
      %u = arith.subi %c63, %t : index
      // FAULT-DAG: early-launch-wait-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on global memory|note: .* here}}
      %x = memref.load %in[%u] : memref<64xi32>
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %between = memref.alloc() : memref<64xi32>
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>)
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>, %out : memref<64xi32>) {mhc.early_launch}
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %between = memref.alloc() : memref<64xi32>
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@fill
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>)
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%between : memref<64xi32>, %out : memref<64xi32>) {mhc.early_launch}
    return %out : memref<64xi32>
  }
}
