// Two CTAs of a cluster arrive at each other's mbarrier and wait at their own.
// The cluster barrier in between is arrived at relaxed, so that only a fence
// shows the initialised mbarrier to the other CTA.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 2xi32 min 0 max 1 mean 0.5

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @barrier() {addr_space = 3 : i32, alignment = 8 : i64} : i64

    gpu.func @right(%out: memref<2xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.xori %rank, %one : i32
      %theirs = nvvm.mapa %barrier, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      scf.if %first {
        nvvm.mbarrier.init %barrier, %one : !llvm.ptr<3>, i32
        nvvm.fence.mbarrier.init
      }
      nvvm.cluster.arrive.relaxed
      nvvm.cluster.wait
      scf.if %first {
        nvvm.mbarrier.arrive %theirs {scope = #nvvm.mem_scope<cluster>} : !llvm.ptr<7>
        nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
        %b = gpu.block_id x
        memref.store %rank, %out[%b] : memref<2xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%out: memref<2xi32>) kernel {
      %t = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %phase = arith.constant 0 : i32
      %ticks = arith.constant 1000000 : i32
      %first = arith.cmpi eq, %t, %c0 : index
      %barrier = llvm.mlir.addressof @barrier : !llvm.ptr<3>
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.xori %rank, %one : i32
      %theirs = nvvm.mapa %barrier, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      scf.if %first {
        // FAULT-DAG: mbarrier-fence-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: mbarrier|error: race on shared memory|note: .* here}}
        nvvm.mbarrier.init %barrier, %one : !llvm.ptr<3>, i32
      }
      nvvm.cluster.arrive.relaxed
      nvvm.cluster.wait
      scf.if %first {
        // FAULT-DAG: mbarrier-fence-missing.mlir:[[#@LINE+1]]:{{[0-9]+}}: {{error: mbarrier|error: race on shared memory|note: .* here}}
        nvvm.mbarrier.arrive %theirs {scope = #nvvm.mem_scope<cluster>} : !llvm.ptr<7>
        nvvm.mbarrier.try_wait.parity %barrier, %phase, %ticks : !llvm.ptr<3>, i32, i32
        %b = gpu.block_id x
        memref.store %rank, %out[%b] : memref<2xi32>
      }
      gpu.return
    }
  }

  func.func @right() -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<2xi32>
    gpu.launch_func @kernels::@right clusters in (%c2, %c1, %c1)
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<2xi32>)
    return %out : memref<2xi32>
  }

  func.func @faulty() -> memref<2xi32> {
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c32 = arith.constant 32 : index
    %out = memref.alloc() : memref<2xi32>
    gpu.launch_func @kernels::@faulty clusters in (%c2, %c1, %c1)
        blocks in (%c2, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%out : memref<2xi32>)
    return %out : memref<2xi32>
  }
}
