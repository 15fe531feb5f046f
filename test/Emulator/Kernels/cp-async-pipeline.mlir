// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// C = A B in bf16, with A and B brought to dynamic shared memory by cp.async in three stages: while one
// is multiplied the next two are on their way. A CTA of four warps makes 64x64 of C, 32x32 a warp.
// The inner sizes must be multiples of 8 (16 bytes); copies outside A and B fill with zeros. This is
// the matrix product whose speed is measured: check.py cp-async-pipeline.mlir --time M N K.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // Three stages of 64 rows of A, 80 bytes apart, and 32 rows of B, 144 bytes apart: 9728 bytes each.
    llvm.mlir.global external @stages() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<0 x i8>

    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    func.func private @stage(%number: index) -> (!llvm.ptr<3>, !llvm.ptr<3>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %bytes = arith.constant 9728 : index
      %offset = arith.muli %number, %bytes : index
      %o = arith.index_cast %offset : index to i64
      %base = llvm.mlir.addressof @stages : !llvm.ptr<3>
      %a = llvm.getelementptr %base[%o] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, i8
      %b = llvm.getelementptr %a[5120] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i8
      return %a, %b : !llvm.ptr<3>, !llvm.ptr<3>
    }

    // The address of [row, col] in a tile whose rows are %pitch elements apart.
    func.func private @tile_address(%tile: !llvm.ptr<3>, %row: index, %col: index, %pitch: index) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %before = arith.muli %row, %pitch : index
      %i = arith.addi %before, %col : index
      %i64 = arith.index_cast %i : index to i64
      %q = llvm.getelementptr %tile[%i64] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, i16
      return %q : !llvm.ptr<3>
    }

    // Copies 16 bytes, the elements [row, col ... col + 7], or fills with zeros.
    func.func private @copy(%p: !llvm.ptr<1>, %row: index, %col: index, %rows: index, %cols: index,
                            %to: !llvm.ptr<3>) attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %zero = arith.constant 0 : i32
      %all = arith.constant 16 : i32
      %zero64 = arith.constant 0 : i64
      %row_in = arith.cmpi ult, %row, %rows : index
      %col_in = arith.cmpi ult, %col, %cols : index
      %inside = arith.andi %row_in, %col_in : i1
      %before = arith.muli %row, %cols : index
      %i = arith.addi %before, %col : index
      %i64 = arith.index_cast %i : index to i64
      %safe = arith.select %inside, %i64, %zero64 : i64
      %size = arith.select %inside, %all, %zero : i32
      %from = llvm.getelementptr %p[%safe] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i16
      nvvm.cp.async.shared.global %to, %from, 16, cache = cg, %size : !llvm.ptr<3>, !llvm.ptr<1>, i32
      return
    }

    // Starts the copies of 64x32 of A from [row0, k0] and 32x64 of B from [k0, col0]: two chunks of each
    // a thread. Always commits a group, also an empty one, so that counting groups is counting stages.
    func.func private @load_stage(%a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %row0: index, %col0: index, %k0: index,
                                  %m: index, %n: index, %k: index, %number: index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      %c40 = arith.constant 40 : index
      %c64 = arith.constant 64 : index
      %c72 = arith.constant 72 : index
      %more = arith.cmpi ult, %k0, %k : index
      scf.if %more {
        %slot = arith.remui %number, %c3 : index
        %as, %bs = func.call @stage(%slot) : (index) -> (!llvm.ptr<3>, !llvm.ptr<3>)
        %t = gpu.thread_id x
        // A: four chunks of 8 a row, 32 rows at a time.
        %ar0 = arith.divui %t, %c4 : index
        %ac = arith.remui %t, %c4 : index
        %ac8 = arith.muli %ac, %c8 : index
        %acol = arith.addi %k0, %ac8 : index
        scf.for %r = %ar0 to %c64 step %c32 {
          %row = arith.addi %row0, %r : index
          %to = func.call @tile_address(%as, %r, %ac8, %c40) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          func.call @copy(%a, %row, %acol, %m, %k, %to) : (!llvm.ptr<1>, index, index, index, index, !llvm.ptr<3>) -> ()
        }
        // B: eight chunks a row, 16 rows at a time.
        %br0 = arith.divui %t, %c8 : index
        %bc = arith.remui %t, %c8 : index
        %bc8 = arith.muli %bc, %c8 : index
        %bcol = arith.addi %col0, %bc8 : index
        scf.for %r = %br0 to %c32 step %c16 {
          %row = arith.addi %k0, %r : index
          %to = func.call @tile_address(%bs, %r, %bc8, %c72) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          func.call @copy(%b, %row, %bcol, %k, %n, %to) : (!llvm.ptr<1>, index, index, index, index, !llvm.ptr<3>) -> ()
        }
      }
      nvvm.cp.async.commit.group
      return
    }

    func.func private @mma(%a: !llvm.struct<(i32, i32, i32, i32)>, %b0: i32, %b1: i32, %c: vector<4xf32>) -> vector<4xf32>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %a0 = llvm.extractvalue %a[0] : !llvm.struct<(i32, i32, i32, i32)>
      %a1 = llvm.extractvalue %a[1] : !llvm.struct<(i32, i32, i32, i32)>
      %a2 = llvm.extractvalue %a[2] : !llvm.struct<(i32, i32, i32, i32)>
      %a3 = llvm.extractvalue %a[3] : !llvm.struct<(i32, i32, i32, i32)>
      %c0 = vector.extract %c[0] : f32 from vector<4xf32>
      %c1 = vector.extract %c[1] : f32 from vector<4xf32>
      %c2 = vector.extract %c[2] : f32 from vector<4xf32>
      %c3 = vector.extract %c[3] : f32 from vector<4xf32>
      %d = nvvm.mma.sync A[%a0, %a1, %a2, %a3] B[%b0, %b1] C[%c0, %c1, %c2, %c3]
          {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
           multiplicandAPtxType = #nvvm.mma_type<bf16>, multiplicandBPtxType = #nvvm.mma_type<bf16>,
           shape = #nvvm.shape<m = 16, n = 8, k = 16>}
          : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %v = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
      return %v : vector<4xf32>
    }

    // Four tiles of mma beside each other: 16 rows of A from %pa on, by the 32 columns in %b and %b_next
    // (each of them two tiles of 8 columns, as ldmatrix.x4.trans gives them).
    func.func private @row_of_tiles(%pa: !llvm.ptr<3>, %b: !llvm.struct<(i32, i32, i32, i32)>,
                                    %b_next: !llvm.struct<(i32, i32, i32, i32)>, %c0: vector<4xf32>, %c1: vector<4xf32>,
                                    %c2: vector<4xf32>, %c3: vector<4xf32>)
        -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %a = nvvm.ldmatrix %pa {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
          eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
      %b0 = llvm.extractvalue %b[0] : !llvm.struct<(i32, i32, i32, i32)>
      %b1 = llvm.extractvalue %b[1] : !llvm.struct<(i32, i32, i32, i32)>
      %b2 = llvm.extractvalue %b[2] : !llvm.struct<(i32, i32, i32, i32)>
      %b3 = llvm.extractvalue %b[3] : !llvm.struct<(i32, i32, i32, i32)>
      %b4 = llvm.extractvalue %b_next[0] : !llvm.struct<(i32, i32, i32, i32)>
      %b5 = llvm.extractvalue %b_next[1] : !llvm.struct<(i32, i32, i32, i32)>
      %b6 = llvm.extractvalue %b_next[2] : !llvm.struct<(i32, i32, i32, i32)>
      %b7 = llvm.extractvalue %b_next[3] : !llvm.struct<(i32, i32, i32, i32)>
      %d0 = func.call @mma(%a, %b0, %b1, %c0) : (!llvm.struct<(i32, i32, i32, i32)>, i32, i32, vector<4xf32>) -> vector<4xf32>
      %d1 = func.call @mma(%a, %b2, %b3, %c1) : (!llvm.struct<(i32, i32, i32, i32)>, i32, i32, vector<4xf32>) -> vector<4xf32>
      %d2 = func.call @mma(%a, %b4, %b5, %c2) : (!llvm.struct<(i32, i32, i32, i32)>, i32, i32, vector<4xf32>) -> vector<4xf32>
      %d3 = func.call @mma(%a, %b6, %b7, %c3) : (!llvm.struct<(i32, i32, i32, i32)>, i32, i32, vector<4xf32>) -> vector<4xf32>
      return %d0, %d1, %d2, %d3 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
    }

    func.func private @store_element(%v: f32, %c: memref<?x?xf32>, %row: index, %col: index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %rows = memref.dim %c, %c0 : memref<?x?xf32>
      %cols = memref.dim %c, %c1 : memref<?x?xf32>
      %row_in = arith.cmpi ult, %row, %rows : index
      %col_in = arith.cmpi ult, %col, %cols : index
      %inside = arith.andi %row_in, %col_in : i1
      scf.if %inside {
        memref.store %v, %c[%row, %col] : memref<?x?xf32>
      }
      return
    }

    // An accumulator of the warp whose tile begins at [row0, col0]: lane l holds two neighbours
    // in row l / 4 and two in row l / 4 + 8, from column 2 (l mod 4) on.
    func.func private @store_accumulator(%v: vector<4xf32>, %c: memref<?x?xf32>, %row0: index, %col0: index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %lane = gpu.lane_id upper_bound 32
      %group = arith.divui %lane, %c4 : index
      %in_group = arith.remui %lane, %c4 : index
      %pair = arith.muli %in_group, %c2 : index
      %row = arith.addi %row0, %group : index
      %row8 = arith.addi %row, %c8 : index
      %col = arith.addi %col0, %pair : index
      %col1 = arith.addi %col, %c1 : index
      %v0 = vector.extract %v[0] : f32 from vector<4xf32>
      %v1 = vector.extract %v[1] : f32 from vector<4xf32>
      %v2 = vector.extract %v[2] : f32 from vector<4xf32>
      %v3 = vector.extract %v[3] : f32 from vector<4xf32>
      func.call @store_element(%v0, %c, %row, %col) : (f32, memref<?x?xf32>, index, index) -> ()
      func.call @store_element(%v1, %c, %row, %col1) : (f32, memref<?x?xf32>, index, index) -> ()
      func.call @store_element(%v2, %c, %row8, %col) : (f32, memref<?x?xf32>, index, index) -> ()
      func.call @store_element(%v3, %c, %row8, %col1) : (f32, memref<?x?xf32>, index, index) -> ()
      return
    }

    gpu.func @product(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>, %c: memref<?x?xf32>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %c24 = arith.constant 24 : index
      %c32 = arith.constant 32 : index
      %c40 = arith.constant 40 : index
      %c64 = arith.constant 64 : index
      %c72 = arith.constant 72 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %m = memref.dim %c, %c0 : memref<?x?xf32>
      %n = memref.dim %c, %c1 : memref<?x?xf32>
      %k = memref.dim %a, %c1 : memref<?x?xbf16>
      %ia = memref.extract_aligned_pointer_as_index %a : memref<?x?xbf16> -> index
      %ib = memref.extract_aligned_pointer_as_index %b : memref<?x?xbf16> -> index
      %pa = func.call @global(%ia) : (index) -> !llvm.ptr<1>
      %pb = func.call @global(%ib) : (index) -> !llvm.ptr<1>
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %row0 = arith.muli %by, %c64 : index
      %col0 = arith.muli %bx, %c64 : index
      %t = gpu.thread_id x
      %warp = arith.divui %t, %c32 : index
      %lane = gpu.lane_id upper_bound 32
      %warp_y = arith.divui %warp, %c2 : index
      %warp_x = arith.remui %warp, %c2 : index
      %wrow = arith.muli %warp_y, %c32 : index
      %wcol = arith.muli %warp_x, %c32 : index
      // The row and column in 16x16 whose address this lane gives to ldmatrix.x4.
      %lane_row = arith.remui %lane, %c16 : index
      %lane_half = arith.divui %lane, %c16 : index
      %lane_col = arith.muli %lane_half, %c8 : index
      %arow0 = arith.addi %wrow, %lane_row : index
      %arow1 = arith.addi %arow0, %c16 : index
      %bcol0 = arith.addi %wcol, %lane_col : index
      %bcol1 = arith.addi %bcol0, %c16 : index

      func.call @load_stage(%pa, %pb, %row0, %col0, %c0, %m, %n, %k, %c0)
          : (!llvm.ptr<1>, !llvm.ptr<1>, index, index, index, index, index, index, index) -> ()
      func.call @load_stage(%pa, %pb, %row0, %col0, %c32, %m, %n, %k, %c1)
          : (!llvm.ptr<1>, !llvm.ptr<1>, index, index, index, index, index, index, index) -> ()

      %steps = arith.ceildivui %k, %c32 : index
      %acc:8 = scf.for %step = %c0 to %steps step %c1
          iter_args(%s0 = %zero, %s1 = %zero, %s2 = %zero, %s3 = %zero, %s4 = %zero, %s5 = %zero, %s6 = %zero, %s7 = %zero)
          -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
        // This step's copies of this thread have landed; after the barrier, those of all threads. The
        // barrier also ends the reads of the stage that the next copies go to.
        nvvm.cp.async.wait.group 1
        gpu.barrier
        %ahead = arith.addi %step, %c2 : index
        %k_ahead = arith.muli %ahead, %c32 : index
        func.call @load_stage(%pa, %pb, %row0, %col0, %k_ahead, %m, %n, %k, %ahead)
            : (!llvm.ptr<1>, !llvm.ptr<1>, index, index, index, index, index, index, index) -> ()
        %slot = arith.remui %step, %c3 : index
        %as, %bs = func.call @stage(%slot) : (index) -> (!llvm.ptr<3>, !llvm.ptr<3>)
        %next:8 = scf.for %kk = %c0 to %c32 step %c16
            iter_args(%r0 = %s0, %r1 = %s1, %r2 = %s2, %r3 = %s3, %r4 = %s4, %r5 = %s5, %r6 = %s6, %r7 = %s7)
            -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
          %acol = arith.addi %kk, %lane_col : index
          %brow = arith.addi %kk, %lane_row : index
          %pa0 = func.call @tile_address(%as, %arow0, %acol, %c40) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          %pa1 = func.call @tile_address(%as, %arow1, %acol, %c40) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          %pb0 = func.call @tile_address(%bs, %brow, %bcol0, %c72) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          %pb1 = func.call @tile_address(%bs, %brow, %bcol1, %c72) : (!llvm.ptr<3>, index, index, index) -> !llvm.ptr<3>
          %b0 = nvvm.ldmatrix %pb0 {num = 4 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
          %b1 = nvvm.ldmatrix %pb1 {num = 4 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
          %t0:4 = func.call @row_of_tiles(%pa0, %b0, %b1, %r0, %r1, %r2, %r3)
              : (!llvm.ptr<3>, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32, i32, i32)>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
              -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
          %t1:4 = func.call @row_of_tiles(%pa1, %b0, %b1, %r4, %r5, %r6, %r7)
              : (!llvm.ptr<3>, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32, i32, i32)>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
              -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>)
          scf.yield %t0#0, %t0#1, %t0#2, %t0#3, %t1#0, %t1#1, %t1#2, %t1#3
              : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
        }
        scf.yield %next#0, %next#1, %next#2, %next#3, %next#4, %next#5, %next#6, %next#7
            : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
      }

      %row_a = arith.addi %row0, %wrow : index
      %row_b = arith.addi %row_a, %c16 : index
      %col_a = arith.addi %col0, %wcol : index
      %col_b = arith.addi %col_a, %c8 : index
      %col_c = arith.addi %col_a, %c16 : index
      %col_d = arith.addi %col_a, %c24 : index
      func.call @store_accumulator(%acc#0, %c, %row_a, %col_a) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#1, %c, %row_a, %col_b) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#2, %c, %row_a, %col_c) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#3, %c, %row_a, %col_d) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#4, %c, %row_b, %col_a) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#5, %c, %row_b, %col_b) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#6, %c, %row_b, %col_c) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#7, %c, %row_b, %col_d) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      gpu.return
    }
  }

  func.func @bf16(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %width = arith.constant 64 : index
    %height = arith.constant 64 : index
    %threads = arith.constant 128 : index
    %bytes = arith.constant 29184 : i32
    %m = memref.dim %a, %c0 : memref<?x?xbf16>
    %n = memref.dim %b, %c1 : memref<?x?xbf16>
    %down = arith.ceildivui %m, %height : index
    %across = arith.ceildivui %n, %width : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@product blocks in (%across, %down, %c1) threads in (%threads, %c1, %c1)
        dynamic_shared_memory_size %bytes args(%a : memref<?x?xbf16>, %b : memref<?x?xbf16>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }
}
