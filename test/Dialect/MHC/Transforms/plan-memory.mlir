// RUN: mhc-opt %s --mhc-plan-memory --canonicalize --cse | FileCheck %s
// RUN: mhc-opt %s --mhc-plan-memory --canonicalize --cse | mhc-opt | FileCheck %s

// A buffer is a view of the workspace, an allocation that is returned the caller's memory.
// CHECK-LABEL: func.func private @chain.sizes(
// CHECK-SAME:    %[[X:.*]]: memref<?x8xf32>) -> (index, index)
// CHECK:         %[[T:.*]] = memref.dim %[[X]]
// CHECK:         %[[BYTES:.*]] = arith.muli %[[T]], %c64
// CHECK:         return %[[T]], %[[BYTES]] : index, index
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:    %[[X:.*]]: memref<?x8xf32>, %[[R:.*]]: memref<?x8xf32> {mhc.name = "last", mhc.result}, %[[W:.*]]: memref<?xi8> {mhc.workspace})
// CHECK-SAME:    attributes {mhc.results = array<i64: 0>, mhc.sizes = @chain.sizes}
// CHECK:         %[[T:.*]] = memref.dim %[[X]]
// CHECK:         %[[UPPER:.*]] = arith.muli %[[T]], %c32
// CHECK:         %[[A:.*]] = memref.view %[[W]][%c0][%[[T]]] : memref<?xi8> to memref<?x8xf32>
// CHECK:         %[[B:.*]] = memref.view %[[W]][%[[UPPER]]][%[[T]]] : memref<?xi8> to memref<?x8xf32>
// CHECK:         memref.copy %[[X]], %[[A]]
// CHECK-NEXT:    memref.copy %[[A]], %[[B]]
// The third buffer takes the place of the first.
// CHECK-NEXT:    memref.copy %[[B]], %[[A]]
// CHECK-NEXT:    memref.copy %[[A]], %[[R]]
// CHECK-NEXT:    return
func.func @chain(%x: memref<?x8xf32>) -> (memref<?x8xf32> {mhc.name = "last"}) {
  %c0 = arith.constant 0 : index
  %tokens = memref.dim %x, %c0 : memref<?x8xf32>
  %a = memref.alloc(%tokens) {alignment = 64 : i64} : memref<?x8xf32>
  %b = memref.alloc(%tokens) : memref<?x8xf32>
  %c = memref.alloc(%tokens) : memref<?x8xf32>
  %r = memref.alloc(%tokens) : memref<?x8xf32>
  memref.copy %x, %a : memref<?x8xf32> to memref<?x8xf32>
  memref.copy %a, %b : memref<?x8xf32> to memref<?x8xf32>
  memref.copy %b, %c : memref<?x8xf32> to memref<?x8xf32>
  memref.copy %c, %r : memref<?x8xf32> to memref<?x8xf32>
  memref.dealloc %a : memref<?x8xf32>
  return %r : memref<?x8xf32>
}

// An argument, a buffer that is returned already and a constant are copied; numbers stay results.
// CHECK-LABEL: func.func @results(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?x8xf32>
// CHECK-SAME:    %[[R0:[a-z0-9]*]]: memref<?x8xf32> {mhc.result}, %[[R1:[a-z0-9]*]]: memref<4x8xf32> {mhc.result}, %[[R2:[a-z0-9]*]]: memref<?x8xf32> {mhc.result}, %[[R4:[a-z0-9]*]]: memref<4xf32> {mhc.result}, %{{.*}}: memref<?xi8> {mhc.workspace}) -> f32
// CHECK-SAME:    mhc.results = array<i64: 0, 1, 2, 4>
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1.0
// CHECK:         linalg.fill {{.*}} outs(%[[R1]] : memref<4x8xf32>)
// CHECK:         %[[C:.*]] = memref.get_global @constant
// CHECK:         memref.copy %[[X]], %[[R0]]
// CHECK:         memref.copy %[[R1]], %[[R2]]
// CHECK:         memref.copy %[[C]], %[[R4]]
// CHECK:         return %[[ONE]] : f32
memref.global "private" constant @constant : memref<4xf32> = dense<2.0>
func.func @results(%x: memref<?x8xf32>)
    -> (memref<?x8xf32>, memref<4x8xf32>, memref<?x8xf32>, f32, memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %tokens = memref.dim %x, %c0 : memref<?x8xf32>
  %a = memref.alloc(%tokens) : memref<?x8xf32>
  linalg.fill ins(%one : f32) outs(%a : memref<?x8xf32>)
  %b = memref.cast %a : memref<?x8xf32> to memref<4x8xf32>
  %c = memref.get_global @constant : memref<4xf32>
  return %x, %b, %a, %one, %c
      : memref<?x8xf32>, memref<4x8xf32>, memref<?x8xf32>, f32, memref<4xf32>
}

// Nothing to plan: an entry takes a workspace of no bytes.
// CHECK-LABEL: func.func private @nothing.sizes() -> index
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant 0 : index
// CHECK-NEXT:    return %[[ZERO]] : index
// CHECK-LABEL: func.func @nothing(
// CHECK-SAME:    %{{.*}}: memref<?xi8> {mhc.workspace}) attributes {mhc.results = array<i64>, mhc.sizes = @nothing.sizes}
func.func @nothing() {
  return
}

// Kinds of sizes are apart: constants, T, T x S; and a number in a buffer that is only read is a size too.
// CHECK-LABEL: func.func private @kinds.sizes(
// CHECK-SAME:    %[[X:.*]]: memref<?x?xbf16>, %[[N:.*]]: memref<2xi32>) -> index
// CHECK-DAG:     %[[T:.*]] = memref.dim %[[X]], %c0
// CHECK-DAG:     %[[S:.*]] = memref.dim %[[X]], %c1
// CHECK-DAG:     %[[LOADED:.*]] = memref.load %[[N]][%c1]
// CHECK-DAG:     arith.index_cast %[[LOADED]]
// CHECK:         return
// CHECK-LABEL: func.func @kinds(
// CHECK-SAME:    %{{.*}}, %[[W:.*]]: memref<?xi8> {mhc.workspace})
// CHECK-DAG:     %[[T:.*]] = memref.dim %{{.*}}, %c0
// CHECK-DAG:     %[[S:.*]] = memref.dim %{{.*}}, %c1
// CHECK-DAG:     memref.view %[[W]][%c0][] : memref<?xi8> to memref<3xbf16>
// CHECK-DAG:     memref.view %[[W]][%c16][%[[T]]] : memref<?xi8> to memref<?xbf16>
// CHECK-DAG:     %[[AFTER:.*]] = arith.muli %[[T]], %c16
// CHECK-DAG:     %[[SECOND:.*]] = arith.addi %[[AFTER]], %c16
// CHECK-DAG:     memref.view %[[W]][%[[SECOND]]][%[[T]], %[[S]]] : memref<?xi8> to memref<?x?xbf16>
// CHECK:         return
func.func @kinds(%x: memref<?x?xbf16>, %numbers: memref<2xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : bf16
  %t = memref.dim %x, %c0 : memref<?x?xbf16>
  %s = memref.dim %x, %c1 : memref<?x?xbf16>
  %n = memref.load %numbers[%c1] : memref<2xi32>
  %m = arith.index_cast %n : i32 to index
  %a = memref.alloc(%t) : memref<?xbf16>
  %b = memref.alloc(%t, %s) : memref<?x?xbf16>
  %c = memref.alloc() : memref<3xbf16>
  %d = memref.alloc(%m) : memref<?xbf16>
  linalg.fill ins(%zero : bf16) outs(%a : memref<?xbf16>)
  linalg.fill ins(%zero : bf16) outs(%b : memref<?x?xbf16>)
  linalg.fill ins(%zero : bf16) outs(%c : memref<3xbf16>)
  linalg.fill ins(%zero : bf16) outs(%d : memref<?xbf16>)
  return
}
