//===- CodeBuilder.cpp - Loops, indices and memory, in short --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CodeBuilder.h"

#include "../KernelLanes/LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

Value CodeBuilder::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value CodeBuilder::add(Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}

Value CodeBuilder::sub(Value a, Value b) {
  return arith::SubIOp::create(builder, loc, a, b);
}

Value CodeBuilder::mul(Value a, Value b) {
  return arith::MulIOp::create(builder, loc, a, b);
}

Value CodeBuilder::min(Value a, Value b) {
  return arith::MinSIOp::create(builder, loc, a, b);
}

Value CodeBuilder::max(Value a, Value b) {
  return arith::MaxSIOp::create(builder, loc, a, b);
}

Value CodeBuilder::ceilDiv(Value a, int64_t b) {
  return arith::DivSIOp::create(builder, loc, add(a, b - 1), index(b));
}

Value CodeBuilder::countTrailingZeros(Value a) {
  Value bits =
      arith::IndexCastOp::create(builder, loc, builder.getI64Type(), a);
  Value count = math::CountTrailingZerosOp::create(builder, loc, bits);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    count);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void CodeBuilder::loop(Value lower, Value upper, int64_t step,
                       function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> CodeBuilder::loopCarrying(
    Value upper, ArrayRef<Value> initial,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  Value zero = index(0), one = index(1);
  auto loop = scf::ForOp::create(builder, loc, zero, upper, one, initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(builder, loc,
                       body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return SmallVector<Value>(loop.getResults());
}

void CodeBuilder::select(Value selector, int64_t last,
                         function_ref<void(int64_t)> body) {
  if (last == 0)
    return body(0);
  auto cases = llvm::to_vector(llvm::seq<int64_t>(0, last));
  auto choice = scf::IndexSwitchOp::create(builder, loc, TypeRange(), selector,
                                           cases, cases.size());
  OpBuilder::InsertionGuard guard(builder);
  auto fill = [&](Region &region, int64_t value) {
    builder.setInsertionPointToStart(&region.emplaceBlock());
    body(value);
    scf::YieldOp::create(builder, loc);
  };
  for (int64_t value : cases)
    fill(choice.getCaseRegions()[value], value);
  fill(choice.getDefaultRegion(), last);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static Type getElement(Value memory) {
  return cast<MemRefType>(memory.getType()).getElementType();
}

Value CodeBuilder::zero(Type element, int64_t lanes) {
  return createConstant(builder, loc, VectorType::get({lanes}, element), 0.0);
}

Value CodeBuilder::load(Value memory, Value place, int64_t lanes,
                        int64_t count) {
  auto type = VectorType::get({lanes}, getElement(memory));
  if (count == lanes)
    return vector::LoadOp::create(builder, loc, type, memory, place);
  return vector::MaskedLoadOp::create(builder, loc, type, memory, place,
                                      createMask(builder, loc, lanes, count),
                                      zero(type.getElementType(), lanes));
}

void CodeBuilder::store(Value vector, Value memory, Value place) {
  vector::StoreOp::create(builder, loc, vector, memory, place);
}

void CodeBuilder::store(Value vector, Value memory, Value place,
                        int64_t count) {
  int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
  if (count == lanes)
    return store(vector, memory, place);
  vector::MaskedStoreOp::create(builder, loc, memory, place,
                                createMask(builder, loc, lanes, count), vector);
}

Value CodeBuilder::loadScalar(Value memory, Value place) {
  return memref::LoadOp::create(builder, loc, memory, place);
}

void CodeBuilder::storeScalar(Value value, Value memory, Value place) {
  memref::StoreOp::create(builder, loc, value, memory, place);
}

Value CodeBuilder::splat(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

void CodeBuilder::prefetch(Value memory, Value place) {
  memref::PrefetchOp::create(builder, loc, memory, place, /*isWrite=*/false,
                             /*localityHint=*/2, /*isDataCache=*/true);
}

Value CodeBuilder::loadSplat(Value memory, Value place, int64_t lanes) {
  return splat(loadScalar(memory, place), lanes);
}

Value CodeBuilder::zeroFrom(Value vector, int64_t count) {
  auto type = cast<VectorType>(vector.getType());
  if (count == type.getNumElements())
    return vector;
  return arith::SelectOp::create(
      builder, loc, createMask(builder, loc, type.getNumElements(), count),
      vector, zero(type.getElementType(), type.getNumElements()));
}
