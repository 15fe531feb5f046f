// RUN: mhc-opt %s --convert-mhc-kernel-to-cpu | FileCheck %s

// One token's program is in lanes of tokens, one column's in lanes of columns.

// CHECK-LABEL: func @norm
// CHECK: memref.alloc
// CHECK: scf.parallel
// The loop over blocks, over the tokens of one, over groups and leaves.
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK: scf.for
// CHECK: vector.load {{.*}} vector<16xbf16>
// CHECK: arith.extf {{.*}} vector<16xbf16> to vector<16xf32>
// CHECK: arith.mulf {{.*}} vector<16xf32>
// The token's program.
// CHECK: math.sqrt {{.*}} vector<16xf32>
// CHECK-NOT: mhc.
func.func @norm(%x: memref<?x1024xbf16>, %out: memref<?xf32>) {
  mhc.kernel ins(%a = %x : memref<?x1024xbf16> as !mhc.row<1024xbf16>) outs(%out : memref<?xf32>) {
    %squares = mhc.sweep over 1024 (%c = %a : !mhc.row<1024xbf16>) -> (f32) {
      %w = arith.extf %c : bf16 to f32
      %q = arith.mulf %w, %w : f32
      mhc.exit sum(%q : f32)
    }
    %r = mhc.rstd %squares {count = 1024 : i64, eps = 1.0e-6 : f64} : f32
    mhc.return %r : f32
  }
  return
}

// What fills no vector is masked, and does not reach sums.

// CHECK-LABEL: func @tail
// CHECK: vector.maskedload {{.*}} vector<16xf32>
// CHECK: vector.maskedstore {{.*}} vector<16xf32>
// CHECK: arith.select
func.func @tail(%x: memref<?x7xf32>, %out: memref<?x7xf32>, %sum: memref<?xf32>) {
  mhc.kernel ins(%a = %x : memref<?x7xf32> as !mhc.row<7xf32>)
      outs(%out : memref<?x7xf32>, %sum : memref<?xf32>) {
    %r, %s = mhc.sweep over 7 (%c = %a : !mhc.row<7xf32>) -> (!mhc.row<7xf32>, f32) {
      mhc.exit row(%c : f32), sum(%c : f32)
    }
    mhc.return %r, %s : !mhc.row<7xf32>, f32
  }
  return
}

// Arithmetic on bf16 is rounded after each op.

// CHECK-LABEL: func @narrow
// CHECK: arith.addf {{.*}} vector<16xf32>
// CHECK-NEXT: arith.truncf {{.*}} vector<16xf32> to vector<16xbf16>
// CHECK: arith.mulf {{.*}} vector<16xf32>
// CHECK-NEXT: arith.truncf
func.func @narrow(%x: memref<?x32xbf16>, %out: memref<?x32xbf16>) {
  mhc.kernel ins(%a = %x : memref<?x32xbf16> as !mhc.row<32xbf16>) outs(%out : memref<?x32xbf16>) {
    %r = mhc.sweep over 32 (%c = %a : !mhc.row<32xbf16>) -> (!mhc.row<32xbf16>) {
      %s = arith.addf %c, %c : bf16
      %p = arith.mulf %s, %c : bf16
      mhc.exit row(%p : bf16)
    }
    mhc.return %r : !mhc.row<32xbf16>
  }
  return
}

// Rearrangements of vectors leave no op behind.

// CHECK-LABEL: func @rearranged
// CHECK-NOT: vector.transpose
// CHECK-NOT: vector.shape_cast
// CHECK: return
func.func @rearranged(%x: memref<?x2x3xf32>, %out: memref<?x6xf32>) {
  mhc.kernel ins(%a = %x : memref<?x2x3xf32> as vector<2x3xf32>) outs(%out : memref<?x6xf32>) {
    %t = vector.transpose %a, [1, 0] : vector<2x3xf32> to vector<3x2xf32>
    %s = vector.shape_cast %t : vector<3x2xf32> to vector<6xf32>
    mhc.return %s : vector<6xf32>
  }
  return
}

// Chunks are added in order in a second parallel loop; a workspace is taken if
// there is one.

// CHECK-LABEL: func @total
// CHECK-SAME: %[[W:[a-z0-9]+]]: memref<?xi8>
// CHECK-NOT: memref.alloc
// CHECK: scf.parallel
// CHECK: memref.view %[[W]]
// CHECK: math.fma
// CHECK: scf.parallel
// CHECK: arith.addf
func.func @total(%d: memref<?x6xf32>, %x: memref<?x64xf32>, %w: memref<?xi8>, %out: memref<6x64xf32>) {
  mhc.kernel ins(%da = %d : memref<?x6xf32> as vector<6xf32>,
                 %a = %x : memref<?x64xf32> as !mhc.row<64xf32>)
      outs(%out : memref<6x64xf32>) workspace(%w : memref<?xi8>) {
    %t = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.total<6x64xf32>) {
      mhc.exit outer(%da by %c : vector<6xf32>, f32)
    }
    mhc.return %t : !mhc.total<6x64xf32>
  }
  return
}
