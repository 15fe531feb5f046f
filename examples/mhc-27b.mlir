//===- mhc-27b.mlir - One transformer block of the paper's 27B model -------===//
//
// An attention and a feed-forward sublayer, each inside a connection of its own,
// from rows to streams and back: the streams are copies of the embedded row, and
// their sum leaves. n = 4 streams of 2560 columns in bf16, the convention of the
// paper "mHC: Manifold-Constrained Hyper-Connections" (arXiv 2512.24880): the
// mixing matrix is stored [out, in], starts with exp, has no eps. The hidden width
// is that of its 27B model, which has 30 such layers between the copy and the sum.
//
// The sublayers are real programs, but small ones, so that a CPU runs them in
// seconds: the attention is plain causal multi-head attention over the tokens of
// the call, 8 heads of 32 columns, and the feed-forward sublayer has one squared
// ReLU and an inner width of 768, chosen for its shortness (the paper's is a
// mixture of experts). Linear maps are stored [out, in], multiply bf16 and add in
// f32.
//
// The connections have an RMSNorm weight, a number for each column of each stream:
// phi is multiplied by it and rounded to f32, which is part of what the op means.
// The gain of a sublayer's own RMSNorm is another weight.
//
// The numbers. The weights are given as random numbers of variance 1, so every
// linear map divides by the square root of its fan-in. h has a standard deviation
// of sqrt(4 * 2560) = 101 times the norm weight's 0.5; scale = 0.01 makes logits
// of about 0.5 of it. While all streams are equal, as in the first connection,
// mixing changes nothing but rounding: every row of the mixing matrix adds to one.
// What the first connection writes differs from stream to stream, so in the second
// one mixing matters.
//
// 16 tokens:
// ARGS: --arg random:1:16x2560
// ARGS: --arg random:2 --arg full:0.01 --arg random:3 --arg full:0.5 --arg full:1
// ARGS: --arg random:4 --arg random:5 --arg random:6 --arg random:7
// ARGS: --arg random:8 --arg full:0.01 --arg random:9 --arg full:0.5 --arg full:1
// ARGS: --arg random:10 --arg random:11
//
//===----------------------------------------------------------------------===//

#paper = #mhc.variant<mhc, layout = out_in, norm_eps = 1.0e-6, gates = <post_mult = 2.0>,
                      sinkhorn = <iterations = 20, eps = 0.0, start = exp>>

// A row of tokens and columns, and what belongs to its tokens or columns alone.
#row = affine_map<(t, c) -> (t, c)>
#token = affine_map<(t, c) -> (t)>
#column = affine_map<(t, c) -> (c)>

// A linear map of a row: out[t,o] = sum_i x[t,i] w[o,i].
#linear_x = affine_map<(t, o, i) -> (t, i)>
#linear_w = affine_map<(t, o, i) -> (o, i)>
#linear_out = affine_map<(t, o, i) -> (t, o)>

// The same with the output, or the input, split into heads h of columns d.
#heads_x = affine_map<(t, h, d, i) -> (t, i)>
#heads_w = affine_map<(t, h, d, i) -> (h, d, i)>
#heads_out = affine_map<(t, h, d, i) -> (t, h, d)>
#merge_x = affine_map<(t, o, h, d) -> (t, h, d)>
#merge_w = affine_map<(t, o, h, d) -> (o, h, d)>
#merge_out = affine_map<(t, o, h, d) -> (t, o)>

// Scores of the query of token t and the key of token s.
#query = affine_map<(h, t, s, d) -> (t, h, d)>
#key = affine_map<(h, t, s, d) -> (s, h, d)>
#score = affine_map<(h, t, s, d) -> (h, t, s)>

#id3 = affine_map<(a, b, c) -> (a, b, c)>

// The row, divided by its root mean square and multiplied by a learned gain.
func.func private @rms_norm(%x: tensor<?x2560xbf16>, %gain: tensor<2560xf32>) -> tensor<?x2560xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 2560.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x2560xbf16>

  %none = tensor.empty(%tokens) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?xf32>) -> tensor<?xf32>
  %squares = linalg.generic {indexing_maps = [#row, #token], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x2560xbf16>) outs(%zeros : tensor<?xf32>) {
  ^bb0(%in: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<?xf32>

  %rows = tensor.empty(%tokens) : tensor<?x2560xbf16>
  %out = linalg.generic {indexing_maps = [#row, #token, #column, #row], iterator_types = ["parallel", "parallel"]}
      ins(%x, %squares, %gain : tensor<?x2560xbf16>, tensor<?xf32>, tensor<2560xf32>)
      outs(%rows : tensor<?x2560xbf16>) {
  ^bb0(%in: bf16, %sum: f32, %g: f32, %old: bf16):
    %mean = arith.divf %sum, %count : f32
    %shifted = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %shifted : f32
    %wide = arith.extf %in : bf16 to f32
    %unit = arith.mulf %wide, %rstd : f32
    %scaled = arith.mulf %unit, %g : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x2560xbf16>
  return %out : tensor<?x2560xbf16>
}

// A linear map from rows to 8 heads of 32 columns.
func.func private @to_heads(%x: tensor<?x2560xbf16>, %w: tensor<8x32x2560xbf16>) -> tensor<?x8x32xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.019764235 : f32 // 1 / sqrt(2560)
  %tokens = tensor.dim %x, %c0 : tensor<?x2560xbf16>

  %none = tensor.empty(%tokens) : tensor<?x8x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x8x32xf32>) -> tensor<?x8x32xf32>
  %sums = linalg.generic {indexing_maps = [#heads_x, #heads_w, #heads_out],
                          iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x2560xbf16>, tensor<8x32x2560xbf16>) outs(%zeros : tensor<?x8x32xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x8x32xf32>

  %heads = tensor.empty(%tokens) : tensor<?x8x32xbf16>
  %out = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%sums : tensor<?x8x32xf32>) outs(%heads : tensor<?x8x32xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x8x32xbf16>
  return %out : tensor<?x8x32xbf16>
}

// F of the first connection: every token looks at itself and the tokens before.
func.func private @attention(%y: tensor<?x2560xbf16>, %gain: tensor<2560xf32>,
                             %wq: tensor<8x32x2560xbf16>, %wk: tensor<8x32x2560xbf16>,
                             %wv: tensor<8x32x2560xbf16>, %wo: tensor<2560x8x32xbf16>) -> tensor<?x2560xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %minus_infinity = arith.constant 0xFF800000 : f32
  %temperature = arith.constant 0.17677669529663687 : f32 // 1 / sqrt(32)
  %scale = arith.constant 0.0625 : f32                    // 1 / sqrt(8 * 32)
  %tokens = tensor.dim %y, %c0 : tensor<?x2560xbf16>

  %x = call @rms_norm(%y, %gain) : (tensor<?x2560xbf16>, tensor<2560xf32>) -> tensor<?x2560xbf16>
  %q = call @to_heads(%x, %wq) : (tensor<?x2560xbf16>, tensor<8x32x2560xbf16>) -> tensor<?x8x32xbf16>
  %k = call @to_heads(%x, %wk) : (tensor<?x2560xbf16>, tensor<8x32x2560xbf16>) -> tensor<?x8x32xbf16>
  %v = call @to_heads(%x, %wv) : (tensor<?x2560xbf16>, tensor<8x32x2560xbf16>) -> tensor<?x8x32xbf16>

  // How well token s answers token t, in every head.
  %no_scores = tensor.empty(%tokens, %tokens) : tensor<8x?x?xf32>
  %zero_scores = linalg.fill ins(%zero : f32) outs(%no_scores : tensor<8x?x?xf32>) -> tensor<8x?x?xf32>
  %scores = linalg.generic {indexing_maps = [#query, #key, #score],
                            iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<?x8x32xbf16>, tensor<?x8x32xbf16>) outs(%zero_scores : tensor<8x?x?xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<8x?x?xf32>

  // No token sees one after it.
  %masked = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%scores : tensor<8x?x?xf32>) outs(%no_scores : tensor<8x?x?xf32>) {
  ^bb0(%score: f32, %old: f32):
    %t = linalg.index 1 : index
    %s = linalg.index 2 : index
    %later = arith.cmpi ugt, %s, %t : index
    %scaled = arith.mulf %score, %temperature : f32
    %kept = arith.select %later, %minus_infinity, %scaled : f32
    linalg.yield %kept : f32
  } -> tensor<8x?x?xf32>
  %weights = linalg.softmax dimension(2) ins(%masked : tensor<8x?x?xf32>)
                 outs(%no_scores : tensor<8x?x?xf32>) -> tensor<8x?x?xf32>

  %no_values = tensor.empty(%tokens) : tensor<?x8x32xf32>
  %zero_values = linalg.fill ins(%zero : f32) outs(%no_values : tensor<?x8x32xf32>) -> tensor<?x8x32xf32>
  %values = linalg.generic {indexing_maps = [#score, #key, #query],
                            iterator_types = ["parallel", "parallel", "reduction", "parallel"]}
      ins(%weights, %v : tensor<8x?x?xf32>, tensor<?x8x32xbf16>) outs(%zero_values : tensor<?x8x32xf32>) {
  ^bb0(%p: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %p, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x8x32xf32>

  // The heads together make a row again.
  %none = tensor.empty(%tokens) : tensor<?x2560xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x2560xf32>) -> tensor<?x2560xf32>
  %sums = linalg.generic {indexing_maps = [#merge_x, #merge_w, #merge_out],
                          iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%values, %wo : tensor<?x8x32xf32>, tensor<2560x8x32xbf16>) outs(%zeros : tensor<?x2560xf32>) {
  ^bb0(%a: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %a, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x2560xf32>
  %rows = tensor.empty(%tokens) : tensor<?x2560xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%sums : tensor<?x2560xf32>) outs(%rows : tensor<?x2560xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x2560xbf16>
  return %f : tensor<?x2560xbf16>
}

// F of the second connection: w_down relu(w_up x)^2.
func.func private @feed_forward(%y: tensor<?x2560xbf16>, %gain: tensor<2560xf32>,
                                %w_up: tensor<768x2560xbf16>, %w_down: tensor<2560x768xbf16>) -> tensor<?x2560xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %scale_in = arith.constant 0.019764235 : f32  // 1 / sqrt(2560)
  %scale_out = arith.constant 0.036084392 : f32 // 1 / sqrt(768)
  %tokens = tensor.dim %y, %c0 : tensor<?x2560xbf16>

  %x = call @rms_norm(%y, %gain) : (tensor<?x2560xbf16>, tensor<2560xf32>) -> tensor<?x2560xbf16>

  %no_inner = tensor.empty(%tokens) : tensor<?x768xf32>
  %zero_inner = linalg.fill ins(%zero : f32) outs(%no_inner : tensor<?x768xf32>) -> tensor<?x768xf32>
  %up = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%x, %w_up : tensor<?x2560xbf16>, tensor<768x2560xbf16>)
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

func.func @block(%embedded: tensor<?x2560xbf16>,
                 // The connection around the attention, and the attention.
                 %phi_a: tensor<24x10240xf32>, %scale_a: tensor<3xf32>, %base_a: tensor<24xf32>,
                 %norm_weight_a: tensor<10240xf32>,
                 %gain_a: tensor<2560xf32>, %wq: tensor<8x32x2560xbf16>, %wk: tensor<8x32x2560xbf16>,
                 %wv: tensor<8x32x2560xbf16>, %wo: tensor<2560x8x32xbf16>,
                 // The connection around the feed-forward sublayer, and the sublayer.
                 %phi_b: tensor<24x10240xf32>, %scale_b: tensor<3xf32>, %base_b: tensor<24xf32>,
                 %norm_weight_b: tensor<10240xf32>,
                 %gain_b: tensor<2560xf32>, %w_up: tensor<768x2560xbf16>,
                 %w_down: tensor<2560x768xbf16>) -> tensor<?x2560xbf16> {
  %x = mhc.expand %embedded : tensor<?x2560xbf16> to tensor<?x4x2560xbf16>
  %mid = mhc.connection #paper %x phi %phi_a scale %scale_a base %base_a norm_weight %norm_weight_a
      : (tensor<?x4x2560xbf16>, tensor<24x10240xf32>, tensor<3xf32>, tensor<24xf32>, tensor<10240xf32>)
      -> tensor<?x4x2560xbf16> sublayer(%y: tensor<?x2560xbf16>) {
    %f = func.call @attention(%y, %gain_a, %wq, %wk, %wv, %wo)
        : (tensor<?x2560xbf16>, tensor<2560xf32>, tensor<8x32x2560xbf16>, tensor<8x32x2560xbf16>,
           tensor<8x32x2560xbf16>, tensor<2560x8x32xbf16>) -> tensor<?x2560xbf16>
    mhc.yield %f : tensor<?x2560xbf16>
  }
  %out = mhc.connection #paper %mid phi %phi_b scale %scale_b base %base_b norm_weight %norm_weight_b
      : (tensor<?x4x2560xbf16>, tensor<24x10240xf32>, tensor<3xf32>, tensor<24xf32>, tensor<10240xf32>)
      -> tensor<?x4x2560xbf16> sublayer(%y: tensor<?x2560xbf16>) {
    %f = func.call @feed_forward(%y, %gain_b, %w_up, %w_down)
        : (tensor<?x2560xbf16>, tensor<2560xf32>, tensor<768x2560xbf16>, tensor<2560x768xbf16>)
        -> tensor<?x2560xbf16>
    mhc.yield %f : tensor<?x2560xbf16>
  }
  %last = mhc.reduce_streams sum %out : tensor<?x4x2560xbf16> to tensor<?x2560xbf16>
  return %last : tensor<?x2560xbf16>
}
