func.func @f(%x: tensor<?x4x8xf16>, %phi: tensor<6x8xbf16>, %w: tensor<8xf32>) {
  %h = mhc.project each %x by %phi norm_weight %w precision bf16x2
      : (tensor<?x4x8xf16>, tensor<6x8xbf16>, tensor<8xf32>) -> tensor<?x4x6xf32>
  %r = mhc.backproject each %h by %phi norm_weight %w precision f32
      : (tensor<?x4x6xf32>, tensor<6x8xbf16>, tensor<8xf32>) -> tensor<?x4x8xf16>
  %d = mhc.outer each %h by %x precision tf32
      : (tensor<?x4x6xf32>, tensor<?x4x8xf16>) -> tensor<6x8xf32>
  return
}
