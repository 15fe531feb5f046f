func.func @f(%h: tensor<?x2x4xf32>, %s: tensor<3xf32>, %b: tensor<2x4xf32>)
    -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>) {
  %0:3 = mhc.gates #mhc.gates<activation = tanh> %h, %s, %b
      : (tensor<?x2x4xf32>, tensor<3xf32>, tensor<2x4xf32>)
      -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
  return %0#0, %0#1, %0#2 : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>
}
