func.func @logits(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>,
                  %w: tensor<256xf32>) -> tensor<?x24xf32> {
  %0 = mhc.project %x by %phi norm_weight %w precision tf32
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<256xf32>) -> tensor<?x24xf32>
  return %0 : tensor<?x24xf32>
}
