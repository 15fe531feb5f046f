// RUN: split-file %s %t
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=tokens=0" 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=tokens=-4" 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=top=-1" 2>&1 | FileCheck %s --check-prefix=TOP
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=none" 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=declared" 2>&1 | FileCheck %s --check-prefix=DECLARED
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=blocks" 2>&1 | FileCheck %s --check-prefix=BLOCKS
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=memory" 2>&1 | FileCheck %s --check-prefix=MEMORY
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=fixed tokens=11" 2>&1 | FileCheck %s --check-prefix=FIXED
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=half tokens=11" 2>&1 | FileCheck %s --check-prefix=HALF
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=half tokens=9000000000000000000" 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=svg=%t.svg" 2>&1 | FileCheck %s --check-prefix=SEVERAL
// RUN: not mhc-opt %t/model.mlir "--mhc-print-memory=function=half svg=%t.none/picture.svg" 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not ls %t.svg %t.none

// ZERO: model.mlir:1:1: error: expected 'tokens' to be positive, got 0
// NEGATIVE: model.mlir:1:1: error: expected 'tokens' to be positive, got -4
// TOP: model.mlir:1:1: error: expected 'top' not to be negative, got -1
// UNKNOWN: model.mlir:1:1: error: expected 'function' to name a function, got 'none'
// DECLARED: model.mlir:2:3: error: expected @declared to have a body of one block, got 0 blocks
// BLOCKS: model.mlir:3:3: error: expected @blocks to have a body of one block, got 2 blocks
// MEMORY: model.mlir:8:3: error: expected @memory to take ranked tensors and numbers, got 'memref<4xf32>'
// FIXED: model.mlir:11:3: error: expected 'tokens' to be 10, as the token dimensions of @fixed say, got 11
// HALF: model.mlir:15:3: error: expected 'tokens' to be a multiple of 2, as the token dimensions of @half say, got 11
// LARGE: model.mlir:15:3: error: expected the bytes of @half to fit 64 bits, got 9000000000000000000 tokens
// SEVERAL: model.mlir:1:1: error: expected 'function' to name the one to draw, got 4 functions
// FILE: model.mlir:1:1: error: expected 'svg' to be a file that can be written, got '{{.*}}picture.svg': {{.*}}No such file or directory

//--- model.mlir
module {
  func.func private @declared(%x: tensor<4x64xf32>)
  func.func @blocks(%x: tensor<4x64xf32>) {
    cf.br ^next
  ^next:
    return
  }
  func.func @memory(%x: memref<4xf32>) {
    return
  }
  func.func @fixed(%x: tensor<2x5x4x64xf32>, %pre: tensor<2x5x4xf32>) -> tensor<2x5x64xf32> {
    %y = mhc.aggregate %x, %pre : (tensor<2x5x4x64xf32>, tensor<2x5x4xf32>) -> tensor<2x5x64xf32>
    return %y : tensor<2x5x64xf32>
  }
  func.func @half(%x: tensor<2x?x4x64xf32>, %pre: tensor<2x?x4xf32>) -> tensor<2x?x64xf32> {
    %y = mhc.aggregate %x, %pre : (tensor<2x?x4x64xf32>, tensor<2x?x4xf32>) -> tensor<2x?x64xf32>
    return %y : tensor<2x?x64xf32>
  }
}
