// RUN: mhc-opt %s --mhc-schedule=chip=sm_90a | FileCheck %s
// RUN: mhc-opt %s --mhc-schedule=chip=sm_90a --remarks-filter=mhc-schedule -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK --implicit-check-not=KernelScheduled

// Schedules that are given are kept.

// CHECK-DAG: #[[FEW:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 3, slices = 2, slabs = 5, tokens = 40, prefetch = 2, vector = 4, weights = memory, retain = memory>
// CHECK-DAG: #[[CUT:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 4, slices = 4, slabs = 1, tokens = 128, prefetch = 1, vector = 8, weights = shared, retain = memory>
// CHECK-DAG: #[[WHOLE:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 8, slices = 1, slabs = 1, tokens = 16, prefetch = 1, vector = 8, weights = shared, retain = shared>

// REMARK: remark: [Passed] KernelCut

// CHECK-LABEL: func.func @few
// CHECK:         attributes {mhc.schedule = #[[FEW]]}
func.func @few(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", warps = 3, slices = 2, slabs = 5, tokens = 40, prefetch = 2, vector = 4, weights = memory>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// Each piece has the schedule.
// CHECK-LABEL: func.func @cut
// CHECK:         mhc.kernel "cut_0"
// CHECK:           attributes {mhc.schedule = #[[CUT]]}
// CHECK:         mhc.kernel "cut_1"
// CHECK:           attributes {mhc.schedule = #[[CUT]]}
func.func @cut(%x: tensor<?x1024xf32>, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %0 = mhc.kernel "cut" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", exchange = split, warps = 4, slices = 4>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    %y = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (!mhc.row<1024xf32>) {
      %n = arith.mulf %c, %s : f32
      mhc.exit row(%n : f32)
    }
    mhc.return %y : !mhc.row<1024xf32>
  }
  return %0 : tensor<?x1024xf32>
}

// One CTA has all of hidden, and keeps the row.
// CHECK-LABEL: func.func @whole
// CHECK:         mhc.kernel "whole"
// CHECK:           attributes {mhc.schedule = #[[WHOLE]]}
func.func @whole(%x: tensor<?x1024xf32>, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  %0 = mhc.kernel "whole" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", tokens = 16, retain = shared>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    %y = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (!mhc.row<1024xf32>) {
      %n = arith.mulf %c, %s : f32
      mhc.exit row(%n : f32)
    }
    mhc.return %y : !mhc.row<1024xf32>
  }
  return %0 : tensor<?x1024xf32>
}

// A split kernel that needs no cut is one launch.
// CHECK-LABEL: func.func @uncut
// CHECK:         mhc.kernel "uncut"
// CHECK:           attributes {mhc.schedule = #[[CUT]]}
func.func @uncut(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  %0 = mhc.kernel "uncut" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", exchange = split, warps = 4, slices = 4>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}
