// Lanes behind the last column divide by nothing: hidden 3 fills no vector.
// RUN: mhc-run %s --device cpu --arg full:6:5x4x3 --arg full:4:5x3 --arg full:1 | FileCheck %s
// CHECK: result 0: 5x3xf32 min 0 max 0
#m = affine_map<(t, c) -> (t, c)>
func.func @f(%x: tensor<?x4x3xf32>, %y: tensor<?x3xi32>, %p: tensor<4xf32>) -> tensor<?x3xf32> {
  %c0 = arith.constant 0 : index
  %d = tensor.dim %x, %c0 : tensor<?x4x3xf32>
  %0 = mhc.aggregate %x, %p : (tensor<?x4x3xf32>, tensor<4xf32>) -> tensor<?x3xf32>
  %e = tensor.empty(%d) : tensor<?x3xf32>
  %r = linalg.generic {indexing_maps = [#m, #m, #m], iterator_types = ["parallel", "parallel"]}
      ins(%0, %y : tensor<?x3xf32>, tensor<?x3xi32>) outs(%e : tensor<?x3xf32>) {
  ^bb0(%a: f32, %b: i32, %o: f32):
    %i = arith.fptosi %a : f32 to i32
    %k = arith.remsi %i, %b : i32
    %l = arith.sitofp %k : i32 to f32
    linalg.yield %l : f32
  } -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}
