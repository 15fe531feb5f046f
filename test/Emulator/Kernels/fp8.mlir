// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Eight-bit floating point. @e4m3 and @e5m2 convert pairs of f32 to pairs of eight bits, to nearest even and saturating,
// and back by way of f16; the codes are returned too. @product is an mma.sync m16n8k32 of e4m3 with f32
// accumulators, which LLVM has as an intrinsic and MLIR's op has not; the f32 are converted on the way.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // A pair a thread. In a pair of eight bits the second number given is the low one.
    gpu.func @e4m3(%x: memref<?x2xf32>, %codes: memref<?xi32>, %y: memref<?x2xf32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c64 = arith.constant 64 : index
      %n = memref.dim %x, %c0 : memref<?x2xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c64 : index
      %i = arith.addi %before, %t : index
      %inside = arith.cmpi ult, %i, %n : index
      scf.if %inside {
        %low = memref.load %x[%i, %c0] : memref<?x2xf32>
        %high = memref.load %x[%i, %c1] : memref<?x2xf32>
        %code = nvvm.convert.f32x2.to.f8x2 %high, %low {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>}
            : i16 (f8E4M3FN)
        %wide = arith.extui %code : i16 to i32
        memref.store %wide, %codes[%i] : memref<?xi32>
        %pair = llvm.bitcast %code : i16 to vector<2xi8>
        %h = nvvm.convert.f8x2.to.f16x2 %pair : vector<2xi8> (f8E4M3FN) -> vector<2xf16>
        %f = arith.extf %h : vector<2xf16> to vector<2xf32>
        %f0 = vector.extract %f[0] : f32 from vector<2xf32>
        %f1 = vector.extract %f[1] : f32 from vector<2xf32>
        memref.store %f0, %y[%i, %c0] : memref<?x2xf32>
        memref.store %f1, %y[%i, %c1] : memref<?x2xf32>
      }
      gpu.return
    }

    // A pair a thread. In a pair of eight bits the second number given is the low one.
    gpu.func @e5m2(%x: memref<?x2xf32>, %codes: memref<?xi32>, %y: memref<?x2xf32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c64 = arith.constant 64 : index
      %n = memref.dim %x, %c0 : memref<?x2xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c64 : index
      %i = arith.addi %before, %t : index
      %inside = arith.cmpi ult, %i, %n : index
      scf.if %inside {
        %low = memref.load %x[%i, %c0] : memref<?x2xf32>
        %high = memref.load %x[%i, %c1] : memref<?x2xf32>
        %code = nvvm.convert.f32x2.to.f8x2 %high, %low {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>}
            : i16 (f8E5M2)
        %wide = arith.extui %code : i16 to i32
        memref.store %wide, %codes[%i] : memref<?xi32>
        %pair = llvm.bitcast %code : i16 to vector<2xi8>
        %h = nvvm.convert.f8x2.to.f16x2 %pair : vector<2xi8> (f8E5M2) -> vector<2xf16>
        %f = arith.extf %h : vector<2xf16> to vector<2xf32>
        %f0 = vector.extract %f[0] : f32 from vector<2xf32>
        %f1 = vector.extract %f[1] : f32 from vector<2xf32>
        memref.store %f0, %y[%i, %c0] : memref<?x2xf32>
        memref.store %f1, %y[%i, %c1] : memref<?x2xf32>
      }
      gpu.return
    }

    // Four e4m3 in a register: of A four neighbours in a row, of B in a column.
    func.func private @pack(%v0: f32, %v1: f32, %v2: f32, %v3: f32) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c16 = arith.constant 16 : i32
      %low = nvvm.convert.f32x2.to.f8x2 %v1, %v0 {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>} : i16 (f8E4M3FN)
      %high = nvvm.convert.f32x2.to.f8x2 %v3, %v2 {rnd = #nvvm.fp_rnd_mode<rn>, sat = #nvvm.sat_mode<satfinite>} : i16 (f8E4M3FN)
      %l = arith.extui %low : i16 to i32
      %h = arith.extui %high : i16 to i32
      %s = arith.shli %h, %c16 : i32
      %r = arith.ori %l, %s : i32
      return %r : i32
    }

    func.func private @a_four(%a: memref<16x?xf32>, %row: index, %k: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %v = vector.load %a[%row, %k] {alignment = 16 : i64} : memref<16x?xf32>, vector<4xf32>
      %v0, %v1, %v2, %v3 = func.call @elements(%v) : (vector<4xf32>) -> (f32, f32, f32, f32)
      %r = func.call @pack(%v0, %v1, %v2, %v3) : (f32, f32, f32, f32) -> i32
      return %r : i32
    }

    func.func private @elements(%v: vector<4xf32>) -> (f32, f32, f32, f32)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %e:4 = vector.to_elements %v : vector<4xf32>
      return %e#0, %e#1, %e#2, %e#3 : f32, f32, f32, f32
    }

    func.func private @b_four(%b: memref<?x8xf32>, %k: index, %col: index) -> i32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %k1 = arith.addi %k, %c1 : index
      %k2 = arith.addi %k1, %c1 : index
      %k3 = arith.addi %k2, %c1 : index
      %v0 = memref.load %b[%k, %col] : memref<?x8xf32>
      %v1 = memref.load %b[%k1, %col] : memref<?x8xf32>
      %v2 = memref.load %b[%k2, %col] : memref<?x8xf32>
      %v3 = memref.load %b[%k3, %col] : memref<?x8xf32>
      %r = func.call @pack(%v0, %v1, %v2, %v3) : (f32, f32, f32, f32) -> i32
      return %r : i32
    }

    // One warp; the inner size is a multiple of 32.
    gpu.func @product(%a: memref<16x?xf32>, %b: memref<?x8xf32>, %c: memref<16x8xf32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      %zero = arith.constant dense<0.0> : vector<4xf32>
      %n = memref.dim %a, %c1 : memref<16x?xf32>
      %lane = gpu.lane_id upper_bound 32
      %group = arith.divui %lane, %c4 : index
      %group8 = arith.addi %group, %c8 : index
      %in_group = arith.remui %lane, %c4 : index
      %first = arith.muli %in_group, %c4 : index
      %acc = scf.for %k = %c0 to %n step %c32 iter_args(%s = %zero) -> (vector<4xf32>) {
        %ka = arith.addi %k, %first : index
        %kb = arith.addi %ka, %c16 : index
        %a0 = func.call @a_four(%a, %group, %ka) : (memref<16x?xf32>, index, index) -> i32
        %a1 = func.call @a_four(%a, %group8, %ka) : (memref<16x?xf32>, index, index) -> i32
        %a2 = func.call @a_four(%a, %group, %kb) : (memref<16x?xf32>, index, index) -> i32
        %a3 = func.call @a_four(%a, %group8, %kb) : (memref<16x?xf32>, index, index) -> i32
        %b0 = func.call @b_four(%b, %ka, %group) : (memref<?x8xf32>, index, index) -> i32
        %b1 = func.call @b_four(%b, %kb, %group) : (memref<?x8xf32>, index, index) -> i32
        %s0, %s1, %s2, %s3 = func.call @elements(%s) : (vector<4xf32>) -> (f32, f32, f32, f32)
        %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k32.row.col.f32.e4m3.e4m3.f32"
            (%a0, %a1, %a2, %a3, %b0, %b1, %s0, %s1, %s2, %s3)
            : (i32, i32, i32, i32, i32, i32, f32, f32, f32, f32) -> !llvm.struct<(f32, f32, f32, f32)>
        %d0 = llvm.extractvalue %d[0] : !llvm.struct<(f32, f32, f32, f32)>
        %d1 = llvm.extractvalue %d[1] : !llvm.struct<(f32, f32, f32, f32)>
        %d2 = llvm.extractvalue %d[2] : !llvm.struct<(f32, f32, f32, f32)>
        %d3 = llvm.extractvalue %d[3] : !llvm.struct<(f32, f32, f32, f32)>
        %next = vector.from_elements %d0, %d1, %d2, %d3 : vector<4xf32>
        scf.yield %next : vector<4xf32>
      }
      %r0, %r1, %r2, %r3 = func.call @elements(%acc) : (vector<4xf32>) -> (f32, f32, f32, f32)
      %col = arith.muli %in_group, %c2 : index
      %col1 = arith.addi %col, %c1 : index
      memref.store %r0, %c[%group, %col] : memref<16x8xf32>
      memref.store %r1, %c[%group, %col1] : memref<16x8xf32>
      memref.store %r2, %c[%group8, %col] : memref<16x8xf32>
      memref.store %r3, %c[%group8, %col1] : memref<16x8xf32>
      gpu.return
    }
  }

  func.func @e4m3(%x: memref<?x2xf32>) -> (memref<?xi32>, memref<?x2xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?x2xf32>
    %ctas = arith.ceildivui %n, %c64 : index
    %codes = memref.alloc(%n) : memref<?xi32>
    %y = memref.alloc(%n) : memref<?x2xf32>
    gpu.launch_func @kernels::@e4m3 blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x2xf32>, %codes : memref<?xi32>, %y : memref<?x2xf32>)
    return %codes, %y : memref<?xi32>, memref<?x2xf32>
  }

  func.func @e5m2(%x: memref<?x2xf32>) -> (memref<?xi32>, memref<?x2xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?x2xf32>
    %ctas = arith.ceildivui %n, %c64 : index
    %codes = memref.alloc(%n) : memref<?xi32>
    %y = memref.alloc(%n) : memref<?x2xf32>
    gpu.launch_func @kernels::@e5m2 blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x2xf32>, %codes : memref<?xi32>, %y : memref<?x2xf32>)
    return %codes, %y : memref<?xi32>, memref<?x2xf32>
  }

  func.func @product(%a: memref<16x?xf32>, %b: memref<?x8xf32>) -> memref<16x8xf32> {
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %c = memref.alloc() : memref<16x8xf32>
    gpu.launch_func @kernels::@product blocks in (%c1, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%a : memref<16x?xf32>, %b : memref<?x8xf32>, %c : memref<16x8xf32>)
    return %c : memref<16x8xf32>
  }
}
