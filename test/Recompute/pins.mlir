// RUN: mhc-opt %s --split-input-file --mhc-differentiate=function=chain "--mhc-insert-recompute=tokens=10 budget=100%%" --remarks-filter=mhc-insert-recompute -o %t.mlir 2> %t.remarks
// RUN: FileCheck %s < %t.remarks
// RUN: FileCheck %s --check-prefix=TEXT < %t.mlir
// RUN: not mhc-opt %s --split-input-file --mhc-differentiate=function=chain "--mhc-insert-recompute=tokens=10 budget=0%%" -o /dev/null 2>&1 | FileCheck %s --check-prefix=SMALLEST

// Pins decide where a budget would let everything be kept. They are gone afterwards, from the function itself too.
// TEXT-NOT: mhc.pin

// Recompute what would be kept.
// CHECK: Plan {{.*}}Function=chain_forward
// CHECK: streams of connection 1 computed again
// CHECK-NEXT: %x1 =
// CHECK: argument of connection 1 computed again
// CHECK: Function=chain_gradient
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x1p = mhc.pin recompute %x1 : tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1p, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %y1p = mhc.pin recompute %y1 : tensor<?x64xbf16>
  %f1 = call @sublayer(%y1p) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1p by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f2 = call @sublayer(%y2) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x3 : tensor<?x4x64xbf16>
}

// -----

// Kept under a budget of nothing: the sum of all is the smallest possible one (x0, x1, y0, f0, y1, f1).
// SMALLEST: error: expected a budget of at least 15360 bytes, got 0
// CHECK: Plan {{.*}}Function=chain_forward {{.*}}Kept=15360
// CHECK: Function=chain_gradient
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %xp = mhc.pin keep %x : tensor<?x4x64xbf16>
  %y0 = mhc.aggregate %xp, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %y0p = mhc.pin keep %y0 : tensor<?x64xbf16>
  %f0 = call @sublayer(%y0p) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f0p = mhc.pin keep %f0 : tensor<?x64xbf16>
  %x1 = mhc.combine (%f0p by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%xp by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x1p = mhc.pin keep %x1 : tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1p, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %y1p = mhc.pin keep %y1 : tensor<?x64xbf16>
  %f1 = call @sublayer(%y1p) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f1p = mhc.pin keep %f1 : tensor<?x64xbf16>
  %x2 = mhc.combine (%f1p by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1p by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x2 : tensor<?x4x64xbf16>
}

// -----

// Given: costs nothing. What is left are one argument of a sublayer, and x1 that comes from nowhere else.
// SMALLEST: error: expected a budget of at least {{[0-9]+}} bytes, got 0
// CHECK: Plan {{.*}}Function=chain_forward | Budget=7680, BytesMoved=0, Connections=2, Everything=7680, Kept=7680, Peak=7680
// CHECK: Function=chain_gradient
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %xp = mhc.pin given %x : tensor<?x4x64xbf16>
  %y0 = mhc.aggregate %xp, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f0p = mhc.pin given %f0 : tensor<?x64xbf16>
  %x1 = mhc.combine (%f0p by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%xp by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f1p = mhc.pin given %f1 : tensor<?x64xbf16>
  %x2 = mhc.combine (%f1p by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x2 : tensor<?x4x64xbf16>
}

// -----

// Two stages: the streams of the second are kept, so a block of four has its cut there.
// CHECK: Plan {{.*}}Function=chain_forward
// CHECK: streams of connection 2 kept
// CHECK: Function=chain_gradient
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x1p = mhc.pin recompute %x1 : tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1p, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1p by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x2p = mhc.pin stage %x2 : tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2p, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f2 = call @sublayer(%y2) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2p by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x3p = mhc.pin recompute %x3 : tensor<?x4x64xbf16>
  %y3 = mhc.aggregate %x3p, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f3 = call @sublayer(%y3) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x4 = mhc.combine (%f3 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x3p by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x4 : tensor<?x4x64xbf16>
}

// -----

// A sublayer with a body is run again.
// CHECK: Plan {{.*}}Function=chain_forward
// CHECK: output of connection 1 computed again
// CHECK: Function=chain_gradient
// TEXT: func.func private @sublayer_forward
// TEXT: func.func @chain_backward
// TEXT: mhc.recompute ins
// TEXT-NOT: mhc.return
// TEXT: func.call @sublayer_forward
#row = affine_map<(t, c) -> (t, c)>
func.func private @sublayer(%y: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
  %empty = tensor.empty(%tokens) : tensor<?x64xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<?x64xbf16>) outs(%empty : tensor<?x64xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    %wide = arith.extf %in : bf16 to f32
    %square = arith.mulf %wide, %wide : f32
    %narrow = arith.truncf %square : f32 to bf16
    linalg.yield %narrow : bf16
  } -> tensor<?x64xbf16>
  return %f : tensor<?x64xbf16>
}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %f1p = mhc.pin recompute %f1 : tensor<?x64xbf16>
  %x2 = mhc.combine (%f1p by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f2 = call @sublayer(%y2) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x3 : tensor<?x4x64xbf16>
}

// -----

// The pins of streams that begin, and of those that leave the last connection, where they say nothing new.
// CHECK: Plan {{.*}}Function=chain_forward
// CHECK: Function=chain_gradient
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %xp = mhc.pin stage %x : tensor<?x4x64xbf16>
  %y0 = mhc.aggregate %xp, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%xp by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %x1p = mhc.pin stage %x1 : tensor<?x4x64xbf16>
  return %x1p : tensor<?x4x64xbf16>
}
