//===- RecomputeChainTerms.cpp - Sizes of a chain by choice ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecomputeChainTerms.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <queue>

using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

static LinkOption makeOption(const ChainLink &link, AggregateChoice aggregate,
                             bool rerunsSublayer) {
  LinkOption option;
  option.choice = {aggregate, rerunsSublayer};
  option.kept = option.alive = link.fixed;
  if (aggregate == AggregateChoice::Keep) {
    option.kept += link.aggregateKept;
    option.alive += link.aggregateKept;
  }
  if (aggregate == AggregateChoice::Rebuild) {
    option.alive += link.aggregate;
    option.moved += link.aggregate;
    option.rebuilt = link.aggregate;
  }
  if (rerunsSublayer) {
    option.alive += link.output + link.internals;
    option.moved += *link.rerun;
  } else {
    option.kept += link.outputKept + link.internals;
    option.alive += link.outputKept + link.internals;
  }
  option.endsKernel = rerunsSublayer && aggregate == AggregateChoice::Rebuild;
  return option;
}

static llvm::SmallVector<LinkOption, 4> makeOptions(const ChainLink &link) {
  llvm::SmallVector<LinkOption, 4> options;
  auto add = [&](bool rerunsSublayer) {
    // An aggregate that nothing reads costs bytes and serves nobody.
    if (!link.needsAggregate && !rerunsSublayer &&
        link.aggregatePin != RecomputePin::Keep) {
      options.push_back(
          makeOption(link, AggregateChoice::None, rerunsSublayer));
      return;
    }
    if (link.aggregatePin != RecomputePin::Recompute)
      options.push_back(
          makeOption(link, AggregateChoice::Keep, rerunsSublayer));
    if (link.aggregatePin != RecomputePin::Keep)
      options.push_back(
          makeOption(link, AggregateChoice::Rebuild, rerunsSublayer));
  };
  if (link.outputPin != RecomputePin::Recompute)
    add(/*rerunsSublayer=*/false);
  if (link.rerun && link.outputPin != RecomputePin::Keep)
    add(/*rerunsSublayer=*/true);
  return options;
}

ChainTerms::ChainTerms(const RecomputeChain &chain) : chain(chain) {
  for (const ChainLink &link : chain.links)
    options.push_back(makeOptions(link));
  // A block of L connections has no place where (last - k) is L.
  const auto size = static_cast<int64_t>(chain.links.size());
  numPhases = std::min(chain.maxRebuild, size);
  maxFused = std::min(1 + chain.maxChain, size);
}

//===----------------------------------------------------------------------===//
// Bounds for all budgets
//===----------------------------------------------------------------------===//

/// moved + price * kept of the cheapest plan, and its parts.
struct PrefixBounds::Value {
  double total = std::numeric_limits<double>::infinity();
  double kept = 0;
  double moved = 0;

  /// This plan with more at its end.
  Value plus(double moreMoved, double moreKept, double price) const {
    return {total + moreMoved + price * moreKept, kept + moreKept,
            moved + moreMoved};
  }
  void take(const Value &other) {
    if (other.total < total)
      *this = other;
  }
};

PrefixBounds::Value
PrefixBounds::addPrice(double price, std::vector<Value> &closedOfPrice,
                       std::vector<Value> &openOfPrice) const {
  const size_t size = terms.size(), phases = terms.getNumPhases();
  closedOfPrice.assign(size + 1, Value());
  openOfPrice.assign((size + 1) * phases, Value());
  closedOfPrice[0] = Value{0, 0, 0};
  for (size_t end = 1; end <= size; ++end) {
    const size_t k = end - 1;
    const ChainLink &link = terms.getLink(k);
    auto add = [&](Value &value, const LinkOption &option, size_t blockEnd) {
      if (terms.mayBegin(k))
        value.take(
            closedOfPrice[k].plus(terms.getMovedAtBegin(k, option, blockEnd),
                                  option.kept + link.streamsKept, price));
      if (!terms.mustBegin(k))
        value.take(openOfPrice[k * phases + terms.getPhase(k, blockEnd)].plus(
            terms.getMovedInside(k, option, blockEnd), option.kept, price));
    };
    for (const LinkOption &option : terms.getOptions(k)) {
      add(closedOfPrice[end], option, end);
      // Blocks that end 1, 2, .. connections after position `end`.
      for (size_t behind = 1; behind <= phases; ++behind)
        add(openOfPrice[end * phases + behind % phases], option, end + behind);
    }
    // Fused blocks, from their end to their begin.
    Value block{0, 0, 0};
    const size_t farthest = end - std::min(end, terms.getMaxFused());
    for (size_t begin = end; begin-- > farthest;) {
      const ChainLink &first = terms.getLink(begin);
      Value best;
      for (const LinkOption &option : terms.getOptions(begin))
        if (!option.choice.rerunsSublayer)
          best.take(
              block.plus(option.moved + static_cast<double>(first.output) *
                                            (end - 1 - begin),
                         option.kept, price));
      // A sublayer that is always run again ends what can be fused.
      if (best.total == std::numeric_limits<double>::infinity())
        break;
      block = best;
      if (terms.mayBegin(begin)) {
        double wider = 0;
        for (size_t l = begin + 1; l < end; ++l)
          wider +=
              std::max<int64_t>(0, first.streams - terms.getLink(l).streams);
        const Value &before = closedOfPrice[begin];
        closedOfPrice[end].take(before.plus(
            block.moved + wider, block.kept + first.streamsKept, price));
      }
      if (terms.mustBegin(begin))
        break;
    }
  }
  return closedOfPrice[size];
}

PrefixBounds::PrefixBounds(const ChainTerms &terms) : terms(terms) {
  // Each price supports the convex hull of (kept, moved) over all plans in one
  // corner. The corners are found by the slope between two neighbours, the pair
  // that may hide most first; more than these make bounds only slightly better.
  constexpr size_t maxPrices = 96;
  struct Computed {
    double price;
    std::vector<Value> closed, open;
  };
  std::vector<Computed> computed;
  auto compute = [&](double price) {
    Computed &entry = computed.emplace_back();
    entry.price = price;
    return addPrice(price, entry.closed, entry.open);
  };
  struct Edge {
    double hidden;
    Value left, right;
    bool operator<(const Edge &other) const { return hidden < other.hidden; }
  };
  std::priority_queue<Edge> edges;
  auto push = [&](const Value &left, const Value &right) {
    // Left keeps more and moves less.
    const double width = left.kept - right.kept;
    const double height = right.moved - left.moved;
    if (width > 0.5 && height > 0.5)
      edges.push({width * height, left, right});
  };
  push(compute(0), compute(1e9));
  while (!edges.empty() && computed.size() < maxPrices) {
    const Edge edge = edges.top();
    edges.pop();
    const double price = (edge.right.moved - edge.left.moved) /
                         (edge.left.kept - edge.right.kept);
    const double line = edge.left.moved + price * edge.left.kept;
    const Value corner = compute(price);
    if (corner.total < line * (1 - 1e-9) - 1) {
      push(edge.left, corner);
      push(corner, edge.right);
    }
  }
  llvm::sort(computed, [](const Computed &a, const Computed &b) {
    return a.price < b.price;
  });
  // The price that kept the least was out of all proportion.
  computed.pop_back();
  const double highest = 2 * std::max(computed.back().price, 1.0);
  margin = 1 + 1e-12 * compute(highest).total;
  const size_t positions = terms.size() + 1;
  closed.resize(positions * computed.size());
  open.resize(positions * terms.getNumPhases() * computed.size());
  for (const auto &[p, entry] : llvm::enumerate(computed)) {
    prices.push_back(entry.price);
    for (size_t k = 0; k < entry.closed.size(); ++k)
      closed[k * computed.size() + p] = entry.closed[k].total;
    for (size_t k = 0; k < entry.open.size(); ++k)
      open[k * computed.size() + p] = entry.open[k].total;
  }
}

/// The values are concave in the price: the largest is where they stop rising.
double PrefixBounds::climb(const double *row, int64_t kept,
                           size_t &hint) const {
  auto at = [&](size_t p) {
    return row[p] - prices[p] * static_cast<double>(kept);
  };
  double best = at(hint);
  for (; hint + 1 < prices.size(); ++hint) {
    const double next = at(hint + 1);
    if (!(next > best))
      break;
    best = next;
  }
  for (; hint > 0; --hint) {
    const double next = at(hint - 1);
    if (!(next > best))
      break;
    best = next;
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Bounds for one budget
//===----------------------------------------------------------------------===//

LeastKept::LeastKept(const ChainTerms &terms, int64_t budget) {
  const size_t size = terms.size();
  closed.assign(size + 1, impossible);
  open.assign(size + 1, impossible);
  openAlive.assign(size + 1, impossible);
  closed[0] = 0;
  for (size_t end = 1; end <= size; ++end) {
    // Kept and alive are made small independently of each other, and what may
    // be fused is taken to be alive with what it keeps alone.
    int64_t kept = 0, alive = 0;
    for (size_t begin = end; begin-- > 0;) {
      int64_t leastKept = impossible, leastAlive = impossible;
      for (const LinkOption &option : terms.getOptions(begin)) {
        leastKept = std::min(leastKept, option.kept);
        leastAlive = std::min(leastAlive, option.alive);
      }
      const ChainLink &link = terms.getLink(begin);
      const size_t k = begin + 1;
      if (k == end) {
        // One more position for blocks that are still open there.
        auto take = [&](std::vector<int64_t> &to, int64_t least,
                        const std::vector<int64_t> &from, int64_t inside) {
          if (terms.mayBegin(begin))
            to[end] =
                std::min(to[end], closed[begin] + least + link.streamsKept);
          if (!terms.mustBegin(begin))
            to[end] = std::min(to[end], from[begin] + least + inside);
        };
        take(open, leastKept, open, 0);
        take(openAlive, leastAlive, openAlive, link.streams);
      }
      kept += leastKept;
      alive += leastAlive;
      if (terms.mayBegin(begin)) {
        const int64_t before = closed[begin] + link.streamsKept;
        const bool isFused = end - begin <= terms.getMaxFused();
        const int64_t inside = isFused ? kept : alive;
        if (before + inside + terms.getFixed(end) <= budget)
          closed[end] = std::min(closed[end], before + kept);
      }
      if (terms.mustBegin(begin))
        break;
      alive += link.streams;
    }
  }
}
