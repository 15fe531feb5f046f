// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s

// What tensors are is said by row and token ops, wherever they stand; linalg ops learn it.

// %r is known to be a coefficient by %R before anything says that %y is a row: the product of
// the two waits for that.
// CHECK-LABEL: func.func @rows_known_last(
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x64xbf16>
// CHECK:       mhc.kernel
// CHECK:         = %[[X]] : tensor<?x64xbf16> as !mhc.row<64xbf16>
// CHECK:         mhc.sweep over 64
// CHECK:           arith.truncf
// CHECK-NEXT:      mhc.combine
// CHECK-NOT:   mhc.kernel
// CHECK:       return
func.func @rows_known_last(%x: tensor<?x64xbf16>, %h: tensor<?x4x4xf32>, %r: tensor<?xf32>, %f: tensor<?xf32>) -> (tensor<?x4x4xf32>, tensor<?x64xbf16>) {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x64xbf16>
  %w = tensor.empty(%tokens) : tensor<?x4x4xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(t, i, j) -> (t, i, j)>, affine_map<(t, i, j) -> (t)>,
      affine_map<(t, i, j) -> (t, i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%h, %r : tensor<?x4x4xf32>, tensor<?xf32>) outs(%w : tensor<?x4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.mulf %a, %b : f32
    linalg.yield %d : f32
  } -> tensor<?x4x4xf32>
  %R = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 1.0e-6, start = softmax> %m : tensor<?x4x4xf32>
  %e = tensor.empty(%tokens) : tensor<?x64xbf16>
  %y = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t)>,
      affine_map<(t, c) -> (t, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %r : tensor<?x64xbf16>, tensor<?xf32>) outs(%e : tensor<?x64xbf16>) {
  ^bb0(%a: bf16, %b: f32, %o: bf16):
    %c = arith.extf %a : bf16 to f32
    %d = arith.mulf %c, %b : f32
    %t = arith.truncf %d : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<?x64xbf16>
  %z = mhc.combine (%y scaled %f : tensor<?x64xbf16>, tensor<?xf32>) -> tensor<?x64xbf16>
  return %R, %z : tensor<?x4x4xf32>, tensor<?x64xbf16>
}

// %y may be coefficients, 64 for each token. Kernels add those over tokens in f32 and f64 alone.
// CHECK-LABEL: func.func @sum_of_bf16(
// CHECK:       mhc.kernel "coefficients"
// CHECK-NOT:     mhc.total
// CHECK:       linalg.generic {{.*}} iterator_types = ["reduction", "parallel"]
func.func @sum_of_bf16(%x: tensor<?x64xbf16>, %squares: tensor<?xf32>, %h: tensor<?x4x4xf32>)
    -> (tensor<?x4x4xf32>, tensor<64xbf16>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : bf16
  %tokens = tensor.dim %x, %c0 : tensor<?x64xbf16>
  %w = tensor.empty(%tokens) : tensor<?x4x4xf32>
  %m = linalg.generic {indexing_maps = [affine_map<(t, i, j) -> (t, i, j)>, affine_map<(t, i, j) -> (t)>,
      affine_map<(t, i, j) -> (t, i, j)>], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%h, %squares : tensor<?x4x4xf32>, tensor<?xf32>) outs(%w : tensor<?x4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.mulf %a, %b : f32
    linalg.yield %d : f32
  } -> tensor<?x4x4xf32>
  %R = mhc.sinkhorn #mhc.sinkhorn<iterations = 2, eps = 1.0e-6, start = softmax> %m : tensor<?x4x4xf32>
  %e = tensor.empty(%tokens) : tensor<?x64xbf16>
  %y = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (t)>,
      affine_map<(t, c) -> (t, c)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %squares : tensor<?x64xbf16>, tensor<?xf32>) outs(%e : tensor<?x64xbf16>) {
  ^bb0(%a: bf16, %b: f32, %o: bf16):
    %c = arith.extf %a : bf16 to f32
    %d = arith.mulf %c, %b : f32
    %t = arith.truncf %d : f32 to bf16
    linalg.yield %t : bf16
  } -> tensor<?x64xbf16>
  %s = tensor.empty() : tensor<64xbf16>
  %z = linalg.fill ins(%zero : bf16) outs(%s : tensor<64xbf16>) -> tensor<64xbf16>
  %sum = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t, c)>, affine_map<(t, c) -> (c)>],
      iterator_types = ["reduction", "parallel"]}
      ins(%y : tensor<?x64xbf16>) outs(%z : tensor<64xbf16>) {
  ^bb0(%a: bf16, %o: bf16):
    %d = arith.addf %a, %o : bf16
    linalg.yield %d : bf16
  } -> tensor<64xbf16>
  return %R, %sum : tensor<?x4x4xf32>, tensor<64xbf16>
}
