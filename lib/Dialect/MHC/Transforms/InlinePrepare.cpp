//===- InlinePrepare.cpp - Work on weights where it stands ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "InlineRegion.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCINLINEPREPARE
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct InlinePrepare : mhc::impl::MHCInlinePrepareBase<InlinePrepare> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](PrepareOp op) {
      inlineRegion(op, rewriter);
      ++inlined;
    });
  }
};
} // namespace
