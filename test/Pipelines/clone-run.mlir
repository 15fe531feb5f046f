// RUN: mhc-run %s --device cpu --arg random:1 --arg random:2 --arg zeros | FileCheck %s
// RUN: mhc-run %s --device reference --arg random:1 --arg random:2 --arg zeros | FileCheck %s

// A function whose result is written into one of its arguments: the same bufferization.clone as in
// pending-clone.mlir, between mhc-run's wrapper and the function.

// CHECK: result 0: 3x4x
func.func @product(%a: tensor<3x8xf32>, %b: tensor<8x4xf32>, %o: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<3x8xf32>, tensor<8x4xf32>) outs(%o : tensor<3x4xf32>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}
