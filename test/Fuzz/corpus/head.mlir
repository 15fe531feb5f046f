func.func @last(%x: tensor<2x?x4x64xbf16>, %phi: tensor<4x256xf32>,
                %scale: tensor<1xf32>, %base: tensor<4xf32>) -> tensor<2x?x64xbf16> {
  %y = mhc.head #mhc.variant<mhc, gates = <pre_eps = 1.0e-6>> %x
         phi %phi scale %scale base %base
      : (tensor<2x?x4x64xbf16>, tensor<4x256xf32>, tensor<1xf32>, tensor<4xf32>)
      -> tensor<2x?x64xbf16>
  return %y : tensor<2x?x64xbf16>
}
