// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// A row that is known to have no streams is scaled by its token dimensions, all of them.

func.func @first_token_dimension(%f: tensor<2x3x64xf32>, %k: tensor<2xf32>) {
  // expected-error @+1 {{expected the factors of a scaled row}}
  %0 = mhc.combine (%f scaled %k : tensor<2x3x64xf32>, tensor<2xf32>) -> tensor<2x3x4x64xf32>
  return
}
