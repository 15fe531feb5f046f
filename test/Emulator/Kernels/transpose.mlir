// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A transpose by tiles of 32x32 in shared memory: rows are written, columns are read. A request
// of 32 lanes that touches one bank n times takes n turns, that is n - 1 conflicts. The columns of
// 32 f32 all lie in one bank: 31 conflicts a request, 32 requests, 992 a full tile. Those of
// 32 bf16 lie in two banks, 16 words each: 15 a request, 480 a full tile. A row one word longer
// leaves none: the 32 words then lie in 32 banks. check.py counts on these four numbers.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // 32x8 threads, four rows each. What lies outside the matrix is neither read nor written.
    func.func private @transpose_f32(
        %x: memref<?x?xf32>, %y: memref<?x?xf32>,
        %tile: memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c32 = arith.constant 32 : index
      %rows = memref.dim %x, %c0 : memref<?x?xf32>
      %cols = memref.dim %x, %c1 : memref<?x?xf32>
      %tx = gpu.thread_id x
      %ty = gpu.thread_id y
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %col0 = arith.muli %bx, %c32 : index
      %row0 = arith.muli %by, %c32 : index
      scf.for %i = %ty to %c32 step %c8 {
        %row = arith.addi %row0, %i : index
        %col = arith.addi %col0, %tx : index
        %row_in = arith.cmpi ult, %row, %rows : index
        %col_in = arith.cmpi ult, %col, %cols : index
        %inside = arith.andi %row_in, %col_in : i1
        scf.if %inside {
          %v = memref.load %x[%row, %col] : memref<?x?xf32>
          memref.store %v, %tile[%i, %tx] : memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>
        }
      }
      gpu.barrier
      scf.for %i = %ty to %c32 step %c8 {
        %row = arith.addi %col0, %i : index
        %col = arith.addi %row0, %tx : index
        %row_in = arith.cmpi ult, %row, %cols : index
        %col_in = arith.cmpi ult, %col, %rows : index
        %inside = arith.andi %row_in, %col_in : i1
        scf.if %inside {
          %v = memref.load %tile[%tx, %i] : memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>
          memref.store %v, %y[%row, %col] : memref<?x?xf32>
        }
      }
      return
    }

    gpu.func @f32(%x: memref<?x?xf32>, %y: memref<?x?xf32>)
        workgroup(%tile: memref<32x32xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 32, 8, 1>} {
      %t = memref.cast %tile : memref<32x32xf32, #gpu.address_space<workgroup>>
          to memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>
      func.call @transpose_f32(%x, %y, %t) : (memref<?x?xf32>, memref<?x?xf32>,
          memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>) -> ()
      gpu.return
    }

    gpu.func @f32_padded(%x: memref<?x?xf32>, %y: memref<?x?xf32>)
        workgroup(%tile: memref<32x33xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 32, 8, 1>} {
      %t = memref.cast %tile : memref<32x33xf32, #gpu.address_space<workgroup>>
          to memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>
      func.call @transpose_f32(%x, %y, %t) : (memref<?x?xf32>, memref<?x?xf32>,
          memref<32x?xf32, strided<[?, 1]>, #gpu.address_space<workgroup>>) -> ()
      gpu.return
    }

    func.func private @transpose_bf16(
        %x: memref<?x?xbf16>, %y: memref<?x?xbf16>,
        %tile: memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c32 = arith.constant 32 : index
      %rows = memref.dim %x, %c0 : memref<?x?xbf16>
      %cols = memref.dim %x, %c1 : memref<?x?xbf16>
      %tx = gpu.thread_id x
      %ty = gpu.thread_id y
      %bx = gpu.block_id x
      %by = gpu.block_id y
      %col0 = arith.muli %bx, %c32 : index
      %row0 = arith.muli %by, %c32 : index
      scf.for %i = %ty to %c32 step %c8 {
        %row = arith.addi %row0, %i : index
        %col = arith.addi %col0, %tx : index
        %row_in = arith.cmpi ult, %row, %rows : index
        %col_in = arith.cmpi ult, %col, %cols : index
        %inside = arith.andi %row_in, %col_in : i1
        scf.if %inside {
          %v = memref.load %x[%row, %col] : memref<?x?xbf16>
          memref.store %v, %tile[%i, %tx] : memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>
        }
      }
      gpu.barrier
      scf.for %i = %ty to %c32 step %c8 {
        %row = arith.addi %col0, %i : index
        %col = arith.addi %row0, %tx : index
        %row_in = arith.cmpi ult, %row, %cols : index
        %col_in = arith.cmpi ult, %col, %rows : index
        %inside = arith.andi %row_in, %col_in : i1
        scf.if %inside {
          %v = memref.load %tile[%tx, %i] : memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>
          memref.store %v, %y[%row, %col] : memref<?x?xbf16>
        }
      }
      return
    }

    gpu.func @bf16(%x: memref<?x?xbf16>, %y: memref<?x?xbf16>)
        workgroup(%tile: memref<32x32xbf16, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 32, 8, 1>} {
      %t = memref.cast %tile : memref<32x32xbf16, #gpu.address_space<workgroup>>
          to memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>
      func.call @transpose_bf16(%x, %y, %t) : (memref<?x?xbf16>, memref<?x?xbf16>,
          memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>) -> ()
      gpu.return
    }

    gpu.func @bf16_padded(%x: memref<?x?xbf16>, %y: memref<?x?xbf16>)
        workgroup(%tile: memref<32x34xbf16, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 32, 8, 1>} {
      %t = memref.cast %tile : memref<32x34xbf16, #gpu.address_space<workgroup>>
          to memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>
      func.call @transpose_bf16(%x, %y, %t) : (memref<?x?xbf16>, memref<?x?xbf16>,
          memref<32x?xbf16, strided<[?, 1]>, #gpu.address_space<workgroup>>) -> ()
      gpu.return
    }
  }

  func.func @f32(%x: memref<?x?xf32>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %cols = memref.dim %x, %c1 : memref<?x?xf32>
    %across = arith.ceildivui %cols, %c32 : index
    %down = arith.ceildivui %rows, %c32 : index
    %y = memref.alloc(%cols, %rows) : memref<?x?xf32>
    gpu.launch_func @kernels::@f32 blocks in (%across, %down, %c1) threads in (%c32, %c8, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?x?xf32>)
    return %y : memref<?x?xf32>
  }

  func.func @f32_padded(%x: memref<?x?xf32>) -> memref<?x?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x?xf32>
    %cols = memref.dim %x, %c1 : memref<?x?xf32>
    %across = arith.ceildivui %cols, %c32 : index
    %down = arith.ceildivui %rows, %c32 : index
    %y = memref.alloc(%cols, %rows) : memref<?x?xf32>
    gpu.launch_func @kernels::@f32_padded blocks in (%across, %down, %c1) threads in (%c32, %c8, %c1)
        args(%x : memref<?x?xf32>, %y : memref<?x?xf32>)
    return %y : memref<?x?xf32>
  }

  func.func @bf16(%x: memref<?x?xbf16>) -> memref<?x?xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x?xbf16>
    %cols = memref.dim %x, %c1 : memref<?x?xbf16>
    %across = arith.ceildivui %cols, %c32 : index
    %down = arith.ceildivui %rows, %c32 : index
    %y = memref.alloc(%cols, %rows) : memref<?x?xbf16>
    gpu.launch_func @kernels::@bf16 blocks in (%across, %down, %c1) threads in (%c32, %c8, %c1)
        args(%x : memref<?x?xbf16>, %y : memref<?x?xbf16>)
    return %y : memref<?x?xbf16>
  }

  func.func @bf16_padded(%x: memref<?x?xbf16>) -> memref<?x?xbf16> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c8 = arith.constant 8 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x?xbf16>
    %cols = memref.dim %x, %c1 : memref<?x?xbf16>
    %across = arith.ceildivui %cols, %c32 : index
    %down = arith.ceildivui %rows, %c32 : index
    %y = memref.alloc(%cols, %rows) : memref<?x?xbf16>
    gpu.launch_func @kernels::@bf16_padded blocks in (%across, %down, %c1) threads in (%c32, %c8, %c1)
        args(%x : memref<?x?xbf16>, %y : memref<?x?xbf16>)
    return %y : memref<?x?xbf16>
  }
}
