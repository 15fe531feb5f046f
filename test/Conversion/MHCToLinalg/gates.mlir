// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// rstd and gates.

// A constant that f32 cannot hold is an f64 and a cast, which a computation in f64 leaves out; count and 1 are f32.

// CHECK-LABEL: func.func @rstd(
// CHECK-SAME:    %[[S:.*]]: tensor<?xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[S]] : tensor<?xf32>) outs(%{{.*}} : tensor<?xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 2.560000e+02 : f32
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[CST1]] : f64 to f32
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN0]], %[[CST]] : f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[DIVF]], %[[TRUNCF]] : f32
// CHECK-NEXT:      %[[SQRT:.*]] = math.sqrt %[[ADDF]] : f32
// CHECK-NEXT:      %[[CST2:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[CST2]], %[[SQRT]] : f32
// CHECK-NEXT:      linalg.yield %[[DIVF1]] : f32
// CHECK-NEXT:    } -> tensor<?xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?xf32>
func.func @rstd(%s: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.rstd %s {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// An eps that f32 holds, a count that it does not.

// CHECK-LABEL: func.func @rstd_large_count(
// CHECK-SAME:    %[[S:.*]]: tensor<2x?x3xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[S]] : tensor<2x?x3xf32>) outs(%{{.*}} : tensor<2x?x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 0x4170000010000000 : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[CST]] : f64 to f32
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 9.765625E-4 : f32
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN0]], %[[TRUNCF]] : f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[DIVF]], %[[CST1]] : f32
// CHECK-NEXT:      %[[SQRT:.*]] = math.sqrt %[[ADDF]] : f32
// CHECK-NEXT:      %[[CST2:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[CST2]], %[[SQRT]] : f32
// CHECK-NEXT:      linalg.yield %[[DIVF1]] : f32
// CHECK-NEXT:    } -> tensor<2x?x3xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x?x3xf32>
func.func @rstd_large_count(%s: tensor<2x?x3xf32>) -> tensor<2x?x3xf32> {
  %0 = mhc.rstd %s {count = 16777217 : i64, eps = 0.0009765625 : f64} : tensor<2x?x3xf32>
  return %0 : tensor<2x?x3xf32>
}

// One token: no dimensions, no loops.

// CHECK-LABEL: func.func @rstd_f64(
// CHECK-SAME:    %[[S:.*]]: tensor<f64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []}
// CHECK-SAME:      ins(%[[S]] : tensor<f64>) outs(%{{.*}} : tensor<f64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 3.000000e+00 : f64
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN0]], %[[CST]] : f64
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[DIVF]], %[[CST1]] : f64
// CHECK-NEXT:      %[[SQRT:.*]] = math.sqrt %[[ADDF]] : f64
// CHECK-NEXT:      %[[CST2:.*]] = arith.constant 1.000000e+00 : f64
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[CST2]], %[[SQRT]] : f64
// CHECK-NEXT:      linalg.yield %[[DIVF1]] : f64
// CHECK-NEXT:    } -> tensor<f64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<f64>
func.func @rstd_f64(%s: tensor<f64>) -> tensor<f64> {
  %0 = mhc.rstd %s {count = 3 : i64, eps = 1.0e-6 : f64} : tensor<f64>
  return %0 : tensor<f64>
}

// gates, sigmoid: c is one fused multiply-add; pre from the first n coefficients, with eps; post from the next,
// times post_mult; the logits are c itself, stream by stream.

// CHECK-LABEL: func.func @sigmoid(
// CHECK-SAME:    %[[H:.*]]: tensor<?x8xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf32>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>
// CHECK:    %[[SLICE:.*]] = tensor.extract_slice %[[H]][0, 0] [%{{.*}}, 2] [1, 1] : tensor<?x8xf32> to tensor<?x2xf32>
// CHECK-NEXT:    %[[SLICE1:.*]] = tensor.extract_slice %[[BASE]][0] [2] [1] : tensor<8xf32> to tensor<2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[SLICE]], %[[SCALE]], %[[SLICE1]] : tensor<?x2xf32>, tensor<3xf32>, tensor<2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN1]], %[[IN0]], %[[IN2]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[NEGF:.*]] = arith.negf %[[FMA]] : f32
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[NEGF]] : f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[CST]], %[[EXP]] : f32
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[CST]], %[[ADDF]] : f32
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[CST1]] : f64 to f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[DIVF]], %[[TRUNCF]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF1]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1 + 2)>, affine_map<(d0, d1) -> (1)>, affine_map<(d0, d1) -> (d1 + 2)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN1]], %[[IN0]], %[[IN2]] : f32
// CHECK-NEXT:      %[[CST2:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[NEGF1:.*]] = arith.negf %[[FMA1]] : f32
// CHECK-NEXT:      %[[EXP1:.*]] = math.exp %[[NEGF1]] : f32
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[CST2]], %[[EXP1]] : f32
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[CST2]], %[[ADDF2]] : f32
// CHECK-NEXT:      %[[CST3:.*]] = arith.constant 2.000000e+00 : f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[DIVF1]], %[[CST3]] : f32
// CHECK-NEXT:      linalg.yield %[[MULF]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1 * 2 + d2 + 4)>, affine_map<(d0, d1, d2) -> (2)>, affine_map<(d0, d1, d2) -> (d1 * 2 + d2 + 4)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) outs(%{{.*}} : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[FMA2:.*]] = math.fma %[[IN1]], %[[IN0]], %[[IN2]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA2]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK-NEXT:    return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]] : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>
func.func @sigmoid(%h: tensor<?x8xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>)
    -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>) {
  %pre, %post, %logits = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0> %h, %scale, %base
      : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>)
  return %pre, %post, %logits : tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x2x2xf32>
}

// One group: nothing to slice. Weights of a narrower type are widened.

// CHECK-LABEL: func.func @sigmoid_pre(
// CHECK-SAME:    %[[H:.*]]: tensor<2x4xf32>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<1xbf16>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<4xf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<2x4xf32>, tensor<1xbf16>, tensor<4xf16>) outs(%{{.*}} : tensor<2x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: bf16, %[[IN2:.*]]: f16, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN1]] : bf16 to f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN2]] : f16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[IN0]], %[[EXTF1]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[NEGF:.*]] = arith.negf %[[FMA]] : f32
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[NEGF]] : f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[CST]], %[[EXP]] : f32
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[CST]], %[[ADDF]] : f32
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[DIVF]], %[[CST1]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF1]] : f32
// CHECK-NEXT:    } -> tensor<2x4xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x4xf32>
func.func @sigmoid_pre(%h: tensor<2x4xf32>, %scale: tensor<1xbf16>, %base: tensor<4xf16>) -> tensor<2x4xf32> {
  %pre = mhc.gates #mhc.gates<pre_eps = 0.5> %h, %scale, %base
      : (tensor<2x4xf32>, tensor<1xbf16>, tensor<4xf16>) -> tensor<2x4xf32>
  return %pre : tensor<2x4xf32>
}

// gates, tanh: of h, not of c; pre, post and res are columns of each stream. f64, one token.

// CHECK-LABEL: func.func @tanh(
// CHECK-SAME:    %[[H:.*]]: tensor<2x4xf64>,
// CHECK-SAME:    %[[SCALE:.*]]: tensor<3xf64>,
// CHECK-SAME:    %[[BASE:.*]]: tensor<2x4xf64>) -> (tensor<2xf64>, tensor<2xf64>, tensor<2x2xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (0)>, affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<2x4xf64>, tensor<3xf64>, tensor<2x4xf64>) outs(%{{.*}} : tensor<2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[TANH:.*]] = math.tanh %[[IN0]] : f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN1]], %[[TANH]], %[[IN2]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<2xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 1)>, affine_map<(d0) -> (1)>, affine_map<(d0) -> (d0, 1)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<2x4xf64>, tensor<3xf64>, tensor<2x4xf64>) outs(%{{.*}} : tensor<2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[TANH1:.*]] = math.tanh %[[IN0]] : f64
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN1]], %[[TANH1]], %[[IN2]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA1]] : f64
// CHECK-NEXT:    } -> tensor<2xf64>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1 + 2)>, affine_map<(d0, d1) -> (2)>, affine_map<(d0, d1) -> (d0, d1 + 2)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[H]], %[[SCALE]], %[[BASE]] : tensor<2x4xf64>, tensor<3xf64>, tensor<2x4xf64>) outs(%{{.*}} : tensor<2x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[TANH2:.*]] = math.tanh %[[IN0]] : f64
// CHECK-NEXT:      %[[FMA2:.*]] = math.fma %[[IN1]], %[[TANH2]], %[[IN2]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA2]] : f64
// CHECK-NEXT:    } -> tensor<2x2xf64>
// CHECK-NEXT:    return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]] : tensor<2xf64>, tensor<2xf64>, tensor<2x2xf64>
func.func @tanh(%h: tensor<2x4xf64>, %scale: tensor<3xf64>, %base: tensor<2x4xf64>)
    -> (tensor<2xf64>, tensor<2xf64>, tensor<2x2xf64>) {
  %pre, %post, %res = mhc.gates #mhc.gates<activation = tanh> %h, %scale, %base
      : (tensor<2x4xf64>, tensor<3xf64>, tensor<2x4xf64>) -> (tensor<2xf64>, tensor<2xf64>, tensor<2x2xf64>)
  return %pre, %post, %res : tensor<2xf64>, tensor<2xf64>, tensor<2x2xf64>
}
