//===- DecomposeLinalg.cpp - linalg ops without loops of their own --------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"
#include "mhc/Dialect/MHC/Utils/GatherToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCDECOMPOSELINALG
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

namespace {
struct DecomposeLinalg : mhc::impl::MHCDecomposeLinalgBase<DecomposeLinalg> {
  void runOnOperation() override {
    SmallVector<linalg::AggregatedOpInterface> ops;
    getOperation()->walk([&](linalg::AggregatedOpInterface op) {
      // Others, such as pack, are lowered by upstream as they are.
      if (isa<linalg::SoftmaxOp>(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::AggregatedOpInterface op : ops) {
      rewriter.setInsertionPoint(op);
      FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
      if (failed(results)) {
        op->emitOpError("expected an op that can be decomposed into "
                        "linalg.generic");
        return signalPassFailure();
      }
      rewriter.replaceOp(op, *results);
    }
    RewritePatternSet patterns(&getContext());
    mhc::populateGatherToLinalgPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace
