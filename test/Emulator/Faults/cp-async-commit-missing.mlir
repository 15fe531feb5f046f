// A thread copies 16 bytes to shared memory asynchronously, waits for all of
// its groups and loads. The copy is in no group: it has not been committed.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 1 max 64 mean 32.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<256 x i32>

    gpu.func @right(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %four = arith.constant 4 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %source = llvm.getelementptr %in[%word] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %mine = llvm.getelementptr %tile[%word] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
      nvvm.cp.async.commit.group
      nvvm.cp.async.wait.group 0
      %x = llvm.load %mine : !llvm.ptr<3> -> i32
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %four = arith.constant 4 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %source = llvm.getelementptr %in[%word] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %mine = llvm.getelementptr %tile[%word] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      nvvm.cp.async.shared.global %mine, %source, 16, cache = cg : !llvm.ptr<3>, !llvm.ptr<1>
      nvvm.cp.async.wait.group 0
      // FAULT: cp-async-commit-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: read before an asynchronous copy has landed
      %x = llvm.load %mine : !llvm.ptr<3> -> i32
      nvvm.cp.async.commit.group
      nvvm.cp.async.wait.group 0
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<256xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<256xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<256xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<256xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
