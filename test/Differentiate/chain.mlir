// Two connections: the backward function computes the streams between them again from the
// rows before them, keeps the rows that a combine read, and adds all terms of dx at once.
// RUN: mhc-opt %s --mhc-differentiate | FileCheck %s

// CHECK-LABEL: func.func @two_backward
// CHECK-SAME: -> (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
// Of the second combine: the rows it read are kept.
// CHECK: mhc.aggregate %[[G:arg13]], %{{.*}}#1
// CHECK: mhc.inner %[[G]], %arg5 : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
// CHECK: mhc.inner %arg6, %[[G]] : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
// The streams between: from those before.
// CHECK: %[[X:.*]] = mhc.combine (%arg8 by %{{.*}}#1 : {{.*}}), (%arg2 by %{{.*}} transposed : {{.*}}) -> tensor<?x4x64xbf16>
// CHECK: mhc.inner %{{.*}}, %[[X]] : (tensor<?x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4xf32>
// CHECK: mhc.sinkhorn_grad
// CHECK: mhc.gates_grad
// CHECK: %[[B:.*]] = mhc.backproject %[[DM:.*]] by %arg11 : {{.*}} -> tensor<?x4x64xf32>
// CHECK: mhc.outer %[[DM]] by %[[X]]
// CHECK: mhc.rstd_grad
// CHECK: %[[DX:.*]] = mhc.combine (%[[G]] by %{{.*}} : {{.*}}), (%{{.*}} by %{{.*}}#0 : {{.*}}), (%[[B]] : {{.*}}), (%[[X]] scaled %{{.*}} : {{.*}}) -> tensor<?x4x64xbf16>
// CHECK: mhc.aggregate %[[DX]], %{{.*}}#1
// CHECK: mhc.inner %[[DX]], %arg8
// CHECK: mhc.inner %arg2, %[[DX]]
// CHECK-LABEL: func.func @two_gradient
// CHECK-NOT: call
// CHECK: return

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
func.func @two(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>)
    -> tensor<?x4x64xbf16> {
  %0 = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = math.tanh %y : tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  %1 = mhc.connection #v4 %0 phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = math.tanh %y : tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %1 : tensor<?x4x64xbf16>
}
