// RUN: mhc-opt %s --mhc-lower-connections --mlir-print-local-scope | FileCheck %s

// The delayed form, heads, and what a sublayer may hold.

#v41 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                    sinkhorn = <iterations = 4, eps = 1.0e-6, start = softmax>>

// Delayed: aggregates with the pre it is given, gives its own.

// CHECK-LABEL: func.func @delayed(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x16xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>,
// CHECK-SAME:    %[[PRE_IN:.*]]: tensor<?x2xf32>) -> (tensor<?x2x8xbf16>, tensor<?x2xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x2x8xbf16>, tensor<?x2x8xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 16 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x2x8xbf16>, tensor<8x16xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[DIM:.*]] = tensor.dim %[[X]], %[[CST]] : tensor<?x2x8xbf16>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x8xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x8xf32>, tensor<?xf32>) outs(%[[EMPTY]] : tensor<?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x8xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 4, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[PRE_IN]] : (tensor<?x2x8xbf16>, tensor<?x2xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xbf16>, tensor<?x2xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x2x8xbf16>, tensor<?x2x2xf32>) -> tensor<?x2x8xbf16>
// CHECK-NEXT:    return %[[COMBINE]], %[[GATES]]#0 : tensor<?x2x8xbf16>, tensor<?x2xf32>
func.func @delayed(%x: tensor<?x2x8xbf16>, %phi: tensor<8x16xf32>, %scale: tensor<3xf32>,
                   %base: tensor<8xf32>, %pre_in: tensor<?x2xf32>) -> (tensor<?x2x8xbf16>, tensor<?x2xf32>) {
  %out, %pre = mhc.connection #v41 %x phi %phi scale %scale base %base pre_in %pre_in
      : (tensor<?x2x8xbf16>, tensor<8x16xf32>, tensor<3xf32>, tensor<8xf32>, tensor<?x2xf32>)
      -> (tensor<?x2x8xbf16>, tensor<?x2xf32>) sublayer(%y: tensor<?x8xbf16>) {
    %f = math.tanh %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out, %pre : tensor<?x2x8xbf16>, tensor<?x2xf32>
}

// The pre that is given may lack token dimensions, and the one that is passed on may have no reader.

// CHECK-LABEL: func.func @delayed_first(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<8x16xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>,
// CHECK-SAME:    %[[PRE_IN:.*]]: tensor<2xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x2x8xbf16>, tensor<?x2x8xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 16 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<?x2x8xbf16>, tensor<8x16xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[DIM:.*]] = tensor.dim %[[X]], %[[CST]] : tensor<?x2x8xbf16>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x8xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x8xf32>, tensor<?xf32>) outs(%[[EMPTY]] : tensor<?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x8xf32>
// CHECK-NEXT:    %[[GATES:.*]]:3 = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[SINKHORN:.*]] = mhc.sinkhorn <iterations = 4, eps = 1.0e-06, start = softmax> %[[GATES]]#2 : tensor<?x2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[PRE_IN]] : (tensor<?x2x8xbf16>, tensor<2xf32>) -> tensor<?x8xbf16>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xbf16>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[GATES]]#1 : tensor<?x8xbf16>, tensor<?x2xf32>), (%[[X]] by %[[SINKHORN]] transposed : tensor<?x2x8xbf16>, tensor<?x2x2xf32>) -> tensor<?x2x8xbf16>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x2x8xbf16>
func.func @delayed_first(%x: tensor<?x2x8xbf16>, %phi: tensor<8x16xf32>, %scale: tensor<3xf32>,
                         %base: tensor<8xf32>, %pre_in: tensor<2xf32>) -> tensor<?x2x8xbf16> {
  %out, %pre = mhc.connection #v41 %x phi %phi scale %scale base %base pre_in %pre_in
      : (tensor<?x2x8xbf16>, tensor<8x16xf32>, tensor<3xf32>, tensor<8xf32>, tensor<2xf32>)
      -> (tensor<?x2x8xbf16>, tensor<?x2xf32>) sublayer(%y: tensor<?x8xbf16>) {
    %f = math.tanh %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x2x8xbf16>
}

// A delayed hc connection that is static: pre is a column of base.

// CHECK-LABEL: func.func @delayed_static(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf32>,
// CHECK-SAME:    %[[PRE_IN:.*]]: tensor<?x2xf32>) -> (tensor<?x2x8xf32>, tensor<2xf32>
// CHECK-NEXT:    %[[SLICE:.*]] = tensor.extract_slice %[[BASE]][0, 0] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0, 1] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE2:.*]] = tensor.extract_slice %[[BASE]][0, 2] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[PRE_IN]] : (tensor<?x2x8xf32>, tensor<?x2xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[SLICE1]] : tensor<?x8xf32>, tensor<2xf32>), (%[[X]] by %[[SLICE2]] transposed : tensor<?x2x8xf32>, tensor<2x2xf32>) -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[COMBINE]], %[[SLICE]] : tensor<?x2x8xf32>, tensor<2xf32>
func.func @delayed_static(%x: tensor<?x2x8xf32>, %base: tensor<2x4xf32>, %pre_in: tensor<?x2xf32>)
    -> (tensor<?x2x8xf32>, tensor<2xf32>) {
  %out, %pre = mhc.connection #mhc.variant<hc> %x base %base pre_in %pre_in
      : (tensor<?x2x8xf32>, tensor<2x4xf32>, tensor<?x2xf32>)
      -> (tensor<?x2x8xf32>, tensor<2xf32>) sublayer(%y: tensor<?x8xf32>) {
    %f = math.tanh %y : tensor<?x8xf32>
    mhc.yield %f : tensor<?x8xf32>
  }
  return %out, %pre : tensor<?x2x8xf32>, tensor<2xf32>
}

// A head: one group of gates, aggregate, nothing written back.

// CHECK-LABEL: func.func @head(
// CHECK-SAME:    %[[X:.*]]: tensor<2x?x4x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<4x32xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<1xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<4xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<2x?x4x8xbf16>, tensor<2x?x4x8xbf16>) -> tensor<2x?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 32 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<2x?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<2x?x4x8xbf16>, tensor<4x32xf32>) -> tensor<2x?x4xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[DIM:.*]] = tensor.dim %[[X]], %[[CST]] : tensor<2x?x4x8xbf16>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<2x?x4xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<2x?x4xf32>, tensor<2x?xf32>) outs(%[[EMPTY]] : tensor<2x?x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<2x?x4xf32>
// CHECK-NEXT:    %[[GATES:.*]] = mhc.gates <activation = sigmoid, pre_eps = 1.0e-06, post_mult = 1.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<2x?x4xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<2x?x4xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]] : (tensor<2x?x4x8xbf16>, tensor<2x?x4xf32>) -> tensor<2x?x8xbf16>
// CHECK-NEXT:    return %[[AGGREGATE]] : tensor<2x?x8xbf16>
func.func @head(%x: tensor<2x?x4x8xbf16>, %phi: tensor<4x32xf32>, %scale: tensor<1xf32>,
                %base: tensor<4xf32>) -> tensor<2x?x8xbf16> {
  %y = mhc.head #mhc.variant<mhc, gates = <pre_eps = 1.0e-6>> %x phi %phi scale %scale base %base
      : (tensor<2x?x4x8xbf16>, tensor<4x32xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<2x?x8xbf16>
  return %y : tensor<2x?x8xbf16>
}

// A head with a norm weight, another precision, and a result of another type.

// CHECK-LABEL: func.func @head_norm_weight(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<4x32xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<1xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<4xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<32xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<?x4x8xbf16>, tensor<?x4x8xbf16>) -> tensor<?xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 32 : i64, eps = 1.000000e-03 : f64} : tensor<?xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] norm_weight %[[W]] precision bf16x2 : (tensor<?x4x8xbf16>, tensor<4x32xf32>, tensor<32xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[DIM:.*]] = tensor.dim %[[X]], %[[CST]] : tensor<?x4x8xbf16>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<?x4xf32>, tensor<?xf32>) outs(%[[EMPTY]] : tensor<?x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x4xf32>
// CHECK-NEXT:    %[[GATES:.*]] = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x4xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]] : (tensor<?x4x8xbf16>, tensor<?x4xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[AGGREGATE]] : tensor<?x8xf32>
func.func @head_norm_weight(%x: tensor<?x4x8xbf16>, %phi: tensor<4x32xf32>, %scale: tensor<1xf32>,
                            %base: tensor<4xf32>, %w: tensor<32xf32>) -> tensor<?x8xf32> {
  %y = mhc.head #mhc.variant<mhc, norm_eps = 1.0e-3, precision = bf16x2> %x
      phi %phi scale %scale base %base norm_weight %w
      : (tensor<?x4x8xbf16>, tensor<4x32xf32>, tensor<1xf32>, tensor<4xf32>, tensor<32xf32>) -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// A head of a single stream: m is n, and there is one group.

// CHECK-LABEL: func.func @head_one_stream(
// CHECK-SAME:    %[[X:.*]]: tensor<3x1x8xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<1x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<1xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<1xf32>
// CHECK-NEXT:    %[[SQUARES:.*]] = mhc.inner whole %[[X]], %[[X]] : (tensor<3x1x8xf32>, tensor<3x1x8xf32>) -> tensor<3xf32>
// CHECK-NEXT:    %[[RSTD:.*]] = mhc.rstd %[[SQUARES]] {count = 8 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<3xf32>
// CHECK-NEXT:    %[[H:.*]] = mhc.project %[[X]] by %[[PHI]] : (tensor<3x1x8xf32>, tensor<1x8xf32>) -> tensor<3x1xf32>
// CHECK-NEXT:    %[[EMPTY:.*]] = tensor.empty() : tensor<3x1xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[RSTD]] : tensor<3x1xf32>, tensor<3xf32>) outs(%[[EMPTY]] : tensor<3x1xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<3x1xf32>
// CHECK-NEXT:    %[[GATES:.*]] = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00> %[[GENERIC]], %[[SCALE]], %[[BASE]] : (tensor<3x1xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<3x1xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[GATES]] : (tensor<3x1x8xf32>, tensor<3x1xf32>) -> tensor<3x8xf32>
// CHECK-NEXT:    return %[[AGGREGATE]] : tensor<3x8xf32>
func.func @head_one_stream(%x: tensor<3x1x8xf32>, %phi: tensor<1x8xf32>, %scale: tensor<1xf32>,
                           %base: tensor<1xf32>) -> tensor<3x8xf32> {
  %y = mhc.head #mhc.variant<mhc> %x phi %phi scale %scale base %base
      : (tensor<3x1x8xf32>, tensor<1x8xf32>, tensor<1xf32>, tensor<1xf32>) -> tensor<3x8xf32>
  return %y : tensor<3x8xf32>
}

// A connection in the sublayer of another.

// CHECK-LABEL: func.func @nested(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf32>
// CHECK-NEXT:    %[[SLICE:.*]] = tensor.extract_slice %[[BASE]][0, 0] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0, 1] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:    %[[SLICE2:.*]] = tensor.extract_slice %[[BASE]][0, 2] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
// CHECK-NEXT:    %[[AGGREGATE:.*]] = mhc.aggregate %[[X]], %[[SLICE]] : (tensor<?x2x8xf32>, tensor<2xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[EXP:.*]] = math.exp %[[AGGREGATE]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[TANH:.*]] = math.tanh %[[EXP]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[TANH]] : tensor<?x8xf32>), (%[[EXP]] : tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    %[[SQRT:.*]] = math.sqrt %[[COMBINE]] : tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE1:.*]] = mhc.combine (%[[SQRT]] by %[[SLICE1]] : tensor<?x8xf32>, tensor<2xf32>), (%[[X]] by %[[SLICE2]] transposed : tensor<?x2x8xf32>, tensor<2x2xf32>) -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[COMBINE1]] : tensor<?x2x8xf32>
func.func @nested(%x: tensor<?x2x8xf32>, %base: tensor<2x4xf32>) -> tensor<?x2x8xf32> {
  %out = mhc.connection #mhc.variant<hc> %x base %base
      : (tensor<?x2x8xf32>, tensor<2x4xf32>) -> tensor<?x2x8xf32> sublayer(%y: tensor<?x8xf32>) {
    %a = math.exp %y : tensor<?x8xf32>
    %f = mhc.connection #mhc.variant<residual> %a
        : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%z: tensor<?x8xf32>) {
      %g = math.tanh %z : tensor<?x8xf32>
      mhc.yield %g : tensor<?x8xf32>
    }
    %b = math.sqrt %f : tensor<?x8xf32>
    mhc.yield %b : tensor<?x8xf32>
  }
  return %out : tensor<?x2x8xf32>
}

// F is the identity: the row that was read is written.

// CHECK-LABEL: func.func @yields_argument(
// CHECK-SAME:    %[[X:.*]]: tensor<?x1x8xf32>
// CHECK-NEXT:    %[[REDUCE_STREAMS:.*]] = mhc.reduce_streams sum %[[X]] : tensor<?x1x8xf32> to tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[REDUCE_STREAMS]] : tensor<?x8xf32>), (%[[X]] : tensor<?x1x8xf32>) -> tensor<?x1x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x1x8xf32>
func.func @yields_argument(%x: tensor<?x1x8xf32>) -> tensor<?x1x8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x1x8xf32>) -> tensor<?x1x8xf32> sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  return %out : tensor<?x1x8xf32>
}

// F is a value from outside: y is computed, and read by nothing.

// CHECK-LABEL: func.func @yields_captured(
// CHECK-SAME:    %[[X:.*]]: tensor<?x1x8xf32>,
// CHECK-SAME:    %[[ROW:.*]]: tensor<?x8xf32>
// CHECK-NEXT:    %[[REDUCE_STREAMS:.*]] = mhc.reduce_streams sum %[[X]] : tensor<?x1x8xf32> to tensor<?x8xf32>
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[ROW]] : tensor<?x8xf32>), (%[[X]] : tensor<?x1x8xf32>) -> tensor<?x1x8xf32>
// CHECK-NEXT:    return %[[COMBINE]] : tensor<?x1x8xf32>
func.func @yields_captured(%x: tensor<?x1x8xf32>, %row: tensor<?x8xf32>) -> tensor<?x1x8xf32> {
  %out = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x1x8xf32>) -> tensor<?x1x8xf32> sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %row : tensor<?x8xf32>
  }
  return %out : tensor<?x1x8xf32>
}

// Connections in a region of another op, with expand and reduce_streams, which stay.

// CHECK-LABEL: func.func @loop(
// CHECK-SAME:    %[[ROW:.*]]: tensor<?x8xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf32>,
// CHECK-SAME:    %[[N:.*]]: index
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0 : index
// CHECK-NEXT:    %[[CST1:.*]] = arith.constant 1 : index
// CHECK-NEXT:    %[[EXPAND:.*]] = mhc.expand %[[ROW]] : tensor<?x8xf32> to tensor<?x2x8xf32>
// CHECK-NEXT:    %[[FOR:.*]] = scf.for %[[ARG3:.*]] = %[[CST]] to %[[N]] step %[[CST1]] iter_args(%[[ARG4:.*]] = %[[EXPAND]]) -> (tensor<?x2x8xf32>) {
// CHECK-NEXT:      %[[SLICE:.*]] = tensor.extract_slice %[[BASE]][0, 0] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:      %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0, 1] [2, 1] [1, 1] : tensor<2x4xf32> to tensor<2xf32>
// CHECK-NEXT:      %[[SLICE2:.*]] = tensor.extract_slice %[[BASE]][0, 2] [2, 2] [1, 1] : tensor<2x4xf32> to tensor<2x2xf32>
// CHECK-NEXT:      %[[AGGREGATE:.*]] = mhc.aggregate %[[ARG4]], %[[SLICE]] : (tensor<?x2x8xf32>, tensor<2xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:      %[[TANH:.*]] = math.tanh %[[AGGREGATE]] : tensor<?x8xf32>
// CHECK-NEXT:      %[[COMBINE:.*]] = mhc.combine (%[[TANH]] by %[[SLICE1]] : tensor<?x8xf32>, tensor<2xf32>), (%[[ARG4]] by %[[SLICE2]] transposed : tensor<?x2x8xf32>, tensor<2x2xf32>) -> tensor<?x2x8xf32>
// CHECK-NEXT:      scf.yield %[[COMBINE]] : tensor<?x2x8xf32>
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[REDUCE_STREAMS:.*]] = mhc.reduce_streams mean %[[FOR]] : tensor<?x2x8xf32> to tensor<?x8xf32>
// CHECK-NEXT:    return %[[REDUCE_STREAMS]] : tensor<?x8xf32>
func.func @loop(%row: tensor<?x8xf32>, %base: tensor<2x4xf32>, %n: index) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = mhc.expand %row : tensor<?x8xf32> to tensor<?x2x8xf32>
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (tensor<?x2x8xf32>) {
    %out = mhc.connection #mhc.variant<hc> %s base %base
        : (tensor<?x2x8xf32>, tensor<2x4xf32>) -> tensor<?x2x8xf32> sublayer(%y: tensor<?x8xf32>) {
      %f = math.tanh %y : tensor<?x8xf32>
      mhc.yield %f : tensor<?x8xf32>
    }
    scf.yield %out : tensor<?x2x8xf32>
  }
  %y = mhc.reduce_streams mean %last : tensor<?x2x8xf32> to tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// Ops with side effects in a sublayer keep their place, before the write.

func.func private @log(tensor<?x8xf32>)

// CHECK-LABEL: func.func @side_effect(
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xf32>
// CHECK-NEXT:    call @log(%[[X]]) : (tensor<?x8xf32>) -> ()
// CHECK-NEXT:    %[[COMBINE:.*]] = mhc.combine (%[[X]] : tensor<?x8xf32>), (%[[X]] : tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    call @log(%[[COMBINE]]) : (tensor<?x8xf32>) -> ()
// CHECK-NEXT:    %[[COMBINE1:.*]] = mhc.combine (%[[COMBINE]] : tensor<?x8xf32>), (%[[COMBINE]] : tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[COMBINE1]] : tensor<?x8xf32>
func.func @side_effect(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %a = mhc.connection #mhc.variant<residual> %x
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xf32>) {
    func.call @log(%y) : (tensor<?x8xf32>) -> ()
    mhc.yield %y : tensor<?x8xf32>
  }
  %b = mhc.connection #mhc.variant<residual> %a
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xf32>) {
    func.call @log(%y) : (tensor<?x8xf32>) -> ()
    mhc.yield %y : tensor<?x8xf32>
  }
  return %b : tensor<?x8xf32>
}
