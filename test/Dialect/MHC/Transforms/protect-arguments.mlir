// RUN: mhc-opt %s --mhc-protect-arguments | FileCheck %s

// Tensor arguments of public functions are marked, and nothing else.

// CHECK: func.func @entry(%{{.*}}: tensor<?x8xf32> {bufferization.writable = false}, %{{.*}}: index, %{{.*}}: memref<8xf32>, %{{.*}}: tensor<*xf32> {bufferization.writable = false})
func.func @entry(%a: tensor<?x8xf32>, %n: index, %m: memref<8xf32>, %u: tensor<*xf32>) {
  return
}

// An attribute that is there stays as it is.

// CHECK: func.func @given(%{{.*}}: tensor<8xf32> {bufferization.writable = true}, %{{.*}}: tensor<8xf32> {bufferization.writable = false})
func.func @given(%a: tensor<8xf32> {bufferization.writable = true}, %b: tensor<8xf32>) {
  return
}

// Private functions are called by ours, which knows what they write.

// CHECK: func.func private @helper(%{{.*}}: tensor<8xf32>) {
func.func private @helper(%a: tensor<8xf32>) {
  return
}

// Declarations have no body to keep from writing.

// CHECK: func.func private @outside(tensor<8xf32>){{$}}
func.func private @outside(tensor<8xf32>)
