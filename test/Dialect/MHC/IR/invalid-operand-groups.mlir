// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// x is one operand, neither none nor two: what is printed of these cannot be parsed.

func.func @none(%base: tensor<4x6xf32>) {
  // expected-error @+1 {{'mhc.connection' op expected one operand 'x', got}}
  %0 = "mhc.connection"(%base) <{operandSegmentSizes = array<i32: 0, 0, 0, 1, 0, 0>, variant = #mhc.variant<hc>}> ({
  ^bb0(%y: tensor<6xf32>):
    "mhc.yield"(%y) : (tensor<6xf32>) -> ()
  }) : (tensor<4x6xf32>) -> tensor<4x6xf32>
  return
}

// -----

func.func @two(%x: tensor<8x64xf32>) {
  // expected-error @+1 {{'mhc.connection' op expected one operand 'x', got}}
  %0 = "mhc.connection"(%x, %x) <{operandSegmentSizes = array<i32: 2, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({
  ^bb0(%y: tensor<8x64xf32>):
    "mhc.yield"(%y) : (tensor<8x64xf32>) -> ()
  }) : (tensor<8x64xf32>, tensor<8x64xf32>) -> tensor<8x64xf32>
  return
}
