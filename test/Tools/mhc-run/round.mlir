// The reference computes in f64: casts between floats become identities, unless --round
// keeps what they lose. The CPU rounds where the program does.

// RUN: mhc-run %s --device reference --arg full:3 | FileCheck %s --check-prefix=EXACT
// RUN: mhc-run %s --device reference --round --arg full:3 | FileCheck %s --check-prefix=ROUND
// RUN: mhc-run %s --device cpu --arg full:3 | FileCheck %s --check-prefix=CPU
// EXACT:      result 0: 2xf64 min 0.333333 max 0.333333
// EXACT-NEXT: result 1: 2xf64 min -5.55112e-17 max -5.55112e-17
// ROUND:      result 0: 2xf64 min 0.333984 max 0.333984
// ROUND-NEXT: result 1: 2xf64 min 0.00195312 max 0.00195312
// CPU:      result 0: 2xbf16 min 0.333984 max 0.333984
// CPU-NEXT: result 1: 2xf64 min 0.00195312 max 0.00195312
func.func @third(%x: tensor<2xf64>) -> (tensor<2xbf16>, tensor<2xf64>) {
  %1 = arith.constant dense<1.0> : tensor<2xf64>
  %t = arith.divf %1, %x : tensor<2xf64>
  %n = arith.truncf %t : tensor<2xf64> to tensor<2xbf16>
  %w = arith.extf %n : tensor<2xbf16> to tensor<2xf64>
  %m = arith.constant dense<-1.0> : tensor<2xf64>
  %d = math.fma %w, %x, %m : tensor<2xf64>
  return %n, %d : tensor<2xbf16>, tensor<2xf64>
}
