func.func @norm(%squares: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  return %0 : tensor<?xf32>
}
