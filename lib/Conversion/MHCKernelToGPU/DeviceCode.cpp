//===- DeviceCode.cpp - What a thread of a GPU does, in short -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCode.h"

#include "../KernelLanes/LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

int64_t mlir::mhc::getBytes(Type element) {
  return llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// A constant of the type of `like`.
static Value createInteger(DeviceCode &code, Value like, int64_t value) {
  return arith::ConstantOp::create(
      code.builder, code.loc,
      code.builder.getIntegerAttr(like.getType(), value));
}

Value DeviceCode::i32(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

Value DeviceCode::i64(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI64IntegerAttr(value));
}

Value DeviceCode::widen(Value a) {
  if (a.getType().isInteger(64))
    return a;
  return arith::ExtSIOp::create(builder, loc, builder.getI64Type(), a);
}

Value DeviceCode::add(Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}

Value DeviceCode::add(Value a, int64_t b) {
  return b == 0 ? a : add(a, createInteger(*this, a, b));
}

Value DeviceCode::sub(Value a, Value b) {
  return arith::SubIOp::create(builder, loc, a, b);
}

Value DeviceCode::mul(Value a, Value b) {
  return arith::MulIOp::create(builder, loc, a, b);
}

Value DeviceCode::mul(Value a, int64_t b) {
  return b == 1 ? a : mul(a, createInteger(*this, a, b));
}

Value DeviceCode::div(Value a, int64_t b) {
  return b == 1 ? a
                : Value(arith::DivUIOp::create(builder, loc, a,
                                               createInteger(*this, a, b)));
}

Value DeviceCode::rem(Value a, int64_t b) {
  return arith::RemUIOp::create(builder, loc, a, createInteger(*this, a, b));
}

Value DeviceCode::min(Value a, Value b) {
  return arith::MinSIOp::create(builder, loc, a, b);
}

Value DeviceCode::bitAnd(Value a, int64_t b) {
  return arith::AndIOp::create(builder, loc, a, createInteger(*this, a, b));
}

Value DeviceCode::less(Value a, Value b) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, a, b);
}

Value DeviceCode::equal(Value a, int64_t b) {
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a,
                               createInteger(*this, a, b));
}

Value DeviceCode::both(Value a, Value b) {
  return arith::AndIOp::create(builder, loc, a, b);
}

Value DeviceCode::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void DeviceCode::loop(Value lower, Value upper, Value step,
                      function_ref<void(Value)> body) {
  auto loop = scf::ForOp::create(builder, loc, lower, upper, step);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> DeviceCode::loopCarrying(
    Value lower, Value upper, Value step, ValueRange initial,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  // scf.for without iteration arguments has a yield already.
  if (initial.empty()) {
    loop(lower, upper, step, [&](Value i) { body(i, {}); });
    return {};
  }
  auto loop = scf::ForOp::create(builder, loc, lower, upper, step, initial);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  scf::YieldOp::create(builder, loc,
                       body(loop.getInductionVar(), loop.getRegionIterArgs()));
  return SmallVector<Value>(loop.getResults());
}

void DeviceCode::when(Value condition, function_ref<void()> body) {
  auto branch =
      scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

SmallVector<Value>
DeviceCode::choose(Value condition, function_ref<SmallVector<Value>()> then,
                   function_ref<SmallVector<Value>()> otherwise) {
  // The callbacks are given this builder at its new place.
  auto fill = [&](function_ref<SmallVector<Value>()> body) {
    return [this, body](OpBuilder &, Location) {
      scf::YieldOp::create(builder, loc, body());
    };
  };
  auto branch =
      scf::IfOp::create(builder, loc, condition, fill(then), fill(otherwise));
  return SmallVector<Value>(branch.getResults());
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value DeviceCode::offset(Value pointer, Value bytes) {
  return LLVM::GEPOp::create(builder, loc, pointer.getType(),
                             builder.getI8Type(), pointer,
                             ArrayRef<LLVM::GEPArg>(bytes));
}

Value DeviceCode::offset(Value pointer, int64_t bytes) {
  if (bytes == 0)
    return pointer;
  // A constant of the op has 29 bits.
  if (!llvm::isInt<29>(bytes))
    return offset(pointer, i64(bytes));
  return LLVM::GEPOp::create(
      builder, loc, pointer.getType(), builder.getI8Type(), pointer,
      ArrayRef<LLVM::GEPArg>(static_cast<int32_t>(bytes)));
}

Value DeviceCode::load(Type type, Value pointer, int64_t alignment,
                       bool invariant) {
  return LLVM::LoadOp::create(
      builder, loc, type, pointer, static_cast<unsigned>(alignment),
      /*isVolatile=*/false, /*isNonTemporal=*/false, invariant);
}

void DeviceCode::store(Value value, Value pointer, int64_t alignment) {
  LLVM::StoreOp::create(builder, loc, value, pointer,
                        static_cast<unsigned>(alignment));
}

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

Value DeviceCode::threadId() {
  return NVVM::ThreadIdXOp::create(builder, loc, builder.getI32Type());
}

Value DeviceCode::blockId(char dimension) {
  Type type = builder.getI32Type();
  switch (dimension) {
  case 'x':
    return NVVM::BlockIdXOp::create(builder, loc, type);
  case 'y':
    return NVVM::BlockIdYOp::create(builder, loc, type);
  default:
    assert(dimension == 'z');
    return NVVM::BlockIdZOp::create(builder, loc, type);
  }
}

void DeviceCode::barrier() { gpu::BarrierOp::create(builder, loc); }

void DeviceCode::warpBarrier() {
  NVVM::SyncWarpOp::create(builder, loc, i32(-1));
}

Value DeviceCode::shuffleXor(Value value, int64_t mask) {
  Type type = value.getType();
  auto shuffle = [&](Value word) -> Value {
    // All 32 lanes of the warp, in segments of all 32.
    return NVVM::ShflOp::create(builder, loc, word.getType(), i32(-1), word,
                                i32(mask), i32(31), NVVM::ShflKind::bfly,
                                UnitAttr());
  };
  if (!type.isF64())
    return shuffle(value);
  Value words = bitcast(value, VectorType::get({2}, builder.getI32Type()));
  SmallVector<Value> halves = {shuffle(extract(words, 0)),
                               shuffle(extract(words, 1))};
  return bitcast(join(halves), type);
}

Value DeviceCode::any(Value condition) {
  return NVVM::VoteSyncOp::create(builder, loc, builder.getI1Type(), i32(-1),
                                  condition, NVVM::VoteSyncKind::any);
}

//===----------------------------------------------------------------------===//
// Vectors and bits
//===----------------------------------------------------------------------===//

Value DeviceCode::bitcast(Value value, Type type) {
  if (value.getType() == type)
    return value;
  // The LLVM dialect's casts between a scalar and a vector too.
  return LLVM::BitcastOp::create(builder, loc, type, value);
}

Value DeviceCode::extract(Value vector, int64_t index) {
  return vector::ExtractOp::create(builder, loc, vector, index);
}

Value DeviceCode::join(ArrayRef<Value> elements) {
  auto type = VectorType::get({static_cast<int64_t>(elements.size())},
                              elements.front().getType());
  return vector::FromElementsOp::create(builder, loc, type, elements);
}

Value DeviceCode::splat(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(
      builder, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value DeviceCode::zero(Type type) {
  return createConstant(builder, loc, type, 0.0);
}
