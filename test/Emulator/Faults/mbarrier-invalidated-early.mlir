// 64 threads reverse their numbers through shared memory and meet at an
// mbarrier, which thread 0 invalidates when it has no more use for it. Others
// may still be waiting: a barrier is missing.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 0 max 63 mean 31.5

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @barrier() {addr_space = 3 : i32, alignment = 8 : i64} : i64

    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c63 = arith.constant 63 : index
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %count = arith.constant 64 : i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32
      }
      gpu.barrier
      memref.store %v, %s[%t] : !shared
      %state = nvvm.mbarrier.arrive %barrier : !llvm.ptr<3> -> i64
      nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
      gpu.barrier
      scf.if %first {
        nvvm.mbarrier.inval %barrier : !llvm.ptr<3>
      }
      %w = memref.load %s[%u] : !shared
      memref.store %w, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c63 = arith.constant 63 : index
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %count = arith.constant 64 : i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32
      }
      gpu.barrier
      memref.store %v, %s[%t] : !shared
      %state = nvvm.mbarrier.arrive %barrier : !llvm.ptr<3> -> i64
      // FAULT-DAG: mbarrier-invalidated-early.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: mbarrier|error: race on shared memory|note: .* here}}
      nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
      scf.if %first {
        // FAULT-DAG: mbarrier-invalidated-early.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: mbarrier|error: race on shared memory|note: .* here}}
        nvvm.mbarrier.inval %barrier : !llvm.ptr<3>
      }
      %w = memref.load %s[%u] : !shared
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
