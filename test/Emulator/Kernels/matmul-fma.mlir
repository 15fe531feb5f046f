// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// C = A B in f32 by fused multiply-adds: 16x16 threads a CTA, one element of C a thread, tiles of
// 16x16 in shared memory. Any sizes; what lies outside A and B is loaded as zero.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @element(%x: memref<?x?xf32>, %row: index, %col: index) -> f32
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
      return %v : f32
    }

    gpu.func @product(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>)
        workgroup(%as: memref<16x16xf32, #gpu.address_space<workgroup>>,
                  %bs: memref<16x16xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 16, 16, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c16 = arith.constant 16 : index
      %zero = arith.constant 0.0 : f32
      %m = memref.dim %c, %c0 : memref<?x?xf32>
      %n = memref.dim %c, %c1 : memref<?x?xf32>
      %k = memref.dim %a, %c1 : memref<?x?xf32>
      %tx = gpu.thread_id x
      %ty = gpu.thread_id y
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %row0 = arith.muli %by, %c16 : index
      %col0 = arith.muli %bx, %c16 : index
      %row = arith.addi %row0, %ty : index
      %col = arith.addi %col0, %tx : index
      %sum = scf.for %k0 = %c0 to %k step %c16 iter_args(%acc = %zero) -> (f32) {
        %ka = arith.addi %k0, %tx : index
        %kb = arith.addi %k0, %ty : index
        %va = func.call @element(%a, %row, %ka) : (memref<?x?xf32>, index, index) -> f32
        %vb = func.call @element(%b, %kb, %col) : (memref<?x?xf32>, index, index) -> f32
        memref.store %va, %as[%ty, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
        memref.store %vb, %bs[%ty, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
        gpu.barrier
        %next = scf.for %i = %c0 to %c16 step %c1 iter_args(%s = %acc) -> (f32) {
          %x = memref.load %as[%ty, %i] : memref<16x16xf32, #gpu.address_space<workgroup>>
          %y = memref.load %bs[%i, %tx] : memref<16x16xf32, #gpu.address_space<workgroup>>
          %f = llvm.intr.fma(%x, %y, %s) : (f32, f32, f32) -> f32
          scf.yield %f : f32
        }
        gpu.barrier
        scf.yield %next : f32
      }
      %row_in = arith.cmpi ult, %row, %m : index
      %col_in = arith.cmpi ult, %col, %n : index
      %inside = arith.andi %row_in, %col_in : i1
      scf.if %inside {
        memref.store %sum, %c[%row, %col] : memref<?x?xf32>
      }
      gpu.return
    }
  }

  func.func @f32(%a: memref<?x?xf32>, %b: memref<?x?xf32>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %width = arith.constant 16 : index
    %height = arith.constant 16 : index
    %m = memref.dim %a, %c0 : memref<?x?xf32>
    %n = memref.dim %b, %c1 : memref<?x?xf32>
    %down = arith.ceildivui %m, %height : index
    %across = arith.ceildivui %n, %width : index
    %c = memref.alloc(%m, %n) : memref<?x?xf32>
    gpu.launch_func @kernels::@product blocks in (%across, %down, %c1) threads in (%width, %height, %c1)
        args(%a : memref<?x?xf32>, %b : memref<?x?xf32>, %c : memref<?x?xf32>)
    return %c : memref<?x?xf32>
  }
}
