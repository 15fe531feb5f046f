//===- ModelOps.td - What people write --------------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MODELOPS
#define MHC_DIALECT_MHC_IR_MODELOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def MHC_ConnectionOp : MHC_Op<"connection", [
    AttrSizedOperandSegments, RecursiveMemoryEffects, SingleBlock,
    MHC_ReifiesShapes]> {
  let summary = "a sublayer F and the connection around it";
  let description = [{
    Reads one row from the streams `x`, hands it to the sublayer F (the region,
    whose only argument is that row, `y`), and writes F's result `f` back:

        y[c]     = sum_i pre[i] x[i,c]
        f        = F(y)
        out[o,c] = post[o] f[c] + sum_i R[o,i] x[i,c]

    Where `pre`, `post` and the mixing matrix R come from is the variant's kind:

    * `residual`: R = pre = post = 1, one stream. The stream dimension of `x` may be
      absent. No other operand is given.
    * `hc`, static: `base` `[n, n+2]` alone. With c = base, pre[i] = c[i,0],
      post[i] = c[i,1] and R[o,i] = c[i,2+o].
    * `hc`, dynamic: `phi` `[n+2, C]` and `scale` `[3]` besides. With u_i the row
      x_i, normalised over its own C columns, c[i,j] =
      scale_k tanh(u_i . phi_j) + base[i,j], where scale_k is that of
      pre (j = 0), post (j = 1) or res (j >= 2).
    * `mhc`: `phi` `[m, n C]`, `scale` `[3]` and `base` `[m]`, with m = n(n+2) rows in the
      order pre (n), post (n), res (n n). With v the n C numbers of a token,

          rstd = 1 / sqrt(mean(v^2) + norm_eps)         over all n C
          h    = rstd * (phi v)
          c    = [scale0 h_pre, scale1 h_post, scale2 h_res] + base
          pre  = sigmoid(c_pre) + pre_eps
          post = post_mult * sigmoid(c_post)
          R    = sinkhorn(c_res), transposed where layout is in_out

      Without mixing (no `sinkhorn` in the variant) R is the identity, and the n n
      rows of res may be left out: m = 2n.

    `norm = layer` subtracts the mean before the squares are taken, in the type of
    the coefficients. With `norm_weight` w (`[n C]`, or `[C]` for `hc`), phi is
    f32(phi * w), rounded, or f64(phi * w) with rows of f64.

    The *delayed* form (V4.1) aggregates with the `pre` of the connection before,
    its operand `pre_in` (`[T.., n]` or `[n]`), and passes its own on as the second
    result.

    The rows `x`, `y`, `f` and `out` may have different element types, but all are f64
    or none is; each is rounded once, when it is written.

    ```mlir
    #v4 = #mhc.variant<mhc, layout = in_out,
                       gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                       sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
    func.func private @attention(tensor<?x64xbf16>) -> tensor<?x64xbf16>
    func.func @layer(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>,
                     %scale: tensor<3xf32>, %base: tensor<24xf32>) -> tensor<?x4x64xbf16> {
      %out = mhc.connection #v4 %x phi %phi scale %scale base %base
          : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<3xf32>, tensor<24xf32>)
          -> tensor<?x4x64xbf16> sublayer(%y: tensor<?x64xbf16>) {
        %f = func.call @attention(%y) : (tensor<?x64xbf16>) -> tensor<?x64xbf16>
        mhc.yield %f : tensor<?x64xbf16>
      }
      return %out : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins
    MHC_VariantAttr:$variant,
    MHC_Rows:$x,
    Optional<MHC_Weights>:$phi,
    Optional<MHC_Weights>:$scale,
    Optional<MHC_Weights>:$base,
    Optional<MHC_Weights>:$norm_weight,
    Optional<MHC_Coefficients>:$pre_in);
  let results = (outs MHC_Rows:$out, Optional<MHC_Coefficients>:$pre);
  let regions = (region SizedRegion<1>:$sublayer);
  let assemblyFormat = [{
    $variant $x (`phi` $phi^)? (`scale` $scale^)? (`base` $base^)?
    (`norm_weight` $norm_weight^)? (`pre_in` $pre_in^)? attr-dict
    `:` functional-type(operands, results) custom<Sublayer>($sublayer)
  }];
  let hasRegionVerifier = 1;
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The row that F reads, the region's argument.
    ::mlir::Value getY() { return getSublayer().getArgument(0); }
    /// The row that F gives, the operand of the region's mhc.yield.
    ::mlir::Value getF() {
      return getSublayer().front().getTerminator()->getOperand(0);
    }
    /// Whether x has a stream dimension; it may be absent for kind residual.
    bool hasStreams() {
      return getX().getType().getRank() ==
             ::llvm::cast<::mlir::RankedTensorType>(getY().getType()).getRank() + 1;
    }
  }];
}

def MHC_YieldOp : MHC_Op<"yield", [
    Pure, Terminator, ReturnLike, HasParent<"ConnectionOp">]> {
  let summary = "the row that a sublayer gives back to its connection";
  let description = [{
    Ends the region of an `mhc.connection`. Its operand is `f`, `[T.., C]`.

    ```mlir
    func.func @identity(%x: tensor<8x1x64xf32>) -> tensor<8x1x64xf32> {
      %out = mhc.connection #mhc.variant<residual> %x
          : (tensor<8x1x64xf32>) -> tensor<8x1x64xf32> sublayer(%y: tensor<8x64xf32>) {
        mhc.yield %y : tensor<8x64xf32>
      }
      return %out : tensor<8x1x64xf32>
    }
    ```
  }];
  let arguments = (ins MHC_Rows:$f);
  let assemblyFormat = "$f attr-dict `:` type($f)";
}

def MHC_HeadOp : MHC_TensorOp<"head"> {
  let summary = "reads one row from the streams at the end of a model";
  let description = [{
    The half of an mHC connection that reads:

        y[c] = sum_i pre[i] x[i,c],  pre = sigmoid(scale rstd (phi v) + base) + pre_eps

    with `phi` `[n, n C]`, `scale` `[1]`, `base` `[n]`. The variant is of kind `mhc`;
    of it, `norm`, `norm_eps`, `precision` and `gates` are used. `norm_weight` as in
    `mhc.connection`.

    ```mlir
    func.func @last(%x: tensor<2x?x4x64xbf16>, %phi: tensor<4x256xf32>,
                    %scale: tensor<1xf32>, %base: tensor<4xf32>) -> tensor<2x?x64xbf16> {
      %y = mhc.head #mhc.variant<mhc, gates = <pre_eps = 1.0e-6>> %x
             phi %phi scale %scale base %base
          : (tensor<2x?x4x64xbf16>, tensor<4x256xf32>, tensor<1xf32>, tensor<4xf32>)
          -> tensor<2x?x64xbf16>
      return %y : tensor<2x?x64xbf16>
    }
    ```
  }];
  let arguments = (ins
    MHC_VariantAttr:$variant, MHC_Rows:$x, MHC_Weights:$phi,
    MHC_Weights:$scale, MHC_Weights:$base, Optional<MHC_Weights>:$norm_weight);
  let results = (outs MHC_Rows:$y);
  let assemblyFormat = [{
    $variant $x `phi` $phi `scale` $scale `base` $base
    (`norm_weight` $norm_weight^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def MHC_ExpandOp : MHC_TensorOp<"expand"> {
  let summary = "starts n streams from one row";
  let description = [{
    out[i,c] = x[c]: every stream is the row. Folds away for one stream that is
    reduced again.

    ```mlir
    func.func @start(%x: tensor<?x64xbf16>) -> tensor<?x4x64xbf16> {
      %0 = mhc.expand %x : tensor<?x64xbf16> to tensor<?x4x64xbf16>
      return %0 : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins MHC_Rows:$x);
  let results = (outs MHC_Rows:$out);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($out)";
}

def MHC_ReduceStreamsOp : MHC_TensorOp<"reduce_streams"> {
  let summary = "sum or mean of the streams";
  let description = [{
    y[c] = sum_i x[i,c], or that sum divided by n. The sum is a balanced pairwise
    tree over the streams. Of one stream that `mhc.expand` made it is the row that
    was expanded, and folds to it.

    ```mlir
    func.func @stop(%x: tensor<?x4x64xbf16>) -> tensor<?x64xbf16> {
      %0 = mhc.reduce_streams mean %x : tensor<?x4x64xbf16> to tensor<?x64xbf16>
      return %0 : tensor<?x64xbf16>
    }
    ```
  }];
  let arguments = (ins MHC_ReductionAttr:$reduction, MHC_Rows:$x);
  let results = (outs MHC_Rows:$y);
  let assemblyFormat = "custom<Reduction>($reduction) $x attr-dict `:` type($x) `to` type($y)";
  let hasFolder = 1;
}

#endif // MHC_DIALECT_MHC_IR_MODELOPS
