// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// y = x / sqrt(mean(x^2) + 1e-5) * w over rows in bf16, computed in f32: a CTA of 128 threads a row, 16 bytes a load,
// rsqrt.approx. This is the streaming kernel whose speed is measured: check.py rmsnorm.mlir --time ROWS COLS. @bare
// does the same through bare pointers that promise no aliases, so that its loads are non-coherent ones
// (ld.global.nc). Rows must be a multiple of 8 long.

module attributes {gpu.container_module} {
  gpu.module @kernels {
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

    // rsqrt(mean + 1e-5), the same in every thread, from what each thread has of the sum of squares.
    func.func private @row_scale(%mine: f32, %cols: index, %warps: memref<4xf32, #gpu.address_space<workgroup>>) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c32 = arith.constant 32 : index
      %zero = arith.constant 0.0 : f32
      %epsilon = arith.constant 1.0e-5 : f32
      %t = gpu.thread_id x
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %v = func.call @warp_sum(%mine) : (f32) -> f32
      %leader = arith.cmpi eq, %lane, %c0 : index
      scf.if %leader {
        memref.store %v, %warps[%warp] : memref<4xf32, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %sum = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %zero) -> (f32) {
        %w = memref.load %warps[%i] : memref<4xf32, #gpu.address_space<workgroup>>
        %next = arith.addf %s, %w : f32
        scf.yield %next : f32
      }
      %n64 = arith.index_cast %cols : index to i64
      %n = arith.sitofp %n64 : i64 to f32
      %inverse = nvvm.rcp.approx.ftz.f %n : f32
      %mean = llvm.intr.fma(%sum, %inverse, %epsilon) : (f32, f32, f32) -> f32
      %r = llvm.call_intrinsic "llvm.nvvm.rsqrt.approx.f"(%mean) : (f32) -> f32
      return %r : f32
    }

    func.func private @squares(%b: vector<8xbf16>, %sum: f32) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %v = arith.extf %b : vector<8xbf16> to vector<8xf32>
      %q = arith.mulf %v, %v : vector<8xf32>
      %r = vector.reduction <add>, %q, %sum : vector<8xf32> into f32
      return %r : f32
    }

    func.func private @scaled(%b: vector<8xbf16>, %w: vector<8xbf16>, %scale: f32) -> vector<8xbf16>
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %v = arith.extf %b : vector<8xbf16> to vector<8xf32>
      %u = arith.extf %w : vector<8xbf16> to vector<8xf32>
      %s = vector.broadcast %scale : f32 to vector<8xf32>
      %p = arith.mulf %v, %s : vector<8xf32>
      %q = arith.mulf %p, %u : vector<8xf32>
      %r = arith.truncf %q : vector<8xf32> to vector<8xbf16>
      return %r : vector<8xbf16>
    }

    gpu.func @rmsnorm(%x: memref<?x?xbf16>, %w: memref<?xbf16>, %y: memref<?x?xbf16>)
        workgroup(%warps: memref<4xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c1024 = arith.constant 1024 : index
      %zero = arith.constant 0.0 : f32
      %cols = memref.dim %x, %c1 : memref<?x?xbf16>
      %row = gpu.block_id x
      %t = gpu.thread_id x
      %from = arith.muli %t, %c8 : index
      %sum = scf.for %j = %from to %cols step %c1024 iter_args(%s = %zero) -> (f32) {
        %v = vector.load %x[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
        %n = func.call @squares(%v, %s) : (vector<8xbf16>, f32) -> f32
        scf.yield %n : f32
      }
      %scale = func.call @row_scale(%sum, %cols, %warps) : (f32, index, memref<4xf32, #gpu.address_space<workgroup>>) -> f32
      scf.for %j = %from to %cols step %c1024 {
        %v = vector.load %x[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
        %u = vector.load %w[%j] {alignment = 16 : i64} : memref<?xbf16>, vector<8xbf16>
        %r = func.call @scaled(%v, %u, %scale) : (vector<8xbf16>, vector<8xbf16>, f32) -> vector<8xbf16>
        vector.store %r, %y[%row, %j] {alignment = 16 : i64} : memref<?x?xbf16>, vector<8xbf16>
      }
      gpu.return
    }

    gpu.func @bare(%x: !llvm.ptr<1> {llvm.noalias, llvm.readonly, llvm.align = 16 : i64},
                   %w: !llvm.ptr<1> {llvm.noalias, llvm.readonly, llvm.align = 16 : i64},
                   %y: !llvm.ptr<1> {llvm.noalias, llvm.writeonly, llvm.align = 16 : i64}, %cols: index)
        workgroup(%warps: memref<4xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c8 = arith.constant 8 : index
      %c1024 = arith.constant 1024 : index
      %zero = arith.constant 0.0 : f32
      %row = gpu.block_id x
      %t = gpu.thread_id x
      %before = arith.muli %row, %cols : index
      %from = arith.muli %t, %c8 : index
      %sum = scf.for %j = %from to %cols step %c1024 iter_args(%s = %zero) -> (f32) {
        %i = arith.addi %before, %j : index
        %i64 = arith.index_cast %i : index to i64
        %p = llvm.getelementptr %x[%i64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, bf16
        %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
        %n = func.call @squares(%v, %s) : (vector<8xbf16>, f32) -> f32
        scf.yield %n : f32
      }
      %scale = func.call @row_scale(%sum, %cols, %warps) : (f32, index, memref<4xf32, #gpu.address_space<workgroup>>) -> f32
      scf.for %j = %from to %cols step %c1024 {
        %i = arith.addi %before, %j : index
        %i64 = arith.index_cast %i : index to i64
        %j64 = arith.index_cast %j : index to i64
        %p = llvm.getelementptr %x[%i64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, bf16
        %q = llvm.getelementptr %y[%i64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, bf16
        %g = llvm.getelementptr %w[%j64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, bf16
        %v = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
        %u = llvm.load %g {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
        %r = func.call @scaled(%v, %u, %scale) : (vector<8xbf16>, vector<8xbf16>, f32) -> vector<8xbf16>
        llvm.store %r, %q {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<1>
      }
      gpu.return
    }
  }

  func.func @memref(%x: memref<?x?xbf16>, %w: memref<?xbf16>) -> memref<?x?xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xbf16>
    %cols = memref.dim %x, %c1 : memref<?x?xbf16>
    %y = memref.alloc(%rows, %cols) : memref<?x?xbf16>
    gpu.launch_func @kernels::@rmsnorm blocks in (%rows, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xbf16>, %w : memref<?xbf16>, %y : memref<?x?xbf16>)
    return %y : memref<?x?xbf16>
  }

  func.func @bare(%x: memref<?x?xbf16>, %w: memref<?xbf16>) -> memref<?x?xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xbf16>
    %cols = memref.dim %x, %c1 : memref<?x?xbf16>
    %y = memref.alloc(%rows, %cols) : memref<?x?xbf16>
    %ix = memref.extract_aligned_pointer_as_index %x : memref<?x?xbf16> -> index
    %iw = memref.extract_aligned_pointer_as_index %w : memref<?xbf16> -> index
    %iy = memref.extract_aligned_pointer_as_index %y : memref<?x?xbf16> -> index
    %jx = arith.index_cast %ix : index to i64
    %jw = arith.index_cast %iw : index to i64
    %jy = arith.index_cast %iy : index to i64
    %px = llvm.inttoptr %jx : i64 to !llvm.ptr<1>
    %pw = llvm.inttoptr %jw : i64 to !llvm.ptr<1>
    %py = llvm.inttoptr %jy : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@bare blocks in (%rows, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%px : !llvm.ptr<1>, %pw : !llvm.ptr<1>, %py : !llvm.ptr<1>, %cols : index)
    return %y : memref<?x?xbf16>
  }
}
