// RUN: mhc-opt %s --mhc-plan-memory --canonicalize --cse | FileCheck %s

// A private function takes its results and its workspace from its callers.
// CHECK-LABEL: func.func private @twice(
// CHECK-SAME:    %{{.*}}: memref<?x8xf32>, %[[R:.*]]: memref<?x8xf32> {mhc.result}, %[[W:.*]]: memref<?xi8> {mhc.workspace}) {
// CHECK-NOT:     memref.alloc
// CHECK:         memref.view %[[W]]
// CHECK:         return
func.func private @twice(%x: memref<?x8xf32>) -> memref<?x8xf32> {
  %c0 = arith.constant 0 : index
  %tokens = memref.dim %x, %c0 : memref<?x8xf32>
  %a = memref.alloc(%tokens) : memref<?x8xf32>
  %r = memref.alloc(%tokens) : memref<?x8xf32>
  memref.copy %x, %a : memref<?x8xf32> to memref<?x8xf32>
  memref.copy %a, %r : memref<?x8xf32> to memref<?x8xf32>
  return %r : memref<?x8xf32>
}

// One that needs nothing takes none.
// CHECK-LABEL: func.func private @plain(
// CHECK-SAME:    %{{.*}}: memref<?x8xf32>, %{{.*}}: f32) {
func.func private @plain(%x: memref<?x8xf32>, %f: f32) {
  linalg.fill ins(%f : f32) outs(%x : memref<?x8xf32>)
  return
}

// Calls of two sizes: the callee's formulas, for what it is called with. A result lives until its last use, a workspace
// for the call. Workspaces of other sizes
// are apart.
// CHECK-LABEL: func.func private @sizes.sizes(
// CHECK-LABEL: func.func @sizes(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?x8xf32>, %[[Y:[a-z0-9]*]]: memref<?x8xf32>, %{{.*}}: f32, %[[R:[a-z0-9]*]]: memref<?x8xf32> {mhc.result}, %[[W:[a-z0-9]*]]: memref<?xi8> {mhc.workspace})
// CHECK:         %[[A:.*]] = memref.view %[[W]][%c0][%{{.*}}] : memref<?xi8> to memref<?x8xf32>
// CHECK:         memref.view %[[W]][%[[FIRST:.*]]][%[[FIRST]]] : memref<?xi8> to memref<?xi8>
// CHECK:         call @twice(%[[X]], %[[A]], %{{.*}}) : (memref<?x8xf32>, memref<?x8xf32>, memref<?xi8>) -> ()
// CHECK:         call @twice(%[[Y]], %[[R]], %{{.*}})
// CHECK:         call @plain(%[[A]]
func.func @sizes(%x: memref<?x8xf32>, %y: memref<?x8xf32>, %f: f32) -> memref<?x8xf32> {
  %a = call @twice(%x) : (memref<?x8xf32>) -> memref<?x8xf32>
  %b = call @twice(%y) : (memref<?x8xf32>) -> memref<?x8xf32>
  call @plain(%a, %f) : (memref<?x8xf32>, f32) -> ()
  return %b : memref<?x8xf32>
}

// A public function that is called is called as anybody calls it.
// CHECK-LABEL: func.func @outer(
// CHECK-SAME:    %[[X:[a-z0-9]*]]: memref<?x8xf32>, %{{.*}}: f32, %[[R:[a-z0-9]*]]: memref<?x8xf32> {mhc.result}, %[[W:[a-z0-9]*]]: memref<?xi8> {mhc.workspace})
// CHECK:         call @sizes(%[[X]], %[[X]], %{{.*}}, %[[R]], %{{.*}})
func.func @outer(%x: memref<?x8xf32>, %f: f32) -> memref<?x8xf32> {
  %a = call @sizes(%x, %x, %f) : (memref<?x8xf32>, memref<?x8xf32>, f32) -> memref<?x8xf32>
  return %a : memref<?x8xf32>
}

// Functions that call each other, and those that are declared only, stay as they are.
// CHECK-LABEL: func.func private @declared(memref<?x8xf32>) -> memref<?x8xf32>
// CHECK-LABEL: func.func private @itself(
// CHECK-SAME:    %{{.*}}: memref<?x8xf32>) -> memref<?x8xf32> {
// CHECK:         call @itself(%{{.*}}) : (memref<?x8xf32>) -> memref<?x8xf32>
// CHECK-LABEL: func.func @calls_them(
// CHECK:         call @itself(%{{.*}}) : (memref<?x8xf32>) -> memref<?x8xf32>
// CHECK:         return %{{.*}} : memref<?x8xf32>
func.func private @declared(memref<?x8xf32>) -> memref<?x8xf32>
func.func private @itself(%x: memref<?x8xf32>) -> memref<?x8xf32> {
  %a = call @declared(%x) : (memref<?x8xf32>) -> memref<?x8xf32>
  %b = call @itself(%a) : (memref<?x8xf32>) -> memref<?x8xf32>
  return %b : memref<?x8xf32>
}
func.func @calls_them(%x: memref<?x8xf32>) -> memref<?x8xf32> {
  %a = call @itself(%x) : (memref<?x8xf32>) -> memref<?x8xf32>
  return %a : memref<?x8xf32>
}

// What a step prepares once is kept from call to call, and so is the workspace that it lies in.
// CHECK-LABEL: func.func private @prepares(
// CHECK-LABEL: func.func @keeps(
// CHECK:         %[[FIRST:.*]] = memref.view %{{.*}}[%c0][] : memref<?xi8> to memref<64xi8>
// CHECK:         %[[KEPT:.*]] = memref.cast %[[FIRST]] : memref<64xi8> to memref<?xi8>
// CHECK:         call @prepares(%{{.*}}, %[[KEPT]])
// CHECK:         memref.view %{{.*}}[%c64][] : memref<?xi8> to memref<16xf32>
func.func private @prepares(%w: memref<16xf32>) {
  %a = memref.alloc() : memref<16xf32>
  memref.copy %w, %a {mhc.prepare} : memref<16xf32> to memref<16xf32>
  return
}
func.func @keeps(%w: memref<16xf32>, %out: memref<16xf32>) {
  call @prepares(%w) : (memref<16xf32>) -> ()
  %a = memref.alloc() : memref<16xf32>
  memref.copy %w, %a : memref<16xf32> to memref<16xf32>
  memref.copy %a, %out : memref<16xf32> to memref<16xf32>
  return
}
