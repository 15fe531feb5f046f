//===- MHCBase.td - The dialect, its types and its op classes -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MHCBASE
#define MHC_DIALECT_MHC_IR_MHCBASE

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def MHC_Dialect : Dialect {
  let name = "mhc";
  let cppNamespace = "::mlir::mhc";
  let summary = "Hyper-connections: residual connections of n streams";
  let description = [{
    A residual network carries one stream of rows between its layers.
    Hyper-connections carry `n` of them and learn, for each token, how a
    sublayer F reads from the streams, writes to them, and how they mix.

    The dialect has four levels:

    * *model*: what people write: `mhc.connection`, `mhc.head`, `mhc.expand`,
      `mhc.reduce_streams`;
    * *rows*: linear algebra between rows of `hidden` columns and the
      coefficients of a token: `mhc.combine`, `mhc.aggregate`, `mhc.inner`,
      `mhc.project`, `mhc.backproject`, `mhc.outer`;
    * *token*: what is computed from the coefficients of one token alone:
      `mhc.rstd`, `mhc.gates`, `mhc.sinkhorn`, `mhc.sinkhorn_step`, and their
      gradients, `mhc.rstd_grad` and so on;
    * *kernels*: `mhc.kernel`, the program of one token, made of sweeps over hidden
      (`mhc.sweep`) and of row and token ops on one column and one token;
      `mhc.prepare`, work on weights alone; `mhc.recompute`, what the backward computes again.

    Once memory is planned, `mhc.life_begin` and `mhc.life_end` say where the life of
    each buffer begins and ends.

    Shapes in this reference are written with `T..` for the token dimensions
    (any number of them, static, dynamic, or zero long), `n` for the streams
    (static, 1 to 16), `C` for hidden (static, at least 1), and `m` for the
    number of coefficients of a token.

    *Rows* are tensors `[T.., n, C]` or `[T.., C]` of bf16, f16, f32 or f64.
    *Coefficients* are tensors `[T.., k..]`, or `[k..]` if they are the same for
    all tokens; they are f64 where a row of the op is f64, and f32 otherwise.
    *Weights* have no token dimension and any of the four types that is not
    wider than the coefficients. Rows of bf16, f16 and f32 are computed in f32
    and rounded once, when they are written.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    void registerTypes();
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// The element types of rows and weights.
def MHC_Float : AnyTypeOf<[BF16, F16, F32, F64], "bf16, f16, f32 or f64">;
/// The element types of coefficients.
def MHC_CoefficientFloat : AnyTypeOf<[F32, F64], "f32 or f64">;

def MHC_NoEncoding
    : CPred<"!::llvm::cast<::mlir::RankedTensorType>($_self).getEncoding()">;

class MHC_Tensor<Type element, string what, string elementSummary>
    : Type<And<[RankedTensorOf<[element]>.predicate, MHC_NoEncoding]>,
           what # " (ranked tensor of " # elementSummary # ", without encoding)",
           "::mlir::RankedTensorType">;

def MHC_Rows : MHC_Tensor<MHC_Float, "rows", "bf16, f16, f32 or f64">;
def MHC_Coefficients
    : MHC_Tensor<MHC_CoefficientFloat, "coefficients", "f32 or f64">;
def MHC_Weights : Type<And<[MHC_Rows.predicate, HasStaticShapePred]>,
    "weights (ranked tensor of bf16, f16, f32 or f64"
    " with a static shape, without encoding)",
    "::mlir::RankedTensorType">;

// In a kernel the same ops work on one token, or on one column of it.

/// The elements of a row at one column: a vector over the streams, or a scalar.
def MHC_Column : AnyTypeOf<[MHC_Float, FixedVectorOfRankAndType<[1], [MHC_Float]>]>;
def MHC_RowsOrColumn : AnyTypeOf<[MHC_Rows, MHC_Column],
    MHC_Rows.summary # ", or a column (bf16, f16, f32 or f64, or a vector)">;
/// The coefficients of one token.
def MHC_CoefficientVector : AnyTypeOf<[
    MHC_CoefficientFloat, FixedVectorOfAnyRank<[MHC_CoefficientFloat]>]>;
def MHC_CoefficientsOrVector
    : AnyTypeOf<[MHC_Coefficients, MHC_CoefficientVector],
                MHC_Coefficients.summary # ", or those of a token (a scalar or a vector)">;
def MHC_WeightsOrVector
    : AnyTypeOf<[MHC_Weights, FixedVectorOfAnyRank<[MHC_Float]>],
                MHC_Weights.summary # ", or a vector">;
def MHC_InKernelWeight
    : Type<CPred<"::llvm::isa<::mlir::mhc::WeightType>($_self)">, "!mhc.weight">;
def MHC_WeightsOrInKernel
    : AnyTypeOf<[MHC_Weights, MHC_InKernelWeight],
                MHC_Weights.summary # ", or !mhc.weight">;

//===----------------------------------------------------------------------===//
// Op classes
//===----------------------------------------------------------------------===//

def MHC_ReifiesShapes
    : DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                ["reifyResultShapes"]>;

class MHC_Op<string mnemonic, list<Trait> traits = []>
    : Op<MHC_Dialect, mnemonic, traits>;

/// An op without side effects whose results' token dimensions are those of its
/// operands, so that their sizes can be asked of the operands.
class MHC_TensorOp<string mnemonic, list<Trait> traits = []>
    : MHC_Op<mnemonic, !listconcat(traits, [Pure,
        MHC_ReifiesShapes])> {
  let hasVerifier = 1;
}

#endif // MHC_DIALECT_MHC_IR_MHCBASE
