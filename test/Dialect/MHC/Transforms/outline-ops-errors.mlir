// RUN: mhc-opt %s --mhc-outline-ops --verify-diagnostics

func.func @main(%x: tensor<2x4x8xf32>) -> tensor<2x8xf32> {
  %0 = mhc.reduce_streams sum %x : tensor<2x4x8xf32> to tensor<2x8xf32>
  return %0 : tensor<2x8xf32>
}

// expected-error @+1 {{expected all functions in one module, got another module inside it}}
module @inside {
  func.func @other(%x: tensor<2x4x8xf32>) -> tensor<2x8xf32> {
    %0 = mhc.reduce_streams sum %x : tensor<2x4x8xf32> to tensor<2x8xf32>
    return %0 : tensor<2x8xf32>
  }
}
