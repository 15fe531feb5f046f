//===- DeviceTarget.cpp - The chip that device code is compiled for -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FatalErrors.h"
#include "mhc/Target/DeviceModule.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVM/NVVM/Utils.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr StringLiteral kTriple = "nvptx64-nvidia-cuda";
/// What #nvvm.target carries where nothing is written.
static constexpr StringLiteral kUnwrittenFeatures = "+ptx60";
static constexpr StringLiteral kPreferredFeatures = "+ptx86";

/// Whether LLVM accepts the features together with the chip: what it does not
/// accept is a fatal error of its.
static llvm::Error tryFeatures(const llvm::Target &target, StringRef chip,
                               StringRef features) {
  return catchFatalErrors([&] {
    std::unique_ptr<llvm::TargetMachine> machine(target.createTargetMachine(
        llvm::Triple(kTriple), chip, features, llvm::TargetOptions(), {}));
    llvm::LLVMContext context;
    llvm::Module module("probe", context);
    llvm::Function *function = llvm::Function::Create(
        llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
        llvm::Function::ExternalLinkage, "probe", module);
    machine->getSubtargetImpl(*function);
  });
}

/// "sm_80, sm_86, ...", the chips that device code is written for today.
static std::string listChips(const llvm::MCSubtargetInfo &info) {
  SmallVector<StringRef> chips;
  for (const llvm::SubtargetSubTypeKV &chip :
       info.getAllProcessorDescriptions())
    chips.push_back(chip.Key);
  llvm::sort(chips,
             [](StringRef a, StringRef b) { return a.compare_numeric(b) < 0; });
  return llvm::join(chips, ", ");
}

FailureOr<DeviceTarget>
mlir::mhc::getDeviceTarget(gpu::GPUModuleOp module,
                           const DeviceOptions &options) {
  DeviceTarget result{options.chip, options.features};
  if (ArrayAttr targets = module.getTargetsAttr())
    for (Attribute attribute : targets) {
      auto target = dyn_cast<NVVM::NVVMTargetAttr>(attribute);
      if (!target)
        return module.emitError("expected a target #nvvm.target, got ")
               << attribute;
      result.chip = target.getChip().str();
      result.features = target.getFeatures().str();
      if (result.features == kUnwrittenFeatures)
        result.features.clear();
    }

  NVVM::SerializeGPUModuleBase::init();
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(llvm::Triple(kTriple), message);
  if (!target)
    return module.emitError("expected an LLVM with the target NVPTX: ")
           << message;
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      target->createMCSubtargetInfo(llvm::Triple(kTriple), "", ""));
  if (!info->isCPUStringValid(result.chip))
    return module.emitError("expected a chip out of ")
           << listChips(*info) << "; got '" << result.chip << "'";

  SmallVector<StringRef> features;
  StringRef(result.features).split(features, ',', -1, /*KeepEmpty=*/false);
  for (StringRef feature : features) {
    bool known =
        llvm::any_of(info->getAllProcessorFeatures(),
                     [&](const llvm::SubtargetFeatureKV &entry) {
                       return StringRef(entry.Key) == feature.drop_front() &&
                              StringRef(entry.Key).starts_with("ptx");
                     });
    if (!known || !feature.starts_with("+"))
      return module.emitError("expected features such as '")
             << kPreferredFeatures << "', got '" << feature << "'";
  }
  if (result.features.empty()) {
    // None at all is the oldest PTX that knows the chip.
    if (llvm::Error error =
            tryFeatures(*target, result.chip, kPreferredFeatures))
      llvm::consumeError(std::move(error));
    else
      result.features = kPreferredFeatures;
  }
  if (llvm::Error error = tryFeatures(*target, result.chip, result.features))
    return module.emitError("expected features that go with chip '")
           << result.chip << "', got '" << result.features
           << "': " << llvm::toString(std::move(error));
  return result;
}
