//===- MemoryLayout.h - Places of buffers in a workspace --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Buffers whose sizes depend on different numbers are kept apart: those of a
// size k T lie in one part of the workspace, those of a size k T T in another,
// and so on. In a part sizes and places are integers, the factors k, so that a
// packing is one for every T.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_MEMORYLAYOUT_H
#define LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_MEMORYLAYOUT_H

#include "Packing.h"

#include "mhc/Dialect/MHC/Utils/SizeExpr.h"

namespace mlir::mhc {

/// A buffer of `bytes` that lives from one time to another, both included.
struct LaidOutBuffer {
  SizeExpr bytes;
  size_t first, last;
  /// Where it lies.
  SizeExpr offset = 0;
};

/// Gives all buffers places, and returns the size of the workspace: exactly
/// where the last byte of a buffer ends.
SizeExpr layOut(llvm::MutableArrayRef<LaidOutBuffer> buffers,
                SizeExprContext &context);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_MEMORYLAYOUT_H
