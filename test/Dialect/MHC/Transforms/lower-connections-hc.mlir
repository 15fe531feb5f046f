// RUN: mhc-opt %s --mhc-lower-connections --mlir-print-local-scope | FileCheck %s

// Connections of kind hc, residual connections.

// HC, dynamic, rms norm: every stream is normalised over its own columns, so count is hidden and not n times
// hidden. The matrix is stored [in, out].

// CHECK-LABEL: func.func @hc_rms(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<5x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<3x5xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner each %[[X]], %[[X]] : (tensor<?x3x8xbf16>, tensor<?x3x8xbf16>) -> tensor<?x3xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?x3xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project each %[[X]] by %[[PHI]] : (tensor<?x3x8xbf16>, tensor<5x8xf32>) -> tensor<?x3x5xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x3x5xf32>, tensor<?x3xf32>) outs(%{{.*}} : tensor<?x3x5xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x3x5xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = tanh> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x3x5xf32>, tensor<3xf32>, tensor<3x5xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3x3xf32>)
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x3x8xbf16>, tensor<?x3xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xbf16>, tensor<?x3xf32>), (%[[X]] by %[[GATES]]#2 transposed : tensor<?x3x8xbf16>, tensor<?x3x3xf32>) -> tensor<?x3x8xbf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x3x8xbf16>
func.func @hc_rms(%x: tensor<?x3x8xbf16>, %phi: tensor<5x8xf32>, %scale: tensor<3xf32>,
                  %base: tensor<3x5xf32>) -> tensor<?x3x8xbf16> {
  %out = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base
      : (tensor<?x3x8xbf16>, tensor<5x8xf32>, tensor<3xf32>, tensor<3x5xf32>)
      -> tensor<?x3x8xbf16> sublayer(%y: tensor<?x8xbf16>) {
    %f = math.tanh %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x3x8xbf16>
}

// HC, layer norm: the mean of each stream.

// CHECK-LABEL: func.func @hc_layer(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<4x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x2xf64>) -> tensor<?x2xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[X]] : tensor<?x2x8xf32>) outs(%[[FILL]] : tensor<?x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[OUT]], %[[EXTF]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f64
// CHECK-NEXT:    } -> tensor<?x2xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[GENERIC]] : tensor<?x2x8xf32>, tensor<?x2xf64>) outs(%{{.*}} : tensor<?x2x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 8.000000e+00 : f64
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN1]], %[[CST1]] : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[DIVF]] : f64 to f32
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[IN0]], %[[TRUNCF]] : f32
// CHECK-NEXT:      linalg.yield %[[SUBF]] : f32
// CHECK-NEXT:    } -> tensor<?x2x8xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner each %[[GENERIC1]], %[[GENERIC1]] : (tensor<?x2x8xf32>, tensor<?x2x8xf32>) -> tensor<?x2xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 1.000000e-05 : f64} : tensor<?x2xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project each %[[GENERIC1]] by %[[PHI]] norm_weight %[[W]] precision f32 : (tensor<?x2x8xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<?x2x4xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x2x4xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x2x4xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = tanh> %[[GENERIC2]], %[[SCALE]], %[[BASE]] : (tensor<?x2x4xf32>, tensor<3xf32>, tensor<2x4xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x2x8xf32>, tensor<?x2xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xf32>, tensor<?x2xf32>), (%[[X]] by %[[GATES]]#2 transposed : tensor<?x2x8xf32>, tensor<?x2x2xf32>) -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x2x8xf32>
func.func @hc_layer(%x: tensor<?x2x8xf32>, %phi: tensor<4x8xf32>, %scale: tensor<3xf32>,
                    %base: tensor<2x4xf32>, %w: tensor<8xf32>) -> tensor<?x2x8xf32> {
  %out = mhc.connection #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5, precision = f32> %x
      phi %phi scale %scale base %base norm_weight %w
      : (tensor<?x2x8xf32>, tensor<4x8xf32>, tensor<3xf32>, tensor<2x4xf32>, tensor<8xf32>)
      -> tensor<?x2x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %f = math.tanh %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x2x8xf32>
}

// HC, static: columns of base, without a token dimension.

// CHECK-LABEL: func.func @hc_static(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<4x6xf32>
// CHECK-NEXT:    %[[SLICE:.*]] = tensor.extract_slice %[[BASE]][0, 0] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0, 1] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK-NEXT:    %[[SLICE2:.*]] = tensor.extract_slice %[[BASE]][0, 2] [4, 4] [1, 1] : tensor<4x6xf32> to tensor<4x4xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[SLICE]] : (tensor<?x4x8xf32>, tensor<4xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[SLICE1]] : tensor<?x8xf32>, tensor<4xf32>), (%[[X]] by %[[SLICE2]] transposed : tensor<?x4x8xf32>, tensor<4x4xf32>) -> tensor<?x4x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x4x8xf32>
func.func @hc_static(%x: tensor<?x4x8xf32>, %base: tensor<4x6xf32>) -> tensor<?x4x8xf32> {
  %out = mhc.connection #mhc.variant<hc> %x base %base
      : (tensor<?x4x8xf32>, tensor<4x6xf32>) -> tensor<?x4x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %f = math.tanh %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x4x8xf32>
}

// A base narrower than the coefficients is widened first. A matrix of one column keeps both dimensions.

// CHECK-LABEL: func.func @hc_static_one_stream(
// CHECK-SAME:    %[[X:.*]]: tensor<2x1x8xf64>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<1x3xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[BASE]] : tensor<1x3xbf16>) outs(%{{.*}} : tensor<1x3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      linalg.yield %[[EXTF]] : f64
// CHECK-NEXT:    } -> tensor<1x3xf64>
// CHECK-NEXT:    %[[SLICE:.*]] = tensor.extract_slice %[[GENERIC]][0, 0] [1, 1] [1, 1] : tensor<1x3xf64> to tensor<1xf64>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[GENERIC]][0, 1] [1, 1] [1, 1] : tensor<1x3xf64> to tensor<1xf64>
// CHECK-NEXT:    %[[SLICE2:.*]] = tensor.extract_slice %[[GENERIC]][0, 2] [1, 1] [1, 1] : tensor<1x3xf64> to tensor<1x1xf64>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[SLICE]] : (tensor<2x1x8xf64>, tensor<1xf64>) -> tensor<2x8xf64>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<2x8xf64>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[SLICE1]] : tensor<2x8xf64>, tensor<1xf64>), (%[[X]] by %[[SLICE2]] transposed : tensor<2x1x8xf64>, tensor<1x1xf64>) -> tensor<2x1x8xf64>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<2x1x8xf64>
func.func @hc_static_one_stream(%x: tensor<2x1x8xf64>, %base: tensor<1x3xbf16>) -> tensor<2x1x8xf64> {
  %out = mhc.connection #mhc.variant<hc> %x base %base
      : (tensor<2x1x8xf64>, tensor<1x3xbf16>) -> tensor<2x1x8xf64> sublayer(%y: tensor<2x8xf64>) {
    %f = math.tanh %y : tensor<2x8xf64>
    mhc.yield %f : tensor<2x8xf64>
  }
  return %out : tensor<2x1x8xf64>
}

// HC, static, a single token without a token dimension.

// CHECK-LABEL: func.func @hc_static_one_token(
// CHECK-SAME:    %[[X:.*]]: tensor<2x8xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf32>
// CHECK-NEXT:    %[[SLICE:.*]] = tensor.extract_slice %[[BASE]][0, 0] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0, 1] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE2:.*]] = tensor.extract_slice %[[BASE]][0, 2] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[SLICE]] : (tensor<2x8xf32>, tensor<2xf32>) -> tensor<8xf32>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[SLICE1]] : tensor<8xf32>, tensor<2xf32>), (%[[X]] by %[[SLICE2]] transposed : tensor<2x8xf32>, tensor<2x2xf32>) -> tensor<2x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<2x8xf32>
func.func @hc_static_one_token(%x: tensor<2x8xf32>, %base: tensor<2x4xf32>) -> tensor<2x8xf32> {
  %out = mhc.connection #mhc.variant<hc> %x base %base
      : (tensor<2x8xf32>, tensor<2x4xf32>) -> tensor<2x8xf32> sublayer(%y: tensor<8xf32>) {
    %f = math.tanh %y : tensor<8xf32>
    mhc.yield %f : tensor<8xf32>
  }
  return %out : tensor<2x8xf32>
}

// Residual: both terms plain, F's first.

// CHECK-LABEL: func.func @residual(
// CHECK-SAME:    %[[X:.*]]: tensor<?x1x8xf32>
// CHECK-NEXT:    %[[REDUCE_STREAMS:.*]] = mhc.reduce_streams sum %[[X]] : tensor<?x1x8xf32> to tensor<?x8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[REDUCE_STREAMS]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] : tensor<?x8xf32>), (%[[X]] : tensor<?x1x8xf32>) -> tensor<?x1x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x1x8xf32>
func.func @residual(%x: tensor<?x1x8xf32>) -> tensor<?x1x8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x1x8xf32>) -> tensor<?x1x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %f = math.exp %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x1x8xf32>
}

// Without a stream dimension F reads x itself.

// CHECK-LABEL: func.func @residual_without_streams(
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[X]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] : tensor<?x8xf32>), (%[[X]] : tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x8xf32>
func.func @residual_without_streams(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %f = math.exp %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x8xf32>
}

// Without a stream dimension, and y of another type: a combine of one term casts.

// CHECK-LABEL: func.func @residual_cast(
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[X]] : tensor<?x8xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[COMBINE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE1:.*]] = mhc.combine (%[[EXP]] : tensor<?x8xbf16>), (%[[X]] : tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[COMBINE1]] : tensor<?x8xf32>
func.func @residual_cast(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xbf16>) {
    %f = math.exp %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x8xf32>
}

// With streams, and y of another type: the reduction casts.

// CHECK-LABEL: func.func @residual_streams_cast(
// CHECK-SAME:    %[[X:.*]]: tensor<?x1x8xf16>
// CHECK-NEXT:    %[[REDUCE_STREAMS:.*]] = mhc.reduce_streams sum %[[X]] : tensor<?x1x8xf16> to tensor<?x8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[REDUCE_STREAMS]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] : tensor<?x8xf32>), (%[[X]] : tensor<?x1x8xf16>) -> tensor<?x1x8xf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x1x8xf16>
func.func @residual_streams_cast(%x: tensor<?x1x8xf16>) -> tensor<?x1x8xf16> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x1x8xf16>) -> tensor<?x1x8xf16> sublayer(%y: tensor<?x8xf32>) {
    %f = math.exp %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out : tensor<?x1x8xf16>
}

// The residual of a vector, a token without a token dimension.

// CHECK-LABEL: func.func @residual_one_token(
// CHECK-SAME:    %[[X:.*]]: tensor<8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[X]] : tensor<8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] : tensor<8xf32>), (%[[X]] : tensor<8xf32>) -> tensor<8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<8xf32>
func.func @residual_one_token(%x: tensor<8xf32>) -> tensor<8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<8xf32>) -> tensor<8xf32> sublayer(%y: tensor<8xf32>) {
    %f = math.exp %y : tensor<8xf32>
    mhc.yield %f : tensor<8xf32>
  }
  return %out : tensor<8xf32>
}
