//===- RowOps.td - The algebra of rows and coefficients ---*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Six ops, closed under differentiation: the derivative of each is a sum of the
// others. Forward and backward programs are made of the same ones.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_ROWOPS
#define MHC_DIALECT_MHC_IR_ROWOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"

def MHC_CombineOp : MHC_TensorOp<"combine", [AttrSizedOperandSegments]> {
  let summary = "a sum of rows weighted by coefficients";
  let description = [{
    Adds its terms, in the order written, and rounds the sum once. A term is a row,
    alone or with coefficients:

    | term | adds to out[o,c] |
    |---|---|
    | `(%f)` | f[c], to every stream |
    | `(%x)` | x[o,c] |
    | `(%x scaled %k)` | k x[o,c], k `[T..]` a scalar of the token; k may also name streams, k[o] x[o,c] |
    | `(%f by %post)` | post[o] f[c], post `[T.., n]` |
    | `(%x by %R)` | sum_i R[o,i] x[i,c], R `[T.., n, i]` |
    | `(%x by %R transposed)` | sum_i R[i,o] x[i,c], R `[T.., i, n]` |

    The order is part of the meaning: the first product is a multiplication, every
    further one a fused multiply-add onto the sum; a term without coefficients is
    added. Coefficients may lack the token dimensions, but factors of a `scaled` term
    then name no streams either.

    If no term has streams, the result need not have any either.

    ```mlir
    func.func @write(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>,
                     %post: tensor<?x4xf32>, %R: tensor<?x4x4xf32>) -> tensor<?x4x64xbf16> {
      %0 = mhc.combine (%f by %post : tensor<?x64xbf16>, tensor<?x4xf32>),
                       (%x by %R transposed : tensor<?x4x64xbf16>, tensor<?x4x4xf32>)
          -> tensor<?x4x64xbf16>
      return %0 : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins
    Variadic<MHC_RowsOrColumn>:$rows, Variadic<MHC_CoefficientsOrVector>:$coefficients,
    MHC_TermKindsAttr:$kinds);
  let results = (outs MHC_RowsOrColumn:$out);
  let assemblyFormat = [{
    custom<Terms>($rows, type($rows), $coefficients, type($coefficients), $kinds)
    attr-dict `->` type($out)
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let extraClassDeclaration = [{
    /// The terms in the order in which they are added.
    ::llvm::SmallVector<CombineTerm> getTerms();
    /// Whether the row of a term has a stream dimension, given that of the result.
    bool termHasStreams(const CombineTerm &term);
  }];
  let builders = [
    OpBuilder<(ins "::mlir::Type":$out, "::llvm::ArrayRef<CombineTerm>":$terms)>,
  ];
}

def MHC_AggregateOp : MHC_TensorOp<"aggregate"> {
  let summary = "one row read from the streams";
  let description = [{
    y[c] = sum_i pre[i] x[i,c], with pre `[T.., n]` or `[n]`: one multiplication,
    then one fused multiply-add a stream, rounded once.

    ```mlir
    func.func @read(%x: tensor<?x4x64xbf16>, %pre: tensor<?x4xf32>) -> tensor<?x64xbf16> {
      %0 = mhc.aggregate %x, %pre : (tensor<?x4x64xbf16>, tensor<?x4xf32>) -> tensor<?x64xbf16>
      return %0 : tensor<?x64xbf16>
    }
    ```
  }];
  let arguments = (ins MHC_RowsOrColumn:$x, MHC_CoefficientsOrVector:$pre);
  let results = (outs MHC_RowsOrColumn:$y);
  let assemblyFormat =
      "$x `,` $pre attr-dict `:` functional-type(operands, results)";
}

def MHC_InnerOp : MHC_TensorOp<"inner"> {
  let summary = "inner products of rows over hidden";
  let description = [{
    * `pairs` (need not be written): every stream of `a` with every stream of `b`, out[p,q] =
      sum_c a[p,c] b[q,c]. The dimension of a row without streams is left out of
      the result: `[T.., p, q]`, `[T.., p]`, `[T.., q]` or `[T..]`.
    * `each`: every stream with its own, out[i] = sum_c a[i,c] b[i,c], `[T.., n]`.
    * `whole`: summed over the streams too, `[T..]`.

    ```mlir
    func.func @products(%g: tensor<?x4x64xbf16>, %x: tensor<?x4x64xbf16>)
        -> (tensor<?x4x4xf32>, tensor<?xf32>) {
      %dR = mhc.inner %g, %x
          : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?x4x4xf32>
      %squares = mhc.inner whole %x, %x
          : (tensor<?x4x64xbf16>, tensor<?x4x64xbf16>) -> tensor<?xf32>
      return %dR, %squares : tensor<?x4x4xf32>, tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins
    DefaultValuedAttr<MHC_InnerKindAttr, "::mlir::mhc::InnerKind::Pairs">:$kind,
    MHC_RowsOrColumn:$a, MHC_RowsOrColumn:$b);
  let results = (outs MHC_CoefficientsOrVector:$out);
  let assemblyFormat =
      "custom<InnerKind>($kind, $a) `,` $b attr-dict `:` functional-type(operands, results)";
}



def MHC_ProjectOp : MHC_TensorOp<"project"> {
  let summary = "a row times phi, the coefficients before normalisation";
  let description = [{
    * `whole` (need not be written): h[j] = sum_(i,c) phi[j,(i,c)] x[i,c], phi `[m, n C]`,
      result `[T.., m]`; `x` may have no streams, phi is then `[m, C]`.
    * `each`: every stream by itself, h[i,j] = sum_c phi[j,c] x[i,c], phi `[m, C]`,
      result `[T.., n, m]`.

    With `norm_weight` w, a number for each column of phi, phi is f32(phi * w), or
    f64(phi * w) with rows of f64: the rounding is part of the op. `precision` says what the product may lose:

    | precision | operands |
    |---|---|
    | `bf16x3` (need not be written) | split into bf16 terms, products below 2^-24 of the largest dropped |
    | `bf16x2` | phi in two terms |
    | `tf32` | rounded to nearest to tf32 |
    | `f32` | as they are |

    A target may compute more exactly than is asked. Rows of f64 compute in f64.

    ```mlir
    func.func @logits(%x: tensor<?x4x64xbf16>, %phi: tensor<24x256xf32>,
                      %w: tensor<256xf32>) -> tensor<?x24xf32> {
      %0 = mhc.project %x by %phi norm_weight %w precision tf32
          : (tensor<?x4x64xbf16>, tensor<24x256xf32>, tensor<256xf32>) -> tensor<?x24xf32>
      return %0 : tensor<?x24xf32>
    }
    ```
  }];
  let arguments = (ins
    DefaultValuedAttr<MHC_ExtentAttr, "::mlir::mhc::Extent::Whole">:$extent,
    MHC_Rows:$x, MHC_Weights:$phi, Optional<MHC_Weights>:$norm_weight,
    DefaultValuedAttr<MHC_PrecisionAttr, "::mlir::mhc::Precision::BF16x3">:$precision);
  let results = (outs MHC_Coefficients:$out);
  let assemblyFormat = [{
    custom<Extent>($extent, $x) `by` $phi (`norm_weight` $norm_weight^)?
    (`precision` custom<Precision>($precision)^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

def MHC_BackprojectOp : MHC_TensorOp<"backproject"> {
  let summary = "coefficients times phi, a row";
  let description = [{
    The transpose of `mhc.project`: out[i,c] = sum_j d[j] phi[j,(i,c)] (`whole`),
    or sum_j d[i,j] phi[j,c] (`each`). `norm_weight` and `precision` as there.

    ```mlir
    func.func @back(%d: tensor<?x24xf32>, %phi: tensor<24x256xf32>) -> tensor<?x4x64xbf16> {
      %0 = mhc.backproject %d by %phi
          : (tensor<?x24xf32>, tensor<24x256xf32>) -> tensor<?x4x64xbf16>
      return %0 : tensor<?x4x64xbf16>
    }
    ```
  }];
  let arguments = (ins
    DefaultValuedAttr<MHC_ExtentAttr, "::mlir::mhc::Extent::Whole">:$extent,
    MHC_CoefficientsOrVector:$d, MHC_WeightsOrInKernel:$phi, Optional<MHC_Weights>:$norm_weight,
    DefaultValuedAttr<MHC_PrecisionAttr, "::mlir::mhc::Precision::BF16x3">:$precision);
  let results = (outs MHC_RowsOrColumn:$out);
  let assemblyFormat = [{
    custom<Extent>($extent, $d) `by` $phi (`norm_weight` $norm_weight^)?
    (`precision` custom<Precision>($precision)^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasCanonicalizer = 1;
}

def MHC_OuterOp : MHC_TensorOp<"outer"> {
  let summary = "coefficients times a row, summed over tokens";
  let description = [{
    out[j,(i,c)] = sum_tokens d[j] x[i,c] (`whole`, result `[m, n C]`), or
    sum_tokens sum_i d[i,j] x[i,c] (`each`, result `[m, C]`): the gradient of phi.
    Zero tokens give zeros. The result has the type of the coefficients.

    ```mlir
    func.func @dphi(%d: tensor<?x24xf32>, %x: tensor<?x4x64xbf16>) -> tensor<24x256xf32> {
      %0 = mhc.outer %d by %x
          : (tensor<?x24xf32>, tensor<?x4x64xbf16>) -> tensor<24x256xf32>
      return %0 : tensor<24x256xf32>
    }
    ```
  }];
  let arguments = (ins
    DefaultValuedAttr<MHC_ExtentAttr, "::mlir::mhc::Extent::Whole">:$extent,
    MHC_Coefficients:$d, MHC_Rows:$x,
    DefaultValuedAttr<MHC_PrecisionAttr, "::mlir::mhc::Precision::BF16x3">:$precision);
  let results = (outs MHC_Coefficients:$out);
  let assemblyFormat = [{
    custom<Extent>($extent, $d) `by` $x (`precision` custom<Precision>($precision)^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // MHC_DIALECT_MHC_IR_ROWOPS
