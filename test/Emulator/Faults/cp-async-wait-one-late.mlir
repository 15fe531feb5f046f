// A pipeline of two stages: while a thread loads one tile, the copy of the
// next is in flight. At most one group may be pending when a tile is loaded;
// the faulty version allows two.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 4 max 67 mean 35.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<512 x i32>

    gpu.func @right(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %four = arith.constant 4 : i32
      %pitch = arith.constant 256 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      scf.for %i = %c0 to %c2 step %c1 {
        %n = arith.index_cast %i : index to i32
        %row = arith.muli %n, %pitch : i32
        %place = arith.addi %row, %word : i32
        %source = llvm.getelementptr %in[%place] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        %mine = llvm.getelementptr %tile[%place] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
        nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
        nvvm.cp.async.commit.group
      }
      %x = scf.for %i = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %n = arith.index_cast %i : index to i32
        %stage = arith.andi %n, %one : i32
        %row = arith.muli %stage, %pitch : i32
        %place = arith.addi %row, %word : i32
        %mine = llvm.getelementptr %tile[%place] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
        nvvm.cp.async.wait.group 1
        %element = llvm.load %mine : !llvm.ptr<3> -> i32
        %next = arith.addi %partial, %element : i32
        // The tile after next takes the place of this one; at the end its group is empty.
        %ahead = arith.addi %i, %c2 : index
        %more = arith.cmpi ult, %ahead, %c4 : index
        scf.if %more {
          %far = arith.index_cast %ahead : index to i32
          %begin = arith.muli %far, %pitch : i32
          %from = arith.addi %begin, %word : i32
          %source = llvm.getelementptr %in[%from] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
        }
        nvvm.cp.async.commit.group
        scf.yield %next : i32
      }
      nvvm.cp.async.wait.group 0
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %four = arith.constant 4 : i32
      %pitch = arith.constant 256 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      scf.for %i = %c0 to %c2 step %c1 {
        %n = arith.index_cast %i : index to i32
        %row = arith.muli %n, %pitch : i32
        %place = arith.addi %row, %word : i32
        %source = llvm.getelementptr %in[%place] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        %mine = llvm.getelementptr %tile[%place] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
        nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
        nvvm.cp.async.commit.group
      }
      %x = scf.for %i = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %n = arith.index_cast %i : index to i32
        %stage = arith.andi %n, %one : i32
        %row = arith.muli %stage, %pitch : i32
        %place = arith.addi %row, %word : i32
        %mine = llvm.getelementptr %tile[%place] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
        nvvm.cp.async.wait.group 2
        // FAULT: cp-async-wait-one-late.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: read before an asynchronous copy has landed
        %element = llvm.load %mine : !llvm.ptr<3> -> i32
        %next = arith.addi %partial, %element : i32
        // The tile after next takes the place of this one; at the end its group is empty.
        %ahead = arith.addi %i, %c2 : index
        %more = arith.cmpi ult, %ahead, %c4 : index
        scf.if %more {
          %far = arith.index_cast %ahead : index to i32
          %begin = arith.muli %far, %pitch : i32
          %from = arith.addi %begin, %word : i32
          %source = llvm.getelementptr %in[%from] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
        }
        nvvm.cp.async.commit.group
        scf.yield %next : i32
      }
      nvvm.cp.async.wait.group 0
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<1024xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<1024xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<1024xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<1024xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
