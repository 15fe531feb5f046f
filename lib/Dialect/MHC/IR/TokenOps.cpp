//===- TokenOps.cpp - Verifiers of the token ops --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TokenOps.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

using namespace mlir;
using namespace mlir::mhc;

LogicalResult mlir::mhc::verifyEps(Operation *op, FloatAttr eps) {
  double value = eps.getValueAsDouble();
  if (std::isfinite(value) && value >= 0)
    return success();
  return op->emitOpError("expected eps to be finite and not negative, got ")
         << value;
}

LogicalResult mlir::mhc::verifyCount(Operation *op, int64_t count) {
  if (count >= 1)
    return success();
  return op->emitOpError("expected count to be at least 1, got ") << count;
}

LogicalResult mlir::mhc::verifyMatrix(Operation *op, NamedValue matrix) {
  ArrayRef<int64_t> shape = matrix.getType().getShape();
  if (shape.size() >= 2) {
    int64_t rows = shape[shape.size() - 2], columns = shape.back();
    if (rows == columns && rows >= 1 && rows <= kMaxStreams)
      return success();
  }
  return op->emitOpError("expected '")
         << matrix.name << "' to end in a static square matrix of 1 to "
         << kMaxStreams << " streams, got " << matrix.getType();
}

//===----------------------------------------------------------------------===//
// mhc.rstd
//===----------------------------------------------------------------------===//

LogicalResult RstdOp::verify() {
  if (failed(verifyCount(*this, static_cast<int64_t>(getCount()))))
    return failure();
  return verifyEps(*this, getEpsAttr());
}

LogicalResult RstdOp::reifyResultShapes(OpBuilder &builder,
                                        ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getSquares(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.gates
//===----------------------------------------------------------------------===//

LogicalResult mlir::mhc::verifyElementsAs(Operation *op, NamedValue reference,
                                          ArrayRef<NamedValue> values) {
  Type element = reference.getType().getElementType();
  for (NamedValue value : values)
    if (value.getType().getElementType() != element)
      return op->emitOpError("expected '")
             << value.name << "' of " << element << " as '" << reference.name
             << "' is, got " << value.getType();
  return success();
}

LogicalResult mlir::mhc::verifyGates(Operation *op, GatesAttr gates, Value h,
                                     Value scale, Value base, ValueRange outs,
                                     ArrayRef<StringRef> names,
                                     TokenDims &tokens) {
  StringRef pre = names.front();
  auto preType = cast<RankedTensorType>(outs.front().getType());
  if (preType.getRank() < 1)
    return op->emitOpError("expected '")
           << pre << "' of shape [T.., n], got " << preType;
  int64_t n = preType.getShape().back();
  tokens = TokenDims(pre, preType.getShape().drop_back());
  if (n < 1 || n > kMaxStreams)
    return op->emitOpError("expected '")
           << pre << "' to end in a static number of streams from 1 to "
           << kMaxStreams << ", got " << preType;

  bool isTanh = gates.getActivation() == Activation::Tanh;
  if (isTanh && outs.size() != 3)
    return op->emitOpError("expected 3 ")
           << (pre == "pre" ? "results" : "gradients of results")
           << " with activation = tanh, got " << outs.size();
  int64_t groups[] = {n, 2 * n, n * (n + 2)};
  SmallVector<int64_t> shape =
      isTanh ? SmallVector<int64_t>{n, n + 2}
             : SmallVector<int64_t>{groups[outs.size() - 1]};
  NamedValue namedH{"h", h}, namedBase{"base", base},
      namedScale{"scale", scale};
  if (failed(
          tokens.verifyCoefficients(op, namedH, shape, /*orStatic=*/false)) ||
      failed(verifyWeights(op, namedBase, shape)) ||
      failed(verifyWeights(op, namedScale, outs.size() == 1 ? 1 : 3)))
    return failure();
  SmallVector<NamedValue> coefficients;
  for (auto [index, out] : llvm::enumerate(outs)) {
    NamedValue value{names[index], out};
    SmallVector<int64_t> trailing(index == 2 ? 2 : 1, n);
    if (index > 0 && failed(tokens.verifyCoefficients(op, value, trailing,
                                                      /*orStatic=*/false)))
      return failure();
    coefficients.push_back(value);
  }
  // The coefficients give the type: f64 all of them, or f32.
  if (failed(verifyElementsAs(op, namedH, coefficients)))
    return failure();
  Type compute = namedH.getType().getElementType();
  for (NamedValue value : {namedScale, namedBase})
    if (value.getType().getElementTypeBitWidth() >
        compute.getIntOrFloatBitWidth())
      return op->emitOpError("expected '")
             << value.name << "' no wider than " << compute << ", got "
             << value.getType();
  return success();
}

LogicalResult GatesOp::verify() {
  if (getNumResults() < 1 || getNumResults() > 3)
    return emitOpError("expected 1 to 3 results, pre, post and res, got ")
           << getNumResults();
  TokenDims tokens("pre", {});
  return verifyGates(*this, getGates(), getH(), getScale(), getBase(),
                     getOuts(), {"pre", "post", "res"}, tokens);
}

LogicalResult GatesOp::reifyResultShapes(OpBuilder &builder,
                                         ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getH(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.sinkhorn, mhc.sinkhorn_step
//===----------------------------------------------------------------------===//

LogicalResult SinkhornOp::verify() {
  return verifyMatrix(*this, {"logits", getLogits()});
}

LogicalResult SinkhornOp::reifyResultShapes(OpBuilder &builder,
                                            ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getLogits(), dims);
}

LogicalResult SinkhornStepOp::verify() {
  if (failed(verifyEps(*this, getEpsAttr())))
    return failure();
  return verifyMatrix(*this, {"x", getX()});
}

LogicalResult
SinkhornStepOp::reifyResultShapes(OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}
