// Sizes that a program asserts to be equal are one; other assertions are checked before a launch. Formulas are simple.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @f(%i: index) kernel {
      gpu.return
    }
  }

  // CHECK: "name":"merged","sizes":["d0","d1"]
  // CHECK: "shape":["d0",4]
  // CHECK: "shape":["d1"]
  // CHECK: "shape":["d0"]
  // CHECK: "shape":["d0","d1"]
  // CHECK: "steps": [
  // CHECK-NEXT: {"kind":"check","condition":"(<= d0 1024)","message":"too many tokens"},
  // In a branch it is asked for under its condition. The same check twice is one.
  // CHECK-NEXT: {"kind":"check","condition":"(or (<= d0 8) (== (% d0 4) 0))","message":"expected groups of four"}
  // CHECK-NEXT: ]}
  func.func @merged(%a: memref<?x4xf32>, %b: memref<?xf32>, %c: memref<?xf32>, %d: memref<?x?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %c8 = arith.constant 8 : index
    %c1024 = arith.constant 1024 : index
    %na = memref.dim %a, %c0 : memref<?x4xf32>
    %nb = memref.dim %b, %c0 : memref<?xf32>
    %nc = memref.dim %c, %c0 : memref<?xf32>
    %nd0 = memref.dim %d, %c0 : memref<?x?xf32>
    %nd1 = memref.dim %d, %c1 : memref<?x?xf32>
    %e0 = arith.cmpi eq, %na, %nc : index
    %e1 = arith.cmpi eq, %nd0, %nc : index
    %e2 = arith.cmpi eq, %nb, %nd1 : index
    %e = arith.andi %e1, %e2 : i1
    cf.assert %e0, "expected as many tokens"
    cf.assert %e, "expected as many tokens"
    %few = arith.cmpi ule, %na, %c1024 : index
    cf.assert %few, "too many tokens"
    %few2 = arith.cmpi uge, %c1024, %nc : index
    cf.assert %few2, "too many tokens"
    %more = arith.cmpi sgt, %na, %c8 : index
    scf.if %more {
      %rest = arith.remui %na, %c4 : index
      %none = arith.cmpi eq, %rest, %c0 : index
      cf.assert %none, "expected groups of four"
    }
    return
  }

  // CHECK: "name":"formulas"
  // CHECK: "steps": [
  // CHECK-NEXT: "grid":[1,1,1],"parameters":[{"value":"(ceil/ d0 64)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(* 3 d0)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(+ d0 (* d0 d1) d1 1)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(ceil/ d0 (max d1 1))","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(min d0 d1)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"d0","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(- d0 d1)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(% d0 8)","type":"i64"}]
  // CHECK-NEXT: "parameters":[{"value":"(/ d0 8)","type":"i64"}]
  func.func @formulas(%a: memref<?x?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c3 = arith.constant 3 : index
    %c6 = arith.constant 6 : index
    %c7 = arith.constant 7 : index
    %c8 = arith.constant 8 : index
    %n = memref.dim %a, %c0 : memref<?x?xf32>
    %m = memref.dim %a, %c1 : memref<?x?xf32>
    // Rounded up twice.
    %u0 = arith.addi %n, %c7 : index
    %u1 = arith.divui %u0, %c8 : index
    %u2 = arith.ceildivsi %u1, %c8 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%u2 : index)
    %v0 = arith.muli %n, %c6 : index
    %c2 = arith.constant 2 : index
    %v1 = arith.floordivsi %v0, %c2 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%v1 : index)
    %w0 = arith.addi %n, %c1 : index
    %w1 = arith.addi %m, %c1 : index
    %w2 = arith.muli %w0, %w1 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%w2 : index)
    %x0 = arith.maxsi %m, %c1 : index
    %x1 = arith.addi %n, %x0 : index
    %x2 = arith.subi %x1, %c1 : index
    %x3 = arith.divui %x2, %x0 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x3 : index)
    %y = arith.minui %n, %m : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%y : index)
    // Known without numbers.
    %z0 = arith.muli %n, %c3 : index
    %z = arith.minsi %n, %z0 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%z : index)
    %s = arith.subi %n, %m : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%s : index)
    %r = affine.apply affine_map<(d) -> (d mod 8)>(%n)
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%r : index)
    %t = arith.shrui %n, %c3 : index
    gpu.launch_func @kernels::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%t : index)
    return
  }
}
