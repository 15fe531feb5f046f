// RUN: mhc-opt %s --mhc-check-sizes | FileCheck %s

// A size that is static in one operand and dynamic in another is compared too.

// CHECK-LABEL: func.func @static_coefficients(
// CHECK:         cf.assert %{{.*}}, "{{.*}}in dimension 0"
// CHECK-NEXT:    mhc.aggregate
func.func @static_coefficients(%x: tensor<?x4x8xf32>, %pre: tensor<3x4xf32>) -> tensor<?x8xf32> {
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf32>, tensor<3x4xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// Dimension 1 is static in x.

// CHECK-LABEL: func.func @second_dimension(
// CHECK:         cf.assert %{{.*}}, "{{.*}}in dimension 0"
// CHECK:         cf.assert %{{.*}}, "{{.*}}in dimension 1"
// CHECK-NEXT:    mhc.aggregate
func.func @second_dimension(%x: tensor<?x3x4x8xf32>, %pre: tensor<?x?x4xf32>) -> tensor<?x3x8xf32> {
  %0 = mhc.aggregate %x, %pre : (tensor<?x3x4x8xf32>, tensor<?x?x4xf32>) -> tensor<?x3x8xf32>
  return %0 : tensor<?x3x8xf32>
}
