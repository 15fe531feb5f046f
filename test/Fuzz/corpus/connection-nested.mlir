func.func @f(%x: tensor<8x1x4xf32>) -> tensor<8x1x4xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x
      : (tensor<8x1x4xf32>) -> tensor<8x1x4xf32> sublayer(%y: tensor<8x4xf32>) {
    %1 = mhc.connection #mhc.variant<residual> %y
        : (tensor<8x4xf32>) -> tensor<8x4xf32> sublayer(%z: tensor<8x4xf32>) {
      mhc.yield %z : tensor<8x4xf32>
    }
    mhc.yield %1 : tensor<8x4xf32>
  }
  return %0 : tensor<8x1x4xf32>
}
