//===- RowOps.cpp - Row ops to linalg -------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums over streams are unrolled into the body of one linalg.generic, so that
// their order is that of the numerics contract and nothing is rounded between.
// Sums over hidden are reductions in the accumulator's type.
//
//===----------------------------------------------------------------------===//

#include "MHCToLinalg.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {

//===----------------------------------------------------------------------===//
// expand, reduce_streams, aggregate, combine: one pass over columns
//===----------------------------------------------------------------------===//

struct ExpandToLinalg : OpRewritePattern<ExpandOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ExpandOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    unsigned rank = type.getRank();
    LoopNest nest(rewriter, op.getLoc(), rank);
    SmallVector<AffineExpr> indices = nest.firstDims(rank - 2);
    indices.push_back(nest.dim(rank - 1));
    nest.read(op.getX(), indices);
    Value init = createEmpty(rewriter, op.getLoc(), type, op.getX());
    rewriter.replaceOp(
        op, nest.map(init, [&](OpBuilder &b, Location l, ValueRange args) {
          return convertFloat(b, l, args[0], type.getElementType());
        }));
    return success();
  }
};

} // namespace

/// Reads all streams of a row tensor [T.., n, C] at column (T.., c), where c is
/// the last of the nest's dimensions.
static SmallVector<unsigned>
readStreams(LoopNest &nest, Value row, unsigned tokenRank, AffineExpr column) {
  auto type = cast<RankedTensorType>(row.getType());
  int64_t streams = type.getDimSize(type.getRank() - 2);
  SmallVector<unsigned> operands;
  for (int64_t i = 0; i < streams; ++i) {
    SmallVector<AffineExpr> indices = nest.firstDims(tokenRank);
    indices.push_back(nest.constant(i));
    indices.push_back(column);
    operands.push_back(nest.read(row, indices));
  }
  return operands;
}

/// The indices of coefficients: the token dimensions, if they have any, and
/// then `trailing`.
static SmallVector<AffineExpr>
coefficientIndices(const LoopNest &nest, Value coefficients, unsigned tokenRank,
                   ArrayRef<AffineExpr> trailing) {
  int64_t rank = cast<RankedTensorType>(coefficients.getType()).getRank();
  bool isStatic = rank == static_cast<int64_t>(trailing.size());
  SmallVector<AffineExpr> indices = nest.firstDims(isStatic ? 0 : tokenRank);
  llvm::append_range(indices, trailing);
  return indices;
}

namespace {
struct ReduceStreamsToLinalg : OpRewritePattern<ReduceStreamsOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReduceStreamsOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getY().getType());
    Type compute = getComputeType(type.getElementType());
    unsigned rank = type.getRank();
    LoopNest nest(rewriter, op.getLoc(), rank);
    int64_t streams =
        readStreams(nest, op.getX(), rank - 1, nest.dim(rank - 1)).size();
    Value init = createEmpty(rewriter, op.getLoc(), type, op.getX());
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      SmallVector<Value> values;
      for (Value arg : args)
        values.push_back(convertFloat(b, l, arg, compute));
      Value sum = buildTreeSum(b, l, values);
      if (op.getReduction() == StreamReduction::Mean)
        sum = arith::DivFOp::create(b, l, sum,
                                    createFloat(b, l, compute, streams));
      return convertFloat(b, l, sum, type.getElementType());
    };
    rewriter.replaceOp(op, nest.map(init, body));
    return success();
  }
};

struct AggregateToLinalg : OpRewritePattern<AggregateOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AggregateOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getY().getType());
    unsigned rank = type.getRank();
    LoopNest nest(rewriter, op.getLoc(), rank);
    SmallVector<unsigned> rows =
        readStreams(nest, op.getX(), rank - 1, nest.dim(rank - 1));
    SmallVector<unsigned> weights;
    for (size_t i = 0; i < rows.size(); ++i)
      weights.push_back(
          nest.read(op.getPre(), coefficientIndices(nest, op.getPre(), rank - 1,
                                                    nest.constant(i))));
    Value init = createEmpty(rewriter, op.getLoc(), type, op.getX());
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      ProductSum sum{b, l, getComputeType(type.getElementType())};
      for (auto [row, weight] : llvm::zip_equal(rows, weights))
        sum.addProduct(args[weight], args[row]);
      return convertFloat(b, l, sum.sum, type.getElementType());
    };
    rewriter.replaceOp(op, nest.map(init, body));
    return success();
  }
};

struct CombineToLinalg : OpRewritePattern<CombineOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CombineOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    unsigned rank = type.getRank();
    LoopNest nest(rewriter, op.getLoc(), rank);

    // (row, coefficients) of each product, (row, none) of each plain term.
    SmallVector<std::pair<unsigned, std::optional<unsigned>>> products;
    Value reference;
    for (CombineTerm term : op.getTerms()) {
      if (!reference)
        reference = term.row;
      addTerm(op, term, nest, rank, products);
    }
    Value init = createEmpty(rewriter, op.getLoc(), type, reference);
    auto body = [&](OpBuilder &b, Location l, ValueRange args) {
      ProductSum sum{b, l, getComputeType(type.getElementType())};
      for (auto [row, weight] : products)
        if (weight)
          sum.addProduct(args[*weight], args[row]);
        else
          sum.add(args[row]);
      return convertFloat(b, l, sum.sum, type.getElementType());
    };
    rewriter.replaceOp(op, nest.map(init, body));
    return success();
  }

private:
  static void addTerm(
      CombineOp op, CombineTerm term, LoopNest &nest, unsigned rank,
      SmallVectorImpl<std::pair<unsigned, std::optional<unsigned>>> &products) {
    bool withStreams = op.termHasStreams(term);
    AffineExpr column = nest.dim(rank - 1);
    bool isMixed = withStreams && (term.kind == TermKind::By ||
                                   term.kind == TermKind::Transposed);
    if (isMixed) {
      unsigned tokenRank = rank - 2;
      AffineExpr out = nest.dim(rank - 2);
      SmallVector<unsigned> rows =
          readStreams(nest, term.row, tokenRank, column);
      for (auto [i, row] : llvm::enumerate(rows)) {
        AffineExpr in = nest.constant(i);
        SmallVector<AffineExpr> place = {out, in};
        if (term.kind == TermKind::Transposed)
          place = {in, out};
        products.emplace_back(
            row, nest.read(term.coefficients,
                           coefficientIndices(nest, term.coefficients,
                                              tokenRank, place)));
      }
      return;
    }

    // The row itself, or the row for every stream.
    SmallVector<AffineExpr> indices =
        nest.firstDims(withStreams ? rank - 1 : rank - 2);
    indices.push_back(column);
    unsigned row = nest.read(term.row, indices);
    if (term.kind == TermKind::Plain) {
      products.emplace_back(row, std::nullopt);
      return;
    }
    SmallVector<AffineExpr> place =
        term.kind == TermKind::By
            ? coefficientIndices(nest, term.coefficients, rank - 2,
                                 nest.dim(rank - 2))
            : nest.firstDims(cast<RankedTensorType>(term.coefficients.getType())
                                 .getRank());
    products.emplace_back(row, nest.read(term.coefficients, place));
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// inner, project, backproject, outer: sums over hidden or over tokens
//===----------------------------------------------------------------------===//

/// Sums args[0] * args[1] over the dimensions of `nest` that are not among
/// `indices`, accumulated in `wide`, into a tensor of `type`.
static Value sumProducts(OpBuilder &builder, Location loc, LoopNest &nest,
                         RankedTensorType type, FloatType wide,
                         ArrayRef<AffineExpr> indices, Value like) {
  Value zeros = createZeros(builder, loc, type.clone(wide), like);
  auto body = [&](OpBuilder &b, Location l, ValueRange args, Value sum) {
    Value lhs = convertFloat(b, l, args[0], wide);
    Value rhs = convertFloat(b, l, args[1], wide);
    return Value(math::FmaOp::create(b, l, lhs, rhs, sum));
  };
  return convertTensor(builder, loc, nest.reduce(zeros, indices, body),
                       type.getElementType());
}

namespace {
/// A lowering that knows the type in which long sums are accumulated.
template <typename OpT> struct SumToLinalg : OpRewritePattern<OpT> {
  SumToLinalg(MLIRContext *context, FloatType accumulator)
      : OpRewritePattern<OpT>(context), accumulator(accumulator) {}

  /// The accumulator of a sum into `type`.
  FloatType getWide(RankedTensorType type) const {
    return accumulator ? accumulator : cast<FloatType>(type.getElementType());
  }

  FloatType accumulator;
};

struct InnerToLinalg : SumToLinalg<InnerOp> {
  using SumToLinalg::SumToLinalg;

  LogicalResult matchAndRewrite(InnerOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    unsigned aRank = getRank(op.getA().getType());
    unsigned bRank = getRank(op.getB().getType());
    unsigned outRank = type.getRank();
    bool isPairs = op.getKind() == InnerKind::Pairs;

    // The nest: the dimensions of out, then what is summed over.
    unsigned rank = isPairs ? outRank + 1 : aRank;
    LoopNest nest(rewriter, op.getLoc(), rank);
    if (isPairs) {
      unsigned tokenRank = aRank - 1 + bRank - 1 - outRank;
      SmallVector<AffineExpr> aIndices = nest.firstDims(aRank - 1);
      SmallVector<AffineExpr> bIndices = nest.firstDims(tokenRank);
      for (unsigned i = aRank - 1; i < outRank; ++i)
        bIndices.push_back(nest.dim(i));
      aIndices.push_back(nest.dim(rank - 1));
      bIndices.push_back(nest.dim(rank - 1));
      nest.read(op.getA(), aIndices);
      nest.read(op.getB(), bIndices);
    } else {
      nest.read(op.getA(), nest.firstDims(rank));
      nest.read(op.getB(), nest.firstDims(rank));
    }
    rewriter.replaceOp(op, sumProducts(rewriter, op.getLoc(), nest, type,
                                       getWide(type), nest.firstDims(outRank),
                                       op.getA()));
    return success();
  }
};
} // namespace

/// phi with the norm weight folded in, f32(phi * w): computed in f64, where the
/// product is exact, and rounded once.
static Value foldNormWeight(OpBuilder &builder, Location loc, Value phi,
                            Value normWeight, Type compute) {
  if (!normWeight)
    return phi;
  auto type = RankedTensorType::get(
      cast<RankedTensorType>(phi.getType()).getShape(), compute);
  LoopNest nest(builder, loc, 2);
  nest.read(phi, nest.firstDims(2));
  nest.read(normWeight, nest.dim(1));
  return nest.map(createEmpty(builder, loc, type, phi),
                  [&](OpBuilder &b, Location l, ValueRange args) {
                    Type f64 = b.getF64Type();
                    Value product = arith::MulFOp::create(
                        b, l, convertFloat(b, l, args[0], f64),
                        convertFloat(b, l, args[1], f64));
                    return convertFloat(b, l, product, compute);
                  });
}

/// The index of column (i, c) in a row of phi, [m, n C] or [m, C].
static AffineExpr phiColumn(Extent extent, RankedTensorType row,
                            bool withStreams, AffineExpr stream,
                            AffineExpr column) {
  if (extent == Extent::Each || !withStreams)
    return column;
  return stream * row.getShape().back() + column;
}

namespace {
struct ProjectToLinalg : SumToLinalg<ProjectOp> {
  using SumToLinalg::SumToLinalg;

  LogicalResult matchAndRewrite(ProjectOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    RankedTensorType xType = cast<RankedTensorType>(op.getX().getType());
    Value phi = foldNormWeight(rewriter, loc, op.getPhi(), op.getNormWeight(),
                               type.getElementType());
    bool isEach = op.getExtent() == Extent::Each;
    unsigned outRank = type.getRank();
    unsigned tokenRank = outRank - (isEach ? 2 : 1);
    bool withStreams = xType.getRank() == static_cast<int64_t>(tokenRank) + 2;

    // whole: (T.., m, [i,] c); each: (T.., i, m, c).
    unsigned rank = isEach || !withStreams ? outRank + 1 : outRank + 2;
    LoopNest nest(rewriter, loc, rank);
    AffineExpr column = nest.dim(rank - 1);
    AffineExpr stream = isEach ? nest.dim(tokenRank) : nest.dim(outRank);
    AffineExpr m = nest.dim(isEach ? tokenRank + 1 : tokenRank);
    SmallVector<AffineExpr> xIndices = nest.firstDims(tokenRank);
    if (withStreams)
      xIndices.push_back(stream);
    xIndices.push_back(column);
    nest.read(op.getX(), xIndices);
    nest.read(phi, {m, phiColumn(op.getExtent(), xType, withStreams, stream,
                                 column)});
    rewriter.replaceOp(op, sumProducts(rewriter, loc, nest, type, getWide(type),
                                       nest.firstDims(outRank), op.getX()));
    return success();
  }
};

struct BackprojectToLinalg : OpRewritePattern<BackprojectOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BackprojectOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = cast<RankedTensorType>(op.getOut().getType());
    Type compute = getElementTypeOrSelf(op.getD().getType());
    Value phi =
        foldNormWeight(rewriter, loc, op.getPhi(), op.getNormWeight(), compute);
    bool isEach = op.getExtent() == Extent::Each;
    unsigned outRank = type.getRank();
    unsigned tokenRank = getRank(op.getD().getType()) - (isEach ? 2 : 1);
    bool withStreams = outRank == tokenRank + 2;

    // (T.., [i,] c, m)
    LoopNest nest(rewriter, loc, outRank + 1);
    AffineExpr m = nest.dim(outRank), column = nest.dim(outRank - 1);
    AffineExpr stream = nest.dim(tokenRank);
    SmallVector<AffineExpr> dIndices = nest.firstDims(tokenRank);
    if (isEach)
      dIndices.push_back(stream);
    dIndices.push_back(m);
    nest.read(op.getD(), dIndices);
    nest.read(
        phi, {m, phiColumn(op.getExtent(), type, withStreams, stream, column)});
    // m is short: the sum needs no wider type than the coefficients, but its
    // result is rounded to the row's type only once.
    Value sum = sumProducts(rewriter, loc, nest, type.clone(compute),
                            cast<FloatType>(compute), nest.firstDims(outRank),
                            op.getD());
    rewriter.replaceOp(
        op, convertTensor(rewriter, loc, sum, type.getElementType()));
    return success();
  }
};

struct OuterToLinalg : SumToLinalg<OuterOp> {
  using SumToLinalg::SumToLinalg;

  LogicalResult matchAndRewrite(OuterOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType xType = cast<RankedTensorType>(op.getX().getType());
    RankedTensorType outType = cast<RankedTensorType>(op.getOut().getType());
    bool isEach = op.getExtent() == Extent::Each;
    unsigned tokenRank = getRank(op.getD().getType()) - (isEach ? 2 : 1);
    bool withStreams = xType.getRank() == static_cast<int64_t>(tokenRank) + 2;

    // Summed as [m, (i,) c] and collapsed afterwards: (m, [i,] c, T..), with i
    // among the sums of `each`.
    SmallVector<int64_t> shape = {outType.getDimSize(0)};
    if (withStreams && !isEach)
      shape.push_back(xType.getDimSize(tokenRank));
    shape.push_back(xType.getShape().back());
    auto type = RankedTensorType::get(shape, outType.getElementType());
    unsigned kept = shape.size();
    LoopNest nest(rewriter, loc, kept + tokenRank + (isEach ? 1 : 0));
    SmallVector<AffineExpr> tokens;
    for (unsigned i = 0; i < tokenRank; ++i)
      tokens.push_back(nest.dim(kept + i));
    AffineExpr stream = isEach ? nest.dim(kept + tokenRank) : nest.dim(1);
    SmallVector<AffineExpr> dIndices = tokens, xIndices = tokens;
    if (isEach)
      dIndices.push_back(stream);
    dIndices.push_back(nest.dim(0));
    if (withStreams)
      xIndices.push_back(stream);
    xIndices.push_back(nest.dim(kept - 1));
    nest.read(op.getD(), dIndices);
    nest.read(op.getX(), xIndices);
    Value sum = sumProducts(rewriter, loc, nest, type, getWide(type),
                            nest.firstDims(kept), op.getX());
    if (kept == 3)
      sum = tensor::CollapseShapeOp::create(
          rewriter, loc, outType, sum,
          ArrayRef<ReassociationIndices>{{0}, {1, 2}});
    rewriter.replaceOp(op, sum);
    return success();
  }
};
} // namespace

void mlir::mhc::populateRowOpsToLinalg(RewritePatternSet &patterns,
                                       FloatType accumulator) {
  MLIRContext *context = patterns.getContext();
  patterns.add<AggregateToLinalg, BackprojectToLinalg, CombineToLinalg,
               ExpandToLinalg, ReduceStreamsToLinalg>(context);
  patterns.add<InnerToLinalg, OuterToLinalg, ProjectToLinalg>(context,
                                                              accumulator);
}
