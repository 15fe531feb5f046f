// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A reduction over clusters of four CTAs through distributed shared memory. @push: every CTA stores its sum in
// the shared memory of CTA 0 and arrives at the mbarrier there, on which CTA 0 waits. @pull: every CTA keeps
// its sum, and after a cluster barrier CTA 0 reads the four; a second one keeps the others alive till then.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // The sum of what this thread of this CTA walks over, then of its warp (in every lane).
    func.func private @warp_sum(%x: memref<?xf32>)  -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %zero = arith.constant 0.0 : f32
      %all = arith.constant -1 : i32
      %clamp = arith.constant 31 : i32
      %one = arith.constant 1 : i32
      %c1 = arith.constant 1 : index
      %c5 = arith.constant 5 : index
      %n = memref.dim %x, %c0 : memref<?xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %ctas = gpu.grid_dim x
      %threads = gpu.block_dim x
      %before = arith.muli %cta, %threads : index
      %first = arith.addi %before, %t : index
      %stride = arith.muli %ctas, %threads : index
      %mine = scf.for %i = %first to %n step %stride iter_args(%acc = %zero) -> (f32) {
        %v = memref.load %x[%i] : memref<?xf32>
        %next = arith.addf %acc, %v : f32
        scf.yield %next : f32
      }
      %sum = scf.for %i = %c0 to %c5 step %c1 iter_args(%s = %mine) -> (f32) {
        %i32 = arith.index_cast %i : index to i32
        %distance = arith.shli %one, %i32 : i32
        %other = nvvm.shfl.sync bfly %all, %s, %distance, %clamp : f32 -> f32
        %next = arith.addf %s, %other : f32
        scf.yield %next : f32
      }
      return %sum : f32
    }

    // The sum of the CTA, of four warps, in every thread.
    func.func private @cta_sum(%x: memref<?xf32>, %warps: memref<4xf32, #gpu.address_space<workgroup>>) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c32 = arith.constant 32 : index
      %zero = arith.constant 0.0 : f32
      %t = gpu.thread_id x
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %v = func.call @warp_sum(%x) : (memref<?xf32>) -> f32
      %leader = arith.cmpi eq, %lane, %c0 : index
      scf.if %leader {
        memref.store %v, %warps[%warp] : memref<4xf32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %zero) -> (f32) {
        %w = memref.load %warps[%i] : memref<4xf32, #gpu.address_space<workgroup>>
        %next = arith.addf %s, %w : f32
        scf.yield %next : f32
      }
      return %sum : f32
    }

    gpu.func @push(%x: memref<?xf32>, %y: memref<?xf32>)
        workgroup(%warps: memref<4xf32, #gpu.address_space<workgroup>>, %sums: memref<4xf32, #gpu.address_space<workgroup>>,
                  %barrier: memref<1xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0 : i32
      %four = arith.constant 4 : i32
      %ticks = arith.constant 10000000 : i32
      %fzero = arith.constant 0.0 : f32
      %t = gpu.thread_id x
      %first = arith.cmpi eq, %t, %c0 : index
      %rank = nvvm.read.ptx.sreg.cluster.ctaid.x : i32
      %cluster = nvvm.read.ptx.sreg.clusterid.x : i32
      %isums = memref.extract_aligned_pointer_as_index %sums : memref<4xf32, #gpu.address_space<workgroup>> -> index
      %ibarrier = memref.extract_aligned_pointer_as_index %barrier : memref<1xi64, #gpu.address_space<workgroup>> -> index
      %psums = func.call @shared(%isums) : (index) -> !llvm.ptr<3>
      %pbarrier = func.call @shared(%ibarrier) : (index) -> !llvm.ptr<3>
      scf.if %first {
        nvvm.mbarrier.init %pbarrier, %four : !llvm.ptr<3>, i32
        nvvm.fence.mbarrier.init
      }
      // The mbarrier of CTA 0 is ready, and CTA 0 has started. The fence publishes the mbarrier.
      nvvm.cluster.arrive.relaxed {aligned}
      nvvm.cluster.wait {aligned}
      %sum = func.call @cta_sum(%x, %warps) : (memref<?xf32>, memref<4xf32, #gpu.address_space<workgroup>>) -> f32
      scf.if %first {
        %there = nvvm.mapa %psums, %zero : !llvm.ptr<3> -> !llvm.ptr<7>
        %barrier_there = nvvm.mapa %pbarrier, %zero : !llvm.ptr<3> -> !llvm.ptr<7>
        %slot = llvm.getelementptr %there[%rank] : (!llvm.ptr<7>, i32) -> !llvm.ptr<7>, f32
        llvm.store %sum, %slot : f32, !llvm.ptr<7>
        nvvm.mbarrier.arrive %barrier_there {scope = #nvvm.mem_scope<cluster>} : !llvm.ptr<7>
      }
      %is_zero = arith.cmpi eq, %rank, %zero : i32
      %finishes = arith.andi %is_zero, %first : i1
      scf.if %finishes {
        %true = arith.constant true
        scf.while : () -> () {
          %done = nvvm.mbarrier.try_wait %pbarrier, %zero, %ticks {scope = #nvvm.mem_scope<cluster>}
              : !llvm.ptr<3>, i32, i32 -> i1
          %again = arith.xori %done, %true : i1
          scf.condition(%again)
        } do {
          scf.yield
        }
        %total = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %fzero) -> (f32) {
          %v = memref.load %sums[%i] : memref<4xf32, #gpu.address_space<workgroup>>
          %next = arith.addf %s, %v : f32
          scf.yield %next : f32
        }
        %to = arith.index_cast %cluster : i32 to index
        memref.store %total, %y[%to] : memref<?xf32>
      }
      gpu.return
    }

    gpu.func @pull(%x: memref<?xf32>, %y: memref<?xf32>)
        workgroup(%warps: memref<4xf32, #gpu.address_space<workgroup>>, %own: memref<1xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0 : i32
      %fzero = arith.constant 0.0 : f32
      %t = gpu.thread_id x
      %first = arith.cmpi eq, %t, %c0 : index
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %cluster = nvvm.read.ptx.sreg.clusterid.x : i32
      %iown = memref.extract_aligned_pointer_as_index %own : memref<1xf32, #gpu.address_space<workgroup>> -> index
      %pown = func.call @shared(%iown) : (index) -> !llvm.ptr<3>
      %sum = func.call @cta_sum(%x, %warps) : (memref<?xf32>, memref<4xf32, #gpu.address_space<workgroup>>) -> f32
      scf.if %first {
        memref.store %sum, %own[%c0] : memref<1xf32, #gpu.address_space<workgroup>>
      }
      nvvm.cluster.arrive
      nvvm.cluster.wait
      %is_zero = arith.cmpi eq, %rank, %zero : i32
      %finishes = arith.andi %is_zero, %first : i1
      scf.if %finishes {
        %total = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %fzero) -> (f32) {
          %i32 = arith.index_cast %i : index to i32
          %there = nvvm.mapa %pown, %i32 : !llvm.ptr<3> -> !llvm.ptr<7>
          %v = llvm.load %there : !llvm.ptr<7> -> f32
          %next = arith.addf %s, %v : f32
          scf.yield %next : f32
        }
        %to = arith.index_cast %cluster : i32 to index
        memref.store %total, %y[%to] : memref<?xf32>
      }
      nvvm.cluster.arrive
      nvvm.cluster.wait
      gpu.return
    }
  }

  // The sums of three clusters.
  func.func @push(%x: memref<?xf32>) -> memref<3xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c12 = arith.constant 12 : index
    %c128 = arith.constant 128 : index
    %y = memref.alloc() : memref<3xf32>
    %z = memref.cast %y : memref<3xf32> to memref<?xf32>
    gpu.launch_func @kernels::@push clusters in (%c4, %c1, %c1) blocks in (%c12, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?xf32>, %z : memref<?xf32>)
    return %y : memref<3xf32>
  }

  // The sums of three clusters.
  func.func @pull(%x: memref<?xf32>) -> memref<3xf32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c12 = arith.constant 12 : index
    %c128 = arith.constant 128 : index
    %y = memref.alloc() : memref<3xf32>
    %z = memref.cast %y : memref<3xf32> to memref<?xf32>
    gpu.launch_func @kernels::@pull clusters in (%c4, %c1, %c1) blocks in (%c12, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?xf32>, %z : memref<?xf32>)
    return %y : memref<3xf32>
  }
}
