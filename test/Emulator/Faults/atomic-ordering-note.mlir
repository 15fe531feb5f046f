// CTAs count under a lock. The order that an atomicrmw asks for is lost on the
// way to PTX, as a note to the race says; the right version has fences.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg zeros \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg zeros 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 2xi32 min 0 max 8 mean 4

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%lock: !llvm.ptr<1>) kernel {
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %count = llvm.getelementptr %lock[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      scf.while : () -> () {
        %old = llvm.atomicrmw xchg %lock, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
        %taken = arith.cmpi ne, %old, %zero : i32
        scf.condition(%taken)
      } do {
        scf.yield
      }
      llvm.fence syncscope("device") acquire
      %before = llvm.load %count : !llvm.ptr<1> -> i32
      %after = arith.addi %before, %one : i32
      llvm.store %after, %count : i32, !llvm.ptr<1>
      llvm.fence syncscope("device") release
      %mine = llvm.atomicrmw xchg %lock, %zero syncscope("device") monotonic : !llvm.ptr<1>, i32
      gpu.return
    }

    gpu.func @faulty(%lock: !llvm.ptr<1>) kernel {
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %count = llvm.getelementptr %lock[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      scf.while : () -> () {
        %old = llvm.atomicrmw xchg %lock, %one syncscope("device") acq_rel : !llvm.ptr<1>, i32
        %taken = arith.cmpi ne, %old, %zero : i32
        scf.condition(%taken)
      } do {
        scf.yield
      }
      // FAULT: atomic-ordering-note.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: race on global memory: read
      %before = llvm.load %count : !llvm.ptr<1> -> i32
      %after = arith.addi %before, %one : i32
      // FAULT: atomic-ordering-note.mlir:[[#@LINE+1]]:{{[0-9]+}}: note: the write is here
      llvm.store %after, %count : i32, !llvm.ptr<1>
      // FAULT: atomic-ordering-note.mlir:[[#@LINE+1]]:{{[0-9]+}}: note: this atomicrmw orders nothing, since NVPTX makes it a relaxed atomic
      %mine = llvm.atomicrmw xchg %lock, %zero syncscope("device") acq_rel : !llvm.ptr<1>, i32
      gpu.return
    }
  }

  func.func @right(%lock: memref<2xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %index = memref.extract_aligned_pointer_as_index %lock : memref<2xi32> -> index
    %address = arith.index_cast %index : index to i64
    %pointer = llvm.inttoptr %address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c8, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>)
    return %lock : memref<2xi32>
  }

  func.func @faulty(%lock: memref<2xi32>) -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %index = memref.extract_aligned_pointer_as_index %lock : memref<2xi32> -> index
    %address = arith.index_cast %index : index to i64
    %pointer = llvm.inttoptr %address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c8, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%pointer : !llvm.ptr<1>)
    return %lock : memref<2xi32>
  }
}
