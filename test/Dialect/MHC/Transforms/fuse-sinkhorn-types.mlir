// RUN: mhc-opt %s --mhc-fuse-sinkhorn

// A softmax may turn dynamic sizes into static ones: the fused op cannot take its type from the last step and
// its logits from the softmax.

func.func @softmax_of_dynamic(%logits: tensor<?x4x4xf32>) -> tensor<8x4x4xf32> {
  %empty = tensor.empty() : tensor<8x4x4xf32>
  %start = linalg.softmax dimension(2) ins(%logits : tensor<?x4x4xf32>) outs(%empty : tensor<8x4x4xf32>) -> tensor<8x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<8x4x4xf32>
  return %0 : tensor<8x4x4xf32>
}
