// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// The sublayer's argument is a row: of bf16, f16, f32 or f64, and without an encoding.

func.func @integers(%x: tensor<8x1x64xf32>, %z: tensor<8x64xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xi32>) {
    mhc.yield %z : tensor<8x64xf32>
  }
  return
}

// -----

func.func @f8(%x: tensor<8x1x64xf32>, %z: tensor<8x64xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xf8E4M3FN>) {
    mhc.yield %z : tensor<8x64xf32>
  }
  return
}

// -----

func.func @encoding(%x: tensor<8x1x64xf32>, %z: tensor<8x64xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xf32, "row">) {
    mhc.yield %z : tensor<8x64xf32>
  }
  return
}
