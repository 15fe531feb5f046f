//===- deepseek-v4-pro.mlir - The end of DeepSeek-V4-Pro -------------------===//
//
// The last connection of the model and the head that reads one row from its
// streams: n = 4 streams of 7168 columns in bf16, V4's convention (#v4), two
// token dimensions (sequences of a batch, tokens of a sequence), both of any
// length. The streams, the hidden width, m = n(n+2) = 24 coefficients a token and
// every constant of #v4 are the model's. It has 61 layers of two connections.
//
// F is a real SwiGLU after an RMSNorm, but with an inner width of 512 instead of
// the model's mixture of experts; deepseek-v4-flash.mlir has an attention too.
//
// The numbers. The weights are given as random numbers of variance 1, so every
// linear map divides by the square root of its fan-in, as an initialisation
// would; with trained weights those constants are 1. h has a standard deviation
// of sqrt(4 * 7168) = 169; scale = 0.01 makes logits of about 1.7 of it.
//
// 3 sequences of 5 tokens:
// ARGS: --arg random:1:3x5x4x7168
// ARGS: --arg random:2 --arg full:0.01 --arg random:3
// ARGS: --arg full:1 --arg random:4 --arg random:5 --arg random:6
// ARGS: --arg random:7 --arg full:0.01 --arg random:8
//
//===----------------------------------------------------------------------===//

#v4 = #mhc.variant<mhc, layout = in_out, norm_eps = 1.0e-6,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

// Rows of sequence b, token t, and what belongs to tokens or columns alone.
#row = affine_map<(b, t, c) -> (b, t, c)>
#token = affine_map<(b, t, c) -> (b, t)>
#column = affine_map<(b, t, c) -> (c)>

// A linear map of a row: out[b,t,o] = sum_i x[b,t,i] w[o,i].
#linear_x = affine_map<(b, t, o, i) -> (b, t, i)>
#linear_w = affine_map<(b, t, o, i) -> (o, i)>
#linear_out = affine_map<(b, t, o, i) -> (b, t, o)>

// F: w_down (silu(w_gate x) * (w_up x)), x the row divided by its root mean square.
func.func private @swiglu(%y: tensor<?x?x7168xbf16>, %gain: tensor<7168xf32>, %w_gate: tensor<512x7168xbf16>,
                          %w_up: tensor<512x7168xbf16>, %w_down: tensor<7168x512xbf16>) -> tensor<?x?x7168xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %count = arith.constant 7168.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %scale_in = arith.constant 0.011811391 : f32  // 1 / sqrt(7168)
  %scale_out = arith.constant 0.044194174 : f32 // 1 / sqrt(512)
  %batch = tensor.dim %y, %c0 : tensor<?x?x7168xbf16>
  %tokens = tensor.dim %y, %c1 : tensor<?x?x7168xbf16>
  %rows = tensor.empty(%batch, %tokens) : tensor<?x?x7168xbf16>

  // RMSNorm.
  %none = tensor.empty(%batch, %tokens) : tensor<?x?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x?xf32>) -> tensor<?x?xf32>
  %squares = linalg.generic {indexing_maps = [#row, #token], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%y : tensor<?x?x7168xbf16>) outs(%zeros : tensor<?x?xf32>) {
  ^bb0(%in: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<?x?xf32>
  %x = linalg.generic {indexing_maps = [#row, #token, #column, #row],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%y, %squares, %gain : tensor<?x?x7168xbf16>, tensor<?x?xf32>, tensor<7168xf32>)
      outs(%rows : tensor<?x?x7168xbf16>) {
  ^bb0(%in: bf16, %sum: f32, %g: f32, %old: bf16):
    %mean = arith.divf %sum, %count : f32
    %shifted = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %shifted : f32
    %wide = arith.extf %in : bf16 to f32
    %unit = arith.mulf %wide, %rstd : f32
    %scaled = arith.mulf %unit, %g : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x?x7168xbf16>

  // Both inner rows in one pass over x.
  %no_inner = tensor.empty(%batch, %tokens) : tensor<?x?x512xf32>
  %zero_inner = linalg.fill ins(%zero : f32) outs(%no_inner : tensor<?x?x512xf32>) -> tensor<?x?x512xf32>
  %gate, %up = linalg.generic {indexing_maps = [#linear_x, #linear_w, #linear_w, #linear_out, #linear_out],
                               iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w_gate, %w_up : tensor<?x?x7168xbf16>, tensor<512x7168xbf16>, tensor<512x7168xbf16>)
      outs(%zero_inner, %zero_inner : tensor<?x?x512xf32>, tensor<?x?x512xf32>) {
  ^bb0(%in: bf16, %wg: bf16, %wu: bf16, %sum_g: f32, %sum_u: f32):
    %a = arith.extf %in : bf16 to f32
    %b = arith.extf %wg : bf16 to f32
    %c = arith.extf %wu : bf16 to f32
    %product_g = arith.mulf %a, %b : f32
    %product_u = arith.mulf %a, %c : f32
    %next_g = arith.addf %sum_g, %product_g : f32
    %next_u = arith.addf %sum_u, %product_u : f32
    linalg.yield %next_g, %next_u : f32, f32
  } -> (tensor<?x?x512xf32>, tensor<?x?x512xf32>)
  %inner_rows = tensor.empty(%batch, %tokens) : tensor<?x?x512xbf16>
  %inner = linalg.generic {indexing_maps = [#row, #row, #row], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%gate, %up : tensor<?x?x512xf32>, tensor<?x?x512xf32>) outs(%inner_rows : tensor<?x?x512xbf16>) {
  ^bb0(%g: f32, %u: f32, %old: bf16):
    %a = arith.mulf %g, %scale_in : f32
    %b = arith.mulf %u, %scale_in : f32
    %minus_a = arith.negf %a : f32
    %e = math.exp %minus_a : f32
    %below = arith.addf %e, %one : f32
    %silu = arith.divf %a, %below : f32
    %product = arith.mulf %silu, %b : f32
    %narrow = arith.truncf %product : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x?x512xbf16>

  %no_sums = tensor.empty(%batch, %tokens) : tensor<?x?x7168xf32>
  %zero_sums = linalg.fill ins(%zero : f32) outs(%no_sums : tensor<?x?x7168xf32>) -> tensor<?x?x7168xf32>
  %sums = linalg.generic {indexing_maps = [#linear_x, #linear_w, #linear_out],
                          iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%inner, %w_down : tensor<?x?x512xbf16>, tensor<7168x512xbf16>) outs(%zero_sums : tensor<?x?x7168xf32>) {
  ^bb0(%in: bf16, %w: bf16, %sum: f32):
    %a = arith.extf %in : bf16 to f32
    %b = arith.extf %w : bf16 to f32
    %product = arith.mulf %a, %b : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x?x7168xf32>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%sums : tensor<?x?x7168xf32>) outs(%rows : tensor<?x?x7168xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale_out : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x?x7168xbf16>
  return %f : tensor<?x?x7168xbf16>
}

func.func @last(%x: tensor<?x?x4x7168xbf16>,
                // The connection, and the sublayer in it.
                %phi: tensor<24x28672xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>,
                %gain: tensor<7168xf32>, %w_gate: tensor<512x7168xbf16>, %w_up: tensor<512x7168xbf16>,
                %w_down: tensor<7168x512xbf16>,
                // The head: as many rows of phi as streams, one scale.
                %phi_head: tensor<4x28672xf32>, %scale_head: tensor<1xf32>, %base_head: tensor<4xf32>)
    -> tensor<?x?x7168xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x?x4x7168xbf16>, tensor<24x28672xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x?x4x7168xbf16> sublayer(%y: tensor<?x?x7168xbf16>) {
    %f = func.call @swiglu(%y, %gain, %w_gate, %w_up, %w_down)
        : (tensor<?x?x7168xbf16>, tensor<7168xf32>, tensor<512x7168xbf16>, tensor<512x7168xbf16>,
           tensor<7168x512xbf16>) -> tensor<?x?x7168xbf16>
    mhc.yield %f : tensor<?x?x7168xbf16>
  }
  %last = mhc.head #v4 %out phi %phi_head scale %scale_head base %base_head
      : (tensor<?x?x4x7168xbf16>, tensor<4x28672xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x?x7168xbf16>
  return %last : tensor<?x?x7168xbf16>
}
