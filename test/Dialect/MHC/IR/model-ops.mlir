// RUN: mhc-opt %s | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --mlir-print-op-generic | mhc-opt | FileCheck %s
// RUN: mhc-opt %s --emit-bytecode | mhc-opt | FileCheck %s

// What people write: connections of every kind, heads, and the first and last op of a model.

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
#paper = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>,
                      sinkhorn = <iterations = 20, eps = 0.0, start = exp>>
#hc_layer = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5>
#identity = #mhc.variant<mhc, precision = tf32, gates = <>>

// CHECK-DAG: #gates = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 1.0e+00>
// CHECK-DAG: #hc = #mhc.variant<hc, norm = rms, norm_eps = 1.0e-06>
// CHECK-DAG: #hc1 = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-05>
// CHECK-DAG: #paper_gates = #mhc.gates<activation = sigmoid, pre_eps = 0.0e+00, post_mult = 2.0e+00>
// CHECK-DAG: #paper_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 0.0e+00, start = exp>
// CHECK-DAG: #residual = #mhc.variant<residual>
// CHECK-DAG: #v4_gates = #mhc.gates<activation = sigmoid, pre_eps = 1.0e-06, post_mult = 2.0e+00>
// CHECK-DAG: #v4_sinkhorn = #mhc.sinkhorn<iterations = 20, eps = 1.0e-06, start = softmax>
// CHECK-DAG: #mhc = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, precision = tf32, gates = #gates>
// CHECK-DAG: #paper = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, layout = out_in, gates = #paper_gates, sinkhorn = #paper_sinkhorn>
// CHECK-DAG: #v4 = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-06, layout = in_out, gates = #v4_gates, sinkhorn = #v4_sinkhorn>

//===----------------------------------------------------------------------===//
// mhc.connection, residual
//===----------------------------------------------------------------------===//

// With a stream dimension.
// CHECK-LABEL: func.func @residual_streams(
// CHECK: %{{.+}} = mhc.connection #residual %arg0 : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%arg1: tensor<8x64xf32>) {
// CHECK: mhc.yield %arg1 : tensor<8x64xf32>
func.func @residual_streams(%x: tensor<8x1x64xf32>) -> tensor<8x1x64xf32> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xf32>) {
    mhc.yield %y : tensor<8x64xf32>
  }
  return %0 : tensor<8x1x64xf32>
}

// Without one.
// CHECK-LABEL: func.func @residual(
// CHECK: %{{.+}} = mhc.connection #residual %arg0 : (tensor<?x64xbf16>) -> tensor<?x64xbf16> sublayer(%arg1: tensor<?x64xbf16>) {
// CHECK: mhc.yield %arg1 : tensor<?x64xbf16>
func.func @residual(%x: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<?x64xbf16>) -> tensor<?x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    mhc.yield %y : tensor<?x64xbf16>
  }
  return %0 : tensor<?x64xbf16>
}

// Nested: a sublayer that is a connection itself, and uses what is outside. No token dimension.
// CHECK-LABEL: func.func @residual_nested(
// CHECK: %{{.+}} = mhc.connection #residual %arg0 : (tensor<7xf64>) -> tensor<7xf64> sublayer(%arg1: tensor<7xf64>) {
// CHECK: %{{.+}} = mhc.connection #residual %arg0 : (tensor<7xf64>) -> tensor<7xf64> sublayer(%arg2: tensor<7xf64>) {
// CHECK: mhc.yield %arg1 : tensor<7xf64>
// CHECK: mhc.yield %{{.+}} : tensor<7xf64>
func.func @residual_nested(%x: tensor<7xf64>) -> tensor<7xf64> {
  %0 = mhc.connection #mhc.variant<residual> %x : (tensor<7xf64>) -> tensor<7xf64> sublayer(%y: tensor<7xf64>) {
    %1 = mhc.connection #mhc.variant<residual> %x : (tensor<7xf64>) -> tensor<7xf64> sublayer(%z: tensor<7xf64>) {
      mhc.yield %y : tensor<7xf64>
    }
    mhc.yield %1 : tensor<7xf64>
  }
  return %0 : tensor<7xf64>
}

//===----------------------------------------------------------------------===//
// mhc.connection, hc
//===----------------------------------------------------------------------===//

// Static: the coefficients are weights.
// CHECK-LABEL: func.func @hc_static(
// CHECK: %{{.+}} = mhc.connection #hc %arg0 base %arg1 : (tensor<2x?x4x64xf16>, tensor<4x6xf32>) -> tensor<2x?x4x64xf16> sublayer(%arg2: tensor<2x?x64xf16>) {
// CHECK: mhc.yield %arg2 : tensor<2x?x64xf16>
func.func @hc_static(%x: tensor<2x?x4x64xf16>, %base: tensor<4x6xf32>) -> tensor<2x?x4x64xf16> {
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<2x?x4x64xf16>, tensor<4x6xf32>) -> tensor<2x?x4x64xf16> sublayer(%y: tensor<2x?x64xf16>) {
    mhc.yield %y : tensor<2x?x64xf16>
  }
  return %0 : tensor<2x?x4x64xf16>
}

// Static and delayed: the gates have no token dimension.
// CHECK-LABEL: func.func @hc_static_delayed(
// CHECK: %{{.+}}, %{{.+}} = mhc.connection #hc %arg0 base %arg1 pre_in %arg2 : (tensor<?x4x64xf16>, tensor<4x6xbf16>, tensor<4xf32>) -> (tensor<?x4x64xf16>, tensor<4xf32>) sublayer(%arg3: tensor<?x64xf16>) {
// CHECK: mhc.yield %arg3 : tensor<?x64xf16>
func.func @hc_static_delayed(%x: tensor<?x4x64xf16>, %base: tensor<4x6xbf16>, %pre: tensor<4xf32>) -> (tensor<?x4x64xf16>, tensor<4xf32>) {
  %0, %1 = mhc.connection #mhc.variant<hc> %x base %base pre_in %pre : (tensor<?x4x64xf16>, tensor<4x6xbf16>, tensor<4xf32>) -> (tensor<?x4x64xf16>, tensor<4xf32>) sublayer(%y: tensor<?x64xf16>) {
    mhc.yield %y : tensor<?x64xf16>
  }
  return %0, %1 : tensor<?x4x64xf16>, tensor<4xf32>
}

// Dynamic, rms norm, streams of f64 with weights of f32.
// CHECK-LABEL: func.func @hc_dynamic(
// CHECK: %{{.+}} = mhc.connection #hc %arg0 phi %arg1 scale %arg2 base %arg3 : (tensor<0x3x8xf64>, tensor<5x8xf32>, tensor<3xf64>, tensor<3x5xf64>) -> tensor<0x3x8xf64> sublayer(%arg4: tensor<0x8xf64>) {
// CHECK: mhc.yield %arg4 : tensor<0x8xf64>
func.func @hc_dynamic(%x: tensor<0x3x8xf64>, %phi: tensor<5x8xf32>, %scale: tensor<3xf64>, %base: tensor<3x5xf64>) -> tensor<0x3x8xf64> {
  %0 = mhc.connection #mhc.variant<hc> %x phi %phi scale %scale base %base : (tensor<0x3x8xf64>, tensor<5x8xf32>, tensor<3xf64>, tensor<3x5xf64>) -> tensor<0x3x8xf64> sublayer(%y: tensor<0x8xf64>) {
    mhc.yield %y : tensor<0x8xf64>
  }
  return %0 : tensor<0x3x8xf64>
}

// Dynamic, layer norm with a weight.
// CHECK-LABEL: func.func @hc_dynamic_layer(
// CHECK: %{{.+}} = mhc.connection #hc1 %arg0 phi %arg1 scale %arg2 base %arg3 norm_weight %arg4 : (tensor<?x3x8xf32>, tensor<5x8xf32>, tensor<3xf32>, tensor<3x5xf32>, tensor<8xf32>) -> tensor<?x3x8xf32> sublayer(%arg5: tensor<?x8xf32>) {
// CHECK: mhc.yield %arg5 : tensor<?x8xf32>
func.func @hc_dynamic_layer(%x: tensor<?x3x8xf32>, %phi: tensor<5x8xf32>, %scale: tensor<3xf32>, %base: tensor<3x5xf32>, %w: tensor<8xf32>) -> tensor<?x3x8xf32> {
  %0 = mhc.connection #hc_layer %x phi %phi scale %scale base %base norm_weight %w : (tensor<?x3x8xf32>, tensor<5x8xf32>, tensor<3xf32>, tensor<3x5xf32>, tensor<8xf32>) -> tensor<?x3x8xf32> sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  return %0 : tensor<?x3x8xf32>
}

//===----------------------------------------------------------------------===//
// mhc.connection, mhc
//===----------------------------------------------------------------------===//

func.func private @attention(tensor<?x64xbf16>) -> tensor<?x64xbf16>

// DeepSeek-V4's convention, a sublayer that calls a function, an attribute of the writer's.
// CHECK-LABEL: func.func @v4(
// CHECK: %{{.+}} = mhc.connection #v4 %arg0 phi %arg1 scale %arg2 base %arg3 {layer = 3 : i64} : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<?x4x64xbf16> sublayer(%arg4: tensor<?x64xbf16>) {
// CHECK: mhc.yield %{{.+}} : tensor<?x64xbf16>
func.func @v4(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.connection #v4 %x phi %phi scale %scale base %base {layer = 3 : i64} : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @attention(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %0 : tensor<?x4x64xbf16>
}

// The paper's convention, a norm weight, rows of four element types.
// CHECK-LABEL: func.func @paper_mixed_types(
// CHECK: %{{.+}} = mhc.connection #paper %arg0 phi %arg1 scale %arg2 base %arg3 norm_weight %arg4 : (tensor<3x2x8xbf16>, tensor<8x16xbf16>, tensor<3xf16>, tensor<8xf32>, tensor<16xbf16>) -> tensor<3x2x8xf32> sublayer(%arg6: tensor<3x8xf32>) {
// CHECK: mhc.yield %arg5 : tensor<3x8xf16>
func.func @paper_mixed_types(%x: tensor<3x2x8xbf16>, %phi: tensor<8x16xbf16>, %scale: tensor<3xf16>, %base: tensor<8xf32>, %w: tensor<16xbf16>, %f: tensor<3x8xf16>) -> tensor<3x2x8xf32> {
  %0 = mhc.connection #paper %x phi %phi scale %scale base %base norm_weight %w : (tensor<3x2x8xbf16>, tensor<8x16xbf16>, tensor<3xf16>, tensor<8xf32>, tensor<16xbf16>) -> tensor<3x2x8xf32> sublayer(%y: tensor<3x8xf32>) {
    mhc.yield %f : tensor<3x8xf16>
  }
  return %0 : tensor<3x2x8xf32>
}

// Delayed: aggregates with the gates of the connection before, and hands its own on.
// CHECK-LABEL: func.func @delayed(
// CHECK: %{{.+}}, %{{.+}} = mhc.connection #v4 %arg0 phi %arg1 scale %arg2 base %arg3 pre_in %arg4 : (tensor<?x4x8xf32>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>) -> (tensor<?x4x8xf32>, tensor<?x4xf32>) sublayer(%arg5: tensor<?x8xf32>) {
// CHECK: mhc.yield %arg5 : tensor<?x8xf32>
func.func @delayed(%x: tensor<?x4x8xf32>, %phi: tensor<24x32xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>, %pre: tensor<?x4xf32>) -> (tensor<?x4x8xf32>, tensor<?x4xf32>) {
  %0, %1 = mhc.connection #v4 %x phi %phi scale %scale base %base pre_in %pre : (tensor<?x4x8xf32>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>, tensor<?x4xf32>) -> (tensor<?x4x8xf32>, tensor<?x4xf32>) sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  return %0, %1 : tensor<?x4x8xf32>, tensor<?x4xf32>
}

// The first of a delayed chain has no gates before it; the last need not hand any on.
// CHECK-LABEL: func.func @delayed_ends(
// CHECK: %{{.+}}, %{{.+}} = mhc.connection #v4 %arg0 phi %arg1 scale %arg2 base %arg3 : (tensor<?x1x8xf32>, tensor<3x8xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<?x1x8xf32>, tensor<?x1xf32>) sublayer(%arg5: tensor<?x8xf32>) {
// CHECK: mhc.yield %arg5 : tensor<?x8xf32>
// CHECK: %{{.+}} = mhc.connection #v4 %{{.+}} phi %arg1 scale %arg2 base %arg3 pre_in %{{.+}} : (tensor<?x1x8xf32>, tensor<3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<?x1xf32>) -> tensor<?x1x8xf32> sublayer(%arg5: tensor<?x8xf32>) {
// CHECK: mhc.yield %arg5 : tensor<?x8xf32>
func.func @delayed_ends(%x: tensor<?x1x8xf32>, %phi: tensor<3x8xf32>, %scale: tensor<3xf32>, %base: tensor<3xf32>, %first: tensor<1xf32>) -> tensor<?x1x8xf32> {
  %0, %1 = mhc.connection #v4 %x phi %phi scale %scale base %base : (tensor<?x1x8xf32>, tensor<3x8xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<?x1x8xf32>, tensor<?x1xf32>) sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  %2 = mhc.connection #v4 %0 phi %phi scale %scale base %base pre_in %1 : (tensor<?x1x8xf32>, tensor<3x8xf32>, tensor<3xf32>, tensor<3xf32>, tensor<?x1xf32>) -> tensor<?x1x8xf32> sublayer(%y: tensor<?x8xf32>) {
    mhc.yield %y : tensor<?x8xf32>
  }
  return %2 : tensor<?x1x8xf32>
}

// Identity mixing: phi without the rows of res, and with them.
// CHECK-LABEL: func.func @identity(
// CHECK: %{{.+}} = mhc.connection #mhc %arg0 phi %arg1 scale %arg3 base %arg4 : (tensor<4x8xf32>, tensor<8x32xf32>, tensor<3xf32>, tensor<8xf32>) -> tensor<4x8xf32> sublayer(%arg6: tensor<8xf32>) {
// CHECK: mhc.yield %arg6 : tensor<8xf32>
// CHECK: %{{.+}} = mhc.connection #mhc %{{.+}} phi %arg2 scale %arg3 base %arg5 : (tensor<4x8xf32>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<4x8xf32> sublayer(%arg6: tensor<8xf32>) {
// CHECK: mhc.yield %arg6 : tensor<8xf32>
func.func @identity(%x: tensor<4x8xf32>, %phi8: tensor<8x32xf32>, %phi24: tensor<24x32xf32>, %scale: tensor<3xf32>, %base8: tensor<8xf32>, %base24: tensor<24xf32>) -> tensor<4x8xf32> {
  %0 = mhc.connection #identity %x phi %phi8 scale %scale base %base8 : (tensor<4x8xf32>, tensor<8x32xf32>, tensor<3xf32>, tensor<8xf32>) -> tensor<4x8xf32> sublayer(%y: tensor<8xf32>) {
    mhc.yield %y : tensor<8xf32>
  }
  %1 = mhc.connection #identity %0 phi %phi24 scale %scale base %base24 : (tensor<4x8xf32>, tensor<24x32xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<4x8xf32> sublayer(%y: tensor<8xf32>) {
    mhc.yield %y : tensor<8xf32>
  }
  return %1 : tensor<4x8xf32>
}

// The token dimensions of x, y, f and out need only be compatible.
// CHECK-LABEL: func.func @partly_static(
// CHECK: %{{.+}} = mhc.connection #hc %arg0 base %arg1 : (tensor<?x4x6xf32>, tensor<4x6xf32>) -> tensor<8x4x6xf32> sublayer(%arg2: tensor<8x6xf32>) {
// CHECK: mhc.yield %arg2 : tensor<8x6xf32>
func.func @partly_static(%x: tensor<?x4x6xf32>, %base: tensor<4x6xf32>) -> tensor<8x4x6xf32> {
  %0 = mhc.connection #mhc.variant<hc> %x base %base : (tensor<?x4x6xf32>, tensor<4x6xf32>) -> tensor<8x4x6xf32> sublayer(%y: tensor<8x6xf32>) {
    mhc.yield %y : tensor<8x6xf32>
  }
  return %0 : tensor<8x4x6xf32>
}

//===----------------------------------------------------------------------===//
// mhc.head
//===----------------------------------------------------------------------===//

// CHECK-LABEL: func.func @head(
// CHECK: %{{.+}} = mhc.head #v4 %arg0 phi %arg1 scale %arg2 base %arg3 : (tensor<2x?x4x64xbf16>, tensor<4x256xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<2x?x64xbf16>
func.func @head(%x: tensor<2x?x4x64xbf16>, %phi: tensor<4x256xf32>, %scale: tensor<1xf32>, %base: tensor<4xf32>) -> tensor<2x?x64xbf16> {
  %0 = mhc.head #v4 %x phi %phi scale %scale base %base : (tensor<2x?x4x64xbf16>, tensor<4x256xf32>, tensor<1xf32>, tensor<4xf32>) -> tensor<2x?x64xbf16>
  return %0 : tensor<2x?x64xbf16>
}

// With a norm weight, no token dimension, a wider result, sixteen streams.
// CHECK-LABEL: func.func @head_norm_weight(
// CHECK: %{{.+}} = mhc.head #mhc %arg0 phi %arg1 scale %arg2 base %arg3 norm_weight %arg4 {note} : (tensor<16x4xf16>, tensor<16x64xbf16>, tensor<1xbf16>, tensor<16xf16>, tensor<64xf32>) -> tensor<4xf32>
func.func @head_norm_weight(%x: tensor<16x4xf16>, %phi: tensor<16x64xbf16>, %scale: tensor<1xbf16>, %base: tensor<16xf16>, %w: tensor<64xf32>) -> tensor<4xf32> {
  %0 = mhc.head #identity %x phi %phi scale %scale base %base norm_weight %w {note} : (tensor<16x4xf16>, tensor<16x64xbf16>, tensor<1xbf16>, tensor<16xf16>, tensor<64xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

//===----------------------------------------------------------------------===//
// mhc.expand, mhc.reduce_streams
//===----------------------------------------------------------------------===//

// Every element type and number of token dimensions, and rows that change type.
// CHECK-LABEL: func.func @expand(
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<?x64xbf16> to tensor<?x4x64xbf16>
// CHECK: %{{.+}} = mhc.expand %arg1 : tensor<64xf16> to tensor<4x64xf32>
// CHECK: %{{.+}} = mhc.expand %arg2 : tensor<0x3xf64> to tensor<0x2x3xf64>
// CHECK: %{{.+}} = mhc.expand %arg3 {note} : tensor<2x?x5x1xf32> to tensor<2x?x5x4x1xbf16>
func.func @expand(%a: tensor<?x64xbf16>, %b: tensor<64xf16>, %c: tensor<0x3xf64>, %d: tensor<2x?x5x1xf32>)
    -> (tensor<?x4x64xbf16>, tensor<4x64xf32>, tensor<0x2x3xf64>, tensor<2x?x5x4x1xbf16>) {
  %0 = mhc.expand %a : tensor<?x64xbf16> to tensor<?x4x64xbf16>
  %1 = mhc.expand %b : tensor<64xf16> to tensor<4x64xf32>
  %2 = mhc.expand %c : tensor<0x3xf64> to tensor<0x2x3xf64>
  %3 = mhc.expand %d {note} : tensor<2x?x5x1xf32> to tensor<2x?x5x4x1xbf16>
  return %0, %1, %2, %3 : tensor<?x4x64xbf16>, tensor<4x64xf32>, tensor<0x2x3xf64>, tensor<2x?x5x4x1xbf16>
}

// Sum and mean.
// CHECK-LABEL: func.func @reduce(
// CHECK: %{{.+}} = mhc.reduce_streams sum %arg0 : tensor<?x4x64xbf16> to tensor<?x64xbf16>
// CHECK: %{{.+}} = mhc.reduce_streams mean %arg1 : tensor<4x64xf32> to tensor<64xf16>
// CHECK: %{{.+}} = mhc.reduce_streams mean %arg2 {note} : tensor<0x2x3xf64> to tensor<0x3xf64>
func.func @reduce(%a: tensor<?x4x64xbf16>, %b: tensor<4x64xf32>, %c: tensor<0x2x3xf64>) -> (tensor<?x64xbf16>, tensor<64xf16>, tensor<0x3xf64>) {
  %0 = mhc.reduce_streams sum %a : tensor<?x4x64xbf16> to tensor<?x64xbf16>
  %1 = mhc.reduce_streams mean %b : tensor<4x64xf32> to tensor<64xf16>
  %2 = mhc.reduce_streams mean %c {note} : tensor<0x2x3xf64> to tensor<0x3xf64>
  return %0, %1, %2 : tensor<?x64xbf16>, tensor<64xf16>, tensor<0x3xf64>
}

// Every number of streams from 1 to 16.
// CHECK-LABEL: func.func @streams(
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<1x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<2x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<3x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<4x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<5x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<6x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<7x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<8x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<9x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<10x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<11x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<12x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<13x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<14x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<15x3xf32>
// CHECK: %{{.+}} = mhc.expand %arg0 : tensor<3xf32> to tensor<16x3xf32>
func.func @streams(%x: tensor<3xf32>) {
  %1 = mhc.expand %x : tensor<3xf32> to tensor<1x3xf32>
  %2 = mhc.expand %x : tensor<3xf32> to tensor<2x3xf32>
  %3 = mhc.expand %x : tensor<3xf32> to tensor<3x3xf32>
  %4 = mhc.expand %x : tensor<3xf32> to tensor<4x3xf32>
  %5 = mhc.expand %x : tensor<3xf32> to tensor<5x3xf32>
  %6 = mhc.expand %x : tensor<3xf32> to tensor<6x3xf32>
  %7 = mhc.expand %x : tensor<3xf32> to tensor<7x3xf32>
  %8 = mhc.expand %x : tensor<3xf32> to tensor<8x3xf32>
  %9 = mhc.expand %x : tensor<3xf32> to tensor<9x3xf32>
  %10 = mhc.expand %x : tensor<3xf32> to tensor<10x3xf32>
  %11 = mhc.expand %x : tensor<3xf32> to tensor<11x3xf32>
  %12 = mhc.expand %x : tensor<3xf32> to tensor<12x3xf32>
  %13 = mhc.expand %x : tensor<3xf32> to tensor<13x3xf32>
  %14 = mhc.expand %x : tensor<3xf32> to tensor<14x3xf32>
  %15 = mhc.expand %x : tensor<3xf32> to tensor<15x3xf32>
  %16 = mhc.expand %x : tensor<3xf32> to tensor<16x3xf32>
  return
}
