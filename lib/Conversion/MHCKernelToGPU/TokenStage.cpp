//===- TokenStage.cpp - The token's program, a thread for each token ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Threads beyond the block's tokens do what the last token's thread does, and
// store nothing but zeros where sweeps read tokens that are not there.
//
//===----------------------------------------------------------------------===//

#include "LaunchLowering.h"
#include "WarpSweep.h"

#include "../KernelLanes/LaneMath.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mlir::mhc;

/// Shared memory that the gradient of Sinkhorn may take; more goes to the
/// thread's local memory.
static constexpr int64_t kSinkhornBytes = 100 * 1024;

/// A bit is a byte in memory.
static Type getMemoryType(Type element) {
  return element.isInteger(1) ? IntegerType::get(element.getContext(), 8)
                              : element;
}

static Value toMemory(DeviceCode &code, Value value) {
  Type type = getMemoryType(value.getType());
  if (type == value.getType())
    return value;
  return arith::ExtUIOp::create(code.builder, code.loc, type, value);
}

static Value fromMemory(DeviceCode &code, Value value, Type element) {
  if (value.getType() == element)
    return value;
  return arith::TruncIOp::create(code.builder, code.loc, element, value);
}

Value mlir::mhc::loadElement(DeviceCode &code, Type element, Value pointer) {
  Type type = getMemoryType(element);
  return fromMemory(code, code.load(type, pointer, getBytes(type)), element);
}

//===----------------------------------------------------------------------===//
// Elements in global memory
//===----------------------------------------------------------------------===//

/// Elements of one access to `count` neighbours, 16 bytes at most.
static int64_t getWidth(int64_t count, Type element) {
  return std::min<int64_t>(16 / getBytes(element), count & -count);
}

static LaneList loadElements(DeviceCode &code, Value pointer, int64_t count,
                             Type element, bool isInvariant) {
  int64_t width = getWidth(count, element), bytes = getBytes(element);
  LaneList list;
  Type own = element;
  element = getMemoryType(element);
  for (int64_t i = 0; i < count; i += width) {
    Type type = width == 1 ? element : Type(VectorType::get({width}, element));
    Value loaded = code.load(type, code.offset(pointer, i * bytes),
                             width * bytes, isInvariant);
    for (int64_t k = 0; k < width; ++k)
      list.push_back(
          fromMemory(code, width == 1 ? loaded : code.extract(loaded, k), own));
  }
  return list;
}

static void storeElements(DeviceCode &code, Value pointer, LaneList list) {
  for (Value &value : list)
    value = toMemory(code, value);
  Type element = list.front().getType();
  int64_t count = list.size();
  int64_t width = getWidth(count, element), bytes = getBytes(element);
  for (int64_t i = 0; i < count; i += width)
    code.store(width == 1 ? list[i]
                          : code.join(ArrayRef<Value>(list).slice(i, width)),
               code.offset(pointer, i * bytes), width * bytes);
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

/// The number in its block of the token that this thread computes.
Value LaunchLowering::getOwnToken() {
  return code.min(thread, code.add(block.tokens, -1));
}

Value LaunchLowering::hasOwnToken() { return code.less(thread, block.tokens); }

void LaunchLowering::loadArgument(LaneProgram &program,
                                  BlockArgument argument) {
  unsigned index = argument.getArgNumber();
  int64_t count = getElementCount(argument.getType());
  Type element = getElementTypeOrSelf(argument.getType());
  Value pointer = inPointers[argument];
  if (kernel.hasTokens(index)) {
    Value token = code.add(block.firstToken, code.widen(getOwnToken()));
    pointer = code.offset(pointer, code.mul(token, count * getBytes(element)));
  }
  bool isWritten = llvm::is_contained(kernel.getOuts(), kernel.getIns()[index]);
  program.define(argument,
                 loadElements(code, pointer, count, element, !isWritten));
}

/// From the memory that sweeps and later stages read, this thread's token.
void LaunchLowering::loadSpilled(LaneProgram &program, Value value) {
  TokenValues memory = tokenValues.lookup(value);
  int64_t bytes = getBytes(memory.element);
  Value own = code.offset(memory.pointer, code.mul(getOwnToken(), bytes));
  LaneList list;
  for (int64_t i = 0, e = getElementCount(value.getType()); i < e; ++i)
    list.push_back(loadElement(code, memory.element,
                               code.offset(own, i * memory.stride * bytes)));
  program.define(value, list);
}

void LaunchLowering::spill(LaneProgram &program, Value value,
                           TokenValues memory) {
  int64_t bytes = getBytes(memory.element);
  LaneList list = program.lookup(value);
  Value isThere = hasOwnToken();
  Value own = code.offset(memory.pointer, code.mul(thread, bytes));
  for (auto [i, element] : llvm::enumerate(list)) {
    Value stored = code.select(isThere, element, code.zero(element.getType()));
    code.store(
        toMemory(code, stored),
        code.offset(own, static_cast<int64_t>(i) * memory.stride * bytes),
        bytes);
  }
}

LaneMemory LaunchLowering::allocateLanes(Type element, int64_t count) {
  int64_t bytes = getBytes(element), stride = schedule.getTokens();
  Value own;
  if (count * stride * bytes <= kSinkhornBytes) {
    Value shared = allocateShared(count * stride * bytes);
    own = code.offset(shared, code.mul(thread, bytes));
  } else {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(&function.getBody().front());
    Value memory = LLVM::AllocaOp::create(
        builder, code.loc, LLVM::LLVMPointerType::get(builder.getContext()),
        element, code.i32(count));
    own = memory;
    stride = 1;
  }
  auto getPlace = [=](OpBuilder &b, Location l, Value place) -> Value {
    DeviceCode at(b, l);
    Value number =
        arith::IndexCastOp::create(b, l, b.getI32Type(), place).getResult();
    return at.offset(own, at.mul(number, stride * bytes));
  };
  LaneMemory memory;
  memory.load = [=](OpBuilder &b, Location l, Value place) -> Value {
    return DeviceCode(b, l).load(element, getPlace(b, l, place), bytes);
  };
  memory.store = [=](OpBuilder &b, Location l, Value value, Value place) {
    DeviceCode(b, l).store(value, getPlace(b, l, place), bytes);
  };
  return memory;
}

LogicalResult LaunchLowering::emitStage(Stage &stage) {
  LaneProgram program(builder, 1);
  program.allocate = [&](Type element, int64_t count) {
    return allocateLanes(element, count);
  };
  auto require = [&](Value value) {
    if (program.isDefined(value) ||
        isa<RowType, WeightType, TotalType>(value.getType()))
      return;
    Operation *op = value.getDefiningOp();
    if (op && op->hasTrait<OpTrait::ConstantLike>())
      return;
    if (!op)
      loadArgument(program, cast<BlockArgument>(value));
    else
      loadSpilled(program, value);
  };
  SmallVector<TotalOp> totals;
  LogicalResult result = success();
  auto emit = [&] {
    for (Operation *op : stage.ops) {
      for (Value operand : op->getOperands())
        require(operand);
      if (auto total = dyn_cast<TotalOp>(op)) {
        if (!tileTotals.contains(total.getTotal()))
          continue;
        Value value = total.getValue();
        TokenValues memory = allocateTokenValues(value.getType());
        tokenValues[total.getTotal()] = memory;
        spill(program, value, memory);
        totals.push_back(total);
      } else if (auto end = dyn_cast<ReturnOp>(op)) {
        emitReturn(program, end);
      } else if (failed(program.emit(op))) {
        result = failure();
        return;
      }
      for (Value value : op->getResults())
        if (stage.spilled.contains(value) &&
            !op->hasTrait<OpTrait::ConstantLike>())
          spill(program, value, tokenValues.lookup(value));
      // Keeps what the next one reads from being read before; registers may be
      // full of sums over tokens.
      if (isa<GatesOp, GatesGradOp, SinkhornOp, SinkhornGradOp>(op) &&
          schedule.getTokens() % 32 == 0)
        code.warpBarrier();
    }
    for (Value value : stage.spilled) {
      Operation *op = value.getDefiningOp();
      if (op && !op->hasTrait<OpTrait::ConstantLike>())
        continue;
      require(value);
      spill(program, value, tokenValues.lookup(value));
    }
  };
  // Threads that have no place in the block's memory have nothing to do.
  if (stage.ops.empty() && stage.spilled.empty())
    return success();
  if (schedule.getTokens() < threads)
    code.when(code.less(thread, code.i32(schedule.getTokens())), emit);
  else
    emit();
  if (!totals.empty())
    code.barrier();
  for (TotalOp total : totals)
    addTiles(total);
  return result;
}

void LaunchLowering::emitReturn(LaneProgram &program, ReturnOp op) {
  code.when(hasOwnToken(), [&] {
    Value token = code.add(block.firstToken, code.widen(thread));
    for (auto [value, pointer] : llvm::zip_equal(op.getValues(), outPointers)) {
      if (isa<RowType, TotalType>(value.getType()))
        continue;
      LaneList list = program.lookup(value);
      Type element = list.front().getType();
      storeElements(
          code,
          code.offset(pointer,
                      code.mul(token, list.size() * getBytes(element))),
          list);
    }
  });
}

// The sums of a block's tiles: a warp takes an element, its lanes the tokens.
void LaunchLowering::addTiles(TotalOp op) {
  const TotalPlace &place = tileTotals.find(op.getTotal())->second;
  TokenValues memory = tokenValues.lookup(op.getTotal());
  int64_t bytes = getBytes(memory.element), stride = memory.stride;
  Value tiles = code.widen(countTiles());
  Value firstTile = code.div(block.firstToken, 8);
  Value target = code.offset(tileTotalMemory, code.mul(tiles, place.offset));
  code.loop(
      warp, code.i32(place.size), code.i32(schedule.getWarps()),
      [&](Value element) {
        Value own =
            code.offset(memory.pointer, code.mul(element, stride * bytes));
        Value ofElement =
            code.add(code.mul(code.widen(element), tiles), firstTile);
        for (int64_t first = 0; first < stride; first += 32) {
          Value token = code.add(lane, first);
          if (first + 32 > stride)
            token = code.min(token, code.i32(stride - 1));
          Value sum = code.load(
              memory.element, code.offset(own, code.mul(token, bytes)), bytes);
          sum = convertFloat(builder, code.loc, sum, place.element);
          for (int64_t mask : {1, 2, 4})
            sum = arith::AddFOp::create(builder, code.loc, sum,
                                        code.shuffleXor(sum, mask));
          Value tile = code.add(code.div(lane, 8), first / 8);
          Value isStored = code.both(code.equal(code.rem(lane, 8), 0),
                                     code.less(tile, block.tiles));
          code.when(isStored, [&] {
            Value number = code.add(ofElement, code.widen(tile));
            code.store(
                sum,
                code.offset(target, code.mul(number, getBytes(place.element))),
                getBytes(place.element));
          });
        }
      });
}
