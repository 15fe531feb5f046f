// RUN: mhc-opt %s --mhc-plan-memory --remarks-filter=mhc-plan-memory -o /dev/null 2>&1 | FileCheck %s
// RUN: mhc-opt %s --mhc-plan-memory | FileCheck %s --check-prefix=IR

// What cannot be planned stays on the heap, with a remark that says why.

// CHECK:      plan-memory-missed.mlir:[[#@LINE+9]]:8: remark: [Missed] BufferNotPlanned
// CHECK-SAME: Function=unknown_size
// CHECK-SAME: its size is not known at the entry of its function
// IR-LABEL: func.func @unknown_size(
// IR:       memref.alloc(
func.func @unknown_size(%x: memref<8xf32>, %i: memref<1xindex>) {
  %c0 = arith.constant 0 : index
  memref.store %c0, %i[%c0] : memref<1xindex>
  %size = memref.load %i[%c0] : memref<1xindex>
  %a = memref.alloc(%size) : memref<?xf32>
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%a : memref<?xf32>)
  memref.dealloc %a : memref<?xf32>
  return
}

// CHECK:      BufferNotPlanned
// CHECK-SAME: Function=parallel
// CHECK-SAME: iterations that run at the same time have one each
// IR-LABEL: func.func @parallel(
// IR:       scf.parallel
// IR:       memref.alloc(
func.func @parallel(%x: memref<8xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    %a = memref.alloc() : memref<8xf32>
    memref.copy %x, %a : memref<8xf32> to memref<8xf32>
    memref.copy %a, %x : memref<8xf32> to memref<8xf32>
  }
  return
}

// Three buffers in turn are not two.
// CHECK:      BufferNotPlanned
// CHECK-SAME: Function=turns
// CHECK-SAME: it outlives the iteration that makes it
func.func @turns(%x: memref<8xf32>, %n: index, %out: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %x) -> (memref<8xf32>, memref<8xf32>) {
    %c = memref.alloc() : memref<8xf32>
    memref.copy %a, %c : memref<8xf32> to memref<8xf32>
    scf.yield %b, %c : memref<8xf32>, memref<8xf32>
  }
  memref.copy %r#0, %out : memref<8xf32> to memref<8xf32>
  return
}

// CHECK:      BufferNotPlanned
// CHECK-SAME: Function=blocks
// CHECK-SAME: its function has branches between blocks
func.func @blocks(%x: memref<8xf32>, %c: i1) {
  %a = memref.alloc() : memref<8xf32>
  cf.cond_br %c, ^copy, ^end
^copy:
  memref.copy %x, %a : memref<8xf32> to memref<8xf32>
  cf.br ^end
^end:
  return
}

// CHECK:      BufferNotPlanned
// CHECK-SAME: Function=space
// CHECK-SAME: it is of another layout or memory space
func.func @space(%x: memref<8xf32>) {
  %a = memref.alloc() : memref<8xf32, 3>
  memref.copy %x, %a : memref<8xf32> to memref<8xf32, 3>
  return
}

// CHECK:      ResultNotPlanned
// CHECK-SAME: Function=result
// CHECK-SAME: its sizes are not known at the entry of its function
// CHECK-SAME: result 1 stays on the heap
// IR-LABEL: func.func private @result.sizes(
// IR-SAME:  -> (index, index) {
// IR-LABEL: func.func @result(
// IR-SAME:  memref<?xf32> {mhc.result}, %{{.*}}: memref<?xi8> {mhc.workspace}) -> memref<?xf32> attributes {mhc.results = array<i64: 0>
func.func private @unknown() -> memref<?xf32>
func.func @result(%x: memref<?xf32>) -> (memref<?xf32>, memref<?xf32>) {
  %u = call @unknown() : () -> memref<?xf32>
  return %x, %u : memref<?xf32>, memref<?xf32>
}

// CHECK:      ResultNotPlanned
// CHECK-SAME: Function=strided
// CHECK-SAME: it is not of identity layout
func.func @strided(%x: memref<8x8xf32>) -> memref<8xf32, strided<[8]>> {
  %0 = memref.subview %x[0, 0] [8, 1] [1, 1] : memref<8x8xf32> to memref<8xf32, strided<[8]>>
  return %0 : memref<8xf32, strided<[8]>>
}

// A function that is more than called keeps its type.
// IR-LABEL: func.func private @taken(
// IR-SAME:  %{{.*}}: memref<8xf32>) -> memref<8xf32> {
func.func private @taken(%x: memref<8xf32>) -> memref<8xf32> {
  return %x : memref<8xf32>
}
func.func @takes() -> ((memref<8xf32>) -> memref<8xf32>) {
  %f = constant @taken : (memref<8xf32>) -> memref<8xf32>
  return %f : (memref<8xf32>) -> memref<8xf32>
}
