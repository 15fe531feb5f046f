// RUN: mhc-opt %s --mhc-differentiate=function=chain -o %t.mlir
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=15360" | FileCheck %s --check-prefixes=CHECK,FUSED
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 choice=equal" | FileCheck %s --check-prefixes=CHECK,OWN
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 choice=equal max-rebuild=1" | FileCheck %s --check-prefixes=CHECK,SHORT
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=100%%" | FileCheck %s --check-prefix=NOTHING
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=15360" --canonicalize --cse | FileCheck %s --check-prefix=FUSED

// The regions of a chain of three connections, in the backward: the streams x1 between the first two, and
// sublayer arguments.

// CHECK-LABEL: func.func @chain_forward(
// What is not kept is no longer returned: of streams x2 and those that were given.
// CHECK-NOT: mhc.recompute
// CHECK: return %{{.*}} : tensor<?x4x64xbf16>, {{.*}}tensor<?x4x64xbf16>, {{.*}}tensor<?x4x64xbf16>
// CHECK-NOT: tensor<?x4x64xbf16>, {{.*}}tensor<?x4x64xbf16>, {{.*}}tensor<?x4x64xbf16>, {{.*}}tensor<?x4x64xbf16>

// Each value by itself, for the kernels that read it.
// FUSED-LABEL: func.func @chain_backward(
// FUSED-NOT: mhc.recompute
// FUSED: call @sublayer_gradient
// FUSED: %[[X1:.*]] = mhc.recompute fused ins(
// FUSED-NEXT: %[[X:.*]] = mhc.combine (%{{.*}} by %{{.*}} : tensor<?x64xbf16>, tensor<?x4xf32>), (%{{.*}} by %{{.*}} : tensor<?x4x64xbf16>, tensor<?x4x4xf32>)
// FUSED-NEXT: mhc.return %[[X]] : tensor<?x4x64xbf16>
// FUSED-NEXT: }
// FUSED-NEXT: mhc.combine (%{{.*}} by %{{.*}} : tensor<?x64xbf16>, tensor<?x4xf32>), (%[[X1]] by
// The argument of the sublayer between them, of the kept streams.
// FUSED: %[[Y1:.*]] = mhc.recompute fused ins(
// FUSED-NEXT: %[[X:.*]] = mhc.combine
// FUSED-NEXT: %[[Y:.*]] = mhc.aggregate %[[X]]
// FUSED-NEXT: mhc.return %[[Y]] : tensor<?x64xbf16>
// FUSED: call @sublayer_gradient(%[[Y1]],
// FUSED: %[[Y0:.*]] = mhc.recompute fused ins(
// FUSED-NEXT: %[[Y:.*]] = mhc.aggregate
// FUSED-NEXT: mhc.return %[[Y]] : tensor<?x64xbf16>
// FUSED: call @sublayer_gradient(%[[Y0]],
// FUSED-NOT: mhc.recompute
// FUSED: return

// A kernel of its own for the block of the first two, and the argument of the third where the boundary is.
// OWN-LABEL: func.func @chain_backward(
// OWN: %[[Y2:.*]] = mhc.recompute fused ins(
// OWN-NEXT: %[[Y:.*]] = mhc.aggregate
// OWN: call @sublayer_gradient(%[[Y2]],
// OWN: %[[BLOCK:.*]]:3 = mhc.recompute ins(
// OWN-NEXT: %[[Y0:.*]] = mhc.aggregate
// OWN-NEXT: %[[X1:.*]] = mhc.combine
// OWN-NEXT: %[[Y1:.*]] = mhc.aggregate %[[X1]]
// OWN-NEXT: mhc.return %[[Y0]], %[[X1]], %[[Y1]] : tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x64xbf16>
// OWN: call @sublayer_gradient(%[[BLOCK]]#2,
// OWN-NOT: mhc.recompute
// OWN: call @sublayer_gradient(%[[BLOCK]]#0,
// OWN: return

// SHORT-LABEL: func.func @chain_backward(
// SHORT: mhc.recompute ins(
// SHORT: return

// NOTHING-NOT: mhc.recompute
// NOTHING-NOT: mhc.pin

func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @sublayer_gradient}
func.func private @sublayer_gradient(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f2 = call @sublayer(%y2) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x3 : tensor<?x4x64xbf16>
}
