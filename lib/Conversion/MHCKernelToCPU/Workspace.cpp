//===- Workspace.cpp - The scratch memory of a kernel ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Workspace.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kAlignment = 64;

Workspace::Workspace(CodeBuilder &code, Value chunks, Value given)
    : code(code), given(given) {
  // The bytes of a part are known when the last buffer is.
  Value size = code.index(0);
  stride = size.getDefiningOp();
  bytes = given;
  if (given)
    return;
  // Passes on memory free it, or plan it.
  bytes = memref::AllocOp::create(
      code.builder, code.loc,
      MemRefType::get({ShapedType::kDynamic}, code.builder.getI8Type()),
      ValueRange(code.mul(chunks, size)),
      code.builder.getI64IntegerAttr(kAlignment));
}

void Workspace::enter(Value newChunk, Operation *newAnchor) {
  chunk = newChunk;
  anchor = newAnchor;
}

Value Workspace::allocate(Type element, int64_t count, int64_t *offset) {
  int64_t start = used;
  int64_t size = count * (element.getIntOrFloatBitWidth() / 8);
  used += llvm::alignTo(size, kAlignment);
  largest = std::max(largest, used);
  if (offset)
    *offset = start;
  OpBuilder::InsertionGuard guard(code.builder);
  code.builder.setInsertionPoint(anchor);
  return getBuffer(chunk, start, element, count);
}

Value Workspace::getBuffer(Value part, int64_t offset, Type element,
                           int64_t count) {
  Value place = code.add(code.mul(part, stride->getResult(0)), offset);
  return memref::ViewOp::create(code.builder, code.loc,
                                MemRefType::get({count}, element), bytes, place,
                                ValueRange());
}

void Workspace::finish() {
  stride->setAttr("value", code.builder.getIndexAttr(largest));
}
