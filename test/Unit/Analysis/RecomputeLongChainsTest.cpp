//===- RecomputeLongChainsTest.cpp - Chains as long as models are ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The exact choice beside equal blocks on whole models, its properties, and how
// much of a search it is. The tables of docs/Recompute.md.
//
//===----------------------------------------------------------------------===//

#include "RecomputeChainSolver.h"
#include "RecomputeChecks.h"

using namespace llvm;
using namespace mlir::mhc;
using namespace mhc::test;

namespace {
struct NamedChain {
  StringRef name;
  RecomputeChain chain;
};
} // namespace

/// Models of the paper, DeepSeek-V4-Flash and DeepSeek-V4-Pro.
static constexpr std::pair<int64_t, int64_t> layersAndHidden[] = {
    {12, 1280}, {18, 1920}, {30, 2560}, {43, 4096}, {61, 7168}};

/// Chains of 122 connections of which no two have the same sublayer.
static std::vector<NamedChain> makeMixedChains() {
  Generator random(3);
  const RecomputeChain uniform = makeModel({61, 4096, 4, 4096, 8, 40});
  RecomputeChain internals = uniform, widths = uniform;
  for (ChainLink &link : internals.links) {
    const int64_t piece = 128 * 4096;
    link.internals = draw(random, 2, 30 * 64) * piece;
    link.rerun = draw(random, 5 * 64, 80 * 64) * piece;
  }
  for (ChainLink &link : widths.links) {
    static constexpr int64_t hidden[] = {1280, 1920, 2560, 4096, 7168};
    const int64_t row = 2 * hidden[draw(random, 0, 4)] * 4096;
    link.streams = link.streamsKept = 4 * row;
    link.aggregate = link.aggregateKept = row;
    link.output = link.outputKept = row;
    link.internals = draw(random, 1, 20) * row;
    link.rerun = draw(random, 3, 60) * row;
  }
  return {{"uniform", uniform}, {"internals", internals}, {"widths", widths}};
}

/// At rising budgets: proven, cheap to find, and never dearer than with less.
static void checkBudgets(Checks &checks, const NamedChain &named,
                         int64_t steps) {
  const RecomputeChain &chain = named.chain;
  std::optional<RecomputeSolution> all =
      checks.value(named.name, solveWithoutBudget(chain));
  if (!all)
    return;
  checks.isTrue(named.name + ": keeps everything", all->plan.keepsEverything());
  int64_t last = std::numeric_limits<int64_t>::max();
  for (int64_t step = 0; step <= steps; ++step) {
    // A solver of its own, which knows of no smaller budget.
    ChainSolver solver(chain);
    const int64_t smallest = solver.getSmallestBudget();
    const int64_t budget =
        smallest + (all->cost.peak - smallest) / steps * step;
    const std::string what = (named.name + " at " + Twine(budget)).str();
    std::optional<ChainSolver::Solution> solution = solver.solve(budget);
    if (!solution)
      return checks.fail(what, "a plan", "none");
    std::optional<RecomputeCost> cost =
        checks.value(what, evaluate(chain, solution->plan));
    if (!cost)
      return;
    checks.isTrue(what + ": fits", cost->peak <= budget);
    checks.equal(what + ": exact", cost->moved, solution->leastMoved);
    checks.isTrue(what + ": no more than before", cost->moved <= last);
    checks.isTrue(what + ": a small search",
                  solver.getStatistics().states < (1 << 20));
    last = cost->moved;
  }
}

static void checkModel(Checks &checks, const ModelSizes &sizes) {
  const std::string name = std::to_string(sizes.layers) + " layers";
  const NamedChain named{name, makeModel(sizes)};
  const RecomputeChain &chain = named.chain;
  checkBudgets(checks, named, 3);
  std::optional<RecomputeSolution> rule =
      checks.value(name, solvePaperBlocks(chain, sizes.streams));
  if (!rule)
    return;
  // The budgets of all equal blocks: none is better than the exact choice.
  for (size_t length = 1; length <= chain.links.size(); length *= 2) {
    std::optional<RecomputeSolution> equal =
        checks.value(name, solveEqualBlocks(chain, length));
    for (int64_t budget : {equal->cost.peak, rule->cost.peak}) {
      std::optional<RecomputeSolution> exact =
          checks.value(name, solveExact(chain, budget));
      checks.isTrue(name + ": the exact choice fits",
                    exact->cost.peak <= budget);
      if (equal->cost.peak <= budget)
        checks.isTrue(name + ": no worse than equal blocks",
                      exact->cost.moved <= equal->cost.moved);
      checks.isTrue(name + ": exact", exact->isExact());
      if (budget == rule->cost.peak)
        checks.isTrue(name + ": no worse than the rule",
                      exact->cost.moved <= rule->cost.moved);
    }
  }
  std::optional<RecomputeSolution> best =
      checks.value(name, solveBestEqualBlocks(chain, rule->cost.peak));
  checks.isTrue(name + ": the rule is one of the equal blocks",
                best->cost.moved <= rule->cost.moved);
}

/// Prices in exact proportion to sizes that have nothing in common: any sum of
/// sizes may be the best one, and no bound tells them apart.
static RecomputeChain makeResistingChain() {
  Generator random(5);
  RecomputeChain chain = makeModel({61, 4096, 4, 4096, 8, 40});
  for (ChainLink &link : chain.links) {
    link.internals = draw(random, 1000000000, 2000000007);
    link.rerun = link.internals + link.output;
  }
  return chain;
}

void mhc::test::checkLongChains(Checks &checks) {
  checks.run("recompute-models", [&] {
    for (auto [layers, hidden] : layersAndHidden)
      checkModel(checks, {layers, hidden});
  });
  checks.run("recompute-mixed-chains", [&] {
    for (const NamedChain &named : makeMixedChains())
      checkBudgets(checks, named, Checks::sample(3, 40));
  });
  checks.run("recompute-stages", [&] {
    // Four stages, and half the sublayers' results the framework's.
    RecomputeChain chain = makeModel({43, 4096, 4, 4096, 8, 40});
    for (auto [k, link] : enumerate(chain.links)) {
      link.startsBlock = k % 22 == 0;
      if (k % 2)
        link.outputKept = link.internals = 0, link.rerun = std::nullopt;
    }
    checkBudgets(checks, {"stages", chain}, 4);
  });
  checks.run("recompute-limits", [&] {
    const RecomputeChain chain = makeResistingChain();
    ChainSolver solver(chain, {/*width=*/8, /*secondWidth=*/16, 1 << 12});
    const int64_t budget = 2 * solver.getSmallestBudget();
    std::optional<ChainSolver::Solution> solution = solver.solve(budget);
    if (!solution)
      return checks.fail("a plan", "one", "none");
    std::optional<RecomputeCost> cost =
        checks.value("plan", evaluate(chain, solution->plan));
    if (!cost)
      return;
    checks.isTrue("fits", cost->peak <= budget);
    checks.isTrue("not proven", solution->leastMoved < cost->moved);
    checks.isTrue("not far from proven",
                  solution->leastMoved >= cost->moved - cost->moved / 4);
    checks.isTrue("few states", solver.getStatistics().states <= 5000);
  });
}

//===----------------------------------------------------------------------===//
// The tables
//===----------------------------------------------------------------------===//

static std::string formatGigabytes(int64_t bytes) {
  std::string text;
  raw_string_ostream(text) << format("%.2f", static_cast<double>(bytes) * 1e-9);
  return text;
}

/// The rule and the exact choice with as much memory as the rule has, and the
/// least that either can do with.
static void printModels(raw_ostream &os) {
  os << "| layers | hidden | all kept | rule: length | kept | peak | moves | "
        "exact: kept | peak | moves | | least peak: equal blocks | exact |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (auto [layers, hidden] : layersAndHidden) {
    const RecomputeChain chain = makeModel({layers, hidden});
    const RecomputeSolution all = cantFail(solveWithoutBudget(chain));
    const RecomputeSolution rule = cantFail(solvePaperBlocks(chain, 4));
    const RecomputeSolution exact = cantFail(solveExact(chain, rule.cost.peak));
    int64_t least = all.cost.peak;
    for (size_t length = 1; length <= chain.links.size(); ++length)
      least =
          std::min(least, cantFail(solveEqualBlocks(chain, length)).cost.peak);
    os << "| " << layers << " | " << hidden << " | "
       << formatGigabytes(all.cost.peak) << " | "
       << rule.plan.blocks.front().size() << " | "
       << formatGigabytes(rule.cost.kept) << " | "
       << formatGigabytes(rule.cost.peak) << " | "
       << formatGigabytes(rule.cost.moved) << " | "
       << formatGigabytes(exact.cost.kept) << " | "
       << formatGigabytes(exact.cost.peak) << " | "
       << formatGigabytes(exact.cost.moved) << " | "
       << 100 * exact.cost.moved / rule.cost.moved << " % | "
       << formatGigabytes(least) << " | "
       << formatGigabytes(cantFail(computeSmallestBudget(chain))) << " |\n";
  }
}

/// One model under many budgets.
static void printBudgets(raw_ostream &os) {
  os << "| budget | GB | equal blocks: length | moves | exact: longest block | "
        "fused | moves |\n|---|---|---|---|---|---|---|\n";
  const RecomputeChain chain = makeModel({43, 4096});
  const int64_t all = cantFail(solveWithoutBudget(chain)).cost.peak;
  for (int64_t percent : {30, 40, 50, 60, 70, 80, 90, 100}) {
    const int64_t budget = all * percent / 100;
    os << "| " << percent << " % | " << formatGigabytes(budget) << " | ";
    if (Expected<RecomputeSolution> equal = solveBestEqualBlocks(chain, budget))
      os << equal->plan.blocks.front().size() << " | "
         << formatGigabytes(equal->cost.moved) << " | ";
    else {
      consumeError(equal.takeError());
      os << "none fits | | ";
    }
    const RecomputeSolution exact = cantFail(solveExact(chain, budget));
    size_t longest = 0, fused = 0;
    for (const RecomputeBlock &block : exact.plan.blocks) {
      longest = std::max(longest, block.size());
      fused += block.method == BlockMethod::Fused && block.size() > 1;
    }
    os << longest << " | " << fused << " | "
       << formatGigabytes(exact.cost.moved) << " |\n";
  }
}

void mhc::test::printTables(raw_ostream &os) {
  printModels(os);
  os << '\n';
  printBudgets(os);
}
