// RUN: mhc-opt %s --mhc-decompose-linalg --mlir-print-local-scope | FileCheck %s

// A softmax becomes maximum, exp of the difference, sum and quotient, along its own dimension.

// CHECK-LABEL: func.func @softmax(
// CHECK-NOT:     linalg.softmax
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
// CHECK:           arith.maxnumf
// CHECK:         linalg.generic
// CHECK:           arith.subf
// CHECK:           math.exp
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
// CHECK:           arith.addf
// CHECK:         %[[RESULT:.*]] = linalg.generic
// CHECK:           arith.divf
// CHECK-NOT:     linalg.softmax
// CHECK:         return %[[RESULT]]
func.func @softmax(%x: tensor<3x?xf32>, %e: tensor<3x?xf32>) -> tensor<3x?xf32> {
  %0 = linalg.softmax dimension(1) ins(%x : tensor<3x?xf32>) outs(%e : tensor<3x?xf32>) -> tensor<3x?xf32>
  return %0 : tensor<3x?xf32>
}

// Along another dimension; in a region.

// CHECK-LABEL: func.func @columns(
// CHECK:         scf.if
// CHECK-NOT:     linalg.softmax
// CHECK:           linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]}
// CHECK-NOT:     linalg.softmax
// CHECK:         return
func.func @columns(%c: i1, %x: tensor<3x4xf64>) -> tensor<3x4xf64> {
  %0 = scf.if %c -> tensor<3x4xf64> {
    %e = tensor.empty() : tensor<3x4xf64>
    %1 = linalg.softmax dimension(0) ins(%x : tensor<3x4xf64>) outs(%e : tensor<3x4xf64>) -> tensor<3x4xf64>
    scf.yield %1 : tensor<3x4xf64>
  } else {
    scf.yield %x : tensor<3x4xf64>
  }
  return %0 : tensor<3x4xf64>
}

// Everything else has loops of its own and is left alone.

// CHECK-LABEL: func.func @others(
// CHECK:         linalg.matmul
// CHECK:         linalg.pack
// CHECK:         linalg.exp
func.func @others(%x: tensor<4x4xf32>, %e: tensor<4x4xf32>, %p: tensor<2x4x2x1xf32>)
    -> (tensor<4x4xf32>, tensor<2x4x2x1xf32>, tensor<4x4xf32>) {
  %0 = linalg.matmul ins(%x, %x : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = linalg.pack %x inner_dims_pos = [0, 1] inner_tiles = [2, 1] into %p : tensor<4x4xf32> -> tensor<2x4x2x1xf32>
  %2 = linalg.exp ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0, %1, %2 : tensor<4x4xf32>, tensor<2x4x2x1xf32>, tensor<4x4xf32>
}
