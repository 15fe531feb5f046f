//===- RecomputeChain.cpp - What a chain keeps and rebuilds ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chains, plans, and what a plan costs. The solvers share nothing with
// `evaluate`, so that each checks the other.
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/RecomputeChain.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::mhc;

char ChainError::ID = 0;
char ImpossibleBudget::ID = 0;

void ChainError::log(llvm::raw_ostream &os) const {
  os << "connection " << link << ": " << message;
}

std::error_code ChainError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

void ImpossibleBudget::log(llvm::raw_ostream &os) const {
  os << "expected a budget of at least " << smallest << " bytes, got "
     << budget;
}

std::error_code ImpossibleBudget::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

using Part = ChainError::Part;

static llvm::Error fail(size_t link, Part part, const llvm::Twine &message) {
  return llvm::make_error<ChainError>(link, part, message.str());
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

namespace {
/// A sum that remembers whether it fits.
class CheckedSum {
public:
  void add(int64_t value) { overflows |= llvm::AddOverflow(sum, value, sum); }
  void scale(int64_t factor) {
    overflows |= llvm::MulOverflow(sum, factor, sum);
  }
  bool fits() const { return !overflows; }

private:
  int64_t sum = 0;
  bool overflows = false;
};
} // namespace

static llvm::Error verifySizes(const ChainLink &link, size_t k) {
  struct Size {
    int64_t bytes;
    Part part;
    const char *name;
  };
  const Size sizes[] = {
      {link.streams, Part::Streams, "the streams"},
      {link.aggregate, Part::Aggregate, "the aggregate"},
      {link.output, Part::Output, "the sublayer's result"},
      {link.internals, Part::Output, "the sublayer's internals"},
      {link.rerun.value_or(0), Part::Output, "running the sublayer again"},
      {link.fixed, Part::Link, "what is always kept"}};
  for (const Size &size : sizes)
    if (size.bytes < 0)
      return fail(k, size.part,
                  llvm::Twine("expected at least 0 bytes for ") + size.name +
                      ", got " + llvm::Twine(size.bytes));
  const std::pair<Size, int64_t> kept[] = {
      {{link.streamsKept, Part::Streams, "the streams"}, link.streams},
      {{link.aggregateKept, Part::Aggregate, "the aggregate"}, link.aggregate},
      {{link.outputKept, Part::Output, "the sublayer's result"}, link.output}};
  for (const auto &[size, all] : kept)
    if (size.bytes < 0 || size.bytes > all)
      return fail(k, size.part,
                  llvm::Twine("expected 0 to ") + llvm::Twine(all) +
                      " bytes to keep " + size.name + ", got " +
                      llvm::Twine(size.bytes));
  return llvm::Error::success();
}

static llvm::Error verifyPins(const ChainLink &link, size_t k) {
  if (link.streamsPin == RecomputePin::Recompute) {
    if (k == 0)
      return fail(k, Part::Streams,
                  "expected streams to recompute after the first connection, "
                  "got those that the chain begins with");
    if (link.startsBlock)
      return fail(k, Part::Streams,
                  "expected streams to recompute inside a stage, got those "
                  "that a stage begins with");
  }
  if (link.outputPin == RecomputePin::Recompute && !link.rerun)
    return fail(k, Part::Output,
                "expected a sublayer that can be run again, got one that "
                "cannot");
  return llvm::Error::success();
}

llvm::Error mlir::mhc::verify(const RecomputeChain &chain) {
  if (chain.links.empty())
    return fail(0, Part::Link, "expected at least one connection, got none");
  if (chain.maxRebuild < 1 || chain.maxChain < 0)
    return fail(0, Part::Link,
                "expected kernels that rebuild at least one x, and boundaries "
                "that go through at least no connection");
  CheckedSum sum;
  for (const auto &[k, link] : llvm::enumerate(chain.links)) {
    if (llvm::Error error = verifySizes(link, k))
      return error;
    if (llvm::Error error = verifyPins(link, k))
      return error;
    for (int64_t bytes : {link.streams, link.aggregate, link.output,
                          link.internals, link.rerun.value_or(0), link.fixed})
      sum.add(bytes);
  }
  // A boundary that goes through the whole chain reads each f once for each
  // connection; differences of two such sums are taken.
  sum.scale(4 * (static_cast<int64_t>(chain.links.size()) + 2));
  if (!sum.fits())
    return fail(0, Part::Link, "expected sizes whose sums fit in 64 bits");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

bool RecomputePlan::keepsEverything() const {
  return llvm::all_of(blocks,
                      [](const RecomputeBlock &b) { return b.size() == 1; }) &&
         llvm::none_of(links, [](const LinkChoice &choice) {
           return choice.rerunsSublayer ||
                  choice.aggregate == AggregateChoice::Rebuild;
         });
}

size_t RecomputePlan::getBlockOf(size_t link) const {
  const auto *after = llvm::upper_bound(
      blocks, link,
      [](size_t k, const RecomputeBlock &block) { return k < block.begin; });
  assert(after != blocks.begin() && "the first block begins at 0");
  return std::prev(after) - blocks.begin();
}

bool RecomputePlan::keepsStreams(size_t link) const {
  return blocks[getBlockOf(link)].begin == link;
}

/// Prints `; TITLE: 0-3, 5` of the links that `holds` of, or nothing.
static void printLinks(llvm::raw_ostream &os, llvm::StringRef title,
                       llvm::ArrayRef<LinkChoice> links,
                       llvm::function_ref<bool(const LinkChoice &)> holds) {
  bool isFirst = true;
  for (size_t begin = 0, end; begin < links.size(); begin = end) {
    end = begin + 1;
    if (!holds(links[begin]))
      continue;
    while (end < links.size() && holds(links[end]))
      ++end;
    os << (isFirst ? "; " + title.str() + ": " : std::string(", ")) << begin;
    if (end > begin + 1)
      os << '-' << end - 1;
    isFirst = false;
  }
}

void RecomputePlan::print(llvm::raw_ostream &os) const {
  llvm::interleave(
      blocks, os,
      [&](const RecomputeBlock &block) {
        os << '[' << block.begin;
        if (block.size() > 1)
          os << ".." << block.end - 1;
        if (block.method == BlockMethod::Rebuild)
          os << " rebuild";
        else if (block.size() > 1)
          os << " fused";
        os << ']';
      },
      " ");
  printLinks(os, "y rebuilt", links, [](const LinkChoice &choice) {
    return choice.aggregate == AggregateChoice::Rebuild;
  });
  printLinks(os, "F again", links,
             [](const LinkChoice &choice) { return choice.rerunsSublayer; });
}

/// Whether the choice is one for the link, and does what its pins say.
static llvm::Error verifyChoice(const ChainLink &link, const LinkChoice &choice,
                                size_t k, const RecomputeBlock &block) {
  const bool isKept = k == block.begin;
  if (isKept && link.streamsPin == RecomputePin::Recompute)
    return fail(k, Part::Streams, "expected streams that are recomputed");
  if (!isKept && (link.startsBlock || link.streamsPin == RecomputePin::Keep))
    return fail(k, Part::Streams, "expected streams that are kept");
  if (choice.rerunsSublayer &&
      (!link.rerun || link.outputPin == RecomputePin::Keep))
    return fail(k, Part::Output, "expected a sublayer that is kept");
  if (!choice.rerunsSublayer && link.outputPin == RecomputePin::Recompute)
    return fail(k, Part::Output, "expected a sublayer that is run again");
  if (link.aggregatePin == RecomputePin::Keep &&
      choice.aggregate != AggregateChoice::Keep)
    return fail(k, Part::Aggregate, "expected an aggregate that is kept");
  if (link.aggregatePin == RecomputePin::Recompute &&
      choice.aggregate == AggregateChoice::Keep)
    return fail(k, Part::Aggregate, "expected an aggregate that is recomputed");
  if (choice.aggregate == AggregateChoice::None &&
      (link.needsAggregate || choice.rerunsSublayer))
    return fail(k, Part::Aggregate,
                "expected an aggregate, as the backward or the sublayer reads "
                "it");
  if (block.method == BlockMethod::Fused && choice.rerunsSublayer)
    return fail(k, Part::Output, "expected kept sublayers in a fused block");
  return llvm::Error::success();
}

static llvm::Error verifyPlan(const RecomputeChain &chain,
                              const RecomputePlan &plan) {
  const size_t size = chain.links.size();
  if (plan.links.size() != size)
    return fail(0, Part::Link, "expected a choice for each connection");
  size_t next = 0;
  for (const RecomputeBlock &block : plan.blocks) {
    if (block.begin != next || block.end <= block.begin || block.end > size)
      return fail(std::min(block.begin, size - 1), Part::Link,
                  "expected blocks in order and without gaps");
    next = block.end;
    for (size_t k = block.begin; k < block.end; ++k)
      if (llvm::Error error =
              verifyChoice(chain.links[k], plan.links[k], k, block))
        return error;
    if (block.method == BlockMethod::Fused &&
        static_cast<int64_t>(block.size()) > 1 + chain.maxChain)
      return fail(block.begin, Part::Link,
                  "expected at most " + llvm::Twine(1 + chain.maxChain) +
                      " connections in a fused block, got " +
                      llvm::Twine(block.size()));
  }
  if (next != size)
    return fail(next, Part::Link, "expected blocks up to the last connection");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// What a plan costs
//===----------------------------------------------------------------------===//

/// Bytes of a connection that are kept from the forward to the backward.
static int64_t getKept(const ChainLink &link, const LinkChoice &choice,
                       bool keepsStreams) {
  int64_t bytes = link.fixed;
  if (keepsStreams)
    bytes += link.streamsKept;
  if (choice.aggregate == AggregateChoice::Keep)
    bytes += link.aggregateKept;
  if (!choice.rerunsSublayer)
    bytes += link.outputKept + link.internals;
  return bytes;
}

/// Bytes of a connection when all of it is there, kept or rebuilt.
static int64_t getAlive(const ChainLink &link, const LinkChoice &choice,
                        bool keepsStreams) {
  int64_t bytes = getKept(link, choice, keepsStreams);
  if (!keepsStreams)
    bytes += link.streams;
  if (choice.aggregate == AggregateChoice::Rebuild)
    bytes += link.aggregate;
  if (choice.rerunsSublayer)
    bytes += link.output + link.internals;
  return bytes;
}

bool mlir::mhc::endsKernel(const RecomputeChain &chain,
                           const RecomputePlan &plan,
                           const RecomputeBlock &block, size_t link) {
  const size_t last = block.end - 1;
  if (block.method != BlockMethod::Rebuild || link >= last)
    return false;
  const LinkChoice &choice = plan.links[link];
  if (choice.rerunsSublayer && choice.aggregate == AggregateChoice::Rebuild)
    return true;
  return link > block.begin && (last - link) % chain.maxRebuild == 0;
}

static int64_t computeMovedByRebuild(const RecomputeChain &chain,
                                     const RecomputePlan &plan,
                                     const RecomputeBlock &block) {
  int64_t moved = 0;
  for (size_t k = block.begin; k < block.end; ++k) {
    const ChainLink &link = chain.links[k];
    const LinkChoice &choice = plan.links[k];
    const bool isFirst = k == block.begin, isLast = k + 1 == block.end;
    const bool rebuildsAggregate = choice.aggregate == AggregateChoice::Rebuild;
    if (!isFirst || !isLast || rebuildsAggregate)
      moved += link.streams;
    if (rebuildsAggregate)
      moved += link.aggregate;
    if (!isLast)
      moved += link.output;
    if (choice.rerunsSublayer)
      moved += *link.rerun;
    if (endsKernel(chain, plan, block, k))
      moved += link.streams;
  }
  return moved;
}

static int64_t computeMovedByFusion(const RecomputeChain &chain,
                                    const RecomputePlan &plan,
                                    const RecomputeBlock &block) {
  int64_t moved = 0, outputs = 0;
  const int64_t streams = chain.links[block.begin].streams;
  for (size_t k = block.begin; k < block.end; ++k) {
    const ChainLink &link = chain.links[k];
    if (k > block.begin)
      moved += outputs + std::max<int64_t>(0, streams - link.streams);
    outputs += link.output;
    if (plan.links[k].aggregate == AggregateChoice::Rebuild)
      moved += link.aggregate;
  }
  return moved;
}

/// Bytes that are alive at most while the backward is in the block, with
/// `before` bytes kept before it.
static int64_t computeBlockPeak(const RecomputeChain &chain,
                                const RecomputePlan &plan,
                                const RecomputeBlock &block, int64_t before) {
  int64_t alive = before, peak = 0;
  for (size_t k = block.begin; k < block.end; ++k) {
    const ChainLink &link = chain.links[k];
    const LinkChoice &choice = plan.links[k];
    const bool keepsStreams = k == block.begin;
    const int64_t next =
        k + 1 < chain.links.size() ? chain.links[k + 1].fixed : 0;
    if (block.method == BlockMethod::Rebuild) {
      alive += getAlive(link, choice, keepsStreams);
      peak = alive + next;
      continue;
    }
    alive += getKept(link, choice, keepsStreams);
    const bool rebuilds = choice.aggregate == AggregateChoice::Rebuild;
    peak = std::max(peak, alive + (rebuilds ? link.aggregate : 0) + next);
  }
  return peak;
}

llvm::SmallVector<int64_t, 0>
mlir::mhc::computeBlockPeaks(const RecomputeChain &chain,
                             const RecomputePlan &plan) {
  llvm::SmallVector<int64_t, 0> peaks;
  int64_t before = 0;
  for (const RecomputeBlock &block : plan.blocks) {
    peaks.push_back(computeBlockPeak(chain, plan, block, before));
    for (size_t k = block.begin; k < block.end; ++k)
      before += getKept(chain.links[k], plan.links[k], k == block.begin);
  }
  return peaks;
}

llvm::Expected<RecomputeCost> mlir::mhc::evaluate(const RecomputeChain &chain,
                                                  const RecomputePlan &plan) {
  if (llvm::Error error = verify(chain))
    return error;
  if (llvm::Error error = verifyPlan(chain, plan))
    return error;
  RecomputeCost cost;
  for (const RecomputeBlock &block : plan.blocks) {
    cost.moved += block.method == BlockMethod::Rebuild
                      ? computeMovedByRebuild(chain, plan, block)
                      : computeMovedByFusion(chain, plan, block);
    for (size_t k = block.begin; k < block.end; ++k)
      cost.kept += getKept(chain.links[k], plan.links[k], k == block.begin);
  }
  cost.peak = *llvm::max_element(computeBlockPeaks(chain, plan));
  assert(cost.kept <= cost.peak &&
         "the last block is entered with everything kept");
  return cost;
}
