//===- SharedUse.h - Shared memory of a launch ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_SHAREDUSE_H
#define MHC_CONVERSION_MHCKERNELTOGPU_SHAREDUSE_H

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Shared memory that the gradient of one Sinkhorn iteration may take; more
/// goes to the threads' local memory.
constexpr int64_t kSinkhornBytes = 100 * 1024;

/// Bytes of shared memory of a CTA.
struct SharedUse {
  /// phi.
  int64_t weights = 0;
  /// Sums over hidden of the leaves of a slice.
  int64_t sums = 0;
  /// What the tokens of a block compute and sweeps read, and the other way
  /// round.
  int64_t values = 0;
  /// Rows that are kept for a later sweep.
  int64_t rows = 0;
  /// Rows that are copied ahead.
  int64_t slots = 0;
  /// Whether threads need local memory besides.
  bool isLocal = false;

  int64_t total() const { return weights + sums + values + rows + slots; }
};

/// What the lowering of `kernel` will use with a schedule whose slices are
/// legal and apart.
SharedUse computeSharedUse(KernelOp kernel, ScheduleAttr schedule);

/// Bytes of the rows that the schedule would keep, were they retained.
int64_t computeRetainedBytes(KernelOp kernel, ScheduleAttr schedule);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_SHAREDUSE_H
