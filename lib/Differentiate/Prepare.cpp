//===- Prepare.cpp - Functions in the form that is differentiated ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Fewer forms need fewer rules: connections become row ops, loops their
// iterations, elementwise ops on tensors, softmax and gathers linalg.generic,
// concatenations insertions of slices.
//
//===----------------------------------------------------------------------===//

#include "Joint.h"

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Replaces one call by the body of its callee.
static LogicalResult inlineCall(func::CallOp call, func::FuncOp callee) {
  if (!callee.getBody().hasOneBlock())
    return callee.emitOpError("expected a body of one block for "
                              "mhc-differentiate, got ")
           << callee.getBody().getBlocks().size();
  OpBuilder builder(call);
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), call.getOperands());
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  call.replaceAllUsesWith(results);
  call.erase();
  return success();
}

/// Inlines the calls of `root`; `callers` are the names of the functions whose
/// bodies these calls come from: a copy in the module has the name of its
/// original, and may be found in its place.
static LogicalResult inlineCalls(Operation *root,
                                 SmallVectorImpl<StringAttr> &callers) {
  SmallVector<func::CallOp> calls;
  root->walk([&](func::CallOp call) { calls.push_back(call); });
  for (func::CallOp call : calls) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        call, call.getCalleeAttr());
    if (!callee || callee.isDeclaration() || callee->hasAttr(kGradient))
      continue;
    if (llvm::is_contained(callers, callee.getSymNameAttr()))
      return call.emitOpError("expected no recursion, got a call of '@")
             << callee.getName() << "' from itself";
    // A copy of the callee, with its own calls inlined.
    callers.push_back(callee.getSymNameAttr());
    OpBuilder builder(callee);
    func::FuncOp copy = cast<func::FuncOp>(builder.clone(*callee));
    LogicalResult inlined = inlineCalls(copy.getOperation(), callers);
    if (succeeded(inlined))
      inlined = inlineCall(call, copy);
    copy.erase();
    callers.pop_back();
    if (failed(inlined))
      return failure();
  }
  return success();
}

LogicalResult mlir::mhc::inlineCalls(func::FuncOp function) {
  SmallVector<StringAttr> callers;
  return ::inlineCalls(function.getOperation(), callers);
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// Unrolls loops of a constant number of iterations, the inner ones first.
/// Others stay, and have no derivative.
static LogicalResult unrollLoops(func::FuncOp function) {
  SmallVector<scf::ForOp> loops;
  function.walk([&](scf::ForOp loop) { loops.push_back(loop); });
  for (scf::ForOp loop : loops) {
    std::optional<APInt> count = loop.getStaticTripCount();
    if (!count)
      continue;
    // Where the body stands, iteration by iteration: also for none and for one.
    IRRewriter rewriter(loop);
    Location loc = loop.getLoc();
    SmallVector<Value> carried(loop.getInitArgs());
    Value index = loop.getLowerBound();
    for (uint64_t i = 0; i < count->getZExtValue(); ++i) {
      IRMapping mapping;
      mapping.map(loop.getInductionVar(), index);
      mapping.map(loop.getRegionIterArgs(), carried);
      for (Operation &op : loop.getBody()->without_terminator())
        rewriter.clone(op, mapping);
      for (auto [value, yielded] : llvm::zip_equal(
               carried, loop.getBody()->getTerminator()->getOperands()))
        value = mapping.lookupOrDefault(yielded);
      index = arith::AddIOp::create(rewriter, loc, index, loop.getStep());
    }
    rewriter.replaceOp(loop, carried);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Ops that are written by others
//===----------------------------------------------------------------------===//

namespace {
/// tensor.gather, as a linalg.generic that extracts its elements.
struct GatherToLinalg : OpRewritePattern<tensor::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::GatherOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value source = op.getSource(), indices = op.getIndices();
    RankedTensorType type = op.getResultType();
    RankedTensorType sourceType = op.getSourceType();
    RankedTensorType indexType = op.getIndicesType();
    ArrayRef<int64_t> gathered = op.getGatherDims();
    unsigned lead = indexType.getRank() - 1, rank = type.getRank();
    // Dimensions of the source that are gathered may be left out of the
    // result, or have size 1 there.
    bool isReduced = rank == lead + sourceType.getRank() - gathered.size() &&
                     !gathered.empty();

    // The size of each dimension of the result, and where it is found.
    SmallVector<OpFoldResult> sizes;
    for (unsigned i = 0; i < lead; ++i)
      sizes.push_back(tensor::getMixedSize(rewriter, loc, indices, i));
    SmallVector<std::optional<unsigned>> place(sourceType.getRank());
    for (int64_t i = 0; i < sourceType.getRank(); ++i) {
      bool isGathered = llvm::is_contained(gathered, i);
      if (!isGathered) {
        place[i] = sizes.size();
        sizes.push_back(tensor::getMixedSize(rewriter, loc, source, i));
      } else if (!isReduced) {
        sizes.push_back(rewriter.getIndexAttr(1));
      }
    }
    SmallVector<Value> dynamicSizes;
    for (auto [i, size] : llvm::enumerate(sizes))
      if (type.isDynamicDim(i))
        dynamicSizes.push_back(
            getValueOrCreateConstantIndexOp(rewriter, loc, size));
    Value init = tensor::EmptyOp::create(rewriter, loc, type, dynamicSizes);
    auto generic = linalg::GenericOp::create(
        rewriter, loc, type, ValueRange{}, init,
        rewriter.getMultiDimIdentityMap(rank),
        SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
        [&](OpBuilder &b, Location l, ValueRange) {
          SmallVector<Value> loops;
          for (unsigned i = 0; i < rank; ++i)
            loops.push_back(linalg::IndexOp::create(b, l, i));
          SmallVector<Value> at(sourceType.getRank());
          for (auto [i, dim] : llvm::enumerate(place))
            if (dim)
              at[i] = loops[*dim];
          for (auto [i, dim] : llvm::enumerate(gathered)) {
            SmallVector<Value> from(loops.begin(), loops.begin() + lead);
            from.push_back(arith::ConstantIndexOp::create(b, l, i));
            Value index = tensor::ExtractOp::create(b, l, indices, from);
            if (!index.getType().isIndex())
              index = arith::IndexCastOp::create(b, l, b.getIndexType(), index);
            at[dim] = index;
          }
          Value element = tensor::ExtractOp::create(b, l, source, at);
          linalg::YieldOp::create(b, l, element);
        });
    rewriter.replaceOp(op, generic.getResults());
    return success();
  }
};
} // namespace

LogicalResult mlir::mhc::prepareFunction(
    func::FuncOp function,
    function_ref<LogicalResult(OpPassManager &, Operation *)> runPipeline) {
  OpPassManager pm(func::FuncOp::getOperationName());
  pm.addPass(createMHCLowerConnections());
  pm.addPass(createMHCDecomposeLinalg());
  if (failed(runPipeline(pm, function)) || failed(unrollLoops(function)))
    return failure();
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expected a body of one block for "
                                "mhc-differentiate, got ")
           << function.getBody().getBlocks().size();
  RewritePatternSet patterns(function.getContext());
  patterns.add<GatherToLinalg>(function.getContext());
  linalg::populateElementwiseToLinalgConversionPatterns(patterns);
  tensor::populateDecomposeTensorConcatPatterns(patterns);
  return applyPatternsGreedily(function, std::move(patterns));
}
