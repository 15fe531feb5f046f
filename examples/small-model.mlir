//===- small-model.mlir - A whole model, from token ids to logits ----------===//
//
// Embedding, 4 streams, 3 layers of two connections each (causal attention, then
// a SwiGLU), a head that reads one row from the streams, a last RMSNorm, and the
// logits of a vocabulary of 64. 32 columns in bf16, 4 heads of 8 columns, inner
// width 48, V4's convention (#v4), one sequence of any length up to 128 tokens.
// The sizes are no model's: they are small enough to be computed by hand in any
// other language, which is what the tests do.
//
// The layers share the private functions below; their weights are stacked, layer
// by layer, in tensors whose first dimension is the layer. Linear maps are stored
// [out, in], multiply bf16 and add in f32. A learned embedding of the position is
// added to that of the token. A token id outside the vocabulary is an error at run
// time.
//
// The numbers. The weights are given as random numbers of variance 1, so every
// linear map divides by the square root of its fan-in, as an initialisation
// would. h has a standard deviation of sqrt(4 * 32) = 11, which scale = 0.1
// brings to logits of about 1.1. The result are the logits of the next token, in
// f32, of variance about 1.
//
// The same token 12 times (.npy files give others):
// ARGS: --arg full:7:12 --arg random:1 --arg random:2
// ARGS: --arg random:3 --arg full:0.1 --arg random:4 --arg full:1 --arg random:5 --arg random:6
// ARGS: --arg random:7 --arg full:0.1 --arg random:8 --arg full:1 --arg random:9 --arg random:10
// ARGS: --arg random:11 --arg full:0.1 --arg random:12 --arg full:1 --arg random:13
//
//===----------------------------------------------------------------------===//

#v4 = #mhc.variant<mhc, layout = in_out, norm_eps = 1.0e-6,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

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

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

// The row of the token plus that of its position.
func.func private @embed(%ids: tensor<?xi64>, %tokens: tensor<64x32xbf16>,
                         %positions: tensor<128x32xbf16>) -> tensor<?x32xbf16> {
  %c0 = arith.constant 0 : index
  %count = tensor.dim %ids, %c0 : tensor<?xi64>
  %rows = tensor.empty(%count) : tensor<?x32xbf16>
  %out = linalg.generic {indexing_maps = [#token, #row], iterator_types = ["parallel", "parallel"]}
      ins(%ids : tensor<?xi64>) outs(%rows : tensor<?x32xbf16>) {
  ^bb0(%id: i64, %old: bf16):
    %t = linalg.index 0 : index
    %c = linalg.index 1 : index
    %i = arith.index_cast %id : i64 to index
    %a = tensor.extract %tokens[%i, %c] : tensor<64x32xbf16>
    %b = tensor.extract %positions[%t, %c] : tensor<128x32xbf16>
    %wide_a = arith.extf %a : bf16 to f32
    %wide_b = arith.extf %b : bf16 to f32
    %sum = arith.addf %wide_a, %wide_b : f32
    %narrow = arith.truncf %sum : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x32xbf16>
  return %out : tensor<?x32xbf16>
}

// The row, divided by its root mean square and multiplied by a learned gain.
func.func private @rms_norm(%x: tensor<?x32xbf16>, %gain: tensor<32xf32>) -> tensor<?x32xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 32.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x32xbf16>

  %none = tensor.empty(%tokens) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?xf32>) -> tensor<?xf32>
  %squares = linalg.generic {indexing_maps = [#row, #token], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x32xbf16>) outs(%zeros : tensor<?xf32>) {
  ^bb0(%in: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<?xf32>

  %rows = tensor.empty(%tokens) : tensor<?x32xbf16>
  %out = linalg.generic {indexing_maps = [#row, #token, #column, #row], iterator_types = ["parallel", "parallel"]}
      ins(%x, %squares, %gain : tensor<?x32xbf16>, tensor<?xf32>, tensor<32xf32>)
      outs(%rows : tensor<?x32xbf16>) {
  ^bb0(%in: bf16, %sum: f32, %g: f32, %old: bf16):
    %mean = arith.divf %sum, %count : f32
    %shifted = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %shifted : f32
    %wide = arith.extf %in : bf16 to f32
    %unit = arith.mulf %wide, %rstd : f32
    %scaled = arith.mulf %unit, %g : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x32xbf16>
  return %out : tensor<?x32xbf16>
}

// Sums of a linear map, scaled and rounded to a row.
func.func private @to_row(%sums: tensor<?x32xf32>, %scale: f32) -> tensor<?x32xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %sums, %c0 : tensor<?x32xf32>
  %rows = tensor.empty(%tokens) : tensor<?x32xbf16>
  %out = linalg.generic {indexing_maps = [#row, affine_map<(t, c) -> ()>, #row],
                         iterator_types = ["parallel", "parallel"]}
      ins(%sums, %scale : tensor<?x32xf32>, f32) outs(%rows : tensor<?x32xbf16>) {
  ^bb0(%sum: f32, %s: f32, %old: bf16):
    %scaled = arith.mulf %sum, %s : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x32xbf16>
  return %out : tensor<?x32xbf16>
}

// A linear map from rows to 4 heads of 8 columns.
func.func private @to_heads(%x: tensor<?x32xbf16>, %w: tensor<4x8x32xbf16>) -> tensor<?x4x8xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %scale = arith.constant 0.17677669529663687 : f32 // 1 / sqrt(32)
  %tokens = tensor.dim %x, %c0 : tensor<?x32xbf16>

  %none = tensor.empty(%tokens) : tensor<?x4x8xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x4x8xf32>) -> tensor<?x4x8xf32>
  %sums = linalg.generic {indexing_maps = [#heads_x, #heads_w, #heads_out],
                          iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<?x32xbf16>, tensor<4x8x32xbf16>) outs(%zeros : tensor<?x4x8xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x4x8xf32>

  %heads = tensor.empty(%tokens) : tensor<?x4x8xbf16>
  %out = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%sums : tensor<?x4x8xf32>) outs(%heads : tensor<?x4x8xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %scaled = arith.mulf %sum, %scale : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x4x8xbf16>
  return %out : tensor<?x4x8xbf16>
}

//===----------------------------------------------------------------------===//
// Sublayers
//===----------------------------------------------------------------------===//

// Every token looks at itself and the tokens before, in 4 heads. w holds the maps
// to queries, keys and values.
func.func private @attention(%y: tensor<?x32xbf16>, %gain: tensor<32xf32>, %w: tensor<3x4x8x32xbf16>,
                             %w_out: tensor<32x4x8xbf16>) -> tensor<?x32xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %minus_infinity = arith.constant 0xFF800000 : f32
  %temperature = arith.constant 0.35355339059327379 : f32 // 1 / sqrt(8)
  %scale = arith.constant 0.17677669529663687 : f32       // 1 / sqrt(4 * 8)
  %tokens = tensor.dim %y, %c0 : tensor<?x32xbf16>

  %wq = tensor.extract_slice %w[0, 0, 0, 0] [1, 4, 8, 32] [1, 1, 1, 1]
      : tensor<3x4x8x32xbf16> to tensor<4x8x32xbf16>
  %wk = tensor.extract_slice %w[1, 0, 0, 0] [1, 4, 8, 32] [1, 1, 1, 1]
      : tensor<3x4x8x32xbf16> to tensor<4x8x32xbf16>
  %wv = tensor.extract_slice %w[2, 0, 0, 0] [1, 4, 8, 32] [1, 1, 1, 1]
      : tensor<3x4x8x32xbf16> to tensor<4x8x32xbf16>
  %x = call @rms_norm(%y, %gain) : (tensor<?x32xbf16>, tensor<32xf32>) -> tensor<?x32xbf16>
  %q = call @to_heads(%x, %wq) : (tensor<?x32xbf16>, tensor<4x8x32xbf16>) -> tensor<?x4x8xbf16>
  %k = call @to_heads(%x, %wk) : (tensor<?x32xbf16>, tensor<4x8x32xbf16>) -> tensor<?x4x8xbf16>
  %v = call @to_heads(%x, %wv) : (tensor<?x32xbf16>, tensor<4x8x32xbf16>) -> tensor<?x4x8xbf16>

  // How well token s answers token t, in every head; no token sees one after it.
  %no_scores = tensor.empty(%tokens, %tokens) : tensor<4x?x?xf32>
  %zero_scores = linalg.fill ins(%zero : f32) outs(%no_scores : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>
  %scores = linalg.generic {indexing_maps = [#query, #key, #score],
                            iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
      ins(%q, %k : tensor<?x4x8xbf16>, tensor<?x4x8xbf16>) outs(%zero_scores : tensor<4x?x?xf32>) {
  ^bb0(%a: bf16, %b: bf16, %sum: f32):
    %wa = arith.extf %a : bf16 to f32
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %wa, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<4x?x?xf32>
  %masked = linalg.generic {indexing_maps = [#id3, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%scores : tensor<4x?x?xf32>) outs(%no_scores : tensor<4x?x?xf32>) {
  ^bb0(%score: f32, %old: f32):
    %t = linalg.index 1 : index
    %s = linalg.index 2 : index
    %later = arith.cmpi ugt, %s, %t : index
    %scaled = arith.mulf %score, %temperature : f32
    %kept = arith.select %later, %minus_infinity, %scaled : f32
    linalg.yield %kept : f32
  } -> tensor<4x?x?xf32>
  %weights = linalg.softmax dimension(2) ins(%masked : tensor<4x?x?xf32>)
                 outs(%no_scores : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>

  %no_values = tensor.empty(%tokens) : tensor<?x4x8xf32>
  %zero_values = linalg.fill ins(%zero : f32) outs(%no_values : tensor<?x4x8xf32>) -> tensor<?x4x8xf32>
  %values = linalg.generic {indexing_maps = [#score, #key, #query],
                            iterator_types = ["parallel", "parallel", "reduction", "parallel"]}
      ins(%weights, %v : tensor<4x?x?xf32>, tensor<?x4x8xbf16>) outs(%zero_values : tensor<?x4x8xf32>) {
  ^bb0(%p: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %p, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x4x8xf32>

  // The heads together make a row again.
  %none = tensor.empty(%tokens) : tensor<?x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x32xf32>) -> tensor<?x32xf32>
  %sums = linalg.generic {indexing_maps = [#merge_x, #merge_w, #merge_out],
                          iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%values, %w_out : tensor<?x4x8xf32>, tensor<32x4x8xbf16>) outs(%zeros : tensor<?x32xf32>) {
  ^bb0(%a: f32, %b: bf16, %sum: f32):
    %wb = arith.extf %b : bf16 to f32
    %product = arith.mulf %a, %wb : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x32xf32>
  %f = call @to_row(%sums, %scale) : (tensor<?x32xf32>, f32) -> tensor<?x32xbf16>
  return %f : tensor<?x32xbf16>
}

// w_out (silu(w0 x) * (w1 x)).
func.func private @swiglu(%y: tensor<?x32xbf16>, %gain: tensor<32xf32>, %w: tensor<2x48x32xbf16>,
                          %w_out: tensor<32x48xbf16>) -> tensor<?x32xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale_in = arith.constant 0.17677669529663687 : f32  // 1 / sqrt(32)
  %scale_out = arith.constant 0.14433756729740643 : f32 // 1 / sqrt(48)
  %tokens = tensor.dim %y, %c0 : tensor<?x32xbf16>

  %w_gate = tensor.extract_slice %w[0, 0, 0] [1, 48, 32] [1, 1, 1] : tensor<2x48x32xbf16> to tensor<48x32xbf16>
  %w_up = tensor.extract_slice %w[1, 0, 0] [1, 48, 32] [1, 1, 1] : tensor<2x48x32xbf16> to tensor<48x32xbf16>
  %x = call @rms_norm(%y, %gain) : (tensor<?x32xbf16>, tensor<32xf32>) -> tensor<?x32xbf16>

  %no_inner = tensor.empty(%tokens) : tensor<?x48xf32>
  %zero_inner = linalg.fill ins(%zero : f32) outs(%no_inner : tensor<?x48xf32>) -> tensor<?x48xf32>
  %gate = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%x, %w_gate : tensor<?x32xbf16>, tensor<48x32xbf16>)
      outs(%zero_inner : tensor<?x48xf32>) -> tensor<?x48xf32>
  %up = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%x, %w_up : tensor<?x32xbf16>, tensor<48x32xbf16>)
      outs(%zero_inner : tensor<?x48xf32>) -> tensor<?x48xf32>
  %inner_rows = tensor.empty(%tokens) : tensor<?x48xbf16>
  %inner = linalg.generic {indexing_maps = [#row, #row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%gate, %up : tensor<?x48xf32>, tensor<?x48xf32>) outs(%inner_rows : tensor<?x48xbf16>) {
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
  } -> tensor<?x48xbf16>

  %none = tensor.empty(%tokens) : tensor<?x32xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x32xf32>) -> tensor<?x32xf32>
  %sums = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%inner, %w_out : tensor<?x48xbf16>, tensor<32x48xbf16>)
      outs(%zeros : tensor<?x32xf32>) -> tensor<?x32xf32>
  %f = call @to_row(%sums, %scale_out) : (tensor<?x32xf32>, f32) -> tensor<?x32xbf16>
  return %f : tensor<?x32xbf16>
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

// Layer number %layer: its weights are cut from the stacks.
func.func private @layer(%layer: index, %x: tensor<?x4x32xbf16>,
                         %phis_a: tensor<3x24x128xf32>, %scales_a: tensor<3x3xf32>, %bases_a: tensor<3x24xf32>,
                         %gains_a: tensor<3x32xf32>, %ws_a: tensor<3x3x4x8x32xbf16>, %ws_out_a: tensor<3x32x4x8xbf16>,
                         %phis_b: tensor<3x24x128xf32>, %scales_b: tensor<3x3xf32>, %bases_b: tensor<3x24xf32>,
                         %gains_b: tensor<3x32xf32>, %ws_b: tensor<3x2x48x32xbf16>, %ws_out_b: tensor<3x32x48xbf16>)
    -> tensor<?x4x32xbf16> {
  %phi_a = tensor.extract_slice %phis_a[%layer, 0, 0] [1, 24, 128] [1, 1, 1]
      : tensor<3x24x128xf32> to tensor<24x128xf32>
  %scale_a = tensor.extract_slice %scales_a[%layer, 0] [1, 3] [1, 1] : tensor<3x3xf32> to tensor<3xf32>
  %base_a = tensor.extract_slice %bases_a[%layer, 0] [1, 24] [1, 1] : tensor<3x24xf32> to tensor<24xf32>
  %gain_a = tensor.extract_slice %gains_a[%layer, 0] [1, 32] [1, 1] : tensor<3x32xf32> to tensor<32xf32>
  %w_a = tensor.extract_slice %ws_a[%layer, 0, 0, 0, 0] [1, 3, 4, 8, 32] [1, 1, 1, 1, 1]
      : tensor<3x3x4x8x32xbf16> to tensor<3x4x8x32xbf16>
  %w_out_a = tensor.extract_slice %ws_out_a[%layer, 0, 0, 0] [1, 32, 4, 8] [1, 1, 1, 1]
      : tensor<3x32x4x8xbf16> to tensor<32x4x8xbf16>
  %phi_b = tensor.extract_slice %phis_b[%layer, 0, 0] [1, 24, 128] [1, 1, 1]
      : tensor<3x24x128xf32> to tensor<24x128xf32>
  %scale_b = tensor.extract_slice %scales_b[%layer, 0] [1, 3] [1, 1] : tensor<3x3xf32> to tensor<3xf32>
  %base_b = tensor.extract_slice %bases_b[%layer, 0] [1, 24] [1, 1] : tensor<3x24xf32> to tensor<24xf32>
  %gain_b = tensor.extract_slice %gains_b[%layer, 0] [1, 32] [1, 1] : tensor<3x32xf32> to tensor<32xf32>
  %w_b = tensor.extract_slice %ws_b[%layer, 0, 0, 0] [1, 2, 48, 32] [1, 1, 1, 1]
      : tensor<3x2x48x32xbf16> to tensor<2x48x32xbf16>
  %w_out_b = tensor.extract_slice %ws_out_b[%layer, 0, 0] [1, 32, 48] [1, 1, 1]
      : tensor<3x32x48xbf16> to tensor<32x48xbf16>

  %mid = mhc.connection #v4 %x phi %phi_a scale %scale_a base %base_a
      : (tensor<?x4x32xbf16>, tensor<24x128xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x32xbf16> sublayer(%y: tensor<?x32xbf16>) {
    %f = func.call @attention(%y, %gain_a, %w_a, %w_out_a)
        : (tensor<?x32xbf16>, tensor<32xf32>, tensor<3x4x8x32xbf16>, tensor<32x4x8xbf16>) -> tensor<?x32xbf16>
    mhc.yield %f : tensor<?x32xbf16>
  }
  %out = mhc.connection #v4 %mid phi %phi_b scale %scale_b base %base_b
      : (tensor<?x4x32xbf16>, tensor<24x128xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x32xbf16> sublayer(%y: tensor<?x32xbf16>) {
    %f = func.call @swiglu(%y, %gain_b, %w_b, %w_out_b)
        : (tensor<?x32xbf16>, tensor<32xf32>, tensor<2x48x32xbf16>, tensor<32x48xbf16>) -> tensor<?x32xbf16>
    mhc.yield %f : tensor<?x32xbf16>
  }
  return %out : tensor<?x4x32xbf16>
}

func.func @model(%ids: tensor<?xi64>, %tokens: tensor<64x32xbf16>, %positions: tensor<128x32xbf16>,
                 // Of every layer: the connection around the attention, and the attention.
                 %phi_a: tensor<3x24x128xf32>, %scale_a: tensor<3x3xf32>, %base_a: tensor<3x24xf32>,
                 %gain_a: tensor<3x32xf32>, %w_a: tensor<3x3x4x8x32xbf16>, %w_out_a: tensor<3x32x4x8xbf16>,
                 // Of every layer: the connection around the SwiGLU, and the SwiGLU.
                 %phi_b: tensor<3x24x128xf32>, %scale_b: tensor<3x3xf32>, %base_b: tensor<3x24xf32>,
                 %gain_b: tensor<3x32xf32>, %w_b: tensor<3x2x48x32xbf16>, %w_out_b: tensor<3x32x48xbf16>,
                 // The head, the last norm, the map to logits.
                 %phi_head: tensor<4x128xf32>, %scale_head: tensor<1xf32>, %base_head: tensor<4xf32>,
                 %gain: tensor<32xf32>, %w_logits: tensor<64x32xbf16>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %zero = arith.constant 0.0 : f32
  %count = tensor.dim %ids, %c0 : tensor<?xi64>

  %row = call @embed(%ids, %tokens, %positions)
      : (tensor<?xi64>, tensor<64x32xbf16>, tensor<128x32xbf16>) -> tensor<?x32xbf16>
  %x0 = mhc.expand %row : tensor<?x32xbf16> to tensor<?x4x32xbf16>
  %x1 = call @layer(%c0, %x0, %phi_a, %scale_a, %base_a, %gain_a, %w_a, %w_out_a,
                    %phi_b, %scale_b, %base_b, %gain_b, %w_b, %w_out_b)
      : (index, tensor<?x4x32xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>, tensor<3x24xf32>, tensor<3x32xf32>,
         tensor<3x3x4x8x32xbf16>, tensor<3x32x4x8xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>,
         tensor<3x24xf32>, tensor<3x32xf32>, tensor<3x2x48x32xbf16>, tensor<3x32x48xbf16>) -> tensor<?x4x32xbf16>
  %x2 = call @layer(%c1, %x1, %phi_a, %scale_a, %base_a, %gain_a, %w_a, %w_out_a,
                    %phi_b, %scale_b, %base_b, %gain_b, %w_b, %w_out_b)
      : (index, tensor<?x4x32xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>, tensor<3x24xf32>, tensor<3x32xf32>,
         tensor<3x3x4x8x32xbf16>, tensor<3x32x4x8xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>,
         tensor<3x24xf32>, tensor<3x32xf32>, tensor<3x2x48x32xbf16>, tensor<3x32x48xbf16>) -> tensor<?x4x32xbf16>
  %x3 = call @layer(%c2, %x2, %phi_a, %scale_a, %base_a, %gain_a, %w_a, %w_out_a,
                    %phi_b, %scale_b, %base_b, %gain_b, %w_b, %w_out_b)
      : (index, tensor<?x4x32xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>, tensor<3x24xf32>, tensor<3x32xf32>,
         tensor<3x3x4x8x32xbf16>, tensor<3x32x4x8xbf16>, tensor<3x24x128xf32>, tensor<3x3xf32>,
         tensor<3x24xf32>, tensor<3x32xf32>, tensor<3x2x48x32xbf16>, tensor<3x32x48xbf16>) -> tensor<?x4x32xbf16>
  %last = mhc.head #v4 %x3 phi %phi_head scale %scale_head base %base_head
      : (tensor<?x4x32xbf16>, tensor<4x128xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x32xbf16>
  %normed = call @rms_norm(%last, %gain) : (tensor<?x32xbf16>, tensor<32xf32>) -> tensor<?x32xbf16>

  %none = tensor.empty(%count) : tensor<?x64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x64xf32>) -> tensor<?x64xf32>
  %sums = linalg.matmul indexing_maps = [#linear_x, #linear_w, #linear_out]
      ins(%normed, %w_logits : tensor<?x32xbf16>, tensor<64x32xbf16>)
      outs(%zeros : tensor<?x64xf32>) -> tensor<?x64xf32>
  %logits = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%sums : tensor<?x64xf32>) outs(%none : tensor<?x64xf32>) {
  ^bb0(%sum: f32, %old: f32):
    %scale = arith.constant 0.17677669529663687 : f32 // 1 / sqrt(32)
    %scaled = arith.mulf %sum, %scale : f32
    linalg.yield %scaled : f32
  } -> tensor<?x64xf32>
  return %logits : tensor<?x64xf32>
}
