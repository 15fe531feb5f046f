func.func private @g(tensor<?x4xbf16> {mhc.note = 1 : i32}) -> tensor<?x4xbf16>
func.func @f(%x: tensor<?x4xbf16>) -> (tensor<?x4xbf16>, index) {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x4xbf16>
  %e = tensor.empty(%d) : tensor<?x4xbf16>
  %s = arith.constant dense<[1.0, 0x7FC0, -0.0, 3.140625]> : tensor<4xbf16>
  %1 = call @g(%x) : (tensor<?x4xbf16>) -> tensor<?x4xbf16> loc("model.py":12:3)
  %2 = mhc.expand %1 : tensor<?x4xbf16> to tensor<?x16x4xbf16>
  %3 = mhc.reduce_streams sum %2 : tensor<?x16x4xbf16> to tensor<?x4xbf16>
  return %3, %d : tensor<?x4xbf16>, index
}
