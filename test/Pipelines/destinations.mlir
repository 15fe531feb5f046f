// RUN: mhc-run %s --device cpu --arg full:1 | FileCheck %s
// RUN: mhc-run %s --device reference --arg full:1 | FileCheck %s

// A buffer that a sublayer reads is not where the connection's result is written, though
// the program copies it there afterwards.

// CHECK: result 0: 4x1x3x{{f32|f64}} min 4 max 4 mean 4
func.func @main(%x: tensor<4x1x3xf32>) -> tensor<4x1x3xf32> {
  %m = memref.alloc() : memref<4x1x3xf32>
  %c = arith.constant 3.0 : f32
  linalg.fill ins(%c : f32) outs(%m : memref<4x1x3xf32>)
  %o = mhc.connection #mhc.variant<residual> %x
      : (tensor<4x1x3xf32>) -> tensor<4x1x3xf32> sublayer(%y: tensor<4x3xf32>) {
    %c0 = arith.constant 0 : index
    %l = memref.load %m[%c0, %c0, %c0] : memref<4x1x3xf32>
    %f = tensor.splat %l : tensor<4x3xf32>
    mhc.yield %f : tensor<4x3xf32>
  }
  bufferization.materialize_in_destination %o in writable %m : (tensor<4x1x3xf32>, memref<4x1x3xf32>) -> ()
  %r = bufferization.to_tensor %m restrict : memref<4x1x3xf32> to tensor<4x1x3xf32>
  return %r : tensor<4x1x3xf32>
}
