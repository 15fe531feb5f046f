// RUN: mhc-opt %s --mhc-schedule=chip=sm_90a | FileCheck %s

// Slabs are the order of sums over tokens: by hidden and the chip, whatever else a kernel does, and a warp for each
// leaf. With 2560 columns a slice of at most 8 leaves is one of 16, and 132 multiprocessors have 8 slabs of these.

// CHECK-DAG: #[[GAIN:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 5, slices = 16, slabs = 8, tokens = 160, prefetch = 1, vector = 8,
// CHECK-DAG: #[[BOTH:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 5, slices = 16, slabs = 8, tokens = 160, prefetch = 1, vector = 4,
// CHECK-DAG: #[[FEW:.*]] = #mhc.schedule<chip = "sm_90a", exchange = none, warps = 2, slices = 1, slabs = 132, tokens = 64,

// CHECK-LABEL: func.func @gain
// CHECK:         attributes {mhc.schedule = #[[GAIN]]}
func.func @gain(%x: tensor<?x2560xbf16>, %e: tensor<2560xf32>) -> tensor<2560xf32> {
  %0 = mhc.kernel "gain" ins(%a = %x : tensor<?x2560xbf16> as !mhc.row<2560xbf16>) outs(%e : tensor<2560xf32>) {
    %t = mhc.sweep over 2560 (%c = %a : !mhc.row<2560xbf16>) -> (!mhc.total<2560xf32>) {
      %w = arith.extf %c : bf16 to f32
      mhc.exit total(%w : f32)
    }
    mhc.return %t : !mhc.total<2560xf32>
  }
  return %0 : tensor<2560xf32>
}

// With the gradient of phi and a backproject besides.
// CHECK-LABEL: func.func @both
// CHECK:         attributes {mhc.schedule = #[[BOTH]]}
func.func @both(%x: tensor<?x2560xbf16>, %s: tensor<?x4x2560xbf16>, %d: tensor<?x24xf32>, %phi: tensor<24x10240xf32>,
                %e0: tensor<2560xf32>, %e1: tensor<24x10240xf32>, %e2: tensor<?x4x2560xbf16>, %e3: tensor<24xf32>)
    -> (tensor<2560xf32>, tensor<24x10240xf32>, tensor<?x4x2560xbf16>, tensor<24xf32>) {
  %0:4 = mhc.kernel "both"
      ins(%a = %x : tensor<?x2560xbf16> as !mhc.row<2560xbf16>, %b = %s : tensor<?x4x2560xbf16> as !mhc.row<4x2560xbf16>,
          %m = %d : tensor<?x24xf32> as vector<24xf32>, %w = %phi : tensor<24x10240xf32> as !mhc.weight<24x4x2560xf32>)
      outs(%e0 : tensor<2560xf32>, %e1 : tensor<24x10240xf32>, %e2 : tensor<?x4x2560xbf16>, %e3 : tensor<24xf32>) {
    %t, %o, %r = mhc.sweep over 2560 (%c = %a : !mhc.row<2560xbf16>, %k = %b : !mhc.row<4x2560xbf16>)
        -> (!mhc.total<2560xf32>, !mhc.total<24x4x2560xf32>, !mhc.row<4x2560xbf16>) {
      %wide = arith.extf %c : bf16 to f32
      %back = mhc.backproject %m by %w : (vector<24xf32>, !mhc.weight<24x4x2560xf32>) -> vector<4xf32>
      %narrow = arith.truncf %back : vector<4xf32> to vector<4xbf16>
      mhc.exit total(%wide : f32), outer(%m by %k : vector<24xf32>, vector<4xbf16>), row(%narrow : vector<4xbf16>)
    }
    %sum = mhc.total %m : vector<24xf32> -> !mhc.total<24xf32>
    mhc.return %t, %o, %r, %sum : !mhc.total<2560xf32>, !mhc.total<24x4x2560xf32>, !mhc.row<4x2560xbf16>, !mhc.total<24xf32>
  }
  return %0#0, %0#1, %0#2, %0#3 : tensor<2560xf32>, tensor<24x10240xf32>, tensor<?x4x2560xbf16>, tensor<24xf32>
}

// Two leaves: not four warps for each.
// CHECK-LABEL: func.func @few
// CHECK:         attributes {mhc.schedule = #[[FEW]]}
func.func @few(%x: tensor<?x64xbf16>, %e: tensor<64xf32>) -> tensor<64xf32> {
  %0 = mhc.kernel "few" ins(%a = %x : tensor<?x64xbf16> as !mhc.row<64xbf16>) outs(%e : tensor<64xf32>) {
    %t = mhc.sweep over 64 (%c = %a : !mhc.row<64xbf16>) -> (!mhc.total<64xf32>) {
      %w = arith.extf %c : bf16 to f32
      mhc.exit total(%w : f32)
    }
    mhc.return %t : !mhc.total<64xf32>
  }
  return %0 : tensor<64xf32>
}
