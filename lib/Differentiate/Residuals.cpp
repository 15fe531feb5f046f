//===- Residuals.cpp - What need not be kept for a backward ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Differentiate/Residuals.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::mhc;

CheapValues::CheapValues(Block &block) {
  for (Operation &op : block)
    for (Value result : op.getResults())
      if (isCoefficient(result))
        coefficients.insert(result);
}

bool CheapValues::isOfArguments(Value value) {
  while (auto slice = value.getDefiningOp<tensor::ExtractSliceOp>())
    value = slice.getSource();
  return isa<BlockArgument>(value);
}

bool CheapValues::isCheap(Operation *op) const {
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<ExpandOp, tensor::EmptyOp, tensor::DimOp, linalg::FillOp>(op))
    return true;
  if (isa<ProjectOp, InnerOp>(op) || !isMemoryEffectFree(op) ||
      op->getNumResults() == 0)
    return false;
  // Views, and slices of arguments: weights cut from a stack.
  if (isa<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp,
          tensor::ReshapeOp>(op))
    return true;
  if (isa<tensor::ExtractSliceOp>(op))
    return isOfArguments(op->getOperand(0));
  // Numbers.
  auto isScalar = [](Type type) { return !isa<ShapedType>(type); };
  if (llvm::all_of(op->getResultTypes(), isScalar) &&
      (isa<tensor::ExtractOp>(op) ||
       llvm::all_of(op->getOperandTypes(), isScalar)))
    return true;
  return llvm::all_of(op->getResults(), [&](Value result) {
    return coefficients.contains(result);
  });
}

bool CheapValues::isCoefficient(Value value) const {
  Operation *op = value.getDefiningOp();
  if (isa<ProjectOp, InnerOp, RstdOp, GatesOp, SinkhornOp, SinkhornStepOp>(op))
    return true;
  // Elementwise, of coefficients and weights, and not larger than the
  // coefficients.
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!linalgOp || !type || linalgOp.getNumReductionLoops() != 0)
    return false;
  bool ofCoefficients = false;
  for (Value input : linalgOp.getDpsInputs()) {
    if (coefficients.contains(input)) {
      auto inputType = cast<RankedTensorType>(input.getType());
      ofCoefficients |= inputType.getShape() == type.getShape();
    } else if (isa<RankedTensorType>(input.getType()) &&
               !isOfArguments(input)) {
      return false;
    }
  }
  return ofCoefficients;
}
