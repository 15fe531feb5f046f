// RUN: mhc-opt %s --mhc-schedule=chip=sm_75 --split-input-file --verify-diagnostics

// A chip that kernels are not scheduled for. Where there is no kernel, it does not matter.

func.func @none() {
  return
}

// -----

func.func @tokens(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected a chip out of sm_80, sm_86, sm_89, sm_90, sm_90a, sm_100, sm_100a, sm_120, sm_120a; got 'sm_75'}}
  %0 = mhc.kernel "tokens" ins(%a = %x : tensor<?xf32> as f32) outs(%e : tensor<?xf32>) {
    mhc.return %a : f32
  }
  return %0 : tensor<?xf32>
}
