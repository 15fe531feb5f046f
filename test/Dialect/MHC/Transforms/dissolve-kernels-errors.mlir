// RUN: mhc-opt %s --mhc-dissolve-kernels --split-input-file --verify-diagnostics

// What has no form on tensors. A kernel on memrefs is left alone.

func.func @shuffle(%v: tensor<?x4xf32>, %e: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = mhc.kernel ins(%a = %v : tensor<?x4xf32> as vector<4xf32>) outs(%e : tensor<?x4xf32>) {
    // expected-error @below {{'vector.shuffle' op expected an op that works element by element, or on parts of vectors, in a kernel that is dissolved}}
    %s = vector.shuffle %a, %a [3, 2, 1, 0] : vector<4xf32>, vector<4xf32>
    mhc.return %s : vector<4xf32>
  }
  return %0 : tensor<?x4xf32>
}

// -----

func.func @poison(%e: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %0 = mhc.kernel ins() outs(%e : tensor<?x4xf32>) {
    // expected-error @below {{'ub.poison' op expected an op that works element by element, or on parts of vectors, in a kernel that is dissolved}}
    %s = ub.poison : vector<4xf32>
    mhc.return %s : vector<4xf32>
  }
  return %0 : tensor<?x4xf32>
}

// -----

func.func @resource(%e: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %0 = mhc.kernel ins() outs(%e : tensor<?x1xf32>) {
    // expected-error @below {{'arith.constant' op expected dense elements in a kernel that is dissolved, got dense_resource<blob> : vector<1xf32>}}
    %s = arith.constant dense_resource<blob> : vector<1xf32>
    mhc.return %s : vector<1xf32>
  }
  return %0 : tensor<?x1xf32>
}

{-# dialect_resources: { builtin: { blob: "0x040000000000803F" } } #-}

// -----

func.func @scale_of_tokens(%h: tensor<?x2xf32>, %s: tensor<?x1xf32>, %b: tensor<2xf32>, %e: tensor<?x2xf32>)
    -> tensor<?x2xf32> {
  %0 = mhc.kernel ins(%a = %h : tensor<?x2xf32> as vector<2xf32>, %k = %s : tensor<?x1xf32> as vector<1xf32>,
                      %c = %b : tensor<2xf32> as vector<2xf32>) outs(%e : tensor<?x2xf32>) {
    // expected-error @below {{'mhc.gates' op expected weights without token dimensions in a kernel that is dissolved, got a value of the token for operand 1}}
    %p = mhc.gates #mhc.gates<> %a, %k, %c : (vector<2xf32>, vector<1xf32>, vector<2xf32>) -> vector<2xf32>
    mhc.return %p : vector<2xf32>
  }
  return %0 : tensor<?x2xf32>
}

// -----

func.func @memref(%x: memref<?xf32>, %e: memref<?xf32>) {
  mhc.kernel ins(%a = %x : memref<?xf32> as f32) outs(%e : memref<?xf32>) {
    mhc.return %a : f32
  }
  return
}
