// RUN: mhc-opt %s -o %t.before.mlir
// RUN: mhc-opt %s --mhc-fuse-sinkhorn --remarks-filter=mhc-fuse-sinkhorn --verify-diagnostics -o %t.after.mlir
// RUN: diff %t.before.mlir %t.after.mlir

// Chains that are left alone: what is printed is what was read, and a remark says why.
// The remark itself, with its category and function:

// RUN: mhc-opt %s --mhc-fuse-sinkhorn --remarks-filter-missed=mhc-fuse-sinkhorn -o /dev/null 2>&1 | FileCheck %s
// CHECK: fuse-sinkhorn-missed.mlir:[[# @LINE + 14]]:8: remark: [Missed] SinkhornMissed | Category:mhc-fuse-sinkhorn | Function=missing_half_step | Reason="the last iteration lacks its half step over the rows"
// CHECK-COUNT-23: remark: [Missed] SinkhornMissed | Category:mhc-fuse-sinkhorn | Function=
// CHECK-NOT: Missed

// Without a filter nothing is said.

// RUN: mhc-opt %s --mhc-fuse-sinkhorn -o /dev/null 2>&1 | FileCheck %s --check-prefix=SILENT --allow-empty
// SILENT-NOT: {{Missed|Passed}}

// Exp start: the last iteration is not whole.

func.func @missing_half_step(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{the last iteration lacks its half step over the rows}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

// The remark is at the last step.

func.func @missing_half_step_columns(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  // expected-remark @+1 {{the last iteration lacks its half step over the columns}}
  %2 = mhc.sinkhorn_step rows %1 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %2 : tensor<?x4x4xf32>
}

// Softmax start: a row step is the first half of an iteration.

func.func @softmax_missing_columns(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %start = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<7x4x4xf32>
  // expected-remark @+1 {{the last iteration lacks its half step over the columns}}
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<7x4x4xf32>
  return %1 : tensor<7x4x4xf32>
}

// The same axis twice: the remark is at the second of the two.

func.func @columns_twice(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  // expected-remark @+1 {{two half steps in a row sum over the columns}}
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

func.func @rows_twice(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  // expected-remark @+1 {{two half steps in a row sum over the rows}}
  %2 = mhc.sinkhorn_step rows %1 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step columns %2 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %3 : tensor<?x4x4xf32>
}

// A changed eps: the remark is at the first step that has another.

func.func @changed_eps(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp %logits : tensor<?x4x4xf32>
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  // expected-remark @+1 {{eps changes along the chain}}
  %2 = mhc.sinkhorn_step columns %1 {eps = 1.0e-7 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step rows %2 {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
  return %3 : tensor<?x4x4xf32>
}

// The steps have another eps than the softmax.

func.func @other_eps_than_softmax(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %eps = arith.constant dense<1.0e-5> : tensor<7x4x4xf32>
  %start = arith.addf %p, %eps : tensor<7x4x4xf32>
  // expected-remark @+1 {{eps is not that of the start value}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %0 : tensor<7x4x4xf32>
}

// A softmax alone has eps 0.

func.func @eps_but_softmax_alone(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %start = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  // expected-remark @+1 {{eps is not that of the start value}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %0 : tensor<7x4x4xf32>
}

// In f64 the constant must be the eps of the steps exactly.

func.func @rounded_eps_in_f64(%logits: tensor<7x4x4xf64>) -> tensor<7x4x4xf64> {
  %empty = tensor.empty() : tensor<7x4x4xf64>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf64>) outs(%empty : tensor<7x4x4xf64>) -> tensor<7x4x4xf64>
  %eps = arith.constant dense<9.99999997E-7> : tensor<7x4x4xf64>
  %start = arith.addf %p, %eps : tensor<7x4x4xf64>
  // expected-remark @+1 {{eps is not that of the start value}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf64>
  return %0 : tensor<7x4x4xf64>
}

// mhc.sinkhorn fixes eps: by its softmax start, by its iterations.

func.func @other_eps_than_sinkhorn_softmax(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 0, eps = 1.0e-6, start = softmax> %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{eps is not that of the start value}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}

func.func @other_eps_than_sinkhorn_exp(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 1.0e-6, start = exp> %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{eps is not that of the start value}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// An iterate that is read elsewhere: the remark is at the iterate.

func.func @iterate_used_twice(%logits: tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4x4xf32>) {
  %start = math.exp %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{an iterate has a second use}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %0, %1 : tensor<?x4x4xf32>, tensor<?x4x4xf32>
}

// A start value that is read elsewhere.

func.func @start_used_twice(%logits: tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4x4xf32>) {
  %start = math.exp %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{the start value has a second use}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %start, %1 : tensor<?x4x4xf32>, tensor<?x4x4xf32>
}

// Two chains from one start value.

func.func @start_of_two_chains(%logits: tensor<?x4x4xf32>) -> (tensor<?x4x4xf32>, tensor<?x4x4xf32>) {
  %start = math.exp %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{the start value has a second use}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  // expected-remark @+1 {{the start value has a second use}}
  %2 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %3 = mhc.sinkhorn_step columns %2 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1, %3 : tensor<?x4x4xf32>, tensor<?x4x4xf32>
}

// Not a start value: an argument, another function, a sum that is none of a softmax and a constant.

func.func @start_is_argument(%x: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  // expected-remark @+1 {{the chain starts from neither math.exp, a row softmax plus eps, nor mhc.sinkhorn}}
  %0 = mhc.sinkhorn_step columns %x {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

func.func @start_is_exp2(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = math.exp2 %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{the chain starts from neither math.exp, a row softmax plus eps, nor mhc.sinkhorn}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

func.func @eps_is_no_constant(%logits: tensor<7x4x4xf32>, %eps: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %p = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  %start = arith.addf %p, %eps : tensor<7x4x4xf32>
  // expected-remark @+1 {{the chain starts from neither}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<7x4x4xf32>
  return %0 : tensor<7x4x4xf32>
}

func.func @eps_is_no_splat(%logits: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %empty = tensor.empty() : tensor<2x2xf32>
  %p = linalg.softmax dimension(1) ins(%logits : tensor<2x2xf32>) outs(%empty : tensor<2x2xf32>) -> tensor<2x2xf32>
  %eps = arith.constant dense<[[1.0e-6, 1.0e-6], [1.0e-6, 2.0e-6]]> : tensor<2x2xf32>
  %start = arith.addf %p, %eps : tensor<2x2xf32>
  // expected-remark @+1 {{the chain starts from neither}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}

// The softmax is read elsewhere.

func.func @softmax_used_twice(%logits: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  %empty = tensor.empty() : tensor<2x2xf32>
  %p = linalg.softmax dimension(1) ins(%logits : tensor<2x2xf32>) outs(%empty : tensor<2x2xf32>) -> tensor<2x2xf32>
  %eps = arith.constant dense<1.0e-6> : tensor<2x2xf32>
  %start = arith.addf %p, %eps : tensor<2x2xf32>
  // expected-remark @+1 {{the chain starts from neither}}
  %0 = mhc.sinkhorn_step columns %start {eps = 1.0e-6 : f64} : tensor<2x2xf32>
  return %p, %0 : tensor<2x2xf32>, tensor<2x2xf32>
}

// The softmax of another axis.

func.func @softmax_of_columns(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %start = linalg.softmax dimension(1) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  // expected-remark @+1 {{the chain starts from neither math.exp, a row softmax plus eps, nor mhc.sinkhorn}}
  %0 = mhc.sinkhorn_step columns %start {eps = 0.0 : f64} : tensor<7x4x4xf32>
  return %0 : tensor<7x4x4xf32>
}

// Rows right after a softmax, which is a row step.

func.func @rows_after_softmax(%logits: tensor<7x4x4xf32>) -> tensor<7x4x4xf32> {
  %empty = tensor.empty() : tensor<7x4x4xf32>
  %start = linalg.softmax dimension(2) ins(%logits : tensor<7x4x4xf32>) outs(%empty : tensor<7x4x4xf32>) -> tensor<7x4x4xf32>
  // expected-remark @+1 {{a softmax start is the first row step, so columns must come next}}
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<7x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<7x4x4xf32>
  return %1 : tensor<7x4x4xf32>
}

// Another order than that of the mhc.sinkhorn before: its last axis comes again.

func.func @other_order_than_sinkhorn(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp> %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{two half steps in a row sum over the rows}}
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %1 = mhc.sinkhorn_step columns %0 {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %1 : tensor<?x4x4xf32>
}

// ... and a chain that does not end an iteration of it.

func.func @half_an_iteration_of_sinkhorn(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %start = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 0.0, start = softmax> %logits : tensor<?x4x4xf32>
  // expected-remark @+1 {{the last iteration lacks its half step over the columns}}
  %0 = mhc.sinkhorn_step rows %start {eps = 0.0 : f64} : tensor<?x4x4xf32>
  return %0 : tensor<?x4x4xf32>
}
