// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// Only token dimensions are dynamic. Where others are, the size that an op reifies for
// its result is that of an unrelated dimension of an operand (here 4, 8, 64 and 8).

func.func @project(%x: tensor<4x64xf32>, %phi: tensor<24x256xf32>) {
  // expected-error @+1 {{expected 'out' of shape [24], got 'tensor<?xf32>'}}
  %0 = mhc.project %x by %phi : (tensor<4x64xf32>, tensor<24x256xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @gates(%h: tensor<8xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>) {
  // expected-error @+1 {{expected 'post' of shape [4], got 'tensor<?xf32>'}}
  %0:2 = mhc.gates #mhc.gates<> %h, %scale, %base : (tensor<8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<4xf32>, tensor<?xf32>)
  return
}

// -----

func.func @inner(%x: tensor<8x4x64xf32>) {
  // expected-error @+1 {{expected 'out' of shape [8, 4, 4], got 'tensor<8x?x?xf32>'}}
  %0 = mhc.inner %x, %x : (tensor<8x4x64xf32>, tensor<8x4x64xf32>) -> tensor<8x?x?xf32>
  return
}

// -----

func.func @connection_pre(%x: tensor<8x4x64xf32>, %base: tensor<4x6xf32>) {
  // expected-error @+1 {{expected 'pre' of shape [4], got 'tensor<?xf32>'}}
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x4x64xf32>, tensor<4x6xf32>) -> (tensor<8x4x64xf32>, tensor<?xf32>) sublayer(%y: tensor<8x64xf32>) {
    mhc.yield %y : tensor<8x64xf32>
  }
  return
}

// -----

func.func @connection_pre_in(%x: tensor<8x4x64xf32>, %base: tensor<4x6xf32>, %pre: tensor<8x?xf32>) {
  // expected-error @+1 {{expected 'pre_in' of shape [8, 4] or [4], got 'tensor<8x?xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base pre_in %pre : (tensor<8x4x64xf32>, tensor<4x6xf32>, tensor<8x?xf32>) -> tensor<8x4x64xf32> sublayer(%y: tensor<8x64xf32>) {
    mhc.yield %y : tensor<8x64xf32>
  }
  return
}

// -----

func.func @aggregate(%x: tensor<8x4x64xf32>, %pre: tensor<8x?xf32>) {
  // expected-error @+1 {{expected 'pre' of shape [8, 4] or [4], got 'tensor<8x?xf32>'}}
  %0 = mhc.aggregate %x, %pre : (tensor<8x4x64xf32>, tensor<8x?xf32>) -> tensor<8x64xf32>
  return
}

// -----

func.func @combine_matrix(%x: tensor<4x64xf32>, %R: tensor<?x?xf32>) {
  // expected-error @+1 {{expected 'coefficients' of shape [4, 4], got 'tensor<?x?xf32>'}}
  %0 = mhc.combine (%x by %R : tensor<4x64xf32>, tensor<?x?xf32>) -> tensor<4x64xf32>
  return
}

// -----

func.func @backproject(%d: tensor<?xf32>, %phi: tensor<24x64xf32>) {
  // expected-error @+1 {{expected 'd' of shape [24], got 'tensor<?xf32>'}}
  %0 = mhc.backproject %d by %phi : (tensor<?xf32>, tensor<24x64xf32>) -> tensor<64xf32>
  return
}
