//===- RebuildRegions.h - What a plan computes again ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_REBUILDREGIONS_H
#define LIB_RECOMPUTE_REBUILDREGIONS_H

#include "ConnectionChain.h"

namespace mlir::mhc {

/// Inserts a mhc.recompute for what `plan` does not keep, each before its first
/// reader, and has the backward read its results. Returns how many.
unsigned insertRebuildRegions(TrainingStep &step, const ConnectionChain &chain,
                              const RecomputePlan &plan);

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_REBUILDREGIONS_H
