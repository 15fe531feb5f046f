// Gradients of a program whose token count is the constant 0: the weights' are zeros.
// RUN: mhc-opt %s --mhc-differentiate=function=hc,sinkhorn -o %t.mlir
// RUN: mhc-run %t.mlir --entry hc_gradient --device reference --arg zeros --arg zeros --arg zeros --arg zeros --arg zeros | FileCheck %s
// RUN: mhc-run %t.mlir --entry hc_gradient --device cpu --arg zeros --arg zeros --arg zeros --arg zeros --arg zeros | FileCheck %s
// RUN: mhc-run %t.mlir --entry sinkhorn_gradient --device reference --arg zeros --arg zeros | FileCheck %s --check-prefix=EMPTY

// CHECK: result 0: 0x4x8x{{f..}} empty
// CHECK: result 2: 6x8x{{f..}} min 0 max 0
func.func @hc(%x: tensor<0x4x8xf32>, %base: tensor<4x6xf32>, %phi: tensor<6x8xf32>, %scale: tensor<3xf32>)
    -> tensor<0x4x8xf32> {
  %o = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base
      : (tensor<0x4x8xf32>, tensor<6x8xf32>, tensor<3xf32>, tensor<4x6xf32>) -> tensor<0x4x8xf32>
      sublayer(%y: tensor<0x8xf32>) {
    mhc.yield %y : tensor<0x8xf32>
  }
  return %o : tensor<0x4x8xf32>
}

// EMPTY: result 0: 0x4x4xf64 empty
func.func @sinkhorn(%l: tensor<0x4x4xf32>) -> tensor<0x4x4xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 1.0e-6, start = softmax> %l : tensor<0x4x4xf32>
  return %0 : tensor<0x4x4xf32>
}
