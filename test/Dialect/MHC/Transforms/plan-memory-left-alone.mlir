// RUN: mhc-opt %s --mhc-plan-memory --split-input-file | FileCheck %s

// What is called by a function that is not planned keeps its type, and sizes that a condition guards are not computed
// without it.

// A function that calls itself.
// CHECK-LABEL: func.func private @callee(
// CHECK-NOT:     mhc.workspace
// CHECK:         memref.alloc(
func.func private @callee(%n: index, %x: memref<?xf32>) -> memref<?xf32> {
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  return %a : memref<?xf32>
}
// CHECK-LABEL: func.func private @again(
// CHECK:         call @callee(%{{.*}}, %{{.*}}) : (index, memref<?xf32>) -> memref<?xf32>
func.func private @again(%n: index, %c: i1, %x: memref<?xf32>) {
  %0 = func.call @callee(%n, %x) : (index, memref<?xf32>) -> memref<?xf32>
  scf.if %c {
    func.call @again(%n, %c, %0) : (index, i1, memref<?xf32>) -> ()
  }
  return
}
func.func @entry(%n: index, %c: i1, %x: memref<?xf32>) {
  func.call @again(%n, %c, %x) : (index, i1, memref<?xf32>) -> ()
  return
}

// -----

// A function whose address is taken.
// CHECK-LABEL: func.func private @callee(
// CHECK-NOT:     mhc.workspace
// CHECK:         memref.alloc(
func.func private @callee(%n: index, %x: memref<?xf32>) -> memref<?xf32> {
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  return %a : memref<?xf32>
}
func.func private @pointed(%n: index, %x: memref<?xf32>) {
  %0 = func.call @callee(%n, %x) : (index, memref<?xf32>) -> memref<?xf32>
  return
}
func.func @entry(%n: index, %x: memref<?xf32>) {
  %p = func.constant @pointed : (index, memref<?xf32>) -> ()
  func.call_indirect %p(%n, %x) : (index, memref<?xf32>) -> ()
  return
}

// -----

// A function that does not return.
// CHECK-LABEL: func.func @ends() -> memref<4xf32> {
// CHECK-NEXT:    llvm.unreachable
func.func @ends() -> memref<4xf32> {
  llvm.unreachable
}

// -----

// A quotient of numbers that may be zero.
// CHECK-LABEL: func.func private @guarded.sizes(
// CHECK-NOT:     div
// CHECK:         return
// CHECK-LABEL: func.func @guarded(
// CHECK:         scf.if
// CHECK:           arith.divui
// CHECK:           memref.alloc(
func.func @guarded(%x: memref<?xf32>, %y: memref<?xf32>, %o: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %m = memref.dim %y, %c0 : memref<?xf32>
  %c = arith.cmpi ne, %m, %c0 : index
  scf.if %c {
    %q = arith.divui %n, %m : index
    %a = memref.alloc(%q) : memref<?xf32>
    memref.copy %x, %a : memref<?xf32> to memref<?xf32>
    memref.copy %a, %o : memref<?xf32> to memref<?xf32>
  }
  return
}

// -----

// An element that may not be there.
// CHECK-LABEL: func.func private @element.sizes(
// CHECK-NOT:     memref.load
// CHECK:         return
// CHECK-LABEL: func.func @element(
// CHECK:         memref.alloc(
func.func @element(%s: memref<?xindex>, %x: memref<?xf32>, %o: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c5 = arith.constant 5 : index
  %d = memref.dim %s, %c0 : memref<?xindex>
  %c = arith.cmpi sgt, %d, %c5 : index
  scf.if %c {
    %q = memref.load %s[%c5] : memref<?xindex>
    %a = memref.alloc(%q) : memref<?xf32>
    memref.copy %x, %a : memref<?xf32> to memref<?xf32>
    memref.copy %a, %o : memref<?xf32> to memref<?xf32>
  }
  return
}

// -----

// A number that is narrowed on its way.
// CHECK-LABEL: func.func @narrow(
// CHECK:         memref.alloc(
func.func @narrow(%n: index, %x: memref<?xf32>, %o: memref<?xf32>) {
  %i = arith.index_cast %n : index to i32
  %j = arith.index_cast %i : i32 to index
  %a = memref.alloc(%j) : memref<?xf32>
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  memref.copy %a, %o : memref<?xf32> to memref<?xf32>
  return
}
