//===- RecomputeChainSolver.cpp - The exact choice ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecomputeChainSolver.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <map>

using namespace mlir::mhc;

static constexpr int64_t infinite = std::numeric_limits<int64_t>::max();

namespace {

/// What was decided in one connection.
struct Decision {
  uint8_t option = 0;
  bool begins = false;
  BlockMethod method = BlockMethod::Rebuild;
};

/// What a search looks for, and what it may drop.
struct Goal {
  const ChainTerms &terms;
  /// Null if bytes moved do not matter.
  const PrefixBounds *bounds;
  const LeastKept *least;
  int64_t budget;
  /// Bytes that a known plan moves.
  int64_t known = infinite;

  int64_t countMoved(int64_t moved) const { return bounds ? moved : 0; }

  /// Whether a state between two blocks may lead to a plan as good as the known
  /// one.
  bool mayHelp(size_t k, int64_t allowed, int64_t moved, size_t &hint) const {
    if (!bounds)
      return true;
    if (allowed < least->closed[k] || moved > known)
      return false;
    return mayHelpFused(k, allowed, moved, hint);
  }
  /// The same for a fused block that is open at k. If it were closed there, as
  /// much would be kept and no more be moved.
  bool mayHelpFused(size_t k, int64_t allowed, int64_t moved,
                    size_t &hint) const {
    return !bounds || known == infinite ||
           static_cast<double>(moved) + bounds->getMoved(k, allowed, hint) <=
               static_cast<double>(known) + bounds->getMargin();
  }
  /// The same for a Rebuild block that is open at k.
  bool mayHelpOpen(size_t k, size_t phase, int64_t allowed, int64_t alive,
                   int64_t moved, size_t &hint) const {
    if (!bounds)
      return true;
    if (allowed < least->open[k] || alive < least->openAlive[k] ||
        moved > known)
      return false;
    return known == infinite ||
           static_cast<double>(moved) +
                   bounds->getMovedOpen(k, phase, allowed, hint) <=
               static_cast<double>(known) + bounds->getMargin();
  }
};

} // namespace

/// What is moved in the connections behind the begin of a fused block, where
/// the streams of the begin are wider than their own.
static int64_t getWiderReads(const ChainTerms &terms, size_t begin,
                             size_t end) {
  int64_t bytes = 0;
  for (size_t k = begin + 1; k < end; ++k)
    bytes += std::max<int64_t>(0, terms.getLink(begin).streams -
                                      terms.getLink(k).streams);
  return bytes;
}

static RecomputePlan makePlan(const ChainTerms &terms,
                              llvm::ArrayRef<Decision> decisions) {
  RecomputePlan plan;
  for (const auto &[k, decision] : llvm::enumerate(decisions)) {
    plan.links.push_back(terms.getOptions(k)[decision.option].choice);
    if (decision.begins)
      plan.blocks.push_back({k, k, decision.method});
    plan.blocks.back().end = k + 1;
  }
  return plan;
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

namespace {
/// A decision, and the state of the connections behind it.
struct Node {
  uint32_t behind;
  Decision decision;
};

struct State {
  /// The most that may be kept before the position, for the sake of the blocks
  /// behind it; and, with a block open, for its own.
  int64_t allowed;
  int64_t alive;
  int64_t moved;
  Node node;
};

} // namespace

static bool movesLess(const State &a, const State &b) {
  return a.moved < b.moved;
}

/// Leaves the states that no other is at least as good as, of states that are
/// sorted by what they move.
static void dropDominated(std::vector<State> &states) {
  // Nearly always all have the same `alive`.
  if (llvm::all_of(states, [&](const State &state) {
        return state.alive == states.front().alive;
      })) {
    size_t size = 0;
    for (const State &state : states) {
      if (size > 0 && state.allowed <= states[size - 1].allowed)
        continue;
      if (size > 0 && states[size - 1].moved == state.moved)
        --size;
      states[size++] = state;
    }
    states.resize(size);
    return;
  }
  llvm::sort(states, [](const State &a, const State &b) {
    return std::make_tuple(a.moved, -a.allowed, -a.alive) <
           std::make_tuple(b.moved, -b.allowed, -b.alive);
  });
  // The largest `alive` of those with at least some `allowed`.
  std::map<int64_t, int64_t, std::greater<>> best;
  llvm::erase_if(states, [&](const State &state) {
    auto after = best.upper_bound(state.allowed);
    if (after != best.begin() && std::prev(after)->second >= state.alive)
      return true;
    while (after != best.end() && after->second <= state.alive)
      after = best.erase(after);
    best[state.allowed] = state.alive;
    return false;
  });
}

namespace {
class FrontierSearch {
public:
  static constexpr size_t unlimited = std::numeric_limits<uint32_t>::max();

  FrontierSearch(const Goal &goal, size_t width, size_t maxStates)
      : goal(goal), terms(goal.terms), width(width), maxStates(maxStates) {}

  /// Whether it came to an end within maxStates.
  bool run();

  /// The best plan, if there is one: what may still be kept before the first
  /// connection, and what it moves.
  struct Found {
    int64_t allowed;
    int64_t moved;
    std::vector<Decision> decisions;
  };
  std::optional<Found> found;
  /// Whether a position had more states than the search is wide.
  bool isNarrow = false;
  size_t widest = 0;
  size_t getNumStates() const { return nodes.size(); }

private:
  using States = std::vector<State>;

  void closeBlocks(size_t end);
  void closeFusedBlocks(size_t end);
  void addClosed(size_t k, State state);
  template <typename Bound> void reduce(States &states, Bound bound);
  template <typename Bound> void dropExcess(States &states, Bound bound) const;
  bool remember(States &states);

  const Goal goal;
  const ChainTerms &terms;
  const size_t width;
  const size_t maxStates;
  /// The states between two blocks, and how many of them are reduced.
  std::vector<States> closed;
  std::vector<size_t> reducedSizes;
  std::vector<Node> nodes;
  size_t hint = 0;
  bool isTooLarge = false;
};
} // namespace

/// Leaves as many as the search is wide: half of them those that promise most,
/// half of them spread over all, as what fits a budget exactly may promise
/// nothing before it does. `bound` is what a state will move at least.
template <typename Bound>
void FrontierSearch::dropExcess(States &states, Bound bound) const {
  std::vector<std::pair<double, size_t>> order;
  for (const auto &[i, state] : llvm::enumerate(states))
    order.emplace_back(bound(state), i);
  const size_t half = std::max<size_t>(width / 2, 1);
  std::nth_element(order.begin(), order.begin() + half, order.end());
  llvm::BitVector isKept(states.size());
  for (size_t i = 0; i < half; ++i)
    isKept.set(order[i].second);
  for (size_t i = 0; i <= half; ++i)
    isKept.set(i * (states.size() - 1) / half);
  States kept;
  for (unsigned i : isKept.set_bits())
    kept.push_back(states[i]);
  states = std::move(kept);
}

template <typename Bound>
void FrontierSearch::reduce(States &states, Bound bound) {
  dropDominated(states);
  if (states.size() <= width)
    return;
  isNarrow = true;
  dropExcess(states, bound);
}

bool FrontierSearch::remember(States &states) {
  widest = std::max(widest, states.size());
  if (nodes.size() + states.size() > maxStates) {
    isTooLarge = true;
    return false;
  }
  for (State &state : states) {
    nodes.push_back(state.node);
    state.node.behind = nodes.size() - 1;
  }
  return true;
}

void FrontierSearch::addClosed(size_t k, State state) {
  state.alive = 0;
  if (k == 0 && goal.bounds && state.allowed < 0)
    return;
  if (!goal.mayHelp(k, state.allowed, state.moved, hint))
    return;
  States &states = closed[k];
  states.push_back(state);
  if (states.size() < 2 * reducedSizes[k] + 4096)
    return;
  llvm::sort(states, movesLess);
  dropDominated(states);
  reducedSizes[k] = states.size();
  isTooLarge |= states.size() > maxStates;
}

/// All Rebuild blocks that end before `end`.
void FrontierSearch::closeBlocks(size_t end) {
  States states = closed[end];
  for (State &state : states)
    state.alive = goal.budget - terms.getFixed(end);
  size_t openHint = 0;
  for (size_t k = end; k-- > 0;) {
    const ChainLink &link = terms.getLink(k);
    const size_t phase = terms.getPhase(k, end);
    States next, added, merged;
    for (const auto &[o, option] : llvm::enumerate(terms.getOptions(k))) {
      added.clear();
      Decision decision;
      decision.option = o;
      const int64_t inside =
          goal.countMoved(terms.getMovedInside(k, option, end));
      const int64_t atBegin =
          goal.countMoved(terms.getMovedAtBegin(k, option, end));
      // A single connection whose sublayer is kept is a fused block.
      const bool mayClose =
          terms.mayBegin(k) && (k + 1 < end || option.choice.rerunsSublayer);
      for (const State &state : states) {
        State begun = state;
        begun.node.decision = decision;
        begun.node.decision.begins = true;
        begun.moved += atBegin;
        begun.allowed =
            std::min(state.allowed - option.kept, state.alive - option.alive) -
            link.streamsKept;
        if (mayClose)
          addClosed(k, begun);
        if (terms.mustBegin(k))
          continue;
        State open = state;
        open.node.decision = decision;
        open.moved += inside;
        open.alive -= option.alive + link.streams;
        // What is alive grows by at least what is kept: where it is the
        // tighter one it remains so.
        open.allowed = std::min(open.allowed - option.kept, open.alive);
        if (goal.mayHelpOpen(k, phase, open.allowed, open.alive, open.moved,
                             openHint))
          added.push_back(open);
      }
      // Each option adds the same to all states, so that they stay sorted.
      merged.resize(next.size() + added.size());
      std::merge(next.begin(), next.end(), added.begin(), added.end(),
                 merged.begin(), movesLess);
      next.swap(merged);
    }
    if (next.empty())
      return;
    reduce(next, [&](const State &state) {
      return state.moved +
             goal.bounds->getMovedOpen(k, phase, state.allowed, openHint);
    });
    if (!remember(next))
      return;
    states = std::move(next);
  }
}

void FrontierSearch::closeFusedBlocks(size_t end) {
  States states = closed[end];
  const size_t farthest = end - std::min(end, terms.getMaxFused());
  for (size_t k = end; k-- > farthest;) {
    const ChainLink &link = terms.getLink(k);
    const int64_t wider = getWiderReads(terms, k, end);
    const int64_t next = terms.getFixed(k + 1);
    States extended;
    for (const auto &[o, option] : llvm::enumerate(terms.getOptions(k))) {
      if (option.choice.rerunsSublayer)
        continue;
      const int64_t moved =
          option.moved + static_cast<int64_t>(end - 1 - k) * link.output;
      for (const State &state : states) {
        State here = state;
        here.node.decision = {static_cast<uint8_t>(o), false,
                              BlockMethod::Fused};
        here.moved += goal.countMoved(moved);
        here.allowed =
            std::min(state.allowed, goal.budget - option.rebuilt - next) -
            option.kept;
        here.alive = 0;
        if (!terms.mustBegin(k) && end - k < terms.getMaxFused() &&
            goal.mayHelpFused(k, here.allowed, here.moved, hint))
          extended.push_back(here);
        here.node.decision.begins = true;
        here.moved += goal.countMoved(wider);
        here.allowed -= link.streamsKept;
        if (terms.mayBegin(k))
          addClosed(k, here);
      }
    }
    if (extended.empty())
      return;
    llvm::sort(extended, movesLess);
    reduce(extended, [&](const State &state) {
      return state.moved + goal.bounds->getMoved(k, state.allowed, hint);
    });
    if (!remember(extended))
      return;
    states = std::move(extended);
  }
}

bool FrontierSearch::run() {
  const size_t size = terms.size();
  closed.resize(size + 1);
  reducedSizes.resize(size + 1);
  closed[size].push_back(
      {goal.budget, 0, 0, {std::numeric_limits<uint32_t>::max(), {}}});
  for (size_t end = size; end > 0; --end) {
    States &states = closed[end];
    if (states.empty())
      continue;
    if (end < size) {
      llvm::sort(states, movesLess);
      reduce(states, [&](const State &state) {
        return state.moved + goal.bounds->getMoved(end, state.allowed, hint);
      });
      if (!remember(states))
        return false;
    }
    closeBlocks(end);
    closeFusedBlocks(end);
    if (isTooLarge)
      return false;
    States().swap(states);
  }
  // What moves least, and of that what leaves most; or just what leaves most.
  if (closed.front().empty())
    return true;
  const State &best =
      *llvm::min_element(closed.front(), [](const State &a, const State &b) {
        return std::make_pair(a.moved, -a.allowed) <
               std::make_pair(b.moved, -b.allowed);
      });
  found = Found{best.allowed, best.moved, {best.node.decision}};
  for (uint32_t n = best.node.behind; n != std::numeric_limits<uint32_t>::max();
       n = nodes[n].behind)
    found->decisions.push_back(nodes[n].decision);
  return true;
}

//===----------------------------------------------------------------------===//
// The solver
//===----------------------------------------------------------------------===//

/// All x, y and F kept, if no pin is against it.
static std::optional<RecomputePlan> keepAll(const RecomputeChain &chain) {
  RecomputePlan plan;
  for (const auto &[k, link] : llvm::enumerate(chain.links)) {
    const bool keepsAggregate =
        link.needsAggregate || link.aggregatePin == RecomputePin::Keep;
    if (link.streamsPin == RecomputePin::Recompute ||
        link.outputPin == RecomputePin::Recompute ||
        (keepsAggregate && link.aggregatePin == RecomputePin::Recompute))
      return std::nullopt;
    plan.links.push_back(
        {keepsAggregate ? AggregateChoice::Keep : AggregateChoice::None,
         /*rerunsSublayer=*/false});
    plan.blocks.push_back({k, k + 1, BlockMethod::Fused});
  }
  return plan;
}

/// More than any plan needs.
static int64_t getAmple(const RecomputeChain &chain) {
  int64_t bytes = 0;
  for (const ChainLink &link : chain.links)
    bytes += link.streams + link.aggregate + link.output + link.internals +
             2 * link.fixed;
  return bytes;
}

ChainSolver::ChainSolver(const RecomputeChain &chain, SolverOptions options)
    : terms(chain), bounds(terms), options(options) {
  // A budget that is smaller by some bytes leaves just as many less before each
  // connection: what a budget of 0 lacks is the peak.
  FrontierSearch search({terms, nullptr, nullptr, /*budget=*/0},
                        FrontierSearch::unlimited, FrontierSearch::unlimited);
  const bool isDone = search.run();
  assert(isDone && search.found && "every chain has a plan");
  (void)isDone;
  smallestBudget = -search.found->allowed;
  smallestPlan = makePlan(terms, search.found->decisions);
  remember({smallestPlan, 0});
}

std::optional<ChainSolver::Solution> ChainSolver::solve(int64_t budget) {
  const RecomputeChain &chain = terms.getChain();
  if (budget < smallestBudget)
    return std::nullopt;
  budget = std::min(budget, std::max(smallestBudget, getAmple(chain)));
  if (std::optional<RecomputePlan> plan = keepAll(chain)) {
    // Most often there is no need to search.
    llvm::SmallVector<int64_t, 0> peaks = computeBlockPeaks(chain, *plan);
    if (*llvm::max_element(peaks) <= budget)
      return Solution{std::move(*plan), /*leastMoved=*/0};
  }

  const LeastKept leastKept(terms, budget);
  Goal goal{terms, &bounds, &leastKept, budget};
  // What is known before: of a smaller budget, this chain's last solution.
  Solution best{lastCost.peak <= budget ? lastPlan : smallestPlan, 0};
  goal.known = llvm::cantFail(evaluate(chain, best.plan)).moved;
  auto take = [&](const FrontierSearch &search) {
    if (!search.found)
      return;
    best.plan = makePlan(terms, search.found->decisions);
    goal.known = search.found->moved;
  };
  const size_t few = std::max<size_t>(options.maxStates / 16, 1);
  for (size_t maxStates : {few, std::max(few, options.maxStates)}) {
    // A plan that is good, so that little has to be looked at for the best.
    const bool isFirst = maxStates == few;
    FrontierSearch good(goal, isFirst ? options.width : options.secondWidth,
                        FrontierSearch::unlimited);
    good.run();
    take(good);
    if (good.isNarrow) {
      FrontierSearch all(goal, FrontierSearch::unlimited, maxStates);
      const bool isDone = all.run();
      statistics.states += all.getNumStates();
      statistics.widest = std::max(statistics.widest, all.widest);
      if (!isDone)
        continue;
      take(all);
    }
    best.leastMoved = goal.known;
    return remember(std::move(best));
  }
  size_t hint = 0;
  const double least = bounds.getMoved(terms.size(), budget, hint);
  best.leastMoved = std::clamp<int64_t>(
      static_cast<int64_t>(least - bounds.getMargin()), 0, goal.known);
  return remember(std::move(best));
}

ChainSolver::Solution ChainSolver::remember(Solution solution) {
  lastPlan = solution.plan;
  lastCost = llvm::cantFail(evaluate(terms.getChain(), lastPlan));
  return solution;
}
