// RUN: mhc-run %s --device cpu --arg full:1.1 --arg full:1.1 > %t.cpu
// RUN: mhc-run %s --device reference --round --arg full:1.1 --arg full:1.1 > %t.reference
// RUN: FileCheck %s < %t.cpu
// RUN: FileCheck %s < %t.reference
// RUN: mhc-opt %s --mhc-to-cpu | FileCheck %s --check-prefix=FLAGS

// Arithmetic on bf16 and f16 is rounded after every op, also within one expression:
// 1.1015625 * 1.1015625 rounds to 1.2109375, and that minus 1.1015625 is 0.109375. Rounded
// once at the end it would be 0.11181640625.

// CHECK: result 0: {{bf16|f64}} min 0.109375
// CHECK: result 1: {{f16|f64}} min 0.109375
// FLAGS-NOT: contract
func.func @main(%x: bf16, %y: f16) -> (bf16, f16) {
  %p = arith.mulf %x, %x : bf16
  %s = arith.subf %p, %x : bf16
  %q = arith.mulf %y, %y : f16
  %t = arith.subf %q, %y : f16
  return %s, %t : bf16, f16
}
