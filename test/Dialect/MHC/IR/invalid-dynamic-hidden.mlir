// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// Hidden is static in every row, also in a combine without streams and in a yield.

func.func @combine(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.combine (%x : tensor<2x?xf32>) -> tensor<2x64xf32>
  return
}

// -----

func.func @yield(%x: tensor<8x64xf32>, %z: tensor<?x?xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x64xf32>) -> tensor<8x64xf32> sublayer(%y: tensor<8x64xf32>) {
    // expected-error @+1 {{expected}}
    mhc.yield %z : tensor<?x?xf32>
  }
  return
}
