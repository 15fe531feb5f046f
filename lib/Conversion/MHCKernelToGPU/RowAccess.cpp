//===- RowAccess.cpp - A lane's columns of a row in memory ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowAccess.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kColumns = 8;
static constexpr int64_t kAccessBytes = 16;

RowAccess::RowAccess(RowType type, bool isFull) : type(type), isFull(isFull) {
  bytes = type.getElementType().getIntOrFloatBitWidth() / 8;
  int64_t hidden = type.getHidden();
  // The largest power of two that divides hidden.
  width = std::min({kAccessBytes / bytes, kColumns, hidden & -hidden});
  accesses = kColumns / width;
}

std::pair<Value, Value> RowAccess::getPlace(DeviceCode &code, Value row,
                                            Value column, int64_t stream,
                                            int64_t access) const {
  Value place = code.add(column, access * width), isInside;
  if (!isFull) {
    // Beyond hidden: the stream's first columns, which are then dropped.
    isInside = code.less(place, code.i32(type.getHidden()));
    place = code.select(isInside, place, code.i32(0));
  }
  return {code.offset(code.offset(row, stream * type.getHidden() * bytes),
                      code.mul(place, bytes)),
          isInside};
}

SmallVector<Value> RowAccess::load(DeviceCode &code, Value row, Value column,
                                   int64_t access, bool isInvariant) const {
  auto accessType = VectorType::get({width}, type.getElementType());
  SmallVector<Value> loaded;
  for (int64_t stream = 0; stream < type.getStreams(); ++stream) {
    auto [place, isInside] = getPlace(code, row, column, stream, access);
    Value value = code.load(accessType, place, width * bytes, isInvariant);
    if (isInside)
      value = code.select(isInside, value, code.zero(accessType));
    loaded.push_back(value);
  }
  return loaded;
}

void RowAccess::copyToShared(DeviceCode &code, Value row, Value column,
                             Value isValid, Value place, Value lane) const {
  int64_t size = width * bytes;
  Value own = code.offset(place, code.mul(lane, size));
  for (int64_t stream = 0; stream < type.getStreams(); ++stream)
    for (int64_t access = 0; access < accesses; ++access) {
      auto [from, isInside] = getPlace(code, row, column, stream, access);
      // What is not read is filled with zeros.
      if (isInside)
        isInside = code.both(isInside, isValid);
      Value read = code.select(isInside ? isInside : isValid, code.i32(size),
                               code.i32(0));
      NVVM::CpAsyncOp::create(
          code.builder, code.loc,
          code.offset(own, (stream * accesses + access) * 32 * size), from,
          static_cast<uint32_t>(size),
          size == 16 ? NVVM::LoadCacheModifierKind::CG
                     : NVVM::LoadCacheModifierKind::CA,
          read);
    }
}

Value RowAccess::getPart(DeviceCode &code, Value columns,
                         int64_t access) const {
  if (accesses == 1)
    return columns;
  return vector::ExtractStridedSliceOp::create(
      code.builder, code.loc, columns, ArrayRef<int64_t>(access * width),
      ArrayRef<int64_t>(width), ArrayRef<int64_t>(1));
}

void RowAccess::store(DeviceCode &code, Value row, Value column,
                      ArrayRef<Value> columns) const {
  for (int64_t access = 0; access < accesses; ++access) {
    Value place = code.add(column, access * width);
    auto storeAll = [&] {
      for (auto [stream, values] : llvm::enumerate(columns)) {
        int64_t start = static_cast<int64_t>(stream) * type.getHidden() * bytes;
        Value pointer =
            code.offset(code.offset(row, start), code.mul(place, bytes));
        code.store(getPart(code, values, access), pointer, width * bytes);
      }
    };
    if (isFull)
      storeAll();
    else
      code.when(code.less(place, code.i32(type.getHidden())), storeAll);
  }
}

// Lanes lie side by side, so that an access has no bank conflicts.
SmallVector<Value> RowAccess::loadShared(DeviceCode &code, Value place,
                                         Value lane, int64_t access) const {
  auto accessType = VectorType::get({width}, type.getElementType());
  int64_t size = width * bytes;
  Value own = code.offset(place, code.mul(lane, size));
  SmallVector<Value> loaded;
  for (int64_t stream = 0; stream < type.getStreams(); ++stream)
    loaded.push_back(code.load(
        accessType, code.offset(own, (stream * accesses + access) * 32 * size),
        size));
  return loaded;
}

void RowAccess::storeShared(DeviceCode &code, Value place, Value lane,
                            ArrayRef<Value> columns) const {
  Value own = code.offset(place, code.mul(lane, width * bytes));
  for (auto [stream, values] : llvm::enumerate(columns))
    for (int64_t access = 0; access < accesses; ++access) {
      int64_t i = static_cast<int64_t>(stream) * accesses + access;
      code.store(getPart(code, values, access),
                 code.offset(own, i * 32 * width * bytes), width * bytes);
    }
}
