// Four rounds of an exchange, each ended by a phase of one mbarrier. The
// parity to wait for alternates; the faulty version always waits for parity 0,
// which in the second round is true at once.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 64xi32 min 6 max 258 mean 132

!shared = memref<64xi32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @barrier() {addr_space = 3 : i32, alignment = 8 : i64} : i64

    gpu.func @right(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c63 = arith.constant 63 : index
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %one = arith.constant 1 : i32
      %zero = arith.constant 0 : i32
      %count = arith.constant 64 : i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32
      }
      gpu.barrier
      %sum = scf.for %round = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %r = arith.index_cast %round : index to i32
        %number = arith.addi %v, %r : i32
        memref.store %number, %s[%t] : !shared
        %state = nvvm.mbarrier.arrive %barrier : !llvm.ptr<3> -> i64
        %phase = arith.andi %r, %one : i32
        nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
        %w = memref.load %s[%u] : !shared
        gpu.barrier
        %next = arith.addi %partial, %w : i32
        scf.yield %next : i32
      }
      memref.store %sum, %out[%t] : memref<64xi32>
      gpu.return
    }

    gpu.func @faulty(%out: memref<64xi32>) workgroup(%s: !shared) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c63 = arith.constant 63 : index
      %ticks = arith.constant 1000000 : i32
      %v = arith.index_cast %t : index to i32
      %u = arith.subi %c63, %t : index
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %one = arith.constant 1 : i32
      %zero = arith.constant 0 : i32
      %count = arith.constant 64 : i32
      scf.if %first {
        nvvm.mbarrier.init %barrier, %count : !llvm.ptr<3>, i32
      }
      gpu.barrier
      %sum = scf.for %round = %c0 to %c4 step %c1 iter_args(%partial = %zero) -> (i32) {
        %r = arith.index_cast %round : index to i32
        %number = arith.addi %v, %r : i32
        // FAULT-DAG: mbarrier-wrong-phase.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
        memref.store %number, %s[%t] : !shared
        %state = nvvm.mbarrier.arrive %barrier : !llvm.ptr<3> -> i64
        %phase = arith.constant 0 : i32
        nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
        // FAULT-DAG: mbarrier-wrong-phase.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: race on shared memory|note: .* here}}
        %w = memref.load %s[%u] : !shared
        gpu.barrier
        %next = arith.addi %partial, %w : i32
        scf.yield %next : i32
      }
      memref.store %sum, %out[%t] : memref<64xi32>
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
