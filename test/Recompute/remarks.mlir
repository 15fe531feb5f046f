// RUN: mhc-opt %s --mhc-differentiate=function=chain "--mhc-insert-recompute=tokens=10 budget=15360" --remarks-filter=mhc-insert-recompute -o /dev/null 2>&1 | FileCheck %s

// What becomes of each value, with its bytes and what it moves, at the value; bytes are those of 10 tokens.

// CHECK: remark: [Analysis] Plan | Category:mhc-insert-recompute | Function=chain_forward | Budget=15360, BytesMoved=3840, Connections=3, Everything=23040, Kept=15360, Peak=15360
// CHECK: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=5120, Remark="streams of connection 0 kept"
// CHECK: remarks.mlir:[[#@LINE+15]]:9: remark: [Passed] Recomputed | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, BytesMoved=1280, Remark="sublayer argument of connection 0 computed again"
// CHECK: remarks.mlir:[[#@LINE+15]]:9: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, Remark="sublayer output of connection 0 kept"
// CHECK: remarks.mlir:[[#@LINE+15]]:9: remark: [Passed] Recomputed | Category:mhc-insert-recompute | Function=chain_forward | Bytes=5120, BytesMoved=1280, Remark="streams of connection 1 computed again"
// CHECK: remarks.mlir:[[#@LINE+16]]:9: remark: [Passed] Recomputed | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, BytesMoved=1280, Remark="sublayer argument of connection 1 computed again"
// CHECK: remarks.mlir:[[#@LINE+16]]:9: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, Remark="sublayer output of connection 1 kept"
// CHECK: remarks.mlir:[[#@LINE+16]]:9: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=5120, Remark="streams of connection 2 kept"
// CHECK: remarks.mlir:[[#@LINE+17]]:9: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, Remark="sublayer argument of connection 2 kept"
// CHECK: remarks.mlir:[[#@LINE+17]]:9: remark: [Analysis] Kept | Category:mhc-insert-recompute | Function=chain_forward | Bytes=1280, Remark="sublayer output of connection 2 kept"
// CHECK: Function=chain_gradient | Budget=15360,


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
