// RUN: mhc-opt %s --convert-mhc-to-linalg | FileCheck %s

// Zero tokens, statically: a slice of an empty dimension is refused by its verifier, so none may be made.

// CHECK-LABEL: func.func @no_tokens(
// CHECK:         return
func.func @no_tokens(%h: tensor<0x8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>)
    -> (tensor<0x2xf32>, tensor<0x2xf32>, tensor<0x2x2xf32>) {
  %pre, %post, %logits = mhc.gates #mhc.gates<> %h, %s, %b
      : (tensor<0x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<0x2xf32>, tensor<0x2xf32>, tensor<0x2x2xf32>)
  return %pre, %post, %logits : tensor<0x2xf32>, tensor<0x2xf32>, tensor<0x2x2xf32>
}
