// Thread 0 has 256 bytes copied to shared memory in bulk. The source must be
// aligned to 16 bytes; that of the faulty version begins one word too far.

// RUN: mhc-run --device emulator %s --entry right --orders 4 --arg full:1 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty --arg full:1 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 1 max 64 mean 32.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @barrier() {addr_space = 3 : i32, alignment = 8 : i64} : i64
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<64 x i32>

    gpu.func @right(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %cell = llvm.getelementptr %tile[%v] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %bytes = arith.constant 256 : i32
      %source = llvm.getelementptr %in[0] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %one : !llvm.ptr<3>, i32
        nvvm.fence.mbarrier.init
        nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      }
      gpu.barrier
      scf.if %first {
        nvvm.mbarrier.arrive.expect_tx %barrier, %bytes : !llvm.ptr<3>, i32
        nvvm.cp.async.bulk.shared.cluster.global %tile, %source, %barrier, %bytes : !llvm.ptr<3>, !llvm.ptr<1>
      }
      nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
      %x = llvm.load %cell : !llvm.ptr<3> -> i32
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%in: !llvm.ptr<1>, %out: memref<64xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %cell = llvm.getelementptr %tile[%v] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %bytes = arith.constant 256 : i32
      %source = llvm.getelementptr %in[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %one : !llvm.ptr<3>, i32
        nvvm.fence.mbarrier.init
        nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      }
      gpu.barrier
      scf.if %first {
        nvvm.mbarrier.arrive.expect_tx %barrier, %bytes : !llvm.ptr<3>, i32
        // FAULT: bulk-misaligned.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: misaligned
        nvvm.cp.async.bulk.shared.cluster.global %tile, %source, %barrier, %bytes : !llvm.ptr<3>, !llvm.ptr<1>
      }
      nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
      %x = llvm.load %cell : !llvm.ptr<3> -> i32
      %y = arith.addi %x, %v : i32
      memref.store %y, %out[%t] : memref<64xi32>
      gpu.return
    }
  }

  func.func @right(%in: memref<65xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<65xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }

  func.func @faulty(%in: memref<65xi32>) -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %in_index = memref.extract_aligned_pointer_as_index %in : memref<65xi32> -> index
    %in_address = arith.index_cast %in_index : index to i64
    %in_pointer = llvm.inttoptr %in_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%in_pointer : !llvm.ptr<1>, %out : memref<64xi32>)
    return %out : memref<64xi32>
  }
}
