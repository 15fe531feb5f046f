// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// Iterations beyond the first are one loop, however many: which axes it sums over, and from where it starts.
// The map of the first input tells the axis: (d0, 0, d1) is element 0 of column d1, (d0, d1, 0) of row d1.

// Softmax start: softmax and columns before the loop, then 19 times rows and columns.

// CHECK-LABEL: func.func @softmax_20(
// CHECK:         arith.maximumf
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK-NOT:     scf.for
// CHECK:         %[[BEFORE:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<?x4x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[SUM:.*]]: f32, %[[ELEMENT:.*]]: f32):
// CHECK-NEXT:      arith.divf %[[ELEMENT]], %[[SUM]] : f32
// CHECK:         %[[FROM:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[TO:.*]] = arith.constant 20 : index
// CHECK-NEXT:    %[[STEP:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[LOOP:.*]] = scf.for %{{.*}} = %[[FROM]] to %[[TO]] step %[[STEP]] iter_args(%{{.*}} = %[[BEFORE]]) -> (tensor<?x4x4xf32>) {
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>,
// CHECK:           arith.divf
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK:           %[[NEXT:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<?x4x4xf32>) {
// CHECK:             arith.divf
// CHECK-NOT:       linalg.generic
// CHECK:           scf.yield %[[NEXT]]
// CHECK:         return %[[LOOP]]
func.func @softmax_20(%l: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %l : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

// Exp start: columns and rows before the loop, and in it.

// CHECK-LABEL: func.func @exp_1000(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK:         arith.maximumf
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>,
// CHECK:         %[[TO:.*]] = arith.constant 1000 : index
// CHECK:         scf.for %{{.*}} to %[[TO]] step
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>,
// CHECK:           scf.yield
func.func @exp_1000(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1000, eps = 0.0, start = exp> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}

// Rows first.

// CHECK-LABEL: func.func @exp_rows_columns(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>,
// CHECK:         arith.maximumf
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK:         scf.for
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>,
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>,
// CHECK:           scf.yield
func.func @exp_rows_columns(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 0.0, start = exp, order = rows_columns> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}

// One iteration needs no loop.

// CHECK-LABEL: func.func @softmax_1(
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @softmax_1(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = softmax> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}
