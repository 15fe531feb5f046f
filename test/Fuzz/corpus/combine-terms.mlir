func.func @f(%x: tensor<2x4x8xf32>, %f: tensor<2x8xf16>, %k: tensor<2xf32>, %s: tensor<4xf32>, %S: tensor<2x4xf32>,
             %R: tensor<2x4x4xf32>) -> (tensor<2x4x8xbf16>, tensor<2x8xf32>) {
  %0 = mhc.combine (%f : tensor<2x8xf16>), (%x : tensor<2x4x8xf32>),
                   (%x scaled %k : tensor<2x4x8xf32>, tensor<2xf32>),
                   (%x scaled %S : tensor<2x4x8xf32>, tensor<2x4xf32>),
                   (%f by %s : tensor<2x8xf16>, tensor<4xf32>),
                   (%x by %R : tensor<2x4x8xf32>, tensor<2x4x4xf32>) -> tensor<2x4x8xbf16>
  %1 = mhc.combine (%f : tensor<2x8xf16>), (%f scaled %k : tensor<2x8xf16>, tensor<2xf32>) -> tensor<2x8xf32>
  return %0, %1 : tensor<2x4x8xbf16>, tensor<2x8xf32>
}
