// RUN: mhc-opt %s --mhc-fuse-sinkhorn --canonicalize --mlir-print-local-scope | FileCheck %s

// Chains that become one mhc.sinkhorn. Nothing of a chain is left: every op of the result is named.
// What counts chains: one remark for each, and none for a chain that was missed.

// RUN: mhc-opt %s --mhc-fuse-sinkhorn --remarks-filter=mhc-fuse-sinkhorn -o %t.fused.mlir 2>&1 | FileCheck %s --check-prefix=REMARKS
// RUN: FileCheck %s --check-prefix=NOTHING-LEFT < %t.fused.mlir
// NOTHING-LEFT-NOT: {{sinkhorn_step|math.exp|linalg.softmax|arith.addf}}

// REMARKS-NOT: Missed
// REMARKS-COUNT-32: [Passed] SinkhornFused | Category:mhc-fuse-sinkhorn | Function={{[a-z0-9_]+}} | Iterations={{[0-9]+}}, Remark="a chain of half steps became one mhc.sinkhorn"
// REMARKS-NOT: {{Passed|Missed}}

// An exponential, columns then rows: any n.

// CHECK-LABEL: func.func @exp_1(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x1x1xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x1x1xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x1x1xf32>
func.func @exp_1(%logits: tensor<?x1x1xf32>) -> tensor<?x1x1xf32> {
  %start = math.exp %logits : tensor<?x1x1xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x1x1xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x1x1xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x1x1xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x1x1xf32>
  return %3 : tensor<?x1x1xf32>
}

// CHECK-LABEL: func.func @exp_2(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x2x2xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x2x2xf32>
func.func @exp_2(%logits: tensor<?x2x2xf32>) -> tensor<?x2x2xf32> {
  %start = math.exp %logits : tensor<?x2x2xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x2x2xf32>
  return %3 : tensor<?x2x2xf32>
}

// CHECK-LABEL: func.func @exp_3(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x3x3xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x3x3xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x3x3xf32>
func.func @exp_3(%logits: tensor<?x3x3xf32>) -> tensor<?x3x3xf32> {
  %start = math.exp %logits : tensor<?x3x3xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x3x3xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x3x3xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x3x3xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x3x3xf32>
  return %3 : tensor<?x3x3xf32>
}

// CHECK-LABEL: func.func @exp_4(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @exp_4(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %3 : tensor<?x4x4xf32>
}

// CHECK-LABEL: func.func @exp_5(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x5x5xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x5x5xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x5x5xf32>
func.func @exp_5(%logits: tensor<?x5x5xf32>) -> tensor<?x5x5xf32> {
  %start = math.exp %logits : tensor<?x5x5xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x5x5xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x5x5xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x5x5xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x5x5xf32>
  return %3 : tensor<?x5x5xf32>
}

// CHECK-LABEL: func.func @exp_8(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x8x8xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x8x8xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x8x8xf32>
func.func @exp_8(%logits: tensor<?x8x8xf32>) -> tensor<?x8x8xf32> {
  %start = math.exp %logits : tensor<?x8x8xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x8x8xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x8x8xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x8x8xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x8x8xf32>
  return %3 : tensor<?x8x8xf32>
}

// CHECK-LABEL: func.func @exp_16(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x16x16xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x16x16xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x16x16xf32>
func.func @exp_16(%logits: tensor<?x16x16xf32>) -> tensor<?x16x16xf32> {
  %start = math.exp %logits : tensor<?x16x16xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x16x16xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x16x16xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x16x16xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 0.0 : f64} : tensor<?x16x16xf32>
  return %3 : tensor<?x16x16xf32>
}

// Rows first is another order, which the attribute keeps; eps is that of the steps.

// CHECK-LABEL: func.func @exp_rows_columns(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 3, eps = 1.0e-06, start = exp, order = rows_columns> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @exp_rows_columns(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step rows %start {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %2 = mhc.sinkhorn_step rows %1 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step columns %2 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %4 = mhc.sinkhorn_step rows %3 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %5 = mhc.sinkhorn_step columns %4 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %5 : tensor<?x4x4xf32>
}

// One iteration; f64; two token dimensions.

// CHECK-LABEL: func.func @exp_one_iteration(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<2x?x3x3xf64>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 1.0e-03, start = exp> %[[LOGITS]] : tensor<2x?x3x3xf64>
// CHECK-NEXT:    return %[[OUT]] : tensor<2x?x3x3xf64>
func.func @exp_one_iteration(%logits: tensor<2x?x3x3xf64>) -> tensor<2x?x3x3xf64> {
  %start = math.exp %logits : tensor<2x?x3x3xf64>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-3 : f64} : tensor<2x?x3x3xf64>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-3 : f64} : tensor<2x?x3x3xf64>
  return %1 : tensor<2x?x3x3xf64>
}

// A matrix without token dimensions.

// CHECK-LABEL: func.func @exp_one_matrix(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<2x2xf64>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 0.0e+00, start = exp, order = rows_columns> %[[LOGITS]] : tensor<2x2xf64>
// CHECK-NEXT:    return %[[OUT]] : tensor<2x2xf64>
func.func @exp_one_matrix(%logits: tensor<2x2xf64>) -> tensor<2x2xf64> {
  %start = math.exp %logits : tensor<2x2xf64>
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<2x2xf64>
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<2x2xf64>
  return %1 : tensor<2x2xf64>
}

// Row softmax plus eps, which is the first row step: any n.

// CHECK-LABEL: func.func @softmax_1(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x1x1xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x1x1xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x1x1xf32>
func.func @softmax_1(%logits: tensor<7x1x1xf32>) -> tensor<7x1x1xf32> {
  %empty = tensor.empty() : tensor<7x1x1xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x1x1xf32>) outs(%empty : tensor<7x1x1xf32>) -> tensor<7x1x1xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x1x1xf32>
  %start = arith.addf %p, %eps : tensor<7x1x1xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x1x1xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x1x1xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x1x1xf32>
  return %2 : tensor<7x1x1xf32>
}

// CHECK-LABEL: func.func @softmax_2(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x2x2xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x2x2xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x2x2xf32>
func.func @softmax_2(%logits: tensor<7x2x2xf32>) -> tensor<7x2x2xf32> {
  %empty = tensor.empty() : tensor<7x2x2xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x2x2xf32>) outs(%empty : tensor<7x2x2xf32>) -> tensor<7x2x2xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x2x2xf32>
  %start = arith.addf %p, %eps : tensor<7x2x2xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x2x2xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x2x2xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x2x2xf32>
  return %2 : tensor<7x2x2xf32>
}

// CHECK-LABEL: func.func @softmax_3(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x3x3xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x3x3xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x3x3xf32>
func.func @softmax_3(%logits: tensor<7x3x3xf32>) -> tensor<7x3x3xf32> {
  %empty = tensor.empty() : tensor<7x3x3xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x3x3xf32>) outs(%empty : tensor<7x3x3xf32>) -> tensor<7x3x3xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x3x3xf32>
  %start = arith.addf %p, %eps : tensor<7x3x3xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x3x3xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x3x3xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x3x3xf32>
  return %2 : tensor<7x3x3xf32>
}

// CHECK-LABEL: func.func @softmax_4(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x4x4xf32>
func.func @softmax_4(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x4x4xf32>
  %start = arith.addf %p, %eps : tensor<7x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %2 : tensor<7x4x4xf32>
}

// CHECK-LABEL: func.func @softmax_5(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x5x5xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x5x5xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x5x5xf32>
func.func @softmax_5(%logits: tensor<7x5x5xf32>) -> tensor<7x5x5xf32> {
  %empty = tensor.empty() : tensor<7x5x5xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x5x5xf32>) outs(%empty : tensor<7x5x5xf32>) -> tensor<7x5x5xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x5x5xf32>
  %start = arith.addf %p, %eps : tensor<7x5x5xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x5x5xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x5x5xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x5x5xf32>
  return %2 : tensor<7x5x5xf32>
}

// CHECK-LABEL: func.func @softmax_8(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x8x8xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x8x8xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x8x8xf32>
func.func @softmax_8(%logits: tensor<7x8x8xf32>) -> tensor<7x8x8xf32> {
  %empty = tensor.empty() : tensor<7x8x8xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x8x8xf32>) outs(%empty : tensor<7x8x8xf32>) -> tensor<7x8x8xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x8x8xf32>
  %start = arith.addf %p, %eps : tensor<7x8x8xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x8x8xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x8x8xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x8x8xf32>
  return %2 : tensor<7x8x8xf32>
}

// CHECK-LABEL: func.func @softmax_16(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x16x16xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x16x16xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x16x16xf32>
func.func @softmax_16(%logits: tensor<7x16x16xf32>) -> tensor<7x16x16xf32> {
  %empty = tensor.empty() : tensor<7x16x16xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x16x16xf32>) outs(%empty : tensor<7x16x16xf32>) -> tensor<7x16x16xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x16x16xf32>
  %start = arith.addf %p, %eps : tensor<7x16x16xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x16x16xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x16x16xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x16x16xf32>
  return %2 : tensor<7x16x16xf32>
}

// The operands of the addition the other way round.

// CHECK-LABEL: func.func @softmax_eps_first(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x4x4xf32>
func.func @softmax_eps_first(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x4x4xf32>
  %start = arith.addf %eps, %p : tensor<7x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %2 : tensor<7x4x4xf32>
}

// One column step alone: one iteration.

// CHECK-LABEL: func.func @softmax_one_iteration(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<7x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<7x4x4xf32>
func.func @softmax_one_iteration(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<7x4x4xf32>
  %start = arith.addf %p, %eps : tensor<7x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %0 : tensor<7x4x4xf32>
}

// f64; two token dimensions.

// CHECK-LABEL: func.func @softmax_f64(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<2x3x4x4xf64>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 3, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<2x3x4x4xf64>
// CHECK-NEXT:    return %[[OUT]] : tensor<2x3x4x4xf64>
func.func @softmax_f64(%logits: tensor<2x3x4x4xf64>) -> tensor<2x3x4x4xf64> {
  %empty = tensor.empty() : tensor<2x3x4x4xf64>
  %p = linalg.softmax dimension(3) ins(%logits : tensor<2x3x4x4xf64>) outs(%empty : tensor<2x3x4x4xf64>) -> tensor<2x3x4x4xf64>
  %eps = arith.constant dense<1.0e-6> : tensor<2x3x4x4xf64>
  %start = arith.addf %p, %eps : tensor<2x3x4x4xf64>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<2x3x4x4xf64>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<2x3x4x4xf64>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<2x3x4x4xf64>
  %3 = mhc.sinkhorn_step rows %2 {eps = 1.0e-6 : f64} : tensor<2x3x4x4xf64>
  %4 = mhc.sinkhorn_step columns %3 {eps = 1.0e-6 : f64} : tensor<2x3x4x4xf64>
  return %4 : tensor<2x3x4x4xf64>
}

// Without eps there is nothing to add.

// CHECK-LABEL: func.func @softmax_no_eps(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x3x3xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = softmax> %[[LOGITS]] : tensor<?x3x3xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x3x3xf32>
func.func @softmax_no_eps(%logits: tensor<?x3x3xf32>) -> tensor<?x3x3xf32> {
  %c0 = arith.constant 0 : index
  %t = tensor.dim %logits, %c0 : tensor<?x3x3xf32>
  %empty = tensor.empty(%t) : tensor<?x3x3xf32>
  %start = linalg.softmax dimension(2) ins(%logits : tensor<?x3x3xf32>) outs(%empty : tensor<?x3x3xf32>) -> tensor<?x3x3xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x3x3xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x3x3xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<?x3x3xf32>
  return %2 : tensor<?x3x3xf32>
}

// ... or a zero.

// CHECK-LABEL: func.func @softmax_zero_eps(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<2x3x3xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = softmax> %[[LOGITS]] : tensor<2x3x3xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<2x3x3xf32>
func.func @softmax_zero_eps(%logits: tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  %empty = tensor.empty() : tensor<2x3x3xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<2x3x3xf32>) outs(%empty : tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
  %eps = arith.constant dense<0.0> : tensor<2x3x3xf32>
  %start = arith.addf %p, %eps : tensor<2x3x3xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<2x3x3xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<2x3x3xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<2x3x3xf32>
  return %2 : tensor<2x3x3xf32>
}

// mhc.sinkhorn without iterations is its start value: an exponential fixes neither eps nor order.

// CHECK-LABEL: func.func @sinkhorn_exp_0(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 1.0e-03, start = exp, order = rows_columns> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @sinkhorn_exp_0(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-6, start = exp> %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step rows %start {eps = 1.0e-3 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 1.0e-3 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// CHECK-LABEL: func.func @sinkhorn_exp_0_columns(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 0.0e+00, start = exp> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @sinkhorn_exp_0_columns(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 0.0, start = exp, order = rows_columns> %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// A softmax start has its eps added.

// CHECK-LABEL: func.func @sinkhorn_softmax_0(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @sinkhorn_softmax_0(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-6, start = softmax> %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %2 : tensor<?x4x4xf32>
}

// mhc.sinkhorn with iterations is continued.

// CHECK-LABEL: func.func @sinkhorn_exp_continued(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 5, eps = 1.0e-06, start = exp> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @sinkhorn_exp_continued(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 3, eps = 1.0e-6, start = exp> %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %3 : tensor<?x4x4xf32>
}

// CHECK-LABEL: func.func @sinkhorn_exp_rows_continued(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf64>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 2, eps = 0.0e+00, start = exp, order = rows_columns> %[[LOGITS]] : tensor<?x4x4xf64>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf64>
func.func @sinkhorn_exp_rows_continued(%logits: tensor<?x4x4xf64>) -> tensor<?x4x4xf64> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp, order = rows_columns> %logits : tensor<?x4x4xf64>
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<?x4x4xf64>
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<?x4x4xf64>
  return %1 : tensor<?x4x4xf64>
}

// After a column step comes a row step.

// CHECK-LABEL: func.func @sinkhorn_softmax_continued(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<?x4x4xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 20, eps = 1.0e-06, start = softmax> %[[LOGITS]] : tensor<?x4x4xf32>
// CHECK-NEXT:    return %[[OUT]] : tensor<?x4x4xf32>
func.func @sinkhorn_softmax_continued(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 19, eps = 1.0e-6, start = softmax> %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step rows %start {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// The eps of the start is a constant of the type of the matrix, that of the steps an f64: they are compared as
// the matrix holds them.

// CHECK-LABEL: func.func @softmax_rounded_eps(
// CHECK-SAME:    %[[LOGITS:.*]]: tensor<7x2x2xf32>)
// CHECK-NEXT:    %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 1.0e-06, start = softmax> %[[LOGITS]]
// CHECK-NEXT:    return %[[OUT]]
func.func @softmax_rounded_eps(%logits: tensor<7x2x2xf32>) -> tensor<7x2x2xf32> {
  %empty = tensor.empty() : tensor<7x2x2xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x2x2xf32>) outs(%empty : tensor<7x2x2xf32>) -> tensor<7x2x2xf32>
  %eps = arith.constant dense<9.99999997E-7> : tensor<7x2x2xf32>
  %start = arith.addf %p, %eps : tensor<7x2x2xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x2x2xf32>
  return %0 : tensor<7x2x2xf32>
}

// The result may be read more than once, also by what is not a step; two chains of a function are two ops.

// CHECK-LABEL: func.func @two_chains(
// CHECK-SAME:    %[[A:.*]]: tensor<?x2x2xf32>, %[[B:.*]]: tensor<?x2x2xf32>)
// CHECK-NEXT:    %[[FIRST:.*]] = mhc.sinkhorn <iterations = 1, eps = 0.0e+00, start = exp> %[[A]]
// CHECK-NEXT:    %[[SECOND:.*]] = mhc.sinkhorn <iterations = 1, eps = 0.0e+00, start = exp> %[[B]]
// CHECK-NEXT:    %[[PRODUCT:.*]] = arith.mulf %[[FIRST]], %[[SECOND]]
// CHECK-NEXT:    return %[[FIRST]], %[[PRODUCT]]
func.func @two_chains(%a: tensor<?x2x2xf32>, %b: tensor<?x2x2xf32>) -> (tensor<?x2x2xf32>, tensor<?x2x2xf32>) {
  %ea = math.exp %a : tensor<?x2x2xf32>
  %eb = math.exp %b : tensor<?x2x2xf32>
  %ca = mhc.sinkhorn_step columns %ea {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %cb = mhc.sinkhorn_step columns %eb {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %ra = mhc.sinkhorn_step rows %ca {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %rb = mhc.sinkhorn_step rows %cb {eps = 0.0 : f64} : tensor<?x2x2xf32>
  %product = arith.mulf %ra, %rb : tensor<?x2x2xf32>
  return %ra, %product : tensor<?x2x2xf32>, tensor<?x2x2xf32>
}

// In a region of another op.

// CHECK-LABEL: func.func @in_loop(
// CHECK:         scf.for
// CHECK-SAME:      iter_args(%[[CARRIED:.*]] = %{{.*}})
// CHECK-NEXT:      %[[OUT:.*]] = mhc.sinkhorn <iterations = 1, eps = 0.0e+00, start = exp> %[[CARRIED]]
// CHECK-NEXT:      scf.yield %[[OUT]]
func.func @in_loop(%logits: tensor<2x2xf32>, %n: index) -> tensor<2x2xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %logits) -> tensor<2x2xf32> {
    %start = math.exp %x : tensor<2x2xf32>
    %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<2x2xf32>
    %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<2x2xf32>
    scf.yield %1 : tensor<2x2xf32>
  }
  return %r : tensor<2x2xf32>
}
