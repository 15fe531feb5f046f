// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.aggregate and mhc.inner refuse.

// A row without streams.
func.func @f(%x: tensor<64xf32>, %pre: tensor<1xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'x' of rank 2 or more, token dimensions and then streams and hidden, got 'tensor<64xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<64xf32>, tensor<1xf32>) -> tensor<64xf32>
  return
}

// -----

// A result with streams.
func.func @f(%x: tensor<2x4x64xf32>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' to have the token dimensions of 'x', [2], got [2, 4]}}
  %0 = mhc.aggregate %x, %pre : (tensor<2x4x64xf32>, tensor<4xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// A result that is a number.
func.func @f(%x: tensor<4x1xf32>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x1xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

// Another hidden.
func.func @f(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' to have hidden 64 as 'x' has, got 32}}
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x32xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%x: tensor<?x4x?xf32>, %pre: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<?x4x?xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x?xf32>, tensor<?x4xf32>) -> tensor<?x32xf32>
  return
}

// -----

// A hidden of the result that is zero.
func.func @f(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected hidden, the last dimension of 'y', to be static and from 1 to 2147483647, got 'tensor<?x0xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x0xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<17x64xf32>, %pre: tensor<17xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<17x64xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<17x64xf32>, tensor<17xf32>) -> tensor<64xf32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x: tensor<8x?x64xf32>, %pre: tensor<8x4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x?x64xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x?x64xf32>, tensor<8x4xf32>) -> tensor<8x64xf32>
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' to have the token dimensions of 'x', [8], got [7]}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<4xf32>) -> tensor<7x64xf32>
  return
}

// -----

// More token dimensions.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' to have the token dimensions of 'x', [8], got [8, 1]}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<4xf32>) -> tensor<8x1x64xf32>
  return
}

// -----

// Gates of other streams.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<8x3xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'pre' of shape [8, 4] or [4], got 'tensor<8x3xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<8x3xf32>) -> tensor<8x64xf32>
  return
}

// -----

// Static gates of other streams.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<3xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'pre' of shape [8, 4] or [4], got 'tensor<3xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<3xf32>) -> tensor<8x64xf32>
  return
}

// -----

// Gates of other tokens.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<7x4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'pre' of shape [8, 4] or [4], got 'tensor<7x4xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<7x4xf32>) -> tensor<8x64xf32>
  return
}

// -----

// A gate for all streams.
func.func @f(%x: tensor<8x4x64xf32>, %pre: tensor<f32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'pre' of shape [8, 4] or [4], got 'tensor<f32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<f32>) -> tensor<8x64xf32>
  return
}

// -----

// No tokens, and gates of other streams.
func.func @f(%x: tensor<4x64xf32>, %pre: tensor<3xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 'pre' of shape [4], got 'tensor<3xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xf32>, tensor<3xf32>) -> tensor<64xf32>
  return
}

// -----

// Gates of f64.
func.func @f(%x: tensor<4x64xf32>, %pre: tensor<4xf64>) {
  // expected-error @below {{'mhc.aggregate' op expected coefficients of 'f32' in 'pre' with rows that are not f64, got 'tensor<4xf64>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xf32>, tensor<4xf64>) -> tensor<64xf32>
  return
}

// -----

// Gates of f32 with rows of f64.
func.func @f(%x: tensor<4x64xf64>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected coefficients of 'f64' in 'pre' with rows of f64, got 'tensor<4xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xf64>, tensor<4xf32>) -> tensor<64xf64>
  return
}

// -----

// A result of f32 from rows of f64.
func.func @f(%x: tensor<4x64xf64>, %pre: tensor<4xf64>) {
  // expected-error @below {{'mhc.aggregate' op expected 'y' of f64 as 'x' is, got 'tensor<64xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xf64>, tensor<4xf64>) -> tensor<64xf32>
  return
}

// -----

// Gates of f16.
func.func @f(%x: tensor<4x64xf16>, %pre: tensor<4xf16>) {
  // expected-error @below {{'mhc.aggregate' op operand #1 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<4xf16>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xf16>, tensor<4xf16>) -> tensor<64xf16>
  return
}

// -----

// Rows of indices.
func.func @f(%x: tensor<4x64xindex>, %pre: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<4x64xindex>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<4x64xindex>, tensor<4xf32>) -> tensor<64xf32>
  return
}

// -----

// One operand.
func.func @f(%x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.aggregate' op expected 2 operands, but found 1}}
  %0 = "mhc.aggregate"(%x) : (tensor<4x64xf32>) -> tensor<64xf32>
  return
}

// -----

// No result.
func.func @f(%x: tensor<4x64xf32>, %p: tensor<4xf32>) {
  // expected-error @below {{'mhc.aggregate' op requires one result}}
  "mhc.aggregate"(%x, %p) : (tensor<4x64xf32>, tensor<4xf32>) -> ()
  return
}

// -----

// A result of too high a rank.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind pairs, got 'tensor<8x4x4x1x1xf32>' for 'tensor<8x4x64xf32>' and 'tensor<8x4x64xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<8x4x4x1x1xf32>
  return
}

// -----

// A result of too low a rank.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind pairs, got 'tensor<f32>' for 'tensor<8x4x64xf32>' and 'tensor<8x4x64xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<f32>
  return
}

// -----

// Numbers have no hidden.
func.func @f(%a: tensor<f32>, %b: tensor<f32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind pairs, got 'tensor<f32>' for 'tensor<f32>' and 'tensor<f32>'}}
  %0 = mhc.inner %a, %b : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return
}

// -----

// A result for each stream, of rows without.
func.func @f(%a: tensor<8x64xf32>, %b: tensor<8x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind each, got 'tensor<8x1xf32>' for 'tensor<8x64xf32>' and 'tensor<8x64xf32>'}}
  %0 = mhc.inner each %a, %b : (tensor<8x64xf32>, tensor<8x64xf32>) -> tensor<8x1xf32>
  return
}

// -----

// A result for each stream, and one row without.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind each, got 'tensor<8x4xf32>' for 'tensor<8x4x64xf32>' and 'tensor<8x64xf32>'}}
  %0 = mhc.inner each %a, %b : (tensor<8x4x64xf32>, tensor<8x64xf32>) -> tensor<8x4xf32>
  return
}

// -----

// A result for each pair of streams.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind each, got 'tensor<8x4x4xf32>' for 'tensor<8x4x64xf32>' and 'tensor<8x4x64xf32>'}}
  %0 = mhc.inner each %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<8x4x4xf32>
  return
}

// -----

// A result of each that is a number.
func.func @f(%a: tensor<4x64xf32>, %b: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind each, got 'tensor<f32>' for 'tensor<4x64xf32>' and 'tensor<4x64xf32>'}}
  %0 = mhc.inner each %a, %b : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<f32>
  return
}

// -----

// A whole token with one row without streams.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind whole, got 'tensor<8xf32>' for 'tensor<8x4x64xf32>' and 'tensor<8x64xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf32>, tensor<8x64xf32>) -> tensor<8xf32>
  return
}

// -----

// A whole token, and a result for each stream.
func.func @f(%a: tensor<4x64xf32>, %b: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected the rank of 'out' to be that of kind whole, got 'tensor<4x4xf32>' for 'tensor<4x64xf32>' and 'tensor<4x64xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x4xf32>
  return
}

// -----

// Another hidden.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x32xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'b' to have hidden 64 as 'a' has, got 32}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x4x32xf32>) -> tensor<8x4x4xf32>
  return
}

// -----

// Other streams, for each.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x3x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'b' to have 4 streams as 'a' has, got 3}}
  %0 = mhc.inner each %a, %b : (tensor<8x4x64xf32>, tensor<8x3x64xf32>) -> tensor<8x4xf32>
  return
}

// -----

// Other streams, for all.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x3x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'b' to have 4 streams as 'a' has, got 3}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf32>, tensor<8x3x64xf32>) -> tensor<8xf32>
  return
}

// -----

// Other tokens.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<7x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'b' to have the token dimensions of 'a', [8], got [7]}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<7x4x64xf32>) -> tensor<8x4x4xf32>
  return
}

// -----

// Other tokens of the result.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'out' of shape [8, 4, 4], got 'tensor<7x4x4xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<7x4x4xf32>
  return
}

// -----

// The streams of the result the other way round.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x3x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected 'out' of shape [8, 4, 3], got 'tensor<8x3x4xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x3x64xf32>) -> tensor<8x3x4xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%a: tensor<8x17x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected streams, the dimension before the last of 'a', to be static and from 1 to 16, got 'tensor<8x17x64xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x17x64xf32>, tensor<8x4x64xf32>) -> tensor<8x17x4xf32>
  return
}

// -----

// Seventeen streams of the second row.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x17x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected streams, the dimension before the last of 'b', to be static and from 1 to 16, got 'tensor<8x17x64xf32>'}}
  %0 = mhc.inner %a, %b : (tensor<8x4x64xf32>, tensor<8x17x64xf32>) -> tensor<8x4x17xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%a: tensor<8x4x?xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected hidden, the last dimension of 'a', to be static and from 1 to 2147483647, got 'tensor<8x4x?xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x?xf32>, tensor<8x4x64xf32>) -> tensor<8xf32>
  return
}

// -----

// A hidden of zero.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x0xf32>) {
  // expected-error @below {{'mhc.inner' op expected hidden, the last dimension of 'b', to be static and from 1 to 2147483647, got 'tensor<8x4x0xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf32>, tensor<8x4x0xf32>) -> tensor<8xf32>
  return
}

// -----

// A result of f64.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.inner' op expected coefficients of 'f32' in 'out' with rows that are not f64, got 'tensor<8xf64>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<8xf64>
  return
}

// -----

// A result of f32 from rows of f64.
func.func @f(%a: tensor<8x4x64xf64>, %b: tensor<8x4x64xf64>) {
  // expected-error @below {{'mhc.inner' op expected coefficients of 'f64' in 'out' with rows of f64, got 'tensor<8xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf64>, tensor<8x4x64xf64>) -> tensor<8xf32>
  return
}

// -----

// One row of f64.
func.func @f(%a: tensor<8x4x64xf32>, %b: tensor<8x4x64xf64>) {
  // expected-error @below {{'mhc.inner' op expected 'a' of f64 as 'b' is, got 'tensor<8x4x64xf32>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xf32>, tensor<8x4x64xf64>) -> tensor<8xf64>
  return
}

// -----

// A result of bf16.
func.func @f(%a: tensor<8x4x64xbf16>, %b: tensor<8x4x64xbf16>) {
  // expected-error @below {{'mhc.inner' op result #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<8xbf16>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xbf16>, tensor<8x4x64xbf16>) -> tensor<8xbf16>
  return
}

// -----

// Rows of integers.
func.func @f(%a: tensor<8x4x64xi8>, %b: tensor<8x4x64xi8>) {
  // expected-error @below {{'mhc.inner' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<8x4x64xi8>'}}
  %0 = mhc.inner whole %a, %b : (tensor<8x4x64xi8>, tensor<8x4x64xi8>) -> tensor<8xf32>
  return
}

// -----

// A kind of another type.
func.func @f(%a: tensor<64xf32>) {
  // expected-error @below {{invalid properties {kind = "whole"} for op mhc.inner: Invalid attribute `kind` in property conversion: "whole"}}
  %0 = "mhc.inner"(%a, %a) <{kind = "whole"}> : (tensor<64xf32>, tensor<64xf32>) -> tensor<f32>
  return
}

// -----

// Types of fewer operands.
func.func @f(%a: tensor<64xf32>) {
  // expected-error @below {{custom op 'mhc.inner' number of operands and types do not match: got 2 operands and 1 types}}
  %0 = mhc.inner %a, %a : (tensor<64xf32>) -> tensor<f32>
  return
}
