// REQUIRES: numpy
// RUN: %python %S/check.py %s
//
// Three kernels in a row, y = ((x + w) * w + w), of which the second and the third may start before the one before
// has ended: they read w, wait (griddepcontrol.wait), and only then read what the kernel before wrote.

module attributes {gpu.container_module} {
  gpu.module @kernels {
    // The element of this thread, and whether there is one.
    func.func private @element(%b: memref<?xf32>) -> (index, i1)
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %c0 = arith.constant 0 : index
      %c64 = arith.constant 64 : index
      %n = memref.dim %b, %c0 : memref<?xf32>
      %t = gpu.thread_id x
      %cta = gpu.block_id x
      %before = arith.muli %cta, %c64 : index
      %i = arith.addi %before, %t : index
      %inside = arith.cmpi ult, %i, %n : index
      return %i, %inside : index, i1
    }

    func.func private @load(%a: memref<?xf32>, %i: index, %inside: i1) -> f32
        attributes {passthrough = ["alwaysinline"], llvm.linkage = #llvm.linkage<internal>} {
      %v = scf.if %inside -> (f32) {
        %l = memref.load %a[%i] : memref<?xf32>
        scf.yield %l : f32
      } else {
        %zero = arith.constant 0.0 : f32
        scf.yield %zero : f32
      }
      return %v : f32
    }

    gpu.func @add(%a: memref<?xf32>, %w: memref<?xf32>, %b: memref<?xf32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %i, %inside = func.call @element(%b) : (memref<?xf32>) -> (index, i1)
      // What no earlier kernel of the chain writes may be read before the wait.
      %u = func.call @load(%w, %i, %inside) : (memref<?xf32>, index, i1) -> f32
      nvvm.griddepcontrol wait
      %v = func.call @load(%a, %i, %inside) : (memref<?xf32>, index, i1) -> f32
      %r = arith.addf %v, %u : f32
      scf.if %inside {
        memref.store %r, %b[%i] : memref<?xf32>
      }
      nvvm.griddepcontrol launch_dependents
      gpu.return
    }

    gpu.func @multiply(%a: memref<?xf32>, %w: memref<?xf32>, %b: memref<?xf32>) kernel
        attributes {known_block_size = array<i32: 64, 1, 1>} {
      %i, %inside = func.call @element(%b) : (memref<?xf32>) -> (index, i1)
      // What no earlier kernel of the chain writes may be read before the wait.
      %u = func.call @load(%w, %i, %inside) : (memref<?xf32>, index, i1) -> f32
      nvvm.griddepcontrol wait
      %v = func.call @load(%a, %i, %inside) : (memref<?xf32>, index, i1) -> f32
      %r = arith.mulf %v, %u : f32
      scf.if %inside {
        memref.store %r, %b[%i] : memref<?xf32>
      }
      nvvm.griddepcontrol launch_dependents
      gpu.return
    }
  }

  func.func @main(%x: memref<?xf32>, %w: memref<?xf32>) -> memref<?xf32> {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c64 = arith.constant 64 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %ctas = arith.ceildivui %n, %c64 : index
    %a = memref.alloc(%n) : memref<?xf32>
    %b = memref.alloc(%n) : memref<?xf32>
    %y = memref.alloc(%n) : memref<?xf32>
    gpu.launch_func @kernels::@add blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%x : memref<?xf32>, %w : memref<?xf32>, %a : memref<?xf32>)
    gpu.launch_func @kernels::@multiply blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%a : memref<?xf32>, %w : memref<?xf32>, %b : memref<?xf32>) {mhc.early_launch}
    gpu.launch_func @kernels::@add blocks in (%ctas, %c1, %c1) threads in (%c64, %c1, %c1)
        args(%b : memref<?xf32>, %w : memref<?xf32>, %y : memref<?xf32>) {mhc.early_launch}
    return %y : memref<?xf32>
  }
}
