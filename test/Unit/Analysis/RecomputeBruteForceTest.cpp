//===- RecomputeBruteForceTest.cpp - The exact choice is exact ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All plans of random chains, each with its cost as `evaluate` simulates it,
// against what the solvers find.
//
//===----------------------------------------------------------------------===//

#include "RecomputeChecks.h"

#include "RecomputeChainSolver.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <set>

using namespace llvm;
using namespace mlir::mhc;
using namespace mhc::test;

//===----------------------------------------------------------------------===//
// Random chains
//===----------------------------------------------------------------------===//

static RecomputePin drawPin(Generator &random) {
  const int64_t number = draw(random, 0, 11);
  return number == 0   ? RecomputePin::Keep
         : number == 1 ? RecomputePin::Recompute
                       : RecomputePin::None;
}

static RecomputeChain drawChain(Generator &random, size_t size) {
  RecomputeChain chain;
  chain.maxRebuild = draw(random, 1, 5);
  chain.maxChain = draw(random, 0, 3);
  // Sizes with many equal sums, or with hardly any.
  const int64_t most = drawChance(random, 50) ? 9 : 1000000;
  const bool isUniform = drawChance(random, 20);
  // Whether anything but x and y is a choice at all.
  const int rerunChance = drawChance(random, 25) ? 0 : 60;
  for (size_t k = 0; k < size; ++k) {
    ChainLink link;
    auto drawSize = [&](int64_t &bytes, int64_t &kept) {
      bytes = draw(random, 0, most);
      kept = drawChance(random, 15) ? 0 : bytes;
    };
    drawSize(link.streams, link.streamsKept);
    if (drawChance(random, 70))
      link.streams *= 4, link.streamsKept *= 4;
    drawSize(link.aggregate, link.aggregateKept);
    drawSize(link.output, link.outputKept);
    link.needsAggregate = drawChance(random, 75);
    link.internals = drawChance(random, 30) ? 0 : draw(random, 0, 5 * most);
    if (drawChance(random, rerunChance))
      link.rerun = draw(random, 0, 10 * most);
    link.fixed = draw(random, 0, most / 4);
    if (isUniform && k > 0)
      link = chain.links.front();
    link.streamsPin = drawPin(random);
    link.aggregatePin = drawPin(random);
    link.outputPin = drawPin(random);
    link.startsBlock = drawChance(random, 10);
    // What a chain may not have is checked elsewhere.
    if (k == 0 || link.startsBlock)
      link.streamsPin = RecomputePin::None;
    if (!link.rerun)
      link.outputPin = RecomputePin::None;
    chain.links.push_back(link);
  }
  return chain;
}

static std::string describe(const RecomputeChain &chain) {
  std::string text;
  raw_string_ostream os(text);
  os << "chain " << chain.maxRebuild << ' ' << chain.maxChain << ':';
  for (const ChainLink &link : chain.links)
    os << " (x " << link.streams << '/' << link.streamsKept << " y "
       << link.aggregate << '/' << link.aggregateKept << ' '
       << link.needsAggregate << " f " << link.output << '/' << link.outputKept
       << " in " << link.internals << " again " << link.rerun.value_or(-1)
       << " fixed " << link.fixed << " pins " << int(link.streamsPin)
       << int(link.aggregatePin) << int(link.outputPin) << int(link.startsBlock)
       << ')';
  return text;
}

//===----------------------------------------------------------------------===//
// All plans
//===----------------------------------------------------------------------===//

static constexpr LinkChoice allChoices[] = {
    {AggregateChoice::None, false},    {AggregateChoice::None, true},
    {AggregateChoice::Keep, false},    {AggregateChoice::Keep, true},
    {AggregateChoice::Rebuild, false}, {AggregateChoice::Rebuild, true}};

namespace {
/// The smallest number of bytes moved for each peak that is worth it: rising
/// peaks, falling bytes.
class Frontier {
public:
  void add(int64_t peak, int64_t moved) {
    auto after = points.upper_bound(peak);
    if (after != points.begin() && std::prev(after)->second <= moved)
      return;
    points[peak] = moved;
    after = points.upper_bound(peak);
    while (after != points.end() && after->second >= moved)
      after = points.erase(after);
  }

  std::map<int64_t, int64_t> points;
};

/// Every plan, one after the other, evaluated as a whole.
class AllPlans {
public:
  explicit AllPlans(const RecomputeChain &chain) : chain(chain) {
    plan.links.resize(chain.links.size());
    visit(0);
  }

  Frontier frontier;

private:
  void visit(size_t k) {
    if (k == chain.links.size()) {
      if (Expected<RecomputeCost> cost = evaluate(chain, plan))
        frontier.add(cost->peak, cost->moved);
      else
        consumeError(cost.takeError());
      return;
    }
    for (const LinkChoice &choice : allChoices) {
      plan.links[k] = choice;
      for (BlockMethod method : {BlockMethod::Rebuild, BlockMethod::Fused}) {
        plan.blocks.push_back({k, k + 1, method});
        visit(k + 1);
        plan.blocks.pop_back();
      }
      if (k == 0)
        continue;
      ++plan.blocks.back().end;
      visit(k + 1);
      --plan.blocks.back().end;
    }
  }

  const RecomputeChain &chain;
  RecomputePlan plan;
};

/// Every plan of each block alone, of which those are left that differ to the
/// rest of the chain; and all ways to put blocks together. A block touches the
/// rest by what it keeps, by what is alive in it over what is kept before it,
/// and by what it moves, so that nothing is left out.
class AllBlocks {
public:
  explicit AllBlocks(const RecomputeChain &chain) : chain(chain) {
    const size_t size = chain.links.size();
    blocks.resize(size);
    for (size_t begin = 0; begin < size; ++begin)
      for (size_t end = begin + 1; end <= size; ++end)
        enumerate(begin, end);
    join(0, 0, 0, 0);
  }

  Frontier frontier;

private:
  struct Effect {
    int64_t kept, peak, moved;

    bool isNoWorse(const Effect &other) const {
      return kept <= other.kept && peak <= other.peak && moved <= other.moved;
    }
  };

  void enumerate(size_t begin, size_t end) {
    // The connection behind the block has only what is read with the block.
    RecomputeChain part = chain;
    part.links.assign(chain.links.begin() + begin, chain.links.begin() + end);
    // Streams of the begin are kept, whoever wants it.
    if (begin > 0 && part.links.front().streamsPin == RecomputePin::Recompute)
      return;
    int64_t next = 0;
    if (end < chain.links.size()) {
      ChainLink &last = part.links.emplace_back();
      next = last.fixed = chain.links[end].fixed;
    }
    RecomputePlan plan;
    plan.links.resize(part.links.size());
    plan.links.back() = {AggregateChoice::Keep, false};
    for (BlockMethod method : {BlockMethod::Rebuild, BlockMethod::Fused}) {
      plan.blocks = {{0, end - begin, method}};
      if (end < chain.links.size())
        plan.blocks.push_back({end - begin, end - begin + 1});
      std::vector<Effect> effects;
      enumerateChoices(part, plan, 0, next, effects);
      std::vector<Effect> &all = blocks[begin][end];
      all.insert(all.end(), effects.begin(), effects.end());
    }
  }

  void enumerateChoices(const RecomputeChain &part, RecomputePlan &plan,
                        size_t k, int64_t next, std::vector<Effect> &effects) {
    if (k == plan.blocks.front().end) {
      Expected<RecomputeCost> cost = evaluate(part, plan);
      if (!cost)
        return consumeError(cost.takeError());
      const Effect effect{cost->kept - next,
                          computeBlockPeaks(part, plan).front(), cost->moved};
      if (any_of(effects, [&](const Effect &e) { return e.isNoWorse(effect); }))
        return;
      erase_if(effects, [&](const Effect &e) { return effect.isNoWorse(e); });
      effects.push_back(effect);
      return;
    }
    const ChainLink &link = part.links[k];
    for (const LinkChoice &choice : allChoices) {
      // Those that are illegal in any plan, here already.
      if (choice.rerunsSublayer && !link.rerun)
        continue;
      plan.links[k] = choice;
      enumerateChoices(part, plan, k + 1, next, effects);
    }
  }

  void join(size_t begin, int64_t before, int64_t peak, int64_t moved) {
    if (begin == chain.links.size())
      return frontier.add(peak, moved);
    for (const auto &[end, effects] : blocks[begin])
      for (const Effect &effect : effects)
        join(end, before + effect.kept, std::max(peak, before + effect.peak),
             moved + effect.moved);
  }

  const RecomputeChain &chain;
  std::vector<std::map<size_t, std::vector<Effect>>> blocks;
};
} // namespace

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

/// The solver's plan at one budget has the smallest cost that there is; or, if
/// the solver's limits are tight, what it says of it is true.
static void checkBudget(Checks &checks, const RecomputeChain &chain,
                        ChainSolver &solver, const Frontier &frontier,
                        int64_t budget, bool isTight, const Twine &what) {
  auto after = frontier.points.upper_bound(budget);
  std::optional<ChainSolver::Solution> solution = solver.solve(budget);
  if (after == frontier.points.begin() || !solution) {
    checks.equal(what + ": possible", after != frontier.points.begin(),
                 solution.has_value());
    return;
  }
  const auto [smallestPeak, smallestMoved] = *std::prev(after);
  const RecomputePlan &plan = solution->plan;
  std::optional<RecomputeCost> cost = checks.value(what, evaluate(chain, plan));
  if (!cost)
    return;
  checks.isTrue(what + ": fits", cost->peak <= budget);
  checks.isTrue(what + ": no less can be moved",
                solution->leastMoved <= smallestMoved);
  if (isTight && solution->leastMoved != cost->moved)
    return;
  checks.equal(what + ": bytes moved", smallestMoved, cost->moved);
  checks.equal(what + ": least", smallestMoved, solution->leastMoved);
  // Of several the one with the smallest peak, but for that which keeps all.
  if (!isTight && !plan.keepsEverything())
    checks.equal(what + ": peak", smallestPeak, cost->peak);
}

static void checkChain(Checks &checks, const RecomputeChain &chain,
                       const Frontier &frontier, Generator &random) {
  const std::string text = describe(chain);
  const int64_t smallest = frontier.points.begin()->first;
  const int64_t largest = frontier.points.rbegin()->first;
  ChainSolver solver(chain), narrow(chain, {1, 1, 4 << 20}),
      tight(chain, {2, 2, 3});
  checks.equal(text + ": smallest budget", smallest,
               solver.getSmallestBudget());

  std::set<int64_t> budgets = {smallest - 1, largest + 1};
  for (const auto &[peak, moved] : frontier.points)
    if (budgets.size() < 40)
      budgets.insert(peak);
  for (int i = 0; i < 4; ++i)
    budgets.insert(draw(random, smallest, largest));
  for (int64_t budget : budgets) {
    const std::string at = text + " at " + std::to_string(budget);
    checkBudget(checks, chain, solver, frontier, budget, false, at);
    checkBudget(checks, chain, narrow, frontier, budget, false, at + " narrow");
    checkBudget(checks, chain, tight, frontier, budget, true, at + " tight");
  }
}

void mhc::test::checkBruteForce(Checks &checks) {
  checks.run("recompute-all-plans", [&] {
    Generator random(1);
    for (int i = 0; i < 60; ++i) {
      const RecomputeChain chain = drawChain(random, 1 + i % 3);
      const AllPlans plans(chain);
      const AllBlocks blocks(chain);
      checks.isTrue(describe(chain) + ": by blocks",
                    plans.frontier.points == blocks.frontier.points);
      checkChain(checks, chain, plans.frontier, random);
    }
  });
  checks.run("recompute-brute-force", [&] {
    Generator random(2);
    for (int i = 0; i < 200; ++i) {
      const RecomputeChain chain = drawChain(random, 1 + i % 8);
      const AllBlocks blocks(chain);
      checkChain(checks, chain, blocks.frontier, random);
    }
  });
}
