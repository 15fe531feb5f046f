//===- GradientOps.cpp - Verifiers of the gradients of token ops ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TokenOps.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// mhc.rstd_grad
//===----------------------------------------------------------------------===//

LogicalResult RstdGradOp::verify() {
  return verifyCount(*this, static_cast<int64_t>(getCount()));
}

LogicalResult RstdGradOp::reifyResultShapes(OpBuilder &builder,
                                            ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getRstd(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.gates_grad
//===----------------------------------------------------------------------===//

LogicalResult GatesGradOp::verify() {
  if (getDouts().empty() || getDouts().size() > 3)
    return emitOpError("expected 1 to 3 gradients of results, dpre, dpost and "
                       "dres, got ")
           << getDouts().size();
  TokenDims tokens("dpre", {});
  if (failed(verifyGates(*this, getGates(), getH(), getScale(), getBase(),
                         getDouts(), {"dpre", "dpost", "dres"}, tokens)))
    return failure();
  NamedValue h{"h", getH()};
  ArrayRef<int64_t> base =
      cast<RankedTensorType>(getBase().getType()).getShape();
  ArrayRef<int64_t> scale =
      cast<RankedTensorType>(getScale().getType()).getShape();
  NamedValue dh{"dh", getDh()}, dscale{"dscale", getDscale()},
      dbase{"dbase", getDbase()};
  if (failed(tokens.verifyCoefficients(*this, dh, base, /*orStatic=*/false)) ||
      failed(tokens.verifyCoefficients(*this, dscale, scale, false)) ||
      failed(tokens.verifyCoefficients(*this, dbase, base, false)))
    return failure();
  return verifyElementsAs(*this, h, {dh, dscale, dbase});
}

LogicalResult
GatesGradOp::reifyResultShapes(OpBuilder &builder,
                               ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getH(), dims);
}

//===----------------------------------------------------------------------===//
// mhc.sinkhorn_grad, mhc.sinkhorn_step_grad
//===----------------------------------------------------------------------===//

LogicalResult SinkhornGradOp::verify() {
  return verifyMatrix(*this, {"logits", getLogits()});
}

LogicalResult
SinkhornGradOp::reifyResultShapes(OpBuilder &builder,
                                  ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getLogits(), dims);
}

LogicalResult SinkhornStepGradOp::verify() {
  if (failed(verifyEps(*this, getEpsAttr())))
    return failure();
  return verifyMatrix(*this, {"x", getX()});
}

LogicalResult
SinkhornStepGradOp::reifyResultShapes(OpBuilder &builder,
                                      ReifiedRankedShapedTypeDims &dims) {
  return reifyTokens(*this, builder, getX(), dims);
}
