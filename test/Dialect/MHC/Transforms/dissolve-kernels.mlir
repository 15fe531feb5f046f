// RUN: mhc-opt %s --mhc-dissolve-kernels --canonicalize --cse | FileCheck %s
// RUN: mhc-opt %s --mhc-dissolve-kernels | mhc-opt | not grep mhc.kernel

// What the values and exits of kernels are on tensors.

// Broadcasts, transposes and constants are the maps and the bodies of linalg.generic; parts of vectors are slices.

// CHECK-LABEL: func.func @parts
// CHECK-SAME:    %[[V:[a-z0-9_]+]]: tensor<?x6xf32>, %[[M:[a-z0-9_]+]]: tensor<?x2x3xf32>, %[[K:[a-z0-9_]+]]: tensor<?xf32>
// CHECK:         %[[E:.*]] = tensor.expand_shape %[[V]] {{\[\[}}0], [1, 2]] output_shape [%{{.*}}, 3, 2] : tensor<?x6xf32> into tensor<?x3x2xf32>
// The transposed operand comes after the one that is read in the order of the result.
// CHECK:         linalg.generic {indexing_maps = [#[[ID3:.*]], #[[TRANSPOSED:.*]], #[[ID3]]], iterator_types = ["parallel", "parallel", "parallel"]} ins(%[[M]], %[[E]] :
// CHECK:           arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK:         %[[ROW:.*]] = tensor.extract_slice %{{.*}}[0, 1, 0] [%{{.*}}, 1, 3] [1, 1, 1] : tensor<?x2x3xf32> to tensor<?x3xf32>
// CHECK:         %[[TWO:.*]] = tensor.extract_slice %[[ROW]][0, 1] [%{{.*}}, 2] [1, 1] : tensor<?x3xf32> to tensor<?x2xf32>
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[TWO]] : tensor<?x2xf32>)
// CHECK:           arith.addf %{{.*}}, %{{.*}} : f32
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[K]] : tensor<?xf32>, tensor<?xf32>)
// CHECK:           math.fma
func.func @parts(%v: tensor<?x6xf32>, %m: tensor<?x2x3xf32>, %k: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel ins(%a = %v : tensor<?x6xf32> as vector<6xf32>,
                      %b = %m : tensor<?x2x3xf32> as vector<2x3xf32>,
                      %c = %k : tensor<?xf32> as f32) outs(%e : tensor<?xf32>) {
    %s = vector.shape_cast %a : vector<6xf32> to vector<3x2xf32>
    %t = vector.transpose %s, [1, 0] : vector<3x2xf32> to vector<2x3xf32>
    %p = arith.mulf %t, %b : vector<2x3xf32>
    %row = vector.extract %p[1] : vector<3xf32> from vector<2x3xf32>
    %two = vector.extract_strided_slice %row {offsets = [1], sizes = [2], strides = [1]} : vector<3xf32> to vector<2xf32>
    %sum = vector.reduction <add>, %two : vector<2xf32> into f32
    %one = arith.constant 1.0 : f32
    %r = math.fma %sum, %c, %one : f32
    mhc.return %r : f32
  }
  return %0 : tensor<?xf32>
}

// Vectors that are put together, dimensions of one that are stretched, a condition of the token.

// CHECK-LABEL: func.func @together
// CHECK-SAME:    %[[A:[a-z0-9_]+]]: tensor<?xf32>, %[[B:[a-z0-9_]+]]: tensor<4xf32>, %[[W:[a-z0-9_]+]]: tensor<?x1x2xf32>, %[[F:[a-z0-9_]+]]: tensor<?xi1>
// CHECK:         tensor.insert_slice %[[A]] into %{{.*}}[0, 0] [%{{.*}}, 1] [1, 1] : tensor<?xf32> into tensor<?x2xf32>
// CHECK:         tensor.insert_slice %{{.*}} into %{{.*}}[0, 1] [%{{.*}}, 2] [1, 1] : tensor<?x2xf32> into tensor<?x4xf32>
// CHECK:         tensor.expand_shape
// CHECK:         %[[FLAT:.*]] = tensor.{{.*}} %[[W]]{{.*}} tensor<?x2xf32>
// CHECK:         linalg.generic {{.*}} ins(%{{.*}}, %[[FLAT]] : tensor<?x2x2xf32>, tensor<?x2xf32>)
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction", "reduction"]}
// CHECK:           arith.maximumf
// CHECK:         arith.select %[[F]], %{{.*}}, %[[A]] : tensor<?xi1>, tensor<?xf32>
func.func @together(%x: tensor<?xf32>, %y: tensor<4xf32>, %z: tensor<?x1x2xf32>, %flag: tensor<?xi1>,
                    %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel ins(%a = %x : tensor<?xf32> as f32, %b = %y : tensor<4xf32> as vector<4xf32>,
                      %w = %z : tensor<?x1x2xf32> as vector<1x2xf32>,
                      %f = %flag : tensor<?xi1> as i1) outs(%e : tensor<?xf32>) {
    %two = vector.from_elements %a, %a : vector<2xf32>
    %four = vector.insert_strided_slice %two, %b {offsets = [1], strides = [1]} : vector<2xf32> into vector<4xf32>
    %m = vector.shape_cast %four : vector<4xf32> to vector<2x2xf32>
    %s = vector.broadcast %w : vector<1x2xf32> to vector<2x2xf32>
    %p = arith.addf %m, %s : vector<2x2xf32>
    %low = arith.constant 0.0 : f32
    %r = vector.multi_reduction <maximumf>, %p, %low [0, 1] : vector<2x2xf32> to f32
    %c = arith.select %f, %r, %a : f32
    mhc.return %c : f32
  }
  return %0 : tensor<?xf32>
}

// A norm's weight has no tokens. A sum that is no inner product is a reduction, in the type of its numbers.

// CHECK-LABEL: func.func @sums
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x8xbf16>, %[[W:[a-z0-9_]+]]: tensor<8xf32>
// CHECK:         %[[WIDE:.*]] = arith.extf %[[X]] : tensor<?x8xbf16> to tensor<?x8xf32>
// CHECK:         %[[P:.*]] = linalg.generic {indexing_maps = [#{{.*}}, #{{.*}}, #{{.*}}], iterator_types = ["parallel", "parallel"]} ins(%[[WIDE]], %[[W]] : tensor<?x8xf32>, tensor<8xf32>)
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[P]] : tensor<?x8xf32>) outs(%{{.*}} : tensor<?xf32>)
// CHECK:           arith.addf %{{.*}}, %{{.*}} : f32
func.func @sums(%x: tensor<?x8xbf16>, %w: tensor<8xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xbf16> as !mhc.row<8xbf16>, %b = %w : tensor<8xf32> as !mhc.row<8xf32>)
                  outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xbf16>, %k = %b : !mhc.row<8xf32>) -> (f32) {
      %wide = arith.extf %c : bf16 to f32
      %p = arith.mulf %wide, %k : f32
      mhc.exit sum(%p : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// An inner product of a column that is not only added over columns is a product of elements, over streams in order.

// CHECK-LABEL: func.func @column_inner
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x2x8xbf16>
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[X]], %[[X]], %[[X]] :
// CHECK:           %[[P:.*]] = arith.mulf %{{.*}}, %{{.*}} : f32
// CHECK:           math.fma %{{.*}}, %{{.*}}, %[[P]] : f32
// CHECK:         mhc.inner whole %[[X]], %[[X]]
func.func @column_inner(%x: tensor<?x2x8xbf16>, %e0: tensor<?x8xf32>, %e1: tensor<?xf32>)
    -> (tensor<?x8xf32>, tensor<?xf32>) {
  %0:2 = mhc.kernel ins(%a = %x : tensor<?x2x8xbf16> as !mhc.row<2x8xbf16>)
                    outs(%e0 : tensor<?x8xf32>, %e1 : tensor<?xf32>) {
    %r, %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xbf16>) -> (!mhc.row<8xf32>, f32) {
      %q = mhc.inner whole %c, %c : (vector<2xbf16>, vector<2xbf16>) -> f32
      mhc.exit row(%q : f32), sum(%q : f32)
    }
    mhc.return %r, %s : !mhc.row<8xf32>, f32
  }
  return %0#0, %0#1 : tensor<?x8xf32>, tensor<?xf32>
}

// Totals: of coefficients, of rows, and of a product; streams and hidden apart where the destination has them apart.

// CHECK-LABEL: func.func @totals
// CHECK-SAME:    %[[D:[a-z0-9_]+]]: tensor<?x3xf32>, %[[X:[a-z0-9_]+]]: tensor<?x2x8xf32>
// CHECK:         %[[O:.*]] = mhc.outer %[[D]] by %[[X]] precision tf32 : (tensor<?x3xf32>, tensor<?x2x8xf32>) -> tensor<3x16xf32>
// CHECK:         %[[T:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel", "parallel"]} ins(%[[X]] : tensor<?x2x8xf32>) outs(%{{.*}} : tensor<2x8xf32>)
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]} ins(%[[D]] : tensor<?x3xf32>) outs(%{{.*}} : tensor<3xf32>)
// CHECK-DAG:     %[[APART:.*]] = tensor.expand_shape %[[O]] {{\[\[}}0], [1, 2]] output_shape [3, 2, 8] : tensor<3x16xf32> into tensor<3x2x8xf32>
// CHECK-DAG:     %[[ONE:.*]] = tensor.collapse_shape %[[T]] {{\[\[}}0, 1]] : tensor<2x8xf32> into tensor<16xf32>
// CHECK:         return %[[APART]], %[[ONE]], %[[S]]
func.func @totals(%d: tensor<?x3xf32>, %x: tensor<?x2x8xf32>, %e0: tensor<3x2x8xf32>, %e1: tensor<16xf32>,
                  %e2: tensor<3xf32>) -> (tensor<3x2x8xf32>, tensor<16xf32>, tensor<3xf32>) {
  %0:3 = mhc.kernel ins(%k = %d : tensor<?x3xf32> as vector<3xf32>, %a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>)
                    outs(%e0 : tensor<3x2x8xf32>, %e1 : tensor<16xf32>, %e2 : tensor<3xf32>) {
    %o, %t = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (!mhc.total<3x2x8xf32>, !mhc.total<2x8xf32>) {
      mhc.exit outer(%k by %c precision tf32 : vector<3xf32>, vector<2xf32>), total(%c : vector<2xf32>)
    }
    %s = mhc.total %k : vector<3xf32> -> !mhc.total<3xf32>
    mhc.return %o, %t, %s : !mhc.total<3x2x8xf32>, !mhc.total<2x8xf32>, !mhc.total<3xf32>
  }
  return %0#0, %0#1, %0#2 : tensor<3x2x8xf32>, tensor<16xf32>, tensor<3xf32>
}

// What is the same for all tokens gets token dimensions where an op or a result needs them.

// CHECK-LABEL: func.func @static
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x2x8xf32>, %[[W:[a-z0-9_]+]]: tensor<2x8xf32>, %[[K:[a-z0-9_]+]]: tensor<2xf32>
// CHECK:         %[[WT:.*]] = linalg.generic {{.*}} ins(%[[W]] : tensor<2x8xf32>) outs(%{{.*}} : tensor<?x2x8xf32>)
// CHECK:         %[[KT:.*]] = linalg.generic {{.*}} ins(%[[K]] : tensor<2xf32>) outs(%{{.*}} : tensor<?x2xf32>)
// CHECK:         mhc.combine (%[[X]] scaled %[[KT]] : tensor<?x2x8xf32>, tensor<?x2xf32>), (%[[WT]] : tensor<?x2x8xf32>) -> tensor<?x2x8xf32>
// CHECK:         mhc.inner whole %[[W]], %[[W]] : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<f32>
// CHECK:         linalg.generic {{.*}} ins(%{{.*}} : tensor<f32>) outs(%{{.*}} : tensor<?xf32>)
func.func @static(%x: tensor<?x2x8xf32>, %w: tensor<2x8xf32>, %k: tensor<2xf32>, %e0: tensor<?x2x8xf32>,
                  %e1: tensor<?xf32>) -> (tensor<?x2x8xf32>, tensor<?xf32>) {
  %0:2 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %b = %w : tensor<2x8xf32> as !mhc.row<2x8xf32>,
                        %f = %k : tensor<2xf32> as vector<2xf32>)
                    outs(%e0 : tensor<?x2x8xf32>, %e1 : tensor<?xf32>) {
    %r, %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>, %d = %b : !mhc.row<2x8xf32>) -> (!mhc.row<2x8xf32>, f32) {
      %o = mhc.combine (%c scaled %f : vector<2xf32>, vector<2xf32>), (%d : vector<2xf32>) -> vector<2xf32>
      %q = mhc.inner whole %d, %d : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit row(%o : vector<2xf32>), sum(%q : f32)
    }
    mhc.return %r, %s : !mhc.row<2x8xf32>, f32
  }
  return %0#0, %0#1 : tensor<?x2x8xf32>, tensor<?xf32>
}
