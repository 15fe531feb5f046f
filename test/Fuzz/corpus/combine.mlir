func.func @write(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>,
                 %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%x by %R transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>)
      -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}
