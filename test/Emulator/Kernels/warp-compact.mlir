// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// What lanes of a warp know of each other. @compact: a ballot tells every lane how many before it keep their number,
// so the numbers above zero move to the front of the row, and an elected lane writes how many. @groups: match.any
// finds the lanes with the same key; their first lane counts the key for all with one atomic. @votes: any, all,
// uni and match.all of the row.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // A warp a row, of a CTA of two warps.
    func.func private @place() -> (index, index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c2 = arith.constant 2 : index
      %c32 = arith.constant 32 : index
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %warp = arith.divui %t, %c32 : index
      %lane = arith.remui %t, %c32 : index
      %first = arith.muli %cta, %c2 : index
      %row = arith.addi %first, %warp : index
      return %row, %lane : index, index
    }

    gpu.func @compact(%x: memref<?x32xi32>, %y: memref<?x32xi32>, %counts: memref<?xi32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %all = arith.constant -1 : i32
      %zero = arith.constant 0 : i32
      %rows = memref.dim %x, %c0 : memref<?x32xi32>
      %row, %lane = func.call @place() : () -> (index, index)
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %v = memref.load %x[%row, %lane] : memref<?x32xi32>
        %keep = arith.cmpi sgt, %v, %zero : i32
        %mask = nvvm.vote.sync ballot %all, %keep -> i32
        %before = nvvm.read.ptx.sreg.lanemask.lt : i32
        %kept_before = arith.andi %mask, %before : i32
        %to = llvm.intr.ctpop(%kept_before) : (i32) -> i32
        %count = llvm.intr.ctpop(%mask) : (i32) -> i32
        // First zeros where nothing will be, so that the row is written in full.
        %lane32 = arith.index_cast %lane : index to i32
        %rest = arith.cmpi sge, %lane32, %count : i32
        scf.if %rest {
          memref.store %zero, %y[%row, %lane] : memref<?x32xi32>
        }
        scf.if %keep {
          %i = arith.index_cast %to : i32 to index
          memref.store %v, %y[%row, %i] : memref<?x32xi32>
        }
        %elected = nvvm.elect.sync -> i1
        scf.if %elected {
          memref.store %count, %counts[%row] : memref<?xi32>
        }
      }
      gpu.return
    }

    // %histogram holds zeros. Keys are 0 to 7.
    gpu.func @groups(%x: memref<?x32xi32>, %histogram: memref<8xi32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %all = arith.constant -1 : i32
      %rows = memref.dim %x, %c0 : memref<?x32xi32>
      %row, %lane = func.call @place() : () -> (index, index)
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %key = memref.load %x[%row, %lane] : memref<?x32xi32>
        %same = nvvm.match.sync any %all, %key : i32 -> i32
        %leader = "llvm.intr.cttz"(%same) <{is_zero_poison = false}> : (i32) -> i32
        %lane32 = arith.index_cast %lane : index to i32
        %leads = arith.cmpi eq, %leader, %lane32 : i32
        scf.if %leads {
          %count = llvm.intr.ctpop(%same) : (i32) -> i32
          %i = arith.index_cast %key : i32 to index
          %old = memref.atomic_rmw addi %count, %histogram[%i] : (i32, memref<8xi32>) -> i32
        }
      }
      gpu.return
    }

    // Columns: any above zero, all above zero, all alike in that, all equal (and then 32 bits set).
    gpu.func @votes(%x: memref<?x32xi32>, %y: memref<?x4xi32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %all = arith.constant -1 : i32
      %zero = arith.constant 0 : i32
      %rows = memref.dim %x, %c0 : memref<?x32xi32>
      %row, %lane = func.call @place() : () -> (index, index)
      %inside = arith.cmpi ult, %row, %rows : index
      scf.if %inside {
        %v = memref.load %x[%row, %lane] : memref<?x32xi32>
        %p = arith.cmpi sgt, %v, %zero : i32
        %any = nvvm.vote.sync any %all, %p -> i1
        %every = nvvm.vote.sync all %all, %p -> i1
        %uni = nvvm.vote.sync uni %all, %p -> i1
        %match = nvvm.match.sync all %all, %v : i32 -> !llvm.struct<(i32, i1)>
        %mask = llvm.extractvalue %match[0] : !llvm.struct<(i32, i1)>
        %equal = llvm.extractvalue %match[1] : !llvm.struct<(i32, i1)>
        %bits = llvm.intr.ctpop(%mask) : (i32) -> i32
        %equal_bits = arith.select %equal, %bits, %zero : i32
        %any32 = arith.extui %any : i1 to i32
        %every32 = arith.extui %every : i1 to i32
        %uni32 = arith.extui %uni : i1 to i32
        %first = arith.cmpi eq, %lane, %c0 : index
        scf.if %first {
          memref.store %any32, %y[%row, %c0] : memref<?x4xi32>
          memref.store %every32, %y[%row, %c1] : memref<?x4xi32>
          memref.store %uni32, %y[%row, %c2] : memref<?x4xi32>
          memref.store %equal_bits, %y[%row, %c3] : memref<?x4xi32>
        }
      }
      gpu.return
    }
  }

  func.func @compact(%x: memref<?x32xi32>) -> (memref<?x32xi32>, memref<?xi32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %ctas = arith.ceildivui %rows, %c2 : index
    %y = memref.alloc(%rows) : memref<?x32xi32>
    %counts = memref.alloc(%rows) : memref<?xi32>
    gpu.launch_func @kernels::@compact blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x32xi32>, %counts : memref<?xi32>)
    return %y, %counts : memref<?x32xi32>, memref<?xi32>
  }

  // %histogram are eight zeros.
  func.func @groups(%x: memref<?x32xi32>, %histogram: memref<8xi32>) -> memref<8xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %ctas = arith.ceildivui %rows, %c2 : index
    gpu.launch_func @kernels::@groups blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x32xi32>, %histogram : memref<8xi32>)
    return %histogram : memref<8xi32>
  }

  func.func @votes(%x: memref<?x32xi32>) -> memref<?x4xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %rows = memref.dim %x, %c0 : memref<?x32xi32>
    %ctas = arith.ceildivui %rows, %c2 : index
    %y = memref.alloc(%rows) : memref<?x4xi32>
    gpu.launch_func @kernels::@votes blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x32xi32>, %y : memref<?x4xi32>)
    return %y : memref<?x4xi32>
  }
}
