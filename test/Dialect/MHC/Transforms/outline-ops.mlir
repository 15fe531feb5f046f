// RUN: mhc-opt %s --mhc-outline-ops --mlir-print-local-scope | FileCheck %s

// One private function for all equal ops.

// Equal ops share one, whichever values they read; an op with another attribute or type has its own.

// CHECK-LABEL: func.func @model(
// CHECK-SAME:    %[[X:.*]]: tensor<?x2x8xf32>, %[[P:.*]]: tensor<?x2xf32>)
// CHECK:         %[[T0:.*]] = tensor.dim %[[X]], %{{.*}} : tensor<?x2x8xf32>
// CHECK-NEXT:    %[[E0:.*]] = tensor.empty(%[[T0]]) : tensor<?x8xf32>
// CHECK-NEXT:    %[[SUM:.*]] = call @mhc_reduce_streams(%[[X]], %[[E0]]) : (tensor<?x2x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK:         %[[T1:.*]] = tensor.dim %[[SUM]], %{{.*}} : tensor<?x8xf32>
// CHECK-NEXT:    %[[E1:.*]] = tensor.empty(%[[T1]]) : tensor<?x2x8xf32>
// CHECK-NEXT:    %[[WIDE:.*]] = call @mhc_expand(%[[SUM]], %[[E1]])
// CHECK:         %[[SECOND:.*]] = call @mhc_reduce_streams(%[[WIDE]], %{{.*}})
// CHECK:         %[[MEAN:.*]] = call @mhc_reduce_streams_0(%[[WIDE]], %{{.*}})
// CHECK:         %[[HALF:.*]] = call @mhc_reduce_streams_1(%[[WIDE]], %{{.*}}) : (tensor<?x2x8xf32>, tensor<?x8xf16>) -> tensor<?x8xf16>
// CHECK:         %[[READ:.*]] = call @mhc_aggregate(%[[WIDE]], %[[P]], %{{.*}})
// CHECK-NEXT:    return %[[SECOND]], %[[MEAN]], %[[HALF]], %[[READ]]
func.func @model(%x: tensor<?x2x8xf32>, %p: tensor<?x2xf32>)
    -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf16>, tensor<?x8xf32>) {
  %0 = mhc.reduce_streams sum %x : tensor<?x2x8xf32> to tensor<?x8xf32>
  %1 = mhc.expand %0 : tensor<?x8xf32> to tensor<?x2x8xf32>
  %2 = mhc.reduce_streams sum %1 : tensor<?x2x8xf32> to tensor<?x8xf32>
  %3 = mhc.reduce_streams mean %1 : tensor<?x2x8xf32> to tensor<?x8xf32>
  %4 = mhc.reduce_streams mean %1 : tensor<?x2x8xf32> to tensor<?x8xf16>
  %5 = mhc.aggregate %1, %p : (tensor<?x2x8xf32>, tensor<?x2xf32>) -> tensor<?x8xf32>
  return %2, %3, %4, %5 : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf16>, tensor<?x8xf32>
}

// Functions share too: this one makes no second mhc_expand. Ops in regions are outlined, the region stays.

// CHECK-LABEL: func.func @loop(
// CHECK:         scf.for
// CHECK:           call @mhc_expand(
// CHECK:           call @mhc_reduce_streams(
// CHECK:           scf.yield
func.func @loop(%x: tensor<?x8xf32>, %n: index) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> tensor<?x8xf32> {
    %0 = mhc.expand %s : tensor<?x8xf32> to tensor<?x2x8xf32>
    %1 = mhc.reduce_streams sum %0 : tensor<?x2x8xf32> to tensor<?x8xf32>
    scf.yield %1 : tensor<?x8xf32>
  }
  return %r : tensor<?x8xf32>
}

// Several results: a destination for each, in order.

// CHECK-LABEL: func.func @gates(
// CHECK-SAME:    %[[H:.*]]: tensor<?x4xf32>, %[[S:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK:         %[[E0:.*]] = tensor.empty(%{{.*}}) : tensor<?x2xf32>
// CHECK:         %[[E1:.*]] = tensor.empty(%{{.*}}) : tensor<?x2xf32>
// CHECK-NEXT:    %[[G:.*]]:2 = call @mhc_gates(%[[H]], %[[S]], %[[B]], %[[E0]], %[[E1]])
// CHECK-NEXT:    return %[[G]]#0, %[[G]]#1
func.func @gates(%h: tensor<?x4xf32>, %s: tensor<3xf32>, %b: tensor<4xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
  %pre, %post = mhc.gates #mhc.gates<post_mult = 2.0> %h, %s, %b
      : (tensor<?x4xf32>, tensor<3xf32>, tensor<4xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>)
  return %pre, %post : tensor<?x2xf32>, tensor<?x2xf32>
}

// A result that depends on no operand's size, summed over tokens.

// CHECK-LABEL: func.func @outer(
// CHECK:         %[[E:.*]] = tensor.empty() : tensor<3x8xf32>
// CHECK-NEXT:    call @mhc_outer(%{{.*}}, %{{.*}}, %[[E]])
func.func @outer(%d: tensor<?x3xf32>, %x: tensor<?x8xf32>) -> tensor<3x8xf32> {
  %0 = mhc.outer %d by %x : (tensor<?x3xf32>, tensor<?x8xf32>) -> tensor<3x8xf32>
  return %0 : tensor<3x8xf32>
}

// Assertions with one message share, with another they do not.

// CHECK-LABEL: func.func @assertions(
// CHECK-SAME:    %[[A:.*]]: i1, %[[B:.*]]: i1)
// CHECK-NEXT:    call @cf_assert(%[[A]]) : (i1) -> ()
// CHECK-NEXT:    call @cf_assert(%[[B]]) : (i1) -> ()
// CHECK-NEXT:    call @[[OTHER:cf_assert_[0-9]+]](%[[A]]) : (i1) -> ()
func.func @assertions(%a: i1, %b: i1) {
  cf.assert %a, "one"
  cf.assert %b, "one"
  cf.assert %a, "two"
  return
}

// linalg ops bring their destination. One whose region reads a value from outside stays where it is, and so does one
// on buffers.

// CHECK-LABEL: func.func @linalg(
// CHECK-SAME:    %[[M:.*]]: tensor<2x2xf32>, %[[K:.*]]: f32, %[[BUFFER:.*]]: memref<2x2xf32>)
// CHECK:         %[[E:.*]] = tensor.empty() : tensor<2x2xf32>
// CHECK-NEXT:    %[[Z:.*]] = call @linalg_fill(%[[K]], %[[E]])
// CHECK-NEXT:    call @linalg_matmul(%[[M]], %[[M]], %[[Z]])
// CHECK-NEXT:    call @linalg_matmul(%[[Z]], %[[M]], %[[E]])
// CHECK-NEXT:    linalg.generic
// CHECK:           arith.mulf %{{.*}}, %[[K]]
// CHECK:         linalg.fill ins(%[[K]] : f32) outs(%[[BUFFER]] : memref<2x2xf32>)
func.func @linalg(%m: tensor<2x2xf32>, %k: f32, %buffer: memref<2x2xf32>)
    -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %e = tensor.empty() : tensor<2x2xf32>
  %z = linalg.fill ins(%k : f32) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %0 = linalg.matmul ins(%m, %m : tensor<2x2xf32>, tensor<2x2xf32>) outs(%z : tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = linalg.matmul ins(%z, %m : tensor<2x2xf32>, tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<2x2xf32>) outs(%e : tensor<2x2xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.mulf %a, %k : f32
    linalg.yield %s : f32
  } -> tensor<2x2xf32>
  linalg.fill ins(%k : f32) outs(%buffer : memref<2x2xf32>)
  return %0, %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// A name that is taken is not taken again.

// CHECK: func.func private @mhc_combine(%{{.*}}: i32)
func.func private @mhc_combine(%x: i32) {
  return
}

// CHECK-LABEL: func.func @taken(
// CHECK:         call @[[COMBINE:mhc_combine_[0-9]+]](
func.func @taken(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = mhc.combine (%x : tensor<?x8xf32>), (%x : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// What was made: the op, and its result into the destination.

// CHECK:       func.func private @mhc_reduce_streams(%[[A:.*]]: tensor<?x2x8xf32>, %[[D:.*]]: tensor<?x8xf32>) -> tensor<?x8xf32> {
// CHECK-NEXT:    %[[R:.*]] = mhc.reduce_streams sum %[[A]] : tensor<?x2x8xf32> to tensor<?x8xf32>
// CHECK-NEXT:    %[[M:.*]] = bufferization.materialize_in_destination %[[R]] in %[[D]] : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
// CHECK-NEXT:    return %[[M]] : tensor<?x8xf32>
// CHECK:       func.func private @mhc_expand(
// CHECK:       func.func private @mhc_reduce_streams_0(
// CHECK-NEXT:    mhc.reduce_streams mean
// CHECK:       func.func private @mhc_reduce_streams_1(
// CHECK:       func.func private @mhc_aggregate(
// CHECK:       func.func private @mhc_gates(%[[H:.*]]: tensor<?x4xf32>, %[[S:.*]]: tensor<3xf32>, %[[B:.*]]: tensor<4xf32>, %[[D0:.*]]: tensor<?x2xf32>, %[[D1:.*]]: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xf32>) {
// CHECK-NEXT:    %[[G:.*]]:2 = mhc.gates <activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00> %[[H]], %[[S]], %[[B]]
// CHECK-NEXT:    %[[M0:.*]] = bufferization.materialize_in_destination %[[G]]#0 in %[[D0]]
// CHECK-NEXT:    %[[M1:.*]] = bufferization.materialize_in_destination %[[G]]#1 in %[[D1]]
// CHECK-NEXT:    return %[[M0]], %[[M1]]
// CHECK:       func.func private @mhc_outer(
// CHECK:       func.func private @cf_assert(%[[A:.*]]: i1) {
// CHECK-NEXT:    cf.assert %[[A]], "one"
// CHECK:       func.func private @[[OTHER]](
// CHECK-NEXT:    cf.assert %{{.*}}, "two"
// CHECK:       func.func private @linalg_fill(
// CHECK:       func.func private @linalg_matmul(%[[A:.*]]: tensor<2x2xf32>, %[[B:.*]]: tensor<2x2xf32>, %[[D:.*]]: tensor<2x2xf32>)
// CHECK-NEXT:    %[[R:.*]] = linalg.matmul ins(%[[A]], %[[B]] : tensor<2x2xf32>, tensor<2x2xf32>) outs(%[[D]] : tensor<2x2xf32>) -> tensor<2x2xf32>
// CHECK-NEXT:    return %[[R]]
// CHECK:       func.func private @[[COMBINE]](
// CHECK-NOT:   func.func
