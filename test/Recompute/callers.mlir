// RUN: split-file %s %t
// RUN: not mhc-opt %t/called.mlir --mhc-insert-recompute="function=f budget=100%%" 2>&1 | FileCheck %s --check-prefix=CALLED
// RUN: mhc-opt %t/recursive.mlir --mhc-insert-recompute=budget=100%% | FileCheck %s --check-prefix=RECURSIVE
// RUN: mhc-opt %t/twice.mlir --mhc-insert-recompute=budget=100%% | FileCheck %s --check-prefix=TWICE
// RUN: mhc-opt %t/pins.mlir --mhc-insert-recompute=budget=100%% --remarks-filter=mhc-insert-recompute 2>&1 | FileCheck %s --check-prefix=PINS

// A pair that something calls would no longer fit its calls.
// CALLED: called.mlir:1:1: error: expected '@f_forward' and '@f_backward' not to be called, as their residuals change; got a call
// CALLED: called.mlir:{{[0-9]+}}:10: note: called here
//--- called.mlir
func.func @f(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}
func.func @f_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y, %x : tensor<?x64xbf16>, tensor<?x4x64xbf16>
}
func.func @f_backward(%x: tensor<?x4x64xbf16>, %g: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
  return %x : tensor<?x4x64xbf16>
}
func.func @step(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y:2 = call @f_forward(%x, %pre) : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>)
  return %y#0 : tensor<?x64xbf16>
}

// A layer that calls itself is inlined once, and stays a call inside.
// RECURSIVE-LABEL: func.func @f_forward(
// RECURSIVE-NEXT:    mhc.aggregate
// RECURSIVE-NEXT:    call @layer(
// RECURSIVE-NEXT:    return
//--- recursive.mlir
func.func private @layer(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %z = call @layer(%x, %pre) : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %z : tensor<?x64xbf16>
}
func.func @f(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y = call @layer(%x, %pre) : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}
func.func @f_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %y = call @layer(%x, %pre) : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y, %x : tensor<?x64xbf16>, tensor<?x4x64xbf16>
}
func.func @f_backward(%x: tensor<?x4x64xbf16>, %g: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
  return %x : tensor<?x4x64xbf16>
}

// A residual that is returned twice is kept once; attributes stay with what they are of.
// TWICE-LABEL: func.func @f_forward(
// TWICE-SAME:    -> (tensor<?x64xbf16> {my.y}, tensor<?x4x64xbf16> {my.x})
// TWICE-LABEL: func.func @f_backward(
// TWICE-SAME:    %[[X:[a-z0-9]+]]: tensor<?x4x64xbf16> {my.x}, %[[G:[a-z0-9]+]]: tensor<?x64xbf16> {my.g})
// TWICE-NEXT:    return %[[X]], %[[X]]
//--- twice.mlir
func.func @f(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}
func.func @f_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>)
    -> (tensor<?x64xbf16> {my.y}, tensor<?x4x64xbf16> {my.x}, tensor<?x4x64xbf16> {my.second}) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y, %x, %x : tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4x64xbf16>
}
func.func @f_backward(%x: tensor<?x4x64xbf16> {my.x}, %second: tensor<?x4x64xbf16> {my.second}, %g: tensor<?x64xbf16> {my.g})
    -> (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) {
  return %x, %second : tensor<?x4x64xbf16>, tensor<?x4x64xbf16>
}

// Pins of pins are pins of the value.
// PINS: Function=f_forward | {{.*}}Everything=0,
// PINS-NOT: mhc.pin
//--- pins.mlir
func.func @f(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y : tensor<?x64xbf16>
}
func.func @f_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> (tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %a = mhc.pin keep %x : tensor<?x4x64xbf16>
  %b = mhc.pin given %a : tensor<?x4x64xbf16>
  %y = mhc.aggregate %b, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  return %y, %b : tensor<?x64xbf16>, tensor<?x4x64xbf16>
}
func.func @f_backward(%x: tensor<?x4x64xbf16>, %g: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
  return %x : tensor<?x4x64xbf16>
}
