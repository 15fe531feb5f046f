// RUN: mhc-opt %s --mhc-split-kernels=values | FileCheck %s

// What later pieces use crosses, where a sum of an earlier piece is needed for it; what only rearranges it, and what needs no
// sum, is computed again.

// CHECK-LABEL: func.func @norm
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x64xf32>, %[[G:[a-z0-9_]+]]: tensor<?xf32>
// CHECK:         %[[RSTD:.*]] = mhc.kernel "norm_0"
// CHECK-NEXT:      ins(%{{.*}} = %[[X]] : tensor<?x64xf32> as !mhc.row<64xf32>)
// CHECK-NEXT:      outs(%{{.*}} : tensor<?xf32>)
// CHECK:             mhc.rstd
// CHECK:             mhc.return %{{.*}} : f32
// CHECK:         mhc.kernel "norm_1"
// CHECK-NEXT:      ins(%{{.*}} = %[[X]] : tensor<?x64xf32> as !mhc.row<64xf32>, %{{.*}} = %[[G]] : tensor<?xf32> as f32, %{{.*}} = %[[RSTD]] : tensor<?xf32> as f32)
// CHECK-NOT:         mhc.rstd
// CHECK:             vector.broadcast %{{.*}} : f32 to vector<2xf32>
// The gain is of this piece alone, and its square needs no sum.
// CHECK:             arith.mulf
// CHECK:             mhc.sweep
func.func @norm(%x: tensor<?x64xf32>, %g: tensor<?xf32>, %e: tensor<?x2x64xf32>) -> tensor<?x2x64xf32> {
  %0 = mhc.kernel "norm" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>, %ga = %g : tensor<?xf32> as f32)
                         outs(%e : tensor<?x2x64xf32>) {
    %squares = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 64 : i64, eps = 1.0e-6 : f64} : f32
    %rstds = vector.broadcast %rstd : f32 to vector<2xf32>
    %gain = arith.mulf %ga, %ga : f32
    %y = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<2x64xf32>) {
      %n = arith.mulf %c, %gain : f32
      %t = vector.broadcast %n : f32 to vector<2xf32>
      %v = arith.mulf %t, %rstds : vector<2xf32>
      mhc.exit row(%v : vector<2xf32>)
    }
    mhc.return %y : !mhc.row<2x64xf32>
  }
  return %0 : tensor<?x2x64xf32>
}

// A value that crosses and is a result has one tensor; bits do not cross.
// CHECK-LABEL: func.func @select
// CHECK:         %[[MEAN:.*]] = mhc.kernel "select_0"
// CHECK-NEXT:      ins(
// CHECK-NEXT:      outs(%{{.*}} : tensor<?xf32>) {
// CHECK-NOT:         arith.cmpf
// CHECK:         %[[ROW:.*]] = mhc.kernel "select_1"
// CHECK:             arith.cmpf
// CHECK:         return %[[ROW]], %[[MEAN]]
func.func @select(%x: tensor<?x64xf32>, %e0: tensor<?x64xf32>, %e1: tensor<?xf32>) -> (tensor<?x64xf32>, tensor<?xf32>) {
  %0:2 = mhc.kernel "select" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>)
                             outs(%e0 : tensor<?x64xf32>, %e1 : tensor<?xf32>) {
    %zero = arith.constant 0.0 : f32
    %sum = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    %part = arith.constant 0.015625 : f32
    %mean = arith.mulf %sum, %part : f32
    %is = arith.cmpf ogt, %mean, %zero : f32
    %y = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      %v = arith.select %is, %c, %zero : f32
      mhc.exit row(%v : f32)
    }
    mhc.return %y, %mean : !mhc.row<64xf32>, f32
  }
  return %0#0, %0#1 : tensor<?x64xf32>, tensor<?xf32>
}
