//===- StrictCasts.cpp - Casts round where they stand ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCSTRICTCASTS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

namespace {
struct StrictCasts : mhc::impl::MHCStrictCastsBase<StrictCasts> {
  void runOnOperation() override {
    auto none = arith::FastMathFlagsAttr::get(&getContext(),
                                              arith::FastMathFlags::none);
    getOperation()->walk([&](Operation *op) {
      if (auto extend = dyn_cast<arith::ExtFOp>(op))
        extend.setFastmathAttr(none);
      else if (auto truncate = dyn_cast<arith::TruncFOp>(op))
        truncate.setFastmathAttr(none);
    });
  }
};
} // namespace
