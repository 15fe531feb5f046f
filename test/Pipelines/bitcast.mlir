// RUN: mhc-opt %s --mhc-to-cpu | FileCheck %s
// RUN: mhc-opt %s --mhc-to-reference --verify-diagnostics

// The bits of a float have no meaning in f64: the reference refuses them, the CPU reads them.

// CHECK: llvm.bitcast %{{.*}} : f32 to i32
func.func @bits(%a: tensor<4xf32>) -> tensor<4xi32> {
  // expected-error @+1 {{expected no op that reads the bits of a float, which cannot be computed in f64}}
  %0 = arith.bitcast %a : tensor<4xf32> to tensor<4xi32>
  return %0 : tensor<4xi32>
}
