// inf and NaN flow through, on both devices, and are counted in what is printed.

// RUN: rm -rf %t && mkdir %t
// RUN: %python %S/../Inputs/npy.py write %t/x.npy f4 4x2 1 inf nan 2 -inf 3 0x1.fep127 0x1.fep127
// DEFINE: %{device} = cpu
// DEFINE: %{run} = mhc-run %s --device %{device} --arg %t/x.npy --out %t/out
// DEFINE: %{show} = %python %S/../Inputs/npy.py show %t/out/0.npy %t/out/1.npy
// RUN: %{run} | FileCheck %s
// RUN: %{show} | FileCheck %s --check-prefix=ARRAYS
// REDEFINE: %{device} = reference
// RUN: %{run} | FileCheck %s
// RUN: %{show} | FileCheck %s --check-prefix=EXACT
// REDEFINE: %{device} = reference --round
// RUN: %{run} | FileCheck %s
// RUN: %{show} | FileCheck %s --check-prefix=ARRAYS
// CHECK: result 0: 4x2x2x{{bf16|f64}} min -inf max inf mean {{.*}} nan 2 inf {{4|6}}
// ARRAYS:      0.npy {{<f[48]}} (4, 2, 2) 1.0 inf 1.0 inf nan 2.0 nan 2.0 -inf 3.0 -inf 3.0
// ARRAYS-NEXT: 1.npy {{<f[48]}} (4,) inf nan -inf inf
// EXACT:       1.npy <f8 (4,) inf nan -inf 6.7{{.*}}e+38

// A row that is inf in one column makes NaN of 0 times inf, as arithmetic has it.
// RUN: mhc-run %s --entry scaled --device cpu --arg full:inf --arg zeros | FileCheck %s --check-prefix=SCALED
// RUN: mhc-run %s --entry scaled --device reference --arg full:inf --arg zeros | FileCheck %s --check-prefix=SCALED
// SCALED: result 0: 2x{{bf16|f64}} min nan max nan mean nan nan 2

func.func @f(%x: tensor<4x2xbf16>) -> (tensor<4x2x2xbf16>, tensor<4xbf16>) {
  %0 = mhc.expand %x : tensor<4x2xbf16> to tensor<4x2x2xbf16>
  %1 = tensor.extract_slice %x[0, 0] [4, 1] [1, 1] : tensor<4x2xbf16> to tensor<4xbf16>
  %2 = tensor.extract_slice %x[0, 1] [4, 1] [1, 1] : tensor<4x2xbf16> to tensor<4xbf16>
  %3 = arith.addf %1, %2 : tensor<4xbf16>
  return %0, %3 : tensor<4x2x2xbf16>, tensor<4xbf16>
}
func.func private @scaled(%x: tensor<2xbf16>, %k: tensor<f32>) -> tensor<2xbf16> {
  %0 = mhc.combine (%x scaled %k : tensor<2xbf16>, tensor<f32>) -> tensor<2xbf16>
  return %0 : tensor<2xbf16>
}
