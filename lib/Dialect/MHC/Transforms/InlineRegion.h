//===- InlineRegion.h - An isolated region, where it stands -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_INLINEREGION_H
#define LIB_DIALECT_MHC_TRANSFORMS_INLINEREGION_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {

/// Replaces an op by the ops of its one region, whose arguments are the op's
/// operands and whose terminator has its results.
inline void inlineRegion(Operation *op, RewriterBase &rewriter) {
  Block *body = &op->getRegion(0).front();
  SmallVector<Value> operands(op->getOperands());
  Operation *end = body->getTerminator();
  SmallVector<Value> results(end->getOperands());
  // What is returned may be an operand.
  for (Value &result : results)
    if (auto argument = dyn_cast<BlockArgument>(result))
      result = operands[argument.getArgNumber()];
  rewriter.eraseOp(end);
  rewriter.inlineBlockBefore(body, op, operands);
  rewriter.replaceOp(op, results);
}

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_INLINEREGION_H
