//===- Gather.h - Operations of a whole warp --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_GATHER_H
#define MHC_EMULATOR_MACHINE_GATHER_H

#include "Machine/Thread.h"

#include <string>

namespace mhc::emulator {

/// The lanes that take part in one operation of a warp.
struct WarpCall {
  Warp &warp;
  const Site &site; // of the lowest lane
  /// Who takes part; `calls` has an entry for each, by lane.
  uint32_t lanes;
  Call *const *calls;
};

/// An operation that lanes of a warp execute together.
struct WarpOperation {
  /// Runs once for all lanes, on the fiber of the last that came.
  void (*body)(const WarpCall &call);
  /// All lanes must come to one instruction, not just to an equal one.
  bool aligned = false;
  /// Also the lanes that have ended are missed.
  bool needsAll = false;
  /// The body wakes the lanes itself.
  bool wakes = false;
  /// What it is called if lanes do not come; null for "lane missing from NAME".
  const char *fault = nullptr;
};

/// Waits until every lane of `mask` that has not ended has come to the
/// operation with the same mask; the last one runs the body for all. A mask
/// without the own lane is a finding. Lanes that never come make a deadlock,
/// which is reported as a missing lane.
void gather(Call &call, uint32_t mask, const WarpOperation &operation);

/// A lane has ended: operations that waited for nobody else run.
void laneLeft(Warp &warp);

/// "shfl.sync.bfly.i32" of "llvm.nvvm.shfl.sync.bfly.i32".
std::string getShortName(const Site &site);

/// Reports a warp whose lanes wait for lanes that do not come. False if it has
/// none.
bool reportMissingLanes(Warp &warp);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_GATHER_H
