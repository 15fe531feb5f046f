// Token dimensions: dynamic, several, one, zero long; the same program for each.

// RUN: mhc-run %s --entry one --device cpu --arg random:1:5x4x8 --arg random:2:5x8 --arg full:0.5:5x4 | FileCheck %s --check-prefix=FIVE
// RUN: mhc-run %s --entry one --device reference --arg random:1:5x4x8 --arg random:2:5x8 --arg full:0.5:5x4 | FileCheck %s --check-prefix=FIVE
// FIVE: result 0: 5x4x8x{{bf16|f64}} min -{{[0-9.]+}} max {{[0-9.]+}} mean
// RUN: mhc-run %s --entry one --device cpu --arg random:1:1x4x8 --arg random:2:1x8 --arg full:0.5:1x4 | FileCheck %s --check-prefix=ONE
// ONE: result 0: 1x4x8xbf16 min
// RUN: rm -rf %t
// RUN: mhc-run %s --entry one --device cpu --arg random:1:0x4x8 --arg random:2:0x8 --arg full:0.5:0x4 --out %t | FileCheck %s --check-prefix=ZERO
// RUN: mhc-run %s --entry one --device reference --arg random:1:0x4x8 --arg random:2:0x8 --arg full:0.5:0x4 | FileCheck %s --check-prefix=ZERO
// ZERO:      result 0: 0x4x8x{{bf16|f64}} empty
// ZERO-NEXT: result 1: 4x8x{{f32|f64}} min 0 max 0 mean 0
// RUN: %python %S/../Inputs/npy.py show %t/0.npy | FileCheck %s --check-prefix=ZERO-NPY
// ZERO-NPY: 0.npy <f4 (0, 4, 8){{$}}
func.func @one(%x: tensor<?x4x8xbf16>, %f: tensor<?x8xbf16>, %post: tensor<?x4xf32>)
    -> (tensor<?x4x8xbf16>, tensor<4x8xf32>) {
  %0 = mhc.combine (%f by %post : tensor<?x8xbf16>, tensor<?x4xf32>), (%x : tensor<?x4x8xbf16>) -> tensor<?x4x8xbf16>
  %1 = mhc.outer %post by %f : (tensor<?x4xf32>, tensor<?x8xbf16>) -> tensor<4x8xf32>
  return %0, %1 : tensor<?x4x8xbf16>, tensor<4x8xf32>
}

// RUN: mhc-run %s --entry two --device cpu --arg full:2:3x5x4x8 | FileCheck %s --check-prefix=TWO
// RUN: mhc-run %s --entry two --device cpu --arg full:2:3x0x4x8 | FileCheck %s --check-prefix=TWO-ZERO
// RUN: mhc-run %s --entry two --device cpu --arg full:2:0x5x4x8 | FileCheck %s --check-prefix=ZERO-TWO
// TWO: result 0: 3x5x8xf16 min 8 max 8 mean 8
// TWO-ZERO: result 0: 3x0x8xf16 empty
// ZERO-TWO: result 0: 0x5x8xf16 empty
func.func @two(%x: tensor<?x?x4x8xf16>) -> tensor<?x?x8xf16> {
  %0 = mhc.reduce_streams sum %x : tensor<?x?x4x8xf16> to tensor<?x?x8xf16>
  return %0 : tensor<?x?x8xf16>
}

// No token dimension, and static ones.
// RUN: mhc-run %s --entry static --device cpu --arg full:2 --arg full:3 | FileCheck %s --check-prefix=STATIC
// STATIC:      result 0: 8xf32 min 2 max 2 mean 2
// STATIC-NEXT: result 1: 7x2x1x8xf64 min 3 max 3 mean 3
func.func @static(%x: tensor<4x8xf32>, %y: tensor<7x2x8xf64>) -> (tensor<8xf32>, tensor<7x2x1x8xf64>) {
  %0 = mhc.reduce_streams mean %x : tensor<4x8xf32> to tensor<8xf32>
  %1 = mhc.expand %y : tensor<7x2x8xf64> to tensor<7x2x1x8xf64>
  return %0, %1 : tensor<8xf32>, tensor<7x2x1x8xf64>
}

// A dimension too many elements to hold is fine if another is zero.
// RUN: mhc-run %s --entry argument --device cpu --arg zeros:0x9223372036854775807 | FileCheck %s --check-prefix=EMPTY
// EMPTY: result 0: 0x9223372036854775807xbf16 empty
func.func @argument(%x: tensor<?x?xbf16>) -> tensor<?x?xbf16> {
  return %x : tensor<?x?xbf16>
}
