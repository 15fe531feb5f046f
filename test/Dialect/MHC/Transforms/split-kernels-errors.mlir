// RUN: mhc-opt %s --mhc-split-kernels=after=1 --verify-diagnostics
// RUN: not mhc-opt %s --mhc-split-kernels=after=-1 2>&1 | FileCheck %s
// CHECK: expected cuts after sweeps that others follow, of 2 sweeps, got -1

// There is no cut after the last sweep.

func.func @two(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-error @below {{'mhc.kernel' op expected cuts after sweeps that others follow, of 2 sweeps, got 1}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>) outs(%e : tensor<?x8xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      %p = arith.mulf %c, %s : f32
      mhc.exit row(%p : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return %0 : tensor<?x8xf32>
}
