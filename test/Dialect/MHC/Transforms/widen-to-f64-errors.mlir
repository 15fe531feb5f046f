// RUN: mhc-opt %s --mhc-widen-to-f64 --split-input-file --verify-diagnostics

// What cannot be computed in f64 is refused, and named.

func.func @bitcast(%x: f32) -> i32 {
  // expected-error @+1 {{'arith.bitcast' op expected no op that reads the bits of a float, which cannot be computed in f64}}
  %0 = arith.bitcast %x : f32 to i32
  return %0 : i32
}

// -----

// Bits that become a float.

func.func @bitcast_to_float(%x: tensor<4xi16>) -> tensor<4xbf16> {
  // expected-error @+1 {{'tensor.bitcast' op expected no op that reads the bits of a float}}
  %0 = tensor.bitcast %x : tensor<4xi16> to tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// -----

// Those of an f64 are what they were.

func.func @bitcast_of_f64(%x: f64) -> i64 {
  %0 = arith.bitcast %x : f64 to i64
  return %0 : i64
}

// -----

func.func @f80(%x: f64) -> f64 {
  // expected-error @+1 {{'arith.extf' op expected real numbers no wider than f64, got 'f80'}}
  %0 = arith.extf %x : f64 to f80
  %1 = arith.truncf %0 : f80 to f64
  return %1 : f64
}

// -----

func.func @f128_tensor() {
  // expected-error @+1 {{'tensor.empty' op expected real numbers no wider than f64, got 'tensor<4xf128>'}}
  %0 = tensor.empty() : tensor<4xf128>
  return
}

// -----

func.func @bf16_resource() {
  // expected-error @+1 {{'arith.constant' op expected a dense resource of f32, f64 or integers, got 'tensor<2xbf16>'}}
  %0 = arith.constant dense_resource<halves> : tensor<2xbf16>
  return
}
{-#
  dialect_resources: { builtin: { halves: "0x02000000803F0040" } }
#-}
