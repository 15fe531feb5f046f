func.func @products(%g: tensor<?x4x64xbf16>, %x: tensor<?x4x64xbf16>)
    -> (tensor<?x4x4xf32>, tensor<?xf32>) {
  %dR = mhc.inner %g, %x
      : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
  %squares = mhc.inner whole %x, %x
      : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
  return %dR, %squares : tensor<?x4x4xf32>, tensor<?xf32>
}
