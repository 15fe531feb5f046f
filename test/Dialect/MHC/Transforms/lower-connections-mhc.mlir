// RUN: mhc-opt %s --mhc-lower-connections --mlir-print-local-scope | FileCheck %s

// Connections of kind mhc: what each constant of the variant becomes.

#v4 = #mhc.variant<mhc, layout = in_out,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
#paper = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>,
                      sinkhorn = <iterations = 20, eps = 0.0, start = exp>>
#no_mixing = #mhc.variant<mhc, gates = <post_mult = 2.0>>
#layer_norm = #mhc.variant<mhc, layout = in_out, norm = layer, norm_eps = 1.0e-5,
                           sinkhorn = <iterations = 2, eps = 1.0e-6, start = softmax>>
#tf32 = #mhc.variant<mhc, layout = out_in, norm_eps = 1.0e-3, precision = tf32,
                     sinkhorn = <iterations = 3, eps = 1.0e-3, start = exp, order = rows_columns>>

// DeepSeek-V4: the matrix is stored [in, out], so the streams are combined with its transpose; F's term
// comes first; count is n times hidden.

// CHECK-LABEL: func.func @v4(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<24x32xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<24xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x4x8xbf16>, tensor<?x4x8xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 32 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x4x8xbf16>, tensor<24x32xf32>) -> tensor<?x24xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x24xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x24xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 20, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x4x4xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x4x8xbf16>, tensor<?x4xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xbf16>, tensor<?x4xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x4x8xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x8xbf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x4x8xbf16>
func.func @v4(%x: tensor<?x4x8xbf16>, %phi: tensor<24x32xf32>, %scale: tensor<3xf32>,
              %base: tensor<24xf32>) -> tensor<?x4x8xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x8xbf16>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x8xbf16> sublayer(%y: tensor<?x8xbf16>) {
    %f = math.tanh %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x4x8xbf16>
}

// The paper: stored [out, in], combined as it is; exp start; no eps in the gates.

// CHECK-LABEL: func.func @paper(
// CHECK-SAME:    %[[X:.*]]: tensor<5x2x8xf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x16xbf16>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf16>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<5x2x8xf16>, tensor<5x2x8xf16>) -> tensor<5xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 16 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<5xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<5x2x8xf16>, tensor<8x16xbf16>) -> tensor<5x8xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<5x8xf32>, tensor<5xf32>) outs(%{{.*}} : tensor<5x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<5x8xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<5x8xf32>, tensor<3xf32>, tensor<8xf16>) -> (tensor<5x2xf32>, tensor<5x2xf32>, tensor<5x2x2xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 20, eps = 0.0e+00, start = exp> %[[GATES]]#2 : tensor<5x2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<5x2x8xf16>, tensor<5x2xf32>) -> tensor<5x8xf16>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<5x8xf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] by %[[GATES]]#1 : tensor<5x8xf16>, tensor<5x2xf32>), (%[[X]] by %[[SINKHORN]] : tensor<5x2x8xf16>, tensor<5x2x2xf32>) -> tensor<5x2x8xf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<5x2x8xf16>
func.func @paper(%x: tensor<5x2x8xf16>, %phi: tensor<8x16xbf16>, %scale: tensor<3xf32>,
                 %base: tensor<8xf16>) -> tensor<5x2x8xf16> {
  %out = mhc.connection #paper %x phi %phi scale %scale base %base
      : (tensor<5x2x8xf16>, tensor<8x16xbf16>, tensor<3xf32>, tensor<8xf16>)
      -> tensor<5x2x8xf16> sublayer(%y: tensor<5x8xf16>) {
    %f = math.exp %y : tensor<5x8xf16>
    mhc.yield %f : tensor<5x8xf16>
  }
  return %out : tensor<5x2x8xf16>
}

// No mixing, m = 2n: two groups of gates, and the streams are a term without coefficients.

// CHECK-LABEL: func.func @no_mixing_short(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x4xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<6x12xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<6xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x3x4xf32>, tensor<?x3x4xf32>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 12 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x3x4xf32>, tensor<6x12xf32>) -> tensor<?x6xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x6xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x6xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x6xf32>
// CHECK-NEXT:    %[[GATES:.*]]:2 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x6xf32>, tensor<3xf32>, tensor<6xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>)
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x3x4xf32>, tensor<?x3xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<?x4xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] by %[[GATES]]#1 : tensor<?x4xf32>, tensor<?x3xf32>), (%[[X]] : tensor<?x3x4xf32>) -> tensor<?x3x4xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x3x4xf32>
func.func @no_mixing_short(%x: tensor<?x3x4xf32>, %phi: tensor<6x12xf32>, %scale: tensor<3xf32>,
                           %base: tensor<6xf32>) -> tensor<?x3x4xf32> {
  %out = mhc.connection #no_mixing %x phi %phi scale %scale base %base
      : (tensor<?x3x4xf32>, tensor<6x12xf32>, tensor<3xf32>, tensor<6xf32>)
      -> tensor<?x3x4xf32> sublayer(%y: tensor<?x4xf32>) {
    %f = math.exp %y : tensor<?x4xf32>
    mhc.yield %f : tensor<?x4xf32>
  }
  return %out : tensor<?x3x4xf32>
}

// No mixing, m = n (n + 2): the third group of gates is not read.

// CHECK-LABEL: func.func @no_mixing_full(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x4xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<15x12xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<15xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x3x4xf32>, tensor<?x3x4xf32>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 12 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x3x4xf32>, tensor<15x12xf32>) -> tensor<?x15xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x15xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x15xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x15xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x15xf32>, tensor<3xf32>, tensor<15xf32>) -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3x3xf32>)
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x3x4xf32>, tensor<?x3xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<?x4xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] by %[[GATES]]#1 : tensor<?x4xf32>, tensor<?x3xf32>), (%[[X]] : tensor<?x3x4xf32>) -> tensor<?x3x4xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x3x4xf32>
func.func @no_mixing_full(%x: tensor<?x3x4xf32>, %phi: tensor<15x12xf32>, %scale: tensor<3xf32>,
                          %base: tensor<15xf32>) -> tensor<?x3x4xf32> {
  %out = mhc.connection #no_mixing %x phi %phi scale %scale base %base
      : (tensor<?x3x4xf32>, tensor<15x12xf32>, tensor<3xf32>, tensor<15xf32>)
      -> tensor<?x3x4xf32> sublayer(%y: tensor<?x4xf32>) {
    %f = math.exp %y : tensor<?x4xf32>
    mhc.yield %f : tensor<?x4xf32>
  }
  return %out : tensor<?x3x4xf32>
}

// The norm weight is an operand of the product.

// CHECK-LABEL: func.func @norm_weight(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<24x32xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<24xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<32xbf16>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x4x8xbf16>, tensor<?x4x8xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 32 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] norm_weight %[[W]] : (tensor<?x4x8xbf16>, tensor<24x32xf32>, tensor<32xbf16>) -> tensor<?x24xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x24xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x24xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 20, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x4x4xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x4x8xbf16>, tensor<?x4xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xbf16>, tensor<?x4xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x4x8xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x8xbf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x4x8xbf16>
func.func @norm_weight(%x: tensor<?x4x8xbf16>, %phi: tensor<24x32xf32>, %scale: tensor<3xf32>,
                       %base: tensor<24xf32>, %w: tensor<32xbf16>) -> tensor<?x4x8xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base norm_weight %w
      : (tensor<?x4x8xbf16>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>, tensor<32xbf16>)
      -> tensor<?x4x8xbf16> sublayer(%y: tensor<?x8xbf16>) {
    %f = math.tanh %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x4x8xbf16>
}

// The layer norm: the mean over all streams is summed in f64, divided before it is rounded, and subtracted in
// the type of the coefficients; squares and product read the difference, aggregate and combine the streams.

// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?xf64>) -> tensor<?xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>], iterator_types = ["parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[X]] : tensor<?x2x4xbf16>) outs(%[[FILL]] : tensor<?xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[OUT]], %[[EXTF]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f64
// CHECK-NEXT:    } -> tensor<?xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[GENERIC]] : tensor<?x2x4xbf16>, tensor<?xf64>) outs(%{{.*}} : tensor<?x2x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 8.000000e+00 : f64
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN1]], %[[CST1]] : f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[DIVF]] : f64 to f32
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[EXTF1]], %[[TRUNCF]] : f32
// CHECK-NEXT:      linalg.yield %[[SUBF]] : f32
// CHECK-NEXT:    } -> tensor<?x2x4xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[GENERIC1]], %[[GENERIC1]] : (tensor<?x2x4xf32>, tensor<?x2x4xf32>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 1.000000e-05 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[GENERIC1]] by %[[PHI]] : (tensor<?x2x4xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x8xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x8xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00> %[[GENERIC2]], %[[SCALE]], %[[BASE]] : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x2x4xbf16>, tensor<?x2xf32>) -> tensor<?x4xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x4xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x4xbf16>, tensor<?x2xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x2x4xbf16>, tensor<?x2x2xf32>) -> tensor<?x2x4xbf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x2x4xbf16>
func.func @layer_norm(%x: tensor<?x2x4xbf16>, %phi: tensor<8x8xf32>, %scale: tensor<3xf32>,
                      %base: tensor<8xf32>) -> tensor<?x2x4xbf16> {
  %out = mhc.connection #layer_norm %x phi %phi scale %scale base %base
      : (tensor<?x2x4xbf16>, tensor<8x8xf32>, tensor<3xf32>, tensor<8xf32>)
      -> tensor<?x2x4xbf16> sublayer(%y: tensor<?x4xbf16>) {
    %f = math.tanh %y : tensor<?x4xbf16>
    mhc.yield %f : tensor<?x4xbf16>
  }
  return %out : tensor<?x2x4xbf16>
}

// The precision, the order of the axes and norm_eps are passed on. One stream keeps its gates. Several token
// dimensions.

// CHECK-LABEL: func.func @precision_one_stream(
// CHECK-SAME:    %[[X:.*]]: tensor<2x?x1x8xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<3xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<2x?x1x8xf32>, tensor<2x?x1x8xf32>) -> tensor<2x?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 1.000000e-03 : f64} : tensor<2x?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] precision tf32 : (tensor<2x?x1x8xf32>, tensor<3x8xf32>) -> tensor<2x?x3xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<2x?x3xf32>, tensor<2x?xf32>) outs(%{{.*}} : tensor<2x?x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<2x?x3xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<2x?x3xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<2x?x1xf32>, tensor<2x?x1xf32>, tensor<2x?x1x1xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 3, eps = 1.0e-03, start = exp, order = rows_columns> %[[GATES]]#2 : tensor<2x?x1x1xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<2x?x1x8xf32>, tensor<2x?x1xf32>) -> tensor<2x?x8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<2x?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] by %[[GATES]]#1 : tensor<2x?x8xf32>, tensor<2x?x1xf32>), (%[[X]] by %[[SINKHORN]] : tensor<2x?x1x8xf32>, tensor<2x?x1x1xf32>) -> tensor<2x?x1x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<2x?x1x8xf32>
func.func @precision_one_stream(%x: tensor<2x?x1x8xf32>, %phi: tensor<3x8xf32>, %scale: tensor<3xf32>,
                                %base: tensor<3xf32>) -> tensor<2x?x1x8xf32> {
  %out = mhc.connection #tf32 %x phi %phi scale %scale base %base
      : (tensor<2x?x1x8xf32>, tensor<3x8xf32>, tensor<3xf32>, tensor<3xf32>)
      -> tensor<2x?x1x8xf32> sublayer(%y: tensor<2x?x8xf32>) {
    %f = math.exp %y : tensor<2x?x8xf32>
    mhc.yield %f : tensor<2x?x8xf32>
  }
  return %out : tensor<2x?x1x8xf32>
}

// Rows of f64 have coefficients of f64.

// CHECK-LABEL: func.func @f64_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<3x2x4xf64>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf64>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<3xf64>) -> tensor<3xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>], iterator_types = ["parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[X]] : tensor<3x2x4xf64>) outs(%[[FILL]] : tensor<3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[OUT]], %[[IN0]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f64
// CHECK-NEXT:    } -> tensor<3xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[GENERIC]] : tensor<3x2x4xf64>, tensor<3xf64>) outs(%{{.*}} : tensor<3x2x4xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 8.000000e+00 : f64
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN1]], %[[CST1]] : f64
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[IN0]], %[[DIVF]] : f64
// CHECK-NEXT:      linalg.yield %[[SUBF]] : f64
// CHECK-NEXT:    } -> tensor<3x2x4xf64>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[GENERIC1]], %[[GENERIC1]] : (tensor<3x2x4xf64>, tensor<3x2x4xf64>) -> tensor<3xf64>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 1.000000e-05 : f64} : tensor<3xf64>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[GENERIC1]] by %[[PHI]] : (tensor<3x2x4xf64>, tensor<8x8xf32>) -> tensor<3x8xf64>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<3x8xf64>, tensor<3xf64>) outs(%{{.*}} : tensor<3x8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f64
// CHECK-NEXT:      linalg.yield %[[MULF]] : f64
// CHECK-NEXT:    } -> tensor<3x8xf64>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00> %[[GENERIC2]], %[[SCALE]], %[[BASE]] : (tensor<3x8xf64>, tensor<3xf64>, tensor<8xf32>) -> (tensor<3x2xf64>, tensor<3x2xf64>, tensor<3x2x2xf64>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<3x2x2xf64>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<3x2x4xf64>, tensor<3x2xf64>) -> tensor<3x4xf64>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<3x4xf64>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[EXP]] by %[[GATES]]#1 : tensor<3x4xf64>, tensor<3x2xf64>), (%[[X]] by %[[SINKHORN]] transposed : tensor<3x2x4xf64>, tensor<3x2x2xf64>) -> tensor<3x2x4xf64>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<3x2x4xf64>
func.func @f64_rows(%x: tensor<3x2x4xf64>, %phi: tensor<8x8xf32>, %scale: tensor<3xf64>,
                    %base: tensor<8xf32>) -> tensor<3x2x4xf64> {
  %out = mhc.connection #layer_norm %x phi %phi scale %scale base %base
      : (tensor<3x2x4xf64>, tensor<8x8xf32>, tensor<3xf64>, tensor<8xf32>)
      -> tensor<3x2x4xf64> sublayer(%y: tensor<3x4xf64>) {
    %f = math.exp %y : tensor<3x4xf64>
    mhc.yield %f : tensor<3x4xf64>
  }
  return %out : tensor<3x2x4xf64>
}

// x, y, f and out of four types: the types are those that were written.

// CHECK-LABEL: func.func @mixed_rows(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x2x4xbf16>, tensor<?x2x4xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x2x4xbf16>, tensor<8x8xf32>) -> tensor<?x8xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x8xf32>, tensor<?xf32>) outs(%{{.*}} : tensor<?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x8xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 20, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]]#0 : (tensor<?x2x4xbf16>, tensor<?x2xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    %[[TRUNCF:.*]] = arith.truncf %[[AGGREGATE]] : tensor<?x4xf32> to tensor<?x4xf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TRUNCF]] by %[[GATES]]#1 : tensor<?x4xf16>, tensor<?x2xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x2x4xbf16>, tensor<?x2x2xf32>) -> tensor<?x2x4xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x2x4xf32>
func.func @mixed_rows(%x: tensor<?x2x4xbf16>, %phi: tensor<8x8xf32>, %scale: tensor<3xf32>,
                      %base: tensor<8xf32>) -> tensor<?x2x4xf32> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x2x4xbf16>, tensor<8x8xf32>, tensor<3xf32>, tensor<8xf32>)
      -> tensor<?x2x4xf32> sublayer(%y: tensor<?x4xf32>) {
    %f = arith.truncf %y : tensor<?x4xf32> to tensor<?x4xf16>
    mhc.yield %f : tensor<?x4xf16>
  }
  return %out : tensor<?x2x4xf32>
}
