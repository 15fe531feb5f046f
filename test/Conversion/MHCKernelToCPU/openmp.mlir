// RUN: mhc-opt %s --mhc-to-cpu | FileCheck %s

// Chunks of tokens run in parallel, and nothing but the LLVM dialect is inside.

// CHECK: llvm.func {{.*}}@mhc_kernel
// CHECK: omp.parallel
// CHECK: omp.wsloop
// CHECK: omp.loop_nest
// CHECK-NOT: scf.
// CHECK-NOT: memref.
func.func @scale(%x: tensor<?x64xf32>, %k: tensor<?xf32>) -> tensor<?x64xf32> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %x, %c0 : tensor<?x64xf32>
  %e = tensor.empty(%tokens) : tensor<?x64xf32>
  %0 = mhc.kernel ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>, %b = %k : tensor<?xf32> as f32)
      outs(%e : tensor<?x64xf32>) {
    %r = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
      %s = mhc.combine (%c scaled %b : f32, f32) -> f32
      mhc.exit row(%s : f32)
    }
    mhc.return %r : !mhc.row<64xf32>
  }
  return %0 : tensor<?x64xf32>
}
