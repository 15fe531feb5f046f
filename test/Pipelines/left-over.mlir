// RUN: not mhc-opt %s --split-input-file --mhc-to-cpu

// Ops that stay as they are must be an error of the pipeline, which names them, not of whoever translates its result.

func.func @vector(%a: tensor<8xf32>) -> tensor<8xf32> {
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %v = vector.transfer_read %a[%c0], %z : tensor<8xf32>, vector<8xf32>
  %w = arith.mulf %v, %v : vector<8xf32>
  %r = vector.transfer_write %w, %a[%c0] : vector<8xf32>, tensor<8xf32>
  return %r : tensor<8xf32> }
