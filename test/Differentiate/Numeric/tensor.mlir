// Ops that move elements, calls and loops.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s
// RUN: mhc-opt %s --split-input-file --mhc-differentiate --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @reshapes_gradient(
// CHECK: tensor.expand_shape {{%[^ ,)]+}} {{\[\[}}0], [1, 2]] output_shape [{{%[^ ,)]+}}, 2, 3]
// CHECK: tensor.cast {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.expand_shape {{%[^ ,)]+}} {{\[\[}}0], [1, 2]] output_shape [{{%[^ ,)]+}}, 2, 3]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.collapse_shape {{%[^ ,)]+}} {{\[\[}}0], [1, 2]]
// CHECK: tensor.cast {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.cast {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @reshapes(%x: tensor<?x6xf64>) -> (tensor<?x2x3xf64>, tensor<?x6xf64>, tensor<3x6xf64>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x6xf64>
  %0 = tensor.expand_shape %x [[0], [1, 2]] output_shape [%n, 2, 3] : tensor<?x6xf64> into tensor<?x2x3xf64>
  %sin = math.sin %0 : tensor<?x2x3xf64>
  %1 = tensor.collapse_shape %sin [[0], [1, 2]] : tensor<?x2x3xf64> into tensor<?x6xf64>
  %3 = tensor.cast %x : tensor<?x6xf64> to tensor<3x6xf64>
  %4 = math.sin %3 : tensor<3x6xf64>
  return %0, %1, %4 : tensor<?x2x3xf64>, tensor<?x6xf64>, tensor<3x6xf64>
}
// -----
// CHECK-LABEL: func.func @slices_gradient(
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[1, 0] [2, 3] [1, 2]
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[3, 0] [1, 3] [1, 1]
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[3, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 2] [2, 3] [2, 1]
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 2] [2, 3] [2, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[2, 1] [1, 3] [1, 1]
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[1, 0] [2, 3] [1, 2]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @slices(%x: tensor<4x6xf64>, %y: tensor<2x3xf64>) -> (tensor<2x3xf64>, tensor<3xf64>, tensor<4x6xf64>, tensor<4x6xf64>) {
  %0 = tensor.extract_slice %x[1, 0] [2, 3] [1, 2] : tensor<4x6xf64> to tensor<2x3xf64>
  %1 = tensor.extract_slice %x[2, 1] [1, 3] [1, 1] : tensor<4x6xf64> to tensor<3xf64>
  %2 = tensor.insert_slice %y into %x[0, 2] [2, 3] [2, 1] : tensor<2x3xf64> into tensor<4x6xf64>
  %3 = arith.mulf %0, %y : tensor<2x3xf64>
  %4 = tensor.insert_slice %1 into %2[3, 0] [1, 3] [1, 1] : tensor<3xf64> into tensor<4x6xf64>
  return %3, %1, %2, %4 : tensor<2x3xf64>, tensor<3xf64>, tensor<4x6xf64>, tensor<4x6xf64>
}
// -----
// CHECK-LABEL: func.func @dynamic_slice_gradient(
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: arith.index_cast {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[{{%[^ ,)]+}}, 0] [1, 6] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, 0] [1, 6] [1, 1]
// CHECK: return {{%[^ ,)]+}}
// TOKENS: 5
func.func @dynamic_slice(%x: tensor<?x6xf64>, %i: tensor<i64>) -> tensor<1x6xf64> {
  %id = tensor.extract %i[] : tensor<i64>
  %at = arith.index_cast %id : i64 to index
  %0 = tensor.extract_slice %x[%at, 0] [1, 6] [1, 1] : tensor<?x6xf64> to tensor<1x6xf64>
  %1 = arith.mulf %0, %0 : tensor<1x6xf64>
  return %1 : tensor<1x6xf64>
}
// -----
// CHECK-LABEL: func.func @concat_gradient(
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 0] [{{%[^ ,)]+}}, 2] [1, 1]
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 2] [{{%[^ ,)]+}}, 3] [1, 1]
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 5] [{{%[^ ,)]+}}, 2] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 5] [{{%[^ ,)]+}}, 2] [1, 1]
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 5] [{{%[^ ,)]+}}, 2] [1, 1]
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 2] [{{%[^ ,)]+}}, 3] [1, 1]
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 2] [{{%[^ ,)]+}}, 3] [1, 1]
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 0] [{{%[^ ,)]+}}, 2] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @concat(%x: tensor<?x2xf64>, %y: tensor<?x3xf64>) -> tensor<?x7xf64> {
  %0 = tensor.concat dim(1) %x, %y, %x : (tensor<?x2xf64>, tensor<?x3xf64>, tensor<?x2xf64>) -> tensor<?x7xf64>
  %1 = math.exp %0 : tensor<?x7xf64>
  return %1 : tensor<?x7xf64>
}
// -----
// CHECK-LABEL: func.func @pad_gradient(
// CHECK: tensor.pad {{%[^ ,)]+}} low[1, 2] high[0, 1] {
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[1, 2] [3, 3] [1, 1]
// CHECK: return {{%[^ ,)]+}}
func.func @pad(%x: tensor<3x3xf64>) -> tensor<4x6xf64> {
  %c = arith.constant 0.5 : f64
  %0 = tensor.pad %x low[1, 2] high[0, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c : f64
  } : tensor<3x3xf64> to tensor<4x6xf64>
  %1 = arith.mulf %0, %0 : tensor<4x6xf64>
  return %1 : tensor<4x6xf64>
}
// -----
// CHECK-LABEL: func.func @gather_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK: linalg.index 0 : index
// CHECK: linalg.index 1 : index
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.index_cast {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel", "parallel"]
// CHECK: linalg.index 3 : index
// CHECK: linalg.fill
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: linalg.index 0 : index
// CHECK: linalg.index 1 : index
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.index_cast {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "parallel"]
// CHECK: linalg.index 2 : index
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x5xf64>) {
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
// Upstream lowers no tensor.gather; the pass makes linalg.generic of it.
// FORWARD
func.func @gather(%x: tensor<4x5xf64>, %ids: tensor<3x2x1xi64>) -> (tensor<3x2x5xf64>, tensor<3x2x1x5xf64>) {
  %0 = tensor.gather %x[%ids] gather_dims([0]) : (tensor<4x5xf64>, tensor<3x2x1xi64>) -> tensor<3x2x5xf64>
  %1 = tensor.gather %x[%ids] gather_dims([0]) : (tensor<4x5xf64>, tensor<3x2x1xi64>) -> tensor<3x2x1x5xf64>
  return %0, %1 : tensor<3x2x5xf64>, tensor<3x2x1x5xf64>
}
// -----
// CHECK-LABEL: func.func @calls_gradient(
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sin {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[1, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sin {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[1, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// One callee, called twice; it calls another.
func.func private @inner(%x: tensor<?x3xf64>, %k: f64) -> (tensor<?x3xf64>, f64) {
  %0 = math.sin %x : tensor<?x3xf64>
  %kk = arith.mulf %k, %k : f64
  return %0, %kk : tensor<?x3xf64>, f64
}
func.func private @middle(%layer: index, %x: tensor<?x3xf64>, %w: tensor<2x3xf64>, %k: f64) -> tensor<?x3xf64> {
  %row = tensor.extract_slice %w[%layer, 0] [1, 3] [1, 1] : tensor<2x3xf64> to tensor<3xf64>
  %0:2 = call @inner(%x, %k) : (tensor<?x3xf64>, f64) -> (tensor<?x3xf64>, f64)
  %1 = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>, affine_map<(t, c) -> ()>,
                                        affine_map<(t, c) -> (t, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%0#0, %row, %0#1 : tensor<?x3xf64>, tensor<3xf64>, f64) outs(%x : tensor<?x3xf64>) {
  ^bb0(%a: f64, %b: f64, %s: f64, %o: f64):
    %p = arith.mulf %a, %b : f64
    %q = arith.mulf %p, %s : f64
    linalg.yield %q : f64
  } -> tensor<?x3xf64>
  return %1 : tensor<?x3xf64>
}
func.func @calls(%x: tensor<?x3xf64>, %w: tensor<2x3xf64>, %k: f64) -> tensor<?x3xf64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = call @middle(%c0, %x, %w, %k) : (index, tensor<?x3xf64>, tensor<2x3xf64>, f64) -> tensor<?x3xf64>
  %1 = call @middle(%c1, %0, %w, %k) : (index, tensor<?x3xf64>, tensor<2x3xf64>, f64) -> tensor<?x3xf64>
  return %1 : tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @loops_gradient(
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[0, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[1, 0] [1, 3] [1, 1]
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[2, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: tensor.extract_slice {{%[^ ,)]+}}[3, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[3, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[2, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[1, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert_slice {{%[^ ,)]+}} into {{%[^ ,)]+}}[0, 0] [1, 3] [1, 1]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func private @block(%x: tensor<?x3xf64>, %w: tensor<3xf64>) -> tensor<?x3xf64> {
  %0 = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>,
                                        affine_map<(t, c) -> (t, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %w : tensor<?x3xf64>, tensor<3xf64>) outs(%x : tensor<?x3xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %p = arith.mulf %a, %b : f64
    %q = math.tanh %p : f64
    linalg.yield %q : f64
  } -> tensor<?x3xf64>
  return %0 : tensor<?x3xf64>
}
func.func @loops(%x: tensor<?x3xf64>, %ws: tensor<4x3xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %0:2 = scf.for %i = %c0 to %c4 step %c2 iter_args(%a = %x, %b = %x) -> (tensor<?x3xf64>, tensor<?x3xf64>) {
    %1 = scf.for %j = %c0 to %c2 step %c1 iter_args(%c = %a) -> (tensor<?x3xf64>) {
      %k = arith.addi %i, %j : index
      %w = tensor.extract_slice %ws[%k, 0] [1, 3] [1, 1] : tensor<4x3xf64> to tensor<3xf64>
      %2 = func.call @block(%c, %w) : (tensor<?x3xf64>, tensor<3xf64>) -> tensor<?x3xf64>
      scf.yield %2 : tensor<?x3xf64>
    }
    scf.yield %b, %1 : tensor<?x3xf64>, tensor<?x3xf64>
  }
  %none = scf.for %i = %c0 to %c0 step %c1 iter_args(%a = %0#1) -> (tensor<?x3xf64>) {
    %1 = arith.mulf %a, %a : tensor<?x3xf64>
    scf.yield %1 : tensor<?x3xf64>
  }
  return %0#0, %none : tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @named_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sin {{%[^ ,)]+}}
// CHECK: call @cube({{%[^ ,)]+}}, {{%[^ ,)]+}})
// CHECK: call @cube_g({{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}})
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
// A callee that names its own gradient.
func.func private @cube(%x: tensor<?x3xf64>, %i: tensor<?xi64>) -> tensor<?x3xf64> attributes {mhc.gradient = @cube_g} {
  %0 = arith.mulf %x, %x : tensor<?x3xf64>
  %1 = arith.mulf %0, %x : tensor<?x3xf64>
  return %1 : tensor<?x3xf64>
}
func.func private @cube_g(%x: tensor<?x3xf64>, %i: tensor<?xi64>, %d: tensor<?x3xf64>) -> tensor<?x3xf64> {
  %0 = arith.mulf %x, %x : tensor<?x3xf64>
  %1 = arith.mulf %0, %d : tensor<?x3xf64>
  %2 = arith.addf %1, %1 : tensor<?x3xf64>
  %3 = arith.addf %2, %1 : tensor<?x3xf64>
  return %3 : tensor<?x3xf64>
}
func.func @named(%x: tensor<?x3xf64>, %i: tensor<?xi64>) -> tensor<?x3xf64> {
  %0 = math.sin %x : tensor<?x3xf64>
  %1 = call @cube(%0, %i) : (tensor<?x3xf64>, tensor<?xi64>) -> tensor<?x3xf64>
  return %1 : tensor<?x3xf64>
}
