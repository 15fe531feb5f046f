//===- LoopNest.cpp - Builders of linalg.generic --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

unsigned LoopNest::read(Value tensor, ArrayRef<AffineExpr> indices) {
  inputs.push_back(tensor);
  maps.push_back(AffineMap::get(rank, 0, indices, builder.getContext()));
  return inputs.size() - 1;
}

SmallVector<AffineExpr> LoopNest::firstDims(unsigned count) const {
  SmallVector<AffineExpr> dims;
  for (unsigned i = 0; i < count; ++i)
    dims.push_back(dim(i));
  return dims;
}

Value LoopNest::map(Value init, Body body) {
  return reduce(init, firstDims(rank),
                [&](OpBuilder &b, Location l, ValueRange args, Value) {
                  return body(b, l, args);
                });
}

Value LoopNest::reduce(Value init, ArrayRef<AffineExpr> indices,
                       Reduction body) {
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::reduction);
  for (AffineExpr index : indices)
    iterators[cast<AffineDimExpr>(index).getPosition()] =
        utils::IteratorType::parallel;
  SmallVector<AffineMap> allMaps = maps;
  allMaps.push_back(AffineMap::get(rank, 0, indices, builder.getContext()));
  return linalg::GenericOp::create(
             builder, loc, init.getType(), inputs, init, allMaps, iterators,
             [&](OpBuilder &b, Location l, ValueRange args) {
               Value result = body(b, l, args.drop_back(), args.back());
               linalg::YieldOp::create(b, l, result);
             })
      .getResult(0);
}

Value mlir::mhc::createEmpty(OpBuilder &builder, Location loc,
                             RankedTensorType type, Value like) {
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(tensor::DimOp::create(builder, loc, like, i));
  return tensor::EmptyOp::create(builder, loc, type, sizes);
}

Value mlir::mhc::createZeros(OpBuilder &builder, Location loc,
                             RankedTensorType type, Value like) {
  Value zero = createFloat(builder, loc, type.getElementType(), 0.0);
  return linalg::FillOp::create(builder, loc, zero,
                                createEmpty(builder, loc, type, like))
      .getResult(0);
}

Value mlir::mhc::convertFloat(OpBuilder &builder, Location loc, Value value,
                              Type type) {
  auto withElement = [&](Type element) -> Type {
    auto vector = dyn_cast<VectorType>(value.getType());
    return vector ? Type(vector.clone(element)) : element;
  };
  Type element = getElementTypeOrSelf(value.getType());
  if (element == type)
    return value;
  unsigned from = element.getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(builder, loc, withElement(type), value);
  // bf16 and f16: neither holds the other.
  if (from == to)
    value = arith::ExtFOp::create(builder, loc,
                                  withElement(builder.getF32Type()), value);
  return arith::TruncFOp::create(builder, loc, withElement(type), value);
}

Value mlir::mhc::convertTensor(OpBuilder &builder, Location loc, Value tensor,
                               Type type) {
  auto tensorType = cast<RankedTensorType>(tensor.getType());
  if (tensorType.getElementType() == type)
    return tensor;
  LoopNest nest(builder, loc, tensorType.getRank());
  nest.read(tensor, nest.firstDims(tensorType.getRank()));
  return nest.map(createEmpty(builder, loc, tensorType.clone(type), tensor),
                  [&](OpBuilder &b, Location l, ValueRange args) {
                    return convertFloat(b, l, args[0], type);
                  });
}

Value mlir::mhc::buildTreeSum(OpBuilder &builder, Location loc,
                              ArrayRef<Value> values) {
  SmallVector<Value> level(values);
  while (level.size() > 1) {
    SmallVector<Value> next;
    for (size_t i = 0; i + 1 < level.size(); i += 2)
      next.push_back(
          arith::AddFOp::create(builder, loc, level[i], level[i + 1]));
    if (level.size() % 2)
      next.push_back(level.back());
    level = std::move(next);
  }
  return level.front();
}

void ProductSum::addProduct(Value a, Value b) {
  a = convertFloat(builder, loc, a, type);
  b = convertFloat(builder, loc, b, type);
  sum = sum ? Value(math::FmaOp::create(builder, loc, a, b, sum))
            : Value(arith::MulFOp::create(builder, loc, a, b));
}

void ProductSum::add(Value a) {
  a = convertFloat(builder, loc, a, type);
  sum = sum ? Value(arith::AddFOp::create(builder, loc, sum, a)) : a;
}

Value mlir::mhc::createFloat(OpBuilder &builder, Location loc, Type type,
                             double value) {
  APFloat rounded(value);
  bool losesInfo = false;
  rounded.convert(cast<FloatType>(type).getFloatSemantics(),
                  APFloat::rmNearestTiesToEven, &losesInfo);
  if (!losesInfo)
    return arith::ConstantOp::create(builder, loc,
                                     builder.getFloatAttr(type, rounded));
  // A cast that the reference, which computes in f64, can leave out.
  Value exact =
      arith::ConstantOp::create(builder, loc, builder.getF64FloatAttr(value));
  return arith::TruncFOp::create(builder, loc, type, exact);
}
