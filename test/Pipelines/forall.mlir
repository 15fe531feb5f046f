// RUN: mhc-run %s --device cpu --arg full:1 | FileCheck %s
// RUN: mhc-run %s --device reference --arg full:1 | FileCheck %s

// A connection in a parallel loop over tokens: 1 + tanh(1).

// CHECK: result 0: 4x1x8x{{f32|f64}} min 1.76159 max 1.76159
func.func @main(%x: tensor<4x1x8xf32>) -> tensor<4x1x8xf32> {
  %e = tensor.empty() : tensor<4x1x8xf32>
  %r = scf.forall (%i) in (4) shared_outs(%o = %e) -> (tensor<4x1x8xf32>) {
    %s = tensor.extract_slice %x[%i, 0, 0] [1, 1, 8] [1, 1, 1] : tensor<4x1x8xf32> to tensor<1x1x8xf32>
    %c = mhc.connection #mhc.variant<residual> %s
        : (tensor<1x1x8xf32>) -> tensor<1x1x8xf32> sublayer(%y: tensor<1x8xf32>) {
      %f = math.tanh %y : tensor<1x8xf32>
      mhc.yield %f : tensor<1x8xf32>
    }
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %c into %o[%i, 0, 0] [1, 1, 8] [1, 1, 1]
          : tensor<1x1x8xf32> into tensor<4x1x8xf32>
    }
  }
  return %r : tensor<4x1x8xf32>
}
