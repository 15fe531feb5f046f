//===- PointerAccesses.cpp - Launches that take pointers ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PointerAccesses.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mhc;

/// Bytes of an element in memory.
static int64_t getElementBytes(Type type) {
  constexpr int64_t indexBytes = 8;
  return type.isIndex() ? indexBytes
                        : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// An element as the LLVM dialect has it in memory.
static Type getMemoryType(Type type) {
  return type.isIndex() ? IntegerType::get(type.getContext(), 64) : type;
}

namespace {
/// One memref that a launch uses.
class Buffer {
public:
  Buffer(TypedValue<MemRefType> memref, gpu::LaunchOp launch)
      : memref(memref), host(launch), loc(launch.getLoc()) {}

  LogicalResult createPointer();
  LogicalResult rewrite(Operation *user);

private:
  Value size(int64_t dimension) {
    return memref::DimOp::create(host, loc, memref, dimension);
  }
  Value address(OpBuilder &builder, Location place, ValueRange indices);

  TypedValue<MemRefType> memref;
  OpBuilder host;
  Location loc;
  SmallVector<OpFoldResult> strides;
  Value pointer;
};
} // namespace

LogicalResult Buffer::createPointer() {
  MemRefType type = memref.getType();
  if (!type.getElementType().isIntOrIndexOrFloat())
    return emitError(loc) << "expected memory of integers or floats in a loop "
                             "that runs on the device, got "
                          << type;
  Value bytes;
  if (type.getLayout().isIdentity()) {
    OpFoldResult stride = host.getIndexAttr(1);
    strides.assign(type.getRank(), stride);
    for (int64_t i = type.getRank() - 1; i > 0; --i) {
      auto known = getConstantIntValue(stride);
      if (known && !type.isDynamicDim(i)) {
        stride = host.getIndexAttr(*known * type.getDimSize(i));
      } else {
        Value extent =
            type.isDynamicDim(i)
                ? size(i)
                : arith::ConstantIndexOp::create(host, loc, type.getDimSize(i));
        stride = known && *known == 1
                     ? extent
                     : arith::MulIOp::create(
                           host, loc,
                           getValueOrCreateConstantIndexOp(host, loc, stride),
                           extent)
                           .getResult();
      }
      strides[i - 1] = stride;
    }
  } else {
    int64_t offset;
    SmallVector<int64_t> steps;
    if (failed(type.getStridesAndOffset(steps, offset)))
      return emitError(loc) << "expected memory with strides in a loop that "
                               "runs on the device, got "
                            << type;
    auto metadata = memref::ExtractStridedMetadataOp::create(host, loc, memref);
    strides = metadata.getConstifiedMixedStrides();
    OpFoldResult start = metadata.getConstifiedMixedOffset();
    if (!isZeroInteger(start)) {
      Value elementBytes = arith::ConstantIndexOp::create(
          host, loc, getElementBytes(type.getElementType()));
      bytes = arith::MulIOp::create(
          host, loc, getValueOrCreateConstantIndexOp(host, loc, start),
          elementBytes);
    }
  }
  Value start =
      memref::ExtractAlignedPointerAsIndexOp::create(host, loc, memref);
  if (bytes)
    start = arith::AddIOp::create(host, loc, start, bytes);
  start = arith::IndexCastOp::create(host, loc, host.getI64Type(), start);
  pointer = LLVM::IntToPtrOp::create(
      host, loc, LLVM::LLVMPointerType::get(host.getContext(), 1), start);
  return success();
}

Value Buffer::address(OpBuilder &builder, Location place, ValueRange indices) {
  Value position;
  for (auto [index, stride] : llvm::zip_equal(indices, strides)) {
    Value part = index;
    if (!isOneInteger(stride))
      part = arith::MulIOp::create(
          builder, place, part,
          getValueOrCreateConstantIndexOp(builder, place, stride));
    position =
        position
            ? arith::AddIOp::create(builder, place, position, part).getResult()
            : part;
  }
  if (!position)
    return pointer;
  position = arith::IndexCastOp::create(builder, place, builder.getI64Type(),
                                        position);
  return LLVM::GEPOp::create(builder, place, pointer.getType(),
                             getMemoryType(memref.getType().getElementType()),
                             pointer, position);
}

LogicalResult Buffer::rewrite(Operation *user) {
  OpBuilder builder(user);
  Location place = user->getLoc();
  Type element = memref.getType().getElementType();
  unsigned alignment = getElementBytes(element);
  if (auto load = dyn_cast<memref::LoadOp>(user)) {
    Value value = LLVM::LoadOp::create(
        builder, place, getMemoryType(element),
        address(builder, place, load.getIndices()), alignment);
    if (element.isIndex())
      value = arith::IndexCastOp::create(builder, place, element, value);
    load.replaceAllUsesWith(value);
  } else if (auto store = dyn_cast<memref::StoreOp>(user);
             store && store.getMemRef() == memref) {
    Value value = store.getValue();
    if (element.isIndex())
      value = arith::IndexCastOp::create(builder, place, builder.getI64Type(),
                                         value);
    LLVM::StoreOp::create(builder, place, value,
                          address(builder, place, store.getIndices()),
                          alignment);
  } else if (auto dim = dyn_cast<memref::DimOp>(user);
             dim && dim.getConstantIndex()) {
    dim.replaceAllUsesWith(size(*dim.getConstantIndex()));
  } else {
    return user->emitError("expected loads and stores alone of memory in a "
                           "loop that runs on the device, got '")
           << user->getName() << "'";
  }
  user->erase();
  return success();
}

LogicalResult mlir::mhc::usePointers(gpu::LaunchOp launch) {
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(launch.getBody(), captured);
  for (Value value : captured) {
    auto memref = dyn_cast<TypedValue<MemRefType>>(value);
    if (!memref) {
      if (isa<BaseMemRefType>(value.getType()))
        return launch.emitError("expected memory of a rank in a loop that runs "
                                "on the device, got ")
               << value.getType();
      continue;
    }
    Buffer buffer(memref, launch);
    if (failed(buffer.createPointer()))
      return failure();
    for (Operation *user : llvm::to_vector(llvm::make_filter_range(
             llvm::to_vector(memref.getUsers()), [&](Operation *op) {
               return launch.getBody().isAncestor(op->getParentRegion());
             })))
      if (failed(buffer.rewrite(user)))
        return failure();
  }
  return success();
}
