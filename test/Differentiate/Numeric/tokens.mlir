// Every token op, in every form.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s
// RUN: mhc-opt %s --split-input-file --mhc-differentiate --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @rstd_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: mhc.rstd {{%[^ ,)]+}} {count = 7 : i64, eps = 5.000000e-01 : f64} : tensor<?x5xf64>
// CHECK: mhc.rstd_grad {{%[^ ,)]+}}, {{%[^ ,)]+}} {count = 7 : i64} : tensor<?x5xf64>
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @rstd(%x: tensor<?x5xf64>) -> tensor<?x5xf64> {
  %0 = math.exp %x : tensor<?x5xf64>
  %1 = mhc.rstd %0 {count = 7 : i64, eps = 0.5 : f64} : tensor<?x5xf64>
  return %1 : tensor<?x5xf64>
}
// -----
// CHECK-LABEL: func.func @gates_one_gradient(
// CHECK: mhc.gates_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x4xf64>, tensor<1xf64>, tensor<4xf64>, tensor<?x4xf64>) -> (tensor<?x4xf64>, tensor<?x1xf64>, tensor<?x4xf64>)
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @gates_one(%h: tensor<?x4xf64>, %s: tensor<1xf64>, %b: tensor<4xf64>) -> tensor<?x4xf64> {
  %0 = mhc.gates #mhc.gates<pre_eps = 1.0e-2> %h, %s, %b : (tensor<?x4xf64>, tensor<1xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  return %0 : tensor<?x4xf64>
}
// -----
// CHECK-LABEL: func.func @gates_two_gradient(
// CHECK: mhc.gates_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x6xf64>, tensor<3xf64>, tensor<6xf64>, tensor<?x3xf64>, tensor<?x3xf64>) -> (tensor<?x6xf64>, tensor<?x3xf64>, tensor<?x6xf64>)
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @gates_two(%h: tensor<?x6xf64>, %s: tensor<3xf64>, %b: tensor<6xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>) {
  %0:2 = mhc.gates #mhc.gates<post_mult = 2.0> %h, %s, %b
      : (tensor<?x6xf64>, tensor<3xf64>, tensor<6xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>)
  return %0#0, %0#1 : tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @gates_three_gradient(
// CHECK: mhc.gates_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<2x?x15xf64>, tensor<3xf64>, tensor<15xf64>, tensor<2x?x3xf64>, tensor<2x?x3xf64>, tensor<2x?x3x3xf64>) -> (tensor<2x?x15xf64>, tensor<2x?x3xf64>, tensor<2x?x15xf64>)
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @gates_three(%h: tensor<2x?x15xf64>, %s: tensor<3xf64>, %b: tensor<15xf64>)
    -> (tensor<2x?x3xf64>, tensor<2x?x3xf64>, tensor<2x?x3x3xf64>) {
  %0:3 = mhc.gates #mhc.gates<post_mult = 2.0> %h, %s, %b
      : (tensor<2x?x15xf64>, tensor<3xf64>, tensor<15xf64>) -> (tensor<2x?x3xf64>, tensor<2x?x3xf64>, tensor<2x?x3x3xf64>)
  return %0#0, %0#1, %0#2 : tensor<2x?x3xf64>, tensor<2x?x3xf64>, tensor<2x?x3x3xf64>
}
// -----
// CHECK-LABEL: func.func @gates_tanh_gradient(
// CHECK: mhc.gates_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<?x3x5xf64>, tensor<3xf64>, tensor<3x5xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3x3xf64>) -> (tensor<?x3x5xf64>, tensor<?x3xf64>, tensor<?x3x5xf64>)
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @gates_tanh(%h: tensor<?x3x5xf64>, %s: tensor<3xf64>, %b: tensor<3x5xf64>)
    -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3x3xf64>) {
  %0:3 = mhc.gates #mhc.gates<activation = tanh> %h, %s, %b
      : (tensor<?x3x5xf64>, tensor<3xf64>, tensor<3x5xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3x3xf64>)
  return %0#0, %0#1, %0#2 : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3x3xf64>
}
// -----
// CHECK-LABEL: func.func @gates_of_one_token_gradient(
// CHECK: linalg.fill
// CHECK: linalg.fill
// CHECK: mhc.gates_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}} : (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>) -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>)
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// No tokens, and one gate without a gradient.
func.func @gates_of_one_token(%h: tensor<3xf64>, %s: tensor<3xf64>, %b: tensor<3xf64>) -> tensor<1xf64> {
  %0:3 = mhc.gates #mhc.gates<post_mult = 2.0> %h, %s, %b
      : (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>)
  return %0#1 : tensor<1xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_v4_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<2x?x4x4xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_v4(%x: tensor<2x?x4x4xf64>) -> tensor<2x?x4x4xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %x : tensor<2x?x4x4xf64>
  return %0 : tensor<2x?x4x4xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_one_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x3x3xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_one(%x: tensor<?x3x3xf64>) -> tensor<?x3x3xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 1.0e-2, start = softmax> %x : tensor<?x3x3xf64>
  return %0 : tensor<?x3x3xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_none_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x3x3xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_none(%x: tensor<?x3x3xf64>) -> tensor<?x3x3xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-2, start = softmax> %x : tensor<?x3x3xf64>
  return %0 : tensor<?x3x3xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_exp_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x4x4xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_exp(%x: tensor<?x4x4xf64>) -> tensor<?x4x4xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp> %x : tensor<?x4x4xf64>
  return %0 : tensor<?x4x4xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_rows_first_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x5x5xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_rows_first(%x: tensor<?x5x5xf64>) -> tensor<?x5x5xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 0.1, start = exp, order = rows_columns> %x : tensor<?x5x5xf64>
  return %0 : tensor<?x5x5xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_exp_one_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x2x2xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_exp_one(%x: tensor<?x2x2xf64>) -> tensor<?x2x2xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.1, start = exp> %x : tensor<?x2x2xf64>
  return %0 : tensor<?x2x2xf64>
}
// -----
// CHECK-LABEL: func.func @sinkhorn_exp_none_gradient(
// CHECK: mhc.sinkhorn_grad {{#.*}} {{%[^ ,)]+}}, {{%[^ ,)]+}} : tensor<?x1x1xf64>
// CHECK: return {{%[^ ,)]+}}
func.func @sinkhorn_exp_none(%x: tensor<?x1x1xf64>) -> tensor<?x1x1xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 0.1, start = exp> %x : tensor<?x1x1xf64>
  return %0 : tensor<?x1x1xf64>
}
// -----
// CHECK-LABEL: func.func @steps_gradient(
// CHECK: mhc.sinkhorn_step columns {{%[^ ,)]+}} {eps = 1.000000e-01 : f64} : tensor<?x4x4xf64>
// CHECK: mhc.sinkhorn_step_grad rows {{%[^ ,)]+}}, {{%[^ ,)]+}} {eps = 0.000000e+00 : f64} : tensor<?x4x4xf64>
// CHECK: mhc.sinkhorn_step_grad columns {{%[^ ,)]+}}, {{%[^ ,)]+}} {eps = 1.000000e-01 : f64} : tensor<?x4x4xf64>
// CHECK: return {{%[^ ,)]+}}
// POSITIVE
func.func @steps(%x: tensor<?x4x4xf64>) -> tensor<?x4x4xf64> {
  %0 = mhc.sinkhorn_step columns %x {eps = 1.0e-1 : f64} : tensor<?x4x4xf64>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf64>
  return %1 : tensor<?x4x4xf64>
}
