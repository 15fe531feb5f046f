//===- opaque-sublayer.mlir - Sublayers that live elsewhere ----------------===//
//
// A block of DeepSeek-V4-Flash (n = 4 streams of 4096 columns in bf16, V4's
// convention) whose sublayers are functions that are declared and not defined:
// an attention with a cache, a mixture of experts, whatever a program links in.
// What a connection needs to know of F is its type.
//
// It compiles like any other (mhc-opt --mhc-to-cpu leaves two calls of external
// functions), and it cannot be run by mhc-run, which has no bodies for them:
//
//   error: expected a body of @attention, which the entry calls, got a declaration
//
// deepseek-v4-flash.mlir is the same block with its sublayers written out. There
// are no numbers here, and so no arguments to run it with.
//
//===----------------------------------------------------------------------===//

#v4 = #mhc.variant<mhc, layout = in_out, norm_eps = 1.0e-6,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

func.func private @attention(tensor<?x4096xbf16>) -> tensor<?x4096xbf16>
func.func private @experts(tensor<?x4096xbf16>) -> tensor<?x4096xbf16>

func.func @block(%x: tensor<?x4x4096xbf16>,
                 %phi_a: tensor<24x16384xf32>, %scale_a: tensor<3xf32>, %base_a: tensor<24xf32>,
                 %phi_b: tensor<24x16384xf32>, %scale_b: tensor<3xf32>, %base_b: tensor<24xf32>)
    -> tensor<?x4x4096xbf16> {
  %mid = mhc.connection #v4 %x phi %phi_a scale %scale_a base %base_a
      : (tensor<?x4x4096xbf16>, tensor<24x16384xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x4096xbf16> sublayer(%y: tensor<?x4096xbf16>) {
    %f = func.call @attention(%y) : (tensor<?x4096xbf16>) -> tensor<?x4096xbf16>
    mhc.yield %f : tensor<?x4096xbf16>
  }
  %out = mhc.connection #v4 %mid phi %phi_b scale %scale_b base %base_b
      : (tensor<?x4x4096xbf16>, tensor<24x16384xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x4096xbf16> sublayer(%y: tensor<?x4096xbf16>) {
    %f = func.call @experts(%y) : (tensor<?x4096xbf16>) -> tensor<?x4096xbf16>
    mhc.yield %f : tensor<?x4096xbf16>
  }
  return %out : tensor<?x4x4096xbf16>
}
