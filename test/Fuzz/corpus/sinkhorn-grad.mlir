func.func @mix_gradient(%logits: tensor<?x4x4xf32>, %d: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.sinkhorn_grad #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits, %d
      : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}
