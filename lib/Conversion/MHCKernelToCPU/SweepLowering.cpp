//===- SweepLowering.cpp - One sweep to loops over hidden -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SweepLowering.h"

#include "../KernelLanes/LaneMath.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

LogicalResult mlir::mhc::lowerSweep(SweepOp sweep, KernelLowering &kernel) {
  return SweepLowering(sweep, kernel).run();
}

SweepLowering::SweepLowering(SweepOp sweep, KernelLowering &kernel)
    : sweep(sweep), kernel(kernel), code(kernel.getCode()),
      builder(code.builder), order(sweep.getHidden(), kernel.getOrder()) {}

LogicalResult SweepLowering::run() {
  prepare();
  // In front of the loops that read them.
  for (Value value : captured)
    kernel.getSpilled(value);
  if (failed(isTiled ? emitTiled() : emitTokenByToken()))
    return failure();
  for (Exit &exit : exits)
    if (exit.tree)
      kernel.defineFromMemory(exit.result, exit.sums);
  return success();
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

static int64_t getStreams(Value column) {
  return getElementCount(column.getType());
}

void SweepLowering::prepare() {
  Workspace &workspace = kernel.getWorkspace();
  getUsedValuesDefinedAbove(sweep.getBody(), captured);
  captured.remove_if([](Value value) {
    Operation *op = value.getDefiningOp();
    return isa<WeightType>(value.getType()) ||
           (op && op->hasTrait<OpTrait::ConstantLike>());
  });
  isTiled = !sweep.getBody().getOps<BackprojectOp>().empty();
  for (SweepExit exit : sweep.getExit().getExits())
    isTiled |= exit.kind == ExitKind::Project || exit.kind == ExitKind::Outer;
  int64_t slots = isTiled ? kBlock : 1;
  int64_t tileRow = kTile * kBlock * order.leaf;

  auto addBuffer = [&](llvm::MapVector<Value, TileBuffer> &buffers,
                       Value column) {
    if (buffers.contains(column))
      return;
    Type element = getComputeType(getElementTypeOrSelf(column.getType()));
    int64_t streams = getStreams(column);
    buffers[column] = {workspace.allocate(element, tileRow * streams), element,
                       streams};
  };
  auto pack = [&](Value phi, Type element) {
    auto type = cast<WeightType>(phi.getType());
    int64_t rows = type.getOutputs() * type.getStreams();
    if (!packed.contains(phi))
      packed[phi] = {workspace.allocate(element, kTile * rows * order.leaf),
                     element, type};
  };
  for (BackprojectOp op : sweep.getBody().getOps<BackprojectOp>()) {
    addBuffer(backprojects, op.getOut());
    pack(op.getPhi(), backprojects[op.getOut()].element);
  }

  for (auto [exit, result] :
       llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults())) {
    Exit &made = exits.emplace_back();
    made.exit = exit;
    made.result = result;
    Type type = getElementTypeOrSelf(result.getType());
    switch (exit.kind) {
    case ExitKind::Row:
      made.rows = kernel.makeRow(result);
      break;
    case ExitKind::Sum:
    case ExitKind::Project: {
      int64_t values = getElementCount(result.getType());
      made.tree.emplace(code, workspace, order, getComputeType(type), values,
                        slots);
      made.sums = workspace.allocate(type, values * kBlock);
      if (exit.kind == ExitKind::Project) {
        addBuffer(products, exit.value);
        pack(exit.by, products[exit.value].element);
      }
      break;
    }
    case ExitKind::Outer:
      made.total = kernel.makeTotal(result, 1, &order);
      made.coefficients = kernel.getSpilledOrZero(exit.by);
      addBuffer(products, exit.value);
      break;
    case ExitKind::Total:
      made.total = kernel.makeTotal(result, 1);
      break;
    }
  }
}

Value SweepLowering::getStart(const RowMemory &row, Value slot) {
  switch (row.kind) {
  case RowMemory::PerToken:
    return code.mul(code.add(kernel.getFirstToken(), slot), row.size);
  case RowMemory::PerSlot:
    return code.mul(slot, row.size);
  case RowMemory::Shared:
    return code.index(0);
  }
  llvm_unreachable("all kinds are handled");
}

SweepLowering::TokenScope SweepLowering::enterToken(Value slot) {
  TokenScope token;
  token.slot = slot;
  token.treeSlot = isTiled ? slot : code.index(0);
  for (Value row : sweep.getRows())
    token.rowStarts.push_back(getStart(kernel.getRow(row), slot));
  for (Exit &exit : exits) {
    SmallVector<Value> &starts = token.exitStarts.emplace_back();
    for (const RowMemory &row : exit.rows)
      starts.push_back(getStart(row, slot));
  }
  for (Value value : captured) {
    // What only products use is not needed in lanes.
    bool isUsed = llvm::any_of(value.getUses(), [&](OpOperand &use) {
      return sweep.getBody().isAncestor(use.getOwner()->getParentRegion()) &&
             !isa<BackprojectOp, ExitOp>(use.getOwner());
    });
    isUsed |= llvm::any_of(
        exits, [&](Exit &exit) { return exit.exit.value == value; });
    if (!isUsed)
      continue;
    Value memory = kernel.getSpilled(value);
    LaneList &list = token.splats[value];
    for (int64_t i = 0, e = getElementCount(value.getType()); i < e; ++i)
      list.push_back(
          code.loadSplat(memory, code.add(slot, i * kBlock), order.lanes));
  }
  return token;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Calls body(group, whole leaves, columns of a shorter leaf that follows, or
/// 0), and ends the group in all sums.
void SweepLowering::forEachGroup(
    Value slots, function_ref<void(Value, int64_t, int64_t)> body) {
  int64_t rest = order.hidden % order.leaf;
  int64_t lastLeaves = order.leaves - (order.groups - 1) * order.groupLeaves;
  auto emit = [&](Value group, int64_t leaves, int64_t columns) {
    body(group, leaves - (columns ? 1 : 0), columns);
    for (Exit &exit : exits)
      if (exit.tree)
        exit.tree->endGroup(group, leaves, slots);
  };
  bool isEven = rest == 0 && lastLeaves == order.groupLeaves;
  int64_t even = isEven ? order.groups : order.groups - 1;
  if (even)
    code.loop(code.index(even),
              [&](Value group) { emit(group, order.groupLeaves, 0); });
  if (!isEven)
    emit(code.index(order.groups - 1), lastLeaves, rest);
}

Value SweepLowering::getLeaf(Value group, Value position) {
  return code.add(code.mul(group, order.groupLeaves), position);
}

void SweepLowering::finishSums(Value slots, Value onlySlot) {
  for (Exit &exit : exits)
    if (exit.tree)
      exit.tree->finish(slots, [&](Value slot, Value value, Value sum) {
        Type element = getElementTypeOrSelf(exit.result.getType());
        code.storeScalar(
            convertFloat(builder, code.loc, sum, element), exit.sums,
            code.add(code.mul(value, kBlock), onlySlot ? onlySlot : slot));
      });
}

LogicalResult SweepLowering::emitTokenByToken() {
  LogicalResult result = success();
  Value one = code.index(1);
  code.loop(kernel.getValidTokens(), [&](Value slot) {
    TokenScope token = enterToken(slot);
    auto emit = [&](Value group, Value position, int64_t columns) {
      Value column = code.mul(getLeaf(group, position), order.leaf);
      if (failed(emitLeaf(token, {code.index(0), position, column, columns})))
        result = failure();
    };
    forEachGroup(one, [&](Value group, int64_t leaves, int64_t rest) {
      if (leaves)
        code.loop(code.index(leaves),
                  [&](Value position) { emit(group, position, order.leaf); });
      if (rest)
        emit(group, code.index(leaves), rest);
    });
    finishSums(one, slot);
  });
  return result;
}

LogicalResult SweepLowering::emitTiled() {
  LogicalResult result = success();
  Value valid = kernel.getValidTokens();
  // Tokens that the block lacks are multiplied with zero, and must be numbers.
  for (auto &entry : products) {
    const TileBuffer &buffer = entry.second;
    Value zero = code.zero(buffer.element, order.lanes);
    int64_t length = buffer.streams * order.leaf;
    code.loop(valid, code.index(kBlock), 1, [&](Value slot) {
      code.loop(code.index(kTile), [&](Value leaf) {
        Value start = code.mul(code.add(code.mul(leaf, kBlock), slot), length);
        code.loop(code.index(0), code.index(length), order.lanes, [&](Value i) {
          code.store(zero, buffer.memory, code.add(start, i));
        });
      });
    });
  }
  forEachGroup(valid, [&](Value group, int64_t leaves, int64_t rest) {
    if (leaves) {
      Value end = code.index(leaves);
      code.loop(code.index(0), end, kTile, [&](Value first) {
        Value count = code.min(code.sub(end, first), code.index(kTile));
        if (failed(emitTile(group, first, count, order.leaf)))
          result = failure();
      });
    }
    if (rest &&
        failed(emitTile(group, code.index(leaves), code.index(1), rest)))
      result = failure();
  });
  finishSums(valid, nullptr);
  return result;
}

LogicalResult SweepLowering::emitTile(Value group, Value first, Value count,
                                      int64_t columns) {
  LogicalResult result = success();
  auto forEachLeaf = [&](function_ref<void(const Leaf &)> body) {
    code.loop(count, [&](Value inTile) {
      Value position = code.add(first, inTile);
      Value column = code.mul(getLeaf(group, position), order.leaf);
      body({inTile, position, column, columns});
    });
  };
  if (!packed.empty())
    forEachLeaf([&](const Leaf &leaf) {
      for (auto &[phi, memory] : packed)
        packPhi(phi, memory, leaf);
    });
  if (!backprojects.empty())
    forEachLeaf([&](const Leaf &leaf) {
      for (auto &[value, buffer] : backprojects)
        emitBackproject(value.getDefiningOp<BackprojectOp>(), buffer, leaf);
    });
  code.loop(kernel.getValidTokens(), [&](Value slot) {
    TokenScope token = enterToken(slot);
    forEachLeaf([&](const Leaf &leaf) {
      if (failed(emitLeaf(token, leaf)))
        result = failure();
    });
  });
  for (Exit &exit : exits)
    if (exit.exit.kind == ExitKind::Project)
      emitProject(exit, first, count);
    else if (exit.exit.kind == ExitKind::Outer)
      forEachLeaf([&](const Leaf &leaf) { emitOuter(exit, leaf); });
  return result;
}

//===----------------------------------------------------------------------===//
// The columns of one leaf and token
//===----------------------------------------------------------------------===//

int64_t SweepLowering::countColumns(const Leaf &leaf, int64_t vector) const {
  return std::clamp<int64_t>(leaf.columns - vector * order.lanes, 0,
                             order.lanes);
}

Value SweepLowering::getTilePlace(const TileBuffer &buffer, Value leaf,
                                  Value row, int64_t column) {
  Value rows = code.add(code.mul(leaf, kBlock * buffer.streams), row);
  return code.add(code.mul(rows, order.leaf), column);
}

LogicalResult SweepLowering::emitLeaf(TokenScope &token, const Leaf &leaf) {
  // [exit][element][vector]
  SmallVector<SmallVector<LaneList>> partial(exits.size());
  for (auto [exit, lists] : llvm::zip_equal(exits, partial))
    if (exit.exit.kind == ExitKind::Sum)
      lists.resize(exit.tree->getValues());
  for (int64_t vector = 0; vector < order.vectors; ++vector)
    if (failed(emitColumns(token, leaf, vector, partial)))
      return failure();
  for (auto [exit, lists] : llvm::zip_equal(exits, partial)) {
    if (exit.exit.kind != ExitKind::Sum)
      continue;
    LaneList sums;
    for (LaneList &vectors : lists)
      sums.push_back(buildTreeSum(builder, code.loc, vectors));
    int64_t values = exit.tree->getValues();
    exit.tree->push(leaf.position, code.mul(token.treeSlot, values), sums,
                    values, 0);
  }
  return success();
}

LogicalResult
SweepLowering::emitColumns(TokenScope &token, const Leaf &leaf, int64_t vector,
                           SmallVectorImpl<SmallVector<LaneList>> &partial) {
  int64_t count = countColumns(leaf, vector);
  if (count == 0) {
    // Products read whole leaves.
    for (auto &[value, buffer] : products)
      for (int64_t i = 0; i < buffer.streams; ++i) {
        Value row = code.add(code.mul(token.slot, buffer.streams), i);
        code.store(
            code.zero(buffer.element, order.lanes), buffer.memory,
            getTilePlace(buffer, leaf.inTile, row, vector * order.lanes));
      }
    return success();
  }
  LaneProgram program(builder, order.lanes);
  program.valid = count;
  for (auto &[value, splats] : token.splats)
    program.define(value, splats);
  Value column = code.add(leaf.column, vector * order.lanes);
  for (auto [row, argument, start] : llvm::zip_equal(
           sweep.getRows(), sweep.getBody().getArguments(), token.rowStarts)) {
    const RowMemory &memory = kernel.getRow(row);
    LaneList list;
    Value place = code.add(start, column);
    for (int64_t i = 0, e = getStreams(argument); i < e; ++i)
      list.push_back(code.load(memory.memory, code.add(place, i * order.hidden),
                               order.lanes, count));
    program.define(argument, list);
    // A token's streams are too short for the hardware to look ahead well: the
    // same columns of the next token.
    int64_t bytes =
        getElementTypeOrSelf(argument.getType()).getIntOrFloatBitWidth() / 8 *
        order.lanes;
    if (!isTiled && memory.kind == RowMemory::PerToken &&
        vector * bytes % 64 == 0)
      for (int64_t i = 0, e = getStreams(argument); i < e; ++i)
        code.prefetch(memory.memory,
                      code.add(place, i * order.hidden + memory.size));
  }
  for (Operation &op : sweep.getBody().front().without_terminator()) {
    if (isa<BackprojectOp>(op)) {
      Value out = op.getResult(0);
      const TileBuffer &buffer = backprojects[out];
      LaneList list;
      for (int64_t i = 0; i < buffer.streams; ++i) {
        Value row = code.add(code.mul(token.slot, buffer.streams), i);
        Value lanes = code.load(
            buffer.memory,
            getTilePlace(buffer, leaf.inTile, row, vector * order.lanes),
            order.lanes);
        list.push_back(convertFloat(builder, code.loc, lanes,
                                    getElementTypeOrSelf(out.getType())));
      }
      program.define(out, list);
    } else if (failed(program.emit(&op))) {
      return failure();
    }
  }
  emitExits(program, token, leaf, vector, partial);
  return success();
}

void SweepLowering::emitExits(LaneProgram &program, TokenScope &token,
                              const Leaf &leaf, int64_t vector,
                              SmallVectorImpl<SmallVector<LaneList>> &partial) {
  int64_t count = countColumns(leaf, vector);
  Value column = code.add(leaf.column, vector * order.lanes);
  for (auto [index, exit] : llvm::enumerate(exits)) {
    LaneList list = program.lookup(exit.exit.value);
    for (auto [i, lanes] : llvm::enumerate(list)) {
      switch (exit.exit.kind) {
      case ExitKind::Row:
        for (auto [row, start] :
             llvm::zip_equal(exit.rows, token.exitStarts[index]))
          code.store(lanes, row.memory,
                     code.add(code.add(start, column), i * order.hidden),
                     count);
        break;
      case ExitKind::Sum:
        partial[index][i].push_back(code.zeroFrom(
            convertFloat(builder, code.loc, lanes, exit.tree->getElement()),
            count));
        break;
      case ExitKind::Total: {
        Value place = code.add(column, i * order.hidden);
        Value sum = code.load(exit.total.memory, place, order.lanes, count);
        sum = arith::AddFOp::create(
            builder, code.loc, sum,
            convertFloat(builder, code.loc, lanes, exit.total.element));
        code.store(sum, exit.total.memory, place, count);
        break;
      }
      case ExitKind::Project:
      case ExitKind::Outer:
        break;
      }
    }
  }
  for (auto &[value, buffer] : products)
    for (auto [i, lanes] : llvm::enumerate(program.lookup(value))) {
      Value row = code.add(code.mul(token.slot, buffer.streams), i);
      Value wide = convertFloat(builder, code.loc, lanes, buffer.element);
      code.store(code.zeroFrom(wide, count), buffer.memory,
                 getTilePlace(buffer, leaf.inTile, row, vector * order.lanes));
    }
}
