//===- GatherToLinalg.h - tensor.gather as linalg.generic -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_UTILS_GATHERTOLINALG_H
#define MHC_DIALECT_MHC_UTILS_GATHERTOLINALG_H

#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {

/// Replaces tensor.gather, which upstream neither lowers nor bufferises, by a
/// linalg.generic that extracts its elements.
void populateGatherToLinalgPatterns(RewritePatternSet &patterns);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_UTILS_GATHERTOLINALG_H
