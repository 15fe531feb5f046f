// RUN: mhc-opt %s --mhc-differentiate=function=model "--mhc-insert-recompute=tokens=10 budget=100%%" --remarks-filter=mhc-insert-recompute -o %t.mlir 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: FileCheck %s < %t.mlir
// RUN: mhc-opt %s --mhc-differentiate=function=model "--mhc-insert-recompute=tokens=10 budget=70%%" | FileCheck %s --check-prefix=REBUILT

// Functions that hold connections are inlined, also those that are called by such, to see the connections;
// sublayers are not. A loop of a constant number of iterations is connections too.

// REMARK: Plan {{.*}}Function=model_forward | {{.*}}Connections=4,
// REMARK: Plan {{.*}}Function=model_gradient | {{.*}}Connections={{[34]}},

// CHECK-LABEL: func.func @model_forward
// CHECK-NOT: call @layer
// CHECK-NOT: call @connection
// CHECK-COUNT-4: call @sublayer
// CHECK: return
// CHECK-LABEL: func.func @model_backward
// CHECK-NOT: call @layer
// CHECK-NOT: call @connection
// CHECK-COUNT-4: call @sublayer_
// CHECK: return

// REBUILT-LABEL: func.func @model_backward
// REBUILT: mhc.recompute
// REBUILT: return

#row = affine_map<(t, c) -> (t, c)>
func.func private @sublayer(%y: tensor<?x64xbf16>) -> tensor<?x64xbf16> {
  %c0 = arith.constant 0 : index
  %tokens = tensor.dim %y, %c0 : tensor<?x64xbf16>
  %empty = tensor.empty(%tokens) : tensor<?x64xbf16>
  %f = linalg.generic {indexing_maps = [#row, #row], iterator_types = ["parallel", "parallel"]}
      ins(%y : tensor<?x64xbf16>) outs(%empty : tensor<?x64xbf16>) {
  ^bb0(%in: bf16, %out: bf16):
    %square = arith.mulf %in, %in : bf16
    linalg.yield %square : bf16
  } -> tensor<?x64xbf16>
  return %f : tensor<?x64xbf16>
}

func.func private @connection(%x: tensor<?x4x64xbf16>, %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %0 = mhc.connection #mhc.variant<hc> %x base %base
      : (tensor<?x4x64xbf16>, tensor<4x6xf32>) -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
    %f = func.call @sublayer(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
    mhc.yield %f : tensor<?x64xbf16>
  }
  return %0 : tensor<?x4x64xbf16>
}

func.func private @layer(%x: tensor<?x4x64xbf16>, %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %0 = call @connection(%x, %base) : (tensor<?x4x64xbf16>, tensor<4x6xf32>) -> tensor<?x4x64xbf16>
  return %0 : tensor<?x4x64xbf16>
}

func.func @model(%x: tensor<?x4x64xbf16>, %bases: tensor<2x4x6xf32>, %base: tensor<4x6xf32>) -> tensor<?x4x64xbf16> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %0 = scf.for %i = %c0 to %c2 step %c1 iter_args(%here = %x) -> tensor<?x4x64xbf16> {
    %own = tensor.extract_slice %bases[%i, 0, 0] [1, 4, 6] [1, 1, 1] : tensor<2x4x6xf32> to tensor<4x6xf32>
    %next = func.call @layer(%here, %own) : (tensor<?x4x64xbf16>, tensor<4x6xf32>) -> tensor<?x4x64xbf16>
    scf.yield %next : tensor<?x4x64xbf16>
  }
  %1 = call @connection(%0, %base) : (tensor<?x4x64xbf16>, tensor<4x6xf32>) -> tensor<?x4x64xbf16>
  %2 = call @layer(%1, %base) : (tensor<?x4x64xbf16>, tensor<4x6xf32>) -> tensor<?x4x64xbf16>
  return %2 : tensor<?x4x64xbf16>
}
