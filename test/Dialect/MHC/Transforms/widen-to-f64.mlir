// RUN: mhc-opt %s --mhc-widen-to-f64 --split-input-file --mlir-print-local-scope | FileCheck %s --implicit-check-not=f32 --implicit-check-not=f16
// RUN: mhc-opt %s --mhc-widen-to-f64=round=true --split-input-file --mlir-print-local-scope | FileCheck %s --check-prefix=ROUND

// Casts are dropped; with `round` one to a narrower type is a cast there and back.

// CHECK-LABEL: func.func @casts(
// CHECK-SAME:    %[[X:.*]]: f64) -> f64
// CHECK-NEXT:    %[[C:.*]] = arith.constant 5.000000e-01 : f64
// CHECK-NEXT:    %[[H:.*]] = arith.mulf %[[X]], %[[C]] : f64
// CHECK-NEXT:    return %[[H]] : f64
// ROUND-LABEL: func.func @casts(
// ROUND-SAME:    %[[X:.*]]: f64) -> f64
// ROUND-NEXT:    %[[C:.*]] = arith.constant 5.000000e-01 : f64
// ROUND-NEXT:    %[[H:.*]] = arith.mulf %[[X]], %[[C]] : f64
// ROUND-NEXT:    %[[T:.*]] = arith.truncf %[[H]] : f64 to bf16
// ROUND-NEXT:    %[[R:.*]] = arith.extf %[[T]] : bf16 to f64
// ROUND-NEXT:    return %[[R]] : f64
func.func @casts(%x: bf16) -> bf16 {
  %w = arith.extf %x : bf16 to f32
  %c = arith.constant 0.5 : f32
  %h = arith.mulf %w, %c : f32
  %r = arith.truncf %h : f32 to bf16
  return %r : bf16
}

// -----

// A cast from f64 rounds to f32, one between the narrow types to the narrower.

// CHECK-LABEL: func.func @chain(
// CHECK-SAME:    %[[X:.*]]: f64)
// CHECK-NEXT:    return %[[X]] : f64
// ROUND-LABEL: func.func @chain(
// ROUND-SAME:    %[[X:.*]]: f64)
// ROUND-NEXT:    %[[T:.*]] = arith.truncf %[[X]] : f64 to f32
// ROUND-NEXT:    %[[E:.*]] = arith.extf %[[T]] : f32 to f64
// ROUND-NEXT:    %[[T1:.*]] = arith.truncf %[[E]] : f64 to f16
// ROUND-NEXT:    %[[E1:.*]] = arith.extf %[[T1]] : f16 to f64
// ROUND-NEXT:    return %[[E1]] : f64
func.func @chain(%x: f64) -> f16 {
  %0 = arith.truncf %x : f64 to f32
  %1 = arith.truncf %0 : f32 to f16
  return %1 : f16
}

// -----

// Types inside others: tensors, functions, calls, block arguments; f64 and integers stay.

// CHECK-LABEL: func.func private @outside(tensor<?x4xf64>, i32) -> (tensor<4xf64>, memref<2xf64>)
func.func private @outside(tensor<?x4xbf16>, i32) -> (tensor<4xf16>, memref<2xf32>)

// CHECK-LABEL: func.func @nested(
// CHECK-SAME:    %[[X:.*]]: tensor<?x4xf64>, %[[I:.*]]: i32, %[[D:.*]]: f64) -> tensor<4xf64>
// CHECK-NEXT:    %[[R:.*]]:2 = call @outside(%[[X]], %[[I]]) : (tensor<?x4xf64>, i32) -> (tensor<4xf64>, memref<2xf64>)
// CHECK-NEXT:    return %[[R]]#0 : tensor<4xf64>
func.func @nested(%x: tensor<?x4xbf16>, %i: i32, %d: f64) -> tensor<4xf16> {
  %0:2 = call @outside(%x, %i) : (tensor<?x4xbf16>, i32) -> (tensor<4xf16>, memref<2xf32>)
  return %0#0 : tensor<4xf16>
}

// -----

// CHECK-LABEL: func.func @body(
// CHECK:         linalg.generic
// CHECK-NEXT:    ^{{.*}}(%[[A:.*]]: f64, %[[B:.*]]: f64):
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[A]], %[[B]] : f64
// CHECK-NEXT:      linalg.yield %[[S]] : f64
// CHECK-NEXT:    } -> tensor<4xf64>
func.func @body(%x: tensor<4xbf16>, %o: tensor<4xf32>) -> tensor<4xf32> {
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xbf16>) outs(%o : tensor<4xf32>) {
  ^bb0(%a: bf16, %b: f32):
    %w = arith.extf %a : bf16 to f32
    %s = arith.addf %w, %b : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Constants keep their value, which every f64 holds: scalars, splats, dense arrays, inf and NaN; integers stay.

// CHECK-LABEL: func.func @constants(
// CHECK-NEXT:    arith.constant 0.10000000149011612 : f64
// CHECK-NEXT:    arith.constant 0x7FF0000000000000 : f64
// CHECK-NEXT:    arith.constant 0x7FF8000000000000 : f64
// CHECK-NEXT:    arith.constant dense<1.0009765625{{0*}}> : tensor<4xf64>
// CHECK-NEXT:    arith.constant dense<{{\[\[}}1.000000e+00, -2.500000e-01], [3.000000e+00, 0xFFF0000000000000]]> : tensor<2x2xf64>
// CHECK-NEXT:    arith.constant dense<> : tensor<0xf64>
// CHECK-NEXT:    arith.constant dense<[1, 2]> : tensor<2xi32>
func.func @constants() {
  %0 = arith.constant 0.1 : f32
  %1 = arith.constant 0x7F80 : bf16
  %2 = arith.constant 0x7E00 : f16
  %3 = arith.constant dense<1.0009765625> : tensor<4xf16>
  %4 = arith.constant dense<[[1.0, -0.25], [3.0, 0xFF80]]> : tensor<2x2xbf16>
  %5 = arith.constant dense<> : tensor<0xf32>
  %6 = arith.constant dense<[1, 2]> : tensor<2xi32>
  return
}

// -----

// An array kept outside the text: f32 is read and widened, f64 and integers stay.

// CHECK-LABEL: func.func @resources(
// CHECK-NEXT:    arith.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>
// CHECK-NEXT:    arith.constant dense_resource<wide> : tensor<1xf64>
// CHECK-NEXT:    arith.constant dense_resource<ints> : tensor<1xi32>
func.func @resources() {
  %0 = arith.constant dense_resource<floats> : tensor<2xf32>
  %1 = arith.constant dense_resource<wide> : tensor<1xf64>
  %2 = arith.constant dense_resource<ints> : tensor<1xi32>
  return
}
{-#
  dialect_resources: {
    builtin: {
      floats: "0x040000000000803F00000040",
      wide: "0x08000000000000000000F03F",
      ints: "0x0400000007000000"
    }
  }
#-}

// -----

// With `round`, arithmetic on bf16 and f16 elements is rounded, every op of it; that of f32 and f64 is not, nor are
// constants, comparisons and what only moves a value.

// ROUND-LABEL: func.func @narrow(
// ROUND-SAME:    %[[A:.*]]: f64, %[[B:.*]]: f64, %[[C:.*]]: f64, %[[D:.*]]: f64)
// ROUND-NEXT:    %[[S:.*]] = arith.addf %[[A]], %[[B]] : f64
// ROUND-NEXT:    %[[ST:.*]] = arith.truncf %[[S]] : f64 to bf16
// ROUND-NEXT:    %[[SE:.*]] = arith.extf %[[ST]] : bf16 to f64
// ROUND-NEXT:    %[[M:.*]] = math.exp %[[SE]] : f64
// ROUND-NEXT:    %[[MT:.*]] = arith.truncf %[[M]] : f64 to bf16
// ROUND-NEXT:    %[[ME:.*]] = arith.extf %[[MT]] : bf16 to f64
// ROUND-NEXT:    %[[F:.*]] = arith.mulf %[[C]], %[[C]] : f64
// ROUND-NEXT:    %[[G:.*]] = arith.mulf %[[D]], %[[D]] : f64
// ROUND-NEXT:    %[[K:.*]] = arith.constant 1.000000e+00 : f64
// ROUND-NEXT:    %[[L:.*]] = arith.cmpf olt, %[[ME]], %[[K]] : f64
// ROUND-NEXT:    return %[[ME]], %[[F]], %[[G]], %[[L]]
func.func @narrow(%a: bf16, %b: bf16, %c: f32, %d: f64) -> (bf16, f32, f64, i1) {
  %s = arith.addf %a, %b : bf16
  %m = math.exp %s : bf16
  %f = arith.mulf %c, %c : f32
  %g = arith.mulf %d, %d : f64
  %k = arith.constant 1.0 : bf16
  %l = arith.cmpf olt, %m, %k : bf16
  return %m, %f, %g, %l : bf16, f32, f64, i1
}

// -----

// Tensors of them; integers become floats of the type that the program says.

// ROUND-LABEL: func.func @tensors(
// ROUND-NEXT:    %[[S:.*]] = arith.addf %{{.*}}, %{{.*}} : tensor<4xf64>
// ROUND-NEXT:    %[[T:.*]] = arith.truncf %[[S]] : tensor<4xf64> to tensor<4xf16>
// ROUND-NEXT:    %[[E:.*]] = arith.extf %[[T]] : tensor<4xf16> to tensor<4xf64>
// ROUND-NEXT:    %[[I:.*]] = arith.sitofp %{{.*}} : i32 to f64
// ROUND-NEXT:    %[[IT:.*]] = arith.truncf %[[I]] : f64 to f32
// ROUND-NEXT:    %[[IE:.*]] = arith.extf %[[IT]] : f32 to f64
// ROUND-NEXT:    %[[J:.*]] = arith.uitofp %{{.*}} : i32 to f64
// ROUND-NEXT:    return %[[E]], %[[IE]], %[[J]]
func.func @tensors(%a: tensor<4xf16>, %i: i32) -> (tensor<4xf16>, f32, f64) {
  %s = arith.addf %a, %a : tensor<4xf16>
  %f = arith.sitofp %i : i32 to f32
  %g = arith.uitofp %i : i32 to f64
  return %s, %f, %g : tensor<4xf16>, f32, f64
}
