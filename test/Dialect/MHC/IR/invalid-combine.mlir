// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.combine refuses.

// A row of a higher rank than the result.
func.func @f(%x0: tensor<?x4x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected rows of the rank of 'out', or of one less, without streams; got 'tensor<?x4x64xf32>' for 'tensor<?x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x4x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

// A row of two ranks less.
func.func @f(%x0: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected rows of the rank of 'out', or of one less, without streams; got 'tensor<64xf32>' for 'tensor<?x4x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<64xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A row that is a number.
func.func @f(%x0: tensor<f32>) {
  // expected-error @below {{'mhc.combine' op expected 'out' of rank 1 or more, token dimensions and then hidden, got 'tensor<f32>'}}
  %0 = mhc.combine (%x0 : tensor<f32>) -> tensor<f32>
  return
}

// -----

// Another hidden, without streams.
func.func @f(%x0: tensor<?x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected every row to have the dimensions of 'out', got 'tensor<?x64xf32>' for 'tensor<?x32xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>) -> tensor<?x32xf32>
  return
}

// -----

// Other tokens, without streams.
func.func @f(%x0: tensor<8x64xf32>, %x1: tensor<7x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected every row to have the dimensions of 'out', got 'tensor<7x64xf32>' for 'tensor<8x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<8x64xf32>), (%x1 : tensor<7x64xf32>) -> tensor<8x64xf32>
  return
}

// -----

// Another hidden in a row that is spread.
func.func @f(%x0: tensor<?x32xf32>) {
  // expected-error @below {{'mhc.combine' op expected every row to have hidden 64 as 'out' has, got 'tensor<?x32xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x32xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// Another hidden in a row that is mixed.
func.func @f(%x0: tensor<?x4x32xf32>, %k0: tensor<?x4x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected every row to have hidden 64 as 'out' has, got 'tensor<?x4x32xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<?x4x32xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// Other tokens in a row that is spread.
func.func @f(%x0: tensor<3x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'row' to have the token dimensions of 'out', [2], got [3]}}
  %0 = mhc.combine (%x0 : tensor<3x64xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// Other tokens in a row that is mixed.
func.func @f(%x0: tensor<3x4x64xf32>, %k0: tensor<4x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'row' to have the token dimensions of 'out', [2], got [3]}}
  %0 = mhc.combine (%x0 by %k0 : tensor<3x4x64xf32>, tensor<4x4xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// More streams in a row that is not mixed.
func.func @f(%x0: tensor<?x64xf32>, %x1: tensor<?x5x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected 4 streams as 'out' has in a row that is not mixed, got 'tensor<?x5x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>), (%x1 : tensor<?x5x64xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// More streams in a row that is scaled.
func.func @f(%x0: tensor<?x64xf32>, %x1: tensor<?x5x64xf32>, %k1: tensor<?xf32>) {
  // expected-error @below {{'mhc.combine' op expected 4 streams as 'out' has in a row that is not mixed, got 'tensor<?x5x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>), (%x1 scaled %k1 : tensor<?x5x64xf32>, tensor<?xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A transposed matrix and a row without streams.
func.func @f(%x0: tensor<?x64xf32>, %k0: tensor<?x4x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected streams in a row that is mixed by a transposed matrix, got 'tensor<?x64xf32>'}}
  %0 = mhc.combine (%x0 by %k0 transposed : tensor<?x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// The result of a mix without streams.
func.func @f(%x0: tensor<64xf32>, %k0: tensor<4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'out' of rank 2 or more, token dimensions and then streams and hidden, got 'tensor<64xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<64xf32>, tensor<4xf32>) -> tensor<64xf32>
  return
}

// -----

// Coefficients of other streams.
func.func @f(%x0: tensor<?x64xf32>, %k0: tensor<?x3xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [?, 4] or [4], got 'tensor<?x3xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<?x64xf32>, tensor<?x3xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A matrix where a vector is expected.
func.func @f(%x0: tensor<?x64xf32>, %k0: tensor<?x4x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [?, 4] or [4], got 'tensor<?x4x4xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<?x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A vector where a matrix is expected.
func.func @f(%x0: tensor<?x4x64xf32>, %k0: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [?, 4, 4] or [4, 4], got 'tensor<?x4xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A matrix the other way round.
func.func @f(%x0: tensor<?x3x64xf32>, %k0: tensor<?x3x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [?, 4, 3] or [4, 3], got 'tensor<?x3x4xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<?x3x64xf32>, tensor<?x3x4xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A transposed matrix that is not.
func.func @f(%x0: tensor<?x3x64xf32>, %k0: tensor<?x4x3xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [?, 3, 4] or [3, 4], got 'tensor<?x4x3xf32>'}}
  %0 = mhc.combine (%x0 by %k0 transposed : tensor<?x3x64xf32>, tensor<?x4x3xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A matrix for other tokens.
func.func @f(%x0: tensor<2x4x64xf32>, %k0: tensor<3x4x4xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [2, 4, 4] or [4, 4], got 'tensor<3x4x4xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<2x4x64xf32>, tensor<3x4x4xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// A static matrix of other streams.
func.func @f(%x0: tensor<64xf32>, %k0: tensor<3xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'coefficients' of shape [4], got 'tensor<3xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<64xf32>, tensor<3xf32>) -> tensor<4x64xf32>
  return
}

// -----

// Seventeen streams in a row.
func.func @f(%x0: tensor<17x64xf32>, %k0: tensor<4x17xf32>) {
  // expected-error @below {{'mhc.combine' op expected streams, the dimension before the last of 'row', to be static and from 1 to 16, got 'tensor<17x64xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<17x64xf32>, tensor<4x17xf32>) -> tensor<4x64xf32>
  return
}

// -----

// Seventeen streams in the result.
func.func @f(%x0: tensor<?x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<?x17x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>) -> tensor<?x17x64xf32>
  return
}

// -----

// No stream in the result.
func.func @f(%x0: tensor<?x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<?x0x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>) -> tensor<?x0x64xf32>
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x0: tensor<?x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<?x?x64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>) -> tensor<?x?x64xf32>
  return
}

// -----

// Hidden of zero.
func.func @f(%x0: tensor<?x0xf32>) {
  // expected-error @below {{'mhc.combine' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<?x0xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x0xf32>) -> tensor<?x0xf32>
  return
}

// -----

// Hidden that is dynamic.
func.func @f(%x0: tensor<?x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<?x?xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x64xf32>) -> tensor<?x?xf32>
  return
}

// -----

// Hidden of zero, with streams.
func.func @f(%x0: tensor<?x0xf32>) {
  // expected-error @below {{'mhc.combine' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<?x4x0xf32>'}}
  %0 = mhc.combine (%x0 : tensor<?x0xf32>) -> tensor<?x4x0xf32>
  return
}

// -----

// A factor for each number of the row.
func.func @f(%x0: tensor<?x4x64xf32>, %k0: tensor<?x4x64xf32>) {
  // expected-error @below {{'mhc.combine' op expected the factors of a scaled row to have its token dimensions, or those and its streams, or none; got 'tensor<?x4x64xf32>' for 'tensor<?x4x64xf32>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<?x4x64xf32>, tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// Factors for other tokens.
func.func @f(%x0: tensor<2x4x64xf32>, %k0: tensor<3xf32>) {
  // expected-error @below {{'mhc.combine' op expected the factors of a scaled row to have its token dimensions, or those and its streams, or none; got 'tensor<3xf32>' for 'tensor<2x4x64xf32>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<2x4x64xf32>, tensor<3xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// Factors for other streams.
func.func @f(%x0: tensor<2x4x64xf32>, %k0: tensor<2x3xf32>) {
  // expected-error @below {{'mhc.combine' op expected the factors of a scaled row to have its token dimensions, or those and its streams, or none; got 'tensor<2x3xf32>' for 'tensor<2x4x64xf32>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<2x4x64xf32>, tensor<2x3xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// Factors for streams alone.
func.func @f(%x0: tensor<2x4x64xf32>, %k0: tensor<4xf32>) {
  // expected-error @below {{'mhc.combine' op expected the factors of a scaled row to have its token dimensions, or those and its streams, or none; got 'tensor<4xf32>' for 'tensor<2x4x64xf32>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<2x4x64xf32>, tensor<4xf32>) -> tensor<2x4x64xf32>
  return
}

// -----

// Factors for some of the token dimensions.
func.func @f(%x0: tensor<2x3x4x64xf32>, %k0: tensor<2xf32>) {
  // expected-error @below {{'mhc.combine' op expected the factors of a scaled row to have its token dimensions, or those and its streams, or none; got 'tensor<2xf32>' for 'tensor<2x3x4x64xf32>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<2x3x4x64xf32>, tensor<2xf32>) -> tensor<2x3x4x64xf32>
  return
}

// -----

// A row of f32 in a result of f64.
func.func @f(%x0: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'row' of f64 as 'out' is, got 'tensor<64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<64xf32>) -> tensor<64xf64>
  return
}

// -----

// A row of f64 in a result of f32.
func.func @f(%x0: tensor<64xf64>) {
  // expected-error @below {{'mhc.combine' op expected 'out' of f64 as 'row' is, got 'tensor<64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<64xf64>) -> tensor<64xf32>
  return
}

// -----

// A row of f32 beside one of f64.
func.func @f(%x0: tensor<64xf64>, %x1: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected 'row' of f64 as 'out' is, got 'tensor<64xf32>'}}
  %0 = mhc.combine (%x0 : tensor<64xf64>), (%x1 : tensor<64xf32>) -> tensor<64xf64>
  return
}

// -----

// Coefficients of f64 with rows of f32.
func.func @f(%x0: tensor<?x4x64xf32>, %k0: tensor<?xf64>) {
  // expected-error @below {{'mhc.combine' op expected coefficients of 'f32' in 'coefficients' with rows that are not f64, got 'tensor<?xf64>'}}
  %0 = mhc.combine (%x0 scaled %k0 : tensor<?x4x64xf32>, tensor<?xf64>) -> tensor<?x4x64xf32>
  return
}

// -----

// Coefficients of f32 with rows of f64.
func.func @f(%x0: tensor<2x64xf64>, %k0: tensor<2x2xf32>) {
  // expected-error @below {{'mhc.combine' op expected coefficients of 'f64' in 'coefficients' with rows of f64, got 'tensor<2x2xf32>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<2x64xf64>, tensor<2x2xf32>) -> tensor<2x64xf64>
  return
}

// -----

// Coefficients of bf16.
func.func @f(%x0: tensor<2x64xbf16>, %k0: tensor<2x2xbf16>) {
  // expected-error @below {{'mhc.combine' op operand #1 must be variadic of coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got 'tensor<2x2xbf16>'}}
  %0 = mhc.combine (%x0 by %k0 : tensor<2x64xbf16>, tensor<2x2xbf16>) -> tensor<2x64xbf16>
  return
}

// -----

// Rows of integers.
func.func @f(%x0: tensor<64xi32>) {
  // expected-error @below {{'mhc.combine' op operand #0 must be variadic of rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<64xi32>'}}
  %0 = mhc.combine (%x0 : tensor<64xi32>) -> tensor<64xi32>
  return
}

// -----

// Rows of f8.
func.func @f(%x0: tensor<64xf8E4M3FN>) {
  // expected-error @below {{'mhc.combine' op operand #0 must be variadic of rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<64xf8E4M3FN>'}}
  %0 = mhc.combine (%x0 : tensor<64xf8E4M3FN>) -> tensor<64xf32>
  return
}

// -----

// A result of tf32.
func.func @f(%x0: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<64xtf32>'}}
  %0 = mhc.combine (%x0 : tensor<64xf32>) -> tensor<64xtf32>
  return
}

// -----

// Rows with an encoding.
func.func @f(%x0: tensor<64xf32, "row">) {
  // expected-error @below {{'mhc.combine' op operand #0 must be variadic of rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<64xf32, "row">'}}
  %0 = mhc.combine (%x0 : tensor<64xf32, "row">) -> tensor<64xf32>
  return
}

// -----

// Rows without a rank.
func.func @f(%x0: tensor<*xf32>) {
  // expected-error @below {{'mhc.combine' op operand #0 must be variadic of rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<*xf32>'}}
  %0 = mhc.combine (%x0 : tensor<*xf32>) -> tensor<64xf32>
  return
}

// -----

// No term.
func.func @f() {
  // expected-error @below {{'mhc.combine' op expected at least one term, got none}}
  %0 = "mhc.combine"() <{kinds = [], operandSegmentSizes = array<i32: 0, 0>}> : () -> tensor<64xf32>
  return
}

// -----

// No term, in words.
func.func @f() {
  // expected-error @below {{expected '('}}
  %0 = mhc.combine -> tensor<64xf32>
  return
}

// -----

// Fewer kinds than rows.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected as many kinds as rows, 2, got 1}}
  %0 = "mhc.combine"(%x, %x) <{kinds = [#mhc.term_kind<plain>], operandSegmentSizes = array<i32: 2, 0>}> : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// More kinds than rows.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected as many kinds as rows, 1, got 2}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.term_kind<plain>, #mhc.term_kind<plain>], operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// Coefficients for a plain row.
func.func @f(%x: tensor<64xf32>, %k: tensor<f32>) {
  // expected-error @below {{'mhc.combine' op expected one operand of coefficients for each of 0 terms that are not plain, got 1}}
  %0 = "mhc.combine"(%x, %k) <{kinds = [#mhc.term_kind<plain>], operandSegmentSizes = array<i32: 1, 1>}> : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  return
}

// -----

// No coefficients for a row that is scaled.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op expected one operand of coefficients for each of 1 terms that are not plain, got 0}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.term_kind<scaled>], operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// No coefficients for the second row that is mixed.
func.func @f(%x: tensor<2x64xf32>, %k: tensor<2x2xf32>) {
  // expected-error @below {{'mhc.combine' op expected one operand of coefficients for each of 2 terms that are not plain, got 1}}
  %0 = "mhc.combine"(%x, %x, %k) <{kinds = [#mhc.term_kind<by>, #mhc.term_kind<transposed>], operandSegmentSizes = array<i32: 2, 1>}> : (tensor<2x64xf32>, tensor<2x64xf32>, tensor<2x2xf32>) -> tensor<2x64xf32>
  return
}

// -----

// No kinds.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op requires attribute 'kinds'}}
  %0 = "mhc.combine"(%x) <{operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// Kinds of another type.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op attribute 'kinds' failed to satisfy constraint: kinds of the terms of a combine}}
  %0 = "mhc.combine"(%x) <{kinds = [0 : i32], operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// A kind of another enumeration.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op attribute 'kinds' failed to satisfy constraint: kinds of the terms of a combine}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.axis<rows>], operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// Kinds that are no list.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{invalid properties {kinds, operandSegmentSizes = array<i32: 1, 0>} for op mhc.combine: Invalid attribute `kinds` in property conversion: unit}}
  %0 = "mhc.combine"(%x) <{kinds = unit, operandSegmentSizes = array<i32: 1, 0>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// No sizes of the operand groups.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op operand count (1) does not match with the total size (0) specified in attribute 'operandSegmentSizes'}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.term_kind<plain>]}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// Sizes of too many operands.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op operand count (1) does not match with the total size (2) specified in attribute 'operandSegmentSizes'}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.term_kind<plain>], operandSegmentSizes = array<i32: 1, 1>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// A negative size.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{'mhc.combine' op 'operandSegmentSizes' attribute cannot have negative elements}}
  %0 = "mhc.combine"(%x) <{kinds = [#mhc.term_kind<plain>], operandSegmentSizes = array<i32: 2, -1>}> : (tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// An unknown word in a term.
func.func @f(%x: tensor<64xf32>, %k: tensor<f32>) {
  // expected-error @below {{expected ':'}}
  %0 = mhc.combine (%x times %k : tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  return
}

// -----

// Scalars are not transposed.
func.func @f(%x: tensor<64xf32>, %k: tensor<f32>) {
  // expected-error @below {{expected ':'}}
  %0 = mhc.combine (%x scaled %k transposed : tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  return
}

// -----

// A term without the type of its coefficients.
func.func @f(%x: tensor<64xf32>, %k: tensor<f32>) {
  // expected-error @below {{expected ','}}
  %0 = mhc.combine (%x scaled %k : tensor<64xf32>) -> tensor<64xf32>
  return
}

// -----

// A term without coefficients that has a type of them.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{expected ')'}}
  %0 = mhc.combine (%x : tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  return
}

// -----

// A term without brackets.
func.func @f(%x: tensor<64xf32>) {
  // expected-error @below {{expected '('}}
  %0 = mhc.combine %x : tensor<64xf32> -> tensor<64xf32>
  return
}
