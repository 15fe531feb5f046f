//===- SplitKernels.cpp - Kernels cut at the ends of sweeps ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/KernelSplitter.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCSPLITKERNELS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct SplitKernels : mhc::impl::MHCSplitKernelsBase<SplitKernels> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation()->walk([&](KernelOp op) {
      if (kernel.empty() || op.getLabel() == StringRef(kernel))
        kernels.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (KernelOp op : kernels)
      if (failed(split(op, rewriter)))
        return signalPassFailure();
  }

private:
  LogicalResult split(KernelOp op, RewriterBase &rewriter) {
    int64_t count = llvm::range_size(op.getBody().getOps<SweepOp>());
    for (int64_t index : after)
      if (index < 0 || index > count - 2)
        return op.emitOpError("expected cuts after sweeps that others follow, "
                              "of ")
               << count << " sweeps, got " << index;
    if (count < 2)
      return success();
    if (op.getNumResults() == 0) {
      remark::missed(op.getLoc(), options("KernelNotSplit", op))
          << remark::reason("a kernel on memrefs has no tensors for what "
                            "crosses a cut");
      return success();
    }
    SmallVector<unsigned> pieceOf;
    unsigned piece = 0;
    for (int64_t index = 0; index < count; ++index) {
      pieceOf.push_back(piece);
      if (after.empty() || llvm::is_contained(after, index))
        ++piece;
    }
    Location loc = op.getLoc();
    remark::RemarkOpts remarkOptions = options("KernelSplit", op);
    KernelPieces pieces = splitKernel(
        op, pieceOf, values ? Crossing::Values : Crossing::Sums, rewriter);
    ++kernelsSplit;
    piecesMade += pieces.kernels.size();
    remark::passed(loc, remarkOptions)
        << remark::add("a kernel was cut at the ends of sweeps")
        << remark::metric("Pieces", pieces.kernels.size())
        << remark::metric("Crossing", pieces.crossing);
    return success();
  }

  static remark::RemarkOpts options(StringRef name, Operation *op) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    return remark::RemarkOpts::name(name)
        .category("mhc-split-kernels")
        .function(function ? function.getName() : StringRef());
  }
};
} // namespace
