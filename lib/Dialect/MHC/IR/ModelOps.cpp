//===- ModelOps.cpp - Verifiers and folders of the model ops --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// mhc.connection
//===----------------------------------------------------------------------===//

/// The operands that a kind takes.
static LogicalResult verifyOperandsOfKind(ConnectionOp op) {
  Kind kind = op.getVariant().getKind();
  auto require = [&](Value value, StringRef name, bool expected) {
    if (static_cast<bool>(value) == expected)
      return success();
    InFlightDiagnostic diagnostic = op.emitOpError("expected ");
    return LogicalResult(diagnostic << (expected ? "" : "no ") << "'" << name
                                    << "' for kind " << stringifyKind(kind)
                                    << ", got " << (expected ? "none" : "one"));
  };
  if (kind == Kind::Residual)
    return success(
        succeeded(require(op.getPhi(), "phi", false)) &&
        succeeded(require(op.getScale(), "scale", false)) &&
        succeeded(require(op.getBase(), "base", false)) &&
        succeeded(require(op.getNormWeight(), "norm_weight", false)) &&
        succeeded(require(op.getPreIn(), "pre_in", false)) &&
        succeeded(require(op.getPre(), "pre", false)));
  if (failed(require(op.getBase(), "base", true)))
    return failure();
  if (kind == Kind::MHC)
    return success(succeeded(require(op.getPhi(), "phi", true)) &&
                   succeeded(require(op.getScale(), "scale", true)));
  if (!op.getPhi() != !op.getScale())
    return op.emitOpError("expected 'phi' and 'scale' together (dynamic) or "
                          "neither (static) for kind hc, got '")
           << (op.getPhi() ? "phi" : "scale") << "' alone";
  if (op.getNormWeight() && !op.getPhi())
    return op.emitOpError("expected 'phi' beside 'norm_weight', got none");
  return success();
}

/// phi, scale, base and norm_weight of a connection with n streams.
static LogicalResult verifyWeightShapes(ConnectionOp op, RowShape x) {
  VariantAttr variant = op.getVariant();
  int64_t n = x.streams, hidden = x.hidden;
  if (variant.getKind() == Kind::HC) {
    if (failed(verifyWeights(op, {"base", op.getBase()}, {n, n + 2})))
      return failure();
    if (!op.getPhi())
      return success();
    if (failed(verifyWeights(op, {"phi", op.getPhi()}, {n + 2, hidden})) ||
        failed(verifyWeights(op, {"scale", op.getScale()}, {3})))
      return failure();
    return op.getNormWeight()
               ? verifyWeights(op, {"norm_weight", op.getNormWeight()}, hidden)
               : success();
  }
  // Without mixing, the rows of res may be left out.
  int64_t m = n * (n + 2);
  ArrayRef<int64_t> base = op.getBase().getType().getShape();
  if (!variant.getSinkhorn() && base == ArrayRef<int64_t>{2 * n})
    m = 2 * n;
  if (failed(verifyWeights(op, {"phi", op.getPhi()}, {m, n * hidden})) ||
      failed(verifyWeights(op, {"scale", op.getScale()}, {3})) ||
      failed(verifyWeights(op, {"base", op.getBase()}, {m})))
    return failure();
  return op.getNormWeight()
             ? verifyWeights(op, {"norm_weight", op.getNormWeight()},
                             n * hidden)
             : success();
}

/// The sublayer's argument y, the row x without streams.
static LogicalResult verifyY(ConnectionOp op) {
  Block &body = op.getSublayer().front();
  if (body.getNumArguments() != 1)
    return op.emitOpError("expected one argument of the sublayer, the row y "
                          "[T.., C], got ")
           << body.getNumArguments();
  Type yType = body.getArgument(0).getType();
  if (!isRowType(yType))
    return op.emitOpError("expected the sublayer's argument to be rows (ranked "
                          "tensor of bf16, f16, f32 or f64, without encoding), "
                          "got ")
           << yType;
  int64_t missing =
      op.getX().getType().getRank() - cast<RankedTensorType>(yType).getRank();
  bool isResidual = op.getVariant().getKind() == Kind::Residual;
  if (missing == 1 || (missing == 0 && isResidual))
    return success();
  return op.emitOpError("expected the sublayer's argument to have the "
                        "dimensions of 'x' without streams, got ")
         << yType << " for " << op.getX().getType();
}

LogicalResult ConnectionOp::verify() {
  // ODS looks at the groups that are optional only.
  if (getODSOperandIndexAndLength(0).second != 1)
    return emitOpError("expected one operand 'x', got ")
           << getODSOperandIndexAndLength(0).second;
  Kind kind = getVariant().getKind();
  if (failed(verifyOperandsOfKind(*this)) || failed(verifyY(*this)))
    return failure();

  bool withStreams = hasStreams();
  NamedValue x{"x", getX()}, y{"y", getY()}, out{"out", getOut()};
  FailureOr<RowShape> xShape, yShape, outShape;
  if (failed(xShape = verifyRow(*this, x, withStreams)) ||
      failed(yShape = verifyRow(*this, y, false)) ||
      failed(outShape = verifyRow(*this, out, withStreams)))
    return failure();
  if (kind == Kind::Residual && xShape->streams != 1)
    return emitOpError("expected one stream for kind residual, got ")
           << xShape->streams;
  TokenDims tokens("x", xShape->tokens);
  if (yShape->hidden != xShape->hidden)
    return emitOpError("expected the sublayer's argument to have the "
                       "dimensions of 'x' without streams, got ")
           << y.getType() << " for " << x.getType();
  if (outShape->hidden != xShape->hidden ||
      outShape->streams != xShape->streams)
    return emitOpError("expected 'out' to have the dimensions of 'x', got ")
           << out.getType() << " for " << x.getType();
  if (failed(tokens.verify(*this, "y", yShape->tokens)) ||
      failed(tokens.verify(*this, "out", outShape->tokens)))
    return failure();
  if (kind != Kind::Residual && failed(verifyWeightShapes(*this, *xShape)))
    return failure();

  int64_t n = xShape->streams;
  if (getPreIn() &&
      failed(tokens.verifyCoefficients(*this, {"pre_in", getPreIn()}, n)))
    return failure();
  if (getPre()) {
    // Static coefficients have no token dimension, nor has their `pre`.
    bool isStatic = kind == Kind::HC && !getPhi();
    TokenDims none("x", {});
    if (failed((isStatic ? none : tokens)
                   .verifyCoefficients(*this, {"pre", getPre()}, n,
                                       /*orStatic=*/false)))
      return failure();
  }
  return verifyElementTypes(*this, {x, y, out},
                            {{"pre_in", getPreIn()}, {"pre", getPre()}},
                            {{"phi", getPhi()},
                             {"scale", getScale()},
                             {"base", getBase()},
                             {"norm_weight", getNormWeight()}});
}

LogicalResult ConnectionOp::verifyRegions() {
  auto yield = dyn_cast<YieldOp>(getSublayer().front().getTerminator());
  if (!yield)
    return emitOpError("expected the sublayer to end with mhc.yield, got ")
           << getSublayer().front().getTerminator()->getName();
  auto yType = cast<RankedTensorType>(getY().getType());
  RankedTensorType fType = yield.getF().getType();
  if (!haveSameDims(fType, yType, 1) ||
      fType.getElementType().isF64() != yType.getElementType().isF64())
    return yield.emitOpError(
               "expected 'f' to have the dimensions of the "
               "sublayer's argument, and f64 where that has, got ")
           << fType << " for " << yType;
  return success();
}

LogicalResult
ConnectionOp::reifyResultShapes(OpBuilder &builder,
                                ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

namespace {
/// A `pre` that nobody uses need not be returned.
struct DropUnusedPre : OpRewritePattern<ConnectionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConnectionOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getPre() || !op.getPre().use_empty())
      return failure();
    auto smaller =
        ConnectionOp::create(rewriter, op.getLoc(), op.getOut().getType(),
                             op->getOperands(), op->getAttrs());
    rewriter.inlineRegionBefore(op.getSublayer(), smaller.getSublayer(),
                                smaller.getSublayer().end());
    rewriter.replaceAllUsesWith(op.getOut(), smaller.getOut());
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void ConnectionOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *context) {
  patterns.add<DropUnusedPre>(context);
}

//===----------------------------------------------------------------------===//
// mhc.head
//===----------------------------------------------------------------------===//

LogicalResult HeadOp::verify() {
  if (getVariant().getKind() != Kind::MHC)
    return emitOpError("expected a variant of kind mhc, got ")
           << stringifyKind(getVariant().getKind());
  NamedValue x{"x", getX()}, y{"y", getY()};
  FailureOr<RowShape> xShape, yShape;
  if (failed(xShape = verifyRow(*this, x, true)) ||
      failed(yShape = verifyRow(*this, y, false)) ||
      failed(TokenDims("x", xShape->tokens).verify(*this, "y", yShape->tokens)))
    return failure();
  int64_t n = xShape->streams, hidden = xShape->hidden;
  if (yShape->hidden != hidden)
    return emitOpError("expected 'y' to have hidden ")
           << hidden << " as 'x' has, got " << yShape->hidden;
  if (failed(verifyWeights(*this, {"phi", getPhi()}, {n, n * hidden})) ||
      failed(verifyWeights(*this, {"scale", getScale()}, {1})) ||
      failed(verifyWeights(*this, {"base", getBase()}, {n})) ||
      (getNormWeight() &&
       failed(
           verifyWeights(*this, {"norm_weight", getNormWeight()}, n * hidden))))
    return failure();
  return verifyElementTypes(*this, {x, y}, {},
                            {{"phi", getPhi()},
                             {"scale", getScale()},
                             {"base", getBase()},
                             {"norm_weight", getNormWeight()}});
}

LogicalResult HeadOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.expand, mhc.reduce_streams
//===----------------------------------------------------------------------===//

/// Rows of the same tokens and hidden, `many` with streams and `one` without.
static LogicalResult verifyExpansion(Operation *op, NamedValue many,
                                     NamedValue one) {
  FailureOr<RowShape> manyShape, oneShape;
  if (failed(manyShape = verifyRow(op, many, true)) ||
      failed(oneShape = verifyRow(op, one, false)))
    return failure();
  if (manyShape->hidden != oneShape->hidden ||
      !compatible(manyShape->tokens, oneShape->tokens))
    return op->emitOpError("expected '")
           << one.name << "' to have the dimensions of '" << many.name
           << "' without streams, got " << one.getType() << " for "
           << many.getType();
  return verifyElementTypes(op, {many, one}, {});
}

LogicalResult ExpandOp::verify() {
  return verifyExpansion(*this, {"out", getOut()}, {"x", getX()});
}

LogicalResult ExpandOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

LogicalResult ReduceStreamsOp::verify() {
  return verifyExpansion(*this, {"x", getX()}, {"y", getY()});
}

LogicalResult
ReduceStreamsOp::reifyResultShapes(OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}

OpFoldResult ReduceStreamsOp::fold(FoldAdaptor) {
  // One stream only: the sum of more may round or overflow.
  auto expand = getX().getDefiningOp<ExpandOp>();
  RankedTensorType type = getX().getType();
  if (expand && type.getDimSize(type.getRank() - 2) == 1 &&
      type.getElementType() == getY().getType().getElementType() &&
      expand.getX().getType() == getY().getType())
    return expand.getX();
  return {};
}

LogicalResult PinOp::reifyResultShapes(OpBuilder &builder,
                                       ReifiedRankedShapedTypeDims &dims) {
  dims.push_back(tensor::getMixedSizes(builder, getLoc(), getValue()));
  return success();
}
