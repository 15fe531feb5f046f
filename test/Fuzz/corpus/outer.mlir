func.func @dphi(%d: tensor<?x24xf32>, %x: tensor<?x4x64xbf16>) -> tensor<24x256xf32> {
  %0 = mhc.outer %d by %x
      : (tensor<?x24xf32>, tensor<?x4x64xbf16>) -> tensor<24x256xf32>
  return %0 : tensor<24x256xf32>
}
