#v4 = #mhc.variant<mhc, layout = in_out,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
func.func private @attention(tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @layer(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>,
                 %scale: tensor<3xf32>, %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @attention(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}
