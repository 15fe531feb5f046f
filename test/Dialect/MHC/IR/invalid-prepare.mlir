// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What mhc.prepare refuses.

// A dynamic operand.
func.func @f(%x: tensor<?x16xf32>) {
  // expected-error @below {{'mhc.prepare' op expected weights of static shapes, got 'tensor<?x16xf32>'}}
  %0 = mhc.prepare ins(%a = %x : tensor<?x16xf32>) -> (tensor<2x16xf32>) {
    %0 = arith.constant dense<0.0> : tensor<2x16xf32>
    mhc.return %0 : tensor<2x16xf32>
  }
  return
}

// -----

// A dynamic result.
func.func @f(%x: tensor<2x16xf32>) {
  // expected-error @below {{'mhc.prepare' op expected weights of static shapes, got 'tensor<?x16xf32>'}}
  %0 = mhc.prepare ins(%a = %x : tensor<2x16xf32>) -> (tensor<?x16xf32>) {
    mhc.return %a : tensor<2x16xf32>
  }
  return
}

// -----

// A number.
func.func @f(%x: f32) {
  // expected-error @below {{'mhc.prepare' op operand #0 must be variadic of ranked tensor of any type values, but got 'f32'}}
  %0 = mhc.prepare ins(%a = %x : f32) -> (tensor<2x16xf32>) {
    mhc.return %a : f32
  }
  return
}

// -----

// An argument of another type.
func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{'mhc.prepare' op expected an argument of the region for each operand, of its type}}
  %0 = "mhc.prepare"(%x) ({
  ^bb0(%a: tensor<3xf32>):
    %1 = arith.constant dense<0.0> : tensor<2xf32>
    mhc.return %1 : tensor<2xf32>
  }) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// Another terminator.
func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{'mhc.prepare' op expected the region to end with mhc.return}}
  %0 = "mhc.prepare"(%x) ({
  ^bb0(%a: tensor<2xf32>):
    llvm.unreachable
  }) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

// A value of another type.
func.func @f(%x: tensor<2x16xf32>) {
  %0 = mhc.prepare ins(%a = %x : tensor<2x16xf32>) -> (tensor<2x16xf32>) {
    %0 = arith.constant dense<0.0> : tensor<2xf32>
    // expected-error @below {{'mhc.return' op expected values of the types of the results}}
    mhc.return %0 : tensor<2xf32>
  }
  return
}

// -----

// Two values for one result.
func.func @f(%x: tensor<2x16xf32>) {
  %0 = mhc.prepare ins(%a = %x : tensor<2x16xf32>) -> (tensor<2x16xf32>) {
    // expected-error @below {{'mhc.return' op expected values of the types of the results}}
    mhc.return %a, %a : tensor<2x16xf32>, tensor<2x16xf32>
  }
  return
}

// -----

// Memory.
func.func @f(%x: tensor<2x16xf32>) {
  %0 = mhc.prepare ins(%a = %x : tensor<2x16xf32>) -> (tensor<2x16xf32>) {
    // expected-error @below {{'memref.alloc' op expected an op without side effects in work on weights}}
    %m = memref.alloc() : memref<f32>
    mhc.return %a : tensor<2x16xf32>
  }
  return
}

// -----

// A value from outside.
func.func @f(%x: tensor<2x16xf32>) {
  // expected-note @below {{required by region isolation constraints}}
  %0 = mhc.prepare ins(%a = %x : tensor<2x16xf32>) -> (tensor<2x16xf32>) {
    // expected-error @below {{'arith.addf' op using value defined outside the region}}
    %0 = arith.addf %a, %x : tensor<2x16xf32>
    mhc.return %0 : tensor<2x16xf32>
  }
  return
}
