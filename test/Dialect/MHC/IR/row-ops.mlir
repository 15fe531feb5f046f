// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// The algebra of rows and coefficients: every op, every form, every type.

//===----------------------------------------------------------------------===//
// mhc.combine
//===----------------------------------------------------------------------===//

// How a connection writes back: the result of the sublayer and the mixed streams.
// CHECK-LABEL: func.func @combine_write(
// CHECK: %{{.+}} = mhc.combine (%arg1 by %arg2 : tensor<?x64xbf16>, tensor<?x4xf32>), (%arg0 by %arg3 transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
func.func @combine_write(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%x by %R transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

// The order of the terms is kept, plain ones between the others.
// CHECK-LABEL: func.func @combine_order(
// CHECK: %{{.+}} = mhc.combine (%arg1 : tensor<2x3x64xf16>), (%arg0 by %arg3 : tensor<2x3x4x64xf16>, tensor<2x3x4x4xf32>), (%arg0 : tensor<2x3x4x64xf16>), (%arg0 scaled %arg2 : tensor<2x3x4x64xf16>, tensor<2x3xf32>) -> tensor<2x3x4x64xf16>
func.func @combine_order(%x: tensor<2x3x4x64xf16>, %f: tensor<2x3x64xf16>, %k: tensor<2x3xf32>, %R: tensor<2x3x4x4xf32>) -> tensor<2x3x4x64xf16> {
  %0 = mhc.combine (%f : tensor<2x3x64xf16>),
                   (%x by %R : tensor<2x3x4x64xf16>, tensor<2x3x4x4xf32>),
                   (%x : tensor<2x3x4x64xf16>),
                   (%x scaled %k : tensor<2x3x4x64xf16>, tensor<2x3xf32>) -> tensor<2x3x4x64xf16>
  return %0 : tensor<2x3x4x64xf16>
}

// A factor for each token and stream.
// CHECK-LABEL: func.func @combine_scaled_streams(
// CHECK: %{{.+}} = mhc.combine (%arg0 scaled %arg1 : tensor<?x3x5xf32>, tensor<?x3xf32>) -> tensor<?x3x5xf32>
func.func @combine_scaled_streams(%x: tensor<?x3x5xf32>, %k: tensor<?x3xf32>) -> tensor<?x3x5xf32> {
  %0 = mhc.combine (%x scaled %k : tensor<?x3x5xf32>, tensor<?x3xf32>) -> tensor<?x3x5xf32>
  return %0 : tensor<?x3x5xf32>
}

// One factor for all tokens.
// CHECK-LABEL: func.func @combine_scaled_static(
// CHECK: %{{.+}} = mhc.combine (%arg0 scaled %arg1 : tensor<?x3x5xf32>, tensor<f32>) -> tensor<?x3x5xf32>
func.func @combine_scaled_static(%x: tensor<?x3x5xf32>, %k: tensor<f32>) -> tensor<?x3x5xf32> {
  %0 = mhc.combine (%x scaled %k : tensor<?x3x5xf32>, tensor<f32>) -> tensor<?x3x5xf32>
  return %0 : tensor<?x3x5xf32>
}

// A row without streams is scaled and spread over them.
// CHECK-LABEL: func.func @combine_scaled_row(
// CHECK: %{{.+}} = mhc.combine (%arg0 scaled %arg1 : tensor<?x5xf32>, tensor<?xf32>) -> tensor<?x2x5xf32>
func.func @combine_scaled_row(%f: tensor<?x5xf32>, %k: tensor<?xf32>) -> tensor<?x2x5xf32> {
  %0 = mhc.combine (%f scaled %k : tensor<?x5xf32>, tensor<?xf32>) -> tensor<?x2x5xf32>
  return %0 : tensor<?x2x5xf32>
}

// Coefficients that are the same for all tokens.
// CHECK-LABEL: func.func @combine_static(
// CHECK: %{{.+}} = mhc.combine (%arg1 by %arg2 : tensor<?x64xbf16>, tensor<4xf32>), (%arg0 by %arg3 : tensor<?x4x64xbf16>, tensor<4x4xf32>), (%arg0 by %arg3 transposed : tensor<?x4x64xbf16>, tensor<4x4xf32>) -> tensor<?x4x64xbf16>
func.func @combine_static(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<4xf32>, %R: tensor<4x4xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<4xf32>),
                   (%x by %R : tensor<?x4x64xbf16>, tensor<4x4xf32>),
                   (%x by %R transposed : tensor<?x4x64xbf16>, tensor<4x4xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

// A matrix that is not square changes the number of streams, either way round.
// CHECK-LABEL: func.func @combine_rectangular(
// CHECK: %{{.+}} = mhc.combine (%arg0 by %arg1 : tensor<?x3x64xf32>, tensor<?x5x3xf32>), (%arg0 by %arg2 transposed : tensor<?x3x64xf32>, tensor<3x5xf32>) -> tensor<?x5x64xf32>
func.func @combine_rectangular(%x: tensor<?x3x64xf32>, %R: tensor<?x5x3xf32>, %S: tensor<3x5xf32>) -> tensor<?x5x64xf32> {
  %0 = mhc.combine (%x by %R : tensor<?x3x64xf32>, tensor<?x5x3xf32>),
                   (%x by %S transposed : tensor<?x3x64xf32>, tensor<3x5xf32>) -> tensor<?x5x64xf32>
  return %0 : tensor<?x5x64xf32>
}

// Rows alone: no streams are needed.
// CHECK-LABEL: func.func @combine_rows(
// CHECK: %{{.+}} = mhc.combine (%arg0 : tensor<7xf32>), (%arg1 : tensor<7xbf16>) -> tensor<7xf16>
func.func @combine_rows(%a: tensor<7xf32>, %b: tensor<7xbf16>) -> tensor<7xf16> {
  %0 = mhc.combine (%a : tensor<7xf32>), (%b : tensor<7xbf16>) -> tensor<7xf16>
  return %0 : tensor<7xf16>
}

// No token dimension, and rows of three types.
// CHECK-LABEL: func.func @combine_one_token(
// CHECK: %{{.+}} = mhc.combine (%arg1 by %arg2 : tensor<8xf16>, tensor<2xf32>), (%arg0 by %arg3 : tensor<2x8xbf16>, tensor<2x2xf32>) -> tensor<2x8xf32>
func.func @combine_one_token(%x: tensor<2x8xbf16>, %f: tensor<8xf16>, %post: tensor<2xf32>, %R: tensor<2x2xf32>) -> tensor<2x8xf32> {
  %0 = mhc.combine (%f by %post : tensor<8xf16>, tensor<2xf32>), (%x by %R : tensor<2x8xbf16>, tensor<2x2xf32>) -> tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// f64, zero tokens, another attribute.
// CHECK-LABEL: func.func @combine_f64(
// CHECK: %{{.+}} = mhc.combine (%arg0 by %arg1 : tensor<0x1x8xf64>, tensor<0x1x1xf64>) {note} -> tensor<0x1x8xf64>
func.func @combine_f64(%x: tensor<0x1x8xf64>, %R: tensor<0x1x1xf64>) -> tensor<0x1x8xf64> {
  %0 = mhc.combine (%x by %R : tensor<0x1x8xf64>, tensor<0x1x1xf64>) {note} -> tensor<0x1x8xf64>
  return %0 : tensor<0x1x8xf64>
}

//===----------------------------------------------------------------------===//
// mhc.aggregate
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @aggregate(
// CHECK: %{{.+}} = mhc.aggregate %arg0, %arg1 : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
func.func @aggregate(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %0 : tensor<?x64xbf16>
}

// Static coefficients, several token dimensions, a wider result.
// CHECK-LABEL: func.func @aggregate_static(
// CHECK: %{{.+}} = mhc.aggregate %arg0, %arg1 : (tensor<2x?x16x3xf16>, tensor<16xf32>) -> tensor<2x?x3xf32>
func.func @aggregate_static(%x: tensor<2x?x16x3xf16>, %pre: tensor<16xf32>) -> tensor<2x?x3xf32> {
  %0 = mhc.aggregate %x, %pre : (tensor<2x?x16x3xf16>, tensor<16xf32>) -> tensor<2x?x3xf32>
  return %0 : tensor<2x?x3xf32>
}

// f64 without a token dimension.
// CHECK-LABEL: func.func @aggregate_f64(
// CHECK: %{{.+}} = mhc.aggregate %arg0, %arg1 : (tensor<1x1xf64>, tensor<1xf64>) -> tensor<1xf64>
func.func @aggregate_f64(%x: tensor<1x1xf64>, %pre: tensor<1xf64>) -> tensor<1xf64> {
  %0 = mhc.aggregate %x, %pre : (tensor<1x1xf64>, tensor<1xf64>) -> tensor<1xf64>
  return %0 : tensor<1xf64>
}

//===----------------------------------------------------------------------===//
// mhc.inner
//===----------------------------------------------------------------------===//

// Pairs of streams; one row or both without them. `pairs` is not printed.
// CHECK-LABEL: func.func @inner_pairs(
// CHECK: %{{.+}} = mhc.inner %arg0, %arg1 : (tensor<?x4x64xbf16>, tensor<?x3x64xf32>) -> tensor<?x4x3xf32>
// CHECK: %{{.+}} = mhc.inner %arg0, %arg2 : (tensor<?x4x64xbf16>, tensor<?x64xf16>) -> tensor<?x4xf32>
// CHECK: %{{.+}} = mhc.inner %arg2, %arg0 : (tensor<?x64xf16>, tensor<?x4x64xbf16>) -> tensor<?x4xf32>
// CHECK: %{{.+}} = mhc.inner %arg2, %arg2 : (tensor<?x64xf16>, tensor<?x64xf16>) -> tensor<?xf32>
func.func @inner_pairs(%g: tensor<?x4x64xbf16>, %x: tensor<?x3x64xf32>, %f: tensor<?x64xf16>)
    -> (tensor<?x4x3xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xf32>) {
  %0 = mhc.inner %g, %x : (tensor<?x4x64xbf16>, tensor<?x3x64xf32>) -> tensor<?x4x3xf32>
  %1 = mhc.inner %g, %f : (tensor<?x4x64xbf16>, tensor<?x64xf16>) -> tensor<?x4xf32>
  %2 = mhc.inner %f, %g : (tensor<?x64xf16>, tensor<?x4x64xbf16>) -> tensor<?x4xf32>
  %3 = mhc.inner %f, %f : (tensor<?x64xf16>, tensor<?x64xf16>) -> tensor<?xf32>
  return %0, %1, %2, %3 : tensor<?x4x3xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xf32>
}

// Every stream with its own.
// CHECK-LABEL: func.func @inner_each(
// CHECK: %{{.+}} = mhc.inner each %arg0, %arg0 : (tensor<2x?x4x64xf32>, tensor<2x?x4x64xf32>) -> tensor<2x?x4xf32>
func.func @inner_each(%a: tensor<2x?x4x64xf32>) -> tensor<2x?x4xf32> {
  %0 = mhc.inner each %a, %a : (tensor<2x?x4x64xf32>, tensor<2x?x4x64xf32>) -> tensor<2x?x4xf32>
  return %0 : tensor<2x?x4xf32>
}

// A token as a whole, with streams and without, f64, zero tokens, none at all.
// CHECK-LABEL: func.func @inner_whole(
// CHECK: %{{.+}} = mhc.inner whole %arg0, %arg0 : (tensor<0x4x64xf64>, tensor<0x4x64xf64>) -> tensor<0xf64>
// CHECK: %{{.+}} = mhc.inner whole %arg1, %arg1 : (tensor<0x64xf64>, tensor<0x64xf64>) -> tensor<0xf64>
// CHECK: %{{.+}} = mhc.inner whole %arg2, %arg2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<f32>
func.func @inner_whole(%a: tensor<0x4x64xf64>, %b: tensor<0x64xf64>, %c: tensor<8xf32>) -> (tensor<0xf64>, tensor<0xf64>, tensor<f32>) {
  %0 = mhc.inner whole %a, %a : (tensor<0x4x64xf64>, tensor<0x4x64xf64>) -> tensor<0xf64>
  %1 = mhc.inner whole %b, %b : (tensor<0x64xf64>, tensor<0x64xf64>) -> tensor<0xf64>
  %2 = mhc.inner whole %c, %c : (tensor<8xf32>, tensor<8xf32>) -> tensor<f32>
  return %0, %1, %2 : tensor<0xf64>, tensor<0xf64>, tensor<f32>
}

// The rank of the result says whether the first dimension is tokens or streams.
// CHECK-LABEL: func.func @inner_tokens_or_streams(
// CHECK: %{{.+}} = mhc.inner %arg0, %arg0 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.inner %arg0, %arg0 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x2xf32>
func.func @inner_tokens_or_streams(%a: tensor<2x8xf32>) -> (tensor<2xf32>, tensor<2x2xf32>) {
  %0 = mhc.inner %a, %a : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2xf32>
  %1 = mhc.inner %a, %a : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2x2xf32>
}

//===----------------------------------------------------------------------===//
// mhc.project
//===----------------------------------------------------------------------===//

// The whole token, which is not printed, with each precision; bf16x3 is not printed.
// CHECK-LABEL: func.func @project_precisions(
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 precision bf16x2 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 precision tf32 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 precision f32 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
func.func @project_precisions(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>)
    -> (tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x24xf32>) {
  %0 = mhc.project %x by %phi precision bf16x3 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  %1 = mhc.project %x by %phi precision bf16x2 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  %2 = mhc.project %x by %phi precision tf32 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  %3 = mhc.project %x by %phi precision f32 : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  return %0, %1, %2, %3 : tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x24xf32>
}

// With a norm weight, narrow weights, no token dimension.
// CHECK-LABEL: func.func @project_norm_weight(
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 norm_weight %arg2 precision f32 : (tensor<4x8xf32>, tensor<24x32xbf16>, tensor<32xf16>) -> tensor<24xf32>
func.func @project_norm_weight(%x: tensor<4x8xf32>, %phi: tensor<24x32xbf16>, %w: tensor<32xf16>) -> tensor<24xf32> {
  %0 = mhc.project %x by %phi norm_weight %w precision f32 : (tensor<4x8xf32>, tensor<24x32xbf16>, tensor<32xf16>) -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// A row without streams.
// CHECK-LABEL: func.func @project_row(
// CHECK: %{{.+}} = mhc.project %arg0 by %arg1 : (tensor<2x3x8xf16>, tensor<1x8xf32>) -> tensor<2x3x1xf32>
func.func @project_row(%x: tensor<2x3x8xf16>, %phi: tensor<1x8xf32>) -> tensor<2x3x1xf32> {
  %0 = mhc.project %x by %phi : (tensor<2x3x8xf16>, tensor<1x8xf32>) -> tensor<2x3x1xf32>
  return %0 : tensor<2x3x1xf32>
}

// Every stream by itself, f64 with f32 weights.
// CHECK-LABEL: func.func @project_each(
// CHECK: %{{.+}} = mhc.project each %arg0 by %arg1 norm_weight %arg2 {note = 1 : i32} : (tensor<?x4x8xf64>, tensor<6x8xf32>, tensor<8xf64>) -> tensor<?x4x6xf64>
func.func @project_each(%x: tensor<?x4x8xf64>, %phi: tensor<6x8xf32>, %w: tensor<8xf64>) -> tensor<?x4x6xf64> {
  %0 = mhc.project each %x by %phi norm_weight %w {note = 1 : i32} : (tensor<?x4x8xf64>, tensor<6x8xf32>, tensor<8xf64>) -> tensor<?x4x6xf64>
  return %0 : tensor<?x4x6xf64>
}

//===----------------------------------------------------------------------===//
// mhc.backproject
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @backproject(
// CHECK: %{{.+}} = mhc.backproject %arg0 by %arg1 : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xbf16>
func.func @backproject(%d: tensor<?x24xf32>, %phi: tensor<24x256xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.backproject %d by %phi : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

// Every stream by itself.
// CHECK-LABEL: func.func @backproject_each(
// CHECK: %{{.+}} = mhc.backproject each %arg0 by %arg1 norm_weight %arg2 precision bf16x2 : (tensor<0x4x6xf32>, tensor<6x8xf32>, tensor<8xf32>) -> tensor<0x4x8xf16>
func.func @backproject_each(%d: tensor<0x4x6xf32>, %phi: tensor<6x8xf32>, %w: tensor<8xf32>) -> tensor<0x4x8xf16> {
  %0 = mhc.backproject each %d by %phi norm_weight %w precision bf16x2 : (tensor<0x4x6xf32>, tensor<6x8xf32>, tensor<8xf32>) -> tensor<0x4x8xf16>
  return %0 : tensor<0x4x8xf16>
}

// f64, no token dimension, and a row without streams.
// CHECK-LABEL: func.func @backproject_row(
// CHECK: %{{.+}} = mhc.backproject %arg0 by %arg1 precision tf32 : (tensor<5xf64>, tensor<5x8xf64>) -> tensor<8xf64>
func.func @backproject_row(%d: tensor<5xf64>, %phi: tensor<5x8xf64>) -> tensor<8xf64> {
  %0 = mhc.backproject %d by %phi precision tf32 : (tensor<5xf64>, tensor<5x8xf64>) -> tensor<8xf64>
  return %0 : tensor<8xf64>
}

//===----------------------------------------------------------------------===//
// mhc.outer
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @outer(
// CHECK: %{{.+}} = mhc.outer %arg0 by %arg1 : (tensor<2x?x24xf32>, tensor<2x?x4x64xbf16>) -> tensor<24x256xf32>
func.func @outer(%d: tensor<2x?x24xf32>, %x: tensor<2x?x4x64xbf16>) -> tensor<24x256xf32> {
  %0 = mhc.outer %d by %x : (tensor<2x?x24xf32>, tensor<2x?x4x64xbf16>) -> tensor<24x256xf32>
  return %0 : tensor<24x256xf32>
}

// Every stream by itself.
// CHECK-LABEL: func.func @outer_each(
// CHECK: %{{.+}} = mhc.outer each %arg0 by %arg1 precision f32 : (tensor<?x4x6xf32>, tensor<?x4x8xf32>) -> tensor<6x8xf32>
func.func @outer_each(%d: tensor<?x4x6xf32>, %x: tensor<?x4x8xf32>) -> tensor<6x8xf32> {
  %0 = mhc.outer each %d by %x precision f32 : (tensor<?x4x6xf32>, tensor<?x4x8xf32>) -> tensor<6x8xf32>
  return %0 : tensor<6x8xf32>
}

// f64 and one row, with no token dimension.
// CHECK-LABEL: func.func @outer_row(
// CHECK: %{{.+}} = mhc.outer %arg0 by %arg1 precision bf16x2 : (tensor<5xf64>, tensor<8xf64>) -> tensor<5x8xf64>
func.func @outer_row(%d: tensor<5xf64>, %x: tensor<8xf64>) -> tensor<5x8xf64> {
  %0 = mhc.outer %d by %x precision bf16x2 : (tensor<5xf64>, tensor<8xf64>) -> tensor<5x8xf64>
  return %0 : tensor<5x8xf64>
}
