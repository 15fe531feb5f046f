// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-opt %s --mhc-fuse-kernels | mhc-opt | FileCheck %s

// Values with several users, ops with effects, loops: everything is still computed, once or
// again, and in an order.

func.func private @F(tensor<?x64xf32>) -> tensor<?x64xf32>
func.func private @print(tensor<?x64xf32>)

// The row goes to a call, to the function's results and on to the next ops.
// CHECK-LABEL: func.func @users(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, !mhc.row<4x64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[Y]] by %[[A2]] : f32, vector<4xf32>), (%[[C]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[Y]] : f32), row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xf32>, !mhc.row<4x64xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A3:[a-z0-9_]+]] = %[[F]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A4:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A5:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A6:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A5]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[C2]], %[[A6]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A4]] : f32, vector<4xf32>), (%[[Y1]] : f32), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O1]] : vector<4xf32>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xf32>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K1]] : tensor<?x64xf32>, tensor<?x4x64xf32>, tensor<?x4x64xf32>
func.func @users(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>)
    -> (tensor<?x64xf32>, tensor<?x4x64xf32>, tensor<?x4x64xf32>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %a = mhc.combine (%y by %post : tensor<?x64xf32>, tensor<?x4xf32>), (%x : tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
  %f = call @F(%y) : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %b = mhc.combine (%f by %post : tensor<?x64xf32>, tensor<?x4xf32>), (%y : tensor<?x64xf32>), (%x : tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
  return %y, %a, %b : tensor<?x64xf32>, tensor<?x4x64xf32>, tensor<?x4x64xf32>
}

// Two connections on one input are one kernel before their sublayers; one aggregates with what
// the other projects.
// CHECK-LABEL: func.func @two(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PHI:[a-z0-9_]+]]: tensor<4x256xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[PHI]] : tensor<4x256xf32> as !mhc.weight<4x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, vector<4xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32), project(%[[C]] by %[[A2]] : vector<4xf32>, !mhc.weight<4x4x64xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[S]]#1 : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y1]] : f32)
// CHECK: mhc.return %[[S]]#0, %[[S1]] : !mhc.row<64xf32>, !mhc.row<64xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[F1:[a-z0-9_]+]] = call @F(%[[K]]#1) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: return %[[F]], %[[F1]] : tensor<?x64xf32>, tensor<?x64xf32>
func.func @two(%x: tensor<?x4x64xf32>, %phi: tensor<4x256xf32>, %pre: tensor<?x4xf32>)
    -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %m = mhc.project %x by %phi : (tensor<?x4x64xf32>, tensor<4x256xf32>) -> tensor<?x4xf32>
  %a = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %b = mhc.aggregate %x, %m : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %f = call @F(%a) : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %g = call @F(%b) : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return %f, %g : tensor<?x64xf32>, tensor<?x64xf32>
}

// Tied phi: layers share it, and its gradient is the sum of theirs.
// CHECK-LABEL: func.func @tied(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[F:[a-z0-9_]+]]: tensor<?x64xf32>, %[[D:[a-z0-9_]+]]: tensor<?x4xf32>, %[[E:[a-z0-9_]+]]: tensor<?x4xf32>, %[[PHI:[a-z0-9_]+]]: tensor<4x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:4 = mhc.kernel "backward"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<4x256xf32> as !mhc.weight<4x4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[D]] : tensor<?x4xf32> as vector<4xf32>, %[[A3:[a-z0-9_]+]] = %[[F]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A4:[a-z0-9_]+]] = %[[E]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x256xf32>, %{{.*}} : tensor<4x256xf32>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?x4xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (vector<4xf32>, !mhc.total<4x4x64xf32>) {
// CHECK: mhc.exit project(%[[C]] by %[[A1]] : vector<4xf32>, !mhc.weight<4x4x64xf32>), outer(%[[A2]] by %[[C]] : vector<4xf32>, vector<4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (vector<4xf32>, !mhc.total<4x4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[S]]#0 : f32, vector<4xf32>), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit project(%[[O]] by %[[A1]] : vector<4xf32>, !mhc.weight<4x4x64xf32>), outer(%[[A4]] by %[[O]] : vector<4xf32>, vector<4xf32>)
// CHECK: mhc.return %[[S]]#1, %[[S1]]#1, %[[S]]#0, %[[S1]]#0 : !mhc.total<4x4x64xf32>, !mhc.total<4x4x64xf32>, vector<4xf32>, vector<4xf32>
// CHECK: %[[V:[a-z0-9_]+]] = arith.addf %[[K]]#0, %[[K]]#1 : tensor<4x256xf32>
// CHECK: return %[[K]]#2, %[[K]]#3, %[[V]] : tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x256xf32>
func.func @tied(%x: tensor<?x4x64xf32>, %f: tensor<?x64xf32>, %d: tensor<?x4xf32>, %e: tensor<?x4xf32>, %phi: tensor<4x256xf32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x256xf32>) {
  %m = mhc.project %x by %phi : (tensor<?x4x64xf32>, tensor<4x256xf32>) -> tensor<?x4xf32>
  %o = mhc.combine (%f by %m : tensor<?x64xf32>, tensor<?x4xf32>), (%x : tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
  %k = mhc.project %o by %phi : (tensor<?x4x64xf32>, tensor<4x256xf32>) -> tensor<?x4xf32>
  %s = mhc.outer %d by %x : (tensor<?x4xf32>, tensor<?x4x64xf32>) -> tensor<4x256xf32>
  %t = mhc.outer %e by %o : (tensor<?x4xf32>, tensor<?x4x64xf32>) -> tensor<4x256xf32>
  %dphi = arith.addf %s, %t : tensor<4x256xf32>
  return %m, %k, %dphi : tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x256xf32>
}

// Calls may have effects: the four stay in order, with their kernels between.
// CHECK-LABEL: func.func @effects(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[Z:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[Z]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, !mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32), row(%[[Y1]] : f32)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xf32>, !mhc.row<64xf32>
// CHECK: call @print(%[[K]]#0) : (tensor<?x64xf32>) -> ()
// CHECK: call @print(%[[K]]#1) : (tensor<?x64xf32>) -> ()
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#1) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A3:[a-z0-9_]+]] = %[[K]]#0 : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>, %[[C3:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] : f32), (%[[C3]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: call @print(%[[K1]]) : (tensor<?x64xf32>) -> ()
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @effects(%x: tensor<?x4x64xf32>, %z: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) -> tensor<?x64xf32> {
  %a = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  call @print(%a) : (tensor<?x64xf32>) -> ()
  %b = mhc.aggregate %z, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  call @print(%b) : (tensor<?x64xf32>) -> ()
  %f = call @F(%b) : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %c = mhc.combine (%a : tensor<?x64xf32>), (%f : tensor<?x64xf32>) -> tensor<?x64xf32>
  call @print(%c) : (tensor<?x64xf32>) -> ()
  return %c : tensor<?x64xf32>
}

// Nobody reads it: nothing is left of it.
// CHECK-LABEL: func.func @dead(
// CHECK-SAME: %{{.*}}: tensor<?x4x64xf32>, %{{.*}}: tensor<?x4xf32>)
// CHECK: return
func.func @dead(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) {
  %a = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  return
}

// The body of a loop is a block of its own.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[V:[a-z0-9_]+]] = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[A1:[a-z0-9_]+]] = %[[X]]) -> (tensor<?x4x64xf32>) {
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[A1]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A3:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A3]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = func.call @F(%[[K]]) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[V1]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A5:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A6:[a-z0-9_]+]] = %[[A1]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A6]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A5]] : f32, vector<4xf32>), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xf32>
// CHECK: scf.yield %[[K1]] : tensor<?x4x64xf32>
// CHECK: return %[[V]] : tensor<?x4x64xf32>
func.func @loop(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>) -> tensor<?x4x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %out = scf.for %i = %c0 to %c9 step %c1 iter_args(%s = %x) -> tensor<?x4x64xf32> {
    %y = mhc.aggregate %s, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
    %f = func.call @F(%y) : (tensor<?x64xf32>) -> tensor<?x64xf32>
    %n = mhc.combine (%f by %post : tensor<?x64xf32>, tensor<?x4xf32>), (%s : tensor<?x4x64xf32>) -> tensor<?x4x64xf32>
    scf.yield %n : tensor<?x4x64xf32>
  }
  return %out : tensor<?x4x64xf32>
}

// What stands before a loop is complete before it.
// CHECK-LABEL: func.func @before_loop(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, !mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[Y]] : f32), (%[[Y]] : f32) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32), row(%[[O]] : f32)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xf32>, !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = scf.for %{{.*}} = %{{.*}} to %{{.*}} step %{{.*}} iter_args(%[[A3:[a-z0-9_]+]] = %[[K]]#0) -> (tensor<?x64xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = func.call @F(%[[A3]]) : (tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[V1]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A5:[a-z0-9_]+]] = %[[K]]#1 : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%[[Y]] : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A5]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C1]] : f32), (%[[C2]] : f32) -> f32
// CHECK: mhc.exit row(%[[O1]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: scf.yield %[[K1]] : tensor<?x64xf32>
// CHECK: return %[[V]] : tensor<?x64xf32>
func.func @before_loop(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %z = mhc.combine (%y : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  %out = scf.for %i = %c0 to %c9 step %c1 iter_args(%s = %y) -> tensor<?x64xf32> {
    %f = func.call @F(%s) : (tensor<?x64xf32>) -> tensor<?x64xf32>
    %n = mhc.combine (%f : tensor<?x64xf32>), (%z : tensor<?x64xf32>) -> tensor<?x64xf32>
    scf.yield %n : tensor<?x64xf32>
  }
  return %out : tensor<?x64xf32>
}

// The sizes are those of operands, not of what a kernel makes.
// CHECK-LABEL: func.func @sizes(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]], %{{.*}} : tensor<?x64xf32>, index
func.func @sizes(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) -> (tensor<?x64xf32>, index) {
  %c0 = arith.constant 0 : index
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %n = tensor.dim %y, %c0 : tensor<?x64xf32>
  return %y, %n : tensor<?x64xf32>, index
}

// Elementwise ops alone are left to others.
// CHECK-LABEL: func.func @elementwise(
// CHECK-SAME: %[[A:[a-z0-9_]+]]: tensor<?x64xf32>, %[[B:[a-z0-9_]+]]: tensor<?x64xf32>)
// CHECK: %[[V:[a-z0-9_]+]] = arith.addf %[[A]], %[[B]] : tensor<?x64xf32>
// CHECK: return %[[V]] : tensor<?x64xf32>
func.func @elementwise(%a: tensor<?x64xf32>, %b: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %c = arith.addf %a, %b : tensor<?x64xf32>
  return %c : tensor<?x64xf32>
}
