// An array is rounded once, to nearest even, from its own type to the argument's, on
// every device. The first value is a hair above the middle of two numbers: rounded to
// f32 on the way it would fall on the middle, and then to the wrong side.

// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/../Inputs/npy.py write %t/bf16.npy f8 6 0x1.01000004p0 0x1.01p0 0x1.03p0 0x1.feffp127 0x1.ffp127 0x1p-134
// RUN: %python %S/../Inputs/npy.py write %t/f16.npy f8 6 0x1.00200004p0 0x1.002p0 0x1.006p0 0x1.ffdfffp15 0x1.ffep15 0x1p-25
// RUN: %python %S/../Inputs/npy.py write %t/f32.npy f8 6 0x1.0000010000001p0 0x1.000001p0 0x1.000003p0 0x1.fffffeffp127 0x1.ffffffp127 0x1p-150
// RUN: mhc-run %s --device cpu --arg %t/bf16.npy --arg %t/f16.npy --arg %t/f32.npy --out %t/cpu > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/cpu/0.npy %t/cpu/1.npy %t/cpu/2.npy | FileCheck %s -DF=f4
// RUN: mhc-run %s --device reference --arg %t/bf16.npy --arg %t/f16.npy --arg %t/f32.npy --out %t/ref > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/ref/0.npy %t/ref/1.npy %t/ref/2.npy | FileCheck %s -DF=f8
// RUN: mhc-run %s --device reference --round --arg %t/bf16.npy --arg %t/f16.npy --arg %t/f32.npy --out %t/round > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/round/0.npy %t/round/1.npy %t/round/2.npy | FileCheck %s -DF=f8
// CHECK:      0.npy <[[F]] (6,) 1.0078125 1.0 1.015625 3.3895313892515355e+38 inf 0.0
// CHECK-NEXT: 1.npy <[[F]] (6,) 1.0009765625 1.0 1.001953125 65504.0 inf 0.0
// CHECK-NEXT: 2.npy <[[F]] (6,) 1.0000001192092896 1.0 1.000000238418579 3.4028234663852886e+38 inf 0.0

// From f32 and f16; widening changes nothing.
// RUN: %python %S/../Inputs/npy.py write %t/a.npy f4 6 0x1.010002p0 0x1.01p0 -0x1.03p0 inf nan 0x1p-149
// RUN: %python %S/../Inputs/npy.py write %t/b.npy f4 6 0x1.002002p0 0x1.002p0 -0x1.006p0 -inf nan 0x1p-24
// RUN: %python %S/../Inputs/npy.py write %t/c.npy f2 6 0x1.004p0 65504 -0.0 inf nan 0x1p-24
// RUN: mhc-run %s --device cpu --arg %t/a.npy --arg %t/b.npy --arg %t/c.npy --out %t/cpu > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/cpu/0.npy %t/cpu/1.npy %t/cpu/2.npy | FileCheck %s -DF=f4 --check-prefix=NARROW
// RUN: mhc-run %s --device reference --arg %t/a.npy --arg %t/b.npy --arg %t/c.npy --out %t/ref > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/ref/0.npy %t/ref/1.npy %t/ref/2.npy | FileCheck %s -DF=f8 --check-prefix=NARROW
// NARROW:      0.npy <[[F]] (6,) 1.0078125 1.0 -1.015625 inf nan 0.0
// NARROW-NEXT: 1.npy <[[F]] (6,) 1.0009765625 1.0 -1.001953125 -inf nan 5.960464477539063e-08
// NARROW-NEXT: 2.npy <[[F]] (6,) 1.0009765625 65504.0 -0.0 inf nan 5.960464477539063e-08

// So is the text of full: the middle is 1.00390625.
// RUN: mhc-run %s --device cpu --arg full:1.00390625000001 --arg full:1.00048828125001 --arg full:1.0000000596046448 --out %t/cpu > /dev/null
// RUN: %python %S/../Inputs/npy.py show %t/cpu/0.npy %t/cpu/1.npy %t/cpu/2.npy | FileCheck %s --check-prefix=FULL
// FULL:      0.npy <f4 (6,) 1.0078125 1.0078125
// FULL-NEXT: 1.npy <f4 (6,) 1.0009765625 1.0009765625
// FULL-NEXT: 2.npy <f4 (6,) 1.0000001192092896 1.0000001192092896

func.func @f(%a: tensor<6xbf16>, %b: tensor<6xf16>, %c: tensor<6xf32>) -> (tensor<6xbf16>, tensor<6xf16>, tensor<6xf32>) {
  return %a, %b, %c : tensor<6xbf16>, tensor<6xf16>, tensor<6xf32>
}
