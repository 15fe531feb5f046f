// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.kernel, mhc.return and mhc.total refuse.

// Tensors and memrefs.
func.func @f(%x: tensor<?x8xf32>, %e: memref<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected tensors alone or memrefs alone, got 'tensor<?x8xf32>'}}
  mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : memref<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A memref beside tensors.
func.func @f(%x: memref<?x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected tensors alone or memrefs alone, got 'memref<?x8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : memref<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// No destination.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected at least one destination, got none}}
  mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs() {
    mhc.return
  }
  return
}

// -----

// Fewer arguments than operands.
func.func @f(%x: tensor<?xf32>, %e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected an argument of the region for each of 1 operands, got 0}}
  %0 = "mhc.kernel"(%x, %e) <{operandSegmentSizes = array<i32: 1, 1, 0>, order = #mhc.order<leaf = 32, groups = 16>}> ({
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }) : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// Another terminator.
func.func @f(%e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected the region to end with mhc.return}}
  %0 = "mhc.kernel"(%e) <{operandSegmentSizes = array<i32: 0, 1, 0>, order = #mhc.order<leaf = 32, groups = 16>}> ({
    llvm.unreachable
  }) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// No result for a destination.
func.func @f(%e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected the number of tensor results (0) to be equal to the number of output tensors (1)}}
  "mhc.kernel"(%e) <{operandSegmentSizes = array<i32: 0, 1, 0>, order = #mhc.order<leaf = 32, groups = 16>}> ({
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }) : (tensor<?xf32>) -> ()
  return
}

// -----

// A result of another type than the destination.
func.func @f(%e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected type of operand #0 ('tensor<?xf32>') to match type of corresponding result ('tensor<4xf32>')}}
  %0 = "mhc.kernel"(%e) <{operandSegmentSizes = array<i32: 0, 1, 0>, order = #mhc.order<leaf = 32, groups = 16>}> ({
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }) : (tensor<?xf32>) -> tensor<4xf32>
  return
}

// -----

// An empty region.
func.func @f(%e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expects a non-empty block}}
  %0 = "mhc.kernel"(%e) <{operandSegmentSizes = array<i32: 0, 1, 0>, order = #mhc.order<leaf = 32, groups = 16>}> ({
  ^bb0:
  }) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// An order of another kind.
func.func @f(%e: tensor<?xf32>) {
  // expected-error @below {{invalid properties {operandSegmentSizes = array<i32: 0, 1, 0>, order = 32 : i64} for op mhc.kernel: Invalid attribute `order` in property conversion: 32 : i64}}
  %0 = "mhc.kernel"(%e) <{operandSegmentSizes = array<i32: 0, 1, 0>, order = 32}> ({
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }) : (tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// Two values for one destination.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    // expected-error @below {{'mhc.return' op expected one value for each of 1 destinations, got 2}}
    mhc.return %r, %r : !mhc.row<8xf32>, !mhc.row<8xf32>
  }
  return
}

// -----

// A total that is read.
func.func @f(%x: tensor<8xf32>, %e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected no total among 'ins', got '!mhc.total<8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<8xf32> as !mhc.total<8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }
  return
}

// -----

// Rows of other elements.
func.func @f(%x: tensor<?x8xbf16>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 0 of 'f32' as '!mhc.row<8xf32>' is, got 'tensor<?x8xbf16>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xbf16> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A destination of other elements.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xbf16>) {
  // expected-error @below {{'mhc.kernel' op expected destination 0 of 'f32' as '!mhc.row<8xf32>' is, got 'tensor<?x8xbf16>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xbf16>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Rows of another hidden.
func.func @f(%x: tensor<?x9xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 0 of 1 token dimensions and then [8], or without token dimensions, for '!mhc.row<8xf32>'; got 'tensor<?x9xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x9xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Rows of a dynamic hidden.
func.func @f(%x: tensor<?x?xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 0 of 1 token dimensions and then [8], or without token dimensions, for '!mhc.row<8xf32>'; got 'tensor<?x?xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x?xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// More token dimensions.
func.func @f(%x: tensor<?x?x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected destination 0 of 2 token dimensions and then [8], for '!mhc.row<8xf32>'; got 'tensor<?x8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A destination without token dimensions.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected destination 0 of 1 token dimensions and then [8], for '!mhc.row<8xf32>'; got 'tensor<8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Other tokens.
func.func @f(%x: tensor<3x8xf32>, %e: tensor<4x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected 'destination 0' to have the token dimensions of 'ins', [3], got [4]}}
  %0 = mhc.kernel ins(%a = %x : tensor<3x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<4x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Tokens that contradict each other through a dynamic size.
func.func @f(%x: tensor<?x8xf32>, %y: tensor<3xf32>, %e: tensor<4x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected 'destination 0' to have the token dimensions of 'ins', [3], got [4]}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %b = %y : tensor<3xf32> as f32)
      outs(%e : tensor<4x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Phi with token dimensions.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<?x6x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 of shape [6, 8] for '!mhc.weight<6x8xf32>', got 'tensor<?x6x8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %p = %w : tensor<?x6x8xf32> as !mhc.weight<6x8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Phi of three dimensions.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<6x2x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 of shape [6, 16] for '!mhc.weight<6x2x8xf32>', got 'tensor<6x2x8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %p = %w : tensor<6x2x8xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A total in another shape.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected destination 0 of shape [8] for '!mhc.total<8xf32>', got 'tensor<?x8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %t = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.total<8xf32>) {
      mhc.exit total(%c : f32)
    }
    mhc.return %t : !mhc.total<8xf32>
  }
  return
}

// -----

// An index.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xindex>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 to be a row, coefficients, weights or a total in the kernel, got 'index'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %b = %i : tensor<?xindex> as index)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A vector without a fixed length.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?x4xf32>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 to be a row, coefficients, weights or a total in the kernel, got 'vector<[4]xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %b = %i : tensor<?x4xf32> as vector<[4]xf32>)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Floats of eight bits.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xf8E5M2>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 to be a row, coefficients, weights or a total in the kernel, got 'f8E5M2'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %b = %i : tensor<?xf8E5M2> as f8E5M2)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Integers with a sign.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xsi8>, %e: tensor<?x8xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 1 to be a row, coefficients, weights or a total in the kernel, got 'si8'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>, %b = %i : tensor<?xsi8> as si8)
      outs(%e : tensor<?x8xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A type that is none.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 0 to be a row, coefficients, weights or a total in the kernel, got 'none'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as none)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }
  return
}

// -----

// A tensor in the kernel.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op expected operand 0 to be a row, coefficients, weights or a total in the kernel, got 'tensor<8xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as tensor<8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    mhc.return %s : f32
  }
  return
}

// -----

// A row that no sweep made.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'mhc.return' op expected a row that a sweep made, coefficients or a total, got an argument of the kernel, '!mhc.row<8xf32>'}}
    mhc.return %a : !mhc.row<8xf32>
  }
  return
}

// -----

// Weights as a result.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.return' op expected a row that a sweep made, coefficients or a total, got an argument of the kernel, '!mhc.weight<6x2x8xf32>'}}
    mhc.return %w : !mhc.weight<6x2x8xf32>
  }
  return
}

// -----

// Rows outside of sweeps.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'mhc.rstd' op operand #0 must be coefficients (ranked tensor of f32 or f64, without encoding), or those of a token (a scalar or a vector), but got '!mhc.row<8xf32>'}}
    %0 = "mhc.rstd"(%a) {count = 8 : i64, eps = 0.0 : f64} : (!mhc.row<8xf32>) -> !mhc.row<8xf32>
    mhc.return %0 : !mhc.row<8xf32>
  }
  return
}

// -----

// Rows in a cast.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'builtin.unrealized_conversion_cast' op expected rows to be read by mhc.sweep alone, got '!mhc.row<8xf32>'}}
    %0 = builtin.unrealized_conversion_cast %a : !mhc.row<8xf32> to f32
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Weights in a cast.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'builtin.unrealized_conversion_cast' op expected weights to be used inside mhc.sweep alone, got '!mhc.weight<6x2x8xf32>'}}
    %0 = builtin.unrealized_conversion_cast %w : !mhc.weight<6x2x8xf32> to f32
    mhc.return %0 : f32
  }
  return
}

// -----

// Totals in a cast.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %t = mhc.total %k : vector<6xf32> -> !mhc.total<6xf32>
    // expected-error @below {{'builtin.unrealized_conversion_cast' op expected totals to be returned alone, got '!mhc.total<6xf32>'}}
    %0 = builtin.unrealized_conversion_cast %t : !mhc.total<6xf32> to f32
    mhc.return %0 : f32
  }
  return
}

// -----

// Memory.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'memref.alloca' op expected an op that touches no memory in a kernel}}
    %m = memref.alloca() : memref<f32>
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A branch inside.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %t = arith.constant true
    // expected-error @below {{'scf.if' op expected no op with regions but mhc.sweep in a kernel}}
    %0 = scf.if %t -> f32 {
      %1 = arith.constant 1.0 : f32
      scf.yield %1 : f32
    } else {
      %2 = arith.constant 2.0 : f32
      scf.yield %2 : f32
    }
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Tensors as values.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'arith.constant' op expected numbers and vectors of a fixed length in a kernel, got 'tensor<4xf32>'}}
    %0 = arith.constant dense<1.0> : tensor<4xf32>
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// An index as a value.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) {
    // expected-error @below {{'arith.constant' op expected numbers and vectors of a fixed length in a kernel, got 'index'}}
    %0 = arith.constant 1 : index
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A row op outside of sweeps.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.inner' op expected an op on columns to stand in mhc.sweep}}
    %0 = mhc.inner whole %k, %k : (vector<6xf32>, vector<6xf32>) -> f32
    mhc.return %0 : f32
  }
  return
}

// -----

// Coefficients that are made later.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'arith.addf' op expected coefficients that are made before they are read}}
    %s = arith.addf %t, %t : f32
    // expected-note @below {{made here}}
    %t = arith.constant 1.0 : f32
    mhc.return %s : f32
  }
  return
}

// -----

// A value from outside.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>, %y: f32) {
  // expected-note @below {{required by region isolation constraints}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'arith.addf' op using value defined outside the region}}
    %s = arith.addf %y, %y : f32
    mhc.return %s : f32
  }
  return
}

// -----

// Scratch memory of floats.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>, %s: tensor<?xf32>) {
  // expected-error @below {{'mhc.kernel' op operand #2 must be 1D tensor of 8-bit signless integer values or 1D memref of 8-bit signless integer values, but got 'tensor<?xf32>'}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) workspace(%s : tensor<?xf32>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// Two pieces of scratch memory.
func.func @f(%x: tensor<?x8xf32>, %e: tensor<?x8xf32>, %s: tensor<?xi8>) {
  // expected-error @below {{'mhc.kernel' op operand group starting at #2 requires 0 or 1 element, but found 2}}
  %0 = mhc.kernel ins(%a = %x : tensor<?x8xf32> as !mhc.row<8xf32>)
      outs(%e : tensor<?x8xf32>) workspace(%s : tensor<?xi8>, %s : tensor<?xi8>) {
    %r = mhc.sweep over 8 (%c = %a : !mhc.row<8xf32>) -> (!mhc.row<8xf32>) {
      mhc.exit row(%c : f32)
    }
    mhc.return %r : !mhc.row<8xf32>
  }
  return
}

// -----

// A sum of other numbers.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<3xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<3xf32>) {
    // expected-error @below {{'mhc.total' op expected a result of '!mhc.total<6xf32>' for 'vector<6xf32>', got '!mhc.total<3xf32>'}}
    %t = mhc.total %k : vector<6xf32> -> !mhc.total<3xf32>
    mhc.return %t : !mhc.total<3xf32>
  }
  return
}

// -----

// A total of bf16.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<bf16>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<bf16>) {
    %q = arith.constant 1.0 : bf16
    // expected-error @below {{'mhc.total' op operand #0 must be f32 or f64 or fixed-length vector of f32 or f64 values, but got 'bf16'}}
    %t = mhc.total %q : bf16 -> !mhc.total<bf16>
    mhc.return %t : !mhc.total<bf16>
  }
  return
}

// -----

// A total outside of kernels.
func.func @f(%k: vector<6xf32>) {
  // expected-error @below {{'mhc.total' op expects parent op 'mhc.kernel'}}
  %t = mhc.total %k : vector<6xf32> -> !mhc.total<6xf32>
  return
}

// -----

// A return outside of kernels.
func.func @f() {
  // expected-error @below {{'mhc.return' op expects parent op to be one of 'mhc.kernel, mhc.prepare, mhc.recompute'}}
  mhc.return
}
