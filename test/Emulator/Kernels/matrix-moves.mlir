// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Matrices of 8x8 between shared memory and the registers of a warp, in tiles of 16x16 bf16. @moves transposes a
// tile in registers: ldmatrix.x4, movmatrix of each of the four, stmatrix.x4. @trans lets stmatrix.trans transpose.
// @pieces copies a tile by ldmatrix and stmatrix of one and of two matrices. A warp a tile.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // The address of [row, col] in a tile whose rows are 24 elements apart (no bank conflicts).
    func.func private @at(%tile: !llvm.ptr<3>, %row: index, %col: index) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c24 = arith.constant 24 : index
      %before = arith.muli %row, %c24 : index
      %i = arith.addi %before, %col : index
      %i64 = arith.index_cast %i : index to i64
      %p = llvm.getelementptr %tile[%i64] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, bf16
      return %p : !llvm.ptr<3>
    }

    // Where lane l loads the four matrices from: row l mod 16, column 8 (l / 16).
    func.func private @source(%tile: !llvm.ptr<3>) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %lane = gpu.lane_id upper_bound 32
      %row = arith.remui %lane, %c16 : index
      %half = arith.divui %lane, %c16 : index
      %col = arith.muli %half, %c8 : index
      %p = func.call @at(%tile, %row, %col) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // Where it stores them, the second and the third exchanged: row 8 (l / 16) + l mod 8, column 8 (l / 8 mod 2).
    func.func private @target(%tile: !llvm.ptr<3>) -> !llvm.ptr<3>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %lane = gpu.lane_id upper_bound 32
      %half = arith.divui %lane, %c16 : index
      %row0 = arith.muli %half, %c8 : index
      %in_matrix = arith.remui %lane, %c8 : index
      %row = arith.addi %row0, %in_matrix : index
      %matrix = arith.divui %lane, %c8 : index
      %odd = arith.remui %matrix, %c2 : index
      %col = arith.muli %odd, %c8 : index
      %p = func.call @at(%tile, %row, %col) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // Eight elements a lane between global memory and the tile: row l mod 16, column 8 (l / 16).
    func.func private @place() -> (index, index, index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %lane = gpu.lane_id upper_bound 32
      %row = arith.remui %lane, %c16 : index
      %half = arith.divui %lane, %c16 : index
      %col = arith.muli %half, %c8 : index
      %before = arith.muli %row, %c16 : index
      %i = arith.addi %before, %col : index
      return %row, %col, %i : index, index, index
    }

    func.func private @load_tile(%x: memref<?x256xbf16>, %tile: !llvm.ptr<3>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %all = arith.constant -1 : i32
      %number = gpu.block_id x
      %row, %col, %i = func.call @place() : () -> (index, index, index)
      %v = vector.load %x[%number, %i] {alignment = 16 : i64} : memref<?x256xbf16>, vector<8xbf16>
      %p = func.call @at(%tile, %row, %col) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      llvm.store %v, %p {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<3>
      nvvm.bar.warp.sync %all : i32
      return
    }

    func.func private @store_tile(%tile: !llvm.ptr<3>, %y: memref<?x256xbf16>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %all = arith.constant -1 : i32
      nvvm.bar.warp.sync %all : i32
      %number = gpu.block_id x
      %row, %col, %i = func.call @place() : () -> (index, index, index)
      %p = func.call @at(%tile, %row, %col) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<3> -> vector<8xbf16>
      vector.store %v, %y[%number, %i] {alignment = 16 : i64} : memref<?x256xbf16>, vector<8xbf16>
      return
    }

    func.func private @movmatrix(%v: i32) -> i32 attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %r = llvm.inline_asm has_side_effects "movmatrix.sync.aligned.m8n8.trans.b16 $0, $1;", "=r,r" %v : (i32) -> i32
      return %r : i32
    }

    gpu.func @moves(%x: memref<?x256xbf16>, %y: memref<?x256xbf16>)
        workgroup(%in: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %out: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %ii = memref.extract_aligned_pointer_as_index %in : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %io = memref.extract_aligned_pointer_as_index %out : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %pi = func.call @shared(%ii) : (index) -> !llvm.ptr<3>
      %po = func.call @shared(%io) : (index) -> !llvm.ptr<3>
      func.call @load_tile(%x, %pi) : (memref<?x256xbf16>, !llvm.ptr<3>) -> ()
      %source = func.call @source(%pi) : (!llvm.ptr<3>) -> !llvm.ptr<3>
      %target = func.call @target(%po) : (!llvm.ptr<3>) -> !llvm.ptr<3>
      %m = nvvm.ldmatrix %source {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>}
          : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
      %m0 = llvm.extractvalue %m[0] : !llvm.struct<(i32, i32, i32, i32)>
      %m1 = llvm.extractvalue %m[1] : !llvm.struct<(i32, i32, i32, i32)>
      %m2 = llvm.extractvalue %m[2] : !llvm.struct<(i32, i32, i32, i32)>
      %m3 = llvm.extractvalue %m[3] : !llvm.struct<(i32, i32, i32, i32)>
      %t0 = func.call @movmatrix(%m0) : (i32) -> i32
      %t1 = func.call @movmatrix(%m1) : (i32) -> i32
      %t2 = func.call @movmatrix(%m2) : (i32) -> i32
      %t3 = func.call @movmatrix(%m3) : (i32) -> i32
      nvvm.stmatrix %target, %t0, %t1, %t2, %t3 {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>}
          : !llvm.ptr<3>, i32, i32, i32, i32
      func.call @store_tile(%po, %y) : (!llvm.ptr<3>, memref<?x256xbf16>) -> ()
      gpu.return
    }

    gpu.func @trans(%x: memref<?x256xbf16>, %y: memref<?x256xbf16>)
        workgroup(%in: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %out: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %ii = memref.extract_aligned_pointer_as_index %in : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %io = memref.extract_aligned_pointer_as_index %out : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %pi = func.call @shared(%ii) : (index) -> !llvm.ptr<3>
      %po = func.call @shared(%io) : (index) -> !llvm.ptr<3>
      func.call @load_tile(%x, %pi) : (memref<?x256xbf16>, !llvm.ptr<3>) -> ()
      %source = func.call @source(%pi) : (!llvm.ptr<3>) -> !llvm.ptr<3>
      %target = func.call @target(%po) : (!llvm.ptr<3>) -> !llvm.ptr<3>
      %m = nvvm.ldmatrix %source {num = 4 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>}
          : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32, i32, i32)>
      %m0 = llvm.extractvalue %m[0] : !llvm.struct<(i32, i32, i32, i32)>
      %m1 = llvm.extractvalue %m[1] : !llvm.struct<(i32, i32, i32, i32)>
      %m2 = llvm.extractvalue %m[2] : !llvm.struct<(i32, i32, i32, i32)>
      %m3 = llvm.extractvalue %m[3] : !llvm.struct<(i32, i32, i32, i32)>
      nvvm.stmatrix %target, %m0, %m1, %m2, %m3 {layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>}
          : !llvm.ptr<3>, i32, i32, i32, i32
      func.call @store_tile(%po, %y) : (!llvm.ptr<3>, memref<?x256xbf16>) -> ()
      gpu.return
    }

    gpu.func @pieces(%x: memref<?x256xbf16>, %y: memref<?x256xbf16>)
        workgroup(%in: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64},
                  %out: memref<16x24xbf16, #gpu.address_space<workgroup>> {llvm.align = 16 : i64}) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %ii = memref.extract_aligned_pointer_as_index %in : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %io = memref.extract_aligned_pointer_as_index %out : memref<16x24xbf16, #gpu.address_space<workgroup>> -> index
      %pi = func.call @shared(%ii) : (index) -> !llvm.ptr<3>
      %po = func.call @shared(%io) : (index) -> !llvm.ptr<3>
      func.call @load_tile(%x, %pi) : (memref<?x256xbf16>, !llvm.ptr<3>) -> ()
      // Only the first lanes' addresses are looked at: 16 of them for two matrices, 8 for one.
      %c0 = arith.constant 0 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %lane = gpu.lane_id upper_bound 32
      %row16 = arith.remui %lane, %c16 : index
      %row = arith.remui %lane, %c8 : index
      %row8 = arith.addi %row, %c8 : index
      %p0 = func.call @at(%pi, %row16, %c0) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %p2 = func.call @at(%pi, %row, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %p3 = func.call @at(%pi, %row8, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %q0 = func.call @at(%po, %row16, %c0) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %q2 = func.call @at(%po, %row, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %q3 = func.call @at(%po, %row8, %c8) : (!llvm.ptr<3>, index, index) -> !llvm.ptr<3>
      %m01 = nvvm.ldmatrix %p0 {num = 2 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>}
          : (!llvm.ptr<3>) -> !llvm.struct<(i32, i32)>
      %m0 = llvm.extractvalue %m01[0] : !llvm.struct<(i32, i32)>
      %m1 = llvm.extractvalue %m01[1] : !llvm.struct<(i32, i32)>
      %m2 = nvvm.ldmatrix %p2 {num = 1 : i32, layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> i32
      // Transposed twice.
      %m3 = nvvm.ldmatrix %p3 {num = 1 : i32, layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : (!llvm.ptr<3>) -> i32
      nvvm.stmatrix %q0, %m0, %m1 {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32, i32
      nvvm.stmatrix %q2, %m2 {layout = #nvvm.mma_layout<row>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32
      nvvm.stmatrix %q3, %m3 {layout = #nvvm.mma_layout<col>, shape = #nvvm.ld_st_matrix_shape<m = 8, n = 8>, eltType = #nvvm.ld_st_matrix_elt_type<b16>} : !llvm.ptr<3>, i32
      func.call @store_tile(%po, %y) : (!llvm.ptr<3>, memref<?x256xbf16>) -> ()
      gpu.return
    }
  }

  func.func @moves(%x: memref<?x256xbf16>) -> memref<?x256xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %tiles = memref.dim %x, %c0 : memref<?x256xbf16>
    %y = memref.alloc(%tiles) : memref<?x256xbf16>
    gpu.launch_func @kernels::@moves blocks in (%tiles, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x256xbf16>, %y : memref<?x256xbf16>)
    return %y : memref<?x256xbf16>
  }

  func.func @trans(%x: memref<?x256xbf16>) -> memref<?x256xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %tiles = memref.dim %x, %c0 : memref<?x256xbf16>
    %y = memref.alloc(%tiles) : memref<?x256xbf16>
    gpu.launch_func @kernels::@trans blocks in (%tiles, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x256xbf16>, %y : memref<?x256xbf16>)
    return %y : memref<?x256xbf16>
  }

  func.func @pieces(%x: memref<?x256xbf16>) -> memref<?x256xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %tiles = memref.dim %x, %c0 : memref<?x256xbf16>
    %y = memref.alloc(%tiles) : memref<?x256xbf16>
    gpu.launch_func @kernels::@pieces blocks in (%tiles, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x256xbf16>, %y : memref<?x256xbf16>)
    return %y : memref<?x256xbf16>
  }
}
