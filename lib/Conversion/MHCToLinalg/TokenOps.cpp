//===- TokenOps.cpp - Token ops to linalg ---------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MHCToLinalg.h"
#include "SinkhornBuilder.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {

struct RstdToLinalg : OpRewritePattern<RstdOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RstdOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    Type element = type.getElementType();
    LoopNest nest(rewriter, op.getLoc(), type.getRank());
    nest.read(op.getSquares(), nest.firstDims(type.getRank()));
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      Value count = createFloat(b, l, element, op.getCount());
      Value eps = createFloat(b, l, element, op.getEps().convertToDouble());
      Value mean = arith::DivFOp::create(b, l, args[0], count);
      Value root =
          math::SqrtOp::create(b, l, arith::AddFOp::create(b, l, mean, eps));
      return Value(
          arith::DivFOp::create(b, l, createFloat(b, l, element, 1.0), root));
    };
    rewriter.replaceOp(
        op, nest.map(createEmpty(rewriter, op.getLoc(), type, op.getSquares()),
                     body));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// gates
//===----------------------------------------------------------------------===//

struct GatesToLinalg : OpRewritePattern<GatesOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatesOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<Value> results;
    for (unsigned group = 0; group < op.getNumResults(); ++group)
      results.push_back(buildGroup(op, group, rewriter));
    rewriter.replaceOp(op, results);
    return success();
  }

private:
  /// The first `count` elements of the last dimension.
  static Value takeFirst(OpBuilder &builder, Location loc, Value tensor,
                         int64_t count) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (type.getShape().back() == count)
      return tensor;
    SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, loc, tensor);
    sizes.back() = builder.getIndexAttr(count);
    return tensor::ExtractSliceOp::create(builder, loc, tensor, offsets, sizes,
                                          strides);
  }

  /// pre (0), post (1) or res (2).
  static Value buildGroup(GatesOp op, unsigned group, OpBuilder &builder) {
    Location loc = op.getLoc();
    bool isTanh = op.getGates().getActivation() == Activation::Tanh;
    auto type = cast<RankedTensorType>(op.getOuts()[group].getType());
    auto preType = cast<RankedTensorType>(op.getPre().getType());
    unsigned rank = type.getRank(), tokenRank = preType.getRank() - 1;
    int64_t n = preType.getShape().back();

    // Where c stands in h and base: [T.., m] for sigmoid, [T.., n, n+2] for
    // tanh.
    LoopNest nest(builder, loc, rank);
    AffineExpr i = nest.dim(tokenRank);
    SmallVector<AffineExpr> place;
    if (isTanh)
      place = {i,
               group == 2 ? nest.dim(tokenRank + 1) + 2 : nest.constant(group)};
    else
      place = {group == 2 ? i * n + nest.dim(tokenRank + 1) + 2 * n
                          : i + group * n};
    // Nothing can be sliced from no tokens.
    if (llvm::is_contained(type.getShape(), 0))
      return createEmpty(builder, loc, type, op.getH());
    SmallVector<AffineExpr> hIndices = nest.firstDims(tokenRank);
    llvm::append_range(hIndices, place);
    Value h = op.getH(), base = op.getBase();
    if (!isTanh && group == 0) {
      // A plain dimension must run over the whole of what it indexes.
      h = takeFirst(builder, loc, h, n);
      base = takeFirst(builder, loc, base, n);
    }
    nest.read(h, hIndices);
    nest.read(op.getScale(), nest.constant(group));
    nest.read(base, place);

    Type element = type.getElementType();
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      Value h = args[0];
      if (isTanh)
        h = math::TanhOp::create(b, l, h);
      Value c = math::FmaOp::create(b, l, convertFloat(b, l, args[1], element),
                                    h, convertFloat(b, l, args[2], element));
      if (isTanh || group == 2)
        return c;
      Value one = createFloat(b, l, element, 1.0);
      Value exp = math::ExpOp::create(b, l, arith::NegFOp::create(b, l, c));
      Value gate = arith::DivFOp::create(b, l, one,
                                         arith::AddFOp::create(b, l, one, exp));
      if (group == 0)
        return Value(arith::AddFOp::create(
            b, l, gate,
            createFloat(b, l, element, op.getGates().getPreEpsValue())));
      return Value(arith::MulFOp::create(
          b, l, gate,
          createFloat(b, l, element, op.getGates().getPostMultValue())));
    };
    return nest.map(createEmpty(builder, loc, type, op.getH()), body);
  }
};

//===----------------------------------------------------------------------===//
// sinkhorn
//===----------------------------------------------------------------------===//

struct SinkhornToLinalg : OpRewritePattern<SinkhornOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SinkhornOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    SinkhornAttr convention = op.getConvention();
    double eps = convention.getEpsValue();
    int64_t iterations = convention.getIterations();
    bool isSoftmax = convention.getStart() == Start::Softmax;
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    SinkhornBuilder sinkhorn(rewriter, loc, type);

    // The first iteration, with the start value.
    Axis first = Axis::Columns, second = Axis::Rows;
    if (!isSoftmax && convention.getOrder() == Order::RowsColumns)
      std::swap(first, second);
    Value matrix;
    if (isSoftmax) {
      matrix = sinkhorn.softmaxStart(op.getLogits(), eps);
      if (iterations > 0)
        matrix = sinkhorn.step(matrix, Axis::Columns, eps);
      std::swap(first, second);
    } else if (iterations == 0) {
      matrix = sinkhorn.expStart(op.getLogits());
    } else {
      matrix = sinkhorn.expStartAndFirstStep(op.getLogits(), first, eps);
      matrix = sinkhorn.step(matrix, second, eps);
    }

    // The others are one loop: iterations may be a thousand.
    if (iterations > 1) {
      auto index = [&](int64_t i) {
        return arith::ConstantIndexOp::create(rewriter, loc, i).getResult();
      };
      auto loop = scf::ForOp::create(
          rewriter, loc, index(1), index(iterations), index(1), matrix,
          [&](OpBuilder &b, Location l, Value, ValueRange carried) {
            SinkhornBuilder inner(b, l, type);
            Value next = inner.step(carried[0], first, eps);
            next = inner.step(next, second, eps);
            scf::YieldOp::create(b, l, next);
          });
      matrix = loop.getResult(0);
    }
    rewriter.replaceOp(op, matrix);
    return success();
  }
};

struct SinkhornStepToLinalg : OpRewritePattern<SinkhornStepOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SinkhornStepOp op,
                                PatternRewriter &rewriter) const override {
    SinkhornBuilder sinkhorn(rewriter, op.getLoc(),
                             cast<RankedTensorType>(op.getOut().getType()));
    rewriter.replaceOp(op, sinkhorn.step(op.getX(), op.getAxis(),
                                         op.getEps().convertToDouble()));
    return success();
  }
};
} // namespace

void mlir::mhc::populateTokenOpsToLinalg(RewritePatternSet &patterns) {
  patterns
      .add<GatesToLinalg, RstdToLinalg, SinkhornStepToLinalg, SinkhornToLinalg>(
          patterns.getContext());
}
