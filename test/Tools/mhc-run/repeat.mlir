// --repeat runs the program several times on the same arguments, and reports once.

// RUN: rm -rf %t && mkdir %t
// RUN: mhc-run %s --device cpu --arg random:5:3x4x8 --repeat 1 --out %t/one > %t/one.txt
// RUN: mhc-run %s --device cpu --arg random:5:3x4x8 --repeat=50 --out %t/many > %t/many.txt
// RUN: diff %t/one.txt %t/many.txt
// RUN: diff %t/one/0.npy %t/many/0.npy
// RUN: FileCheck %s < %t/many.txt
// CHECK-COUNT-1: result 0: 3x8xf32
// CHECK-NOT: result

// NaN equals NaN here: it is the bits that are compared.
// RUN: mhc-run %s --device cpu --arg full:nan:3x4x8 --repeat 3 | FileCheck %s --check-prefix=NAN
// NAN: result 0: 3x8xf32 min nan max nan mean nan nan 24
func.func @f(%x: tensor<?x4x8xf32>) -> tensor<?x8xf32> {
  %0 = mhc.reduce_streams sum %x : tensor<?x4x8xf32> to tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
