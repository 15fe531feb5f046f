// An embedding look-up runs, forward and backward, and x^0 has the slope 0.
// RUN: mhc-run %s --entry f --device cpu --arg full:2 --arg full:3 | FileCheck %s
// RUN: mhc-run %s --entry f --device reference --arg full:2 --arg full:3 | FileCheck %s
// RUN: mhc-opt %s --mhc-differentiate=function=f,power -o %t.mlir
// RUN: mhc-run %t.mlir --entry f_gradient --device cpu --arg full:2 --arg full:3 --arg full:1 | FileCheck %s --check-prefix=GRADIENT
// RUN: mhc-run %t.mlir --entry power_gradient --device cpu --arg zeros --arg zeros --arg full:1 | FileCheck %s --check-prefix=POWER

// CHECK: result 0: 5x4xf64 min 2 max 2
// Row 3 is read five times.
// GRADIENT: result 0: 6x4xf64 min 0 max 5 mean 0.8333
func.func @f(%x: tensor<6x4xf64>, %i: tensor<5x1xi64>) -> tensor<5x4xf64> {
  %c = tensor.gather %x[%i] gather_dims([0]) : (tensor<6x4xf64>, tensor<5x1xi64>) -> tensor<5x4xf64>
  return %c : tensor<5x4xf64>
}

// POWER: result 0: 4xf64 min 0 max 0
func.func @power(%x: tensor<4xf64>, %y: tensor<4xf64>) -> tensor<4xf64> {
  %0 = math.powf %x, %y : tensor<4xf64>
  return %0 : tensor<4xf64>
}
