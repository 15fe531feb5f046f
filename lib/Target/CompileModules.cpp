//===- CompileModules.cpp - All kernels of a program ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/CompileModules.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Threading.h"
#include "mlir/Target/LLVM/NVVM/Utils.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"

#include <atomic>

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Equal modules
//===----------------------------------------------------------------------===//

static bool isKernel(Operation *op) {
  return op->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()) ||
         op->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
}

namespace {
/// A gpu.module whose name, and that of its only kernel, are the same as every
/// other's for as long as this object lives.
class Nameless {
public:
  explicit Nameless(gpu::GPUModuleOp module) : module(module) {
    Builder builder(module.getContext());
    unsigned numKernels = 0;
    for (Operation &op : module.getBodyRegion().front())
      if (isKernel(&op)) {
        kernel = &op;
        ++numKernels;
      }
    if (numKernels != 1)
      kernel = nullptr;
    moduleName = module.getSymNameAttr();
    module.setSymNameAttr(builder.getStringAttr(""));
    if (kernel) {
      kernelName =
          kernel->getAttrOfType<StringAttr>(SymbolTable::getSymbolAttrName());
      kernel->setAttr(SymbolTable::getSymbolAttrName(),
                      builder.getStringAttr(""));
    }
  }
  ~Nameless() {
    module.setSymNameAttr(moduleName);
    if (kernel)
      kernel->setAttr(SymbolTable::getSymbolAttrName(), kernelName);
  }
  StringRef getKernelName() const {
    return kernelName ? kernelName.getValue() : StringRef();
  }

private:
  gpu::GPUModuleOp module;
  Operation *kernel = nullptr;
  StringAttr moduleName, kernelName;
};
} // namespace

static llvm::hash_code hash(gpu::GPUModuleOp module) {
  llvm::hash_code result = 0;
  module->walk([&](Operation *op) {
    result = llvm::hash_combine(
        result, op->getName(), op->getDiscardableAttrDictionary(),
        op->hashProperties(), op->getNumOperands(), op->getResultTypes());
  });
  return result;
}

static bool isEqual(gpu::GPUModuleOp a, gpu::GPUModuleOp b) {
  return OperationEquivalence::isEquivalentTo(
      a, b, OperationEquivalence::IgnoreLocations);
}

KernelCode DeviceImages::getCode(StringRef module, StringRef symbol) const {
  auto renamed = kernelOf.find(module);
  return {imageOf.lookup(module),
          renamed == kernelOf.end() || renamed->second.empty()
              ? symbol.str()
              : renamed->second};
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// Loads into the context what the threads may not.
static void prepareContext(MLIRContext *context, const DeviceOptions &options) {
  registerBuiltinDialectTranslation(*context);
  registerLLVMDialectTranslation(*context);
  registerGPUDialectTranslation(*context);
  registerNVVMDialectTranslation(*context);
  NVVM::SerializeGPUModuleBase::init();
  // Passes load the dialects of what they make: let them do so on nothing.
  OwningOpRef<ModuleOp> container = ModuleOp::create(UnknownLoc::get(context));
  OpBuilder builder(container->getBodyRegion());
  auto empty =
      gpu::GPUModuleOp::create(builder, UnknownLoc::get(context), "empty");
  (void)lowerDeviceModule(empty);
}

static LogicalResult compile(gpu::GPUModuleOp module,
                             const DeviceOptions &options,
                             const Assembler *assembler, DeviceImage &image) {
  FailureOr<DeviceModule> device = compileDeviceModule(module, options);
  if (failed(device))
    return failure();
  image.device = std::move(*device);
  if (!assembler)
    return success();
  if (llvm::Error error =
          assembler->check(image.device.target.chip, image.device.ptx))
    return module.emitError(llvm::toString(std::move(error)));
  llvm::Expected<Cubin> cubin =
      assembler->assemble(image.device.ptx, image.device.target.chip);
  if (!cubin)
    return module.emitError(llvm::toString(cubin.takeError()));
  image.cubin = std::move(*cubin);
  return success();
}

FailureOr<DeviceImages>
mlir::mhc::compileDeviceImages(ModuleOp module, const DeviceOptions &options,
                               const Assembler *assembler,
                               function_ref<void(size_t, size_t)> setDone) {
  struct Distinct {
    gpu::GPUModuleOp module;
    std::string kernel;
  };
  DeviceImages result;
  std::vector<Distinct> distinct;
  DenseMap<size_t, SmallVector<unsigned, 1>> buckets;
  for (auto device : module.getOps<gpu::GPUModuleOp>()) {
    StringRef name = device.getName();
    Nameless nameless(device);
    SmallVector<unsigned, 1> &bucket = buckets[hash(device)];
    auto *same = llvm::find_if(bucket, [&](unsigned index) {
      Nameless other(distinct[index].module);
      return isEqual(device, distinct[index].module);
    });
    if (same == bucket.end()) {
      bucket.push_back(distinct.size());
      result.imageOf[name] = distinct.size();
      distinct.push_back({device, nameless.getKernelName().str()});
      continue;
    }
    result.imageOf[name] = *same;
    result.kernelOf[name] = distinct[*same].kernel;
  }

  prepareContext(module.getContext(), options);
  result.images.resize(distinct.size());
  std::atomic<size_t> numDone = 0;
  if (failed(failableParallelForEachN(
          module.getContext(), 0, distinct.size(), [&](size_t i) {
            if (failed(compile(distinct[i].module, options, assembler,
                               result.images[i])))
              return failure();
            if (setDone)
              setDone(++numDone, distinct.size());
            return success();
          })))
    return failure();
  return result;
}
