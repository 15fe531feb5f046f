// 64 threads fill a row in shared memory, thread 0 has it copied to global
// memory in bulk, and the threads fill the row anew. The faulty version does
// not wait until the copy has read it.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<64 x i32>

    gpu.func @right(%out: !llvm.ptr<1>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %bytes = arith.constant 256 : i32
      %v = arith.index_cast %t : index to i32
      %first = arith.cmpi eq, %t, %c0 : index
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %cell = llvm.getelementptr %tile[%v] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %zero = arith.constant 0 : i32
      llvm.store %v, %cell : i32, !llvm.ptr<3>
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      gpu.barrier
      scf.if %first {
        nvvm.cp.async.bulk.global.shared.cta %out, %tile, %bytes : !llvm.ptr<1>, !llvm.ptr<3>
        nvvm.cp.async.bulk.commit.group
        nvvm.cp.async.bulk.wait_group 0 {read}
      }
      gpu.barrier
      llvm.store %zero, %cell : i32, !llvm.ptr<3>
      scf.if %first {
        nvvm.cp.async.bulk.wait_group 0
      }
      gpu.return
    }

    gpu.func @faulty(%out: !llvm.ptr<1>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %bytes = arith.constant 256 : i32
      %v = arith.index_cast %t : index to i32
      %first = arith.cmpi eq, %t, %c0 : index
      %tile = llvm.mlir.addressof @tile : !llvm.ptr<3>
      %cell = llvm.getelementptr %tile[%v] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %zero = arith.constant 0 : i32
      llvm.store %v, %cell : i32, !llvm.ptr<3>
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      gpu.barrier
      scf.if %first {
        // FAULT-DAG: bulk-source-overwritten.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
        nvvm.cp.async.bulk.global.shared.cta %out, %tile, %bytes : !llvm.ptr<1>, !llvm.ptr<3>
        nvvm.cp.async.bulk.commit.group
      }
      gpu.barrier
      // FAULT-DAG: bulk-source-overwritten.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
      llvm.store %zero, %cell : i32, !llvm.ptr<3>
      scf.if %first {
        nvvm.cp.async.bulk.wait_group 0
      }
      gpu.return
    }
  }

  func.func @right() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %out_index = memref.extract_aligned_pointer_as_index %out : memref<64xi32> -> index
    %out_address = arith.index_cast %out_index : index to i64
    %out_pointer = llvm.inttoptr %out_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@right
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out_pointer : !llvm.ptr<1>)
    return %out : memref<64xi32>
  }

  func.func @faulty() -> memref<64xi32> {
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %out = memref.alloc() : memref<64xi32>
    %out_index = memref.extract_aligned_pointer_as_index %out : memref<64xi32> -> index
    %out_address = arith.index_cast %out_index : index to i64
    %out_pointer = llvm.inttoptr %out_address : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@faulty
        blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%out_pointer : !llvm.ptr<1>)
    return %out : memref<64xi32>
  }
}
