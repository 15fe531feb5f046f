//===- CheckLowered.cpp - Nothing but the LLVM dialect is left ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCCHECKLOWERED
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

namespace {
struct CheckLowered : mhc::impl::MHCCheckLoweredBase<CheckLowered> {
  void runOnOperation() override {
    Operation *leftOver = nullptr;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<ModuleOp>(op) ||
          isa_and_nonnull<LLVM::LLVMDialect, omp::OpenMPDialect>(
              op->getDialect()))
        return WalkResult::advance();
      // A cast stands for the op whose type it hides: look for that one first.
      bool isCast = isa<UnrealizedConversionCastOp>(op);
      if (!leftOver || !isCast)
        leftOver = op;
      return isCast ? WalkResult::advance() : WalkResult::interrupt();
    });
    if (!leftOver)
      return;
    leftOver->emitError("expected ops that can be lowered to the LLVM dialect, "
                        "got '")
        << leftOver->getName() << "'";
    signalPassFailure();
  }
};
} // namespace
