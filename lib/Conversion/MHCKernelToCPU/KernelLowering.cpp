//===- KernelLowering.cpp - A kernel on memrefs to loops ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelLowering.h"

#include "../KernelLanes/LaneMath.h"
#include "SumTree.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

KernelLowering::KernelLowering(KernelOp kernel, OpBuilder &builder)
    : kernel(kernel), builder(builder), code(builder, kernel.getLoc()),
      program(builder, kBlock) {
  program.allocate = [this](Type element, int64_t count) {
    Value memory = workspace->allocate(element, count * kBlock);
    auto getPlace = [](OpBuilder &b, Location l, Value place) -> Value {
      Value lanes = arith::ConstantIndexOp::create(b, l, kBlock);
      return arith::MulIOp::create(b, l, place, lanes);
    };
    LaneMemory lanes;
    lanes.load = [=](OpBuilder &b, Location l, Value place) -> Value {
      return vector::LoadOp::create(b, l, VectorType::get({kBlock}, element),
                                    memory, getPlace(b, l, place));
    };
    lanes.store = [=](OpBuilder &b, Location l, Value value, Value place) {
      vector::StoreOp::create(b, l, value, memory, getPlace(b, l, place));
    };
    return lanes;
  };
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

Value KernelLowering::flatten(Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  Location loc = kernel.getLoc();
  if (type.getRank() == 0)
    return memref::ReinterpretCastOp::create(
        builder, loc, MemRefType::get({1}, type.getElementType()), memref,
        /*offset=*/int64_t(0), /*sizes=*/ArrayRef<int64_t>{1},
        /*strides=*/ArrayRef<int64_t>{1});
  if (type.getRank() == 1)
    return memref;
  ReassociationIndices all =
      llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  return memref::CollapseShapeOp::create(builder, loc, memref,
                                         ArrayRef<ReassociationIndices>{all});
}

LogicalResult KernelLowering::flattenOperands() {
  for (Value operand : kernel.getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type)
      return kernel.emitOpError("expected memrefs, got ")
             << operand.getType() << "; bufferise before";
    if (!type.getLayout().isIdentity())
      return kernel.emitOpError("expected memrefs without a layout, got ")
             << type;
    if (type.getElementTypeBitWidth() % 8)
      return kernel.emitOpError("expected elements of whole bytes, got ")
             << type;
  }
  for (auto [in, argument] :
       llvm::zip_equal(kernel.getIns(), kernel.getBody().getArguments()))
    flat[argument] = flatten(in);
  for (Value out : kernel.getOuts())
    flatOuts.push_back(flatten(out));
  return success();
}

void KernelLowering::countTokens() {
  tokens = code.index(1);
  Value reference = kernel.getTokenReference();
  for (int64_t dim = 0, rank = kernel.getTokenRank(); dim < rank; ++dim) {
    Value size =
        memref::DimOp::create(builder, kernel.getLoc(), reference, dim);
    tokens = dim == 0 ? size : code.mul(tokens, size);
  }
}

/// Totals need memory in every chunk. How many chunks there are is the order of
/// their sums, which is not to depend on what else is in the kernel: only one
/// that alone would take more than 256 MB makes them fewer, 4 at least.
int64_t KernelLowering::getMaxChunks() {
  int64_t bytes = 0;
  for (Value value : kernel.getReturned())
    if (auto total = dyn_cast<TotalType>(value.getType())) {
      int64_t count = 1;
      for (int64_t size : total.getShape())
        count *= size;
      bytes = std::max(
          bytes, count * total.getElementType().getIntOrFloatBitWidth() / 8);
    }
  if (bytes == 0)
    return 64;
  return std::clamp<int64_t>((int64_t(256) << 20) / bytes, 4, 16);
}

LogicalResult KernelLowering::run() {
  builder.setInsertionPoint(kernel);
  if (failed(flattenOperands()))
    return failure();
  Location loc = kernel.getLoc();
  countTokens();
  blocks = code.ceilDiv(tokens, kBlock);
  chunks = code.min(blocks, code.index(getMaxChunks()));
  workspace = std::make_unique<Workspace>(code, chunks, kernel.getWorkspace());

  auto parallel =
      scf::ParallelOp::create(builder, loc, ValueRange(code.index(0)),
                              ValueRange(chunks), ValueRange(code.index(1)));
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(parallel.getBody());
    chunk = parallel.getInductionVars()[0];
    auto getFirstBlock = [&](Value which) -> Value {
      return arith::DivSIOp::create(builder, loc, code.mul(which, blocks),
                                    chunks);
    };
    Value first = getFirstBlock(chunk);
    Value last = getFirstBlock(code.add(chunk, 1));
    auto loop = scf::ForOp::create(builder, loc, first, last, code.index(1));
    workspace->enter(chunk, loop);
    builder.setInsertionPointToStart(loop.getBody());
    firstToken = code.mul(loop.getInductionVar(), kBlock);
    validTokens = code.min(code.sub(tokens, firstToken), code.index(kBlock));
    if (failed(emitBlock()))
      return failure();
    builder.setInsertionPoint(loop);
    clearTotals();
  }
  addTotals();
  workspace->finish();
  kernel.erase();
  return success();
}

//===----------------------------------------------------------------------===//
// The token's program
//===----------------------------------------------------------------------===//

LogicalResult KernelLowering::emitBlock() {
  loadArguments();
  for (Operation &op : kernel.getBody().front())
    if (failed(emitOp(&op)))
      return failure();
  return success();
}

LogicalResult KernelLowering::emitOp(Operation *op) {
  if (auto sweep = dyn_cast<SweepOp>(op))
    return lowerSweep(sweep, *this);
  if (auto total = dyn_cast<TotalOp>(op)) {
    emitTotal(total);
    return success();
  }
  if (isa<ReturnOp>(op)) {
    emitReturn();
    return success();
  }
  return program.emit(op);
}

void KernelLowering::loadArguments() {
  for (auto [index, argument] :
       llvm::enumerate(kernel.getBody().getArguments())) {
    bool hasTokens = kernel.hasTokens(index);
    if (auto row = dyn_cast<RowType>(argument.getType()))
      rows[argument] = {{flat[argument],
                         hasTokens ? RowMemory::PerToken : RowMemory::Shared,
                         row.getStreams() * row.getHidden()}};
    else if (!isa<WeightType>(argument.getType()))
      loadCoefficients(argument, hasTokens);
  }
}

void KernelLowering::loadCoefficients(BlockArgument argument, bool hasTokens) {
  int64_t count = getElementCount(argument.getType());
  Type element = getElementTypeOrSelf(argument.getType());
  Value memory = flat[argument];
  LaneList list;
  if (!hasTokens) {
    for (int64_t i = 0; i < count; ++i)
      list.push_back(code.loadSplat(memory, code.index(i), kBlock));
    program.define(argument, list);
    return;
  }
  // Transposed through the workspace; tokens beyond the last read that one.
  Value stage = workspace->allocate(element, count * kBlock);
  Value last = code.sub(tokens, code.index(1));
  code.loop(code.index(kBlock), [&](Value slot) {
    Value token = code.min(code.add(firstToken, slot), last);
    Value start = code.mul(token, count);
    code.loop(code.index(count), [&](Value i) {
      code.storeScalar(code.loadScalar(memory, code.add(start, i)), stage,
                       code.add(code.mul(i, kBlock), slot));
    });
  });
  defineFromMemory(argument, stage);
}

void KernelLowering::defineFromMemory(Value value, Value memory) {
  LaneList list;
  for (int64_t i = 0, e = getElementCount(value.getType()); i < e; ++i)
    list.push_back(code.load(memory, code.index(i * kBlock), kBlock));
  program.define(value, list);
  spilled[value] = memory;
}

Value KernelLowering::getSpilled(Value value) {
  Value &memory = spilled[value];
  if (memory)
    return memory;
  LaneList list = program.lookup(value);
  memory = workspace->allocate(getElementTypeOrSelf(value.getType()),
                               list.size() * kBlock);
  for (auto [i, element] : llvm::enumerate(list))
    code.store(element, memory, code.index(i * kBlock));
  return memory;
}

/// In lane i, whether i is below `count`.
static Value createLaneMask(CodeBuilder &code, Value count, int64_t lanes) {
  auto type = VectorType::get({lanes}, code.builder.getIndexType());
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
  Value lane = arith::ConstantOp::create(
      code.builder, code.loc,
      DenseIntElementsAttr::get(type, ArrayRef<int64_t>(numbers)));
  return arith::CmpIOp::create(code.builder, code.loc,
                               arith::CmpIPredicate::slt, lane,
                               code.splat(count, lanes));
}

Value KernelLowering::getSpilledOrZero(Value value) {
  LaneList list = program.lookup(value);
  Type element = getElementTypeOrSelf(value.getType());
  Value memory = workspace->allocate(element, list.size() * kBlock);
  Value isValid = createLaneMask(code, validTokens, kBlock);
  for (auto [i, lanes] : llvm::enumerate(list))
    code.store(arith::SelectOp::create(builder, code.loc, isValid, lanes,
                                       code.zero(element, kBlock)),
               memory, code.index(i * kBlock));
  return memory;
}

//===----------------------------------------------------------------------===//
// Rows and returned values
//===----------------------------------------------------------------------===//

const SmallVector<RowMemory> &KernelLowering::makeRow(Value row) {
  auto type = cast<RowType>(row.getType());
  int64_t size = type.getStreams() * type.getHidden();
  SmallVector<RowMemory> &places = rows[row];
  for (auto [returned, out] : llvm::zip_equal(kernel.getReturned(), flatOuts))
    if (returned == row)
      places.push_back({out, RowMemory::PerToken, size});
  if (places.empty())
    places.push_back({workspace->allocate(type.getElementType(), size * kBlock),
                      RowMemory::PerSlot, size});
  return places;
}

void KernelLowering::emitReturn() {
  for (auto [value, out] : llvm::zip_equal(kernel.getReturned(), flatOuts)) {
    if (isa<RowType, TotalType>(value.getType()))
      continue;
    int64_t count = getElementCount(value.getType());
    Value stage = getSpilled(value), memory = out;
    code.loop(validTokens, [&](Value slot) {
      Value start = code.mul(code.add(firstToken, slot), count);
      code.loop(code.index(count), [&](Value i) {
        Value number =
            code.loadScalar(stage, code.add(code.mul(i, kBlock), slot));
        code.storeScalar(number, memory, code.add(start, i));
      });
    });
  }
}

//===----------------------------------------------------------------------===//
// Totals
//===----------------------------------------------------------------------===//

TotalMemory KernelLowering::makeTotal(Value total, int64_t lanes,
                                      const LeafOrder *order) {
  auto type = cast<TotalType>(total.getType());
  int64_t count = 1;
  for (int64_t size : type.getShape())
    count *= size;
  TotalMemory memory{nullptr,
                     getComputeType(type.getElementType()),
                     count,
                     lanes,
                     0,
                     order ? order->leaf : 0,
                     type.getShape().empty() ? 1 : type.getShape().back()};
  memory.memory =
      workspace->allocate(memory.element, memory.getSize(), &memory.offset);
  return totals[total] = memory;
}

void KernelLowering::emitTotal(TotalOp op) {
  TotalMemory total = makeTotal(op.getTotal(), kBlock);
  Value isValid = createLaneMask(code, validTokens, kBlock);
  Value zero = code.zero(total.element, kBlock);
  for (auto [i, lanes] : llvm::enumerate(program.lookup(op.getValue()))) {
    Value place = code.index(i * kBlock);
    Value valid =
        arith::SelectOp::create(builder, code.loc, isValid, lanes, zero);
    Value sum = code.load(total.memory, place, kBlock);
    sum = arith::AddFOp::create(builder, code.loc, sum, valid);
    code.store(sum, total.memory, place);
  }
}

void KernelLowering::clearTotals() {
  for (auto &entry : totals) {
    const TotalMemory &total = entry.second;
    Value zero = createConstant(builder, code.loc, total.element, 0.0);
    code.loop(code.index(total.getSize()),
              [&](Value i) { code.storeScalar(zero, total.memory, i); });
  }
}

/// The sum over chunks, in order, of what `load` reads in the memory of one.
Value KernelLowering::addChunks(const TotalMemory &total, Type type,
                                function_ref<Value(Value)> load) {
  Value zero = createConstant(builder, code.loc, type, 0.0);
  return code.loopCarrying(
      chunks, zero, [&](Value part, ValueRange sum) -> SmallVector<Value> {
        Value memory = workspace->getBuffer(part, total.offset, total.element,
                                            total.getSize());
        return {arith::AddFOp::create(builder, code.loc, sum[0], load(memory))};
      })[0];
}

/// A total whose parts are in leaves: one leaf of all rows at a time.
void KernelLowering::addLeaves(const TotalMemory &total, Type element,
                               Value out) {
  static constexpr int64_t kLanes = 8;
  int64_t rows = total.count / total.hidden;
  int64_t leaves = llvm::divideCeil(total.hidden, total.leaf);
  auto type = VectorType::get({kLanes}, total.element);
  auto parallel = scf::ParallelOp::create(
      builder, code.loc, ValueRange(code.index(0)),
      ValueRange(code.index(leaves)), ValueRange(code.index(1)));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(parallel.getBody());
  Value leaf = parallel.getInductionVars()[0];
  Value column = code.mul(leaf, total.leaf);
  Value columns = code.min(code.sub(code.index(total.hidden), column),
                           code.index(total.leaf));
  int64_t rest = total.hidden % kLanes;
  Value whole = columns;
  if (rest)
    whole = code.mul(
        arith::DivSIOp::create(builder, code.loc, columns, code.index(kLanes)),
        kLanes);
  code.loop(code.index(rows), [&](Value row) {
    Value from = code.mul(code.add(code.mul(leaf, rows), row), total.leaf);
    Value to = code.add(code.mul(row, total.hidden), column);
    code.loop(code.index(0), whole, kLanes, [&](Value i) {
      Value sum = addChunks(total, type, [&](Value memory) {
        return code.load(memory, code.add(from, i), kLanes);
      });
      code.store(convertFloat(builder, code.loc, sum, element), out,
                 code.add(to, i));
    });
    if (rest)
      code.loop(whole, columns, 1, [&](Value i) {
        Value sum = addChunks(total, total.element, [&](Value memory) {
          return code.loadScalar(memory, code.add(from, i));
        });
        code.storeScalar(convertFloat(builder, code.loc, sum, element), out,
                         code.add(to, i));
      });
  });
}

/// A total whose parts are as the result is.
void KernelLowering::addTotal(const TotalMemory &total, Type element,
                              Value out) {
  code.loop(code.index(total.count), [&](Value i) {
    Value sum = addChunks(total, total.element, [&](Value memory) -> Value {
      if (total.lanes == 1)
        return code.loadScalar(memory, i);
      return createLaneSum(
          builder, code.loc,
          code.load(memory, code.mul(i, total.lanes), total.lanes));
    });
    code.storeScalar(convertFloat(builder, code.loc, sum, element), out, i);
  });
}

// With no tokens there are no chunks, and the sum is zero. A narrow total is
// rounded once, here.
void KernelLowering::addTotals() {
  for (auto [value, out] : llvm::zip_equal(kernel.getReturned(), flatOuts)) {
    auto found = totals.find(value);
    if (found == totals.end())
      continue;
    Type element = cast<TotalType>(value.getType()).getElementType();
    if (found->second.leaf)
      addLeaves(found->second, element, out);
    else
      addTotal(found->second, element, out);
  }
}
