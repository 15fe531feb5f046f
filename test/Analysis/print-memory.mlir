// RUN: mhc-opt %s "--mhc-print-memory=tokens=10 top=4" -o /dev/null | FileCheck %s
// RUN: mhc-opt %s "--mhc-print-memory=tokens=10 top=4 function=step_backward" -o /dev/null | FileCheck %s --check-prefix=ONE
// RUN: mhc-opt %s "--mhc-print-memory=tokens=10 top=0 function=views" | FileCheck %s --check-prefix=NOTHING
// RUN: mhc-opt %s "--mhc-print-memory=top=1 function=fixed" -o /dev/null | FileCheck %s --check-prefix=FIXED
// RUN: mhc-opt %s --mhc-print-memory=function=batches -o /dev/null | FileCheck %s --check-prefix=BATCHES
// RUN: mhc-opt %s "--mhc-print-memory=tokens=10 function=step" --remarks-filter=mhc-print-memory -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Numbers are worked out by hand, in bytes a token: a row of 64 f32 is 256, one of 64 bf16 128, 4
// streams of these 512.

#v4 = #mhc.variant<mhc, layout = in_out, gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                   sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>

// A start value and what is written over it are one buffer, a reshape is what it is of: the sum, and
// its exponential. An argument is not counted.
// CHECK-LABEL: @views: 10 tokens, 3 steps
// CHECK-NEXT: peak: 512 bytes a token, 5 KiB in all, at step 2 linalg.exp, line [[#@LINE+22]]
// CHECK-NEXT: activations: 512 bytes a token, 5 KiB in all at most, at step 2 linalg.exp
// CHECK-EMPTY:
// CHECK-NEXT: at the peak a token in all
// CHECK-NEXT: sublayers 512 5120
// CHECK-NEXT: together 512 5120
// CHECK-NEXT: apart: given 2560
// CHECK-EMPTY:
// CHECK-NEXT: largest kind made at last used at a token in all
// CHECK-NEXT: zeros sublayers 0 linalg.fill 2 linalg.exp, line [[#@LINE+13]] 256 2560
// CHECK-NEXT: %{{.*}} sublayers 2 linalg.exp, {{.*}} 2 linalg.exp, {{.*}} 256 2560
// The module is as it was, and nothing is listed.
// NOTHING: apart: given
// NOTHING-NOT: largest
// NOTHING: func.func @views
func.func @views(%x: tensor<?x64xf32>, %n: index) -> tensor<?x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty(%n) : tensor<?x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x64xf32>) -> tensor<?x64xf32> loc("zeros")
  %sum = linalg.add ins(%x, %x : tensor<?x64xf32>, tensor<?x64xf32>) outs(%fill : tensor<?x64xf32>) -> tensor<?x64xf32>
  %heads = tensor.expand_shape %sum [[0], [1, 2]] output_shape [%n, 8, 8] : tensor<?x64xf32> into tensor<?x8x8xf32>
  %other = tensor.empty(%n) : tensor<?x8x8xf32>
  %e = linalg.exp ins(%heads : tensor<?x8x8xf32>) outs(%other : tensor<?x8x8xf32>) -> tensor<?x8x8xf32>
  return %e : tensor<?x8x8xf32>
}

// The start value is used again by the product: the sum is another buffer, and the product takes the
// place of the start value; its exponential that of the product.
// CHECK-LABEL: @destinations: 10 tokens, 4 steps
// CHECK-NEXT: peak: 512 bytes a token, 5 KiB in all, at step 1 linalg.add
// CHECK: %{{.*}} sublayers 0 linalg.fill, {{.*}} 3 linalg.exp, {{.*}} 256 2560
// CHECK-NEXT: %{{.*}} sublayers 1 linalg.add, {{.*}} 2 linalg.mul, {{.*}} 256 2560
// CHECK-EMPTY:
func.func @destinations(%x: tensor<?x64xf32>, %n: index) -> tensor<?x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty(%n) : tensor<?x64xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x64xf32>) -> tensor<?x64xf32>
  %a = linalg.add ins(%x, %x : tensor<?x64xf32>, tensor<?x64xf32>) outs(%fill : tensor<?x64xf32>) -> tensor<?x64xf32>
  %b = linalg.mul ins(%a, %x : tensor<?x64xf32>, tensor<?x64xf32>) outs(%fill : tensor<?x64xf32>) -> tensor<?x64xf32>
  %c = linalg.exp ins(%b : tensor<?x64xf32>) outs(%b : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %c : tensor<?x64xf32>
}

// Nothing is written in place of an argument, or of what is returned. An argument that is returned
// is given, and what is returned twice is there once.
// CHECK-LABEL: @returned: 10 tokens, 2 steps
// CHECK-NEXT: peak: 512 bytes a token, 5 KiB in all, at step 1 linalg.exp
// CHECK: apart: given 5120
// CHECK: %{{.*}} sublayers 0 linalg.exp, {{.*}} 1 linalg.exp, {{.*}} 256 2560
// CHECK-NEXT: %{{.*}} sublayers 1 linalg.exp, {{.*}} 1 linalg.exp, {{.*}} 256 2560
// CHECK-EMPTY:
func.func @returned(%x: tensor<?x64xf32>, %y: tensor<?x64xf32>, %n: index)
    -> (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>) {
  %empty = tensor.empty(%n) : tensor<?x64xf32>
  %a = linalg.exp ins(%y : tensor<?x64xf32>) outs(%x : tensor<?x64xf32>) -> tensor<?x64xf32>
  %b = linalg.exp ins(%y : tensor<?x64xf32>) outs(%a : tensor<?x64xf32>) -> tensor<?x64xf32>
  return %x, %a, %a, %b : tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>
}

// A slice keeps the whole alive; inserting one is in place.
// CHECK-LABEL: @slice: 10 tokens, 4 steps
// CHECK-NEXT: peak: 512 bytes a token, 5 KiB in all, at step 1 linalg.exp
// CHECK: %{{.*}} sublayers 0 linalg.exp, {{.*}} 2 tensor.insert_slice, {{.*}} 256 2560
// CHECK-NEXT: %{{.*}} sublayers 1 linalg.exp, {{.*}} 3 linalg.exp, {{.*}} 256 2560
// CHECK-EMPTY:
func.func @slice(%x: tensor<?x64xf32>, %n: index) -> tensor<?x16xf32> {
  %empty = tensor.empty(%n) : tensor<?x64xf32>
  %a = linalg.exp ins(%x : tensor<?x64xf32>) outs(%empty : tensor<?x64xf32>) -> tensor<?x64xf32>
  %part = tensor.extract_slice %a[0, 0] [%n, 16] [1, 1] : tensor<?x64xf32> to tensor<?x16xf32>
  %b = linalg.exp ins(%x : tensor<?x64xf32>) outs(%empty : tensor<?x64xf32>) -> tensor<?x64xf32>
  %whole = tensor.insert_slice %part into %b[0, 16] [%n, 16] [1, 1] : tensor<?x16xf32> into tensor<?x64xf32>
  %small = tensor.empty(%n) : tensor<?x16xf32>
  %first = tensor.extract_slice %whole[0, 0] [%n, 16] [1, 1] : tensor<?x64xf32> to tensor<?x16xf32>
  %c = linalg.exp ins(%first : tensor<?x16xf32>) outs(%small : tensor<?x16xf32>) -> tensor<?x16xf32>
  return %c : tensor<?x16xf32>
}

// Inside of the callee 128 and 512 are alive at once; 128 of them are its results, of which the first
// and the third are one, and the second is its argument.
// CHECK-LABEL: @calls: 10 tokens, 2 steps
// CHECK-NEXT: peak: 768 bytes a token, 7.5 KiB in all, at step 1 call @layer
// CHECK: inside sublayers 1 call @layer, {{.*}} 1 call @layer, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}}#0 sublayers 0 call @layer, {{.*}} 1 call @layer, {{.*}} 128 1280
// CHECK-NEXT: %{{.*}}#0 sublayers 1 call @layer, {{.*}} 1 call @layer, {{.*}} 128 1280
// CHECK-EMPTY:
func.func private @layer(%x: tensor<?x64xbf16>, %n: index) -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>) {
  %empty = tensor.empty(%n) : tensor<?x64xbf16>
  %large = tensor.empty(%n) : tensor<?x256xbf16>
  %0 = linalg.exp ins(%x : tensor<?x64xbf16>) outs(%empty : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %1 = tensor.concat dim(1) %0, %0, %0, %0 : (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x256xbf16>
  %2 = tensor.extract_slice %1[0, 0] [%n, 64] [1, 1] : tensor<?x256xbf16> to tensor<?x64xbf16>
  %3 = linalg.exp ins(%2 : tensor<?x64xbf16>) outs(%empty : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return %3, %x, %3 : tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>
}
func.func @calls(%x: tensor<?x64xbf16>, %n: index) -> tensor<?x64xbf16> {
  %a:3 = call @layer(%x, %n) : (tensor<?x64xbf16>, index) -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>)
  %b:3 = call @layer(%a#2, %n) : (tensor<?x64xbf16>, index) -> (tensor<?x64xbf16>, tensor<?x64xbf16>, tensor<?x64xbf16>)
  return %b#0 : tensor<?x64xbf16>
}

// What a loop carries is one buffer from its begin to its end, not that of an argument. What the body
// reads from outside is read to its end, and it writes what it yields elsewhere.
// CHECK-LABEL: @loop: 10 tokens, 4 steps
// CHECK-NEXT: peak: 2048 bytes a token, 20 KiB in all, at step 2 mhc.combine
// CHECK: %{{.*}} streams 0 mhc.combine, {{.*}} 3 scf.for, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams 1 mhc.combine, {{.*}} 3 scf.for, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams 1 mhc.combine, {{.*}} 2 mhc.combine, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams 2 mhc.combine, {{.*}} 3 scf.for, {{.*}} 512 5120
// CHECK-EMPTY:
func.func @loop(%x: tensor<?x4x64xbf16>, %n: index, %steps: index) -> tensor<?x4x64xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %other = mhc.combine (%x : tensor<?x4x64xbf16>), (%x : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  %r = scf.for %i = %c0 to %steps step %c1 iter_args(%a = %x) -> tensor<?x4x64xbf16> {
    %b = mhc.combine (%a : tensor<?x4x64xbf16>), (%other : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
    %c = mhc.combine (%a : tensor<?x4x64xbf16>), (%b : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
    scf.yield %c : tensor<?x4x64xbf16>
  }
  return %r : tensor<?x4x64xbf16>
}

// Connections: y is there from the begin, f until the streams are made. The f of the first is given:
// 29804 bytes are x, phi, scale and base.
// CHECK-LABEL: @model: 10 tokens, 4 steps
// CHECK-NEXT: peak: 1152 bytes a token, 11.2 KiB in all, at step 3 mhc.connection
// CHECK: streams 1024 10240
// CHECK-NEXT: aggregates 128 1280
// CHECK-NEXT: together 1152 11520
// CHECK-NEXT: apart: given 29804
// CHECK: %{{.*}} streams 2 mhc.connection, {{.*}} 3 mhc.connection, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams 3 mhc.connection, {{.*}} 3 mhc.connection, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} aggregates 3 mhc.connection, {{.*}} 3 mhc.connection, {{.*}} 128 1280
// CHECK-EMPTY:
func.func @model(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
  %kept = mhc.pin given %x : tensor<?x4x64xbf16>
  %a = mhc.connection #v4 %kept phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<?x4x64xbf16>
      sublayer(%y: tensor<?x64xbf16>) {
    %f = arith.addf %y, %y : tensor<?x64xbf16>
    %g = arith.addf %f, %f : tensor<?x64xbf16>
    %p = mhc.pin given %g : tensor<?x64xbf16>
    mhc.yield %p : tensor<?x64xbf16>
  }
  %b = mhc.connection #v4 %a phi %phi scale %scale base %base
      : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>) -> tensor<?x4x64xbf16>
      sublayer(%y: tensor<?x64xbf16>) {
    mhc.yield %y : tensor<?x64xbf16>
  }
  return %b : tensor<?x4x64xbf16>
}

// Static token dimensions, 2 x 5. Work on weights alone is given: 11424 bytes are the arguments.
// CHECK-LABEL: @fixed: 10 tokens, 2 steps
// FIXED: @fixed: 10 tokens, 2 steps
// FIXED-NEXT: peak: 256 bytes a token, 2.5 KiB in all, at step 0 mhc.aggregate
// FIXED: aggregates 256 2560
// FIXED: apart: given 11424
// FIXED: %{{.*}} aggregates 0 mhc.aggregate, {{.*}} 1 arith.addf, {{.*}} 256 2560
// FIXED-EMPTY:
func.func @fixed(%x: tensor<2x5x4x64xf32>, %pre: tensor<2x5x4xf32>, %w: tensor<4x64xf32>) -> (tensor<2x5x64xf32>, tensor<4x64xf32>) {
  %y = mhc.aggregate %x, %pre : (tensor<2x5x4x64xf32>, tensor<2x5x4xf32>) -> tensor<2x5x64xf32>
  %ww = arith.addf %w, %w : tensor<4x64xf32>
  return %y, %ww : tensor<2x5x64xf32>, tensor<4x64xf32>
}

// Two dynamic token dimensions are 4096 tokens together, if nothing is said; scores between all of them
// are 4096 numbers a token.
// CHECK-LABEL: @batches: 10 tokens, 2 steps
// BATCHES: @batches: 4096 tokens, 2 steps
// BATCHES-NEXT: peak: 16640 bytes a token, 65 MiB in all, at step 1 linalg.fill
// BATCHES: %{{.*}} sublayers 1 linalg.fill, {{.*}} 16384 67108864
// BATCHES-NEXT: %{{.*}} aggregates 0 mhc.aggregate, {{.*}} 256 1048576
func.func @batches(%x: tensor<?x?x4x64xf32>, %pre: tensor<?x?x4xf32>, %b: index, %n: index)
    -> (tensor<?x?x64xf32>, tensor<?x?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  %y = mhc.aggregate %x, %pre : (tensor<?x?x4x64xf32>, tensor<?x?x4xf32>) -> tensor<?x?x64xf32>
  %empty = tensor.empty(%b, %n, %n) : tensor<?x?x?xf32>
  %scores = linalg.fill ins(%zero : f32) outs(%empty : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
  return %y, %scores : tensor<?x?x64xf32>, tensor<?x?x?xf32>
}

// No step at all.
// CHECK-LABEL: @empty: 10 tokens, 0 steps
// CHECK-EMPTY:
func.func @empty(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  return %x : tensor<?x64xf32>
}

// A kernel writes what it returns: streams, aggregates, a row that is neither, a sum. Not its other
// operands.
// CHECK-LABEL: @kernel: 10 tokens, 1 steps
// CHECK-NEXT: peak: 772 bytes a token, 7.54 KiB in all, at step 0 mhc.kernel "boundary"
// CHECK: streams 512 5120
// CHECK-NEXT: aggregates 128 1280
// CHECK-NEXT: sublayers 128 1280
// CHECK-NEXT: coefficients 4 40
func.func @kernel(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>, %n: index) -> tensor<?x64xbf16> {
  %rows = tensor.empty(%n) : tensor<?x64xbf16>
  %other = tensor.empty(%n) : tensor<?x64xbf16>
  %sums = tensor.empty(%n) : tensor<?xf32>
  %streams = tensor.empty(%n) : tensor<?x4x64xbf16>
  %next, %y, %z, %s = mhc.kernel "boundary"
      ins(%xa = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>, %fa = %f : tensor<?x64xbf16> as !mhc.row<64xbf16>,
          %pa = %post : tensor<?x4xf32> as vector<4xf32>)
      outs(%streams : tensor<?x4x64xbf16>, %rows : tensor<?x64xbf16>, %other : tensor<?x64xbf16>, %sums : tensor<?xf32>) {
    %xn, %yn, %zn, %q = mhc.sweep over 64 (%c = %xa : !mhc.row<4x64xbf16>, %g = %fa : !mhc.row<64xbf16>)
        -> (!mhc.row<4x64xbf16>, !mhc.row<64xbf16>, !mhc.row<64xbf16>, f32) {
      %o = mhc.combine (%g by %pa : bf16, vector<4xf32>), (%c : vector<4xbf16>) -> vector<4xbf16>
      %v = mhc.aggregate %o, %pa : (vector<4xbf16>, vector<4xf32>) -> bf16
      %w = arith.mulf %v, %v : bf16
      %sq = mhc.inner whole %o, %o : (vector<4xbf16>, vector<4xbf16>) -> f32
      mhc.exit row(%o : vector<4xbf16>), row(%v : bf16), row(%w : bf16), sum(%sq : f32)
    }
    mhc.return %xn, %yn, %zn, %q : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>, !mhc.row<64xbf16>, f32
  }
  return %z : tensor<?x64xbf16>
}

// A pair, one after the other. z is a result and a residual: it is there from forward to backward,
// while o, a result alone, ends with the forward. x is an argument, and kept as the backward reads it;
// y is kept twice and counted once, f is for the forward alone. When the backward begins x, z, y and m are left:
// 512 + 512 + 128 + 16. At the peak there are besides g, df and dy, which depend on a gradient. The streams that are made
// again later stay in registers. 14496 bytes are pre, phi and two gradients.
// CHECK-LABEL: @step, forward and backward: 10 tokens, 11 steps, the backward from step 5
// CHECK-NEXT: peak: 1936 bytes a token, 18.9 KiB in all, at step 7 call @F_gradient
// CHECK-NEXT: activations: 1168 bytes a token, 11.4 KiB in all at most, at step 3 mhc.combine
// CHECK-NEXT: kept: 1168 bytes a token, 11.4 KiB in all, when the backward begins
// CHECK-EMPTY:
// CHECK-NEXT: at the peak a token in all
// CHECK-NEXT: streams 1024 10240
// CHECK-NEXT: aggregates 128 1280
// CHECK-NEXT: coefficients 16 160
// CHECK-NEXT: gradients 768 7680
// CHECK-NEXT: together 1936 19360
// CHECK-NEXT: apart: given 14496
// CHECK: %arg0 streams 0 mhc.project, {{.*}} 10 mhc.outer, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams 3 mhc.combine, {{.*}} 8 mhc.combine, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} gradients 5 mhc.combine, {{.*}} 10 mhc.outer, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} aggregates 1 mhc.aggregate, {{.*}} 8 mhc.combine, {{.*}} 128 1280
// CHECK-EMPTY:
// What is derived of it stands with it.
// CHECK-NOT: @step_
// ONE: @step, forward and backward: 10 tokens, 11 steps
// ONE-NOT: tokens,
// REMARK: print-memory.mlir:[[#@LINE+25]]:{{.*}}: remark: [Analysis] PeakMemory | Category:mhc-print-memory
// REMARK-SAME: Function=step_backward
// REMARK-SAME: Activations=11680, ComputedAgain=0, Gradients=7680, Kept=11680, Peak=19360, Tokens=10
func.func private @F(tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func private @F_gradient(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @step(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %phi: tensor<4x256xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) {
  return %x, %x : tensor<?x4x64xbf16>, tensor<?x4x64xbf16>
}
func.func @step_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %phi: tensor<4x256xf32>)
    -> (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>,
        tensor<?x64xbf16>, tensor<?x4x64xbf16>) {
  %m = mhc.project %x by %phi : (tensor<?x4x64xbf16>, tensor<4x256xf32>) -> tensor<?x4xf32>
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f = call @F(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %z = mhc.combine (%f by %pre : tensor<?x64xbf16>, tensor<?x4xf32>), (%x : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  %o = mhc.combine (%z : tensor<?x4x64xbf16>), (%x : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  return %z, %o, %y, %x, %m, %y, %z
      : tensor<?x4x64xbf16>, tensor<?x4x64xbf16>, tensor<?x64xbf16>, tensor<?x4x64xbf16>, tensor<?x4xf32>, tensor<?x64xbf16>, tensor<?x4x64xbf16>
}
func.func @step_backward(%y: tensor<?x64xbf16>, %x: tensor<?x4x64xbf16>, %m: tensor<?x4xf32>, %y2: tensor<?x64xbf16>,
                         %z: tensor<?x4x64xbf16>, %dz: tensor<?x4x64xbf16>, %do: tensor<?x4x64xbf16>)
    -> (tensor<?x4x64xbf16>, tensor<?x4xf32>, tensor<4x256xf32>) {
  %g = mhc.combine (%dz : tensor<?x4x64xbf16>), (%do : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  %df = mhc.aggregate %g, %m : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %dy = call @F_gradient(%y, %df) : (tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %again = mhc.combine (%y2 by %m : tensor<?x64xbf16>, tensor<?x4xf32>), (%z : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  %dpre = mhc.inner %again, %dy : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  %dphi = mhc.outer %dpre by %x : (tensor<?x4xf32>, tensor<?x4x64xbf16>) -> tensor<4x256xf32>
  return %g, %dpre, %dphi : tensor<?x4x64xbf16>, tensor<?x4xf32>, tensor<4x256xf32>
}

// A joint function: its backward begins with what is computed again. There the first streams stay in
// registers, and those of the fused one too, as do coefficients; rows for sublayers are written. At the peak: x, pre and f, and x2
// and y2 again.
// CHECK-LABEL: @joint, forward and backward in one: 10 tokens, 9 steps, the backward from step 1
// CHECK-NEXT: peak: 1296 bytes a token, 12.7 KiB in all, at step 4 mhc.aggregate
// CHECK-NEXT: activations: 1296 bytes a token, 12.7 KiB in all at most, at step 4 mhc.aggregate
// CHECK-NEXT: kept: 656 bytes a token, 6.41 KiB in all, when the backward begins
// CHECK: streams 512 5120
// CHECK-NEXT: aggregates 128 1280
// CHECK-NEXT: coefficients 16 160
// CHECK-NEXT: computed again 640 6400
// CHECK-NEXT: together 1296 12960
// CHECK: %arg0 streams 0 mhc.aggregate, {{.*}} 5 mhc.combine, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} streams, again 3 mhc.combine, {{.*}} 7 mhc.combine, {{.*}} 512 5120
// CHECK-NEXT: %{{.*}} aggregates 0 mhc.aggregate, {{.*}} 5 mhc.combine, {{.*}} 128 1280
// CHECK-NEXT: %{{.*}} aggregates, again 4 mhc.aggregate, {{.*}} 8 mhc.combine, {{.*}} 128 1280
func.func private @joint(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x4x64xbf16>
func.func @joint_gradient(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %g: tensor<?x4x64xbf16>)
    -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
  %f = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %rows:2 = mhc.recompute ins(%a = %x : tensor<?x4x64xbf16>, %b = %f : tensor<?x64xbf16>,
                             %p = %pre : tensor<?x4xf32>) -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
    %s = mhc.inner %a, %b : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
    %x1 = mhc.combine (%b by %s : tensor<?x64xbf16>, tensor<?x4xf32>), (%a : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
    %x2 = mhc.combine (%b by %s : tensor<?x64xbf16>, tensor<?x4xf32>), (%x1 : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
    %y2 = mhc.aggregate %x2, %p : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %x2, %y2 : tensor<?x4x64xbf16>, tensor<?x64xbf16>
  }
  %more:2 = mhc.recompute fused ins(%a = %x : tensor<?x4x64xbf16>, %b = %f : tensor<?x64xbf16>,
                             %p = %pre : tensor<?x4xf32>) -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
    %x1 = mhc.combine (%b by %p : tensor<?x64xbf16>, tensor<?x4xf32>), (%a : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
    %y1 = mhc.aggregate %x1, %p : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
    mhc.return %x1, %y1 : tensor<?x4x64xbf16>, tensor<?x64xbf16>
  }
  %d = mhc.combine (%g : tensor<?x4x64xbf16>), (%rows#0 : tensor<?x4x64xbf16>), (%more#0 : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  %df = mhc.combine (%rows#1 : tensor<?x64xbf16>), (%more#1 : tensor<?x64xbf16>) -> tensor<?x64xbf16>
  return %d, %df : tensor<?x4x64xbf16>, tensor<?x64xbf16>
}

// At the peak: y, which the backward reads, and the result, which the forward alone makes and reads.
// CHECK-LABEL: @short, forward and backward: 10 tokens, 3 steps, the backward from step 2
// CHECK-NEXT: peak: 640 bytes a token, 6.25 KiB in all, at step 1 mhc.combine
// CHECK-NEXT: activations: 128 bytes a token, 1.25 KiB in all at most, at step 0 mhc.aggregate
// CHECK-NEXT: kept: 128 bytes a token, 1.25 KiB in all, when the backward begins
// CHECK: aggregates 128 1280
// CHECK-NEXT: forward alone 512 5120
// CHECK-NEXT: together 640 6400
func.func @short(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x4x64xbf16> {
  return %x : tensor<?x4x64xbf16>
}
func.func @short_forward(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %o = mhc.combine (%y by %pre : tensor<?x64xbf16>, tensor<?x4xf32>), (%x : tensor<?x4x64xbf16>) -> tensor<?x4x64xbf16>
  return %o, %y : tensor<?x4x64xbf16>, tensor<?x64xbf16>
}
func.func @short_backward(%y: tensor<?x64xbf16>, %d: tensor<?x4x64xbf16>) -> tensor<?x4xf32> {
  %dpost = mhc.inner %d, %y : (tensor<?x4x64xbf16>, tensor<?x64xbf16>) -> tensor<?x4xf32>
  return %dpost : tensor<?x4xf32>
}
