// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: mhc-run %s --device=cpu --arg=full:1:9x3 --arg=full:1 --arg=full:2 | FileCheck %s --check-prefix=SUM

// A sum over tokens of what is the same for all of them: a kernel that read nothing of the
// tokens would add it once. The broadcasts stay outside.
// CHECK-LABEL: func.func @spread(
// CHECK:       %[[Y:.*]] = linalg.generic
// CHECK:       %[[D:.*]] = linalg.generic
// CHECK:       mhc.kernel
// CHECK-DAG:     %[[Y]] : tensor<?x64xf32> as !mhc.row<64xf32>
// CHECK-DAG:     %[[D]] : tensor<?x3xf32> as vector<3xf32>
// CHECK:         mhc.exit outer(
// SUM: result 0: 3x64xf32 min 18 max 18 mean 18
func.func @spread(%d: tensor<?x3xf32>, %x: tensor<64xf32>, %k: tensor<3xf32>) -> tensor<3x64xf32> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %d, %c0 : tensor<?x3xf32>
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(t, c) -> (c)>, affine_map<(t, c) -> (t, c)>],
      iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<?x64xf32>
  %f = tensor.empty(%tokens) : tensor<?x3xf32>
  %j = linalg.generic {indexing_maps = [affine_map<(t, c) -> (c)>, affine_map<(t, c) -> (t, c)>],
      iterator_types = ["parallel", "parallel"]} ins(%k : tensor<3xf32>) outs(%f : tensor<?x3xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<?x3xf32>
  %g = mhc.outer %j by %y : (tensor<?x3xf32>, tensor<?x64xf32>) -> tensor<3x64xf32>
  return %g : tensor<3x64xf32>
}

// Nothing that the combine reads has tokens, but its result does.
// CHECK-LABEL: func.func private @written(
// CHECK:       linalg.generic
// CHECK:       mhc.kernel
// CHECK:         mhc.combine
func.func private @written(%n: index, %x: tensor<64xf32>) -> tensor<?x64xf32> {
  %e = tensor.empty(%n) : tensor<?x64xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(t, c) -> (c)>, affine_map<(t, c) -> (t, c)>],
      iterator_types = ["parallel", "parallel"]} ins(%x : tensor<64xf32>) outs(%e : tensor<?x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<?x64xf32>
  %z = mhc.combine (%y : tensor<?x64xf32>), (%y : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %z : tensor<?x64xf32>
}
