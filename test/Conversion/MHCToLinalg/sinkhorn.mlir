// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// sinkhorn and sinkhorn_step.

// A step over the columns: sums over the dimension before the last, (0 + 1) + 2, plus eps, and a division in place.

// CHECK-LABEL: func.func @columns(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x3xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, 2, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]] : tensor<?x3x3xf32>, tensor<?x3x3xf32>, tensor<?x3x3xf32>) outs(%{{.*}} : tensor<?x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[ADDF]], %[[IN2]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[CST]] : f64 to f32
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[ADDF1]], %[[TRUNCF]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF2]] : f32
// CHECK-NEXT:    } -> tensor<?x3xf32>
// CHECK-NEXT:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x3xf32>) outs(%[[X]] : tensor<?x3x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[OUT]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[DIVF]] : f32
// CHECK-NEXT:    } -> tensor<?x3x3xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x3x3xf32>
func.func @columns(%x: tensor<?x3x3xf32>) -> tensor<?x3x3xf32> {
  %0 = mhc.sinkhorn_step columns %x {eps = 1.0e-6 : f64} : tensor<?x3x3xf32>
  return %0 : tensor<?x3x3xf32>
}

// Over the rows, of five numbers: ((0 + 1) + (2 + 3)) + 4. f64 holds eps.

// CHECK-LABEL: func.func @rows(
// CHECK-SAME:    %[[X:.*]]: tensor<5x5xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (d0, 1)>, affine_map<(d0) -> (d0, 2)>, affine_map<(d0) -> (d0, 3)>, affine_map<(d0) -> (d0, 4)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]], %[[X]], %[[X]] : tensor<5x5xf64>, tensor<5x5xf64>, tensor<5x5xf64>, tensor<5x5xf64>, tensor<5x5xf64>) outs(%{{.*}} : tensor<5xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[IN3:.*]]: f64, %[[IN4:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[IN2]], %[[IN3]] : f64
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[ADDF]], %[[ADDF1]] : f64
// CHECK-NEXT:      %[[ADDF3:.*]] = arith.addf %[[ADDF2]], %[[IN4]] : f64
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[ADDF4:.*]] = arith.addf %[[ADDF3]], %[[CST]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF4]] : f64
// CHECK-NEXT:    } -> tensor<5xf64>
// CHECK-NEXT:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<5xf64>) outs(%[[X]] : tensor<5x5xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[OUT]], %[[IN0]] : f64
// CHECK-NEXT:      linalg.yield %[[DIVF]] : f64
// CHECK-NEXT:    } -> tensor<5x5xf64>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<5x5xf64>
func.func @rows(%x: tensor<5x5xf64>) -> tensor<5x5xf64> {
  %0 = mhc.sinkhorn_step rows %x {eps = 1.0e-6 : f64} : tensor<5x5xf64>
  return %0 : tensor<5x5xf64>
}

// The softmax start alone: row maximum, exp of the difference, row sum, quotient plus eps.

// CHECK-LABEL: func.func @softmax_0(
// CHECK-SAME:    %[[L:.*]]: tensor<?x2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>, affine_map<(d0, d1) -> (d0, d1, 1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[L]] : tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MAXIMUMF:.*]] = arith.maximumf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      linalg.yield %[[MAXIMUMF]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[GENERIC]] : tensor<?x2x2xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[SUBF]] : f32
// CHECK-NEXT:      linalg.yield %[[EXP]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>, affine_map<(d0, d1) -> (d0, d1, 1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]], %[[GENERIC1]] : tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC3:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]], %[[GENERIC2]] : tensor<?x2x2xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 9.9999999999999995E-7 : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[CST]] : f64 to f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[DIVF]], %[[TRUNCF]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF1]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK-NEXT:    return %[[GENERIC3]] : tensor<?x2x2xf32>
func.func @softmax_0(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-6, start = softmax> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}

// The exp start alone.

// CHECK-LABEL: func.func @exp_0(
// CHECK-SAME:    %[[L:.*]]: tensor<?x2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]] : tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[EXP]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x2xf32>
func.func @exp_0(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-6, start = exp> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}

// Exp start and one iteration: shifted by the largest logit of each column or log(eps), unless the logit is not finite;
// eps is scaled by exp(-shift) in the first half step, and is itself in the second.

// CHECK-LABEL: func.func @exp_1(
// CHECK-SAME:    %[[L:.*]]: tensor<?x2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[L]] : tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MAXIMUMF:.*]] = arith.maximumf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[MAXIMUMF]], %[[MAXIMUMF]] : f32
// CHECK-NEXT:      %[[CMPF:.*]] = arith.cmpf oeq, %[[SUBF]], %[[CST]] : f32
// CHECK-NEXT:      %[[LOG64:.*]] = arith.constant -0.69314718055994529 : f64
// CHECK-NEXT:      %[[LOG:.*]] = arith.truncf %[[LOG64]] : f64 to f32
// CHECK-NEXT:      %[[SHIFT:.*]] = arith.maximumf %[[MAXIMUMF]], %[[LOG]] : f32
// CHECK-NEXT:      %[[SELECT:.*]] = arith.select %[[CMPF]], %[[SHIFT]], %[[CST]] : f32
// CHECK-NEXT:      linalg.yield %[[SELECT]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[GENERIC]] : tensor<?x2x2xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[SUBF1:.*]] = arith.subf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[SUBF1]] : f32
// CHECK-NEXT:      linalg.yield %[[EXP]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]], %[[GENERIC1]] : tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK:    %[[GENERIC3:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC2]], %[[GENERIC]] : tensor<?x2xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EPS64:.*]] = arith.constant -0.69314718055994529 : f64
// CHECK-NEXT:      %[[EPS:.*]] = arith.truncf %[[EPS64]] : f64 to f32
// CHECK-NEXT:      %[[DIFFERENCE:.*]] = arith.subf %[[EPS]], %[[IN1]] : f32
// CHECK-NEXT:      %[[EXP1:.*]] = math.exp %[[DIFFERENCE]] : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[IN0]], %[[EXP1]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF1]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK-NEXT:    %[[GENERIC4:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC3]] : tensor<?x2xf32>) outs(%[[GENERIC1]] : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[OUT]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[DIVF]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK:    %[[GENERIC5:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1, 0)>, affine_map<(d0, d1) -> (d0, d1, 1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC4]], %[[GENERIC4]] : tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[IN0]], %[[IN1]] : f32
// CHECK-NEXT:      %[[CST2:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-NEXT:      %[[ADDF3:.*]] = arith.addf %[[ADDF2]], %[[CST2]] : f32
// CHECK-NEXT:      linalg.yield %[[ADDF3]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK-NEXT:    %[[GENERIC6:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC5]] : tensor<?x2xf32>) outs(%[[GENERIC4]] : tensor<?x2x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[OUT]], %[[IN0]] : f32
// CHECK-NEXT:      linalg.yield %[[DIVF1]] : f32
// CHECK-NEXT:    } -> tensor<?x2x2xf32>
// CHECK-NEXT:    return %[[GENERIC6]] : tensor<?x2x2xf32>
func.func @exp_1(%l: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.5, start = exp> %l : tensor<?x2x2xf32>
  return %0 : tensor<?x2x2xf32>
}

// Rows first: rows are shifted. Without eps there is nothing to scale.

// CHECK-LABEL: func.func @exp_1_rows(
// CHECK-SAME:    %[[L:.*]]: tensor<2x2xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (d0, 1)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[L]] : tensor<2x2xf64>, tensor<2x2xf64>) outs(%{{.*}} : tensor<2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[MAXIMUMF:.*]] = arith.maximumf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK-NEXT:      %[[SUBF:.*]] = arith.subf %[[MAXIMUMF]], %[[MAXIMUMF]] : f64
// CHECK-NEXT:      %[[CMPF:.*]] = arith.cmpf oeq, %[[SUBF]], %[[CST]] : f64
// CHECK-NEXT:      %[[SELECT:.*]] = arith.select %[[CMPF]], %[[MAXIMUMF]], %[[CST]] : f64
// CHECK-NEXT:      linalg.yield %[[SELECT]] : f64
// CHECK-NEXT:    } -> tensor<2xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[L]], %[[GENERIC]] : tensor<2x2xf64>, tensor<2xf64>) outs(%{{.*}} : tensor<2x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[SUBF1:.*]] = arith.subf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      %[[EXP:.*]] = math.exp %[[SUBF1]] : f64
// CHECK-NEXT:      linalg.yield %[[EXP]] : f64
// CHECK-NEXT:    } -> tensor<2x2xf64>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0, 0)>, affine_map<(d0) -> (d0, 1)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]], %[[GENERIC1]] : tensor<2x2xf64>, tensor<2x2xf64>) outs(%{{.*}} : tensor<2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF]] : f64
// CHECK-NEXT:    } -> tensor<2xf64>
// CHECK-NEXT:    %[[GENERIC3:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC2]] : tensor<2xf64>) outs(%[[GENERIC1]] : tensor<2x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[OUT]], %[[IN0]] : f64
// CHECK-NEXT:      linalg.yield %[[DIVF]] : f64
// CHECK-NEXT:    } -> tensor<2x2xf64>
// CHECK:    %[[GENERIC4:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (0, d0)>, affine_map<(d0) -> (1, d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[GENERIC3]], %[[GENERIC3]] : tensor<2x2xf64>, tensor<2x2xf64>) outs(%{{.*}} : tensor<2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      %[[CST1:.*]] = arith.constant 0.000000e+00 : f64
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[ADDF1]], %[[CST1]] : f64
// CHECK-NEXT:      linalg.yield %[[ADDF2]] : f64
// CHECK-NEXT:    } -> tensor<2xf64>
// CHECK-NEXT:    %[[GENERIC5:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC4]] : tensor<2xf64>) outs(%[[GENERIC3]] : tensor<2x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[DIVF1:.*]] = arith.divf %[[OUT]], %[[IN0]] : f64
// CHECK-NEXT:      linalg.yield %[[DIVF1]] : f64
// CHECK-NEXT:    } -> tensor<2x2xf64>
// CHECK-NEXT:    return %[[GENERIC5]] : tensor<2x2xf64>
func.func @exp_1_rows(%l: tensor<2x2xf64>) -> tensor<2x2xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp, order = rows_columns> %l : tensor<2x2xf64>
  return %0 : tensor<2x2xf64>
}
