func.func @back(%d: tensor<?x24xf32>, %phi: tensor<24x256xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.backproject %d by %phi
      : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}
