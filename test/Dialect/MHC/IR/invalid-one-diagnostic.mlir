// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// One error for an op: the first row that is wrong.

func.func @connection(%x: tensor<f32>) {
  // expected-error @+1 {{expected 'x' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<f32>) -> tensor<f32> sublayer(%y: tensor<f32>) {
    mhc.yield %y : tensor<f32>
  }
  return
}

// -----

func.func @expand(%x: tensor<0xf32>) {
  // expected-error @+1 {{'mhc.expand' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<4x0xf32>'}}
  %0 = mhc.expand %x : tensor<0xf32> to tensor<4x0xf32>
  return
}
