//===- DeviceModule.cpp - A gpu.module, compiled to PTX -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/DeviceModule.h"

#include "DevicePlaces.h"
#include "FatalErrors.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVM/ModuleToObject.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// libdevice
//===----------------------------------------------------------------------===//

std::string mlir::mhc::findLibdevice() {
  SmallVector<std::string> toolkits;
  for (StringRef variable : {"CUDA_ROOT", "CUDA_HOME", "CUDA_PATH"})
    if (std::optional<std::string> path = llvm::sys::Process::GetEnv(variable))
      toolkits.push_back(*path);
  if (llvm::ErrorOr<std::string> ptxas = llvm::sys::findProgramByName("ptxas"))
    toolkits.push_back(
        llvm::sys::path::parent_path(llvm::sys::path::parent_path(*ptxas))
            .str());
  toolkits.append({"/usr/local/cuda", "/opt/cuda"});
  for (StringRef toolkit : toolkits) {
    SmallString<128> path(toolkit);
    llvm::sys::path::append(path, "nvvm", "libdevice", "libdevice.10.bc");
    if (llvm::sys::fs::exists(path))
      return path.str().str();
  }
  return "";
}

//===----------------------------------------------------------------------===//
// LLVM's messages
//===----------------------------------------------------------------------===//

/// Keeps the process alive, and the errors, when LLVM reports one: without a
/// handler of ours it would print it and exit.
namespace {
class Collector : public llvm::DiagnosticHandler {
public:
  Collector(Operation *module) : module(module) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo &info) override {
    if (info.getSeverity() != llvm::DS_Error)
      return true;
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    module->emitError("LLVM cannot compile this module: ") << text;
    seenError = true;
    return true;
  }

  bool seenError = false;

private:
  Operation *module;
};

//===----------------------------------------------------------------------===//
// From the LLVM dialect to PTX
//===----------------------------------------------------------------------===//

/// Says of each function that threads may have to call it together, as Clang
/// does for device code: MLIR does not. Without it LLVM splits calls by what is
/// known of their arguments, together with the barriers before them, or moves
/// calls that hold a barrier. LLVM finds out for which functions it is not so.
static void setConvergent(llvm::Module &device) {
  for (llvm::Function &function : device)
    if (!function.isDeclaration())
      function.setConvergent();
}

/// LLVM's path from a module in the LLVM dialect to PTX, with what lies on it
/// kept.
class Compilation : public LLVM::ModuleToObject {
public:
  Compilation(gpu::GPUModuleOp module, const DeviceTarget &target,
              unsigned optLevel)
      : ModuleToObject(*module, "nvptx64-nvidia-cuda", target.chip,
                       target.features, optLevel) {}

  LogicalResult compile(DeviceModule &result, bool lines) {
    auto handler = std::make_unique<Collector>(&getOperation());
    Collector &collector = *handler;
    result.context = std::make_unique<llvm::LLVMContext>();
    result.context->setDiagnosticHandler(std::move(handler));

    std::unique_ptr<llvm::Module> device = translateToLLVMIR(*result.context);
    if (!device)
      return failure();
    setDataLayoutAndTriple(*device);
    setConvergent(*device);
    std::optional<SmallVector<std::unique_ptr<llvm::Module>>> libraries =
        loadBitcodeFiles(*device);
    if (!libraries || failed(linkFiles(*device, std::move(*libraries))) ||
        failed(optimizeModule(*device, optLevel)) || collector.seenError)
      return failure();

    // Selection changes the module.
    std::unique_ptr<llvm::Module> selected = llvm::CloneModule(*device);
    if (!lines)
      llvm::StripDebugInfo(*selected);
    FailureOr<llvm::TargetMachine *> machine = getOrCreateTargetMachine();
    if (failed(machine))
      return failure();
    FailureOr<SmallString<0>> ptx = translateModuleToISA(
        *selected, **machine, [&] { return getOperation().emitError(); });
    if (failed(ptx) || collector.seenError)
      return failure();
    result.optimised = std::move(device);
    result.ptx = ptx->str().str();
    return success();
  }

protected:
  /// libdevice, if a function of it is called.
  std::optional<SmallVector<std::unique_ptr<llvm::Module>>>
  loadBitcodeFiles(llvm::Module &device) override {
    SmallVector<std::unique_ptr<llvm::Module>> libraries;
    std::string needed;
    for (llvm::Function &function : device)
      if (function.isDeclaration() && function.getName().starts_with("__nv_"))
        needed = function.getName().str();
    if (needed.empty())
      return libraries;
    std::string path = findLibdevice();
    if (path.empty()) {
      getOperation().emitError("expected the CUDA toolkit, whose libdevice has "
                               "the function ")
          << needed << ", got none (name its folder in CUDA_HOME)";
      return std::nullopt;
    }
    std::unique_ptr<llvm::Module> library =
        loadBitcodeFile(device.getContext(), path);
    if (!library)
      return std::nullopt;
    // It names another triple, which the linker would warn of.
    library->setTargetTriple(device.getTargetTriple());
    library->setDataLayout(device.getDataLayout());
    libraries.push_back(std::move(library));
    return libraries;
  }
};
} // namespace

FailureOr<DeviceModule>
mlir::mhc::compileDeviceModule(gpu::GPUModuleOp module,
                               const DeviceOptions &options) {
  FailureOr<DeviceTarget> target = getDeviceTarget(module, options);
  if (failed(target))
    return failure();
  MLIRContext *context = module->getContext();
  registerBuiltinDialectTranslation(*context);
  registerLLVMDialectTranslation(*context);
  registerGPUDialectTranslation(*context);
  registerNVVMDialectTranslation(*context);

  // In a module of its own, as debug scopes are made for whole modules.
  OwningOpRef<ModuleOp> container = ModuleOp::create(getPlace(module));
  auto copy = cast<gpu::GPUModuleOp>(module->clone());
  container->push_back(copy);
  if (failed(lowerDeviceModule(copy)))
    return failure();

  DeviceModule result;
  result.name = module.getName().str();
  result.target = *target;
  LogicalResult compiled = failure();
  llvm::Error fatal = catchFatalErrors([&] {
    compiled = Compilation(copy, *target, options.optLevel)
                   .compile(result, options.lines);
  });
  if (fatal)
    return module.emitError("LLVM cannot compile this module: ")
           << llvm::toString(std::move(fatal));
  if (failed(compiled))
    return failure();
  return result;
}

FailureOr<SmallVector<DeviceModule>>
mlir::mhc::compileDeviceModules(ModuleOp module, const DeviceOptions &options) {
  SmallVector<DeviceModule> result;
  for (auto device : module.getOps<gpu::GPUModuleOp>()) {
    FailureOr<DeviceModule> compiled = compileDeviceModule(device, options);
    if (failed(compiled))
      return failure();
    result.push_back(std::move(*compiled));
  }
  return result;
}
