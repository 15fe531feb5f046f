// The lower 16 lanes of a warp exchange their numbers with their neighbours.
// The mask names all 32 lanes, of which 16 never come.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 32xi32 min 0 max 31 mean 15.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %c16 = arith.constant 16 : index
      %all = arith.constant -1 : i32
      %one = arith.constant 1 : i32
      %clamp = arith.constant 31 : i32
      %mask = arith.constant 0x0000ffff : i32
      %v = arith.index_cast %t : index to i32
      %low = arith.cmpi ult, %t, %c16 : index
      %w = scf.if %low -> (i32) {
        %x = nvvm.shfl.sync bfly %mask, %v, %one, %clamp : i32 -> i32
        scf.yield %x : i32
      } else {
        scf.yield %v : i32
      }
      nvvm.bar.warp.sync %all : i32
      memref.store %w, %out[%t] : memref<32xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<32xi32>) kernel {
      %t = gpu.thread_id x
      %c16 = arith.constant 16 : index
      %all = arith.constant -1 : i32
      %one = arith.constant 1 : i32
      %clamp = arith.constant 31 : i32
      %mask = arith.constant 0xffffffff : i32
      %v = arith.index_cast %t : index to i32
      %low = arith.cmpi ult, %t, %c16 : index
      %w = scf.if %low -> (i32) {
        // FAULT: shuffle-lane-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: lane missing from shfl
        %x = nvvm.shfl.sync bfly %mask, %v, %one, %clamp : i32 -> i32
        scf.yield %x : i32
      } else {
        scf.yield %v : i32
      }
      nvvm.bar.warp.sync %all : i32
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
