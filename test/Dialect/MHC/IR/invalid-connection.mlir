// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What a connection refuses: its operands and their shapes and types.

// A residual connection has no phi.
func.func @f(%x: tensor<8x1x16xf32>, %phi: tensor<3x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'phi' for kind residual, got one}}
  %0 = mhc.connection #mhc.variant<residual> %x phi %phi : (tensor<8x1x16xf32>, tensor<3x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A residual connection has no scale.
func.func @f(%x: tensor<8x1x16xf32>, %scale: tensor<3xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'scale' for kind residual, got one}}
  %0 = mhc.connection #mhc.variant<residual> %x scale %scale : (tensor<8x1x16xf32>, tensor<3xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A residual connection has no base.
func.func @f(%x: tensor<8x1x16xf32>, %base: tensor<3xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'base' for kind residual, got one}}
  %0 = mhc.connection #mhc.variant<residual> %x base %base : (tensor<8x1x16xf32>, tensor<3xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A residual connection has no norm_weight.
func.func @f(%x: tensor<8x1x16xf32>, %norm_weight: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'norm_weight' for kind residual, got one}}
  %0 = mhc.connection #mhc.variant<residual> %x norm_weight %norm_weight : (tensor<8x1x16xf32>, tensor<16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A residual connection has no pre_in.
func.func @f(%x: tensor<8x1x16xf32>, %pre_in: tensor<1xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'pre_in' for kind residual, got one}}
  %0 = mhc.connection #mhc.variant<residual> %x pre_in %pre_in : (tensor<8x1x16xf32>, tensor<1xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Nor does it hand gates on.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected no 'pre' for kind residual, got one}}
  %0, %1 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> (tensor<8x1x16xf32>, tensor<8x1xf32>) sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No base for hc.
func.func @f(%x: tensor<8x4x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' for kind hc, got none}}
  %0 = mhc.connection #mhc.variant<hc> %x : (tensor<8x4x16xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No base for dynamic hc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<6x16xf32>, %scale: tensor<3xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' for kind hc, got none}}
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale : (tensor<8x4x16xf32>, tensor<6x16xf32>, tensor<3xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi without scale.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<6x16xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' and 'scale' together (dynamic) or neither (static) for kind hc, got 'phi' alone}}
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi base %base : (tensor<8x4x16xf32>, tensor<6x16xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// scale without phi.
func.func @f(%x: tensor<8x4x16xf32>, %scale: tensor<3xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' and 'scale' together (dynamic) or neither (static) for kind hc, got 'scale' alone}}
  %0 = mhc.connection #mhc.variant<hc> %x scale %scale base %base : (tensor<8x4x16xf32>, tensor<3xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A norm weight without anything that is normalised.
func.func @f(%x: tensor<8x4x16xf32>, %base: tensor<4x6xf32>, %norm_weight: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' beside 'norm_weight', got none}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base norm_weight %norm_weight : (tensor<8x4x16xf32>, tensor<4x6xf32>, tensor<16xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No base for mhc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' for kind mhc, got none}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No phi for mhc.
func.func @f(%x: tensor<8x4x16xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' for kind mhc, got none}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x scale %scale base %base : (tensor<8x4x16xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No scale for mhc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'scale' for kind mhc, got none}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Nothing at all for mhc.
func.func @f(%x: tensor<8x4x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' for kind mhc, got none}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x : (tensor<8x4x16xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A residual connection of two streams.
func.func @f(%x: tensor<8x2x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected one stream for kind residual, got 2}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x2x16xf32>) -> tensor<8x2x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Streams may be absent for residual only.
func.func @f(%x: tensor<8x16xf32>, %base: tensor<1x3xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to have the dimensions of 'x' without streams, got 'tensor<8x16xf32>' for 'tensor<8x16xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x16xf32>, tensor<1x3xf32>) -> tensor<8x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// The sublayer of more dimensions than x.
func.func @f(%x: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to have the dimensions of 'x' without streams, got 'tensor<8x16xf32>' for 'tensor<16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<16xf32>) -> tensor<16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// The sublayer of two dimensions less.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to have the dimensions of 'x' without streams, got 'tensor<16xf32>' for 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<16xf32>) {
    mhc.yield %y : tensor<16xf32>
  }
  return
}

// -----

// The sublayer of another hidden.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to have the dimensions of 'x' without streams, got 'tensor<8x32xf32>' for 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x32xf32>) {
    mhc.yield %y : tensor<8x32xf32>
  }
  return
}

// -----

// The sublayer of other tokens.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'y' to have the token dimensions of 'x', [8], got [7]}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<7x16xf32>) {
    mhc.yield %y : tensor<7x16xf32>
  }
  return
}

// -----

// The sublayer of a dynamic hidden.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected hidden, the last dimension of 'y', to be static and from 1 to 2147483647, got 'tensor<8x?xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x?xf32>) {
    mhc.yield %y : tensor<8x?xf32>
  }
  return
}

// -----

// Hidden of zero.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected hidden, the last dimension of 'y', to be static and from 1 to 2147483647, got 'tensor<8x0xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x0xf32>) {
    mhc.yield %y : tensor<8x0xf32>
  }
  return
}

// -----

// Dynamic hidden of the result.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected hidden, the last dimension of 'out', to be static and from 1 to 2147483647, got 'tensor<8x1x?xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x?xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Seventeen streams of the result.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected streams, the dimension before the last of 'out', to be static and from 1 to 16, got 'tensor<8x17x16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x17x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Other streams of the result.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'out' to have the dimensions of 'x', got 'tensor<8x5x16xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x5x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Other tokens of the result.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'out' to have the token dimensions of 'x', [8], got [7]}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<7x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A result without streams.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'out' to have the dimensions of 'x', got 'tensor<8x16xf32>' for 'tensor<8x4x16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Another hidden of the result.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'out' to have the dimensions of 'x', got 'tensor<8x1x17xf32>' for 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x17xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// No stream.
func.func @f(%x: tensor<8x0x16xf32>, %base: tensor<0x2xf32>) {
  // expected-error @below {{'mhc.connection' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x0x16xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x0x16xf32>, tensor<0x2xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A dynamic number of streams.
func.func @f(%x: tensor<8x?x16xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x?x16xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x?x16xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Seventeen streams.
func.func @f(%x: tensor<8x17x16xf32>, %base: tensor<17x19xf32>) {
  // expected-error @below {{'mhc.connection' op expected streams, the dimension before the last of 'x', to be static and from 1 to 16, got 'tensor<8x17x16xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x17x16xf32>, tensor<17x19xf32>) -> tensor<8x16x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A base of mHC for hc.
func.func @f(%x: tensor<8x4x16xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' of shape [4, 6], got 'tensor<24xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x4x16xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A base of other streams.
func.func @f(%x: tensor<8x4x16xf32>, %base: tensor<3x5xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' of shape [4, 6], got 'tensor<3x5xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x4x16xf32>, tensor<3x5xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi of mHC for hc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<6x64xf32>, %scale: tensor<3xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [6, 16], got 'tensor<6x64xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<6x64xf32>, tensor<3xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// One scale.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<6x16xf32>, %scale: tensor<1xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'scale' of shape [3], got 'tensor<1xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<6x16xf32>, tensor<1xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A norm weight of all streams for hc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<6x16xf32>, %scale: tensor<3xf32>, %base: tensor<4x6xf32>, %norm_weight: tensor<64xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'norm_weight' of shape [16], got 'tensor<64xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base norm_weight %norm_weight : (tensor<8x4x16xf32>, tensor<6x16xf32>, tensor<3xf32>, tensor<4x6xf32>, tensor<64xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi of other streams.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<15x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [24, 64], got 'tensor<15x64xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<15x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi of other columns.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x16xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [24, 64], got 'tensor<24x16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x16xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi of rank three.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x4x16xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [24, 64], got 'tensor<24x4x16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x4x16xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// One scale.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<1xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'scale' of shape [3], got 'tensor<1xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<1xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A scale that is a number.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<f32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'scale' of shape [3], got 'tensor<f32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<f32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A base of hc for mhc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' of shape [24], got 'tensor<4x6xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<4x6xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A base that is a number.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<f32>) {
  // expected-error @below {{'mhc.connection' op expected 'base' of shape [24], got 'tensor<f32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<f32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A norm weight of one stream for mhc.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %norm_weight: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'norm_weight' of shape [64], got 'tensor<16xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base norm_weight %norm_weight : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<16xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// The rows of res may be left out without mixing only.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<8x64xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [24, 64], got 'tensor<8x64xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<8x64xf32>, tensor<3xf32>, tensor<8xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Left out of base, and not of phi.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<8xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [8, 64], got 'tensor<24x64xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<8xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Left out of phi, and not of base.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<8x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'phi' of shape [24, 64], got 'tensor<8x64xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<8x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Gates of the connection before for other streams.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre_in: tensor<8x3xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre_in' of shape [8, 4] or [4], got 'tensor<8x3xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base pre_in %pre_in : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<8x3xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// For other tokens.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre_in: tensor<7x4xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre_in' of shape [8, 4] or [4], got 'tensor<7x4xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base pre_in %pre_in : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<7x4xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// For no stream.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre_in: tensor<8xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre_in' of shape [8, 4] or [4], got 'tensor<8xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base pre_in %pre_in : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<8xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Gates of other streams handed on.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre' of shape [8, 4], got 'tensor<8x3xf32>'}}
  %0, %1 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<8x4x16xf32>, tensor<8x3xf32>) sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Dynamic gates have tokens.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre' of shape [8, 4], got 'tensor<4xf32>'}}
  %0, %1 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<8x4x16xf32>, tensor<4xf32>) sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Static gates have none.
func.func @f(%x: tensor<8x4x16xf32>, %base: tensor<4x6xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'pre' of shape [4], got 'tensor<8x4xf32>'}}
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<8x4x16xf32>, tensor<4x6xf32>) -> (tensor<8x4x16xf32>, tensor<8x4xf32>) sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A sublayer of f64 in streams of f32.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'x' of f64 as 'y' is, got 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf64>) {
    mhc.yield %y : tensor<8x16xf64>
  }
  return
}

// -----

// A result of f64 of streams of f32.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 'x' of f64 as 'out' is, got 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf64> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A result of f32 of streams of f64.
func.func @f(%x: tensor<8x1x16xf64>) {
  // expected-error @below {{'mhc.connection' op expected 'out' of f64 as 'x' is, got 'tensor<8x1x16xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf64>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf64>) {
    mhc.yield %y : tensor<8x16xf64>
  }
  return
}

// -----

// Gates of f64 with streams of f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre_in: tensor<8x4xf64>) {
  // expected-error @below {{'mhc.connection' op expected coefficients of 'f32' in 'pre_in' with rows that are not f64, got 'tensor<8x4xf64>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base pre_in %pre_in : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<8x4xf64>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Gates of f32 with streams of f64.
func.func @f(%x: tensor<8x4x16xf64>, %base: tensor<4x6xf64>, %pre_in: tensor<4xf32>) {
  // expected-error @below {{'mhc.connection' op expected coefficients of 'f64' in 'pre_in' with rows of f64, got 'tensor<4xf32>'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %base pre_in %pre_in : (tensor<8x4x16xf64>, tensor<4x6xf64>, tensor<4xf32>) -> tensor<8x4x16xf64> sublayer(%y: tensor<8x16xf64>) {
    mhc.yield %y : tensor<8x16xf64>
  }
  return
}

// -----

// Gates of f64 handed on.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected coefficients of 'f32' in 'pre' with rows that are not f64, got 'tensor<8x4xf64>'}}
  %0, %1 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>) -> (tensor<8x4x16xf32>, tensor<8x4xf64>) sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// phi wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf64>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected weights no wider than 'f32' in 'phi', got 'tensor<24x64xf64>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf64>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// scale wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf64>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op expected weights no wider than 'f32' in 'scale', got 'tensor<3xf64>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf64>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// base wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf64>) {
  // expected-error @below {{'mhc.connection' op expected weights no wider than 'f32' in 'base', got 'tensor<24xf64>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf64>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// norm_weight wider than f32.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %norm_weight: tensor<64xf64>) {
  // expected-error @below {{'mhc.connection' op expected weights no wider than 'f32' in 'norm_weight', got 'tensor<64xf64>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base norm_weight %norm_weight : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<64xf64>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Streams of integers.
func.func @f(%x: tensor<8x1x16xi32>) {
  // expected-error @below {{'mhc.connection' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x1x16xi32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xi32>) -> tensor<8x1x16xi32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Streams of f8.
func.func @f(%x: tensor<8x1x16xf8E4M3FN>) {
  // expected-error @below {{'mhc.connection' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x1x16xf8E4M3FN>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf8E4M3FN>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Streams with an encoding.
func.func @f(%x: tensor<8x1x16xf32, "row">) {
  // expected-error @below {{'mhc.connection' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x1x16xf32, "row">'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32, "row">) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Streams without a rank.
func.func @f(%x: tensor<*xf32>) {
  // expected-error @below {{'mhc.connection' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<*xf32>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<*xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A dynamic phi.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<?x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) {
  // expected-error @below {{'mhc.connection' op operand #1 must be weights (ranked tensor of bf16, f16, f32 or f64 with a static shape, without encoding), but got 'tensor<?x64xf32>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base : (tensor<8x4x16xf32>, tensor<?x64xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Gates of bf16.
func.func @f(%x: tensor<8x4x16xf32>, %phi: tensor<24x64xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre_in: tensor<8x4xbf16>) {
  // expected-error @below {{'mhc.connection' op operand #4 must be coefficients (ranked tensor of f32 or f64, without encoding), but got 'tensor<8x4xbf16>'}}
  %0 = mhc.connection #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = 1, eps = 0.0, start = softmax>> %x phi %phi scale %scale base %base pre_in %pre_in : (tensor<8x4x16xf32>, tensor<24x64xf32>, tensor<3xf32>, tensor<24xf32>, tensor<8x4xbf16>) -> tensor<8x4x16xf32> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A result of indices.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op result #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x1x16xindex>'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xindex> sublayer(%y: tensor<8x16xf32>) {
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}
