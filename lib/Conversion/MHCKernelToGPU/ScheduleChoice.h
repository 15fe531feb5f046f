//===- ScheduleChoice.h - Schedules of a kernel on a chip -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_SCHEDULECHOICE_H
#define MHC_CONVERSION_MHCKERNELTOGPU_SCHEDULECHOICE_H

#include "SharedUse.h"

#include "mhc/Analysis/Chips.h"

#include <optional>

namespace mlir::mhc {

/// For each sweep the piece that it is in where a kernel is cut before every
/// sweep that needs a sum of one in the same piece. All zero: nothing to cut.
SmallVector<unsigned> computePieces(KernelOp kernel);

/// Fails with a diagnostic at the kernel if it cannot be a launch with this
/// schedule on the chip.
LogicalResult checkSchedule(KernelOp kernel, ScheduleAttr schedule,
                            const Chip &chip);

/// The best schedule of one launch; none if no schedule is legal.
std::optional<ScheduleAttr> chooseSchedule(KernelOp kernel, const Chip &chip);

/// The schedule that needs least of a chip.
ScheduleAttr getSmallestSchedule(KernelOp kernel, const Chip &chip);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_SCHEDULECHOICE_H
