// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// An inclusive scan of integers in one pass. Inside a CTA: shuffles up, then the sums of
// the warps in shared memory. Between CTAs: a decoupled look-back. A CTA takes the next tile
// from a counter, publishes the sum of its tile with a flag (st.release), and adds the sums of
// the tiles before it, waiting for their flags (ld.acquire), until one has its whole prefix.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    // Inclusive scan over the lanes of a warp.
    func.func private @warp_scan(%v: i32) -> i32 attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %all = arith.constant -1 : i32
      %clamp = arith.constant 0 : i32
      %zero = arith.constant 0 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c5 = arith.constant 5 : index
      %one = arith.constant 1 : i32
      %scan = scf.for %i = %c0 to %c5 step %c1 iter_args(%sum = %v) -> (i32) {
        %i32 = arith.index_cast %i : index to i32
        %distance = arith.shli %one, %i32 : i32
        %other = nvvm.shfl.sync up %all, %sum, %distance, %clamp {return_value_and_is_valid}
            : i32 -> !llvm.struct<(i32, i1)>
        %value = llvm.extractvalue %other[0] : !llvm.struct<(i32, i1)>
        %valid = llvm.extractvalue %other[1] : !llvm.struct<(i32, i1)>
        %add = arith.select %valid, %value, %zero : i32
        %next = arith.addi %sum, %add : i32
        scf.yield %next : i32
      }
      return %scan : i32
    }

    // The sum of all tiles before %tile, read from where they are published.
    func.func private @look_back(%tile: i32, %flags: !llvm.ptr<1>, %sums: !llvm.ptr<1>,
                                 %prefixes: !llvm.ptr<1>) -> i32 {
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %two = arith.constant 2 : i32
      %last = arith.subi %tile, %one : i32
      %end:2 = scf.while (%j = %last, %sum = %zero) : (i32, i32) -> (i32, i32) {
        %more = arith.cmpi sge, %j, %zero : i32
        scf.condition(%more) %j, %sum : i32, i32
      } do {
      ^tile(%j: i32, %sum: i32):
        %flag = llvm.getelementptr %flags[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        %state = scf.while () : () -> i32 {
          %f = llvm.load %flag atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %wait = arith.cmpi eq, %f, %zero : i32
          scf.condition(%wait) %f : i32
        } do {
        ^again(%f: i32):
          scf.yield
        }
        %whole = arith.cmpi eq, %state, %two : i32
        %next:2 = scf.if %whole -> (i32, i32) {
          %p = llvm.getelementptr %prefixes[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          %v = llvm.load %p : !llvm.ptr<1> -> i32
          %s = arith.addi %sum, %v : i32
          %stop = arith.constant -1 : i32
          scf.yield %stop, %s : i32, i32
        } else {
          %p = llvm.getelementptr %sums[%j] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
          %v = llvm.load %p : !llvm.ptr<1> -> i32
          %s = arith.addi %sum, %v : i32
          %before = arith.subi %j, %one : i32
          scf.yield %before, %s : i32, i32
        }
        scf.yield %next#0, %next#1 : i32, i32
      }
      return %end#1 : i32
    }

    // %ticket is one zero, %flags are zeros: 0 nothing yet, 1 the tile's sum, 2 its prefix.
    gpu.func @scan(%x: memref<?xi32>, %y: memref<?xi32>, %ticket: memref<?xi32>, %flags: memref<?xi32>,
                   %sums: memref<?xi32>, %prefixes: memref<?xi32>)
        workgroup(%warps: memref<8xi32, #gpu.address_space<workgroup>>,
                  %shared: memref<2xi32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 256, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c7 = arith.constant 7 : index
      %c8 = arith.constant 8 : index
      %c31 = arith.constant 31 : index
      %c32 = arith.constant 32 : index
      %c256 = arith.constant 256 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %two = arith.constant 2 : i32
      %n = memref.dim %x, %c0 : memref<?xi32>
      %t = gpu.thread_id x
      %lane = arith.remui %t, %c32 : index
      %warp = arith.divui %t, %c32 : index
      %first = arith.cmpi eq, %t, %c0 : index

      // CTAs start in any order; a ticket makes sure that all tiles before this one have started.
      scf.if %first {
        %a = memref.extract_aligned_pointer_as_index %ticket : memref<?xi32> -> index
        %p = func.call @global(%a) : (index) -> !llvm.ptr<1>
        %mine = llvm.atomicrmw add %p, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
        memref.store %mine, %shared[%c0] : memref<2xi32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %tile = memref.load %shared[%c0] : memref<2xi32, #gpu.address_space<workgroup>>
      %tile_index = arith.index_cast %tile : i32 to index
      %start = arith.muli %tile_index, %c256 : index
      %i = arith.addi %start, %t : index
      %inside = arith.cmpi ult, %i, %n : index
      %v = scf.if %inside -> (i32) {
        %l = memref.load %x[%i] : memref<?xi32>
        scf.yield %l : i32
      } else {
        scf.yield %zero : i32
      }

      // The scan of the tile.
      %lanes = func.call @warp_scan(%v) : (i32) -> i32
      %is_last = arith.cmpi eq, %lane, %c31 : index
      scf.if %is_last {
        memref.store %lanes, %warps[%warp] : memref<8xi32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %is_warp0 = arith.cmpi eq, %warp, %c0 : index
      scf.if %is_warp0 {
        %has = arith.cmpi ult, %lane, %c8 : index
        %w = scf.if %has -> (i32) {
          %l = memref.load %warps[%lane] : memref<8xi32, #gpu.address_space<workgroup>>
          scf.yield %l : i32
        } else {
          scf.yield %zero : i32
        }
        %s = func.call @warp_scan(%w) : (i32) -> i32
        scf.if %has {
          memref.store %s, %warps[%lane] : memref<8xi32, #gpu.address_space<workgroup>>
        }
      }
      gpu.barrier

      // One thread publishes, looks back and publishes again.
      scf.if %first {
        %af = memref.extract_aligned_pointer_as_index %flags : memref<?xi32> -> index
        %pf = func.call @global(%af) : (index) -> !llvm.ptr<1>
        %as = memref.extract_aligned_pointer_as_index %sums : memref<?xi32> -> index
        %ps = func.call @global(%as) : (index) -> !llvm.ptr<1>
        %ap = memref.extract_aligned_pointer_as_index %prefixes : memref<?xi32> -> index
        %pp = func.call @global(%ap) : (index) -> !llvm.ptr<1>
        %flag = llvm.getelementptr %pf[%tile] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i32
        %total = memref.load %warps[%c7] : memref<8xi32, #gpu.address_space<workgroup>>
        memref.store %total, %sums[%tile_index] : memref<?xi32>
        llvm.store %one, %flag atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
        %before = func.call @look_back(%tile, %pf, %ps, %pp)
            : (i32, !llvm.ptr<1>, !llvm.ptr<1>, !llvm.ptr<1>) -> i32
        %prefix = arith.addi %before, %total : i32
        memref.store %prefix, %prefixes[%tile_index] : memref<?xi32>
        llvm.store %two, %flag atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
        memref.store %before, %shared[%c1] : memref<2xi32, #gpu.address_space<workgroup>>
      }
      gpu.barrier

      %before = memref.load %shared[%c1] : memref<2xi32, #gpu.address_space<workgroup>>
      %later = arith.cmpi ugt, %warp, %c0 : index
      %in_tile = scf.if %later -> (i32) {
        %previous = arith.subi %warp, %c1 : index
        %l = memref.load %warps[%previous] : memref<8xi32, #gpu.address_space<workgroup>>
        scf.yield %l : i32
      } else {
        scf.yield %zero : i32
      }
      scf.if %inside {
        %a = arith.addi %lanes, %in_tile : i32
        %b = arith.addi %a, %before : i32
        memref.store %b, %y[%i] : memref<?xi32>
      }
      gpu.return
    }
  }

  // %flags has a zero for each tile of 256 elements, %ticket is one zero.
  func.func @scan(%x: memref<?xi32>, %ticket: memref<?xi32>, %flags: memref<?xi32>) -> memref<?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c256 = arith.constant 256 : index
    %n = memref.dim %x, %c0 : memref<?xi32>
    %tiles = arith.ceildivui %n, %c256 : index
    %y = memref.alloc(%n) : memref<?xi32>
    %sums = memref.alloc(%tiles) : memref<?xi32>
    %prefixes = memref.alloc(%tiles) : memref<?xi32>
    gpu.launch_func @kernels::@scan blocks in (%tiles, %c1, %c1) threads in (%c256, %c1, %c1)
        args(%x : memref<?xi32>, %y : memref<?xi32>, %ticket : memref<?xi32>, %flags : memref<?xi32>,
             %sums : memref<?xi32>, %prefixes : memref<?xi32>)
    return %y : memref<?xi32>
  }
}
