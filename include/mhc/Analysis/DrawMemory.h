//===- DrawMemory.h - Pictures of memory over time --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Draws plain numbers: the bytes alive over the steps of forward and backward,
// and what a byte budget costs.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_DRAWMEMORY_H
#define MHC_ANALYSIS_DRAWMEMORY_H

#include "mhc/Analysis/Liveness.h"
#include "mhc/Analysis/RecomputeChain.h"

#include <optional>

namespace mlir::mhc {

/// A panel: bytes alive over steps, as stacked areas.
struct MemoryProfile {
  /// `everything kept`, `budget 2 GiB`.
  std::string title;
  std::vector<LiveBytes> steps;
  /// The first step of the backward; the number of steps if there is none.
  size_t backward = 0;
  /// A line across: no more bytes that are kept or made again than that.
  std::optional<int64_t> budget;

  MemoryProfile() = default;
  MemoryProfile(std::string title, const Liveness &liveness);
};

/// A budget, and the least bytes that are moved to stay within it.
struct BudgetPoint {
  int64_t budget = 0;
  int64_t moved = 0;
  /// What stands beside it; empty on the points of a curve.
  std::string label;
};

/// What a budget costs. Between two points of the curve holds the one with the
/// smaller budget; below the first no plan exists.
struct BudgetCurve {
  /// The best plans, budgets growing.
  std::vector<BudgetPoint> best;
  /// Other plans, such as the paper's rule.
  std::vector<BudgetPoint> others;
  /// The plan that was chosen.
  std::optional<BudgetPoint> chosen;
};

/// The curve of a chain with the plan that was chosen, the paper's rule for
/// `streams` streams, and everything kept. Fails as the solvers of the chain
/// do.
llvm::Expected<BudgetCurve> computeBudgetCurve(const RecomputeChain &chain,
                                               const RecomputeCost &chosen,
                                               int64_t streams);

struct MemoryPicture {
  /// The line at the top: the function and its tokens.
  std::string title;
  /// Side by side, on one scale of bytes; one or two.
  std::vector<MemoryProfile> profiles;
  std::optional<BudgetCurve> curve;
};

/// Writes the picture as SVG, in light and dark colours.
void drawMemory(llvm::raw_ostream &os, const MemoryPicture &picture);

/// Writes it into the file that option `option` names (`-` is standard output);
/// an error at `loc` if that cannot be written.
LogicalResult writeMemoryPicture(Location loc, StringRef option, StringRef file,
                                 const MemoryPicture &picture);

/// `1.5 GiB`, `640 MiB`, `96 B`: three digits, never rounded to zero.
std::string formatBytes(int64_t bytes);

} // namespace mlir::mhc

#endif // MHC_ANALYSIS_DRAWMEMORY_H
