// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// A CTA of 256 threads sums a vector by a tree in shared memory. Across CTAs the sums
// meet by a second launch (@launches), which gives the same bits in every order, or by an
// atomic addition (@atomics), which does so only where the sums are exact, as here.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // The sum of the elements that this CTA walks over; right in thread 0.
    func.func private @cta_sum(%x: memref<?xf32>, %s: memref<256xf32, #gpu.address_space<workgroup>>) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c128 = arith.constant 128 : index
      %c256 = arith.constant 256 : index
      %zero = arith.constant 0.0 : f32
      %n = memref.dim %x, %c0 : memref<?xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %ctas = gpu.grid_dim x
      %before = arith.muli %cta, %c256 : index
      %first = arith.addi %before, %t : index
      %stride = arith.muli %ctas, %c256 : index
      %mine = scf.for %i = %first to %n step %stride iter_args(%acc = %zero) -> (f32) {
        %v = memref.load %x[%i] : memref<?xf32>
        %next = arith.addf %acc, %v : f32
        scf.yield %next : f32
      }
      memref.store %mine, %s[%t] : memref<256xf32, #gpu.address_space<workgroup>>
      gpu.barrier
      scf.for %i = %c0 to %c8 step %c1 {
        %half = arith.shrui %c128, %i : index
        %active = arith.cmpi ult, %t, %half : index
        scf.if %active {
          %j = arith.addi %t, %half : index
          %a = memref.load %s[%t] : memref<256xf32, #gpu.address_space<workgroup>>
          %b = memref.load %s[%j] : memref<256xf32, #gpu.address_space<workgroup>>
          %sum = arith.addf %a, %b : f32
          memref.store %sum, %s[%t] : memref<256xf32, #gpu.address_space<workgroup>>
        }
        gpu.barrier
      }
      %sum = memref.load %s[%c0] : memref<256xf32, #gpu.address_space<workgroup>>
      return %sum : f32
    }

    gpu.func @partial(%x: memref<?xf32>, %y: memref<?xf32>)
        workgroup(%s: memref<256xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 256, 1, 1>} {
      %c0 = arith.constant 0 : index
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %sum = func.call @cta_sum(%x, %s)
          : (memref<?xf32>, memref<256xf32, #gpu.address_space<workgroup>>) -> f32
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        memref.store %sum, %y[%cta] : memref<?xf32>
      }
      gpu.return
    }

    gpu.func @atomic(%x: memref<?xf32>, %y: memref<?xf32>)
        workgroup(%s: memref<256xf32, #gpu.address_space<workgroup>>) kernel
        attributes {known_block_size = array<i32: 256, 1, 1>} {
      %c0 = arith.constant 0 : index
      %t = gpu.thread_id x
      %sum = func.call @cta_sum(%x, %s)
          : (memref<?xf32>, memref<256xf32, #gpu.address_space<workgroup>>) -> f32
      %first = arith.cmpi eq, %t, %c0 : index
      scf.if %first {
        %old = memref.atomic_rmw addf %sum, %y[%c0] : (f32, memref<?xf32>) -> f32
      }
      gpu.return
    }
  }

  // The sum, and the partial sums of the CTAs.
  func.func @launches(%x: memref<?xf32>) -> (memref<?xf32>, memref<?xf32>) {
    %c1 = arith.constant 1 : index
    %c5 = arith.constant 5 : index
    %c256 = arith.constant 256 : index
    %partial = memref.alloc(%c5) : memref<?xf32>
    %y = memref.alloc(%c1) : memref<?xf32>
    gpu.launch_func @kernels::@partial blocks in (%c5, %c1, %c1) threads in (%c256, %c1, %c1)
        args(%x : memref<?xf32>, %partial : memref<?xf32>)
    gpu.launch_func @kernels::@partial blocks in (%c1, %c1, %c1) threads in (%c256, %c1, %c1)
        args(%partial : memref<?xf32>, %y : memref<?xf32>)
    return %y, %partial : memref<?xf32>, memref<?xf32>
  }

  // %y is one zero.
  func.func @atomics(%x: memref<?xf32>, %y: memref<?xf32>) -> memref<?xf32> {
    %c1 = arith.constant 1 : index
    %c5 = arith.constant 5 : index
    %c256 = arith.constant 256 : index
    gpu.launch_func @kernels::@atomic blocks in (%c5, %c1, %c1) threads in (%c256, %c1, %c1)
        args(%x : memref<?xf32>, %y : memref<?xf32>)
    return %y : memref<?xf32>
  }
}
