// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-opt %s --mhc-fuse-kernels | mhc-opt | FileCheck %s

// What users write between row ops enters the sweeps, if it treats every token alone.

#row = affine_map<(t, c) -> (t, c)>
#token = affine_map<(t, c) -> (t)>
#column = affine_map<(t, c) -> (c)>
#streams = affine_map<(t, i, c) -> (t, i, c)>

// Elementwise ops on tensors, with a constant and a cast.
// CHECK-LABEL: func.func @elementwise(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[POST:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[POST]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %[[Y]] : bf16 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.negf %[[V]] : f32
// CHECK: %[[V2:[a-z0-9_]+]] = math.exp %[[V1]] : f32
// CHECK: %[[V3:[a-z0-9_]+]] = arith.truncf %[[V2]] : f32 to bf16
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[V3]] by %[[A2]] : bf16, vector<4xf32>), (%[[C]] : vector<4xbf16>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[O]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K]] : tensor<?x4x64xbf16>
func.func @elementwise(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %w = arith.extf %y : tensor<?x64xbf16> to tensor<?x64xf32>
  %n = arith.negf %w : tensor<?x64xf32>
  %e = math.exp %n : tensor<?x64xf32>
  %f = arith.truncf %e : tensor<?x64xf32> to tensor<?x64xbf16>
  %o = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>), (%x : tensor<?x4x64xbf16>)
      -> tensor<?x4x64xbf16>
  return %o : tensor<?x4x64xbf16>
}

// A weight for each column: a row that is the same for all tokens.
// CHECK-LABEL: func.func @gain(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[GAIN:[a-z0-9_]+]]: tensor<64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[GAIN]] : tensor<64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>, %[[C1:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %[[Y]] : bf16 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[C1]] : f32
// CHECK: %[[V2:[a-z0-9_]+]] = arith.truncf %[[V1]] : f32 to bf16
// CHECK: mhc.exit row(%[[V2]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @gain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %gain: tensor<64xf32>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %e = tensor.empty(%tokens) : tensor<?x64xbf16>
  %f = linalg.generic {indexing_maps = [#row, #column, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y, %gain : tensor<?x64xbf16>, tensor<64xf32>) outs(%e : tensor<?x64xbf16>) {
  ^bb0(%in: bf16, %g: f32, %old: bf16):
    %wide = arith.extf %in : bf16 to f32
    %p = arith.mulf %wide, %g : f32
    %narrow = arith.truncf %p : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x64xbf16>
  return %f : tensor<?x64xbf16>
}

// RMSNorm of the sublayer's input: one more sum and one more sweep. y leaves normalised, and
// only so.
// CHECK-LABEL: func.func @rms_norm(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[GAIN:[a-z0-9_]+]]: tensor<64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[GAIN]] : tensor<64xf32> as !mhc.row<64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>, f32) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[V:[a-z0-9_]+]] = arith.extf %[[Y]] : bf16 to f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.mulf %[[V]], %[[V]] : f32
// CHECK: mhc.exit row(%[[Y]] : bf16), sum(%[[V1]] : f32)
// CHECK: %[[V2:[a-z0-9_]+]] = arith.divf %[[S]]#1, %{{.*}} : f32
// CHECK: %[[V3:[a-z0-9_]+]] = arith.addf %[[V2]], %{{.*}} : f32
// CHECK: %[[V4:[a-z0-9_]+]] = math.rsqrt %[[V3]] : f32
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[S]]#0 : !mhc.row<64xbf16>, %[[C2:[a-z0-9_]+]] = %[[A2]] : !mhc.row<64xf32>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[V5:[a-z0-9_]+]] = arith.extf %[[C1]] : bf16 to f32
// CHECK: %[[V6:[a-z0-9_]+]] = arith.mulf %[[V5]], %[[V4]] : f32
// CHECK: %[[V7:[a-z0-9_]+]] = arith.mulf %[[V6]], %[[C2]] : f32
// CHECK: %[[V8:[a-z0-9_]+]] = arith.truncf %[[V7]] : f32 to bf16
// CHECK: mhc.exit row(%[[V8]] : bf16)
// CHECK: mhc.return %[[S1]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @rms_norm(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %gain: tensor<64xf32>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %count = arith.constant 64.0 : f32
  %eps = arith.constant 1.0e-6 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
  %none = tensor.empty(%tokens) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?xf32>) -> tensor<?xf32>
  %squares = linalg.generic {indexing_maps = [#row, #token], iterator_types = ["parallel", "reduction"]}
      ins(%y : tensor<?x64xbf16>) outs(%zeros : tensor<?xf32>) {
  ^bb0(%in: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<?xf32>
  %rows = tensor.empty(%tokens) : tensor<?x64xbf16>
  %out = linalg.generic {indexing_maps = [#row, #token, #column, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y, %squares, %gain : tensor<?x64xbf16>, tensor<?xf32>, tensor<64xf32>)
      outs(%rows : tensor<?x64xbf16>) {
  ^bb0(%in: bf16, %sum: f32, %g: f32, %old: bf16):
    %mean = arith.divf %sum, %count : f32
    %shifted = arith.addf %mean, %eps : f32
    %rstd = math.rsqrt %shifted : f32
    %wide = arith.extf %in : bf16 to f32
    %unit = arith.mulf %wide, %rstd : f32
    %scaled = arith.mulf %unit, %g : f32
    %narrow = arith.truncf %scaled : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x64xbf16>
  return %out : tensor<?x64xbf16>
}

// Rows of single bits have no place in memory: the comparison and what selects by it are in one sweep.
// CHECK-LABEL: func.func @relu(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> f32
// CHECK: %[[V:[a-z0-9_]+]] = arith.cmpf ogt, %[[Y]], %{{.*}} : f32
// CHECK: %[[V1:[a-z0-9_]+]] = arith.select %[[V]], %[[Y]], %{{.*}} : f32
// CHECK: mhc.exit row(%[[V1]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]] : tensor<?x64xf32>
func.func @relu(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %tokens = tensor.dim %y, %c0 : tensor<?x64xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<?x64xf32>) -> tensor<?x64xf32>
  %p = arith.cmpf ogt, %y, %z : tensor<?x64xf32>
  %f = arith.select %p, %y, %z : tensor<?x64xi1>, tensor<?x64xf32>
  return %f : tensor<?x64xf32>
}

// The bits are returned: comparison and selection stay outside.
// CHECK-LABEL: func.func @mask(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[Z:[a-z0-9_]+]]: tensor<?x64xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: %[[V:[a-z0-9_]+]] = arith.cmpf ogt, %[[K]], %[[Z]] : tensor<?x64xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.select %[[V]], %[[K]], %[[Z]] : tensor<?x64xi1>, tensor<?x64xf32>
// CHECK: return %[[V1]], %[[V]] : tensor<?x64xf32>, tensor<?x64xi1>
func.func @mask(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %z: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xi1>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %p = arith.cmpf ogt, %y, %z : tensor<?x64xf32>
  %f = arith.select %p, %y, %z : tensor<?x64xi1>, tensor<?x64xf32>
  return %f, %p : tensor<?x64xf32>, tensor<?x64xi1>
}

// The bits of one token's coefficients are no rows.
// CHECK-LABEL: func.func @coefficient_bits(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[OTHER:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %[[A2:[a-z0-9_]+]] = %[[OTHER]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.cmpf ogt, %[[A1]], %[[A2]] : vector<4xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.select %[[V]], %[[A1]], %[[A2]] : vector<4xi1>, vector<4xf32>
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[V1]] : (vector<4xbf16>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<64xf32>
// CHECK: return %[[K]] : tensor<?x64xf32>
func.func @coefficient_bits(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %other: tensor<?x4xf32>) -> tensor<?x64xf32> {
  %p = arith.cmpf ogt, %pre, %other : tensor<?x4xf32>
  %s = arith.select %p, %pre, %other : tensor<?x4xi1>, tensor<?x4xf32>
  %y = mhc.aggregate %x, %s : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// A factor for each stream in a linalg.generic; the streams are a loop of it.
// CHECK-LABEL: func.func @streams(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[R:[a-z0-9_]+]]: tensor<?x4x4xf32>, %[[K:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[R]] : tensor<?x4x4xf32> as vector<4x4xf32>, %[[A2:[a-z0-9_]+]] = %[[K]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] by %[[A1]] : vector<4xbf16>, vector<4x4xf32>) -> vector<4xf32>
// CHECK: %[[V:[a-z0-9_]+]] = arith.mulf %[[O]], %[[A2]] : vector<4xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.truncf %[[V]] : vector<4xf32> to vector<4xbf16>
// CHECK: mhc.exit row(%[[V1]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xbf16>
// CHECK: return %[[K1]] : tensor<?x4x64xbf16>
func.func @streams(%x: tensor<?x4x64xbf16>, %R: tensor<?x4x4xf32>, %k: tensor<?x4xf32>) -> tensor<?x4x64xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
  %o = mhc.combine (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xf32>
  %e = tensor.empty(%tokens) : tensor<?x4x64xbf16>
  %f = linalg.generic {indexing_maps = [#streams, affine_map<(t, i, c) -> (t, i)>, #streams],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%o, %k : tensor<?x4x64xf32>, tensor<?x4xf32>) outs(%e : tensor<?x4x64xbf16>) {
  ^bb0(%a: f32, %b: f32, %old: bf16):
    %p = arith.mulf %a, %b : f32
    %n = arith.truncf %p : f32 to bf16
    linalg.yield %n : bf16
  } -> tensor<?x4x64xbf16>
  return %f : tensor<?x4x64xbf16>
}

// A sum over the coefficients of a token, and one over a matrix's columns, by balanced trees.
// CHECK-LABEL: func.func @coefficient_sums(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>, %[[M:[a-z0-9_]+]]: tensor<?x4x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "boundary"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>, %{{.*}} = %[[M]] : tensor<?x4x4xf32> as vector<4x4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xbf16>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.addf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK: %[[V1:[a-z0-9_]+]] = arith.addf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK: %[[V2:[a-z0-9_]+]] = arith.addf %[[V]], %[[V1]] : vector<4xf32>
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V2]], %[[A1]] : vector<4xf32>
// CHECK: %[[V4:[a-z0-9_]+]] = vector.reduction <add>, %[[V3]] : vector<4xf32> into f32
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xbf16>, vector<4xf32>) -> bf16
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[Y]] scaled %[[V4]] : bf16, f32) -> bf16
// CHECK: mhc.exit row(%[[O]] : bf16)
// CHECK: mhc.return %[[S]] : !mhc.row<64xbf16>
// CHECK: return %[[K]] : tensor<?x64xbf16>
func.func @coefficient_sums(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %M: tensor<?x4x4xf32>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x4x64xbf16>
  %e4 = tensor.empty(%tokens) : tensor<?x4xf32>
  %z4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<?x4xf32>) -> tensor<?x4xf32>
  %sums = linalg.generic {indexing_maps = [affine_map<(t, i, j) -> (t, i, j)>, affine_map<(t, i, j) -> (t, j)>],
                          iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%M : tensor<?x4x4xf32>) outs(%z4 : tensor<?x4xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %a, %sum : f32
    linalg.yield %s : f32
  } -> tensor<?x4xf32>
  %e1 = tensor.empty(%tokens) : tensor<?xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<?xf32>) -> tensor<?xf32>
  %dot = linalg.generic {indexing_maps = [affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t, j)>, affine_map<(t, j) -> (t)>],
                         iterator_types = ["parallel", "reduction"]}
      ins(%sums, %pre : tensor<?x4xf32>, tensor<?x4xf32>) outs(%z1 : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %o = mhc.combine (%y scaled %dot : tensor<?x64xbf16>, tensor<?xf32>) -> tensor<?x64xbf16>
  return %o : tensor<?x64xbf16>
}

// A sum over the streams at one column, and the sum of rows over tokens.
// CHECK-LABEL: func.func @stream_sum(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[PRE:[a-z0-9_]+]]: tensor<?x4xf32>)
// CHECK: %[[K:[a-z0-9_]+]]:2 = mhc.kernel "aggregate"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[PRE]] : tensor<?x4xf32> as vector<4xf32>)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]]:2 = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<64xf32>, !mhc.total<64xf32>) {
// CHECK: %[[Y:[a-z0-9_]+]] = mhc.aggregate %[[C]], %[[A1]] : (vector<4xf32>, vector<4xf32>) -> f32
// CHECK: mhc.exit row(%[[Y]] : f32), total(%[[Y]] : f32)
// CHECK: mhc.return %[[S]]#0, %[[S]]#1 : !mhc.row<64xf32>, !mhc.total<64xf32>
// CHECK: return %[[K]]#0, %[[K]]#1 : tensor<?x64xf32>, tensor<64xf32>
func.func @stream_sum(%x: tensor<?x4x64xf32>, %pre: tensor<?x4xf32>) -> (tensor<?x64xf32>, tensor<64xf32>) {
  %zero = arith.constant 0.0 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xf32>, tensor<?x4xf32>) -> tensor<?x64xf32>
  %none = tensor.empty() : tensor<64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<64xf32>) -> tensor<64xf32>
  %sums = linalg.generic {indexing_maps = [affine_map<(c, t) -> (t, c)>, affine_map<(c, t) -> (c)>],
                          iterator_types = ["parallel", "reduction"]}
      ins(%y : tensor<?x64xf32>) outs(%zeros : tensor<64xf32>) {
  ^bb0(%a: f32, %sum: f32):
    %s = arith.addf %sum, %a : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  return %y, %sums : tensor<?x64xf32>, tensor<64xf32>
}

// The norm weight is folded into phi once for each version of the weights.
// CHECK-LABEL: func.func @norm_weight(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xbf16>, %[[PHI:[a-z0-9_]+]]: tensor<24x256xf32>, %[[W:[a-z0-9_]+]]: tensor<256xf32>, %[[D:[a-z0-9_]+]]: tensor<?x24xf32>)
// CHECK: %[[W1:[a-z0-9_]+]] = mhc.prepare ins(%[[A:[a-z0-9_]+]] = %[[PHI]] : tensor<24x256xf32>, %[[A1:[a-z0-9_]+]] = %[[W]] : tensor<256xf32>) -> (tensor<24x256xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = linalg.generic {indexing_maps = [#map, #map1, #map], iterator_types = ["parallel", "parallel"]} ins(%[[A]], %[[A1]] : tensor<24x256xf32>, tensor<256xf32>) outs(%{{.*}} : tensor<24x256xf32>) {
// CHECK: %[[V1:[a-z0-9_]+]] = arith.extf %{{.*}} : f32 to f64
// CHECK: %[[V2:[a-z0-9_]+]] = arith.extf %{{.*}} : f32 to f64
// CHECK: %[[V3:[a-z0-9_]+]] = arith.mulf %[[V1]], %[[V2]] : f64
// CHECK: %[[V4:[a-z0-9_]+]] = arith.truncf %[[V3]] : f64 to f32
// CHECK: linalg.yield %[[V4]] : f32
// CHECK: mhc.return %[[V]] : tensor<24x256xf32>
// CHECK: %[[K:[a-z0-9_]+]] = mhc.kernel "backward"
// CHECK: ins(%[[A2:[a-z0-9_]+]] = %[[W1]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>, %[[A3:[a-z0-9_]+]] = %[[D]] : tensor<?x24xf32> as vector<24xf32>)
// CHECK: outs(%{{.*}} : tensor<?x4x64xbf16>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 () -> (!mhc.row<4x64xbf16>) {
// CHECK: %[[B:[a-z0-9_]+]] = mhc.backproject %[[A3]] by %[[A2]] : (vector<24xf32>, !mhc.weight<24x4x64xf32>) -> vector<4xbf16>
// CHECK: mhc.exit row(%[[B]] : vector<4xbf16>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xbf16>
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "project"
// CHECK: ins(%[[A4:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %[[A5:[a-z0-9_]+]] = %[[W1]] : tensor<24x256xf32> as !mhc.weight<24x4x64xf32>)
// CHECK: outs(%{{.*}} : tensor<?x24xf32>) {
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A4]] : !mhc.row<4x64xbf16>) -> (vector<24xf32>) {
// CHECK: mhc.exit project(%[[C]] by %[[A5]] : vector<4xbf16>, !mhc.weight<24x4x64xf32>)
// CHECK: mhc.return %[[S1]] : vector<24xf32>
// CHECK: return %[[K1]], %[[K]] : tensor<?x24xf32>, tensor<?x4x64xbf16>
func.func @norm_weight(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %w: tensor<256xf32>, %d: tensor<?x24xf32>)
    -> (tensor<?x24xf32>, tensor<?x4x64xbf16>) {
  %m = mhc.project %x by %phi norm_weight %w : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<256xf32>) -> tensor<?x24xf32>
  %b = mhc.backproject %d by %phi norm_weight %w : (tensor<?x24xf32>, tensor<24x256xf32>, tensor<256xf32>) -> tensor<?x4x64xbf16>
  return %m, %b : tensor<?x24xf32>, tensor<?x4x64xbf16>
}

// What spreads coefficients over hidden makes rows, where a row op reads it; however few columns there are.
// CHECK-LABEL: func.func @spread(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x8xf32>, %[[K:[a-z0-9_]+]]: tensor<?x4xf32>, %{{.*}}: tensor<?x4x8xf32>)
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x8xf32> as !mhc.row<8xf32>, %[[A1:[a-z0-9_]+]] = %[[K]] : tensor<?x4xf32> as f32)
// CHECK: outs(%{{.*}} : tensor<?x4x8xf32>) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.negf %[[A1]] : f32
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 8 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] scaled %[[A1]] : f32, f32), (%[[V]] : f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S]] : !mhc.row<8xf32>
// CHECK: return %[[K1]] : tensor<?x4x8xf32>
func.func @spread(%x: tensor<?x4x8xf32>, %k: tensor<?x4xf32>, %e: tensor<?x4x8xf32>) -> tensor<?x4x8xf32> {
  %r = linalg.generic {indexing_maps = [affine_map<(t, i, c) -> (t, i)>, affine_map<(t, i, c) -> (t, i, c)>],
                       iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%k : tensor<?x4xf32>) outs(%e : tensor<?x4x8xf32>) {
  ^bb0(%a: f32, %old: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<?x4x8xf32>
  %s = mhc.combine (%x scaled %k : tensor<?x4x8xf32>, tensor<?x4xf32>), (%r : tensor<?x4x8xf32>) -> tensor<?x4x8xf32>
  return %s : tensor<?x4x8xf32>
}

// A combine that scales rows of streams by one factor a token: the factor says what the tokens are.
// CHECK-LABEL: func.func @scaled(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x4x64xf32>, %[[K:[a-z0-9_]+]]: tensor<?xf32>)
// CHECK: %[[K1:[a-z0-9_]+]] = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x4x64xf32> as !mhc.row<4x64xf32>, %[[A1:[a-z0-9_]+]] = %[[K]] : tensor<?xf32> as f32)
// CHECK: outs(%{{.*}} : tensor<?x4x64xf32>) {
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<4x64xf32>) -> (!mhc.row<4x64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C]] scaled %[[A1]] : vector<4xf32>, f32) -> vector<4xf32>
// CHECK: mhc.exit row(%[[O]] : vector<4xf32>)
// CHECK: mhc.return %[[S]] : !mhc.row<4x64xf32>
// CHECK: return %[[K1]] : tensor<?x4x64xf32>
func.func @scaled(%x: tensor<?x4x64xf32>, %k: tensor<?xf32>) -> tensor<?x4x64xf32> {
  %s = mhc.combine (%x scaled %k : tensor<?x4x64xf32>, tensor<?xf32>) -> tensor<?x4x64xf32>
  return %s : tensor<?x4x64xf32>
}

// A user's norm of a row of which only the last op knows that it is one.
// CHECK-LABEL: func.func @late(
// CHECK-SAME: %[[X:[a-z0-9_]+]]: tensor<?x64xf32>, %[[K:[a-z0-9_]+]]: tensor<?xf32>, %{{.*}}: tensor<?x64xf32>)
// CHECK: %[[K1:[a-z0-9_]+]]:2 = mhc.kernel "combine"
// CHECK: ins(%[[A:[a-z0-9_]+]] = %[[X]] : tensor<?x64xf32> as !mhc.row<64xf32>, %[[A1:[a-z0-9_]+]] = %[[K]] : tensor<?xf32> as f32)
// CHECK: outs(%{{.*}} : tensor<?x64xf32>, %{{.*}} : tensor<?xf32>) {
// CHECK: %[[RSTD:[a-z0-9_]+]] = mhc.rstd %[[A1]] {count = 64 : i64, eps = 9.9999999999999995E-7 : f64} : f32
// CHECK: %[[S:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xf32>) -> (f32) {
// CHECK: %[[V:[a-z0-9_]+]] = arith.mulf %[[C]], %[[RSTD]] : f32
// CHECK: mhc.exit sum(%[[V]] : f32)
// CHECK: %[[S1:[a-z0-9_]+]] = mhc.sweep over 64 (%[[C1:[a-z0-9_]+]] = %[[A]] : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
// CHECK: %[[O:[a-z0-9_]+]] = mhc.combine (%[[C1]] scaled %[[S]] : f32, f32) -> f32
// CHECK: mhc.exit row(%[[O]] : f32)
// CHECK: mhc.return %[[S1]], %[[S]] : !mhc.row<64xf32>, f32
// CHECK: return %[[K1]]#0, %[[K1]]#1 : tensor<?x64xf32>, tensor<?xf32>
func.func @late(%x: tensor<?x64xf32>, %k: tensor<?xf32>, %e: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>
  %none = tensor.empty(%tokens) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%none : tensor<?xf32>) -> tensor<?xf32>
  %r = mhc.rstd %k {count = 64 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
  %q = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t)>, affine_map<(t, c) -> (t)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%x, %r : tensor<?x64xf32>, tensor<?xf32>) outs(%zeros : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %y = mhc.combine (%x scaled %q : tensor<?x64xf32>, tensor<?xf32>) -> tensor<?x64xf32>
  return %y, %q : tensor<?x64xf32>, tensor<?xf32>
}
