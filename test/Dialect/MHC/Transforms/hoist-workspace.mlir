// RUN: mhc-opt %s --mhc-hoist-workspace --canonicalize --cse | FileCheck %s

// The allocation of a lowered kernel becomes the last argument.
// CHECK-LABEL: func.func private @kernel(
// CHECK-SAME:    %[[X:.*]]: memref<?x64xf32>, %[[W:.*]]: memref<?xi8>)
// CHECK-NOT:     memref.alloc
// CHECK:         memref.view %[[W]]
// CHECK-NOT:     memref.dealloc
func.func private @kernel(%x: memref<?x64xf32>) {
  %c0 = arith.constant 0 : index
  %c128 = arith.constant 128 : index
  %tokens = memref.dim %x, %c0 : memref<?x64xf32>
  %bytes = arith.muli %tokens, %c128 : index
  %w = memref.alloc(%bytes) {alignment = 64 : i64, mhc.workspace} : memref<?xi8>
  %v = memref.view %w[%c0][] : memref<?xi8> to memref<4xf32>
  %one = arith.constant 1.0 : f32
  memref.store %one, %v[%c0] : memref<4xf32>
  memref.dealloc %w : memref<?xi8>
  return
}

// One buffer for all calls, of the largest size, outside of the loop.
// CHECK-LABEL: func.func @model(
// CHECK-SAME:    %[[A:.*]]: memref<?x64xf32>, %[[B:.*]]: memref<?x64xf32>
// CHECK-DAG:     %[[TA:.*]] = memref.dim %[[A]]
// CHECK-DAG:     %[[TB:.*]] = memref.dim %[[B]]
// CHECK-DAG:     %[[SA:.*]] = arith.muli %[[TA]]
// CHECK-DAG:     %[[SB:.*]] = arith.muli %[[TB]]
// CHECK:         %[[S:.*]] = arith.maxui %[[SA]], %[[SB]]
// CHECK:         %[[W:.*]] = memref.alloc(%[[S]]) {alignment = 64 : i64} : memref<?xi8>
// CHECK:         call @kernel(%[[A]], %[[W]])
// CHECK:         scf.for
// CHECK:           call @kernel(%{{.*}}, %[[W]])
// CHECK:         memref.dealloc %[[W]]
func.func @model(%a: memref<?x64xf32>, %b: memref<?x64xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  call @kernel(%a) : (memref<?x64xf32>) -> ()
  %tokens = memref.dim %b, %c0 : memref<?x64xf32>
  %c = memref.alloc(%tokens) : memref<?x64xf32>
  scf.for %i = %c0 to %n step %c1 {
    func.call @kernel(%c) : (memref<?x64xf32>) -> ()
  }
  memref.dealloc %c : memref<?x64xf32>
  return
}

// Threads do not share, and a size that only a call knows is not known before.
// CHECK-LABEL: func.func @apart(
// CHECK:         scf.parallel
// CHECK:           memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?xi8>
// CHECK-NEXT:      call @kernel
// CHECK-NEXT:      memref.dealloc
// CHECK:         call @unknown
// CHECK:         memref.alloc(%{{.*}}) {alignment = 64 : i64} : memref<?xi8>
// CHECK-NEXT:    call @kernel
// CHECK-NEXT:    memref.dealloc
func.func private @unknown() -> memref<?x64xf32>
func.func @apart(%a: memref<?x64xf32>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    func.call @kernel(%a) : (memref<?x64xf32>) -> ()
    scf.reduce
  }
  %u = call @unknown() : () -> memref<?x64xf32>
  call @kernel(%u) : (memref<?x64xf32>) -> ()
  return
}

// A public function keeps its arguments.
// CHECK-LABEL: func.func @public(
// CHECK-SAME:    %{{[a-z0-9]*}}: memref<?x64xf32>)
// CHECK:         memref.alloc
func.func @public(%x: memref<?x64xf32>) {
  %c0 = arith.constant 0 : index
  %tokens = memref.dim %x, %c0 : memref<?x64xf32>
  %w = memref.alloc(%tokens) {alignment = 64 : i64, mhc.workspace} : memref<?xi8>
  %v = memref.view %w[%c0][] : memref<?xi8> to memref<4xf32>
  %one = arith.constant 1.0 : f32
  memref.store %one, %v[%c0] : memref<4xf32>
  memref.dealloc %w : memref<?xi8>
  return
}
