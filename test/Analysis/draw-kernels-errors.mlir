// RUN: not mhc-opt %s --mhc-draw-kernels=output=%t.none/picture.svg 2>&1 | FileCheck %s
// RUN: not ls %t.none
// RUN: mhc-opt %s --mhc-draw-kernels -o %t.mlir | FileCheck %s --check-prefix=EMPTY

// CHECK: error: expected 'output' to be a file that can be written, got '{{.*}}picture.svg': {{.*}}No such file or directory

// A module without kernels has a picture too.
// EMPTY: >no kernel</text>
func.func @none(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  return %x : tensor<?x64xf32>
}
