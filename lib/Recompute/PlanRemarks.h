//===- PlanRemarks.h - What becomes of each value ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_PLANREMARKS_H
#define LIB_RECOMPUTE_PLANREMARKS_H

#include "ConnectionChain.h"

namespace mlir::mhc {

/// How many values of a plan are kept, and how many computed again.
struct PlanCounts {
  unsigned kept = 0, recomputed = 0;
};

/// Emits a remark for each value of a plan: kept or computed again, its bytes,
/// and what having it again moves.
PlanCounts remarkPlan(func::FuncOp function, const ConnectionChain &chain,
                      const RecomputePlan &plan);

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_PLANREMARKS_H
