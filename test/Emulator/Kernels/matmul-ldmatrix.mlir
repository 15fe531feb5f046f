// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// C = A B in bf16 or f16 with f32 accumulators, any sizes: mma.sync m16n8k16, its fragments loaded by
// ldmatrix from shared memory (A by x4, the row-major B by x2.trans). A CTA of four warps makes
// 64x32 of C, a warp 32x16: two by two tiles of mma. What lies outside A and B is loaded as zero.
// Rows of the tiles in shared memory are 80 bytes apart, so ldmatrix has no bank conflict.

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

    // The element [row, col] of a matrix of 16-bit elements, or zero.
    func.func private @element(%p: !llvm.ptr<1>, %row: index, %col: index, %rows: index, %cols: index) -> i16
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %row_in = arith.cmpi ult, %row, %rows : index
      %col_in = arith.cmpi ult, %col, %cols : index
      %inside = arith.andi %row_in, %col_in : i1
      %v = scf.if %inside -> (i16) {
        %before = arith.muli %row, %cols : index
        %i = arith.addi %before, %col : index
        %i64 = arith.index_cast %i : index to i64
        %q = llvm.getelementptr %p[%i64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i16
        %l = llvm.load %q : !llvm.ptr<1> -> i16
        scf.yield %l : i16
      } else {
        %zero = arith.constant 0 : i16
        scf.yield %zero : i16
      }
      return %v : i16
    }

    // The address of [row, col] in a tile whose rows are 40 elements apart.
    func.func private @tile_address(%tile: !llvm.ptr<3>, %row: index, %col: index) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c40 = arith.constant 40 : index
      %before = arith.muli %row, %c40 : index
      %i = arith.addi %before, %col : index
      %i64 = arith.index_cast %i : index to i64
      %q = llvm.getelementptr %tile[%i64] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, i16
      return %q : !llvm.ptr<3>
    }

    // Loads %n rows of 32 elements from [row, col] on; the 128 threads take four rows at a time.
    func.func private @load_tile(%p: !llvm.ptr<1>, %row0: index, %col0: index, %rows: index, %cols: index,
                                 %tile: !llvm.ptr<3>, %n: index) attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c4 = arith.constant 4 : index
      %c32 = arith.constant 32 : index
      %t = gpu.thread_id x
      %first = arith.divui %t, %c32 : index
      %c = arith.remui %t, %c32 : index
      %col = arith.addi %col0, %c : index
      scf.for %r = %first to %n step %c4 {
        %row = arith.addi %row0, %r : index
        %v = func.call @element(%p, %row, %col, %rows, %cols) : (!llvm.ptr<1>, index, index, index, index) -> i16
        %q = func.call @tile_address(%tile, %r, %c) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
        llvm.store %v, %q : i16, !llvm.ptr<3>
      }
      return
    }

    func.func private @mma(%half: i1, %a: !llvm.struct<(i32, i32, i32, i32)>, %b: !llvm.struct<(i32, i32)>,
                           %c: vector<4xf32>) -> vector<4xf32> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %a0 = llvm.extractvalue %a[0] : !llvm.struct<(i32, i32, i32, i32)>
      %a1 = llvm.extractvalue %a[1] : !llvm.struct<(i32, i32, i32, i32)>
      %a2 = llvm.extractvalue %a[2] : !llvm.struct<(i32, i32, i32, i32)>
      %a3 = llvm.extractvalue %a[3] : !llvm.struct<(i32, i32, i32, i32)>
      %b0 = llvm.extractvalue %b[0] : !llvm.struct<(i32, i32)>
      %b1 = llvm.extractvalue %b[1] : !llvm.struct<(i32, i32)>
      %c0 = vector.extract %c[0] : f32 from vector<4xf32>
      %c1 = vector.extract %c[1] : f32 from vector<4xf32>
      %c2 = vector.extract %c[2] : f32 from vector<4xf32>
      %c3 = vector.extract %c[3] : f32 from vector<4xf32>
      %d = scf.if %half -> (!llvm.struct<(f32, f32, f32, f32)>) {
        %h0 = llvm.bitcast %a0 : i32 to vector<2xf16>
        %h1 = llvm.bitcast %a1 : i32 to vector<2xf16>
        %h2 = llvm.bitcast %a2 : i32 to vector<2xf16>
        %h3 = llvm.bitcast %a3 : i32 to vector<2xf16>
        %g0 = llvm.bitcast %b0 : i32 to vector<2xf16>
        %g1 = llvm.bitcast %b1 : i32 to vector<2xf16>
        %r = nvvm.mma.sync A[%h0, %h1, %h2, %h3] B[%g0, %g1] C[%c0, %c1, %c2, %c3]
            {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>, shape = #nvvm.shape<m = 16, n = 8, k = 16>}
            : (vector<2xf16>, vector<2xf16>, f32) -> !llvm.struct<(f32, f32, f32, f32)>
        scf.yield %r : !llvm.struct<(f32, f32, f32, f32)>
      } else {
        %r = nvvm.mma.sync A[%a0, %a1, %a2, %a3] B[%b0, %b1] C[%c0, %c1, %c2, %c3]
            {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
             multiplicandAPtxType = #nvvm.mma_type<bf16>, multiplicandBPtxType = #nvvm.mma_type<bf16>,
             shape = #nvvm.shape<m = 16, n = 8, k = 16>}
            : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
        scf.yield %r : !llvm.struct<(f32, f32, f32, f32)>
      }
      %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
      %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
      %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
      %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
      %v = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
      return %v : vector<4xf32>
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

    func.func private @product(%half: i1, %a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %c: memref<?x?xf32>, %k: index,
                               %as: !llvm.ptr<3>, %bs: !llvm.ptr<3>) attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      %c64 = arith.constant 64 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %m = memref.dim %c, %c0 : memref<?x?xf32>
      %n = memref.dim %c, %c1 : memref<?x?xf32>
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %row0 = arith.muli %by, %c64 : index
      %col0 = arith.muli %bx, %c32 : index
      %t = gpu.thread_id x
      %warp = arith.divui %t, %c32 : index
      %lane = gpu.lane_id upper_bound 32
      %warp_y = arith.divui %warp, %c2 : index
      %warp_x = arith.remui %warp, %c2 : index
      %wrow = arith.muli %warp_y, %c32 : index
      %wrow16 = arith.addi %wrow, %c16 : index
      %wcol = arith.muli %warp_x, %c16 : index
      %wcol8 = arith.addi %wcol, %c8 : index
      // The row of an 8x8 matrix whose address this lane gives: lanes 0 to 15 the first 16 rows, lanes
      // 16 to 31 the same rows, 8 columns on (ldmatrix.x2 looks at lanes 0 to 15 alone).
      %lane_row = arith.remui %lane, %c16 : index
      %lane_half = arith.divui %lane, %c16 : index
      %lane_col = arith.muli %lane_half, %c8 : index
      %arow = arith.addi %wrow, %lane_row : index
      %arow16 = arith.addi %wrow16, %lane_row : index

      %acc:4 = scf.for %k0 = %c0 to %k step %c32
          iter_args(%s00 = %zero, %s01 = %zero, %s10 = %zero, %s11 = %zero)
          -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
        func.call @load_tile(%a, %row0, %k0, %m, %k, %as, %c64)
            : (!llvm.ptr<1>, index, index, index, index, !llvm.ptr<3>, index) -> ()
        func.call @load_tile(%b, %k0, %col0, %k, %n, %bs, %c32)
            : (!llvm.ptr<1>, index, index, index, index, !llvm.ptr<3>, index) -> ()
        gpu.barrier
        %next:4 = scf.for %kk = %c0 to %c32 step %c16
            iter_args(%r00 = %s00, %r01 = %s01, %r10 = %s10, %r11 = %s11)
            -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>) {
          %acol = arith.addi %kk, %lane_col : index
          %brow = arith.addi %kk, %lane_row : index
          %pa0 = func.call @tile_address(%as, %arow, %acol) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %pa1 = func.call @tile_address(%as, %arow16, %acol) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %pb0 = func.call @tile_address(%bs, %brow, %wcol) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %pb1 = func.call @tile_address(%bs, %brow, %wcol8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
          %a0 = nvvm.ldmatrix %pa0 {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
          %a1 = nvvm.ldmatrix %pa1 {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
          %b0 = nvvm.ldmatrix %pb0 {num = 2 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
          %b1 = nvvm.ldmatrix %pb1 {num = 2 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>,
              eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
          %d00 = func.call @mma(%half, %a0, %b0, %r00)
              : (i1, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32)>, vector<4xf32>) -> vector<4xf32>
          %d01 = func.call @mma(%half, %a0, %b1, %r01)
              : (i1, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32)>, vector<4xf32>) -> vector<4xf32>
          %d10 = func.call @mma(%half, %a1, %b0, %r10)
              : (i1, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32)>, vector<4xf32>) -> vector<4xf32>
          %d11 = func.call @mma(%half, %a1, %b1, %r11)
              : (i1, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32)>, vector<4xf32>) -> vector<4xf32>
          scf.yield %d00, %d01, %d10, %d11 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
        }
        // No warp may load the next tiles while another reads these.
        gpu.barrier
        scf.yield %next#0, %next#1, %next#2, %next#3 : vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>
      }

      %r0 = arith.addi %row0, %wrow : index
      %r1 = arith.addi %row0, %wrow16 : index
      %q0 = arith.addi %col0, %wcol : index
      %q1 = arith.addi %col0, %wcol8 : index
      func.call @store_accumulator(%acc#0, %c, %r0, %q0) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#1, %c, %r0, %q1) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#2, %c, %r1, %q0) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      func.call @store_accumulator(%acc#3, %c, %r1, %q1) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      return
    }

    gpu.func @bf16(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>, %c: memref<?x?xf32>)
        workgroup(%as: memref<64x40xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %bs: memref<32x40xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %half = arith.constant false
      %c1 = arith.constant 1 : index
      %k = memref.dim %a, %c1 : memref<?x?xbf16>
      %ia = memref.extract_aligned_pointer_as_index %a : memref<?x?xbf16> -> index
      %ib = memref.extract_aligned_pointer_as_index %b : memref<?x?xbf16> -> index
      %ias = memref.extract_aligned_pointer_as_index %as : memref<64x40xbf16, #gpu.address_space<workgroup>> -> index
      %ibs = memref.extract_aligned_pointer_as_index %bs : memref<32x40xbf16, #gpu.address_space<workgroup>> -> index
      %pa = func.call @global(%ia) : (index) -> !llvm.ptr<1>
      %pb = func.call @global(%ib) : (index) -> !llvm.ptr<1>
      %pas = func.call @shared(%ias) : (index) -> !llvm.ptr<3>
      %pbs = func.call @shared(%ibs) : (index) -> !llvm.ptr<3>
      func.call @product(%half, %pa, %pb, %c, %k, %pas, %pbs)
          : (i1, !llvm.ptr<1>, !llvm.ptr<1>, memref<?x?xf32>, index, !llvm.ptr<3>, !llvm.ptr<3>) -> ()
      gpu.return
    }

    gpu.func @f16(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %c: memref<?x?xf32>)
        workgroup(%as: memref<64x40xf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %bs: memref<32x40xf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %half = arith.constant true
      %c1 = arith.constant 1 : index
      %k = memref.dim %a, %c1 : memref<?x?xf16>
      %ia = memref.extract_aligned_pointer_as_index %a : memref<?x?xf16> -> index
      %ib = memref.extract_aligned_pointer_as_index %b : memref<?x?xf16> -> index
      %ias = memref.extract_aligned_pointer_as_index %as : memref<64x40xf16, #gpu.address_space<workgroup>> -> index
      %ibs = memref.extract_aligned_pointer_as_index %bs : memref<32x40xf16, #gpu.address_space<workgroup>> -> index
      %pa = func.call @global(%ia) : (index) -> !llvm.ptr<1>
      %pb = func.call @global(%ib) : (index) -> !llvm.ptr<1>
      %pas = func.call @shared(%ias) : (index) -> !llvm.ptr<3>
      %pbs = func.call @shared(%ibs) : (index) -> !llvm.ptr<3>
      func.call @product(%half, %pa, %pb, %c, %k, %pas, %pbs)
          : (i1, !llvm.ptr<1>, !llvm.ptr<1>, memref<?x?xf32>, index, !llvm.ptr<3>, !llvm.ptr<3>) -> ()
      gpu.return
    }
  }

  func.func @bf16(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %m = memref.dim %a, %c0 : memref<?x?xbf16>
    %n = memref.dim %b, %c1 : memref<?x?xbf16>
    %down = arith.ceildivui %m, %c64 : index
    %across = arith.ceildivui %n, %c32 : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@bf16 blocks in (%across, %down, %c1) threads in (%c128, %c1, %c1)
        args(%a : memref<?x?xbf16>, %b : memref<?x?xbf16>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }

  func.func @f16(%a: memref<?x?xf16>, %b: memref<?x?xf16>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c64 = arith.constant 64 : index
    %c128 = arith.constant 128 : index
    %m = memref.dim %a, %c0 : memref<?x?xf16>
    %n = memref.dim %b, %c1 : memref<?x?xf16>
    %down = arith.ceildivui %m, %c64 : index
    %across = arith.ceildivui %n, %c32 : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@f16 blocks in (%across, %down, %c1) threads in (%c128, %c1, %c1)
        args(%a : memref<?x?xf16>, %b : memref<?x?xf16>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }
}
