//===- GradientOps.td - Gradients of the token ops ------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row ops need none: their gradients are made of row ops.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_GRADIENTOPS
#define MHC_DIALECT_MHC_IR_GRADIENTOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"

def MHC_RstdGradOp
    : MHC_TensorOp<"rstd_grad", [SameOperandsAndResultType, Elementwise]> {
  let summary = "the gradient of the squares of mhc.rstd";
  let description = [{
    -0.5 / count rstd^3 d, element by element: `rstd` is the result of an `mhc.rstd`
    with this `count`, `d` the gradient of that result.

    ```mlir
    func.func @norm_gradient(%rstd: tensor<?xf32>, %d: tensor<?xf32>) -> tensor<?xf32> {
      %0 = mhc.rstd_grad %rstd, %d {count = 256 : i64} : tensor<?xf32>
      return %0 : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins MHC_Coefficients:$rstd, MHC_Coefficients:$d, I64Attr:$count);
  let results = (outs MHC_Coefficients:$dsquares);
  let assemblyFormat = "$rstd `,` $d attr-dict `:` type($rstd)";
}

def MHC_GatesGradOp : MHC_TensorOp<"gates_grad"> {
  let summary = "the gradients of the operands of mhc.gates, of each token";
  let description = [{
    `h`, `scale` and `base` are the operands of an `mhc.gates`, `d` the gradients of
    its results, as many as it has. With c as there, and dc the gradient of c
    (`activation = sigmoid`: dpre s(1-s), post_mult dpost s(1-s), dres, where s =
    sigmoid(c); `tanh`: d itself):

    | result | `sigmoid` | `tanh` |
    |---|---|---|
    | `dh`, as `h` | scale_k dc | scale_k dc (1 - tanh(h)^2) |
    | `dscale` `[T.., 3]`, `[T.., 1]` with one group | sum of dc h over group k | sum of dc tanh(h) over group k |
    | `dbase` `[T.., m]`, `[T.., n, n+2]` | dc | dc |

    The scale of a group that `h` has not has the gradient 0. `dscale` and `dbase` are
    those of one token: the gradients of the weights are their sums over all tokens.

    ```mlir
    func.func @gates_gradient(%h: tensor<?x24xf32>, %scale: tensor<3xf32>, %base: tensor<24xf32>,
                              %dpre: tensor<?x4xf32>, %dpost: tensor<?x4xf32>,
                              %dlogits: tensor<?x4x4xf32>)
        -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>) {
      %dh, %dscale, %dbase = mhc.gates_grad #mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>
            %h, %scale, %base, %dpre, %dpost, %dlogits
          : (tensor<?x24xf32>, tensor<3xf32>, tensor<24xf32>,
             tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4x4xf32>)
          -> (tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>)
      return %dh, %dscale, %dbase : tensor<?x24xf32>, tensor<?x3xf32>, tensor<?x24xf32>
    }
    ```
  }];
  let arguments = (ins
    MHC_GatesAttr:$gates, MHC_Coefficients:$h, MHC_Weights:$scale,
    MHC_Weights:$base, Variadic<MHC_Coefficients>:$douts);
  let results = (outs
    MHC_Coefficients:$dh, MHC_Coefficients:$dscale, MHC_Coefficients:$dbase);
  let assemblyFormat = [{
    $gates $h `,` $scale `,` $base `,` $douts attr-dict
    `:` functional-type(operands, results)
  }];
}

def MHC_SinkhornGradOp
    : MHC_TensorOp<"sinkhorn_grad", [SameOperandsAndResultType]> {
  let summary = "the gradient of the logits of mhc.sinkhorn";
  let description = [{
    `d` is the gradient of the result of an `mhc.sinkhorn` of this convention on
    `logits`. The iteration is run again from the logits, keeping the n sums s of each
    half step, and then backwards by inversion: from a half step's result X and its
    gradient dX,

        dX <- (dX - sum(dX X)) / s,  X <- X s

    with the sum along the axis of the half step, and at last the start value:
    P (dX - sum_row(dX P)) where P is the softmax, X dX for exp. It is the gradient of
    the iterations that were made, whether they have converged or not.

    ```mlir
    func.func @mix_gradient(%logits: tensor<?x4x4xf32>, %d: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %0 = mhc.sinkhorn_grad #mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax> %logits, %d
          : tensor<?x4x4xf32>
      return %0 : tensor<?x4x4xf32>
    }
    ```
  }];
  let arguments = (ins
    MHC_SinkhornAttr:$convention, MHC_Coefficients:$logits, MHC_Coefficients:$d);
  let results = (outs MHC_Coefficients:$dlogits);
  let assemblyFormat = "$convention $logits `,` $d attr-dict `:` type($logits)";
}

def MHC_SinkhornStepGradOp
    : MHC_TensorOp<"sinkhorn_step_grad", [SameOperandsAndResultType]> {
  let summary = "the gradient of the matrix of mhc.sinkhorn_step";
  let description = [{
    (d - sum(d y)) / s, where s is the sum of `x` along the axis plus `eps`, y = x / s
    the result of the `mhc.sinkhorn_step`, and `d` its gradient.

    ```mlir
    func.func @half_gradient(%x: tensor<?x4x4xf32>, %d: tensor<?x4x4xf32>) -> tensor<?x4x4xf32> {
      %0 = mhc.sinkhorn_step_grad columns %x, %d {eps = 1.0e-6 : f64} : tensor<?x4x4xf32>
      return %0 : tensor<?x4x4xf32>
    }
    ```
  }];
  let arguments = (ins
    MHC_AxisAttr:$axis, MHC_Coefficients:$x, MHC_Coefficients:$d, F64Attr:$eps);
  let results = (outs MHC_Coefficients:$dx);
  let assemblyFormat = "custom<Axis>($axis) $x `,` $d attr-dict `:` type($x)";
}

#endif // MHC_DIALECT_MHC_IR_GRADIENTOPS
