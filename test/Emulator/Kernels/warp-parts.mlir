// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Shuffles of parts of a warp. @segments: every eight lanes rotate their numbers (shfl.idx within segments of 8).
// @upper: only lanes 16 to 31 take part, by their mask, and reverse their numbers (shfl.bfly); the lower
// lanes pass theirs on. @pairs: two bf16 are made by one conversion and their bytes are exchanged (prmt).
// @counts: the barrier counts, ands and ors a predicate of the whole CTA.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @segments(%x: memref<?x32xi32>, %y: memref<?x32xi32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %row = gpu.block_id x
      %lane = gpu.lane_id upper_bound 32
      %all = arith.constant -1 : i32
      %one = arith.constant 1 : i32
      // Segments of 8 lanes: the mask 0x18 in bits 8 to 12, and the last lane of a segment, 7.
      %clamp = arith.constant 0x1807 : i32
      %seven = arith.constant 7 : i32
      %v = memref.load %x[%row, %lane] : memref<?x32xi32>
      %lane32 = arith.index_cast %lane : index to i32
      %next = arith.addi %lane32, %one : i32
      %source = arith.andi %next, %seven : i32
      %r = nvvm.shfl.sync idx %all, %v, %source, %clamp : i32 -> i32
      memref.store %r, %y[%row, %lane] : memref<?x32xi32>
      gpu.return
    }

    gpu.func @upper(%x: memref<?x32xi32>, %y: memref<?x32xi32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %row = gpu.block_id x
      %lane = gpu.lane_id upper_bound 32
      %c16 = arith.constant 16 : index
      %upper = arith.constant 0xFFFF0000 : i32
      %fifteen = arith.constant 15 : i32
      %clamp = arith.constant 31 : i32
      %v = memref.load %x[%row, %lane] : memref<?x32xi32>
      %is_upper = arith.cmpi uge, %lane, %c16 : index
      %r = scf.if %is_upper -> (i32) {
        %s = nvvm.shfl.sync bfly %upper, %v, %fifteen, %clamp : i32 -> i32
        scf.yield %s : i32
      } else {
        scf.yield %v : i32
      }
      memref.store %r, %y[%row, %lane] : memref<?x32xi32>
      gpu.return
    }

    // x[row, lane] and x[row, lane] / 3 as bf16: the first in the high half of y, then the halves' bytes are exchanged.
    gpu.func @pairs(%x: memref<?x32xi32>, %y: memref<?x32xi32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %row = gpu.block_id x
      %lane = gpu.lane_id upper_bound 32
      %third = arith.constant 0.333333343 : f32
      %selector = arith.constant 0x2301 : i32
      %v = memref.load %x[%row, %lane] : memref<?x32xi32>
      %f = arith.sitofp %v : i32 to f32
      %g = arith.mulf %f, %third : f32
      %pair = nvvm.convert.f32x2.to.bf16x2 %f, %g {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xbf16>
      %bits = llvm.bitcast %pair : vector<2xbf16> to i32
      %r = nvvm.prmt #nvvm.permute_mode<default> %selector, %bits, %bits : i32
      memref.store %r, %y[%row, %lane] : memref<?x32xi32>
      gpu.return
    }

    // How many numbers of the row are above zero, whether all, whether any.
    gpu.func @counts(%x: memref<?x32xi32>, %y: memref<?x32xi32>) kernel
        attributes {known_block_size = array<i32: 32, 1, 1>} {
      %row = gpu.block_id x
      %lane = gpu.lane_id upper_bound 32
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %zero = arith.constant 0 : i32
      %v = memref.load %x[%row, %lane] : memref<?x32xi32>
      %p = arith.cmpi sgt, %v, %zero : i32
      %p32 = arith.extui %p : i1 to i32
      %count = nvvm.barrier #nvvm.reduction<popc> %p32 -> i32
      %every = nvvm.barrier #nvvm.reduction<and> %p32 -> i32
      %any = nvvm.barrier #nvvm.reduction<or> %p32 -> i32
      %is1 = arith.cmpi eq, %lane, %c1 : index
      %is2 = arith.cmpi eq, %lane, %c2 : index
      %a = arith.select %is1, %every, %count : i32
      %b = arith.select %is2, %any, %a : i32
      memref.store %b, %y[%row, %lane] : memref<?x32xi32>
      gpu.return
    }
  }

  func.func @segments(%x: memref<?x32xi32>) -> memref<?x32xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %y = memref.alloc(%rows) : memref<?x32xi32>
    gpu.launch_func @kernels::@segments blocks in (%rows, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x32xi32>)
    return %y : memref<?x32xi32>
  }

  func.func @upper(%x: memref<?x32xi32>) -> memref<?x32xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %y = memref.alloc(%rows) : memref<?x32xi32>
    gpu.launch_func @kernels::@upper blocks in (%rows, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x32xi32>)
    return %y : memref<?x32xi32>
  }

  func.func @pairs(%x: memref<?x32xi32>) -> memref<?x32xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %y = memref.alloc(%rows) : memref<?x32xi32>
    gpu.launch_func @kernels::@pairs blocks in (%rows, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x32xi32>)
    return %y : memref<?x32xi32>
  }

  func.func @counts(%x: memref<?x32xi32>) -> memref<?x32xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c32 = arith.constant 32 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %y = memref.alloc(%rows) : memref<?x32xi32>
    gpu.launch_func @kernels::@counts blocks in (%rows, %c1, %c1) threads in (%c32, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x32xi32>)
    return %y : memref<?x32xi32>
  }
}
