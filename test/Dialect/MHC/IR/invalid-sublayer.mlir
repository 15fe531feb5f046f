// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What a connection refuses: its sublayer, and its generic form.

// The result of the sublayer of another hidden.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<8x17xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op expected 'f' to have the dimensions of the sublayer's argument, and f64 where that has, got 'tensor<8x17xf32>' for 'tensor<8x16xf32>'}}
    mhc.yield %f : tensor<8x17xf32>
  }
  return
}

// -----

// Of other tokens.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<7x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op expected 'f' to have the dimensions of the sublayer's argument, and f64 where that has, got 'tensor<7x16xf32>' for 'tensor<8x16xf32>'}}
    mhc.yield %f : tensor<7x16xf32>
  }
  return
}

// -----

// With a stream dimension.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op expected 'f' to have the dimensions of the sublayer's argument, and f64 where that has, got 'tensor<8x1x16xf32>' for 'tensor<8x16xf32>'}}
    mhc.yield %f : tensor<8x1x16xf32>
  }
  return
}

// -----

// Of f64 where the argument is not.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<8x16xf64>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op expected 'f' to have the dimensions of the sublayer's argument, and f64 where that has, got 'tensor<8x16xf64>' for 'tensor<8x16xf32>'}}
    mhc.yield %f : tensor<8x16xf64>
  }
  return
}

// -----

// Of f32 where the argument is f64.
func.func @f(%x: tensor<8x1x16xf64>, %f: tensor<8x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf64>) -> tensor<8x1x16xf64> sublayer(%y: tensor<8x16xf64>) {
    // expected-error @below {{'mhc.yield' op expected 'f' to have the dimensions of the sublayer's argument, and f64 where that has, got 'tensor<8x16xf32>' for 'tensor<8x16xf64>'}}
    mhc.yield %f : tensor<8x16xf32>
  }
  return
}

// -----

// Of integers.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<8x16xi32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xi32>'}}
    mhc.yield %f : tensor<8x16xi32>
  }
  return
}

// -----

// Of f8.
func.func @f(%x: tensor<8x1x16xf32>, %f: tensor<8x16xf8E4M3FN>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op operand #0 must be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), but got 'tensor<8x16xf8E4M3FN>'}}
    mhc.yield %f : tensor<8x16xf8E4M3FN>
  }
  return
}

// -----

// Another terminator.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer to end with mhc.yield, got ub.unreachable}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    ub.unreachable
  }
  return
}

// -----

// The terminator of a function.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'func.return' op expects parent op 'func.func'}}
    func.return %y : tensor<8x16xf32>
  }
  return
}

// -----

// No terminator.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{block with no terminator, has %1 = "arith.addf"(%arg1, %arg1) <{fastmath = #arith.fastmath<none>}> : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xf32>}}
    %1 = arith.addf %y, %y : tensor<8x16xf32>
  }
  return
}

// -----

// A yield of nothing.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op requires a single operand}}
    "mhc.yield"() : () -> ()
  }
  return
}

// -----

// A yield of two rows.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op requires a single operand}}
    "mhc.yield"(%y, %y) : (tensor<8x16xf32>, tensor<8x16xf32>) -> ()
  }
  return
}

// -----

// A yield that is not the last op.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    // expected-error @below {{'mhc.yield' op must be the last operation in the parent block}}
    mhc.yield %y : tensor<8x16xf32>
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// Two blocks.
func.func @f(%x: tensor<8x1x16xf32>) {
  // expected-error @below {{'mhc.connection' op expects region #0 to have 0 or 1 blocks}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    cf.br ^next
  ^next:
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A yield in another op of the sublayer.
func.func @f(%x: tensor<8x1x16xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
    scf.execute_region {
      // expected-error @below {{'mhc.yield' op expects parent op 'mhc.connection'}}
      mhc.yield %y : tensor<8x16xf32>
    }
    mhc.yield %y : tensor<8x16xf32>
  }
  return
}

// -----

// A yield without a connection.
func.func @f(%x: tensor<8x16xf32>) {
  // expected-error @below {{'mhc.yield' op expects parent op 'mhc.connection'}}
  mhc.yield %x : tensor<8x16xf32>
}

// -----

// The result is not visible inside.
func.func @f(%x: tensor<16xf32>) {
  // expected-note @below {{operand defined here (op in a parent region)}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<16xf32>) -> tensor<16xf32> sublayer(%y: tensor<16xf32>) {
    // expected-error @below {{operand #0 does not dominate this use}}
    mhc.yield %0 : tensor<16xf32>
  }
  return
}

// -----

// No argument of the sublayer.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected one argument of the sublayer, the row y [T.., C], got 0}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({"mhc.yield"(%z) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// Two of them.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected one argument of the sublayer, the row y [T.., C], got 2}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>, %u: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// One that is no tensor.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), got 'f32'}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: f32): "mhc.yield"(%z) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// One without a rank.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected the sublayer's argument to be rows (ranked tensor of bf16, f16, f32 or f64, without encoding), got 'tensor<*xf32>'}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<*xf32>): "mhc.yield"(%z) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No block.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op region #0 ('sublayer') failed to verify constraint: region with 1 blocks}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// A block without ops.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expects a non-empty block}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>):}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// Two blocks with a yield each.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expects region #0 to have 0 or 1 blocks}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> () ^bb1: "mhc.yield"(%z) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No region.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op requires one region}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}>  : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// Two regions.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op requires one region}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}, {}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No operand.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 1 or more operands, but found 0}}
  %0 = "mhc.connection"() <{operandSegmentSizes = array<i32: 0, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : () -> tensor<8x1x16xf32>
  return
}

// -----

// Sizes of more operands than there are.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op operand count (1) does not match with the total size (2) specified in attribute 'operandSegmentSizes'}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 1, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// A negative size.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op 'operandSegmentSizes' attribute cannot have negative elements}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 1, -1, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// Two operands of one name.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op operand group starting at #1 requires 0 or 1 element, but found 2}}
  %0 = "mhc.connection"(%x, %w, %w) <{operandSegmentSizes = array<i32: 1, 2, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>, tensor<16xf32>, tensor<16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// Sizes of too few groups.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{invalid properties {operandSegmentSizes = array<i32: 1, 0>, variant = #mhc.variant<residual>} for op mhc.connection: size mismatch in attribute conversion: 2 vs 6}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No sizes.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op operand count (1) does not match with the total size (0) specified in attribute 'operandSegmentSizes'}}
  %0 = "mhc.connection"(%x) <{variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No variant.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op requires attribute 'variant'}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// A variant of another kind.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{invalid properties {operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = "residual"} for op mhc.connection: Invalid attribute `variant` in property conversion: "residual"}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = "residual"}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// A variant that is another attribute of the dialect.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{invalid properties {operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00>} for op mhc.connection: Invalid attribute `variant` in property conversion: #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00>}}
  %0 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.gates<>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  return
}

// -----

// No result.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op expected 1 or more results}}
  "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> ()
  return
}

// -----

// Three results.
func.func @f(%x: tensor<8x1x16xf32>, %z: tensor<8x16xf32>, %w: tensor<16xf32>) {
  // expected-error @below {{'mhc.connection' op result group starting at #1 requires 0 or 1 element, but found 2}}
  %0:3 = "mhc.connection"(%x) <{operandSegmentSizes = array<i32: 1, 0, 0, 0, 0, 0>, variant = #mhc.variant<residual>}> ({^bb0(%y: tensor<8x16xf32>): "mhc.yield"(%y) : (tensor<8x16xf32>) -> ()}) : (tensor<8x1x16xf32>) -> (tensor<8x1x16xf32>, tensor<8x1xf32>, tensor<8x1xf32>)
  return
}

// -----

// Another word for the region.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{custom op 'mhc.connection' expected 'sublayer'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> layer(%y: tensor<8x16xf32>) {
  return
}

// -----

// A region without an argument.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{expected SSA operand}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer() {
  return
}

// -----

// An argument without a type.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{expected ':'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y) {
  return
}

// -----

// Two arguments.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{expected ')'}}
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>, %z: tensor<8x16xf32>) {
  return
}

// -----

// No region, in words.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32>
  // expected-error @below {{custom op 'mhc.connection' expected 'sublayer'}}
  return
}

// -----

// Operands in another order.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{expected ':'}}
  %0 = mhc.connection #mhc.variant<hc> %x base %b scale %s : (tensor<8x1x16xf32>, tensor<1x3xf32>, tensor<3xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {
  return
}

// -----

// Types of fewer operands.
func.func @f(%x: tensor<8x1x16xf32>, %b: tensor<1x3xf32>, %s: tensor<3xf32>) {
  // expected-error @below {{custom op 'mhc.connection' number of operands and types do not match: got 2 operands and 1 types}}
  %0 = mhc.connection #mhc.variant<hc> %x base %b : (tensor<8x1x16xf32>) -> tensor<8x1x16xf32> sublayer(%y: tensor<8x16xf32>) {mhc.yield %y : tensor<8x16xf32>}
  return
}
