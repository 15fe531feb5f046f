// A program whose memory is planned runs as the model that it was made from: what its caller allocates is no argument of its users.

// RUN: rm -rf %t && mkdir %t
// RUN: mhc-opt %s --mhc-to-nvvm=format=gpu -o %t/planned.mlir
// RUN: FileCheck %s < %t/planned.mlir
// RUN: mhc-run %s --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 --out %t/model > %t/model.txt
// RUN: mhc-run %t/planned.mlir --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 --out %t/planned > %t/planned.txt
// RUN: diff %t/model.txt %t/planned.txt
// RUN: diff -r %t/model %t/planned
// RUN: not mhc-run %t/planned.mlir --device emulator --arg random:1:5x4x64 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: error: expected 3 arguments (--arg) for @block

// Where nobody names the sizes, there is no plan.
// RUN: sed 's/mhc.sizes = @block.sizes/mhc.sizes = @other/' %t/planned.mlir > %t/bad.mlir
// RUN: not mhc-compile %t/bad.mlir --emit manifest -o %t 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: error: expected a program on the device to be one whose memory is planned, got '@block', which is not

// CHECK: func.func @block({{.*}}{mhc.result}, {{.*}}{mhc.result}, {{.*}}{mhc.workspace})
func.func @block(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %w: tensor<64x64xbf16>) -> (tensor<?x64xbf16>, tensor<?x64xbf16>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : bf16
  %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
  %e = tensor.empty(%tokens) : tensor<?x64xbf16>
  %z = linalg.fill ins(%zero : bf16) outs(%e : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f = linalg.matmul ins(%y, %w : tensor<?x64xbf16>, tensor<64x64xbf16>) outs(%z : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %g = linalg.matmul ins(%f, %w : tensor<?x64xbf16>, tensor<64x64xbf16>) outs(%z : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return %y, %g : tensor<?x64xbf16>, tensor<?x64xbf16>
}
