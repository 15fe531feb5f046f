// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// CHECK-LABEL: func.func @all
func.func @all(%r: tensor<2x?xf64>, %h: tensor<2x?x3xf64>, %s: tensor<1xf32>, %b: tensor<3xbf16>,
               %x: tensor<2x?x3x3xf64>) -> (tensor<2x?x3xf64>, tensor<2x?x1xf64>, tensor<2x?x3xf64>) {
  // CHECK: mhc.rstd_grad %{{.*}}, %{{.*}} {count = 9 : i64} : tensor<2x?xf64>
  %0 = mhc.rstd_grad %r, %r {count = 9 : i64} : tensor<2x?xf64>
  // CHECK: mhc.gates_grad #{{.*}} %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : (tensor<2x?x3xf64>, tensor<1xf32>, tensor<3xbf16>, tensor<2x?x3xf64>) -> (tensor<2x?x3xf64>, tensor<2x?x1xf64>, tensor<2x?x3xf64>)
  %1:3 = mhc.gates_grad #mhc.gates<pre_eps = 1.0e-6> %h, %s, %b, %h
      : (tensor<2x?x3xf64>, tensor<1xf32>, tensor<3xbf16>, tensor<2x?x3xf64>)
      -> (tensor<2x?x3xf64>, tensor<2x?x1xf64>, tensor<2x?x3xf64>)
  // CHECK: mhc.sinkhorn_grad #{{.*}} %{{.*}}, %{{.*}} : tensor<2x?x3x3xf64>
  %2 = mhc.sinkhorn_grad #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %x, %x : tensor<2x?x3x3xf64>
  // CHECK: mhc.sinkhorn_step_grad rows %{{.*}}, %{{.*}} {eps = {{.*}} : f64} : tensor<2x?x3x3xf64>
  %3 = mhc.sinkhorn_step_grad rows %x, %x {eps = 1.0e-6 : f64} : tensor<2x?x3x3xf64>
  return %1#0, %1#1, %1#2 : tensor<2x?x3xf64>, tensor<2x?x1xf64>, tensor<2x?x3xf64>
}
