// The plan of a model, and the same made wrong: %y, which the kernel makes and the matmul reads, on the bytes of the result of the
// fill; its life ended ahead of its last use; and a workspace that is a byte a token too small.

// RUN: mhc-opt %s --mhc-to-nvvm="format=gpu mark-lives" -o %t.mlir
// RUN: mhc-run %t.mlir --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 --orders 2 | FileCheck %s --check-prefix=RIGHT
// RIGHT: result 0: 5x64xbf16 min

// RUN: sed 's/memref.view \(%[a-z0-9]*\)\[%[0-9]*\]/memref.view \1[%c0]/' %t.mlir > %t.shared.mlir
// RUN: not mhc-run %t.shared.mlir --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 2>&1 | FileCheck %s --check-prefix=SHARED
// SHARED: shared.mlir:{{[0-9]+:[0-9]+}}: error: two buffers in the same bytes: the life of '[[NAME:.*]]', 640 bytes at 'workspace' + 0x0 of 0x500 bytes, begins in bytes of '[[OTHER:.*]]', 640 bytes at 'workspace' + 0x0 of 0x500 bytes
// SHARED: mhc.life_begin "[[NAME]]"
// SHARED: note: the life of '[[OTHER]]' begins here
// SHARED: mhc.life_begin "[[OTHER]]"

// RUN: sed -e '/mhc.life_end "of @mhc_kernel"/d' \
// RUN:   -e 's/call @linalg_matmul(\(%[a-z0-9_]*\),/mhc.life_end "of @mhc_kernel" \1 : memref<?x64xbf16>\n&/' %t.mlir > %t.ended.mlir
// RUN: not mhc-run %t.ended.mlir --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 2>&1 | FileCheck %s --check-prefix=ENDED
// ENDED: error: use after the end of a life: read of 2 bytes at 'of @mhc_kernel' + 0x0 of 0x280 bytes, whose life has ended by thread (0, 0, 0)
// ENDED: note: the life of 'of @mhc_kernel' begins here
// ENDED: note: and it ends here

// RUN: sed 's/%c256 = arith.constant 256/%c256 = arith.constant 255/' %t.mlir > %t.small.mlir
// RUN: not mhc-run %t.small.mlir --device emulator --arg random:1:5x4x64 --arg random:2:5x4 --arg random:3 2>&1 | FileCheck %s --check-prefix=SMALL
// SMALL: error: life outside of a workspace: the life of '{{.*}}', 640 bytes at 'workspace' + 0x280 of 0x4fb bytes

func.func @block(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %w: tensor<64x64xbf16>) -> tensor<?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : bf16
  %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
  %e = tensor.empty(%tokens) : tensor<?x64xbf16>
  %z = linalg.fill ins(%zero : bf16) outs(%e : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f = linalg.matmul ins(%y, %w : tensor<?x64xbf16>, tensor<64x64xbf16>) outs(%z : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %g = linalg.add ins(%f, %y : tensor<?x64xbf16>, tensor<?x64xbf16>) outs(%e : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return %g : tensor<?x64xbf16>
}
