//===- mhc-27b.mlir - A layer of the paper's 27B model ---------------------===//
//
// From rows to streams and back: the streams are copies of the embedded row, one
// connection goes around a feed-forward sublayer, and the sum of the streams
// leaves. n = 4 streams of 2560 columns in bf16, the convention of the paper
// "mHC: Manifold-Constrained Hyper-Connections" (arXiv 2512.24880): the mixing
// matrix is stored [out, in], starts with exp, has no eps. The hidden width is
// that of its 27B model, which has 30 layers of two connections.
//
// F is a feed-forward sublayer with one squared ReLU and an inner width of 768,
// chosen for its shortness: the paper's is a mixture of experts.
//
// The connection has an RMSNorm weight, a number for each column: phi is multiplied
// by it and rounded to f32, which is part of what the op means.
//
// The numbers. The weights are given as random numbers of variance 1, so every
// linear map divides by the square root of its fan-in. h has a standard deviation
// of sqrt(4 * 2560) = 101 times the norm weight's 0.5; scale = 0.01 makes logits
// of about 0.5 of it. While all streams are equal, as here, mixing changes
// nothing but rounding: every row of the mixing matrix adds to one.
//
// 16 tokens:
// ARGS: --arg random:1:16x2560
// ARGS: --arg random:2 --arg full:0.01 --arg random:3 --arg full:0.5
// ARGS: --arg random:4 --arg random:5
//
//===----------------------------------------------------------------------===//

#paper = #mhc.variant<mhc, layout = out_in, norm_eps = 1.0e-6, gates = <post_mult = 2.0>,
                      sinkhorn = <iterations = 20, eps = 0.0, start = exp>>

#row = affine_map<(t, c) -> (t, c)>
#linear_x = affine_map<(t, o, i) -> (t, i)>
#linear_w = affine_map<(t, o, i) -> (o, i)>
#linear_out = affine_map<(t, o, i) -> (t, o)>

// F: w_down relu(w_up y)^2.
func.func private @feed_forward(%y: tensor<?x2560xbf16>, %w_up: tensor<768x2560xbf16>,
                                %w_down: tensor<2560x768xbf16>) -> tensor<?x2560xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %scale_in = arith.constant 0.0098821177 : f32 // 1 / (2 sqrt(2560)), y being half of 4 equal rows
  %scale_out = arith.constant 0.036084392 : f32 // 1 / sqrt(768)
  %tokens = tensor.dim %y, %c0 : tensor<?x2560xbf16>

  %no_inner = tensor.empty(%tokens) : tensor<?x768xf32>
  %zero_inner = linalg.fill ins(%zero : f32) outs(%no_inner : tensor<?x768xf32>) -> tensor<?x768xf32>
  %up = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%y, %w_up : tensor<?x2560xbf16>, tensor<768x2560xbf16>)
      outs(%zero_inner : tensor<?x768xf32>) -> tensor<?x768xf32>
  %inner_rows = tensor.empty(%tokens) : tensor<?x768xbf16>
  %inner = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%up : tensor<?x768xf32>) outs(%inner_rows : tensor<?x768xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale_in : f32
    %relu = arith.maximumf %scaled, %zero : f32
    %square = arith.mulf %relu, %relu : f32
    %narrow = arith.truncf %square : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x768xbf16>

  %no_sums = tensor.empty(%tokens) : tensor<?x2560xf32>
  %zero_sums = linalg.fill ins(%zero : f32) outs(%no_sums : tensor<?x2560xf32>) -> tensor<?x2560xf32>
  %sums = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%inner, %w_down : tensor<?x768xbf16>, tensor<2560x768xbf16>)
      outs(%zero_sums : tensor<?x2560xf32>) -> tensor<?x2560xf32>
  %rows = tensor.empty(%tokens) : tensor<?x2560xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%sums : tensor<?x2560xf32>) outs(%rows : tensor<?x2560xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale_out : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x2560xbf16>
  return %f : tensor<?x2560xbf16>
}

func.func @model(%embedded: tensor<?x2560xbf16>,
                 %phi: tensor<24x10240xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>,
                 %norm_weight: tensor<10240xf32>,
                 %w_up: tensor<768x2560xbf16>, %w_down: tensor<2560x768xbf16>) -> tensor<?x2560xbf16> {
  %x = mhc.expand %embedded : tensor<?x2560xbf16> to tensor<?x4x2560xbf16>
  %out = mhc.connection #paper %x phi %phi scale %scale base %base norm_weight %norm_weight
      : (tensor<?x4x2560xbf16>, tensor<24x10240xf32>, tensor<3xf32>, tensor<24xf32>, tensor<10240xf32>)
      -> tensor<?x4x2560xbf16> sublayer(%y: tensor<?x2560xbf16>) {
    %f = func.call @feed_forward(%y, %w_up, %w_down)
        : (tensor<?x2560xbf16>, tensor<768x2560xbf16>, tensor<2560x768xbf16>) -> tensor<?x2560xbf16>
    mhc.yield %f : tensor<?x2560xbf16>
  }
  %last = mhc.reduce_streams sum %out : tensor<?x4x2560xbf16> to tensor<?x2560xbf16>
  return %last : tensor<?x2560xbf16>
}
