// RUN: mhc-opt %s --canonicalize | FileCheck %s --check-prefixes=CHECK,DCE
// RUN: mhc-opt %s --cse | FileCheck %s --check-prefixes=CHECK,CSE

// What may be removed if nobody uses it, and what may be computed once.

func.func private @opaque(tensor<?x64xf32>) -> tensor<?x64xf32>

// A connection is as pure as its sublayer.
// CHECK-LABEL: func.func @unused_pure(
// CHECK-NEXT: return
func.func @unused_pure(%x: tensor<?x4x64xf32>, %base: tensor<4x6xf32>) {
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<?x4x64xf32>, tensor<4x6xf32>) -> (tensor<?x4x64xf32>, tensor<4xf32>) sublayer(%y: tensor<?x64xf32>) {
    %f = arith.addf %y, %y : tensor<?x64xf32>
    mhc.yield %f : tensor<?x64xf32>
  }
  return
}

// A call may do anything.
// CHECK-LABEL: func.func @unused_opaque(
// CHECK: mhc.connection #hc %arg0 base %arg1 : (tensor<?x4x64xf32>, tensor<4x6xf32>) -> tensor<?x4x64xf32> sublayer(%[[Y:.+]]: tensor<?x64xf32>) {
// CHECK-NEXT: %[[F:.+]] = func.call @opaque(%[[Y]])
// CHECK-NEXT: mhc.yield %[[F]] : tensor<?x64xf32>
func.func @unused_opaque(%x: tensor<?x4x64xf32>, %base: tensor<4x6xf32>) {
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<?x4x64xf32>, tensor<4x6xf32>) -> tensor<?x4x64xf32> sublayer(%y: tensor<?x64xf32>) {
    %f = func.call @opaque(%y) : (tensor<?x64xf32>) -> tensor<?x64xf32>
    mhc.yield %f : tensor<?x64xf32>
  }
  return
}

// All other ops are pure.
// CHECK-LABEL: func.func @unused_ops(
// DCE-NEXT: return
func.func @unused_ops(%x: tensor<?x4x8xf32>, %phi: tensor<24x32xf32>, %head: tensor<4x32xf32>, %scale: tensor<3xf32>, %one: tensor<1xf32>, %base: tensor<24xf32>, %base4: tensor<4xf32>) {
  %y = mhc.head #mhc.variant<mhc> %x phi %head scale %one base %base4 : (tensor<?x4x8xf32>, tensor<4x32xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x8xf32>
  %r = mhc.reduce_streams sum %x : tensor<?x4x8xf32> to tensor<?x8xf32>
  %e = mhc.expand %r : tensor<?x8xf32> to tensor<?x4x8xf32>
  %h = mhc.project %x by %phi : (tensor<?x4x8xf32>, tensor<24x32xf32>) -> tensor<?x24xf32>
  %b = mhc.backproject %h by %phi : (tensor<?x24xf32>, tensor<24x32xf32>) -> tensor<?x4x8xf32>
  %o = mhc.outer %h by %x : (tensor<?x24xf32>, tensor<?x4x8xf32>) -> tensor<24x32xf32>
  %i = mhc.inner whole %x, %x : (tensor<?x4x8xf32>, tensor<?x4x8xf32>) -> tensor<?xf32>
  %s = mhc.rstd %i {count = 32 : i64, eps = 0.0 : f64} : tensor<?xf32>
  %g:3 = mhc.gates #mhc.gates<> %h, %scale, %base : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  %k = mhc.sinkhorn <iterations = 1, eps = 0.0, start = exp> %g#2 : tensor<?x4x4xf32>
  %t = mhc.sinkhorn_step rows %k {eps = 0.0 : f64} : tensor<?x4x4xf32>
  %a = mhc.aggregate %x, %g#0 : (tensor<?x4x8xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  %c = mhc.combine (%a by %g#1 : tensor<?x8xf32>, tensor<?x4xf32>), (%x by %t : tensor<?x4x8xf32>, tensor<?x4x4xf32>) -> tensor<?x4x8xf32>
  return
}

// Two equal ops are one; ops that differ in an attribute are two.
// CHECK-LABEL: func.func @equal_ops(
// CSE: %[[A:.+]] = mhc.inner %arg0, %arg0 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x4xf32>
// CSE-NEXT: %[[B:.+]] = mhc.sinkhorn_step rows %[[A]] {eps = 0.000000e+00 : f64} : tensor<4x4xf32>
// CSE-NEXT: %[[C:.+]] = mhc.sinkhorn_step columns %[[A]] {eps = 0.000000e+00 : f64} : tensor<4x4xf32>
// CSE-NEXT: return %[[A]], %[[A]], %[[B]], %[[C]]
func.func @equal_ops(%x: tensor<4x8xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = mhc.inner %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x4xf32>
  %1 = mhc.inner %x, %x : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x4xf32>
  %2 = mhc.sinkhorn_step rows %0 {eps = 0.0 : f64} : tensor<4x4xf32>
  %3 = mhc.sinkhorn_step columns %1 {eps = 0.0 : f64} : tensor<4x4xf32>
  return %0, %1, %2, %3 : tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}

// Equal connections with equal pure sublayers are one.
// CHECK-LABEL: func.func @equal_connections(
// CSE: %[[A:.+]] = mhc.connection #residual %arg0
// CSE-NOT: mhc.connection
// CSE: return %[[A]], %[[A]]
func.func @equal_connections(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<64xf32>) -> tensor<64xf32> sublayer(%y: tensor<64xf32>) {
    %f = arith.addf %y, %y : tensor<64xf32>
    mhc.yield %f : tensor<64xf32>
  }
  %1 = mhc.connection #mhc.variant<residual> %x : (tensor<64xf32>) -> tensor<64xf32> sublayer(%y: tensor<64xf32>) {
    %f = arith.addf %y, %y : tensor<64xf32>
    mhc.yield %f : tensor<64xf32>
  }
  return %0, %1 : tensor<64xf32>, tensor<64xf32>
}

// Other sublayers, other connections.
// CHECK-LABEL: func.func @other_sublayers(
// CHECK: %[[A:.+]] = mhc.connection #residual %arg0
// CHECK: arith.addf
// CHECK: %[[B:.+]] = mhc.connection #residual %arg0
// CHECK: arith.mulf
// CHECK: return %[[A]], %[[B]]
func.func @other_sublayers(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<64xf32>) -> tensor<64xf32> sublayer(%y: tensor<64xf32>) {
    %f = arith.addf %y, %y : tensor<64xf32>
    mhc.yield %f : tensor<64xf32>
  }
  %1 = mhc.connection #mhc.variant<residual> %x : (tensor<64xf32>) -> tensor<64xf32> sublayer(%y: tensor<64xf32>) {
    %f = arith.mulf %y, %y : tensor<64xf32>
    mhc.yield %f : tensor<64xf32>
  }
  return %0, %1 : tensor<64xf32>, tensor<64xf32>
}
