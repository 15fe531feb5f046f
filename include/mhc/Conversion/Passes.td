//===- Passes.td - Conversions from mhc to other dialects -*- tablegen -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_PASSES
#define MHC_CONVERSION_PASSES

include "mlir/Pass/PassBase.td"

def ConvertMHCKernelToCPU : Pass<"convert-mhc-kernel-to-cpu"> {
  let summary = "Lower kernels on memrefs to vectors and parallel loops";
  let description = [{
    Lowers every `mhc.kernel` on memrefs to `scf`, `vector` and `arith`. Tokens are cut
    into blocks of 16, blocks are dealt to chunks that run in parallel (`scf.parallel`);
    how many chunks there are depends on the number of tokens and on the kernel alone.
    The token's program runs for the 16 tokens of a block at once, one lane each; a
    sweep runs 16 columns at once.

    Sums over hidden follow the kernel's order. A leaf is cut into vectors of 16
    columns (of 8, with leaves of 8), which are added by a balanced pairwise tree;
    products with phi add streams and vectors to each lane by one chain of fused
    multiply-adds from zero. Lanes stay apart in the tree of leaves, and are added at
    its root by a balanced pairwise tree. Totals add the tokens of a block in order,
    then the blocks of a chunk, then the chunks. Products with phi are
    computed in f32, whatever precision is asked for; in f64 with rows of f64.

    Kernels whose sweeps have no product with phi run token by token. In others hidden
    is cut into tiles of four leaves, on which all tokens of the block run, so that phi is
    read once for a block; a tile's part of phi is packed first.

    Scratch memory is the kernel's `workspace`, or allocated once for a call.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect"
  ];
}

def ConvertMHCToLinalg : Pass<"convert-mhc-to-linalg"> {
  let summary = "Convert row and token ops to linalg on tensors";
  let description = [{
    Lowers every op of the row and token levels, `mhc.expand` and
    `mhc.reduce_streams` to `linalg.generic`, for the reference and for
    compilers that take linalg. Connections and heads are lowered by
    `mhc-lower-connections` before.

    Sums over streams follow the numerics contract to the letter: one
    multiplication, then a fused multiply-add a term in order, sums of n numbers as a
    balanced pairwise tree, one rounding at the end. Sums over hidden and over
    tokens are accumulated in f64 and rounded once; `accumulate-in-f64=false` uses the
    type of the coefficients, for targets without f64.
  }];
  let options = [
    Option<"accumulateInF64", "accumulate-in-f64", "bool", /*default=*/"true",
           "Accumulate sums over hidden and over tokens in f64">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

#endif // MHC_CONVERSION_PASSES
