// Linalg ops: reductions, named ops, maps, elements picked by index.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s
// RUN: mhc-opt %s --split-input-file --mhc-differentiate --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @matmuls_gradient(
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @matmuls(%a: tensor<?x4xf64>, %b: tensor<4x5xf64>, %bt: tensor<5x4xf64>, %c: tensor<?x5xf64>)
    -> (tensor<?x5xf64>, tensor<?x5xf64>) {
  %0 = linalg.matmul ins(%a, %b : tensor<?x4xf64>, tensor<4x5xf64>) outs(%c : tensor<?x5xf64>) -> tensor<?x5xf64>
  %1 = linalg.matmul indexing_maps = [affine_map<(t, o, i) -> (t, i)>, affine_map<(t, o, i) -> (o, i)>,
                                      affine_map<(t, o, i) -> (t, o)>]
      ins(%a, %bt : tensor<?x4xf64>, tensor<5x4xf64>) outs(%0 : tensor<?x5xf64>) -> tensor<?x5xf64>
  return %0, %1 : tensor<?x5xf64>, tensor<?x5xf64>
}
// -----
// CHECK-LABEL: func.func @products_gradient(
// CHECK: linalg.fill
// CHECK: linalg.vecmat
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @products(%m: tensor<4x5xf64>, %v: tensor<5xf64>, %w: tensor<4xf64>, %p: tensor<2x3x4xf64>,
                    %q: tensor<2x4x5xf64>) -> (tensor<4xf64>, tensor<5xf64>, tensor<f64>, tensor<2x3x5xf64>) {
  %zero = arith.constant 0.0 : f64
  %e4 = tensor.empty() : tensor<4xf64>
  %z4 = linalg.fill ins(%zero : f64) outs(%e4 : tensor<4xf64>) -> tensor<4xf64>
  %e5 = tensor.empty() : tensor<5xf64>
  %z5 = linalg.fill ins(%zero : f64) outs(%e5 : tensor<5xf64>) -> tensor<5xf64>
  %e0 = tensor.empty() : tensor<f64>
  %z0 = linalg.fill ins(%zero : f64) outs(%e0 : tensor<f64>) -> tensor<f64>
  %eb = tensor.empty() : tensor<2x3x5xf64>
  %zb = linalg.fill ins(%zero : f64) outs(%eb : tensor<2x3x5xf64>) -> tensor<2x3x5xf64>
  %0 = linalg.matvec ins(%m, %v : tensor<4x5xf64>, tensor<5xf64>) outs(%z4 : tensor<4xf64>) -> tensor<4xf64>
  %1 = linalg.vecmat ins(%w, %m : tensor<4xf64>, tensor<4x5xf64>) outs(%z5 : tensor<5xf64>) -> tensor<5xf64>
  %2 = linalg.dot ins(%v, %1 : tensor<5xf64>, tensor<5xf64>) outs(%z0 : tensor<f64>) -> tensor<f64>
  %3 = linalg.batch_matmul ins(%p, %q : tensor<2x3x4xf64>, tensor<2x4x5xf64>) outs(%zb : tensor<2x3x5xf64>) -> tensor<2x3x5xf64>
  return %0, %1, %2, %3 : tensor<4xf64>, tensor<5xf64>, tensor<f64>, tensor<2x3x5xf64>
}
// -----
// CHECK-LABEL: func.func @moves_gradient(
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @moves(%x: tensor<?x3xf64>, %s: f64) -> (tensor<3x?xf64>, tensor<?x3x2xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x3xf64>
  %et = tensor.empty(%n) : tensor<3x?xf64>
  %0 = linalg.transpose ins(%x : tensor<?x3xf64>) outs(%et : tensor<3x?xf64>) permutation = [1, 0]
  %eb = tensor.empty(%n) : tensor<?x3x2xf64>
  %1 = linalg.broadcast ins(%x : tensor<?x3xf64>) outs(%eb : tensor<?x3x2xf64>) dimensions = [2]
  %e = tensor.empty(%n) : tensor<?x3xf64>
  %2 = linalg.fill ins(%s : f64) outs(%e : tensor<?x3xf64>) -> tensor<?x3xf64>
  %3 = linalg.map ins(%x, %2 : tensor<?x3xf64>, tensor<?x3xf64>) outs(%e : tensor<?x3xf64>) (%a: f64, %b: f64, %o: f64) {
    %p = arith.mulf %a, %b : f64
    linalg.yield %p : f64
  }
  return %0, %1, %2, %3 : tensor<3x?xf64>, tensor<?x3x2xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @reductions_gradient(
// CHECK: linalg.fill
// CHECK: linalg.fill
// CHECK: linalg.reduce { arith.maximumf }
// CHECK: linalg.reduce { arith.minimumf }
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @reductions(%x: tensor<?x5xf64>, %start: tensor<?xf64>) -> (tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x5xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %least = arith.constant 0xFFF0000000000000 : f64
  %most = arith.constant 0x7FF0000000000000 : f64
  %l = linalg.fill ins(%least : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %m = linalg.fill ins(%most : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %0 = linalg.reduce { arith.maximumf } ins(%x : tensor<?x5xf64>) outs(%l : tensor<?xf64>) dimensions = [1]
  %1 = linalg.reduce { arith.minimumf } ins(%x : tensor<?x5xf64>) outs(%m : tensor<?xf64>) dimensions = [1]
  %2 = linalg.reduce { arith.addf } ins(%x : tensor<?x5xf64>) outs(%start : tensor<?xf64>) dimensions = [1]
  %3 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<?x5xf64>) outs(%start : tensor<?xf64>) {
  ^bb0(%a: f64, %sum: f64):
    %q = math.exp %a : f64
    %r = math.fma %q, %a, %sum : f64
    linalg.yield %r : f64
  } -> tensor<?xf64>
  return %0, %1, %2, %3 : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
}
// -----
// CHECK-LABEL: func.func @unread_gradient(
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction"]
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel", "parallel"]
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
// A loop that only an operand that the gradient does not read knows the length of.
func.func @unread(%a: tensor<?x4xf64>, %b: tensor<4x5xf64>) -> tensor<?xf64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x4xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %zero = arith.constant 0.0 : f64
  %z = linalg.fill ins(%zero : f64) outs(%e : tensor<?xf64>) -> tensor<?xf64>
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j)>, affine_map<(i, j, k) -> (j, k)>,
                                        affine_map<(i, j, k) -> (i)>],
                       iterator_types = ["parallel", "reduction", "reduction"]}
      ins(%a, %b : tensor<?x4xf64>, tensor<4x5xf64>) outs(%z : tensor<?xf64>) {
  ^bb0(%x: f64, %y: f64, %sum: f64):
    %s = arith.addf %x, %y : f64
    %r = arith.subf %sum, %s : f64
    linalg.yield %r : f64
  } -> tensor<?xf64>
  return %0 : tensor<?xf64>
}
// -----
// CHECK-LABEL: func.func @softmax_gradient(
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.maxnumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @softmax(%x: tensor<?x5xf64>) -> tensor<?x5xf64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x5xf64>
  %e = tensor.empty(%n) : tensor<?x5xf64>
  %0 = linalg.softmax dimension(1) ins(%x : tensor<?x5xf64>) outs(%e : tensor<?x5xf64>) -> tensor<?x5xf64>
  return %0 : tensor<?x5xf64>
}
// -----
// CHECK-LABEL: func.func @two_results_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
// Two results of one op, of different maps.
func.func @two_results(%x: tensor<3x4xf64>, %y: tensor<4xf64>) -> (tensor<4x3xf64>, tensor<3x4xf64>) {
  %e0 = tensor.empty() : tensor<4x3xf64>
  %e1 = tensor.empty() : tensor<3x4xf64>
  %0:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>,
                                          affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i, j)>],
                         iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : tensor<3x4xf64>, tensor<4xf64>) outs(%e0, %e1 : tensor<4x3xf64>, tensor<3x4xf64>) {
  ^bb0(%a: f64, %b: f64, %o0: f64, %o1: f64):
    %p = arith.mulf %a, %b : f64
    %s = math.sin %p : f64
    linalg.yield %p, %s : f64, f64
  } -> (tensor<4x3xf64>, tensor<3x4xf64>)
  return %0#0, %0#1 : tensor<4x3xf64>, tensor<3x4xf64>
}
// -----
// CHECK-LABEL: func.func @embedding_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.index 0 : index
// CHECK: linalg.index 1 : index
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.index_cast {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.index 1 : index
// CHECK: linalg.fill
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x3xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<4x3xf64>) {
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.index 1 : index
// CHECK: arith.index_cast {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: linalg.index 0 : index
// CHECK: linalg.fill
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<8x3xf64>) {
// CHECK: scf.for {{%[^ ,)]+}} = {{%[^ ,)]+}} to {{%[^ ,)]+}} step {{%[^ ,)]+}} iter_args({{%[^ ,)]+}} = {{%[^ ,)]+}}) -> (tensor<8x3xf64>) {
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
// A table, read at the numbers of the tokens: equal ones add up.
func.func @embedding(%ids: tensor<?xi64>, %table: tensor<4x3xf64>, %positions: tensor<8x3xf64>) -> tensor<?x3xf64> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %ids, %c0 : tensor<?xi64>
  %e = tensor.empty(%n) : tensor<?x3xf64>
  %0 = linalg.generic {indexing_maps = [affine_map<(t, c) -> (t)>, affine_map<(t, c) -> (t, c)>],
                       iterator_types = ["parallel", "parallel"]}
      ins(%ids : tensor<?xi64>) outs(%e : tensor<?x3xf64>) {
  ^bb0(%id: i64, %old: f64):
    %t = linalg.index 0 : index
    %c = linalg.index 1 : index
    %i = arith.index_cast %id : i64 to index
    %a = tensor.extract %table[%i, %c] : tensor<4x3xf64>
    %b = tensor.extract %positions[%t, %c] : tensor<8x3xf64>
    %p = arith.mulf %a, %b : f64
    %q = arith.addf %p, %a : f64
    linalg.yield %q : f64
  } -> tensor<?x3xf64>
  return %0 : tensor<?x3xf64>
}
