//===- LaunchPlan.cpp - What a launch does when ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchPlan.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
class Planner {
public:
  Planner(KernelOp kernel, bool isSliced)
      : kernel(kernel), isSliced(isSliced) {}

  FailureOr<LaunchPlan> plan();

private:
  void placeSweeps();
  /// The stage of the op of the kernel's block that `op` is, or is in.
  unsigned getStage(Operation *op);
  /// The first stage in which a value is known to the token's program.
  unsigned getEarliest(Value value);
  LogicalResult checkSweeps();
  void placeTokenOps();
  void findSpilled();

  KernelOp kernel;
  bool isSliced;
  LaunchPlan result;
  llvm::DenseMap<Operation *, unsigned> stageOf;
  llvm::DenseMap<Value, unsigned> earliest;
};
} // namespace

void Planner::placeSweeps() {
  for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
    // A slice of hidden meets the others once, at the end.
    if (!isSliced || result.stages.empty())
      result.stages.emplace_back();
    result.stages.back().sweeps.push_back(sweep);
    stageOf[sweep] = result.stages.size() - 1;
    for (SweepExit exit : sweep.getExit().getExits())
      result.hasSums |=
          exit.kind == ExitKind::Sum || exit.kind == ExitKind::Project;
  }
  result.stages.emplace_back();
}

unsigned Planner::getEarliest(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return 0;
  if (isa<SweepOp>(op))
    return stageOf[op] + 1;
  auto [found, isNew] = earliest.try_emplace(value, 0);
  if (!isNew)
    return found->second;
  unsigned stage = 0;
  for (Value operand : op->getOperands())
    stage = std::max(stage, getEarliest(operand));
  return earliest[value] = stage;
}

LogicalResult Planner::checkSweeps() {
  for (Stage &stage : result.stages)
    for (SweepOp sweep : stage.sweeps) {
      WalkResult walk = sweep.getBody().walk([&](Operation *op) {
        for (Value operand : op->getOperands())
          if (operand.getParentRegion() == &kernel.getBody() &&
              !isa<RowType>(operand.getType()) &&
              getEarliest(operand) > stageOf[sweep]) {
            InFlightDiagnostic diagnostic = sweep.emitOpError(
                "expected a kernel of several slices to have no sweep that "
                "needs the sums of another one; cut the kernel, or give it "
                "one slice");
            diagnostic.attachNote(op->getLoc()) << "which this op needs";
            return WalkResult::interrupt();
          }
        return WalkResult::advance();
      });
      if (walk.wasInterrupted())
        return failure();
    }
  return success();
}

unsigned Planner::getStage(Operation *op) {
  while (op->getParentRegion() != &kernel.getBody())
    op = op->getParentOp();
  return stageOf.lookup(op);
}

/// As late as its users allow: what no sweep needs is computed by one slice
/// alone.
void Planner::placeTokenOps() {
  unsigned last = result.stages.size() - 1;
  for (Operation &op : llvm::reverse(kernel.getBody().front())) {
    if (isa<SweepOp>(op))
      continue;
    unsigned stage = last;
    for (Operation *user : op.getUsers())
      stage = std::min(stage, getStage(user));
    stageOf[&op] = stage;
  }
  for (Operation &op : kernel.getBody().front())
    if (!isa<SweepOp>(op))
      result.stages[stageOf[&op]].ops.push_back(&op);
}

void Planner::findSpilled() {
  auto visit = [&](Value value, unsigned made) {
    if (isa<RowType, WeightType, TotalType>(value.getType()))
      return;
    Operation *op = value.getDefiningOp();
    if (op && op->hasTrait<OpTrait::ConstantLike>())
      op = nullptr;
    std::optional<unsigned> stage;
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      bool inSweep = user->getParentRegion() != &kernel.getBody();
      unsigned used = getStage(user);
      // Arguments and constants are at hand in every stage.
      if (inSweep || (op && used > made))
        stage = std::min(stage.value_or(used), op ? made : used);
    }
    if (stage)
      result.stages[*stage].spilled.insert(value);
  };
  for (BlockArgument argument : kernel.getBody().getArguments())
    visit(argument, 0);
  for (Operation &op : kernel.getBody().front())
    if (!isa<SweepOp>(op))
      for (Value value : op.getResults())
        visit(value, stageOf[&op]);
}

FailureOr<LaunchPlan> Planner::plan() {
  placeSweeps();
  if (failed(checkSweeps()))
    return failure();
  placeTokenOps();
  findSpilled();
  return std::move(result);
}

FailureOr<LaunchPlan> LaunchPlan::create(KernelOp kernel, int64_t slices) {
  return Planner(kernel, slices > 1).plan();
}
