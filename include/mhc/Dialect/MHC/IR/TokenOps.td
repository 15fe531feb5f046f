//===- TokenOps.td - The program of one token's coefficients -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_TOKENOPS
#define MHC_DIALECT_MHC_IR_TOKENOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"

def MHC_RstdOp : MHC_TensorOp<"rstd", [SameOperandsAndResultType, Elementwise]> {
  let summary = "the reciprocal of a root mean square";
  let description = [{
    1 / sqrt(squares / count + eps), element by element: `squares` is a sum of
    squares, `count` the number of squares in it. `count` is at least 1, `eps`
    finite and not negative.

    ```mlir
    func.func @norm(%squares: tensor<?xf32>) -> tensor<?xf32> {
      %0 = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins MHC_CoefficientsOrVector:$squares, I64Attr:$count, F64Attr:$eps);
  let results = (outs MHC_CoefficientsOrVector:$out);
  let assemblyFormat = "$squares attr-dict `:` type($squares)";
}

def MHC_GatesOp : MHC_TensorOp<"gates"> {
  let summary = "the gates of a connection, and its mixing logits";
  let description = [{
    `activation = sigmoid`: `h` `[T.., m]`, `scale` `[3]`, `base` `[m]`. With
    c = [scale0 h_pre, scale1 h_post, scale2 h_res] + base, the results are
    pre = sigmoid(c_pre) + pre_eps `[T.., n]`, post = post_mult sigmoid(c_post)
    `[T.., n]`, and the logits c_res `[T.., n, n]` for `mhc.sinkhorn`. There are as
    many results as m has groups: one for m = n (`scale` is then `[1]`), two for
    m = 2n, three for m = n(n+2).

    `activation = tanh`: `h` `[T.., n, n+2]`, `scale` `[3]`, `base` `[n, n+2]`. With
    c[i,j] = scale_k tanh(h[i,j]) + base[i,j], the results are pre[i] = c[i,0],
    post[i] = c[i,1] and the mixing matrix, stored [in, out], c[i,2+o].

    c is one fused multiply-add.

    ```mlir
    func.func @gates(%h: tensor<?x24xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>)
        -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>) {
      %pre, %post, %logits = mhc.gates #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
            %h, %scale, %base
          : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>)
          -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
      return %pre, %post, %logits : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>
    }
    ```
  }];
  let arguments = (ins
    MHC_GatesAttr:$gates, MHC_CoefficientsOrVector:$h, MHC_WeightsOrVector:$scale,
    MHC_WeightsOrVector:$base);
  let results = (outs Variadic<MHC_CoefficientsOrVector>:$outs);
  let assemblyFormat = [{
    $gates $h `,` $scale `,` $base attr-dict
    `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::Value getPre() { return getOuts()[0]; }
    /// Null if there is one result only.
    ::mlir::Value getPost() { return getNumResults() > 1 ? getOuts()[1] : nullptr; }
    /// Null if there are fewer than three results.
    ::mlir::Value getRes() { return getNumResults() > 2 ? getOuts()[2] : nullptr; }
  }];
}

def MHC_SinkhornOp : MHC_TensorOp<"sinkhorn", [SameOperandsAndResultType]> {
  let summary = "the Sinkhorn-Knopp iteration on the logits of each token";
  let description = [{
    Turns logits `[T.., n, n]` into an almost doubly stochastic matrix, stored as the
    logits are. The convention is an attribute, `#mhc.sinkhorn`, which defines the
    steps. Sums over n numbers are balanced pairwise trees.

    The exp start is computed with a shift: exp(x - s), and eps exp(-s) in place of eps
    in the first half step, where s is the largest logit of the row or column that
    this step sums, or log(eps) if that is larger. This is exact, and does not overflow
    where exp(x) or exp(-s) would.

    ```mlir
    func.func @mix(%logits: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %0 = mhc.sinkhorn #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits
          : tensor<?x4x4xf32>
      return %0 : tensor<?x4x4xf32>
    }
    ```
  }];
  let arguments = (ins MHC_SinkhornAttr:$convention, MHC_CoefficientsOrVector:$logits);
  let results = (outs MHC_CoefficientsOrVector:$out);
  let assemblyFormat = "$convention $logits attr-dict `:` type($logits)";
}

def MHC_SinkhornStepOp
    : MHC_TensorOp<"sinkhorn_step", [SameOperandsAndResultType]> {
  let summary = "one half step of the Sinkhorn iteration";
  let description = [{
    Divides every element of the matrix `[T.., n, n]` by its sum along an axis plus
    `eps`: `rows` sums over the last axis, `columns` over the one before it. Unrolled
    IR consists of these; `mhc-fuse-sinkhorn` makes one `mhc.sinkhorn` of a chain.

    ```mlir
    func.func @half(%x: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %0 = mhc.sinkhorn_step columns %x {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
      return %0 : tensor<?x4x4xf32>
    }
    ```
  }];
  let arguments = (ins MHC_AxisAttr:$axis, MHC_CoefficientsOrVector:$x, F64Attr:$eps);
  let results = (outs MHC_CoefficientsOrVector:$out);
  let assemblyFormat = "custom<Axis>($axis) $x attr-dict `:` type($x)";
}

#endif // MHC_DIALECT_MHC_IR_TOKENOPS
