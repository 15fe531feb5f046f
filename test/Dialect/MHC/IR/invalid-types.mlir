// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What the types of kernels refuse.

// Three dimensions.
// expected-error @below {{expected a row to have dimensions n x C or C, got 3 dimensions}}
func.func private @f(%x: !mhc.row<2x4x8xf32>)

// -----

// No dimension.
// expected-error @below {{expected a row to have dimensions n x C or C, got 0 dimensions}}
func.func private @f(%x: !mhc.row<f32>)

// -----

// A row of booleans.
// expected-error @below {{expected a row of bf16, f16, f32, f64, i8, i32 or i64, got 'i1'}}
func.func private @f(%x: !mhc.row<4x8xi1>)

// -----

// A row of indices.
// expected-error @below {{expected a row of bf16, f16, f32, f64, i8, i32 or i64, got 'index'}}
func.func private @f(%x: !mhc.row<4x8xindex>)

// -----

// A row of signed integers.
// expected-error @below {{expected a row of bf16, f16, f32, f64, i8, i32 or i64, got 'si8'}}
func.func private @f(%x: !mhc.row<4x8xsi8>)

// -----

// A row of vectors.
// expected-error @below {{expected a row of bf16, f16, f32, f64, i8, i32 or i64, got 'vector<2xf32>'}}
func.func private @f(%x: !mhc.row<8xvector<2xf32>>)

// -----

// No columns.
// expected-error @below {{expected hidden, the last dimension, to be from 1 to 2147483647, got 0}}
func.func private @f(%x: !mhc.row<4x0xf32>)

// -----

// Too many columns.
// expected-error @below {{expected hidden, the last dimension, to be from 1 to 2147483647, got 2147483648}}
func.func private @f(%x: !mhc.row<2147483648xf32>)

// -----

// No stream.
// expected-error @below {{expected streams, the dimension before the last, to be from 1 to 16, got 0}}
func.func private @f(%x: !mhc.row<0x8xf32>)

// -----

// Seventeen streams.
// expected-error @below {{expected streams, the dimension before the last, to be from 1 to 16, got 17}}
func.func private @f(%x: !mhc.row<17x8xf32>)

// -----

// A dynamic hidden.
// expected-error @below {{expected static shape}}
func.func private @f(%x: !mhc.row<4x?xf32>)

// -----

// Nothing after the dimensions.
// expected-error @below {{expected non-function type}}
func.func private @f(%x: !mhc.row<4x8x>)

// -----

// No dimensions at all.
// expected-error @below {{expected '<'}}
func.func private @f(%x: !mhc.row)

// -----

// Weights of one dimension.
// expected-error @below {{expected weights to have dimensions m x n x C or m x C, got 1 dimensions}}
func.func private @f(%x: !mhc.weight<8xf32>)

// -----

// Weights of four dimensions.
// expected-error @below {{expected weights to have dimensions m x n x C or m x C, got 4 dimensions}}
func.func private @f(%x: !mhc.weight<6x2x2x8xf32>)

// -----

// Weights of integers.
// expected-error @below {{expected weights of bf16, f16, f32 or f64, got 'i8'}}
func.func private @f(%x: !mhc.weight<6x8xi8>)

// -----

// Weights of no row.
// expected-error @below {{expected weights to have at least one row, got 0}}
func.func private @f(%x: !mhc.weight<0x8xf32>)

// -----

// Weights of no column.
// expected-error @below {{expected hidden, the last dimension, to be from 1 to 2147483647, got 0}}
func.func private @f(%x: !mhc.weight<6x0xf32>)

// -----

// Weights of seventeen streams.
// expected-error @below {{expected streams, the dimension before the last, to be from 1 to 16, got 17}}
func.func private @f(%x: !mhc.weight<6x17x8xf32>)

// -----

// A total of integers.
// expected-error @below {{expected a total of floats, got 'i32'}}
func.func private @f(%x: !mhc.total<8xi32>)

// -----

// A total of nothing.
// expected-error @below {{expected dimensions of at least 1, got 0}}
func.func private @f(%x: !mhc.total<0x8xf32>)

// -----

// A type that there is not.
// expected-error @below {{unknown  type `stream` in dialect `mhc`}}
func.func private @f(%x: !mhc.stream<4xf32>)
