func.func @f(%x: tensor<1x8xf64>, %b: tensor<1x3xf64>) -> tensor<1x8xf64> {
  %0 = mhc.connection #mhc.variant<hc> %x base %b
      : (tensor<1x8xf64>, tensor<1x3xf64>) -> tensor<1x8xf64> sublayer(%y: tensor<8xf64>) {
    %1 = arith.mulf %y, %y : tensor<8xf64>
    mhc.yield %1 : tensor<8xf64>
  }
  return %0 : tensor<1x8xf64>
}
