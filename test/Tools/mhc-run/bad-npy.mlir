// Arrays that cannot be used, each an error that names the file, says what is wrong
// with it, and leaves nothing behind.

// RUN: rm -rf %t && mkdir %t && %python %S/../Inputs/npy.py bad %t/in
// RUN: cd %t/in
// RUN: mhc-run %s --entry f --device cpu --arg good.npy | FileCheck %s --check-prefix=GOOD
// GOOD: result 0: 2x3xf32 min 0 max 5 mean 2.5
// DEFINE: %{entry} = f
// DEFINE: %{bad} = %python %S/../Inputs/exits.py 1 --unchanged %t mhc-run %s --entry %{entry} --device cpu --out %t/out --arg

// RUN: %{bad} missing.npy 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: error: argument 0: 'missing.npy': cannot open: No such file or directory
// RUN: %{bad} good.npy/x 2>&1 | FileCheck %s --check-prefix=BELOW
// BELOW: error: argument 0: 'good.npy/x': cannot open: Not a directory
// RUN: %{bad} folder.npy 2>&1 | FileCheck %s --check-prefix=FOLDER
// FOLDER: error: argument 0: 'folder.npy': expected a .npy file, got a folder
// RUN: %{bad} /dev/zero 2>&1 | FileCheck %s --check-prefix=DEVICE
// DEVICE: error: argument 0: '/dev/zero': expected a .npy file, got a device or a pipe
// RUN: %{bad} empty.npy 2>&1 | FileCheck %s --check-prefix=EMPTY
// EMPTY: error: argument 0: 'empty.npy': expected a .npy file, got 0 bytes
// RUN: %{bad} magic.npy 2>&1 | FileCheck %s --check-prefix=MAGIC
// MAGIC: error: argument 0: 'magic.npy': expected a .npy file, got 4 bytes
// RUN: %{bad} text.npy 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: error: argument 0: 'text.npy': expected a .npy file, got other contents
// RUN: %{bad} header.npy 2>&1 | FileCheck %s --check-prefix=HEADER
// HEADER: error: argument 0: 'header.npy': truncated header: expected 118 bytes, got 30
// RUN: %{bad} data.npy 2>&1 | FileCheck %s --check-prefix=DATA
// DATA: error: argument 0: 'data.npy': truncated data: expected 24 bytes for 2x3xf32, got 23
// RUN: %{bad} no-data.npy 2>&1 | FileCheck %s --check-prefix=NO-DATA
// NO-DATA: error: argument 0: 'no-data.npy': truncated data: expected 24 bytes for 2x3xf32, got 0
// RUN: %{bad} trailing.npy 2>&1 | FileCheck %s --check-prefix=TRAILING
// TRAILING: error: argument 0: 'trailing.npy': trailing bytes after the data: expected 24 bytes for 2x3xf32, got 25

// RUN: %{bad} version.npy 2>&1 | FileCheck %s --check-prefix=VERSION
// VERSION: error: argument 0: 'version.npy': expected version 1.0, 2.0 or 3.0, got 9.0
// RUN: %{bad} no-dict.npy 2>&1 | FileCheck %s --check-prefix=NO-DICT
// NO-DICT: error: argument 0: 'no-dict.npy': malformed header: expected '{'
// RUN: %{bad} no-shape.npy 2>&1 | FileCheck %s --check-prefix=NO-SHAPE
// NO-SHAPE: error: argument 0: 'no-shape.npy': malformed header: expected the key 'shape', got none
// RUN: %{bad} false-shape.npy 2>&1 | FileCheck %s --check-prefix=FALSE-SHAPE
// FALSE-SHAPE: error: argument 0: 'false-shape.npy': malformed header: expected a dimension of 0 or more
// RUN: %{bad} huge-shape.npy 2>&1 | FileCheck %s --check-prefix=HUGE-SHAPE
// HUGE-SHAPE: error: argument 0: 'huge-shape.npy': expected fewer than 2^63 elements
// RUN: %{bad} long-shape.npy 2>&1 | FileCheck %s --check-prefix=LONG-SHAPE
// LONG-SHAPE: error: argument 0: 'long-shape.npy': truncated data: expected 240000000000 bytes for 20000000000x3xf32, got 24
// RUN: %{bad} code.npy 2>&1 | FileCheck %s --check-prefix=CODE
// CODE: error: argument 0: 'code.npy': malformed header: expected a string for 'descr'

// RUN: %{bad} object.npy 2>&1 | FileCheck %s --check-prefix=OBJECT
// OBJECT: error: argument 0: 'object.npy': expected elements of type f2, f4, f8, b1, i4 or i8, got '|O'
// RUN: %{bad} struct.npy 2>&1 | FileCheck %s --check-prefix=STRUCT
// STRUCT: error: argument 0: 'struct.npy': expected elements of a plain type, got a structured type
// RUN: %{bad} int16.npy 2>&1 | FileCheck %s --check-prefix=INT16
// INT16: error: argument 0: 'int16.npy': expected elements of type f2, f4, f8, b1, i4 or i8, got '<i2'
// RUN: %{bad} uint32.npy 2>&1 | FileCheck %s --check-prefix=UINT32
// UINT32: error: argument 0: 'uint32.npy': expected elements of type f2, f4, f8, b1, i4 or i8, got '<u4'
// RUN: %{bad} big-endian.npy 2>&1 | FileCheck %s --check-prefix=BIG-ENDIAN
// BIG-ENDIAN: error: argument 0: 'big-endian.npy': expected little-endian elements, got big-endian '>f4'
// RUN: %{bad} fortran.npy 2>&1 | FileCheck %s --check-prefix=FORTRAN
// FORTRAN: error: argument 0: 'fortran.npy': expected C order, got Fortran order for 2x3xf32

// No conversion between integers, or between integers and floats.
// RUN: %{bad} int32.npy 2>&1 | FileCheck %s --check-prefix=INT32
// INT32: error: argument 0: {{.*}}'int32.npy': expected elements of f16, f32 or f64 for 2x3xf32, got 2x3xi32
// RUN: %{bad} bool.npy 2>&1 | FileCheck %s --check-prefix=BOOL
// BOOL: error: argument 0: {{.*}}'bool.npy': expected elements of f16, f32 or f64 for 2x3xf32, got 2x3xi1
// REDEFINE: %{entry} = integers
// RUN: %{bad} int64.npy --arg zeros 2>&1 | FileCheck %s --check-prefix=INT64
// INT64: error: argument 0: {{.*}}'int64.npy': expected elements of i32 for 2x3xi32, got 2x3xi64
// RUN: %{bad} good.npy --arg zeros 2>&1 | FileCheck %s --check-prefix=FLOAT
// FLOAT: error: argument 0: {{.*}}'good.npy': expected elements of i32 for 2x3xi32, got 2x3xf32
// RUN: %{bad} int32.npy --arg false-bool.npy 2>&1 | FileCheck %s --check-prefix=FALSE-BOOL
// FALSE-BOOL: error: argument 1: 'false-bool.npy': expected bools of 0 or 1, got 2 for element 5

// REDEFINE: %{entry} = f
// RUN: %{bad} transposed.npy 2>&1 | FileCheck %s --check-prefix=TRANSPOSED
// TRANSPOSED: error: argument 0: {{.*}}'transposed.npy': expected 2x3xf32, got 3x2xf32 with dimension 0 of 3 instead of 2
// RUN: %{bad} flat.npy 2>&1 | FileCheck %s --check-prefix=FLAT
// FLAT: error: argument 0: {{.*}}'flat.npy': expected 2x3xf32, got 6xf32 of rank 1 instead of 2
// RUN: %{bad} scalar.npy 2>&1 | FileCheck %s --check-prefix=SCALAR
// SCALAR: error: argument 0: {{.*}}'scalar.npy': expected 2x3xf32, got f32 of rank 0 instead of 2
// REDEFINE: %{entry} = dynamic
// RUN: %{bad} transposed.npy 2>&1 | FileCheck %s --check-prefix=STATIC-DIM
// STATIC-DIM: error: argument 0: {{.*}}'transposed.npy': expected ?x3xf32, got 3x2xf32 with dimension 1 of 2 instead of 3
// REDEFINE: %{entry} = scalar
// RUN: %{bad} good.npy 2>&1 | FileCheck %s --check-prefix=NOT-SCALAR
// NOT-SCALAR: error: argument 0: {{.*}}'good.npy': expected f32, got 2x3xf32 of rank 2 instead of 0

func.func @f(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}
func.func @integers(%x: tensor<2x3xi32>, %y: tensor<2x3xi1>) {
  return
}
func.func @dynamic(%x: tensor<?x3xf32>) -> tensor<?x3xf32> {
  return %x : tensor<?x3xf32>
}
func.func @scalar(%x: f32) -> f32 {
  return %x : f32
}
