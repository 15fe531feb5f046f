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

#include "mhc/Dialect/MHC/Utils/GatherToLinalg.h"

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

/// The loops of a function make no more ops than this together.
static constexpr uint64_t kMaxUnrolledOps = 100000;

/// The loops in `op`, itself included, without those in other loops.
static void collectLoops(Operation *op, SmallVectorImpl<scf::ForOp> &loops) {
  op->walk<WalkOrder::PreOrder>([&](scf::ForOp loop) {
    loops.push_back(loop);
    return WalkResult::skip();
  });
}

/// Unrolls one loop: where the body stands, iteration by iteration, also for
/// none and for one. `made` counts the ops of all loops so far; loops in the
/// copies are added to `loops`.
static LogicalResult unroll(scf::ForOp loop, uint64_t count, uint64_t &made,
                            SmallVectorImpl<scf::ForOp> &loops) {
  uint64_t ops = 0;
  loop.getBody()->walk([&](Operation *) { ++ops; });
  if (count > (kMaxUnrolledOps - made) / ops)
    return loop.emitOpError("expected loops that unroll to at most ")
           << kMaxUnrolledOps << " ops to be differentiated, got " << count
           << " iterations of " << ops << " ops here";
  made += count * ops;
  IRRewriter rewriter(loop);
  Location loc = loop.getLoc();
  SmallVector<Value> carried(loop.getInitArgs());
  Value index = loop.getLowerBound();
  for (uint64_t i = 0; i < count; ++i) {
    IRMapping mapping;
    mapping.map(loop.getInductionVar(), index);
    mapping.map(loop.getRegionIterArgs(), carried);
    for (Operation &op : loop.getBody()->without_terminator())
      collectLoops(rewriter.clone(op, mapping), loops);
    for (auto [value, yielded] : llvm::zip_equal(
             carried, loop.getBody()->getTerminator()->getOperands()))
      value = mapping.lookupOrDefault(yielded);
    // Folded: the bounds of an inner loop may depend on it.
    index = rewriter.createOrFold<arith::AddIOp>(loc, index, loop.getStep());
  }
  rewriter.replaceOp(loop, carried);
  return success();
}

/// Unrolls loops of a constant number of iterations, the outer ones first:
/// inner ones may depend on them. Others stay, and have no derivative.
static LogicalResult unrollLoops(func::FuncOp function) {
  SmallVector<scf::ForOp> loops;
  collectLoops(function, loops);
  uint64_t made = 0;
  while (!loops.empty()) {
    scf::ForOp loop = loops.pop_back_val();
    std::optional<APInt> count = loop.getStaticTripCount();
    if (!count) {
      for (Operation &op : *loop.getBody())
        collectLoops(&op, loops);
      continue;
    }
    if (failed(unroll(loop, count->getLimitedValue(), made, loops)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Ops that are written by others
//===----------------------------------------------------------------------===//

namespace {
/// tensor.splat is linalg.fill by another name.
struct SplatToFill : OpRewritePattern<tensor::SplatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::SplatOp op,
                                PatternRewriter &rewriter) const override {
    Value empty = tensor::EmptyOp::create(rewriter, op.getLoc(),
                                          cast<RankedTensorType>(op.getType()),
                                          op.getDynamicSizes());
    rewriter.replaceOpWithNewOp<linalg::FillOp>(op, op.getInput(), empty);
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
  populateGatherToLinalgPatterns(patterns);
  patterns.add<SplatToFill>(function.getContext());
  linalg::populateElementwiseToLinalgConversionPatterns(patterns);
  tensor::populateDecomposeTensorConcatPatterns(patterns);
  return applyPatternsGreedily(function, std::move(patterns));
}
