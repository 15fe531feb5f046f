#v = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>,
                  sinkhorn = <iterations = 3, eps = 0.0, start = exp>>
func.func @f(%x: tensor<?x2x8xf32>, %phi: tensor<8x16xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>,
             %p: tensor<2xf32>) -> (tensor<?x2x8xf32>, tensor<?x2xf32>) {
  %0, %pre = mhc.connection #v %x phi %phi scale %s base %b pre_in %p {note = "delayed"}
      : (tensor<?x2x8xf32>, tensor<8x16xf32>, tensor<3xf32>, tensor<8xf32>, tensor<2xf32>)
      -> (tensor<?x2x8xf32>, tensor<?x2xf32>) sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  return %0, %pre : tensor<?x2x8xf32>, tensor<?x2xf32>
}
