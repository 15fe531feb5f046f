//===- DeviceModulesPass.cpp - Pass: every gpu.module lowered -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceCalls.h"
#include "DevicePlaces.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct DeviceModulesPass
    : PassWrapper<DeviceModulesPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(DeviceModulesPass)

  DeviceModulesPass(DeviceFormat format, DeviceOptions options)
      : format(format), options(std::move(options)) {}

  StringRef getName() const override { return "DeviceModules"; }

  void getDependentDialects(DialectRegistry &registry) const override {
    registry
        .insert<LLVM::LLVMDialect, NVVM::NVVMDialect, memref::MemRefDialect,
                nvgpu::NVGPUDialect, scf::SCFDialect, vector::VectorDialect>();
  }

  void runOnOperation() override {
    for (auto module :
         llvm::make_early_inc_range(getOperation().getOps<gpu::GPUModuleOp>()))
      if (failed(run(module)))
        return signalPassFailure();
  }

private:
  LogicalResult run(gpu::GPUModuleOp module) {
    if (format == DeviceFormat::PTX) {
      FailureOr<DeviceModule> device = compileDeviceModule(module, options);
      if (failed(device))
        return failure();
      createBinary(module, *device);
      module.erase();
      return success();
    }
    if (failed(getDeviceTarget(module, options)))
      return failure();
    if (format == DeviceFormat::GPU)
      return success();
    // In a module of its own, as debug scopes are made for whole modules.
    OwningOpRef<ModuleOp> container = ModuleOp::create(getPlace(module));
    auto copy = cast<gpu::GPUModuleOp>(module->clone());
    container->push_back(copy);
    if (failed(lowerDeviceModule(copy)))
      return failure();
    copy->moveBefore(module);
    module.erase();
    return success();
  }

  DeviceFormat format;
  DeviceOptions options;
};
} // namespace

std::unique_ptr<Pass>
mlir::mhc::createDeviceModulesPass(DeviceFormat format, DeviceOptions options) {
  return std::make_unique<DeviceModulesPass>(format, std::move(options));
}
