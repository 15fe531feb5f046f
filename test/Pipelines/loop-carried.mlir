// RUN: mhc-opt %s --split-input-file --mhc-to-cpu | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'
// RUN: mhc-opt %s --split-input-file --mhc-to-reference | FileCheck %s --implicit-check-not='{{(= |^ *)"?(mhc|linalg|tensor|memref|bufferization|arith|math|scf|cf|func|affine|vector|index|ub|builtin)[.]}}'

// A loop over layers whose body makes a new tensor.

// CHECK: llvm.func @scf_for(
func.func @scf_for(%a: tensor<?x8xf32>, %n: index) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> tensor<?x8xf32> { %y = math.tanh %x : tensor<?x8xf32>  scf.yield %y : tensor<?x8xf32> }
  return %r : tensor<?x8xf32> }

// -----

// CHECK: llvm.func @scf_while(
func.func @scf_while(%a: tensor<8xf32>, %n: index) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.while (%x = %a, %i = %c0) : (tensor<8xf32>, index) -> (tensor<8xf32>, index) {
    %c = arith.cmpi slt, %i, %n : index
    scf.condition(%c) %x, %i : tensor<8xf32>, index
  } do { ^bb0(%x: tensor<8xf32>, %i: index):
    %y = math.tanh %x : tensor<8xf32>
    %j = arith.addi %i, %c1 : index
    scf.yield %y, %j : tensor<8xf32>, index }
  return %r#0 : tensor<8xf32> }

// -----

// Layers of one model in a loop.

// CHECK: llvm.func @layers(
func.func @layers(%x: tensor<?x2x8xf32>, %base: tensor<2x4xf32>, %n: index) -> tensor<?x2x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %last = scf.for %i = %c0 to %n step %c1 iter_args(%s = %x) -> (tensor<?x2x8xf32>) {
    %out = mhc.connection #mhc.variant<hc> %s base %base
        : (tensor<?x2x8xf32>, tensor<2x4xf32>) -> tensor<?x2x8xf32> sublayer(%y: tensor<?x8xf32>) {
      %f = math.tanh %y : tensor<?x8xf32>
      mhc.yield %f : tensor<?x8xf32>
    }
    scf.yield %out : tensor<?x2x8xf32>
  }
  return %last : tensor<?x2x8xf32>
}
