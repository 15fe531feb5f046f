//===- SumExchange.cpp - Slices of hidden meet ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each CTA leaves its slice's sums of a block in memory and counts itself. The
// last one to come adds all of them in the tree's order and goes on with the
// token's program; which one that is changes no number.
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

static constexpr StringLiteral kDevice = "device";

Value LaunchLowering::getPartial(Value value, Value which) {
  Value number =
      code.add(code.mul(code.widen(block.number), schedule.getSlices()),
               code.widen(which));
  return code.offset(partials, code.add(code.mul(number, partialBytes),
                                        partialOffsets.lookup(value)));
}

/// Whether all other slices of the block have counted themselves: an i1, the
/// same in all threads. An atomic orders nothing by itself; fences do.
Value LaunchLowering::isLastSlice() {
  Value flag = allocateShared(4);
  code.barrier();
  code.when(code.equal(thread, 0), [&] {
    Value counter =
        code.offset(counters, code.mul(code.widen(block.number), 4));
    auto fence = [&] {
      LLVM::FenceOp::create(builder, code.loc, LLVM::AtomicOrdering::acq_rel,
                            kDevice);
    };
    auto count = [&] {
      fence();
      Value before = LLVM::AtomicRMWOp::create(
          builder, code.loc, LLVM::AtomicBinOp::add, counter, code.i32(1),
          LLVM::AtomicOrdering::monotonic, kDevice);
      fence();
      Value isLast = code.equal(before, schedule.getSlices() - 1);
      code.store(arith::ExtUIOp::create(builder, code.loc, builder.getI32Type(),
                                        isLast),
                 flag, 4);
    };
    if (!isFirstPart)
      return count();
    code.store(code.i32(0), flag, 4);
    code.when(isFirstPart, count);
  });
  code.barrier();
  return code.equal(code.load(builder.getI32Type(), flag, 4), 1);
}

void LaunchLowering::exchangeSums(function_ref<void()> body) {
  code.when(isLastSlice(), [&] {
    for (auto &[sum, offset] : partialOffsets)
      addSlices(sum);
    code.barrier();
    body();
  });
}

void LaunchLowering::addSlices(Value sum) {
  Type element = getComputeType(getElementTypeOrSelf(sum.getType()));
  int64_t bytes = element.getIntOrFloatBitWidth() / 8;
  TokenValues target = tokenValues.lookup(sum);
  int64_t targetBytes = target.element.getIntOrFloatBitWidth() / 8;
  SliceOrder order =
      *SliceOrder::get(cast<SweepOp>(sum.getDefiningOp()).getHidden(),
                       kernel.getOrder(), schedule.getSlices());
  TreeShape tree = order.getSliceTree();
  Value first = getPartial(sum, code.i32(0));
  Value count = code.mul(block.tiles, 8);
  code.loop(
      thread, code.mul(count, getElementCount(sum.getType())),
      code.i32(threads), [&](Value pair) {
        Value value = arith::DivUIOp::create(builder, code.loc, pair, count);
        Value token = code.sub(pair, code.mul(value, count));
        Value place = code.add(code.mul(value, target.stride), token);
        Value own = code.offset(first, code.mul(place, bytes));
        SmallVector<Value> items;
        for (int64_t slice = 0; slice < schedule.getSlices(); ++slice)
          items.push_back(code.load(
              element, code.offset(own, slice * partialBytes), bytes));
        Value total = tree.build(items, [&](Value a, Value b) -> Value {
          return arith::AddFOp::create(builder, code.loc, a, b);
        });
        code.store(convertFloat(builder, code.loc, total, target.element),
                   code.offset(target.pointer, code.mul(place, targetBytes)),
                   targetBytes);
      });
}
