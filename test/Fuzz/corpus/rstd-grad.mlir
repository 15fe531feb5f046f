func.func @norm_gradient(%rstd: tensor<?xf32>, %d: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.rstd_grad %rstd, %d {count = 256 : i64} : tensor<?xf32>
  return %0 : tensor<?xf32>
}
