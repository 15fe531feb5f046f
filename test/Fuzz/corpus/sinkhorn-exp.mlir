func.func @f(%l: tensor<2x0x3x3xf64>, %m: tensor<16x16xf32>) {
  %0 = mhc.sinkhorn <iterations = 0, eps = 0.0, start = exp, order = rows_columns> %l : tensor<2x0x3x3xf64>
  %1 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1000, eps = 4.9e-324, start = exp, order = columns_rows> %m : tensor<16x16xf32>
  %2 = mhc.sinkhorn_step rows %m {eps = 1.7976931348623157e+308 : f64} : tensor<16x16xf32>
  return
}
