// A kernel adds 1 to each number. It promises by `llvm.noalias` and
// `llvm.readonly` that nobody writes its input while it runs, and its loads
// become `ld.global.nc`. The faulty entry runs it in place.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 2 max 2 mean 2

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @increment(%in: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %out: !llvm.ptr<1> {llvm.noalias}) kernel {
      %t = gpu.thread_id x
      %one = arith.constant 1 : i32
      %v = arith.index_cast %t : index to i32
      %source = llvm.getelementptr %in[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %target = llvm.getelementptr %out[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %x = llvm.load %source : !llvm.ptr<1> -> i32
      %y = arith.addi %x, %one : i32
      // FAULT: noncoherent-argument.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: write to memory that this launch reads as non-coherent
      llvm.store %y, %target : i32, !llvm.ptr<1>
      gpu.return
    }
  }

  func.func @right(%in: memref<64xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<64xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    %out_index = memref.extract_aligned_pointer_as_index %out : memref<64xi32> -> index
    %out_address = arith.index_cast %out_index : index to i64
    %out_pointer = llvm.inttoptr %out_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@increment
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out_pointer : !llvm.ptr<1>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<64xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<64xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    %out_index = memref.extract_aligned_pointer_as_index %out : memref<64xi32> -> index
    %out_address = arith.index_cast %out_index : index to i64
    %out_pointer = llvm.inttoptr %out_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@increment
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %in_pointer : !llvm.ptr<1>)
    return %in : memref<64xi32>
  }
}
