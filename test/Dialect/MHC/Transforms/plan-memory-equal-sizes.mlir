// RUN: mhc-opt %s --mhc-plan-memory --canonicalize --cse | FileCheck %s
// RUN: mhc-opt %s --mhc-plan-memory=print -o /dev/null | FileCheck %s --check-prefix=TABLE

// Sizes that the function asserts to be equal are one, so that buffers share memory; the assertions come first.
// CHECK-LABEL: func.func @asserted(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?xf32>, %[[Y:[a-z0-9]*]]: memref<?xf32>, %[[Z:[a-z0-9]*]]: memref<?xf32>
// CHECK-DAG:     %[[DY:.*]] = memref.dim %[[Y]]
// CHECK-DAG:     %[[DZ:.*]] = memref.dim %[[Z]]
// CHECK:         %[[A:.*]] = arith.cmpi eq, %[[DY]], %[[DZ]]
// CHECK:         call @same(%[[A]])
// CHECK:         %[[DX:.*]] = memref.dim %[[X]]
// CHECK:         %[[B:.*]] = arith.cmpi eq, %[[DX]], %[[DZ]]
// CHECK:         cf.assert %[[B]], "one more"
// CHECK-NOT:     {{assert|same}}
// CHECK:         memref.copy
// CHECK-NOT:     {{assert|same}}
// CHECK:         return
// TABLE:      @asserted: a workspace of 4 d0 bytes
// TABLE-NEXT:   d0: dimension 0 of argument 0
// TABLE-NEXT:   buffer  bytes  offset
// TABLE-NEXT:   a        4 d0       0
// TABLE-NEXT:   b        4 d0       0
func.func private @same(%same: i1) {
  cf.assert %same, "expected one number of tokens"
  return
}
func.func @asserted(%x: memref<?xf32>, %y: memref<?xf32>, %z: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %dx = memref.dim %x, %c0 : memref<?xf32>
  %dy = memref.dim %y, %c0 : memref<?xf32>
  %dz = memref.dim %z, %c0 : memref<?xf32>
  %a = memref.alloc(%dx) : memref<?xf32> loc("a")
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  memref.copy %a, %z : memref<?xf32> to memref<?xf32>
  %yz = arith.cmpi eq, %dy, %dz : index
  func.call @same(%yz) : (i1) -> ()
  %xz = arith.cmpi eq, %dx, %dz : index
  cf.assert %xz, "one more"
  %b = memref.alloc(%dy) : memref<?xf32> loc("b")
  memref.copy %y, %b : memref<?xf32> to memref<?xf32>
  memref.copy %b, %z : memref<?xf32> to memref<?xf32>
  return
}

// Several in one assertion; what else it asks for stays where it is. A comparison that is made only sometimes says nothing.
// CHECK-LABEL: func.func @several(
// CHECK:         cf.assert %{{.*}}, "all"
// CHECK:         cf.assert %{{.*}}, "all"
// CHECK:         scf.if
// CHECK:           cf.assert %{{.*}}, "sometimes"
// TABLE:      @several:
// TABLE-NEXT:   d0: dimension 0 of argument 0
// TABLE-NEXT:   d3: dimension 0 of argument 3
// TABLE-NEXT:   buffer          bytes  offset
// TABLE-NEXT:   of memref.copy   4 d0       0
// TABLE-NEXT:   of memref.copy   4 d0   16 d0
// TABLE-NEXT:   of memref.copy   4 d3   32 d0
func.func @several(%x: memref<?xf32>, %y: memref<?xf32>, %z: memref<?xf32>, %u: memref<?xf32>, %c: i1) {
  %c0 = arith.constant 0 : index
  %dx = memref.dim %x, %c0 : memref<?xf32>
  %dy = memref.dim %y, %c0 : memref<?xf32>
  %dz = memref.dim %z, %c0 : memref<?xf32>
  %du = memref.dim %u, %c0 : memref<?xf32>
  %xy = arith.cmpi eq, %dx, %dy : index
  %zy = arith.cmpi eq, %dz, %dy : index
  %0 = arith.andi %xy, %c : i1
  %1 = arith.andi %0, %zy : i1
  cf.assert %1, "all"
  scf.if %c {
    %xu = arith.cmpi eq, %dx, %du : index
    cf.assert %xu, "sometimes"
  }
  %a = memref.alloc(%dz) : memref<?xf32>
  %b = memref.alloc(%dy) : memref<?xf32>
  %d = memref.alloc(%du) : memref<?xf32>
  memref.copy %z, %a : memref<?xf32> to memref<?xf32>
  memref.copy %y, %b : memref<?xf32> to memref<?xf32>
  memref.copy %u, %d : memref<?xf32> to memref<?xf32>
  memref.copy %a, %z : memref<?xf32> to memref<?xf32>
  memref.copy %b, %y : memref<?xf32> to memref<?xf32>
  memref.copy %d, %u : memref<?xf32> to memref<?xf32>
  return
}
