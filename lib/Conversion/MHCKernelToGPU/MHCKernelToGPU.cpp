//===- MHCKernelToGPU.cpp - Pass: kernels on memrefs to launches ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchLowering.h"
#include "WarpSweep.h"

#include "mhc/Conversion/Passes.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_CONVERTMHCKERNELTOGPU
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// Division in full range within 2 units in the last place, in place of an
/// exactly rounded one, which takes a branch.
static void replaceDivisions(Operation *function) {
  SmallVector<arith::DivFOp> divisions;
  function->walk([&](arith::DivFOp op) {
    if (getElementTypeOrSelf(op.getType()).isF32())
      divisions.push_back(op);
  });
  for (arith::DivFOp op : divisions) {
    OpBuilder builder(op);
    DeviceCode code(builder, op.getLoc());
    auto divide = [&](Value a, Value b) -> Value {
      return LLVM::CallIntrinsicOp::create(
                 builder, op.getLoc(), builder.getF32Type(),
                 builder.getStringAttr("llvm.nvvm.div.full"), ValueRange{a, b})
          .getResult(0);
    };
    Value result;
    if (auto type = dyn_cast<VectorType>(op.getType())) {
      SmallVector<Value> elements;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        elements.push_back(
            divide(code.extract(op.getLhs(), i), code.extract(op.getRhs(), i)));
      result = code.join(elements);
    } else {
      result = divide(op.getLhs(), op.getRhs());
    }
    op.replaceAllUsesWith(result);
    op.erase();
  }
}

/// A name for the kernel's module that is free: its label, or "kernel".
static std::string findName(KernelOp kernel, SymbolTable &symbols) {
  std::string base = "mhc";
  if (std::optional<StringRef> label = kernel.getLabel())
    for (char c : ("_" + *label).str())
      base += llvm::isAlnum(c) ? c : '_';
  std::string name = base;
  for (unsigned number = 1; symbols.lookup(name); ++number)
    name = base + "_" + std::to_string(number);
  return name;
}

namespace {
struct ConvertMHCKernelToGPU
    : mhc::impl::ConvertMHCKernelToGPUBase<ConvertMHCKernelToGPU> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation().walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    OpBuilder builder(&getContext());
    for (KernelOp kernel : kernels) {
      auto schedule = kernel->getAttrOfType<ScheduleAttr>("mhc.schedule");
      if (!schedule) {
        kernel.emitOpError("expected a schedule; run mhc-schedule before");
        return signalPassFailure();
      }
      SymbolTable symbols(getOperation());
      std::string name = findName(kernel, symbols);
      builder.setInsertionPoint(kernel);
      if (failed(LaunchLowering(kernel, schedule, name, builder).run()))
        return signalPassFailure();
      replaceDivisions(SymbolTable(getOperation()).lookup(name));
    }
  }
};
} // namespace
