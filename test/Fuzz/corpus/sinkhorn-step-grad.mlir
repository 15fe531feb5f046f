func.func @half_gradient(%x: tensor<?x4x4xf32>, %d: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.sinkhorn_step_grad columns %x, %d {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}
