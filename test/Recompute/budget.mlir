// RUN: mhc-opt %s --mhc-differentiate=function=chain | sed 's/@chain_gradient/@joint/' > %t.mlir
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=100%%" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=1.0" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=23040" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=22.5KiB" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=8TiB" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=23039B" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=LESS
// RUN: not mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=0%%" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: not mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=15.359kB" -o /dev/null 2>&1 | FileCheck %s --check-prefix=BELOW
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=15360" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=SMALLEST
// RUN: not mhc-opt %t.mlir "--mhc-insert-recompute=tokens=1000 budget=50%%" -o /dev/null 2>&1 | FileCheck %s --check-prefix=TOKENS
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 choice=equal" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=EQUAL
// RUN: not mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 choice=equal budget=15359" -o /dev/null 2>&1 | FileCheck %s --check-prefix=EQUAL-BELOW
// RUN: mhc-opt %t.mlir "--mhc-insert-recompute=tokens=10 budget=20480 max-chain=0" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s --check-prefix=NO-CHAIN

// Everything, with 10 tokens: 3 streams of 5120 bytes (the last ones are the result, which the backward does
// not read), 3 arguments and 3 outputs of sublayers of 1280.
// ALL: Plan
// ALL-SAME: Budget=23040, BytesMoved=0, Connections=3, Everything=23040, Kept=23040, Peak=23040
// ALL-NOT: computed again
// MORE: Plan
// MORE-SAME: Budget=8796093022208, BytesMoved=0, Connections=3, Everything=23040, Kept=23040, Peak=23040

// One byte less: the boundary of two connections rebuilds the streams between them, of 5120 bytes, for the 1280 of
// an output that it reads besides. That costs as much as an argument of 1280, and saves more.
// LESS: Plan
// LESS-SAME: Budget=23039, BytesMoved=1280, Connections=3, Everything=23040, Kept=17920, Peak=17920
// LESS: Bytes=5120, BytesMoved=1280, Remark="streams of connection 1 computed again"
// LESS-NOT: computed again

// NOTHING: budget.mlir.tmp.mlir:{{[0-9:]+}} error: expected a budget of at least 15360 bytes, got 0 for @chain_forward with 10 tokens
// BELOW: error: expected a budget of at least 15360 bytes, got 15359 for @chain_forward with 10 tokens
// The first and the last streams, the outputs, and one argument at a time.
// SMALLEST: Plan
// SMALLEST-SAME: Budget=15360, {{.*}} Peak=15360
// TOKENS: error: expected a budget of at least 1536000 bytes, got 1152000 for @chain_forward with 1000 tokens

// Blocks of sqrt(4 3 / 6) connections, 1 or 2.
// EQUAL: Plan
// EQUAL-SAME: Budget=15360, {{.*}} Peak=15360
// EQUAL-BELOW: error: {{.*}}, got 15359 for @chain_forward with 10 tokens

// No boundary rebuilds streams.
// NO-CHAIN: Plan
// NO-CHAIN-SAME: Budget=20480,
// NO-CHAIN-NOT: streams of connection {{[0-9]}} computed again

func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @sublayer_gradient}
func.func private @sublayer_gradient(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @chain(%x0: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y0 = mhc.aggregate %x0, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f0 = call @sublayer(%y0) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x1 = mhc.combine (%f0 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x0 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y1 = mhc.aggregate %x1, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f1 = call @sublayer(%y1) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x2 = mhc.combine (%f1 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x1 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  %y2 = mhc.aggregate %x2, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f2 = call @sublayer(%y2) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %x3 = mhc.combine (%f2 by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                    (%x2 by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %x3 : tensor<?x4x64xbf16>
}
