// Every row op, in every form.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s
// RUN: mhc-opt %s --split-input-file --mhc-differentiate --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @combine_by_gradient(
// CHECK: mhc.aggregate {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x3x8xf64>, tensor<?x3xf64>) -> tensor<?x8xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x3x8xf64>, tensor<?x8xf64>) -> tensor<?x3xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x3x8xf64>, tensor<?x4x8xf64>) -> tensor<?x3x4xf64>
// CHECK: mhc.reduce_streams sum {{%[^ ,)]+}} : tensor<?x3x8xf64> to tensor<?x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} transposed : tensor<?x3x8xf64>, tensor<?x3x4xf64>) -> tensor<?x4x8xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @combine_by(%x: tensor<?x4x8xf64>, %f: tensor<?x8xf64>, %post: tensor<?x3xf64>, %R: tensor<?x3x4xf64>,
                      %z: tensor<?x3x8xf64>) -> tensor<?x3x8xf64> {
  %0 = mhc.combine (%f by %post : tensor<?x8xf64>, tensor<?x3xf64>),
                   (%x by %R : tensor<?x4x8xf64>, tensor<?x3x4xf64>),
                   (%z : tensor<?x3x8xf64>), (%f : tensor<?x8xf64>) -> tensor<?x3x8xf64>
  return %0 : tensor<?x3x8xf64>
}
// -----
// CHECK-LABEL: func.func @combine_transposed_gradient(
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x3x8xf64>) -> tensor<?x4x3xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x3x8xf64>, tensor<?x4x3xf64>) -> tensor<?x4x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @combine_transposed(%x: tensor<?x4x8xf64>, %R: tensor<?x4x3xf64>) -> tensor<?x3x8xf64> {
  %0 = mhc.combine (%x by %R transposed : tensor<?x4x8xf64>, tensor<?x4x3xf64>) -> tensor<?x3x8xf64>
  return %0 : tensor<?x3x8xf64>
}
// -----
// CHECK-LABEL: func.func @combine_static_gradient(
// CHECK: mhc.aggregate {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<2x?x4x8xf64>, tensor<4xf64>) -> tensor<2x?x8xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<2x?x4x8xf64>, tensor<2x?x8xf64>) -> tensor<2x?x4xf64>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<2x?x4x8xf64>, tensor<2x?x4x8xf64>) -> tensor<2x?x4x4xf64>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction", "parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<2x?x4x8xf64>, tensor<2x?x4x8xf64>) -> tensor<2x?x4xf64>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction", "reduction"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<2x?x4x8xf64>, tensor<4x4xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<2x?x4x8xf64>, tensor<f64>) -> tensor<2x?x4x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @combine_static(%x: tensor<2x?x4x8xf64>, %f: tensor<2x?x8xf64>, %post: tensor<4xf64>, %R: tensor<4x4xf64>,
                          %k: tensor<f64>) -> tensor<2x?x4x8xf64> {
  %0 = mhc.combine (%f by %post : tensor<2x?x8xf64>, tensor<4xf64>),
                   (%x by %R transposed : tensor<2x?x4x8xf64>, tensor<4x4xf64>),
                   (%x scaled %k : tensor<2x?x4x8xf64>, tensor<f64>) -> tensor<2x?x4x8xf64>
  return %0 : tensor<2x?x4x8xf64>
}
// -----
// CHECK-LABEL: func.func @combine_scaled_gradient(
// CHECK: mhc.inner whole {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
// CHECK: mhc.reduce_streams sum {{%[^ ,)]+}} : tensor<?x4x8xf64> to tensor<?x8xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x8xf64>, tensor<?x8xf64>) -> tensor<?xf64>
// CHECK: mhc.aggregate {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x8xf64>
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x8xf64>) -> tensor<?x4xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} : tensor<?x8xf64>) -> tensor<?x8xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @combine_scaled(%x: tensor<?x4x8xf64>, %f: tensor<?x8xf64>, %k: tensor<?xf64>, %ks: tensor<?x4xf64>,
                          %post: tensor<?x4xf64>) -> tensor<?x4x8xf64> {
  %0 = mhc.combine (%x scaled %k : tensor<?x4x8xf64>, tensor<?xf64>),
                   (%x scaled %ks : tensor<?x4x8xf64>, tensor<?x4xf64>),
                   (%f scaled %k : tensor<?x8xf64>, tensor<?xf64>),
                   (%f by %post : tensor<?x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
  return %0 : tensor<?x4x8xf64>
}
// -----
// CHECK-LABEL: func.func @combine_rows_gradient(
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x8xf64>, tensor<?x8xf64>) -> tensor<?xf64>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<f64>) -> tensor<?x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @combine_rows(%a: tensor<?x8xf64>, %b: tensor<?x8xf64>, %k: tensor<?xf64>, %s: tensor<f64>) -> tensor<?x8xf64> {
  %0 = mhc.combine (%a : tensor<?x8xf64>), (%b scaled %k : tensor<?x8xf64>, tensor<?xf64>),
                   (%b scaled %s : tensor<?x8xf64>, tensor<f64>) -> tensor<?x8xf64>
  return %0 : tensor<?x8xf64>
}
// -----
// CHECK-LABEL: func.func @aggregate_gradient(
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.inner {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<4xf64>), ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @aggregate(%x: tensor<?x4x8xf64>, %pre: tensor<?x4xf64>, %fixed: tensor<4xf64>)
    -> (tensor<?x8xf64>, tensor<?x8xf64>) {
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x8xf64>
  %1 = mhc.aggregate %x, %fixed : (tensor<?x4x8xf64>, tensor<4xf64>) -> tensor<?x8xf64>
  return %0, %1 : tensor<?x8xf64>, tensor<?x8xf64>
}
// -----
// CHECK-LABEL: func.func @inner_pairs_gradient(
// CHECK: mhc.aggregate {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x8xf64>
// CHECK: mhc.aggregate {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x3x8xf64>, tensor<?x3xf64>) -> tensor<?x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?x3xf64>), ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x3x4xf64>) -> tensor<?x3x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x4x4xf64>), ({{%[^ ,)]+}} by {{%[^ ,)]+}} transposed : tensor<?x4x8xf64>, tensor<?x4x4xf64>), ({{%[^ ,)]+}} by {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?x4xf64>), ({{%[^ ,)]+}} by {{%[^ ,)]+}} transposed : tensor<?x3x8xf64>, tensor<?x3x4xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} : tensor<?x8xf64>), ({{%[^ ,)]+}} : tensor<?x8xf64>) -> tensor<?x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @inner_pairs(%a: tensor<?x3x8xf64>, %b: tensor<?x4x8xf64>, %f: tensor<?x8xf64>)
    -> (tensor<?x3x4xf64>, tensor<?x3xf64>, tensor<?x4xf64>, tensor<?xf64>, tensor<?x4x4xf64>) {
  %0 = mhc.inner %a, %b : (tensor<?x3x8xf64>, tensor<?x4x8xf64>) -> tensor<?x3x4xf64>
  %1 = mhc.inner %a, %f : (tensor<?x3x8xf64>, tensor<?x8xf64>) -> tensor<?x3xf64>
  %2 = mhc.inner %f, %b : (tensor<?x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
  %3 = mhc.inner %f, %f : (tensor<?x8xf64>, tensor<?x8xf64>) -> tensor<?xf64>
  %4 = mhc.inner %b, %b : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4x4xf64>
  return %0, %1, %2, %3, %4
      : tensor<?x3x4xf64>, tensor<?x3xf64>, tensor<?x4xf64>, tensor<?xf64>, tensor<?x4x4xf64>
}
// -----
// CHECK-LABEL: func.func @inner_streams_gradient(
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x4xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @inner_streams(%a: tensor<?x4x8xf64>, %b: tensor<?x4x8xf64>)
    -> (tensor<?x4xf64>, tensor<?xf64>, tensor<?x4xf64>, tensor<?xf64>) {
  %0 = mhc.inner each %a, %b : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
  %1 = mhc.inner whole %a, %b : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?xf64>
  %2 = mhc.inner each %a, %a : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
  %3 = mhc.inner whole %a, %a : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?xf64>
  return %0, %1, %2, %3 : tensor<?x4xf64>, tensor<?xf64>, tensor<?x4xf64>, tensor<?xf64>
}
// -----
// CHECK-LABEL: func.func @project_whole_gradient(
// CHECK: mhc.backproject {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<6x8xf64>) -> tensor<?x8xf64>
// CHECK: mhc.outer {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<?x8xf64>) -> tensor<6x8xf64>
// CHECK: mhc.backproject {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<6x32xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.outer {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<?x4x8xf64>) -> tensor<6x32xf64>
// CHECK: mhc.backproject {{%[^ ,)]+}} by {{%[^ ,)]+}} norm_weight {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.outer {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<?x4x8xf64>) -> tensor<6x32xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: mhc.combine ({{%[^ ,)]+}} : tensor<?x4x8xf64>), ({{%[^ ,)]+}} : tensor<?x4x8xf64>) -> tensor<?x4x8xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @project_whole(%x: tensor<?x4x8xf64>, %y: tensor<?x8xf64>, %phi: tensor<6x32xf64>, %phi_y: tensor<6x8xf64>,
                         %w: tensor<32xf64>) -> (tensor<?x6xf64>, tensor<?x6xf64>, tensor<?x6xf64>) {
  %0 = mhc.project %x by %phi norm_weight %w
      : (tensor<?x4x8xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x6xf64>
  %1 = mhc.project %x by %phi : (tensor<?x4x8xf64>, tensor<6x32xf64>) -> tensor<?x6xf64>
  %2 = mhc.project %y by %phi_y : (tensor<?x8xf64>, tensor<6x8xf64>) -> tensor<?x6xf64>
  return %0, %1, %2 : tensor<?x6xf64>, tensor<?x6xf64>, tensor<?x6xf64>
}
// -----
// CHECK-LABEL: func.func @project_each_gradient(
// CHECK: mhc.backproject each {{%[^ ,)]+}} by {{%[^ ,)]+}} norm_weight {{%[^ ,)]+}} : (tensor<?x4x6xf64>, tensor<6x8xf64>, tensor<8xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.outer each {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x6xf64>, tensor<?x4x8xf64>) -> tensor<6x8xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @project_each(%x: tensor<?x4x8xf64>, %phi: tensor<6x8xf64>, %w: tensor<8xf64>) -> tensor<?x4x6xf64> {
  %0 = mhc.project each %x by %phi norm_weight %w
      : (tensor<?x4x8xf64>, tensor<6x8xf64>, tensor<8xf64>) -> tensor<?x4x6xf64>
  return %0 : tensor<?x4x6xf64>
}
// -----
// CHECK-LABEL: func.func @backproject_gradient(
// CHECK: mhc.project each {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<6x8xf64>) -> tensor<?x4x6xf64>
// CHECK: mhc.outer each {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x6xf64>, tensor<?x4x8xf64>) -> tensor<6x8xf64>
// CHECK: mhc.project {{%[^ ,)]+}} by {{%[^ ,)]+}} norm_weight {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x6xf64>
// CHECK: mhc.outer {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<?x4x8xf64>) -> tensor<6x32xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @backproject(%d: tensor<?x6xf64>, %de: tensor<?x4x6xf64>, %phi: tensor<6x32xf64>, %phi_e: tensor<6x8xf64>,
                       %w: tensor<32xf64>) -> (tensor<?x4x8xf64>, tensor<?x4x8xf64>) {
  %0 = mhc.backproject %d by %phi norm_weight %w
      : (tensor<?x6xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x4x8xf64>
  %1 = mhc.backproject each %de by %phi_e : (tensor<?x4x6xf64>, tensor<6x8xf64>) -> tensor<?x4x8xf64>
  return %0, %1 : tensor<?x4x8xf64>, tensor<?x4x8xf64>
}
// -----
// CHECK-LABEL: func.func @outer_gradient(
// CHECK: mhc.project each {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<6x8xf64>) -> tensor<?x4x6xf64>
// CHECK: mhc.backproject each {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x6xf64>, tensor<6x8xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.project {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x4x8xf64>, tensor<6x32xf64>) -> tensor<?x6xf64>
// CHECK: mhc.backproject {{%[^ ,)]+}} by {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<6x32xf64>) -> tensor<?x4x8xf64>
// CHECK: mhc.combine ({{%[^ ,)]+}} : tensor<?x4x8xf64>), ({{%[^ ,)]+}} : tensor<?x4x8xf64>) -> tensor<?x4x8xf64>
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @outer(%d: tensor<?x6xf64>, %de: tensor<?x4x6xf64>, %x: tensor<?x4x8xf64>)
    -> (tensor<6x32xf64>, tensor<6x8xf64>) {
  %0 = mhc.outer %d by %x : (tensor<?x6xf64>, tensor<?x4x8xf64>) -> tensor<6x32xf64>
  %1 = mhc.outer each %de by %x : (tensor<?x4x6xf64>, tensor<?x4x8xf64>) -> tensor<6x8xf64>
  return %0, %1 : tensor<6x32xf64>, tensor<6x8xf64>
}
// -----
// CHECK-LABEL: func.func @streams_gradient(
// CHECK: mhc.combine ({{%[^ ,)]+}} : tensor<?x3x8xf64>), ({{%[^ ,)]+}} scaled {{%[^ ,)]+}} : tensor<?x8xf64>, tensor<f64>), ({{%[^ ,)]+}} : tensor<?x8xf64>) -> tensor<?x3x8xf64>
// CHECK: mhc.reduce_streams sum {{%[^ ,)]+}} : tensor<?x3x8xf64> to tensor<?x8xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @streams(%x: tensor<?x8xf64>) -> (tensor<?x8xf64>, tensor<?x8xf64>, tensor<?x3x8xf64>) {
  %0 = mhc.expand %x : tensor<?x8xf64> to tensor<?x3x8xf64>
  %1 = mhc.combine (%x : tensor<?x8xf64>), (%0 : tensor<?x3x8xf64>) -> tensor<?x3x8xf64>
  %2 = mhc.reduce_streams sum %1 : tensor<?x3x8xf64> to tensor<?x8xf64>
  %3 = mhc.reduce_streams mean %1 : tensor<?x3x8xf64> to tensor<?x8xf64>
  return %2, %3, %1 : tensor<?x8xf64>, tensor<?x8xf64>, tensor<?x3x8xf64>
}
