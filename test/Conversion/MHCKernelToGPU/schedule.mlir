// RUN: mhc-opt %s --mhc-schedule=chip=sm_80 | FileCheck %s --check-prefixes=CHECK,SM80
// RUN: mhc-opt %s --mhc-schedule=chip=sm_90a | FileCheck %s --check-prefixes=CHECK,SM90
// RUN: mhc-opt %s --mhc-schedule=chip=sm_100a | FileCheck %s --check-prefixes=CHECK,SM100
// RUN: mhc-opt %s --mhc-schedule=chip=sm_90a --remarks-filter=mhc-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Schedules that are chosen: on three chips, phi fits in different numbers of leaves, and the multiprocessors differ.

// SM80-DAG:  #[[PROJECT:.*]] = #mhc.schedule<chip = "sm_80", exchange = none, warps = 8, slices = 32, slabs = 3, {{.*}}, weights = shared, retain = memory>
// SM80-DAG:  #[[ROWS:.*]] = #mhc.schedule<chip = "sm_80", exchange = none, warps = 8, slices = 16, slabs = 13, tokens = 256, prefetch = 1, vector = 8, weights = shared, retain = memory>
// SM90-DAG:  #[[PROJECT:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 8, slices = 16, slabs = 8, {{.*}}, weights = shared, retain = memory>
// SM90-DAG:  #[[ROWS:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 8, slices = 16, slabs = 16, tokens = 256, prefetch = 1, vector = 8, weights = shared, retain = memory>
// SM100-DAG: #[[PROJECT:.*]] = #mhc.schedule<chip = "sm_100a", exchange = none, warps = 8, slices = 16, slabs = 9, {{.*}}, weights = shared, retain = memory>
// SM100-DAG: #[[ROWS:.*]] = #mhc.schedule<chip = "sm_100a", exchange = none, warps = 8, slices = 16, slabs = 18, tokens = 256, prefetch = 1, vector = 8, weights = shared, retain = memory>
// Without sweeps hidden is in one piece, and a thread has a token.
// CHECK-DAG: #[[TOKENS:.*]] = #mhc.schedule<{{.*}}, warps = 4, slices = 1, {{.*}} tokens = 128,

// A sweep needs the sums of another: the kernel is cut, and the gates cross, 4 numbers, not h, 24, and not the sums.
// CHECK-LABEL: func.func @boundary
// CHECK:         %[[PRE:.*]] = tensor.empty(%{{.*}}) : tensor<?x4xf32>
// CHECK:         %[[ONE:.*]]:2 = mhc.kernel "boundary_0"
// CHECK:           attributes {mhc.schedule = #[[PROJECT]]}
// CHECK:             mhc.gates
// CHECK:             mhc.return %{{.*}}, %{{.*}} : !mhc.row<4x4096xbf16>, vector<4xf32>
// CHECK:         mhc.kernel "boundary_1"
// CHECK-NEXT:      ins(%{{.*}} = %[[ONE]]#0 : tensor<?x4x4096xbf16> as !mhc.row<4x4096xbf16>, %{{.*}} = %[[ONE]]#1 : tensor<?x4xf32> as vector<4xf32>)
// CHECK:           attributes {mhc.schedule = #[[ROWS]]}
// CHECK-NOT:         mhc.gates
// CHECK:             mhc.aggregate

// REMARK: remark: [Missed] RowsNotRetained {{.*}} Reason="rows that two sweeps read do not fit in the shared memory of one CTA: they are read again"
// REMARK: remark: [Passed] KernelCut {{.*}} Crossing=2, Pieces=2
// REMARK: remark: [Passed] KernelScheduled {{.*}} Kernel=boundary_0, {{.*}} Slabs=8, Slices=16
// REMARK: remark: [Passed] KernelScheduled {{.*}} Kernel=boundary_1
func.func @boundary(%x: tensor<?x4x4096xbf16>, %f: tensor<?x4096xbf16>, %post: tensor<?x4xf32>,
                    %R: tensor<?x4x4xf32>, %phi: tensor<24x16384xf32>, %scale: tensor<1xf32>,
                    %base: tensor<4xf32>, %e0: tensor<?x4x4096xbf16>, %e1: tensor<?x4096xbf16>)
    -> (tensor<?x4x4096xbf16>, tensor<?x4096xbf16>) {
  %next, %y = mhc.kernel "boundary"
      ins(%xa = %x : tensor<?x4x4096xbf16> as !mhc.row<4x4096xbf16>, %fa = %f : tensor<?x4096xbf16> as !mhc.row<4096xbf16>,
          %pa = %post : tensor<?x4xf32> as vector<4xf32>, %Ra = %R : tensor<?x4x4xf32> as vector<4x4xf32>,
          %w = %phi : tensor<24x16384xf32> as !mhc.weight<24x4x4096xf32>,
          %s = %scale : tensor<1xf32> as vector<1xf32>, %b = %base : tensor<4xf32> as vector<4xf32>)
      outs(%e0 : tensor<?x4x4096xbf16>, %e1 : tensor<?x4096xbf16>) {
    %xn, %m, %squares = mhc.sweep over 4096 (%c = %xa : !mhc.row<4x4096xbf16>, %g = %fa : !mhc.row<4096xbf16>)
        -> (!mhc.row<4x4096xbf16>, vector<24xf32>, f32) {
      %o = mhc.combine (%g by %pa : bf16, vector<4xf32>), (%c by %Ra : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
      %q = mhc.inner whole %o, %o : (vector<4xbf16>, vector<4xbf16>) -> f32
      mhc.exit row(%o : vector<4xbf16>), project(%o by %w : vector<4xbf16>, !mhc.weight<24x4x4096xf32>), sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 16384 : i64, eps = 1.0e-6 : f64} : f32
    %rstds = vector.broadcast %rstd : f32 to vector<24xf32>
    %h = arith.mulf %rstds, %m : vector<24xf32>
    %hp = vector.extract_strided_slice %h {offsets = [0], sizes = [4], strides = [1]} : vector<24xf32> to vector<4xf32>
    %pre = mhc.gates #mhc.gates<pre_eps = 1.0e-6> %hp, %s, %b : (vector<4xf32>, vector<1xf32>, vector<4xf32>) -> vector<4xf32>
    %yn = mhc.sweep over 4096 (%c = %xn : !mhc.row<4x4096xbf16>) -> (!mhc.row<4096xbf16>) {
      %v = mhc.aggregate %c, %pre : (vector<4xbf16>, vector<4xf32>) -> bf16
      mhc.exit row(%v : bf16)
    }
    mhc.return %xn, %yn : !mhc.row<4x4096xbf16>, !mhc.row<4096xbf16>
  }
  return %next, %y : tensor<?x4x4096xbf16>, tensor<?x4096xbf16>
}

// All of hidden in one CTA: one launch, and the row stays on chip.
// CHECK-LABEL: func.func @small
// CHECK:         mhc.kernel "small"
// CHECK:           attributes {mhc.schedule = #schedule{{.*}}}
// CHECK:             mhc.sweep
// CHECK:             mhc.sweep
// REMARK: remark: [Passed] KernelScheduled {{.*}} Kernel=small, {{.*}} Slices=1
func.func @small(%x: tensor<?x64xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %0 = mhc.kernel "small" ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>) outs(%e : tensor<?x64xf32>) {
    %squares = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    %rstd = mhc.rstd %squares {count = 64 : i64, eps = 1.0e-6 : f64} : f32
    %y = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      %n = arith.mulf %c, %rstd : f32
      mhc.exit row(%n : f32)
    }
    mhc.return %y : !mhc.row<64xf32>
  }
  return %0 : tensor<?x64xf32>
}

// No sweep at all.
// CHECK-LABEL: func.func @tokens
// CHECK:         attributes {mhc.schedule = #[[TOKENS]]}
func.func @tokens(%x: tensor<?x4x4xf32>, %e: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.kernel "tokens" ins(%a = %x : tensor<?x4x4xf32> as vector<4x4xf32>) outs(%e : tensor<?x4x4xf32>) {
    %r = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %a : vector<4x4xf32>
    mhc.return %r : vector<4x4xf32>
  }
  return %0 : tensor<?x4x4xf32>
}

// phi of 16 streams: 36 units a leaf and stream.
// REMARK: remark: [Missed] WeightsNotShared {{.*}} Reason="phi is read from memory: 232448 bytes of shared memory do not hold it"
// CHECK-LABEL: func.func @wide
func.func @wide(%x: tensor<?x16x4096xbf16>, %phi: tensor<288x65536xf32>, %e: tensor<?x288xf32>) -> tensor<?x288xf32> {
  %0 = mhc.kernel "wide" ins(%a = %x : tensor<?x16x4096xbf16> as !mhc.row<16x4096xbf16>,
                             %w = %phi : tensor<288x65536xf32> as !mhc.weight<288x16x4096xf32>) outs(%e : tensor<?x288xf32>) {
    %m = mhc.sweep over 4096 (%c = %a : !mhc.row<16x4096xbf16>) -> (vector<288xf32>) {
      mhc.exit project(%c by %w : vector<16xbf16>, !mhc.weight<288x16x4096xf32>)
    }
    mhc.return %m : vector<288xf32>
  }
  return %0 : tensor<?x288xf32>
}

// The sums of the gradient of many iterations.
// REMARK: remark: [Missed] SumsNotShared {{.*}} Reason="the sums of the gradient of a Sinkhorn iteration are in local memory"
// CHECK-LABEL: func.func @iterations
func.func @iterations(%x: tensor<?x4x4xf32>, %d: tensor<?x4x4xf32>, %e: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
  %0 = mhc.kernel "iterations" ins(%a = %x : tensor<?x4x4xf32> as vector<4x4xf32>, %b = %d : tensor<?x4x4xf32> as vector<4x4xf32>)
                               outs(%e : tensor<?x4x4xf32>) {
    %r = mhc.sinkhorn_grad #mhc.sinkhorn<iterations = 1000, eps = 1.0e-6, start = softmax> %a, %b : vector<4x4xf32>
    mhc.return %r : vector<4x4xf32>
  }
  return %0 : tensor<?x4x4xf32>
}
