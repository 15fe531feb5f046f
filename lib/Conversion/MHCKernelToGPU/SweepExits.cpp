//===- SweepExits.cpp - What leaves a sweep -------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpSweep.h"

#include "../KernelLanes/LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <numeric>

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kTileTokens = 8, kLaneColumns = 8;

static Value addFloats(DeviceCode &code, Value a, Value b) {
  return arith::AddFOp::create(code.builder, code.loc, a, b);
}

/// Zeros beyond hidden, in columns from the lane's column `first` on.
Value WarpSweep::maskColumns(const WarpItem &item, Value columns,
                             int64_t first) {
  if (isFull)
    return columns;
  int64_t count = cast<VectorType>(columns.getType()).getNumElements();
  Value below = code.sub(code.i32(order.hidden - first), item.column);
  SmallVector<int32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  Value number = arith::ConstantOp::create(
      code.builder, code.loc, code.builder.getI32VectorAttr(numbers));
  Value isBelow =
      arith::CmpIOp::create(code.builder, code.loc, arith::CmpIPredicate::slt,
                            number, code.splat(below, count));
  return arith::SelectOp::create(code.builder, code.loc, isBelow, columns,
                                 code.zero(columns.getType()));
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

void WarpSweep::emitProduct(const WarpItem &item, Exit &exit,
                            SmallVector<Value> columns,
                            MutableArrayRef<Value> carried) {
  for (Value &column : columns)
    column = maskColumns(item, column, 0);
  if (exit.phi) {
    mlir::mhc::emitProject(code, *exit.phi, item.tile, columns,
                           getBuffer(item, exit));
    return;
  }
  // A token that the block lacks counts as zeros.
  for (Value &column : columns)
    column = code.select(item.isValid, column, code.zero(column.getType()));
  auto own = carried.slice(exit.firstCarried, exit.numCarried);
  llvm::copy(exit.outer->add(code, item.tile, columns,
                             launch.getTokenValues(exit.exit.by),
                             ValueRange(own)),
             own.begin());
}

//===----------------------------------------------------------------------===//
// Sums over hidden
//===----------------------------------------------------------------------===//

/// This half of the buffer by the step, then the tile's and the leaf's place.
Value WarpSweep::getBuffer(const WarpItem &item, const Exit &exit) {
  int64_t bytes = exit.values * kTileTokens * getBytes(exit.element);
  Value place =
      code.add(code.mul(item.tilePlace, layout.places), item.leafPlace);
  return code.offset(getHalf(exit), code.mul(place, bytes));
}

/// Adds a lane's columns from `first` on to `sum` one after the other; null is
/// no sum yet.
Value WarpSweep::addInLane(const WarpItem &item, const Exit &exit, Value sum,
                           Value columns, int64_t first) {
  Value wide = convertFloat(code.builder, code.loc,
                            maskColumns(item, columns, first), exit.element);
  for (int64_t i = 0; i < vector; ++i) {
    Value column = code.extract(wide, i);
    sum = sum ? addFloats(code, sum, column) : column;
  }
  return sum;
}

/// The same with the products of two rows.
Value WarpSweep::addProductsInLane(const WarpItem &item, const Exit &exit,
                                   Value sum, Value a, Value b, int64_t first) {
  auto widen = [&](Value columns) {
    return convertFloat(code.builder, code.loc,
                        maskColumns(item, columns, first), exit.element);
  };
  a = widen(a);
  b = widen(b);
  for (int64_t i = 0; i < vector; ++i) {
    Value p = code.extract(a, i), q = code.extract(b, i);
    sum = sum ? Value(math::FmaOp::create(code.builder, code.loc, p, q, sum))
              : Value(arith::MulFOp::create(code.builder, code.loc, p, q));
  }
  return sum;
}

/// Adds the sums of the 4 lanes of a token, and stores them for its leaf.
void WarpSweep::storeSums(const WarpItem &item, const Exit &exit,
                          SmallVector<Value> sums) {
  Value buffer = getBuffer(item, exit);
  int64_t bytes = getBytes(exit.element);
  for (Value &sum : sums)
    for (int64_t mask : {1, 2})
      sum = addFloats(code, sum, code.shuffleXor(sum, mask));
  // All four lanes have all sums: each stores one of four.
  for (size_t first = 0; first < sums.size(); first += 4) {
    size_t count = std::min<size_t>(4, sums.size() - first);
    Value own = sums[first];
    for (size_t i = 1; i < count; ++i)
      own = code.select(code.equal(item.tile.t, i), sums[first + i], own);
    // What a leaf that is not there adds: nothing, not even to -0.
    if (!isFull)
      own = code.select(
          code.less(item.tile.column, code.i32(order.hidden)), own,
          createConstant(code.builder, code.loc, exit.element, -0.0));
    Value value = code.add(item.tile.t, first);
    Value place = code.add(code.mul(value, kTileTokens), item.tile.g);
    auto store = [&] {
      code.store(own, code.offset(buffer, code.mul(place, bytes)), bytes);
    };
    if (count == 4)
      store();
    else
      code.when(code.less(item.tile.t, code.i32(count)), store);
  }
}

/// The sums of the leaves of the tiles of a step: to the token's values if the
/// slice is the only one, else to the memory where slices meet.
void WarpSweep::addLeaves(Value step) {
  if (llvm::none_of(exits, [](Exit &exit) { return exit.values > 0; }))
    return;
  auto addAll = [&] {
    code.barrier();
    for (Exit &exit : exits)
      if (exit.values)
        addLeavesOf(step, exit);
  };
  // A warp that has several leaves of a tile is done after the last.
  if (layout.warpLeaves == 1)
    addAll();
  else
    code.when(
        code.equal(code.rem(step, layout.warpLeaves), layout.warpLeaves - 1),
        addAll);
}

/// The half of a buffer that this step's tiles use: the other one may still be
/// read.
Value WarpSweep::getHalf(const Exit &exit) {
  return code.offset(exit.buffer,
                     code.mul(ownHalf, layout.tilePlaces * layout.places *
                                           exit.values * kTileTokens *
                                           getBytes(exit.element)));
}

void WarpSweep::addLeavesOf(Value step, const Exit &exit) {
  int64_t bytes = getBytes(exit.element);
  int64_t leafSums = exit.values * kTileTokens;
  Value half = getHalf(exit);
  TreeShape tree = order.getLeafTree();
  TokenValues target = launch.getTokenValues(exit.result);
  Value firstTile = layout.warpLeaves > 1 ? code.div(step, layout.warpLeaves)
                                          : code.mul(step, layout.leafWarps);
  auto addPair = [&](Value tile, Value pair) {
    Value place = code.offset(
        half, code.mul(code.add(code.mul(tile, layout.places * leafSums), pair),
                       bytes));
    SmallVector<Value> items;
    for (int64_t leaf = 0; leaf < order.sliceLeaves; ++leaf)
      items.push_back(code.load(
          exit.element, code.offset(place, leaf * leafSums * bytes), bytes));
    Value sum = tree.build(
        items, [&](Value a, Value b) { return addFloats(code, a, b); });
    Value value = code.div(pair, kTileTokens);
    Value token = code.add(code.mul(code.add(firstTile, tile), kTileTokens),
                           code.rem(pair, kTileTokens));
    Value element = code.add(code.mul(value, target.stride), token);
    if (!launch.isSliced()) {
      int64_t targetBytes = getBytes(target.element);
      code.store(convertFloat(code.builder, code.loc, sum, target.element),
                 code.offset(target.pointer, code.mul(element, targetBytes)),
                 targetBytes);
      return;
    }
    auto store = [&] {
      code.store(sum,
                 code.offset(launch.getPartial(exit.result, launch.slice),
                             code.mul(element, bytes)),
                 bytes);
    };
    if (launch.isFirstPart)
      code.when(launch.isFirstPart, store);
    else
      store();
  };
  code.loop(launch.thread, code.i32(layout.leafWarps * leafSums),
            code.i32(launch.getThreads()), [&](Value index) {
              if (layout.leafWarps == 1)
                return addPair(code.i32(0), index);
              Value tile = code.div(index, leafSums);
              Value isThere =
                  code.less(code.add(firstTile, tile), launch.getBlock().tiles);
              code.when(isThere,
                        [&] { addPair(tile, code.rem(index, leafSums)); });
            });
}

//===----------------------------------------------------------------------===//
// Sums over tokens
//===----------------------------------------------------------------------===//

void WarpSweep::addTotal(const WarpItem &item, Exit &exit,
                         ArrayRef<Value> columns,
                         MutableArrayRef<Value> carried) {
  for (auto [i, column] : llvm::enumerate(columns)) {
    Value wide = convertFloat(code.builder, code.loc,
                              maskColumns(item, column, 0), exit.element);
    wide = code.select(item.isValid, wide, code.zero(wide.getType()));
    Value &sum = carried[exit.firstCarried + i];
    sum = addFloats(code, sum, wide);
  }
}

/// Warps of a leaf have sums of their own, as if they were slabs.
void WarpSweep::storeTotals(ValueRange carried) {
  if (carried.empty())
    return;
  WarpItem item = getItem(nullptr);
  for (Exit &exit : exits) {
    if (!exit.numCarried)
      continue;
    ValueRange own = carried.slice(exit.firstCarried, exit.numCarried);
    Value pointer = launch.getSlabTotal(exit.result, item.tilePlace);
    if (exit.outer) {
      exit.outer->store(code, item.tile, own, pointer);
      continue;
    }
    // Over the eight tokens of a tile.
    SmallVector<Value> columns;
    for (Value column : own) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < kLaneColumns; ++i) {
        Value sum = code.extract(column, i);
        for (int64_t mask : {4, 8, 16})
          sum = addFloats(code, sum, code.shuffleXor(sum, mask));
        elements.push_back(sum);
      }
      columns.push_back(code.join(elements));
    }
    auto type = cast<TotalType>(exit.result.getType());
    auto row = RowType::get(type.getContext(), type.getShape(), exit.element);
    Value isStored = code.equal(item.tile.g, 0);
    if (launch.isFirstPart)
      isStored = code.both(isStored, launch.isFirstPart);
    code.when(isStored, [&] {
      RowAccess(row, isFull).store(code, pointer, item.column, columns);
    });
  }
}
