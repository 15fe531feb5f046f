// RUN: mhc-opt %s --mhc-fuse-kernels --remarks-filter=mhc-fuse-kernels --remark-format=emitRemark -o %t 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: FileCheck %s --input-file=%t
// RUN: mhc-opt %t | FileCheck %s

// Where a kernel ends, and what says why.

func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16>

// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=call | Reason="a call may read all tokens; what it reads is written, what it gives is read"
// CHECK-LABEL: func.func @call(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: mhc.exit row(%[[Y]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: %[[F:[a-z0-9_]+]] = call @F(%[[K]]) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[F]] : tensor<?x64xbf16> as !mhc.row<64xbf16>, %[[A3:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A3]] : bf16, vector<4xf32>), (%[[C2]] : vector<4xbf16>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @call(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>) -> tensor<?x4x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f = call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %o = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>), (%x : tensor<?x4x64xbf16>)
      -> tensor<?x4x64xbf16>
  return %o : tensor<?x4x64xbf16>
}

// A matrix product over hidden: each column of its result is a sum over all of y's.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=matmul | Reason="'linalg.matmul' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @matmul(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>, %[[W:[a-z0-9_]+]]: tensor<64x64xf32>, %{{.*}}: index)
// CHECK: %[[V:[a-z0-9_]+]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[MM:[a-z0-9_]+]] = linalg.matmul ins(%[[K]], %[[W]] : tensor<?x64xf32>, tensor<64x64xf32>) outs(%[[V]] : tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[MM]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A3]] : f32, vector<4xf32>), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]] : tensor<?x4x64xf32>
func.func @matmul(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %w: tensor<64x64xf32>,
                  %tokens: index) -> tensor<?x4x64xf32> {
  %zero = arith.constant 0.0 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  %f = linalg.matmul ins(%y, %w : tensor<?x64xf32>, tensor<64x64xf32>) outs(%z : tensor<?x64xf32>) -> tensor<?x64xf32>
  %o = mhc.combine (%f by %post : tensor<?x64xf32>, tensor<?x4xf32>), (%x : tensor<?x4x64xf32>)
      -> tensor<?x4x64xf32>
  return %o : tensor<?x4x64xf32>
}

// The same with few columns: a product with weights of the user is no project, and its result, though
// small, is rows of the next op.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=narrow_matmul | Reason="'linalg.matmul' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @narrow_matmul(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[W:[a-z0-9_]+]]: tensor<64x16xf32>, %[[V:[a-z0-9_]+]]: tensor<16x64xf32>, %{{.*}}: index)
// CHECK: %[[V1:[a-z0-9_]+]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x16xf32>) -> tensor<?x16xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[MM:[a-z0-9_]+]] = linalg.matmul ins(%[[K]], %[[W]] : tensor<?x64xf32>, tensor<64x16xf32>) outs(%[[V1]] : tensor<?x16xf32>) -> tensor<?x16xf32>
// CHECK: %[[V2:[a-z0-9_]+]] = math.tanh %[[MM]] : tensor<?x16xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[MM1:[a-z0-9_]+]] = linalg.matmul ins(%[[V2]], %[[V]] : tensor<?x16xf32>, tensor<16x64xf32>) outs(%[[V3]] : tensor<?x64xf32>) -> tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[MM1]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] : f32), (%[[C2]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @narrow_matmul(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %w: tensor<64x16xf32>,
                         %v: tensor<16x64xf32>, %tokens: index) -> tensor<?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %e = tensor.empty(%tokens) : tensor<?x16xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x16xf32>) -> tensor<?x16xf32>
  %f = linalg.matmul ins(%y, %w : tensor<?x64xf32>, tensor<64x16xf32>) outs(%z : tensor<?x16xf32>) -> tensor<?x16xf32>
  %a = math.tanh %f : tensor<?x16xf32>
  %e64 = tensor.empty(%tokens) : tensor<?x64xf32>
  %z64 = linalg.fill ins(%zero : f32) outs(%e64 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %g = linalg.matmul ins(%a, %v : tensor<?x16xf32>, tensor<16x64xf32>) outs(%z64 : tensor<?x64xf32>) -> tensor<?x64xf32>
  %o = mhc.combine (%g : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// The token before: an op that shifts rows mixes tokens.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=shift | Reason="'tensor.extract_slice' is not known to work on each token alone"
// CHECK-LABEL: func.func @shift(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<8x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<8x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<8x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<8x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<8x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<8x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %{{.*}} = tensor.extract_slice %[[K]][0, 0] [7, 64] [1, 1] : tensor<8x64xf32> to tensor<7x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %{{.*}} : tensor<8x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[POST]] : tensor<8x4xf32> as vector<4xf32>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<8x4x64xf32> as !mhc.row<4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<8x4x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A3]] : f32, vector<4xf32>), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]] : tensor<8x4x64xf32>
func.func @shift(%x: tensor<8x4x64xf32>, %pre: tensor<8x4xf32>, %post: tensor<8x4xf32>) -> tensor<8x4x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<8x4xf32>) -> tensor<8x64xf32>
  %c = arith.constant 0.0 : f32
  %s = tensor.extract_slice %y[0, 0] [7, 64] [1, 1] : tensor<8x64xf32> to tensor<7x64xf32>
  %f = tensor.pad %s low[1, 0] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c : f32
  } : tensor<7x64xf32> to tensor<8x64xf32>
  %o = mhc.combine (%f by %post : tensor<8x64xf32>, tensor<8x4xf32>), (%x : tensor<8x4x64xf32>)
      -> tensor<8x4x64xf32>
  return %o : tensor<8x4x64xf32>
}

// A transposition of tokens and columns, square or not.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=transpose | Reason="'linalg.transpose' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @transpose(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<64x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<64x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<64x4xf32>, %[[E:[a-z0-9_]+]]: tensor<64x64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<64x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<64x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<64x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = linalg.transpose ins(%[[K]] : tensor<64x64xf32>) outs(%[[E]] : tensor<64x64xf32>) permutation = [1, 0]
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[V]] : tensor<64x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[POST]] : tensor<64x4xf32> as vector<4xf32>, %[[A4:[a-z0-9_]+]] = %[[X]] : tensor<64x4x64xf32> as !mhc.row<4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<64x4x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] by %[[A3]] : f32, vector<4xf32>), (%[[C2]] : vector<4xf32>) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S1]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]] : tensor<64x4x64xf32>
func.func @transpose(%x: tensor<64x4x64xf32>, %pre: tensor<64x4xf32>, %post: tensor<64x4xf32>, %e: tensor<64x64xf32>) -> tensor<64x4x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<64x4x64xf32>, tensor<64x4xf32>) -> tensor<64x64xf32>
  %f = linalg.transpose ins(%y : tensor<64x64xf32>) outs(%e : tensor<64x64xf32>) permutation = [1, 0]
  %o = mhc.combine (%f by %post : tensor<64x64xf32>, tensor<64x4xf32>), (%x : tensor<64x4x64xf32>)
      -> tensor<64x4x64xf32>
  return %o : tensor<64x4x64xf32>
}

// Reading y at a computed place.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=gather | Reason="'linalg.generic' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @gather(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[IDS:[a-z0-9_]+]]: tensor<?xi64>, %[[E:[a-z0-9_]+]]: tensor<?x64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel"]} ins(%[[IDS]] : tensor<?xi64>) outs(%[[E]] : tensor<?x64xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = linalg.index 1 : index
// CHECK: %[[V2:[a-z0-9_]+]] = arith.index_cast %{{.*}} : i64 to index
// CHECK: %[[V3:[a-z0-9_]+]] = tensor.extract %[[K]][%[[V2]], %[[V1]]] : tensor<?x64xf32>
// CHECK: linalg.yield %[[V3]] : f32
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[V]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] : f32), (%[[C2]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @gather(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %ids: tensor<?xi64>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %f = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t)>, affine_map<(t, c) -> (t, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%ids : tensor<?xi64>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%id: i64, %old: f32):
    %c = linalg.index 1 : index
    %t = arith.index_cast %id : i64 to index
    %v = tensor.extract %y[%t, %c] : tensor<?x64xf32>
    linalg.yield %v : f32
  } -> tensor<?x64xf32>
  %o = mhc.combine (%f : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// The number of its column: elementwise, but a column does not know its place.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=index | Reason="'linalg.generic' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @index(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[E:[a-z0-9_]+]]: tensor<?x64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel"]} ins(%[[K]] : tensor<?x64xf32>) outs(%[[E]] : tensor<?x64xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = linalg.index 1 : index
// CHECK: %[[V2:[a-z0-9_]+]] = arith.index_cast %[[V1]] : index to i64
// CHECK: %[[V3:[a-z0-9_]+]] = arith.sitofp %[[V2]] : i64 to f32
// CHECK: %[[V4:[a-z0-9_]+]] = arith.mulf %{{.*}}, %[[V3]] : f32
// CHECK: linalg.yield %[[V4]] : f32
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[V]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] : f32), (%[[C2]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @index(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %f = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<?x64xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %old: f32):
    %c = linalg.index 1 : index
    %i = arith.index_cast %c : index to i64
    %v = arith.sitofp %i : i64 to f32
    %p = arith.mulf %a, %v : f32
    linalg.yield %p : f32
  } -> tensor<?x64xf32>
  %o = mhc.combine (%f : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// A maximum over hidden is no exit.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=maximum | Reason="'linalg.generic' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @maximum(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[E:[a-z0-9_]+]]: tensor<?xf32>)
// CHECK: %[[V:[a-z0-9_]+]] = linalg.fill ins(%{{.*}} : f32) outs(%[[E]] : tensor<?xf32>) -> tensor<?xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel", "reduction"]} ins(%[[K]] : tensor<?x64xf32>) outs(%[[V]] : tensor<?xf32>) {
// CHECK: %[[V2:[a-z0-9_]+]] = arith.maximumf %{{.*}}, %{{.*}} : f32
// CHECK: linalg.yield %[[V2]] : f32
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[V1]] : tensor<?xf32> as f32)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] scaled %[[A3]] : f32, f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @maximum(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %e: tensor<?xf32>) -> tensor<?x64xf32> {
  %low = arith.constant 0xFF800000 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %z = linalg.fill ins(%low : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%y : tensor<?x64xf32>) outs(%z : tensor<?xf32>) {
  ^bb0(%a: f32, %max: f32):
    %n = arith.maximumf %a, %max : f32
    linalg.yield %n : f32
  } -> tensor<?xf32>
  %o = mhc.combine (%y scaled %m : tensor<?x64xf32>, tensor<?xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// A sum that starts from something else than zero is no exit.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=accumulate | Reason="'linalg.generic' is no sum over hidden or tokens and not elementwise: it mixes tokens or columns"
// CHECK-LABEL: func.func @accumulate(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[START:[a-z0-9_]+]]: tensor<?xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map1, #map], iterator_types = ["parallel", "reduction"]} ins(%[[K]] : tensor<?x64xf32>) outs(%[[START]] : tensor<?xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = arith.addf %{{.*}}, %{{.*}} : f32
// CHECK: linalg.yield %[[V1]] : f32
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[V]] : tensor<?xf32> as f32)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] scaled %[[A3]] : f32, f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @accumulate(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %start: tensor<?xf32>) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%y : tensor<?x64xf32>) outs(%start : tensor<?xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %n = arith.addf %sum, %a : f32
    linalg.yield %n : f32
  } -> tensor<?xf32>
  %o = mhc.combine (%y scaled %m : tensor<?x64xf32>, tensor<?xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}

// The mean of all tokens: what each token reads of it is complete when the kernel before has run.
// CHECK-LABEL: func.func @mix(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %{{.*}}: tensor<?x64xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, !mhc.total<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32), total(%[[Y]] : f32)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xf32>, !mhc.total<64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[K]]#0 : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[K]]#1 : tensor<64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.subf %[[C1]], %[[C2]] : f32
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[V]] : f32), (%[[C1]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @mix(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %none = tensor.empty() : tensor<64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<64xf32>) -> tensor<64xf32>
  %total = linalg.generic {indexing_maps = [affine_map<(c, t) -> (t, c)>, affine_map<(c, t) -> (c)>],
                           iterator_types = ["parallel", "reduction"]}
      ins(%y : tensor<?x64xf32>) outs(%zeros : tensor<64xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %sum, %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  %o = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>, affine_map<(t, c) -> (t, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%y, %total : tensor<?x64xf32>, tensor<64xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %m: f32, %old: f32):
    %d = arith.subf %a, %m : f32
    linalg.yield %d : f32
  } -> tensor<?x64xf32>
  %w = mhc.combine (%o : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %w : tensor<?x64xf32>
}

// An op with a region that may do anything.
// REMARK: remark: {{\[Missed\]}} KernelEnds | Category:mhc-fuse-kernels | Function=region | Reason="'scf.if' has regions that are not looked into"
// CHECK-LABEL: func.func @region(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[P:[a-z0-9_]+]]: i1)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = scf.if %[[P]] -> (tensor<?x64xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = math.tanh %[[K]] : tensor<?x64xf32>
// CHECK: scf.yield %[[V1]] : tensor<?x64xf32>
// CHECK: scf.yield %[[K]] : tensor<?x64xf32>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[V]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A3:[a-z0-9_]+]] = %[[K]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>, %[[C2:[a-z0-9_]+]] = %[[A3]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] : f32), (%[[C2]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xf32>
// CHECK: return %[[K1]] : tensor<?x64xf32>
func.func @region(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>, %p: i1) -> tensor<?x64xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %f = scf.if %p -> tensor<?x64xf32> {
    %t = math.tanh %y : tensor<?x64xf32>
    scf.yield %t : tensor<?x64xf32>
  } else {
    scf.yield %y : tensor<?x64xf32>
  }
  %o = mhc.combine (%f : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %o : tensor<?x64xf32>
}
