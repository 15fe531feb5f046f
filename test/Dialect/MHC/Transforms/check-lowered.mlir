// RUN: mhc-opt %s --mhc-check-lowered --split-input-file --verify-diagnostics

llvm.func @lowered(%x: f32) -> f32 {
  llvm.return %x : f32
}

// -----

// expected-error @+1 {{expected ops that can be lowered to the LLVM dialect, got 'func.func'}}
func.func @left(%x: f32) -> f32 {
  return %x : f32
}

// -----

// A cast is named only if nothing else is left.

llvm.func @cast(%x: i64) -> i64 {
  %0 = builtin.unrealized_conversion_cast %x : i64 to index
  // expected-error @+1 {{expected ops that can be lowered to the LLVM dialect, got 'arith.index_cast'}}
  %1 = arith.index_cast %0 : index to i64
  llvm.return %1 : i64
}

// -----

llvm.func @cast_alone(%x: i64) -> i64 {
  // expected-error @+1 {{expected ops that can be lowered to the LLVM dialect, got 'builtin.unrealized_conversion_cast'}}
  %0 = builtin.unrealized_conversion_cast %x : i64 to index
  %1 = builtin.unrealized_conversion_cast %0 : index to i64
  llvm.return %1 : i64
}
