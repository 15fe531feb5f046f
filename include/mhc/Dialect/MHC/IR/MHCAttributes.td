//===- MHCAttributes.td - The constants of a variant ------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_MHCATTRIBUTES
#define MHC_DIALECT_MHC_IR_MHCATTRIBUTES

include "mhc/Dialect/MHC/IR/MHCBase.td"

//===----------------------------------------------------------------------===//
// Enumerations
//===----------------------------------------------------------------------===//

class MHC_Case<string symbol, int value, string str>
    : I32EnumAttrCase<symbol, value, str>;

class MHC_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::mhc";
  let genSpecializedAttr = 0;
}

// Keys of the attributes below.
def MHC_Kind : MHC_Enum<"Kind", "kind of a connection", [
    MHC_Case<"Residual", 0, "residual">, MHC_Case<"HC", 1, "hc">,
    MHC_Case<"MHC", 2, "mhc">]>;
def MHC_Layout : MHC_Enum<"Layout", "orientation of the mixing matrix as stored", [
    MHC_Case<"InOut", 0, "in_out">, MHC_Case<"OutIn", 1, "out_in">]>;
def MHC_Norm : MHC_Enum<"Norm", "normalisation before the projection", [
    MHC_Case<"RMS", 0, "rms">, MHC_Case<"Layer", 1, "layer">]>;
def MHC_Start : MHC_Enum<"Start", "start value of the Sinkhorn iteration", [
    MHC_Case<"Softmax", 0, "softmax">, MHC_Case<"Exp", 1, "exp">]>;
def MHC_Order : MHC_Enum<"Order", "axes of one iteration in order", [
    MHC_Case<"ColumnsRows", 0, "columns_rows">,
    MHC_Case<"RowsColumns", 1, "rows_columns">]>;
def MHC_Activation : MHC_Enum<"Activation", "function of the gates", [
    MHC_Case<"Sigmoid", 0, "sigmoid">, MHC_Case<"Tanh", 1, "tanh">]>;

// Keywords in the assembly of the ops.
def MHC_AxisEnum : MHC_Enum<"Axis", "axis of a Sinkhorn half step", [
    MHC_Case<"Rows", 0, "rows">, MHC_Case<"Columns", 1, "columns">]>;
def MHC_PrecisionEnum : MHC_Enum<"Precision", "precision of a product with phi", [
    MHC_Case<"BF16x3", 0, "bf16x3">, MHC_Case<"BF16x2", 1, "bf16x2">,
    MHC_Case<"TF32", 2, "tf32">, MHC_Case<"F32", 3, "f32">]>;
def MHC_ExtentEnum : MHC_Enum<"Extent", "what one product with phi covers", [
    MHC_Case<"Whole", 0, "whole">, MHC_Case<"Each", 1, "each">]>;
def MHC_InnerKindEnum : MHC_Enum<"InnerKind", "streams that are multiplied", [
    MHC_Case<"Pairs", 0, "pairs">, MHC_Case<"Each", 1, "each">,
    MHC_Case<"Whole", 2, "whole">]>;
def MHC_ExchangeEnum : MHC_Enum<"Exchange", "how the slices of a kernel meet between sweeps", [
  MHC_Case<"None", 0, "none">, MHC_Case<"Split", 1, "split">, MHC_Case<"Cluster", 2, "cluster">,
  MHC_Case<"L2", 3, "l2">]>;
def MHC_StorageEnum : MHC_Enum<"Storage", "where a launch keeps what it reads twice", [
  MHC_Case<"Memory", 0, "memory">, MHC_Case<"Shared", 1, "shared">]>;
def MHC_ReductionEnum : MHC_Enum<"StreamReduction", "how streams become one", [
    MHC_Case<"Sum", 0, "sum">, MHC_Case<"Mean", 1, "mean">]>;
def MHC_PinKindEnum : MHC_Enum<"PinKind", "what becomes of a value between forward and backward", [
    MHC_Case<"Keep", 0, "keep">, MHC_Case<"Recompute", 1, "recompute">,
    MHC_Case<"Given", 2, "given">, MHC_Case<"Stage", 3, "stage">]>;
def MHC_TermKindEnum : MHC_Enum<"TermKind", "how a term of a combine is weighted", [
    MHC_Case<"Plain", 0, "plain">, MHC_Case<"Scaled", 1, "scaled">,
    MHC_Case<"By", 2, "by">, MHC_Case<"Transposed", 3, "transposed">]>;

def MHC_ExitKindEnum : MHC_Enum<"ExitKind", "what leaves a sweep", [
    MHC_Case<"Row", 0, "row">, MHC_Case<"Sum", 1, "sum">,
    MHC_Case<"Project", 2, "project">, MHC_Case<"Outer", 3, "outer">,
    MHC_Case<"Total", 4, "total">]>;

class MHC_KeywordAttr<EnumInfo info, string mnemonic>
    : EnumAttr<MHC_Dialect, info, mnemonic> {
  let assemblyFormat = "`<` $value `>`";
}
def MHC_AxisAttr : MHC_KeywordAttr<MHC_AxisEnum, "axis">;
def MHC_PrecisionAttr : MHC_KeywordAttr<MHC_PrecisionEnum, "precision">;
def MHC_ExtentAttr : MHC_KeywordAttr<MHC_ExtentEnum, "extent">;
def MHC_InnerKindAttr : MHC_KeywordAttr<MHC_InnerKindEnum, "inner_kind">;
def MHC_ReductionAttr : MHC_KeywordAttr<MHC_ReductionEnum, "stream_reduction">;
def MHC_PinKindAttr : MHC_KeywordAttr<MHC_PinKindEnum, "pin_kind">;
def MHC_TermKindAttr : MHC_KeywordAttr<MHC_TermKindEnum, "term_kind">;
def MHC_ExitKindAttr : MHC_KeywordAttr<MHC_ExitKindEnum, "exit_kind">;
def MHC_TermKindsAttr
    : TypedArrayAttrBase<MHC_TermKindAttr, "kinds of the terms of a combine">;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

class MHC_Attr<string name, string mnemonic_> : AttrDef<MHC_Dialect, name> {
  let mnemonic = mnemonic_;
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def MHC_SinkhornAttr : MHC_Attr<"Sinkhorn", "sinkhorn"> {
  let summary = "one convention of the Sinkhorn iteration";
  let description = [{
    Rows are the last axis of the matrix as stored, columns the one before it.
    A *half step* along an axis divides every element by the sum along that axis
    plus `eps`.

    * `start = softmax`: the softmax of each row, plus `eps`, counts as the first
      row step. Then comes a column step, then (`iterations` - 1) times a row and
      a column step. `iterations = 1` is softmax and one column step.
    * `start = exp`: the exponential of each logit, then `iterations` times a
      column and a row step (`order = columns_rows`), or a row and a column step
      (`order = rows_columns`).

    `iterations = 0` is the start value alone, for softmax with `eps` added.
    The two conventions in use are not interchangeable: DeepSeek-V4 writes
    `#mhc.sinkhorn<iterations = 20, eps = 1.0e-6, start = softmax>`, the paper
    `#mhc.sinkhorn<iterations = 20, eps = 0.0, start = exp>`.

    `iterations` is from 0 to 1000000, `eps` finite and not negative. All three keys are
    required; `order` defaults to `columns_rows` and belongs to `start = exp`.
  }];
  let parameters = (ins
    "int64_t":$iterations,
    "::mlir::FloatAttr":$eps,
    "Start":$start,
    "Order":$order);
  let builders = [
    AttrBuilder<(ins "int64_t":$iterations, "double":$eps, "Start":$start,
                     CArg<"Order", "Order::ColumnsRows">:$order), [{
      auto f64 = ::mlir::Float64Type::get($_ctxt);
      return $_get($_ctxt, iterations, ::mlir::FloatAttr::get(f64, eps), start,
                   order);
    }]>,
  ];
  let extraClassDeclaration = [{
    /// The convention of DeepSeek-V4: 20 iterations, eps 1e-6, softmax start.
    static SinkhornAttr getV4(::mlir::MLIRContext *context);
    /// The convention of the paper: 20 iterations, no eps, exp start.
    static SinkhornAttr getPaper(::mlir::MLIRContext *context);
    /// The axes of all half steps after the start value, in order.
    ::llvm::SmallVector<Axis> getAxes() const;
    double getEpsValue() const { return getEps().getValueAsDouble(); }
  }];
}

def MHC_SumOrderAttr : MHC_Attr<"SumOrder", "order"> {
  let summary = "the order of the sums over hidden of a kernel";
  let description = [{
    The order in which a sum adds is part of what it computes. Columns are cut into
    *leaves* of `leaf` columns, all streams, which a target adds in one order of its
    own. The leaves are dealt to `groups` contiguous groups of equal length (the last
    ones may be shorter, or empty); the leaves of a group are added by a balanced pairwise
    tree, and so are the groups. What has no neighbour moves up as it is.

    Both are powers of two; `leaf` is from 8 to 1024, `groups` from 1 to 256. Defaults:
    `leaf = 32`, `groups = 16`.
  }];
  let parameters = (ins "int64_t":$leaf, "int64_t":$groups);
  let extraClassDeclaration = [{
    /// Leaves of 32 columns in 16 groups.
    static SumOrderAttr getDefault(::mlir::MLIRContext *context);
  }];
}

def MHC_ScheduleAttr : MHC_Attr<"Schedule", "schedule"> {
  let summary = "how a kernel runs on a GPU";
  let description = [{
    A kernel with a schedule is one launch, and a schedule changes no number of it but sums over tokens. Hidden is
    dealt to `slices`, each an aligned subtree of the sums over hidden (`#mhc.order`): whole
    groups, 2^k of them, or a part of a group, 2^k leaves. Tokens are cut into
    `slabs`, and each of these into blocks of at most `tokens`. A CTA of `warps` warps has one
    slice of one slab; a warp takes 8 tokens by the 32 columns of a leaf at a time.

    | key | default | meaning |
    |---|---|---|
    | `chip` | required | what it was chosen for and checked against |
    | `exchange` | `none` | how slices meet between sweeps: `none` (not at all: one slice, or no sweep needs the sums of another), `split` (`mhc-schedule` cuts the kernel where one does), `cluster`, `l2` |
    | `warps` | 8 | warps of a CTA, 1 to 32 |
    | `slices` | 1 | CTAs along hidden |
    | `slabs` | 1 | CTAs along tokens, at most 65535 |
    | `tokens` | 32 `warps`, at most 256 | tokens of a block, at most: a multiple of 8, not above 32 `warps` |
    | `prefetch` | 1 | tiles of 8 tokens whose rows are loaded ahead, 0 to 8 |
    | `vector` | 8 | columns that a lane computes at once: 2, 4 or 8 |
    | `weights` | `shared` | where phi is read in a sweep: `shared`, or `memory` |
    | `retain` | `memory` | where rows that two sweeps read are kept: `shared`, or `memory` (they are read again) |

    It is the discardable attribute `mhc.schedule` of `mhc.kernel`.

    ```mlir-attribute
    #schedule = #mhc.schedule<chip = "sm_90a", warps = 8, slices = 16, slabs = 8, tokens = 256>
    ```
  }];
  let parameters = (ins
    StringRefParameter<>:$chip, "Exchange":$exchange, "int64_t":$warps, "int64_t":$slices,
    "int64_t":$slabs, "int64_t":$tokens, "int64_t":$prefetch, "int64_t":$vector,
    "Storage":$weights, "Storage":$retain);
  let extraClassDeclaration = [{
    /// The name of the attribute that a kernel carries.
    static constexpr ::llvm::StringLiteral getAttrName() { return "mhc.schedule"; }
    int64_t getThreads() const { return 32 * getWarps(); }
    /// The same with another exchange.
    ScheduleAttr withExchange(Exchange exchange) const;
  }];
}

def MHC_GatesAttr : MHC_Attr<"Gates", "gates"> {
  let summary = "how coefficients become gates";
  let description = [{
    * `activation = sigmoid` (mHC): `pre = sigmoid(c_pre) + pre_eps`,
      `post = post_mult * sigmoid(c_post)`, and the logits of the mixing matrix
      are `c_res`, where `c = scale * h + base`.
    * `activation = tanh` (HC): `c = scale * tanh(h) + base`; `pre`, `post` and
      the mixing matrix are `c` itself, so `pre_eps` and `post_mult` do not apply.

    Defaults: `activation = sigmoid`, `pre_eps = 0.0`, `post_mult = 1.0`. DeepSeek-V4
    writes `#mhc.gates<pre_eps = 1.0e-6, post_mult = 2.0>`, the paper
    `#mhc.gates<post_mult = 2.0>`. `pre_eps` is finite and not negative,
    `post_mult` finite.
  }];
  let parameters = (ins
    "Activation":$activation,
    "::mlir::FloatAttr":$preEps,
    "::mlir::FloatAttr":$postMult);
  let builders = [
    AttrBuilder<(ins "Activation":$activation, CArg<"double", "0.0">:$preEps,
                     CArg<"double", "1.0">:$postMult), [{
      auto f64 = ::mlir::Float64Type::get($_ctxt);
      return $_get($_ctxt, activation, ::mlir::FloatAttr::get(f64, preEps),
                   ::mlir::FloatAttr::get(f64, postMult));
    }]>,
  ];
  let extraClassDeclaration = [{
    double getPreEpsValue() const { return getPreEps().getValueAsDouble(); }
    double getPostMultValue() const { return getPostMult().getValueAsDouble(); }
  }];
}

def MHC_VariantAttr : MHC_Attr<"Variant", "variant"> {
  let summary = "every constant of a kind of connection";
  let description = [{
    The first word is the kind, the keys after it are its constants:

    | kind | keys |
    |---|---|
    | `residual` | none |
    | `hc` | `norm` (`rms`, `layer`), `norm_eps`, `precision` |
    | `mhc` | those of `hc`, and `layout` (`in_out`, `out_in`; required unless mixing is the identity), `gates`, `sinkhorn` (left out: the streams are not mixed, R is the identity) |

    ```mlir-attribute
    #v4 = #mhc.variant<mhc, layout = in_out,
                       gates = <pre_eps = 1.0e-6, post_mult = 2.0>,
                       sinkhorn = <iterations = 20, eps = 1.0e-6, start = softmax>>
    #paper = #mhc.variant<mhc, layout = out_in, gates = <post_mult = 2.0>,
                          sinkhorn = <iterations = 20, eps = 0.0, start = exp>>
    #hc = #mhc.variant<hc, norm = layer, norm_eps = 1.0e-5>
    ```

    `layout` says what the last n*n coefficients, and the matrix that Sinkhorn
    makes of them, hold: `out_in` is R itself, `in_out` its transpose (DeepSeek-V4's
    "comb"). `precision` is that of the product with phi, see `mhc.project`.
    Defaults: `norm = rms`, `norm_eps = 1.0e-6`, `precision = bf16x3`. The matrix
    of `hc` is always stored as `base` is, `in_out`.
  }];
  let parameters = (ins
    "Kind":$kind,
    "Norm":$norm,
    "::mlir::FloatAttr":$normEps,
    "Precision":$precision,
    "Layout":$layout,
    "GatesAttr":$gates,
    OptionalParameter<"SinkhornAttr">:$sinkhorn);
  let extraClassDeclaration = [{
    /// DeepSeek-V4: stored [in, out], softmax start, eps 1e-6, post_mult 2.
    static VariantAttr getV4(::mlir::MLIRContext *context);
    /// The paper (arXiv 2512.24880): stored [out, in], exp start, no eps.
    static VariantAttr getPaper(::mlir::MLIRContext *context);
    /// Hyper-connections (HC) with the given norm.
    static VariantAttr getHC(::mlir::MLIRContext *context, Norm norm = Norm::RMS,
                             double normEps = 1.0e-6);
    /// The plain residual connection.
    static VariantAttr getResidual(::mlir::MLIRContext *context);
    double getNormEpsValue() const { return getNormEps().getValueAsDouble(); }
  }];
}

#endif // MHC_DIALECT_MHC_IR_MHCATTRIBUTES
