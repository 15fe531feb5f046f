//===- AddTotals.cpp - The second launch of a kernel with totals ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread adds one element over blocks or slabs, in order. Without tokens
// there are none, and totals are zeros.
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

void LaunchLowering::createAddTotals() {
  constexpr int64_t size = 256;
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), 1);
  SmallVector<Type> parameters(
      (blockTotalMemory != nullptr) + (slabTotalMemory != nullptr), pointer);
  forEachTotal([&](const TotalPlace &place, bool) {
    parameters.append(place.destinations.size(), pointer);
  });
  parameters.append(2, builder.getI32Type());
  addTotals = createKernel(name + "_totals", parameters, size);

  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(addTotals.getBody().front().getTerminator());
  auto next = addTotals.getBody().getArguments().begin();
  Value ofBlocks = blockTotalMemory ? *next++ : Value();
  Value ofSlabs = slabTotalMemory ? *next++ : Value();
  Value numBlocks = addTotals.getBody().getArguments().drop_back().back();
  Value numSlabs = addTotals.getBody().getArguments().back();
  Value number = code.add(code.mul(code.blockId('x'), size), code.threadId());
  int64_t first = 0;
  forEachTotal([&](const TotalPlace &place, bool isSlab) {
    Value index = code.sub(number, code.i32(first));
    Value isOwn = code.both(code.less(code.i32(-1), index),
                            code.less(index, code.i32(place.size)));
    int64_t bytes = place.element.getIntOrFloatBitWidth() / 8;
    int64_t stride = isSlab ? slabTotalBytes : blockTotalBytes;
    code.when(isOwn, [&] {
      Value own =
          code.offset(code.offset(isSlab ? ofSlabs : ofBlocks, place.offset),
                      code.mul(code.widen(index), bytes));
      Value sum =
          code.loopCarrying(
                  code.i32(0), isSlab ? numSlabs : numBlocks, code.i32(1),
                  code.zero(place.element),
                  [&](Value which, ValueRange sums) -> SmallVector<Value> {
                    Value first =
                        code.offset(own, code.mul(code.widen(which), stride));
                    Value sum = sums.front();
                    for (int64_t set = 0; set < place.sets; ++set)
                      sum = arith::AddFOp::create(
                          builder, code.loc, sum,
                          code.load(
                              place.element,
                              code.offset(first, set * place.size * bytes),
                              bytes));
                    return {sum};
                  })
              .front();
      for (unsigned destination : place.destinations) {
        auto type = cast<MemRefType>(kernel.getOuts()[destination].getType());
        Type element = type.getElementType();
        int64_t outBytes = element.getIntOrFloatBitWidth() / 8;
        Value out = *next++;
        code.store(convertFloat(builder, code.loc, sum, element),
                   code.offset(out, code.mul(code.widen(index), outBytes)),
                   outBytes);
      }
    });
    first += place.size;
  });
}
