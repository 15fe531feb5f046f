//===- KernelSplitter.h - A kernel cut at the ends of sweeps ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_KERNELSPLITTER_H
#define MHC_DIALECT_MHC_TRANSFORMS_KERNELSPLITTER_H

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {

/// What crosses a cut besides rows.
enum class Crossing {
  /// What sweeps made; all else is computed again from it.
  Sums,
  /// What the later piece uses: a value of the token's program that
  /// needs a sum of an earlier piece is computed there alone.
  Values
};

/// The kernels that one was cut into.
struct KernelPieces {
  SmallVector<KernelOp> kernels;
  /// How many values cross from one to another.
  unsigned crossing = 0;
};

/// Replaces `kernel`, which is on tensors, by pieces: sweep number i is in
/// piece `pieceOf[i]`. A sweep is in no piece before those that it needs. A
/// piece that would make nothing is left out.
KernelPieces splitKernel(KernelOp kernel, ArrayRef<unsigned> pieceOf,
                         Crossing crossing, RewriterBase &rewriter);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_KERNELSPLITTER_H
