func.func @fold(%phi: tensor<24x256xf32>, %w: tensor<24x256xf32>) -> tensor<24x256xf32> {
  %0 = mhc.prepare ins(%a = %phi : tensor<24x256xf32>, %b = %w : tensor<24x256xf32>)
      -> (tensor<24x256xf32>) {
    %1 = arith.mulf %a, %b : tensor<24x256xf32>
    mhc.return %1 : tensor<24x256xf32>
  }
  return %0 : tensor<24x256xf32>
}
