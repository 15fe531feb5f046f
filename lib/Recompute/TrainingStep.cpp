//===- TrainingStep.cpp - A forward and its backward ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TrainingStep.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// What mhc-differentiate made
//===----------------------------------------------------------------------===//

static func::FuncOp lookup(func::FuncOp primal, StringRef suffix) {
  auto name =
      StringAttr::get(primal.getContext(), primal.getName() + suffix.str());
  auto function =
      SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(primal, name);
  bool isUsable =
      function && !function.isDeclaration() && function.getBody().hasOneBlock();
  return isUsable ? function : nullptr;
}

std::optional<TrainingStep> TrainingStep::findPair(func::FuncOp primal) {
  func::FuncOp forward = lookup(primal, "_forward");
  func::FuncOp backward = lookup(primal, "_backward");
  if (!forward || !backward ||
      forward.getArgumentTypes() != primal.getArgumentTypes() ||
      forward.getNumResults() < primal.getNumResults())
    return std::nullopt;
  TypeRange kept =
      TypeRange(forward.getResultTypes()).drop_front(primal.getNumResults());
  if (backward.getNumArguments() < kept.size() ||
      TypeRange(backward.getArgumentTypes()).take_front(kept.size()) != kept)
    return std::nullopt;
  return TrainingStep(forward, backward, primal.getNumResults(), nullptr);
}

/// The first op that depends on one of the last arguments; null if none does.
static Operation *findFirstDependent(func::FuncOp function, unsigned first) {
  Block &block = function.getBody().front();
  for (Operation &op : block.without_terminator()) {
    llvm::SetVector<Value> reads(op.operand_begin(), op.operand_end());
    getUsedValuesDefinedAbove(op.getRegions(), reads);
    if (llvm::any_of(reads, [&](Value value) {
          auto argument = dyn_cast<BlockArgument>(value);
          return argument && argument.getOwner() == &block &&
                 argument.getArgNumber() >= first;
        }))
      return &op;
  }
  return nullptr;
}

std::optional<TrainingStep> TrainingStep::findJoint(func::FuncOp primal) {
  func::FuncOp joint = lookup(primal, "_gradient");
  unsigned numArguments = primal.getNumArguments();
  if (!joint || joint.getNumArguments() < numArguments ||
      TypeRange(joint.getArgumentTypes()).take_front(numArguments) !=
          TypeRange(primal.getArgumentTypes()))
    return std::nullopt;
  Operation *first = findFirstDependent(joint, numArguments);
  if (!first)
    return std::nullopt;
  return TrainingStep(joint, joint, 0, first);
}

TrainingStep::TrainingStep(func::FuncOp forward, func::FuncOp backward,
                           unsigned numResults, Operation *firstOfBackward)
    : forward(forward), backward(backward), numResults(numResults),
      firstOfBackward(firstOfBackward) {
  for (Operation &op : forward.getBody().front().without_terminator()) {
    if (&op == firstOfBackward)
      break;
    places[&op] = forwardOps.size();
    forwardOps.push_back(&op);
  }
  if (isJoint())
    sinkViews();
  findResiduals();
}

bool TrainingStep::isInBackward(Operation *op) const {
  Block &block = func::FuncOp(backward).getBody().front();
  Operation *here = block.findAncestorOpInBlock(*op);
  return here && (!isJoint() || !places.contains(here));
}

/// Views that the backward has of the forward's values, and streams that are
/// copies of one row, become its own, so that what it reads are the values
/// themselves.
void TrainingStep::sinkViews() {
  OpBuilder builder(firstOfBackward);
  for (Operation *op : llvm::reverse(forwardOps)) {
    if (!isa<ExpandOp, tensor::CastOp, tensor::CollapseShapeOp,
             tensor::ExpandShapeOp, tensor::ReshapeOp, tensor::ExtractSliceOp>(
            op))
      continue;
    auto isRead = [&](OpOperand &use) { return isInBackward(use.getOwner()); };
    Value result = op->getResult(0);
    if (llvm::none_of(result.getUses(), isRead))
      continue;
    Operation *copy = builder.clone(*op);
    result.replaceUsesWithIf(copy->getResult(0), isRead);
    builder.setInsertionPoint(copy);
  }
}

void TrainingStep::findResiduals() {
  if (!isJoint()) {
    Operation *end = forward.getBody().front().getTerminator();
    for (auto [index, value] :
         llvm::enumerate(end->getOperands().drop_front(numResults))) {
      residuals.insert(value);
      // What is kept twice is read from one place.
      auto [place, isNew] =
          names.try_emplace(value, backward.getArgument(index));
      if (!isNew)
        backward.getArgument(index).replaceAllUsesWith(place->second);
    }
    return;
  }
  auto addIfRead = [&](Value value) {
    if (llvm::any_of(value.getUses(), [&](OpOperand &use) {
          return isInBackward(use.getOwner()) &&
                 !isa<tensor::DimOp>(use.getOwner());
        }))
      residuals.insert(value);
  };
  for (BlockArgument argument : forward.getArguments())
    addIfRead(argument);
  for (Operation *op : forwardOps)
    for (Value result : op->getResults())
      addIfRead(result);
}

//===----------------------------------------------------------------------===//
// What the backward reads
//===----------------------------------------------------------------------===//

Value TrainingStep::getInBackward(Value value) {
  if (Value name = names.lookup(value))
    return name;
  if (isJoint())
    return value;
  Operation *end = forward.getBody().front().getTerminator();
  unsigned index = end->getNumOperands() - numResults;
  end->insertOperands(end->getNumOperands(), value);
  [[maybe_unused]] LogicalResult added =
      forward.insertResult(numResults + index, value.getType(), nullptr);
  assert(succeeded(added) && "a function takes any number of results");
  added =
      backward.insertArgument(index, value.getType(), nullptr, value.getLoc());
  residuals.insert(value);
  return names[value] = backward.getArgument(index);
}

Operation *
TrainingStep::findFirstReader(ArrayRef<Value> values,
                              function_ref<bool(OpOperand &)> filter) {
  Operation *first = nullptr;
  Block &block = backward.getBody().front();
  for (Value value : values)
    for (OpOperand &use : getName(value).getUses()) {
      Operation *user = use.getOwner();
      if (!isInBackward(user) || isa<tensor::DimOp>(user) ||
          (filter && !filter(use)))
        continue;
      Operation *here = block.findAncestorOpInBlock(*user);
      if (!first || here->isBeforeInBlock(first))
        first = here;
    }
  return first;
}

void TrainingStep::replaceSomeReads(Value value, Value replacement,
                                    function_ref<bool(OpOperand &)> filter) {
  getName(value).replaceUsesWithIf(replacement, [&](OpOperand &use) {
    return isInBackward(use.getOwner()) && filter(use);
  });
}

void TrainingStep::replaceReads(Value value, Value replacement, Value like) {
  Value name = getName(value);
  Value source = getInBackward(like);
  auto type = cast<RankedTensorType>(source.getType());
  for (OpOperand &use : llvm::make_early_inc_range(name.getUses())) {
    if (!isInBackward(use.getOwner()))
      continue;
    // A size is known before the value is.
    auto dim = dyn_cast<tensor::DimOp>(use.getOwner());
    std::optional<int64_t> index =
        dim ? dim.getConstantIndex() : std::optional<int64_t>();
    auto own = dyn_cast<RankedTensorType>(value.getType());
    bool isSize = index && own && *index < type.getRank() &&
                  *index < own.getRank() && own.isDynamicDim(*index) &&
                  type.isDynamicDim(*index);
    use.set(isSize ? source : replacement);
  }
  names[value] = replacement;
}

void TrainingStep::dropUnread() {
  if (isJoint())
    return;
  Operation *end = forward.getBody().front().getTerminator();
  for (unsigned index = end->getNumOperands() - numResults; index-- > 0;) {
    if (!backward.getArgument(index).use_empty())
      continue;
    end->eraseOperand(numResults + index);
    [[maybe_unused]] LogicalResult erased = backward.eraseArgument(index);
    assert(succeeded(erased) && "what nothing reads can go");
    erased = forward.eraseResult(numResults + index);
  }
}
