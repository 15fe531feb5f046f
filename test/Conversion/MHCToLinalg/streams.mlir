// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// expand, reduce_streams and aggregate: one pass over columns, streams unrolled into the body.

// expand: the row is read without its stream dimension; nothing is rounded.

// CHECK-LABEL: func.func @expand(
// CHECK-SAME:    %[[X:.*]]: tensor<?x8xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]] : tensor<?x8xbf16>) outs(%{{.*}} : tensor<?x4x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      linalg.yield %[[IN0]] : bf16
// CHECK-NEXT:    } -> tensor<?x4x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x4x8xbf16>
func.func @expand(%x: tensor<?x8xbf16>) -> tensor<?x4x8xbf16> {
  %0 = mhc.expand %x : tensor<?x8xbf16> to tensor<?x4x8xbf16>
  return %0 : tensor<?x4x8xbf16>
}

// Neither of bf16 and f16 holds the other: through f32. Two token dimensions.

// CHECK-LABEL: func.func @expand_cast(
// CHECK-SAME:    %[[X:.*]]: tensor<2x?x8xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]] : tensor<2x?x8xbf16>) outs(%{{.*}} : tensor<2x?x3x8xf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[OUT:.*]]: f16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[EXTF]] : f32 to f16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f16
// CHECK-NEXT:    } -> tensor<2x?x3x8xf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x?x3x8xf16>
func.func @expand_cast(%x: tensor<2x?x8xbf16>) -> tensor<2x?x3x8xf16> {
  %0 = mhc.expand %x : tensor<2x?x8xbf16> to tensor<2x?x3x8xf16>
  return %0 : tensor<2x?x3x8xf16>
}

// A token without a token dimension.

// CHECK-LABEL: func.func @expand_one_token(
// CHECK-SAME:    %[[X:.*]]: tensor<8xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]] : tensor<8xf64>) outs(%{{.*}} : tensor<2x8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      linalg.yield %[[IN0]] : f64
// CHECK-NEXT:    } -> tensor<2x8xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x8xf64>
func.func @expand_one_token(%x: tensor<8xf64>) -> tensor<2x8xf64> {
  %0 = mhc.expand %x : tensor<8xf64> to tensor<2x8xf64>
  return %0 : tensor<2x8xf64>
}

// The sum of three: (0 + 1) + 2, in f32, rounded once.

// CHECK-LABEL: func.func @sum_of_3(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x8xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, 2, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]] : tensor<?x3x8xbf16>, tensor<?x3x8xbf16>, tensor<?x3x8xbf16>) outs(%{{.*}} : tensor<?x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: bf16, %[[IN2:.*]]: bf16, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN2]] : bf16 to f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[EXTF]], %[[EXTF1]] : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[ADDF]], %[[EXTF2]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[ADDF1]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xbf16>
func.func @sum_of_3(%x: tensor<?x3x8xbf16>) -> tensor<?x8xbf16> {
  %0 = mhc.reduce_streams sum %x : tensor<?x3x8xbf16> to tensor<?x8xbf16>
  return %0 : tensor<?x8xbf16>
}

// The mean of five: ((0 + 1) + (2 + 3)) + 4, divided before it is rounded.

// CHECK-LABEL: func.func @mean_of_5(
// CHECK-SAME:    %[[X:.*]]: tensor<?x5x8xf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, 2, d1)>, affine_map<(d0, d1) -> (d0, 3, d1)>, affine_map<(d0, d1) -> (d0, 4, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]], %[[X]], %[[X]] : tensor<?x5x8xf16>, tensor<?x5x8xf16>, tensor<?x5x8xf16>, tensor<?x5x8xf16>, tensor<?x5x8xf16>) outs(%{{.*}} : tensor<?x8xf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f16, %[[IN1:.*]]: f16, %[[IN2:.*]]: f16, %[[IN3:.*]]: f16, %[[IN4:.*]]: f16, %[[OUT:.*]]: f16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f16 to f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f16 to f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN2]] : f16 to f32
// CHECK-NEXT:      %[[EXTF3:.*]] = arith.extf %[[IN3]] : f16 to f32
// CHECK-NEXT:      %[[EXTF4:.*]] = arith.extf %[[IN4]] : f16 to f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[EXTF]], %[[EXTF1]] : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[EXTF2]], %[[EXTF3]] : f32
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[ADDF]], %[[ADDF1]] : f32
// CHECK-NEXT:      %[[ADDF3:.*]] = arith.addf %[[ADDF2]], %[[EXTF4]] : f32
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 5.000000e+00 : f32
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[ADDF3]], %[[CST]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[DIVF]] : f32 to f16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f16
// CHECK-NEXT:    } -> tensor<?x8xf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xf16>
func.func @mean_of_5(%x: tensor<?x5x8xf16>) -> tensor<?x8xf16> {
  %0 = mhc.reduce_streams mean %x : tensor<?x5x8xf16> to tensor<?x8xf16>
  return %0 : tensor<?x8xf16>
}

// The mean of six: the odd pair comes last.

// CHECK-LABEL: func.func @mean_of_6_f64(
// CHECK-SAME:    %[[X:.*]]: tensor<6x8xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (0, d0)>, affine_map<(d0) -> (1, d0)>, affine_map<(d0) -> (2, d0)>, affine_map<(d0) -> (3, d0)>, affine_map<(d0) -> (4, d0)>, affine_map<(d0) -> (5, d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]] : tensor<6x8xf64>, tensor<6x8xf64>, tensor<6x8xf64>, tensor<6x8xf64>, tensor<6x8xf64>, tensor<6x8xf64>) outs(%{{.*}} : tensor<8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[IN3:.*]]: f64, %[[IN4:.*]]: f64, %[[IN5:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[IN1]] : f64
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[IN2]], %[[IN3]] : f64
// CHECK-NEXT:      %[[ADDF2:.*]] = arith.addf %[[IN4]], %[[IN5]] : f64
// CHECK-NEXT:      %[[ADDF3:.*]] = arith.addf %[[ADDF]], %[[ADDF1]] : f64
// CHECK-NEXT:      %[[ADDF4:.*]] = arith.addf %[[ADDF3]], %[[ADDF2]] : f64
// CHECK-NEXT:      %[[CST:.*]] = arith.constant 6.000000e+00 : f64
// CHECK-NEXT:      %[[DIVF:.*]] = arith.divf %[[ADDF4]], %[[CST]] : f64
// CHECK-NEXT:      linalg.yield %[[DIVF]] : f64
// CHECK-NEXT:    } -> tensor<8xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<8xf64>
func.func @mean_of_6_f64(%x: tensor<6x8xf64>) -> tensor<8xf64> {
  %0 = mhc.reduce_streams mean %x : tensor<6x8xf64> to tensor<8xf64>
  return %0 : tensor<8xf64>
}

// One stream is only cast.

// CHECK-LABEL: func.func @sum_of_1(
// CHECK-SAME:    %[[X:.*]]: tensor<?x1x8xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]] : tensor<?x1x8xbf16>) outs(%{{.*}} : tensor<?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      linalg.yield %[[EXTF]] : f32
// CHECK-NEXT:    } -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xf32>
func.func @sum_of_1(%x: tensor<?x1x8xbf16>) -> tensor<?x8xf32> {
  %0 = mhc.reduce_streams sum %x : tensor<?x1x8xbf16> to tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// aggregate: a multiplication, then a fused multiply-add a stream in order, one rounding.

// CHECK-LABEL: func.func @aggregate(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x8xbf16>,
// CHECK-SAME:    %[[PRE:.*]]: tensor<?x3xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0, d1)>, affine_map<(d0, d1) -> (d0, 1, d1)>, affine_map<(d0, d1) -> (d0, 2, d1)>, affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, 1)>, affine_map<(d0, d1) -> (d0, 2)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]], %[[PRE]], %[[PRE]], %[[PRE]] : tensor<?x3x8xbf16>, tensor<?x3x8xbf16>, tensor<?x3x8xbf16>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>) outs(%{{.*}} : tensor<?x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: bf16, %[[IN2:.*]]: bf16, %[[IN3:.*]]: f32, %[[IN4:.*]]: f32, %[[IN5:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN3]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[EXTF1]], %[[MULF]] : f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN2]] : bf16 to f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[EXTF2]], %[[FMA]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[FMA1]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xbf16>
func.func @aggregate(%x: tensor<?x3x8xbf16>, %pre: tensor<?x3xf32>) -> tensor<?x8xbf16> {
  %0 = mhc.aggregate %x, %pre : (tensor<?x3x8xbf16>, tensor<?x3xf32>) -> tensor<?x8xbf16>
  return %0 : tensor<?x8xbf16>
}

// Coefficients without token dimensions; a result of another type.

// CHECK-LABEL: func.func @aggregate_static(
// CHECK-SAME:    %[[X:.*]]: tensor<2x?x2x8xf16>,
// CHECK-SAME:    %[[PRE:.*]]: tensor<2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, 1, d2)>, affine_map<(d0, d1, d2) -> (0)>, affine_map<(d0, d1, d2) -> (1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[PRE]], %[[PRE]] : tensor<2x?x2x8xf16>, tensor<2x?x2x8xf16>, tensor<2xf32>, tensor<2xf32>) outs(%{{.*}} : tensor<2x?x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f16, %[[IN1:.*]]: f16, %[[IN2:.*]]: f32, %[[IN3:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f16 to f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN2]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN3]], %[[EXTF1]], %[[MULF]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA]] : f32
// CHECK-NEXT:    } -> tensor<2x?x8xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x?x8xf32>
func.func @aggregate_static(%x: tensor<2x?x2x8xf16>, %pre: tensor<2xf32>) -> tensor<2x?x8xf32> {
  %0 = mhc.aggregate %x, %pre : (tensor<2x?x2x8xf16>, tensor<2xf32>) -> tensor<2x?x8xf32>
  return %0 : tensor<2x?x8xf32>
}

// f64 computes in f64.

// CHECK-LABEL: func.func @aggregate_f64(
// CHECK-SAME:    %[[X:.*]]: tensor<2x8xf64>,
// CHECK-SAME:    %[[PRE:.*]]: tensor<2xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (0, d0)>, affine_map<(d0) -> (1, d0)>, affine_map<(d0) -> (0)>, affine_map<(d0) -> (1)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[PRE]], %[[PRE]] : tensor<2x8xf64>, tensor<2x8xf64>, tensor<2xf64>, tensor<2xf64>) outs(%{{.*}} : tensor<8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[IN3:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN2]], %[[IN0]] : f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN3]], %[[IN1]], %[[MULF]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<8xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<8xf64>
func.func @aggregate_f64(%x: tensor<2x8xf64>, %pre: tensor<2xf64>) -> tensor<8xf64> {
  %0 = mhc.aggregate %x, %pre : (tensor<2x8xf64>, tensor<2xf64>) -> tensor<8xf64>
  return %0 : tensor<8xf64>
}
