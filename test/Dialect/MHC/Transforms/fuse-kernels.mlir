// RUN: mhc-opt %s --mhc-lower-connections --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-opt %s --mhc-lower-connections --mhc-fuse-kernels | mhc-opt | FileCheck %s

// The kernels of models: what becomes of a connection, alone and between others. F is a
// call, which no kernel holds.

#v4 = #mhc.variant<mhc, layout = in_out,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16>

// An expansion that others read is written once.
// CHECK-LABEL: func.func @expand(
// CHECK-SAME: %[[ROW:[a-z0-9_]+]]: tensor<?x64xbf16>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "expand"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[ROW]] : tensor<?x64xbf16> as !mhc.row<64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[C]] : bf16 to vector<4xbf16>
// CHECK: mhc.exit row(%[[V]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K]] : tensor<?x4x64xbf16>
func.func @expand(%row: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
  %0 = mhc.expand %row : tensor<?x64xbf16> to tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

// The sum of squares comes from the same sweep.
// CHECK-LABEL: func.func @project(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "project"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (f32, vector<24xf32>) {
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[C]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[C]] by %[[A1]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[S]]#1, %[[V]] : vector<24xf32>
// CHECK: mhc.return %[[V1]] : vector<24xf32>
// CHECK: return %[[K]] : tensor<?x24xf32>
func.func @project(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>) -> tensor<?x24xf32> {
  %squares = mhc.inner whole %x, %x : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
  %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  %m = mhc.project %x by %phi : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
  %e = tensor.empty(%tokens) : tensor<?x24xf32>
  %h = linalg.generic {indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>, affine_map<(t, j) -> (t, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%m, %rstd : tensor<?x24xf32>, tensor<?xf32>) outs(%e : tensor<?x24xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x24xf32>
  return %h : tensor<?x24xf32>
}

// One connection: `pre` before F, `combine` after it. Gates and Sinkhorn are computed
// from the products again instead of kept; only what the aggregate needs is computed first.
// CHECK-LABEL: func.func @connection(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A3:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (f32, vector<24xf32>) {
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[C]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[C]] by %[[A1]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[S]]#1 : vector<24xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V1]], %[[A2]], %[[A3]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]], %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, f32, vector<24xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x24xf32> as vector<24xf32>, %[[A6:[a-z0-9_]+]] = %[[K]]#1 : tensor<?xf32> as f32, %[[A7:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A8:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A9:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A6]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V2:[a-z0-9_]+]] = vector.broadcast %[[RSTD1]] : f32 to vector<24xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V2]], %[[A5]] : vector<24xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V3]], %[[A7]], %[[A8]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G1]]#2 : vector<4x4xf32>
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C3]] by %[[R]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S2]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @connection(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>,
                      %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// Between two connections: the combine of the one, the product, the gates and the
// aggregate of the other; the streams are read once and written once.
// CHECK-LABEL: func.func @boundary(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>, %[[PHI_B:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE_B:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE_B:[a-z0-9_]+]]: tensor<24xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A3:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (f32, vector<24xf32>) {
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[C]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[C]] by %[[A1]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[S]]#1 : vector<24xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V1]], %[[A2]], %[[A3]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]], %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, f32, vector<24xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]]:4 = mhc.kernel "boundary"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x24xf32> as vector<24xf32>, %[[A6:[a-z0-9_]+]] = %[[K]]#1 : tensor<?xf32> as f32, %[[A7:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A8:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A9:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A10:[a-z0-9_]+]] = %[[PHI_B]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A11:[a-z0-9_]+]] = %[[SCALE_B]] : tensor<3xf32> as vector<3xf32>, %[[A12:[a-z0-9_]+]] = %[[BASE_B]] : tensor<24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x24xf32>, %{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A6]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V2:[a-z0-9_]+]] = vector.broadcast %[[RSTD1]] : f32 to vector<24xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V2]], %[[A5]] : vector<24xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V3]], %[[A7]], %[[A8]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G1]]#2 : vector<4x4xf32>
// CHECK: %[[S2:[a-z0-9_]+]]:3 = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, f32, vector<24xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C3]] by %[[R]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Q1:[a-z0-9_]+]] = mhc.inner whole %[[O]], %[[O]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>), sum(%[[Q1]] : f32), project(%[[O]] by %[[A10]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: %[[RSTD2:[a-z0-9_]+]] = mhc.rstd %[[S2]]#1 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V4:[a-z0-9_]+]] = vector.broadcast %[[RSTD2]] : f32 to vector<24xf32>
// CHECK: %[[V5:[a-z0-9_]+]] = arith.mulf %[[V4]], %[[S2]]#2 : vector<24xf32>
// CHECK: %[[G2:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V5]], %[[A11]], %[[A12]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S3:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C4:[a-z0-9_]+]] = %[[S2]]#0 : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[C4]], %[[G2]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y1]] : bf16)
// CHECK: mhc.return %[[S3]], %[[S2]]#1, %[[S2]]#2, %[[S2]]#0 : !mhc.row<64xbf16>, f32, vector<24xf32>, !mhc.row<4x64xbf16>
// CHECK: %[[F1:[a-z0-9_]+]] = call @F(%[[K1]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K2:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A13:[a-z0-9_]+]] = %[[F1]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A14:[a-z0-9_]+]] = %[[K1]]#2 : tensor<?x24xf32> as vector<24xf32>, %[[A15:[a-z0-9_]+]] = %[[K1]]#1 : tensor<?xf32> as f32, %[[A16:[a-z0-9_]+]] = %[[SCALE_B]] : tensor<3xf32> as vector<3xf32>, %[[A17:[a-z0-9_]+]] = %[[BASE_B]] : tensor<24xf32> as vector<24xf32>, %[[A18:[a-z0-9_]+]] = %[[K1]]#3 : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD3:[a-z0-9_]+]] = mhc.rstd %[[A15]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V6:[a-z0-9_]+]] = vector.broadcast %[[RSTD3]] : f32 to vector<24xf32>
// CHECK: %[[V7:[a-z0-9_]+]] = arith.mulf %[[V6]], %[[A14]] : vector<24xf32>
// CHECK: %[[G3:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V7]], %[[A16]], %[[A17]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[R1:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G3]]#2 : vector<4x4xf32>
// CHECK: %[[S4:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C5:[a-z0-9_]+]] = %[[A13]] : !mhc.row<64xbf16>, %[[C6:[a-z0-9_]+]] = %[[A18]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C5]] by %[[G3]]#1 : bf16, vector<4xf32>), (%[[C6]] by %[[R1]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O1]] : vector<4xbf16>)
// CHECK: mhc.return %[[S4]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K2]] : tensor<?x4x64xbf16>
func.func @boundary(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>,
                    %base: tensor<24xf32>, %phi_b: tensor<24x256xf32>, %scale_b: tensor<3xf32>,
                    %base_b: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %mid = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  %out = mhc.connection #v4 %mid phi %phi_b scale %scale_b base %base_b
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// The last combine and the head are one kernel, and the streams after it are not
// written: nobody reads them.
// CHECK-LABEL: func.func @head(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[F:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[PHI:[a-z0-9_]+]]: tensor<4x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<1xf32>, %[[BASE:[a-z0-9_]+]]: tensor<4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A4:[a-z0-9_]+]] = %[[PHI]] : tensor<4x256xf32> as !mhc.weight<4x4x64xf32>, %[[A5:[a-z0-9_]+]] = %[[SCALE]] : tensor<1xf32> as vector<1xf32>, %[[A6:[a-z0-9_]+]] = %[[BASE]] : tensor<4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (f32, vector<4xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[O]], %[[O]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[O]] by %[[A4]] : vector<4xbf16>, !mhc.weight<4x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<4xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[S]]#1 : vector<4xf32>
// CHECK: %[[G:[a-z0-9_]+]] = mhc.gates #v4_gates %[[V1]], %[[A5]], %[[A6]] : (vector<4xf32>, vector<1xf32>, vector<4xf32>) -> vector<4xf32>
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[A1]] : bf16, vector<4xf32>), (%[[C3]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[O1]], %[[G]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @head(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                %R: tensor<?x4x4xf32>, %phi: tensor<4x256xf32>, %scale: tensor<1xf32>,
                %base: tensor<4xf32>) -> tensor<?x64xbf16> {
  %last = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                      (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y = mhc.head #v4 %last phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<4x256xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}

// The delayed form has `pre` before it begins: one sweep is enough.
// CHECK-LABEL: func.func @delayed(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[F:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:5 = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A4:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A5:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A6:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A7:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x24xf32>, %{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]]:4 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>, !mhc.row<4x64xbf16>, f32, vector<24xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[O]], %[[A4]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[O]], %[[O]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit row(%[[Y]] : bf16), row(%[[O]] : vector<4xbf16>), sum(%[[Q]] : f32), project(%[[O]] by %[[A5]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#2 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[S]]#3 : vector<24xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V1]], %[[A6]], %[[A7]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: mhc.return %[[S]]#0, %[[G]]#0, %[[S]]#2, %[[S]]#3, %[[S]]#1 : !mhc.row<64xbf16>, vector<4xf32>, f32, vector<24xf32>, !mhc.row<4x64xbf16>
// CHECK: %[[F1:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A8:[a-z0-9_]+]] = %[[F1]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A9:[a-z0-9_]+]] = %[[K]]#3 : tensor<?x24xf32> as vector<24xf32>, %[[A10:[a-z0-9_]+]] = %[[K]]#2 : tensor<?xf32> as f32, %[[A11:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A12:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A13:[a-z0-9_]+]] = %[[K]]#4 : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A10]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V2:[a-z0-9_]+]] = vector.broadcast %[[RSTD1]] : f32 to vector<24xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V2]], %[[A9]] : vector<24xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V3]], %[[A11]], %[[A12]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[R1:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G1]]#2 : vector<4x4xf32>
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A8]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A13]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C3]] by %[[R1]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O1]] : vector<4xbf16>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]], %[[K]]#1 : tensor<?x4x64xbf16>, tensor<?x4xf32>
func.func @delayed(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                   %R: tensor<?x4x4xf32>, %pre: tensor<?x4xf32>, %phi: tensor<24x256xf32>,
                   %scale: tensor<3xf32>, %base: tensor<24xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x4xf32>) {
  %next = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                      (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %out, %pre_b = mhc.connection #v4 %next phi %phi scale %scale base %base pre_in %pre
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>)
      -> (tensor<?x4x64xbf16>, tensor<?x4xf32>) sublayer(%y: tensor<?x64xbf16>) {
    %g = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %g : tensor<?x64xbf16>
  }
  return %out, %pre_b : tensor<?x4x64xbf16>, tensor<?x4xf32>
}

// HC with RMS norm: one product and one sum of squares for each stream.
#hc = #mhc.variant<hc>
// CHECK-LABEL: func.func @hc(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<6x64xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<4x6xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<6x64xf32> as !mhc.weight<6x64xf32>, %[[A2:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A3:[a-z0-9_]+]] = %[[BASE]] : tensor<4x6xf32> as vector<4x6xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?x4x6xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (vector<4xf32>, vector<4x6xf32>) {
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner each %[[C]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> vector<4xf32>
// CHECK: mhc.exit sum(%[[Q]] : vector<4xf32>), project(%[[C]] by %[[A1]] : vector<4xbf16>, !mhc.weight<6x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 64 : i64, eps = 9.9999999999999995E-7 : f64} : vector<4xf32>
// CHECK: %[[V:[a-z0-9_]+]] = vector.shape_cast %[[RSTD]] : vector<4xf32> to vector<4x1xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = vector.broadcast %[[V]] : vector<4x1xf32> to vector<4x6xf32>
// CHECK: %[[V2:[a-z0-9_]+]] = arith.mulf %[[V1]], %[[S]]#1 : vector<4x6xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #gates %[[V2]], %[[A2]], %[[A3]] : (vector<4x6xf32>, vector<3xf32>, vector<4x6xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]], %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, vector<4xf32>, vector<4x6xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x4x6xf32> as vector<4x6xf32>, %[[A6:[a-z0-9_]+]] = %[[K]]#1 : tensor<?x4xf32> as vector<4xf32>, %[[A7:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A8:[a-z0-9_]+]] = %[[BASE]] : tensor<4x6xf32> as vector<4x6xf32>, %[[A9:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A6]] {count = 64 : i64, eps = 9.9999999999999995E-7 : f64} : vector<4xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = vector.shape_cast %[[RSTD1]] : vector<4xf32> to vector<4x1xf32>
// CHECK: %[[V4:[a-z0-9_]+]] = vector.broadcast %[[V3]] : vector<4x1xf32> to vector<4x6xf32>
// CHECK: %[[V5:[a-z0-9_]+]] = arith.mulf %[[V4]], %[[A5]] : vector<4x6xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #gates %[[V5]], %[[A7]], %[[A8]] : (vector<4x6xf32>, vector<3xf32>, vector<4x6xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C3]] by %[[G1]]#2 transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S2]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @hc(%x: tensor<?x4x64xbf16>, %phi: tensor<6x64xf32>, %scale: tensor<3xf32>,
              %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.connection #hc %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<6x64xf32>, tensor<3xf32>, tensor<4x6xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// With layer norm the mean is a sweep before those. The centred streams are computed
// again in the second sweep: their columns are those of x less a number.
#hc_layer = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5>
// CHECK-LABEL: func.func @hc_layer_norm(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<6x64xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<4x6xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<6x64xf32> as !mhc.weight<6x64xf32>, %[[A2:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A3:[a-z0-9_]+]] = %[[BASE]] : tensor<4x6xf32> as vector<4x6xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?x4x6xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (vector<4xf64>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %[[C]] : vector<4xbf16> to vector<4xf64>
// CHECK: mhc.exit sum(%[[V]] : vector<4xf64>)
// CHECK: %[[V1:[a-z0-9_]+]] = arith.divf %[[S]], %{{.*}} : vector<4xf64>
// CHECK: %[[V2:[a-z0-9_]+]] = arith.truncf %[[V1]] : vector<4xf64> to vector<4xf32>
// CHECK: %[[S1:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (vector<4xf32>, vector<4x6xf32>) {
// CHECK: %[[V3:[a-z0-9_]+]] = arith.extf %[[C1]] : vector<4xbf16> to vector<4xf32>
// CHECK: %[[V4:[a-z0-9_]+]] = arith.subf %[[V3]], %[[V2]] : vector<4xf32>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner each %[[V4]], %[[V4]] : (vector<4xf32>, vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit sum(%[[Q]] : vector<4xf32>), project(%[[V4]] by %[[A1]] : vector<4xf32>, !mhc.weight<6x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S1]]#0 {count = 64 : i64, eps = 1.000000e-05 : f64} : vector<4xf32>
// CHECK: %[[V5:[a-z0-9_]+]] = vector.shape_cast %[[RSTD]] : vector<4xf32> to vector<4x1xf32>
// CHECK: %[[V6:[a-z0-9_]+]] = vector.broadcast %[[V5]] : vector<4x1xf32> to vector<4x6xf32>
// CHECK: %[[V7:[a-z0-9_]+]] = arith.mulf %[[V6]], %[[S1]]#1 : vector<4x6xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #gates %[[V7]], %[[A2]], %[[A3]] : (vector<4x6xf32>, vector<3xf32>, vector<4x6xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C2]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S2]], %[[S1]]#0, %[[S1]]#1 : !mhc.row<64xbf16>, vector<4xf32>, vector<4x6xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x4x6xf32> as vector<4x6xf32>, %[[A6:[a-z0-9_]+]] = %[[K]]#1 : tensor<?x4xf32> as vector<4xf32>, %[[A7:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A8:[a-z0-9_]+]] = %[[BASE]] : tensor<4x6xf32> as vector<4x6xf32>, %[[A9:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A6]] {count = 64 : i64, eps = 1.000000e-05 : f64} : vector<4xf32>
// CHECK: %[[V8:[a-z0-9_]+]] = vector.shape_cast %[[RSTD1]] : vector<4xf32> to vector<4x1xf32>
// CHECK: %[[V9:[a-z0-9_]+]] = vector.broadcast %[[V8]] : vector<4x1xf32> to vector<4x6xf32>
// CHECK: %[[V10:[a-z0-9_]+]] = arith.mulf %[[V9]], %[[A5]] : vector<4x6xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #gates %[[V10]], %[[A7]], %[[A8]] : (vector<4x6xf32>, vector<3xf32>, vector<4x6xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S3:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C3:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C4:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C3]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C4]] by %[[G1]]#2 transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S3]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @hc_layer_norm(%x: tensor<?x4x64xbf16>, %phi: tensor<6x64xf32>, %scale: tensor<3xf32>,
                         %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.connection #hc_layer %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<6x64xf32>, tensor<3xf32>, tensor<4x6xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// Static HC needs no sum: the boundary is one sweep.
// CHECK-LABEL: func.func @hc_static(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[BASE:[a-z0-9_]+]]: tensor<4x6xf32>)
// CHECK: %[[V:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 0] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 1] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK: %[[V2:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 2] [4, 4] [1, 1] : tensor<4x6xf32> to tensor<4x4xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[V]] : tensor<4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[V3:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 0] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK: %[[V4:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 1] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
// CHECK: %[[V5:[a-z0-9_]+]] = tensor.extract_slice %[[BASE]][0, 2] [4, 4] [1, 1] : tensor<4x6xf32> to tensor<4x4xf32>
// CHECK: %[[K1:[a-z0-9_]+]]:2 = mhc.kernel "boundary"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A3:[a-z0-9_]+]] = %[[V1]] : tensor<4xf32> as vector<4xf32>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A5:[a-z0-9_]+]] = %[[V2]] : tensor<4x4xf32> as vector<4x4xf32>, %[[A6:[a-z0-9_]+]] = %[[V3]] : tensor<4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S1:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>, !mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A3]] : bf16, vector<4xf32>), (%[[C2]] by %[[A5]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[O]], %[[A6]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y1]] : bf16), row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S1]]#0, %[[S1]]#1 : !mhc.row<64xbf16>, !mhc.row<4x64xbf16>
// CHECK: %[[F1:[a-z0-9_]+]] = call @F(%[[K1]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K2:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A7:[a-z0-9_]+]] = %[[F1]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A8:[a-z0-9_]+]] = %[[V4]] : tensor<4xf32> as vector<4xf32>, %[[A9:[a-z0-9_]+]] = %[[K1]]#1 : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A10:[a-z0-9_]+]] = %[[V5]] : tensor<4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C3:[a-z0-9_]+]] = %[[A7]] : !mhc.row<64xbf16>, %[[C4:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C3]] by %[[A8]] : bf16, vector<4xf32>), (%[[C4]] by %[[A10]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O1]] : vector<4xbf16>)
// CHECK: mhc.return %[[S2]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K2]] : tensor<?x4x64xbf16>
func.func @hc_static(%x: tensor<?x4x64xbf16>, %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %mid = mhc.connection #hc %x base %base : (tensor<?x4x64xbf16>, tensor<4x6xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  %out = mhc.connection #hc %mid base %base : (tensor<?x4x64xbf16>, tensor<4x6xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// A residual connection is a sum of rows.
#residual = #mhc.variant<residual>
// CHECK-LABEL: func.func @residual(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x64xbf16>)
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[X]]) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[X]] : tensor<?x64xbf16> as !mhc.row<64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A1]] : !mhc.row<64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] : bf16), (%[[C1]] : bf16) -> bf16
// CHECK: mhc.exit row(%[[O]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @residual(%x: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  %out = mhc.connection #residual %x : (tensor<?x64xbf16>)
      -> tensor<?x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x64xbf16>
}

// Identity mixing: no matrix in the combine.
#identity = #mhc.variant<mhc, gates = <post_mult = 2.0>>
// CHECK-LABEL: func.func @identity(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<8x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<8xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<8x256xf32> as !mhc.weight<8x4x64xf32>, %[[A2:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A3:[a-z0-9_]+]] = %[[BASE]] : tensor<8xf32> as vector<8xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x8xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (f32, vector<8xf32>) {
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[C]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[C]] by %[[A1]] : vector<4xbf16>, !mhc.weight<8x4x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<8xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[S]]#1 : vector<8xf32>
// CHECK: %[[G:[a-z0-9_]+]]:2 = mhc.gates #paper_gates %[[V1]], %[[A2]], %[[A3]] : (vector<8xf32>, vector<3xf32>, vector<8xf32>) -> (vector<4xf32>, vector<4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C1]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]], %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, f32, vector<8xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x8xf32> as vector<8xf32>, %[[A6:[a-z0-9_]+]] = %[[K]]#1 : tensor<?xf32> as f32, %[[A7:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A8:[a-z0-9_]+]] = %[[BASE]] : tensor<8xf32> as vector<8xf32>, %[[A9:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A6]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V2:[a-z0-9_]+]] = vector.broadcast %[[RSTD1]] : f32 to vector<8xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V2]], %[[A5]] : vector<8xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:2 = mhc.gates #paper_gates %[[V3]], %[[A7]], %[[A8]] : (vector<8xf32>, vector<3xf32>, vector<8xf32>) -> (vector<4xf32>, vector<4xf32>)
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[C3]] : vector<4xbf16>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S2]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @identity(%x: tensor<?x4x64xbf16>, %phi: tensor<8x256xf32>, %scale: tensor<3xf32>,
                    %base: tensor<8xf32>) -> tensor<?x4x64xbf16> {
  %out = mhc.connection #identity %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<8x256xf32>, tensor<3xf32>, tensor<8xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// The mean of the streams at the end of a model, with the last combine.
// CHECK-LABEL: func.func @mean(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[F:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "collapse"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %{{.*}} = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V2:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V3:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V4:[a-z0-9_]+]] = arith.addf %[[V]], %[[V1]] : f32
// CHECK: %[[V5:[a-z0-9_]+]] = arith.addf %[[V2]], %[[V3]] : f32
// CHECK: %[[V6:[a-z0-9_]+]] = arith.addf %[[V4]], %[[V5]] : f32
// CHECK: %[[V7:[a-z0-9_]+]] = arith.divf %[[V6]], %{{.*}} : f32
// CHECK: %[[V8:[a-z0-9_]+]] = arith.truncf %[[V7]] : f32 to bf16
// CHECK: mhc.exit row(%[[V8]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @mean(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                %R: tensor<?x4x4xf32>) -> tensor<?x64xbf16> {
  %last = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                      (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y = mhc.reduce_streams mean %last : tensor<?x4x64xbf16> to tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}
