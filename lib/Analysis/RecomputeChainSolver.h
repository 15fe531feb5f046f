//===- RecomputeChainSolver.h - The exact choice ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dynamic programme. It walks from the last connection to the first. A
// state is a way to treat all connections behind a position: the largest number
// of bytes that may be kept before the position so that all blocks behind it
// fit the budget, and the bytes that are moved behind it. Only states that no
// other one is better than in both are kept. Within a block that is still open,
// a state has two allowances, as what is kept of the block's own connections
// and what of them is alive when it is entered count against the budget
// separately; the smaller one counts once the block is closed.
//
// The number of states is bounded by the number of different sums of sizes,
// which is large where each connection has sizes of its own. So a state is also
// dropped if it cannot lead to a plan as good as one that is known: what the
// connections before it must move at least is known from PrefixBounds. The
// known plan comes from the same programme with only a few states at each
// position. This leaves some thousands of states for real models, and for 122
// connections of which no two have the same sublayer.
//
// The problem contains that of the knapsack, so that chains can be made for
// which it does not: 122 connections whose prices are in exact proportion to
// sizes that have nothing in common. So the states are limited. Beyond the
// limit the best known plan is the result, with what any plan must move
// according to the same bounds.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_ANALYSIS_RECOMPUTECHAINSOLVER_H
#define MHC_LIB_ANALYSIS_RECOMPUTECHAINSOLVER_H

#include "RecomputeChainTerms.h"

namespace mlir::mhc {

struct SolverOptions {
  /// States of a position when a good plan is looked for, first and, if it was
  /// not good enough, again.
  size_t width = 48;
  size_t secondWidth = 512;
  /// States in all that an exact search may remember, of some 50 bytes each
  /// until they are, and 8 afterwards.
  size_t maxStates = 4 << 20;
};

struct SolverStatistics {
  /// States that exact searches remembered.
  size_t states = 0;
  /// The largest number of states at one position.
  size_t widest = 0;
};

/// Solves one chain, which is valid, for several budgets: fastest if they rise.
class ChainSolver {
public:
  explicit ChainSolver(const RecomputeChain &chain, SolverOptions options = {});

  struct Solution {
    RecomputePlan plan;
    /// No plan within the budget moves less.
    int64_t leastMoved;
  };
  /// None if no plan fits.
  std::optional<Solution> solve(int64_t budget);
  int64_t getSmallestBudget() const { return smallestBudget; }

  const SolverStatistics &getStatistics() const { return statistics; }

private:
  Solution remember(Solution solution);

  ChainTerms terms;
  PrefixBounds bounds;
  SolverOptions options;
  SolverStatistics statistics;
  int64_t smallestBudget;
  RecomputePlan smallestPlan;
  /// Where the next search starts, if its budget is no smaller.
  RecomputePlan lastPlan;
  RecomputeCost lastCost;
};

} // namespace mlir::mhc

#endif // MHC_LIB_ANALYSIS_RECOMPUTECHAINSOLVER_H
