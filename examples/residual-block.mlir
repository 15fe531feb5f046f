//===- residual-block.mlir - What hyper-connections replace ----------------===//
//
// A residual connection, x + F(x), written as a connection of kind residual: one
// stream, whose dimension may be absent, and no coefficients. 1024 columns in
// bf16, any number of tokens; the width is that of no model in particular.
//
// F is a short convolution over the tokens (each token, and the two before it,
// times a weight for each column) and then a SiLU: a sublayer that looks at
// other tokens.
//
// The numbers. Inputs and weights are random numbers of variance 1; the sum of
// three products divides by sqrt(3).
//
// 64 tokens:
// ARGS: --arg random:1:64x1024 --arg random:2
//
//===----------------------------------------------------------------------===//

#residual = #mhc.variant<residual>

#row = affine_map<(t, c) -> (t, c)>

func.func private @convolution(%y: tensor<?x1024xbf16>, %w: tensor<3x1024xf32>) -> tensor<?x1024xbf16> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %zero_row = arith.constant 0.0 : bf16
  %zero = arith.constant 0.0 : f32
  %one = arith.constant 1.0 : f32
  %scale = arith.constant 0.57735027 : f32 // 1 / sqrt(3)
  %tokens = tensor.dim %y, %c0 : tensor<?x1024xbf16>

  // Two rows of zeros stand before the first token.
  %padded = tensor.pad %y low[%c2, %c0] high[%c0, %c0] {
  ^bb0(%t: index, %c: index):
    tensor.yield %zero_row : bf16
  } : tensor<?x1024xbf16> to tensor<?x1024xbf16>

  %none = tensor.empty(%tokens) : tensor<?x1024xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?x1024xf32>) -> tensor<?x1024xf32>
  %sums = linalg.generic {indexing_maps = [affine_map<(t, c, k) -> (t + k, c)>, affine_map<(t, c, k) -> (k, c)>,
                                           affine_map<(t, c, k) -> (t, c)>],
                          iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%padded, %w : tensor<?x1024xbf16>, tensor<3x1024xf32>) outs(%zeros : tensor<?x1024xf32>) {
  ^bb0(%in: bf16, %weight: f32, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %product = arith.mulf %wide, %weight : f32
    %next = arith.addf %sum, %product : f32
    linalg.yield %next : f32
  } -> tensor<?x1024xf32>

  %rows = tensor.empty(%tokens) : tensor<?x1024xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%sums : tensor<?x1024xf32>) outs(%rows : tensor<?x1024xbf16>) {
  ^bb0(%sum: f32, %old: bf16):
    %a = arith.mulf %sum, %scale : f32
    %minus_a = arith.negf %a : f32
    %e = math.exp %minus_a : f32
    %below = arith.addf %e, %one : f32
    %silu = arith.divf %a, %below : f32
    %narrow = arith.truncf %silu : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x1024xbf16>
  return %f : tensor<?x1024xbf16>
}

func.func @block(%x: tensor<?x1024xbf16>, %w: tensor<3x1024xf32>) -> tensor<?x1024xbf16> {
  %out = mhc.connection #residual %x
      : (tensor<?x1024xbf16>) -> tensor<?x1024xbf16> sublayer(%y: tensor<?x1024xbf16>) {
    %f = func.call @convolution(%y, %w) : (tensor<?x1024xbf16>, tensor<3x1024xf32>) -> tensor<?x1024xbf16>
    mhc.yield %f : tensor<?x1024xbf16>
  }
  return %out : tensor<?x1024xbf16>
}
