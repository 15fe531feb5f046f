// RUN: mhc-opt %s --split-input-file --verify-diagnostics

func.func @kind(%x: tensor<4x64xf32>) {
  // expected-error @below {{got 'store'}}
  %0 = mhc.pin store %x : tensor<4x64xf32>
  return
}

// -----

func.func @vector(%x: tensor<4xi32>) {
  // expected-error @below {{rows}}
  %0 = mhc.pin keep %x : tensor<4xi32>
  return
}

// -----

func.func @other_type(%x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.pin' op failed to verify that all of {value, result} have same type}}
  %0 = "mhc.pin"(%x) {kind = #mhc.pin_kind<keep>} : (tensor<4x64xf32>) -> tensor<4x64xbf16>
  return
}

// -----

func.func @memory(%x: memref<4x64xf32>) {
  // expected-error @below {{'mhc.recompute' op expected ranked tensors and numbers, got 'memref<4x64xf32>'}}
  mhc.recompute ins(%a = %x : memref<4x64xf32>) -> () {
    mhc.return
  }
  return
}

// -----

func.func @memory_result(%x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.recompute' op expected ranked tensors and numbers, got 'memref<4x64xf32>'}}
  %0 = "mhc.recompute"(%x) ({
  ^bb0(%a: tensor<4x64xf32>):
    %1 = bufferization.to_buffer %a : tensor<4x64xf32> to memref<4x64xf32>
    mhc.return %1 : memref<4x64xf32>
  }) : (tensor<4x64xf32>) -> memref<4x64xf32>
  return
}

// -----

func.func @memory_inside(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = mhc.recompute ins(%a = %x : tensor<4x64xf32>) -> (tensor<4x64xf32>) {
    // expected-error @below {{expected tensors and numbers in what is computed again, got 'memref<4x64xf32>'}}
    %1 = memref.alloc() : memref<4x64xf32>
    mhc.return %a : tensor<4x64xf32>
  }
  return %0 : tensor<4x64xf32>
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @below {{'mhc.recompute' op expected ranked tensors and numbers, got 'tensor<*xf32>'}}
  mhc.recompute ins(%a = %x : tensor<*xf32>) -> () {
    mhc.return
  }
  return
}

// -----

func.func @above(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-note @below {{required by region isolation constraints}}
  %0 = mhc.recompute ins() -> (tensor<4x64xf32>) {
    // expected-error @below {{using value defined outside the region}}
    %1 = arith.addf %x, %x : tensor<4x64xf32>
    mhc.return %1 : tensor<4x64xf32>
  }
  return %0 : tensor<4x64xf32>
}

// -----

func.func @results(%x: tensor<4x64xf32>) -> tensor<4x64xbf16> {
  %0 = mhc.recompute ins(%a = %x : tensor<4x64xf32>) -> (tensor<4x64xbf16>) {
    // expected-error @below {{'mhc.return' op expected values of the types of the results}}
    mhc.return %a : tensor<4x64xf32>
  }
  return %0 : tensor<4x64xbf16>
}

// -----

func.func @count(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  %0 = mhc.recompute ins(%a = %x : tensor<4x64xf32>) -> (tensor<4x64xf32>) {
    // expected-error @below {{'mhc.return' op expected values of the types of the results}}
    mhc.return %a, %a : tensor<4x64xf32>, tensor<4x64xf32>
  }
  return %0 : tensor<4x64xf32>
}

// -----

func.func @arguments(%x: tensor<4x64xf32>) -> tensor<4x64xf32> {
  // expected-error @below {{'mhc.recompute' op expected an argument of the region for each operand, of its type}}
  %0 = "mhc.recompute"(%x) ({
  ^bb0(%a: tensor<4x64xf32>, %b: tensor<4x64xf32>):
    mhc.return %a : tensor<4x64xf32>
  }) : (tensor<4x64xf32>) -> tensor<4x64xf32>
  return %0 : tensor<4x64xf32>
}

// -----

func.func @end(%x: tensor<4x64xf32>) {
  // expected-error @below {{'mhc.recompute' op expected the region to end with mhc.return}}
  "mhc.recompute"(%x) ({
  ^bb0(%a: tensor<4x64xf32>):
    llvm.unreachable
  }) : (tensor<4x64xf32>) -> ()
  return
}
