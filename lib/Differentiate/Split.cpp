//===- Split.cpp - A joint function, cut in forward and backward ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the backward function reads of the forward one is kept as a residual, or
// computed again from residuals. The rules are in the pass's documentation.
//
//===----------------------------------------------------------------------===//

#include "Joint.h"

#include "mhc/Differentiate/Residuals.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Builds the backward function of a joint function.
class BackwardBuilder {
public:
  BackwardBuilder(func::FuncOp joint, unsigned primalArguments,
                  func::FuncOp backward)
      : block(joint.getBody().front()), target(backward.getBody().front()),
        builder(OpBuilder::atBlockEnd(&target)), cheap(block) {
    for (BlockArgument d : block.getArguments().drop_front(primalArguments))
      gradientArguments.push_back(d);
  }

  /// Copies the ops that the walk made, and returns the residuals.
  SmallVector<Value> build(ArrayRef<Value> results) {
    // Gradients come after residuals, whose number is not known yet.
    for (Value d : gradientArguments)
      mapping.map(d, target.addArgument(d.getType(), d.getLoc()));
    for (Operation &op : block.without_terminator()) {
      if (!op.hasAttr(kReverse))
        continue;
      bool keeps = op.hasAttr(kKeepOperands);
      cloneOp(&op, keeps, mapping);
    }
    SmallVector<Value> gradients;
    for (Value result : results)
      gradients.push_back(materialise(result, /*keep=*/false));
    func::ReturnOp::create(builder, block.getTerminator()->getLoc(), gradients);
    return residuals.takeVector();
  }

private:
  /// Copies an op with its operands, and what its regions read.
  void cloneOp(Operation *op, bool keep, IRMapping &results) {
    llvm::SetVector<Value> reads(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), reads);
    IRMapping operands;
    for (Value value : reads)
      operands.map(value, materialise(value, keep));
    Operation *copy = builder.clone(*op, operands);
    results.map(op->getResults(), copy->getResults());
  }

  /// A value in the backward function. `keep` says that the row is kept rather
  /// than computed again.
  Value materialise(Value value, bool keep) {
    while (auto pin = value.getDefiningOp<PinOp>())
      value = pin.getValue();
    Operation *op = value.getDefiningOp();
    bool isRebuilt =
        isa_and_nonnull<CombineOp>(op) && !op->hasAttr(kReverse) && !keep;
    IRMapping &results = isRebuilt ? rebuilt : mapping;
    if (Value mapped = results.lookupOrNull(value))
      return mapped;
    if (op && (isRebuilt || isCheap(op))) {
      // A combine is computed again from rows that are kept: of a chain of
      // them, each reads the streams before it.
      cloneOp(op, /*keep=*/isRebuilt, results);
      return results.lookup(value);
    }
    residuals.insert(value);
    Value argument = target.insertArgument(residuals.size() - 1,
                                           value.getType(), value.getLoc());
    mapping.map(value, argument);
    return argument;
  }

  /// Whether the op is computed again wherever its results are read.
  bool isCheap(Operation *op) const {
    return op->hasAttr(kReverse) || cheap.isCheap(op);
  }

  Block &block, &target;
  OpBuilder builder;
  SmallVector<Value> gradientArguments;
  llvm::SetVector<Value> residuals;
  CheapValues cheap;
  /// Values in the backward function: as they are everywhere, and results of
  /// mhc.combine computed again.
  IRMapping mapping, rebuilt;
};
} // namespace

static func::FuncOp createFunction(func::FuncOp joint, StringRef name,
                                   OpBuilder &builder) {
  auto function =
      func::FuncOp::create(builder, joint.getLoc(), name,
                           FunctionType::get(joint.getContext(), {}, {}));
  function.setVisibility(joint.getVisibility());
  function.addEntryBlock();
  return function;
}

static void setType(func::FuncOp function) {
  Block &block = function.getBody().front();
  function.setFunctionType(
      FunctionType::get(function.getContext(), block.getArgumentTypes(),
                        block.getTerminator()->getOperandTypes()));
}

DerivedFunctions mlir::mhc::splitJoint(func::FuncOp joint,
                                       unsigned primalArguments,
                                       unsigned primalResults,
                                       StringRef forwardName,
                                       StringRef backwardName) {
  OpBuilder builder(joint);
  func::FuncOp forward = createFunction(joint, forwardName, builder);
  func::FuncOp backward = createFunction(joint, backwardName, builder);
  Block &block = joint.getBody().front();
  OperandRange results = block.getTerminator()->getOperands();
  SmallVector<Value> gradients(results.drop_front(primalResults));
  SmallVector<Value> residuals =
      BackwardBuilder(joint, primalArguments, backward).build(gradients);

  // The forward function: everything that the walk did not make.
  IRMapping mapping;
  Block &target = forward.getBody().front();
  for (BlockArgument argument :
       block.getArguments().take_front(primalArguments))
    mapping.map(argument,
                target.addArgument(argument.getType(), argument.getLoc()));
  builder.setInsertionPointToEnd(&target);
  for (Operation &op : block.without_terminator())
    if (!op.hasAttr(kReverse))
      builder.clone(op, mapping);
  SmallVector<Value> returned;
  for (Value value : results.take_front(primalResults))
    returned.push_back(mapping.lookupOrDefault(value));
  for (Value value : residuals)
    returned.push_back(mapping.lookup(value));
  func::ReturnOp::create(builder, block.getTerminator()->getLoc(), returned);

  for (func::FuncOp function : {forward, backward}) {
    setType(function);
    eraseDeadOps(function.getBody().front());
    function.walk([](Operation *op) {
      op->removeDiscardableAttr(kKeepOperands);
      op->removeDiscardableAttr(kReverse);
    });
  }
  joint.erase();
  return {forward, backward};
}
