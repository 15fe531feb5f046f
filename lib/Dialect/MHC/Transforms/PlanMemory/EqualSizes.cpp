//===- EqualSizes.cpp - Sizes that are one number -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a block takes many tensors of T tokens, and nothing in their
// types says that all these T are one. The program asserts it. The assertions
// move to its beginning, and then one number stands for all: buffers of T
// tokens are of one kind, and share memory.
//
//===----------------------------------------------------------------------===//

#include "FunctionPlan.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;
using namespace mlir::mhc;

/// A pair of sizes, by name.
using Pair = std::pair<std::string, std::string>;

/// What an op asserts: itself, or by a call of a function that does nothing
/// else.
static Value getCondition(Operation &op) {
  if (auto assertion = dyn_cast<cf::AssertOp>(op))
    return assertion.getArg();
  auto call = dyn_cast<func::CallOp>(op);
  if (!call || call.getNumOperands() != 1 || call.getNumResults() != 0)
    return nullptr;
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
  if (!callee || callee.isExternal() || !callee.getBody().hasOneBlock() ||
      !llvm::hasNItems(callee.getBody().front(), 2))
    return nullptr;
  auto assertion = dyn_cast<cf::AssertOp>(callee.getBody().front().front());
  return assertion && assertion.getArg() == callee.getArgument(0)
             ? call.getOperand(0)
             : nullptr;
}

/// Adds the pairs whose equality a condition asks for. Returns whether it asks
/// for nothing else.
static bool findPairs(Value condition, EntrySizes &sizes,
                      SmallVectorImpl<Pair> &pairs) {
  if (auto both = condition.getDefiningOp<arith::AndIOp>()) {
    bool left = findPairs(both.getLhs(), sizes, pairs);
    return findPairs(both.getRhs(), sizes, pairs) && left;
  }
  auto comparison = condition.getDefiningOp<arith::CmpIOp>();
  if (!comparison || comparison.getPredicate() != arith::CmpIPredicate::eq)
    return false;
  std::optional<SizeExpr> a = sizes.get(comparison.getLhs());
  std::optional<SizeExpr> b = sizes.get(comparison.getRhs());
  if (!a || !b || a->getSymbol().empty() || b->getSymbol().empty())
    return false;
  pairs.emplace_back(a->getSymbol(), b->getSymbol());
  return true;
}

/// Asserts at the beginning what `op` asserts of `pairs`.
static void emitAtEntry(Operation &op, ArrayRef<Pair> pairs,
                        const FunctionEntry &entry, ValueRange arguments,
                        OpBuilder &builder) {
  Value condition;
  for (const auto &[a, b] : pairs) {
    Value equal = arith::CmpIOp::create(
        builder, op.getLoc(), arith::CmpIPredicate::eq,
        entry.numbers.at(a).emit(builder, op.getLoc(), arguments),
        entry.numbers.at(b).emit(builder, op.getLoc(), arguments));
    condition = condition ? Value(arith::AndIOp::create(builder, op.getLoc(),
                                                        condition, equal))
                          : equal;
  }
  builder.clone(op)->setOperand(0, condition);
}

void mlir::mhc::mergeEqualSizes(func::FuncOp function, FunctionEntry &entry,
                                SizeExprContext &context) {
  EntrySizes sizes(function, entry, context);
  Block &body = function.getBody().front();
  OpBuilder builder(function.getContext());
  builder.setInsertionPointToStart(&body);
  auto find = [&](const std::string &name) {
    auto equal = entry.equal.find(name);
    return equal == entry.equal.end() ? name : equal->second;
  };
  SmallVector<Operation *> moved;
  for (Operation &op : body) {
    Value condition = getCondition(op);
    SmallVector<Pair> pairs;
    if (!condition)
      continue;
    bool isAll = findPairs(condition, sizes, pairs);
    if (pairs.empty())
      continue;
    emitAtEntry(op, pairs, entry, function.getArguments(), builder);
    if (isAll)
      moved.push_back(&op);
    for (const auto &[a, b] : pairs) {
      std::string first = find(a), second = find(b);
      if (first == second)
        continue;
      // All names of one number are that of the first of them.
      if (entry.numbers.at(second).comesBefore(entry.numbers.at(first)))
        std::swap(first, second);
      for (auto &equal : entry.equal)
        if (equal.second == second)
          equal.second = first;
      entry.equal[second] = first;
    }
  }
  for (Operation *op : moved)
    op->erase();
}
