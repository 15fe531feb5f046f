//===- CheckSizes.cpp - Token dimensions, compared at run time ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCCHECKSIZES
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// The operands of an op that have its token dimensions, and how many those
/// are. Ops with one such operand are compared with their results alone.
static std::pair<unsigned, SmallVector<Value>> getTokenOperands(Operation *op) {
  auto rankOf = [](Value value) -> unsigned {
    return cast<RankedTensorType>(value.getType()).getRank();
  };
  auto outRank = [&] { return rankOf(op->getResult(0)); };
  return llvm::TypeSwitch<Operation *, std::pair<unsigned, SmallVector<Value>>>(
             op)
      .Case([&](KernelOp kernel) {
        SmallVector<Value> operands;
        for (auto [index, in] : llvm::enumerate(kernel.getIns()))
          if (kernel.hasTokens(index))
            operands.push_back(in);
        for (auto [out, value] :
             llvm::zip_equal(kernel.getOuts(), kernel.getReturned()))
          if (!isa<TotalType>(value.getType()))
            operands.push_back(out);
        unsigned tokens = operands.empty() ? 0 : kernel.getTokenRank();
        return std::pair(tokens, operands);
      })
      .Case([&](AggregateOp aggregate) {
        SmallVector<Value> operands = {aggregate.getX()};
        unsigned tokens = outRank() - 1;
        if (rankOf(aggregate.getPre()) == tokens + 1)
          operands.push_back(aggregate.getPre());
        return std::pair(tokens, operands);
      })
      .Case([&](CombineOp combine) {
        // Streams, where there are any, are compared as tokens are: they are
        // static, and the comparison is free.
        unsigned tokens = outRank() - 1;
        for (CombineTerm term : combine.getTerms())
          if (!combine.termHasStreams(term) || term.kind == TermKind::By ||
              term.kind == TermKind::Transposed)
            tokens = outRank() - 2;
        SmallVector<Value> operands(combine.getRows());
        for (CombineTerm term : combine.getTerms()) {
          // Static coefficients have no token dimension; factors may stop short
          // of what are streams, not tokens.
          unsigned ofStreams = 0;
          if (term.kind == TermKind::By || term.kind == TermKind::Transposed)
            ofStreams = combine.termHasStreams(term) ? 2 : 1;
          unsigned fewest =
              term.kind == TermKind::Scaled ? 1 : tokens + ofStreams;
          if (term.coefficients && rankOf(term.coefficients) >= fewest)
            operands.push_back(term.coefficients);
        }
        return std::pair(tokens, operands);
      })
      .Case([&](InnerOp inner) {
        unsigned tokens = outRank();
        if (inner.getKind() == InnerKind::Each)
          tokens = outRank() - 1;
        if (inner.getKind() == InnerKind::Pairs)
          tokens =
              rankOf(inner.getA()) - 1 + rankOf(inner.getB()) - 1 - outRank();
        return std::pair(tokens,
                         SmallVector<Value>{inner.getA(), inner.getB()});
      })
      .Case([&](OuterOp outer) {
        unsigned tokens =
            rankOf(outer.getD()) - (outer.getExtent() == Extent::Each ? 2 : 1);
        return std::pair(tokens,
                         SmallVector<Value>{outer.getD(), outer.getX()});
      })
      .Case([&](ProjectOp project) {
        unsigned tokens =
            outRank() - (project.getExtent() == Extent::Each ? 2 : 1);
        return std::pair(tokens, SmallVector<Value>{project.getX()});
      })
      .Case([&](BackprojectOp backproject) {
        Value d = backproject.getD();
        unsigned tokens =
            rankOf(d) - (backproject.getExtent() == Extent::Each ? 2 : 1);
        return std::pair(tokens, SmallVector<Value>{d});
      })
      .Case<RstdGradOp, SinkhornGradOp, SinkhornStepGradOp>([&](auto op) {
        SmallVector<Value> operands(op->getOperands());
        return std::pair(rankOf(operands.front()), operands);
      })
      .Case([&](GatesGradOp gates) {
        SmallVector<Value> operands = {gates.getH()};
        llvm::append_range(operands, gates.getDouts());
        return std::pair(rankOf(gates.getDscale()) - 1, operands);
      })
      .Default([&](Operation *op) {
        // Expand, reduce_streams and the token ops: no dimension but those of
        // tokens is dynamic, and they come first.
        Value operand = op->getOperand(0);
        unsigned tokens = rankOf(operand);
        for (Value result : op->getResults())
          tokens = std::min(tokens, rankOf(result));
        while (
            tokens > 0 &&
            !cast<RankedTensorType>(operand.getType()).isDynamicDim(tokens - 1))
          --tokens;
        return std::pair(tokens, SmallVector<Value>{operand});
      });
}

/// Compares token dimension `index` of all operands, and of results whose type
/// states it. Null if there is nothing to compare.
static Value compareSizes(Operation *op, ArrayRef<Value> operands,
                          unsigned index, OpBuilder &builder) {
  Location loc = op->getLoc();
  auto isDynamic = [&](Value value) {
    return cast<RankedTensorType>(value.getType()).isDynamicDim(index);
  };
  // A static size is the one to compare with, the verifier has seen to it that
  // there are no two.
  Value reference = operands.front();
  SmallVector<Value> sized(operands);
  if (!isa<KernelOp, OuterOp>(op))
    llvm::append_range(sized, op->getResults());
  auto isShorter = [&](Value value) {
    return cast<RankedTensorType>(value.getType()).getRank() <= index;
  };
  llvm::erase_if(sized, isShorter);
  for (Value value : sized)
    if (!isDynamic(value)) {
      reference = value;
      break;
    }
  Value expected, same;
  for (Value operand : operands) {
    if (operand == reference || isShorter(operand) || !isDynamic(operand))
      continue;
    if (!expected)
      expected =
          isDynamic(reference)
              ? Value(tensor::DimOp::create(builder, loc, reference, index))
              : Value(arith::ConstantIndexOp::create(
                    builder, loc,
                    cast<RankedTensorType>(reference.getType())
                        .getDimSize(index)));
    Value got = tensor::DimOp::create(builder, loc, operand, index);
    Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        expected, got);
    same =
        same ? Value(arith::AndIOp::create(builder, loc, same, equal)) : equal;
  }
  return same;
}

/// Prefixes a message with its place, as a diagnostic reads: the program that
/// fails prints it.
static std::string atLocation(Location loc, const Twine &message) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto place = loc->findInstanceOf<FileLineColLoc>())
    os << place.getFilename().getValue() << ':' << place.getLine() << ':'
       << place.getColumn() << ": ";
  os << "error: " << message;
  return text;
}

/// Stops the program where token dimensions disagree: one assertion for each.
static void insertSizeChecks(Operation *op, OpBuilder &builder) {
  auto [tokens, operands] = getTokenOperands(op);
  for (unsigned index = 0; index < tokens; ++index)
    if (Value same = compareSizes(op, operands, index, builder))
      cf::AssertOp::create(
          builder, op->getLoc(), same,
          atLocation(op->getLoc(),
                     "'" + op->getName().getStringRef() +
                         "' op expected the same token dimensions in all "
                         "operands, got another size in dimension " +
                         Twine(index)));
}

/// Stops the program where a size that it has computed is negative.
static void insertSizeChecks(tensor::EmptyOp op, OpBuilder &builder) {
  for (Value size : op.getDynamicSizes()) {
    if (size.getDefiningOp<tensor::DimOp>())
      continue;
    Value zero = arith::ConstantIndexOp::create(builder, op.getLoc(), 0);
    Value fits = arith::CmpIOp::create(builder, op.getLoc(),
                                       arith::CmpIPredicate::sge, size, zero);
    cf::AssertOp::create(
        builder, op.getLoc(), fits,
        atLocation(op.getLoc(), "'tensor.empty' op expected sizes that are not "
                                "negative, got one that is"));
  }
}

namespace {
struct CheckSizes : mhc::impl::MHCCheckSizesBase<CheckSizes> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      // Work on weights has static sizes alone.
      if (isa<PrepareOp, RecomputeOp, PinOp>(op) || !isOnTensors(op))
        return;
      if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
        builder.setInsertionPoint(op);
        return insertSizeChecks(empty, builder);
      }
      if (!isa_and_nonnull<MHCDialect>(op->getDialect()) ||
          isa<ConnectionOp, HeadOp, YieldOp>(op))
        return;
      builder.setInsertionPoint(op);
      insertSizeChecks(op, builder);
    });
  }
};
} // namespace
