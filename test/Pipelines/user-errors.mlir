// RUN: mhc-opt %s --split-input-file --verify-diagnostics --mhc-to-cpu -o /dev/null
// RUN: mhc-opt %s --split-input-file --verify-diagnostics --mhc-to-reference -o /dev/null

// What no pass lowers is an error at the op.

func.func @scatter(%s: tensor<2xf32>, %x: tensor<4xf32>, %i: tensor<2x1xi64>) -> tensor<4xf32> {
  // expected-error @+1 {{op was not bufferized}}
  %0 = tensor.scatter %s into %x[%i] scatter_dims([0]) unique
      : (tensor<2xf32>, tensor<4xf32>, tensor<2x1xi64>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @pack(%x: tensor<4x4xf32>, %p: tensor<2x4x2x1xf32>) -> tensor<2x4x2x1xf32> {
  // expected-error @+1 {{op was not bufferized}}
  %0 = linalg.pack %x inner_dims_pos = [0, 1] inner_tiles = [2, 1] into %p : tensor<4x4xf32> -> tensor<2x4x2x1xf32>
  return %0 : tensor<2x4x2x1xf32>
}

// -----

func.func @bits(%a: tensor<4xui32>) -> tensor<4xi32> {
  // expected-error @+1 {{op was not bufferized}}
  %0 = tensor.bitcast %a : tensor<4xui32> to tensor<4xi32>
  return %0 : tensor<4xi32>
}

// -----

func.func @integer_power(%a: tensor<8xi32>, %i: tensor<8xi32>) -> tensor<8xi32> {
  // expected-error @+1 {{failed to legalize operation 'math.ipowi' that was explicitly marked illegal}}
  %0 = math.ipowi %a, %i : tensor<8xi32>
  return %0 : tensor<8xi32>
}

// -----

// Branches with more than two successors.

func.func @switch(%i: i32) -> i32 {
  // expected-error @+1 {{BranchOpInterface operations with multiple successors are not supported yet}}
  cf.switch %i : i32, [
    default: ^a,
    1: ^b
  ]
^a:
  return %i : i32
^b:
  %c = arith.constant 3 : i32
  return %c : i32
}
