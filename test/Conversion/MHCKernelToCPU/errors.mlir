// RUN: mhc-opt %s --convert-mhc-kernel-to-cpu --split-input-file --verify-diagnostics

func.func @tensors(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-error @below {{expected memrefs, got 'tensor<?x8xf32>'; bufferise before}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>) outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return %0 : tensor<?x8xf32>
}

// -----

func.func @layout(%x: memref<?x8xf32, strided<[16, 1]>>, %out: memref<?x8xf32>) {
  // expected-error @below {{expected memrefs without a layout, got 'memref<?x8xf32, strided<[16, 1]>>'}}
  mhc.kernel ins(%a = %x : memref<?x8xf32, strided<[16, 1]>> as !mhc.row<8xf32>) outs(%out : memref<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

func.func @bits(%x: memref<?x8xi1>, %out: memref<?x8xi1>) {
  // expected-error @below {{expected elements of whole bytes, got 'memref<?x8xi1>'}}
  mhc.kernel ins(%a = %x : memref<?x8xi1> as vector<8xi1>) outs(%out : memref<?x8xi1>) {
    mhc.return %a : vector<8xi1>
  }
  return
}

// -----

func.func @unknown(%x: memref<?x8xf32>, %out: memref<?x8xf32>) {
  mhc.kernel ins(%a = %x : memref<?x8xf32> as vector<8xf32>) outs(%out : memref<?x8xf32>) {
    %s = arith.constant 0.0 : f32
    // expected-error @below {{expected an elementwise op, a static rearrangement of a vector, or a row or token op in a kernel for the CPU}}
    %m = vector.contract {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> ()>],
                          iterator_types = ["reduction"]} %a, %a, %s : vector<8xf32>, vector<8xf32> into f32
    %b = vector.broadcast %m : f32 to vector<8xf32>
    mhc.return %b : vector<8xf32>
  }
  return
}

// -----

// A sweep reads again what another one has read.
func.func @overlap(%x: memref<?x8xf32>, %e: memref<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected destinations that are no operands, got destination 0 that is operand 0}}
  mhc.kernel ins(%a = %x : memref<?x8xf32> as !mhc.row<8xf32>) outs(%x : memref<?x8xf32>, %e : memref<?xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      %d = arith.addf %c, %c : f32
      mhc.exit row(%d : f32)
    }
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (f32) {
      mhc.exit sum(%c : f32)
    }
    mhc.return %r, %s : !mhc.row<8xf32>, f32
  }
  return
}
