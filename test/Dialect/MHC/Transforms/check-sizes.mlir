// RUN: mhc-opt %s --mhc-check-sizes | FileCheck %s

// Dynamic token dimensions are compared before the op that needs them to be equal.

// The dimension of a second operand with that of the first; the message has op and place.

// CHECK-LABEL: func.func @aggregate(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xf32>, %[[PRE:.*]]: tensor<?x4xf32>)
// CHECK-DAG:     %[[A:.*]] = tensor.dim %[[X]], %{{.*}} : tensor<?x4x8xf32>
// CHECK-DAG:     %[[B:.*]] = tensor.dim %[[PRE]], %{{.*}} : tensor<?x4xf32>
// CHECK:         %[[EQUAL:.*]] = arith.cmpi eq, %[[A]], %[[B]] : index
// CHECK-NEXT:    cf.assert %[[EQUAL]], "{{.*}}check-sizes.mlir:[[# @LINE + 3]]:8: error: 'mhc.aggregate' op expected the same token dimensions in all operands, got another size in dimension 0"
// CHECK-NEXT:    mhc.aggregate
func.func @aggregate(%x: tensor<?x4x8xf32>, %pre: tensor<?x4xf32>) -> tensor<?x8xf32> {
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// Two token dimensions and three operands: an assertion a dimension, which joins two comparisons.

// CHECK-LABEL: func.func @combine(
// CHECK-COUNT-2: arith.cmpi eq
// CHECK-NEXT:    %[[FIRST:.*]] = arith.andi
// CHECK-NEXT:    cf.assert %[[FIRST]], "{{.*}}in dimension 0"
// CHECK-COUNT-2: arith.cmpi eq
// CHECK-NEXT:    %[[SECOND:.*]] = arith.andi
// CHECK-NEXT:    cf.assert %[[SECOND]], "{{.*}}in dimension 1"
// CHECK-NEXT:    mhc.combine
func.func @combine(%f: tensor<?x?x8xf32>, %post: tensor<?x?x2xf32>, %x: tensor<?x?x2x8xf32>) -> tensor<?x?x2x8xf32> {
  %0 = mhc.combine (%f by %post : tensor<?x?x8xf32>, tensor<?x?x2xf32>), (%x : tensor<?x?x2x8xf32>)
      -> tensor<?x?x2x8xf32>
  return %0 : tensor<?x?x2x8xf32>
}

// Nothing to compare: static sizes, weights and coefficients without tokens, one operand, one operand twice.

// CHECK-LABEL: func.func @nothing(
// CHECK-NOT:     cf.assert
// CHECK:         return
func.func @nothing(%x: tensor<3x4x8xf32>, %pre: tensor<3x4xf32>, %d: tensor<?x4x8xf32>, %fixed: tensor<4xf32>,
                   %phi: tensor<24x32xf32>)
    -> (tensor<3x8xf32>, tensor<?x8xf32>, tensor<?x24xf32>, tensor<?x8xf32>, tensor<?xf32>) {
  %0 = mhc.aggregate %x, %pre : (tensor<3x4x8xf32>, tensor<3x4xf32>) -> tensor<3x8xf32>
  %1 = mhc.aggregate %d, %fixed : (tensor<?x4x8xf32>, tensor<4xf32>) -> tensor<?x8xf32>
  %2 = mhc.project %d by %phi : (tensor<?x4x8xf32>, tensor<24x32xf32>) -> tensor<?x24xf32>
  %3 = mhc.reduce_streams sum %d : tensor<?x4x8xf32> to tensor<?x8xf32>
  %4 = mhc.inner whole %d, %d : (tensor<?x4x8xf32>, tensor<?x4x8xf32>) -> tensor<?xf32>
  return %0, %1, %2, %3, %4 : tensor<3x8xf32>, tensor<?x8xf32>, tensor<?x24xf32>, tensor<?x8xf32>, tensor<?xf32>
}

// Ops in regions too; connections are lowered before, and left alone.

// CHECK-LABEL: func.func @regions(
// CHECK:         scf.if
// CHECK:           cf.assert %{{.*}}, "{{.*}}'mhc.inner' op expected
// CHECK-NEXT:      mhc.inner
// CHECK-NOT:     cf.assert
func.func @regions(%c: i1, %a: tensor<?x8xf32>, %b: tensor<?x8xf32>, %zero: tensor<?xf32>)
    -> (tensor<?xf32>, tensor<?x8xf32>) {
  %0 = scf.if %c -> tensor<?xf32> {
    %1 = mhc.inner %a, %b : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?xf32>
    scf.yield %1 : tensor<?xf32>
  } else {
    scf.yield %zero : tensor<?xf32>
  }
  %out = mhc.connection #mhc.variant<residual> %a
      : (tensor<?x8xf32>) -> tensor<?x8xf32> sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %b : tensor<?x8xf32>
  }
  return %0, %out : tensor<?xf32>, tensor<?x8xf32>
}

// A size that a program computes may be negative; that of a tensor is not.

// CHECK-LABEL: func.func @empty(
// CHECK-SAME:    %[[SIZE:.*]]: index
// CHECK:         %[[FITS:.*]] = arith.cmpi sge, %[[SIZE]], %{{.*}} : index
// CHECK-NEXT:    cf.assert %[[FITS]], "{{.*}}'tensor.empty' op expected sizes that are not negative, got one that is"
// CHECK-NOT:     cf.assert
func.func @empty(%size: index, %x: tensor<?x8xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %0 = tensor.empty(%size) : tensor<?xf32>
  %tokens = tensor.dim %x, %c0 : tensor<?x8xf32>
  %1 = tensor.empty(%tokens) : tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// A result that states a size which its operand does not.

// CHECK-LABEL: func.func @static_result(
// CHECK:         %[[FOUR:.*]] = arith.constant 4 : index
// CHECK:         %[[SAME:.*]] = arith.cmpi eq, %[[FOUR]], %{{.*}} : index
// CHECK-NEXT:    cf.assert %[[SAME]]
func.func @static_result(%x: tensor<?x2x8xf32>) -> tensor<4x8xf32> {
  %0 = mhc.reduce_streams sum %x : tensor<?x2x8xf32> to tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}

// Factors of a scaled row, where nothing says which dimensions are streams.

// CHECK-LABEL: func.func @factors(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4x8xf32>, %[[K:.*]]: tensor<?xf32>)
// CHECK-DAG:     %[[A:.*]] = tensor.dim %[[X]], %{{.*}} : tensor<?x4x8xf32>
// CHECK-DAG:     %[[B:.*]] = tensor.dim %[[K]], %{{.*}} : tensor<?xf32>
// CHECK:         %[[SAME:.*]] = arith.cmpi eq, %[[A]], %[[B]] : index
// CHECK-NEXT:    cf.assert %[[SAME]], "{{.*}}in dimension 0"
// CHECK-NEXT:    mhc.combine
func.func @factors(%x: tensor<?x4x8xf32>, %k: tensor<?xf32>) -> tensor<?x4x8xf32> {
  %0 = mhc.combine (%x scaled %k : tensor<?x4x8xf32>, tensor<?xf32>) -> tensor<?x4x8xf32>
  return %0 : tensor<?x4x8xf32>
}
