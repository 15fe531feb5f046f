// Logits of standard deviation 6 and more, and V4-Pro's hidden: every gradient is finite.
// RUN: mhc-opt %s --mhc-differentiate=function=v4,paper -o %t.mlir
// RUN: mhc-run %t.mlir --entry v4_gradient --device cpu --arg random:1:8x4x7168 --arg random:2:8x7168 --arg random:3 \
// RUN:   --arg full:0.036 --arg random:4 --arg random:5:8x4x7168 | FileCheck %s --implicit-check-not=nan --implicit-check-not=inf
// RUN: mhc-run %t.mlir --entry paper_gradient --device cpu --arg random:1:8x4x7168 --arg random:2:8x7168 --arg random:3 \
// RUN:   --arg full:0.036 --arg random:4 --arg random:5:8x4x7168 | FileCheck %s --implicit-check-not=nan --implicit-check-not=inf
// CHECK: result 0: 8x4x7168xbf16
// CHECK: result 4: 24xf32

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
#paper = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>, sinkhorn = <iterations = 20, eps = 0.0, start = exp>>
func.func @v4(%x: tensor<?x4x7168xbf16>, %f: tensor<?x7168xbf16>, %phi: tensor<24x28672xf32>, %scale: tensor<3xf32>,
              %base: tensor<24xf32>) -> tensor<?x4x7168xbf16> {
  %0 = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x7168xbf16>, tensor<24x28672xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x7168xbf16> sublayer(%y: tensor<?x7168xbf16>) {
    mhc.yield %f : tensor<?x7168xbf16>
  }
  return %0 : tensor<?x4x7168xbf16>
}
func.func @paper(%x: tensor<?x4x7168xbf16>, %f: tensor<?x7168xbf16>, %phi: tensor<24x28672xf32>, %scale: tensor<3xf32>,
                 %base: tensor<24xf32>) -> tensor<?x4x7168xbf16> {
  %0 = mhc.connection #paper %x phi %phi scale %scale base %base
      : (tensor<?x4x7168xbf16>, tensor<24x28672xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x7168xbf16> sublayer(%y: tensor<?x7168xbf16>) {
    mhc.yield %f : tensor<?x7168xbf16>
  }
  return %0 : tensor<?x4x7168xbf16>
}
