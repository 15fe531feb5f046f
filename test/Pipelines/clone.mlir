// RUN: mhc-opt %s --split-input-file --mhc-to-cpu | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'
// RUN: mhc-opt %s --split-input-file --mhc-to-reference | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'

// Programs whose results may be one of several buffers, an argument or a constant: bufferization.clone, which the
// deallocation of buffers inserts, must be lowered too.

// CHECK: llvm.func @collapse_expand(
func.func @collapse_expand(%a: tensor<?x4x8xf32>) -> tensor<?x8x4xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %a, %c0 : tensor<?x4x8xf32>
  %0 = tensor.collapse_shape %a [[0], [1, 2]] : tensor<?x4x8xf32> into tensor<?x32xf32>
  %1 = tensor.expand_shape %0 [[0], [1, 2]] output_shape [%n, 8, 4] : tensor<?x32xf32> into tensor<?x8x4xf32>
  return %1 : tensor<?x8x4xf32> }

// -----

// CHECK: llvm.func @scf_if(
func.func @scf_if(%a: tensor<?x8xf32>, %c: i1) -> tensor<?x8xf32> {
  %r = scf.if %c -> tensor<?x8xf32> { %y = math.tanh %a : tensor<?x8xf32>  scf.yield %y : tensor<?x8xf32> } else { scf.yield %a : tensor<?x8xf32> }
  return %r : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @scf_index_switch(
func.func @scf_index_switch(%a: tensor<8xf32>, %i: index) -> tensor<8xf32> {
  %r = scf.index_switch %i -> tensor<8xf32> case 0 { %y = math.tanh %a : tensor<8xf32>  scf.yield %y : tensor<8xf32> } default { scf.yield %a : tensor<8xf32> }
  return %r : tensor<8xf32> }

// -----

// CHECK: llvm.func @cf_blocks(
func.func @cf_blocks(%a: tensor<8xf32>, %c: i1) -> tensor<8xf32> {
  cf.cond_br %c, ^a, ^b(%a : tensor<8xf32>)
^a:
  %y = math.tanh %a : tensor<8xf32>
  cf.br ^b(%y : tensor<8xf32>)
^b(%r: tensor<8xf32>):
  return %r : tensor<8xf32> }

// -----

// CHECK: llvm.func @recursion(
func.func @recursion(%a: tensor<8xf32>, %n: i32) -> tensor<8xf32> {
  %z = arith.constant 0 : i32
  %o = arith.constant 1 : i32
  %c = arith.cmpi eq, %n, %z : i32
  %r = scf.if %c -> tensor<8xf32> { scf.yield %a : tensor<8xf32> } else { %m = arith.subi %n, %o : i32  %y = func.call @recursion(%a, %m) : (tensor<8xf32>, i32) -> tensor<8xf32>  scf.yield %y : tensor<8xf32> }
  return %r : tensor<8xf32> }

// -----

// CHECK: llvm.func @return_arg_twice(
func.func @return_arg_twice(%a: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) { return %a, %a : tensor<8xf32>, tensor<8xf32> }

// -----

// CHECK: llvm.func @const_tensor(
func.func @const_tensor() -> tensor<2x2xbf16> { %0 = arith.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xbf16>  return %0 : tensor<2x2xbf16> }

// -----

// CHECK: llvm.func @multi_return(
func.func @multi_return(%c: i1, %a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  cf.cond_br %c, ^a, ^b
^a: return %a : tensor<8xf32>
^b: return %b : tensor<8xf32> }

// -----

// CHECK: llvm.func @cast(
func.func @cast(%a: tensor<?x8xf32>) -> tensor<4x8xf32> { %0 = tensor.cast %a : tensor<?x8xf32> to tensor<4x8xf32>  return %0 : tensor<4x8xf32> }
