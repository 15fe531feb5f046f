//===- MHCKernelToCPU.cpp - Pass: kernels on memrefs to loops -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelLowering.h"

#include "mhc/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_CONVERTMHCKERNELTOCPU
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// A sweep reads again what another one has read: what a kernel writes must not
/// be what it reads.
static LogicalResult verifyApart(KernelOp kernel) {
  for (auto [index, out] : llvm::enumerate(kernel.getOuts()))
    if (isa<MemRefType>(out.getType()) &&
        llvm::is_contained(kernel.getIns(), out))
      return kernel.emitOpError("expected destinations that are no operands, "
                                "got destination ")
             << index << " that is operand "
             << llvm::find(kernel.getIns(), out) - kernel.getIns().begin();
  return success();
}

namespace {
struct ConvertMHCKernelToCPU
    : mhc::impl::ConvertMHCKernelToCPUBase<ConvertMHCKernelToCPU> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation()->walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    OpBuilder builder(&getContext());
    for (KernelOp kernel : kernels)
      if (failed(verifyApart(kernel)) ||
          failed(KernelLowering(kernel, builder).run()))
        return signalPassFailure();
  }
};
} // namespace
