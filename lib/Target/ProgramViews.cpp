//===- ProgramViews.cpp - Memrefs of host code, as places -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramValues.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Memrefs
//===----------------------------------------------------------------------===//

std::optional<int64_t> mlir::mhc::getElementBytes(Type type) {
  if (type.isIndex())
    return 8;
  if (auto vector = dyn_cast<VectorType>(type)) {
    std::optional<int64_t> element = getElementBytes(vector.getElementType());
    if (!element || vector.isScalable())
      return std::nullopt;
    // A vector takes a power of two.
    return llvm::PowerOf2Ceil(*element * vector.getNumElements());
  }
  if (!type.isIntOrFloat() || type.getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  return llvm::PowerOf2Ceil(llvm::divideCeil(type.getIntOrFloatBitWidth(), 8));
}

std::string mlir::mhc::getElementName(Type type) {
  std::string name;
  if (type.isBF16() || type.isF16() || type.isF32() || type.isF64() ||
      type.isSignlessInteger(1) || type.isSignlessInteger(8) ||
      type.isSignlessInteger(32) || type.isSignlessInteger(64))
    llvm::raw_string_ostream(name) << type;
  return name;
}

SmallVector<SizeExpr> mlir::mhc::getRowMajorStrides(ArrayRef<SizeExpr> sizes,
                                                    SizeExprContext &context) {
  SmallVector<SizeExpr> strides(sizes.size(), 1);
  for (int64_t i = static_cast<int64_t>(sizes.size()) - 2; i >= 0; --i)
    strides[i] = context.mul(strides[i + 1], sizes[i + 1]);
  return strides;
}

bool mlir::mhc::isContiguous(const HostMemRef &memref,
                             SizeExprContext &context) {
  SizeExpr next = 1;
  for (auto [size, stride] :
       llvm::reverse(llvm::zip_equal(memref.sizes, memref.strides))) {
    if (size.isConstant(1))
      continue;
    if (stride != next)
      return false;
    next = context.mul(next, size);
  }
  return true;
}

SizeExpr mlir::mhc::getNumElements(const HostMemRef &memref,
                                   SizeExprContext &context) {
  SizeExpr count = 1;
  for (const SizeExpr &size : memref.sizes)
    count = context.mul(count, size);
  return count;
}

ProgramBuffer mlir::mhc::getFirstElement(const HostMemRef &memref,
                                         int64_t elementBytes,
                                         SizeExprContext &context) {
  ProgramBuffer place = memref.base;
  place.offset =
      context.add(place.offset, context.mul(memref.offset, elementBytes));
  return place;
}

bool mlir::mhc::isSamePlace(const ProgramBuffer &a, const ProgramBuffer &b) {
  return a.kind == b.kind && a.index == b.index && a.offset == b.offset;
}

bool mlir::mhc::isSameBuffer(const HostValue &a, const HostValue &b) {
  auto *left = std::get_if<HostMemRef>(&a);
  auto *right = std::get_if<HostMemRef>(&b);
  return left && right && isSamePlace(left->base, right->base) &&
         left->offset == right->offset && left->sizes == right->sizes &&
         left->strides == right->strides;
}

//===----------------------------------------------------------------------===//
// Ops on them
//===----------------------------------------------------------------------===//

namespace {
class Views {
public:
  Views(Operation *op, HostValues &values)
      : op(op), values(values), sizes(values.sizes) {}

  std::optional<LogicalResult> run();

private:
  LogicalResult set(HostValue value) {
    values.set(op->getResult(0), std::move(value));
    return success();
  }
  SizeExpr get(OpFoldResult value) {
    if (auto attribute = dyn_cast<Attribute>(value))
      return SizeExpr(cast<IntegerAttr>(attribute).getInt());
    return values.getInteger(cast<Value>(value));
  }
  SmallVector<SizeExpr> get(ArrayRef<OpFoldResult> list) {
    return llvm::map_to_vector(list,
                               [&](OpFoldResult value) { return get(value); });
  }

  LogicalResult runSubView(memref::SubViewOp view);
  LogicalResult runCollapse(memref::CollapseShapeOp collapse);
  LogicalResult runExpand(memref::ExpandShapeOp expand);
  LogicalResult runMetadata(memref::ExtractStridedMetadataOp metadata);
  LogicalResult runDim(memref::DimOp dim);

  Operation *op;
  HostValues &values;
  SizeExprContext &sizes;
};
} // namespace

LogicalResult Views::runSubView(memref::SubViewOp view) {
  const HostMemRef source = values.getMemRef(view.getSource());
  SmallVector<SizeExpr> offsets = get(view.getMixedOffsets());
  SmallVector<SizeExpr> lengths = get(view.getMixedSizes());
  SmallVector<SizeExpr> steps = get(view.getMixedStrides());
  HostMemRef result{source.base, source.offset, {}, {}};
  llvm::SmallBitVector dropped = view.getDroppedDims();
  for (unsigned i = 0; i < offsets.size(); ++i) {
    result.offset =
        sizes.add(result.offset, sizes.mul(offsets[i], source.strides[i]));
    if (dropped[i])
      continue;
    result.sizes.push_back(lengths[i]);
    result.strides.push_back(sizes.mul(steps[i], source.strides[i]));
  }
  return set(std::move(result));
}

LogicalResult Views::runCollapse(memref::CollapseShapeOp collapse) {
  const HostMemRef source = values.getMemRef(collapse.getSrc());
  HostMemRef result{source.base, source.offset, {}, {}};
  for (ArrayRef<int64_t> group : collapse.getReassociationIndices()) {
    SizeExpr size = 1;
    for (int64_t dimension : group)
      size = sizes.mul(size, source.sizes[dimension]);
    // Dimensions of one element step nowhere.
    int64_t last = group.back();
    for (int64_t dimension : llvm::reverse(group))
      if (!source.sizes[dimension].isConstant(1)) {
        last = dimension;
        break;
      }
    result.sizes.push_back(size);
    result.strides.push_back(source.strides[last]);
  }
  return set(std::move(result));
}

LogicalResult Views::runExpand(memref::ExpandShapeOp expand) {
  const HostMemRef source = values.getMemRef(expand.getSrc());
  HostMemRef result{
      source.base, source.offset, get(expand.getMixedOutputShape()), {}};
  result.strides.resize(result.sizes.size());
  for (auto [index, group] :
       llvm::enumerate(expand.getReassociationIndices())) {
    SizeExpr stride = source.strides[index];
    for (int64_t dimension : llvm::reverse(group)) {
      result.strides[dimension] = stride;
      stride = sizes.mul(stride, result.sizes[dimension]);
    }
  }
  return set(std::move(result));
}

LogicalResult Views::runMetadata(memref::ExtractStridedMetadataOp metadata) {
  const HostMemRef source = values.getMemRef(metadata.getSource());
  values.set(metadata.getBaseBuffer(), HostMemRef{source.base, 0, {}, {}});
  values.set(metadata.getOffset(), source.offset);
  for (auto [result, size] : llvm::zip_equal(metadata.getSizes(), source.sizes))
    values.set(result, size);
  for (auto [result, stride] :
       llvm::zip_equal(metadata.getStrides(), source.strides))
    values.set(result, stride);
  return success();
}

LogicalResult Views::runDim(memref::DimOp dim) {
  const HostMemRef &source = values.getMemRef(dim.getSource());
  std::optional<int64_t> index =
      values.getInteger(dim.getIndex()).getConstant();
  if (!index || *index < 0 ||
      *index >= static_cast<int64_t>(source.sizes.size()))
    return dim.emitError("expected a constant index of one of ")
           << source.sizes.size() << " dimensions, got "
           << values.getInteger(dim.getIndex()).print();
  return set(source.sizes[*index]);
}

std::optional<LogicalResult> Views::run() {
  if (op->getNumOperands() == 0 || !values.isMemRef(op->getOperand(0)))
    return std::nullopt;
  if (auto dim = dyn_cast<memref::DimOp>(op))
    return runDim(dim);
  if (auto view = dyn_cast<memref::SubViewOp>(op))
    return runSubView(view);
  if (auto collapse = dyn_cast<memref::CollapseShapeOp>(op))
    return runCollapse(collapse);
  if (auto expand = dyn_cast<memref::ExpandShapeOp>(op))
    return runExpand(expand);
  if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op))
    return runMetadata(metadata);
  const HostMemRef source = values.getMemRef(op->getOperand(0));
  if (isa<memref::CastOp, memref::MemorySpaceCastOp, memref::AssumeAlignmentOp>(
          op)) {
    if (!isa<MemRefType>(op->getResult(0).getType()))
      return std::nullopt;
    return set(source);
  }
  if (isa<memref::ExtractAlignedPointerAsIndexOp>(op))
    return set(source.base);
  if (auto cast = dyn_cast<memref::ReinterpretCastOp>(op))
    return set(HostMemRef{source.base, get(cast.getMixedOffsets().front()),
                          get(cast.getMixedSizes()),
                          get(cast.getMixedStrides())});
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    // Of bytes, whose offset becomes the new base.
    HostMemRef result{source.base, 0, {}, {}};
    result.base.offset = sizes.add(sizes.add(source.base.offset, source.offset),
                                   values.getInteger(view.getByteShift()));
    ValueRange dynamic = view.getSizes();
    for (int64_t size : view.getType().getShape()) {
      if (!ShapedType::isDynamic(size)) {
        result.sizes.push_back(size);
        continue;
      }
      result.sizes.push_back(values.getInteger(dynamic.front()));
      dynamic = dynamic.drop_front();
    }
    result.strides = getRowMajorStrides(result.sizes, sizes);
    return set(std::move(result));
  }
  return std::nullopt;
}

std::optional<LogicalResult> mlir::mhc::interpretView(Operation *op,
                                                      HostValues &values) {
  return Views(op, values).run();
}
