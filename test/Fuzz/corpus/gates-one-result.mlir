func.func @f(%h: tensor<5x4xf64>, %s: tensor<1xf64>, %b: tensor<4xf16>) -> tensor<5x4xf64> {
  %0 = mhc.gates <> %h, %s, %b
      : (tensor<5x4xf64>, tensor<1xf64>, tensor<4xf16>) -> tensor<5x4xf64>
  return %0 : tensor<5x4xf64>
}
