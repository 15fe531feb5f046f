// RUN: mhc-opt %s --convert-mhc-to-linalg --mlir-print-local-scope | FileCheck %s

// inner, project, backproject and outer: sums over hidden or over tokens.

// inner, every stream with every stream: the sum over columns in f64, rounded once.

// CHECK-LABEL: func.func @inner(
// CHECK-SAME:    %[[A:.*]]: tensor<?x2x8xbf16>,
// CHECK-SAME:    %[[B:.*]]: tensor<?x3x8xf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x2x3xf64>) -> tensor<?x2x3xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<?x2x8xbf16>, tensor<?x3x8xf16>) outs(%[[FILL]] : tensor<?x2x3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x2x3xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x2x3xf64>) outs(%{{.*}} : tensor<?x2x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?x2x3xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x2x3xf32>
func.func @inner(%a: tensor<?x2x8xbf16>, %b: tensor<?x3x8xf16>) -> tensor<?x2x3xf32> {
  %0 = mhc.inner %a, %b : (tensor<?x2x8xbf16>, tensor<?x3x8xf16>) -> tensor<?x2x3xf32>
  return %0 : tensor<?x2x3xf32>
}

// A row without streams leaves no dimension.

// CHECK-LABEL: func.func @inner_row(
// CHECK-SAME:    %[[A:.*]]: tensor<?x2x8xf32>,
// CHECK-SAME:    %[[B:.*]]: tensor<?x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x2xf64>) -> tensor<?x2xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<?x2x8xf32>, tensor<?x8xf32>) outs(%[[FILL]] : tensor<?x2xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x2xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x2xf64>) outs(%{{.*}} : tensor<?x2xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?x2xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x2xf32>
func.func @inner_row(%a: tensor<?x2x8xf32>, %b: tensor<?x8xf32>) -> tensor<?x2xf32> {
  %0 = mhc.inner %a, %b : (tensor<?x2x8xf32>, tensor<?x8xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// CHECK-LABEL: func.func @inner_row_first(
// CHECK-SAME:    %[[A:.*]]: tensor<2x?x8xf32>,
// CHECK-SAME:    %[[B:.*]]: tensor<2x?x4x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<2x?x4xf64>) -> tensor<2x?x4xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<2x?x8xf32>, tensor<2x?x4x8xf32>) outs(%[[FILL]] : tensor<2x?x4xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<2x?x4xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<2x?x4xf64>) outs(%{{.*}} : tensor<2x?x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<2x?x4xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<2x?x4xf32>
func.func @inner_row_first(%a: tensor<2x?x8xf32>, %b: tensor<2x?x4x8xf32>) -> tensor<2x?x4xf32> {
  %0 = mhc.inner %a, %b : (tensor<2x?x8xf32>, tensor<2x?x4x8xf32>) -> tensor<2x?x4xf32>
  return %0 : tensor<2x?x4xf32>
}

// Two rows of one token: a tensor without dimensions.

// CHECK-LABEL: func.func @inner_rows(
// CHECK-SAME:    %[[A:.*]]: tensor<8xf64>,
// CHECK-SAME:    %[[B:.*]]: tensor<8xf64>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<f64>) -> tensor<f64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<8xf64>, tensor<8xf64>) outs(%[[FILL]] : tensor<f64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[IN1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<f64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<f64>
func.func @inner_rows(%a: tensor<8xf64>, %b: tensor<8xf64>) -> tensor<f64> {
  %0 = mhc.inner %a, %b : (tensor<8xf64>, tensor<8xf64>) -> tensor<f64>
  return %0 : tensor<f64>
}

// each: stream by stream.

// CHECK-LABEL: func.func @inner_each(
// CHECK-SAME:    %[[A:.*]]: tensor<?x3x8xbf16>,
// CHECK-SAME:    %[[B:.*]]: tensor<?x3x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x3xf64>) -> tensor<?x3xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<?x3x8xbf16>, tensor<?x3x8xf32>) outs(%[[FILL]] : tensor<?x3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x3xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x3xf64>) outs(%{{.*}} : tensor<?x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?x3xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x3xf32>
func.func @inner_each(%a: tensor<?x3x8xbf16>, %b: tensor<?x3x8xf32>) -> tensor<?x3xf32> {
  %0 = mhc.inner each %a, %b : (tensor<?x3x8xbf16>, tensor<?x3x8xf32>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// whole: over the streams too.

// CHECK-LABEL: func.func @inner_whole(
// CHECK-SAME:    %[[A:.*]]: tensor<?x3x8xbf16>,
// CHECK-SAME:    %[[B:.*]]: tensor<?x3x8xbf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?xf64>) -> tensor<?xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0)>], iterator_types = ["parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[A]], %[[B]] : tensor<?x3x8xbf16>, tensor<?x3x8xbf16>) outs(%[[FILL]] : tensor<?xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: bf16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?xf64>) outs(%{{.*}} : tensor<?xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?xf32>
func.func @inner_whole(%a: tensor<?x3x8xbf16>, %b: tensor<?x3x8xbf16>) -> tensor<?xf32> {
  %0 = mhc.inner whole %a, %b : (tensor<?x3x8xbf16>, tensor<?x3x8xbf16>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// project: phi is indexed by stream * hidden + column.

// CHECK-LABEL: func.func @project(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<24x32xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x24xf64>) -> tensor<?x24xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2 * 8 + d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[X]], %[[PHI]] : tensor<?x4x8xbf16>, tensor<24x32xf32>) outs(%[[FILL]] : tensor<?x24xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x24xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x24xf64>) outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?x24xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x24xf32>
func.func @project(%x: tensor<?x4x8xbf16>, %phi: tensor<24x32xf32>) -> tensor<?x24xf32> {
  %0 = mhc.project %x by %phi : (tensor<?x4x8xbf16>, tensor<24x32xf32>) -> tensor<?x24xf32>
  return %0 : tensor<?x24xf32>
}

// Rows without streams; the precision allows less, the reference uses none of it.

// CHECK-LABEL: func.func @project_row(
// CHECK-SAME:    %[[X:.*]]: tensor<8xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xbf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<3xf64>) -> tensor<3xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
// CHECK-SAME:      ins(%[[X]], %[[PHI]] : tensor<8xf32>, tensor<3x8xbf16>) outs(%[[FILL]] : tensor<3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: bf16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<3xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<3xf64>) outs(%{{.*}} : tensor<3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<3xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<3xf32>
func.func @project_row(%x: tensor<8xf32>, %phi: tensor<3x8xbf16>) -> tensor<3xf32> {
  %0 = mhc.project %x by %phi precision tf32 : (tensor<8xf32>, tensor<3x8xbf16>) -> tensor<3xf32>
  return %0 : tensor<3xf32>
}

// each: one phi for all streams.

// CHECK-LABEL: func.func @project_each(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<6x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x4x6xf64>) -> tensor<?x4x6xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[X]], %[[PHI]] : tensor<?x4x8xf16>, tensor<6x8xf32>) outs(%[[FILL]] : tensor<?x4x6xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f16, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f16 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x4x6xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x4x6xf64>) outs(%{{.*}} : tensor<?x4x6xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<?x4x6xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x4x6xf32>
func.func @project_each(%x: tensor<?x4x8xf16>, %phi: tensor<6x8xf32>) -> tensor<?x4x6xf32> {
  %0 = mhc.project each %x by %phi : (tensor<?x4x8xf16>, tensor<6x8xf32>) -> tensor<?x4x6xf32>
  return %0 : tensor<?x4x6xf32>
}

// The norm weight is multiplied into phi in f64, where that is exact, and the product rounded to f32.

// CHECK-LABEL: func.func @project_norm_weight(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4xbf16>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<8xbf16>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[PHI]], %[[W]] : tensor<3x8xf32>, tensor<8xbf16>) outs(%{{.*}} : tensor<3x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: bf16, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f64
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[EXTF]], %[[EXTF1]] : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[MULF]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<3x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x3xf64>) -> tensor<?x3xf64>
// CHECK-NEXT:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2 * 4 + d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[X]], %[[GENERIC]] : tensor<?x2x4xbf16>, tensor<3x8xf32>) outs(%[[FILL]] : tensor<?x3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: bf16, %[[IN1:.*]]: f32, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF2:.*]] = arith.extf %[[IN0]] : bf16 to f64
// CHECK-NEXT:      %[[EXTF3:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF2]], %[[EXTF3]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x3xf64>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]] : tensor<?x3xf64>) outs(%{{.*}} : tensor<?x3xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF1:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF1]] : f32
// CHECK-NEXT:    } -> tensor<?x3xf32>
// CHECK-NEXT:    return %[[GENERIC2]] : tensor<?x3xf32>
func.func @project_norm_weight(%x: tensor<?x2x4xbf16>, %phi: tensor<3x8xf32>, %w: tensor<8xbf16>) -> tensor<?x3xf32> {
  %0 = mhc.project %x by %phi norm_weight %w
      : (tensor<?x2x4xbf16>, tensor<3x8xf32>, tensor<8xbf16>) -> tensor<?x3xf32>
  return %0 : tensor<?x3xf32>
}

// In f64 nothing is rounded.

// CHECK-LABEL: func.func @project_f64(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4xf64>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<8xf64>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[PHI]], %[[W]] : tensor<3x8xf32>, tensor<8xf64>) outs(%{{.*}} : tensor<3x8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[EXTF]], %[[IN1]] : f64
// CHECK-NEXT:      linalg.yield %[[MULF]] : f64
// CHECK-NEXT:    } -> tensor<3x8xf64>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x3xf64>) -> tensor<?x3xf64>
// CHECK-NEXT:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d1, d2 * 4 + d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[X]], %[[GENERIC]] : tensor<?x2x4xf64>, tensor<3x8xf64>) outs(%[[FILL]] : tensor<?x3xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[IN1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x3xf64>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x3xf64>
func.func @project_f64(%x: tensor<?x2x4xf64>, %phi: tensor<3x8xf32>, %w: tensor<8xf64>) -> tensor<?x3xf64> {
  %0 = mhc.project %x by %phi norm_weight %w
      : (tensor<?x2x4xf64>, tensor<3x8xf32>, tensor<8xf64>) -> tensor<?x3xf64>
  return %0 : tensor<?x3xf64>
}

// backproject: a short sum, in the type of the coefficients, and then one rounding to that of the row.

// CHECK-LABEL: func.func @backproject(
// CHECK-SAME:    %[[D:.*]]: tensor<?x3xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f32) outs(%{{.*}} : tensor<?x2x4xf32>) -> tensor<?x2x4xf32>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d3)>, affine_map<(d0, d1, d2, d3) -> (d3, d1 * 4 + d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[D]], %[[PHI]] : tensor<?x3xf32>, tensor<3x8xf32>) outs(%[[FILL]] : tensor<?x2x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[IN1]], %[[OUT]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA]] : f32
// CHECK-NEXT:    } -> tensor<?x2x4xf32>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<?x2x4xf32>) outs(%{{.*}} : tensor<?x2x4xbf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: bf16):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f32 to bf16
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : bf16
// CHECK-NEXT:    } -> tensor<?x2x4xbf16>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<?x2x4xbf16>
func.func @backproject(%d: tensor<?x3xf32>, %phi: tensor<3x8xf32>) -> tensor<?x2x4xbf16> {
  %0 = mhc.backproject %d by %phi : (tensor<?x3xf32>, tensor<3x8xf32>) -> tensor<?x2x4xbf16>
  return %0 : tensor<?x2x4xbf16>
}

// CHECK-LABEL: func.func @backproject_row(
// CHECK-SAME:    %[[D:.*]]: tensor<?x3xf64>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<?x8xf64>) -> tensor<?x8xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[D]], %[[PHI]] : tensor<?x3xf64>, tensor<3x8xf16>) outs(%[[FILL]] : tensor<?x8xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN1]] : f16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[EXTF]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<?x8xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<?x8xf64>
func.func @backproject_row(%d: tensor<?x3xf64>, %phi: tensor<3x8xf16>) -> tensor<?x8xf64> {
  %0 = mhc.backproject %d by %phi : (tensor<?x3xf64>, tensor<3x8xf16>) -> tensor<?x8xf64>
  return %0 : tensor<?x8xf64>
}

// CHECK-LABEL: func.func @backproject_each(
// CHECK-SAME:    %[[D:.*]]: tensor<?x2x3xf32>,
// CHECK-SAME:    %[[PHI:.*]]: tensor<3x8xf32>,
// CHECK-SAME:    %[[W:.*]]: tensor<8xf32>
// CHECK:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[PHI]], %[[W]] : tensor<3x8xf32>, tensor<8xf32>) outs(%{{.*}} : tensor<3x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f32 to f64
// CHECK-NEXT:      %[[MULF:.*]] = arith.mulf %[[EXTF]], %[[EXTF1]] : f64
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[MULF]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<3x8xf32>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f32
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f32) outs(%{{.*}} : tensor<?x2x8xf32>) -> tensor<?x2x8xf32>
// CHECK-NEXT:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d3, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[D]], %[[GENERIC]] : tensor<?x2x3xf32>, tensor<3x8xf32>) outs(%[[FILL]] : tensor<?x2x8xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f32, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[IN1]], %[[OUT]] : f32
// CHECK-NEXT:      linalg.yield %[[FMA]] : f32
// CHECK-NEXT:    } -> tensor<?x2x8xf32>
// CHECK:    %[[GENERIC2:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC1]] : tensor<?x2x8xf32>) outs(%{{.*}} : tensor<?x2x8xf16>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[OUT:.*]]: f16):
// CHECK-NEXT:      %[[TRUNCF1:.*]] = arith.truncf %[[IN0]] : f32 to f16
// CHECK-NEXT:      linalg.yield %[[TRUNCF1]] : f16
// CHECK-NEXT:    } -> tensor<?x2x8xf16>
// CHECK-NEXT:    return %[[GENERIC2]] : tensor<?x2x8xf16>
func.func @backproject_each(%d: tensor<?x2x3xf32>, %phi: tensor<3x8xf32>, %w: tensor<8xf32>) -> tensor<?x2x8xf16> {
  %0 = mhc.backproject each %d by %phi norm_weight %w
      : (tensor<?x2x3xf32>, tensor<3x8xf32>, tensor<8xf32>) -> tensor<?x2x8xf16>
  return %0 : tensor<?x2x8xf16>
}

// outer: tokens are the innermost loops; streams and columns are one dimension of the result.

// CHECK-LABEL: func.func @outer(
// CHECK-SAME:    %[[D:.*]]: tensor<?x3xf32>,
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x4xbf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<3x2x4xf64>) -> tensor<3x2x4xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d3, d0)>, affine_map<(d0, d1, d2, d3) -> (d3, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
// CHECK-SAME:      ins(%[[D]], %[[X]] : tensor<?x3xf32>, tensor<?x2x4xbf16>) outs(%[[FILL]] : tensor<3x2x4xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: bf16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : bf16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<3x2x4xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<3x2x4xf64>) outs(%{{.*}} : tensor<3x2x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<3x2x4xf32>
// CHECK-NEXT:    %[[COLLAPSE_SHAPE:.*]] = tensor.collapse_shape %[[GENERIC1]] {{\[\[}}0], [1, 2]] : tensor<3x2x4xf32> into tensor<3x8xf32>
// CHECK-NEXT:    return %[[COLLAPSE_SHAPE]] : tensor<3x8xf32>
func.func @outer(%d: tensor<?x3xf32>, %x: tensor<?x2x4xbf16>) -> tensor<3x8xf32> {
  %0 = mhc.outer %d by %x : (tensor<?x3xf32>, tensor<?x2x4xbf16>) -> tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}

// each: streams are summed over too.

// CHECK-LABEL: func.func @outer_each(
// CHECK-SAME:    %[[D:.*]]: tensor<2x?x2x3xf32>,
// CHECK-SAME:    %[[X:.*]]: tensor<2x?x2x4xf16>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<3x4xf64>) -> tensor<3x4xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3, d4) -> (d2, d3, d4, d0)>, affine_map<(d0, d1, d2, d3, d4) -> (d2, d3, d4, d1)>, affine_map<(d0, d1, d2, d3, d4) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction", "reduction", "reduction"]}
// CHECK-SAME:      ins(%[[D]], %[[X]] : tensor<2x?x2x3xf32>, tensor<2x?x2x4xf16>) outs(%[[FILL]] : tensor<3x4xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f32, %[[IN1:.*]]: f16, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[EXTF:.*]] = arith.extf %[[IN0]] : f32 to f64
// CHECK-NEXT:      %[[EXTF1:.*]] = arith.extf %[[IN1]] : f16 to f64
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[EXTF]], %[[EXTF1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<3x4xf64>
// CHECK:    %[[GENERIC1:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[GENERIC]] : tensor<3x4xf64>) outs(%{{.*}} : tensor<3x4xf32>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[OUT:.*]]: f32):
// CHECK-NEXT:      %[[TRUNCF:.*]] = arith.truncf %[[IN0]] : f64 to f32
// CHECK-NEXT:      linalg.yield %[[TRUNCF]] : f32
// CHECK-NEXT:    } -> tensor<3x4xf32>
// CHECK-NEXT:    return %[[GENERIC1]] : tensor<3x4xf32>
func.func @outer_each(%d: tensor<2x?x2x3xf32>, %x: tensor<2x?x2x4xf16>) -> tensor<3x4xf32> {
  %0 = mhc.outer each %d by %x : (tensor<2x?x2x3xf32>, tensor<2x?x2x4xf16>) -> tensor<3x4xf32>
  return %0 : tensor<3x4xf32>
}

// One token: no sum at all.

// CHECK-LABEL: func.func @outer_one_token(
// CHECK-SAME:    %[[D:.*]]: tensor<3xf64>,
// CHECK-SAME:    %[[X:.*]]: tensor<4xf64>
// CHECK-NEXT:    %[[CST:.*]] = arith.constant 0.000000e+00 : f64
// CHECK:    %[[FILL:.*]] = linalg.fill ins(%[[CST]] : f64) outs(%{{.*}} : tensor<3x4xf64>) -> tensor<3x4xf64>
// CHECK-NEXT:    %[[GENERIC:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME:      ins(%[[D]], %[[X]] : tensor<3xf64>, tensor<4xf64>) outs(%[[FILL]] : tensor<3x4xf64>) {
// CHECK-NEXT:    ^{{.*}}(%[[IN0:.*]]: f64, %[[IN1:.*]]: f64, %[[OUT:.*]]: f64):
// CHECK-NEXT:      %[[FMA:.*]] = math.fma %[[IN0]], %[[IN1]], %[[OUT]] : f64
// CHECK-NEXT:      linalg.yield %[[FMA]] : f64
// CHECK-NEXT:    } -> tensor<3x4xf64>
// CHECK-NEXT:    return %[[GENERIC]] : tensor<3x4xf64>
func.func @outer_one_token(%d: tensor<3xf64>, %x: tensor<4xf64>) -> tensor<3x4xf64> {
  %0 = mhc.outer %d by %x : (tensor<3xf64>, tensor<4xf64>) -> tensor<3x4xf64>
  return %0 : tensor<3x4xf64>
}
