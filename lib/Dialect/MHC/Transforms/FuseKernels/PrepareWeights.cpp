//===- PrepareWeights.cpp - Work on weights before kernels ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrepareWeights.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace mlir::mhc;

/// An mhc.prepare of `ins` with the one result that `build` makes of its
/// arguments.
static Value createPrepare(OpBuilder &builder, Location loc, ValueRange ins,
                           RankedTensorType type,
                           function_ref<Value(OpBuilder &, ValueRange)> build) {
  OperationState state(loc, PrepareOp::getOperationName());
  state.addOperands(ins);
  state.addTypes(type);
  Block &block = state.addRegion()->emplaceBlock();
  for (Value in : ins)
    block.addArgument(in.getType(), loc);
  OpBuilder inner(builder.getContext());
  inner.setInsertionPointToEnd(&block);
  mhc::ReturnOp::create(inner, loc, build(inner, block.getArguments()));
  return builder.create(state)->getResult(0);
}

/// f32(phi * w), or f64 with rows of f64: computed in f64, rounded once.
static Value createFolded(OpBuilder &builder, Location loc, Value phi,
                          Value weight, Type compute) {
  auto type = cast<RankedTensorType>(phi.getType()).clone(compute);
  return createPrepare(
      builder, loc, {phi, weight}, type, [&](OpBuilder &b, ValueRange args) {
        LoopNest nest(b, loc, 2);
        nest.read(args[0], nest.firstDims(2));
        nest.read(args[1], nest.dim(1));
        return nest.map(createEmpty(b, loc, type, args[0]),
                        [&](OpBuilder &b, Location l, ValueRange elements) {
                          Type f64 = b.getF64Type();
                          Value product = arith::MulFOp::create(
                              b, l, convertFloat(b, l, elements[0], f64),
                              convertFloat(b, l, elements[1], f64));
                          return convertFloat(b, l, product, compute);
                        });
      });
}

void mlir::mhc::foldNormWeights(Block &block) {
  llvm::DenseMap<std::tuple<Value, Value, Type>, Value> folded;
  auto fold = [&](auto op, Type rows) {
    if (!op.getNormWeight())
      return;
    Type compute = getComputeType(getElementTypeOrSelf(rows));
    Value &known = folded[{op.getPhi(), op.getNormWeight(), compute}];
    OpBuilder builder(op);
    if (!known)
      known = createFolded(builder, op.getLoc(), op.getPhi(),
                           op.getNormWeight(), compute);
    op.getPhiMutable().assign(known);
    op.getNormWeightMutable().clear();
  };
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto project = dyn_cast<ProjectOp>(op))
      fold(project, project.getX().getType());
    else if (auto backproject = dyn_cast<BackprojectOp>(op))
      fold(backproject, backproject.getOut().getType());
  }
}

/// phi [m, n C] added over the streams to [m, C], by a balanced tree.
static Value createStreamSum(OpBuilder &builder, Location loc, Value phi,
                             int64_t streams, Type compute) {
  auto type = cast<RankedTensorType>(phi.getType());
  int64_t hidden = type.getDimSize(1) / streams;
  auto sumType = RankedTensorType::get({type.getDimSize(0), hidden}, compute);
  return createPrepare(
      builder, loc, phi, sumType, [&](OpBuilder &b, ValueRange args) {
        auto split = RankedTensorType::get(
            {type.getDimSize(0), streams, hidden}, type.getElementType());
        SmallVector<ReassociationIndices> groups = {{0}, {1, 2}};
        Value byStream =
            tensor::ExpandShapeOp::create(b, loc, split, args[0], groups);
        LoopNest nest(b, loc, 2);
        for (int64_t i = 0; i < streams; ++i)
          nest.read(byStream, {nest.dim(0), nest.constant(i), nest.dim(1)});
        return nest.map(createEmpty(b, loc, sumType, args[0]),
                        [&](OpBuilder &b, Location l, ValueRange elements) {
                          SmallVector<Value> values;
                          for (Value element : elements)
                            values.push_back(
                                convertFloat(b, l, element, compute));
                          return buildTreeSum(b, l, values);
                        });
      });
}

void mlir::mhc::sumWeightsOfExpandedRows(Block &block) {
  llvm::DenseMap<std::pair<Value, Type>, Value> sums;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto project = dyn_cast<ProjectOp>(op);
    auto expand = project ? project.getX().getDefiningOp<ExpandOp>() : nullptr;
    if (!expand || project.getExtent() != Extent::Whole ||
        project.getNormWeight())
      continue;
    auto many = cast<RankedTensorType>(expand.getOut().getType());
    auto one = cast<RankedTensorType>(expand.getX().getType());
    // The expansion may round.
    if (many.getElementType() != one.getElementType())
      continue;
    Type compute = getComputeType(one.getElementType());
    Value &sum = sums[{project.getPhi(), compute}];
    OpBuilder builder(project);
    if (!sum)
      sum = createStreamSum(builder, project.getLoc(), project.getPhi(),
                            many.getShape()[many.getRank() - 2], compute);
    project.getPhiMutable().assign(sum);
    project.getXMutable().assign(expand.getX());
    auto function = op.getParentOfType<FunctionOpInterface>();
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("WeightsSummed")
                       .category("mhc-fuse-kernels")
                       .function(function ? function.getName() : StringRef()))
        << remark::add("the streams are one row: phi is added over them first, "
                       "which adds the same numbers in another order");
  }
}
