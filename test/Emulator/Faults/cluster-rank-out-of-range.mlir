// Two CTAs of a cluster give each other their numbers by distributed shared
// memory. The faulty version takes the next rank for that of the other: rank 2
// does not exist.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @cells() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<32 x i32>

    gpu.func @right(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c32 = arith.constant 32 : index
      %one = arith.constant 1 : i32
      %lane = arith.index_cast %t : index to i32
      %b = gpu.block_id x
      %base = arith.muli %b, %c32 : index
      %i = arith.addi %base, %t : index
      %v = arith.index_cast %i : index to i32
      %cells = llvm.mlir.addressof @cells : !llvm.ptr<3>
      %mine = llvm.getelementptr %cells[%lane] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.xori %rank, %one : i32
      %theirs = nvvm.mapa %mine, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      nvvm.cluster.arrive
      nvvm.cluster.wait
      llvm.store %v, %theirs : i32, !llvm.ptr<7>
      nvvm.cluster.arrive
      nvvm.cluster.wait
      %w = llvm.load %mine : !llvm.ptr<3> -> i32
      memref.store %w, %out[%i] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c32 = arith.constant 32 : index
      %one = arith.constant 1 : i32
      %lane = arith.index_cast %t : index to i32
      %b = gpu.block_id x
      %base = arith.muli %b, %c32 : index
      %i = arith.addi %base, %t : index
      %v = arith.index_cast %i : index to i32
      %cells = llvm.mlir.addressof @cells : !llvm.ptr<3>
      %mine = llvm.getelementptr %cells[%lane] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.addi %rank, %one : i32
      // FAULT: cluster-rank-out-of-range.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: out of bounds
      %theirs = nvvm.mapa %mine, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      nvvm.cluster.arrive
      nvvm.cluster.wait
      llvm.store %v, %theirs : i32, !llvm.ptr<7>
      nvvm.cluster.arrive
      nvvm.cluster.wait
      %w = llvm.load %mine : !llvm.ptr<3> -> i32
      memref.store %w, %out[%i] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@right clusters in (%c2, %c1, %c1)
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<64xi32>
    gpu.launch_func @kernels::@faulty clusters in (%c2, %c1, %c1)
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
