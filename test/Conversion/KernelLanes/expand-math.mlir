// RUN: mhc-opt %s --mhc-expand-math | FileCheck %s
// RUN: mhc-run %s --device cpu --entry loops --arg random:1:1000 --out %t.loops
// RUN: mhc-run %s --device cpu --entry kernel --arg random:1:1000 --out %t.kernel
// RUN: cmp %t.loops/0.npy %t.kernel/0.npy

// exp and tanh of f32 and f64 become arithmetic, others stay.
// CHECK-LABEL: func.func @scalars(
// CHECK-NOT:     math.exp
// CHECK-NOT:     math.tanh
// CHECK:         math.fma
// CHECK:         math.exp %{{.*}} : bf16
// CHECK:         math.log %{{.*}} : f32
// CHECK:         return
func.func @scalars(%a: f32, %b: f64, %c: bf16) -> (f32, f64, bf16, f32) {
  %0 = math.exp %a : f32
  %1 = math.tanh %b : f64
  %2 = math.exp %c : bf16
  %3 = math.log %a : f32
  return %0, %1, %2, %3 : f32, f64, bf16, f32
}

// In a loop and in a kernel they have the same bits.
#row = affine_map<(t, c) -> (t, c)>
func.func @loops(%x: tensor<?xf32>) -> tensor<?x1xf32> {
  %rows = tensor.expand_shape %x [[0, 1]] output_shape [1000, 1] : tensor<?xf32> into tensor<?x1xf32>
  %0 = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%rows : tensor<?x1xf32>) outs(%rows : tensor<?x1xf32>) {
  ^bb0(%in: f32, %old: f32):
    %e = math.exp %in : f32
    %t = math.tanh %e : f32
    linalg.yield %t : f32
  } -> tensor<?x1xf32>
  return %0 : tensor<?x1xf32>
}
func.func @kernel(%x: tensor<?xf32>) -> tensor<?x1xf32> {
  %rows = tensor.expand_shape %x [[0, 1]] output_shape [1000, 1] : tensor<?xf32> into tensor<?x1xf32>
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?xf32>
  %empty = tensor.empty(%tokens) : tensor<?x1xf32>
  %0 = mhc.kernel ins(%r = %rows : tensor<?x1xf32> as !mhc.row<1xf32>) outs(%empty : tensor<?x1xf32>) {
    %s = mhc.sweep over 1 (%in = %r : !mhc.row<1xf32>) -> (!mhc.row<1xf32>) {
      %e = math.exp %in : f32
      %t = math.tanh %e : f32
      mhc.exit row(%t : f32)
    }
    mhc.return %s : !mhc.row<1xf32>
  }
  return %0 : tensor<?x1xf32>
}
