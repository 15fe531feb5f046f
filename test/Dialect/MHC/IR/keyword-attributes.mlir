// RUN: mhc-opt %s --mlir-print-op-generic | FileCheck %s

// The reference writes keyword attributes as #mhc.axis<rows>.

// CHECK-LABEL: "mhc.sinkhorn_step"
// CHECK-SAME: axis = #mhc.axis<rows>
func.func @step(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = "mhc.sinkhorn_step"(%x) <{axis = #mhc.axis<rows>, eps = 0.0 : f64}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %0 : tensor<4x4xf32>
}
