//===- RecomputeChain.h - What a chain keeps and rebuilds -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chain of connections, what a training step keeps of each from its forward
// to its backward, what it rebuilds, the bytes that are alive at once and the
// bytes that rebuilding moves. Numbers only: no IR. docs/Recompute.md explains
// the model.
//
// Connection k = 0 .. L-1 reads the streams x_k, makes y_k = aggregate(x_k),
// f_k = F_k(y_k), and x_(k+1) = combine(f_k, x_k). All sizes are bytes of the
// whole call, not of one token.
//
// The choice. The chain is cut into blocks [begin, end). The x of a block's
// begin is kept, the x of its other connections are not. In each connection y
// is kept or rebuilt, and the sublayer F is kept (f and what F's backward
// reads inside, its internals) or run again. A block is brought back in one of
// two ways:
//
//   Rebuild  kernels make all that is missing of the block before the backward
//            enters it;
//   Fused    the backward boundary of each connection makes the x and y that
//            it wants from the kept x of the begin and the kept f: every F is
//            kept, and the block has at most 1 + maxChain connections.
//
// The bytes alive. When the backward enters a block, everything before the
// block is still kept and everything after it is released:
//
//   before(b) = sum of kept_k over the connections k before the block
//   kept_k    = fixed + x if kept + y if kept + (f + internals) if F is kept
//
//   Rebuild:  before + sum over the block of
//                 fixed + (x kept or rebuilt) + (y kept or rebuilt)
//                       + (f + internals, kept or made again)
//             + fixed of the connection behind the block
//   Fused:    the largest, over connections k of the block, of
//                 before + sum over begin..k of kept + (y_k if rebuilt)
//                 + fixed_(k+1)
//
// The boundary kernel between k + 1 and k still reads the logits of k + 1, and
// runs when k has been brought back. It does not read x_(k+1): it makes that
// from x_k and f_k, which it reads anyway.
//
// The peak is the largest over blocks; a plan fits a budget if its peak is not
// above it. What is given (someone else keeps it) costs nothing to keep, and
// its full size where it is rebuilt nevertheless.
//
// The bytes moved. Keeping moves nothing: what is read from memory because it
// was kept would also be read in a program without recompute.
//
//   Rebuild:  x_begin, read, if the block has two connections or rebuilds the
//                 y of its first
//             + y_k for each that is rebuilt                         (written)
//             + x_k for each k > begin                               (written)
//             + f_k for each k but the last, which combine reads        (read)
//             + rerun_k for each F that is run again
//             + x_k for each k, but the last, where a kernel ends and another
//                 begins (`endsKernel`)                                 (read)
//   Fused:    y_k for each that is rebuilt                           (written)
//             + for each k > begin: f_begin .. f_(k-1), and x_begin where it
//                 is larger than x_k, in its place                      (read)
//
// A kernel ends at k where F_k is run again on a y_k that is rebuilt, and, so
// that it makes at most maxRebuild streams, where k is a multiple of maxRebuild
// connections before the last of its block.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_RECOMPUTECHAIN_H
#define MHC_ANALYSIS_RECOMPUTECHAIN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace mlir::mhc {

//===----------------------------------------------------------------------===//
// The chain
//===----------------------------------------------------------------------===//

/// What is wanted of a value.
enum class RecomputePin { None, Keep, Recompute };

/// One connection and its sublayer, in bytes of the whole call.
struct ChainLink {
  /// x: the streams that the connection reads. `streamsKept` is what it costs
  /// to keep them: 0 if someone else keeps them, `streams` otherwise.
  int64_t streams = 0;
  int64_t streamsKept = 0;
  /// y, the sublayer's argument, in the same way.
  int64_t aggregate = 0;
  int64_t aggregateKept = 0;
  /// Whether the backward reads y. If it does not, y is neither kept (unless
  /// it is pinned so) nor rebuilt, unless the sublayer is run again.
  bool needsAggregate = true;
  /// f, the sublayer's result, in the same way.
  int64_t output = 0;
  int64_t outputKept = 0;
  /// What else the sublayer's backward reads: kept if f is, made again with f.
  int64_t internals = 0;
  /// Bytes that running the sublayer again moves; none if it cannot be.
  std::optional<int64_t> rerun;
  /// What is always kept: the logits and the sum of squares.
  int64_t fixed = 0;

  RecomputePin streamsPin = RecomputePin::None;
  RecomputePin aggregatePin = RecomputePin::None;
  /// Of f and the internals together.
  RecomputePin outputPin = RecomputePin::None;
  /// x is kept whatever the budget: the first of a pipeline stage, or streams
  /// that several connections read. True of the first link, said or not.
  bool startsBlock = false;
};

struct RecomputeChain {
  llvm::SmallVector<ChainLink, 0> links;
  /// The streams that one kernel rebuilds at most.
  int64_t maxRebuild = 8;
  /// The connections that a backward boundary goes through at most, from the
  /// streams that are kept to those that it wants.
  int64_t maxChain = 1;
};

/// Fails with a ChainError if a size is negative, sums of sizes do not fit in
/// 64 bits, or pins contradict each other or the chain. The functions below
/// do the same.
llvm::Error verify(const RecomputeChain &chain);

/// What is wrong with a link.
class ChainError : public llvm::ErrorInfo<ChainError> {
public:
  /// The value of the link that is meant, so that a diagnostic can stand there.
  enum class Part { Link, Streams, Aggregate, Output };

  ChainError(size_t link, Part part, std::string message)
      : link(link), part(part), message(std::move(message)) {}

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

  size_t link;
  Part part;
  /// In the style of diagnostics, without the number of the link.
  std::string message;

  static char ID;
};

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

/// What happens to y.
enum class AggregateChoice {
  /// Nothing reads it.
  None,
  Keep,
  Rebuild
};

/// How the missing values of a block come back. A block in which nothing is
/// missing is Fused.
enum class BlockMethod { Rebuild, Fused };

struct LinkChoice {
  AggregateChoice aggregate = AggregateChoice::Keep;
  bool rerunsSublayer = false;
};

/// The connections begin .. end - 1.
struct RecomputeBlock {
  size_t begin = 0;
  size_t end = 0;
  BlockMethod method = BlockMethod::Fused;

  size_t size() const { return end - begin; }
};

struct RecomputePlan {
  /// In order, and without gaps.
  llvm::SmallVector<RecomputeBlock, 0> blocks;
  /// One for each link.
  llvm::SmallVector<LinkChoice, 0> links;

  /// Whether every x, y and F is kept, as far as the backward reads it.
  bool keepsEverything() const;
  /// The number of the block that holds the link.
  size_t getBlockOf(size_t link) const;
  /// Whether the x of the link is kept.
  bool keepsStreams(size_t link) const;

  /// One line, as in `[0..3 rebuild] [4 keep] [5..6 fused]; y rebuilt: 0-3, 5;
  /// F again: 2`.
  void print(llvm::raw_ostream &os) const;
};

/// What a plan costs.
struct RecomputeCost {
  /// The largest number of bytes that are alive at once.
  int64_t peak = 0;
  /// The bytes that are kept when the forward ends.
  int64_t kept = 0;
  /// The bytes that rebuilding reads and writes.
  int64_t moved = 0;
};

/// A plan and its cost.
struct RecomputeSolution {
  RecomputePlan plan;
  RecomputeCost cost;
  /// No plan within the budget moves less: what the plan itself moves if it is
  /// the exact choice, 0 if it is a rule's.
  int64_t leastMoved = 0;

  bool isExact() const { return leastMoved == cost.moved; }
};

/// Simulates the backward with a plan, block by block. Fails with a ChainError
/// if the plan breaks a pin or is no plan of the chain.
llvm::Expected<RecomputeCost> evaluate(const RecomputeChain &chain,
                                       const RecomputePlan &plan);

/// Bytes that are alive when the backward enters a block (Rebuild), or at the
/// most in it (Fused). For drawings; the peak is the largest of them.
llvm::SmallVector<int64_t, 0> computeBlockPeaks(const RecomputeChain &chain,
                                                const RecomputePlan &plan);

/// Whether a kernel of a Rebuild block ends at the connection `link`, having
/// made its y, and another one begins there by reading its x. False for the
/// last connection; true of the first only where its sublayer is run again.
bool endsKernel(const RecomputeChain &chain, const RecomputePlan &plan,
                const RecomputeBlock &block, size_t link);

//===----------------------------------------------------------------------===//
// Solvers
//===----------------------------------------------------------------------===//

/// No plan has a peak that small.
class ImpossibleBudget : public llvm::ErrorInfo<ImpossibleBudget> {
public:
  ImpossibleBudget(int64_t budget, int64_t smallest)
      : budget(budget), smallest(smallest) {}

  /// expected a budget of at least `smallest` bytes, got `budget`
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

  int64_t budget;
  int64_t smallest;

  static char ID;
};

/// The smallest peak of all plans.
llvm::Expected<int64_t> computeSmallestBudget(const RecomputeChain &chain);

/// The plan that moves the fewest bytes of all whose peak is not above
/// `budget`: the one that keeps everything if that fits, else, of several, one
/// with the smallest peak. So a larger budget never moves more. Fails with
/// ImpossibleBudget.
///
/// Memory and time are limited: for chains made to resist
/// (RecomputeChainSolver.h says which) the plan may not be the best one, and
/// `leastMoved` says how far it can be from it.
llvm::Expected<RecomputeSolution> solveExact(const RecomputeChain &chain,
                                             int64_t budget);

/// The same without a budget: the plan that keeps everything, as far as pins
/// let it. Its peak is what fractions of `keep everything` are fractions of.
llvm::Expected<RecomputeSolution>
solveWithoutBudget(const RecomputeChain &chain);

/// The exact choice at `points` budgets, evenly spaced from the smallest
/// possible to the peak without a budget; of points that move the same the
/// first: strictly falling `moved`, rising `peak`.
llvm::Expected<llvm::SmallVector<RecomputeSolution, 0>>
solveCurve(const RecomputeChain &chain, unsigned points = 40);

/// Blocks of `length` connections, counted anew wherever x must be kept: the
/// x of their begins kept, all other x and all y rebuilt by kernels, F kept.
/// Pins win over the rule.
llvm::Expected<RecomputeSolution> solveEqualBlocks(const RecomputeChain &chain,
                                                   size_t length);

/// The paper's length of a block, sqrt(nL/(n+2)), before it is rounded.
double computePaperLength(size_t links, int64_t numStreams);

/// Equal blocks of the paper's length, rounded down or up: the one with the
/// smaller peak, or, under a budget, the one that moves less of those that fit.
/// Fails with ImpossibleBudget, `smallest` being that of the two.
llvm::Expected<RecomputeSolution>
solvePaperBlocks(const RecomputeChain &chain, int64_t numStreams,
                 std::optional<int64_t> budget = std::nullopt);

/// The equal blocks, of any length, that move least within a budget. Fails with
/// ImpossibleBudget, `smallest` being that of equal blocks.
llvm::Expected<RecomputeSolution>
solveBestEqualBlocks(const RecomputeChain &chain, int64_t budget);

} // namespace mlir::mhc

#endif // MHC_ANALYSIS_RECOMPUTECHAIN_H
