// RUN: mhc-opt %s --mhc-differentiate=function=chain | mhc-opt --mhc-insert-recompute=budget=100%% --remarks-filter=mhc-insert-recompute -o %t.mlir 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=GONE < %t.mlir

// In @chain_gradient nothing is added to the streams by the last sublayer, as nothing reads the result: a pin on what it
// gives is honoured by the pair, and said to be ignored there.
// CHECK-NOT: error:
// CHECK-NOT: PinIgnored{{.*}}Function=chain_forward
// CHECK:     remark: [Missed] PinIgnored | Category:mhc-insert-recompute | Function=chain_gradient
// CHECK-NOT: error:
// GONE-NOT: mhc.pin
func.func private @sublayer(tensor<?x64xbf16>) -> tensor<?x64xbf16> attributes {mhc.gradient = @own}
func.func private @own(tensor<?x64xbf16>, tensor<?x64xbf16>) -> tensor<?x64xbf16>
func.func @chain(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>, %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>)
    -> tensor<?x4x64xbf16> {
  %y = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
  %f = call @sublayer(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
  %kept = mhc.pin keep %f : tensor<?x64xbf16>
  %0 = mhc.combine (%kept by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                   (%x by %R : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}
