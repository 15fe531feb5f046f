// A thread counts in an array of its own, in local memory, at a place known
// only at run time. The right version clears the array first.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 7 mean 1.75

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%in: memref<7xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c7 = arith.constant 7 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %counts = memref.alloca() : memref<4xi32, #gpu.address_space<private>>
      scf.for %k = %c0 to %c4 step %c1 {
        memref.store %zero, %counts[%k] : memref<4xi32, #gpu.address_space<private>>
      }
      scf.for %k = %c0 to %c7 step %c1 {
        %number = memref.load %in[%k] : memref<7xi32>
        %kind = arith.index_cast %number : i32 to index
        %place = arith.remui %kind, %c4 : index
        %old = memref.load %counts[%place] : memref<4xi32, #gpu.address_space<private>>
        %new = arith.addi %old, %one : i32
        memref.store %new, %counts[%place] : memref<4xi32, #gpu.address_space<private>>
      }
      %mine = arith.remui %t, %c4 : index
      %count = memref.load %counts[%mine] : memref<4xi32, #gpu.address_space<private>>
      memref.store %count, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: memref<7xi32>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c7 = arith.constant 7 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %counts = memref.alloca() : memref<4xi32, #gpu.address_space<private>>
      scf.for %k = %c0 to %c7 step %c1 {
        %number = memref.load %in[%k] : memref<7xi32>
        %kind = arith.index_cast %number : i32 to index
        %place = arith.remui %kind, %c4 : index
        // FAULT: uninitialised-local.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: read of uninitialised local memory
        %old = memref.load %counts[%place] : memref<4xi32, #gpu.address_space<private>>
        %new = arith.addi %old, %one : i32
        memref.store %new, %counts[%place] : memref<4xi32, #gpu.address_space<private>>
      }
      %mine = arith.remui %t, %c4 : index
      %count = memref.load %counts[%mine] : memref<4xi32, #gpu.address_space<private>>
      memref.store %count, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<7xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in : memref<7xi32>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<7xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in : memref<7xi32>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
