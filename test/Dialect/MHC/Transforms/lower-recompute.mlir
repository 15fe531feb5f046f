// RUN: mhc-opt %s --mhc-lower-recompute | FileCheck %s --check-prefixes=CHECK,ALL
// RUN: mhc-opt %s --mhc-lower-recompute=fused | FileCheck %s --check-prefixes=CHECK,FUSED
// RUN: mhc-opt %s --mhc-lower-recompute=fused --mhc-fuse-kernels --mhc-lower-recompute | FileCheck %s --check-prefix=KERNELS

// Pins are removed, whatever they say.
// CHECK-LABEL: func.func @pins
// CHECK-SAME: %[[X:.*]]: tensor<?x64xf32>
// CHECK-NEXT: return %[[X]], %[[X]]
func.func @pins(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %0 = mhc.pin keep %x : tensor<?x64xf32>
  %1 = mhc.pin stage %0 : tensor<?x64xf32>
  %2 = mhc.pin given %x : tensor<?x64xf32>
  return %1, %2 : tensor<?x64xf32>, tensor<?x64xf32>
}

// CHECK-LABEL: func.func @regions
// CHECK-SAME: %[[X:.*]]: tensor<?x4x64xbf16>, %[[PRE:.*]]: tensor<?x4xf32>
// A region that is not fused stays with `fused`.
// ALL-NEXT: %[[A:.*]] = mhc.aggregate %[[X]], %[[PRE]] : (
// ALL-NEXT: %[[B:.*]] = mhc.aggregate %[[X]], %[[PRE]] : (
// FUSED-NEXT: %[[A:.*]] = mhc.recompute ins(
// FUSED-NEXT: mhc.aggregate %{{.*}}, %{{.*}} : (
// FUSED-NEXT: mhc.return
// FUSED-NEXT: }
// Ops of one that is are late.
// FUSED-NEXT: %[[B:.*]] = mhc.aggregate %[[X]], %[[PRE]] {mhc.late} : (
// What is returned is an operand of the region, and a pin in a region goes as well.
// CHECK-NEXT: return %[[A]], %[[B]], %[[X]], %[[PRE]]
// KERNELS-LABEL: func.func @regions
// KERNELS-NOT: mhc.late
// KERNELS-NOT: mhc.recompute
func.func @regions(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>)
    -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>) {
  %0 = mhc.recompute ins(%a = %x : tensor<?x4x64xbf16>, %b = %pre : tensor<?x4xf32>) -> (tensor<?x64xbf16>) {
    %pinned = mhc.pin keep %a : tensor<?x4x64xbf16>
    %y = mhc.aggregate %pinned, %b : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %y : tensor<?x64xbf16>
  }
  %1:3 = mhc.recompute fused ins(%b = %pre : tensor<?x4xf32>, %a = %x : tensor<?x4x64xbf16>)
      -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>) {
    %y = mhc.aggregate %a, %b : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %y, %a, %b : tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>
  }
  return %0, %1#0, %1#1, %1#2 : tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>
}

// One region reads what another made, and stands in a loop.
// CHECK-LABEL: func.func @chain
// CHECK: scf.for
// ALL-NOT: mhc.recompute
// ALL: %[[A:.*]] = arith.addf %[[T:.*]], %[[T]] : tensor<8xf32>
// ALL-NEXT: %[[B:.*]] = arith.mulf %[[A]], %[[T]] : tensor<8xf32>
// ALL-NEXT: scf.yield %[[B]]
func.func @chain(%x: tensor<8xf32>) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = scf.for %i = %c0 to %c3 step %c1 iter_args(%t = %x) -> tensor<8xf32> {
    %1 = mhc.recompute ins(%a = %t : tensor<8xf32>) -> (tensor<8xf32>) {
      %2 = arith.addf %a, %a : tensor<8xf32>
      mhc.return %2 : tensor<8xf32>
    }
    %3 = mhc.recompute ins(%a = %1 : tensor<8xf32>, %b = %t : tensor<8xf32>) -> (tensor<8xf32>) {
      %4 = arith.mulf %a, %b : tensor<8xf32>
      mhc.return %4 : tensor<8xf32>
    }
    scf.yield %3 : tensor<8xf32>
  }
  return %0 : tensor<8xf32>
}
