// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// Streams times hidden that is more than 64 bits hold: no phi has that many columns.

// 4 (2^62 + 1) is 4 in 64 bits.
func.func @project(%x: tensor<4x4611686018427387905xf32>, %phi: tensor<24x4xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.project %x by %phi : (tensor<4x4611686018427387905xf32>, tensor<24x4xf32>) -> tensor<24xf32>
  return
}

// -----

func.func @head(%x: tensor<4x4611686018427387905xf32>, %phi: tensor<4x4xf32>, %scale: tensor<1xf32>, %base: tensor<4xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.head #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<4x4611686018427387905xf32>, tensor<4x4xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<4611686018427387905xf32>
  return
}

// -----

func.func @connection(%x: tensor<4x4611686018427387905xf32>, %phi: tensor<24x4xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.connection #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<4x4611686018427387905xf32>, tensor<24x4xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<4x4611686018427387905xf32> sublayer(%y: tensor<4611686018427387905xf32>) {
    mhc.yield %y : tensor<4611686018427387905xf32>
  }
  return
}

// -----

// 4 times 2^62 is 0.
func.func @outer(%d: tensor<24xf32>, %x: tensor<4x4611686018427387904xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.outer %d by %x : (tensor<24xf32>, tensor<4x4611686018427387904xf32>) -> tensor<24x0xf32>
  return
}

// -----

func.func @backproject(%d: tensor<24xf32>, %phi: tensor<24x0xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.backproject %d by %phi : (tensor<24xf32>, tensor<24x0xf32>) -> tensor<4x4611686018427387904xf32>
  return
}
