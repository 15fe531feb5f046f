func.func @rebuild(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>,
                   %pre: tensor<?x4xf32>) -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
  %s = mhc.pin stage %x : tensor<?x4x64xbf16>
  %g = mhc.pin given %f : tensor<?x64xbf16>
  %0 = mhc.recompute ins(%xa = %s : tensor<?x4x64xbf16>, %fa = %g : tensor<?x64xbf16>, %pa = %post : tensor<?x4xf32>,
                         %Ra = %R : tensor<?x4x4xf32>) -> (tensor<?x4x64xbf16>) {
    %1 = mhc.combine (%fa by %pa : tensor<?x64xbf16>, tensor<?x4xf32>),
                     (%xa by %Ra : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
    mhc.return %1 : tensor<?x4x64xbf16>
  }
  %2 = mhc.recompute fused ins(%xa = %0 : tensor<?x4x64xbf16>, %pa = %pre : tensor<?x4xf32>) -> (tensor<?x64xbf16>) {
    %1 = mhc.aggregate %xa, %pa : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %1 : tensor<?x64xbf16>
  }
  return %0, %2 : tensor<?x4x64xbf16>, tensor<?x64xbf16>
}
