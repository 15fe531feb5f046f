// A memref is passed as its descriptor, or as one pointer where its module says so.

// RUN: rm -rf %t && mhc-compile %s --emit ptx,manifest -o %t
// RUN: FileCheck %s < %t/kernels.json

// CHECK: {"kind":"launch","kernel":0,
// Allocated and aligned pointer, offset, sizes, strides.
// CHECK-SAME: "parameters":[{"buffer":{"kind":"argument","index":0,"offset":0}},{"buffer":{"kind":"argument","index":0,"offset":0}},{"value":0,"type":"i64"},{"value":"d0","type":"i64"},{"value":8,"type":"i64"},{"value":8,"type":"i64"},{"value":1,"type":"i64"},{"value":"d0","type":"i64"}]
// A part of it: the offset is in elements.
// CHECK: {"kind":"launch","kernel":0,
// CHECK-SAME: "parameters":[{"buffer":{"kind":"argument","index":0,"offset":0}},{"buffer":{"kind":"argument","index":0,"offset":0}},{"value":32,"type":"i64"},{"value":"(- d0 4)","type":"i64"},{"value":8,"type":"i64"},{"value":8,"type":"i64"},{"value":1,"type":"i64"},
// Bare pointers are to the first element.
// CHECK: {"kind":"launch","kernel":1,
// CHECK-SAME: "parameters":[{"buffer":{"kind":"argument","index":0,"offset":64}}]

module attributes {gpu.container_module} {
  gpu.module @descriptors {
    gpu.func @f(%x: memref<?x8xf16, strided<[8, 1], offset: ?>>, %n: index) kernel {
      gpu.return
    }
  }
  gpu.module @bare attributes {mhc.bare_pointers} {
    gpu.func @f(%x: memref<2x8xf16, strided<[8, 1], offset: 32>>) kernel {
      gpu.return
    }
  }
  func.func @main(%x: memref<?x8xf16>) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %n = memref.dim %x, %c0 : memref<?x8xf16>
    %all = memref.cast %x : memref<?x8xf16> to memref<?x8xf16, strided<[8, 1], offset: ?>>
    gpu.launch_func @descriptors::@f blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%all : memref<?x8xf16, strided<[8, 1], offset: ?>>, %n : index)
    %m = arith.subi %n, %c4 : index
    %part = memref.subview %x[4, 0] [%m, 8] [1, 1] : memref<?x8xf16> to memref<?x8xf16, strided<[8, 1], offset: 32>>
    %cast = memref.cast %part : memref<?x8xf16, strided<[8, 1], offset: 32>> to memref<?x8xf16, strided<[8, 1], offset: ?>>
    gpu.launch_func @descriptors::@f blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%cast : memref<?x8xf16, strided<[8, 1], offset: ?>>, %n : index)
    %two = memref.reinterpret_cast %part to offset: [32], sizes: [2, 8], strides: [8, 1]
        : memref<?x8xf16, strided<[8, 1], offset: 32>> to memref<2x8xf16, strided<[8, 1], offset: 32>>
    gpu.launch_func @bare::@f blocks in (%n, %c1, %c1) threads in (%c1, %c1, %c1)
        args(%two : memref<2x8xf16, strided<[8, 1], offset: 32>>)
    return
  }
}
