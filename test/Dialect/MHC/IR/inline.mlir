// RUN: mhc-opt %s --inline | FileCheck %s

// Functions that a sublayer calls may be inlined into it, and functions of ops anywhere.

func.func private @double(%y: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %0 = arith.addf %y, %y : tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}

// CHECK-LABEL: func.func @into_sublayer(
// CHECK: mhc.connection #residual %arg0 : (tensor<?x64xf32>) -> tensor<?x64xf32> sublayer(%[[Y:.+]]: tensor<?x64xf32>) {
// CHECK-NEXT: %[[F:.+]] = arith.addf %[[Y]], %[[Y]] : tensor<?x64xf32>
// CHECK-NEXT: mhc.yield %[[F]] : tensor<?x64xf32>
func.func @into_sublayer(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<?x64xf32>) -> tensor<?x64xf32> sublayer(%y: tensor<?x64xf32>) {
    %f = func.call @double(%y) : (tensor<?x64xf32>) -> tensor<?x64xf32>
    mhc.yield %f : tensor<?x64xf32>
  }
  return %0 : tensor<?x64xf32>
}

// A function of the dialect's ops, a connection among them.
// CHECK-LABEL: func.func @ops(
// CHECK-NOT: call
// CHECK: %[[C:.+]] = mhc.connection #residual %arg0
// CHECK: mhc.inner whole %[[C]], %[[C]] : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?xf32>
func.func @ops(%x: tensor<?x64xf32>) -> tensor<?xf32> {
  %0 = call @layer(%x) : (tensor<?x64xf32>) -> tensor<?xf32>
  return %0 : tensor<?xf32>
}
func.func private @layer(%x: tensor<?x64xf32>) -> tensor<?xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<?x64xf32>) -> tensor<?x64xf32> sublayer(%y: tensor<?x64xf32>) {
    mhc.yield %y : tensor<?x64xf32>
  }
  %1 = mhc.inner whole %0, %0 : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

// A function of several blocks stays: a sublayer has one.
// CHECK-LABEL: func.func @several_blocks(
// CHECK: sublayer(%[[Y:.+]]: tensor<?x64xf32>) {
// CHECK-NEXT: %[[F:.+]] = func.call @branches(%[[Y]], %arg1) : (tensor<?x64xf32>, i1) -> tensor<?x64xf32>
// CHECK-NEXT: mhc.yield %[[F]] : tensor<?x64xf32>
func.func @several_blocks(%x: tensor<?x64xf32>, %c: i1) -> tensor<?x64xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<?x64xf32>) -> tensor<?x64xf32> sublayer(%y: tensor<?x64xf32>) {
    %f = func.call @branches(%y, %c) : (tensor<?x64xf32>, i1) -> tensor<?x64xf32>
    mhc.yield %f : tensor<?x64xf32>
  }
  return %0 : tensor<?x64xf32>
}
func.func @branches(%y: tensor<?x64xf32>, %c: i1) -> tensor<?x64xf32> {
  cf.cond_br %c, ^same, ^twice
^same:
  return %y : tensor<?x64xf32>
^twice:
  %0 = arith.addf %y, %y : tensor<?x64xf32>
  return %0 : tensor<?x64xf32>
}
