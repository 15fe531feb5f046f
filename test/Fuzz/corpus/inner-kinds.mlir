func.func @f(%a: tensor<3x?x4x8xf64>, %b: tensor<3x?x8xf64>, %c: tensor<3x?x8xbf16>) {
  %0 = mhc.inner %a, %b : (tensor<3x?x4x8xf64>, tensor<3x?x8xf64>) -> tensor<3x?x4xf64>
  %1 = mhc.inner each %a, %a : (tensor<3x?x4x8xf64>, tensor<3x?x4x8xf64>) -> tensor<3x?x4xf64>
  %2 = mhc.inner whole %a, %a : (tensor<3x?x4x8xf64>, tensor<3x?x4x8xf64>) -> tensor<3x?xf64>
  %3 = mhc.inner %c, %c : (tensor<3x?x8xbf16>, tensor<3x?x8xbf16>) -> tensor<3x?xf32>
  return
}
