// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// The softmax of rows in bf16, computed in f32: a warp a row, 16 bytes a load. One pass finds the maximum, one
// the sum of the exponentials (ex2.approx), one writes (ex2.approx, rcp.approx). Rows must be a
// multiple of 8 long.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // The maximum over the lanes of a warp, in all of them.
    func.func private @warp_max(%v: f32) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c5 = arith.constant 5 : index
      %all = arith.constant -1 : i32
      %clamp = arith.constant 31 : i32
      %one = arith.constant 1 : i32
      %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%s = %v) -> (f32) {
        %i32 = arith.index_cast %i : index to i32
        %distance = arith.shli %one, %i32 : i32
        %other = nvvm.shfl.sync bfly %all, %s, %distance, %clamp : f32 -> f32
        %next = llvm.intr.maxnum(%s, %other) : (f32, f32) -> f32
        scf.yield %next : f32
      }
      return %r : f32
    }

    // The sum over the lanes of a warp, in all of them.
    func.func private @warp_sum(%v: f32) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c5 = arith.constant 5 : index
      %all = arith.constant -1 : i32
      %clamp = arith.constant 31 : i32
      %one = arith.constant 1 : i32
      %r = scf.for %i = %c0 to %c5 step %c1 iter_args(%s = %v) -> (f32) {
        %i32 = arith.index_cast %i : index to i32
        %distance = arith.shli %one, %i32 : i32
        %other = nvvm.shfl.sync bfly %all, %s, %distance, %clamp : f32 -> f32
        %next = arith.addf %s, %other : f32
        scf.yield %next : f32
      }
      return %r : f32
    }

    // 2 ** ((v - maximum) * log2 e), eight times.
    func.func private @exp8(%v: vector<8xf32>, %max: f32) -> vector<8xf32>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %log2e = arith.constant dense<1.44269504> : vector<8xf32>
      %m = vector.broadcast %max : f32 to vector<8xf32>
      %d = arith.subf %v, %m : vector<8xf32>
      %x = arith.mulf %d, %log2e : vector<8xf32>
      %e:8 = vector.to_elements %x : vector<8xf32>
      %e0 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#0) : (f32) -> f32
      %e1 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#1) : (f32) -> f32
      %e2 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#2) : (f32) -> f32
      %e3 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#3) : (f32) -> f32
      %e4 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#4) : (f32) -> f32
      %e5 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#5) : (f32) -> f32
      %e6 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#6) : (f32) -> f32
      %e7 = llvm.call_intrinsic "llvm.nvvm.ex2.approx"(%e#7) : (f32) -> f32
      %r = vector.from_elements %e0, %e1, %e2, %e3, %e4, %e5, %e6, %e7 : vector<8xf32>
      return %r : vector<8xf32>
    }

    gpu.func @softmax(%x: memref<?x?xbf16>, %y: memref<?x?xbf16>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c8 = arith.constant 8 : index
      %c32 = arith.constant 32 : index
      %c256 = arith.constant 256 : index
      %zero = arith.constant 0.0 : f32
      %low = arith.constant 0xFF800000 : f32
      %rows = memref.dim %x, %c0 : memref<?x?xbf16>
      %cols = memref.dim %x, %c1 : memref<?x?xbf16>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %first = arith.muli %cta, %c4 : index
      %row = arith.addi %first, %warp : index
      %from = arith.muli %lane, %c8 : index
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %max = scf.for %j = %from to %cols step %c256 iter_args(%m = %low) -> (f32) {
          %b = vector.load %x[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
          %v = arith.extf %b : vector<8xbf16> to vector<8xf32>
          %r = vector.reduction <maxnumf>, %v : vector<8xf32> into f32
          %n = llvm.intr.maxnum(%m, %r) : (f32, f32) -> f32
          scf.yield %n : f32
        }
        %row_max = func.call @warp_max(%max) : (f32) -> f32
        %sum = scf.for %j = %from to %cols step %c256 iter_args(%s = %zero) -> (f32) {
          %b = vector.load %x[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
          %v = arith.extf %b : vector<8xbf16> to vector<8xf32>
          %e = func.call @exp8(%v, %row_max) : (vector<8xf32>, f32) -> vector<8xf32>
          %n = vector.reduction <add>, %e, %s : vector<8xf32> into f32
          scf.yield %n : f32
        }
        %row_sum = func.call @warp_sum(%sum) : (f32) -> f32
        %scale = nvvm.rcp.approx.ftz.f %row_sum : f32
        %scales = vector.broadcast %scale : f32 to vector<8xf32>
        scf.for %j = %from to %cols step %c256 {
          %b = vector.load %x[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
          %v = arith.extf %b : vector<8xbf16> to vector<8xf32>
          %e = func.call @exp8(%v, %row_max) : (vector<8xf32>, f32) -> vector<8xf32>
          %p = arith.mulf %e, %scales : vector<8xf32>
          %r = arith.truncf %p : vector<8xf32> to vector<8xbf16>
          vector.store %r, %y[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
        }
      }
      gpu.return
    }
  }

  func.func @main(%x: memref<?x?xbf16>) -> memref<?x?xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xbf16>
    %cols = memref.dim %x, %c1 : memref<?x?xbf16>
    %ctas = arith.ceildivui %rows, %c4 : index
    %y = memref.alloc(%rows, %cols) : memref<?x?xbf16>
    gpu.launch_func @kernels::@softmax blocks in (%ctas, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xbf16>, %y : memref<?x?xbf16>)
    return %y : memref<?x?xbf16>
  }
}
