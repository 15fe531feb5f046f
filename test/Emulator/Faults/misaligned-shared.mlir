// Each of 64 threads stores four numbers at once to its row in shared memory.
// Rows of 20 words keep the 16 bytes aligned; rows of 17, which would avoid
// bank conflicts, do not.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<1280 x i32>

    gpu.func @right(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %pitch = arith.constant 20 : i32
      %last = arith.constant 63 : i32
      %v = arith.index_cast %t : index to i32
      %four = vector.broadcast %v : i32 to vector<4xi32>
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %word = arith.muli %v, %pitch : i32
      %mine = llvm.getelementptr %tile[%word] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      llvm.store %four, %mine {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<3>
      gpu.barrier
      %partner = arith.subi %last, %v : i32
      %row = arith.muli %partner, %pitch : i32
      %theirs = llvm.getelementptr %tile[%row] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %w = llvm.load %theirs : !llvm.ptr<3> -> i32
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %pitch = arith.constant 17 : i32
      %last = arith.constant 63 : i32
      %v = arith.index_cast %t : index to i32
      %four = vector.broadcast %v : i32 to vector<4xi32>
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %word = arith.muli %v, %pitch : i32
      %mine = llvm.getelementptr %tile[%word] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      // FAULT: misaligned-shared.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: misaligned write
      llvm.store %four, %mine {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<3>
      gpu.barrier
      %partner = arith.subi %last, %v : i32
      %row = arith.muli %partner, %pitch : i32
      %theirs = llvm.getelementptr %tile[%row] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %w = llvm.load %theirs : !llvm.ptr<3> -> i32
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
