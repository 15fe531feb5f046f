// What is called a few times is inlined; what would grow the module is not.
// RUN: mhc-opt %s --mhc-inline-sublayers | FileCheck %s
// RUN: mhc-opt %s --mhc-inline-sublayers=limit=5 | FileCheck %s --check-prefix=FEW
// RUN: mhc-opt %s --mhc-inline-sublayers=limit=0 | FileCheck %s --check-prefix=NONE

// A function of three ops that is called twice adds six.
func.func private @twice(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = arith.addf %x, %x : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}
func.func private @opaque(tensor<?x8xf32>) -> tensor<?x8xf32>
// Inlined into itself a few times at most, and left alone here: it adds more.
func.func private @endless(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = call @endless(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @layers
// CHECK-NOT:     call @twice
// CHECK:         arith.addf
// CHECK:         arith.addf
// CHECK:         call @opaque
// FEW-LABEL:   func.func @layers
// FEW-COUNT-2:   call @twice
// NONE-LABEL:  func.func @layers
// NONE-COUNT-2:  call @twice
func.func @layers(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = call @twice(%x) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = call @twice(%0) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = call @opaque(%1) : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}
