// RUN: mhc-opt %s --mhc-differentiate --mhc-fuse-kernels --mhc-print-traffic -o %t.mlir | FileCheck %s
// RUN: FileCheck %s --check-prefix=KERNEL --input-file=%t.mlir
// RUN: mhc-opt %t.mlir -o %t.again

// The kernels of a gradient that mhc-differentiate made: in the backward one kernel ends the gradient
// of a connection and starts that of the one before, and moves 30C. F is opaque, with a named gradient.

// CHECK-LABEL: @block_forward:
// CHECK: pre {{.*}} 10C {{.*}} 18C
// CHECK: boundary {{.*}} 20C {{.*}} 28C
// CHECK: combine {{.*}} 18C {{.*}} 18C
// CHECK-LABEL: @block_backward:
// CHECK-NEXT: kernel
// CHECK-NEXT: aggregate {{ *}}1 {{.*}} 20C {{.*}} 20C
// CHECK-NEXT: backward_boundary {{ *}}2 {{.*}} 20C {{.*}} 10C {{.*}} 30C {{.*}} 42C
// CHECK-NEXT: backward {{ *}}2 {{.*}} 26C {{.*}} 36C
// CHECK-NEXT: sum

// The streams between the connections are rebuilt in both sweeps.
// KERNEL-LABEL: func.func @block_backward(
// KERNEL: mhc.kernel "backward_boundary"
// KERNEL: mhc.sinkhorn
// KERNEL: mhc.sweep over 64
// KERNEL-NEXT: %[[X:[0-9]+]] = mhc.combine
// KERNEL-NEXT: mhc.inner %{{.*}}, %[[X]] :
// KERNEL-NEXT: mhc.exit sum
// KERNEL: mhc.gates_grad
// KERNEL: vector.reduction <add>
// KERNEL: mhc.rstd_grad
// KERNEL: mhc.sweep over 64
// KERNEL-NEXT: %[[B:[0-9]+]] = mhc.backproject
// KERNEL-NEXT: %[[X:[0-9]+]] = mhc.combine
// KERNEL-NEXT: %[[D:[0-9]+]] = mhc.combine {{.*}}, (%[[B]] : vector<4xf32>), (%[[X]] scaled
// KERNEL-NEXT: %[[F:[0-9]+]] = mhc.aggregate %[[D]]
// KERNEL: mhc.exit row(%[[F]] : bf16), row(%[[D]] : vector<4xbf16>), outer(%{{.*}} by %[[X]] :
// KERNEL: mhc.total
#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @G}
func.func private @G(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @block(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %phi2: tensor<24x256xf32>, %scale2: tensor<3xf32>, %base2: tensor<24xf32>)
    -> tensor<?x4x64xbf16> {
  %mid = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  %out = mhc.connection #v4 %mid phi %phi2 scale %scale2 base %base2
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
      -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %out : tensor<?x4x64xbf16>
}
