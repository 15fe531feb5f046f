// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// Every key and value of the attributes, the defaults, and the aliases that are printed.

// CHECK-DAG: #gates = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00>
// CHECK-DAG: #gates1 = #mhc.gates<activation = sigmoid, pre_eps = 1.25e-01, post_mult = -5.0e-01>
// CHECK-DAG: #gates2 = #mhc.gates<activation = tanh>
// CHECK-DAG: #gates3 = #mhc.gates<activation = sigmoid, pre_eps = 5.0e-01, post_mult = 3.0e+00>
// CHECK-DAG: #hc = #mhc.variant<hc, norm = rms, norm_eps = 1.0e-06>
// CHECK-DAG: #hc1 = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-05, precision = f32>
// CHECK-DAG: #hc2 = #mhc.variant<hc, norm = rms, norm_eps = 1.0e-06, precision = bf16x2>
// CHECK-DAG: #hc3 = #mhc.variant<hc, norm = rms, norm_eps = 1.0e-06, precision = tf32>
// CHECK-DAG: #sinkhorn = #mhc.sinkhorn<iterations = 0, eps = 2.5e-01, start = exp>
// CHECK-DAG: #sinkhorn1 = #mhc.sinkhorn<iterations = 16, eps = 0.0e+00, start = exp, order = rows_columns>
// CHECK-DAG: #sinkhorn2 = #mhc.sinkhorn<iterations = 1000, eps = 0.0e+00, start = softmax>
// CHECK-DAG: #sinkhorn3 = #mhc.sinkhorn<iterations = 1, eps = 4.9e-324, start = exp>
// CHECK-DAG: #sinkhorn4 = #mhc.sinkhorn<iterations = 1, eps = 1.7976931348623157e+308, start = exp>
// CHECK-DAG: #sinkhorn5 = #mhc.sinkhorn<iterations = 1, eps = 3.0000000000000004e-01, start = exp>
// CHECK-DAG: #sinkhorn6 = #mhc.sinkhorn<iterations = 1, eps = 1.0e+00, start = exp>
// CHECK-DAG: #sinkhorn7 = #mhc.sinkhorn<iterations = 3, eps = 5.0e-01, start = exp, order = rows_columns>
// CHECK-DAG: #paper_gates = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00>
// CHECK-DAG: #paper_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 0.0e+00, start = exp>
// CHECK-DAG: #residual = #mhc.variant<residual>
// CHECK-DAG: #v4_gates = #mhc.gates<activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00>
// CHECK-DAG: #v4_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 1.0e-06, start = softmax>
// CHECK-DAG: #mhc = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, gates = #gates>
// CHECK-DAG: #mhc1 = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, layout = out_in, gates = #gates>
// CHECK-DAG: #mhc2 = #mhc.variant<mhc, norm = layer, norm_eps = 0.0e+00, precision = f32, layout = out_in, gates = #gates3, sinkhorn = #sinkhorn7>
// CHECK-DAG: #paper = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, layout = out_in, gates = #paper_gates, sinkhorn = #paper_sinkhorn>
// CHECK-DAG: #v4 = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, layout = in_out, gates = #v4_gates, sinkhorn = #v4_sinkhorn>

//===----------------------------------------------------------------------===//
// #mhc.sinkhorn
//===----------------------------------------------------------------------===//

// The two published conventions are printed by their names.
// CHECK-LABEL: func.func @sinkhorn_published(
// CHECK: %{{.+}} = mhc.sinkhorn #v4_sinkhorn %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #paper_sinkhorn %arg0 : tensor<2x2xf32>
func.func @sinkhorn_published(%x: tensor<2x2xf32>) {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %x : tensor<2x2xf32>
  %1 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp> %x : tensor<2x2xf32>
  return
}

// The keys in any order; the default order is not printed.
// CHECK-LABEL: func.func @sinkhorn_order(
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn1 %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn2 %arg0 : tensor<2x2xf32>
func.func @sinkhorn_order(%x: tensor<2x2xf32>) {
  %0 = mhc.sinkhorn #mhc.sinkhorn<start = exp, eps = 0.25, order = columns_rows, iterations = 0> %x : tensor<2x2xf32>
  %1 = mhc.sinkhorn #mhc.sinkhorn<order = rows_columns, start = exp, iterations = 0x10, eps = 0.0> %x : tensor<2x2xf32>
  %2 = mhc.sinkhorn #mhc.sinkhorn<start = softmax, order = columns_rows, iterations = 1000, eps = 0.0> %x : tensor<2x2xf32>
  return
}

// An eps reads back as the same double: the least, the largest, one of 17 digits, a hexadecimal one.
// CHECK-LABEL: func.func @sinkhorn_eps(
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn3 %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn4 %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn5 %arg0 : tensor<2x2xf32>
// CHECK: %{{.+}} = mhc.sinkhorn #sinkhorn6 %arg0 : tensor<2x2xf32>
func.func @sinkhorn_eps(%x: tensor<2x2xf32>) {
  %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 4.9e-324, start = exp> %x : tensor<2x2xf32>
  %1 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 1.7976931348623157e308, start = exp> %x : tensor<2x2xf32>
  %2 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.30000000000000004, start = exp> %x : tensor<2x2xf32>
  %3 = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0x3FF0000000000000, start = exp> %x : tensor<2x2xf32>
  return
}

//===----------------------------------------------------------------------===//
// #mhc.gates
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @gates(
// CHECK: %{{.+}} = mhc.gates #gates %arg0, %arg1, %arg0 : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.gates #gates %arg0, %arg1, %arg0 : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.gates #v4_gates %arg0, %arg1, %arg0 : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.gates #paper_gates %arg0, %arg1, %arg0 : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.gates #gates1 %arg0, %arg1, %arg0 : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK: %{{.+}} = mhc.gates #gates2 %arg2, %arg3, %arg2 : (tensor<2x4xf32>, tensor<3xf32>, tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2x2xf32>)
func.func @gates(%h: tensor<2xf32>, %s: tensor<1xf32>, %h2: tensor<2x4xf32>, %s2: tensor<3xf32>) {
  %0 = mhc.gates #mhc.gates<> %h, %s, %h : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = mhc.gates #mhc.gates<activation = sigmoid, post_mult = 1.0, pre_eps = 0.0> %h, %s, %h : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0> %h, %s, %h : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = mhc.gates #mhc.gates<post_mult = 2.0> %h, %s, %h : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %4 = mhc.gates #mhc.gates<post_mult = -0.5, pre_eps = 0.125> %h, %s, %h : (tensor<2xf32>, tensor<1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %5:3 = mhc.gates #mhc.gates<activation = tanh> %h2, %s2, %h2 : (tensor<2x4xf32>, tensor<3xf32>, tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2x2xf32>)
  return
}

//===----------------------------------------------------------------------===//
// #mhc.variant
//===----------------------------------------------------------------------===//

// Any op may carry an attribute that it does not know.
// CHECK-LABEL: func.func @variant_kinds(
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #residual} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #hc} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #hc1} : tensor<3xf32> to tensor<2x3xf32>
func.func @variant_kinds(%x: tensor<3xf32>) {
  %0 = mhc.expand %x {variant = #mhc.variant<residual>} : tensor<3xf32> to tensor<2x3xf32>
  %1 = mhc.expand %x {variant = #mhc.variant<hc>} : tensor<3xf32> to tensor<2x3xf32>
  %2 = mhc.expand %x {variant = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5, precision = f32>} : tensor<3xf32> to tensor<2x3xf32>
  return
}

// Without a sinkhorn the layout says nothing, in_out is then not printed.
// CHECK-LABEL: func.func @variant_identity(
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #mhc} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #mhc} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #mhc1} : tensor<3xf32> to tensor<2x3xf32>
func.func @variant_identity(%x: tensor<3xf32>) {
  %0 = mhc.expand %x {variant = #mhc.variant<mhc>} : tensor<3xf32> to tensor<2x3xf32>
  %1 = mhc.expand %x {variant = #mhc.variant<mhc, layout = in_out>} : tensor<3xf32> to tensor<2x3xf32>
  %2 = mhc.expand %x {variant = #mhc.variant<mhc, layout = out_in>} : tensor<3xf32> to tensor<2x3xf32>
  return
}

// Each precision; the default is not printed.
// CHECK-LABEL: func.func @variant_precision(
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #hc} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #hc2} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #hc3} : tensor<3xf32> to tensor<2x3xf32>
func.func @variant_precision(%x: tensor<3xf32>) {
  %0 = mhc.expand %x {variant = #mhc.variant<hc, precision = bf16x3>} : tensor<3xf32> to tensor<2x3xf32>
  %1 = mhc.expand %x {variant = #mhc.variant<hc, precision = bf16x2>} : tensor<3xf32> to tensor<2x3xf32>
  %2 = mhc.expand %x {variant = #mhc.variant<hc, precision = tf32>} : tensor<3xf32> to tensor<2x3xf32>
  return
}

// All keys, in another order than the printer's, and with attributes of their full name.
// CHECK-LABEL: func.func @variant_all_keys(
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #mhc2} : tensor<3xf32> to tensor<2x3xf32>
func.func @variant_all_keys(%x: tensor<3xf32>) {
  %0 = mhc.expand %x {variant = #mhc.variant<mhc, sinkhorn = <iterations = 3, eps = 0.5, start = exp, order = rows_columns>,
                                             gates = #mhc.gates<pre_eps = 0.5, post_mult = 3.0>, layout = out_in,
                                             precision = f32, norm_eps = 0.0, norm = layer>} : tensor<3xf32> to tensor<2x3xf32>
  return
}

// DeepSeek-V4 and the paper.
// CHECK-LABEL: func.func @variant_published(
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #v4} : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 {variant = #paper} : tensor<3xf32> to tensor<2x3xf32>
func.func @variant_published(%x: tensor<3xf32>) {
  %0 = mhc.expand %x {variant = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>, sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>} : tensor<3xf32> to tensor<2x3xf32>
  %1 = mhc.expand %x {variant = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>, sinkhorn = <iterations = 20, eps = 0.0, start = exp>>} : tensor<3xf32> to tensor<2x3xf32>
  return
}
