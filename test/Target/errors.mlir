// Programs with kernels that cannot be compiled: an error at its place, and nothing is left behind.

// RUN: rm -rf %t && split-file %s %t
// DEFINE: %{bad} = %python %S/../Tools/Inputs/exits.py 1 --unchanged %t mhc-run --device emulator --out %t/out --arg zeros:4

// Kernels.
// RUN: %{bad} %t/left-over.mlir 2>&1 | FileCheck %s --check-prefix=LEFT-OVER
// LEFT-OVER: left-over.mlir:5:10: error: expected ops that can be lowered to NVVM, got 'tensor.empty'
// RUN: %{bad} %t/refused.mlir 2>&1 | FileCheck %s --check-prefix=REFUSED
// REFUSED: refused.mlir:5:10: error: failed to legalize operation 'llvm.intr.log2'

// What the emulator does not model is named, each at its place.
// RUN: %{bad} %t/not-modelled.mlir 2>&1 | FileCheck %s --check-prefix=NOT-MODELLED
// NOT-MODELLED: not-modelled.mlir:4:5: error: the inline assembly 'brkpt;' is not modelled
// NOT-MODELLED: not-modelled.mlir:5:5: error: the inline assembly 'pmevent 1;' is not modelled

// Launches.
// RUN: %{bad} %t/kernel.mlir 2>&1 | FileCheck %s --check-prefix=KERNEL
// KERNEL: kernel.mlir:8:3: error: 'gpu.launch_func' op kernel function '@k::@g' is undefined
// RUN: %{bad} %t/module.mlir 2>&1 | FileCheck %s --check-prefix=MODULE
// MODULE: module.mlir:4:3: error: 'gpu.launch_func' op kernel container 'k' is undefined
// RUN: %{bad} %t/count.mlir 2>&1 | FileCheck %s --check-prefix=COUNT
// COUNT: count.mlir:8:3: error: expected operands for 6 parameters of the lowered kernel, got operands for 5
// COUNT: count.mlir:8:3: note: @f takes (ptr, ptr, i64, i64, i64, i32) after lowering; a memref is passed as its descriptor
// RUN: %{bad} %t/operand.mlir 2>&1 | FileCheck %s --check-prefix=OPERAND
// OPERAND: operand.mlir:8:3: error: expected operand 1 to fit the kernel's parameters, got 'index'
// OPERAND: operand.mlir:8:3: note: @f takes (ptr, i32) after lowering

// Buffers.
// RUN: %{bad} %t/layout.mlir 2>&1 | FileCheck %s --check-prefix=LAYOUT
// LAYOUT: layout.mlir:1:1: error: expected argument 0 to be a scalar, a ranked tensor or a memref of identity layout of bf16, f16, f32, f64, i1, i32 or i64, got 'memref<4xf32, strided<[2]>>'
// RUN: %{bad} %t/space.mlir 2>&1 | FileCheck %s --check-prefix=SPACE
// SPACE: space.mlir:1:1: error: expected argument 0 to be a scalar, a ranked tensor or a memref of identity layout {{.*}}, got 'memref<4xf32, 3>'
// RUN: %{bad} %t/result.mlir 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: result.mlir:1:1: error: expected result 0 to be {{.*}}, got 'memref<4xi8>'
// RUN: %{bad} %t/alloc.mlir 2>&1 | FileCheck %s --check-prefix=ALLOC
// ALLOC: alloc.mlir:2:8: error: expected a buffer of identity layout in the default memory space, got 'memref<2x2xf32, strided<[4, 1]>>'

// Tokens.
// RUN: %{bad} %t/token.mlir 2>&1 | FileCheck %s --check-prefix=TOKEN
// TOKEN: token.mlir:{{.*}}: error: expected async tokens as dependencies of gpu ops alone

//--- left-over.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  gpu.func @f(%x: memref<?xf32>) kernel {
    %c0 = arith.constant 0 : index
    %t = tensor.empty() : tensor<4xf32>
    %e = tensor.extract %t[%c0] : tensor<4xf32>
    memref.store %e, %x[%c0] : memref<?xf32>
    gpu.return
  }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  return %x : memref<?xf32>
}
}
//--- refused.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  gpu.func @f(%x: memref<?xf32>, %v: f32) kernel {
    %c0 = arith.constant 0 : index
    %e = llvm.intr.log2(%v) : (f32) -> f32
    memref.store %e, %x[%c0] : memref<?xf32>
    gpu.return
  }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  return %x : memref<?xf32>
}
}
//--- not-modelled.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  gpu.func @f() kernel {
    llvm.inline_asm has_side_effects "brkpt;", "" : () -> ()
    llvm.inline_asm has_side_effects "pmevent 1;", "" : () -> ()
    gpu.return
  }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  return %x : memref<?xf32>
}
}
//--- kernel.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  gpu.func @f() kernel { gpu.return }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  %c1 = arith.constant 1 : index

  gpu.launch_func @k::@g blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
  return %x : memref<?xf32>
}
}
//--- module.mlir
module attributes {gpu.container_module} {
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  %c1 = arith.constant 1 : index
  gpu.launch_func @k::@g blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
  return %x : memref<?xf32>
}
}
//--- count.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  llvm.func @f(%a: !llvm.ptr, %b: !llvm.ptr, %c: i64, %d: i64, %e: i64, %f: i32) attributes {gpu.kernel, nvvm.kernel} { llvm.return }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  %c1 = arith.constant 1 : index

  gpu.launch_func @k::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?xf32>)
  return %x : memref<?xf32>
}
}
//--- operand.mlir
module attributes {gpu.container_module} {
gpu.module @k {
  llvm.func @f(%a: !llvm.ptr, %f: i32) attributes {gpu.kernel, nvvm.kernel} { llvm.return }
}
func.func @main(%x: memref<?xf32>) -> memref<?xf32> {
  %c1 = arith.constant 1 : index

  gpu.launch_func @k::@f blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<?xf32>, %c1 : index)
  return %x : memref<?xf32>
}
}
//--- layout.mlir
func.func @main(%x: memref<4xf32, strided<[2]>>) {
  return
}
//--- space.mlir
func.func @main(%x: memref<4xf32, 3>) {
  return
}
//--- result.mlir
func.func @main(%x: memref<4xf32>) -> memref<4xi8> {
  %0 = memref.alloc() : memref<4xi8>
  return %0 : memref<4xi8>
}
//--- alloc.mlir
func.func @main(%x: memref<4xf32>) -> f32 {
  %0 = memref.alloc() : memref<2x2xf32, strided<[4, 1]>>
  %c0 = arith.constant 0 : index
  %v = memref.load %x[%c0] : memref<4xf32>
  memref.store %v, %0[%c0, %c0] : memref<2x2xf32, strided<[4, 1]>>
  %1 = memref.load %0[%c0, %c0] : memref<2x2xf32, strided<[4, 1]>>
  return %1 : f32
}
//--- token.mlir
func.func @main(%n: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %size = memref.dim %n, %c0 : memref<?xf32>
  %v = arith.constant 1.0 : f32
  %t = gpu.wait async
  %r = scf.for %i = %c0 to %size step %c1 iter_args(%q = %t) -> (!gpu.async.token) {
    %next = gpu.memset async [%q] %n, %v : memref<?xf32>, f32
    scf.yield %next : !gpu.async.token
  }
  gpu.wait [%r]
  return
}
