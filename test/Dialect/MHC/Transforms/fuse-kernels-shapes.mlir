// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-opt %s --mhc-fuse-kernels | mhc-opt | FileCheck %s

// Token dimensions and types of every kind; the program of one token is the same.

// Several token dimensions, some static.
// CHECK-LABEL: func.func @several(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<2x?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<2x?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<2x?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<2x?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<2x?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<2x?x64xbf16>
func.func @several(%x: tensor<2x?x4x64xbf16>, %pre: tensor<2x?x4xf32>) -> tensor<2x?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<2x?x4x64xbf16>, tensor<2x?x4xf32>) -> tensor<2x?x64xbf16>
  return %y : tensor<2x?x64xbf16>
}

// One token without a dimension: rows have two, coefficients one.
// CHECK-LABEL: func.func @none(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<4xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<64xbf16>, %{{.*}} : tensor<24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>, vector<24xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[V:[a-z0-9_]+]] = math.tanh %[[Y]] : bf16
// CHECK: mhc.exit row(%[[V]] : bf16), project(%[[C]] by %[[A2]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, vector<24xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<64xbf16>, tensor<24xf32>
func.func @none(%x: tensor<4x64xbf16>, %pre: tensor<4xf32>, %phi: tensor<24x256xf32>) -> (tensor<64xbf16>, tensor<24xf32>) {
  %y = mhc.aggregate %x, %pre : (tensor<4x64xbf16>, tensor<4xf32>) -> tensor<64xbf16>
  %f = math.tanh %y : tensor<64xbf16>
  %m = mhc.project %x by %phi : (tensor<4x64xbf16>, tensor<24x256xf32>) -> tensor<24xf32>
  return %f, %m : tensor<64xbf16>, tensor<24xf32>
}

// CHECK-LABEL: func.func @zero(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<0x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<0x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<0x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<0x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<0x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<0x64xbf16>
func.func @zero(%x: tensor<0x4x64xbf16>, %pre: tensor<0x4xf32>) -> tensor<0x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<0x4x64xbf16>, tensor<0x4xf32>) -> tensor<0x64xbf16>
  return %y : tensor<0x64xbf16>
}

// Other types of rows compute in other types: f64 throughout.
// CHECK-LABEL: func.func @f64(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<3x4x64xf64>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf64>, %[[PRE:[a-z0-9_]+]]: tensor<3x4xf64>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<3x4x64xf64> as !mhc.row<4x64xf64>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<3x4xf64> as vector<4xf64>, %[[A2:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf64> as !mhc.weight<24x4x64xf64>)
// CHECK: outs(%{{.*}} : tensor<3x64xf64>, %{{.*}} : tensor<3x24xf64>, %{{.*}} : tensor<3xf64>) {
// CHECK: %[[S:[a-z0-9_]+]]:3 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf64>) -> (!mhc.row<64xf64>, vector<24xf64>, f64) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf64>, vector<4xf64>) -> f64
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[C]], %[[C]] : (vector<4xf64>, vector<4xf64>) -> f64
// CHECK: mhc.exit row(%[[Y]] : f64), project(%[[C]] by %[[A2]] : vector<4xf64>, !mhc.weight<24x4x64xf64>), sum(%[[Q]] : f64)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1, %[[S]]#2 : !mhc.row<64xf64>, vector<24xf64>, f64
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2 : tensor<3x64xf64>, tensor<3x24xf64>, tensor<3xf64>
func.func @f64(%x: tensor<3x4x64xf64>, %phi: tensor<24x256xf64>, %pre: tensor<3x4xf64>) -> (tensor<3x64xf64>, tensor<3x24xf64>, tensor<3xf64>) {
  %y = mhc.aggregate %x, %pre : (tensor<3x4x64xf64>, tensor<3x4xf64>) -> tensor<3x64xf64>
  %m = mhc.project %x by %phi : (tensor<3x4x64xf64>, tensor<24x256xf64>) -> tensor<3x24xf64>
  %q = mhc.inner whole %x, %x : (tensor<3x4x64xf64>, tensor<3x4x64xf64>) -> tensor<3xf64>
  return %y, %m, %q : tensor<3x64xf64>, tensor<3x24xf64>, tensor<3xf64>
}

// CHECK-LABEL: func.func @f16(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf16>, %[[PRE:[a-z0-9_]+]]: tensor<4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf16> as !mhc.row<4x64xf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf16>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf16>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]] : tensor<?x64xf32>
func.func @f16(%x: tensor<?x4x64xf16>, %pre: tensor<4xf32>) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf16>, tensor<4xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// One stream, and streams that change in number.
// CHECK-LABEL: func.func @streams(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x1x64xf32>, %[[R:[a-z0-9_]+]]: tensor<?x3x1xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x1x64xf32> as !mhc.row<1x64xf32>, %[[A1:[a-z0-9_]+]] = %[[R]] : tensor<?x3x1xf32> as vector<3x1xf32>)
// CHECK: outs(%{{.*}} : tensor<?x3x64xf32>, %{{.*}} : tensor<?x3x1xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<1x64xf32>) -> (!mhc.row<3x64xf32>, vector<3x1xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : vector<1xf32>, vector<3x1xf32>) -> vector<3xf32>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[O]], %[[C]] : (vector<3xf32>, vector<1xf32>) -> vector<3x1xf32>
// CHECK: mhc.exit row(%[[O]] : vector<3xf32>), sum(%[[Q]] : vector<3x1xf32>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<3x64xf32>, vector<3x1xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<?x3x64xf32>, tensor<?x3x1xf32>
func.func @streams(%x: tensor<?x1x64xf32>, %R: tensor<?x3x1xf32>) -> (tensor<?x3x64xf32>, tensor<?x3x1xf32>) {
  %o = mhc.combine (%x by %R : tensor<?x1x64xf32>, tensor<?x3x1xf32>) -> tensor<?x3x64xf32>
  %q = mhc.inner %o, %x : (tensor<?x3x64xf32>, tensor<?x1x64xf32>) -> tensor<?x3x1xf32>
  return %o, %q : tensor<?x3x64xf32>, tensor<?x3x1xf32>
}

// Two widths that share coefficients: a sweep each.
// CHECK-LABEL: func.func @widths(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[Z:[a-z0-9_]+]]: tensor<?x4x32xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[Z]] : tensor<?x4x32xf32> as !mhc.row<4x32xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?x32xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 32 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x32xf32>) -> (!mhc.row<32xf32>) {
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y1]] : f32)
// CHECK: mhc.return %[[S]], %[[S1]] : !mhc.row<64xf32>, !mhc.row<32xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<?x64xf32>, tensor<?x32xf32>
func.func @widths(%x: tensor<?x4x64xf32>, %z: tensor<?x4x32xf32>, %pre: tensor<?x4xf32>) -> (tensor<?x64xf32>, tensor<?x32xf32>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %w = mhc.aggregate %z, %pre : (tensor<?x4x32xf32>, tensor<?x4xf32>) -> tensor<?x32xf32>
  return %y, %w : tensor<?x64xf32>, tensor<?x32xf32>
}

// As many tokens as streams and columns: what is a token is said by the ops alone.
// CHECK-LABEL: func.func @square(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<4x4x4xf32>, %[[PRE:[a-z0-9_]+]]: tensor<4x4xf32>, %[[E:[a-z0-9_]+]]: tensor<4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<4x4x4xf32> as !mhc.row<4x4xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<4x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[E]] : tensor<4x4xf32> as !mhc.row<4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x4xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 4 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x4xf32>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4xf32>) -> (!mhc.row<4xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[V:[a-z0-9_]+]] = arith.mulf %[[Y]], %[[C1]] : f32
// CHECK: mhc.exit row(%[[V]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<4xf32>
// CHECK: return %[[K]] : tensor<4x4xf32>
func.func @square(%x: tensor<4x4x4xf32>, %pre: tensor<4x4xf32>, %e: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<4x4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %f = arith.mulf %y, %e : tensor<4x4xf32>
  return %f : tensor<4x4xf32>
}

// A tensor that is rows of one op and coefficients of another.
// CHECK-LABEL: func.func @both(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<4x4x4xf32>, %[[V:[a-z0-9_]+]]: tensor<4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<4x4x4xf32> as !mhc.row<4x4xf32>, %[[A1:[a-z0-9_]+]] = %[[V]] : tensor<4x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x4xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 4 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x4xf32>) -> (!mhc.row<4xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<4xf32>
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[V]] : tensor<4x4xf32>), (%[[K]] : tensor<4x4xf32>) -> tensor<4x4xf32>
// CHECK: return %[[K]], %[[O]] : tensor<4x4xf32>, tensor<4x4xf32>
func.func @both(%x: tensor<4x4x4xf32>, %v: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %y = mhc.aggregate %x, %v : (tensor<4x4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %o = mhc.combine (%v : tensor<4x4xf32>), (%y : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y, %o : tensor<4x4xf32>, tensor<4x4xf32>
}

// Constants alone: no operand has tokens.
// CHECK-LABEL: func.func @constant(
// CHECK-SAME: %{{.*}}: index)
// CHECK: %{{.*}} = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins()
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 () -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%{{.*}} : f32), (%{{.*}} : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]] : tensor<?x64xf32>
func.func @constant(%tokens: index) -> tensor<?x64xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %z = linalg.fill ins(%one : f32) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  %o = mhc.combine (%z : tensor<?x64xf32>), (%z : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// A constant with token dimensions, as rows and as coefficients.
// CHECK-LABEL: func.func @splats(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<4x4x4xf32>, %[[PRE:[a-z0-9_]+]]: tensor<4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<4x4x4xf32> as !mhc.row<4x4xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<4x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x4xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.addf %[[A1]], %{{.*}} : vector<4xf32>
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 4 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x4xf32>) -> (!mhc.row<4xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[V]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[Y]], %{{.*}} : f32
// CHECK: mhc.exit row(%[[V1]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<4xf32>
// CHECK: return %[[K]] : tensor<4x4xf32>
func.func @splats(%x: tensor<4x4x4xf32>, %pre: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %c = arith.constant dense<2.0> : tensor<4x4xf32>
  %p = arith.addf %pre, %c : tensor<4x4xf32>
  %y = mhc.aggregate %x, %p : (tensor<4x4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %o = arith.mulf %y, %c : tensor<4x4xf32>
  return %o : tensor<4x4xf32>
}

// Integer rows of the user.
// CHECK-LABEL: func.func @integers(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[IDS:[a-z0-9_]+]]: tensor<?x64xi32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[IDS]] : tensor<?x64xi32> as !mhc.row<64xi32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xi32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: %[[V:[a-z0-9_]+]] = arith.sitofp %[[C1]] : i32 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[Y]], %[[V]] : f32
// CHECK: mhc.exit row(%[[V1]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]] : tensor<?x64xf32>
func.func @integers(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %ids: tensor<?x64xi32>) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %v = arith.sitofp %ids : tensor<?x64xi32> to tensor<?x64xf32>
  %o = arith.mulf %y, %v : tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// What is the same for all tokens is made by a kernel without any, once.
// CHECK-LABEL: func.func @static_logits(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[LOGITS:[a-z0-9_]+]]: tensor<4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "coefficients"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[LOGITS]] : tensor<4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x4xf32>) {
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[A]] : vector<4x4xf32>
// CHECK: mhc.return %[[R]] : vector<4x4xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A1:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[K]] : tensor<4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A1]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A2]] : vector<4xf32>, vector<4x4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]] : tensor<?x4x64xf32>
func.func @static_logits(%x: tensor<?x4x64xf32>, %logits: tensor<4x4xf32>) -> tensor<?x4x64xf32> {
  %R = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits : tensor<4x4xf32>
  %o = mhc.combine (%x by %R : tensor<?x4x64xf32>, tensor<4x4xf32>) -> tensor<?x4x64xf32>
  return %o : tensor<?x4x64xf32>
}
// CHECK-LABEL: func.func @static_logits_returned(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[LOGITS:[a-z0-9_]+]]: tensor<4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "coefficients"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[LOGITS]] : tensor<4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<4x4xf32>) {
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[A]] : vector<4x4xf32>
// CHECK: mhc.return %[[R]] : vector<4x4xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A1:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[K]] : tensor<4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A1]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A2]] : vector<4xf32>, vector<4x4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]], %[[K]] : tensor<?x4x64xf32>, tensor<4x4xf32>
func.func @static_logits_returned(%x: tensor<?x4x64xf32>, %logits: tensor<4x4xf32>) -> (tensor<?x4x64xf32>, tensor<4x4xf32>) {
  %R = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits : tensor<4x4xf32>
  %o = mhc.combine (%x by %R : tensor<?x4x64xf32>, tensor<4x4xf32>) -> tensor<?x4x64xf32>
  return %o, %R : tensor<?x4x64xf32>, tensor<4x4xf32>
}
