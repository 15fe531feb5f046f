// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What the token ops refuse.

// A mean over no number.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op expected count to be at least 1, got 0}}
  %0 = mhc.rstd %s {count = 0 : i64, eps = 0.0 : f64} : tensor<?xf32>
  return
}

// -----

// A negative count.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op expected count to be at least 1, got -1}}
  %0 = mhc.rstd %s {count = -1 : i64, eps = 0.0 : f64} : tensor<?xf32>
  return
}

// -----

// A negative eps.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op expected eps to be finite and not negative, got -1.000000e-06}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = -1.0e-6 : f64} : tensor<?xf32>
  return
}

// -----

// An infinite eps.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op expected eps to be finite and not negative, got INF}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0x7FF0000000000000 : f64} : tensor<?xf32>
  return
}

// -----

// An eps that is not a number.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op expected eps to be finite and not negative, got nan}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0x7FF8000000000000 : f64} : tensor<?xf32>
  return
}

// -----

// No count.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op requires attribute 'count'}}
  %0 = mhc.rstd %s {eps = 0.0 : f64} : tensor<?xf32>
  return
}

// -----

// No eps.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{'mhc.rstd' op requires attribute 'eps'}}
  %0 = mhc.rstd %s {count = 64 : i64} : tensor<?xf32>
  return
}

// -----

// A count of another type.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{custom op 'mhc.rstd' 'mhc.rstd' op attribute 'count' failed to satisfy constraint: 64-bit signless integer attribute}}
  %0 = mhc.rstd %s {count = 64 : i32, eps = 0.0 : f64} : tensor<?xf32>
  return
}

// -----

// An eps of another type.
func.func @f(%s: tensor<?xf32>) {
  // expected-error @below {{custom op 'mhc.rstd' 'mhc.rstd' op attribute 'eps' failed to satisfy constraint: 64-bit float attribute}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f32} : tensor<?xf32>
  return
}

// -----

// Coefficients are never bf16.
func.func @f(%s: tensor<?xbf16>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<?xbf16>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<?xbf16>
  return
}

// -----

// Nor integers.
func.func @f(%s: tensor<?xi32>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<?xi32>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<?xi32>
  return
}

// -----

// Nor indices.
func.func @f(%s: tensor<?xindex>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<?xindex>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<?xindex>
  return
}

// -----

// Nor complex.
func.func @f(%s: tensor<?xcomplex<f32>>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<?xcomplex<f32>>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<?xcomplex<f32>>
  return
}

// -----

// A tensor with an encoding.
func.func @f(%s: tensor<?xf32, "csr">) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<?xf32, "csr">'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<?xf32, "csr">
  return
}

// -----

// A tensor without a rank.
func.func @f(%s: tensor<*xf32>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<*xf32>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : tensor<*xf32>
  return
}

// -----

// A token's number of bf16.
func.func @f(%s: bf16) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'bf16'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : bf16
  return
}

// -----

// A token's numbers of f16.
func.func @f(%s: vector<4xf16>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'vector<4xf16>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : vector<4xf16>
  return
}

// -----

// A vector of no fixed length.
func.func @f(%s: vector<[4]xf32>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'vector<[4]xf32>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : vector<[4]xf32>
  return
}

// -----

// A memref.
func.func @f(%s: memref<?xf32>) {
  // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'memref<?xf32>'}}
  %0 = mhc.rstd %s {count = 64 : i64, eps = 0.0 : f64} : memref<?xf32>
  return
}

// -----

// A result of another shape.
func.func @f(%s: tensor<4xf32>) {
  // expected-error @below {{'mhc.rstd' op requires the same type for all operands and results}}
  %0 = "mhc.rstd"(%s) <{count = 64 : i64, eps = 0.0 : f64}> : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// A result of another type.
func.func @f(%s: tensor<4xf32>) {
  // expected-error @below {{'mhc.rstd' op requires the same type for all operands and results}}
  %0 = "mhc.rstd"(%s) <{count = 64 : i64, eps = 0.0 : f64}> : (tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

// No operand.
func.func @f() {
  // expected-error @below {{'mhc.rstd' op requires a single operand}}
  %0 = "mhc.rstd"() <{count = 64 : i64, eps = 0.0 : f64}> : () -> tensor<4xf32>
  return
}

// -----

// Two results.
func.func @f(%s: tensor<4xf32>) {
  // expected-error @below {{'mhc.rstd' op requires one result}}
  %0:2 = "mhc.rstd"(%s) <{count = 64 : i64, eps = 0.0 : f64}> : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// No result.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 1 to 3 results, pre, post and res, got 0}}
  mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> ()
  return
}

// -----

// Four results.
func.func @f(%h: tensor<24xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 1 to 3 results, pre, post and res, got 4}}
  %0:4 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// Gates without a dimension.
func.func @f(%h: tensor<1xf32>, %s: tensor<1xf32>, %b: tensor<1xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'pre' of shape [T.., n], got 'tensor<f32>'}}
  %0 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<f32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'pre' to end in a static number of streams from 1 to 16, got 'tensor<?xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?xf32>, tensor<?xf32>)
  return
}

// -----

// No stream.
func.func @f(%h: tensor<3x0xf32>, %s: tensor<3xf32>, %b: tensor<0xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'pre' to end in a static number of streams from 1 to 16, got 'tensor<3x0xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<3x0xf32>, tensor<3xf32>, tensor<0xf32>) -> (tensor<3x0xf32>, tensor<3x0xf32>)
  return
}

// -----

// Seventeen streams.
func.func @f(%h: tensor<34xf32>, %s: tensor<3xf32>, %b: tensor<34xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'pre' to end in a static number of streams from 1 to 16, got 'tensor<17xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<34xf32>, tensor<3xf32>, tensor<34xf32>) -> (tensor<17xf32>, tensor<17xf32>)
  return
}

// -----

// Two groups of coefficients and one result.
func.func @f(%h: tensor<?x8xf32>, %s: tensor<1xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [?, 4], got 'tensor<?x8xf32>'}}
  %0 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<?x8xf32>, tensor<1xf32>, tensor<8xf32>) -> tensor<?x4xf32>
  return
}

// -----

// Three groups and two results.
func.func @f(%h: tensor<?x24xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [?, 8], got 'tensor<?x24xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  return
}

// -----

// Two groups and three results.
func.func @f(%h: tensor<?x8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [?, 24], got 'tensor<?x8xf32>'}}
  %0:3 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  return
}

// -----

// Coefficients without tokens, gates with.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [?, 8], got 'tensor<8xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  return
}

// -----

// Other tokens.
func.func @f(%h: tensor<2x8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [3, 8], got 'tensor<2x8xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<2x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>)
  return
}

// -----

// A base for each token.
func.func @f(%h: tensor<2x8xf32>, %s: tensor<3xf32>, %b: tensor<2x8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'base' of shape [8], got 'tensor<2x8xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<2x8xf32>, tensor<3xf32>, tensor<2x8xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>)
  return
}

// -----

// A base of another length.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<7xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'base' of shape [8], got 'tensor<7xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<7xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A scale for each group, though there is one.
func.func @f(%h: tensor<4xf32>, %s: tensor<3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'scale' of shape [1], got 'tensor<3xf32>'}}
  %0 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<4xf32>, tensor<3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// One scale, though there are two groups.
func.func @f(%h: tensor<8xf32>, %s: tensor<1xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'scale' of shape [3], got 'tensor<1xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<1xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A scale without a dimension.
func.func @f(%h: tensor<4xf32>, %s: tensor<f32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'scale' of shape [1], got 'tensor<f32>'}}
  %0 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<4xf32>, tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// Other tokens in post.
func.func @f(%h: tensor<3x8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'post' of shape [3, 4], got 'tensor<2x4xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<3x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<3x4xf32>, tensor<2x4xf32>)
  return
}

// -----

// Other streams in post.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'post' of shape [4], got 'tensor<3xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<3xf32>)
  return
}

// -----

// A matrix that is not square.
func.func @f(%h: tensor<24xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'res' of shape [4, 4], got 'tensor<4x5xf32>'}}
  %0:3 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4x5xf32>)
  return
}

// -----

// Logits without token dimensions.
func.func @f(%h: tensor<?x24xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'res' of shape [?, 4, 4], got 'tensor<4x4xf32>'}}
  %0:3 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>)
  return
}

// -----

// Hyper-connections have three gates.
func.func @f(%h: tensor<?x4x6xf32>, %s: tensor<3xf32>, %b: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.gates' op expected 3 results with activation = tanh, got 2}}
  %0:2 = mhc.gates #mhc.gates<activation = tanh> %h, %s, %b : (tensor<?x4x6xf32>, tensor<3xf32>, tensor<4x6xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>)
  return
}

// -----

// Coefficients of mHC for HC.
func.func @f(%h: tensor<?x24xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'h' of shape [?, 4, 6], got 'tensor<?x24xf32>'}}
  %0:3 = mhc.gates #mhc.gates<activation = tanh> %h, %s, %b : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  return
}

// -----

// A flat base for HC.
func.func @f(%h: tensor<?x4x6xf32>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'base' of shape [4, 6], got 'tensor<24xf32>'}}
  %0:3 = mhc.gates #mhc.gates<activation = tanh> %h, %s, %b : (tensor<?x4x6xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  return
}

// -----

// Gates of f64 from coefficients of f32.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'pre' of 'f32' as 'h' is, got 'tensor<4xf64>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf64>, tensor<4xf64>)
  return
}

// -----

// One of them.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'post' of 'f32' as 'h' is, got 'tensor<4xf64>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf64>)
  return
}

// -----

// Logits of f32 from coefficients of f64.
func.func @f(%h: tensor<24xf64>, %s: tensor<3xf32>, %b: tensor<24xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'res' of 'f64' as 'h' is, got 'tensor<4x4xf32>'}}
  %0:3 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<24xf64>, tensor<3xf32>, tensor<24xf32>) -> (tensor<4xf64>, tensor<4xf64>, tensor<4x4xf32>)
  return
}

// -----

// A scale wider than the coefficients.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf64>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op expected 'scale' no wider than 'f32', got 'tensor<3xf64>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf64>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A base wider than the coefficients.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf64>) {
  // expected-error @below {{'mhc.gates' op expected 'base' no wider than 'f32', got 'tensor<8xf64>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf64>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// Coefficients of f16.
func.func @f(%h: tensor<8xf16>, %s: tensor<3xf16>, %b: tensor<8xf16>) {
  // expected-error @below {{'mhc.gates' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<8xf16>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf16>, tensor<3xf16>, tensor<8xf16>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A result of bf16.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op result #1 must be variadic of coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<4xbf16>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xbf16>)
  return
}

// -----

// Integer weights.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xi8>, %b: tensor<8xf32>) {
  // expected-error @below {{'mhc.gates' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), or a vector, but got 'tensor<3xi8>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xi8>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// Weights of f8.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf8E5M2>) {
  // expected-error @below {{'mhc.gates' op operand #2 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), or a vector, but got 'tensor<8xf8E5M2>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf8E5M2>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A dynamic base.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<?xf32>) {
  // expected-error @below {{'mhc.gates' op operand #2 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), or a vector, but got 'tensor<?xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<?xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// Another attribute.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>) {
  // expected-error @below {{custom op 'mhc.gates' invalid kind of attribute specified}}
  %0:2 = mhc.gates #mhc.variant<mhc> %h, %s, %b : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// No gates attribute.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{'mhc.gates' op requires attribute 'gates'}}
  %0:2 = "mhc.gates"(%h, %s, %h) : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// An attribute of another kind.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{invalid properties {gates = "sigmoid"} for op mhc.gates: Invalid attribute `gates` in property conversion: "sigmoid"}}
  %0:2 = "mhc.gates"(%h, %s, %h) <{gates = "sigmoid"}> : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// Too few operands.
func.func @f(%h: tensor<8xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{'mhc.gates' op expected 3 operands, but found 2}}
  %0:2 = "mhc.gates"(%h, %s) <{gates = #mhc.gates<>}> : (tensor<8xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

// A number.
func.func @f(%x: tensor<f32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<f32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<f32>
  return
}

// -----

// A vector.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<4xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<4xf32>
  return
}

// -----

// A matrix that is not square.
func.func @f(%x: tensor<?x4x3xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<?x4x3xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<?x4x3xf32>
  return
}

// -----

// A dynamic matrix.
func.func @f(%x: tensor<3x?x?xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<3x?x?xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<3x?x?xf32>
  return
}

// -----

// A dynamic row.
func.func @f(%x: tensor<4x?xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<4x?xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<4x?xf32>
  return
}

// -----

// No stream.
func.func @f(%x: tensor<2x0x0xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<2x0x0xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<2x0x0xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<2x17x17xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<2x17x17xf32>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<2x17x17xf32>
  return
}

// -----

// Logits of f16.
func.func @f(%x: tensor<2x4x4xf16>) {
  // expected-error @below {{'mhc.sinkhorn' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<2x4x4xf16>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<2x4x4xf16>
  return
}

// -----

// Logits of integers.
func.func @f(%x: tensor<2x4x4xi64>) {
  // expected-error @below {{'mhc.sinkhorn' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<2x4x4xi64>'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<2x4x4xi64>
  return
}

// -----

// An encoding.
func.func @f(%x: tensor<2x4x4xf32, "a">) {
  // expected-error @below {{'mhc.sinkhorn' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<2x4x4xf32, "a">'}}
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %x : tensor<2x4x4xf32, "a">
  return
}

// -----

// No convention.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op requires attribute 'convention'}}
  %0 = "mhc.sinkhorn"(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

// Another attribute.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{custom op 'mhc.sinkhorn' invalid kind of attribute specified}}
  %0 = mhc.sinkhorn #mhc.gates<> %x : tensor<4x4xf32>
  return
}

// -----

// An attribute of another kind.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{invalid properties {convention = 20 : i64} for op mhc.sinkhorn: Invalid attribute `convention` in property conversion: 20 : i64}}
  %0 = "mhc.sinkhorn"(%x) <{convention = 20 : i64}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

// What is wrong in the convention is wrong here.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{custom op 'mhc.sinkhorn' expected the key 'eps' in #mhc.sinkhorn, got none}}
  %0 = mhc.sinkhorn <iterations = 1, start = exp> %x : tensor<4x4xf32>
  return
}

// -----

// A transposed result is the same shape, another type is not.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op requires the same type for all operands and results}}
  %0 = "mhc.sinkhorn"(%x) <{convention = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp>}> : (tensor<4x4xf32>) -> tensor<4x4xf64>
  return
}

// -----

// A result with another token dimension.
func.func @f(%x: tensor<2x4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn' op requires the same type for all operands and results}}
  %0 = "mhc.sinkhorn"(%x) <{convention = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp>}> : (tensor<2x4x4xf32>) -> tensor<3x4x4xf32>
  return
}

// -----

// A negative eps.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected eps to be finite and not negative, got -1.000000e+00}}
  %0 = mhc.sinkhorn_step rows %x {eps = -1.0 : f64} : tensor<4x4xf32>
  return
}

// -----

// An infinite eps.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected eps to be finite and not negative, got INF}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0x7FF0000000000000 : f64} : tensor<4x4xf32>
  return
}

// -----

// An eps that is not a number.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected eps to be finite and not negative, got nan}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0x7FF8000000000000 : f64} : tensor<4x4xf32>
  return
}

// -----

// No eps.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op requires attribute 'eps'}}
  %0 = mhc.sinkhorn_step rows %x : tensor<4x4xf32>
  return
}

// -----

// An integer for eps.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{custom op 'mhc.sinkhorn_step' 'mhc.sinkhorn_step' op attribute 'eps' failed to satisfy constraint: 64-bit float attribute}}
  %0 = mhc.sinkhorn_step rows %x {eps = 1 : i64} : tensor<4x4xf32>
  return
}

// -----

// A matrix that is not square.
func.func @f(%x: tensor<2x3x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected 'x' to end in a static square matrix of 1 to 16 streams, got 'tensor<2x3x4xf32>'}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<2x3x4xf32>
  return
}

// -----

// A vector.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected 'x' to end in a static square matrix of 1 to 16 streams, got 'tensor<4xf32>'}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<4xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<17x17xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected 'x' to end in a static square matrix of 1 to 16 streams, got 'tensor<17x17xf32>'}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<17x17xf32>
  return
}

// -----

// A dynamic matrix.
func.func @f(%x: tensor<2x?x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op expected 'x' to end in a static square matrix of 1 to 16 streams, got 'tensor<2x?x4xf32>'}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<2x?x4xf32>
  return
}

// -----

// Coefficients of bf16.
func.func @f(%x: tensor<4x4xbf16>) {
  // expected-error @below {{'mhc.sinkhorn_step' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<4x4xbf16>'}}
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<4x4xbf16>
  return
}

// -----

// No axis.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step' op requires attribute 'axis'}}
  %0 = "mhc.sinkhorn_step"(%x) <{eps = 0.0 : f64}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

// An axis of another kind.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{invalid properties {axis = 0 : i64, eps = 0.000000e+00 : f64} for op mhc.sinkhorn_step: Invalid attribute `axis` in property conversion: 0 : i64}}
  %0 = "mhc.sinkhorn_step"(%x) <{axis = 0 : i64, eps = 0.0 : f64}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

// An unknown axis.
func.func @f(%x: tensor<4x4xf32>) {
  // expected-error @below {{custom op 'mhc.sinkhorn_step' expected one of rows, columns; got 'diagonal'}}
  %0 = mhc.sinkhorn_step diagonal %x {eps = 0.0 : f64} : tensor<4x4xf32>
  return
}
