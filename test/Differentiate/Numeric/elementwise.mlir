// Elementwise ops on tensors, and scalars between them.
// REQUIRES: numpy, not-sanitized
// RUN: %python %S/../central_differences.py mhc-opt mhc-run %s
// RUN: mhc-opt %s --split-input-file --mhc-differentiate --canonicalize --cse | FileCheck %s

// CHECK-LABEL: func.func @unary_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.cmpf ult, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ugt, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sinh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cosh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sin {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cos {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.expm1 {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp2 {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @unary(%x: tensor<?x3xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %0 = arith.negf %x : tensor<?x3xf64>
  %1 = math.exp %x : tensor<?x3xf64>
  %2 = math.exp2 %x : tensor<?x3xf64>
  %3 = math.expm1 %x : tensor<?x3xf64>
  %4 = math.tanh %x : tensor<?x3xf64>
  %5 = math.erf %x : tensor<?x3xf64>
  %6 = math.erfc %x : tensor<?x3xf64>
  %7 = math.sin %x : tensor<?x3xf64>
  %8 = math.cos %x : tensor<?x3xf64>
  %9 = math.sinh %x : tensor<?x3xf64>
  %10 = math.cosh %x : tensor<?x3xf64>
  %11 = math.atan %x : tensor<?x3xf64>
  %12 = math.absf %x : tensor<?x3xf64>
  %13 = math.floor %x : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13 : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @positive_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.tan {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.cbrt {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.rsqrt {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.sqrt {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
// POSITIVE
func.func @positive(%x: tensor<?x3xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %0 = math.log %x : tensor<?x3xf64>
  %1 = math.log2 %x : tensor<?x3xf64>
  %2 = math.log10 %x : tensor<?x3xf64>
  %3 = math.log1p %x : tensor<?x3xf64>
  %4 = math.sqrt %x : tensor<?x3xf64>
  %5 = math.rsqrt %x : tensor<?x3xf64>
  %6 = math.cbrt %x : tensor<?x3xf64>
  %7 = math.tan %x : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7 : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @binary_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.powf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf une, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.powf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ugt, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.log {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.minnumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.minnumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.maxnumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.maxnumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.minimumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.minimumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.maximumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.maximumf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf ueq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.cmpf oeq, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.divf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.negf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
// POSITIVE
func.func @binary(%x: tensor<?x3xf64>, %y: tensor<?x3xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %0 = arith.addf %x, %y : tensor<?x3xf64>
  %1 = arith.subf %x, %y : tensor<?x3xf64>
  %2 = arith.mulf %x, %y : tensor<?x3xf64>
  %3 = arith.divf %x, %y : tensor<?x3xf64>
  %4 = arith.maximumf %x, %y : tensor<?x3xf64>
  %5 = arith.minimumf %x, %y : tensor<?x3xf64>
  %6 = arith.maxnumf %x, %y : tensor<?x3xf64>
  %7 = arith.minnumf %x, %y : tensor<?x3xf64>
  %8 = math.powf %x, %y : tensor<?x3xf64>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8 : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @ternary_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.cmpf olt, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.truncf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.extf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.truncf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.extf {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.select {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
func.func @ternary(%x: tensor<?x3xf64>, %y: tensor<?x3xf64>, %z: tensor<?x3xf64>)
    -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %0 = math.fma %x, %y, %z : tensor<?x3xf64>
  %1 = arith.cmpf olt, %x, %y : tensor<?x3xf64>
  %2 = arith.select %1, %x, %z : tensor<?x3xi1>, tensor<?x3xf64>
  %3 = arith.truncf %x : tensor<?x3xf64> to tensor<?x3xf32>
  %4 = arith.extf %3 : tensor<?x3xf32> to tensor<?x3xf64>
  %5 = arith.mulf %4, %4 : tensor<?x3xf64>
  return %0, %2, %5 : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @scalars_gradient(
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: math.tanh {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["reduction", "reduction"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.subf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}, {{%[^ ,)]+}}
// Scalars of the program: arguments, results, operands of linalg ops, values that bodies read.
func.func @scalars(%x: tensor<?x3xf64>, %a: f64, %b: f64) -> (tensor<?x3xf64>, f64) {
  %c = arith.mulf %a, %b : f64
  %d = math.tanh %c : f64
  %e = arith.mulf %d, %d : f64
  %two = arith.constant 2.0 : f64
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> ()>,
                                        affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %e : tensor<?x3xf64>, f64) outs(%x : tensor<?x3xf64>) {
  ^bb0(%in: f64, %s: f64, %old: f64):
    %p = arith.mulf %in, %s : f64
    %q = arith.mulf %p, %a : f64
    %r = arith.addf %q, %two : f64
    %t = arith.mulf %r, %old : f64
    linalg.yield %t : f64
  } -> tensor<?x3xf64>
  return %0, %e : tensor<?x3xf64>, f64
}
// -----
// CHECK-LABEL: func.func @elements_gradient(
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: tensor.extract {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: tensor.insert {{%[^ ,)]+}} into {{%[^ ,)]+}}[{{%[^ ,)]+}}, {{%[^ ,)]+}}]
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
func.func @elements(%x: tensor<2x3xf64>, %i: tensor<i64>) -> (tensor<2x2xf64>, f64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = tensor.extract %x[%c0, %c1] : tensor<2x3xf64>
  %b = tensor.extract %x[%c1, %c0] : tensor<2x3xf64>
  %p = arith.mulf %a, %b : f64
  %y = tensor.from_elements %a, %p, %p, %b : tensor<2x2xf64>
  %s = arith.addf %p, %p : f64
  %z = tensor.insert %s into %y[%c1, %c1] : tensor<2x2xf64>
  return %z, %p : tensor<2x2xf64>, f64
}
// -----
// CHECK-LABEL: func.func @no_path_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.fill
// CHECK: return {{%[^ ,)]+}}, {{%[^ ,)]+}}
// An argument that nothing depends on, a result that depends on nothing, integers.
func.func @no_path(%x: tensor<?x3xf64>, %ids: tensor<?xi64>, %unused: tensor<4xf64>)
    -> (tensor<?xi64>, tensor<2xf64>, tensor<?x3xf64>) {
  %c = arith.constant dense<1.0> : tensor<2xf64>
  %y = arith.mulf %x, %x : tensor<?x3xf64>
  return %ids, %c, %y : tensor<?xi64>, tensor<2xf64>, tensor<?x3xf64>
}
// -----
// CHECK-LABEL: func.func @returned_gradient(
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: math.exp {{%[^ ,)]+}}
// CHECK: arith.mulf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "parallel"]
// CHECK: arith.addf {{%[^ ,)]+}}, {{%[^ ,)]+}}
// CHECK: return {{%[^ ,)]+}}
// Returned twice, and an argument returned.
func.func @returned(%x: tensor<?x3xf64>) -> (tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>) {
  %y = math.exp %x : tensor<?x3xf64>
  return %y, %x, %y : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
}
