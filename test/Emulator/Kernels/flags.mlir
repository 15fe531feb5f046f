// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// CTA 0 squares chunks of 64 numbers and hands them through a ring of two slots in global memory to CTA 1, which
// adds one. Two counters are the flags: how many chunks have been made (st.release by the maker, spun on by
// ld.acquire) and how many have been taken, so that no slot is overwritten too soon. Both CTAs must be resident.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    // Thread 0 waits until *%p >= %count, then the CTA goes on.
    func.func private @wait(%p: !llvm.ptr<1>, %count: i32, %first: i1)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      scf.if %first {
        scf.while : () -> () {
          %v = llvm.load %p atomic syncscope("device") acquire {alignment = 4 : i64} : !llvm.ptr<1> -> i32
          %again = arith.cmpi slt, %v, %count : i32
          scf.condition(%again)
        } do {
          scf.yield
        }
      }
      gpu.barrier
      return
    }

    // When the whole CTA is here, thread 0 says *%p = %count.
    func.func private @signal(%p: !llvm.ptr<1>, %count: i32, %first: i1)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      gpu.barrier
      scf.if %first {
        llvm.store %count, %p atomic syncscope("device") release {alignment = 4 : i64} : i32, !llvm.ptr<1>
      }
      return
    }

    gpu.func @handover(%x: memref<?x64xf32>, %ring: memref<2x64xf32>, %flags: memref<2xi32>, %y: memref<?x64xf32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %one = arith.constant 1 : i32
      %fone = arith.constant 1.0 : f32
      %n = memref.dim %x, %c0 : memref<?x64xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %first = arith.cmpi eq, %t, %c0 : index
      %a = memref.extract_aligned_pointer_as_index %flags : memref<2xi32> -> index
      %made = func.call @global(%a) : (index) -> !llvm.ptr<1>
      %taken = llvm.getelementptr %made[1] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i32
      %makes = arith.cmpi eq, %cta, %c0 : index
      scf.if %makes {
        scf.for %i = %c0 to %n step %c1 {
          %i32 = arith.index_cast %i : index to i32
          %need = arith.subi %i32, %one : i32
          // Slot i mod 2 is free when chunk i - 2 has been taken.
          func.call @wait(%taken, %need, %first) : (!llvm.ptr<1>, i32, i1) -> ()
          %slot = arith.remui %i, %c2 : index
          %v = memref.load %x[%i, %t] : memref<?x64xf32>
          %q = arith.mulf %v, %v : f32
          memref.store %q, %ring[%slot, %t] : memref<2x64xf32>
          %count = arith.addi %i32, %one : i32
          func.call @signal(%made, %count, %first) : (!llvm.ptr<1>, i32, i1) -> ()
        }
      } else {
        scf.for %i = %c0 to %n step %c1 {
          %i32 = arith.index_cast %i : index to i32
          %count = arith.addi %i32, %one : i32
          func.call @wait(%made, %count, %first) : (!llvm.ptr<1>, i32, i1) -> ()
          %slot = arith.remui %i, %c2 : index
          %v = memref.load %ring[%slot, %t] : memref<2x64xf32>
          %q = arith.addf %v, %fone : f32
          memref.store %q, %y[%i, %t] : memref<?x64xf32>
          func.call @signal(%taken, %count, %first) : (!llvm.ptr<1>, i32, i1) -> ()
        }
      }
      gpu.return
    }
  }

  // %flags are two zeros.
  func.func @main(%x: memref<?x64xf32>, %flags: memref<2xi32>) -> memref<?x64xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?x64xf32>
    %ring = memref.alloc() : memref<2x64xf32>
    %y = memref.alloc(%n) : memref<?x64xf32>
    gpu.launch_func @kernels::@handover blocks in (%c2, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?x64xf32>, %ring : memref<2x64xf32>, %flags : memref<2xi32>, %y : memref<?x64xf32>)
    return %y : memref<?x64xf32>
  }
}
