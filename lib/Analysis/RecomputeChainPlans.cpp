//===- RecomputeChainPlans.cpp - Choices for a chain ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The exact choice under one budget and under many, and equal blocks.
//
//===----------------------------------------------------------------------===//

#include "RecomputeChainSolver.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <cmath>

using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// The exact choice
//===----------------------------------------------------------------------===//

llvm::Expected<int64_t>
mlir::mhc::computeSmallestBudget(const RecomputeChain &chain) {
  if (llvm::Error error = verify(chain))
    return error;
  return ChainSolver(chain).getSmallestBudget();
}

/// The exact choice of a chain that is valid.
static llvm::Expected<RecomputeSolution>
solve(const RecomputeChain &chain, ChainSolver &solver, int64_t budget) {
  std::optional<ChainSolver::Solution> solution = solver.solve(budget);
  if (!solution)
    return llvm::make_error<ImpossibleBudget>(budget,
                                              solver.getSmallestBudget());
  llvm::Expected<RecomputeCost> cost = evaluate(chain, solution->plan);
  if (!cost)
    return cost.takeError();
  return RecomputeSolution{std::move(solution->plan), *cost,
                           solution->leastMoved};
}

llvm::Expected<RecomputeSolution>
mlir::mhc::solveExact(const RecomputeChain &chain, int64_t budget) {
  if (llvm::Error error = verify(chain))
    return error;
  ChainSolver solver(chain);
  return solve(chain, solver, budget);
}

llvm::Expected<RecomputeSolution>
mlir::mhc::solveWithoutBudget(const RecomputeChain &chain) {
  return solveExact(chain, std::numeric_limits<int64_t>::max());
}

llvm::Expected<llvm::SmallVector<RecomputeSolution, 0>>
mlir::mhc::solveCurve(const RecomputeChain &chain, unsigned points) {
  if (llvm::Error error = verify(chain))
    return error;
  ChainSolver solver(chain);
  llvm::Expected<RecomputeSolution> last =
      solve(chain, solver, std::numeric_limits<int64_t>::max());
  if (!last)
    return last.takeError();
  const int64_t smallest = solver.getSmallestBudget();
  const auto width = static_cast<double>(last->cost.peak - smallest);
  const unsigned steps = std::max(points, 2u) - 1;
  llvm::SmallVector<RecomputeSolution, 0> curve;
  for (unsigned step = 0; step < steps; ++step) {
    llvm::Expected<RecomputeSolution> solution = solve(
        chain, solver, smallest + static_cast<int64_t>(width * step / steps));
    if (!solution)
      return solution.takeError();
    if (curve.empty() || solution->cost.moved < curve.back().cost.moved)
      curve.push_back(std::move(*solution));
  }
  if (last->cost.moved < curve.back().cost.moved)
    curve.push_back(std::move(*last));
  return curve;
}

//===----------------------------------------------------------------------===//
// Equal blocks
//===----------------------------------------------------------------------===//

/// What equal blocks do in a connection: y rebuilt, F kept, but for pins.
static LinkChoice getEqualChoice(const ChainLink &link) {
  LinkChoice choice;
  choice.rerunsSublayer = link.outputPin == RecomputePin::Recompute;
  const bool needsAggregate = link.needsAggregate || choice.rerunsSublayer;
  choice.aggregate = link.aggregatePin == RecomputePin::Keep
                         ? AggregateChoice::Keep
                     : needsAggregate ? AggregateChoice::Rebuild
                                      : AggregateChoice::None;
  return choice;
}

llvm::Expected<RecomputeSolution>
mlir::mhc::solveEqualBlocks(const RecomputeChain &chain, size_t length) {
  if (llvm::Error error = verify(chain))
    return error;
  length = std::max<size_t>(length, 1);
  RecomputePlan plan;
  for (const auto &[k, link] : llvm::enumerate(chain.links)) {
    plan.links.push_back(getEqualChoice(link));
    const bool mustBegin =
        k == 0 || link.startsBlock || link.streamsPin == RecomputePin::Keep;
    if (mustBegin || (plan.blocks.back().size() >= length &&
                      link.streamsPin != RecomputePin::Recompute))
      plan.blocks.push_back({k, k, BlockMethod::Rebuild});
    plan.blocks.back().end = k + 1;
  }
  // The boundary has the row of a lone connection, and needs no kernel for it.
  for (RecomputeBlock &block : plan.blocks)
    if (block.size() == 1 && !plan.links[block.begin].rerunsSublayer)
      block.method = BlockMethod::Fused;
  llvm::Expected<RecomputeCost> cost = evaluate(chain, plan);
  if (!cost)
    return cost.takeError();
  return RecomputeSolution{std::move(plan), *cost, /*leastMoved=*/0};
}

double mlir::mhc::computePaperLength(size_t links, int64_t numStreams) {
  const auto n = static_cast<double>(numStreams);
  return std::sqrt(n * static_cast<double>(links) / (n + 2));
}

/// The equal blocks of the lengths that move least within the budget.
static llvm::Expected<RecomputeSolution>
chooseLength(const RecomputeChain &chain, llvm::ArrayRef<size_t> lengths,
             std::optional<int64_t> budget) {
  std::optional<RecomputeSolution> best;
  int64_t smallest = std::numeric_limits<int64_t>::max();
  for (size_t length : lengths) {
    llvm::Expected<RecomputeSolution> solution =
        solveEqualBlocks(chain, length);
    if (!solution)
      return solution.takeError();
    const RecomputeCost &cost = solution->cost;
    smallest = std::min(smallest, cost.peak);
    if (budget && cost.peak > *budget)
      continue;
    auto getRank = [&](const RecomputeCost &c) {
      return budget ? std::make_pair(c.moved, c.peak)
                    : std::make_pair(c.peak, c.moved);
    };
    if (!best || getRank(cost) < getRank(best->cost))
      best = std::move(*solution);
  }
  if (!best)
    return llvm::make_error<ImpossibleBudget>(*budget, smallest);
  return std::move(*best);
}

llvm::Expected<RecomputeSolution>
mlir::mhc::solvePaperBlocks(const RecomputeChain &chain, int64_t numStreams,
                            std::optional<int64_t> budget) {
  const double length = computePaperLength(chain.links.size(), numStreams);
  const size_t lengths[] = {static_cast<size_t>(std::floor(length)),
                            static_cast<size_t>(std::ceil(length))};
  return chooseLength(chain, lengths, budget);
}

llvm::Expected<RecomputeSolution>
mlir::mhc::solveBestEqualBlocks(const RecomputeChain &chain, int64_t budget) {
  return chooseLength(
      chain, llvm::to_vector(llvm::seq<size_t>(1, chain.links.size() + 1)),
      budget);
}
