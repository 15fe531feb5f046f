// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What #mhc.schedule refuses.

// No chip.
// expected-error @below {{expected the key 'chip' in #mhc.schedule, got none}}
func.func private @f() attributes {s = #mhc.schedule<warps = 8>}

// -----

// An empty one.
// expected-error @below {{expected a chip such as "sm_90a", got none}}
func.func private @f() attributes {s = #mhc.schedule<chip = "">}

// -----

// expected-error @below {{expected a key out of chip, exchange, warps, slices, slabs, tokens, prefetch, vector, weights, retain; got 'stages'}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", stages = 4>}

// -----

// expected-error @below {{expected each key once, got 'warps' again}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", warps = 8, warps = 8>}

// -----

// expected-error @below {{expected one of none, split, cluster, l2; got 'grid'}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", exchange = grid>}

// -----

// expected-error @below {{expected one of memory, shared; got 'registers'}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", retain = registers>}

// -----

// expected-error @below {{expected warps to be from 1 to 32, got 33}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", warps = 33>}

// -----

// expected-error @below {{expected warps to be from 1 to 32, got 0}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", warps = 0>}

// -----

// expected-error @below {{expected slices to be from 1 to 65535, got 0}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", slices = 0>}

// -----

// expected-error @below {{expected slabs to be from 1 to 65535, got 65536}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", slabs = 65536>}

// -----

// expected-error @below {{expected prefetch to be from 0 to 8, got 9}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", prefetch = 9>}

// -----

// expected-error @below {{expected tokens to be a multiple of 8 from 8 to 256, the threads of 8 warps, got 12}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", tokens = 12>}

// -----

// expected-error @below {{expected tokens to be a multiple of 8 from 8 to 32, the threads of 1 warp, got 40}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", warps = 1, tokens = 40>}

// -----

// expected-error @below {{expected tokens to be a multiple of 8 from 8 to 256, the threads of 8 warps, got 0}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", tokens = 0>}

// -----

// expected-error @below {{expected vector to be 2, 4 or 8, got 1}}
func.func private @f() attributes {s = #mhc.schedule<chip = "sm_90a", vector = 1>}

// -----

// The attribute mhc.schedule is a schedule.
func.func @f(%x: tensor<?xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected "mhc.schedule" to be #mhc.schedule, got 8 : i64}}
  %0 = mhc.kernel ins(%a = %x : tensor<?xf32> as f32) outs(%e : tensor<?xf32>) attributes {mhc.schedule = 8} {
    mhc.return %a : f32
  }
  return %0 : tensor<?xf32>
}

// -----

// And that of a kernel.
// expected-error @below {{expected "mhc.schedule" on mhc.kernel alone}}
func.func private @f() attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">}
