//===- delayed-v4.1.mlir - Delayed connections -----------------------------===//
//
// Two connections in the delayed form of DeepSeek-V4.1: each aggregates with the
// `pre` of the connection before it (pre_in) and passes its own on as a second
// result, so that reading from the streams does not wait for the product with
// phi. n = 4 streams of 4096 columns in bf16, the shape of V4-Flash, with V4's
// convention otherwise, any number of tokens. The first `pre` is given with the
// streams, the last one returned with them: the next block's.
//
// F is a gain for each column: y times g, rounded. It stands for any sublayer.
//
// The numbers. phi is random with variance 1, h has a standard deviation of
// sqrt(4 * 4096) = 128, and scale = 0.01 makes logits of about 1.3 of it. The
// first `pre` is 0.5 for every stream: what a gate gives that knows nothing.
//
// 16 tokens:
// ARGS: --arg random:1:16x4x4096 --arg full:0.5:16x4
// ARGS: --arg random:2 --arg full:0.01 --arg random:3 --arg random:4
// ARGS: --arg random:5 --arg full:0.01 --arg random:6 --arg random:7
//
//===----------------------------------------------------------------------===//

#v4 = #mhc.variant<mhc, layout = in_out, norm_eps = 1.0e-6,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

#row = affine_map<(t, c) -> (t, c)>
#column = affine_map<(t, c) -> (c)>

func.func private @gain(%y: tensor<?x4096xbf16>, %g: tensor<4096xf32>) -> tensor<?x4096xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %y, %c0 : tensor<?x4096xbf16>
  %rows = tensor.empty(%tokens) : tensor<?x4096xbf16>
  %f = linalg.generic {indexing_maps = [#row, #column, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y, %g : tensor<?x4096xbf16>, tensor<4096xf32>) outs(%rows : tensor<?x4096xbf16>) {
  ^bb0(%in: bf16, %factor: f32, %old: bf16):
    %wide = arith.extf %in : bf16 to f32
    %product = arith.mulf %wide, %factor : f32
    %narrow = arith.truncf %product : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x4096xbf16>
  return %f : tensor<?x4096xbf16>
}

func.func @block(%x: tensor<?x4x4096xbf16>, %pre: tensor<?x4xf32>,
                 %phi_a: tensor<24x16384xf32>, %scale_a: tensor<3xf32>, %base_a: tensor<24xf32>,
                 %gain_a: tensor<4096xf32>,
                 %phi_b: tensor<24x16384xf32>, %scale_b: tensor<3xf32>, %base_b: tensor<24xf32>,
                 %gain_b: tensor<4096xf32>) -> (tensor<?x4x4096xbf16>, tensor<?x4xf32>) {
  %mid, %pre_a = mhc.connection #v4 %x phi %phi_a scale %scale_a base %base_a pre_in %pre
      : (tensor<?x4x4096xbf16>, tensor<24x16384xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>)
      -> (tensor<?x4x4096xbf16>, tensor<?x4xf32>) sublayer(%y: tensor<?x4096xbf16>) {
    %f = func.call @gain(%y, %gain_a) : (tensor<?x4096xbf16>, tensor<4096xf32>) -> tensor<?x4096xbf16>
    mhc.yield %f : tensor<?x4096xbf16>
  }
  %out, %pre_b = mhc.connection #v4 %mid phi %phi_b scale %scale_b base %base_b pre_in %pre_a
      : (tensor<?x4x4096xbf16>, tensor<24x16384xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>)
      -> (tensor<?x4x4096xbf16>, tensor<?x4xf32>) sublayer(%y: tensor<?x4096xbf16>) {
    %f = func.call @gain(%y, %gain_b) : (tensor<?x4096xbf16>, tensor<4096xf32>) -> tensor<?x4096xbf16>
    mhc.yield %f : tensor<?x4096xbf16>
  }
  return %out, %pre_b : tensor<?x4x4096xbf16>, tensor<?x4xf32>
}
