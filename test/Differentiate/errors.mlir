// Every refusal.
// RUN: mhc-opt %s --split-input-file --verify-diagnostics --mhc-differentiate

// Which functions.
// expected-error @below {{expected one public function to differentiate, or the option 'function', or the attribute 'mhc.differentiate', got 2 public functions}}
module {
  func.func @a(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
  func.func @b(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

// expected-error @below {{got 0 public functions}}
module {
  func.func private @a(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

// expected-error @below {{'func.func' op expected a function with a body to differentiate, got none}}
func.func private @opaque(%x: tensor<4xf32>) -> tensor<4xf32> attributes {mhc.differentiate}

// -----

func.func private @f_backward()
// expected-error @below {{'func.func' op expected the name '@f_backward' to be free for mhc-differentiate, got a symbol of it}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func private @f_gradient()
// expected-error @below {{'func.func' op expected the name '@f_gradient' to be free for mhc-differentiate, got a symbol of it}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op expected a body of one block for mhc-differentiate, got 2}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op expected a body of one block for mhc-differentiate, got 2}}
func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'func.call' op expected no recursion, got a call of '@g' from itself}}
  %0 = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Calls.
func.func private @opaque(tensor<4xf32>) -> tensor<4xf32>
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'func.call' op expected a callee with a body, or with its gradient's name in 'mhc.gradient', got '@opaque'}}
  %0 = call @opaque(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op expected 'mhc.gradient' to name a function, got @nothing}}
func.func private @opaque(tensor<4xf32>) -> tensor<4xf32> attributes {mhc.gradient = @nothing}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @opaque(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @opaque(tensor<4xf32>, tensor<4xi64>) -> tensor<4xf32> attributes {mhc.gradient = @g}
// expected-error @below {{'func.func' op expected the gradient of '@opaque' to have the type '(tensor<4xf32>, tensor<4xi64>, tensor<4xf32>) -> tensor<4xf32>', got '(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>'}}
func.func private @g(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
func.func @f(%x: tensor<4xf32>, %i: tensor<4xi64>) -> tensor<4xf32> {
  %0 = call @opaque(%x, %i) : (tensor<4xf32>, tensor<4xi64>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Ops.
func.func @f(%x: tensor<4xf32>, %n: tensor<index>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %count = tensor.extract %n[] : tensor<index>
  // expected-error @below {{expected a loop of a constant number of iterations, which mhc-differentiate unrolls, got one whose bounds or step are not constant}}
  %0 = scf.for %i = %c0 to %count step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %1 = math.exp %a : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>, %c: tensor<i1>) -> tensor<4xf32> {
  %if = tensor.extract %c[] : tensor<i1>
  // expected-error @below {{expected an op that mhc-differentiate has a derivative of, got 'scf.if'}}
  %0 = scf.if %if -> (tensor<4xf32>) {
    scf.yield %x : tensor<4xf32>
  } else {
    %1 = math.exp %x : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected an op that mhc-differentiate has a derivative of, got 'arith.remf'}}
  %0 = arith.remf %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// An op on no path needs no derivative.
func.func @f(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi32>) {
  %c = arith.constant dense<2.0> : tensor<4xf32>
  %0 = arith.remf %c, %c : tensor<4xf32>
  %1 = arith.mulf %x, %0 : tensor<4xf32>
  %2 = arith.fptosi %x : tensor<4xf32> to tensor<4xi32>
  return %1, %2 : tensor<4xf32>, tensor<4xi32>
}

// -----

// expected-error @below {{'func.func' op expected numbers or ranked tensors of bf16, f16, f32 or f64 to differentiate, got 'tensor<*xf32>'}}
func.func @f(%x: tensor<*xf32>) -> tensor<4xf32> {
  %0 = tensor.cast %x : tensor<*xf32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<3xf32>, %c: f32) -> tensor<4xf32> {
  // expected-error @below {{'tensor.pad' op expected a constant value of the padding, which mhc-differentiate gives no gradient, got another}}
  %0 = tensor.pad %x low[0] high[1] {
  ^bb0(%i: index):
    tensor.yield %c : f32
  } : tensor<3xf32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Linalg.
func.func @f(%x: tensor<4x5xf32>, %init: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'linalg.reduce' op expected a reduction by a sum, a maximum or a minimum for mhc-differentiate, got another}}
  %0 = linalg.reduce { arith.mulf } ins(%x : tensor<4x5xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4x5xf32>, %init: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'linalg.reduce' op expected a maximum that starts from a constant, got one that starts from a value with a gradient}}
  %0 = linalg.reduce { arith.maximumf } ins(%x : tensor<4x5xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<6xf32>, %k: tensor<3xf32>) -> tensor<4xf32> {
  %init = tensor.empty() : tensor<4xf32>
  // expected-error @below {{'linalg.generic' op expected operands with a gradient to be indexed by distinct loops, got affine_map<(d0, d1) -> (d0 + d1)>}}
  %0 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i + j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>],
                       iterator_types = ["parallel", "reduction"]}
      ins(%x, %k : tensor<6xf32>, tensor<3xf32>) outs(%init : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %init = tensor.empty() : tensor<4xf32>
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%init : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32):
    // expected-error @below {{expected an op that mhc-differentiate has a derivative of, got 'math.atan2'}}
    %p = math.atan2 %a, %a : f32
    linalg.yield %p : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @below {{'func.func' op expected numbers or ranked tensors of bf16, f16, f32 or f64 to differentiate, got 'vector<4xf32>'}}
func.func @f(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.exp %x : vector<4xf32>
  return %0 : vector<4xf32>
}

// -----

// expected-error @below {{'func.func' op expected numbers or ranked tensors of bf16, f16, f32 or f64 to differentiate, got 'tensor<4xf80>'}}
func.func @f(%x: tensor<4xf80>) -> tensor<4xf80> {
  %0 = arith.mulf %x, %x : tensor<4xf80>
  return %0 : tensor<4xf80>
}

// -----

// expected-error @below {{'func.func' op expected 'mhc.differentiate' to stand alone, got the value false}}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> attributes {mhc.differentiate = false} {
  return %x : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 1000000000 : index
  // expected-error @below {{'scf.for' op expected loops that unroll to at most 100000 ops to be differentiated, got 1000000000 iterations of 2 ops here}}
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    %1 = math.exp %a : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func private @g(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @h(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @h(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'func.call' op expected no recursion, got a call of '@g' from itself}}
  %0 = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @g(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Each loop by itself is small: they are counted together.
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 10000 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> (tensor<4xf32>) {
    // expected-error @below {{'scf.for' op expected loops that unroll to at most 100000 ops to be differentiated, got 10000 iterations of 2 ops here}}
    %1 = scf.for %j = %c0 to %n step %c1 iter_args(%b = %a) -> (tensor<4xf32>) {
      %2 = math.exp %b : tensor<4xf32>
      scf.yield %2 : tensor<4xf32>
    }
    scf.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
