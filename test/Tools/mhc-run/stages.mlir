// FILE may be standard input, bytecode, and at any stage from model ops to linalg on
// tensors: what is done is kept, and the bits are the same.

// DEFINE: %{run} = mhc-run --device cpu --arg random:1:3x2x8 --arg random:2 --arg full:0.1 --arg random:3
// RUN: rm -rf %t && mkdir %t
// RUN: %{run} %s --out %t/model | FileCheck %s
// CHECK: result 0: 3x2x8xbf16 min -{{.*}} max {{.*}} mean

// RUN: cat %s | %{run} - --out %t/stdin | FileCheck %s
// RUN: diff %t/model/0.npy %t/stdin/0.npy

// RUN: mhc-opt %s --emit-bytecode -o %t/f.mlirbc
// RUN: %{run} %t/f.mlirbc --out %t/bytecode | FileCheck %s
// RUN: diff %t/model/0.npy %t/bytecode/0.npy
// RUN: cat %t/f.mlirbc | %{run} - | FileCheck %s

// RUN: mhc-opt %s --mlir-print-op-generic -o %t/generic.mlir
// RUN: %{run} %t/generic.mlir --out %t/generic | FileCheck %s
// RUN: diff %t/model/0.npy %t/generic/0.npy

// RUN: mhc-opt %s --mhc-lower-connections -o %t/rows.mlir
// RUN: FileCheck %s --check-prefix=ROWS < %t/rows.mlir
// ROWS-NOT: mhc.connection
// ROWS:     mhc.combine
// RUN: %{run} %t/rows.mlir --out %t/rows | FileCheck %s
// RUN: diff %t/model/0.npy %t/rows/0.npy

// RUN: mhc-opt %t/rows.mlir --convert-mhc-to-linalg -o %t/linalg.mlir
// RUN: FileCheck %s --check-prefix=LINALG < %t/linalg.mlir
// LINALG-NOT: mhc.
// LINALG:     linalg.
// RUN: %{run} %t/linalg.mlir --out %t/linalg | FileCheck %s
// RUN: diff %t/model/0.npy %t/linalg/0.npy

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 2, eps = 1.0e-6, start = softmax>>
func.func @layer(%x: tensor<?x2x8xbf16>, %phi: tensor<8x16xf32>, %scale: tensor<3xf32>,
                 %base: tensor<8xf32>) -> tensor<?x2x8xbf16> {
  %out = mhc.connection #v4 %x phi %phi scale %scale base %base
      : (tensor<?x2x8xbf16>, tensor<8x16xf32>, tensor<3xf32>, tensor<8xf32>)
      -> tensor<?x2x8xbf16> sublayer(%y: tensor<?x8xbf16>) {
    %f = arith.mulf %y, %y : tensor<?x8xbf16>
    mhc.yield %f : tensor<?x8xbf16>
  }
  return %out : tensor<?x2x8xbf16>
}
