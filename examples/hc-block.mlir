//===- hc-block.mlir - Unconstrained hyper-connections ---------------------===//
//
// A block of two connections as in "Hyper-Connections" (ByteDance 2024), the
// first with dynamic coefficients, the second with static ones: n = 4 streams of
// 2048 columns in bf16, any number of tokens.
//
// Dynamic: every stream is normalised over its own 2048 columns (#dynamic names
// the layer norm), and phi [n+2, C] is the same for all streams; a tanh bounds
// what a token may change. Static: the coefficients are `base` alone, the same
// for all tokens. `base` [n, n+2] holds, for stream i, what F reads from it,
// what it gets of F, and column i of the mixing matrix (stored [in, out]).
//
// F is a GELU and a linear map, f = w gelu(y): enough to see where a sublayer
// stands. The width is that of no model in particular.
//
// The numbers. phi . u has a standard deviation of sqrt(2048) = 45, so that tanh
// saturates; scale = 0.1 bounds the change to 0.1. base is 0.25 everywhere: F
// reads a quarter of the sum of the streams, and every stream becomes their mean
// plus a quarter of F's result. A network of many layers starts from the identity
// instead.
//
// 16 tokens:
// ARGS: --arg random:1:16x4x2048 --arg random:2 --arg full:0.1 --arg full:0.25
// ARGS: --arg random:3 --arg full:0.25
//
//===----------------------------------------------------------------------===//

#dynamic = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5>
#static = #mhc.variant<hc>

#row = affine_map<(t, c) -> (t, c)>
#linear_x = affine_map<(t, o, i) -> (t, i)>
#linear_w = affine_map<(t, o, i) -> (o, i)>
#linear_out = affine_map<(t, o, i) -> (t, o)>

// F: w gelu(y), the GELU with erf.
func.func private @feed_forward(%y: tensor<?x2048xbf16>, %w: tensor<2048x2048xbf16>) -> tensor<?x2048xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %half = arith.constant 0.5 : f32
  %one = arith.constant 1.0 : f32
  %sqrt_half = arith.constant 0.70710678 : f32
  %scale = arith.constant 0.022097087 : f32 // 1 / sqrt(2048)
  %tokens = tensor.dim %y, %c0 : tensor<?x2048xbf16>
  %rows = tensor.empty(%tokens) : tensor<?x2048xbf16>

  %gelu = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<?x2048xbf16>) outs(%rows : tensor<?x2048xbf16>) {
  ^bb0(%in: bf16, %old: bf16):
    %wide = arith.extf %in : bf16 to f32
    %argument = arith.mulf %wide, %sqrt_half : f32
    %erf = math.erf %argument : f32
    %sum = arith.addf %erf, %one : f32
    %share = arith.mulf %sum, %half : f32
    %product = arith.mulf %wide, %share : f32
    %narrow = arith.truncf %product : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x2048xbf16>

  %none = tensor.empty(%tokens) : tensor<?x2048xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  %sums = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%gelu, %w : tensor<?x2048xbf16>, tensor<2048x2048xbf16>)
      outs(%zeros : tensor<?x2048xf32>) -> tensor<?x2048xf32>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%sums : tensor<?x2048xf32>) outs(%rows : tensor<?x2048xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x2048xbf16>
  return %f : tensor<?x2048xbf16>
}

func.func @block(%x: tensor<?x4x2048xbf16>, %phi: tensor<6x2048xf32>, %scale: tensor<3xf32>,
                 %base_dynamic: tensor<4x6xf32>, %w: tensor<2048x2048xbf16>,
                 %base_static: tensor<4x6xf32>) -> tensor<?x4x2048xbf16> {
  %mid = mhc.connection #dynamic %x phi %phi scale %scale base %base_dynamic
      : (tensor<?x4x2048xbf16>, tensor<6x2048xf32>, tensor<3xf32>, tensor<4x6xf32>)
      -> tensor<?x4x2048xbf16> sublayer(%y: tensor<?x2048xbf16>) {
    %f = func.call @feed_forward(%y, %w) : (tensor<?x2048xbf16>, tensor<2048x2048xbf16>) -> tensor<?x2048xbf16>
    mhc.yield %f : tensor<?x2048xbf16>
  }
  // The same sublayer with the same weights, around which nothing depends on the token.
  %out = mhc.connection #static %mid base %base_static
      : (tensor<?x4x2048xbf16>, tensor<4x6xf32>)
      -> tensor<?x4x2048xbf16> sublayer(%y: tensor<?x2048xbf16>) {
    %f = func.call @feed_forward(%y, %w) : (tensor<?x2048xbf16>, tensor<2048x2048xbf16>) -> tensor<?x2048xbf16>
    mhc.yield %f : tensor<?x2048xbf16>
  }
  return %out : tensor<?x4x2048xbf16>
}
