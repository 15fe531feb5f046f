// A thread loads four numbers at once, 16 bytes, which must be aligned to 16.
// In the faulty version they begin one number too far: x86 would not mind, a
// GPU traps.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 4 max 4 mean 4

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %four = arith.constant 4 : i32
      %skip = arith.constant 0 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %begin = arith.addi %word, %skip : i32
      %source = llvm.getelementptr %in[%begin] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %x = llvm.load %source {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xi32>
      %sum = vector.reduction <add>, %x : vector<4xi32> into i32
      memref.store %sum, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %four = arith.constant 4 : i32
      %skip = arith.constant 1 : i32
      %v = arith.index_cast %t : index to i32
      %word = arith.muli %v, %four : i32
      %begin = arith.addi %word, %skip : i32
      %source = llvm.getelementptr %in[%begin] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      // FAULT: misaligned-global.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: misaligned read
      %x = llvm.load %source {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xi32>
      %sum = vector.reduction <add>, %x : vector<4xi32> into i32
      memref.store %sum, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<260xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<260xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<260xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<260xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
