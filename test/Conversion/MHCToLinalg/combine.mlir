// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// combine: each kind of term, and the order in which they are added.

// F's row by post, then the streams by the transposed matrix, [in, out]: the multiplication is that of f.

// CHECK-LABEL: func.func @v4(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xbf16>,
// CHECK-SAME:    %[[F:.*]]: tensor<?x8xbf16>,
// CHECK-SAME:    %[[POST:.*]]: tensor<?x2xf32>,
// CHECK-SAME:    %[[R:.*]]: tensor<?x2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, 0, d2)>, affine_map<(d0, d1, d2) -> (d0, 1, d2)>, affine_map<(d0, d1, d2) -> (d0, 0, d1)>, affine_map<(d0, d1, d2) -> (d0, 1, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[F]], %[[POST]], %[[X]], %[[X]], %[[R]], %[[R]] : tensor<?x8xbf16>, tensor<?x2xf32>, tensor<?x2x8xbf16>, tensor<?x2x8xbf16>, tensor<?x2x2xf32>, tensor<?x2x2xf32>) outs(%{{.*}} : tensor<?x2x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f32, %[[IN2:.*]]: bf16, %[[IN3:.*]]: bf16, %[[IN4:.*]]: f32, %[[IN5:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN2]] : bf16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[EXTF1]], %[[MULF]] : f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN3]] : bf16 to f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[EXTF2]], %[[FMA]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[FMA1]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x2x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xbf16>
func.func @v4(%x: tensor<?x2x8xbf16>, %f: tensor<?x8xbf16>, %post: tensor<?x2xf32>,
              %R: tensor<?x2x2xf32>) -> tensor<?x2x8xbf16> {
  %0 = mhc.combine (%f by %post : tensor<?x8xbf16>, tensor<?x2xf32>),
                   (%x by %R transposed : tensor<?x2x8xbf16>, tensor<?x2x2xf32>) -> tensor<?x2x8xbf16>
  return %0 : tensor<?x2x8xbf16>
}

// The streams first, by the matrix as it is, [out, in]; then f.

// CHECK-LABEL: func.func @streams_first(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xbf16>,
// CHECK-SAME:    %[[F:.*]]: tensor<?x8xbf16>,
// CHECK-SAME:    %[[POST:.*]]: tensor<?x2xf32>,
// CHECK-SAME:    %[[R:.*]]: tensor<?x2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, 0, d2)>, affine_map<(d0, d1, d2) -> (d0, 1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, 1)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[R]], %[[R]], %[[F]], %[[POST]] : tensor<?x2x8xbf16>, tensor<?x2x8xbf16>, tensor<?x2x2xf32>, tensor<?x2x2xf32>, tensor<?x8xbf16>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: bf16, %[[IN2:.*]]: f32, %[[IN3:.*]]: f32, %[[IN4:.*]]: bf16, %[[IN5:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN2]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN3]], %[[EXTF1]], %[[MULF]] : f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN4]] : bf16 to f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[EXTF2]], %[[FMA]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[FMA1]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x2x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xbf16>
func.func @streams_first(%x: tensor<?x2x8xbf16>, %f: tensor<?x8xbf16>, %post: tensor<?x2xf32>,
                         %R: tensor<?x2x2xf32>) -> tensor<?x2x8xbf16> {
  %0 = mhc.combine (%x by %R : tensor<?x2x8xbf16>, tensor<?x2x2xf32>),
                   (%f by %post : tensor<?x8xbf16>, tensor<?x2xf32>) -> tensor<?x2x8xbf16>
  return %0 : tensor<?x2x8xbf16>
}

// Plain terms are added where they stand: a row for every stream, and streams.

// CHECK-LABEL: func.func @plain(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf16>,
// CHECK-SAME:    %[[F:.*]]: tensor<?x8xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[F]], %[[X]], %[[F]] : tensor<?x8xf32>, tensor<?x2x8xf16>, tensor<?x8xf32>) outs(%{{.*}} : tensor<?x2x8xf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f16, %[[IN2:.*]]: f32, %[[OUT:.*]]: f16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN1]] : f16 to f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[IN0]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[ADDF1:.*]] = arith.addf %[[ADDF]], %[[IN2]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[ADDF1]] : f32 to f16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f16
// CHECK-NEXT:    } -> tensor<?x2x8xf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xf16>
func.func @plain(%x: tensor<?x2x8xf16>, %f: tensor<?x8xf32>) -> tensor<?x2x8xf16> {
  %0 = mhc.combine (%f : tensor<?x8xf32>), (%x : tensor<?x2x8xf16>), (%f : tensor<?x8xf32>) -> tensor<?x2x8xf16>
  return %0 : tensor<?x2x8xf16>
}

// A plain term between products.

// CHECK-LABEL: func.func @plain_between(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[F:.*]]: tensor<?x8xf32>,
// CHECK-SAME:    %[[K:.*]]: tensor<?xf32>,
// CHECK-SAME:    %[[POST:.*]]: tensor<?x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[K]], %[[F]], %[[F]], %[[POST]] : tensor<?x2x8xf32>, tensor<?xf32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x2xf32>) outs(%{{.*}} : tensor<?x2x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[IN3:.*]]: f32, %[[IN4:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      %[[ADDF:.*]] = arith.addf %[[MULF]], %[[IN2]] : f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[IN3]], %[[ADDF]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA]] : f32
// CHECK-NEXT:    } -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xf32>
func.func @plain_between(%x: tensor<?x2x8xf32>, %f: tensor<?x8xf32>, %k: tensor<?xf32>,
                         %post: tensor<?x2xf32>) -> tensor<?x2x8xf32> {
  %0 = mhc.combine (%x scaled %k : tensor<?x2x8xf32>, tensor<?xf32>), (%f : tensor<?x8xf32>),
                   (%f by %post : tensor<?x8xf32>, tensor<?x2xf32>) -> tensor<?x2x8xf32>
  return %0 : tensor<?x2x8xf32>
}

// scaled: one coefficient for the token, one for each stream, one for all tokens.

// CHECK-LABEL: func.func @scaled(
// CHECK-SAME:    %[[X:.*]]: tensor<3x?x2x8xbf16>,
// CHECK-SAME:    %[[TOKEN:.*]]: tensor<3x?xf32>,
// CHECK-SAME:    %[[STREAM:.*]]: tensor<3x?x2xf32>,
// CHECK-SAME:    %[[ALL:.*]]: tensor<f32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[TOKEN]], %[[X]], %[[STREAM]], %[[X]], %[[ALL]] : tensor<3x?x2x8xbf16>, tensor<3x?xf32>, tensor<3x?x2x8xbf16>, tensor<3x?x2xf32>, tensor<3x?x2x8xbf16>, tensor<f32>) outs(%{{.*}} : tensor<3x?x2x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f32, %[[IN2:.*]]: bf16, %[[IN3:.*]]: f32, %[[IN4:.*]]: bf16, %[[IN5:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f32
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[EXTF]] : f32
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN2]] : bf16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN3]], %[[EXTF1]], %[[MULF]] : f32
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN4]] : bf16 to f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[EXTF2]], %[[FMA]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[FMA1]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<3x?x2x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<3x?x2x8xbf16>
func.func @scaled(%x: tensor<3x?x2x8xbf16>, %token: tensor<3x?xf32>, %stream: tensor<3x?x2xf32>,
                  %all: tensor<f32>) -> tensor<3x?x2x8xbf16> {
  %0 = mhc.combine (%x scaled %token : tensor<3x?x2x8xbf16>, tensor<3x?xf32>),
                   (%x scaled %stream : tensor<3x?x2x8xbf16>, tensor<3x?x2xf32>),
                   (%x scaled %all : tensor<3x?x2x8xbf16>, tensor<f32>) -> tensor<3x?x2x8xbf16>
  return %0 : tensor<3x?x2x8xbf16>
}

// Coefficients without token dimensions.

// CHECK-LABEL: func.func @static(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[F:.*]]: tensor<?x8xf32>,
// CHECK-SAME:    %[[POST:.*]]: tensor<2xf32>,
// CHECK-SAME:    %[[R:.*]]: tensor<2x2xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1)>, affine_map<(d0, d1, d2) -> (d0, 0, d2)>, affine_map<(d0, d1, d2) -> (d0, 1, d2)>, affine_map<(d0, d1, d2) -> (0, d1)>, affine_map<(d0, d1, d2) -> (1, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[F]], %[[POST]], %[[X]], %[[X]], %[[R]], %[[R]] : tensor<?x8xf32>, tensor<2xf32>, tensor<?x2x8xf32>, tensor<?x2x8xf32>, tensor<2x2xf32>, tensor<2x2xf32>) outs(%{{.*}} : tensor<?x2x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[IN3:.*]]: f32, %[[IN4:.*]]: f32, %[[IN5:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[IN2]], %[[MULF]] : f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[IN3]], %[[FMA]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA1]] : f32
// CHECK-NEXT:    } -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xf32>
func.func @static(%x: tensor<?x2x8xf32>, %f: tensor<?x8xf32>, %post: tensor<2xf32>,
                  %R: tensor<2x2xf32>) -> tensor<?x2x8xf32> {
  %0 = mhc.combine (%f by %post : tensor<?x8xf32>, tensor<2xf32>),
                   (%x by %R transposed : tensor<?x2x8xf32>, tensor<2x2xf32>) -> tensor<?x2x8xf32>
  return %0 : tensor<?x2x8xf32>
}

// A matrix that is not square: three streams become two.

// CHECK-LABEL: func.func @fewer_streams(
// CHECK-SAME:    %[[X:.*]]: tensor<?x3x8xf32>,
// CHECK-SAME:    %[[R:.*]]: tensor<?x2x3xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, 0, d2)>, affine_map<(d0, d1, d2) -> (d0, 1, d2)>, affine_map<(d0, d1, d2) -> (d0, 2, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, 1)>, affine_map<(d0, d1, d2) -> (d0, d1, 2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[X]], %[[X]], %[[X]], %[[R]], %[[R]], %[[R]] : tensor<?x3x8xf32>, tensor<?x3x8xf32>, tensor<?x3x8xf32>, tensor<?x2x3xf32>, tensor<?x2x3xf32>, tensor<?x2x3xf32>) outs(%{{.*}} : tensor<?x2x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[IN2:.*]]: f32, %[[IN3:.*]]: f32, %[[IN4:.*]]: f32, %[[IN5:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN3]], %[[IN0]] : f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[IN1]], %[[MULF]] : f32
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[IN2]], %[[FMA]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA1]] : f32
// CHECK-NEXT:    } -> tensor<?x2x8xf32>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x2x8xf32>
func.func @fewer_streams(%x: tensor<?x3x8xf32>, %R: tensor<?x2x3xf32>) -> tensor<?x2x8xf32> {
  %0 = mhc.combine (%x by %R : tensor<?x3x8xf32>, tensor<?x2x3xf32>) -> tensor<?x2x8xf32>
  return %0 : tensor<?x2x8xf32>
}

// Without streams.

// CHECK-LABEL: func.func @without_streams(
// CHECK-SAME:    %[[A:.*]]: tensor<?x8xf32>,
// CHECK-SAME:    %[[B:.*]]: tensor<?x8xbf16>,
// CHECK-SAME:    %[[K:.*]]: tensor<?xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[A]], %[[B]], %[[K]] : tensor<?x8xf32>, tensor<?x8xbf16>, tensor<?xf32>) outs(%{{.*}} : tensor<?x8xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: bf16, %[[IN2:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN1]] : bf16 to f32
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN2]], %[[EXTF]], %[[IN0]] : f32
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[FMA]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x8xbf16>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xbf16>
func.func @without_streams(%a: tensor<?x8xf32>, %b: tensor<?x8xbf16>, %k: tensor<?xf32>) -> tensor<?x8xbf16> {
  %0 = mhc.combine (%a : tensor<?x8xf32>), (%b scaled %k : tensor<?x8xbf16>, tensor<?xf32>) -> tensor<?x8xbf16>
  return %0 : tensor<?x8xbf16>
}

// A token without token dimensions, f64.

// CHECK-LABEL: func.func @one_token_f64(
// CHECK-SAME:    %[[X:.*]]: tensor<2x8xf64>,
// CHECK-SAME:    %[[F:.*]]: tensor<8xf64>,
// CHECK-SAME:    %[[POST:.*]]: tensor<2xf64>,
// CHECK-SAME:    %[[R:.*]]: tensor<2x2xf64>,
// CHECK-SAME:    %[[K:.*]]: tensor<f64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (0, d1)>, affine_map<(d0, d1) -> (1, d1)>, affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, 1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[F]], %[[POST]], %[[X]], %[[X]], %[[R]], %[[R]], %[[X]], %[[K]] : tensor<8xf64>, tensor<2xf64>, tensor<2x8xf64>, tensor<2x8xf64>, tensor<2x2xf64>, tensor<2x2xf64>, tensor<2x8xf64>, tensor<f64>) outs(%{{.*}} : tensor<2x8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[IN2:.*]]: f64, %[[IN3:.*]]: f64, %[[IN4:.*]]: f64, %[[IN5:.*]]: f64, %[[IN6:.*]]: f64, %[[IN7:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[IN1]], %[[IN0]] : f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN4]], %[[IN2]], %[[MULF]] : f64
// CHECK-NEXT:      %[[FMA1:.*]] = math.fma %[[IN5]], %[[IN3]], %[[FMA]] : f64
// CHECK-NEXT:      %[[FMA2:.*]] = math.fma %[[IN7]], %[[IN6]], %[[FMA1]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA2]] : f64
// CHECK-NEXT:    } -> tensor<2x8xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<2x8xf64>
func.func @one_token_f64(%x: tensor<2x8xf64>, %f: tensor<8xf64>, %post: tensor<2xf64>,
                         %R: tensor<2x2xf64>, %k: tensor<f64>) -> tensor<2x8xf64> {
  %0 = mhc.combine (%f by %post : tensor<8xf64>, tensor<2xf64>),
                   (%x by %R : tensor<2x8xf64>, tensor<2x2xf64>),
                   (%x scaled %k : tensor<2x8xf64>, tensor<f64>) -> tensor<2x8xf64>
  return %0 : tensor<2x8xf64>
}
