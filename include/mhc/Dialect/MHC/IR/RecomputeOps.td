//===- RecomputeOps.td - What is kept for the backward ----*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_RECOMPUTEOPS
#define MHC_DIALECT_MHC_IR_RECOMPUTEOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"

def MHC_PinOp : MHC_Op<"pin", [
    Pure, MHC_ReifiesShapes, AllTypesMatch<["value", "result"]>]> {
  let summary = "says what becomes of a value between forward and backward";
  let description = [{
    The value itself; what is said of it is for `mhc-insert-recompute`:

    | | |
    |---|---|
    | `keep` | is kept for the backward |
    | `recompute` | is not kept, and computed again |
    | `given` | someone else keeps it anyway, such as a framework its sublayers' outputs: costs no memory |
    | `stage` | streams that a pipeline stage begins with: kept, and nothing before them is computed again from here on |

    A pin is on the streams x that a connection reads, on its y (the argument of its
    sublayer) or on its f (what the sublayer yields), and holds for what reads the
    pin's result. The derivative is that of the identity. `mhc-insert-recompute` and
    every pipeline remove it.

    ```mlir
    func.func @block(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>,
                     %scale: tensor<3xf32>, %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
      %first = mhc.pin stage %x : tensor<?x4x64xbf16>
      %out = mhc.connection #mhc.variant<mhc, layout = in_out, gates = <post_mult = 2.0>,
                                         sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>> %first
          phi %phi scale %scale base %base
          : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
          -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
        %f = mhc.pin given %y : tensor<?x64xbf16>
        mhc.yield %f : tensor<?x64xbf16>
      }
      return %out : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins MHC_PinKindAttr:$kind, MHC_Rows:$value);
  let results = (outs MHC_Rows:$result);
  let assemblyFormat = "custom<PinKind>($kind) $value attr-dict `:` type($value)";
}

def MHC_RecomputeOp : MHC_Op<"recompute", [
    IsolatedFromAbove, SingleBlock, RecursiveMemoryEffects]> {
  let summary = "values of the forward, computed again for the backward";
  let description = [{
    Where it stands the results are computed again from what was kept. The region
    is isolated: CSE and canonicalisation cannot take what the forward computed in
    its place. Operands and results are tensors, and the ops of the region have no
    side effects but calls.

    The region becomes kernels of its own: one that rebuilds the streams of
    several connections reads the first streams and each sublayer's output once,
    and the streams stay in registers from one connection to the next. With `fused` the
    region becomes part of the kernels that read the results, and its results need not
    be in memory.

    ```mlir
    func.func @rebuild(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                       %R: tensor<?x4x4xf32>) -> tensor<?x4x64xbf16> {
      %0 = mhc.recompute ins(%xa = %x : tensor<?x4x64xbf16>, %fa = %f : tensor<?x64xbf16>,
                             %pa = %post : tensor<?x4xf32>, %Ra = %R : tensor<?x4x4xf32>)
          -> (tensor<?x4x64xbf16>) {
        %1 = mhc.combine (%fa by %pa : tensor<?x64xbf16>, tensor<?x4xf32>),
                         (%xa by %Ra : tensor<?x4x64xbf16>, tensor<?x4x4xf32>) -> tensor<?x4x64xbf16>
        mhc.return %1 : tensor<?x4x64xbf16>
      }
      return %0 : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins UnitAttr:$fused, Variadic<AnyType>:$ins);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

#endif // MHC_DIALECT_MHC_IR_RECOMPUTEOPS
