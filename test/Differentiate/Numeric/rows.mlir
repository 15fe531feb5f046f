// Every row op, in every form.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s

func.func @combine_by(%x: tensor<?x4x8xf64>, %f: tensor<?x8xf64>, %post: tensor<?x3xf64>, %R: tensor<?x3x4xf64>,
                      %z: tensor<?x3x8xf64>) -> tensor<?x3x8xf64> {
  %0 = mhc.combine (%f by %post : tensor<?x8xf64>, tensor<?x3xf64>),
                   (%x by %R : tensor<?x4x8xf64>, tensor<?x3x4xf64>),
                   (%z : tensor<?x3x8xf64>), (%f : tensor<?x8xf64>) -> tensor<?x3x8xf64>
  return %0 : tensor<?x3x8xf64>
}
// -----
func.func @combine_transposed(%x: tensor<?x4x8xf64>, %R: tensor<?x4x3xf64>) -> tensor<?x3x8xf64> {
  %0 = mhc.combine (%x by %R transposed : tensor<?x4x8xf64>, tensor<?x4x3xf64>) -> tensor<?x3x8xf64>
  return %0 : tensor<?x3x8xf64>
}
// -----
func.func @combine_static(%x: tensor<2x?x4x8xf64>, %f: tensor<2x?x8xf64>, %post: tensor<4xf64>, %R: tensor<4x4xf64>,
                          %k: tensor<f64>) -> tensor<2x?x4x8xf64> {
  %0 = mhc.combine (%f by %post : tensor<2x?x8xf64>, tensor<4xf64>),
                   (%x by %R transposed : tensor<2x?x4x8xf64>, tensor<4x4xf64>),
                   (%x scaled %k : tensor<2x?x4x8xf64>, tensor<f64>) -> tensor<2x?x4x8xf64>
  return %0 : tensor<2x?x4x8xf64>
}
// -----
func.func @combine_scaled(%x: tensor<?x4x8xf64>, %f: tensor<?x8xf64>, %k: tensor<?xf64>, %ks: tensor<?x4xf64>,
                          %post: tensor<?x4xf64>) -> tensor<?x4x8xf64> {
  %0 = mhc.combine (%x scaled %k : tensor<?x4x8xf64>, tensor<?xf64>),
                   (%x scaled %ks : tensor<?x4x8xf64>, tensor<?x4xf64>),
                   (%f scaled %k : tensor<?x8xf64>, tensor<?xf64>),
                   (%f by %post : tensor<?x8xf64>, tensor<?x4xf64>) -> tensor<?x4x8xf64>
  return %0 : tensor<?x4x8xf64>
}
// -----
func.func @combine_rows(%a: tensor<?x8xf64>, %b: tensor<?x8xf64>, %k: tensor<?xf64>, %s: tensor<f64>) -> tensor<?x8xf64> {
  %0 = mhc.combine (%a : tensor<?x8xf64>), (%b scaled %k : tensor<?x8xf64>, tensor<?xf64>),
                   (%b scaled %s : tensor<?x8xf64>, tensor<f64>) -> tensor<?x8xf64>
  return %0 : tensor<?x8xf64>
}
// -----
func.func @aggregate(%x: tensor<?x4x8xf64>, %pre: tensor<?x4xf64>, %fixed: tensor<4xf64>)
    -> (tensor<?x8xf64>, tensor<?x8xf64>) {
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf64>, tensor<?x4xf64>) -> tensor<?x8xf64>
  %1 = mhc.aggregate %x, %fixed : (tensor<?x4x8xf64>, tensor<4xf64>) -> tensor<?x8xf64>
  return %0, %1 : tensor<?x8xf64>, tensor<?x8xf64>
}
// -----
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
func.func @inner_streams(%a: tensor<?x4x8xf64>, %b: tensor<?x4x8xf64>)
    -> (tensor<?x4xf64>, tensor<?xf64>, tensor<?x4xf64>, tensor<?xf64>) {
  %0 = mhc.inner each %a, %b : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
  %1 = mhc.inner whole %a, %b : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?xf64>
  %2 = mhc.inner each %a, %a : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?x4xf64>
  %3 = mhc.inner whole %a, %a : (tensor<?x4x8xf64>, tensor<?x4x8xf64>) -> tensor<?xf64>
  return %0, %1, %2, %3 : tensor<?x4xf64>, tensor<?xf64>, tensor<?x4xf64>, tensor<?xf64>
}
// -----
func.func @project_whole(%x: tensor<?x4x8xf64>, %y: tensor<?x8xf64>, %phi: tensor<6x32xf64>, %phi_y: tensor<6x8xf64>,
                         %w: tensor<32xf64>) -> (tensor<?x6xf64>, tensor<?x6xf64>, tensor<?x6xf64>) {
  %0 = mhc.project %x by %phi norm_weight %w
      : (tensor<?x4x8xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x6xf64>
  %1 = mhc.project %x by %phi : (tensor<?x4x8xf64>, tensor<6x32xf64>) -> tensor<?x6xf64>
  %2 = mhc.project %y by %phi_y : (tensor<?x8xf64>, tensor<6x8xf64>) -> tensor<?x6xf64>
  return %0, %1, %2 : tensor<?x6xf64>, tensor<?x6xf64>, tensor<?x6xf64>
}
// -----
func.func @project_each(%x: tensor<?x4x8xf64>, %phi: tensor<6x8xf64>, %w: tensor<8xf64>) -> tensor<?x4x6xf64> {
  %0 = mhc.project each %x by %phi norm_weight %w
      : (tensor<?x4x8xf64>, tensor<6x8xf64>, tensor<8xf64>) -> tensor<?x4x6xf64>
  return %0 : tensor<?x4x6xf64>
}
// -----
func.func @backproject(%d: tensor<?x6xf64>, %de: tensor<?x4x6xf64>, %phi: tensor<6x32xf64>, %phi_e: tensor<6x8xf64>,
                       %w: tensor<32xf64>) -> (tensor<?x4x8xf64>, tensor<?x4x8xf64>) {
  %0 = mhc.backproject %d by %phi norm_weight %w
      : (tensor<?x6xf64>, tensor<6x32xf64>, tensor<32xf64>) -> tensor<?x4x8xf64>
  %1 = mhc.backproject each %de by %phi_e : (tensor<?x4x6xf64>, tensor<6x8xf64>) -> tensor<?x4x8xf64>
  return %0, %1 : tensor<?x4x8xf64>, tensor<?x4x8xf64>
}
// -----
func.func @outer(%d: tensor<?x6xf64>, %de: tensor<?x4x6xf64>, %x: tensor<?x4x8xf64>)
    -> (tensor<6x32xf64>, tensor<6x8xf64>) {
  %0 = mhc.outer %d by %x : (tensor<?x6xf64>, tensor<?x4x8xf64>) -> tensor<6x32xf64>
  %1 = mhc.outer each %de by %x : (tensor<?x4x6xf64>, tensor<?x4x8xf64>) -> tensor<6x8xf64>
  return %0, %1 : tensor<6x32xf64>, tensor<6x8xf64>
}
// -----
func.func @streams(%x: tensor<?x8xf64>) -> (tensor<?x8xf64>, tensor<?x8xf64>, tensor<?x3x8xf64>) {
  %0 = mhc.expand %x : tensor<?x8xf64> to tensor<?x3x8xf64>
  %1 = mhc.combine (%x : tensor<?x8xf64>), (%0 : tensor<?x3x8xf64>) -> tensor<?x3x8xf64>
  %2 = mhc.reduce_streams sum %1 : tensor<?x3x8xf64> to tensor<?x8xf64>
  %3 = mhc.reduce_streams mean %1 : tensor<?x3x8xf64> to tensor<?x8xf64>
  return %2, %3, %1 : tensor<?x8xf64>, tensor<?x8xf64>, tensor<?x3x8xf64>
}
