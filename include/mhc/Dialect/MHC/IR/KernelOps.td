//===- KernelOps.td - The program of one token ------------*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_KERNELOPS
#define MHC_DIALECT_MHC_IR_KERNELOPS

include "mhc/Dialect/MHC/IR/MHCAttributes.td"
include "mhc/Dialect/MHC/IR/MHCTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"

def MHC_KernelOp : MHC_Op<"kernel", [
    IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments,
    DestinationStyleOpInterface, MHC_ReifiesShapes,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "the program of one token, run for all of them";
  let description = [{
    A kernel runs its region once for each token, and the region knows nothing of the
    others. Each of `ins` becomes an argument of the region without its token
    dimensions:

    | tensor | argument |
    |---|---|
    | rows `[T.., n, C]` or `[T.., C]`; or `[n, C]`, `[C]`, the same for all tokens | `!mhc.row` |
    | coefficients `[T.., k..]`; or `[k..]`, the same for all tokens | a vector, or a scalar |
    | phi `[m, n C]` or `[m, C]` | `!mhc.weight` |

    The region is made of *sweeps* over hidden (`mhc.sweep`), and of the token's own
    program between them: `mhc.gates`, `mhc.sinkhorn` and other ops on vectors and
    scalars, without memory. `mhc.return` ends it, with one operand for each of
    `outs`: a row that a sweep made, coefficients, or a total.

    What must be finished before what is said by the values alone: a sweep that uses a
    sum of another one comes after it. Rows that two sweeps read are retained, or
    read again; which of the two, and where, is a matter of the target.

    A kernel writes into `outs`, whose tensors are its results. After bufferisation
    operands are memrefs and there are no results. `workspace` is scratch memory that a
    target may ask for. `order` is that of its sums over hidden.

    This is the combine of one connection with the product and the aggregate of the
    next; streams are read once and written once:

    ```mlir
    func.func @boundary(%x: tensor<?x4x64xbf16>, %f: tensor<?x64xbf16>, %post: tensor<?x4xf32>,
                        %R: tensor<?x4x4xf32>, %phi: tensor<4x256xf32>, %scale: tensor<1xf32>,
                        %base: tensor<4xf32>, %e0: tensor<?x4x64xbf16>, %e1: tensor<?x64xbf16>)
        -> (tensor<?x4x64xbf16>, tensor<?x64xbf16>) {
      %next, %y = mhc.kernel "boundary"
          ins(%xa = %x : tensor<?x4x64xbf16> as !mhc.row<4x64xbf16>,
              %fa = %f : tensor<?x64xbf16> as !mhc.row<64xbf16>,
              %pa = %post : tensor<?x4xf32> as vector<4xf32>,
              %Ra = %R : tensor<?x4x4xf32> as vector<4x4xf32>,
              %w = %phi : tensor<4x256xf32> as !mhc.weight<4x4x64xf32>,
              %s = %scale : tensor<1xf32> as vector<1xf32>,
              %b = %base : tensor<4xf32> as vector<4xf32>)
          outs(%e0 : tensor<?x4x64xbf16>, %e1 : tensor<?x64xbf16>) {
        %xn, %m, %squares = mhc.sweep over 64
            (%c = %xa : !mhc.row<4x64xbf16>, %g = %fa : !mhc.row<64xbf16>)
            -> (!mhc.row<4x64xbf16>, vector<4xf32>, f32) {
          %o = mhc.combine (%g by %pa : bf16, vector<4xf32>),
                           (%c by %Ra : vector<4xbf16>, vector<4x4xf32>) -> vector<4xbf16>
          %q = mhc.inner whole %o, %o : (vector<4xbf16>, vector<4xbf16>) -> f32
          mhc.exit row(%o : vector<4xbf16>),
                   project(%o by %w : vector<4xbf16>, !mhc.weight<4x4x64xf32>), sum(%q : f32)
        }
        %rstd = mhc.rstd %squares {count = 256 : i64, eps = 1.0e-6 : f64} : f32
        %rstds = vector.broadcast %rstd : f32 to vector<4xf32>
        %h = arith.mulf %rstds, %m : vector<4xf32>
        %pre = mhc.gates #mhc.gates<pre_eps = 1.0e-6> %h, %s, %b
            : (vector<4xf32>, vector<1xf32>, vector<4xf32>) -> vector<4xf32>
        %yn = mhc.sweep over 64 (%c = %xn : !mhc.row<4x64xbf16>) -> (!mhc.row<64xbf16>) {
          %v = mhc.aggregate %c, %pre : (vector<4xbf16>, vector<4xf32>) -> bf16
          mhc.exit row(%v : bf16)
        }
        mhc.return %xn, %yn : !mhc.row<4x64xbf16>, !mhc.row<64xbf16>
      }
      return %next, %y : tensor<?x4x64xbf16>, tensor<?x64xbf16>
    }
    ```
  }];
  let arguments = (ins
    OptionalAttr<StrAttr>:$label, MHC_SumOrderAttr:$order,
    Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$ins,
    Variadic<AnyTypeOf<[AnyRankedTensor, AnyMemRef]>>:$outs,
    Optional<AnyTypeOf<[1DTensorOf<[I8]>, MemRefRankOf<[I8], [1]>]>>:$workspace);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let builders = [
    // The body is an empty block with an argument of each of `types`.
    OpBuilder<(ins "::llvm::StringRef":$label, "::mlir::ValueRange":$ins,
                   "::mlir::TypeRange":$types, "::mlir::ValueRange":$outs)>,
  ];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
    /// The values that the region returns, one for each of `outs`.
    ::mlir::OperandRange getReturned() {
      return getBody().front().getTerminator()->getOperands();
    }
    /// How many leading dimensions are tokens.
    int64_t getTokenRank();
    /// Whether operand `index` of `ins` has token dimensions.
    bool hasTokens(unsigned index);
    /// An operand or destination with token dimensions; null if there is none.
    ::mlir::Value getTokenReference();
  }];
}

def MHC_SweepOp : MHC_Op<"sweep", [
    SingleBlock, RecursiveMemoryEffects, HasParent<"KernelOp">]> {
  let summary = "one pass over hidden";
  let description = [{
    Runs its region once for each of the `over` columns of the rows that it reads. The
    region is the program of one column: an argument is a column's element of a row
    (`T`), or its elements over the streams (`vector<nxT>`). It may use the
    token's values and weights from outside, and no row. `mhc.exit` ends it and
    says what leaves the sweep; each exit is a result.

    ```mlir
    func.func @norm(%x: tensor<?x64xbf16>, %e: tensor<?xf32>) -> tensor<?xf32> {
      %0 = mhc.kernel ins(%a = %x : tensor<?x64xbf16> as !mhc.row<64xbf16>)
                      outs(%e : tensor<?xf32>) {
        %squares = mhc.sweep over 64 (%c = %a : !mhc.row<64xbf16>) -> (f32) {
          %w = arith.extf %c : bf16 to f32
          %q = arith.mulf %w, %w : f32
          mhc.exit sum(%q : f32)
        }
        %r = mhc.rstd %squares {count = 64 : i64, eps = 1.0e-6 : f64} : f32
        mhc.return %r : f32
      }
      return %0 : tensor<?xf32>
    }
    ```
  }];
  let arguments = (ins I64Attr:$hidden, Variadic<AnyType>:$rows);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
  let builders = [
    // The body is an empty block with a column of each of `rows`.
    OpBuilder<(ins "int64_t":$hidden, "::mlir::ValueRange":$rows,
                   "::mlir::TypeRange":$results)>,
  ];
  let extraClassDeclaration = [{
    ExitOp getExit();
  }];
}

def MHC_ExitOp : MHC_Op<"exit", [
    Pure, Terminator, ReturnLike, HasParent<"SweepOp">]> {
  let summary = "what leaves a sweep";
  let description = [{
    One exit for each result of the sweep, in order:

    | exit | result |
    |---|---|
    | `row(%v)` | the row whose columns are v: `!mhc.row`, of v's type |
    | `sum(%v)` | v added over columns: its type, a float or a vector of floats |
    | `project(%v by %phi)` | sum_(i,c) phi[j,i,c] v[i], a vector of m; for v with streams and phi `[m, C]`, sum_c phi[j,c] v[i], `vector<nxm>` |
    | `outer(%d by %v)` | d times v added over tokens, `!mhc.total` in the shape of phi: d[j] v[i]; for d of `vector<nxm>`, sum_i d[i,j] v[i] |
    | `total(%v)` | v added over tokens: `!mhc.total<nxC>` or `!mhc.total<C>` |

    Sums over hidden are added in the kernel's `order`, in the type of the value.
    Products with phi and sums over tokens are f32, or f64 where v is. `precision` after a product as in
    `mhc.project`.

    ```mlir
    func.func @dphi(%d: tensor<?x6xf32>, %x: tensor<?x64xbf16>, %e: tensor<6x64xf32>)
        -> tensor<6x64xf32> {
      %0 = mhc.kernel ins(%da = %d : tensor<?x6xf32> as vector<6xf32>,
                          %xa = %x : tensor<?x64xbf16> as !mhc.row<64xbf16>)
                      outs(%e : tensor<6x64xf32>) {
        %t = mhc.sweep over 64 (%c = %xa : !mhc.row<64xbf16>) -> (!mhc.total<6x64xf32>) {
          mhc.exit outer(%da by %c precision f32 : vector<6xf32>, bf16)
        }
        mhc.return %t : !mhc.total<6x64xf32>
      }
      return %0 : tensor<6x64xf32>
    }
    ```
  }];
  let arguments = (ins
    Variadic<AnyType>:$values,
    TypedArrayAttrBase<MHC_ExitKindAttr, "kinds of the exits">:$kinds,
    TypedArrayAttrBase<MHC_PrecisionAttr, "precisions of the exits">:$precisions);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::llvm::ArrayRef<SweepExit>":$exits)>];
  let extraClassDeclaration = [{
    /// The exits in the order of the sweep's results.
    ::llvm::SmallVector<SweepExit> getExits();
  }];
}

def MHC_TotalOp : MHC_Op<"total", [Pure, HasParent<"KernelOp">]> {
  let summary = "a token's value, added over all tokens";
  let description = [{
    The gradient of what is the same for all tokens, such as `base`.

    ```mlir
    func.func @dbase(%d: tensor<?x6xf32>, %e: tensor<6xf32>) -> tensor<6xf32> {
      %0 = mhc.kernel ins(%da = %d : tensor<?x6xf32> as vector<6xf32>) outs(%e : tensor<6xf32>) {
        %t = mhc.total %da : vector<6xf32> -> !mhc.total<6xf32>
        mhc.return %t : !mhc.total<6xf32>
      }
      return %0 : tensor<6xf32>
    }
    ```
  }];
  let arguments = (ins MHC_CoefficientVector:$value);
  let results = (outs MHC_TotalType:$total);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($total)";
  let hasVerifier = 1;
}

def MHC_PrepareOp : MHC_Op<"prepare", [
    IsolatedFromAbove, SingleBlock, RecursiveMemoryEffects]> {
  let summary = "work on weights alone";
  let description = [{
    What is computed once for each version of the weights and not for each token:
    a norm weight folded into phi, phi added over the streams. Operands and results are
    tensors of static shapes, the region is made of ops on tensors without side effects.

    ```mlir
    func.func @fold(%phi: tensor<24x256xf32>, %w: tensor<24x256xf32>) -> tensor<24x256xf32> {
      %0 = mhc.prepare ins(%a = %phi : tensor<24x256xf32>, %b = %w : tensor<24x256xf32>)
          -> (tensor<24x256xf32>) {
        %1 = arith.mulf %a, %b : tensor<24x256xf32>
        mhc.return %1 : tensor<24x256xf32>
      }
      return %0 : tensor<24x256xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$ins);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasRegionVerifier = 1;
}

def MHC_ReturnOp : MHC_Op<"return", [
    Pure, Terminator, ReturnLike, ParentOneOf<["KernelOp", "PrepareOp", "RecomputeOp"]>]> {
  let summary = "the results of a kernel, of work on weights, or of what is computed again";
  let description = [{
    Ends the region of an `mhc.kernel`, with one operand for each of its `outs`, or that
    of an `mhc.prepare` or `mhc.recompute`, with one for each result.

    ```mlir
    func.func @copy(%x: tensor<?x64xf32>, %e: tensor<?x64xf32>) -> tensor<?x64xf32> {
      %0 = mhc.kernel ins(%a = %x : tensor<?x64xf32> as !mhc.row<64xf32>)
                      outs(%e : tensor<?x64xf32>) {
        %r = mhc.sweep over 64 (%c = %a : !mhc.row<64xf32>) -> (!mhc.row<64xf32>) {
          mhc.exit row(%c : f32)
        }
        mhc.return %r : !mhc.row<64xf32>
      }
      return %0 : tensor<?x64xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

#endif // MHC_DIALECT_MHC_IR_KERNELOPS
