//===- AddTotals.cpp - The second launch of a kernel with totals ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread adds one element over slabs, in order; a warp one over tiles: lane l
// adds tiles l, l + 32 and so on, then lanes meet by a balanced tree. Without
// tokens there are none, and totals are zeros.
//
//===----------------------------------------------------------------------===//

#include "LaunchLowering.h"
#include "WarpSweep.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace mlir::mhc;

/// The sum of one element over slabs, each with its sets one after the other.
Value LaunchLowering::addSlabs(const TotalPlace &place, Value parts,
                               Value element, Value count) {
  int64_t bytes = getBytes(place.element);
  Value own = code.offset(code.offset(parts, place.offset),
                          code.mul(code.widen(element), bytes));
  auto addSets = [&](Value slab, ValueRange sums) -> SmallVector<Value> {
    Value first = code.offset(own, code.mul(code.widen(slab), slabTotalBytes));
    Value sum = sums.front();
    for (int64_t set = 0; set < place.sets; ++set)
      sum = arith::AddFOp::create(
          builder, code.loc, sum,
          code.load(place.element, code.offset(first, set * place.size * bytes),
                    bytes));
    return {sum};
  };
  return code
      .loopCarrying(code.i32(0), count, code.i32(1), code.zero(place.element),
                    addSets)
      .front();
}

/// The sum of one element over tiles, in all lanes of a warp.
Value LaunchLowering::addTilesOf(const TotalPlace &place, Value parts,
                                 Value element, Value lane, Value count) {
  int64_t bytes = getBytes(place.element);
  Value all = code.widen(count);
  Value own = code.offset(parts, code.mul(all, place.offset));
  own = code.offset(own, code.mul(code.mul(code.widen(element), all), bytes));
  auto addTile = [&](Value tile, ValueRange sums) -> SmallVector<Value> {
    Value number =
        code.load(place.element,
                  code.offset(own, code.mul(code.widen(tile), bytes)), bytes);
    return {arith::AddFOp::create(builder, code.loc, sums.front(), number)};
  };
  Value sum = code.loopCarrying(lane, count, code.i32(32),
                                code.zero(place.element), addTile)
                  .front();
  for (int64_t mask : {1, 2, 4, 8, 16})
    sum = arith::AddFOp::create(builder, code.loc, sum,
                                code.shuffleXor(sum, mask));
  return sum;
}

void LaunchLowering::createAddTotals() {
  constexpr int64_t size = 256;
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  SmallVector<Type> parameters(
      (tileTotalMemory != nullptr) + (slabTotalMemory != nullptr), pointer);
  forEachTotal([&](const TotalPlace &place, bool) {
    parameters.append(place.destinations.size(), pointer);
  });
  parameters.append(2, builder.getI32Type());
  addTotals = createKernel(name + "_totals", parameters, size);

  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(addTotals.getBody().front().getTerminator());
  auto next = addTotals.getBody().getArguments().begin();
  Value ofTiles = tileTotalMemory ? *next++ : Value();
  Value ofSlabs = slabTotalMemory ? *next++ : Value();
  Value numTiles = addTotals.getBody().getArguments().drop_back().back();
  Value numSlabs = addTotals.getBody().getArguments().back();
  Value number = code.add(code.mul(code.blockId('x'), size), code.threadId());
  int64_t first = 0;
  // Those of tiles come first: their warps are whole.
  forEachTotal([&](const TotalPlace &place, bool isSlab) {
    Value index = code.sub(number, code.i32(first));
    int64_t count = place.countThreads(isSlab);
    Value isOwn = code.both(code.less(code.i32(-1), index),
                            code.less(index, code.i32(count)));
    code.when(isOwn, [&] {
      Value element = isSlab ? index : code.div(index, 32);
      Value sum = isSlab ? addSlabs(place, ofSlabs, element, numSlabs)
                         : addTilesOf(place, ofTiles, element,
                                      code.rem(index, 32), numTiles);
      auto store = [&] {
        for (unsigned destination : place.destinations) {
          auto type = cast<MemRefType>(kernel.getOuts()[destination].getType());
          Type outElement = type.getElementType();
          int64_t bytes = getBytes(outElement);
          Value out = *next++;
          code.store(convertFloat(builder, code.loc, sum, outElement),
                     code.offset(out, code.mul(code.widen(element), bytes)),
                     bytes);
        }
      };
      if (isSlab)
        store();
      else
        code.when(code.equal(code.rem(index, 32), 0), store);
    });
    first += count;
  });
}
