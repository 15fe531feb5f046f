// No tokens: the gradients of weights are zeros. Large logits and hidden: no NaN.
// RUN: mhc-opt %s --mhc-differentiate -o %t.mlir
// RUN: mhc-run %t.mlir --entry two_gradient --device cpu --arg zeros:0x4x64 --arg random:1 --arg random:2 \
// RUN:   --arg random:3 --arg zeros:0x4x64 | FileCheck %s
// RUN: mhc-run %t.mlir --entry two_gradient --device reference --arg zeros:0x4x64 --arg random:1 --arg random:2 \
// RUN:   --arg random:3 --arg zeros:0x4x64 | FileCheck %s
// CHECK: result 0: 0x4x64x{{bf16|f32|f64}}
// CHECK: result 1: 24x256x{{bf16|f32|f64}} min 0 max 0 mean 0
// CHECK: result 2: 3x{{bf16|f32|f64}} min 0 max 0 mean 0
// CHECK: result 3: 24x{{bf16|f32|f64}} min 0 max 0 mean 0

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
func.func @two(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>)
    -> tensor<?x4x64xbf16> {
  %0 = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = math.tanh %y : tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  %1 = mhc.connection #v4 %0 phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = math.tanh %y : tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %1 : tensor<?x4x64xbf16>
}
