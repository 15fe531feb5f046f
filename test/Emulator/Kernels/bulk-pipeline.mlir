// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// y = 2 x + 1 through a ring of three tiles of 1024 f32. One lane of warp 0 fills the ring by bulk copies
// that complete on the "full" mbarriers, as soon as the "empty" ones say that the tile has been read; warps
// 1 to 4 compute, and one of their threads writes the results back by bulk copies, two at a time. CTAs walk over
// the tiles. The length must be a multiple of 4 (16 bytes); the last tile may be short.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // Waits until the phase of this parity is over: at first that of parity 1 counts as over.
    func.func private @wait(%barrier: !llvm.ptr<3>, %parity: i32)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %true = arith.constant true
      scf.while : () -> () {
        %done = nvvm.mbarrier.try_wait %barrier, %parity : !llvm.ptr<3>, i32 -> i1
        %again = arith.xori %done, %true : i1
        scf.condition(%again)
      } do {
        scf.yield
      }
      return
    }

    // The address of element %i in an array of %bytes each.
    func.func private @at(%base: !llvm.ptr<3>, %i: index, %bytes: index) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %offset = arith.muli %i, %bytes : index
      %o = arith.index_cast %offset : index to i64
      %p = llvm.getelementptr %base[%o] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, i8
      return %p : !llvm.ptr<3>
    }

    // How many elements tile %tile has.
    func.func private @tile_size(%tile: index, %n: index) -> index
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1024 = arith.constant 1024 : index
      %before = arith.muli %tile, %c1024 : index
      %left = arith.subi %n, %before : index
      %size = arith.minui %left, %c1024 : index
      return %size : index
    }

    // Warp 0: one lane loads tile after tile.
    func.func private @load(%x: !llvm.ptr<1>, %n: index, %tiles: index, %in: !llvm.ptr<3>, %full: !llvm.ptr<3>,
                            %empty: !llvm.ptr<3>) attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c4096 = arith.constant 4096 : index
      %one = arith.constant 1 : i32
      %c0 = arith.constant 0 : index
      %cta = gpu.block_id x
      %ctas = gpu.grid_dim x
      %elected = nvvm.elect.sync -> i1
      scf.if %elected {
        %rounds = scf.for %tile = %cta to %tiles step %ctas iter_args(%i = %c0) -> (index) {
          %slot = arith.remui %i, %c3 : index
          %turn = arith.divui %i, %c3 : index
          %turn32 = arith.index_cast %turn : index to i32
          %parity = arith.andi %turn32, %one : i32
          %other = arith.xori %parity, %one : i32
          %e = func.call @at(%empty, %slot, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          func.call @wait(%e, %other) : (!llvm.ptr<3>, i32) -> ()
          %size = func.call @tile_size(%tile, %n) : (index, index) -> index
          %bytes = arith.muli %size, %c4 : index
          %bytes32 = arith.index_cast %bytes : index to i32
          %f = func.call @at(%full, %slot, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          nvvm.mbarrier.arrive.expect_tx %f, %bytes32 : !llvm.ptr<3>, i32
          %to = func.call @at(%in, %slot, %c4096) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %offset = arith.muli %tile, %c4096 : index
          %o = arith.index_cast %offset : index to i64
          %from = llvm.getelementptr %x[%o] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
          nvvm.cp.async.bulk.shared.cluster.global %to, %from, %f, %bytes32 : !llvm.ptr<3>, !llvm.ptr<1>
          %next = arith.addi %i, %c1 : index
          scf.yield %next : index
        }
      }
      return
    }

    // Warps 1 to 4: 128 threads, which meet at the named barrier 1.
    func.func private @compute(%y: !llvm.ptr<1>, %n: index, %tiles: index, %in: !llvm.ptr<3>, %out: !llvm.ptr<3>,
                               %full: !llvm.ptr<3>, %empty: !llvm.ptr<3>) attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      %c512 = arith.constant 512 : index
      %c4096 = arith.constant 4096 : index
      %all = arith.constant -1 : i32
      %one = arith.constant 1 : i32
      %threads = arith.constant 128 : i32
      %ones = arith.constant dense<1.0> : vector<4xf32>
      %twos = arith.constant dense<2.0> : vector<4xf32>
      %cta = gpu.block_id x
      %ctas = gpu.grid_dim x
      %thread = gpu.thread_id x
      %t = arith.subi %thread, %c32 : index
      %t4 = arith.muli %t, %c4 : index
      %writer = arith.cmpi eq, %t, %c0 : index
      %lane = gpu.lane_id upper_bound 32
      %leader = arith.cmpi eq, %lane, %c0 : index
      %rounds = scf.for %tile = %cta to %tiles step %ctas iter_args(%i = %c0) -> (index) {
        %slot = arith.remui %i, %c3 : index
        %turn = arith.divui %i, %c3 : index
        %turn32 = arith.index_cast %turn : index to i32
        %parity = arith.andi %turn32, %one : i32
        %size = func.call @tile_size(%tile, %n) : (index, index) -> index
        %from = func.call @at(%in, %slot, %c4096) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
        %which = arith.remui %i, %c2 : index
        %to = func.call @at(%out, %which, %c4096) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>

        // The buffer of the results is free when the copy before last has read it.
        scf.if %writer {
          nvvm.cp.async.bulk.wait_group 1 {read}
        }
        nvvm.barrier id = %one number_of_threads = %threads
        %f = func.call @at(%full, %slot, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
        func.call @wait(%f, %parity) : (!llvm.ptr<3>, i32) -> ()
        scf.for %j = %t4 to %size step %c512 {
          %p = func.call @at(%from, %j, %c4) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %q = func.call @at(%to, %j, %c4) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<3> -> vector<4xf32>
          %r = llvm.intr.fma(%v, %twos, %ones) : (vector<4xf32>, vector<4xf32>, vector<4xf32>) -> vector<4xf32>
          llvm.store %r, %q {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<3>
        }
        // This warp has read its part: one arrival for the warp.
        nvvm.bar.warp.sync %all : i32
        scf.if %leader {
          %e = func.call @at(%empty, %slot, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %state = nvvm.mbarrier.arrive %e : !llvm.ptr<3> -> i64
        }
        // Every thread makes its stores visible to the async proxy, then one starts the copy.
        nvvm.fence.proxy {kind = #nvvm.proxy_kind<async.shared>, space = #nvvm.shared_space<cta>}
        nvvm.barrier id = %one number_of_threads = %threads
        scf.if %writer {
          %bytes = arith.muli %size, %c4 : index
          %bytes32 = arith.index_cast %bytes : index to i32
          %offset = arith.muli %tile, %c4096 : index
          %o = arith.index_cast %offset : index to i64
          %dst = llvm.getelementptr %y[%o] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
          nvvm.cp.async.bulk.global.shared.cta %dst, %to, %bytes32 : !llvm.ptr<1>, !llvm.ptr<3>
          nvvm.cp.async.bulk.commit.group
        }
        %next = arith.addi %i, %c1 : index
        scf.yield %next : index
      }
      // The shared memory must outlive the copies, and the results be written before the kernel ends.
      scf.if %writer {
        nvvm.cp.async.bulk.wait_group 0
      }
      return
    }

    gpu.func @pipeline(%x: memref<?xf32>, %y: memref<?xf32>)
        workgroup(%in: memref<3x1024xf32, #gpu.address_space<workgroup>> {llvm.align = 128 : i64},
                  %out: memref<2x1024xf32, #gpu.address_space<workgroup>> {llvm.align = 128 : i64},
                  %barriers: memref<6xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 160, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c8 = arith.constant 8 : index
      %c32 = arith.constant 32 : index
      %c1024 = arith.constant 1024 : index
      %one = arith.constant 1 : i32
      %four = arith.constant 4 : i32
      %n = memref.dim %x, %c0 : memref<?xf32>
      %tiles = arith.ceildivui %n, %c1024 : index
      %ix = memref.extract_aligned_pointer_as_index %x : memref<?xf32> -> index
      %iy = memref.extract_aligned_pointer_as_index %y : memref<?xf32> -> index
      %iin = memref.extract_aligned_pointer_as_index %in : memref<3x1024xf32, #gpu.address_space<workgroup>> -> index
      %iout = memref.extract_aligned_pointer_as_index %out : memref<2x1024xf32, #gpu.address_space<workgroup>> -> index
      %ibarriers = memref.extract_aligned_pointer_as_index %barriers : memref<6xi64, #gpu.address_space<workgroup>> -> index
      %px = func.call @global(%ix) : (index) -> !llvm.ptr<1>
      %py = func.call @global(%iy) : (index) -> !llvm.ptr<1>
      %pin = func.call @shared(%iin) : (index) -> !llvm.ptr<3>
      %pout = func.call @shared(%iout) : (index) -> !llvm.ptr<3>
      %full = func.call @shared(%ibarriers) : (index) -> !llvm.ptr<3>
      %empty = func.call @at(%full, %c3, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>

      // Full: the loading lane arrives. Empty: the four computing warps arrive.
      %t = gpu.thread_id x
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        scf.for %i = %c0 to %c3 step %c1 {
          %f = func.call @at(%full, %i, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %e = func.call @at(%empty, %i, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          nvvm.mbarrier.init %f, %one : !llvm.ptr<3>, i32
          nvvm.mbarrier.init %e, %four : !llvm.ptr<3>, i32
        }
        nvvm.fence.mbarrier.init
      }
      gpu.barrier
      %loads = arith.cmpi ult, %t, %c32 : index
      scf.if %loads {
        func.call @load(%px, %n, %tiles, %pin, %full, %empty)
            : (!llvm.ptr<1>, index, index, !llvm.ptr<3>, !llvm.ptr<3>, !llvm.ptr<3>) -> ()
      } else {
        func.call @compute(%py, %n, %tiles, %pin, %pout, %full, %empty)
            : (!llvm.ptr<1>, index, index, !llvm.ptr<3>, !llvm.ptr<3>, !llvm.ptr<3>, !llvm.ptr<3>) -> ()
      }
      gpu.return
    }
  }

  func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c160 = arith.constant 160 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %y = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @kernels::@pipeline blocks in (%c2, %c1, %c1) threads in (%c160, %c1, %c1)
        args(%x : memref<?xf32>, %y : memref<?xf32>)
    return %y : memref<?xf32>
  }
}
