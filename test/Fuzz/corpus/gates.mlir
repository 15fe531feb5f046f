func.func @gates(%h: tensor<?x24xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>) {
  %pre, %post, %logits = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
        %h, %scale, %base
      : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>)
      -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  return %pre, %post, %logits : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>
}
