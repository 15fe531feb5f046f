// RUN: mhc-opt %s --split-input-file --verify-diagnostics

func.func @count(%x: tensor<4xf32>) {
  // expected-error @below {{'mhc.rstd_grad' op expected count to be at least 1, got 0}}
  %0 = mhc.rstd_grad %x, %x {count = 0 : i64} : tensor<4xf32>
  return
}

// -----

func.func @no_gradients(%h: tensor<?x4xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 1 to 3 gradients of results, dpre, dpost and dres, got 0}}
  %0:3 = "mhc.gates_grad"(%h, %s, %b) {gates = #mhc.gates<>}
      : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf32>)
  return
}

// -----

func.func @tanh(%h: tensor<?x4x6xf32>, %s: tensor<3xf32>, %b: tensor<4x6xf32>, %d: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 3 gradients of results with activation = tanh, got 1}}
  %0:3 = mhc.gates_grad #mhc.gates<activation = tanh> %h, %s, %b, %d
      : (tensor<?x4x6xf32>, tensor<3xf32>, tensor<4x6xf32>, tensor<?x4xf32>) -> (tensor<?x4x6xf32>, tensor<?x3xf32>, tensor<?x4x6xf32>)
  return
}

// -----

func.func @pre(%h: tensor<4xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>, %d: tensor<f32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dpre' of shape [T.., n], got 'tensor<f32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %d
      : (tensor<4xf32>, tensor<1xf32>, tensor<4xf32>, tensor<f32>) -> (tensor<4xf32>, tensor<1xf32>, tensor<4xf32>)
  return
}

// -----

func.func @streams(%h: tensor<17xf32>, %s: tensor<1xf32>, %b: tensor<17xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dpre' to end in a static number of streams from 1 to 16, got 'tensor<17xf32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %h
      : (tensor<17xf32>, tensor<1xf32>, tensor<17xf32>, tensor<17xf32>) -> (tensor<17xf32>, tensor<1xf32>, tensor<17xf32>)
  return
}

// -----

func.func @h(%h: tensor<?x5xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>, %d: tensor<?x4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'h' of shape [?, 4], got 'tensor<?x5xf32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %d
      : (tensor<?x5xf32>, tensor<1xf32>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<?x5xf32>, tensor<?x1xf32>, tensor<?x5xf32>)
  return
}

// -----

func.func @dpost(%h: tensor<?x8xf32>, %s: tensor<3xf32>, %b: tensor<8xf32>, %d: tensor<?x4xf32>, %e: tensor<?x3xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dpost' of shape [?, 4], got 'tensor<?x3xf32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %d, %e
      : (tensor<?x8xf32>, tensor<3xf32>, tensor<8xf32>, tensor<?x4xf32>, tensor<?x3xf32>) -> (tensor<?x8xf32>, tensor<?x3xf32>, tensor<?x8xf32>)
  return
}

// -----

func.func @dh(%h: tensor<?x4xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dh' of shape [?, 4], got 'tensor<4xf32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %h
      : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<4xf32>, tensor<?x1xf32>, tensor<?x4xf32>)
  return
}

// -----

func.func @dscale(%h: tensor<?x4xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dscale' of shape [?, 1], got 'tensor<?x3xf32>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %h
      : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x3xf32>, tensor<?x4xf32>)
  return
}

// -----

func.func @dbase(%h: tensor<?x4xf32>, %s: tensor<1xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'dbase' of 'f32' as 'h' is, got 'tensor<?x4xf64>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %h
      : (tensor<?x4xf32>, tensor<1xf32>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf64>)
  return
}

// -----

func.func @wide(%h: tensor<?x4xf32>, %s: tensor<1xf64>, %b: tensor<4xf32>) {
  // expected-error @below {{'mhc.gates_grad' op expected 'scale' no wider than 'f32', got 'tensor<1xf64>'}}
  %0:3 = mhc.gates_grad #mhc.gates<> %h, %s, %b, %h
      : (tensor<?x4xf32>, tensor<1xf64>, tensor<4xf32>, tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf32>)
  return
}

// -----

func.func @matrix(%x: tensor<?x3x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_grad' op expected 'logits' to end in a static square matrix of 1 to 16 streams, got 'tensor<?x3x4xf32>'}}
  %0 = mhc.sinkhorn_grad #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %x, %x : tensor<?x3x4xf32>
  return
}

// -----

func.func @step(%x: tensor<?x3x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step_grad' op expected 'x' to end in a static square matrix of 1 to 16 streams, got 'tensor<?x3x4xf32>'}}
  %0 = mhc.sinkhorn_step_grad rows %x, %x {eps = 1.0e-6 : f64} : tensor<?x3x4xf32>
  return
}

// -----

func.func @eps(%x: tensor<?x4x4xf32>) {
  // expected-error @below {{'mhc.sinkhorn_step_grad' op expected eps to be finite and not negative, got -1}}
  %0 = mhc.sinkhorn_step_grad rows %x, %x {eps = -1.0 : f64} : tensor<?x4x4xf32>
  return
}
