//===- RecomputeChainTerms.h - Sizes of a chain by choice -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What each choice in each connection adds to the bytes that are kept, alive
// and moved, when blocks are walked from their end to their begin; and lower
// bounds of what the connections before a point must still add.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_ANALYSIS_RECOMPUTECHAINTERMS_H
#define MHC_LIB_ANALYSIS_RECOMPUTECHAINTERMS_H

#include "mhc/Analysis/RecomputeChain.h"

#include <limits>
#include <vector>

namespace mlir::mhc {

/// A choice in one connection that its pins allow, and that is not worse than
/// another in everything.
struct LinkOption {
  LinkChoice choice;
  /// Bytes without x: kept, and alive when all is there.
  int64_t kept = 0;
  int64_t alive = 0;
  /// Bytes moved wherever the connection stands: y written, F again.
  int64_t moved = 0;
  /// y, while a fused block has it.
  int64_t rebuilt = 0;
  /// A kernel ends here, unless this is the last connection of the block.
  bool endsKernel = false;

  bool rebuildsAggregate() const {
    return choice.aggregate == AggregateChoice::Rebuild;
  }
};

/// A chain as the solvers see it. Positions are 0 .. L: a position stands
/// before the connection of its number.
class ChainTerms {
public:
  explicit ChainTerms(const RecomputeChain &chain);

  size_t size() const { return chain.links.size(); }
  const RecomputeChain &getChain() const { return chain; }
  const ChainLink &getLink(size_t k) const { return chain.links[k]; }
  llvm::ArrayRef<LinkOption> getOptions(size_t k) const { return options[k]; }
  /// What is still read of connection k when the one before it is there.
  int64_t getFixed(size_t k) const { return k < size() ? getLink(k).fixed : 0; }

  bool mayBegin(size_t k) const {
    return k == 0 || getLink(k).streamsPin != RecomputePin::Recompute;
  }
  bool mustBegin(size_t k) const {
    return k == 0 || getLink(k).startsBlock ||
           getLink(k).streamsPin == RecomputePin::Keep;
  }

  /// Bytes moved by connection k of a Rebuild block that ends before `end`.
  int64_t getMovedAtBegin(size_t k, const LinkOption &option,
                          size_t end) const {
    const ChainLink &link = getLink(k);
    if (k + 1 == end)
      return option.moved + (option.rebuildsAggregate() ? link.streams : 0);
    return option.moved + link.streams + link.output +
           (option.endsKernel ? link.streams : 0);
  }
  int64_t getMovedInside(size_t k, const LinkOption &option, size_t end) const {
    const ChainLink &link = getLink(k);
    if (k + 1 == end)
      return option.moved + link.streams;
    const bool ends = option.endsKernel || getPhase(k + 1, end) == 0;
    return option.moved + link.streams + link.output +
           (ends ? link.streams : 0);
  }

  /// Connections of an open block behind position k, as far as kernels are
  /// concerned: modulo maxRebuild.
  size_t getPhase(size_t k, size_t end) const { return (end - k) % numPhases; }
  size_t getNumPhases() const { return numPhases; }
  size_t getMaxFused() const { return maxFused; }

private:
  const RecomputeChain &chain;
  std::vector<llvm::SmallVector<LinkOption, 4>> options;
  size_t numPhases;
  size_t maxFused;
};

/// The least that the connections before a position keep, and the least of
/// bytes moved and a price for each byte kept, for several prices. Budgets of
/// the blocks before the position are not looked at: what is computed is less
/// than or equal to what any plan costs, for every budget.
class PrefixBounds {
public:
  explicit PrefixBounds(const ChainTerms &terms);

  /// The least bytes that the connections before position k move, if they keep
  /// at most `kept`. `hint` is where the last search ended, and may start
  /// anywhere.
  double getMoved(size_t k, int64_t kept, size_t &hint) const {
    return climb(&closed[k * prices.size()], kept, hint);
  }
  /// The same with a Rebuild block open at k, that is of the connections before
  /// k, of which some belong to the block.
  double getMovedOpen(size_t k, size_t phase, int64_t kept,
                      size_t &hint) const {
    return climb(&open[(k * terms.getNumPhases() + phase) * prices.size()],
                 kept, hint);
  }

  /// What rounding may add to a bound.
  double getMargin() const { return margin; }

private:
  struct Value;
  /// The least of the whole chain at a price.
  Value addPrice(double price, std::vector<Value> &closedOfPrice,
                 std::vector<Value> &openOfPrice) const;
  double climb(const double *row, int64_t kept, size_t &hint) const;

  const ChainTerms &terms;
  /// Rising.
  std::vector<double> prices;
  /// For each position (and phase), the value at each price.
  std::vector<double> closed, open;
  double margin = 0;
};

/// For one budget: the least bytes that are kept before a position by plans
/// whose blocks before it fit, or less.
struct LeastKept {
  LeastKept(const ChainTerms &terms, int64_t budget);

  static constexpr int64_t impossible = std::numeric_limits<int64_t>::max() / 2;

  /// At a position between two blocks; with a block open, of what is kept; and
  /// with a block open, of what is kept before it and alive in it.
  std::vector<int64_t> closed, open, openAlive;
};

} // namespace mlir::mhc

#endif // MHC_LIB_ANALYSIS_RECOMPUTECHAINTERMS_H
