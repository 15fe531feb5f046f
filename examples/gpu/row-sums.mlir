//===- row-sums.mlir - A GPU kernel, right and with a fault ----------------===//
//
// The sum of each row of a matrix, as kernels that normalise rows compute it: a CTA
// of 128 threads a row. A thread adds up every 128th column, a warp adds up its
// 32 threads by shuffles, and the four sums of the warps meet in shared memory,
// where a barrier stands between the stores and the loads.
//
// @row_sums is right. @row_sums_without_barrier is the same but for the barrier:
// a fault that a comparison of results does not reliably show, and that the
// emulator names:
//
//   mhc-run examples/gpu/row-sums.mlir --device emulator --arg random:1:4x1000
//           --entry row_sums_without_barrier
//   mhc-run examples/gpu/row-sums.mlir --device emulator --arg random:1:4x1000
//           --entry row_sums --orders 4 --counters counters.json
//
// docs/Emulator.md explains what they print.
//
//===----------------------------------------------------------------------===//

!shared = memref<4xf32, #gpu.address_space<workgroup>>

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // What the threads of a warp have of the row of their CTA, in all of them.
    func.func private @warp_sum(%x: memref<?x?xf32>) -> f32 {
      %c1 = arith.constant 1 : index
      %zero = arith.constant 0.0 : f32
      %row = gpu.block_id x
      %thread = gpu.thread_id x
      %threads = gpu.block_dim x
      %cols = memref.dim %x, %c1 : memref<?x?xf32>
      %mine = scf.for %col = %thread to %cols step %threads iter_args(%sum = %zero) -> (f32) {
        %v = memref.load %x[%row, %col] : memref<?x?xf32>
        %next = arith.addf %sum, %v : f32
        scf.yield %next : f32
      }
      %sum = gpu.subgroup_reduce add %mine : (f32) -> f32
      return %sum : f32
    }

    // The first lane of each warp stores the warp's sum.
    func.func private @publish(%sum: f32, %warps: !shared) {
      %c0 = arith.constant 0 : index
      %c32 = arith.constant 32 : index
      %thread = gpu.thread_id x
      %lane = arith.remui %thread, %c32 : index
      %first = arith.cmpi eq, %lane, %c0 : index
      scf.if %first {
        %warp = arith.divui %thread, %c32 : index
        memref.store %sum, %warps[%warp] : !shared
      }
      return
    }

    // The first thread of the CTA adds up the warps.
    func.func private @collect(%warps: !shared, %y: memref<?xf32>) {
      %c0 = arith.constant 0 : index
      %row = gpu.block_id x
      %thread = gpu.thread_id x
      %first = arith.cmpi eq, %thread, %c0 : index
      scf.if %first {
        %all = vector.load %warps[%c0] {alignment = 16 : i64} : !shared, vector<4xf32>
        %sum = vector.reduction <add>, %all : vector<4xf32> into f32
        memref.store %sum, %y[%row] : memref<?xf32>
      }
      return
    }

    gpu.func @row_sums(%x: memref<?x?xf32>, %y: memref<?xf32>)
        workgroup(%warps: !shared {llvm.align = 16 : i64}) kernel {
      %sum = func.call @warp_sum(%x) : (memref<?x?xf32>) -> f32
      func.call @publish(%sum, %warps) : (f32, !shared) -> ()
      gpu.barrier
      func.call @collect(%warps, %y) : (!shared, memref<?xf32>) -> ()
      gpu.return
    }

    gpu.func @row_sums_without_barrier(%x: memref<?x?xf32>, %y: memref<?xf32>)
        workgroup(%warps: !shared {llvm.align = 16 : i64}) kernel {
      %sum = func.call @warp_sum(%x) : (memref<?x?xf32>) -> f32
      func.call @publish(%sum, %warps) : (f32, !shared) -> ()
      func.call @collect(%warps, %y) : (!shared, memref<?xf32>) -> ()
      gpu.return
    }
  }

  func.func @row_sums(%x: memref<?x?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %y = memref.alloc(%rows) : memref<?xf32>
    gpu.launch_func @kernels::@row_sums blocks in (%rows, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?xf32>)
    return %y : memref<?xf32>
  }

  func.func @row_sums_without_barrier(%x: memref<?x?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %y = memref.alloc(%rows) : memref<?xf32>
    gpu.launch_func @kernels::@row_sums_without_barrier blocks in (%rows, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?xf32>)
    return %y : memref<?xf32>
  }
}
