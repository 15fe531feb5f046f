// RUN: mhc-opt %s --mhc-widen-to-f64 --split-input-file --verify-diagnostics

// A float wider than f64 is refused where it comes in, not only where an op makes one.

func.func @argument(%x: f80) -> f80 {
  // expected-error @+1 {{'func.return' op expected real numbers no wider than f64, got 'f80'}}
  return %x : f80
}

// -----

func.func @operand(%x: tensor<4xf80>) -> tensor<4xf64> {
  // expected-error @+1 {{expected real numbers no wider than f64, got}}
  %0 = arith.truncf %x : tensor<4xf80> to tensor<4xf64>
  return %0 : tensor<4xf64>
}
