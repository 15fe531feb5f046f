// 48 of 64 threads have something to store; all load. The barrier stands
// inside the condition, where half of the second warp does not come.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 47 mean 19.5

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c48 = arith.constant 48 : index
      %active = arith.cmpi ult, %t, %c48 : index
      scf.if %active {
        %v = arith.index_cast %t : index to i32
        memref.store %v, %s[%t] : !shared
      }
      gpu.barrier
      %u = arith.remui %t, %c48 : index
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c48 = arith.constant 48 : index
      %active = arith.cmpi ult, %t, %c48 : index
      scf.if %active {
        %v = arith.index_cast %t : index to i32
        memref.store %v, %s[%t] : !shared
        // FAULT: barrier-divergent.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: barrier in divergent code
        gpu.barrier
      }
      %u = arith.remui %t, %c48 : index
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
