// 60 numbers for 64 threads: the last four must not load. The guard of the
// faulty version lets one of them through.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 1 mean 0.9375

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%in: memref<60xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %c60 = arith.constant 60 : index
      %inside = arith.cmpi ult, %t, %c60 : index
      %x = scf.if %inside -> (i32) {
        %loaded = memref.load %in[%t] : memref<60xi32>
        scf.yield %loaded : i32
      } else {
        scf.yield %zero : i32
      }
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: memref<60xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %zero = arith.constant 0 : i32
      %c60 = arith.constant 60 : index
      %inside = arith.cmpi ule, %t, %c60 : index
      %x = scf.if %inside -> (i32) {
        // FAULT: out-of-bounds-global-read.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds read of global memory
        %loaded = memref.load %in[%t] : memref<60xi32>
        scf.yield %loaded : i32
      } else {
        scf.yield %zero : i32
      }
      memref.store %x, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<60xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in : memref<60xi32>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<60xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in : memref<60xi32>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
