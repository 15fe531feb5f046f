func.func @identity(%x: tensor<8x1x64xf32>) -> tensor<8x1x64xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xf32>) {
    mhc.yield %y : tensor<8x64xf32>
  }
  return %out : tensor<8x1x64xf32>
}
