// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.head, mhc.expand and mhc.reduce_streams refuse.

// A head of kind hc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected a variant of kind mhc, got hc}}
  %0 = mhc.head #mhc.variant<hc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A head of kind residual.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected a variant of kind mhc, got residual}}
  %0 = mhc.head #mhc.variant<residual> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A result with streams.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'y' to have the token dimensions of 'x', [8], got [8, 4]}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x4x16xf32>
  return
}

// -----

// A number.
func.func @f(%x: tensor<4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'y' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<f32>
  return
}

// -----

// Streams that are absent.
func.func @f(%x: tensor<16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'x' of rank 2 or more, token dimensions and then streams and hidden, got 'tensor<16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<16xf32>
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'y' to have the token dimensions of 'x', [8], got [7]}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<7x16xf32>
  return
}

// -----

// Another hidden.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'y' to have hidden 16 as 'x' has, got 17}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x17xf32>
  return
}

// -----

// A hidden of zero.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected hidden, the last dimension of 'y', to be static and from 1 to 2147483647, got 'tensor<8x0xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x0xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%x: tensor<8x4x?xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<8x4x?xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x?xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<8x17x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x17x16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x17x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x: tensor<8x?x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x?x16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x?x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// phi of a connection.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'phi' of shape [4, 64], got 'tensor<24x64xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// phi of one stream.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x16xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'phi' of shape [4, 64], got 'tensor<4x16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x16xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// scale of a connection.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'scale' of shape [1], got 'tensor<3xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// base of a connection.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.head' op expected 'base' of shape [4], got 'tensor<24xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<24xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A norm weight of one stream.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.head' op expected 'norm_weight' of shape [64], got 'tensor<16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b norm_weight %w : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>, tensor<16xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A result of f64.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'x' of f64 as 'y' is, got 'tensor<8x4x16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf64>
  return
}

// -----

// A result of f32 of streams of f64.
func.func @f(%x: tensor<8x4x16xf64>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected 'y' of f64 as 'x' is, got 'tensor<8x16xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf64>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// phi wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf64>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected weights no wider than 'f32' in 'phi', got 'tensor<4x64xf64>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf64>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// scale wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf64>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op expected weights no wider than 'f32' in 'scale', got 'tensor<1xf64>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf64>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// base wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf64>) {
  // expected-error @below {{'mhc.head' op expected weights no wider than 'f32' in 'base', got 'tensor<4xf64>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf64>) -> tensor<8x16xf32>
  return
}

// -----

// A norm weight wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>, %w: tensor<64xf64>) {
  // expected-error @below {{'mhc.head' op expected weights no wider than 'f32' in 'norm_weight', got 'tensor<64xf64>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b norm_weight %w : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>, tensor<64xf64>) -> tensor<8x16xf32>
  return
}

// -----

// A dynamic base.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<?xf32>) {
  // expected-error @below {{'mhc.head' op operand #3 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<?xf32>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<?xf32>) -> tensor<8x16xf32>
  return
}

// -----

// phi of integers.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xi8>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<4x64xi8>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xi8>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf32>
  return
}

// -----

// A result of f8.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xf8E5M2>'}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %s base %b : (tensor<8x4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<8x16xf8E5M2>
  return
}

// -----

// No phi.
func.func @f(%x: tensor<4x16xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{custom op 'mhc.head' expected 'phi'}}
  %0 = mhc.head #mhc.variant<mhc> %x scale %s base %b : (tensor<4x16xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<16xf32>
  return
}

// -----

// Too few operands.
func.func @f(%x: tensor<4x16xf32>) {
  // expected-error @below {{'mhc.head' op expected 4 or more operands, but found 1}}
  %0 = "mhc.head"(%x) <{variant = #mhc.variant<mhc>}> : (tensor<4x16xf32>) -> tensor<16xf32>
  return
}

// -----

// No variant.
func.func @f(%x: tensor<4x16xf32>, %p: tensor<4x64xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.head' op requires attribute 'variant'}}
  %0 = "mhc.head"(%x, %p, %s, %b) : (tensor<4x16xf32>, tensor<4x64xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<16xf32>
  return
}

// -----

// No streams in the result.
func.func @f(%x: tensor<16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'out' of rank 2 or more, token dimensions and then streams and hidden, got 'tensor<16xf32>'}}
  %0 = mhc.expand %x : tensor<16xf32> to tensor<16xf32>
  return
}

// -----

// A number.
func.func @f(%x: tensor<f32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.expand %x : tensor<f32> to tensor<4x1xf32>
  return
}

// -----

// Two dimensions more.
func.func @f(%x: tensor<16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' to have the dimensions of 'out' without streams, got 'tensor<16xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.expand %x : tensor<16xf32> to tensor<8x4x16xf32>
  return
}

// -----

// As many dimensions.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' to have the dimensions of 'out' without streams, got 'tensor<8x16xf32>' for 'tensor<8x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x16xf32>
  return
}

// -----

// Another hidden.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' to have the dimensions of 'out' without streams, got 'tensor<8x16xf32>' for 'tensor<8x4x17xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x4x17xf32>
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' to have the dimensions of 'out' without streams, got 'tensor<8x16xf32>' for 'tensor<7x4x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<7x4x16xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<8x17x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x17x16xf32>
  return
}

// -----

// No stream.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<8x0x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x0x16xf32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<8x?x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x?x16xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%x: tensor<8x?xf32>) {
  // expected-error @below {{'mhc.expand' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<8x?xf32>'}}
  %0 = mhc.expand %x : tensor<8x?xf32> to tensor<8x4x16xf32>
  return
}

// -----

// A hidden of zero.
func.func @f(%x: tensor<8x0xf32>) {
  // expected-error @below {{'mhc.expand' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<8x0xf32>'}}
  %0 = mhc.expand %x : tensor<8x0xf32> to tensor<8x4x16xf32>
  return
}

// -----

// f64 from f32.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op expected 'x' of f64 as 'out' is, got 'tensor<8x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x4x16xf64>
  return
}

// -----

// f32 from f64.
func.func @f(%x: tensor<8x16xf64>) {
  // expected-error @below {{'mhc.expand' op expected 'out' of f64 as 'x' is, got 'tensor<8x4x16xf32>'}}
  %0 = mhc.expand %x : tensor<8x16xf64> to tensor<8x4x16xf32>
  return
}

// -----

// Integers.
func.func @f(%x: tensor<8x16xi8>) {
  // expected-error @below {{'mhc.expand' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xi8>'}}
  %0 = mhc.expand %x : tensor<8x16xi8> to tensor<8x4x16xi8>
  return
}

// -----

// Indices.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x4x16xindex>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x4x16xindex>
  return
}

// -----

// f8.
func.func @f(%x: tensor<8x16xf8E4M3FN>) {
  // expected-error @below {{'mhc.expand' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xf8E4M3FN>'}}
  %0 = mhc.expand %x : tensor<8x16xf8E4M3FN> to tensor<8x4x16xf32>
  return
}

// -----

// An encoding.
func.func @f(%x: tensor<8x16xf32, 1 : i32>) {
  // expected-error @below {{'mhc.expand' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xf32, 1 : i32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32, 1 : i32> to tensor<8x4x16xf32>
  return
}

// -----

// An encoding of the result.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.expand' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x4x16xf32, 1 : i32>'}}
  %0 = mhc.expand %x : tensor<8x16xf32> to tensor<8x4x16xf32, 1 : i32>
  return
}

// -----

// No rank.
func.func @f(%x: tensor<*xf32>) {
  // expected-error @below {{custom op 'mhc.expand' invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %0 = mhc.expand %x : tensor<*xf32> to tensor<8x4x16xf32>
  return
}

// -----

// A memref.
func.func @f(%x: memref<16xf32>) {
  // expected-error @below {{custom op 'mhc.expand' invalid kind of type specified: expected builtin.tensor, but found 'memref<16xf32>'}}
  %0 = mhc.expand %x : memref<16xf32> to tensor<4x16xf32>
  return
}

// -----

// No streams.
func.func @f(%x: tensor<16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'x' of rank 2 or more, token dimensions and then streams and hidden, got 'tensor<16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<16xf32> to tensor<16xf32>
  return
}

// -----

// A result with streams.
func.func @f(%x: tensor<8x4x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'y' to have the dimensions of 'x' without streams, got 'tensor<8x4x16xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<8x4x16xf32> to tensor<8x4x16xf32>
  return
}

// -----

// A number.
func.func @f(%x: tensor<4x1xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'y' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<4x1xf32> to tensor<f32>
  return
}

// -----

// Another hidden.
func.func @f(%x: tensor<8x4x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'y' to have the dimensions of 'x' without streams, got 'tensor<8x8xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<8x4x16xf32> to tensor<8x8xf32>
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<8x4x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'y' to have the dimensions of 'x' without streams, got 'tensor<4x16xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<8x4x16xf32> to tensor<4x16xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<17x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<17x16xf32>'}}
  %0 = mhc.reduce_streams mean %x : tensor<17x16xf32> to tensor<16xf32>
  return
}

// -----

// No stream.
func.func @f(%x: tensor<0x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<0x16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<0x16xf32> to tensor<16xf32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x: tensor<?x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<?x16xf32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<?x16xf32> to tensor<16xf32>
  return
}

// -----

// f32 from f64.
func.func @f(%x: tensor<4x16xf64>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'y' of f64 as 'x' is, got 'tensor<16xf32>'}}
  %0 = mhc.reduce_streams mean %x : tensor<4x16xf64> to tensor<16xf32>
  return
}

// -----

// f64 from bf16.
func.func @f(%x: tensor<4x16xbf16>) {
  // expected-error @below {{'mhc.reduce_streams' op expected 'x' of f64 as 'y' is, got 'tensor<4x16xbf16>'}}
  %0 = mhc.reduce_streams sum %x : tensor<4x16xbf16> to tensor<16xf64>
  return
}

// -----

// Integers.
func.func @f(%x: tensor<4x16xi32>) {
  // expected-error @below {{'mhc.reduce_streams' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<4x16xi32>'}}
  %0 = mhc.reduce_streams sum %x : tensor<4x16xi32> to tensor<16xi32>
  return
}

// -----

// An unknown reduction.
func.func @f(%x: tensor<4x16xf32>) {
  // expected-error @below {{custom op 'mhc.reduce_streams' expected one of sum, mean; got 'max'}}
  %0 = mhc.reduce_streams max %x : tensor<4x16xf32> to tensor<16xf32>
  return
}

// -----

// No reduction.
func.func @f(%x: tensor<4x16xf32>) {
  // expected-error @below {{'mhc.reduce_streams' op requires attribute 'reduction'}}
  %0 = "mhc.reduce_streams"(%x) : (tensor<4x16xf32>) -> tensor<16xf32>
  return
}

// -----

// A reduction of another kind.
func.func @f(%x: tensor<4x16xf32>) {
  // expected-error @below {{invalid properties {reduction = "sum"} for op mhc.reduce_streams: Invalid attribute `reduction` in property conversion: "sum"}}
  %0 = "mhc.reduce_streams"(%x) <{reduction = "sum"}> : (tensor<4x16xf32>) -> tensor<16xf32>
  return
}

// -----

// A reduction of another enumeration.
func.func @f(%x: tensor<4x16xf32>) {
  // expected-error @below {{invalid properties {reduction = #mhc.inner_kind<whole>} for op mhc.reduce_streams: Invalid attribute `reduction` in property conversion: #mhc.inner_kind<whole>}}
  %0 = "mhc.reduce_streams"(%x) <{reduction = #mhc.inner_kind<whole>}> : (tensor<4x16xf32>) -> tensor<16xf32>
  return
}
