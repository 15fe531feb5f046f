//===- deepseek-v4-pro.mlir - The end of DeepSeek-V4-Pro -------------------===//
//
// The last transformer block of the model, an attention and a feed-forward
// sublayer, each inside a connection of its own, and the head that reads one row
// from the streams: n = 4 streams of 7168 columns in bf16, V4's convention (#v4),
// two token dimensions (sequences of a batch, tokens of a sequence), both of any
// length. The streams, the hidden width, m = n(n+2) = 24 coefficients a token and
// every constant of #v4 are the model's. It has 61 such layers, and one head.
//
// The sublayers are real programs, but small ones, so that a CPU runs them in
// seconds: the attention is plain causal multi-head attention inside each sequence,
// 8 heads of 32 columns (the model's own is wider, compressed and cached), and the
// feed-forward sublayer is one SwiGLU of inner width 512 (the model has a mixture
// of experts). Linear maps are stored [out, in], multiply bf16 and add in f32.
//
// The numbers. The weights are given as random numbers of variance 1, so every
// linear map divides by the square root of its fan-in, as an initialisation
// would; with trained weights those constants are 1. h has a standard deviation
// of sqrt(4 * 7168) = 169; scale = 0.01 makes logits of about 1.7 of it.
//
// 3 sequences of 5 tokens:
// ARGS: --arg random:1:3x5x4x7168
// ARGS: --arg random:2 --arg full:0.01 --arg random:3 --arg full:1
// ARGS: --arg random:4 --arg random:5 --arg random:6 --arg random:7
// ARGS: --arg random:8 --arg full:0.01 --arg random:9 --arg full:1
// ARGS: --arg random:10 --arg random:11 --arg random:12
// ARGS: --arg random:13 --arg full:0.01 --arg random:14
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

// The same with the output, or the input, split into heads h of columns d.
#heads_x = affine_map<(b, t, h, d, i) -> (b, t, i)>
#heads_w = affine_map<(b, t, h, d, i) -> (h, d, i)>
#heads_out = affine_map<(b, t, h, d, i) -> (b, t, h, d)>
#merge_x = affine_map<(b, t, o, h, d) -> (b, t, h, d)>
#merge_w = affine_map<(b, t, o, h, d) -> (o, h, d)>
#merge_out = affine_map<(b, t, o, h, d) -> (b, t, o)>

// Scores of the query of token t and the key of token s.
#query = affine_map<(b, h, t, s, d) -> (b, t, h, d)>
#key = affine_map<(b, h, t, s, d) -> (b, s, h, d)>
#score = affine_map<(b, h, t, s, d) -> (b, h, t, s)>

#id4 = affine_map<(a, b, c, d) -> (a, b, c, d)>

// The row, divided by its root mean square and multiplied by a learned gain.
func.func private @rms_norm(%x: tensor<?x?x7168xbf16>, %gain: tensor<7168xf32>) -> tensor<?x?x7168xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 7168.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %batch = tensor.dim %x, %c0 : tensor<?x?x7168xbf16>
  %tokens = tensor.dim %x, %c1 : tensor<?x?x7168xbf16>

  %none = tensor.empty(%batch, %tokens) : tensor<?x?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x?xf32>) -> tensor<?x?xf32>
  %squares = linalg.generic {indexing_maps = [#row, #token], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<?x?x7168xbf16>) outs(%zeros : tensor<?x?xf32>) {
  ^bb0(%in: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<?x?xf32>

  %rows = tensor.empty(%batch, %tokens) : tensor<?x?x7168xbf16>
  %out = linalg.generic {indexing_maps = [#row, #token, #column, #row],
                         iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %squares, %gain : tensor<?x?x7168xbf16>, tensor<?x?xf32>, tensor<7168xf32>)
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
  return %out : tensor<?x?x7168xbf16>
}

// A linear map from rows to 8 heads of 32 columns.
func.func private @to_heads(%x: tensor<?x?x7168xbf16>, %w: tensor<8x32x7168xbf16>) -> tensor<?x?x8x32xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.011811391 : f32 // 1 / sqrt(7168)
  %batch = tensor.dim %x, %c0 : tensor<?x?x7168xbf16>
  %tokens = tensor.dim %x, %c1 : tensor<?x?x7168xbf16>

  %none = tensor.empty(%batch, %tokens) : tensor<?x?x8x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x?x8x32xf32>) -> tensor<?x?x8x32xf32>
  %sums = linalg.generic {indexing_maps = [#heads_x, #heads_w, #heads_out],
                          iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x?x7168xbf16>, tensor<8x32x7168xbf16>) outs(%zeros : tensor<?x?x8x32xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x?x8x32xf32>

  %heads = tensor.empty(%batch, %tokens) : tensor<?x?x8x32xbf16>
  %out = linalg.generic {indexing_maps = [#id4, #id4],
                         iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%sums : tensor<?x?x8x32xf32>) outs(%heads : tensor<?x?x8x32xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x?x8x32xbf16>
  return %out : tensor<?x?x8x32xbf16>
}

// F of the first connection: every token looks at itself and the tokens of its sequence before.
func.func private @attention(%y: tensor<?x?x7168xbf16>, %gain: tensor<7168xf32>,
                             %wq: tensor<8x32x7168xbf16>, %wk: tensor<8x32x7168xbf16>,
                             %wv: tensor<8x32x7168xbf16>, %wo: tensor<7168x8x32xbf16>) -> tensor<?x?x7168xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %minus_infinity = arith.constant 0xFF800000 : f32
  %temperature = arith.constant 0.17677669529663687 : f32 // 1 / sqrt(32)
  %scale = arith.constant 0.0625 : f32                    // 1 / sqrt(8 * 32)
  %batch = tensor.dim %y, %c0 : tensor<?x?x7168xbf16>
  %tokens = tensor.dim %y, %c1 : tensor<?x?x7168xbf16>

  %x = call @rms_norm(%y, %gain) : (tensor<?x?x7168xbf16>, tensor<7168xf32>) -> tensor<?x?x7168xbf16>
  %q = call @to_heads(%x, %wq) : (tensor<?x?x7168xbf16>, tensor<8x32x7168xbf16>) -> tensor<?x?x8x32xbf16>
  %k = call @to_heads(%x, %wk) : (tensor<?x?x7168xbf16>, tensor<8x32x7168xbf16>) -> tensor<?x?x8x32xbf16>
  %v = call @to_heads(%x, %wv) : (tensor<?x?x7168xbf16>, tensor<8x32x7168xbf16>) -> tensor<?x?x8x32xbf16>

  // How well token s answers token t, in every head.
  %no_scores = tensor.empty(%batch, %tokens, %tokens) : tensor<?x8x?x?xf32>
  %zero_scores = linalg.fill ins(%zero : f32) outs(%no_scores : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  %scores = linalg.generic {indexing_maps = [#query, #key, #score],
                            iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<?x?x8x32xbf16>, tensor<?x?x8x32xbf16>) outs(%zero_scores : tensor<?x8x?x?xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x8x?x?xf32>

  // No token sees one after it.
  %masked = linalg.generic {indexing_maps = [#id4, #id4],
                            iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%scores : tensor<?x8x?x?xf32>) outs(%no_scores : tensor<?x8x?x?xf32>) {
  ^bb0(%score: f32, %old: f32):
    %t = linalg.index 2 : index
    %s = linalg.index 3 : index
    %later = arith.cmpi ugt, %s, %t : index
    %scaled = arith.mulf %score, %temperature : f32
    %kept = arith.select %later, %minus_infinity, %scaled : f32
    linalg.yield %kept : f32
  } -> tensor<?x8x?x?xf32>
  %weights = linalg.softmax dimension(3) ins(%masked : tensor<?x8x?x?xf32>)
                 outs(%no_scores : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>

  %no_values = tensor.empty(%batch, %tokens) : tensor<?x?x8x32xf32>
  %zero_values = linalg.fill ins(%zero : f32) outs(%no_values : tensor<?x?x8x32xf32>) -> tensor<?x?x8x32xf32>
  %values = linalg.generic {indexing_maps = [#score, #key, #query],
                            iterator_types = ["parallel", "parallel", "parallel", "reduction", "parallel"]}
      ins(%weights, %v : tensor<?x8x?x?xf32>, tensor<?x?x8x32xbf16>) outs(%zero_values : tensor<?x?x8x32xf32>) {
  ^bb0(%p: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %p, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x?x8x32xf32>

  // The heads together make a row again.
  %none = tensor.empty(%batch, %tokens) : tensor<?x?x7168xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x?x7168xf32>) -> tensor<?x?x7168xf32>
  %sums = linalg.generic {indexing_maps = [#merge_x, #merge_w, #merge_out],
                          iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%values, %wo : tensor<?x?x8x32xf32>, tensor<7168x8x32xbf16>) outs(%zeros : tensor<?x?x7168xf32>) {
  ^bb0(%a: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %a, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x?x7168xf32>
  %rows = tensor.empty(%batch, %tokens) : tensor<?x?x7168xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%sums : tensor<?x?x7168xf32>) outs(%rows : tensor<?x?x7168xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x?x7168xbf16>
  return %f : tensor<?x?x7168xbf16>
}

// F of the second connection: w_down (silu(w_gate x) * (w_up x)).
func.func private @swiglu(%y: tensor<?x?x7168xbf16>, %gain: tensor<7168xf32>, %w_gate: tensor<512x7168xbf16>,
                          %w_up: tensor<512x7168xbf16>, %w_down: tensor<7168x512xbf16>) -> tensor<?x?x7168xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale_in = arith.constant 0.011811391 : f32  // 1 / sqrt(7168)
  %scale_out = arith.constant 0.044194174 : f32 // 1 / sqrt(512)
  %batch = tensor.dim %y, %c0 : tensor<?x?x7168xbf16>
  %tokens = tensor.dim %y, %c1 : tensor<?x?x7168xbf16>

  %x = call @rms_norm(%y, %gain) : (tensor<?x?x7168xbf16>, tensor<7168xf32>) -> tensor<?x?x7168xbf16>

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
  %rows = tensor.empty(%batch, %tokens) : tensor<?x?x7168xbf16>
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
                // The connection around the attention, and the attention.
                %phi_a: tensor<24x28672xf32>, %scale_a: tensor<3xf32>, %base_a: tensor<24xf32>,
                %gain_a: tensor<7168xf32>, %wq: tensor<8x32x7168xbf16>, %wk: tensor<8x32x7168xbf16>,
                %wv: tensor<8x32x7168xbf16>, %wo: tensor<7168x8x32xbf16>,
                // The connection around the feed-forward sublayer, and the sublayer.
                %phi_b: tensor<24x28672xf32>, %scale_b: tensor<3xf32>, %base_b: tensor<24xf32>,
                %gain_b: tensor<7168xf32>, %w_gate: tensor<512x7168xbf16>, %w_up: tensor<512x7168xbf16>,
                %w_down: tensor<7168x512xbf16>,
                // The head: as many rows of phi as streams, one scale.
                %phi_head: tensor<4x28672xf32>, %scale_head: tensor<1xf32>, %base_head: tensor<4xf32>)
    -> tensor<?x?x7168xbf16> {
  %mid = mhc.connection #v4 %x phi %phi_a scale %scale_a base %base_a
      : (tensor<?x?x4x7168xbf16>, tensor<24x28672xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x?x4x7168xbf16> sublayer(%y: tensor<?x?x7168xbf16>) {
    %f = func.call @attention(%y, %gain_a, %wq, %wk, %wv, %wo)
        : (tensor<?x?x7168xbf16>, tensor<7168xf32>, tensor<8x32x7168xbf16>, tensor<8x32x7168xbf16>,
           tensor<8x32x7168xbf16>, tensor<7168x8x32xbf16>) -> tensor<?x?x7168xbf16>
    mhc.yield %f : tensor<?x?x7168xbf16>
  }
  %out = mhc.connection #v4 %mid phi %phi_b scale %scale_b base %base_b
      : (tensor<?x?x4x7168xbf16>, tensor<24x28672xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x?x4x7168xbf16> sublayer(%y: tensor<?x?x7168xbf16>) {
    %f = func.call @swiglu(%y, %gain_b, %w_gate, %w_up, %w_down)
        : (tensor<?x?x7168xbf16>, tensor<7168xf32>, tensor<512x7168xbf16>, tensor<512x7168xbf16>,
           tensor<7168x512xbf16>) -> tensor<?x?x7168xbf16>
    mhc.yield %f : tensor<?x?x7168xbf16>
  }
  %last = mhc.head #v4 %out phi %phi_head scale %scale_head base %base_head
      : (tensor<?x?x4x7168xbf16>, tensor<4x28672xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x?x7168xbf16>
  return %last : tensor<?x?x7168xbf16>
}
