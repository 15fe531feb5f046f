// RUN: mhc-opt %s --resolve-ranked-shaped-type-result-dims --cse --canonicalize --split-input-file | FileCheck %s

// The dynamic sizes of every op's results are those of an operand.

// CHECK-LABEL: func.func @connection(
// CHECK-DAG: %[[C1:.+]] = arith.constant 1 : index
// CHECK: %[[D:.+]] = tensor.dim %arg0, %[[C1]] : tensor<2x?x4x8xf32>
// CHECK: return %[[D]], %[[D]] : index, index
func.func @connection(%x: tensor<2x?x4x8xf32>, %phi: tensor<24x32xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) -> (index, index) {
  %c1 = arith.constant 1 : index
  %0, %1 = mhc.connection #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<2x?x4x8xf32>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<2x?x4x8xf32>, tensor<2x?x4xf32>) sublayer(%y: tensor<2x?x8xf32>) {
    mhc.yield %y : tensor<2x?x8xf32>
  }
  %d0 = tensor.dim %0, %c1 : tensor<2x?x4x8xf32>
  %d1 = tensor.dim %1, %c1 : tensor<2x?x4xf32>
  return %d0, %d1 : index, index
}

// -----

// CHECK-LABEL: func.func @head(
// CHECK: %[[D:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x4x8xf32>
// CHECK: return %[[D]] : index
func.func @head(%x: tensor<?x4x8xf32>, %phi: tensor<4x32xf32>, %scale: tensor<1xf32>, %base: tensor<4xf32>) -> index {
  %c0 = arith.constant 0 : index
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<?x4x8xf32>, tensor<4x32xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x8xf32>
  %d = tensor.dim %0, %c0 : tensor<?x8xf32>
  return %d : index
}

// -----

// CHECK-LABEL: func.func @expand_reduce(
// CHECK-DAG: %[[C0:.+]] = arith.constant 0 : index
// CHECK-DAG: %[[A:.+]] = tensor.dim %arg0, %[[C0]] : tensor<?x8xf32>
// CHECK-DAG: %[[B:.+]] = tensor.dim %arg1, %[[C0]] : tensor<?x4x8xf32>
// CHECK: return %[[A]], %[[B]] : index, index
func.func @expand_reduce(%x: tensor<?x8xf32>, %z: tensor<?x4x8xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %0 = mhc.expand %x : tensor<?x8xf32> to tensor<?x4x8xf32>
  %1 = mhc.reduce_streams mean %z : tensor<?x4x8xf32> to tensor<?x8xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x4x8xf32>
  %d1 = tensor.dim %1, %c0 : tensor<?x8xf32>
  return %d0, %d1 : index, index
}

// -----

// Of a combine, those of its first row, which may have no streams.
// CHECK-LABEL: func.func @combine(
// CHECK: %[[D:.+]] = tensor.dim %arg1, %{{.+}} : tensor<?x8xf32>
// CHECK: return %[[D]] : index
func.func @combine(%x: tensor<?x4x8xf32>, %f: tensor<?x8xf32>, %post: tensor<4xf32>) -> index {
  %c0 = arith.constant 0 : index
  %0 = mhc.combine (%f by %post : tensor<?x8xf32>, tensor<4xf32>), (%x : tensor<?x4x8xf32>) -> tensor<?x4x8xf32>
  %d = tensor.dim %0, %c0 : tensor<?x4x8xf32>
  return %d : index
}

// -----

// CHECK-LABEL: func.func @aggregate_inner(
// CHECK-DAG: %[[C0:.+]] = arith.constant 0 : index
// CHECK: %[[D:.+]] = tensor.dim %arg0, %[[C0]] : tensor<?x4x8xf32>
// CHECK-NEXT: return %[[D]], %[[D]], %[[D]], %[[D]] : index, index, index, index
func.func @aggregate_inner(%x: tensor<?x4x8xf32>, %pre: tensor<4xf32>) -> (index, index, index, index) {
  %c0 = arith.constant 0 : index
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf32>, tensor<4xf32>) -> tensor<?x8xf32>
  %1 = mhc.inner %x, %x : (tensor<?x4x8xf32>, tensor<?x4x8xf32>) -> tensor<?x4x4xf32>
  %2 = mhc.inner each %x, %x : (tensor<?x4x8xf32>, tensor<?x4x8xf32>) -> tensor<?x4xf32>
  %3 = mhc.inner whole %x, %x : (tensor<?x4x8xf32>, tensor<?x4x8xf32>) -> tensor<?xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x8xf32>
  %d1 = tensor.dim %1, %c0 : tensor<?x4x4xf32>
  %d2 = tensor.dim %2, %c0 : tensor<?x4xf32>
  %d3 = tensor.dim %3, %c0 : tensor<?xf32>
  return %d0, %d1, %d2, %d3 : index, index, index, index
}

// -----

// CHECK-LABEL: func.func @project(
// CHECK: %[[D:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x4x8xf32>
// CHECK-NEXT: return %[[D]], %[[D]] : index, index
func.func @project(%x: tensor<?x4x8xf32>, %phi: tensor<24x32xf32>, %each: tensor<6x8xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %0 = mhc.project %x by %phi : (tensor<?x4x8xf32>, tensor<24x32xf32>) -> tensor<?x24xf32>
  %1 = mhc.project each %x by %each : (tensor<?x4x8xf32>, tensor<6x8xf32>) -> tensor<?x4x6xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x24xf32>
  %d1 = tensor.dim %1, %c0 : tensor<?x4x6xf32>
  return %d0, %d1 : index, index
}

// -----

// CHECK-LABEL: func.func @backproject(
// CHECK: %[[D:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x24xf32>
// CHECK-NEXT: return %[[D]] : index
func.func @backproject(%d: tensor<?x24xf32>, %phi: tensor<24x32xf32>) -> index {
  %c0 = arith.constant 0 : index
  %0 = mhc.backproject %d by %phi : (tensor<?x24xf32>, tensor<24x32xf32>) -> tensor<?x4x8xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x4x8xf32>
  return %d0 : index
}

// -----

// The result of an outer product has no token dimension.
// CHECK-LABEL: func.func @outer(
// CHECK-DAG: %[[M:.+]] = arith.constant 24 : index
// CHECK-DAG: %[[K:.+]] = arith.constant 32 : index
// CHECK: return %[[M]], %[[K]] : index, index
func.func @outer(%d: tensor<?x24xf32>, %x: tensor<?x4x8xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = mhc.outer %d by %x : (tensor<?x24xf32>, tensor<?x4x8xf32>) -> tensor<24x32xf32>
  %d0 = tensor.dim %0, %c0 : tensor<24x32xf32>
  %d1 = tensor.dim %0, %c1 : tensor<24x32xf32>
  return %d0, %d1 : index, index
}

// -----

// CHECK-LABEL: func.func @gates(
// CHECK: %[[D:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x24xf32>
// CHECK-NEXT: return %[[D]], %[[D]], %[[D]] : index, index, index
func.func @gates(%h: tensor<?x24xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) -> (index, index, index) {
  %c0 = arith.constant 0 : index
  %0:3 = mhc.gates #mhc.gates<> %h, %scale, %base : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  %d0 = tensor.dim %0#0, %c0 : tensor<?x4xf32>
  %d1 = tensor.dim %0#1, %c0 : tensor<?x4xf32>
  %d2 = tensor.dim %0#2, %c0 : tensor<?x4x4xf32>
  return %d0, %d1, %d2 : index, index, index
}

// -----

// CHECK-LABEL: func.func @rstd(
// CHECK: %[[D:.+]] = tensor.dim %arg0, %{{.+}} : tensor<?x4xf32>
// CHECK-NEXT: return %[[D]] : index
func.func @rstd(%x: tensor<?x4xf32>) -> index {
  %c0 = arith.constant 0 : index
  %0 = mhc.rstd %x {count = 8 : i64, eps = 0.0 : f64} : tensor<?x4xf32>
  %d = tensor.dim %0, %c0 : tensor<?x4xf32>
  return %d : index
}

// -----

// Two dynamic dimensions, each its own.
// CHECK-LABEL: func.func @sinkhorn(
// CHECK-DAG: %[[C0:.+]] = arith.constant 0 : index
// CHECK-DAG: %[[C1:.+]] = arith.constant 1 : index
// CHECK-DAG: %[[A:.+]] = tensor.dim %arg0, %[[C0]] : tensor<?x?x4x4xf32>
// CHECK-DAG: %[[B:.+]] = tensor.dim %arg0, %[[C1]] : tensor<?x?x4x4xf32>
// CHECK: return %[[A]], %[[B]] : index, index
func.func @sinkhorn(%x: tensor<?x?x4x4xf32>) -> (index, index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = mhc.sinkhorn <iterations = 1, eps = 0.0, start = exp> %x : tensor<?x?x4x4xf32>
  %1 = mhc.sinkhorn_step rows %x {eps = 0.0 : f64} : tensor<?x?x4x4xf32>
  %d0 = tensor.dim %0, %c0 : tensor<?x?x4x4xf32>
  %d1 = tensor.dim %1, %c1 : tensor<?x?x4x4xf32>
  return %d0, %d1 : index, index
}
