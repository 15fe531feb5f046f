// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A warp sums a row: by a butterfly of shuffles, after which every lane has the sum,
// and by shuffles down, after which lane 0 has it. Integers are reduced by redux.sync
// in one instruction. Rows may have any length; the last CTA may have too few rows.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // What this lane has to add: every 32nd element of a row, from its lane on.
    func.func private @lane_sum(%x: memref<?x?xf32>, %row: index) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c1 = arith.constant 1 : index
      %c32 = arith.constant 32 : index
      %zero = arith.constant 0.0 : f32
      %cols = memref.dim %x, %c1 : memref<?x?xf32>
      %lane = gpu.lane_id upper_bound 32
      %sum = scf.for %j = %lane to %cols step %c32 iter_args(%acc = %zero) -> (f32) {
        %v = memref.load %x[%row, %j] : memref<?x?xf32>
        %next = arith.addf %acc, %v : f32
        scf.yield %next : f32
      }
      return %sum : f32
    }

    // The row of this warp; four warps a CTA.
    func.func private @warp_row() -> index attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c4 = arith.constant 4 : index
      %c32 = arith.constant 32 : index
      %thread = gpu.thread_id x
      %cta = gpu.block_id x
      %warp = arith.divui %thread, %c32 : index
      %first = arith.muli %cta, %c4 : index
      %row = arith.addi %first, %warp : index
      return %row : index
    }

    gpu.func @bfly(%x: memref<?x?xf32>, %y: memref<?x?xf32>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %all = arith.constant -1 : i32
      %clamp = arith.constant 31 : i32
      %i1 = arith.constant 1 : i32
      %i2 = arith.constant 2 : i32
      %i4 = arith.constant 4 : i32
      %i8 = arith.constant 8 : i32
      %i16 = arith.constant 16 : i32
      %rows = memref.dim %x, %c0 : memref<?x?xf32>
      %row = func.call @warp_row() : () -> index
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %v = func.call @lane_sum(%x, %row) : (memref<?x?xf32>, index) -> f32
        %o16 = nvvm.shfl.sync bfly %all, %v, %i16, %clamp : f32 -> f32
        %v16 = arith.addf %v, %o16 : f32
        %o8 = nvvm.shfl.sync bfly %all, %v16, %i8, %clamp : f32 -> f32
        %v8 = arith.addf %v16, %o8 : f32
        %o4 = nvvm.shfl.sync bfly %all, %v8, %i4, %clamp : f32 -> f32
        %v4 = arith.addf %v8, %o4 : f32
        %o2 = nvvm.shfl.sync bfly %all, %v4, %i2, %clamp : f32 -> f32
        %v2 = arith.addf %v4, %o2 : f32
        %o1 = nvvm.shfl.sync bfly %all, %v2, %i1, %clamp : f32 -> f32
        %v1 = arith.addf %v2, %o1 : f32
        // Every lane holds the sum, and writes it in a column of its own.
        %lane = gpu.lane_id upper_bound 32
        memref.store %v1, %y[%row, %lane] : memref<?x?xf32>
      }
      gpu.return
    }

    gpu.func @down(%x: memref<?x?xf32>, %y: memref<?xf32>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %all = arith.constant -1 : i32
      %clamp = arith.constant 31 : i32
      %i0 = arith.constant 0 : i32
      %i1 = arith.constant 1 : i32
      %i16 = arith.constant 16 : i32
      %rows = memref.dim %x, %c0 : memref<?x?xf32>
      %row = func.call @warp_row() : () -> index
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %v = func.call @lane_sum(%x, %row) : (memref<?x?xf32>, index) -> f32
        // The distance halves each time: 16, 8, 4, 2, 1.
        %end:2 = scf.while (%sum = %v, %distance = %i16) : (f32, i32) -> (f32, i32) {
          %more = arith.cmpi ne, %distance, %i0 : i32
          scf.condition(%more) %sum, %distance : f32, i32
        } do {
        ^body(%sum: f32, %distance: i32):
          %other = nvvm.shfl.sync down %all, %sum, %distance, %clamp : f32 -> f32
          %next = arith.addf %sum, %other : f32
          %half = arith.shrui %distance, %i1 : i32
          scf.yield %next, %half : f32, i32
        }
        %lane = gpu.lane_id upper_bound 32
        %first = arith.cmpi eq, %lane, %c0 : index
        scf.if %first {
          memref.store %end#0, %y[%row] : memref<?xf32>
        }
      }
      gpu.return
    }

    // Sum, minimum, unsigned maximum, and, or, exclusive or of 32 integers: six columns.
    gpu.func @redux(%x: memref<?x32xi32>, %y: memref<?x6xi32>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %c5 = arith.constant 5 : index
      %all = arith.constant -1 : i32
      %rows = memref.dim %x, %c0 : memref<?x32xi32>
      %row = func.call @warp_row() : () -> index
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %lane = gpu.lane_id upper_bound 32
        %v = memref.load %x[%row, %lane] : memref<?x32xi32>
        %add = nvvm.redux.sync add %v, %all : i32 -> i32
        %min = nvvm.redux.sync min %v, %all : i32 -> i32
        %umax = nvvm.redux.sync umax %v, %all : i32 -> i32
        %and = nvvm.redux.sync and %v, %all : i32 -> i32
        %or = nvvm.redux.sync or %v, %all : i32 -> i32
        %xor = nvvm.redux.sync xor %v, %all : i32 -> i32
        %first = arith.cmpi eq, %lane, %c0 : index
        scf.if %first {
          memref.store %add, %y[%row, %c0] : memref<?x6xi32>
          memref.store %min, %y[%row, %c1] : memref<?x6xi32>
          memref.store %umax, %y[%row, %c2] : memref<?x6xi32>
          memref.store %and, %y[%row, %c3] : memref<?x6xi32>
          memref.store %or, %y[%row, %c4] : memref<?x6xi32>
          memref.store %xor, %y[%row, %c5] : memref<?x6xi32>
        }
      }
      gpu.return
    }
  }

  func.func @bfly(%x: memref<?x?xf32>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c32 = arith.constant 32 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %ctas = arith.ceildivui %rows, %c4 : index
    %y = memref.alloc(%rows, %c32) : memref<?x?xf32>
    gpu.launch_func @kernels::@bfly blocks in (%ctas, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?x?xf32>)
    return %y : memref<?x?xf32>
  }

  func.func @down(%x: memref<?x?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %ctas = arith.ceildivui %rows, %c4 : index
    %y = memref.alloc(%rows) : memref<?xf32>
    gpu.launch_func @kernels::@down blocks in (%ctas, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?xf32>)
    return %y : memref<?xf32>
  }

  func.func @redux(%x: memref<?x32xi32>) -> memref<?x6xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %ctas = arith.ceildivui %rows, %c4 : index
    %y = memref.alloc(%rows) : memref<?x6xi32>
    gpu.launch_func @kernels::@redux blocks in (%ctas, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x6xi32>)
    return %y : memref<?x6xi32>
  }
}
