//===- MHCToLinalg.cpp - Pass: row and token ops to linalg ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MHCToLinalg.h"

#include "mhc/Conversion/Passes.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_CONVERTMHCTOLINALG
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct ConvertMHCToLinalg
    : mhc::impl::ConvertMHCToLinalgBase<ConvertMHCToLinalg> {
  using Base::Base;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    ConversionTarget target(*context);
    target.addIllegalDialect<MHCDialect>();
    // Kernels go to a device as they are.
    target.addLegalOp<KernelOp>();
    target.markOpRecursivelyLegal<KernelOp>();
    // A kernel is a program of its own; work on weights is made of tensor ops.
    target.addLegalOp<KernelOp, PrepareOp, mhc::ReturnOp, LifeBeginOp,
                      LifeEndOp>();
    target.markOpRecursivelyLegal<KernelOp>();
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    RewritePatternSet patterns(context);
    FloatType accumulator = nullptr;
    if (accumulateInF64)
      accumulator = Float64Type::get(context);
    populateRowOpsToLinalg(patterns, accumulator);
    populateTokenOpsToLinalg(patterns);
    populateGradientOpsToLinalg(patterns);
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
