#hc = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5, precision = tf32>
func.func @f(%x: tensor<?x2x8xbf16>, %phi: tensor<4x8xf32>, %s: tensor<3xf32>, %b: tensor<2x4xf32>,
             %w: tensor<8xf16>) -> tensor<?x2x8xf32> {
  %0 = mhc.connection #hc %x phi %phi scale %s base %b norm_weight %w
      : (tensor<?x2x8xbf16>, tensor<4x8xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<8xf16>)
      -> tensor<?x2x8xf32> sublayer(%y: tensor<?x8xf16>) {
    mhc.yield %y : tensor<?x8xf16>
  }
  return %0 : tensor<?x2x8xf32>
}
