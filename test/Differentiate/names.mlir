// Names of the program's own do not meet those that the pass uses meanwhile, a loop's
// bounds may depend on an outer loop, and a function that is named twice is derived once.
// RUN: mhc-opt %s --mhc-differentiate=function=f,f,loops | FileCheck %s
// RUN: mhc-opt %s --mhc-differentiate=function=f -o %t.mlir
// RUN: mhc-run %t.mlir --entry f_gradient --device reference --arg zeros --arg full:1 | FileCheck %s --check-prefix=VALUE

// CHECK: func.func @f_gradient(
// CHECK: func.func @loops_gradient(
// VALUE: result 0: 4xf64 min 1 max 1 mean 1
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @f_joint(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @f_joint(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = math.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

func.func @loops(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %0 = scf.for %i = %c0 to %c3 step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %1 = scf.for %j = %c0 to %i step %c1 iter_args(%b = %a) -> (tensor<4xf32>) {
      %2 = math.exp %b : tensor<4xf32>
      scf.yield %2 : tensor<4xf32>
    }
    scf.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
