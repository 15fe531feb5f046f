//===- LinalgToParallelLoops.cpp - Pass: linalg to loops of a device ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Conversion/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCLINALGTOPARALLELLOOPS
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

namespace {
/// Writes the loops of one op. What a reduction adds up is carried by its
/// loops, where each result is that of one iteration of the parallel ones.
class LoopBuilder {
public:
  LoopBuilder(linalg::GenericOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()) {}

  void build();

private:
  void buildReductions(ArrayRef<unsigned> dims);
  /// The reductions from the given one on; returns the results.
  SmallVector<Value> reduce(ArrayRef<unsigned> dims, ValueRange results);
  /// One point: the results from those so far.
  SmallVector<Value> emitPoint(ValueRange results);
  SmallVector<Value> getIndices(AffineMap map);
  Value load(OpOperand &operand);
  void store(ValueRange results);

  linalg::GenericOp op;
  OpBuilder &builder;
  Location loc;
  SmallVector<Range> ranges;
  /// The point that code is being made for.
  SmallVector<Value> position;
  bool isCarried = true;
};

} // namespace

SmallVector<Value> LoopBuilder::getIndices(AffineMap map) {
  SmallVector<Value> indices;
  for (AffineExpr index : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(index);
    indices.push_back(dim ? position[dim.getPosition()]
                          : affine::AffineApplyOp::create(
                                builder, loc,
                                AffineMap::get(map.getNumDims(), 0, index),
                                position)
                                .getResult());
  }
  return indices;
}

Value LoopBuilder::load(OpOperand &operand) {
  if (!isa<MemRefType>(operand.get().getType()))
    return operand.get();
  return memref::LoadOp::create(
      builder, loc, operand.get(),
      getIndices(op.getMatchingIndexingMap(&operand)));
}

void LoopBuilder::store(ValueRange results) {
  for (auto [operand, result] :
       llvm::zip_equal(op.getDpsInitsMutable(), results))
    memref::StoreOp::create(builder, loc, result, operand.get(),
                            getIndices(op.getMatchingIndexingMap(&operand)));
}

SmallVector<Value> LoopBuilder::emitPoint(ValueRange results) {
  IRMapping mapping;
  Block &body = *op.getBody();
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = body.getArgument(operand.getOperandNumber());
    if (argument.use_empty())
      continue;
    bool isInit = op.isDpsInit(&operand);
    mapping.map(argument,
                isInit && isCarried
                    ? results[operand.getOperandNumber() - op.getNumDpsInputs()]
                    : load(operand));
  }
  for (Operation &inner : body.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner))
      mapping.map(index.getResult(), position[index.getDim()]);
    else
      builder.clone(inner, mapping);
  }
  return llvm::map_to_vector(
      body.getTerminator()->getOperands(),
      [&](Value value) { return mapping.lookupOrDefault(value); });
}

SmallVector<Value> LoopBuilder::reduce(ArrayRef<unsigned> dims,
                                       ValueRange results) {
  if (dims.empty()) {
    SmallVector<Value> next = emitPoint(results);
    if (isCarried)
      return next;
    store(next);
    return {};
  }
  const Range &range = ranges[dims.front()];
  auto get = [&](OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(builder, loc, value);
  };
  auto loop = scf::ForOp::create(builder, loc, get(range.offset),
                                 get(range.size), get(range.stride), results);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  position[dims.front()] = loop.getInductionVar();
  SmallVector<Value> next = reduce(dims.drop_front(), loop.getRegionIterArgs());
  if (!results.empty())
    scf::YieldOp::create(builder, loc, next);
  return loop.getResults();
}

void LoopBuilder::buildReductions(ArrayRef<unsigned> dims) {
  if (!isCarried) {
    reduce(dims, {});
    return;
  }
  SmallVector<Value> results;
  for (OpOperand &operand : op.getDpsInitsMutable()) {
    BlockArgument argument =
        op.getBody()->getArgument(operand.getOperandNumber());
    // What is not read may never have been written.
    if (argument.use_empty())
      results.push_back(arith::ConstantOp::create(
          builder, loc, builder.getZeroAttr(argument.getType())));
    else
      results.push_back(load(operand));
  }
  store(reduce(dims, results));
}

void LoopBuilder::build() {
  ranges = cast<linalg::LinalgOp>(*op).createLoopRanges(builder, loc);
  position.resize(ranges.size());
  SmallVector<unsigned> parallel, others;
  for (auto [index, kind] : llvm::enumerate(op.getIteratorTypesArray()))
    (linalg::isParallelIterator(kind) ? parallel : others).push_back(index);
  for (OpOperand &operand : op.getDpsInitsMutable())
    for (unsigned dim : others)
      isCarried &= !op.getMatchingIndexingMap(&operand).isFunctionOfDim(dim);
  if (parallel.empty())
    return buildReductions(others);
  SmallVector<Value> lower, upper, step;
  for (unsigned dim : parallel) {
    auto get = [&](OpFoldResult value) {
      return getValueOrCreateConstantIndexOp(builder, loc, value);
    };
    lower.push_back(get(ranges[dim].offset));
    upper.push_back(get(ranges[dim].size));
    step.push_back(get(ranges[dim].stride));
  }
  auto loop = scf::ParallelOp::create(builder, loc, lower, upper, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  for (auto [dim, variable] :
       llvm::zip_equal(parallel, loop.getInductionVars()))
    position[dim] = variable;
  buildReductions(others);
}

namespace {
struct LinalgToParallelLoops
    : mhc::impl::MHCLinalgToParallelLoopsBase<LinalgToParallelLoops> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<memref::CopyOp> copies;
    getOperation()->walk([&](memref::CopyOp op) {
      if (!isContiguous(op.getSource()) || !isContiguous(op.getTarget()))
        copies.push_back(op);
    });
    for (memref::CopyOp op : copies) {
      rewriter.setInsertionPoint(op);
      linalg::makeMemRefCopyOp(rewriter, op.getLoc(), op.getSource(),
                               op.getTarget());
      rewriter.eraseOp(op);
    }

    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        ops.push_back(op);
    });
    for (linalg::LinalgOp op : ops)
      if (failed(lower(op, rewriter)))
        return signalPassFailure();
  }

private:
  static bool isContiguous(Value memref) {
    auto type = dyn_cast<MemRefType>(memref.getType());
    return !type || type.getLayout().isIdentity();
  }

  static LogicalResult lower(linalg::LinalgOp op, RewriterBase &rewriter) {
    rewriter.setInsertionPoint(op);
    auto generic = dyn_cast<linalg::GenericOp>(*op);
    if (!generic) {
      FailureOr<linalg::GenericOp> made =
          linalg::generalizeNamedOp(rewriter, op);
      if (failed(made))
        return op.emitOpError("expected a linalg op that has loops");
      generic = *made;
    }
    LoopBuilder(generic, rewriter).build();
    rewriter.eraseOp(generic);
    return success();
  }
};
} // namespace
