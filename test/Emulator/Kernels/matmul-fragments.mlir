// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// C = A B by mma.sync with fragments that every lane loads from global memory itself: bf16 and f16
// (m16n8k16), and f32 rounded to tf32 (m16n8k8). A warp makes 16x8 of C. The sizes may be odd, so
// elements are loaded one by one, and those outside A and B are zero.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
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

    // Two 16-bit elements in one register, the first in the low half.
    func.func private @pair(%low: i16, %high: i16) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c16 = arith.constant 16 : i32
      %l = arith.extui %low : i16 to i32
      %h = arith.extui %high : i16 to i32
      %s = arith.shli %h, %c16 : i32
      %r = arith.ori %l, %s : i32
      return %r : i32
    }

    // Two neighbours in a row of A.
    func.func private @a_pair(%p: !llvm.ptr<1>, %row: index, %col: index, %rows: index, %cols: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %col1 = arith.addi %col, %c1 : index
      %v0 = func.call @element(%p, %row, %col, %rows, %cols) : (!llvm.ptr<1>, index, index, index, index) -> i16
      %v1 = func.call @element(%p, %row, %col1, %rows, %cols) : (!llvm.ptr<1>, index, index, index, index) -> i16
      %r = func.call @pair(%v0, %v1) : (i16, i16) -> i32
      return %r : i32
    }

    // Two neighbours in a column of B.
    func.func private @b_pair(%p: !llvm.ptr<1>, %row: index, %col: index, %rows: index, %cols: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %row1 = arith.addi %row, %c1 : index
      %v0 = func.call @element(%p, %row, %col, %rows, %cols) : (!llvm.ptr<1>, index, index, index, index) -> i16
      %v1 = func.call @element(%p, %row1, %col, %rows, %cols) : (!llvm.ptr<1>, index, index, index, index) -> i16
      %r = func.call @pair(%v0, %v1) : (i16, i16) -> i32
      return %r : i32
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

    // Where this lane is: its row in the tile of A (column in that of B), and its place among four.
    func.func private @place() -> (index, index, index, index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %row0 = arith.muli %by, %c16 : index
      %col0 = arith.muli %bx, %c8 : index
      %lane = gpu.lane_id upper_bound 32
      %group = arith.divui %lane, %c4 : index
      %in_group = arith.remui %lane, %c4 : index
      return %row0, %col0, %group, %in_group : index, index, index, index
    }

    func.func private @product(%half: i1, %a: !llvm.ptr<1>, %b: !llvm.ptr<1>, %c: memref<?x?xf32>, %k: index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %m = memref.dim %c, %c0 : memref<?x?xf32>
      %n = memref.dim %c, %c1 : memref<?x?xf32>
      %row0, %col0, %group, %in_group = func.call @place() : () -> (index, index, index, index)
      %row = arith.addi %row0, %group : index
      %row8 = arith.addi %row, %c8 : index
      %col = arith.addi %col0, %group : index
      %first = arith.muli %in_group, %c2 : index
      %acc = scf.for %k0 = %c0 to %k step %c16 iter_args(%sum = %zero) -> (vector<4xf32>) {
        %ka = arith.addi %k0, %first : index
        %kb = arith.addi %ka, %c8 : index
        %a0 = func.call @a_pair(%a, %row, %ka, %m, %k) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %a1 = func.call @a_pair(%a, %row8, %ka, %m, %k) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %a2 = func.call @a_pair(%a, %row, %kb, %m, %k) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %a3 = func.call @a_pair(%a, %row8, %kb, %m, %k) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %b0 = func.call @b_pair(%b, %ka, %col, %k, %n) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %b1 = func.call @b_pair(%b, %kb, %col, %k, %n) : (!llvm.ptr<1>, index, index, index, index) -> i32
        %u = llvm.mlir.poison : !llvm.struct<(i32, i32, i32, i32)>
        %u0 = llvm.insertvalue %a0, %u[0] : !llvm.struct<(i32, i32, i32, i32)>
        %u1 = llvm.insertvalue %a1, %u0[1] : !llvm.struct<(i32, i32, i32, i32)>
        %u2 = llvm.insertvalue %a2, %u1[2] : !llvm.struct<(i32, i32, i32, i32)>
        %fa = llvm.insertvalue %a3, %u2[3] : !llvm.struct<(i32, i32, i32, i32)>
        %w = llvm.mlir.poison : !llvm.struct<(i32, i32)>
        %w0 = llvm.insertvalue %b0, %w[0] : !llvm.struct<(i32, i32)>
        %fb = llvm.insertvalue %b1, %w0[1] : !llvm.struct<(i32, i32)>
        %next = func.call @mma(%half, %fa, %fb, %sum)
            : (i1, !llvm.struct<(i32, i32, i32, i32)>, !llvm.struct<(i32, i32)>, vector<4xf32>) -> vector<4xf32>
        scf.yield %next : vector<4xf32>
      }
      func.call @store_accumulator(%acc, %c, %row0, %col0) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      return
    }

    gpu.func @bf16(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>, %c: memref<?x?xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %half = arith.constant false
      %c1 = arith.constant 1 : index
      %k = memref.dim %a, %c1 : memref<?x?xbf16>
      %ia = memref.extract_aligned_pointer_as_index %a : memref<?x?xbf16> -> index
      %ib = memref.extract_aligned_pointer_as_index %b : memref<?x?xbf16> -> index
      %pa = func.call @global(%ia) : (index) -> !llvm.ptr<1>
      %pb = func.call @global(%ib) : (index) -> !llvm.ptr<1>
      func.call @product(%half, %pa, %pb, %c, %k)
          : (i1, !llvm.ptr<1>, !llvm.ptr<1>, memref<?x?xf32>, index) -> ()
      gpu.return
    }

    gpu.func @f16(%a: memref<?x?xf16>, %b: memref<?x?xf16>, %c: memref<?x?xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %half = arith.constant true
      %c1 = arith.constant 1 : index
      %k = memref.dim %a, %c1 : memref<?x?xf16>
      %ia = memref.extract_aligned_pointer_as_index %a : memref<?x?xf16> -> index
      %ib = memref.extract_aligned_pointer_as_index %b : memref<?x?xf16> -> index
      %pa = func.call @global(%ia) : (index) -> !llvm.ptr<1>
      %pb = func.call @global(%ib) : (index) -> !llvm.ptr<1>
      func.call @product(%half, %pa, %pb, %c, %k)
          : (i1, !llvm.ptr<1>, !llvm.ptr<1>, memref<?x?xf32>, index) -> ()
      gpu.return
    }

    // The element [row, col] rounded to tf32, or zero.
    func.func private @tf32_element(%x: memref<?x?xf32>, %row: index, %col: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %zero = arith.constant 0.0 : f32
      %rows = memref.dim %x, %c0 : memref<?x?xf32>
      %cols = memref.dim %x, %c1 : memref<?x?xf32>
      %row_in = arith.cmpi ult, %row, %rows : index
      %col_in = arith.cmpi ult, %col, %cols : index
      %inside = arith.andi %row_in, %col_in : i1
      %v = scf.if %inside -> (f32) {
        %l = memref.load %x[%row, %col] : memref<?x?xf32>
        scf.yield %l : f32
      } else {
        scf.yield %zero : f32
      }
      %r = nvvm.convert.float.to.tf32 %v {rnd = #nvvm.fp_rnd_mode<rna>}
      return %r : i32
    }

    gpu.func @tf32(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %k = memref.dim %a, %c1 : memref<?x?xf32>
      %row0, %col0, %group, %in_group = func.call @place() : () -> (index, index, index, index)
      %row = arith.addi %row0, %group : index
      %row8 = arith.addi %row, %c8 : index
      %col = arith.addi %col0, %group : index
      %acc = scf.for %k0 = %c0 to %k step %c8 iter_args(%sum = %zero) -> (vector<4xf32>) {
        %ka = arith.addi %k0, %in_group : index
        %kb = arith.addi %ka, %c4 : index
        %a0 = func.call @tf32_element(%a, %row, %ka) : (memref<?x?xf32>, index, index) -> i32
        %a1 = func.call @tf32_element(%a, %row8, %ka) : (memref<?x?xf32>, index, index) -> i32
        %a2 = func.call @tf32_element(%a, %row, %kb) : (memref<?x?xf32>, index, index) -> i32
        %a3 = func.call @tf32_element(%a, %row8, %kb) : (memref<?x?xf32>, index, index) -> i32
        %b0 = func.call @tf32_element(%b, %ka, %col) : (memref<?x?xf32>, index, index) -> i32
        %b1 = func.call @tf32_element(%b, %kb, %col) : (memref<?x?xf32>, index, index) -> i32
        %s0 = vector.extract %sum[0] : f32 from vector<4xf32>
        %s1 = vector.extract %sum[1] : f32 from vector<4xf32>
        %s2 = vector.extract %sum[2] : f32 from vector<4xf32>
        %s3 = vector.extract %sum[3] : f32 from vector<4xf32>
        %d = nvvm.mma.sync A[%a0, %a1, %a2, %a3] B[%b0, %b1] C[%s0, %s1, %s2, %s3]
            {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
             multiplicandAPtxType = #nvvm.mma_type<tf32>, multiplicandBPtxType = #nvvm.mma_type<tf32>,
             shape = #nvvm.shape<m = 16, n = 8, k = 8>}
            : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
        %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
        %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
        %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
        %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
        %next = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
        scf.yield %next : vector<4xf32>
      }
      func.call @store_accumulator(%acc, %c, %row0, %col0) : (vector<4xf32>, memref<?x?xf32>, index, index) -> ()
      gpu.return
    }
  }

  func.func @bf16(%a: memref<?x?xbf16>, %b: memref<?x?xbf16>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %width = arith.constant 8 : index
    %height = arith.constant 16 : index
    %threads = arith.constant 32 : index
    %m = memref.dim %a, %c0 : memref<?x?xbf16>
    %n = memref.dim %b, %c1 : memref<?x?xbf16>
    %down = arith.ceildivui %m, %height : index
    %across = arith.ceildivui %n, %width : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@bf16 blocks in (%across, %down, %c1) threads in (%threads, %c1, %c1)
        args(%a : memref<?x?xbf16>, %b : memref<?x?xbf16>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }

  func.func @f16(%a: memref<?x?xf16>, %b: memref<?x?xf16>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %width = arith.constant 8 : index
    %height = arith.constant 16 : index
    %threads = arith.constant 32 : index
    %m = memref.dim %a, %c0 : memref<?x?xf16>
    %n = memref.dim %b, %c1 : memref<?x?xf16>
    %down = arith.ceildivui %m, %height : index
    %across = arith.ceildivui %n, %width : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@f16 blocks in (%across, %down, %c1) threads in (%threads, %c1, %c1)
        args(%a : memref<?x?xf16>, %b : memref<?x?xf16>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }

  func.func @tf32(%a: memref<?x?xf32>, %b: memref<?x?xf32>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %width = arith.constant 8 : index
    %height = arith.constant 16 : index
    %threads = arith.constant 32 : index
    %m = memref.dim %a, %c0 : memref<?x?xf32>
    %n = memref.dim %b, %c1 : memref<?x?xf32>
    %down = arith.ceildivui %m, %height : index
    %across = arith.ceildivui %n, %width : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@tf32 blocks in (%across, %down, %c1) threads in (%threads, %c1, %c1)
        args(%a : memref<?x?xf32>, %b : memref<?x?xf32>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }
}
