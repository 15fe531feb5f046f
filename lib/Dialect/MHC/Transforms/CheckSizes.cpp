//===- CheckSizes.cpp - Token dimensions, compared at run time ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCCHECKSIZES
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// The number of leading dimensions up to the last dynamic one: all of them are
/// token dimensions. Weights and static coefficients have none.
static int64_t countTokenDims(Value operand) {
  auto type = cast<RankedTensorType>(operand.getType());
  int64_t count = type.getRank();
  while (count > 0 && !type.isDynamicDim(count - 1))
    --count;
  return count;
}

/// Compares every dynamic dimension with that of the first operand that has
/// tokens, and stops the program where they differ: one assertion a dimension.
static void insertSizeChecks(Operation *op, OpBuilder &builder) {
  Location loc = op->getLoc();
  Value reference;
  SmallVector<Value> same;
  for (Value operand : op->getOperands()) {
    int64_t tokens = countTokenDims(operand);
    if (tokens == 0 || operand == reference)
      continue;
    if (!reference) {
      reference = operand;
      same.resize(tokens);
      continue;
    }
    for (int64_t i = 0; i < std::min<int64_t>(tokens, same.size()); ++i) {
      Value expected = tensor::DimOp::create(builder, loc, reference, i);
      Value got = tensor::DimOp::create(builder, loc, operand, i);
      Value equal = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::eq, expected, got);
      same[i] = same[i]
                    ? Value(arith::AndIOp::create(builder, loc, same[i], equal))
                    : equal;
    }
  }
  for (auto [index, equal] : llvm::enumerate(same)) {
    if (!equal)
      continue;
    // As a diagnostic reads: the program that fails prints it.
    std::string message;
    llvm::raw_string_ostream os(message);
    if (auto place = loc->findInstanceOf<FileLineColLoc>())
      os << place.getFilename().getValue() << ':' << place.getLine() << ':'
         << place.getColumn() << ": ";
    os << "error: '" << op->getName()
       << "' op expected the same token dimensions in all operands, got "
          "another size in dimension "
       << index;
    cf::AssertOp::create(builder, loc, equal, message);
  }
}

namespace {
struct CheckSizes : mhc::impl::MHCCheckSizesBase<CheckSizes> {
  void runOnOperation() override {
    OpBuilder builder(&getContext());
    getOperation()->walk([&](Operation *op) {
      if (!isa_and_nonnull<MHCDialect>(op->getDialect()) ||
          isa<ConnectionOp, HeadOp, YieldOp>(op))
        return;
      builder.setInsertionPoint(op);
      insertSizeChecks(op, builder);
    });
  }
};
} // namespace
