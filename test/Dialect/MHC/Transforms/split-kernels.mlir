// RUN: mhc-opt %s --mhc-split-kernels --remarks-filter=mhc-split-kernels 2>&1 | FileCheck %s
// RUN: mhc-opt %s --mhc-split-kernels="kernel=three after=0" | FileCheck %s --check-prefix=FIRST
// RUN: mhc-opt %s --mhc-split-kernels="kernel=three after=1" | FileCheck %s --check-prefix=SECOND

// Kernels are cut at the ends of sweeps. What sweeps made crosses; the rest is computed again.

// CHECK-DAG: remark: [Passed] KernelSplit {{.*}}Crossing=3{{.*}}Pieces=3
// CHECK-DAG: remark: [Missed] KernelNotSplit {{.*}}a kernel on memrefs has no tensors for what crosses a cut

// CHECK-LABEL: func.func @three
// CHECK-SAME:    %[[X:[a-z0-9_]+]]: tensor<?x2x8xbf16>, %[[H:[a-z0-9_]+]]: tensor<?x2xf32>, %[[S:[a-z0-9_]+]]: tensor<1xf32>, %[[B:[a-z0-9_]+]]: tensor<2xf32>, %[[I:[a-z0-9_]+]]: tensor<?x8xi8>, %[[E0:[a-z0-9_]+]]: tensor<?x8xbf16>, %[[E1:[a-z0-9_]+]]: tensor<?xf32>
// The row of the first sweep and its sum cross; the sum is a result too, and has no tensor of its own.
// CHECK:         %[[ROW:.*]] = tensor.empty(%{{.*}}) : tensor<?x8xbf16>
// CHECK:         %[[ONE:.*]]:2 = mhc.kernel "three_0"
// CHECK-NEXT:      ins(%{{.*}} = %[[X]] : {{.*}}, %{{.*}} = %[[H]] : {{.*}}, %{{.*}} = %[[S]] : {{.*}}, %{{.*}} = %[[B]] :
// CHECK-NEXT:      outs(%[[E1]] : tensor<?xf32>, %[[ROW]] : tensor<?x8xbf16>) order <leaf = 8, groups = 2> attributes {note} {
// CHECK:             mhc.gates
// CHECK:             mhc.sweep
// CHECK-NOT:         mhc.sweep
// CHECK:             mhc.return %{{.*}}#1, %{{.*}}#0 : f32, !mhc.row<8xbf16>
// CHECK:         %[[MAX:.*]] = tensor.empty(%{{.*}}) : tensor<?xf32>
// CHECK:         %[[TWO:.*]] = mhc.kernel "three_1"
// CHECK-NEXT:      ins(%{{.*}} = %[[ONE]]#1 : tensor<?x8xbf16> as !mhc.row<8xbf16>, %{{.*}} = %[[ONE]]#0 : tensor<?xf32> as f32)
// CHECK-NOT:         mhc.gates
// CHECK:             mhc.return %{{.*}} : f32
// CHECK:         %[[THREE:.*]] = mhc.kernel "three_2"
// The gates are made again.
// CHECK:             mhc.gates
// CHECK:             mhc.sweep
// CHECK:             mhc.return %{{.*}} : !mhc.row<8xbf16>
// CHECK:         return %[[THREE]], %[[ONE]]#0

// FIRST:     mhc.kernel "three_0"
// FIRST:     mhc.kernel "three_1"
// FIRST:       mhc.sweep
// FIRST:       mhc.sweep
// FIRST-NOT: "three_2"
// FIRST:     mhc.kernel "other"

// SECOND:     mhc.kernel "three_0"
// SECOND:       mhc.sweep
// SECOND:       mhc.sweep
// SECOND:     mhc.kernel "three_1"
// SECOND-NOT: "three_2"
func.func @three(%x: tensor<?x2x8xbf16>, %h: tensor<?x2xf32>, %s: tensor<1xf32>, %b: tensor<2xf32>,
                 %mask: tensor<?x8xi8>, %e0: tensor<?x8xbf16>, %e1: tensor<?xf32>) -> (tensor<?x8xbf16>, tensor<?xf32>) {
  %0:2 = mhc.kernel "three"
      ins(%a = %x : tensor<?x2x8xbf16> as !mhc.row<2x8xbf16>, %ha = %h : tensor<?x2xf32> as vector<2xf32>,
          %sa = %s : tensor<1xf32> as vector<1xf32>, %ba = %b : tensor<2xf32> as vector<2xf32>,
          %m = %mask : tensor<?x8xi8> as !mhc.row<8xi8>)
      outs(%e0 : tensor<?x8xbf16>, %e1 : tensor<?xf32>) order <leaf = 8, groups = 2> attributes {note} {
    %pre = mhc.gates #mhc.gates<> %ha, %sa, %ba : (vector<2xf32>, vector<1xf32>, vector<2xf32>) -> vector<2xf32>
    %y, %squares = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xbf16>) -> (!mhc.row<8xbf16>, f32) {
      %v = mhc.aggregate %c, %pre : (vector<2xbf16>, vector<2xf32>) -> bf16
      %q = mhc.inner %v, %v : (bf16, bf16) -> f32
      mhc.exit row(%v : bf16), sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 8 : i64, eps = 1.0e-6 : f64} : f32
    %sum = mhc.sweep over 8 (%c = %y : !mhc.row<8xbf16>) -> (f32) {
      %w = arith.extf %c : bf16 to f32
      %n = arith.mulf %w, %rstd : f32
      mhc.exit sum(%n : f32)
    }
    %first = vector.extract %pre[0] : f32 from vector<2xf32>
    %mean = arith.mulf %sum, %first : f32
    %r = mhc.sweep over 8 (%c = %y : !mhc.row<8xbf16>, %k = %m : !mhc.row<8xi8>) -> (!mhc.row<8xbf16>) {
      %w = arith.extf %c : bf16 to f32
      %n = arith.subf %w, %mean : f32
      %f = arith.sitofp %k : i8 to f32
      %p = arith.mulf %n, %f : f32
      %o = arith.truncf %p : f32 to bf16
      mhc.exit row(%o : bf16)
    }
    mhc.return %r, %squares : !mhc.row<8xbf16>, f32
  }
  return %0#0, %0#1 : tensor<?x8xbf16>, tensor<?xf32>
}

// One sweep: nothing to cut. A sweep that nobody needs is left out.

// CHECK-LABEL: func.func @left_out
// CHECK:         mhc.kernel "other"
// CHECK-NOT:     mhc.kernel
// CHECK:         mhc.kernel "needless_1"
// CHECK-NOT:     mhc.kernel
// CHECK:         return
func.func @left_out(%x: tensor<?x8xf32>, %e: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  %0 = mhc.kernel "other" ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>) outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    mhc.return %s : f32
  }
  %1 = mhc.kernel "needless" ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>) outs(%e : tensor<?xf32>) {
    mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> () {
      mhc.exit nothing
    }
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    mhc.return %s : f32
  }
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// CHECK-LABEL: func.func @memrefs
// CHECK:         mhc.kernel
// CHECK:           mhc.sweep
// CHECK:           mhc.sweep
func.func @memrefs(%x: memref<?x8xf32>, %e: memref<?x8xf32>) {
  mhc.kernel ins(%a = %x : memref<?x8xf32> as !mhc.row<8xf32>) outs(%e : memref<?x8xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      %p = arith.mulf %c, %s : f32
      mhc.exit row(%p : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}
