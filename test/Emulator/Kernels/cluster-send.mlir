// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A row of a matrix is rotated through a cluster: each of four CTAs sends its quarter to the next CTA's shared memory.
// @words: by st.async, every word of which counts on the receiver's mbarrier. @bulk: by one bulk copy from
// shared to remote shared memory. The receiver expects the bytes and waits for its own mbarrier.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // The mbarrier of this CTA, for one arrival, that of thread 0, which expects 512 bytes. After it all CTAs
    // of the cluster run and their mbarriers are ready.
    func.func private @expect(%barrier: !llvm.ptr<3>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %one = arith.constant 1 : i32
      %bytes = arith.constant 512 : i32
      %t = gpu.thread_id x
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        nvvm.mbarrier.init %barrier, %one : !llvm.ptr<3>, i32
        nvvm.fence.mbarrier.init
        %state = nvvm.mbarrier.arrive.expect_tx %barrier, %bytes : !llvm.ptr<3>, i32 -> i64
      }
      nvvm.cluster.arrive {aligned}
      nvvm.cluster.wait {aligned}
      return
    }

    // The rank of the next CTA of the cluster.
    func.func private @neighbour() -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %one = arith.constant 1 : i32
      %rank = nvvm.read.ptx.sreg.cluster.ctarank : i32
      %size = nvvm.read.ptx.sreg.cluster.nctarank : i32
      %next = arith.addi %rank, %one : i32
      %wrapped = arith.remui %next, %size : i32
      return %wrapped : i32
    }

    gpu.func @words(%x: memref<?xi32>, %y: memref<?xi32>)
        workgroup(%buffer: memref<128xi32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %barrier: memref<1xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c128 = arith.constant 128 : index
      %zero = arith.constant 0 : i32
      %ticks = arith.constant 10000000 : i32
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c128 : index
      %i = arith.addi %before, %t : index
      %ibuffer = memref.extract_aligned_pointer_as_index %buffer : memref<128xi32, #gpu.address_space<workgroup>> -> index
      %ibarrier = memref.extract_aligned_pointer_as_index %barrier : memref<1xi64, #gpu.address_space<workgroup>> -> index
      %pbuffer = func.call @shared(%ibuffer) : (index) -> !llvm.ptr<3>
      %pbarrier = func.call @shared(%ibarrier) : (index) -> !llvm.ptr<3>
      func.call @expect(%pbarrier) : (!llvm.ptr<3>) -> ()
      %v = memref.load %x[%i] : memref<?xi32>
      %next = func.call @neighbour() : () -> i32
      %t32 = arith.index_cast %t : index to i32
      %mine = llvm.getelementptr %pbuffer[%t32] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i32
      %to = nvvm.mapa %mine, %next : !llvm.ptr<3> -> !llvm.ptr<7>
      %at = nvvm.mapa %pbarrier, %next : !llvm.ptr<3> -> !llvm.ptr<7>
      %to64 = llvm.ptrtoint %to : !llvm.ptr<7> to i64
      %at64 = llvm.ptrtoint %at : !llvm.ptr<7> to i64
      %to32 = llvm.trunc %to64 : i64 to i32
      %at32 = llvm.trunc %at64 : i64 to i32
      llvm.inline_asm has_side_effects
          "st.async.shared::cluster.mbarrier::complete_tx::bytes.b32 [$0], $1, [$2];", "r,r,r"
          %to32, %v, %at32 : (i32, i32, i32) -> ()
      nvvm.mbarrier.try_wait.parity %pbarrier, %zero, %ticks : !llvm.ptr<3>, i32, i32
      %r = memref.load %buffer[%t] : memref<128xi32, #gpu.address_space<workgroup>>
      memref.store %r, %y[%i] : memref<?xi32>
      gpu.return
    }

    gpu.func @bulk(%x: memref<?xi32>, %y: memref<?xi32>)
        workgroup(%own: memref<128xi32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %buffer: memref<128xi32, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %barrier: memref<1xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c128 = arith.constant 128 : index
      %zero = arith.constant 0 : i32
      %ticks = arith.constant 10000000 : i32
      %bytes = arith.constant 512 : i32
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c128 : index
      %i = arith.addi %before, %t : index
      %iown = memref.extract_aligned_pointer_as_index %own : memref<128xi32, #gpu.address_space<workgroup>> -> index
      %ibuffer = memref.extract_aligned_pointer_as_index %buffer : memref<128xi32, #gpu.address_space<workgroup>> -> index
      %ibarrier = memref.extract_aligned_pointer_as_index %barrier : memref<1xi64, #gpu.address_space<workgroup>> -> index
      %pown = func.call @shared(%iown) : (index) -> !llvm.ptr<3>
      %pbuffer = func.call @shared(%ibuffer) : (index) -> !llvm.ptr<3>
      %pbarrier = func.call @shared(%ibarrier) : (index) -> !llvm.ptr<3>
      func.call @expect(%pbarrier) : (!llvm.ptr<3>) -> ()
      %v = memref.load %x[%i] : memref<?xi32>
      memref.store %v, %own[%t] : memref<128xi32, #gpu.address_space<workgroup>>
      nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
      gpu.barrier
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        %next = func.call @neighbour() : () -> i32
        %to = nvvm.mapa %pbuffer, %next : !llvm.ptr<3> -> !llvm.ptr<7>
        // The instruction takes a cluster address; the op's type says shared memory of the CTA.
        %there = nvvm.mapa %pbarrier, %next : !llvm.ptr<3> -> !llvm.ptr<7>
        %there64 = llvm.ptrtoint %there : !llvm.ptr<7> to i64
        %at = llvm.inttoptr %there64 : i64 to !llvm.ptr<3>
        nvvm.cp.async.bulk.shared.cluster.shared.cta %to, %pown, %at, %bytes : !llvm.ptr<7>, !llvm.ptr<3>
      }
      nvvm.mbarrier.try_wait.parity %pbarrier, %zero, %ticks : !llvm.ptr<3>, i32, i32
      %r = memref.load %buffer[%t] : memref<128xi32, #gpu.address_space<workgroup>>
      memref.store %r, %y[%i] : memref<?xi32>
      // The copy reads this CTA's shared memory: no CTA ends before the cluster has received.
      nvvm.cluster.arrive {aligned}
      nvvm.cluster.wait {aligned}
      gpu.return
    }
  }

  // Two rows of 512.
  func.func @words(%x: memref<1024xi32>) -> memref<1024xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %y = memref.alloc() : memref<1024xi32>
    %x0 = memref.cast %x : memref<1024xi32> to memref<?xi32>
    %y0 = memref.cast %y : memref<1024xi32> to memref<?xi32>
    gpu.launch_func @kernels::@words clusters in (%c4, %c1, %c1) blocks in (%c8, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x0 : memref<?xi32>, %y0 : memref<?xi32>)
    return %y : memref<1024xi32>
  }

  // Two rows of 512.
  func.func @bulk(%x: memref<1024xi32>) -> memref<1024xi32> {
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %c128 = arith.constant 128 : index
    %y = memref.alloc() : memref<1024xi32>
    %x0 = memref.cast %x : memref<1024xi32> to memref<?xi32>
    %y0 = memref.cast %y : memref<1024xi32> to memref<?xi32>
    gpu.launch_func @kernels::@bulk clusters in (%c4, %c1, %c1) blocks in (%c8, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x0 : memref<?xi32>, %y0 : memref<?xi32>)
    return %y : memref<1024xi32>
  }
}
