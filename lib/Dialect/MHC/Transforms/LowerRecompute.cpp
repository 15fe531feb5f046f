//===- LowerRecompute.cpp - What is computed again, where it stands -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "InlineRegion.h"
#include "Late.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCLOWERRECOMPUTE
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct LowerRecompute : mhc::impl::MHCLowerRecomputeBase<LowerRecompute> {
  using Base::Base;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      if (auto pin = dyn_cast<PinOp>(op))
        rewriter.replaceOp(pin, pin.getValue());
      else if (auto recompute = dyn_cast<RecomputeOp>(op);
               recompute && (recompute.getFused() || !fused))
        lower(recompute, rewriter);
    });
  }

private:
  void lower(RecomputeOp op, RewriterBase &rewriter) {
    if (fused)
      for (Operation &inner : op.getBody().front().without_terminator())
        inner.setDiscardableAttr(kLate, rewriter.getUnitAttr());
    inlineRegion(op, rewriter);
    ++lowered;
  }
};
} // namespace
