// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What the three products with phi refuse.

// A result without a dimension.
func.func @f(%x: tensor<64xf32>, %phi: tensor<1x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [T.., m] for 'x' of 'tensor<64xf32>', got 'tensor<f32>'}}
  %0 = mhc.project %x by %phi : (tensor<64xf32>, tensor<1x64xf32>) -> tensor<f32>
  return
}

// -----

// A result of too high a rank.
func.func @f(%x: tensor<?x4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [T.., m] for 'x' of 'tensor<?x4x64xf32>', got 'tensor<?x4x24x1xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<?x4x64xf32>, tensor<24x256xf32>) -> tensor<?x4x24x1xf32>
  return
}

// -----

// A result of too low a rank.
func.func @f(%x: tensor<2x?x4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [T.., m] for 'x' of 'tensor<2x?x4x64xf32>', got 'tensor<24xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<2x?x4x64xf32>, tensor<24x256xf32>) -> tensor<24xf32>
  return
}

// -----

// Each stream of a row without.
func.func @f(%x: tensor<64xf32>, %phi: tensor<6x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [T.., n, m] for 'x' of 'tensor<64xf32>', got 'tensor<6xf32>'}}
  %0 = mhc.project each %x by %phi : (tensor<64xf32>, tensor<6x64xf32>) -> tensor<6xf32>
  return
}

// -----

// Each stream, and a result of the whole.
func.func @f(%x: tensor<?x4x64xf32>, %phi: tensor<6x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [T.., n, m] for 'x' of 'tensor<?x4x64xf32>', got 'tensor<?x6xf32>'}}
  %0 = mhc.project each %x by %phi : (tensor<?x4x64xf32>, tensor<6x64xf32>) -> tensor<?x6xf32>
  return
}

// -----

// A flat phi.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<6144xf32>) {
  // expected-error @below {{'mhc.project' op expected 'phi' of rank 2, got 'tensor<6144xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<6144xf32>) -> tensor<24xf32>
  return
}

// -----

// A phi that keeps the streams apart.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x4x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'phi' of rank 2, got 'tensor<24x4x64xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x4x64xf32>) -> tensor<24xf32>
  return
}

// -----

// A phi of too few columns.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'phi' of shape [24, 256], got 'tensor<24x64xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x64xf32>) -> tensor<24xf32>
  return
}

// -----

// A phi of too many columns.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<6x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'phi' of shape [6, 64], got 'tensor<6x256xf32>'}}
  %0 = mhc.project each %x by %phi : (tensor<4x64xf32>, tensor<6x256xf32>) -> tensor<4x6xf32>
  return
}

// -----

// A phi without rows.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<0x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'phi' to have at least one row, got 'tensor<0x256xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<0x256xf32>) -> tensor<0xf32>
  return
}

// -----

// A norm weight for each column of one stream.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>, %w: tensor<64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'norm_weight' of shape [256], got 'tensor<64xf32>'}}
  %0 = mhc.project %x by %phi norm_weight %w : (tensor<4x64xf32>, tensor<24x256xf32>, tensor<64xf32>) -> tensor<24xf32>
  return
}

// -----

// A norm weight for each column of all streams.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<6x64xf32>, %w: tensor<256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'norm_weight' of shape [64], got 'tensor<256xf32>'}}
  %0 = mhc.project each %x by %phi norm_weight %w : (tensor<4x64xf32>, tensor<6x64xf32>, tensor<256xf32>) -> tensor<4x6xf32>
  return
}

// -----

// One norm weight.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>, %w: tensor<f32>) {
  // expected-error @below {{'mhc.project' op expected 'norm_weight' of shape [256], got 'tensor<f32>'}}
  %0 = mhc.project %x by %phi norm_weight %w : (tensor<4x64xf32>, tensor<24x256xf32>, tensor<f32>) -> tensor<24xf32>
  return
}

// -----

// A norm weight of rank two.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>, %w: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'norm_weight' of shape [256], got 'tensor<4x64xf32>'}}
  %0 = mhc.project %x by %phi norm_weight %w : (tensor<4x64xf32>, tensor<24x256xf32>, tensor<4x64xf32>) -> tensor<24xf32>
  return
}

// -----

// A result of other length.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [24], got 'tensor<23xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf32>) -> tensor<23xf32>
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<8x4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [8, 24], got 'tensor<7x24xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<8x4x64xf32>, tensor<24x256xf32>) -> tensor<7x24xf32>
  return
}

// -----

// Other streams in the result.
func.func @f(%x: tensor<8x4x64xf32>, %phi: tensor<6x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 'out' of shape [8, 4, 6], got 'tensor<8x3x6xf32>'}}
  %0 = mhc.project each %x by %phi : (tensor<8x4x64xf32>, tensor<6x64xf32>) -> tensor<8x3x6xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%x: tensor<8x4x?xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<8x4x?xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<8x4x?xf32>, tensor<24x256xf32>) -> tensor<8x24xf32>
  return
}

// -----

// A hidden of zero.
func.func @f(%x: tensor<8x4x0xf32>, %phi: tensor<24x0xf32>) {
  // expected-error @below {{'mhc.project' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<8x4x0xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<8x4x0xf32>, tensor<24x0xf32>) -> tensor<8x24xf32>
  return
}

// -----

// Streams that are tokens in the result.
func.func @f(%x: tensor<?x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<?x64xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<?x64xf32>, tensor<24x256xf32>) -> tensor<24xf32>
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<8x17x2xf32>, %phi: tensor<24x34xf32>) {
  // expected-error @below {{'mhc.project' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x17x2xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<8x17x2xf32>, tensor<24x34xf32>) -> tensor<8x24xf32>
  return
}

// -----

// A result of f64 from rows of f32.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.project' op expected coefficients of 'f32' in 'out' with rows that are not f64, got 'tensor<24xf64>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf32>) -> tensor<24xf64>
  return
}

// -----

// A result of f32 from rows of f64.
func.func @f(%x: tensor<4x64xf64>, %phi: tensor<24x256xf64>) {
  // expected-error @below {{'mhc.project' op expected coefficients of 'f64' in 'out' with rows of f64, got 'tensor<24xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf64>, tensor<24x256xf64>) -> tensor<24xf32>
  return
}

// -----

// A phi wider than the result.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf64>) {
  // expected-error @below {{'mhc.project' op expected weights no wider than 'f32' in 'phi', got 'tensor<24x256xf64>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf64>) -> tensor<24xf32>
  return
}

// -----

// A norm weight wider than the result.
func.func @f(%x: tensor<4x64xbf16>, %phi: tensor<24x256xf32>, %w: tensor<256xf64>) {
  // expected-error @below {{'mhc.project' op expected weights no wider than 'f32' in 'norm_weight', got 'tensor<256xf64>'}}
  %0 = mhc.project %x by %phi norm_weight %w : (tensor<4x64xbf16>, tensor<24x256xf32>, tensor<256xf64>) -> tensor<24xf32>
  return
}

// -----

// A dynamic phi.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<?x256xf32>) {
  // expected-error @below {{'mhc.project' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<?x256xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<?x256xf32>) -> tensor<24xf32>
  return
}

// -----

// A phi of integers.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xi8>) {
  // expected-error @below {{'mhc.project' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<24x256xi8>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xi8>) -> tensor<24xf32>
  return
}

// -----

// A phi of f8.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf8E4M3FN>) {
  // expected-error @below {{'mhc.project' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<24x256xf8E4M3FN>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf8E4M3FN>) -> tensor<24xf32>
  return
}

// -----

// A phi with an encoding.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32, "row">) {
  // expected-error @below {{'mhc.project' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<24x256xf32, "row">'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf32, "row">) -> tensor<24xf32>
  return
}

// -----

// A result of bf16.
func.func @f(%x: tensor<4x64xbf16>, %phi: tensor<24x256xbf16>) {
  // expected-error @below {{'mhc.project' op result #0 must be coefficients (ranked tensor of f32 or f64, without encoding), but got 'tensor<24xbf16>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xbf16>, tensor<24x256xbf16>) -> tensor<24xbf16>
  return
}

// -----

// An unknown precision.
func.func @f(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{custom op 'mhc.project' expected one of bf16x3, bf16x2, tf32, f32; got 'fp8'}}
  %0 = mhc.project %x by %phi precision fp8 : (tensor<4x64xf32>, tensor<24x256xf32>) -> tensor<24xf32>
  return
}

// -----

// No phi.
func.func @f(%x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.project' op expected 2 or more operands, but found 1}}
  %0 = "mhc.project"(%x) : (tensor<4x64xf32>) -> tensor<24xf32>
  return
}

// -----

// Two norm weights.
func.func @f(%x: tensor<64xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{'mhc.project' op operand group starting at #2 requires 0 or 1 element, but found 2}}
  %0 = "mhc.project"(%x, %phi, %x, %x) : (tensor<64xf32>, tensor<24x64xf32>, tensor<64xf32>, tensor<64xf32>) -> tensor<24xf32>
  return
}

// -----

// An extent of another enumeration.
func.func @f(%x: tensor<64xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{invalid properties {extent = #mhc.precision<f32>} for op mhc.project: Invalid attribute `extent` in property conversion: #mhc.precision<f32>}}
  %0 = "mhc.project"(%x, %phi) <{extent = #mhc.precision<f32>}> : (tensor<64xf32>, tensor<24x64xf32>) -> tensor<24xf32>
  return
}

// -----

// Two results.
func.func @f(%x: tensor<64xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{'mhc.project' op requires one result}}
  %0:2 = mhc.project %x by %phi : (tensor<64xf32>, tensor<24x64xf32>) -> (tensor<24xf32>, tensor<24xf32>)
  return
}

// -----

// Coefficients without a dimension.
func.func @f(%d: tensor<f32>, %phi: tensor<1x64xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [T.., m] for 'out' of 'tensor<64xf32>', got 'tensor<f32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<f32>, tensor<1x64xf32>) -> tensor<64xf32>
  return
}

// -----

// Coefficients of each stream for the whole.
func.func @f(%d: tensor<?x4x24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'phi' of shape [24, 64], got 'tensor<24x256xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<?x4x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// Coefficients of the whole for each stream.
func.func @f(%d: tensor<?x24xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [T.., n, m] for 'out' of 'tensor<?x4x64xf32>', got 'tensor<?x24xf32>'}}
  %0 = mhc.backproject each %d by %phi : (tensor<?x24xf32>, tensor<24x64xf32>) -> tensor<?x4x64xf32>
  return
}

// -----

// A flat phi.
func.func @f(%d: tensor<24xf32>, %phi: tensor<6144xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'phi' of rank 2, got 'tensor<6144xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<6144xf32>) -> tensor<4x64xf32>
  return
}

// -----

// A phi of too few columns.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'phi' of shape [24, 256], got 'tensor<24x64xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x64xf32>) -> tensor<4x64xf32>
  return
}

// -----

// Other coefficients.
func.func @f(%d: tensor<8x23xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [8, 24], got 'tensor<8x23xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<8x23xf32>, tensor<24x256xf32>) -> tensor<8x4x64xf32>
  return
}

// -----

// Other tokens.
func.func @f(%d: tensor<8x24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [7, 24], got 'tensor<8x24xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<8x24xf32>, tensor<24x256xf32>) -> tensor<7x4x64xf32>
  return
}

// -----

// Coefficients without tokens.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [T.., m] for 'out' of 'tensor<7x4x64xf32>', got 'tensor<24xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x256xf32>) -> tensor<7x4x64xf32>
  return
}

// -----

// Other streams.
func.func @f(%d: tensor<8x3x6xf32>, %phi: tensor<6x64xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'd' of shape [8, 4, 6], got 'tensor<8x3x6xf32>'}}
  %0 = mhc.backproject each %d by %phi : (tensor<8x3x6xf32>, tensor<6x64xf32>) -> tensor<8x4x64xf32>
  return
}

// -----

// A norm weight of another length.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>, %w: tensor<64xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'norm_weight' of shape [256], got 'tensor<64xf32>'}}
  %0 = mhc.backproject %d by %phi norm_weight %w : (tensor<24xf32>, tensor<24x256xf32>, tensor<64xf32>) -> tensor<4x64xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<4x?xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x256xf32>) -> tensor<4x?xf32>
  return
}

// -----

// A phi without rows.
func.func @f(%d: tensor<0xf32>, %phi: tensor<0x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected 'phi' to have at least one row, got 'tensor<0x256xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<0xf32>, tensor<0x256xf32>) -> tensor<4x64xf32>
  return
}

// -----

// Coefficients of f64 for a row of f32.
func.func @f(%d: tensor<24xf64>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected coefficients of 'f32' in 'd' with rows that are not f64, got 'tensor<24xf64>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf64>, tensor<24x256xf32>) -> tensor<4x64xf32>
  return
}

// -----

// Coefficients of f32 for a row of f64.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op expected coefficients of 'f64' in 'd' with rows of f64, got 'tensor<24xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x256xf32>) -> tensor<4x64xf64>
  return
}

// -----

// A phi wider than the coefficients.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf64>) {
  // expected-error @below {{'mhc.backproject' op expected weights no wider than 'f32' in 'phi', got 'tensor<24x256xf64>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x256xf64>) -> tensor<4x64xf32>
  return
}

// -----

// A norm weight wider than the coefficients.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>, %w: tensor<256xf64>) {
  // expected-error @below {{'mhc.backproject' op expected weights no wider than 'f32' in 'norm_weight', got 'tensor<256xf64>'}}
  %0 = mhc.backproject %d by %phi norm_weight %w : (tensor<24xf32>, tensor<24x256xf32>, tensor<256xf64>) -> tensor<4x64xf32>
  return
}

// -----

// A result of integers.
func.func @f(%d: tensor<24xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @below {{'mhc.backproject' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), or a column (bf16, f16, f32 or f64, or a vector), but got 'tensor<4x64xi32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x256xf32>) -> tensor<4x64xi32>
  return
}

// -----

// A dynamic result.
func.func @f(%d: tensor<24xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'out' of a static shape, got 'tensor<?x256xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x64xf32>) -> tensor<?x256xf32>
  return
}

// -----

// A flat result.
func.func @f(%d: tensor<24xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'out' of rank 2, got 'tensor<6144xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x64xf32>) -> tensor<6144xf32>
  return
}

// -----

// A result of too few columns.
func.func @f(%d: tensor<24xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'out' of shape [24, 256], got 'tensor<24x64xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x64xf32>) -> tensor<24x64xf32>
  return
}

// -----

// A result of too many columns.
func.func @f(%d: tensor<4x6xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'out' of shape [6, 64], got 'tensor<6x256xf32>'}}
  %0 = mhc.outer each %d by %x : (tensor<4x6xf32>, tensor<4x64xf32>) -> tensor<6x256xf32>
  return
}

// -----

// A result of other rows.
func.func @f(%d: tensor<8x24xf32>, %x: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [8, 23], got 'tensor<8x24xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<8x24xf32>, tensor<8x4x64xf32>) -> tensor<23x256xf32>
  return
}

// -----

// A result without rows.
func.func @f(%d: tensor<8x0xf32>, %x: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'out' to have at least one row, got 'tensor<0x256xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<8x0xf32>, tensor<8x4x64xf32>) -> tensor<0x256xf32>
  return
}

// -----

// Other tokens.
func.func @f(%d: tensor<7x24xf32>, %x: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [8, 24], got 'tensor<7x24xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<7x24xf32>, tensor<8x4x64xf32>) -> tensor<24x256xf32>
  return
}

// -----

// Coefficients of the whole for each stream.
func.func @f(%d: tensor<8x6xf32>, %x: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [T.., n, m] for 'x' of 'tensor<8x4x64xf32>', got 'tensor<8x6xf32>'}}
  %0 = mhc.outer each %d by %x : (tensor<8x6xf32>, tensor<8x4x64xf32>) -> tensor<6x64xf32>
  return
}

// -----

// Each stream of a row without.
func.func @f(%d: tensor<8x1x6xf32>, %x: tensor<8x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [T.., n, m] for 'x' of 'tensor<8x64xf32>', got 'tensor<8x1x6xf32>'}}
  %0 = mhc.outer each %d by %x : (tensor<8x1x6xf32>, tensor<8x64xf32>) -> tensor<6x64xf32>
  return
}

// -----

// Other streams.
func.func @f(%d: tensor<8x3x6xf32>, %x: tensor<8x4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [8, 4, 6], got 'tensor<8x3x6xf32>'}}
  %0 = mhc.outer each %d by %x : (tensor<8x3x6xf32>, tensor<8x4x64xf32>) -> tensor<6x64xf32>
  return
}

// -----

// Coefficients that are a number.
func.func @f(%d: tensor<f32>, %x: tensor<64xf32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [T.., m] for 'x' of 'tensor<64xf32>', got 'tensor<f32>'}}
  %0 = mhc.outer %d by %x : (tensor<f32>, tensor<64xf32>) -> tensor<1x64xf32>
  return
}

// -----

// A row that is a number.
func.func @f(%d: tensor<24xf32>, %x: tensor<f32>) {
  // expected-error @below {{'mhc.outer' op expected 'd' of shape [T.., m] for 'x' of 'tensor<f32>', got 'tensor<24xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<f32>) -> tensor<24x1xf32>
  return
}

// -----

// A dynamic hidden.
func.func @f(%d: tensor<24xf32>, %x: tensor<?xf32>) {
  // expected-error @below {{'mhc.outer' op expected hidden, the last dimension of 'x', to be static and from 1 to 2147483647, got 'tensor<?xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<?xf32>) -> tensor<24x64xf32>
  return
}

// -----

// A result of f64 from rows of f32.
func.func @f(%d: tensor<24xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected coefficients of 'f32' in 'out' with rows that are not f64, got 'tensor<24x256xf64>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x64xf32>) -> tensor<24x256xf64>
  return
}

// -----

// Coefficients of f64 with rows of f32.
func.func @f(%d: tensor<24xf64>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op expected coefficients of 'f32' in 'd' with rows that are not f64, got 'tensor<24xf64>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf64>, tensor<4x64xf32>) -> tensor<24x256xf32>
  return
}

// -----

// A result of f32 from rows of f64.
func.func @f(%d: tensor<24xf64>, %x: tensor<4x64xf64>) {
  // expected-error @below {{'mhc.outer' op expected coefficients of 'f64' in 'out' with rows of f64, got 'tensor<24x256xf32>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf64>, tensor<4x64xf64>) -> tensor<24x256xf32>
  return
}

// -----

// A result of bf16.
func.func @f(%d: tensor<24xf32>, %x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.outer' op result #0 must be coefficients (ranked tensor of f32 or f64, without encoding), but got 'tensor<24x256xbf16>'}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x64xf32>) -> tensor<24x256xbf16>
  return
}
