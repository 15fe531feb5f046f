// RUN: mhc-opt %s --canonicalize --split-input-file | FileCheck %s

// Every folder and canonicalisation, and what each of them must leave alone.

// One stream that was expanded is the row, for sum and mean.
// CHECK-LABEL: func.func @reduce_one_stream(
// CHECK-NEXT: return %arg0, %arg0 : tensor<?x64xbf16>, tensor<?x64xbf16>
func.func @reduce_one_stream(%x: tensor<?x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x64xbf16>) {
  %0 = mhc.expand %x : tensor<?x64xbf16> to tensor<?x1x64xbf16>
  %1 = mhc.reduce_streams sum %0 : tensor<?x1x64xbf16> to tensor<?x64xbf16>
  %2 = mhc.reduce_streams mean %0 : tensor<?x1x64xbf16> to tensor<?x64xbf16>
  return %1, %2 : tensor<?x64xbf16>, tensor<?x64xbf16>
}

// -----

// The sum of two streams is not the row; their mean may overflow before it is.
// CHECK-LABEL: func.func @reduce_two_streams(
// CHECK: %[[X:.+]] = mhc.expand %arg0 : tensor<64xf16> to tensor<2x64xf16>
// CHECK: %[[S:.+]] = mhc.reduce_streams sum %[[X]] : tensor<2x64xf16> to tensor<64xf16>
// CHECK: %[[M:.+]] = mhc.reduce_streams mean %[[X]] : tensor<2x64xf16> to tensor<64xf16>
// CHECK: return %[[S]], %[[M]]
func.func @reduce_two_streams(%x: tensor<64xf16>) -> (tensor<64xf16>, tensor<64xf16>) {
  %0 = mhc.expand %x : tensor<64xf16> to tensor<2x64xf16>
  %1 = mhc.reduce_streams sum %0 : tensor<2x64xf16> to tensor<64xf16>
  %2 = mhc.reduce_streams mean %0 : tensor<2x64xf16> to tensor<64xf16>
  return %1, %2 : tensor<64xf16>, tensor<64xf16>
}

// -----

// A stream that comes from elsewhere has no row without streams.
// CHECK-LABEL: func.func @reduce_argument(
// CHECK: mhc.reduce_streams sum %arg0 : tensor<1x64xf32> to tensor<64xf32>
func.func @reduce_argument(%x: tensor<1x64xf32>) -> tensor<64xf32> {
  %0 = mhc.reduce_streams sum %x : tensor<1x64xf32> to tensor<64xf32>
  return %0 : tensor<64xf32>
}

// -----

// Rounded in between: bf16 loses what f32 has.
// CHECK-LABEL: func.func @reduce_rounded(
// CHECK: %[[X:.+]] = mhc.expand %arg0 : tensor<64xf32> to tensor<1x64xbf16>
// CHECK: mhc.reduce_streams sum %[[X]] : tensor<1x64xbf16> to tensor<64xf32>
func.func @reduce_rounded(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = mhc.expand %x : tensor<64xf32> to tensor<1x64xbf16>
  %1 = mhc.reduce_streams sum %0 : tensor<1x64xbf16> to tensor<64xf32>
  return %1 : tensor<64xf32>
}

// -----

// Another type of the result, of elements or of dimensions.
// CHECK-LABEL: func.func @reduce_other_type(
// CHECK: mhc.reduce_streams sum %{{.+}} : tensor<?x1x64xf32> to tensor<?x64xbf16>
// CHECK: mhc.reduce_streams sum %{{.+}} : tensor<?x1x64xf32> to tensor<8x64xf32>
func.func @reduce_other_type(%x: tensor<?x64xf32>) -> (tensor<?x64xbf16>, tensor<8x64xf32>) {
  %0 = mhc.expand %x : tensor<?x64xf32> to tensor<?x1x64xf32>
  %1 = mhc.reduce_streams sum %0 : tensor<?x1x64xf32> to tensor<?x64xbf16>
  %2 = mhc.reduce_streams sum %0 : tensor<?x1x64xf32> to tensor<8x64xf32>
  return %1, %2 : tensor<?x64xbf16>, tensor<8x64xf32>
}

// -----

// One plain row is itself.
// CHECK-LABEL: func.func @combine_one_row(
// CHECK-NEXT: return %arg0 : tensor<?x4x64xbf16>
func.func @combine_one_row(%x: tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16> {
  %0 = mhc.combine (%x : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

// -----

// Not if it is spread over streams, rounded, given dimensions, or mixed.
// CHECK-LABEL: func.func @combine_not_one_row(
// CHECK: mhc.combine (%arg0 : tensor<?x64xf32>) -> tensor<?x4x64xf32>
// CHECK: mhc.combine (%arg0 : tensor<?x64xf32>) -> tensor<?x64xbf16>
// CHECK: mhc.combine (%arg0 : tensor<?x64xf32>) -> tensor<8x64xf32>
// CHECK: mhc.combine (%arg1 by %arg2 : tensor<4x64xf32>, tensor<4x4xf32>) -> tensor<4x64xf32>
// CHECK: mhc.combine (%arg1 : tensor<4x64xf32>), (%arg1 : tensor<4x64xf32>) -> tensor<4x64xf32>
func.func @combine_not_one_row(%x: tensor<?x64xf32>, %z: tensor<4x64xf32>, %R: tensor<4x4xf32>)
    -> (tensor<?x4x64xf32>, tensor<?x64xbf16>, tensor<8x64xf32>, tensor<4x64xf32>, tensor<4x64xf32>) {
  %0 = mhc.combine (%x : tensor<?x64xf32>) -> tensor<?x4x64xf32>
  %1 = mhc.combine (%x : tensor<?x64xf32>) -> tensor<?x64xbf16>
  %2 = mhc.combine (%x : tensor<?x64xf32>) -> tensor<8x64xf32>
  %3 = mhc.combine (%z by %R : tensor<4x64xf32>, tensor<4x4xf32>) -> tensor<4x64xf32>
  %4 = mhc.combine (%z : tensor<4x64xf32>), (%z : tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0, %1, %2, %3, %4 : tensor<?x4x64xf32>, tensor<?x64xbf16>, tensor<8x64xf32>, tensor<4x64xf32>, tensor<4x64xf32>
}

// -----

// A factor of one is dropped, the other terms and their order stay.
// CHECK-LABEL: func.func @scaled_by_one(
// CHECK-NEXT: %[[C:.+]] = mhc.combine (%arg0 scaled %arg1 : tensor<2x64xf32>, tensor<2xf32>), (%arg0 : tensor<2x64xf32>), (%arg0 scaled %arg1 : tensor<2x64xf32>, tensor<2xf32>) -> tensor<2x64xf32>
// CHECK-NEXT: return %[[C]]
func.func @scaled_by_one(%x: tensor<2x64xf32>, %k: tensor<2xf32>) -> tensor<2x64xf32> {
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %0 = mhc.combine (%x scaled %k : tensor<2x64xf32>, tensor<2xf32>), (%x scaled %one : tensor<2x64xf32>, tensor<2xf32>),
                   (%x scaled %k : tensor<2x64xf32>, tensor<2xf32>) -> tensor<2x64xf32>
  return %0 : tensor<2x64xf32>
}

// -----

// What remains of one row folds. Also for f64 and a scalar of all tokens.
// CHECK-LABEL: func.func @scaled_by_one_alone(
// CHECK-NEXT: return %arg0 : tensor<?x4x64xf64>
func.func @scaled_by_one_alone(%x: tensor<?x4x64xf64>) -> tensor<?x4x64xf64> {
  %one = arith.constant dense<1.0> : tensor<f64>
  %0 = mhc.combine (%x scaled %one : tensor<?x4x64xf64>, tensor<f64>) -> tensor<?x4x64xf64>
  return %0 : tensor<?x4x64xf64>
}

// -----

// Factors that are not one: nearly one, minus one, one for the first token only, unknown.
// CHECK-LABEL: func.func @scaled_by_another(
// CHECK: mhc.combine (%arg0 scaled %{{.+}} : tensor<2x64xf32>, tensor<2xf32>), (%arg0 scaled %{{.+}} : tensor<2x64xf32>, tensor<2xf32>), (%arg0 scaled %{{.+}} : tensor<2x64xf32>, tensor<2xf32>), (%arg0 scaled %arg1 : tensor<2x64xf32>, tensor<2xf32>) -> tensor<2x64xf32>
func.func @scaled_by_another(%x: tensor<2x64xf32>, %k: tensor<2xf32>) -> tensor<2x64xf32> {
  %near = arith.constant dense<0x3F800001> : tensor<2xf32>
  %minus = arith.constant dense<-1.0> : tensor<2xf32>
  %first = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = mhc.combine (%x scaled %near : tensor<2x64xf32>, tensor<2xf32>), (%x scaled %minus : tensor<2x64xf32>, tensor<2xf32>),
                   (%x scaled %first : tensor<2x64xf32>, tensor<2xf32>), (%x scaled %k : tensor<2x64xf32>, tensor<2xf32>) -> tensor<2x64xf32>
  return %0 : tensor<2x64xf32>
}

// -----

// A vector of ones is not a factor of one: it spreads the row over the streams.
// CHECK-LABEL: func.func @by_ones(
// CHECK: mhc.combine (%arg0 by %{{.+}} : tensor<64xf32>, tensor<4xf32>) -> tensor<4x64xf32>
func.func @by_ones(%f: tensor<64xf32>) -> tensor<4x64xf32> {
  %ones = arith.constant dense<1.0> : tensor<4xf32>
  %0 = mhc.combine (%f by %ones : tensor<64xf32>, tensor<4xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}

// -----

// A transposed matrix is read the other way round; twice is not at all.
// CHECK-LABEL: func.func @transposed(
// CHECK-NOT: linalg.transpose
// CHECK: mhc.combine (%arg0 by %arg1 transposed : tensor<?x4x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
// CHECK: mhc.combine (%arg0 by %arg1 : tensor<?x4x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
func.func @transposed(%x: tensor<?x4x64xf32>, %R: tensor<?x4x4xf32>, %init: tensor<?x4x4xf32>) -> (tensor<?x4x64xf32>, tensor<?x4x64xf32>) {
  %t = linalg.transpose ins(%R : tensor<?x4x4xf32>) outs(%init : tensor<?x4x4xf32>) permutation = [0, 2, 1]
  %0 = mhc.combine (%x by %t : tensor<?x4x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  %1 = mhc.combine (%x by %t transposed : tensor<?x4x64xf32>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  return %0, %1 : tensor<?x4x64xf32>, tensor<?x4x64xf32>
}

// -----

// A static matrix that is not square.
// CHECK-LABEL: func.func @transposed_static(
// CHECK-NOT: linalg.transpose
// CHECK: mhc.combine (%arg0 by %arg1 transposed : tensor<?x3x64xf32>, tensor<3x5xf32>) -> tensor<?x5x64xf32>
func.func @transposed_static(%x: tensor<?x3x64xf32>, %R: tensor<3x5xf32>, %init: tensor<5x3xf32>) -> tensor<?x5x64xf32> {
  %t = linalg.transpose ins(%R : tensor<3x5xf32>) outs(%init : tensor<5x3xf32>) permutation = [1, 0]
  %0 = mhc.combine (%x by %t : tensor<?x3x64xf32>, tensor<5x3xf32>) -> tensor<?x5x64xf32>
  return %0 : tensor<?x5x64xf32>
}

// -----

// Tokens that change places with streams, or among themselves, are another matter.
// CHECK-LABEL: func.func @transposed_tokens(
// CHECK: %[[A:.+]] = linalg.transpose {{.*}} permutation = [1, 0, 2]
// CHECK: %[[B:.+]] = linalg.transpose {{.*}} permutation = [1, 2, 0]
// CHECK: mhc.combine (%arg0 by %[[A]] : tensor<4x4x64xf32>, tensor<4x4x4xf32>), (%arg0 by %[[B]] transposed : tensor<4x4x64xf32>, tensor<4x4x4xf32>) -> tensor<4x4x64xf32>
func.func @transposed_tokens(%x: tensor<4x4x64xf32>, %R: tensor<4x4x4xf32>, %init: tensor<4x4x4xf32>) -> tensor<4x4x64xf32> {
  %a = linalg.transpose ins(%R : tensor<4x4x4xf32>) outs(%init : tensor<4x4x4xf32>) permutation = [1, 0, 2]
  %b = linalg.transpose ins(%R : tensor<4x4x4xf32>) outs(%init : tensor<4x4x4xf32>) permutation = [1, 2, 0]
  %0 = mhc.combine (%x by %a : tensor<4x4x64xf32>, tensor<4x4x4xf32>), (%x by %b transposed : tensor<4x4x64xf32>, tensor<4x4x4xf32>) -> tensor<4x4x64xf32>
  return %0 : tensor<4x4x64xf32>
}

// -----

// Four dimensions: both tokens exchanged besides, and only the matrix.
// CHECK-LABEL: func.func @transposed_two_token_dimensions(
// CHECK: %[[A:.+]] = linalg.transpose {{.*}} permutation = [1, 0, 3, 2]
// CHECK: mhc.combine (%arg0 by %[[A]] : tensor<3x3x2x64xf32>, tensor<3x3x2x2xf32>), (%arg0 by %arg1 transposed : tensor<3x3x2x64xf32>, tensor<3x3x2x2xf32>) -> tensor<3x3x2x64xf32>
func.func @transposed_two_token_dimensions(%x: tensor<3x3x2x64xf32>, %R: tensor<3x3x2x2xf32>, %init: tensor<3x3x2x2xf32>) -> tensor<3x3x2x64xf32> {
  %a = linalg.transpose ins(%R : tensor<3x3x2x2xf32>) outs(%init : tensor<3x3x2x2xf32>) permutation = [1, 0, 3, 2]
  %b = linalg.transpose ins(%R : tensor<3x3x2x2xf32>) outs(%init : tensor<3x3x2x2xf32>) permutation = [0, 1, 3, 2]
  %0 = mhc.combine (%x by %a : tensor<3x3x2x64xf32>, tensor<3x3x2x2xf32>), (%x by %b : tensor<3x3x2x64xf32>, tensor<3x3x2x2xf32>) -> tensor<3x3x2x64xf32>
  return %0 : tensor<3x3x2x64xf32>
}

// -----

// A vector for each token, transposed, is not a matrix; nor are factors of streams.
// CHECK-LABEL: func.func @transposed_vector(
// CHECK: %[[T:.+]] = linalg.transpose {{.*}} permutation = [1, 0]
// CHECK: mhc.combine (%arg0 by %[[T]] : tensor<4x64xf32>, tensor<4x4xf32>), (%arg1 scaled %[[T]] : tensor<4x4x64xf32>, tensor<4x4xf32>) -> tensor<4x4x64xf32>
func.func @transposed_vector(%f: tensor<4x64xf32>, %x: tensor<4x4x64xf32>, %post: tensor<4x4xf32>, %init: tensor<4x4xf32>) -> tensor<4x4x64xf32> {
  %t = linalg.transpose ins(%post : tensor<4x4xf32>) outs(%init : tensor<4x4xf32>) permutation = [1, 0]
  %0 = mhc.combine (%f by %t : tensor<4x64xf32>, tensor<4x4xf32>), (%x scaled %t : tensor<4x4x64xf32>, tensor<4x4xf32>) -> tensor<4x4x64xf32>
  return %0 : tensor<4x4x64xf32>
}

// -----

// phi times one is phi, of either extent, with the precision kept.
// CHECK-LABEL: func.func @unit_norm_weight(
// CHECK-NEXT: mhc.project %arg0 by %arg1 precision tf32 : (tensor<?x4x8xf32>, tensor<24x32xf32>) -> tensor<?x24xf32>
// CHECK-NEXT: mhc.project each %arg0 by %arg2 : (tensor<?x4x8xf32>, tensor<6x8xf32>) -> tensor<?x4x6xf32>
// CHECK-NEXT: mhc.backproject %{{.+}} by %arg1 : (tensor<?x24xf32>, tensor<24x32xf32>) -> tensor<?x4x8xbf16>
func.func @unit_norm_weight(%x: tensor<?x4x8xf32>, %phi: tensor<24x32xf32>, %each: tensor<6x8xf32>) -> (tensor<?x24xf32>, tensor<?x4x6xf32>, tensor<?x4x8xbf16>) {
  %one = arith.constant dense<1.0> : tensor<32xbf16>
  %ones = arith.constant dense<1.0> : tensor<8xf32>
  %0 = mhc.project %x by %phi norm_weight %one precision tf32 : (tensor<?x4x8xf32>, tensor<24x32xf32>, tensor<32xbf16>) -> tensor<?x24xf32>
  %1 = mhc.project each %x by %each norm_weight %ones : (tensor<?x4x8xf32>, tensor<6x8xf32>, tensor<8xf32>) -> tensor<?x4x6xf32>
  %2 = mhc.backproject %0 by %phi norm_weight %one : (tensor<?x24xf32>, tensor<24x32xf32>, tensor<32xbf16>) -> tensor<?x4x8xbf16>
  return %0, %1, %2 : tensor<?x24xf32>, tensor<?x4x6xf32>, tensor<?x4x8xbf16>
}

// -----

// Norm weights that are not all one, or not known.
// CHECK-LABEL: func.func @other_norm_weight(
// CHECK: mhc.project %arg0 by %arg1 norm_weight %{{.+}} : (tensor<2xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<3xf32>
// CHECK: mhc.project %arg0 by %arg1 norm_weight %{{.+}} : (tensor<2xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<3xf32>
// CHECK: mhc.backproject %{{.+}} by %arg1 norm_weight %arg2 : (tensor<3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<2xf32>
func.func @other_norm_weight(%x: tensor<2xf32>, %phi: tensor<3x2xf32>, %w: tensor<2xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<2xf32>) {
  %two = arith.constant dense<2.0> : tensor<2xf32>
  %some = arith.constant dense<[1.0, 0.5]> : tensor<2xf32>
  %0 = mhc.project %x by %phi norm_weight %two : (tensor<2xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<3xf32>
  %1 = mhc.project %x by %phi norm_weight %some : (tensor<2xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<3xf32>
  %2 = mhc.backproject %0 by %phi norm_weight %w : (tensor<3xf32>, tensor<3x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<3xf32>, tensor<3xf32>, tensor<2xf32>
}

// -----

// Gates that nobody uses are not handed on; all else stays, attributes too.
// CHECK-LABEL: func.func @unused_pre(
// CHECK: %[[O:.+]] = mhc.connection #hc %arg0 base %arg1 pre_in %arg2 {layer = 3 : i64} : (tensor<?x4x64xf32>, tensor<4x6xf32>, tensor<?x4xf32>) -> tensor<?x4x64xf32> sublayer(%[[Y:.+]]: tensor<?x64xf32>) {
// CHECK-NEXT: %[[F:.+]] = arith.addf %[[Y]], %[[Y]] : tensor<?x64xf32>
// CHECK-NEXT: mhc.yield %[[F]] : tensor<?x64xf32>
// CHECK: return %[[O]]
func.func @unused_pre(%x: tensor<?x4x64xf32>, %base: tensor<4x6xf32>, %pre: tensor<?x4xf32>) -> tensor<?x4x64xf32> {
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base pre_in %pre {layer = 3 : i64} : (tensor<?x4x64xf32>, tensor<4x6xf32>, tensor<?x4xf32>) -> (tensor<?x4x64xf32>, tensor<4xf32>) sublayer(%y: tensor<?x64xf32>) {
    %f = arith.addf %y, %y : tensor<?x64xf32>
    mhc.yield %f : tensor<?x64xf32>
  }
  return %0 : tensor<?x4x64xf32>
}

// -----

// Gates that are used stay, also if the streams are not.
// CHECK-LABEL: func.func @used_pre(
// CHECK: %{{.+}}, %[[P:.+]] = mhc.connection #hc %arg0 base %arg1 : (tensor<?x4x64xf32>, tensor<4x6xf32>) -> (tensor<?x4x64xf32>, tensor<4xf32>)
// CHECK: return %[[P]] : tensor<4xf32>
func.func @used_pre(%x: tensor<?x4x64xf32>, %base: tensor<4x6xf32>) -> tensor<4xf32> {
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<?x4x64xf32>, tensor<4x6xf32>) -> (tensor<?x4x64xf32>, tensor<4xf32>) sublayer(%y: tensor<?x64xf32>) {
    mhc.yield %y : tensor<?x64xf32>
  }
  return %1 : tensor<4xf32>
}

// -----

// A residual connection keeps its sublayer, and a sublayer is canonicalised inside.
// CHECK-LABEL: func.func @inside(
// CHECK: mhc.connection #residual %arg0 : (tensor<64xf32>) -> tensor<64xf32> sublayer(%[[Y:.+]]: tensor<64xf32>) {
// CHECK-NEXT: mhc.yield %[[Y]] : tensor<64xf32>
func.func @inside(%x: tensor<64xf32>) -> tensor<64xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<64xf32>) -> tensor<64xf32> sublayer(%y: tensor<64xf32>) {
    %1 = mhc.combine (%y : tensor<64xf32>) -> tensor<64xf32>
    mhc.yield %1 : tensor<64xf32>
  }
  return %0 : tensor<64xf32>
}
