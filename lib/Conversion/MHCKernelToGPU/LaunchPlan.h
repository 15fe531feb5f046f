//===- LaunchPlan.h - What a launch does when -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A CTA alternates between the token's program, a thread for each token, and
// sweeps, a warp for 8 tokens and 32 columns. A stage is a part of the token's
// program and the sweeps that follow it. What one part makes and another uses
// lies in shared memory.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHPLAN_H
#define MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHPLAN_H

#include "SliceOrder.h"

#include "llvm/ADT/SetVector.h"

namespace mlir::mhc {

struct Stage {
  /// Ops of the token's program in order.
  SmallVector<Operation *> ops;
  /// Values of these ops, or arguments, that sweeps or later stages use.
  llvm::SetVector<Value> spilled;
  SmallVector<SweepOp> sweeps;
};

struct LaunchPlan {
  /// Plans `kernel`, whose hidden is dealt to `slices` CTAs. Fails with a
  /// diagnostic if a sweep needs the sums of another one and slices are
  /// several.
  static FailureOr<LaunchPlan> create(KernelOp kernel, int64_t slices);

  /// The last one has no sweeps; it returns values and adds totals.
  SmallVector<Stage> stages;
  /// Whether slices have sums to add.
  bool hasSums = false;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHPLAN_H
