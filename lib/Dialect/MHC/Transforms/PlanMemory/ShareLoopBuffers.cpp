//===- ShareLoopBuffers.cpp - Two buffers for all iterations --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop over layers reads the streams of the layer before, and makes those of
// the next: in each iteration a buffer, which the next one is given. Two are
// enough, since nothing reads what is older: the one that is read, and the one
// that is written.
//
//===----------------------------------------------------------------------===//

#include "BufferLives.h"
#include "FunctionPlan.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::mhc;

/// The allocation that a loop's body makes and carries as value `index` alone,
/// if what it was given as that value goes nowhere else.
static memref::AllocOp findCarried(scf::ForOp loop, unsigned index,
                                   const BufferViewFlowAnalysis &aliases) {
  Value yielded = loop.getYieldedValues()[index];
  Value made = yielded;
  while (auto cast = made.getDefiningOp<memref::CastOp>())
    made = cast.getSource();
  auto alloc = made.getDefiningOp<memref::AllocOp>();
  if (!alloc || alloc->getBlock() != loop.getBody())
    return nullptr;
  // Nothing of this iteration or the one before may come by another way.
  Value given = loop.getRegionIterArg(index);
  for (auto [other, value] : llvm::enumerate(loop.getYieldedValues())) {
    if (!isa<BaseMemRefType>(value.getType()))
      continue;
    BufferViewFlowAnalysis::ValueSetT sources = aliases.resolveReverse(value);
    if (other != index && (sources.contains(alloc) || sources.contains(given)))
      return nullptr;
  }
  return alloc;
}

/// Gives the loop two buffers more, to be written and to be written after that.
static scf::ForOp share(scf::ForOp loop, unsigned index, memref::AllocOp alloc,
                        ValueRange sizes, IRRewriter &rewriter) {
  rewriter.setInsertionPoint(loop);
  SmallVector<Value> buffers;
  for (int i = 0; i < 2; ++i)
    buffers.push_back(memref::AllocOp::create(rewriter, alloc.getLoc(),
                                              alloc.getType(), sizes));
  auto takeTurns = [](OpBuilder &, Location, ArrayRef<BlockArgument> added) {
    return SmallVector<Value>{added[1], added[0]};
  };
  auto shared = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(
      rewriter, buffers, /*replaceInitOperandUsesInLoop=*/false, takeTurns));
  for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
    if (isa<memref::DeallocOp>(user))
      rewriter.eraseOp(user);
  unsigned number = shared.getNumRegionIterArgs() - 2;
  rewriter.replaceOp(alloc, shared.getRegionIterArg(number));
  return shared;
}

void mlir::mhc::shareLoopBuffers(func::FuncOp function, FunctionEntry &entry,
                                 SizeExprContext &context) {
  SmallVector<scf::ForOp> loops;
  function.walk([&](scf::ForOp loop) { loops.push_back(loop); });
  IRRewriter rewriter(function.getContext());
  for (scf::ForOp loop : loops) {
    unsigned numCarried = loop.getNumRegionIterArgs();
    for (unsigned i = 0; i < numCarried; ++i) {
      if (!isa<MemRefType>(loop.getRegionIterArg(i).getType()))
        continue;
      BufferViewFlowAnalysis aliases(function);
      memref::AllocOp alloc = findCarried(loop, i, aliases);
      if (!alloc)
        continue;
      EntrySizes sizes(function, entry, context);
      std::optional<SmallVector<SizeExpr>> shape = sizes.getShape(alloc);
      if (!shape)
        continue;
      OpBuilder builder(loop);
      SizeEmitter emitter(builder, loop.getLoc(), entry,
                          function.getArguments());
      SmallVector<Value> dynamic;
      for (auto [dim, size] : llvm::enumerate(*shape))
        if (alloc.getType().isDynamicDim(dim))
          dynamic.push_back(emitter.emit(size));
      loop = share(loop, i, alloc, dynamic, rewriter);
    }
  }
}
