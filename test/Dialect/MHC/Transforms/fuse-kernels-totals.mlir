// RUN: mhc-opt %s --mhc-fuse-kernels --split-input-file | FileCheck %s

// Sums of rows without a row or token op near: known by their shapes.

#row = affine_map<(t, c) -> (t, c)>
#token = affine_map<(t, c) -> (t)>
#column = affine_map<(t, c) -> (c)>

// What a norm's gradient has besides is in the kernel, in its order too: a sum over hidden, and rows.
// CHECK-LABEL: func.func @norm(
// CHECK-NOT:     linalg.generic
// CHECK:         mhc.kernel
// CHECK:           mhc.sweep over 64
// CHECK:             mhc.exit sum(%{{.*}} : f32), total(%{{.*}} : f32)
// CHECK:           mhc.sweep over 64
// CHECK:             mhc.exit row(
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @norm(%x: tensor<?x64xbf16>, %g: tensor<?x64xbf16>) -> (tensor<64xf32>, tensor<?x64xbf16>) {
  %zero = arith.constant 0.0 : f32
  %c0 = arith.constant 0 : index
  %T = tensor.dim %x, %c0 : tensor<?x64xbf16>
  %empty = tensor.empty() : tensor<64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<64xf32>) -> tensor<64xf32>
  %gain = linalg.generic {indexing_maps = [#row, #row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%x, %g : tensor<?x64xbf16>, tensor<?x64xbf16>) outs(%zeros : tensor<64xf32>) {
  ^bb0(%in: bf16, %d: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %wide_d = arith.extf %d : bf16 to f32
    %term = arith.mulf %wide, %wide_d : f32
    %next = arith.addf %sum, %term : f32
    linalg.yield %next : f32
  } -> tensor<64xf32>
  %emptyT = tensor.empty(%T) : tensor<?xf32>
  %zerosT = linalg.fill ins(%zero : f32) outs(%emptyT : tensor<?xf32>) -> tensor<?xf32>
  %inner = linalg.generic {indexing_maps = [#row, #row, #token], iterator_types = ["parallel", "reduction"]}
      ins(%x, %g : tensor<?x64xbf16>, tensor<?x64xbf16>) outs(%zerosT : tensor<?xf32>) {
  ^bb0(%in: bf16, %d: bf16, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %wide_d = arith.extf %d : bf16 to f32
    %term = arith.mulf %wide, %wide_d : f32
    %next = arith.addf %sum, %term : f32
    linalg.yield %next : f32
  } -> tensor<?xf32>
  %rows = tensor.empty(%T) : tensor<?x64xbf16>
  %dx = linalg.generic {indexing_maps = [#row, #token, #row], iterator_types = ["parallel", "parallel"]}
      ins(%x, %inner : tensor<?x64xbf16>, tensor<?xf32>) outs(%rows : tensor<?x64xbf16>) {
  ^bb0(%in: bf16, %i: f32, %old: bf16):
    %wide = arith.extf %in : bf16 to f32
    %term = arith.mulf %wide, %i : f32
    %narrow = arith.truncf %term : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x64xbf16>
  return %gain, %dx : tensor<64xf32>, tensor<?x64xbf16>
}

// -----

// A matrix product adds over tokens too, and is none: no factor has all loops.
#x = affine_map<(t, o, c) -> (t, c)>
#g = affine_map<(t, o, c) -> (t, o)>
#w = affine_map<(t, o, c) -> (o, c)>
// CHECK-LABEL: func.func @product(
// CHECK-NOT:     mhc.kernel
func.func @product(%x: tensor<?x64xbf16>, %g: tensor<?x48xf32>) -> tensor<48x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<48x64xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<48x64xf32>) -> tensor<48x64xf32>
  %dw = linalg.generic {indexing_maps = [#x, #g, #w], iterator_types = ["reduction", "parallel", "parallel"]}
      ins(%x, %g : tensor<?x64xbf16>, tensor<?x48xf32>) outs(%zeros : tensor<48x64xf32>) {
  ^bb0(%in: bf16, %d: f32, %sum: f32):
    %wide = arith.extf %in : bf16 to f32
    %term = arith.mulf %wide, %d : f32
    %next = arith.addf %sum, %term : f32
    linalg.yield %next : f32
  } -> tensor<48x64xf32>
  return %dw : tensor<48x64xf32>
}

// -----

// What is kept is dynamic, as in the sums of a softmax's columns; or what is added over is static, as rows of a
// weight; or nothing is kept: no rows of tokens are known by that.
#row = affine_map<(t, c) -> (t, c)>
#column = affine_map<(t, c) -> (c)>
#none = affine_map<(t) -> ()>
#all = affine_map<(t) -> (t)>
// CHECK-LABEL: func.func @others(
// CHECK-NOT:     mhc.kernel
func.func @others(%p: tensor<?x?xf32>, %w: tensor<48x64xf32>, %l: tensor<?xf32>, %S: index)
    -> (tensor<?xf32>, tensor<64xf32>, tensor<f32>) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty(%S) : tensor<?xf32>
  %z0 = linalg.fill ins(%zero : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
  %0 = linalg.generic {indexing_maps = [#row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%p : tensor<?x?xf32>) outs(%z0 : tensor<?xf32>) {
  ^bb0(%in: f32, %sum: f32):
    %next = arith.addf %sum, %in : f32
    linalg.yield %next : f32
  } -> tensor<?xf32>
  %e1 = tensor.empty() : tensor<64xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<64xf32>) -> tensor<64xf32>
  %1 = linalg.generic {indexing_maps = [#row, #column], iterator_types = ["reduction", "parallel"]}
      ins(%w : tensor<48x64xf32>) outs(%z1 : tensor<64xf32>) {
  ^bb0(%in: f32, %sum: f32):
    %next = arith.addf %sum, %in : f32
    linalg.yield %next : f32
  } -> tensor<64xf32>
  %e2 = tensor.empty() : tensor<f32>
  %z2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<f32>) -> tensor<f32>
  %2 = linalg.generic {indexing_maps = [#all, #none], iterator_types = ["reduction"]}
      ins(%l : tensor<?xf32>) outs(%z2 : tensor<f32>) {
  ^bb0(%in: f32, %sum: f32):
    %next = arith.addf %sum, %in : f32
    linalg.yield %next : f32
  } -> tensor<f32>
  return %0, %1, %2 : tensor<?xf32>, tensor<64xf32>, tensor<f32>
}
