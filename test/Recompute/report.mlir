// RUN: mhc-opt %s --mhc-differentiate=function=chain "--mhc-insert-recompute=tokens=10 budget=70%% report=%t.svg" -o /dev/null
// RUN: FileCheck %s < %t.svg
// RUN: %python -c "import xml.dom.minidom, sys; xml.dom.minidom.parse(sys.argv[1])" %t.svg
// RUN: mhc-opt %s --mhc-differentiate=function=chain "--mhc-insert-recompute=tokens=10 choice=equal report=%t.equal.svg" -o /dev/null
// RUN: FileCheck %s --check-prefix=EQUAL < %t.equal.svg
// RUN: mhc-opt %s --mhc-differentiate=function=chain | sed 's/@chain_forward/@half/' | mhc-opt "--mhc-insert-recompute=tokens=10 budget=70%% report=%t.joint.svg" -o /dev/null
// RUN: FileCheck %s < %t.joint.svg

// A picture of both, before and after, with the curve.
// CHECK: <svg
// CHECK: @chain{{.*}}10 tokens
// CHECK: everything kept
// CHECK: at most
// CHECK: </svg>
// EQUAL: everything kept
// EQUAL: equal blocks

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
