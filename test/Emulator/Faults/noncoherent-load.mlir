// 64 threads reverse their numbers through global memory: a thread stores one,
// meets the others at a barrier and loads its partner's. The load of the
// faulty version claims that nobody writes the memory while the kernel runs;
// it becomes `ld.global.nc`, which may return what a cache held before.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @right(%buffer: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %last = arith.constant 63 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %last, %v : i32
      %mine = llvm.getelementptr %buffer[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %theirs = llvm.getelementptr %buffer[%u] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      llvm.store %v, %mine : i32, !llvm.ptr<1>
      gpu.barrier
      %w = llvm.load %theirs : !llvm.ptr<1> -> i32
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%buffer: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %last = arith.constant 63 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %last, %v : i32
      %mine = llvm.getelementptr %buffer[%v] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      %theirs = llvm.getelementptr %buffer[%u] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
      // FAULT-DAG: noncoherent-load.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: write to memory that this launch reads as non-coherent|note: .* here}}
      llvm.store %v, %mine : i32, !llvm.ptr<1>
      gpu.barrier
      // FAULT-DAG: noncoherent-load.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: write to memory that this launch reads as non-coherent|note: .* here}}
      %w = llvm.load %theirs invariant : !llvm.ptr<1> -> i32
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %buffer = memref.alloc() : memref<64xi32>
    %buffer_index = memref.extract_aligned_pointer_as_index %buffer : memref<64xi32> -> index
    %buffer_address = arith.index_cast %buffer_index : index to i64
    %buffer_pointer = llvm.inttoptr %buffer_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%buffer_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %buffer = memref.alloc() : memref<64xi32>
    %buffer_index = memref.extract_aligned_pointer_as_index %buffer : memref<64xi32> -> index
    %buffer_address = arith.index_cast %buffer_index : index to i64
    %buffer_pointer = llvm.inttoptr %buffer_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%buffer_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
