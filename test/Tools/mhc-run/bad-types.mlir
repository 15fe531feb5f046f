// Types that cannot be given, or given back: an error at the function, before anything
// is read, and nothing is left behind.

// RUN: rm -rf %t && mkdir %t
// DEFINE: %{entry} = memref
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run %s --entry %{entry} --device cpu --out %t/out

// REDEFINE: %{entry} = memref
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=MEMREF
// MEMREF: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'memref<2xf32>'
func.func @memref(%x: f32, %y: memref<2xf32>) {
  return
}
// REDEFINE: %{entry} = f8
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=F8
// F8: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xf8E4M3FN>'
func.func @f8(%x: f32, %y: tensor<2xf8E4M3FN>) {
  return
}
// REDEFINE: %{entry} = index
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=INDEX
// INDEX: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'index'
func.func @index(%x: f32, %y: index) {
  return
}
// REDEFINE: %{entry} = indices
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=INDICES
// INDICES: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xindex>'
func.func @indices(%x: f32, %y: tensor<2xindex>) {
  return
}
// REDEFINE: %{entry} = unranked
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=UNRANKED
// UNRANKED: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<*xf32>'
func.func @unranked(%x: f32, %y: tensor<*xf32>) {
  return
}
// REDEFINE: %{entry} = complex
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=COMPLEX
// COMPLEX: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xcomplex<f32>>'
func.func @complex(%x: f32, %y: tensor<2xcomplex<f32>>) {
  return
}
// REDEFINE: %{entry} = vector
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=VECTOR
// VECTOR: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'vector<2xf32>'
func.func @vector(%x: f32, %y: vector<2xf32>) {
  return
}
// REDEFINE: %{entry} = encoding
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=ENCODING
// ENCODING: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xf32, "csr">'
func.func @encoding(%x: f32, %y: tensor<2xf32, "csr">) {
  return
}
// REDEFINE: %{entry} = i8
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=I8
// I8: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xi8>'
func.func @i8(%x: f32, %y: tensor<2xi8>) {
  return
}
// REDEFINE: %{entry} = unsigned
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=UNSIGNED
// UNSIGNED: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'ui32'
func.func @unsigned(%x: f32, %y: ui32) {
  return
}
// REDEFINE: %{entry} = f80
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=F80
// F80: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'f80'
func.func @f80(%x: f32, %y: f80) {
  return
}
// REDEFINE: %{entry} = tf32
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=TF32
// TF32: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tensor<2xtf32>'
func.func @tf32(%x: f32, %y: tensor<2xtf32>) {
  return
}
// REDEFINE: %{entry} = i128
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=I128
// I128: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'i128'
func.func @i128(%x: f32, %y: i128) {
  return
}
// REDEFINE: %{entry} = none
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'none'
func.func @none(%x: f32, %y: none) {
  return
}
// REDEFINE: %{entry} = tuple
// RUN: %{bad} --arg zeros --arg missing.npy 2>&1 | FileCheck %s --check-prefix=TUPLE
// TUPLE: bad-types.mlir:[[#@LINE+1]]:1: error: expected argument 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'tuple<f32, f32>'
func.func @tuple(%x: f32, %y: tuple<f32, f32>) {
  return
}

// REDEFINE: %{entry} = result
// RUN: %{bad} --arg missing.npy 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: bad-types.mlir:[[#@LINE+1]]:1: error: expected result 1 to be a scalar or a ranked tensor of bf16, f16, f32, f64, i1, i32 or i64, got 'index'
func.func @result(%x: f32) -> (f32, index) {
  %0 = arith.constant 0 : index
  return %x, %0 : f32, index
}

// REDEFINE: %{entry} = opaque
// RUN: %{bad} 2>&1 | FileCheck %s --check-prefix=OPAQUE
// OPAQUE: error: expected result 0 to be a scalar or a ranked tensor of {{.*}}, got '!llvm.ptr'
func.func @opaque() -> !llvm.ptr {
  %0 = llvm.mlir.zero : !llvm.ptr
  return %0 : !llvm.ptr
}
