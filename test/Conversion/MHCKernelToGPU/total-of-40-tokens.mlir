// A block of tokens that fills no warps is added over its own tokens alone.
//
// REQUIRES: numpy
// RUN: mhc-run %s --device emulator --orders 2 --arg random:1:17x4x33 --arg random:2:17x4 --out %t.emulator
// RUN: sed 's/attributes {mhc.schedule = #mhc.schedule<[^>]*>}//' %s > %t.mlir
// RUN: mhc-run %t.mlir --device reference --round --arg random:1:17x4x33 --arg random:2:17x4 --out %t.reference
// RUN: %python %root/utils/compare.py %t.emulator/0.npy %t.reference/0.npy --limit 1e-5

func.func @main(%x: tensor<?x4x33xf32>, %q: tensor<?x4xf32>) -> (tensor<4xf32>) {
%c0 = arith.constant 0 : index
%T = tensor.dim %x, %c0 : tensor<?x4x33xf32>
%e0 = tensor.empty() : tensor<4xf32>
%r = mhc.kernel "k" ins(%xa = %x : tensor<?x4x33xf32> as !mhc.row<4x33xf32>, %qa = %q : tensor<?x4xf32> as vector<4xf32>) outs(%e0 : tensor<4xf32>) attributes {mhc.schedule = #mhc.schedule<chip = "sm_90a", warps = 2, tokens = 40>} {
%t = mhc.total %qa : vector<4xf32> -> !mhc.total<4xf32>
mhc.return %t : !mhc.total<4xf32>
}
return %r : tensor<4xf32>
}
