// RUN: mhc-opt %s --mhc-fuse-kernels | FileCheck %s
// RUN: sed 's/ {mhc.late}//' %s | mhc-opt --mhc-fuse-kernels | FileCheck %s --check-prefix=EARLY

// Streams that both kernels could make, each of which reads x: without `mhc.late` the first one makes and
// writes them, with it they are made where they are read, and never written.
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16>

// CHECK-LABEL: func.func @late
// CHECK: mhc.kernel
// CHECK: mhc.sweep
// CHECK-NOT: mhc.combine
// CHECK: call @sublayer
// CHECK: mhc.kernel
// CHECK: mhc.sweep
// CHECK: mhc.combine (
// CHECK-NOT: mhc.combine
// CHECK: mhc.inner
// CHECK-NOT: mhc.late

// EARLY-LABEL: func.func @late
// EARLY: mhc.kernel
// EARLY: mhc.sweep
// EARLY: mhc.combine (
// EARLY: call @sublayer
// EARLY: mhc.kernel
// EARLY-NOT: mhc.combine
// EARLY: return
func.func @late(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>,
                %R: tensor<?x4x4xf32>) -> tensor<?x4xf32> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %next = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                      (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) {mhc.late} -> tensor<?x4x64xbf16>
  %g = call @sublayer(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %q = mhc.inner %next, %g : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  return %q : tensor<?x4xf32>
}
