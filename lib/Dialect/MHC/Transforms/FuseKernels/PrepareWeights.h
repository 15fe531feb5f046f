//===- PrepareWeights.h - Work on weights before kernels --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_PREPAREWEIGHTS_H
#define LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_PREPAREWEIGHTS_H

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Folds norm weights into phi, once for each pair, in an mhc.prepare: kernels
/// know no norm weight. The same bits.
void foldNormWeights(Block &block);

/// Replaces the product of an expanded row with phi by that of the row with phi
/// added over the streams: hidden products instead of n hidden. Another order
/// of the same sum; reported in a remark.
void sumWeightsOfExpandedRows(Block &block);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_FUSEKERNELS_PREPAREWEIGHTS_H
