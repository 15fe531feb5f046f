//===- ExpandMath.cpp - Functions outside of kernels, as in them ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Conversion/Passes.h"

#include "LaneMath.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCEXPANDMATH
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct ExpandMath : mhc::impl::MHCExpandMathBase<ExpandMath> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      if (!isa<math::ExpOp, math::TanhOp>(op))
        return;
      Value x = op->getOperand(0);
      Type element = getElementTypeOrSelf(x.getType());
      if (!element.isF32() && !element.isF64())
        return;
      rewriter.setInsertionPoint(op);
      rewriter.replaceOp(op, isa<math::ExpOp>(op)
                                 ? createExp(rewriter, op->getLoc(), x)
                                 : createTanh(rewriter, op->getLoc(), x));
      ++expanded;
    });
  }
};
} // namespace
