// RUN: mhc-opt %s --mhc-schedule=chip=sm_80 --split-input-file --verify-diagnostics

// Schedules that a kernel cannot have, and why.

// Another chip.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected a schedule for sm_80, got one for sm_90a}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// -----

// Exchanges of a later version.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected exchange none or split, which are those lowered so far, got cluster}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", exchange = cluster, slices = 4>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// -----

func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected exchange none or split, which are those lowered so far, got l2}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", exchange = l2, slices = 4>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// -----

// 32 leaves in 16 groups of 2.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected slices that are aligned subtrees of the sums over hidden, 1, 2, 4, 8, 16, 32; got 3}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", slices = 3>} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// -----

// Leaves of another length.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @below {{expected an order with leaves of 32 columns for a GPU, got 64}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?xf32>) order <leaf = 64, groups = 16>
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80">} {
    %s = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xf32>) -> (f32) {
      %q = mhc.inner %c, %c : (f32, f32) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return %0 : tensor<?xf32>
}

// -----

// Slices that would have to meet.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  // expected-error @below {{expected exchange = split for several slices where a sweep needs the sums of another one, got none}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", slices = 4>} {
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

// -----

// Rows of all tokens of a block in one CTA.
func.func @k(%x: tensor<?x1024xf32>, %e: tensor<?x1024xf32>) -> tensor<?x1024xf32> {
  // expected-error-re @below {{expected at most 166912 bytes of shared memory on sm_80, got {{[0-9]+}}: 0 for phi, {{[0-9]+}} for sums over hidden, {{[0-9]+}} for values of 256 tokens, 1048576 for rows that are kept, {{[0-9]+}} for rows that are loaded ahead}}
  %0 = mhc.kernel "k" ins(%a = %x : tensor<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : tensor<?x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", retain = shared>} {
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

// -----

// Buffers have no place for what crosses.
func.func @k(%x: memref<?x1024xf32>, %e: memref<?x1024xf32>) {
  // expected-error @below {{expected a kernel on tensors to be cut, got one on memrefs}}
  mhc.kernel "k" ins(%a = %x : memref<?x1024xf32> as !mhc.row<1024xf32>) outs(%e : memref<?x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", exchange = split, slices = 4>} {
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
  return
}

// -----

// Sums over tokens are in registers of one warp.
func.func @k(%d: tensor<?x6xf32>, %x: tensor<?x1024xbf16>, %e: tensor<6x1024xf32>) -> tensor<6x1024xf32> {
  // expected-error @below {{expected a warp for each leaf of a slice in a kernel that adds over tokens, got 8 leaves and 4 warps}}
  %0 = mhc.kernel "k" ins(%da = %d : tensor<?x6xf32> as vector<6xf32>, %xa = %x : tensor<?x1024xbf16> as !mhc.row<1024xbf16>)
                      outs(%e : tensor<6x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", warps = 4, slices = 4>} {
    %t = mhc.sweep over 1024 (%c = %xa : !mhc.row<1024xbf16>) -> (!mhc.total<6x1024xf32>) {
      mhc.exit outer(%da by %c : vector<6xf32>, bf16)
    }
    mhc.return %t : !mhc.total<6x1024xf32>
  }
  return %0 : tensor<6x1024xf32>
}

// -----

func.func @k(%d: tensor<?x6xf32>, %x: tensor<?x1024xbf16>, %e: tensor<6x1024xf32>) -> tensor<6x1024xf32> {
  // expected-error @below {{expected at most 8 warps, as a thread of this kernel needs 255 registers; got 16}}
  %0 = mhc.kernel "k" ins(%da = %d : tensor<?x6xf32> as vector<6xf32>, %xa = %x : tensor<?x1024xbf16> as !mhc.row<1024xbf16>)
                      outs(%e : tensor<6x1024xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_80", warps = 16, slices = 4>} {
    %t = mhc.sweep over 1024 (%c = %xa : !mhc.row<1024xbf16>) -> (!mhc.total<6x1024xf32>) {
      mhc.exit outer(%da by %c : vector<6xf32>, bf16)
    }
    mhc.return %t : !mhc.total<6x1024xf32>
  }
  return %0 : tensor<6x1024xf32>
}
