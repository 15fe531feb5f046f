// Threads of two CTAs count by atomics in each other's shared memory. Without
// the last cluster barrier a CTA may have ended when the other counts there.

// RUN: mhc-run --device emulator %s --entry right --orders 4 \
// RUN: | FileCheck %s --check-prefix=RIGHT
// RUN: not mhc-run --device emulator %s --entry faulty 2>&1 \
// RUN: | FileCheck %s --check-prefix=FAULT

// RIGHT: result 0: 2xi32 min 32 max 32 mean 32

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global internal @cell() {addr_space = 3 : i32, alignment = 4 : i64} : i32

    gpu.func @right(%out: memref<2xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %cell = llvm.mlir.addressof @cell : !llvm.ptr<3>
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        llvm.store %zero, %cell : i32, !llvm.ptr<3>
      }
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.xori %rank, %one : i32
      %theirs = nvvm.mapa %cell, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      %generic = llvm.addrspacecast %theirs : !llvm.ptr<7> to !llvm.ptr
      nvvm.cluster.arrive
      nvvm.cluster.wait
      %old = llvm.call_intrinsic "llvm.nvvm.atomic.add.gen.i.sys"(%generic, %one) : (!llvm.ptr, i32) -> i32
      nvvm.cluster.arrive
      nvvm.cluster.wait
      scf.if %first {
        %count = llvm.load %cell : !llvm.ptr<3> -> i32
        memref.store %count, %out[%b] : memref<2xi32>
      }
      gpu.return
    }

    gpu.func @faulty(%out: memref<2xi32>) kernel {
      %t = gpu.thread_id x
      %b = gpu.block_id x
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %cell = llvm.mlir.addressof @cell : !llvm.ptr<3>
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        llvm.store %zero, %cell : i32, !llvm.ptr<3>
      }
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %peer = arith.xori %rank, %one : i32
      %theirs = nvvm.mapa %cell, %peer : !llvm.ptr<3> -> !llvm.ptr<7>
      %generic = llvm.addrspacecast %theirs : !llvm.ptr<7> to !llvm.ptr
      nvvm.cluster.arrive
      nvvm.cluster.wait
      // FAULT: cluster-atomic-after-exit.mlir:[[#@LINE+1]]:{{[0-9]+}}: error: write to another CTA's shared memory after its end
      %old = llvm.call_intrinsic "llvm.nvvm.atomic.add.gen.i.sys"(%generic, %one) : (!llvm.ptr, i32) -> i32
      scf.if %first {
        memref.store %old, %out[%b] : memref<2xi32>
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
