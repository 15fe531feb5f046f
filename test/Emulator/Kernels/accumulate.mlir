// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// How tensor cores add: products are exact, but their sums are aligned and truncated, not rounded. One chain of mma.sync
// over all of K (@chain, 1024 steps for K = 16384) therefore misses by more than 2e-6 of the largest magnitude;
// chains of 16 steps whose results are added in f32 (@split) do not. An emulator that rounds would
// pass both. A is 16xK, B is Kx8, both bf16; K is a multiple of 256. One warp.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // Two neighbours in a row of A, in one register.
    func.func private @a_pair(%a: memref<16x?xbf16>, %row: index, %k: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %v = vector.load %a[%row, %k] {alignment = 4 : i64} : memref<16x?xbf16>, vector<2xbf16>
      %r = llvm.bitcast %v : vector<2xbf16> to i32
      return %r : i32
    }

    // Two neighbours in a column of B.
    func.func private @b_pair(%b: memref<?x8xbf16>, %k: index, %col: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %k1 = arith.addi %k, %c1 : index
      %v0 = memref.load %b[%k, %col] : memref<?x8xbf16>
      %v1 = memref.load %b[%k1, %col] : memref<?x8xbf16>
      %v = vector.from_elements %v0, %v1 : vector<2xbf16>
      %r = llvm.bitcast %v : vector<2xbf16> to i32
      return %r : i32
    }

    // One mma for every 16 of K in [%from, %to).
    func.func private @steps(%a: memref<16x?xbf16>, %b: memref<?x8xbf16>, %from: index, %to: index) -> vector<4xf32>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %lane = gpu.lane_id upper_bound 32
      %group = arith.divui %lane, %c4 : index
      %group8 = arith.addi %group, %c8 : index
      %in_group = arith.remui %lane, %c4 : index
      %first = arith.muli %in_group, %c2 : index
      %acc = scf.for %k = %from to %to step %c16 iter_args(%s = %zero) -> (vector<4xf32>) {
        %ka = arith.addi %k, %first : index
        %kb = arith.addi %ka, %c8 : index
        %a0 = func.call @a_pair(%a, %group, %ka) : (memref<16x?xbf16>, index, index) -> i32
        %a1 = func.call @a_pair(%a, %group8, %ka) : (memref<16x?xbf16>, index, index) -> i32
        %a2 = func.call @a_pair(%a, %group, %kb) : (memref<16x?xbf16>, index, index) -> i32
        %a3 = func.call @a_pair(%a, %group8, %kb) : (memref<16x?xbf16>, index, index) -> i32
        %b0 = func.call @b_pair(%b, %ka, %group) : (memref<?x8xbf16>, index, index) -> i32
        %b1 = func.call @b_pair(%b, %kb, %group) : (memref<?x8xbf16>, index, index) -> i32
        %s0 = vector.extract %s[0] : f32 from vector<4xf32>
        %s1 = vector.extract %s[1] : f32 from vector<4xf32>
        %s2 = vector.extract %s[2] : f32 from vector<4xf32>
        %s3 = vector.extract %s[3] : f32 from vector<4xf32>
        %d = nvvm.mma.sync A[%a0, %a1, %a2, %a3] B[%b0, %b1] C[%s0, %s1, %s2, %s3]
            {layoutA = #nvvm.mma_layout<row>, layoutB = #nvvm.mma_layout<col>,
             multiplicandAPtxType = #nvvm.mma_type<bf16>, multiplicandBPtxType = #nvvm.mma_type<bf16>,
             shape = #nvvm.shape<m = 16, n = 8, k = 16>}
            : (i32, i32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
        %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
        %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
        %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
        %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
        %next = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
        scf.yield %next : vector<4xf32>
      }
      return %acc : vector<4xf32>
    }

    func.func private @store(%v: vector<4xf32>, %c: memref<16x8xf32>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %lane = gpu.lane_id upper_bound 32
      %group = arith.divui %lane, %c4 : index
      %group8 = arith.addi %group, %c8 : index
      %in_group = arith.remui %lane, %c4 : index
      %col = arith.muli %in_group, %c2 : index
      %col1 = arith.addi %col, %c1 : index
      %v0 = vector.extract %v[0] : f32 from vector<4xf32>
      %v1 = vector.extract %v[1] : f32 from vector<4xf32>
      %v2 = vector.extract %v[2] : f32 from vector<4xf32>
      %v3 = vector.extract %v[3] : f32 from vector<4xf32>
      memref.store %v0, %c[%group, %col] : memref<16x8xf32>
      memref.store %v1, %c[%group, %col1] : memref<16x8xf32>
      memref.store %v2, %c[%group8, %col] : memref<16x8xf32>
      memref.store %v3, %c[%group8, %col1] : memref<16x8xf32>
      return
    }

    gpu.func @chain(%a: memref<16x?xbf16>, %b: memref<?x8xbf16>, %c: memref<16x8xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %n = memref.dim %a, %c1 : memref<16x?xbf16>
      %sum = func.call @steps(%a, %b, %c0, %n) : (memref<16x?xbf16>, memref<?x8xbf16>, index, index) -> vector<4xf32>
      func.call @store(%sum, %c) : (vector<4xf32>, memref<16x8xf32>) -> ()
      gpu.return
    }

    gpu.func @split(%a: memref<16x?xbf16>, %b: memref<?x8xbf16>, %c: memref<16x8xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c256 = arith.constant 256 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %n = memref.dim %a, %c1 : memref<16x?xbf16>
      %sum = scf.for %k = %c0 to %n step %c256 iter_args(%s = %zero) -> (vector<4xf32>) {
        %end = arith.addi %k, %c256 : index
        %part = func.call @steps(%a, %b, %k, %end) : (memref<16x?xbf16>, memref<?x8xbf16>, index, index) -> vector<4xf32>
        %next = arith.addf %s, %part : vector<4xf32>
        scf.yield %next : vector<4xf32>
      }
      func.call @store(%sum, %c) : (vector<4xf32>, memref<16x8xf32>) -> ()
      gpu.return
    }
  }

  func.func @chain(%a: memref<16x?xbf16>, %b: memref<?x8xbf16>) -> memref<16x8xf32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c = memref.alloc() : memref<16x8xf32>
    gpu.launch_func @kernels::@chain blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%a : memref<16x?xbf16>, %b : memref<?x8xbf16>, %c : memref<16x8xf32>)
    return %c : memref<16x8xf32>
  }

  func.func @split(%a: memref<16x?xbf16>, %b: memref<?x8xbf16>) -> memref<16x8xf32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c = memref.alloc() : memref<16x8xf32>
    gpu.launch_func @kernels::@split blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%a : memref<16x?xbf16>, %b : memref<?x8xbf16>, %c : memref<16x8xf32>)
    return %c : memref<16x8xf32>
  }
}
