// Parts of an outer product read rows of their own, not what another part may not have written yet.
//
// REQUIRES: numpy
// RUN: mhc-run %s --device emulator --orders 2 --arg random:1:33x8x64 --arg random:2:33x80 --arg random:3:33x8x8 --out %t.emulator
// RUN: sed 's/attributes {mhc.schedule = #mhc.schedule<[^>]*>}//' %s > %t.mlir
// RUN: mhc-run %t.mlir --device reference --round --arg random:1:33x8x64 --arg random:2:33x80 --arg random:3:33x8x8 --out %t.reference
// RUN: %python %root/utils/compare.py %t.emulator/0.npy %t.reference/0.npy --limit 2^-8
// RUN: %python %root/utils/compare.py %t.emulator/1.npy %t.reference/1.npy --limit 2^-8

func.func @main(%x: tensor<?x8x64xbf16>, %d: tensor<?x80xf32>, %R: tensor<?x8x8xf32>) -> (tensor<80x512xf32>, tensor<?x8x64xbf16>) {
  %c0 = arith.constant 0 : index
  %T = tensor.dim %x, %c0 : tensor<?x8x64xbf16>
  %e0 = tensor.empty() : tensor<80x512xf32>
  %e1 = tensor.empty(%T) : tensor<?x8x64xbf16>
  %r:2 = mhc.kernel "k" ins(%xa = %x : tensor<?x8x64xbf16> as !mhc.row<8x64xbf16>, %dm = %d : tensor<?x80xf32> as vector<80xf32>, %Ra = %R : tensor<?x8x8xf32> as vector<8x8xf32>)
   outs(%e0 : tensor<80x512xf32>, %e1 : tensor<?x8x64xbf16>) attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", warps = 2, tokens = 32, prefetch = 0, weights = memory, retain = memory>} {
   %z = mhc.sweep over 64 (%a = %xa : !mhc.row<8x64xbf16>) -> (!mhc.row<8x64xbf16>) {
     %v = mhc.combine (%a by %Ra : vector<8xbf16>, vector<8x8xf32>) -> vector<8xbf16>
     mhc.exit row(%v : vector<8xbf16>)
   }
   %t, %o = mhc.sweep over 64 (%a = %z : !mhc.row<8x64xbf16>) -> (!mhc.total<80x8x64xf32>, !mhc.row<8x64xbf16>) {
     %v = arith.addf %a, %a : vector<8xbf16>
     mhc.exit outer(%dm by %a : vector<80xf32>, vector<8xbf16>), row(%v : vector<8xbf16>)
   }
   mhc.return %t, %o : !mhc.total<80x8x64xf32>, !mhc.row<8x64xbf16>
  }
  return %r#0, %r#1 : tensor<80x512xf32>, tensor<?x8x64xbf16>
}
