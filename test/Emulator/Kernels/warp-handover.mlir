// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Three ways for two warps to make rows that two other warps take, one buffer of 64 numbers. @named: barrier 1 says
// "full" and barrier 2 "free"; who only tells arrives without waiting (bar.arrive). @token: two mbarriers,
// waited on by the state that the arrival returned (test.wait). @arrive: cp.async fills the buffer
// and arrives on the "full" mbarrier by itself. The taken rows are y = 3 x.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    func.func private @shared(%address: index) -> !llvm.ptr<3> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<3>
      return %p : !llvm.ptr<3>
    }

    // Which of the 64 numbers this thread has, and whether it makes or takes.
    func.func private @place() -> (index, i1)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c64 = arith.constant 64 : index
      %t = gpu.thread_id x
      %i = arith.remui %t, %c64 : index
      %makes = arith.cmpi ult, %t, %c64 : index
      return %i, %makes : index, i1
    }

    func.func private @take(%buffer: memref<64xf32, #gpu.address_space<workgroup>>, %i: index, %y: memref<?x64xf32>, %row: index)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %three = arith.constant 3.0 : f32
      %v = memref.load %buffer[%i] : memref<64xf32, #gpu.address_space<workgroup>>
      %r = arith.mulf %v, %three : f32
      memref.store %r, %y[%row, %i] : memref<?x64xf32>
      return
    }

    gpu.func @named(%x: memref<?x64xf32>, %y: memref<?x64xf32>)
        workgroup(%buffer: memref<64xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %full = arith.constant 1 : i32
      %free = arith.constant 2 : i32
      %threads = arith.constant 128 : i32
      %n = memref.dim %x, %c0 : memref<?x64xf32>
      %i, %makes = func.call @place() : () -> (index, i1)
      scf.if %makes {
        scf.for %row = %c0 to %n step %c1 {
          %v = memref.load %x[%row, %i] : memref<?x64xf32>
          %later = arith.cmpi ugt, %row, %c0 : index
          scf.if %later {
            nvvm.barrier id = %free number_of_threads = %threads
          }
          memref.store %v, %buffer[%i] : memref<64xf32, #gpu.address_space<workgroup>>
          nvvm.barrier.arrive id = %full number_of_threads = %threads
        }
      } else {
        scf.for %row = %c0 to %n step %c1 {
          nvvm.barrier id = %full number_of_threads = %threads
          func.call @take(%buffer, %i, %y, %row) : (memref<64xf32, #gpu.address_space<workgroup>>, index, memref<?x64xf32>, index) -> ()
          %next = arith.addi %row, %c1 : index
          %more = arith.cmpi ult, %next, %n : index
          scf.if %more {
            nvvm.barrier.arrive id = %free number_of_threads = %threads
          }
        }
      }
      gpu.return
    }

    // An arrival, and the wait until its phase is over.
    func.func private @arrive_and_wait(%barrier: !llvm.ptr<3>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %true = arith.constant true
      %state = nvvm.mbarrier.arrive %barrier : !llvm.ptr<3> -> i64
      scf.while : () -> () {
        %done = nvvm.mbarrier.test.wait %barrier, %state : !llvm.ptr<3>, i64 -> i1
        %again = arith.xori %done, %true : i1
        scf.condition(%again)
      } do {
        scf.yield
      }
      return
    }

    // Two mbarriers for %first and %second arrivals.
    func.func private @init(%barriers: memref<2xi64, #gpu.address_space<workgroup>>, %first: i32, %second: i32) -> (!llvm.ptr<3>, !llvm.ptr<3>)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %i = memref.extract_aligned_pointer_as_index %barriers : memref<2xi64, #gpu.address_space<workgroup>> -> index
      %p = func.call @shared(%i) : (index) -> !llvm.ptr<3>
      %q = llvm.getelementptr %p[1] : (!llvm.ptr<3>) -> !llvm.ptr<3>, i64
      %t = gpu.thread_id x
      %one = arith.cmpi eq, %t, %c0 : index
      scf.if %one {
        nvvm.mbarrier.init %p, %first : !llvm.ptr<3>, i32
        nvvm.mbarrier.init %q, %second : !llvm.ptr<3>, i32
      }
      gpu.barrier
      return %p, %q : !llvm.ptr<3>, !llvm.ptr<3>
    }

    // All 128 threads arrive at both mbarriers in turn.
    gpu.func @token(%x: memref<?x64xf32>, %y: memref<?x64xf32>)
        workgroup(%buffer: memref<64xf32, #gpu.address_space<workgroup>>, %barriers: memref<2xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %threads = arith.constant 128 : i32
      %n = memref.dim %x, %c0 : memref<?x64xf32>
      %full, %free = func.call @init(%barriers, %threads, %threads) : (memref<2xi64, #gpu.address_space<workgroup>>, i32, i32) -> (!llvm.ptr<3>, !llvm.ptr<3>)
      %i, %makes = func.call @place() : () -> (index, i1)
      scf.if %makes {
        scf.for %row = %c0 to %n step %c1 {
          %v = memref.load %x[%row, %i] : memref<?x64xf32>
          memref.store %v, %buffer[%i] : memref<64xf32, #gpu.address_space<workgroup>>
          %state = nvvm.mbarrier.arrive %full : !llvm.ptr<3> -> i64
          func.call @arrive_and_wait(%free) : (!llvm.ptr<3>) -> ()
        }
      } else {
        scf.for %row = %c0 to %n step %c1 {
          func.call @arrive_and_wait(%full) : (!llvm.ptr<3>) -> ()
          func.call @take(%buffer, %i, %y, %row) : (memref<64xf32, #gpu.address_space<workgroup>>, index, memref<?x64xf32>, index) -> ()
          %state = nvvm.mbarrier.arrive %free : !llvm.ptr<3> -> i64
        }
      }
      gpu.return
    }

    // Full: 64 threads arrive when their cp.async has landed (noinc: these arrivals are among the 64). Free: the takers.
    gpu.func @arrive(%x: memref<?x64xf32>, %y: memref<?x64xf32>)
        workgroup(%buffer: memref<64xf32, #gpu.address_space<workgroup>>, %barriers: memref<2xi64, #gpu.address_space<workgroup>> {llvm.align = 8 : i64}) kernel
        attributes {known_block_size = array<i32: 128, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %one = arith.constant 1 : i32
      %threads = arith.constant 64 : i32
      %ticks = arith.constant 1000000 : i32
      %n = memref.dim %x, %c0 : memref<?x64xf32>
      %full, %free = func.call @init(%barriers, %threads, %threads) : (memref<2xi64, #gpu.address_space<workgroup>>, i32, i32) -> (!llvm.ptr<3>, !llvm.ptr<3>)
      %i, %makes = func.call @place() : () -> (index, i1)
      %i64 = arith.index_cast %i : index to i64
      %ix = memref.extract_aligned_pointer_as_index %x : memref<?x64xf32> -> index
      %px = func.call @global(%ix) : (index) -> !llvm.ptr<1>
      %ib = memref.extract_aligned_pointer_as_index %buffer : memref<64xf32, #gpu.address_space<workgroup>> -> index
      %pb = func.call @shared(%ib) : (index) -> !llvm.ptr<3>
      scf.for %row = %c0 to %n step %c1 {
        %row32 = arith.index_cast %row : index to i32
        %parity = arith.andi %row32, %one : i32
        scf.if %makes {
          // Before the first row nobody has to free the buffer: parity 1 counts as over.
          %other = arith.xori %parity, %one : i32
          nvvm.mbarrier.try_wait.parity %free, %other, %ticks : !llvm.ptr<3>, i32, i32
          %c64 = arith.constant 64 : index
          %before = arith.muli %row, %c64 : index
          %at = arith.addi %before, %i : index
          %at64 = arith.index_cast %at : index to i64
          %from = llvm.getelementptr %px[%at64] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
          %to = llvm.getelementptr %pb[%i64] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, f32
          nvvm.cp.async.shared.global %to, %from, 4, cache = ca : !llvm.ptr<3>, !llvm.ptr<1>
          nvvm.cp.async.mbarrier.arrive %full {noinc = true} : !llvm.ptr<3>
        } else {
          nvvm.mbarrier.try_wait.parity %full, %parity, %ticks : !llvm.ptr<3>, i32, i32
          func.call @take(%buffer, %i, %y, %row) : (memref<64xf32, #gpu.address_space<workgroup>>, index, memref<?x64xf32>, index) -> ()
          %state = nvvm.mbarrier.arrive %free : !llvm.ptr<3> -> i64
        }
      }
      gpu.return
    }
  }

  func.func @named(%x: memref<?x64xf32>) -> memref<?x64xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %n = memref.dim %x, %c0 : memref<?x64xf32>
    %y = memref.alloc(%n) : memref<?x64xf32>
    gpu.launch_func @kernels::@named blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x64xf32>, %y : memref<?x64xf32>)
    return %y : memref<?x64xf32>
  }

  func.func @token(%x: memref<?x64xf32>) -> memref<?x64xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %n = memref.dim %x, %c0 : memref<?x64xf32>
    %y = memref.alloc(%n) : memref<?x64xf32>
    gpu.launch_func @kernels::@token blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x64xf32>, %y : memref<?x64xf32>)
    return %y : memref<?x64xf32>
  }

  func.func @arrive(%x: memref<?x64xf32>) -> memref<?x64xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %n = memref.dim %x, %c0 : memref<?x64xf32>
    %y = memref.alloc(%n) : memref<?x64xf32>
    gpu.launch_func @kernels::@arrive blocks in (%c1, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x64xf32>, %y : memref<?x64xf32>)
    return %y : memref<?x64xf32>
  }
}
