//===- ScheduleChoice.cpp - Schedules of a kernel on a chip ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleChoice.h"

#include "SliceOrder.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/InterleavedRange.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

/// Columns of a leaf that a warp works on.
static constexpr int64_t kLeaf = 32;
/// Leaves of a slice where hidden allows it: as few CTAs as possible run the
/// token's program, and as many warps as a multiprocessor needs.
static constexpr int64_t kLeaves = 10, kFewLeaves = 4, kWarps = 8;
/// Tokens of a block that are worth giving up leaves of a slice for.
static constexpr int64_t kTokens = 256, kFewTokens = 64;
static constexpr int64_t kCtasOfMultiprocessor = 2;

//===----------------------------------------------------------------------===//
// What is in a kernel
//===----------------------------------------------------------------------===//

static bool hasExit(SweepOp sweep, ArrayRef<ExitKind> kinds) {
  return llvm::any_of(sweep.getExit().getExits(), [&](const SweepExit &exit) {
    return llvm::is_contained(kinds, exit.kind);
  });
}

static bool hasExit(KernelOp kernel, ArrayRef<ExitKind> kinds) {
  return llvm::any_of(kernel.getBody().getOps<SweepOp>(),
                      [&](SweepOp sweep) { return hasExit(sweep, kinds); });
}

/// Whether a warp keeps sums over tokens in registers, for one leaf.
template <typename Op> static bool keepsTotals(Op op) {
  return hasExit(op, {ExitKind::Outer, ExitKind::Total});
}

/// An estimate of the registers that a thread is better not denied.
static int64_t estimateRegisters(KernelOp kernel) {
  if (hasExit(kernel, {ExitKind::Outer}))
    return Chip::registersOfThread;
  return hasExit(kernel, {ExitKind::Project, ExitKind::Total}) ? 168 : 128;
}

static int64_t getMaxWarps(KernelOp kernel) {
  return Chip::registers / estimateRegisters(kernel) / 32;
}

SmallVector<unsigned> mlir::mhc::computePieces(KernelOp kernel) {
  llvm::DenseMap<Value, unsigned> pieceOf;
  SmallVector<unsigned> pieces;
  unsigned current = 0;
  for (Operation &op : kernel.getBody().front()) {
    SetVector<Value> used(op.operand_begin(), op.operand_end());
    getUsedValuesDefinedAbove(op.getRegions(), used);
    unsigned piece = 0;
    for (Value value : used)
      piece = std::max(piece, pieceOf.lookup(value));
    auto sweep = dyn_cast<SweepOp>(op);
    if (!sweep) {
      for (Value result : op.getResults())
        pieceOf[result] = piece;
      continue;
    }
    current = std::max(current, piece);
    pieces.push_back(current);
    // The rows of a sweep are at hand in its own piece, its sums are not.
    for (Value result : sweep.getResults())
      pieceOf[result] = current + !isa<RowType>(result.getType());
  }
  return pieces;
}

/// The numbers of slices that are legal for all sweeps.
static SmallVector<int64_t> getLegalSlices(KernelOp kernel) {
  SmallVector<int64_t> legal{1};
  bool isFirst = true;
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    SmallVector<int64_t> next =
        SliceOrder::getLegal(sweep.getHidden(), kernel.getOrder());
    if (isFirst)
      legal = next;
    else
      llvm::erase_if(legal, [&](int64_t slices) {
        return !llvm::is_contained(next, slices);
      });
    isFirst = false;
  }
  return legal;
}

/// The most leaves that a slice of a sweep has.
static int64_t getSliceLeaves(KernelOp kernel, int64_t slices) {
  int64_t leaves = 0;
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    leaves = std::max(
        leaves, SliceOrder::get(sweep.getHidden(), kernel.getOrder(), slices)
                    ->sliceLeaves);
  return leaves;
}

//===----------------------------------------------------------------------===//
// Whether a schedule is legal
//===----------------------------------------------------------------------===//

LogicalResult mlir::mhc::checkSchedule(KernelOp kernel, ScheduleAttr schedule,
                                       const Chip &chip) {
  if (kernel.getOrder().getLeaf() != kLeaf)
    return kernel.emitOpError("expected an order with leaves of ")
           << kLeaf << " columns for a GPU, got "
           << kernel.getOrder().getLeaf();
  SmallVector<int64_t> legal = getLegalSlices(kernel);
  if (!llvm::is_contained(legal, schedule.getSlices()))
    return kernel.emitOpError("expected slices that are aligned subtrees of "
                              "the sums over hidden, ")
           << llvm::interleaved(legal) << "; got " << schedule.getSlices();
  SmallVector<unsigned> pieces = computePieces(kernel);
  bool isCut = !pieces.empty() && pieces.back() > 0;
  if (schedule.getSlices() > 1 && isCut)
    return kernel.emitOpError("expected exchange = split for several slices "
                              "where a sweep needs the sums of another one, "
                              "got ")
           << stringifyExchange(schedule.getExchange());
  int64_t leaves = getSliceLeaves(kernel, schedule.getSlices());
  if (keepsTotals(kernel) && leaves > schedule.getWarps())
    return kernel.emitOpError("expected a warp for each leaf of a slice in a "
                              "kernel that adds over tokens, got ")
           << leaves << " leaves and " << schedule.getWarps() << " warps";
  if (schedule.getWarps() > getMaxWarps(kernel))
    return kernel.emitOpError("expected at most ")
           << getMaxWarps(kernel) << " warps, as a thread of this kernel needs "
           << estimateRegisters(kernel) << " registers; got "
           << schedule.getWarps();
  SharedUse use = computeSharedUse(kernel, schedule);
  if (use.total() > chip.sharedBytes)
    return kernel.emitOpError("expected at most ")
           << chip.sharedBytes << " bytes of shared memory on " << chip.name
           << ", got " << use.total() << ": " << use.weights << " for phi, "
           << use.sums << " for sums over hidden, " << use.values
           << " for values of " << schedule.getTokens() << " tokens, "
           << use.rows << " for rows that are kept, " << use.slots
           << " for rows that are loaded ahead";
  return success();
}

//===----------------------------------------------------------------------===//
// Which schedule is best
//===----------------------------------------------------------------------===//

namespace {
class Chooser {
public:
  Chooser(KernelOp kernel, const Chip &chip) : kernel(kernel), chip(chip) {}

  std::optional<ScheduleAttr> run();

private:
  /// The largest block of at least `fewest` tokens that fits.
  std::optional<ScheduleAttr> fit(int64_t slices, int64_t fewest,
                                  int64_t prefetch, Storage weights,
                                  bool allowLocal);
  bool fits(ScheduleAttr schedule, bool allowLocal);
  ScheduleAttr retainRows(ScheduleAttr schedule);
  ScheduleAttr fillMultiprocessors(ScheduleAttr schedule);
  int64_t getSlabsOfTotals();
  /// The numbers of warps to try, the best first.
  SmallVector<int64_t> getWarps(int64_t slices);
  int64_t getVector();

  KernelOp kernel;
  const Chip &chip;
};
} // namespace

/// A warp for each leaf, several for each of few leaves, or several leaves for
/// each warp.
SmallVector<int64_t> Chooser::getWarps(int64_t slices) {
  int64_t leaves = getSliceLeaves(kernel, slices), most = getMaxWarps(kernel);
  if (leaves == 0)
    return {kFewLeaves};
  int64_t fewest = llvm::divideCeil(leaves, llvm::divideCeil(leaves, most));
  SmallVector<int64_t> warps{fewest};
  // Several warps of a leaf would each have sums over tokens of their own, and
  // those would be added in another order.
  if (keepsTotals(kernel))
    return warps;
  for (int64_t more = 2 * fewest; more <= std::min(kWarps, most); more *= 2)
    warps.insert(warps.begin(), more);
  return warps;
}

/// Columns that a lane computes at once: few where registers are short.
int64_t Chooser::getVector() {
  // By what ptxas makes of them: a sweep with backproject spills less with 4
  // columns at once, but for one with sums besides, of rows of two bytes.
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    if (sweep.getBody().getOps<BackprojectOp>().empty())
      continue;
    bool hasSums = llvm::any_of(sweep.getExit().getExits(), [](auto &exit) {
      return exit.kind == ExitKind::Sum;
    });
    bool isNarrow = llvm::all_of(sweep.getRows(), [](Value row) {
      return cast<RowType>(row.getType())
                 .getElementType()
                 .getIntOrFloatBitWidth() <= 16;
    });
    if (!hasSums || !isNarrow)
      return 4;
  }
  return 8;
}

bool Chooser::fits(ScheduleAttr schedule, bool allowLocal) {
  SharedUse use = computeSharedUse(kernel, schedule);
  return use.total() <= chip.sharedBytes && (allowLocal || !use.isLocal);
}

/// A block of half as many tokens or less, a power of two.
static int64_t getSmallerBlock(int64_t tokens) {
  auto power = static_cast<int64_t>(llvm::bit_floor<uint64_t>(tokens));
  return power == tokens ? tokens / 2 : power;
}

std::optional<ScheduleAttr> Chooser::fit(int64_t slices, int64_t fewest,
                                         int64_t prefetch, Storage weights,
                                         bool allowLocal) {
  for (int64_t warps : getWarps(slices)) {
    int64_t most = std::min(kTokens, 32 * warps);
    for (int64_t tokens = most; tokens >= std::min(fewest, most);
         tokens = getSmallerBlock(tokens)) {
      auto schedule = ScheduleAttr::get(
          kernel.getContext(), chip.name, Exchange::None, warps, slices,
          /*slabs=*/1, tokens, prefetch, getVector(), weights, Storage::Memory);
      if (fits(schedule, allowLocal))
        return schedule;
    }
  }
  return std::nullopt;
}

/// Keeps rows that two sweeps read, with blocks of fewer tokens if need be.
ScheduleAttr Chooser::retainRows(ScheduleAttr schedule) {
  if (computeRetainedBytes(kernel, schedule) == 0)
    return schedule;
  for (int64_t tokens = schedule.getTokens(); tokens >= 8;
       tokens = getSmallerBlock(tokens)) {
    auto retaining = ScheduleAttr::get(
        kernel.getContext(), chip.name, Exchange::None, schedule.getWarps(),
        schedule.getSlices(), /*slabs=*/1, tokens, schedule.getPrefetch(),
        schedule.getVector(), schedule.getWeights(), Storage::Shared);
    if (fits(retaining, /*allowLocal=*/true))
      return retaining;
  }
  return schedule;
}

/// Slabs of a kernel whose sweeps add over tokens. They are the order of these
/// sums, and so depend on the chip and on hidden alone, not on what else the
/// kernel does: a multiprocessor for each slice of at most kWarps leaves.
int64_t Chooser::getSlabsOfTotals() {
  int64_t slices = 1;
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    if (!keepsTotals(sweep))
      continue;
    SmallVector<int64_t> legal =
        SliceOrder::getLegal(sweep.getHidden(), kernel.getOrder());
    const int64_t *found = llvm::find_if(legal, [&](int64_t count) {
      return SliceOrder::get(sweep.getHidden(), kernel.getOrder(), count)
                 ->sliceLeaves <= kWarps;
    });
    slices = std::max(slices, found == legal.end() ? legal.back() : *found);
  }
  return std::max<int64_t>(chip.multiprocessors / slices, 1);
}

ScheduleAttr Chooser::fillMultiprocessors(ScheduleAttr schedule) {
  SharedUse use = computeSharedUse(kernel, schedule);
  int64_t threads = schedule.getThreads();
  int64_t ctas = std::min(
      {chip.sharedBytesOfMultiprocessor / (use.total() + Chip::reservedBytes),
       Chip::registers / (threads * estimateRegisters(kernel)),
       chip.threadsOfMultiprocessor / threads, kCtasOfMultiprocessor});
  int64_t slabs =
      chip.multiprocessors * std::max<int64_t>(ctas, 1) / schedule.getSlices();
  if (keepsTotals(kernel))
    slabs = getSlabsOfTotals();
  return ScheduleAttr::get(kernel.getContext(), chip.name, Exchange::None,
                           schedule.getWarps(), schedule.getSlices(),
                           std::max<int64_t>(slabs, 1), schedule.getTokens(),
                           schedule.getPrefetch(), schedule.getVector(),
                           schedule.getWeights(), schedule.getRetain());
}

std::optional<ScheduleAttr> Chooser::run() {
  if (kernel.getOrder().getLeaf() != kLeaf)
    return std::nullopt;
  // From many leaves a slice to few.
  SmallVector<int64_t> candidates = getLegalSlices(kernel);
  int64_t most = std::min(kLeaves, getMaxWarps(kernel));
  SmallVector<unsigned> pieces = computePieces(kernel);
  if (!pieces.empty() && pieces.back() > 0) {
    // All of hidden in one CTA, or nothing.
    candidates = {1};
    if (getSliceLeaves(kernel, 1) > most)
      return std::nullopt;
  }
  // As many CTAs as getSlabsOfTotals counts on.
  if (candidates.size() > 1 && keepsTotals(kernel))
    most = std::min(most, kWarps);
  SmallVector<int64_t> fitting;
  for (int64_t slices : candidates)
    if (getSliceLeaves(kernel, slices) <= most)
      fitting.push_back(slices);
  // With fewer leaves, what the slices do again costs more than phi from the
  // cache, or more blocks.
  SmallVector<int64_t> wide;
  for (int64_t slices : fitting)
    if (slices == fitting.front() ||
        getSliceLeaves(kernel, slices) >= kFewLeaves)
      wide.push_back(slices);
  std::optional<ScheduleAttr> best;
  auto tryAll = [&](ArrayRef<int64_t> among, int64_t fewest, int64_t prefetch,
                    Storage weights, bool allowLocal) {
    for (int64_t slices : among)
      if (!best)
        best = fit(slices, fewest, prefetch, weights, allowLocal);
  };
  for (Storage weights : {Storage::Shared, Storage::Memory})
    tryAll(wide, kFewTokens, /*prefetch=*/1, weights, /*allowLocal=*/false);
  for (ArrayRef<int64_t> among : {ArrayRef(wide), ArrayRef(fitting)})
    for (bool allowLocal : {false, true})
      for (int64_t prefetch : {1, 0})
        tryAll(among, /*fewest=*/8, prefetch, Storage::Memory, allowLocal);
  if (!best)
    return std::nullopt;
  return fillMultiprocessors(retainRows(*best));
}

ScheduleAttr mlir::mhc::getSmallestSchedule(KernelOp kernel, const Chip &chip) {
  SmallVector<unsigned> pieces = computePieces(kernel);
  bool isCut = !pieces.empty() && pieces.back() > 0;
  int64_t slices = isCut ? 1 : getLegalSlices(kernel).back();
  int64_t warps = std::clamp<int64_t>(getSliceLeaves(kernel, slices), 1, 32);
  return ScheduleAttr::get(kernel.getContext(), chip.name, Exchange::None,
                           warps, slices, /*slabs=*/1, /*tokens=*/8,
                           /*prefetch=*/0, /*vector=*/2, Storage::Memory,
                           Storage::Memory);
}

std::optional<ScheduleAttr> mlir::mhc::chooseSchedule(KernelOp kernel,
                                                      const Chip &chip) {
  return Chooser(kernel, chip).run();
}
