//===- WarpSweep.cpp - A sweep, by warps on tiles -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpSweep.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kTileTokens = 8, kLaneColumns = 8;

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

WarpSweep::WarpSweep(SweepOp sweep, LaunchLowering &launch,
                     const SliceOrder &order)
    : sweep(sweep), launch(launch), code(launch.getCode()), order(order),
      warps(launch.getSchedule().getWarps()),
      vector(launch.getSchedule().getVector()),
      prefetch(launch.getSchedule().getPrefetch()), layout(order, warps) {
  isFull = order.hidden % order.leaf == 0 &&
           order.leaves == order.slices * order.sliceLeaves &&
           layout.places == order.sliceLeaves && warps % layout.places == 0;
  if (layout.warpLeaves > 1)
    isFull &= layout.warpLeaves * warps == order.sliceLeaves;

  auto addWeight = [&](Value phi, Type column, Precision precision,
                       WeightMemory::Use use) {
    WeightProduct product =
        getProduct(cast<WeightType>(phi.getType()), column, precision);
    Value shared;
    if (launch.getSchedule().getWeights() == Storage::Shared)
      if (int64_t bytes =
              WeightMemory::getSharedBytes(product, use, layout.places))
        shared = launch.allocateShared(bytes);
    auto memory = std::make_unique<WeightMemory>(
        product, use, launch.getPointer(phi), shared);
    if (shared)
      memory->fill(code, launch.thread, launch.getThreads(), layout.places,
                   [&](Value leaf) { return getColumn(leaf); });
    return memory;
  };
  for (BackprojectOp op : sweep.getBody().getOps<BackprojectOp>())
    backprojects[op] = addWeight(op.getPhi(), op.getOut().getType(),
                                 op.getPrecision(), WeightMemory::Backproject);

  unsigned carried = 0;
  for (auto [exit, result] :
       llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults())) {
    Exit &made = exits.emplace_back();
    made.exit = exit;
    made.result = result;
    made.firstCarried = carried;
    Type element = getElementTypeOrSelf(result.getType());
    switch (exit.kind) {
    case ExitKind::Row:
      break;
    case ExitKind::Project:
      made.phi = addWeight(exit.by, exit.value.getType(), exit.precision,
                           WeightMemory::Project);
      [[fallthrough]];
    case ExitKind::Sum:
      made.values = getElementCount(result.getType());
      made.element =
          made.phi ? made.phi->product.getSumType() : getComputeType(element);
      made.buffer = launch.allocateShared(2 * layout.tilePlaces *
                                          layout.places * made.values *
                                          kTileTokens * getBytes(made.element));
      launch.setTokenValues(result,
                            launch.allocateTokenValues(result.getType()));
      break;
    case ExitKind::Outer: {
      auto type = cast<TotalType>(result.getType());
      WeightProduct product = getOuterProduct(exit, type);
      int64_t count = launch.getPartOutputs(
          type.getShape()[0], OuterProduct::getGranularity(product));
      made.outer = std::make_unique<OuterProduct>(
          product, code.mul(launch.part, count), count);
      break;
    }
    case ExitKind::Total:
      made.element =
          getComputeType(cast<TotalType>(result.getType()).getElementType());
      break;
    }
    if (made.outer)
      made.numCarried = made.outer->getInitial(code).size();
    else if (exit.kind == ExitKind::Total)
      made.numCarried = getElementCount(exit.value.getType());
    carried += made.numCarried;
  }

  if (!prefetch)
    return;
  for (Value row : sweep.getRows()) {
    RowPlace place = launch.getRow(row, sweep);
    if (!isCopied(row, place) || slotOffsets.contains(row))
      continue;
    slotOffsets[row] = slotBytes;
    slotBytes += warps * getAccess(row, place).getSharedBytes();
  }
  if (slotBytes)
    slots = launch.allocateShared((prefetch + 1) * slotBytes);
}

LogicalResult WarpSweep::check() {
  for (Exit &exit : exits)
    if (exit.numCarried && layout.warpLeaves > 1)
      return sweep.emitOpError("expected a warp for each leaf of a slice where "
                               "a sweep adds over tokens, got ")
             << order.sliceLeaves << " leaves and " << warps << " warps";
  return success();
}

SmallVector<Value> WarpSweep::getInitial() {
  SmallVector<Value> initial;
  for (Exit &exit : exits) {
    if (exit.outer)
      llvm::append_range(initial, exit.outer->getInitial(code));
    else if (exit.numCarried)
      initial.append(exit.numCarried,
                     code.zero(VectorType::get({kLaneColumns}, exit.element)));
  }
  return initial;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// The first column of a leaf of the slice; hidden or more if there is none.
Value WarpSweep::getColumn(Value leafPlace) {
  Value leaf, isThere;
  if (order.sliceGroups) {
    int64_t sliceLeaves = order.sliceGroups * order.groupLeaves;
    leaf = code.add(code.mul(launch.slice, sliceLeaves), leafPlace);
    isThere = code.less(leafPlace, code.i32(sliceLeaves));
  } else {
    Value inGroup = code.add(
        code.mul(code.rem(launch.slice, order.groupSlices), order.sliceLeaves),
        leafPlace);
    leaf = code.add(
        code.mul(code.div(launch.slice, order.groupSlices), order.groupLeaves),
        inGroup);
    isThere = code.both(code.less(inGroup, code.i32(order.groupLeaves)),
                        code.less(leafPlace, code.i32(order.sliceLeaves)));
  }
  if (isFull)
    return code.mul(leaf, order.leaf);
  isThere = code.both(isThere, code.less(leaf, code.i32(order.leaves)));
  leaf = code.select(isThere, leaf, code.i32(order.leaves));
  return code.mul(leaf, order.leaf);
}

/// Step `step` of this warp; without one, what does not depend on the block.
WarpItem WarpSweep::getItem(Value step) {
  WarpItem item;
  if (layout.warpLeaves > 1) {
    item.tilePlace = code.i32(0);
    item.leafPlace = launch.warp;
    if (step) {
      item.number = code.div(step, layout.warpLeaves);
      item.leafPlace = code.add(
          code.mul(code.rem(step, layout.warpLeaves), warps), launch.warp);
    }
  } else {
    item.tilePlace = code.div(launch.warp, layout.places);
    item.leafPlace = code.rem(launch.warp, layout.places);
    if (step)
      item.number = code.add(code.mul(step, layout.leafWarps), item.tilePlace);
  }
  item.tile.lane = launch.lane;
  // A lane's addresses are cheaper computed again for each step than kept.
  if (step && getNumCarried())
    item.tile.lane = code.add(launch.lane, launch.loadZero());
  item.tile.g = code.div(item.tile.lane, 4);
  item.tile.t = code.rem(item.tile.lane, 4);
  item.tile.leaf = item.leafPlace;
  item.tile.column = getColumn(item.leafPlace);
  // A warp beyond the last whole set has no columns.
  if (warps > layout.places && warps % layout.places)
    item.tile.column =
        code.select(code.less(item.tilePlace, code.i32(layout.leafWarps)),
                    item.tile.column, code.i32(order.leaves * order.leaf));
  item.column = code.add(item.tile.column, code.mul(item.tile.t, kLaneColumns));
  if (!step)
    return item;

  const LaunchLowering::Block &block = launch.getBlock();
  Value inBlock = code.add(code.mul(item.number, kTileTokens), item.tile.g);
  item.isValid = code.less(inBlock, block.tokens);
  Value last = code.add(block.tokens, -1);
  item.token = code.add(block.firstToken, code.widen(code.min(inBlock, last)));
  // Of several tiles at a time, some may be beyond the block's last one, and
  // those of warps beyond the last whole set are none: these read the last one.
  if (layout.tilePlaces > 1) {
    item.hasTile = code.less(item.number, block.tiles);
    if (warps % layout.places)
      item.hasTile = code.both(
          item.hasTile, code.less(item.tilePlace, code.i32(layout.leafWarps)));
    item.number = code.min(item.number, code.add(block.tiles, -1));
  }
  item.tile.token = code.mul(item.number, kTileTokens);
  item.inBlock = code.add(item.tile.token, item.tile.g);
  return item;
}

FailureOr<SmallVector<Value>> WarpSweep::emit(ValueRange carried) {
  Value tiles = launch.getBlock().tiles, steps = tiles;
  if (layout.warpLeaves > 1)
    steps = code.mul(tiles, layout.warpLeaves);
  else if (layout.leafWarps > 1)
    steps = code.div(code.add(tiles, layout.leafWarps - 1), layout.leafWarps);
  // Slots go on from block to block: were the first one of a block always the
  // same, its addresses would be kept in registers all the time.
  auto getSlot = [&](Value step) {
    Value slot =
        code.rem(code.add(step, launch.getBlock().number), prefetch + 1);
    return code.offset(slots, code.mul(slot, slotBytes));
  };
  auto copyStep = [&](Value step) {
    code.when(code.less(step, steps),
              [&] { copyRows(getItem(step), getSlot(step)); });
    NVVM::CpAsyncCommitGroupOp::create(code.builder, code.loc);
  };
  if (slots)
    for (int64_t ahead = 0; ahead < prefetch; ++ahead)
      copyStep(code.i32(ahead));

  LogicalResult result = success();
  SmallVector<Value> sums = code.loopCarrying(
      code.i32(0), steps, code.i32(1), carried,
      [&](Value step, ValueRange state) {
        SmallVector<Value> own(state);
        if (slots) {
          copyStep(code.add(step, prefetch));
          NVVM::CpAsyncWaitGroupOp::create(code.builder, code.loc, prefetch);
          ownSlot = getSlot(step);
        }
        ownHalf = code.rem(
            layout.warpLeaves > 1 ? code.div(step, layout.warpLeaves) : step,
            2);
        WarpItem item = getItem(step);
        if (failed(emitItem(item, own)))
          result = failure();
        addLeaves(step);
        return own;
      });
  if (failed(result))
    return failure();
  return sums;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

RowAccess WarpSweep::getAccess(Value row, const RowPlace &place) {
  return RowAccess(cast<RowType>(row.getType()),
                   isFull || place.kind == RowPlace::Retained);
}

/// Whether the sweep's steps find the row in their slot.
bool WarpSweep::isCopied(Value row, const RowPlace &place) {
  return prefetch && place.kind != RowPlace::Retained &&
         getAccess(row, place).canCopy();
}

/// Where the row of the item's token begins.
static Value getStart(DeviceCode &code, RowType type, const RowPlace &place,
                      Value token) {
  if (place.kind == RowPlace::ForAll)
    return place.pointer;
  return code.offset(place.pointer, code.mul(token, type.getBytes()));
}

/// Where the item's tile of a retained row is.
static Value getTile(DeviceCode &code, const RowPlace &place,
                     const WarpItem &item, int64_t leaves, int64_t bytes) {
  return code.offset(
      place.pointer,
      code.mul(code.add(code.mul(item.number, leaves), item.leafPlace), bytes));
}

void WarpSweep::copyRows(const WarpItem &item, Value slot) {
  for (auto [row, offset] : slotOffsets) {
    RowPlace place = launch.getRow(row, sweep);
    RowAccess access = getAccess(row, place);
    Value own = code.offset(code.offset(slot, offset),
                            code.mul(launch.warp, access.getSharedBytes()));
    access.copyToShared(
        code, getStart(code, cast<RowType>(row.getType()), place, item.token),
        item.column, item.isValid, own, item.tile.lane);
  }
}

/// What `load` makes where the condition holds, else zeros of these types.
static SmallVector<Value>
chooseOrZeros(DeviceCode &code, Value condition,
              function_ref<SmallVector<Value>()> load) {
  SmallVector<Type> types;
  return code.choose(
      condition,
      [&] {
        SmallVector<Value> loaded = load();
        llvm::append_range(types, ValueRange(loaded).getTypes());
        return loaded;
      },
      [&] {
        return llvm::map_to_vector(types,
                                   [&](Type type) { return code.zero(type); });
      });
}

SmallVector<Value> WarpSweep::loadRow(const WarpItem &item, Value row,
                                      int64_t index) {
  RowPlace place = launch.getRow(row, sweep);
  RowAccess access = getAccess(row, place);
  if (place.kind == RowPlace::Retained) {
    auto load = [&] {
      return access.loadShared(
          code,
          getTile(code, place, item, layout.places, access.getSharedBytes()),
          item.tile.lane, index);
    };
    return item.hasTile ? chooseOrZeros(code, item.hasTile, load) : load();
  }
  if (isCopied(row, place)) {
    Value own = code.offset(code.offset(ownSlot, slotOffsets[row]),
                            code.mul(launch.warp, access.getSharedBytes()));
    return access.loadShared(code, own, item.tile.lane, index);
  }
  auto load = [&] {
    return access.load(
        code, getStart(code, cast<RowType>(row.getType()), place, item.token),
        item.column, index, !place.isWritten);
  };
  if (!place.isWritten)
    return load();
  // A lane reads nothing but what it has written.
  Value isOwn = item.isValid;
  if (!isFull)
    isOwn = code.both(
        isOwn, code.less(code.add(item.column, index * access.getWidth()),
                         code.i32(order.hidden)));
  return chooseOrZeros(code, isOwn, load);
}

void WarpSweep::storeRowAt(const WarpItem &item, Value row,
                           const RowPlace &place, ArrayRef<Value> columns) {
  RowAccess access = getAccess(row, place);
  if (place.kind == RowPlace::Retained) {
    auto store = [&] {
      access.storeShared(
          code,
          getTile(code, place, item, layout.places, access.getSharedBytes()),
          item.tile.lane, columns);
    };
    return item.hasTile ? code.when(item.hasTile, store) : store();
  }
  Value isStored = item.isValid;
  if (launch.isFirstPart && !place.isOfPart)
    isStored = code.both(isStored, launch.isFirstPart);
  code.when(isStored, [&] {
    access.store(
        code, getStart(code, cast<RowType>(row.getType()), place, item.token),
        item.column, columns);
  });
}
