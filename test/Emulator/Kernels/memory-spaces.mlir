// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// The other memories. @table looks squares up in constant memory. @local sorts eight numbers a thread in an array
// that is indexed by numbers known only at run time, so it stays in local memory. @atomics: the minimum, the
// maximum, the sum and the count of a row by atomics in shared memory, and the first index of the
// largest number by compare-and-swap on 64 bits.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.mlir.global private constant @squares(dense<[0, 1, 4, 9, 16, 25, 36, 49]> : tensor<8xi32>)
        {addr_space = 4 : i32, alignment = 4 : i64} : !llvm.array<8 x i32>

    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    gpu.func @table(%x: memref<?xi32>, %y: memref<?xi32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c64 = arith.constant 64 : index
      %n = memref.dim %x, %c0 : memref<?xi32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c64 : index
      %i = arith.addi %before, %t : index
      %inside = arith.cmpi ult, %i, %n : index
      scf.if %inside {
        %v = memref.load %x[%i] : memref<?xi32>
        %table = llvm.mlir.addressof @squares : !llvm.ptr<4>
        %p = llvm.getelementptr %table[0, %v] : (!llvm.ptr<4>, i32) -> !llvm.ptr<4>, !llvm.array<8 x i32>
        %r = llvm.load %p : !llvm.ptr<4> -> i32
        memref.store %r, %y[%i] : memref<?xi32>
      }
      gpu.return
    }

    // Counts how many come before each number, and puts it there.
    gpu.func @local(%x: memref<?x8xi32>, %y: memref<?x8xi32>)
        private(%sorted: memref<8xi32, #gpu.address_space<private>>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c64 = arith.constant 64 : index
      %n = memref.dim %x, %c0 : memref<?x8xi32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c64 : index
      %row = arith.addi %before, %t : index
      %inside = arith.cmpi ult, %row, %n : index
      scf.if %inside {
        scf.for %i = %c0 to %c8 step %c1 {
          %v = memref.load %x[%row, %i] : memref<?x8xi32>
          %place = scf.for %j = %c0 to %c8 step %c1 iter_args(%p = %c0) -> (index) {
            %u = memref.load %x[%row, %j] : memref<?x8xi32>
            %less = arith.cmpi slt, %u, %v : i32
            %same = arith.cmpi eq, %u, %v : i32
            %earlier = arith.cmpi ult, %j, %i : index
            %tie = arith.andi %same, %earlier : i1
            %counts = arith.ori %less, %tie : i1
            %more = arith.addi %p, %c1 : index
            %next = arith.select %counts, %more, %p : index
            scf.yield %next : index
          }
          memref.store %v, %sorted[%place] : memref<8xi32, #gpu.address_space<private>>
        }
        scf.for %i = %c0 to %c8 step %c1 {
          %v = memref.load %sorted[%i] : memref<8xi32, #gpu.address_space<private>>
          memref.store %v, %y[%row, %i] : memref<?x8xi32>
        }
      }
      gpu.return
    }

    // A CTA of 64 threads a row of 64 numbers; y gets minimum, maximum, sum, count, largest, its first index.
    gpu.func @atomics(%x: memref<?x64xi32>, %y: memref<?x6xi32>)
        workgroup(%s: memref<4xi32, #gpu.address_space<workgroup>>, %best: memref<1xi64, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %c5 = arith.constant 5 : index
      %zero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %high = arith.constant 0x7FFFFFFF : i32
      %low = arith.constant 0x80000000 : i32
      %low64 = arith.constant 0x8000000000000000 : i64
      %i32s = arith.constant 32 : i64
      %mask = arith.constant 0x7FFFFFFF : i64
      %row = gpu.block_id x
      %t = gpu.thread_id x
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        memref.store %high, %s[%c0] : memref<4xi32, #gpu.address_space<workgroup>>
        memref.store %low, %s[%c1] : memref<4xi32, #gpu.address_space<workgroup>>
        memref.store %zero, %s[%c2] : memref<4xi32, #gpu.address_space<workgroup>>
        memref.store %zero, %s[%c3] : memref<4xi32, #gpu.address_space<workgroup>>
        memref.store %low64, %best[%c0] : memref<1xi64, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %v = memref.load %x[%row, %t] : memref<?x64xi32>
      %is = memref.extract_aligned_pointer_as_index %s : memref<4xi32, #gpu.address_space<workgroup>> -> index
      %ps = func.call @shared(%is) : (index) -> !llvm.ptr<3>
      %p1 = llvm.getelementptr %ps[1] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i32
      %p2 = llvm.getelementptr %ps[2] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i32
      %p3 = llvm.getelementptr %ps[3] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i32
      %o0 = llvm.atomicrmw min %ps, %v syncscope("block") monotonic : !llvm.ptr<3>, i32
      %o1 = llvm.atomicrmw max %p1, %v syncscope("block") monotonic : !llvm.ptr<3>, i32
      %o2 = llvm.atomicrmw add %p2, %v syncscope("block") monotonic : !llvm.ptr<3>, i32
      %o3 = llvm.atomicrmw uinc_wrap %p3, %high syncscope("block") monotonic : !llvm.ptr<3>, i32

      // The number in the high half; in the low half what is larger the smaller the index.
      %v64 = arith.extsi %v : i32 to i64
      %up = arith.shli %v64, %i32s : i64
      %t64 = arith.index_cast %t : index to i64
      %order = arith.subi %mask, %t64 : i64
      %mine = arith.ori %up, %order : i64
      %ib = memref.extract_aligned_pointer_as_index %best : memref<1xi64, #gpu.address_space<workgroup>> -> index
      %pb = func.call @shared(%ib) : (index) -> !llvm.ptr<3>
      %start = llvm.load %pb atomic syncscope("block") monotonic {alignment = 8 : i64} : !llvm.ptr<3> -> i64
      %end = scf.while (%seen = %start) : (i64) -> i64 {
        %larger = arith.cmpi sgt, %mine, %seen : i64
        %after, %again = scf.if %larger -> (i64, i1) {
          %pair = llvm.cmpxchg %pb, %seen, %mine syncscope("block") monotonic monotonic {alignment = 8 : i64} : !llvm.ptr<3>, i64
          %was = llvm.extractvalue %pair[0] : !llvm.struct<(i64, i1)>
          %done = llvm.extractvalue %pair[1] : !llvm.struct<(i64, i1)>
          %true = arith.constant true
          %retry = arith.xori %done, %true : i1
          scf.yield %was, %retry : i64, i1
        } else {
          %false = arith.constant false
          scf.yield %seen, %false : i64, i1
        }
        scf.condition(%again) %after : i64
      } do {
      ^again(%seen: i64):
        scf.yield %seen : i64
      }
      gpu.barrier
      scf.if %first {
        %min = memref.load %s[%c0] : memref<4xi32, #gpu.address_space<workgroup>>
        %max = memref.load %s[%c1] : memref<4xi32, #gpu.address_space<workgroup>>
        %sum = memref.load %s[%c2] : memref<4xi32, #gpu.address_space<workgroup>>
        %count = memref.load %s[%c3] : memref<4xi32, #gpu.address_space<workgroup>>
        %both = memref.load %best[%c0] : memref<1xi64, #gpu.address_space<workgroup>>
        %top = arith.shrsi %both, %i32s : i64
        %largest = arith.trunci %top : i64 to i32
        %bottom = arith.andi %both, %mask : i64
        %index64 = arith.subi %mask, %bottom : i64
        %index = arith.trunci %index64 : i64 to i32
        memref.store %min, %y[%row, %c0] : memref<?x6xi32>
        memref.store %max, %y[%row, %c1] : memref<?x6xi32>
        memref.store %sum, %y[%row, %c2] : memref<?x6xi32>
        memref.store %count, %y[%row, %c3] : memref<?x6xi32>
        memref.store %largest, %y[%row, %c4] : memref<?x6xi32>
        memref.store %index, %y[%row, %c5] : memref<?x6xi32>
      }
      gpu.return
    }
  }

  func.func @table(%x: memref<?xi32>) -> memref<?xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?xi32>
    %ctas = arith.ceildivui %n, %c64 : index
    %y = memref.alloc(%n) : memref<?xi32>
    gpu.launch_func @kernels::@table blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?xi32>, %y : memref<?xi32>)
    return %y : memref<?xi32>
  }

  func.func @local(%x: memref<?x8xi32>) -> memref<?x8xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?x8xi32>
    %ctas = arith.ceildivui %n, %c64 : index
    %y = memref.alloc(%n) : memref<?x8xi32>
    gpu.launch_func @kernels::@local blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x8xi32>, %y : memref<?x8xi32>)
    return %y : memref<?x8xi32>
  }

  func.func @atomics(%x: memref<?x64xi32>) -> memref<?x6xi32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?x64xi32>
    %y = memref.alloc(%n) : memref<?x6xi32>
    gpu.launch_func @kernels::@atomics blocks in (%n, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x64xi32>, %y : memref<?x6xi32>)
    return %y : memref<?x6xi32>
  }
}
