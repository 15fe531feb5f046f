//===- RowOps.cpp - Syntax, verifiers and folders of the row ops ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// mhc.combine: terms
//===----------------------------------------------------------------------===//

SmallVector<CombineTerm> CombineOp::getTerms() {
  SmallVector<CombineTerm> terms;
  auto coefficients = getCoefficients().begin();
  for (auto [row, kind] :
       llvm::zip_equal(getRows(), getKinds().getAsRange<TermKindAttr>())) {
    CombineTerm term{row, nullptr, kind.getValue()};
    if (term.kind != TermKind::Plain)
      term.coefficients = *coefficients++;
    terms.push_back(term);
  }
  return terms;
}

bool CombineOp::termHasStreams(const CombineTerm &term) {
  return getRank(term.row.getType()) == getRank(getOut().getType());
}

void CombineOp::build(OpBuilder &builder, OperationState &state, Type out,
                      ArrayRef<CombineTerm> terms) {
  SmallVector<Value> rows, coefficients;
  SmallVector<Attribute> kinds;
  for (const CombineTerm &term : terms) {
    rows.push_back(term.row);
    if (term.coefficients)
      coefficients.push_back(term.coefficients);
    kinds.push_back(TermKindAttr::get(builder.getContext(), term.kind));
  }
  build(builder, state, out, rows, coefficients, builder.getArrayAttr(kinds));
}

//===----------------------------------------------------------------------===//
// mhc.combine: verifier
//===----------------------------------------------------------------------===//

/// One term against the result `out`, whose dimensions `shape` are [T.., n, C].
static LogicalResult verifyTermWithStreams(CombineOp op, CombineTerm term,
                                           const RowShape &shape,
                                           TokenDims &tokens) {
  bool withStreams = op.termHasStreams(term);
  FailureOr<RowShape> row = verifyRow(op, asRow("row", term.row), withStreams);
  if (failed(row))
    return failure();
  if (row->hidden != shape.hidden)
    return op.emitOpError("expected every row to have hidden ")
           << shape.hidden << " as 'out' has, got " << term.row.getType();
  if (failed(tokens.verify(op, "row", row->tokens)))
    return failure();
  bool isMixed = withStreams && (term.kind == TermKind::By ||
                                 term.kind == TermKind::Transposed);
  if (term.kind == TermKind::Transposed && !withStreams)
    return op.emitOpError("expected streams in a row that is mixed by a "
                          "transposed matrix, got ")
           << term.row.getType();
  if (!isMixed && withStreams && row->streams != shape.streams)
    return op.emitOpError("expected ")
           << shape.streams << " streams as 'out' has in a row that is not "
           << "mixed, got " << term.row.getType();
  NamedValue coefficients = asCoefficients("coefficients", term.coefficients);
  switch (term.kind) {
  case TermKind::Plain:
  case TermKind::Scaled:
    return success();
  case TermKind::By:
    if (isMixed)
      return tokens.verifyCoefficients(op, coefficients,
                                       {shape.streams, row->streams});
    return tokens.verifyCoefficients(op, coefficients, shape.streams);
  case TermKind::Transposed:
    return tokens.verifyCoefficients(op, coefficients,
                                     {row->streams, shape.streams});
  }
  llvm_unreachable("every kind of term is handled");
}

/// The factors of a scaled term have the first dimensions of its row: its token
/// dimensions, or those and its streams, or none. `withStreams` says whether
/// the result is known to have streams; otherwise a row's last dimension but
/// one may be streams or tokens.
static LogicalResult verifyScaled(CombineOp op, CombineTerm term,
                                  bool withStreams) {
  RankedTensorType row = asRow("row", term.row).getType();
  RankedTensorType factors =
      asCoefficients("coefficients", term.coefficients).getType();
  int64_t rank = factors.getRank(), tokensAndStreams = row.getRank() - 1;
  bool mayHaveStreams = !withStreams || op.termHasStreams(term);
  bool fits = rank == 0 || rank == tokensAndStreams ||
              (mayHaveStreams && rank == tokensAndStreams - 1);
  if (fits && compatible(factors.getShape(), row.getShape().take_front(rank)))
    return success();
  return op.emitOpError("expected the factors of a scaled row to have its "
                        "token dimensions, or those and its streams, or none; "
                        "got ")
         << term.coefficients.getType() << " for " << term.row.getType();
}

/// The operands that the kinds of the terms ask for.
static LogicalResult verifyTermCounts(CombineOp op) {
  if (op.getRows().empty())
    return op.emitOpError("expected at least one term, got none");
  if (op.getKinds().size() != op.getRows().size())
    return op.emitOpError("expected as many kinds as rows, ")
           << op.getRows().size() << ", got " << op.getKinds().size();
  size_t weighted = llvm::count_if(
      op.getKinds().getAsRange<TermKindAttr>(),
      [](TermKindAttr kind) { return kind.getValue() != TermKind::Plain; });
  if (weighted != op.getCoefficients().size())
    return op.emitOpError("expected one operand of coefficients for each of ")
           << weighted << " terms that are not plain, got "
           << op.getCoefficients().size();
  return success();
}

LogicalResult CombineOp::verify() {
  if (failed(verifyTermCounts(*this)) || failed(verifyOneLevel(*this)))
    return failure();
  NamedValue out = asRow("out", getOut());
  SmallVector<NamedValue> rows = {out}, coefficients;
  bool withStreams = false;
  for (CombineTerm term : getTerms()) {
    rows.push_back(asRow("row", term.row));
    if (term.coefficients)
      coefficients.push_back(asCoefficients("coefficients", term.coefficients));
    int64_t rank = getRank(term.row.getType());
    int64_t outRank = getRank(getOut().getType());
    if (rank != outRank && rank + 1 != outRank)
      return emitOpError("expected rows of the rank of 'out', or of one less, "
                         "without streams; got ")
             << term.row.getType() << " for " << getOut().getType();
    withStreams |= rank != outRank || term.kind == TermKind::By ||
                   term.kind == TermKind::Transposed;
  }
  if (failed(verifyElementTypes(*this, rows, coefficients)))
    return failure();
  FailureOr<RowShape> shape = verifyRow(*this, out, withStreams);
  if (failed(shape))
    return failure();
  // Where no term mixes or spreads streams, they are like tokens.
  TokenDims tokens("out", shape->tokens);
  for (CombineTerm term : getTerms()) {
    if (term.kind == TermKind::Scaled &&
        (failed(verifyScaled(*this, term, withStreams)) ||
         failed(tokens.verifyFirst(
             *this, "coefficients",
             asCoefficients("coefficients", term.coefficients)
                 .getType()
                 .getShape()))))
      return failure();
    if (withStreams) {
      if (failed(verifyTermWithStreams(*this, term, *shape, tokens)))
        return failure();
      continue;
    }
    RankedTensorType row = asRow("row", term.row).getType();
    if (!haveSameDims(row, out.getType(), 1))
      return emitOpError("expected every row to have the dimensions of 'out', "
                         "got ")
             << term.row.getType() << " for " << getOut().getType();
    if (failed(tokens.verify(*this, "row", row.getShape().drop_back())))
      return failure();
  }
  return success();
}

LogicalResult CombineOp::reifyResultShapes(OpBuilder &builder,
                                           ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getRows().front(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.combine: folder and canonicalisation
//===----------------------------------------------------------------------===//

OpFoldResult CombineOp::fold(FoldAdaptor) {
  // One row by itself.
  if (getRows().size() == 1 && getCoefficients().empty() &&
      getRows().front().getType() == getOut().getType())
    return getRows().front();
  return {};
}

namespace {
/// Rewrites the terms of a combine one by one, if any of them changes.
template <typename Derived> struct RewriteTerms : OpRewritePattern<CombineOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CombineOp op,
                                PatternRewriter &rewriter) const override {
    SmallVector<CombineTerm> terms = op.getTerms();
    bool changed = false;
    for (CombineTerm &term : terms)
      changed |= static_cast<const Derived *>(this)->rewrite(op, term);
    if (!changed)
      return failure();
    rewriter.replaceOpWithNewOp<CombineOp>(op, op.getOut().getType(), terms);
    return success();
  }
};

/// A factor of one changes no number.
struct DropUnitScale : RewriteTerms<DropUnitScale> {
  using RewriteTerms::RewriteTerms;

  bool rewrite(CombineOp op, CombineTerm &term) const {
    if (term.kind != TermKind::Scaled ||
        !matchPattern(term.coefficients, m_OneFloat()))
      return false;
    term = {term.row, nullptr, TermKind::Plain};
    return true;
  }
};

/// A matrix that was transposed is read the other way round.
struct FoldTranspose : RewriteTerms<FoldTranspose> {
  using RewriteTerms::RewriteTerms;

  bool rewrite(CombineOp op, CombineTerm &term) const {
    bool isMatrix =
        (term.kind == TermKind::By || term.kind == TermKind::Transposed) &&
        op.termHasStreams(term);
    auto transpose =
        isMatrix ? term.coefficients.getDefiningOp<linalg::TransposeOp>()
                 : nullptr;
    if (!transpose)
      return false;
    // Only the last two dimensions may be exchanged.
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    int64_t rank = permutation.size();
    for (int64_t i = 0; i < rank; ++i)
      if (permutation[i] !=
          (i < rank - 2 ? i : (i == rank - 2 ? rank - 1 : rank - 2)))
        return false;
    term.coefficients = transpose.getInput();
    term.kind = term.kind == TermKind::By ? TermKind::Transposed : TermKind::By;
    return true;
  }
};
} // namespace

void CombineOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<DropUnitScale, FoldTranspose>(context);
}

//===----------------------------------------------------------------------===//
// mhc.aggregate
//===----------------------------------------------------------------------===//

LogicalResult AggregateOp::verify() {
  if (failed(verifyOneLevel(*this)))
    return failure();
  NamedValue x = asRow("x", getX()), y = asRow("y", getY()),
             pre = asCoefficients("pre", getPre());
  FailureOr<RowShape> xShape, yShape;
  if (failed(xShape = verifyRow(*this, x, true)) ||
      failed(yShape = verifyRow(*this, y, false)))
    return failure();
  TokenDims tokens("x", xShape->tokens);
  if (failed(tokens.verify(*this, "y", yShape->tokens)))
    return failure();
  if (yShape->hidden != xShape->hidden)
    return emitOpError("expected 'y' to have hidden ")
           << xShape->hidden << " as 'x' has, got " << yShape->hidden;
  if (failed(tokens.verifyCoefficients(*this, pre, xShape->streams)))
    return failure();
  return verifyElementTypes(*this, {x, y}, {pre});
}

LogicalResult
AggregateOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.inner
//===----------------------------------------------------------------------===//

LogicalResult InnerOp::verify() {
  if (failed(verifyOneLevel(*this)))
    return failure();
  NamedValue a = asRow("a", getA()), b = asRow("b", getB()),
             out = asCoefficients("out", getOut());
  int64_t aRank = a.getType().getRank(), bRank = b.getType().getRank();
  int64_t outRank = out.getType().getRank();
  // How many token dimensions there are follows from the ranks alone.
  int64_t tokenRank = 0;
  switch (getKind()) {
  case InnerKind::Pairs:
    tokenRank = aRank - 1 + bRank - 1 - outRank;
    break;
  case InnerKind::Each:
    tokenRank = outRank - 1;
    break;
  case InnerKind::Whole:
    tokenRank = outRank;
    break;
  }
  auto streamsIn = [&](int64_t rank) { return rank - 1 - tokenRank; };
  auto isRow = [&](int64_t rank) {
    return streamsIn(rank) == 0 || streamsIn(rank) == 1;
  };
  if (tokenRank < 0 || !isRow(aRank) || !isRow(bRank) ||
      (getKind() != InnerKind::Pairs && aRank != bRank) ||
      (getKind() == InnerKind::Each && streamsIn(aRank) != 1))
    return emitOpError("expected the rank of 'out' to be that of kind ")
           << stringifyInnerKind(getKind()) << ", got " << out.getWrittenType()
           << " for " << a.getWrittenType() << " and " << b.getWrittenType();
  FailureOr<RowShape> aShape, bShape;
  if (failed(aShape = verifyRow(*this, a, streamsIn(aRank) == 1)) ||
      failed(bShape = verifyRow(*this, b, streamsIn(bRank) == 1)))
    return failure();
  TokenDims tokens("a", aShape->tokens);
  if (failed(tokens.verify(*this, "b", bShape->tokens)))
    return failure();
  if (aShape->hidden != bShape->hidden)
    return emitOpError("expected 'b' to have hidden ")
           << aShape->hidden << " as 'a' has, got " << bShape->hidden;
  if (getKind() != InnerKind::Pairs && aShape->streams != bShape->streams)
    return emitOpError("expected 'b' to have ")
           << aShape->streams << " streams as 'a' has, got " << bShape->streams;
  SmallVector<int64_t> trailing;
  if (getKind() == InnerKind::Each)
    trailing = {aShape->streams};
  if (getKind() == InnerKind::Pairs) {
    if (streamsIn(aRank) == 1)
      trailing.push_back(aShape->streams);
    if (streamsIn(bRank) == 1)
      trailing.push_back(bShape->streams);
  }
  if (failed(tokens.verifyCoefficients(*this, out, trailing,
                                       /*orStatic=*/false)))
    return failure();
  return verifyElementTypes(*this, {a, b}, {out});
}

LogicalResult InnerOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getA(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.project, mhc.backproject, mhc.outer
//===----------------------------------------------------------------------===//

/// The three ops relate the same things: coefficients `d`, a row `x` and phi,
/// [m, n C] or [m, C] (`each`), with a norm weight for each column or none.
static LogicalResult verifyProduct(Operation *op, Extent extent, NamedValue d,
                                   NamedValue x, NamedValue phi,
                                   Value normWeight) {
  bool isEach = extent == Extent::Each;
  int64_t tokenRank = d.getType().getRank() - (isEach ? 2 : 1);
  int64_t streamRank = x.getType().getRank() - 1 - tokenRank;
  if (tokenRank < 0 || (streamRank != 1 && (isEach || streamRank != 0)))
    return op->emitOpError("expected '")
           << d.name << "' of shape " << (isEach ? "[T.., n, m]" : "[T.., m]")
           << " for '" << x.name << "' of " << x.getWrittenType() << ", got "
           << d.getWrittenType();
  FailureOr<RowShape> shape = verifyRow(op, x, streamRank == 1);
  if (failed(shape))
    return failure();
  if (phi.getType().getRank() != 2)
    return op->emitOpError("expected '")
           << phi.name << "' of rank 2, got " << phi.getWrittenType();
  int64_t m = phi.getType().getDimSize(0);
  int64_t columns = isEach ? shape->hidden : shape->streams * shape->hidden;
  if (failed(verifyWeights(op, phi, {m, columns})))
    return failure();
  if (m < 1)
    return op->emitOpError("expected '")
           << phi.name << "' to have at least one row, got "
           << phi.getWrittenType();
  if (normWeight &&
      failed(verifyWeights(op, {"norm_weight", normWeight}, columns)))
    return failure();
  SmallVector<int64_t> trailing = {m};
  if (isEach)
    trailing.insert(trailing.begin(), shape->streams);
  return TokenDims(x.name, shape->tokens)
      .verifyCoefficients(op, d, trailing, /*orStatic=*/false);
}

LogicalResult ProjectOp::verify() {
  NamedValue out{"out", getOut()}, x{"x", getX()}, phi{"phi", getPhi()};
  if (failed(verifyProduct(*this, getExtent(), out, x, phi, getNormWeight())))
    return failure();
  return verifyElementTypes(*this, {x}, {out},
                            {phi, {"norm_weight", getNormWeight()}});
}

LogicalResult ProjectOp::reifyResultShapes(OpBuilder &builder,
                                           ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

LogicalResult BackprojectOp::verify() {
  if (failed(verifyOneLevel(*this)))
    return failure();
  NamedValue d = asCoefficients("d", getD()), out = asRow("out", getOut()),
             phi = asWeights("phi", getPhi());
  if (failed(verifyProduct(*this, getExtent(), d, out, phi, getNormWeight())))
    return failure();
  return verifyElementTypes(*this, {out}, {d},
                            {phi, {"norm_weight", getNormWeight()}});
}

LogicalResult
BackprojectOp::reifyResultShapes(OpBuilder &builder,
                                 ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getD(), dims);
}

LogicalResult OuterOp::verify() {
  NamedValue d{"d", getD()}, x{"x", getX()}, out{"out", getOut()};
  if (!out.getType().hasStaticShape())
    return emitOpError("expected 'out' of a static shape, got ")
           << out.getType();
  if (failed(verifyProduct(*this, getExtent(), d, x, out, nullptr)))
    return failure();
  return verifyElementTypes(*this, {x}, {d, out});
}

LogicalResult OuterOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

namespace {
/// phi * 1 is phi: a norm weight of ones changes no number.
template <typename OpT> struct DropUnitNormWeight : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (!op.getNormWeight() || !matchPattern(op.getNormWeight(), m_OneFloat()))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getNormWeightMutable().clear(); });
    return success();
  }
};
} // namespace

void ProjectOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<DropUnitNormWeight<ProjectOp>>(context);
}

void BackprojectOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                MLIRContext *context) {
  patterns.add<DropUnitNormWeight<BackprojectOp>>(context);
}
