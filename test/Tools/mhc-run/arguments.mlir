// The forms of --arg, for tensors and scalars of every type, on both devices.

// DEFINE: %{arguments} = --arg full:1.5:2 --arg full:-0.1 --arg full:1e-3 --arg full:.1 --arg full:true \
// DEFINE:   --arg full:-7 --arg full:9223372036854775807 --arg zeros:0x2 --arg zeros
// RUN: mhc-run %s --entry types --device cpu %{arguments} | FileCheck %s --check-prefixes=ALL,CPU
// RUN: mhc-run %s --entry types --device reference %{arguments} | FileCheck %s --check-prefixes=ALL,REF
// ALL:      result 0: i1 min 1 max 1 mean 1
// ALL-NEXT: result 1: 3xi32 min -7 max -7 mean -7
// ALL-NEXT: result 2: i64 min 9223372036854775807 max 9223372036854775807 mean 9.22337e+18
// CPU-NEXT: result 3: 2xbf16 min 1.5 max 1.5 mean 1.5
// CPU-NEXT: result 4: f16 min -0.0999756 max -0.0999756 mean -0.0999756
// CPU-NEXT: result 5: 3xf32 min 0.001 max 0.001 mean 0.001
// CPU-NEXT: result 6: f64 min 0.1 max 0.1 mean 0.1
// CPU-NEXT: result 7: 0x2xf32 empty
// CPU-NEXT: result 8: 2x2xf64 min 0 max 0 mean 0
// REF-NEXT: result 3: 2xf64 min 1.5 max 1.5 mean 1.5
// REF-NEXT: result 4: f64 min -0.0999756 max -0.0999756 mean -0.0999756
// REF-NEXT: result 5: 3xf64 min 0.001 max 0.001 mean 0.001
// REF-NEXT: result 6: f64 min 0.1 max 0.1 mean 0.1
// REF-NEXT: result 7: 0x2xf64 empty
// REF-NEXT: result 8: 2x2xf64 min 0 max 0 mean 0
// ALL-NOT:  result

// random gives the same numbers on every machine, and is rounded once; the first
// four are pinned.
// RUN: rm -rf %t && mkdir %t
// RUN: mhc-run %s --entry random --device cpu --arg random:7 --arg random:7 --arg random:7 --out %t/cpu > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/cpu/0.npy %t/cpu/1.npy %t/cpu/2.npy | FileCheck %s --check-prefix=RANDOM
// RUN: mhc-run %s --entry random --device reference --arg random:7 --arg random:7 --arg random:7 --out %t/ref > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/ref/0.npy %t/ref/1.npy %t/ref/2.npy | FileCheck %s --check-prefix=RANDOM-REF
// RANDOM:      0.npy <f8 (4,) -0.49089355690576053 -0.7008174518565617 0.4902585358709813 0.6337725393299644
// RANDOM-NEXT: 1.npy <f4 (4,) -0.49089354276657104 -0.7008174657821655 0.4902585446834564 0.6337725520133972
// RANDOM-NEXT: 2.npy <f4 (4,) -0.490234375 -0.69921875 0.490234375 0.6328125
// RANDOM-REF:      0.npy <f8 (4,) -0.49089355690576053 -0.7008174518565617 0.4902585358709813 0.6337725393299644
// RANDOM-REF-NEXT: 1.npy <f8 (4,) -0.49089354276657104 -0.7008174657821655 0.4902585446834564 0.6337725520133972
// RANDOM-REF-NEXT: 2.npy <f8 (4,) -0.490234375 -0.69921875 0.490234375 0.6328125

// Another seed, other numbers; the largest seed.
// RUN: mhc-run %s --entry random --device cpu --arg random:0 --arg random:1 --arg random:18446744073709551615 | FileCheck %s --check-prefix=SEEDS
// SEEDS:     result 0: 4xf64 min [[MIN:.*]] max
// SEEDS-NOT: min [[MIN]] max

// Arguments are in the order of the command line.
// RUN: mhc-run %s --entry subtract --device cpu --arg full:5 --arg full:3 | FileCheck %s --check-prefix=ORDER
// ORDER: result 0: i32 min 2 max 2 mean 2

func.func @types(%a: tensor<?xbf16>, %b: f16, %c: tensor<3xf32>, %d: f64, %e: i1, %f: tensor<3xi32>, %g: i64,
                 %h: tensor<?x2xf32>, %i: tensor<2x2xf64>)
    -> (i1, tensor<3xi32>, i64, tensor<?xbf16>, f16, tensor<3xf32>, f64, tensor<?x2xf32>, tensor<2x2xf64>) {
  return %e, %f, %g, %a, %b, %c, %d, %h, %i
      : i1, tensor<3xi32>, i64, tensor<?xbf16>, f16, tensor<3xf32>, f64, tensor<?x2xf32>, tensor<2x2xf64>
}

func.func @random(%a: tensor<4xf64>, %b: tensor<4xf32>, %c: tensor<4xbf16>)
    -> (tensor<4xf64>, tensor<4xf32>, tensor<4xbf16>) {
  return %a, %b, %c : tensor<4xf64>, tensor<4xf32>, tensor<4xbf16>
}

func.func @subtract(%a: i32, %b: i32) -> i32 {
  %0 = arith.subi %a, %b : i32
  return %0 : i32
}
