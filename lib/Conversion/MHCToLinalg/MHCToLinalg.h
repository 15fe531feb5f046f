//===- MHCToLinalg.h - The conversion's patterns, by level ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CONVERSION_MHCTOLINALG_MHCTOLINALG_H
#define LIB_CONVERSION_MHCTOLINALG_MHCTOLINALG_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {

/// Row ops, expand and reduce_streams. Sums over hidden and over tokens are
/// accumulated in `accumulator`, or in the type of the coefficients if null.
void populateRowOpsToLinalg(RewritePatternSet &patterns, FloatType accumulator);

/// Token ops.
void populateTokenOpsToLinalg(RewritePatternSet &patterns);

/// Gradients of token ops.
void populateGradientOpsToLinalg(RewritePatternSet &patterns);

} // namespace mlir::mhc

#endif // LIB_CONVERSION_MHCTOLINALG_MHCTOLINALG_H
