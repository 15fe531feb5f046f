// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A sum over CTAs in one launch: every CTA publishes its partial sum, passes a fence and counts itself with an
// atomic addition. The CTA that counts last adds the partial sums, in a fixed order, so the bits are the same
// in all orders, and sets the counter back.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    func.func private @global(%address: index) -> !llvm.ptr<1> attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %i = arith.index_cast %address : index to i64
      %p = llvm.inttoptr %i : i64 to !llvm.ptr<1>
      return %p : !llvm.ptr<1>
    }

    gpu.func @sum(%x: memref<?xf32>, %partial: memref<?xf32>, %counter: memref<?xi32>, %y: memref<?xf32>)
        workgroup(%s: memref<64xf32, #gpu.address_space<workgroup>>, %last: memref<1xi1, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c64 = arith.constant 64 : index
      %zero = arith.constant 0.0 : f32
      %izero = arith.constant 0 : i32
      %one = arith.constant 1 : i32
      %n = memref.dim %x, %c0 : memref<?xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %ctas = gpu.grid_dim x
      %first = arith.cmpi eq, %t, %c0 : index
      %before = arith.muli %cta, %c64 : index
      %from = arith.addi %before, %t : index
      %stride = arith.muli %ctas, %c64 : index
      %mine = scf.for %i = %from to %n step %stride iter_args(%acc = %zero) -> (f32) {
        %v = memref.load %x[%i] : memref<?xf32>
        %next = arith.addf %acc, %v : f32
        scf.yield %next : f32
      }
      memref.store %mine, %s[%t] : memref<64xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      scf.if %first {
        %sum = scf.for %i = %c0 to %c64 step %c1 iter_args(%acc = %zero) -> (f32) {
          %v = memref.load %s[%i] : memref<64xf32, #gpu.address_space<workgroup>>
          %next = arith.addf %acc, %v : f32
          scf.yield %next : f32
        }
        memref.store %sum, %partial[%cta] : memref<?xf32>
        // The partial sum is to be seen before the count.
        nvvm.memory.barrier #nvvm.mem_scope<gpu>
        %a = memref.extract_aligned_pointer_as_index %counter : memref<?xi32> -> index
        %p = func.call @global(%a) : (index) -> !llvm.ptr<1>
        %old = llvm.atomicrmw add %p, %one syncscope("device") monotonic : !llvm.ptr<1>, i32
        %all = arith.index_cast %ctas : index to i32
        %others = arith.subi %all, %one : i32
        %is_last = arith.cmpi eq, %old, %others : i32
        memref.store %is_last, %last[%c0] : memref<1xi1, #gpu.address_space<workgroup>>
      }
      gpu.barrier
      %is_last = memref.load %last[%c0] : memref<1xi1, #gpu.address_space<workgroup>>
      scf.if %is_last {
        scf.if %first {
          // The counts are seen before the partial sums.
          llvm.fence syncscope("device") acq_rel
          %sum = scf.for %i = %c0 to %ctas step %c1 iter_args(%acc = %zero) -> (f32) {
            %v = memref.load %partial[%i] : memref<?xf32>
            %next = arith.addf %acc, %v : f32
            scf.yield %next : f32
          }
          memref.store %sum, %y[%c0] : memref<?xf32>
          memref.store %izero, %counter[%c0] : memref<?xi32>
        }
      }
      gpu.return
    }
  }

  // %counter is one zero; it is returned, and is zero again. Two launches use it.
  func.func @main(%x: memref<?xf32>, %counter: memref<?xi32>) -> (memref<1xf32>, memref<1xf32>, memref<?xi32>) {
    %c1 = arith.constant 1 : index
    %c7 = arith.constant 7 : index
    %c64 = arith.constant 64 : index
    %partial = memref.alloc(%c7) : memref<?xf32>
    %y = memref.alloc() : memref<1xf32>
    %z = memref.alloc() : memref<1xf32>
    %y0 = memref.cast %y : memref<1xf32> to memref<?xf32>
    %z0 = memref.cast %z : memref<1xf32> to memref<?xf32>
    gpu.launch_func @kernels::@sum blocks in (%c7, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?xf32>, %partial : memref<?xf32>, %counter : memref<?xi32>, %y0 : memref<?xf32>)
    gpu.launch_func @kernels::@sum blocks in (%c1, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?xf32>, %partial : memref<?xf32>, %counter : memref<?xi32>, %z0 : memref<?xf32>)
    return %y, %z, %counter : memref<1xf32>, memref<1xf32>, memref<?xi32>
  }
}
