//===- Tensor.cpp - Derivatives of ops that move elements -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace mlir::mhc;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

static void addReshapes(DerivativeRules &rules) {
  rules.add<tensor::CastOp>([](tensor::CastOp op, Gradients &g) {
    if (!isa<RankedTensorType>(op.getSource().getType()))
      return emitNoDerivative(op);
    g.add(op.getSource(),
          tensor::CastOp::create(g.builder, op.getLoc(),
                                 op.getSource().getType(), g.get(op)));
    return success();
  });
  rules.add<tensor::ExpandShapeOp>([](tensor::ExpandShapeOp op, Gradients &g) {
    g.add(op.getSrc(), tensor::CollapseShapeOp::create(
                           g.builder, op.getLoc(), typeOf(op.getSrc()),
                           g.get(op), op.getReassociationIndices()));
    return success();
  });
  rules.add<tensor::CollapseShapeOp>(
      [](tensor::CollapseShapeOp op, Gradients &g) {
        g.add(op.getSrc(),
              tensor::ExpandShapeOp::create(
                  g.builder, op.getLoc(), typeOf(op.getSrc()), g.get(op),
                  op.getReassociationIndices(),
                  tensor::getMixedSizes(g.builder, op.getLoc(), op.getSrc())));
        return success();
      });
  rules.add<tensor::ReshapeOp>([](tensor::ReshapeOp op, Gradients &g) {
    auto type = dyn_cast<RankedTensorType>(op.getSource().getType());
    if (!type || !isa<RankedTensorType>(op.getResult().getType()))
      return emitNoDerivative(op);
    SmallVector<Value> sizes;
    for (int64_t i = 0; i < type.getRank(); ++i)
      sizes.push_back(getValueOrCreateConstantIndexOp(
          g.builder, op.getLoc(),
          tensor::getMixedSize(g.builder, op.getLoc(), op.getSource(), i)));
    auto shapeType =
        RankedTensorType::get(type.getRank(), g.builder.getIndexType());
    Value shape = tensor::FromElementsOp::create(g.builder, op.getLoc(),
                                                 shapeType, sizes);
    g.add(op.getSource(), tensor::ReshapeOp::create(g.builder, op.getLoc(),
                                                    type, g.get(op), shape));
    return success();
  });
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

static void addSlices(DerivativeRules &rules) {
  rules.add<tensor::ExtractSliceOp>([](tensor::ExtractSliceOp op,
                                       Gradients &g) {
    Value zeros = createZerosLike(g.builder, op.getLoc(), op.getSource());
    g.add(op.getSource(),
          tensor::InsertSliceOp::create(
              g.builder, op.getLoc(), g.get(op), zeros, op.getMixedOffsets(),
              op.getMixedSizes(), op.getMixedStrides()));
    return success();
  });
  rules.add<tensor::InsertSliceOp>([](tensor::InsertSliceOp op, Gradients &g) {
    Value d = g.get(op), source = op.getSource();
    if (g.isActive(source))
      g.add(source,
            tensor::ExtractSliceOp::create(
                g.builder, op.getLoc(), typeOf(source), d, op.getMixedOffsets(),
                op.getMixedSizes(), op.getMixedStrides()));
    // What was overwritten has no influence.
    if (g.isActive(op.getDest()))
      g.add(op.getDest(), tensor::InsertSliceOp::create(
                              g.builder, op.getLoc(),
                              createZerosLike(g.builder, op.getLoc(), source),
                              d, op.getMixedOffsets(), op.getMixedSizes(),
                              op.getMixedStrides()));
    return success();
  });
  rules.add<tensor::PadOp>([](tensor::PadOp op, Gradients &g) {
    Value filler = op.getConstantPaddingValue();
    if (!filler || g.isActive(filler))
      return LogicalResult(
          op.emitOpError("expected a constant value of the padding, which "
                         "mhc-differentiate gives no gradient, got another"));
    RankedTensorType type = typeOf(op.getSource());
    SmallVector<OpFoldResult> strides(type.getRank(),
                                      g.builder.getIndexAttr(1));
    g.add(op.getSource(),
          tensor::ExtractSliceOp::create(
              g.builder, op.getLoc(), type, g.get(op.getResult()),
              op.getMixedLowPad(),
              tensor::getMixedSizes(g.builder, op.getLoc(), op.getSource()),
              strides));
    return success();
  });
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

static void addElements(DerivativeRules &rules) {
  rules.add<tensor::ExtractOp>([](tensor::ExtractOp op, Gradients &g) {
    Value zeros = createZerosLike(g.builder, op.getLoc(), op.getTensor());
    g.add(op.getTensor(), tensor::InsertOp::create(g.builder, op.getLoc(),
                                                   g.get(op.getResult()), zeros,
                                                   op.getIndices()));
    return success();
  });
  rules.add<tensor::InsertOp>([](tensor::InsertOp op, Gradients &g) {
    Value d = g.get(op.getResult());
    if (g.isActive(op.getScalar()))
      g.add(op.getScalar(), tensor::ExtractOp::create(g.builder, op.getLoc(), d,
                                                      op.getIndices()));
    if (g.isActive(op.getDest())) {
      Value zero = createZerosLike(g.builder, op.getLoc(), op.getScalar());
      g.add(op.getDest(), tensor::InsertOp::create(g.builder, op.getLoc(), zero,
                                                   d, op.getIndices()));
    }
    return success();
  });
  rules.add<tensor::FromElementsOp>(
      [](tensor::FromElementsOp op, Gradients &g) {
        ArrayRef<int64_t> shape = op.getType().getShape();
        SmallVector<int64_t> strides = computeStrides(shape);
        for (auto [position, element] : llvm::enumerate(op.getElements())) {
          if (!g.isActive(element))
            continue;
          SmallVector<Value> indices;
          for (int64_t index : delinearize(position, strides))
            indices.push_back(
                arith::ConstantIndexOp::create(g.builder, op.getLoc(), index));
          g.add(element, tensor::ExtractOp::create(g.builder, op.getLoc(),
                                                   g.get(op), indices));
        }
        return success();
      });
}

void mlir::mhc::addTensorRules(DerivativeRules &rules) {
  addReshapes(rules);
  addSlices(rules);
  addElements(rules);
}
