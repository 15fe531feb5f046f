// A warp without a tile reads no retained rows.
//
// REQUIRES: numpy
// RUN: mhc-run %s --device emulator --orders 2 --arg random:1:17x4x256 --arg random:3:17x4x4 --out %t.emulator
// RUN: sed 's/attributes {mhc.schedule = #mhc.schedule<[^>]*>}//' %s > %t.mlir
// RUN: mhc-run %t.mlir --device reference --round --arg random:1:17x4x256 --arg random:3:17x4x4 --out %t.reference
// RUN: %python %root/utils/compare.py %t.emulator/0.npy %t.reference/0.npy --limit 2^-8
// RUN: %python %root/utils/compare.py %t.emulator/1.npy %t.reference/1.npy --limit 2^-8

func.func @main(%x: tensor<?x4x256xbf16>, %R: tensor<?x4x4xf32>) -> (tensor<?x4x256xbf16>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %T = tensor.dim %x, %c0 : tensor<?x4x256xbf16>
  %e1 = tensor.empty(%T) : tensor<?x4x256xbf16>
  %e2 = tensor.empty(%T) : tensor<?xf32>
  %r:2 = mhc.kernel "k" ins(%xa = %x : tensor<?x4x256xbf16> as !mhc.row<4x256xbf16>, %Ra = %R : tensor<?x4x4xf32> as vector<4x4xf32>)
   outs(%e1 : tensor<?x4x256xbf16>, %e2 : tensor<?xf32>) attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", warps = 8, slices = 4, tokens = 32, prefetch = 0, retain = shared, slabs = 3>} {
   %z = mhc.sweep over 256 (%a = %xa : !mhc.row<4x256xbf16>) -> (!mhc.row<4x256xbf16>) {
     %v = mhc.combine (%a by %Ra : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
     mhc.exit row(%v : vector<4xbf16>)
   }
   %o, %s = mhc.sweep over 256 (%a = %z : !mhc.row<4x256xbf16>) -> (!mhc.row<4x256xbf16>, f32) {
     %v = arith.addf %a, %a : vector<4xbf16>
     %q = mhc.inner whole %v, %a : (vector<4xbf16>, vector<4xbf16>) -> f32
     mhc.exit row(%v : vector<4xbf16>), sum(%q : f32)
   }
   mhc.return %o, %s : !mhc.row<4x256xbf16>, f32
  }
  return %r#0, %r#1 : tensor<?x4x256xbf16>, tensor<?xf32>
}
