// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.sweep and mhc.exit refuse.

// Outside of a kernel.
func.func @f() {
  // expected-error @below {{'mhc.sweep' op expects parent op 'mhc.kernel'}}
  mhc.sweep over 8 () -> () {
    mhc.exit nothing
  }
  return
}

// -----

// An exit outside of a sweep.
func.func @f() {
  // expected-error @below {{'mhc.exit' op expects parent op 'mhc.sweep'}}
  mhc.exit nothing
}

// -----

// No columns.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    // expected-error @below {{'mhc.sweep' op expected hidden to be from 1 to 2147483647, got 0}}
    mhc.sweep over 0 () -> () {
      mhc.exit nothing
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A negative hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    // expected-error @below {{'mhc.sweep' op expected hidden to be from 1 to 2147483647, got -8}}
    mhc.sweep over -8 () -> () {
      mhc.exit nothing
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Too large a hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = arith.constant 1.0 : f32
    // expected-error @below {{'mhc.sweep' op expected hidden to be from 1 to 2147483647, got 2147483648}}
    mhc.sweep over 2147483648 () -> () {
      mhc.exit nothing
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A row of another hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.sweep' op expected rows of hidden 16 as the sweep has, got '!mhc.row<2x8xf32>'}}
    %s = mhc.sweep over 16 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients as rows.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.sweep' op expected rows, got 'vector<6xf32>'}}
    %s = "mhc.sweep"(%k) <{hidden = 8 : i64}> ({
    ^bb0(%c: f32):
      mhc.exit sum(%c : f32)
    }) : (vector<6xf32>) -> f32
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients where rows are written.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{custom op 'mhc.sweep' expected !mhc.row, got 'vector<6xf32>'}}
    %s = mhc.sweep over 8 (%q = %k : vector<6xf32>) -> (f32) {
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A number over hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{custom op 'mhc.sweep' expected integer value}}
    %s = mhc.sweep over x (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Fewer columns than rows.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.sweep' op expected an argument of the region for each of 1 rows, got 0}}
    %s = "mhc.sweep"(%a) <{hidden = 8 : i64}> ({
      %q = arith.constant 1.0 : f32
      mhc.exit sum(%q : f32)
    }) : (!mhc.row<2x8xf32>) -> f32
    mhc.return %s : f32
  }
  return
}

// -----

// A column of another type.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.sweep' op expected 'vector<2xf32>' for a column of '!mhc.row<2x8xf32>', got 'vector<4xf32>'}}
    %s = "mhc.sweep"(%a) <{hidden = 8 : i64}> ({
    ^bb0(%c: vector<4xf32>):
      %q = arith.constant 1.0 : f32
      mhc.exit sum(%q : f32)
    }) : (!mhc.row<2x8xf32>) -> f32
    mhc.return %s : f32
  }
  return
}

// -----

// Another terminator.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    // expected-error @below {{'mhc.sweep' op expected the region to end with mhc.exit}}
    %s = "mhc.sweep"(%a) <{hidden = 8 : i64}> ({
    ^bb0(%c: vector<2xf32>):
      llvm.unreachable
    }) : (!mhc.row<2x8xf32>) -> f32
    mhc.return %s : f32
  }
  return
}

// -----

// A sum in its own sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'arith.addf' op expected values that are made before, got a result of the sweep that it stands in, which is complete when the sweep ends}}
      %q = arith.addf %s, %s : f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A sum of a later sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'arith.addf' op expected coefficients that are made before they are read}}
      %q = arith.addf %t, %t : f32
      mhc.exit sum(%q : f32)
    }
    // expected-note @below {{made here}}
    %t = arith.constant 1.0 : f32
    mhc.return %s : f32
  }
  return
}

// -----

// A value that is made later in the sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'arith.addf' op expected coefficients that are made before they are read}}
      %q = arith.addf %t, %t : f32
      // expected-note @below {{made here}}
      %t = arith.constant 1.0 : f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A row in its own sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'builtin.unrealized_conversion_cast' op expected columns, coefficients or weights in a sweep, got '!mhc.row<2x8xf32>'}}
      %q = builtin.unrealized_conversion_cast %a : !mhc.row<2x8xf32> to f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A total in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %t = mhc.total %k : vector<6xf32> -> !mhc.total<6xf32>
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'builtin.unrealized_conversion_cast' op expected columns, coefficients or weights in a sweep, got '!mhc.total<6xf32>'}}
      %q = builtin.unrealized_conversion_cast %t : !mhc.total<6xf32> to f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Weights in arithmetic.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'builtin.unrealized_conversion_cast' op expected weights to be used by mhc.backproject and mhc.exit alone, got '!mhc.weight<6x2x8xf32>'}}
      %q = builtin.unrealized_conversion_cast %w : !mhc.weight<6x2x8xf32> to f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Weights of another hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %psi: tensor<6x8xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>,
          %v = %psi : tensor<6x8xf32> as !mhc.weight<6x2x4xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'mhc.backproject' op expected weights of hidden 8 as the sweep has, got '!mhc.weight<6x2x4xf32>'}}
      %b = mhc.backproject %k by %v : (vector<6xf32>, !mhc.weight<6x2x4xf32>) -> vector<2xf32>
      %q = mhc.inner whole %b, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A sweep in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'mhc.sweep' op expects parent op 'mhc.kernel'}}
      mhc.sweep over 8 () -> () {
        mhc.exit nothing
      }
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A loop in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %t = arith.constant true
      // expected-error @below {{'scf.if' op expected no op with regions but mhc.sweep in a sweep}}
      %q = scf.if %t -> f32 {
        %1 = arith.constant 1.0 : f32
        scf.yield %1 : f32
      } else {
        %2 = arith.constant 2.0 : f32
        scf.yield %2 : f32
      }
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Memory in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'memref.alloca' op expected an op that touches no memory in a sweep}}
      %m = memref.alloca() : memref<f32>
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A tensor in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'tensor.empty' op expected numbers and vectors of a fixed length in a sweep, got 'tensor<4xf32>'}}
      %0 = tensor.empty() : tensor<4xf32>
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Scalable vectors in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'arith.constant' op expected numbers and vectors of a fixed length in a sweep, got 'vector<[4]xf32>'}}
      %0 = arith.constant dense<1.0> : vector<[4]xf32>
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// The token's ops in a sweep.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %p = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.rstd' op expected an op of the token's program to stand outside of sweeps}}
      %q = mhc.rstd %p {count = 8 : i64, eps = 0.0 : f64} : f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients of a column: combine.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'mhc.combine' op expected coefficients of the token, got those of a column, 'vector<2xf32>'}}
      %o = mhc.combine (%c scaled %c : vector<2xf32>, vector<2xf32>) -> vector<2xf32>
      %q = mhc.inner whole %o, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients of a column: aggregate, by way of arithmetic.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %d2 = arith.addf %c, %c : vector<2xf32>
      // expected-error @below {{'mhc.aggregate' op expected coefficients of the token, got those of a column, 'vector<2xf32>'}}
      %q = mhc.aggregate %c, %d2 : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients of a column: backproject.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %b = mhc.backproject %k by %w : (vector<6xf32>, !mhc.weight<6x2x8xf32>) -> vector<2xf32>
      %d2 = vector.broadcast %b : vector<2xf32> to vector<3x2xf32>
      %d3 = vector.shape_cast %d2 : vector<3x2xf32> to vector<6xf32>
      // expected-error @below {{'mhc.backproject' op expected coefficients of the token, got those of a column, 'vector<6xf32>'}}
      %o = mhc.backproject %d3 by %w : (vector<6xf32>, !mhc.weight<6x2x8xf32>) -> vector<2xf32>
      %q = mhc.inner whole %o, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Coefficients of a column: outer.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<2x2x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<2x2x8xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (!mhc.total<2x2x8xf32>) {
      // expected-error @below {{'mhc.exit' op expected coefficients of the token, got those of a column, 'vector<2xf32>'}}
      mhc.exit outer(%c by %c : vector<2xf32>, vector<2xf32>)
    }
    mhc.return %s : !mhc.total<2x2x8xf32>
  }
  return
}

// -----

// Tensors in a row op.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'mhc.inner' op expected tensors alone, or in a kernel scalars, vectors and weights alone, got 'vector<2xf32>' beside 'tensor<2x2xf32>'}}
      %q = "mhc.inner"(%c, %c) : (vector<2xf32>, vector<2xf32>) -> tensor<2x2xf32>
      %p = arith.constant 1.0 : f32
      mhc.exit sum(%p : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A norm weight in a kernel.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %n = arith.constant dense<1.0> : tensor<16xf32>
      // expected-error @below {{'mhc.backproject' op expected tensors alone, or in a kernel scalars, vectors and weights alone, got 'vector<6xf32>' beside 'tensor<16xf32>'}}
      %b = mhc.backproject %k by %w norm_weight %n : (vector<6xf32>, !mhc.weight<6x2x8xf32>, tensor<16xf32>) -> vector<2xf32>
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A column of eighteen streams.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %v = vector.broadcast %k : vector<6xf32> to vector<3x6xf32>
      %u = vector.shape_cast %v : vector<3x6xf32> to vector<18xf32>
      // expected-error @below {{'mhc.inner' op expected streams, the dimension before the last of 'a', to be static and from 1 to 16, got 'vector<18xf32>'}}
      %q = mhc.inner whole %u, %u : (vector<18xf32>, vector<18xf32>) -> f32
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Two exits for one result.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected one exit for each of 1 results of the sweep, got 2}}
      mhc.exit sum(%q : f32), sum(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// No exit for a result.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      // expected-error @below {{'mhc.exit' op expected one exit for each of 1 results of the sweep, got 0}}
      mhc.exit nothing
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A result of another type.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f64) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected result 0 of the sweep to be 'f32' for 'sum', got 'f64'}}
      mhc.exit sum(%q : f32)
    }
    mhc.return %s : f64
  }
  return
}

// -----

// A row of another type.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?x8xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?x8xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (!mhc.row<8xf32>) {
      // expected-error @below {{'mhc.exit' op expected result 0 of the sweep to be '!mhc.row<2x8xf32>' for 'row', got '!mhc.row<8xf32>'}}
      mhc.exit row(%c : vector<2xf32>)
    }
    mhc.return %s : !mhc.row<8xf32>
  }
  return
}

// -----

// A row of matrices.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = vector.broadcast %c : vector<2xf32> to vector<2x2xf32>
      // expected-error @below {{'mhc.exit' op expected the column of a row to leave by 'row', got 'vector<2x2xf32>'}}
      mhc.exit row(%m : vector<2x2xf32>)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A row of booleans.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = arith.constant true
      // expected-error @below {{'mhc.exit' op expected the column of a row to leave by 'row', got 'i1'}}
      mhc.exit row(%m : i1)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A row of seventeen streams.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = arith.constant dense<1.0> : vector<17xf32>
      // expected-error @below {{'mhc.exit' op expected the column of a row to leave by 'row', got 'vector<17xf32>'}}
      mhc.exit row(%m : vector<17xf32>)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A sum of integers.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = arith.constant 1 : i32
      // expected-error @below {{'mhc.exit' op expected floats to leave by 'sum', got 'i32'}}
      mhc.exit sum(%m : i32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A total of matrices.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = vector.broadcast %c : vector<2xf32> to vector<2x2xf32>
      // expected-error @below {{'mhc.exit' op expected the column of a row of floats to leave by 'total', got 'vector<2x2xf32>'}}
      mhc.exit total(%m : vector<2x2xf32>)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A total of integers.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %m = arith.constant 1 : i32
      // expected-error @below {{'mhc.exit' op expected the column of a row of floats to leave by 'total', got 'i32'}}
      mhc.exit total(%m : i32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A product with coefficients.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      // expected-error @below {{'mhc.exit' op expected !mhc.weight after 'by' of 'project', got 'vector<6xf32>'}}
      mhc.exit project(%c by %k : vector<2xf32>, vector<6xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product of a matrix.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = vector.broadcast %c : vector<2xf32> to vector<2x2xf32>
      // expected-error @below {{'mhc.exit' op expected the column of a row of floats to leave by 'project', got 'vector<2x2xf32>'}}
      mhc.exit project(%m by %w : vector<2x2xf32>, !mhc.weight<6x2x8xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product of integers.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant 1 : i32
      // expected-error @below {{'mhc.exit' op expected the column of a row of floats to leave by 'project', got 'i32'}}
      mhc.exit project(%m by %w : i32, !mhc.weight<6x2x8xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product of a column without streams.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant 1.0 : f32
      // expected-error @below {{'mhc.exit' op expected a column with streams for weights with streams, got 'f32'}}
      mhc.exit project(%m by %w : f32, !mhc.weight<6x2x8xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product of other streams.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant dense<1.0> : vector<3xf32>
      // expected-error @below {{'mhc.exit' op expected weights of 3 streams as the column has, in 'project', got '!mhc.weight<6x2x8xf32>'}}
      mhc.exit project(%m by %w : vector<3xf32>, !mhc.weight<6x2x8xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product with weights of another hidden.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %psi: tensor<6x8xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>,
          %v = %psi : tensor<6x8xf32> as !mhc.weight<6x2x4xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      // expected-error @below {{'mhc.exit' op expected weights of hidden 8 as the sweep has, got '!mhc.weight<6x2x4xf32>'}}
      mhc.exit project(%c by %v : vector<2xf32>, !mhc.weight<6x2x4xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// A product with weights that are too wide.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %psi: tensor<6x16xf64>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>,
          %v = %psi : tensor<6x16xf64> as !mhc.weight<6x2x8xf64>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      // expected-error @below {{'mhc.exit' op expected weights no wider than the coefficients, in 'project', got '!mhc.weight<6x2x8xf64>'}}
      mhc.exit project(%c by %v : vector<2xf32>, !mhc.weight<6x2x8xf64>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product of integers.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant 1 : i32
      // expected-error @below {{'mhc.exit' op expected the column of a row of floats to leave by 'outer', got 'i32'}}
      mhc.exit outer(%k by %m : vector<6xf32>, i32)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product by a number.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant 1.0 : f32
      // expected-error @below {{'mhc.exit' op expected a vector of coefficients before 'by' of 'outer', got 'f32'}}
      mhc.exit outer(%m by %c : f32, vector<2xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product by coefficients of f64.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant dense<1.0> : vector<6xf64>
      // expected-error @below {{'mhc.exit' op expected a vector of coefficients before 'by' of 'outer', got 'vector<6xf64>'}}
      mhc.exit outer(%m by %c : vector<6xf64>, vector<2xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product by a vector of no dimension.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant dense<1.0> : vector<f32>
      // expected-error @below {{'mhc.exit' op expected coefficients [m] or [n, m] before 'by' of 'outer', got 'vector<f32>'}}
      mhc.exit outer(%m by %c : vector<f32>, vector<2xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product by three dimensions.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant dense<1.0> : vector<2x2x2xf32>
      // expected-error @below {{'mhc.exit' op expected coefficients [m] or [n, m] before 'by' of 'outer', got 'vector<2x2x2xf32>'}}
      mhc.exit outer(%m by %c : vector<2x2x2xf32>, vector<2xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An outer product by coefficients of other streams.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      %m = arith.constant dense<1.0> : vector<3x6xf32>
      // expected-error @below {{'mhc.exit' op expected coefficients of the streams of the column, in 'outer', got 'vector<3x6xf32>'}}
      mhc.exit outer(%m by %c : vector<3x6xf32>, vector<2xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// An exit that there is not.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{custom op 'mhc.exit' expected one of row, sum, project, outer, total; got 'mean'}}
      mhc.exit mean(%q : f32)
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A precision that there is not.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (vector<6xf32>) {
      // expected-error @below {{custom op 'mhc.exit' expected one of bf16x3, bf16x2, tf32, f32; got 'f16'}}
      mhc.exit project(%c by %w precision f16 : vector<2xf32>, !mhc.weight<6x2x8xf32>)
    }
    mhc.return %s : vector<6xf32>
  }
  return
}

// -----

// Kinds without precisions.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected a precision for each of 1 exits, got 0}}
      "mhc.exit"(%q) <{kinds = [#mhc.exit_kind<sum>], precisions = []}> : (f32) -> ()
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Operands without kinds.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected 0 operands for these exits, got 1}}
      "mhc.exit"(%q) <{kinds = [], precisions = []}> : (f32) -> ()
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A product of one operand.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected 2 operands for these exits, got 1}}
      "mhc.exit"(%q) <{kinds = [#mhc.exit_kind<project>], precisions = [#mhc.precision<tf32>]}> : (f32) -> ()
    }
    mhc.return %s : f32
  }
  return
}

// -----

// A precision of a sum.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op expected a precision of products alone, got tf32 for 'sum'}}
      "mhc.exit"(%q) <{kinds = [#mhc.exit_kind<sum>], precisions = [#mhc.precision<tf32>]}> : (f32) -> ()
    }
    mhc.return %s : f32
  }
  return
}

// -----

// Kinds of another type.
func.func @f(%x: tensor<?x2x8xf32>, %d: tensor<?x6xf32>, %phi: tensor<6x16xf32>, %e: tensor<?xf32>) {
  %0 = mhc.kernel ins(%a = %x : tensor<?x2x8xf32> as !mhc.row<2x8xf32>, %k = %d : tensor<?x6xf32> as vector<6xf32>,
          %w = %phi : tensor<6x16xf32> as !mhc.weight<6x2x8xf32>)
      outs(%e : tensor<?xf32>) {
    %s = mhc.sweep over 8 (%c = %a : !mhc.row<2x8xf32>) -> (f32) {
      %q = mhc.inner whole %c, %c : (vector<2xf32>, vector<2xf32>) -> f32
      // expected-error @below {{'mhc.exit' op attribute 'kinds' failed to satisfy constraint: kinds of the exits}}
      "mhc.exit"(%q) <{kinds = [1], precisions = [#mhc.precision<tf32>]}> : (f32) -> ()
    }
    mhc.return %s : f32
  }
  return
}
