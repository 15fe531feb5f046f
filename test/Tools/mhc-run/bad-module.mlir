// Files that are no module, and modules that cannot be run: a diagnostic with its
// place, exit code 1, and nothing is left behind.

// RUN: rm -rf %t && split-file %s %t && mkdir %t/empty
// RUN: cd %t
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run --device cpu --out %t/out

// RUN: %{bad} missing.mlir 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: cannot open input file 'missing.mlir': No such file or directory
// RUN: %{bad} empty 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: cannot open input file 'empty': Is a directory

// RUN: %{bad} syntax.mlir 2>&1 | FileCheck %s --check-prefix=SYNTAX
// SYNTAX: syntax.mlir:1:18: error: custom op 'oops' is unknown
// RUN: %{bad} unknown-op.mlir 2>&1 | FileCheck %s --check-prefix=UNREGISTERED
// UNREGISTERED: unknown-op.mlir:2:{{[0-9]+}}: error: operation being parsed with an unregistered dialect
// RUN: %{bad} invalid.mlir 2>&1 | FileCheck %s --check-prefix=INVALID
// INVALID: invalid.mlir:2:8: error: 'mhc.expand' op
// RUN: %{bad} bytecode.mlirbc 2>&1 | FileCheck %s --check-prefix=BYTECODE
// BYTECODE: error:

// RUN: %{bad} declared.mlir --entry f --arg full:1 2>&1 | FileCheck %s --check-prefix=DECLARED
// DECLARED:      declared.mlir:1:1: error: expected a body of @attention, which the entry calls, got a declaration
// DECLARED:      declared.mlir:3:8: note: called here
// A declaration that is not called does no harm.
// RUN: mhc-run --device cpu declared.mlir --entry g | FileCheck %s --check-prefix=RUNS
// RUNS: result 0: i32 min 1 max 1

// RUN: %{bad} left-over.mlir --arg full:1 2>&1 | FileCheck %s --check-prefix=LEFT-OVER
// LEFT-OVER: left-over.mlir:3:8: error:

//--- syntax.mlir
func.func @f() { oops
// No brace follows.
//--- unknown-op.mlir
func.func @f() {
  "torch.aten.relu"() : () -> ()
  return
}
//--- invalid.mlir
func.func @f(%x: tensor<3x8xf32>) -> tensor<3x17x8xf32> {
  %0 = mhc.expand %x : tensor<3x8xf32> to tensor<3x17x8xf32>
  return %0 : tensor<3x17x8xf32>
}
//--- bytecode.mlirbc
MLïRMLIR22.1.8
//--- declared.mlir
func.func private @attention(i32) -> i32
func.func @f(%x: i32) -> i32 {
  %0 = call @attention(%x) : (i32) -> i32
  return %0 : i32
}
func.func @g() -> i32 {
  %0 = arith.constant 1 : i32
  return %0 : i32
}
//--- left-over.mlir
// An op that nothing lowers.
func.func @f(%x: i32) -> f32 {
  %0 = builtin.unrealized_conversion_cast %x : i32 to f32
  return %0 : f32
}
