//===- SharedUse.cpp - Shared memory of a launch --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedUse.h"

#include "../KernelLanes/LaneSinkhorn.h"
#include "LaunchPlan.h"
#include "RowAccess.h"
#include "WeightProducts.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kTileTokens = 8, kAlignment = 16;

namespace {
class Counter {
public:
  Counter(KernelOp kernel, ScheduleAttr schedule)
      : kernel(kernel), schedule(schedule) {}

  SharedUse count();
  int64_t countRetained();

private:
  void countSweep(SweepOp sweep);
  void countSlots(SweepOp sweep);
  void countTokenProgram();
  int64_t getTokenBytes(Type type);
  WarpLayout getLayout(int64_t hidden);

  KernelOp kernel;
  ScheduleAttr schedule;
  SharedUse use;
};
} // namespace

static int64_t align(int64_t bytes) { return llvm::alignTo(bytes, kAlignment); }

int64_t Counter::getTokenBytes(Type type) {
  return align(getElementCount(type) * schedule.getTokens() *
               getBytes(getElementTypeOrSelf(type)));
}

WarpLayout Counter::getLayout(int64_t hidden) {
  return WarpLayout(
      *SliceOrder::get(hidden, kernel.getOrder(), schedule.getSlices()),
      schedule.getWarps());
}

int64_t Counter::countRetained() {
  int64_t bytes = 0;
  auto add = [&](Value row) {
    auto type = cast<RowType>(row.getType());
    int64_t tile = kTileTokens * kernel.getOrder().getLeaf() *
                   type.getStreams() * getBytes(type.getElementType());
    bytes += schedule.getTokens() / kTileTokens *
             getLayout(type.getHidden()).places * tile;
  };
  auto countReaders = [](Value row) {
    return llvm::count_if(row.getUsers(), llvm::IsaPred<SweepOp>);
  };
  for (BlockArgument argument : kernel.getBody().getArguments())
    if (isa<RowType>(argument.getType()) &&
        kernel.hasTokens(argument.getArgNumber()) && countReaders(argument) > 1)
      add(argument);
  for (auto sweep : kernel.getBody().getOps<SweepOp>())
    for (Value result : sweep.getResults())
      if (isa<RowType>(result.getType()) && countReaders(result) > 0)
        add(result);
  return bytes;
}

void Counter::countSweep(SweepOp sweep) {
  WarpLayout layout = getLayout(sweep.getHidden());
  auto addWeight = [&](const WeightProduct &product, WeightMemory::Use kind) {
    if (schedule.getWeights() == Storage::Shared)
      use.weights +=
          align(WeightMemory::getSharedBytes(product, kind, layout.places));
  };
  for (auto op : sweep.getBody().getOps<BackprojectOp>())
    addWeight(getProduct(cast<WeightType>(op.getPhi().getType()),
                         op.getOut().getType(), op.getPrecision()),
              WeightMemory::Backproject);
  for (auto [exit, result] :
       llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults())) {
    Type column = exit.value.getType();
    Type element = getElementTypeOrSelf(result.getType());
    if (exit.kind == ExitKind::Project) {
      WeightProduct product = getProduct(cast<WeightType>(exit.by.getType()),
                                         column, exit.precision);
      addWeight(product, WeightMemory::Project);
      element = product.getSumType();
    }
    if (exit.kind == ExitKind::Project || exit.kind == ExitKind::Sum) {
      // Two buffers, so that one is added up while the other is filled.
      use.sums += align(2 * layout.tilePlaces * layout.places *
                        getElementCount(result.getType()) * kTileTokens *
                        getBytes(getComputeType(element)));
      use.values += getTokenBytes(result.getType());
    }
  }
}

/// The slots of rows that are copied ahead: each row of a sweep once, unless a
/// sweep before it keeps it on chip.
void Counter::countSlots(SweepOp sweep) {
  if (!schedule.getPrefetch())
    return;
  bool isRetaining = schedule.getRetain() == Storage::Shared;
  llvm::SetVector<Value> rows(sweep.getRows().begin(), sweep.getRows().end());
  for (Value row : rows) {
    auto argument = dyn_cast<BlockArgument>(row);
    bool isMade = !argument;
    bool isReadBefore =
        argument && kernel.hasTokens(argument.getArgNumber()) &&
        llvm::any_of(row.getUsers(), [&](Operation *user) {
          return isa<SweepOp>(user) && user->isBeforeInBlock(sweep);
        });
    RowAccess access(cast<RowType>(row.getType()), /*isFull=*/true);
    if (access.canCopy() && !(isRetaining && (isMade || isReadBefore)))
      use.slots += (schedule.getPrefetch() + 1) * schedule.getWarps() *
                   access.getSharedBytes();
  }
}

void Counter::countTokenProgram() {
  FailureOr<LaunchPlan> plan = LaunchPlan::create(kernel, schedule.getSlices());
  if (failed(plan))
    return;
  for (Stage &stage : plan->stages)
    for (Value value : stage.spilled)
      use.values += getTokenBytes(value.getType());
  OpBuilder builder(kernel.getContext());
  kernel.getBody().walk([&](Operation *op) {
    if (auto total = dyn_cast<TotalOp>(op))
      use.values += getTokenBytes(total.getValue().getType());
    if (auto grad = dyn_cast<SinkhornGradOp>(op)) {
      Type type = grad.getLogits().getType();
      LaneList logits(getElementCount(type));
      int64_t sums = LaneSinkhorn(builder, op->getLoc())
                         .countSums(logits, grad.getConvention());
      int64_t bytes = align(sums * schedule.getTokens() *
                            getBytes(getElementTypeOrSelf(type)));
      if (bytes > kSinkhornBytes)
        use.isLocal = true;
      else
        use.values += bytes;
    }
  });
  // The flag of the last slice, and a zero.
  use.values += 2 * kAlignment;
}

SharedUse Counter::count() {
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    countSweep(sweep);
    countSlots(sweep);
  }
  countTokenProgram();
  if (schedule.getRetain() == Storage::Shared)
    use.rows = countRetained();
  return use;
}

SharedUse mlir::mhc::computeSharedUse(KernelOp kernel, ScheduleAttr schedule) {
  return Counter(kernel, schedule).count();
}

int64_t mlir::mhc::computeRetainedBytes(KernelOp kernel,
                                        ScheduleAttr schedule) {
  return Counter(kernel, schedule).countRetained();
}
