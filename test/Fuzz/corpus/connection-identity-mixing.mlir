func.func @f(%x: tensor<3x2x4xf32>, %phi: tensor<4x8xf32>, %s: tensor<3xf32>, %b: tensor<4xf32>)
    -> tensor<3x2x4xf32> {
  %0 = mhc.connection #mhc.variant<mhc> %x phi %phi scale %s base %b
      : (tensor<3x2x4xf32>, tensor<4x8xf32>, tensor<3xf32>, tensor<4xf32>)
      -> tensor<3x2x4xf32> sublayer(%y: tensor<3x4xf32>) {
    mhc.yield %y : tensor<3x4xf32>
  }
  return %0 : tensor<3x2x4xf32>
}
