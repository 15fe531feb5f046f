// RUN: mhc-opt %s --mhc-lower-connections --mlir-print-local-scope | FileCheck %s

// A connection on a single token, without a token dimension.

#v4 = #mhc.variant<mhc, layout = in_out, norm = layer,
                   sinkhorn = <iterations = 2, eps = 1.0e-6, start = softmax>>

// CHECK-LABEL: func.func @one_token
// CHECK: mhc.inner whole %{{.*}}, %{{.*}} : (tensor<2x4xf64>, tensor<2x4xf64>) -> tensor<f64>
// CHECK: mhc.rstd %{{.*}} {count = 8 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<f64>
// CHECK: linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>]
func.func @one_token(%x: tensor<2x4xf64>, %phi: tensor<8x8xf32>, %scale: tensor<3xf64>,
                     %base: tensor<8xf32>) -> tensor<2x4xf64> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<2x4xf64>, tensor<8x8xf32>, tensor<3xf64>, tensor<8xf32>)
      -> tensor<2x4xf64> sublayer(%y: tensor<4xf64>) {
    mhc.yield %y : tensor<4xf64>
  }
  return %out : tensor<2x4xf64>
}
