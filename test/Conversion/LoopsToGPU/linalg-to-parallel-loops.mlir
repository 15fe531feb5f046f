// RUN: mhc-opt %s --mhc-linalg-to-parallel-loops | FileCheck %s

// Parallel loops outside, sums carried by the loops inside.

// A reduction that stands before a parallel dimension.
// CHECK-LABEL: func.func @columns
// CHECK-SAME:    %[[X:.*]]: memref<?x8xf32>, %[[SUM:.*]]: memref<8xf32>
// CHECK:         scf.parallel (%[[C:.*]]) = (%{{.*}}) to (%c8) step (%{{.*}}) {
// CHECK-NEXT:      %[[FIRST:.*]] = memref.load %[[SUM]][%[[C]]]
// CHECK:           %[[LAST:.*]] = scf.for %[[T:.*]] = {{.*}} iter_args(%[[B:.*]] = %[[FIRST]]) -> (f32) {
// CHECK-NEXT:        %[[A:.*]] = memref.load %[[X]][%[[T]], %[[C]]]
// CHECK-NEXT:        %[[S:.*]] = arith.addf %[[A]], %[[B]]
// CHECK-NEXT:        scf.yield %[[S]]
// CHECK:           memref.store %[[LAST]], %[[SUM]][%[[C]]]
// CHECK-NEXT:      scf.reduce
func.func @columns(%x: memref<?x8xf32>, %sum: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<?x8xf32>) outs(%sum : memref<8xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  }
  return
}

// Nothing parallel: no parallel loop.
// CHECK-LABEL: func.func @all
// CHECK-NOT:     scf.parallel
// CHECK:         memref.load %{{.*}}[] : memref<f32>
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:         memref.store %{{.*}}, %{{.*}}[] : memref<f32>
func.func @all(%x: memref<4x8xf32>, %sum: memref<f32>) {
  linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> ()>], iterator_types = ["reduction", "reduction"]}
      ins(%x : memref<4x8xf32>) outs(%sum : memref<f32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  }
  return
}

// A named op; what is not read is not loaded.
// CHECK-LABEL: func.func @named
// CHECK:         scf.parallel
// CHECK-NOT:       memref.load
// CHECK:           memref.store %arg0
// CHECK:         scf.parallel
// CHECK:           scf.for
func.func @named(%v: f32, %a: memref<4x8xf32>, %b: memref<8x16xf32>, %c: memref<4x16xf32>) {
  linalg.fill ins(%v : f32) outs(%c : memref<4x16xf32>)
  linalg.matmul ins(%a, %b : memref<4x8xf32>, memref<8x16xf32>) outs(%c : memref<4x16xf32>)
  return
}

// Positions in the region, and a map that is not a permutation.
// CHECK-LABEL: func.func @positions
// CHECK:         scf.parallel (%[[I:.*]]) =
// CHECK:           %[[AT:.*]] = affine.apply
// CHECK:           memref.load %{{.*}}[%[[AT]]]
// CHECK:           arith.index_cast %[[I]]
func.func @positions(%x: memref<8xi64>, %y: memref<4xi64>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i * 2 + 1)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<8xi64>) outs(%y : memref<4xi64>) {
  ^bb0(%a: i64, %b: i64):
    %i = linalg.index 0 : index
    %n = arith.index_cast %i : index to i64
    %s = arith.addi %a, %n : i64
    linalg.yield %s : i64
  }
  return
}

// A result whose place a reduction moves: it is stored each time.
// CHECK-LABEL: func.func @scan
// CHECK:         scf.for
// CHECK:           memref.load
// CHECK:           memref.store
func.func @scan(%x: memref<8xf32>, %y: memref<8xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["reduction"]}
      ins(%x : memref<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%a: f32, %b: f32):
    linalg.yield %a : f32
  }
  return
}

// Copies of contiguous memory stay.
// CHECK-LABEL: func.func @copies
// CHECK:         memref.copy %arg0, %arg1
// CHECK:         scf.parallel
// CHECK-NOT:     memref.copy
func.func @copies(%a: memref<4x8xf32>, %b: memref<4x8xf32>, %c: memref<4x8xf32, strided<[16, 1]>>) {
  memref.copy %a, %b : memref<4x8xf32> to memref<4x8xf32>
  memref.copy %a, %c : memref<4x8xf32> to memref<4x8xf32, strided<[16, 1]>>
  return
}
