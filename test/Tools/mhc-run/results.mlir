// What results may be, what is printed, and what the .npy files hold.

// Printed, and written to files: f32 for bf16, f16 and f32, f64 for f64 and for every
// float of the reference, integers as they are.
// RUN: rm -rf %t && mkdir %t
// DEFINE: %{arguments} = --arg full:-1.5 --arg full:0.5 --arg full:0.1 --arg full:0.1 --arg full:true --arg full:-2147483648 --arg full:-9223372036854775808
// RUN: mhc-run %s --entry same --device cpu %{arguments} --out %t/new/folder | FileCheck %s --check-prefix=TYPES
// TYPES:      result 0: 2x2xbf16 min -1.5 max -1.5 mean -1.5
// TYPES-NEXT: result 1: 2xf16 min 0.5 max 0.5 mean 0.5
// TYPES-NEXT: result 2: f32 min 0.1 max 0.1 mean 0.1
// TYPES-NEXT: result 3: 1xf64 min 0.1 max 0.1 mean 0.1
// TYPES-NEXT: result 4: 2xi1 min 1 max 1 mean 1
// TYPES-NEXT: result 5: i32 min -2147483648 max -2147483648 mean -2.14748e+09
// TYPES-NEXT: result 6: 2xi64 min -9223372036854775808 max -9223372036854775808 mean -9.22337e+18
// TYPES-NOT:  {{.}}
// RUN: ls -A %t/new/folder | FileCheck %s --check-prefix=FILES
// FILES:      0.npy
// FILES-NEXT: 1.npy
// FILES-NEXT: 2.npy
// FILES-NEXT: 3.npy
// FILES-NEXT: 4.npy
// FILES-NEXT: 5.npy
// FILES-NEXT: 6.npy
// FILES-NOT:  {{.}}
// RUN: cd %t/new/folder && %python %S/../Inputs/npy.py show 0.npy 1.npy 2.npy 3.npy 4.npy 5.npy 6.npy | FileCheck %s --check-prefix=ARRAYS
// ARRAYS:      0.npy <f4 (2, 2) -1.5 -1.5 -1.5 -1.5
// ARRAYS-NEXT: 1.npy <f4 (2,) 0.5 0.5
// ARRAYS-NEXT: 2.npy <f4 () 0.10000000149011612
// ARRAYS-NEXT: 3.npy <f8 (1,) 0.1
// ARRAYS-NEXT: 4.npy |b1 (2,) True True
// ARRAYS-NEXT: 5.npy <i4 () -2147483648
// ARRAYS-NEXT: 6.npy <i8 (2,) -9223372036854775808 -9223372036854775808
// RUN: mhc-run %s --entry same --device reference %{arguments} --out %t/ref > /dev/null
// RUN: cd %t/ref && %python %S/../Inputs/npy.py show 0.npy 1.npy 2.npy 3.npy 4.npy 5.npy 6.npy | FileCheck %s --check-prefix=REF
// REF:      0.npy <f8 (2, 2) -1.5 -1.5 -1.5 -1.5
// REF-NEXT: 1.npy <f8 (2,) 0.5 0.5
// REF-NEXT: 2.npy <f8 () 0.10000000149011612
// REF-NEXT: 3.npy <f8 (1,) 0.1
// REF-NEXT: 4.npy |b1 (2,) True True
// REF-NEXT: 5.npy <i4 () -2147483648
// REF-NEXT: 6.npy <i8 (2,) -9223372036854775808 -9223372036854775808
func.func @same(%a: tensor<2x2xbf16>, %b: tensor<2xf16>, %c: f32, %d: tensor<1xf64>, %e: tensor<2xi1>, %f: i32, %g: tensor<2xi64>)
    -> (tensor<2x2xbf16>, tensor<2xf16>, f32, tensor<1xf64>, tensor<2xi1>, i32, tensor<2xi64>) {
  return %a, %b, %c, %d, %e, %f, %g : tensor<2x2xbf16>, tensor<2xf16>, f32, tensor<1xf64>, tensor<2xi1>, i32, tensor<2xi64>
}

// RUN: mhc-run %s --entry twice --device cpu --arg full:2 | FileCheck %s --check-prefix=TWICE
// RUN: mhc-run %s --entry twice --device reference --arg full:2 | FileCheck %s --check-prefix=TWICE
// TWICE:      result 0: 3xf64 min 2 max 2 mean 2
// TWICE-NEXT: result 1: 3xf64 min 2 max 2 mean 2
// TWICE-NEXT: result 2: f64 min 7 max 7 mean 7
func.func @twice(%a: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>, f64) {
  %c = arith.constant 7.0 : f64
  return %a, %a, %c : tensor<3xf64>, tensor<3xf64>, f64
}

// An argument that the program writes over is still what it was for the next run.
// RUN: mhc-run %s --entry overwrite --device cpu --arg full:2 --repeat 3 | FileCheck %s --check-prefix=OVERWRITE
// OVERWRITE:      result 0: 3xf64 min 4 max 4 mean 4
// OVERWRITE-NEXT: result 1: 3xf64 min 2 max 2 mean 2
func.func @overwrite(%a: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %s = linalg.add ins(%a, %a : tensor<3xf64>, tensor<3xf64>) outs(%a : tensor<3xf64>) -> tensor<3xf64>
  return %s, %a : tensor<3xf64>, tensor<3xf64>
}

// No results: nothing is printed, and the folder stays empty.
// RUN: mhc-run %s --entry none --device cpu --arg full:2 --out %t/none | count 0
// RUN: ls %t/none | count 0
func.func @none(%a: tensor<3xf64>) {
  return
}

// Integer arithmetic is not touched by the reference's f64.
// RUN: mhc-run %s --entry integers --device cpu --arg full:2147483647 --arg full:9007199254740993 | FileCheck %s --check-prefix=INTEGERS
// RUN: mhc-run %s --entry integers --device reference --arg full:2147483647 --arg full:9007199254740993 | FileCheck %s --check-prefix=INTEGERS
// INTEGERS:      result 0: 2xi32 min -2147483648 max -2147483648
// INTEGERS-NEXT: result 1: 2xi64 min 9007199254740994 max 9007199254740994
// INTEGERS-NEXT: result 2: 2xi1 min 1 max 1 mean 1
func.func @integers(%a: tensor<2xi32>, %b: tensor<2xi64>) -> (tensor<2xi32>, tensor<2xi64>, tensor<2xi1>) {
  %1 = arith.constant dense<1> : tensor<2xi32>
  %l = arith.constant dense<1> : tensor<2xi64>
  %x = arith.addi %a, %1 : tensor<2xi32>
  %y = arith.addi %b, %l : tensor<2xi64>
  %z = arith.cmpi slt, %x, %a : tensor<2xi32>
  return %x, %y, %z : tensor<2xi32>, tensor<2xi64>, tensor<2xi1>
}

// Constants, of every type.
// RUN: mhc-run %s --entry constants --device cpu --out %t/types | FileCheck %s --check-prefix=CONSTANT-TYPES
// CONSTANT-TYPES:      result 0: 2x2xbf16 min -1.5 max 3 mean 0.625
// CONSTANT-TYPES-NEXT: result 1: 2xf16 min 0.5 max 1 mean 0.75
// CONSTANT-TYPES-NEXT: result 2: f32 min 0.1 max 0.1 mean 0.1
// CONSTANT-TYPES-NEXT: result 3: 1xf64 min 0.1 max 0.1 mean 0.1
// CONSTANT-TYPES-NEXT: result 4: 2xi1 min 0 max 1 mean 0.5
// CONSTANT-TYPES-NEXT: result 5: i32 min -2147483648 max -2147483648 mean -2.14748e+09
// CONSTANT-TYPES-NEXT: result 6: 2xi64 min -9223372036854775808 max 9223372036854775807 mean 0
// CONSTANT-TYPES-NOT:  {{.}}
// RUN: cd %t/types && %python %S/../Inputs/npy.py show 0.npy 1.npy 2.npy 3.npy 4.npy 5.npy 6.npy | FileCheck %s --check-prefix=CONSTANT-ARRAYS
// CONSTANT-ARRAYS:      0.npy <f4 (2, 2) -1.5 0.5 0.5 3.0
// CONSTANT-ARRAYS-NEXT: 1.npy <f4 (2,) 0.5 1.0
// CONSTANT-ARRAYS-NEXT: 2.npy <f4 () 0.10000000149011612
// CONSTANT-ARRAYS-NEXT: 3.npy <f8 (1,) 0.1
// CONSTANT-ARRAYS-NEXT: 4.npy |b1 (2,) True False
// CONSTANT-ARRAYS-NEXT: 5.npy <i4 () -2147483648
// CONSTANT-ARRAYS-NEXT: 6.npy <i8 (2,) 9223372036854775807 -9223372036854775808
// RUN: mhc-run %s --entry constants --device reference --out %t/types-ref > /dev/null
// RUN: cd %t/types-ref && %python %S/../Inputs/npy.py show 0.npy 1.npy 2.npy 3.npy 4.npy 5.npy 6.npy | FileCheck %s --check-prefix=CONSTANT-REF
// CONSTANT-REF:      0.npy <f8 (2, 2) -1.5 0.5 0.5 3.0
// CONSTANT-REF-NEXT: 1.npy <f8 (2,) 0.5 1.0
// CONSTANT-REF-NEXT: 2.npy <f8 () 0.1
// CONSTANT-REF-NEXT: 3.npy <f8 (1,) 0.1
// CONSTANT-REF-NEXT: 4.npy |b1 (2,) True False
// CONSTANT-REF-NEXT: 5.npy <i4 () -2147483648
// CONSTANT-REF-NEXT: 6.npy <i8 (2,) 9223372036854775807 -9223372036854775808
func.func @constants() -> (tensor<2x2xbf16>, tensor<2xf16>, f32, tensor<1xf64>, tensor<2xi1>, i32, tensor<2xi64>) {
  %a = arith.constant dense<[[-1.5, 0.5], [0.5, 3.0]]> : tensor<2x2xbf16>
  %b = arith.constant dense<[0.5, 1.0]> : tensor<2xf16>
  %c = arith.constant 0.1 : f32
  %d = arith.constant dense<0.1> : tensor<1xf64>
  %e = arith.constant dense<[true, false]> : tensor<2xi1>
  %f = arith.constant -2147483648 : i32
  %g = arith.constant dense<[9223372036854775807, -9223372036854775808]> : tensor<2xi64>
  return %a, %b, %c, %d, %e, %f, %g : tensor<2x2xbf16>, tensor<2xf16>, f32, tensor<1xf64>, tensor<2xi1>, i32, tensor<2xi64>
}

// An argument, the same twice, a constant, the same twice, and one made of it.
// RUN: mhc-run %s --entry shared --device cpu --arg full:2 --repeat 3 | FileCheck %s --check-prefix=SHARED
// RUN: mhc-run %s --entry shared --device reference --arg full:2 --repeat 3 | FileCheck %s --check-prefix=SHARED
// SHARED:      result 0: 3xf64 min 2 max 2 mean 2
// SHARED-NEXT: result 1: 3xf64 min 2 max 2 mean 2
// SHARED-NEXT: result 2: 3xf64 min 7 max 7 mean 7
// SHARED-NEXT: result 3: 3xf64 min 7 max 7 mean 7
// SHARED-NEXT: result 4: 3xf64 min 9 max 9 mean 9
func.func @shared(%a: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) {
  %c = arith.constant dense<7.0> : tensor<3xf64>
  %s = arith.addf %a, %c : tensor<3xf64>
  return %a, %a, %c, %c, %s : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
}

// Results of control flow, and of calls.
// RUN: mhc-run %s --entry choose --device cpu --arg full:true --arg full:1 --arg full:2 | FileCheck %s --check-prefix=TRUE
// RUN: mhc-run %s --entry choose --device reference --arg full:false --arg full:1 --arg full:2 | FileCheck %s --check-prefix=FALSE
// TRUE:      result 0: 3xf64 min 1 max 1 mean 1
// TRUE-NEXT: result 1: 3xf64 min 3 max 3 mean 3
// FALSE:      result 0: 3xf64 min 2 max 2 mean 2
// FALSE-NEXT: result 1: 3xf64 min 3 max 3 mean 3
func.func @choose(%c: i1, %a: tensor<3xf64>, %b: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %0 = scf.if %c -> tensor<3xf64> {
    scf.yield %a : tensor<3xf64>
  } else {
    scf.yield %b : tensor<3xf64>
  }
  %1 = call @sum(%a, %b) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
  return %0, %1 : tensor<3xf64>, tensor<3xf64>
}
func.func private @sum(%a: tensor<3xf64>, %b: tensor<3xf64>) -> tensor<3xf64> {
  %s = arith.addf %a, %b : tensor<3xf64>
  return %s : tensor<3xf64>
}

// RUN: mhc-run %s --entry multiply --device cpu --arg full:1:3x4 --arg full:1:4x2 --arg zeros:3x2 | FileCheck %s --check-prefix=MULTIPLY
// RUN: mhc-run %s --entry multiply --device reference --arg full:1:3x4 --arg full:1:4x2 --arg zeros:3x2 | FileCheck %s --check-prefix=MULTIPLY
// MULTIPLY: result 0: 3x2x{{f32|f64}} min 4 max 4 mean 4
func.func @multiply(%a: tensor<?x?xf32>, %b: tensor<?x?xf32>, %c: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf32>, tensor<?x?xf32>) outs(%c : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
