// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// Every op that works on the coefficients of one token, in each of its forms.

// CHECK-DAG: #gates = #mhc.gates<activation = sigmoid, pre_eps = 1.0e-06, post_mult = 1.0e+00>
// CHECK-DAG: #gates1 = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00>
// CHECK-DAG: #gates2 = #mhc.gates<activation = tanh>
// CHECK-DAG: #gates3 = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = -2.0e+00>
// CHECK-DAG: #sinkhorn = #mhc.sinkhorn<iterations = 0, eps = 0.0e+00, start = exp, order = rows_columns>
// CHECK-DAG: #sinkhorn1 = #mhc.sinkhorn<iterations = 1, eps = 5.0e-01, start = softmax>
// CHECK-DAG: #paper_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 0.0e+00, start = exp>
// CHECK-DAG: #v4_gates = #mhc.gates<activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00>
// CHECK-DAG: #v4_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 1.0e-06, start = softmax>

//===----------------------------------------------------------------------===//
// mhc.rstd
//===----------------------------------------------------------------------===//

// One sum of squares for each token.
// CHECK-LABEL: func.func @rstd_tokens(
// CHECK: %{{.+}} = mhc.rstd %arg0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : tensor<?xf32>
func.func @rstd_tokens(%squares: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  return %0 : tensor<?xf32>
}

// One for each stream, and no eps.
// CHECK-LABEL: func.func @rstd_streams(
// CHECK: %{{.+}} = mhc.rstd %arg0 {count = 64 : i64, eps = 0.000000e+00 : f64} : tensor<2x?x4xf32>
func.func @rstd_streams(%squares: tensor<2x?x4xf32>) -> tensor<2x?x4xf32> {
  %0 = mhc.rstd %squares {count = 64 : i64, eps = 0.0 : f64} : tensor<2x?x4xf32>
  return %0 : tensor<2x?x4xf32>
}

// A single number, of f64.
// CHECK-LABEL: func.func @rstd_number(
// CHECK: %{{.+}} = mhc.rstd %arg0 {count = 1 : i64, eps = 1.000000e-300 : f64} : tensor<f64>
func.func @rstd_number(%squares: tensor<f64>) -> tensor<f64> {
  %0 = mhc.rstd %squares {count = 1 : i64, eps = 1.0e-300 : f64} : tensor<f64>
  return %0 : tensor<f64>
}

// Zero tokens, and another attribute.
// CHECK-LABEL: func.func @rstd_zero_tokens(
// CHECK: %{{.+}} = mhc.rstd %arg0 {count = 9223372036854775807 : i64, eps = 1.000000e-05 : f64, note = "kept"} : tensor<0xf32>
func.func @rstd_zero_tokens(%squares: tensor<0xf32>) -> tensor<0xf32> {
  %0 = mhc.rstd %squares {count = 9223372036854775807 : i64, eps = 1.0e-5 : f64, note = "kept"} : tensor<0xf32>
  return %0 : tensor<0xf32>
}

//===----------------------------------------------------------------------===//
// mhc.gates
//===----------------------------------------------------------------------===//

// One group: the gates of a head.
// CHECK-LABEL: func.func @gates_pre(
// CHECK: %{{.+}} = mhc.gates #gates %arg0, %arg1, %arg2 : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x4xf32>
func.func @gates_pre(%h: tensor<?x4xf32>, %scale: tensor<1xf32>, %base: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = mhc.gates #mhc.gates<pre_eps = 1.0e-6> %h, %scale, %base
      : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// Two groups: no mixing.
// CHECK-LABEL: func.func @gates_pre_post(
// CHECK: %{{.+}} = mhc.gates #gates1 %arg0, %arg1, %arg2 : (tensor<3x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>)
func.func @gates_pre_post(%h: tensor<3x8xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>)
    -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %0:2 = mhc.gates #mhc.gates<> %h, %scale, %base
      : (tensor<3x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>)
  return %0#0, %0#1 : tensor<3x4xf32>, tensor<3x4xf32>
}

// Three groups, with weights of three narrow types.
// CHECK-LABEL: func.func @gates_pre_post_res(
// CHECK: %{{.+}} = mhc.gates #v4_gates %arg0, %arg1, %arg2 : (tensor<?x24xf32>, tensor<3xbf16>, tensor<24xf16>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
func.func @gates_pre_post_res(%h: tensor<?x24xf32>, %scale: tensor<3xbf16>, %base: tensor<24xf16>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>) {
  %0:3 = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0> %h, %scale, %base
      : (tensor<?x24xf32>, tensor<3xbf16>, tensor<24xf16>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  return %0#0, %0#1, %0#2 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>
}

// Hyper-connections, whose gates are made for each stream.
// CHECK-LABEL: func.func @gates_tanh(
// CHECK: %{{.+}} = mhc.gates #gates2 %arg0, %arg1, %arg2 : (tensor<2x?x4x6xf32>, tensor<3xf32>, tensor<4x6xf32>) -> (tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4x4xf32>)
func.func @gates_tanh(%h: tensor<2x?x4x6xf32>, %scale: tensor<3xf32>, %base: tensor<4x6xf32>)
    -> (tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4x4xf32>) {
  %0:3 = mhc.gates #mhc.gates<activation = tanh> %h, %scale, %base
      : (tensor<2x?x4x6xf32>, tensor<3xf32>, tensor<4x6xf32>)
      -> (tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4x4xf32>)
  return %0#0, %0#1, %0#2 : tensor<2x?x4xf32>, tensor<2x?x4xf32>, tensor<2x?x4x4xf32>
}

// f64, no token dimension, one stream, and weights that are narrower.
// CHECK-LABEL: func.func @gates_f64(
// CHECK: %{{.+}} = mhc.gates #gates3 %arg0, %arg1, %arg2 : (tensor<3xf64>, tensor<3xf64>, tensor<3xf32>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>)
func.func @gates_f64(%h: tensor<3xf64>, %scale: tensor<3xf64>, %base: tensor<3xf32>)
    -> (tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>) {
  %0:3 = mhc.gates #mhc.gates<post_mult = -2.0> %h, %scale, %base
      : (tensor<3xf64>, tensor<3xf64>, tensor<3xf32>) -> (tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>)
  return %0#0, %0#1, %0#2 : tensor<1xf64>, tensor<1xf64>, tensor<1x1xf64>
}

// The largest number of streams, and zero tokens.
// CHECK-LABEL: func.func @gates_sixteen_streams(
// CHECK: %{{.+}} = mhc.gates #gates1 %arg0, %arg1, %arg2 : (tensor<0x288xf32>, tensor<3xf32>, tensor<288xf32>) -> (tensor<0x16xf32>, tensor<0x16xf32>, tensor<0x16x16xf32>)
func.func @gates_sixteen_streams(%h: tensor<0x288xf32>, %scale: tensor<3xf32>, %base: tensor<288xf32>)
    -> (tensor<0x16xf32>, tensor<0x16xf32>, tensor<0x16x16xf32>) {
  %0:3 = mhc.gates #mhc.gates<> %h, %scale, %base
      : (tensor<0x288xf32>, tensor<3xf32>, tensor<288xf32>) -> (tensor<0x16xf32>, tensor<0x16xf32>, tensor<0x16x16xf32>)
  return %0#0, %0#1, %0#2 : tensor<0x16xf32>, tensor<0x16xf32>, tensor<0x16x16xf32>
}

//===----------------------------------------------------------------------===//
// mhc.sinkhorn
//===----------------------------------------------------------------------===//

// DeepSeek-V4's convention.
// CHECK-LABEL: func.func @sinkhorn_v4(
// CHECK: %{{.+}} = mhc.sinkhorn #v4_sinkhorn %arg0 : tensor<?x4x4xf32>
func.func @sinkhorn_v4(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

// The paper's, on a matrix without tokens.
// CHECK-LABEL: func.func @sinkhorn_paper(
// CHECK: %{{.+}} = mhc.sinkhorn #paper_sinkhorn %arg0 : tensor<2x2xf32>
func.func @sinkhorn_paper(%logits: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp> %logits : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// Rows first, f64, several token dimensions.
// CHECK-LABEL: func.func @sinkhorn_rows_first(
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn %arg0 : tensor<2x?x16x16xf64>
func.func @sinkhorn_rows_first(%logits: tensor<2x?x16x16xf64>) -> tensor<2x?x16x16xf64> {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 0.0, start = exp, order = rows_columns> %logits : tensor<2x?x16x16xf64>
  return %0 : tensor<2x?x16x16xf64>
}

// The convention may be written without its name, and one stream is enough.
// CHECK-LABEL: func.func @sinkhorn_short(
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn1 %arg0 : tensor<0x1x1xf32>
func.func @sinkhorn_short(%logits: tensor<0x1x1xf32>) -> tensor<0x1x1xf32> {
  %0 = mhc.sinkhorn <iterations = 1, eps = 0.5, start = softmax> %logits : tensor<0x1x1xf32>
  return %0 : tensor<0x1x1xf32>
}

//===----------------------------------------------------------------------===//
// mhc.sinkhorn_step
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @step_columns(
// CHECK: %{{.+}} = mhc.sinkhorn_step columns %arg0 {eps = 9.9999999999999995E-7 : f64} : tensor<?x4x4xf32>
func.func @step_columns(%x: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.sinkhorn_step columns %x {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

// CHECK-LABEL: func.func @step_rows(
// CHECK: %{{.+}} = mhc.sinkhorn_step rows %arg0 {eps = 0.000000e+00 : f64} : tensor<3x3xf64>
func.func @step_rows(%x: tensor<3x3xf64>) -> tensor<3x3xf64> {
  %0 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<3x3xf64>
  return %0 : tensor<3x3xf64>
}
