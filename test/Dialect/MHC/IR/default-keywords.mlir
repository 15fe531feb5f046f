// RUN: mhc-opt %s | FileCheck %s

// The first value of a keyword may be written, and is not printed.

// CHECK-LABEL: func.func @defaults(
// CHECK:         mhc.inner %arg0, %arg0 : (
// CHECK:         mhc.project %arg0 by %arg1 : (
func.func @defaults(%x: tensor<2x4x8xf32>, %phi: tensor<24x32xf32>) -> (tensor<2x4x4xf32>, tensor<2x24xf32>) {
  %0 = mhc.inner pairs %x, %x : (tensor<2x4x8xf32>, tensor<2x4x8xf32>) -> tensor<2x4x4xf32>
  %1 = mhc.project whole %x by %phi precision bf16x3 : (tensor<2x4x8xf32>, tensor<24x32xf32>) -> tensor<2x24xf32>
  return %0, %1 : tensor<2x4x4xf32>, tensor<2x24xf32>
}
