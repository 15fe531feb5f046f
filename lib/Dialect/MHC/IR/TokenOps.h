//===- TokenOps.h - What token ops and their gradients verify ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_IR_TOKENOPS_H
#define LIB_DIALECT_MHC_IR_TOKENOPS_H

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

namespace mlir::mhc {

/// An eps that is finite and not negative.
LogicalResult verifyEps(Operation *op, FloatAttr eps);

/// A number of squares of at least 1.
LogicalResult verifyCount(Operation *op, int64_t count);

/// Coefficients [.., n, n] with 1 to 16 streams.
LogicalResult verifyMatrix(Operation *op, NamedValue matrix);

/// Values of the element type of `reference`.
LogicalResult verifyElementsAs(Operation *op, NamedValue reference,
                               ArrayRef<NamedValue> values);

/// The operands of mhc.gates against its results, or their gradients, `outs`,
/// whose names are `names`. Sets `tokens` to the token dimensions.
LogicalResult verifyGates(Operation *op, GatesAttr gates, Value h, Value scale,
                          Value base, ValueRange outs,
                          ArrayRef<StringRef> names, TokenDims &tokens);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_IR_TOKENOPS_H
