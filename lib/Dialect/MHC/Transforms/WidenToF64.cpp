//===- WidenToF64.cpp - The same program in f64 ---------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCWIDENTOF64
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

/// Exact: every narrower float is an f64.
static APFloat widen(APFloat value) {
  bool losesInfo = false;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value;
}

static bool isNarrowFloat(Type type) {
  auto floatType = dyn_cast<FloatType>(type);
  return floatType && floatType.getWidth() < 64;
}

/// Replaces narrow float types and the attributes that hold such numbers.
static AttrTypeReplacer makeReplacer(MLIRContext *context) {
  auto f64 = Float64Type::get(context);
  AttrTypeReplacer replacer;
  replacer.addReplacement([=](FloatType type) -> std::optional<Type> {
    if (isNarrowFloat(type))
      return f64;
    return std::nullopt;
  });
  replacer.addReplacement([=](FloatAttr attr) -> std::optional<Attribute> {
    if (isNarrowFloat(attr.getType()))
      return FloatAttr::get(f64, widen(attr.getValue()));
    return std::nullopt;
  });
  replacer.addReplacement(
      [=](DenseFPElementsAttr attr) -> std::optional<Attribute> {
        if (!isNarrowFloat(attr.getElementType()))
          return std::nullopt;
        return attr.mapValues(f64, [](const APFloat &value) {
          return widen(value).bitcastToAPInt();
        });
      });
  replacer.addReplacement(
      [=](DenseResourceElementsAttr attr) -> std::optional<Attribute> {
        // Only the raw bytes of f32 are read here; others keep their type and
        // are refused below.
        auto f32 = dyn_cast<DenseF32ResourceElementsAttr>(attr);
        std::optional<ArrayRef<float>> values =
            f32 ? f32.tryGetAsArrayRef() : std::nullopt;
        if (!values)
          return std::nullopt;
        SmallVector<double> wide(values->begin(), values->end());
        return DenseElementsAttr::get(attr.getType().clone(f64),
                                      ArrayRef<double>(wide));
      });
  return replacer;
}

namespace {
/// A result whose rounding the program does, and to which type.
struct Rounding {
  Operation *op;
  Type type;
};

struct WidenToF64 : mhc::impl::MHCWidenToF64Base<WidenToF64> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Rounding> roundings;
    SmallVector<Operation *> casts;
    WalkResult result = getOperation()->walk([&](Operation *op) {
      if (failed(check(op)))
        return WalkResult::interrupt();
      bool isCast = isa<arith::TruncFOp, arith::ExtFOp>(op);
      if (isCast)
        casts.push_back(op);
      if (round && needsRounding(op, isCast))
        roundings.push_back({op, getElementTypeOrSelf(op->getResult(0))});
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();

    makeReplacer(&getContext())
        .recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true,
                                      /*replaceLocs=*/false,
                                      /*replaceTypes=*/true);

    for (Rounding rounding : roundings)
      insertRounding(rounding);
    for (Operation *cast : casts) {
      cast->getResult(0).replaceAllUsesWith(cast->getOperand(0));
      cast->erase();
    }
  }

private:
  /// What has no meaning in another type: bits of floats, floats wider than
  /// f64, complex numbers, and constants that cannot be read.
  static LogicalResult check(Operation *op) {
    bool readsBits = op->getName().getStringRef().ends_with("bitcast") ||
                     op->getName().getStringRef() == "memref.view";
    SmallVector<Type> types(op->getOperandTypes());
    llvm::append_range(types, op->getResultTypes());
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::append_range(types, block.getArgumentTypes());
    if (auto function = dyn_cast<FunctionOpInterface>(op)) {
      llvm::append_range(types, function.getArgumentTypes());
      llvm::append_range(types, function.getResultTypes());
    }
    for (Type type : types) {
      Type element = getElementTypeOrSelf(type);
      if (readsBits && isNarrowFloat(element))
        return op->emitOpError("expected no op that reads the bits of a float, "
                               "which cannot be computed in f64");
      auto floatType = dyn_cast<FloatType>(element);
      if ((floatType && floatType.getWidth() > 64) || isa<ComplexType>(element))
        return op->emitOpError("expected real numbers no wider than f64, got ")
               << type;
    }
    for (NamedAttribute attr : op->getAttrs()) {
      auto resource = dyn_cast<DenseResourceElementsAttr>(attr.getValue());
      if (resource && isNarrowFloat(resource.getElementType()) &&
          !isa<DenseF32ResourceElementsAttr>(resource))
        return op->emitOpError("expected a dense resource of f32, f64 or "
                               "integers, got ")
               << resource.getType();
    }
    return success();
  }

  /// A cast to a narrower type rounds; so does arithmetic in a type below f32,
  /// which the program rounds after every op.
  static bool needsRounding(Operation *op, bool isCast) {
    if (op->getNumResults() != 1)
      return false;
    Type type = getElementTypeOrSelf(op->getResult(0));
    if (isCast)
      return isa<arith::TruncFOp>(op);
    if (isa<arith::SIToFPOp, arith::UIToFPOp>(op))
      return isNarrowFloat(type);
    bool isMath = isa<arith::ArithDialect, math::MathDialect>(op->getDialect());
    return isMath && !op->hasTrait<OpTrait::ConstantLike>() &&
           isNarrowFloat(type) && cast<FloatType>(type).getWidth() < 32;
  }

  /// value -> extf(truncf(value)) after `rounding.op`.
  static void insertRounding(Rounding rounding) {
    Operation *op = rounding.op;
    Value value =
        isa<arith::TruncFOp>(op) ? op->getOperand(0) : op->getResult(0);
    OpBuilder builder(op->getContext());
    builder.setInsertionPointAfter(op);
    Type wide = value.getType();
    Type narrow = rounding.type;
    if (auto shaped = dyn_cast<ShapedType>(wide))
      narrow = shaped.clone(narrow);
    auto trunc = arith::TruncFOp::create(builder, op->getLoc(), narrow, value);
    Value ext =
        arith::ExtFOp::create(builder, op->getLoc(), wide, trunc.getResult());
    op->getResult(0).replaceAllUsesExcept(ext, trunc);
  }
};
} // namespace
