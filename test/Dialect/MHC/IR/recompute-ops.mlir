// RUN: mhc-opt %s --verify-roundtrip
// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --canonicalize --cse | FileCheck %s --check-prefix=CSE
// RUN: mhc-opt %s --resolve-shaped-type-result-dims | FileCheck %s --check-prefix=SIZE

// CHECK-LABEL: func.func @pins
// CSE-LABEL: func.func @pins
func.func @pins(%x: tensor<2x?x4x64xbf16>, %f: tensor<7x64xf64>)
    -> (tensor<2x?x4x64xbf16>, tensor<2x?x4x64xbf16>, tensor<7x64xf64>, tensor<7x64xf64>) {
  // CHECK: mhc.pin keep %{{.*}} : tensor<2x?x4x64xbf16>
  // CSE: mhc.pin keep
  %0 = mhc.pin keep %x : tensor<2x?x4x64xbf16>
  // CHECK: mhc.pin stage %{{.*}} {note = "second half"} : tensor<2x?x4x64xbf16>
  // CSE: mhc.pin stage
  %1 = mhc.pin stage %x {note = "second half"} : tensor<2x?x4x64xbf16>
  // CHECK: mhc.pin recompute %{{.*}} : tensor<7x64xf64>
  // CSE: mhc.pin recompute
  %2 = mhc.pin recompute %f : tensor<7x64xf64>
  // CHECK: mhc.pin given %{{.*}} : tensor<7x64xf64>
  // CSE: mhc.pin given
  %3 = mhc.pin given %f : tensor<7x64xf64>
  return %0, %1, %2, %3 : tensor<2x?x4x64xbf16>, tensor<2x?x4x64xbf16>, tensor<7x64xf64>, tensor<7x64xf64>
}

// The size of a pin is the size of what is pinned.
// SIZE-LABEL: func.func @size
// SIZE-SAME: %[[X:.*]]: tensor<?x64xf32>
// SIZE: tensor.dim %[[X]]
func.func @size(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, index) {
  %c0 = arith.constant 0 : index
  %0 = mhc.pin keep %x : tensor<?x64xf32>
  %1 = tensor.dim %0, %c0 : tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, index
}

// What was computed before the region does not take the place of what it computes, nor one region
// that of another.
// CHECK-LABEL: func.func @regions
// CSE-LABEL: func.func @regions
func.func @regions(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %s: f32)
    -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  // CSE: %[[FIRST:.*]] = mhc.aggregate
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  // CHECK: %[[A:.*]] = mhc.recompute ins(%[[IN:.*]] = %{{.*}} : tensor<?x4x64xbf16>, %[[PRE:.*]] = %{{.*}} : tensor<?x4xf32>) -> (tensor<?x64xbf16>) {
  // CHECK-NEXT: %[[Y:.*]] = mhc.aggregate %[[IN]], %[[PRE]]
  // CHECK-NEXT: mhc.return %[[Y]] : tensor<?x64xbf16>
  // CHECK-NEXT: }
  // CSE: %[[SECOND:.*]] = mhc.recompute ins(
  // CSE: mhc.aggregate
  %1 = mhc.recompute ins(%a = %x : tensor<?x4x64xbf16>, %b = %pre : tensor<?x4xf32>) -> (tensor<?x64xbf16>) {
    %y = mhc.aggregate %a, %b : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %y : tensor<?x64xbf16>
  }
  // A region may return its arguments, have numbers, and attributes.
  // CHECK: mhc.recompute fused ins(%{{.*}} = %{{.*}} : tensor<?x4x64xbf16>, %{{.*}} = %{{.*}} : tensor<?x4xf32>, %{{.*}} = %{{.*}} : f32) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) attributes {note = 3 : i64} {
  // CSE: %[[THIRD:.*]]:2 = mhc.recompute fused
  // CSE: mhc.aggregate
  %2:2 = mhc.recompute fused ins(%a = %x : tensor<?x4x64xbf16>, %b = %pre : tensor<?x4xf32>, %c = %s : f32)
      -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) attributes {note = 3 : i64} {
    %y = mhc.aggregate %a, %b : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %y, %a : tensor<?x64xbf16>, tensor<?x4x64xbf16>
  }
  // CSE: return %[[FIRST]], %[[SECOND]], %[[THIRD]]#0, %[[THIRD]]#1
  return %0, %1, %2#0, %2#1 : tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>
}

// Nothing in, calls in the region, several results.
// CHECK-LABEL: func.func @call
func.func private @callee() -> tensor<4xf32>
func.func @call() -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %{{.*}}:2 = mhc.recompute ins() -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: call @callee
  %0:2 = mhc.recompute ins() -> (tensor<4xf32>, tensor<4xf32>) {
    %1 = func.call @callee() : () -> tensor<4xf32>
    mhc.return %1, %1 : tensor<4xf32>, tensor<4xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xf32>
}
