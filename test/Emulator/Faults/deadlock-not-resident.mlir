// A chain of CTAs: each waits until the one before it is done. A CTA may wait
// only for one that has been started. The right version takes its place in the
// chain by an atomic counter, in the order in which CTAs start; the faulty one
// takes it from its index, backwards, so that it waits for a CTA that does not
// fit on the device.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros --resident 1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg zeros --resident 1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 4xi32 min 0 max 3 mean 1.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%counters: !llvm.ptr<1>, %out: memref<4xi32>) kernel {
      %one = arith.constant 1 : i32
      %done = llvm.getelementptr %counters[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %place = llvm.atomicrmw add %counters, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
      scf.while : () -> () {
        %finished = llvm.load %done atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
        %early = arith.cmpi ne, %finished, %place : i32
        scf.condition(%early)
      } do {
        scf.yield
      }
      %i = arith.index_cast %place : i32 to index
      memref.store %place, %out[%i] : memref<4xi32>
      %next = arith.addi %place, %one : i32
      llvm.store %next, %done atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      gpu.return
    }

    gpu.func @faulty(%counters: !llvm.ptr<1>, %out: memref<4xi32>) kernel {
      %one = arith.constant 1 : i32
      %done = llvm.getelementptr %counters[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %b = gpu.block_id x
      %last = arith.constant 3 : i32
      %block = arith.index_cast %b : index to i32
      %place = arith.subi %last, %block : i32
      scf.while : () -> () {
        // FAULT: deadlock-not-resident.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: deadlock
        %finished = llvm.load %done atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
        %early = arith.cmpi ne, %finished, %place : i32
        scf.condition(%early)
      } do {
        scf.yield
      }
      %i = arith.index_cast %place : i32 to index
      memref.store %place, %out[%i] : memref<4xi32>
      %next = arith.addi %place, %one : i32
      llvm.store %next, %done atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      gpu.return
    }
  }

  func.func @right(%counters: memref<2xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %counters_index = memref.extract_aligned_pointer_as_index %counters : memref<2xi32> -> index
    %counters_address = arith.index_cast %counters_index : index to i64
    %counters_pointer = llvm.inttoptr %counters_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%counters_pointer : !llvm.ptr<1>, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }

  func.func @faulty(%counters: memref<2xi32>) -> memref<4xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %out = memref.alloc() : memref<4xi32>
    %counters_index = memref.extract_aligned_pointer_as_index %counters : memref<2xi32> -> index
    %counters_address = arith.index_cast %counters_index : index to i64
    %counters_pointer = llvm.inttoptr %counters_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c4, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%counters_pointer : !llvm.ptr<1>, %out : memref<4xi32>)
    return %out : memref<4xi32>
  }
}
