//===- Compile.cpp - Device modules, ready to run -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/Compile.h"

#include "Instrument/Instrument.h"
#include "mhc/Support/RoundingSymbols.h"

#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace mhc::emulator;

CompiledModule::CompiledModule() = default;
CompiledModule::~CompiledModule() = default;

/// A copy in a context of its own, which the just-in-time compiler takes.
static Expected<std::unique_ptr<Module>> copyInto(const Module &module,
                                                  LLVMContext &context) {
  SmallString<0> bytes;
  raw_svector_ostream os(bytes);
  WriteBitcodeToFile(module, os);
  return parseBitcodeFile(MemoryBufferRef(bytes, module.getName()), context);
}

static Error defineSymbols(orc::LLJIT &jit) {
  orc::SymbolMap symbols;
  for (const ::mhc::RoundingSymbol &symbol : ::mhc::getRoundingSymbols())
    symbols[jit.mangleAndIntern(symbol.name)] = {
        orc::ExecutorAddr::fromPtr(symbol.address),
        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  orc::JITDylib &library = jit.getMainJITDylib();
  if (Error error = library.define(orc::absoluteSymbols(std::move(symbols))))
    return error;
  auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
      jit.getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  return Error::success();
}

Expected<std::unique_ptr<CompiledModule>>
CompiledModule::create(const Module &source, Device &device) {
  static const bool initialised = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialised;

  auto context = std::make_unique<LLVMContext>();
  Expected<std::unique_ptr<Module>> copied = copyInto(source, *context);
  if (!copied)
    return copied.takeError();
  std::unique_ptr<Module> module = std::move(*copied);

  std::unique_ptr<CompiledModule> compiled(new CompiledModule);
  compiled->kernels = findKernels(*module, device);
  Refusals refusals;
  placeGlobals(*module, device, compiled->kernels, refusals);
  if (refusals.empty())
    instrument(*module, device, compiled->kernels, refusals);
  if (!refusals.empty())
    return refusals.take();
  StripDebugInfo(*module);

  Expected<orc::JITTargetMachineBuilder> target =
      orc::JITTargetMachineBuilder::detectHost();
  if (!target)
    return target.takeError();
  // These instructions round to bf16 with subnormal numbers flushed.
  for (const char *feature : {"avx512bf16", "avxneconvert", "avx10.2"})
    target->getFeatures().AddFeature(feature, false);
  Expected<std::unique_ptr<TargetMachine>> machine =
      target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  module->setDataLayout((*machine)->createDataLayout());
  module->setTargetTriple((*machine)->getTargetTriple());
  for (Function &function : *module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", (*machine)->getTargetCPU());
    function.addFnAttr("target-features", (*machine)->getTargetFeatureString());
  }
  std::string broken;
  raw_string_ostream brokenStream(broken);
  if (verifyModule(*module, &brokenStream))
    return createStringError("the emulator made a wrong module: " + broken);

  Expected<std::unique_ptr<orc::LLJIT>> jit =
      orc::LLJITBuilder().setJITTargetMachineBuilder(*target).create();
  if (!jit)
    return jit.takeError();
  if (Error error = defineSymbols(**jit))
    return error;
  if (Error error = (*jit)->addIRModule(
          orc::ThreadSafeModule(std::move(module), std::move(context))))
    return error;
  for (Kernel &kernel : compiled->kernels) {
    Expected<orc::ExecutorAddr> address =
        (*jit)->lookup("mhc.enter." + kernel.name);
    if (!address)
      return address.takeError();
    kernel.entry = address->toPtr<void (*)(Thread *, const void *const *)>();
  }
  compiled->jit = std::move(*jit);
  return compiled;
}

const Kernel *CompiledModule::find(StringRef name) const {
  for (const Kernel &kernel : kernels)
    if (kernel.name == name)
      return &kernel;
  return nullptr;
}
