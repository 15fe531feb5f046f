func.func @gates_gradient(%h: tensor<?x24xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>,
                          %dpre: tensor<?x4xf32>, %dpost: tensor<?x4xf32>,
                          %dlogits: tensor<?x4x4xf32>)
    -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>) {
  %dh, %dscale, %dbase = mhc.gates_grad #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
        %h, %scale, %base, %dpre, %dpost, %dlogits
      : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>,
         tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
      -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>)
  return %dh, %dscale, %dbase : tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>
}
