// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// Token dimensions that contradict each other, though each agrees with a dynamic one.

func.func @combine_rows(%a: tensor<3x4x8xf32>, %b: tensor<5x4x8xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.combine (%a : tensor<3x4x8xf32>), (%b : tensor<5x4x8xf32>) -> tensor<?x4x8xf32>
  return
}

// -----

func.func @combine_factors(%x: tensor<?x4x8xf32>, %k: tensor<5xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.combine (%x scaled %k : tensor<?x4x8xf32>, tensor<5xf32>) -> tensor<3x4x8xf32>
  return
}

// -----

func.func @aggregate(%x: tensor<?x4x8xf32>, %pre: tensor<5x4xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.aggregate %x, %pre : (tensor<?x4x8xf32>, tensor<5x4xf32>) -> tensor<3x8xf32>
  return
}

// -----

func.func @inner(%a: tensor<?x4x8xf32>, %b: tensor<3x4x8xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.inner %a, %b : (tensor<?x4x8xf32>, tensor<3x4x8xf32>) -> tensor<5x4x4xf32>
  return
}

// -----

func.func @gates(%h: tensor<3x8xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>) {
  // expected-error @+1 {{expected}}
  %0:2 = mhc.gates #mhc.gates<> %h, %scale, %base : (tensor<3x8xf32>, tensor<3xf32>, tensor<8xf32>) -> (tensor<?x4xf32>, tensor<5x4xf32>)
  return
}

// -----

func.func @connection(%x: tensor<?x1x8xf32>) {
  // expected-error @+1 {{expected}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<?x1x8xf32>) -> tensor<3x1x8xf32> sublayer(%y: tensor<5x8xf32>) {
    mhc.yield %y : tensor<5x8xf32>
  }
  return
}
