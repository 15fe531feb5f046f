//===- DeviceModulesAside.cpp - A file's own gpu.modules ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/DeviceModulesAside.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::mhc;

DeviceModulesAside::DeviceModulesAside(ModuleOp module) : module(module) {
  MLIRContext *context = module.getContext();
  context->loadDialect<NVVM::NVVMDialect>();
  for (auto device :
       llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>())) {
    OpBuilder builder(device);
    Attribute object = gpu::ObjectAttr::get(NVVM::NVVMTargetAttr::get(context),
                                            gpu::CompilationTarget::Assembly,
                                            builder.getStringAttr(""));
    gpu::BinaryOp::create(builder, device.getLoc(), device.getName(),
                          Attribute(), object);
    device->remove();
    devices.emplace_back(device);
  }
}

void DeviceModulesAside::restore() {
  SymbolTable symbols(module);
  for (auto &device : devices) {
    Operation *binary = symbols.lookup(device->getName());
    Operation *op = device.release();
    if (binary) {
      binary->getBlock()->getOperations().insert(binary->getIterator(), op);
      binary->erase();
    } else {
      module.push_back(op);
    }
  }
  devices.clear();
}
