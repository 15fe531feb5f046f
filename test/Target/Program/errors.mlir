// What a program of steps cannot hold is an error at the op.

// RUN: rm -rf %t && split-file %s %t && mkdir %t/out
// DEFINE: %{bad} = %python %S/../../Tools/Inputs/exits.py 1 --unchanged %t/out mhc-compile --emit ptx,manifest -o %t/out

// RUN: %{bad} %t/op.mlir 2>&1 | FileCheck %s --check-prefix=OP
// OP: op.mlir:2:8: error: expected an op that a program on the device can hold, got 'memref.transpose'
// RUN: %{bad} %t/scalar.mlir 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: scalar.mlir:1:1: error: expected argument 1 of a program on the device to be a memref of identity layout of bf16, f16, f32, f64, i1, i8, i32 or i64, got 'f32'
// RUN: %{bad} %t/type.mlir 2>&1 | FileCheck %s --check-prefix=TYPE
// TYPE: type.mlir:1:1: error: expected argument 0 of a program on the device to be a memref of identity layout of {{.*}}, got 'memref<4xi16>'
// RUN: %{bad} %t/layout.mlir 2>&1 | FileCheck %s --check-prefix=LAYOUT
// LAYOUT: layout.mlir:1:1: error: expected argument 0 of a program on the device to be a memref of identity layout of {{.*}}, got 'memref<4x4xf32, strided<[8, 1]>>'
// RUN: %{bad} %t/loop.mlir 2>&1 | FileCheck %s --check-prefix=LOOP
// LOOP: loop.mlir:8:5: error: expected a loop of constant bounds in a program on the device, got d0
// RUN: %{bad} %t/blocks.mlir 2>&1 | FileCheck %s --check-prefix=BLOCKS
// BLOCKS: blocks.mlir:1:1: error: expected structured control flow in a program on the device, got '@f' of several blocks
// RUN: %{bad} %t/declaration.mlir 2>&1 | FileCheck %s --check-prefix=DECLARATION
// DECLARATION: declaration.mlir:3:3: error: expected a function with a body to call in a program on the device, got a declaration of '@sublayer'
// DECLARATION: declaration.mlir:1:1: note: declared here
// RUN: %{bad} %t/recursion.mlir 2>&1 | FileCheck %s --check-prefix=RECURSION
// RECURSION: recursion.mlir:6:5: error: expected calls at most 64 deep, got a deeper one of '@g'
// RUN: %{bad} %t/branch.mlir 2>&1 | FileCheck %s --check-prefix=BRANCH
// BRANCH: branch.mlir:7:8: error: expected numbers, or the same buffer from both branches, as result 0 of a branch that is chosen at run time
// RUN: %{bad} %t/select.mlir 2>&1 | FileCheck %s --check-prefix=SELECT
// SELECT: select.mlir:5:8: error: expected numbers, or the same buffer twice, to choose from at run time, got two buffers
// RUN: %{bad} %t/unplanned.mlir 2>&1 | FileCheck %s --check-prefix=UNPLANNED
// UNPLANNED: unplanned.mlir:7:8: error: expected memory that has a place in the workspace, got an allocation that is not planned
// RUN: %{bad} %t/negative.mlir 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// NEGATIVE: negative.mlir:8:10: error: expected operand 0 of a program on the device to be known not to be negative, got (- d0 8)
// RUN: %{bad} %t/assertion.mlir 2>&1 | FileCheck %s --check-prefix=ASSERTION
// ASSERTION: assertion.mlir:3:3: error: expected an assertion that can hold, got one that fails for all sizes: expected 4 streams
// RUN: %{bad} %t/global.mlir 2>&1 | FileCheck %s --check-prefix=GLOBAL
// GLOBAL: global.mlir:3:8: error: expected a constant global of known numbers in a program on the device, got '@state'
// RUN: %{bad} %t/copy.mlir 2>&1 | FileCheck %s --check-prefix=COPY
// COPY: copy.mlir:4:3: error: expected a copy between row-major buffers in a program on the device, got one from 'memref<?x2xf32, strided<[4, 1]>>' to 'memref<?x2xf32>'
// RUN: %{bad} %t/write.mlir 2>&1 | FileCheck %s --check-prefix=WRITE
// WRITE: write.mlir:2:3: error: expected a program on the device to write memory of its own, got a write to an argument or a constant
// RUN: %{bad} %t/fill.mlir 2>&1 | FileCheck %s --check-prefix=FILL
// FILL: fill.mlir:4:3: error: expected a fill with a constant of equal bytes in a program on the device
// RUN: %{bad} %t/fill-part.mlir 2>&1 | FileCheck %s --check-prefix=PART
// PART: fill-part.mlir:5:3: error: expected a fill of a row-major buffer in a program on the device, got 'memref<4x2xf32, strided<[4, 1]>>'
// RUN: %{bad} %t/order.mlir 2>&1 | FileCheck %s --check-prefix=ORDER
// ORDER: order.mlir:1:1: error: expected result 1 of a program on the device to be a memref of identity layout of {{.*}}, got 'memref<4x4xf32, strided<[1, 4]>>'
// RUN: %{bad} %t/result-size.mlir 2>&1 | FileCheck %s --check-prefix=RESULT
// RESULT: result-size.mlir:1:1: error: expected the sizes of result 0 of a program on the device to be known from those of its arguments, got other ones
// RUN: %{bad} %t/overflow.mlir 2>&1 | FileCheck %s --check-prefix=OVERFLOW
// OVERFLOW: overflow.mlir:4:8: error: expected sizes that fit 64 bits, got a larger number of bytes of result 0
// RUN: %{bad} %t/overflow-inside.mlir 2>&1 | FileCheck %s --check-prefix=INSIDE
// INSIDE: overflow-inside.mlir:9:10: error: expected sizes that fit 64 bits, got a larger number
// RUN: %{bad} %t/dimension.mlir 2>&1 | FileCheck %s --check-prefix=DIMENSION
// DIMENSION: dimension.mlir:4:50: error: expected a constant index of one of 2 dimensions, got d0

// RUN: %{bad} %t/block.mlir 2>&1 | FileCheck %s --check-prefix=BLOCK
// BLOCK: block.mlir:11:5: error: expected a constant block in a program on the device, got d0
// RUN: %{bad} %t/shared.mlir 2>&1 | FileCheck %s --check-prefix=SHARED
// SHARED: shared.mlir:12:5: error: expected a constant size of shared memory in a program on the device, got d0
// RUN: %{bad} %t/operands.mlir 2>&1 | FileCheck %s --check-prefix=OPERANDS
// OPERANDS: operands.mlir:9:5: error: expected operands for 2 parameters of the lowered kernel, got operands for 1
// RUN: %{bad} %t/narrow.mlir 2>&1 | FileCheck %s --check-prefix=NARROW
// NARROW: narrow.mlir:10:5: error: expected parameters of 8, 32 or 64 bits in a program on the device, got 'bf16'
// RUN: %{bad} %t/address.mlir 2>&1 | FileCheck %s --check-prefix=ADDRESS
// ADDRESS: address.mlir:12:10: error: expected an address in a buffer of the program, got the number d0

//--- op.mlir
func.func @f(%x: memref<?x4xi32>, %y: memref<4x?xi32>) {
  %0 = memref.transpose %x (i, j) -> (j, i) : memref<?x4xi32> to memref<4x?xi32, strided<[1, 4]>>
  memref.copy %0, %y : memref<4x?xi32, strided<[1, 4]>> to memref<4x?xi32>
  return
}
//--- scalar.mlir
func.func @f(%x: memref<?xf32>, %s: f32) {
  return
}
//--- type.mlir
func.func @f(%x: memref<4xi16>) {
  return
}
//--- layout.mlir
func.func @f(%x: memref<4x4xf32, strided<[8, 1]>>) {
  return
}
//--- loop.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels { gpu.func @k(%x: index) kernel { gpu.return } }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>

    scf.for %i = %c0 to %n step %c1 {
      gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%i : index)
    }
    return
  }
}
//--- blocks.mlir
func.func @f(%x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %some = arith.cmpi sgt, %n, %c0 : index
  cf.cond_br %some, ^a, ^b
^a:
  memref.copy %x, %y : memref<?xf32> to memref<?xf32>
  return
^b:
  return
}
//--- declaration.mlir
func.func private @sublayer(memref<4xf32>)
func.func @f(%x: memref<4xf32>) {
  call @sublayer(%x) : (memref<4xf32>) -> ()
  return
}
//--- recursion.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels { gpu.func @k(%x: index) kernel { gpu.return } }
  func.func private @g(%x: index) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : index)
    func.call @g(%x) : (index) -> ()
    return
  }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    func.call @g(%c0) : (index) -> ()
    return
  }
}
//--- branch.mlir
func.func @f(%x: memref<8xf32>, %n: memref<?xf32>) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %t = memref.dim %n, %c0 : memref<?xf32>
  %some = arith.cmpi sgt, %t, %c0 : index
  %r = memref.alloc() : memref<4xf32>

  %y = scf.if %some -> memref<4xf32, strided<[1], offset: ?>> {
    %a = memref.subview %x[%t] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: ?>>
    scf.yield %a : memref<4xf32, strided<[1], offset: ?>>
  } else {
    %b = memref.subview %x[%c0] [4] [1] : memref<8xf32> to memref<4xf32, strided<[1], offset: ?>>
    memref.copy %b, %r : memref<4xf32, strided<[1], offset: ?>> to memref<4xf32>
    scf.yield %b : memref<4xf32, strided<[1], offset: ?>>
  }
  memref.copy %y, %r : memref<4xf32, strided<[1], offset: ?>> to memref<4xf32>
  return %r : memref<4xf32>
}
//--- select.mlir
func.func @f(%x: memref<4xf32>, %z: memref<4xf32>, %n: memref<?xf32>) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %t = memref.dim %n, %c0 : memref<?xf32>
  %some = arith.cmpi sgt, %t, %c0 : index
  %y = arith.select %some, %x, %z : memref<4xf32>
  return %y : memref<4xf32>
}
//--- unplanned.mlir
func.func @f(%x: memref<?xf32>) {
  %c0 = arith.constant 0 : index %two = arith.constant 2 : i32 %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %i = arith.index_cast %n : index to i32
  %half = arith.divui %i, %two : i32
  %m = arith.index_cast %half : i32 to index
  %y = memref.alloc(%m) : memref<?xf32>
  gpu.memset %y, %zero : memref<?xf32>, f32
  return
}
//--- negative.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels { gpu.func @k(%x: index) kernel { gpu.return } }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c8 = arith.constant 8 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %m = arith.subi %n, %c8 : index
    %q = arith.divsi %m, %c8 : index
    gpu.launch_func @kernels::@k blocks in (%q, %c8, %c8) threads in (%c8, %c8, %c8) args(%q : index)
    return
  }
}
//--- assertion.mlir
func.func @f(%x: memref<?xf32>) {
  %false = arith.constant false
  cf.assert %false, "expected 4 streams"
  return
}
//--- global.mlir
memref.global "private" @state : memref<4xf32> = dense<0.0>
func.func @f() -> memref<4xf32> {
  %0 = memref.get_global @state : memref<4xf32>
  return %0 : memref<4xf32>
}
//--- copy.mlir
func.func @f(%x: memref<?x4xf32>, %n: memref<?x2xf32>) -> memref<?x2xf32> {
  %c0 = arith.constant 0 : index %t = memref.dim %x, %c0 : memref<?x4xf32> %y = memref.alloc(%t) : memref<?x2xf32>
  %p = memref.subview %x[0, 0] [%t, 2] [1, 1] : memref<?x4xf32> to memref<?x2xf32, strided<[4, 1]>>
  gpu.memcpy %y, %p : memref<?x2xf32>, memref<?x2xf32, strided<[4, 1]>>
  return %y : memref<?x2xf32>
}
//--- write.mlir
func.func @f(%x: memref<4xf32>, %y: memref<4xf32>) {
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
//--- fill.mlir
func.func @f() -> memref<4xf32> {
  %one = arith.constant 1.0 : f32
  %y = memref.alloc() : memref<4xf32>
  gpu.memset %y, %one : memref<4xf32>, f32
  return %y : memref<4xf32>
}
//--- fill-part.mlir
func.func @f() -> memref<4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %y = memref.alloc() : memref<4x4xf32>
  %p = memref.subview %y[0, 0] [4, 2] [1, 1] : memref<4x4xf32> to memref<4x2xf32, strided<[4, 1]>>
  gpu.memset %p, %zero : memref<4x2xf32, strided<[4, 1]>>, f32
  return %y : memref<4x4xf32>
}
//--- order.mlir
func.func @f(%x: memref<4x4xf32>) -> (memref<4x4xf32>, memref<4x4xf32, strided<[1, 4]>>) {
  %0 = memref.reinterpret_cast %x to offset: [0], sizes: [4, 4], strides: [1, 4] : memref<4x4xf32> to memref<4x4xf32, strided<[1, 4]>>
  return %x, %0 : memref<4x4xf32>, memref<4x4xf32, strided<[1, 4]>>
}
//--- result-size.mlir
func.func @f(%x: memref<?xf32>) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %two = arith.constant 2 : i32
  %n = memref.dim %x, %c0 : memref<?xf32>
  %i = arith.index_cast %n : index to i32
  %half = arith.divui %i, %two : i32
  %m = arith.index_cast %half : i32 to index
  %y = memref.alloc(%m) : memref<?xf32>
  return %y : memref<?xf32>
}
//--- overflow.mlir
func.func @f(%x: memref<?xf32>) -> memref<?x4611686018427387904xf32> {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %y = memref.alloc(%n) : memref<?x4611686018427387904xf32>
  return %y : memref<?x4611686018427387904xf32>
}
//--- overflow-inside.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels { gpu.func @k(%x: index) kernel { gpu.return } }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %large = arith.constant 4611686018427387904 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %m = arith.muli %n, %large : index
    %k = arith.addi %m, %m : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%k : index)
    return
  }
}
//--- dimension.mlir
func.func @f(%x: memref<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = memref.dim %x, %c0 : memref<?x?xf32> %m = memref.dim %x, %n : memref<?x?xf32>
  %y = memref.alloc(%m) : memref<?xf32>
  gpu.memset %y, %zero : memref<?xf32>, f32
  return
}
//--- block.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: index) kernel {
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    gpu.launch_func @kernels::@k blocks in (%n, %c1, %c1) threads in (%n, %c1, %c1) args(%n : index)
    return
  }
}
//--- shared.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: index) kernel {
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %s = arith.index_cast %n : index to i32
    gpu.launch_func @kernels::@k blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1) dynamic_shared_memory_size %s args(%n : index)
    return
  }
}
//--- operands.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    llvm.func @k(%x: i64, %y: i64) attributes {gpu.kernel, nvvm.kernel} {
      llvm.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c1 = arith.constant 1 : index
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%c1 : index)
    return
  }
}
//--- narrow.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: bf16) kernel {
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c1 = arith.constant 1 : index
    %v = arith.constant 1.0 : bf16
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%v : bf16)
    return
  }
}
//--- address.mlir
module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: !llvm.ptr<1>) kernel {
      gpu.return
    }
  }
  func.func @f(%x: memref<?xf32>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %n = memref.dim %x, %c0 : memref<?xf32>
    %m = arith.index_cast %n : index to i64
    %p = llvm.inttoptr %m : i64 to !llvm.ptr<1>
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%p : !llvm.ptr<1>)
    return
  }
}
