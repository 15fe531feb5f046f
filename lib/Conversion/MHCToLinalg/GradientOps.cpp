//===- GradientOps.cpp - Gradients of token ops to linalg -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MHCToLinalg.h"
#include "SinkhornBuilder.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct RstdGradToLinalg : OpRewritePattern<RstdGradOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RstdGradOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getDsquares().getType());
    Type element = type.getElementType();
    LoopNest nest(rewriter, op.getLoc(), type.getRank());
    nest.read(op.getRstd(), nest.firstDims(type.getRank()));
    nest.read(op.getD(), nest.firstDims(type.getRank()));
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      auto times = [&](Value x, Value y) {
        return Value(arith::MulFOp::create(b, l, x, y));
      };
      Value factor = arith::DivFOp::create(
          b, l, args[1], createFloat(b, l, element, -2.0 * op.getCount()));
      return times(times(times(args[0], args[0]), args[0]), factor);
    };
    rewriter.replaceOp(
        op,
        nest.map(createEmpty(rewriter, op.getLoc(), type, op.getRstd()), body));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// gates_grad
//===----------------------------------------------------------------------===//

/// Builds the three results of one mhc.gates_grad, group by group: what is
/// computed of a group is written to its place in them.
class GatesGradBuilder {
public:
  GatesGradBuilder(GatesGradOp op, OpBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()),
        isTanh(op.getGates().getActivation() == Activation::Tanh),
        element(getElementTypeOrSelf(op.getDh().getType())),
        tokenRank(getRank(op.getDscale().getType()) - 1),
        n(cast<RankedTensorType>(op.getDouts()[0].getType())
              .getShape()
              .back()) {}

  SmallVector<Value> build() {
    SmallVector<Value> results;
    // Nothing can be sliced from no tokens.
    bool isEmpty = llvm::is_contained(
        cast<RankedTensorType>(op.getDh().getType()).getShape(), 0);
    for (Value result : op.getResults()) {
      auto type = cast<RankedTensorType>(result.getType());
      results.push_back(isEmpty ? createEmpty(builder, loc, type, op.getH())
                                : createZeros(builder, loc, type, op.getH()));
    }
    if (isEmpty)
      return results;
    for (unsigned group = 0; group < op.getDouts().size(); ++group) {
      results[0] =
          insert(results[0], buildPerElement(group, /*ofH=*/true), group);
      results[1] = insertScale(results[1], buildScale(group), group);
      results[2] =
          insert(results[2], buildPerElement(group, /*ofH=*/false), group);
    }
    return results;
  }

private:
  /// A nest over the elements of a group that reads h, scale, base and the
  /// gradient of the group's result.
  LoopNest createNest(unsigned group) {
    auto type = cast<RankedTensorType>(op.getDouts()[group].getType());
    LoopNest nest(builder, loc, type.getRank());
    // Where c stands in h and base, as in mhc.gates.
    AffineExpr i = nest.dim(tokenRank);
    SmallVector<AffineExpr> place;
    if (isTanh)
      place = {i,
               group == 2 ? nest.dim(tokenRank + 1) + 2 : nest.constant(group)};
    else
      place = {group == 2 ? i * n + nest.dim(tokenRank + 1) + 2 * n
                          : i + group * n};
    SmallVector<AffineExpr> hIndices = nest.firstDims(tokenRank);
    llvm::append_range(hIndices, place);
    Value h = op.getH(), base = op.getBase();
    if (!isTanh && group == 0) {
      // A plain dimension must run over the whole of what it indexes.
      h = takeFirst(h);
      base = takeFirst(base);
    }
    nest.read(h, hIndices);
    nest.read(op.getScale(), nest.constant(group));
    nest.read(base, place);
    nest.read(op.getDouts()[group], nest.firstDims(type.getRank()));
    return nest;
  }

  /// dc, and tanh(h) or h, of one element.
  std::pair<Value, Value> buildElement(OpBuilder &b, Location l,
                                       ValueRange args, unsigned group) {
    Value h = args[0], d = args[3];
    if (isTanh)
      return {d, math::TanhOp::create(b, l, h)};
    if (group == 2)
      return {d, h};
    Value c = math::FmaOp::create(b, l, convertFloat(b, l, args[1], element), h,
                                  convertFloat(b, l, args[2], element));
    // s (1 - s) = e / (1 + e)^2 with e = exp(-|c|), which does not overflow and
    // loses nothing where s is near 1.
    Value one = createFloat(b, l, element, 1.0);
    Value e = math::ExpOp::create(
        b, l, arith::NegFOp::create(b, l, math::AbsFOp::create(b, l, c)));
    Value sum = arith::AddFOp::create(b, l, one, e);
    Value slope =
        arith::DivFOp::create(b, l, e, arith::MulFOp::create(b, l, sum, sum));
    if (group == 1)
      slope = arith::MulFOp::create(
          b, l, slope,
          createFloat(b, l, element, op.getGates().getPostMultValue()));
    return {arith::MulFOp::create(b, l, d, slope), h};
  }

  /// dh or dbase of a group.
  Value buildPerElement(unsigned group, bool ofH) {
    auto type = cast<RankedTensorType>(op.getDouts()[group].getType());
    return createNest(group).map(
        createEmpty(builder, loc, type, op.getH()),
        [&](OpBuilder &b, Location l, ValueRange args) {
          auto [dc, t] = buildElement(b, l, args, group);
          if (!ofH)
            return dc;
          Value dh = arith::MulFOp::create(
              b, l, dc, convertFloat(b, l, args[1], element));
          if (!isTanh)
            return dh;
          Value slope =
              arith::SubFOp::create(b, l, createFloat(b, l, element, 1.0),
                                    arith::MulFOp::create(b, l, t, t));
          return Value(arith::MulFOp::create(b, l, dh, slope));
        });
  }

  /// dscale of a group, [T..].
  Value buildScale(unsigned group) {
    auto type = RankedTensorType::get(
        cast<RankedTensorType>(op.getDscale().getType()).getShape().drop_back(),
        element);
    LoopNest nest = createNest(group);
    return nest.reduce(
        createZeros(builder, loc, type, op.getH()), nest.firstDims(tokenRank),
        [&](OpBuilder &b, Location l, ValueRange args, Value sum) {
          auto [dc, t] = buildElement(b, l, args, group);
          return Value(arith::AddFOp::create(
              b, l, sum, arith::MulFOp::create(b, l, dc, t)));
        });
  }

  OpFoldResult index(int64_t value) { return builder.getIndexAttr(value); }

  /// The first n elements of the last dimension.
  Value takeFirst(Value tensor) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (type.getShape().back() == n)
      return tensor;
    SmallVector<OpFoldResult> offsets(type.getRank(), index(0));
    SmallVector<OpFoldResult> strides(type.getRank(), index(1));
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, loc, tensor);
    sizes.back() = index(n);
    return tensor::ExtractSliceOp::create(builder, loc, tensor, offsets, sizes,
                                          strides);
  }

  /// Writes a group, [T.., n] or [T.., n, n], to its place in [T.., m] or
  /// [T.., n, n+2].
  Value insert(Value whole, Value part, unsigned group) {
    auto type = cast<RankedTensorType>(whole.getType());
    SmallVector<OpFoldResult> offsets(type.getRank(), index(0));
    SmallVector<OpFoldResult> strides(type.getRank(), index(1));
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, loc, op.getH());
    if (isTanh) {
      offsets.back() = index(group);
      sizes.back() = index(group == 2 ? n : 1);
    } else {
      offsets.back() = index(group * n);
      sizes.back() = index(group == 2 ? n * n : n);
      if (group == 2) {
        SmallVector<ReassociationIndices> dims;
        for (unsigned i = 0; i < tokenRank; ++i)
          dims.push_back({i});
        dims.push_back({tokenRank, tokenRank + 1});
        part = tensor::CollapseShapeOp::create(builder, loc, part, dims);
      }
    }
    return tensor::InsertSliceOp::create(builder, loc, part, whole, offsets,
                                         sizes, strides);
  }

  Value insertScale(Value whole, Value part, unsigned group) {
    SmallVector<OpFoldResult> offsets(tokenRank + 1, index(0));
    SmallVector<OpFoldResult> strides(tokenRank + 1, index(1));
    SmallVector<OpFoldResult> sizes;
    for (unsigned i = 0; i < tokenRank; ++i)
      sizes.push_back(tensor::getMixedSize(builder, loc, op.getH(), i));
    sizes.push_back(index(1));
    offsets.back() = index(group);
    return tensor::InsertSliceOp::create(builder, loc, part, whole, offsets,
                                         sizes, strides);
  }

  GatesGradOp op;
  OpBuilder &builder;
  Location loc;
  bool isTanh;
  Type element;
  unsigned tokenRank;
  int64_t n;
};

struct GatesGradToLinalg : OpRewritePattern<GatesGradOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(GatesGradOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, GatesGradBuilder(op, rewriter).build());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// sinkhorn_grad
//===----------------------------------------------------------------------===//

/// A matrix and its gradient, on the way back.
struct Reversed {
  Value matrix, gradient;
};

/// The iteration forwards, keeping sums, and backwards, using them.
class SinkhornGradBuilder : public SinkhornBuilder {
public:
  using SinkhornBuilder::SinkhornBuilder;

  /// d - the sum of d * x along the axis, and what `finish` makes of it, x and
  /// the numbers of its line.
  Value project(Value x, Value d, Axis axis, ArrayRef<Value> lines,
                function_ref<Value(OpBuilder &, Location, Value projected,
                                   Value x, ValueRange lines)>
                    finish) {
    auto times = [](OpBuilder &b, Location l, ValueRange args) {
      return Value(arith::MulFOp::create(b, l, args[0], args[1]));
    };
    Value products = mapTwo(x, d, times);
    SmallVector<Value> allLines = {reduceLines(products, axis, buildTreeSum)};
    llvm::append_range(allLines, lines);
    // d, x, the sum of products, and the other lines.
    LoopNest nest(builder, loc, rank);
    nest.read(d, nest.firstDims(rank));
    nest.read(x, nest.firstDims(rank));
    for (Value line : allLines)
      nest.read(line, lineIndices(nest, axis));
    return nest.map(
        createEmpty(builder, loc, type, x),
        [&](OpBuilder &b, Location l, ValueRange args) {
          Value projected = arith::SubFOp::create(b, l, args[0], args[2]);
          return finish(b, l, projected, args[1], args.drop_front(3));
        });
  }

  /// One half step backwards.
  Reversed reverse(Reversed after, Axis axis, Value sums) {
    Value gradient = project(
        after.matrix, after.gradient, axis, sums,
        [](OpBuilder &b, Location l, Value projected, Value, ValueRange lines) {
          return Value(arith::DivFOp::create(b, l, projected, lines[0]));
        });
    Value matrix = mapWithLines(
        after.matrix, axis, sums,
        [](OpBuilder &b, Location l, ValueRange args) {
          return Value(arith::MulFOp::create(b, l, args[0], args[1]));
        });
    return {matrix, gradient};
  }

  /// x times the projected gradient: of a softmax x, and of exp and the first
  /// half step together.
  Value reverseExp(Value x, Value d, Axis axis) {
    return project(
        x, d, axis, {},
        [](OpBuilder &b, Location l, Value projected, Value x, ValueRange) {
          return Value(arith::MulFOp::create(b, l, x, projected));
        });
  }

  Value mapTwo(Value a, Value other, LoopNest::Body body) {
    LoopNest nest(builder, loc, rank);
    nest.read(a, nest.firstDims(rank));
    nest.read(other, nest.firstDims(rank));
    return nest.map(createEmpty(builder, loc, type, a), body);
  }

  /// Sums of `steps` half steps: [steps, T.., n].
  Value createSums(int64_t steps, Value matrix) {
    SmallVector<int64_t> shape = {steps};
    llvm::append_range(shape, type.getShape().drop_back());
    SmallVector<OpFoldResult> sizes = sumSizes(matrix);
    sizes.front() = builder.getIndexAttr(steps);
    return tensor::EmptyOp::create(builder, loc, sizes, element);
  }

  Value storeSums(Value all, Value sums, Value step, Value matrix) {
    auto [offsets, sizes, strides] = sumSlice(step, matrix);
    return tensor::InsertSliceOp::create(builder, loc, sums, all, offsets,
                                         sizes, strides);
  }

  Value loadSums(Value all, Value step, Value matrix) {
    auto [offsets, sizes, strides] = sumSlice(step, matrix);
    auto lines = RankedTensorType::get(type.getShape().drop_back(), element);
    return tensor::ExtractSliceOp::create(builder, loc, lines, all, offsets,
                                          sizes, strides);
  }

private:
  /// 1, and the sizes of one number for each line.
  SmallVector<OpFoldResult> sumSizes(Value matrix) {
    SmallVector<OpFoldResult> sizes = {builder.getIndexAttr(1)};
    for (unsigned i = 0; i + 1 < rank; ++i)
      sizes.push_back(tensor::getMixedSize(builder, loc, matrix, i));
    return sizes;
  }

  std::tuple<SmallVector<OpFoldResult>, SmallVector<OpFoldResult>,
             SmallVector<OpFoldResult>>
  sumSlice(Value step, Value matrix) {
    SmallVector<OpFoldResult> offsets(rank, builder.getIndexAttr(0));
    offsets.front() = step;
    return {offsets, sumSizes(matrix),
            SmallVector<OpFoldResult>(rank, builder.getIndexAttr(1))};
  }
};

struct SinkhornGradToLinalg : OpRewritePattern<SinkhornGradOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SinkhornGradOp op,
                                PatternRewriter &rewriter) const override {
    rewriter.replaceOp(op, build(op, rewriter));
    return success();
  }

private:
  static Value build(SinkhornGradOp op, OpBuilder &builder) {
    Location loc = op.getLoc();
    SinkhornAttr convention = op.getConvention();
    double eps = convention.getEpsValue();
    int64_t iterations = convention.getIterations();
    bool isSoftmax = convention.getStart() == Start::Softmax;
    auto type = cast<RankedTensorType>(op.getDlogits().getType());
    SinkhornGradBuilder sinkhorn(builder, loc, type);
    // No sums can be kept of no tokens.
    if (llvm::is_contained(type.getShape(), 0))
      return createEmpty(builder, loc, type, op.getLogits());

    if (!isSoftmax && iterations == 0)
      return sinkhorn.mapTwo(
          op.getLogits(), op.getD(),
          [](OpBuilder &b, Location l, ValueRange args) {
            return Value(arith::MulFOp::create(
                b, l, args[1], math::ExpOp::create(b, l, args[0])));
          });

    // The start, which has no sums, and one half step; then pairs of them.
    Axis first = Axis::Columns, second = Axis::Rows;
    if (!isSoftmax && convention.getOrder() == Order::RowsColumns)
      std::swap(first, second);
    Value matrix, sums;
    Axis axis = isSoftmax ? Axis::Columns : second;
    if (isSoftmax) {
      matrix = sinkhorn.softmaxStart(op.getLogits(), eps);
      std::swap(first, second);
    } else {
      matrix = sinkhorn.expStartAndFirstStep(op.getLogits(), first, eps);
    }
    if (iterations > 0) {
      sums = sinkhorn.sums(matrix, axis, eps);
      matrix = sinkhorn.divide(matrix, axis, sums);
    }

    Reversed state{matrix, op.getD()};
    if (iterations > 1)
      state = buildLoops(sinkhorn, matrix, op.getD(), iterations, first, second,
                         eps, builder, loc, type);
    if (iterations > 0)
      state = sinkhorn.reverse(state, axis, sums);
    if (!isSoftmax)
      return sinkhorn.reverseExp(state.matrix, state.gradient, first);
    // The softmax itself, without its eps.
    Value p = sinkhorn.softmax(
        op.getLogits(), [](OpBuilder &, Location, Value p) { return p; });
    return sinkhorn.reverseExp(p, state.gradient, Axis::Rows);
  }

  /// All pairs of half steps but the first, forwards and backwards again: two
  /// loops, since iterations may be a thousand.
  static Reversed buildLoops(SinkhornGradBuilder &sinkhorn, Value matrix,
                             Value d, int64_t iterations, Axis first,
                             Axis second, double eps, OpBuilder &builder,
                             Location loc, RankedTensorType type) {
    auto index = [&](int64_t i) {
      return arith::ConstantIndexOp::create(builder, loc, i).getResult();
    };
    int64_t pairs = iterations - 1;
    Value zero = index(0), one = index(1), two = index(2);
    Value all = sinkhorn.createSums(2 * pairs, matrix);
    auto forward = scf::ForOp::create(
        builder, loc, zero, index(2 * pairs), two, ValueRange{matrix, all},
        [&](OpBuilder &b, Location l, Value step, ValueRange carried) {
          SinkhornGradBuilder inner(b, l, type);
          Value x = carried[0], kept = carried[1];
          Value sums = inner.sums(x, first, eps);
          kept = inner.storeSums(kept, sums, step, x);
          x = inner.divide(x, first, sums);
          sums = inner.sums(x, second, eps);
          Value next = arith::AddIOp::create(b, l, step, one);
          kept = inner.storeSums(kept, sums, next, x);
          x = inner.divide(x, second, sums);
          scf::YieldOp::create(b, l, ValueRange{x, kept});
        });
    auto backward = scf::ForOp::create(
        builder, loc, zero, index(2 * pairs), two,
        ValueRange{forward.getResult(0), d},
        [&](OpBuilder &b, Location l, Value step, ValueRange carried) {
          SinkhornGradBuilder inner(b, l, type);
          Reversed state{carried[0], carried[1]};
          Value last = arith::ConstantIndexOp::create(b, l, 2 * pairs - 1);
          Value k = arith::SubIOp::create(b, l, last, step);
          for (Axis axis : {second, first}) {
            Value sums = inner.loadSums(forward.getResult(1), k, state.matrix);
            state = inner.reverse(state, axis, sums);
            k = arith::SubIOp::create(b, l, k, one);
          }
          scf::YieldOp::create(b, l, ValueRange{state.matrix, state.gradient});
        });
    return {backward.getResult(0), backward.getResult(1)};
  }
};

struct SinkhornStepGradToLinalg : OpRewritePattern<SinkhornStepGradOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SinkhornStepGradOp op,
                                PatternRewriter &rewriter) const override {
    SinkhornGradBuilder sinkhorn(rewriter, op.getLoc(),
                                 cast<RankedTensorType>(op.getDx().getType()));
    Axis axis = op.getAxis();
    Value sums = sinkhorn.sums(op.getX(), axis, op.getEps().convertToDouble());
    Value y = sinkhorn.divide(op.getX(), axis, sums);
    rewriter.replaceOp(op,
                       sinkhorn.reverse({y, op.getD()}, axis, sums).gradient);
    return success();
  }
};
} // namespace

void mlir::mhc::populateGradientOpsToLinalg(RewritePatternSet &patterns) {
  patterns.add<GatesGradToLinalg, RstdGradToLinalg, SinkhornGradToLinalg,
               SinkhornStepGradToLinalg>(patterns.getContext());
}
