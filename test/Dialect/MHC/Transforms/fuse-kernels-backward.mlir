// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-opt %s --mhc-fuse-kernels | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mhc-fuse-kernels=retain=false | FileCheck %s --check-prefix=REREAD

// Kernels of gradients, written here in row ops.

#gates = #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
#sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>

// The gradient of a combine: one sweep gives both rows and both sums.
// CHECK-LABEL: func.func @combine(
// CHECK-SAME: %[[G:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[F:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:4 = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[G]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A2:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A3:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?x4x4xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:4 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A2]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[C]], %[[C1]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: %[[Q1:[a-z0-9_]+]] = mhc.inner %[[C]], %[[C2]] : (vector<4xbf16>, vector<4xbf16>) -> vector<4x4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>), row(%[[Y]] : bf16), sum(%[[Q]] : vector<4xf32>), sum(%[[Q1]] : vector<4x4xf32>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1, %[[S]]#2, %[[S]]#3 : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2, %[[K]]#3 : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>
func.func @combine(%g: tensor<?x4x64xbf16>, %x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>,
                   %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>) {
  %dx = mhc.combine (%g by %R transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %df = mhc.aggregate %g, %post : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %dpost = mhc.inner %g, %f : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dR = mhc.inner %g, %x : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
  return %dx, %df, %dpost, %dR : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>
}

// The gradient of a product: dphi is added over tokens.
// CHECK-LABEL: func.func @project(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[D:[a-z0-9_]+]]: tensor<?x24xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "backward"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[D]] : tensor<?x24xf32> as vector<24xf32>, %[[A2:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<24x256xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, !mhc.total<24x4x64xf32>) {
// CHECK: %[[B:[a-z0-9_]+]] = mhc.backproject %[[A1]] by %[[A]] : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[B]] : vector<4xbf16>), outer(%[[A1]] by %[[C]] : vector<24xf32>, vector<4xbf16>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<4x64xbf16>, !mhc.total<24x4x64xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<?x4x64xbf16>, tensor<24x256xf32>
func.func @project(%x: tensor<?x4x64xbf16>, %d: tensor<?x24xf32>, %phi: tensor<24x256xf32>)
    -> (tensor<?x4x64xbf16>, tensor<24x256xf32>) {
  %dx = mhc.backproject %d by %phi : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xbf16>
  %dphi = mhc.outer %d by %x : (tensor<?x24xf32>, tensor<?x4x64xbf16>) -> tensor<24x256xf32>
  return %dx, %dphi : tensor<?x4x64xbf16>, tensor<24x256xf32>
}

// The gradient of one connection, 46C: dpre is summed first; all terms of dx are one
// combine. The gradients of the weights are totals, those of scale and base of coefficients alone.
// CHECK-LABEL: func.func @connection(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[DY:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[F:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[G:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[M:[a-z0-9_]+]]: tensor<?x24xf32>, %[[SQUARES:[a-z0-9_]+]]: tensor<?xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:5 = mhc.kernel "backward_boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[G]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[M]] : tensor<?x24xf32> as vector<24xf32>, %[[A2:[a-z0-9_]+]] = %[[SQUARES]] : tensor<?xf32> as f32, %[[A3:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A4:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A5:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A6:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A7:[a-z0-9_]+]] = %[[DY]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A8:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<24x256xf32>, %{{.*}} : tensor<3xf32>, %{{.*}} : tensor<24xf32>) {
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[A2]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[A1]], %[[V]] : vector<24xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V1]], %[[A3]], %[[A4]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S:[a-z0-9_]+]]:4 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A5]] : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A6]] : !mhc.row<4x64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A7]] : !mhc.row<64xbf16>) -> (!mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>, vector<4xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[G1]]#1 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[C]], %[[C1]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: %[[Q1:[a-z0-9_]+]] = mhc.inner %[[C2]], %[[C]] : (vector<4xbf16>, vector<4xbf16>) -> vector<4x4xf32>
// CHECK: %[[Q2:[a-z0-9_]+]] = mhc.inner %[[C2]], %[[C3]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: mhc.exit row(%[[Y]] : bf16), sum(%[[Q]] : vector<4xf32>), sum(%[[Q1]] : vector<4x4xf32>), sum(%[[Q2]] : vector<4xf32>)
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G1]]#2 : vector<4x4xf32>
// CHECK: %[[V2:[a-z0-9_]+]] = mhc.sinkhorn_grad #v4_sinkhorn %[[G1]]#2, %[[S]]#2 : vector<4x4xf32>
// CHECK: %[[V3:[a-z0-9_]+]], %[[V4:[a-z0-9_]+]], %[[V5:[a-z0-9_]+]] = mhc.gates_grad #v4_gates %[[V1]], %[[A3]], %[[A4]], %[[S]]#3, %[[S]]#1, %[[V2]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>, vector<4xf32>, vector<4xf32>, vector<4x4xf32>) -> (vector<24xf32>, vector<3xf32>, vector<24xf32>)
// CHECK: %[[V6:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V7:[a-z0-9_]+]] = arith.mulf %[[V3]], %[[V6]] : vector<24xf32>
// CHECK: %[[V8:[a-z0-9_]+]] = arith.mulf %[[V3]], %[[A1]] : vector<24xf32>
// CHECK: %[[V9:[a-z0-9_]+]] = vector.reduction <add>, %[[V8]] : vector<24xf32> into f32
// CHECK: %[[V10:[a-z0-9_]+]] = mhc.rstd_grad %[[RSTD]], %[[V9]] {count = 256 : i64} : f32
// CHECK: %[[V11:[a-z0-9_]+]] = arith.mulf %[[V10]], %{{.*}} : f32
// CHECK: %[[S1:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C4:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>, %[[C5:[a-z0-9_]+]] = %[[A7]] : !mhc.row<64xbf16>, %[[C6:[a-z0-9_]+]] = %[[A6]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, !mhc.total<24x4x64xf32>) {
// CHECK: %[[B:[a-z0-9_]+]] = mhc.backproject %[[V7]] by %[[A8]] : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xf32>
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C4]] by %[[R]] : vector<4xbf16>, vector<4x4xf32>), (%[[C5]] by %[[G1]]#0 : bf16, vector<4xf32>), (%[[B]] : vector<4xf32>), (%[[C6]] scaled %[[V11]] : vector<4xbf16>, f32) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>), outer(%[[V7]] by %[[C6]] : vector<24xf32>, vector<4xbf16>)
// CHECK: %[[V12:[a-z0-9_]+]] = mhc.total %[[V4]] : vector<3xf32> -> <3xf32>
// CHECK: %[[V13:[a-z0-9_]+]] = mhc.total %[[V5]] : vector<24xf32> -> <24xf32>
// CHECK: mhc.return %[[S1]]#0, %[[S]]#0, %[[S1]]#1, %[[V12]], %[[V13]] : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, !mhc.total<24x4x64xf32>, !mhc.total<3xf32>, !mhc.total<24xf32>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2, %[[K]]#3, %[[K]]#4 : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>
func.func @connection(%x: tensor<?x4x64xbf16>, %dy: tensor<?x64xbf16>, %f: tensor<?x64xbf16>,
                      %g: tensor<?x4x64xbf16>, %m: tensor<?x24xf32>, %squares: tensor<?xf32>,
                      %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
  %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  %eh = tensor.empty(%tokens) : tensor<?x24xf32>
  %h = linalg.generic {indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>, affine_map<(t, j) -> (t, j)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%m, %rstd : tensor<?x24xf32>, tensor<?xf32>) outs(%eh : tensor<?x24xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x24xf32>
  %pre, %post, %logits = mhc.gates #gates %h, %scale, %base
      : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
  %R = mhc.sinkhorn #sinkhorn %logits : tensor<?x4x4xf32>
  %dpost = mhc.inner %g, %f : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dR = mhc.inner %x, %g : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
  %dpre = mhc.inner %x, %dy : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dlogits = mhc.sinkhorn_grad #sinkhorn %logits, %dR : tensor<?x4x4xf32>
  %dh, %dscale, %dbase = mhc.gates_grad #gates %h, %scale, %base, %dpre, %dpost, %dlogits
      : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
      -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>)
  %dm = linalg.generic {indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>, affine_map<(t, j) -> (t, j)>],
                        iterator_types = ["parallel", "parallel"]}
      ins(%dh, %rstd : tensor<?x24xf32>, tensor<?xf32>) outs(%eh : tensor<?x24xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?x24xf32>
  %zero = arith.constant 0.0 : f32
  %et = tensor.empty(%tokens) : tensor<?xf32>
  %zt = linalg.fill ins(%zero : f32) outs(%et : tensor<?xf32>) -> tensor<?xf32>
  %drstd = linalg.generic {indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>],
                           iterator_types = ["parallel", "reduction"]}
      ins(%dh, %m : tensor<?x24xf32>, tensor<?x24xf32>) outs(%zt : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %dsquares = mhc.rstd_grad %rstd, %drstd {count = 256 : i64} : tensor<?xf32>
  %two = arith.constant dense<2.0> : tensor<f32>
  %k = linalg.generic {indexing_maps = [affine_map<(t) -> (t)>, affine_map<(t) -> ()>, affine_map<(t) -> (t)>],
                       iterator_types = ["parallel"]}
      ins(%dsquares, %two : tensor<?xf32>, tensor<f32>) outs(%et : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %old: f32):
    %p = arith.mulf %a, %b : f32
    linalg.yield %p : f32
  } -> tensor<?xf32>
  %back = mhc.backproject %dm by %phi : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xf32>
  %dx = mhc.combine (%g by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>),
                    (%dy by %pre : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%back : tensor<?x4x64xf32>), (%x scaled %k : tensor<?x4x64xbf16>, tensor<?xf32>)
      -> tensor<?x4x64xbf16>
  %df = mhc.aggregate %g, %post : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %dphi = mhc.outer %dm by %x : (tensor<?x24xf32>, tensor<?x4x64xbf16>) -> tensor<24x256xf32>
  %e3 = tensor.empty() : tensor<3xf32>
  %z3 = linalg.fill ins(%zero : f32) outs(%e3 : tensor<3xf32>) -> tensor<3xf32>
  %tscale = linalg.generic {indexing_maps = [affine_map<(j, t) -> (t, j)>, affine_map<(j, t) -> (j)>],
                            iterator_types = ["parallel", "reduction"]}
      ins(%dscale : tensor<?x3xf32>) outs(%z3 : tensor<3xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %sum, %a : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  %e24 = tensor.empty() : tensor<24xf32>
  %z24 = linalg.fill ins(%zero : f32) outs(%e24 : tensor<24xf32>) -> tensor<24xf32>
  %tbase = linalg.generic {indexing_maps = [affine_map<(j, t) -> (t, j)>, affine_map<(j, t) -> (j)>],
                           iterator_types = ["parallel", "reduction"]}
      ins(%dbase : tensor<?x24xf32>) outs(%z24 : tensor<24xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %sum, %a : f32
    linalg.yield %s : f32
  } -> tensor<24xf32>
  return %dx, %df, %dphi, %tscale, %tbase
      : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>
}

// The backward boundary: the end of b's gradient and the start of a's. The streams between a
// and b are not kept but rebuilt from x and f of a, which the gradients of a's
// coefficients read anyway: 30C. The combine stands in both sweeps.
// CHECK-LABEL: func.func @boundary(
// CHECK-SAME: %[[XA:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[FA:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST_A:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R_A:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[DY:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[G:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[H:[a-z0-9_]+]]: tensor<?x24xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>, %[[DPOST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[DR:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:5 = mhc.kernel "backward_boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[FA]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST_A]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[XA]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R_A]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A4:[a-z0-9_]+]] = %[[DY]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[G]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A6:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A7:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A8:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A9:[a-z0-9_]+]] = %[[H]] : tensor<?x24xf32> as vector<24xf32>, %[[A10:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A11:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A12:[a-z0-9_]+]] = %[[DPOST]] : tensor<?x4xf32> as vector<4xf32>, %[[A13:[a-z0-9_]+]] = %[[DR]] : tensor<?x4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>, %{{.*}} : tensor<?x4x4xf32>, %{{.*}} : tensor<24x256xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>) -> (vector<4xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[O]], %[[C2]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: mhc.exit sum(%[[Q]] : vector<4xf32>)
// CHECK: %[[V:[a-z0-9_]+]], %{{.*}}, %{{.*}} = mhc.gates_grad #v4_gates %[[A9]], %[[A10]], %[[A11]], %[[S]], %[[A12]], %[[A13]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>, vector<4xf32>, vector<4xf32>, vector<4x4xf32>) -> (vector<24xf32>, vector<3xf32>, vector<24xf32>)
// CHECK: %[[S1:[a-z0-9_]+]]:5 = mhc.sweep over 64 (%[[C3:[a-z0-9_]+]] = %[[A5]] : !mhc.row<4x64xbf16>, %[[C4:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C5:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C6:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>, !mhc.row<64xbf16>, !mhc.total<24x4x64xf32>, vector<4xf32>, vector<4x4xf32>) {
// CHECK: %[[B:[a-z0-9_]+]] = mhc.backproject %[[V]] by %[[A8]] : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xf32>
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C3]] by %[[A6]] transposed : vector<4xbf16>, vector<4x4xf32>), (%[[C4]] by %[[A7]] : bf16, vector<4xf32>), (%[[B]] : vector<4xf32>) -> vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[O1]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[O2:[a-z0-9_]+]] = mhc.combine (%[[C5]] by %[[A1]] : bf16, vector<4xf32>), (%[[C6]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Q1:[a-z0-9_]+]] = mhc.inner %[[O1]], %[[C5]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: %[[Q2:[a-z0-9_]+]] = mhc.inner %[[O1]], %[[C6]] : (vector<4xbf16>, vector<4xbf16>) -> vector<4x4xf32>
// CHECK: mhc.exit row(%[[O1]] : vector<4xbf16>), row(%[[Y]] : bf16), outer(%[[V]] by %[[O2]] : vector<24xf32>, vector<4xbf16>), sum(%[[Q1]] : vector<4xf32>), sum(%[[Q2]] : vector<4x4xf32>)
// CHECK: mhc.return %[[S1]]#0, %[[S1]]#1, %[[S1]]#3, %[[S1]]#4, %[[S1]]#2 : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, vector<4xf32>, vector<4x4xf32>, !mhc.total<24x4x64xf32>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2, %[[K]]#3, %[[K]]#4 : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>, tensor<24x256xf32>
func.func @boundary(%xa: tensor<?x4x64xbf16>, %fa: tensor<?x64xbf16>, %post_a: tensor<?x4xf32>,
                    %R_a: tensor<?x4x4xf32>, %dy: tensor<?x64xbf16>, %g: tensor<?x4x64xbf16>,
                    %pre: tensor<?x4xf32>, %R: tensor<?x4x4xf32>, %h: tensor<?x24xf32>,
                    %scale: tensor<3xf32>, %base: tensor<24xf32>, %dpost: tensor<?x4xf32>,
                    %dR: tensor<?x4x4xf32>, %phi: tensor<24x256xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>, tensor<24x256xf32>) {
  %x = mhc.combine (%fa by %post_a : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%xa by %R_a : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %dpre = mhc.inner %x, %dy : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dh, %dscale, %dbase = mhc.gates_grad #gates %h, %scale, %base, %dpre, %dpost, %dR
      : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
      -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>)
  %back = mhc.backproject %dh by %phi : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xf32>
  %dx = mhc.combine (%g by %R transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>),
                    (%dy by %pre : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%back : tensor<?x4x64xf32>) -> tensor<?x4x64xbf16>
  %dphi = mhc.outer %dh by %x : (tensor<?x24xf32>, tensor<?x4x64xbf16>) -> tensor<24x256xf32>
  %df = mhc.aggregate %dx, %post_a : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %dpost_a = mhc.inner %dx, %fa : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dR_a = mhc.inner %dx, %xa : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
  return %dx, %df, %dpost_a, %dR_a, %dphi
      : tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4xf32>, tensor<?x4x4xf32>, tensor<24x256xf32>
}

// The same across kernels: the forward has written the streams that the backward wants, behind
// a call. With what the backward reads anyway they are rebuilt. Where each sweep reads its rows
// from memory, the first one reads the stored 8C and not x and f, 10C.
func.func private @loss(tensor<?x4x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>)
// REREAD-LABEL: func.func @rebuilt(
// REREAD: %[[K:[a-z0-9_]+]] = mhc.kernel "combine"
// REREAD: call @loss(%[[K]])
// REREAD: %[[XN:[a-z0-9_]+]] = %[[K]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>
// REREAD: mhc.sweep over 64 (%[[X:[a-z0-9_]+]] = %[[XN]] : !mhc.row<4x64xbf16>, %[[DY:[a-z0-9_]+]] = %{{.*}} : !mhc.row<64xbf16>) -> (vector<4xf32>)
// REREAD-NEXT: mhc.inner %[[X]], %[[DY]]
// CHECK-LABEL: func.func @rebuilt(
// CHECK-SAME: %[[XA:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[FA:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[W:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[FA]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[XA]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xbf16>
// CHECK: %[[F:[a-z0-9_]+]]:2 = call @loss(%[[K]]) : (tensor<?x4x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>)
// CHECK: %[[K1:[a-z0-9_]+]]:2 = mhc.kernel "combine"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[FA]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A5:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A6:[a-z0-9_]+]] = %[[XA]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A7:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A8:[a-z0-9_]+]] = %[[F]]#0 : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A9:[a-z0-9_]+]] = %[[F]]#1 : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A10:[a-z0-9_]+]] = %[[W]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>, %{{.*}} : tensor<?x4x4xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A6]] : !mhc.row<4x64xbf16>, %[[C4:[a-z0-9_]+]] = %[[A8]] : !mhc.row<64xbf16>) -> (vector<4xf32>) {
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[A5]] : bf16, vector<4xf32>), (%[[C3]] by %[[A7]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[O1]], %[[C4]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: mhc.exit sum(%[[Q]] : vector<4xf32>)
// CHECK: %[[S2:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C5:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>, %[[C6:[a-z0-9_]+]] = %[[A8]] : !mhc.row<64xbf16>, %[[C7:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>, %[[C8:[a-z0-9_]+]] = %[[A6]] : !mhc.row<4x64xbf16>) -> (vector<4xf32>, vector<4x4xf32>) {
// CHECK: %[[O2:[a-z0-9_]+]] = mhc.combine (%[[C5]] : vector<4xbf16>), (%[[C6]] by %[[S1]] : bf16, vector<4xf32>) -> vector<4xbf16>
// CHECK: %[[Q1:[a-z0-9_]+]] = mhc.inner %[[O2]], %[[C7]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: %[[Q2:[a-z0-9_]+]] = mhc.inner %[[O2]], %[[C8]] : (vector<4xbf16>, vector<4xbf16>) -> vector<4x4xf32>
// CHECK: mhc.exit sum(%[[Q1]] : vector<4xf32>), sum(%[[Q2]] : vector<4x4xf32>)
// CHECK: %[[V:[a-z0-9_]+]] = arith.addf %[[S2]]#0, %[[A10]] : vector<4xf32>
// CHECK: %[[S3:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C9:[a-z0-9_]+]] = %[[A9]] : !mhc.row<4x64xbf16>, %[[C10:[a-z0-9_]+]] = %[[A8]] : !mhc.row<64xbf16>, %[[C11:[a-z0-9_]+]] = %[[A4]] : !mhc.row<64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O3:[a-z0-9_]+]] = mhc.combine (%[[C9]] : vector<4xbf16>), (%[[C10]] by %[[S1]] : bf16, vector<4xf32>) -> vector<4xbf16>
// CHECK: %[[O4:[a-z0-9_]+]] = mhc.combine (%[[O3]] : vector<4xbf16>), (%[[C11]] by %[[V]] : bf16, vector<4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O4]] : vector<4xbf16>)
// CHECK: mhc.return %[[S3]], %[[S2]]#1 : !mhc.row<4x64xbf16>, vector<4x4xf32>
// CHECK: return %[[K1]]#0, %[[K1]]#1 : tensor<?x4x64xbf16>, tensor<?x4x4xf32>
func.func @rebuilt(%xa: tensor<?x4x64xbf16>, %fa: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                   %R: tensor<?x4x4xf32>, %w: tensor<?x4xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x4x4xf32>) {
  %x = mhc.combine (%fa by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%xa by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %dy, %g = call @loss(%x) : (tensor<?x4x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>)
  %dpre = mhc.inner %x, %dy : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dx = mhc.combine (%g : tensor<?x4x64xbf16>), (%dy by %dpre : tensor<?x64xbf16>, tensor<?x4xf32>)
      -> tensor<?x4x64xbf16>
  %dR = mhc.inner %dx, %xa : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
  %dpost = mhc.inner %dx, %fa : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %de = arith.addf %dpost, %w : tensor<?x4xf32>
  %out = mhc.combine (%dx : tensor<?x4x64xbf16>), (%fa by %de : tensor<?x64xbf16>, tensor<?x4xf32>)
      -> tensor<?x4x64xbf16>
  return %out, %dR : tensor<?x4x64xbf16>, tensor<?x4x4xf32>
}

// Four connections whose results of F are kept: all streams and all y are made in one sweep, and
// the streams between stay inside it.
// CHECK-LABEL: func.func @recompute(
// CHECK-SAME: %[[X0:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[F0:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[F1:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[F2:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:4 = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[F0]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A1:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[X0]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A3:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A4:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A5:[a-z0-9_]+]] = %[[F1]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A6:[a-z0-9_]+]] = %[[F2]] : tensor<?x64xbf16> as !mhc.row<64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]]:4 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<4x64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A5]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A6]] : !mhc.row<64xbf16>) -> (!mhc.row<64xbf16>, !mhc.row<64xbf16>, !mhc.row<64xbf16>, !mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : bf16, vector<4xf32>), (%[[C1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[O]], %[[A4]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[O1:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[A1]] : bf16, vector<4xf32>), (%[[O]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y1:[a-z0-9_]+]] = mhc.aggregate %[[O1]], %[[A4]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[O2:[a-z0-9_]+]] = mhc.combine (%[[C3]] by %[[A1]] : bf16, vector<4xf32>), (%[[O1]] by %[[A3]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: %[[Y2:[a-z0-9_]+]] = mhc.aggregate %[[O2]], %[[A4]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16), row(%[[Y1]] : bf16), row(%[[Y2]] : bf16), row(%[[O2]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1, %[[S]]#2, %[[S]]#3 : !mhc.row<64xbf16>, !mhc.row<64xbf16>, !mhc.row<64xbf16>, !mhc.row<4x64xbf16>
// CHECK: return %[[K]]#0, %[[K]]#1, %[[K]]#2, %[[K]]#3 : tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>
func.func @recompute(%x0: tensor<?x4x64xbf16>, %f0: tensor<?x64xbf16>, %f1: tensor<?x64xbf16>,
                     %f2: tensor<?x64xbf16>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>, %pre: tensor<?x4xf32>)
    -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y3 = mhc.aggregate %x3, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y1, %y2, %y3, %x3 : tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>
}

// The gradient of an aggregate, of the mean of streams and of an expansion.
// CHECK-LABEL: func.func @expand(
// CHECK-SAME: %[[G:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[DY:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "collapse"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[G]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[DY]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A2:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A3:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?x4xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A1]] : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>, vector<4xf32>) {
// CHECK: %{{.*}} = mhc.combine (%[[C]] : vector<4xbf16>), (%[[C1]] by %[[A2]] : bf16, vector<4xf32>) -> vector<4xbf16>
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V2:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V3:[a-z0-9_]+]] = arith.extf %{{.*}} : bf16 to f32
// CHECK: %[[V4:[a-z0-9_]+]] = arith.addf %[[V]], %[[V1]] : f32
// CHECK: %[[V5:[a-z0-9_]+]] = arith.addf %[[V2]], %[[V3]] : f32
// CHECK: %[[V6:[a-z0-9_]+]] = arith.addf %[[V4]], %[[V5]] : f32
// CHECK: %[[V7:[a-z0-9_]+]] = arith.truncf %[[V6]] : f32 to bf16
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner %[[C2]], %[[C1]] : (vector<4xbf16>, bf16) -> vector<4xf32>
// CHECK: mhc.exit row(%[[V7]] : bf16), sum(%[[Q]] : vector<4xf32>)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, vector<4xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<?x64xbf16>, tensor<?x4xf32>
func.func @expand(%g: tensor<?x4x64xbf16>, %dy: tensor<?x64xbf16>, %pre: tensor<?x4xf32>, %x: tensor<?x4x64xbf16>)
    -> (tensor<?x64xbf16>, tensor<?x4xf32>) {
  %dx = mhc.combine (%g : tensor<?x4x64xbf16>), (%dy by %pre : tensor<?x64xbf16>, tensor<?x4xf32>)
      -> tensor<?x4x64xbf16>
  %drow = mhc.reduce_streams sum %dx : tensor<?x4x64xbf16> to tensor<?x64xbf16>
  %dpre = mhc.inner %x, %dy : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  return %drow, %dpre : tensor<?x64xbf16>, tensor<?x4xf32>
}
