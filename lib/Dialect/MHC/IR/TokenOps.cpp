//===- TokenOps.cpp - Verifiers of the token ops --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

using namespace mlir;
using namespace mlir::mhc;

static LogicalResult verifyEps(Operation *op, FloatAttr eps) {
  double value = eps.getValueAsDouble();
  if (std::isfinite(value) && value >= 0)
    return success();
  return op->emitOpError("expected eps to be finite and not negative, got ")
         << value;
}

/// Coefficients [.., n, n] with 1 to 16 streams.
static LogicalResult verifyMatrix(Operation *op, NamedValue matrix) {
  ArrayRef<int64_t> shape = matrix.getType().getShape();
  if (shape.size() >= 2) {
    int64_t rows = shape[shape.size() - 2], columns = shape.back();
    if (rows == columns && rows >= 1 && rows <= kMaxStreams)
      return success();
  }
  return op->emitOpError("expected '")
         << matrix.name << "' to end in a static square matrix of 1 to "
         << kMaxStreams << " streams, got " << matrix.getWrittenType();
}

//===----------------------------------------------------------------------===//
// mhc.rstd
//===----------------------------------------------------------------------===//

LogicalResult RstdOp::verify() {
  if (static_cast<int64_t>(getCount()) < 1)
    return emitOpError("expected count to be at least 1, got ")
           << static_cast<int64_t>(getCount());
  return verifyEps(*this, getEpsAttr());
}

LogicalResult RstdOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getSquares(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.gates
//===----------------------------------------------------------------------===//

LogicalResult GatesOp::verify() {
  if (getNumResults() < 1 || getNumResults() > 3)
    return emitOpError("expected 1 to 3 results, pre, post and res, got ")
           << getNumResults();
  if (failed(verifyOneLevel(*this)))
    return failure();
  NamedValue pre = asCoefficients("pre", getPre());
  RankedTensorType preType = pre.getType();
  if (preType.getRank() < 1)
    return emitOpError("expected 'pre' of shape [T.., n], got ")
           << pre.getWrittenType();
  int64_t n = preType.getShape().back();
  TokenDims tokens("pre", preType.getShape().drop_back());
  if (n < 1 || n > kMaxStreams)
    return emitOpError("expected 'pre' to end in a static number of streams "
                       "from 1 to ")
           << kMaxStreams << ", got " << pre.getWrittenType();

  NamedValue h = asCoefficients("h", getH()),
             base = asWeights("base", getBase()),
             scale = asWeights("scale", getScale());
  bool isTanh = getGates().getActivation() == Activation::Tanh;
  if (isTanh && getNumResults() != 3)
    return emitOpError("expected 3 results with activation = tanh, got ")
           << getNumResults();
  int64_t groups[] = {n, 2 * n, n * (n + 2)};
  SmallVector<int64_t> shape =
      isTanh ? SmallVector<int64_t>{n, n + 2}
             : SmallVector<int64_t>{groups[getNumResults() - 1]};
  if (failed(tokens.verifyCoefficients(*this, h, shape, /*orStatic=*/false)) ||
      failed(verifyWeights(*this, base, shape)) ||
      failed(verifyWeights(*this, scale, getNumResults() == 1 ? 1 : 3)))
    return failure();
  SmallVector<NamedValue> coefficients = {h, pre};
  if (Value post = getPost()) {
    coefficients.push_back(asCoefficients("post", post));
    if (failed(tokens.verifyCoefficients(*this, coefficients.back(), n, false)))
      return failure();
  }
  if (Value res = getRes()) {
    coefficients.push_back(asCoefficients("res", res));
    if (failed(
            tokens.verifyCoefficients(*this, coefficients.back(), {n, n}, false)))
      return failure();
  }
  // The coefficients give the type: f64 all of them, or f32.
  Type compute = h.getType().getElementType();
  for (NamedValue value : coefficients)
    if (value.getType().getElementType() != compute)
      return emitOpError("expected '") << value.name << "' of " << compute
                                       << " as 'h' is, got "
                                       << value.getWrittenType();
  for (NamedValue value : {scale, base})
    if (value.getType().getElementTypeBitWidth() >
        compute.getIntOrFloatBitWidth())
      return emitOpError("expected '")
             << value.name << "' no wider than " << compute << ", got "
             << value.getWrittenType();
  return success();
}

LogicalResult GatesOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getH(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.sinkhorn, mhc.sinkhorn_step
//===----------------------------------------------------------------------===//

LogicalResult SinkhornOp::verify() {
  return verifyMatrix(*this, asCoefficients("logits", getLogits()));
}

LogicalResult SinkhornOp::reifyResultShapes(OpBuilder &builder,
                                            ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getLogits(), dims);
}

LogicalResult SinkhornStepOp::verify() {
  if (failed(verifyEps(*this, getEpsAttr())))
    return failure();
  return verifyMatrix(*this, asCoefficients("x", getX()));
}

LogicalResult
SinkhornStepOp::reifyResultShapes(OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}
