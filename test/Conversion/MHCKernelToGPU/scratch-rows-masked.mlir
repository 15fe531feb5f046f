// Of a row that an earlier sweep made, a lane reads what it has written, also beyond hidden and beyond the tokens.
//
// REQUIRES: numpy
// RUN: mhc-run %s --device emulator --orders 2 --arg random:1:9x16x1000 --arg random:3:9x16x16 --out %t.emulator
// RUN: sed 's/attributes {mhc.schedule = #mhc.schedule<[^>]*>}//' %s > %t.mlir
// RUN: mhc-run %t.mlir --device reference --round --arg random:1:9x16x1000 --arg random:3:9x16x16 --out %t.reference
// RUN: %python %root/utils/compare.py %t.emulator/0.npy %t.reference/0.npy --limit 1e-12
// RUN: %python %root/utils/compare.py %t.emulator/1.npy %t.reference/1.npy --limit 1e-12

func.func @main(%x: tensor<?x16x1000xf64>, %R: tensor<?x16x16xf64>) -> (tensor<?x16x1000xf64>, tensor<?xf64>) {
  %c0 = arith.constant 0 : index
  %T = tensor.dim %x, %c0 : tensor<?x16x1000xf64>
  %e1 = tensor.empty(%T) : tensor<?x16x1000xf64>
  %e2 = tensor.empty(%T) : tensor<?xf64>
  %r:2 = mhc.kernel "k" ins(%xa = %x : tensor<?x16x1000xf64> as !mhc.row<16x1000xf64>, %Ra = %R : tensor<?x16x16xf64> as vector<16x16xf64>)
   outs(%e1 : tensor<?x16x1000xf64>, %e2 : tensor<?xf64>)  {
   %z = mhc.sweep over 1000 (%a = %xa : !mhc.row<16x1000xf64>) -> (!mhc.row<16x1000xf64>) {
     %v = mhc.combine (%a by %Ra : vector<16xf64>, vector<16x16xf64>) -> vector<16xf64>
     mhc.exit row(%v : vector<16xf64>)
   }
   %o, %s = mhc.sweep over 1000 (%a = %z : !mhc.row<16x1000xf64>) -> (!mhc.row<16x1000xf64>, f64) {
     %v = arith.addf %a, %a : vector<16xf64>
     %q = mhc.inner whole %v, %a : (vector<16xf64>, vector<16xf64>) -> f64
     mhc.exit row(%v : vector<16xf64>), sum(%q : f64)
   }
   mhc.return %o, %s : !mhc.row<16x1000xf64>, f64
  }
  return %r#0, %r#1 : tensor<?x16x1000xf64>, tensor<?xf64>
}
