// What convert-mhc-kernel-to-gpu refuses.
//
// RUN: mhc-opt %s --convert-mhc-kernel-to-gpu --split-input-file --verify-diagnostics

func.func @no_schedule(%x: memref<?x64xf32>, %r: memref<?x64xf32>) {
  // expected-error @below {{'mhc.kernel' op expected a schedule; run mhc-schedule before}}
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?x64xf32>) {
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %s : !mhc.row<64xf32>
  }
  return
}

// -----

func.func @two_sweeps_of_a_destination(%x: memref<?x64xf32>, %r: memref<?xf32>) {
  // expected-error @below {{expected a destination that is an operand to be a row that one sweep alone reads and writes, got destination 0 that is operand 0}}
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%x : memref<?x64xf32>, %r : memref<?xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">} {
    %q = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %s, %q : !mhc.row<64xf32>, f32
  }
  return
}

// -----

func.func @slices(%x: memref<?x64xf32>, %r: memref<?x64xf32>) {
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?x64xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", slices = 3>} {
    // expected-error @below {{expected a schedule whose slices are aligned subtrees of the sums over hidden, 1, 2 for hidden 64, got 3}}
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %s : !mhc.row<64xf32>
  }
  return
}

// -----

func.func @exchange(%x: memref<?x64xf32>, %r: memref<?x64xf32>) {
  // expected-error @below {{expected a schedule with exchange = none, after mhc-schedule, got split}}
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?x64xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", exchange = split>} {
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %s : !mhc.row<64xf32>
  }
  return
}

// -----

func.func @leaves(%x: memref<?x64xf32>, %r: memref<?xf32>) {
  // expected-error @below {{expected an order with leaves of 32 columns for a GPU, got 64}}
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?xf32>)
      order <leaf = 64, groups = 16> attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">} {
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

func.func @sums_between_slices(%x: memref<?x64xf32>, %r: memref<?x64xf32>) {
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?x64xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", slices = 2>} {
    %q = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    // expected-error @below {{expected a kernel of several slices to have no sweep that needs the sums of another one; cut the kernel, or give it one slice}}
    %s = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      // expected-note @below {{which this op needs}}
      %v = arith.mulf %c, %q : f32
      mhc.exit row(%v : f32)
    }
    mhc.return %s : !mhc.row<64xf32>
  }
  return
}

// -----

func.func @two_destinations(%x: memref<?x64xf32>, %r: memref<?x64xf32>) {
  // expected-error @below {{expected destinations apart from each other, got destination 1 that is destination 0}}
  mhc.kernel ins(%a = %x : memref<?x64xf32> as !mhc.row<64xf32>) outs(%r : memref<?x64xf32>, %r : memref<?x64xf32>)
      attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a">} {
    %s, %t = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>, !mhc.row<64xf32>) {
      %d = arith.addf %c, %c : f32
      mhc.exit row(%c : f32), row(%d : f32)
    }
    mhc.return %s, %t : !mhc.row<64xf32>, !mhc.row<64xf32>
  }
  return
}
