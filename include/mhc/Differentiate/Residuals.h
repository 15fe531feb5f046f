//===- Residuals.h - What need not be kept for a backward -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIFFERENTIATE_RESIDUALS_H
#define MHC_DIFFERENTIATE_RESIDUALS_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseSet.h"

namespace mlir::mhc {

/// Tells the values of a forward that its backward computes again wherever it
/// reads them: constants, views, weights cut from arguments, numbers, and what
/// follows from the results of mhc.project and mhc.inner by token ops and
/// elementwise.
class CheapValues {
public:
  explicit CheapValues(Block &block);

  /// Whether the results of an op of the block are such values.
  bool isCheap(Operation *op) const;

  /// Whether a value is an argument of the block, or a slice of one.
  static bool isOfArguments(Value value);

private:
  /// Whether a value is a few numbers of each token, made of the results of
  /// products with phi and inner products.
  bool isCoefficient(Value value) const;

  DenseSet<Value> coefficients;
};

} // namespace mlir::mhc

#endif // MHC_DIFFERENTIATE_RESIDUALS_H
