//===- HostCode.cpp - A lowered module as machine code --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/ExecutionUtils.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::mhc;

/// The usual optimisations of clang -O2, for this machine.
static void optimise(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = tuning.SLPVectorization = true;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, modules);
}

static constexpr StringLiteral kPackedCall = "mhc_packed";

/// Adds `void packed(ptr parameters)`, which calls `callee` with the pointers
/// in the array: a signature that the host can call whatever the entry's is.
static void addPackedCall(llvm::Module &module, llvm::Function &callee) {
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy();
  auto *packed = llvm::Function::Create(
      llvm::FunctionType::get(builder.getVoidTy(), pointer, false),
      llvm::Function::ExternalLinkage, kPackedCall, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", packed));
  SmallVector<llvm::Value *> parameters;
  for (unsigned i = 0; i < callee.arg_size(); ++i)
    parameters.push_back(builder.CreateLoad(
        pointer, builder.CreateConstGEP1_64(pointer, packed->getArg(0), i)));
  builder.CreateCall(&callee, parameters);
  builder.CreateRetVoid();
}

HostCode::HostCode() = default;
HostCode::HostCode(HostCode &&) = default;
HostCode &HostCode::operator=(HostCode &&) = default;
HostCode::~HostCode() = default;

llvm::Expected<HostCode>
mlir::mhc::compileHostCode(ModuleOp module, StringRef entry,
                           ArrayRef<HostSymbol> symbols,
                           function_ref<void(llvm::Module &)> change) {
  static const bool initialised = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialised;

  registerBuiltinDialectTranslation(*module->getContext());
  registerLLVMDialectTranslation(*module->getContext());
  registerOpenMPDialectTranslation(*module->getContext());
  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> llvmModule =
      translateModuleToLLVMIR(module, *context, "mhc");
  if (!llvmModule)
    return llvm::createStringError(
        "the module cannot be translated to LLVM IR");

  llvm::Expected<llvm::orc::JITTargetMachineBuilder> target =
      llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!target)
    return target.takeError();
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine =
      target->createTargetMachine();
  if (!machine)
    return machine.takeError();
  llvmModule->setDataLayout((*machine)->createDataLayout());
  llvmModule->setTargetTriple((*machine)->getTargetTriple());
  for (llvm::Function &function : *llvmModule) {
    function.addFnAttr("target-cpu", (*machine)->getTargetCPU());
    function.addFnAttr("target-features", (*machine)->getTargetFeatureString());
  }
  llvm::Function *callee =
      llvmModule->getFunction(("_mlir_ciface_" + entry).str());
  if (!callee)
    return llvm::createStringError(
        "expected a function '%s' with a C interface, got none",
        entry.str().c_str());
  addPackedCall(*llvmModule, *callee);
  // Nothing but the packed call is called from outside. Each function is a loop
  // nest that was outlined to be compiled once: inlining would undo that.
  for (llvm::Function &function : *llvmModule)
    if (!function.isDeclaration() && function.getName() != kPackedCall) {
      function.setLinkage(llvm::Function::InternalLinkage);
      function.addFnAttr(llvm::Attribute::NoInline);
    }
  if (change)
    change(*llvmModule);
  optimise(*llvmModule, **machine);

  llvm::Expected<std::unique_ptr<llvm::orc::LLJIT>> jit =
      llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(*target).create();
  if (!jit)
    return jit.takeError();
  llvm::orc::JITDylib &library = (*jit)->getMainJITDylib();
  llvm::orc::SymbolMap defined;
  for (const HostSymbol &symbol :
       llvm::concat<const HostSymbol>(getHostSymbols(), symbols))
    defined[(*jit)->mangleAndIntern(symbol.name)] = {
        llvm::orc::ExecutorAddr::fromPtr(symbol.address),
        llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (llvm::Error error =
          library.define(llvm::orc::absoluteSymbols(std::move(defined))))
    return error;
  llvm::Expected<std::unique_ptr<llvm::orc::DynamicLibrarySearchGenerator>>
      process = llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
          (*jit)->getDataLayout().getGlobalPrefix());
  if (!process)
    return process.takeError();
  library.addGenerator(std::move(*process));
  if (llvm::Error error = (*jit)->addIRModule(llvm::orc::ThreadSafeModule(
          std::move(llvmModule), std::move(context))))
    return error;

  llvm::Expected<llvm::orc::ExecutorAddr> address = (*jit)->lookup(kPackedCall);
  if (!address)
    return address.takeError();
  HostCode code;
  code.jit = std::move(*jit);
  code.entry = address->toPtr<void (*)(void **)>();
  return code;
}

SmallVector<int64_t> mlir::mhc::makeDescriptor(void *data,
                                               ArrayRef<int64_t> shape) {
  SmallVector<int64_t> words;
  auto address = static_cast<int64_t>(reinterpret_cast<intptr_t>(data));
  words.append({address, address, 0});
  llvm::append_range(words, shape);
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  llvm::append_range(words, strides);
  return words;
}
