// RUN: mhc-opt %s --mhc-lower-connections --mhc-fuse-kernels --remarks-filter=mhc-fuse-kernels \
// RUN:     --remark-format=emitRemark -o %t 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: FileCheck %s --input-file=%t
// RUN: mhc-opt %t | FileCheck %s
// RUN: mhc-opt %s --mhc-lower-connections --mhc-fuse-kernels=reassociate=false | FileCheck %s --check-prefix=KEPT

// The first layer: its streams are one row. Each kernel reads the row, C instead of nC, and
// no kernel writes the expansion.

#v4 = #mhc.variant<mhc, layout = in_out,
                   gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16>

// phi is added over the streams, once; what is added then is the same in another order.
// REMARK: remark: {{\[Passed\]}} WeightsSummed | Category:mhc-fuse-kernels | Function=first | Remark="the streams are one row: phi is added over them first, which adds the same numbers in another order"
// KEPT-LABEL: func.func @first(
// KEPT-NOT: mhc.prepare
// KEPT: %[[PHI:[a-z0-9_]+]] = %arg1 : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>
// KEPT: mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %{{.*}} : !mhc.row<64xbf16>) -> (f32, vector<24xf32>)
// KEPT: %[[X:[a-z0-9_]+]] = vector.broadcast %[[C]] : bf16 to vector<4xbf16>
// KEPT: project(%[[X]] by %[[PHI]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// KEPT-LABEL: func.func @rounded(
// CHECK-LABEL: func.func @first(
// CHECK-SAME: %[[ROW:[a-z0-9_]+]]: tensor<?x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[SCALE:[a-z0-9_]+]]: tensor<3xf32>, %[[BASE:[a-z0-9_]+]]: tensor<24xf32>)
// CHECK: %[[W:[a-z0-9_]+]] = mhc.prepare ins(%{{.*}} = %[[PHI]] : tensor<24x256xf32>) -> (tensor<24x64xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map, #map1, #map2, #map3, #map4], iterator_types = ["parallel", "parallel"]} ins(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<24x4x64xf32>, tensor<24x4x64xf32>, tensor<24x4x64xf32>, tensor<24x4x64xf32>) outs(%{{.*}} : tensor<24x64xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: %[[V2:[a-z0-9_]+]] = arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: %[[V3:[a-z0-9_]+]] = arith.addf %[[V1]], %[[V2]] : f32
// CHECK: linalg.yield %[[V3]] : f32
// CHECK: mhc.return %[[V]] : tensor<24x64xf32>
// CHECK: %[[K:[a-z0-9_]+]]:3 = mhc.kernel "pre"
// CHECK: ins(%[[A1:[a-z0-9_]+]] = %[[ROW]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A2:[a-z0-9_]+]] = %[[W]] : tensor<24x64xf32> as !mhc.weight<24x64xf32>, %[[A3:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A4:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>, %{{.*}} : tensor<?xf32>, %{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A1]] : !mhc.row<64xbf16>) -> (f32, vector<24xf32>) {
// CHECK: %[[V4:[a-z0-9_]+]] = vector.broadcast %[[C]] : bf16 to vector<4xbf16>
// CHECK: %[[Q:[a-z0-9_]+]] = mhc.inner whole %[[V4]], %[[V4]] : (vector<4xbf16>, vector<4xbf16>) -> f32
// CHECK: mhc.exit sum(%[[Q]] : f32), project(%[[C]] by %[[A2]] : bf16, !mhc.weight<24x64xf32>)
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[S]]#0 {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V5:[a-z0-9_]+]] = vector.broadcast %[[RSTD]] : f32 to vector<24xf32>
// CHECK: %[[V6:[a-z0-9_]+]] = arith.mulf %[[V5]], %[[S]]#1 : vector<24xf32>
// CHECK: %[[G:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V6]], %[[A3]], %[[A4]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A1]] : !mhc.row<64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[V7:[a-z0-9_]+]] = vector.broadcast %[[C1]] : bf16 to vector<4xbf16>
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[V7]], %[[G]]#0 : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S1]], %[[S]]#0, %[[S]]#1 : !mhc.row<64xbf16>, f32, vector<24xf32>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]#0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A5:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A6:[a-z0-9_]+]] = %[[K]]#2 : tensor<?x24xf32> as vector<24xf32>, %[[A7:[a-z0-9_]+]] = %[[K]]#1 : tensor<?xf32> as f32, %[[A8:[a-z0-9_]+]] = %[[SCALE]] : tensor<3xf32> as vector<3xf32>, %[[A9:[a-z0-9_]+]] = %[[BASE]] : tensor<24xf32> as vector<24xf32>, %[[A10:[a-z0-9_]+]] = %[[ROW]] : tensor<?x64xbf16> as !mhc.row<64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[RSTD1:[a-z0-9_]+]] = mhc.rstd %[[A7]] {count = 256 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[V8:[a-z0-9_]+]] = vector.broadcast %[[RSTD1]] : f32 to vector<24xf32>
// CHECK: %[[V9:[a-z0-9_]+]] = arith.mulf %[[V8]], %[[A6]] : vector<24xf32>
// CHECK: %[[G1:[a-z0-9_]+]]:3 = mhc.gates #v4_gates %[[V9]], %[[A8]], %[[A9]] : (vector<24xf32>, vector<3xf32>, vector<24xf32>) -> (vector<4xf32>, vector<4xf32>, vector<4x4xf32>)
// CHECK: %[[R:[a-z0-9_]+]] = mhc.sinkhorn #v4_sinkhorn %[[G1]]#2 : vector<4x4xf32>
// CHECK: %[[S2:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C2:[a-z0-9_]+]] = %[[A5]] : !mhc.row<64xbf16>, %[[C3:[a-z0-9_]+]] = %[[A10]] : !mhc.row<64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[V10:[a-z0-9_]+]] = vector.broadcast %[[C3]] : bf16 to vector<4xbf16>
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C2]] by %[[G1]]#1 : bf16, vector<4xf32>), (%[[V10]] by %[[R]] transposed : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S2]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @first(%row: tensor<?x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>,
                 %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %x = mhc.expand %row : tensor<?x64xbf16> to tensor<?x4x64xbf16>
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}

// An expansion that rounds gives another row: its product stays one with the streams.
// CHECK-LABEL: func.func @rounded(
// CHECK-SAME: %[[ROW:[a-z0-9_]+]]: tensor<?x64xf32>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "project"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[ROW]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A1:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xf32>) -> (vector<24xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.truncf %[[C]] : f32 to bf16
// CHECK: %[[V1:[a-z0-9_]+]] = vector.broadcast %[[V]] : bf16 to vector<4xbf16>
// CHECK: mhc.exit project(%[[V1]] by %[[A1]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: mhc.return %[[S]] : vector<24xf32>
// CHECK: return %[[K]] : tensor<?x24xf32>
func.func @rounded(%row: tensor<?x64xf32>, %phi: tensor<24x256xf32>) -> tensor<?x24xf32> {
  %x = mhc.expand %row : tensor<?x64xf32> to tensor<?x4x64xbf16>
  %m = mhc.project %x by %phi : (tensor<?x4x64xbf16>, tensor<24x256xf32>) -> tensor<?x24xf32>
  return %m : tensor<?x24xf32>
}
