//===- HostCode.cpp - A lowered module as machine code --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostCode.h"

#include "mhc/Dialect/MHC/Transforms/PlannedMemory.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/LLVMTranslationInterface.h"
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
static constexpr StringLiteral kPackedSizes = "mhc_packed_sizes";

/// Adds `void packed(ptr parameters)`, which calls the C interface of
/// `function` with the pointers in the array: a signature that the host can
/// call whatever the function's is. A result that is no struct goes where the
/// first pointer says.
static llvm::Error addPackedCall(llvm::Module &module, StringRef function,
                                 StringRef name) {
  llvm::Function *callee =
      module.getFunction(("_mlir_ciface_" + function).str());
  if (!callee)
    return llvm::createStringError(
        "expected a function '%s' with a C interface, got none",
        function.str().c_str());
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy();
  auto *packed = llvm::Function::Create(
      llvm::FunctionType::get(builder.getVoidTy(), pointer, false),
      llvm::Function::ExternalLinkage, name, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", packed));
  bool returns = !callee->getReturnType()->isVoidTy();
  SmallVector<llvm::Value *> parameters;
  for (unsigned i = 0; i < callee->arg_size() + returns; ++i)
    parameters.push_back(builder.CreateLoad(
        pointer, builder.CreateConstGEP1_64(pointer, packed->getArg(0), i)));
  llvm::Value *returned =
      builder.CreateCall(callee, ArrayRef(parameters).drop_front(returns));
  if (returns)
    builder.CreateStore(returned, parameters.front());
  builder.CreateRetVoid();
  return llvm::Error::success();
}

/// The function that tells what `entry` needs of its caller; empty if there is
/// none.
static StringRef getSizesName(ModuleOp module, StringRef entry) {
  Operation *function = module.lookupSymbol(entry);
  auto sizes = function ? function->getAttrOfType<FlatSymbolRefAttr>(kSizesAttr)
                        : FlatSymbolRefAttr();
  return sizes ? sizes.getValue() : StringRef();
}

namespace {
/// Takes the attributes of the dialect on arguments for what they are: nothing
/// that LLVM has to know.
struct AttributeTranslation : LLVMTranslationDialectInterface {
  using LLVMTranslationDialectInterface::LLVMTranslationDialectInterface;
};
} // namespace

/// Makes the module's dialects translatable.
static void registerTranslations(MLIRContext &context) {
  registerBuiltinDialectTranslation(context);
  registerLLVMDialectTranslation(context);
  registerOpenMPDialectTranslation(context);
  auto *dialect = context.getLoadedDialect<MHCDialect>();
  if (dialect &&
      !dialect->getRegisteredInterface<LLVMTranslationDialectInterface>())
    dialect->addInterfaces<AttributeTranslation>();
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

  registerTranslations(*module->getContext());
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
  if (llvm::Error error = addPackedCall(*llvmModule, entry, kPackedCall))
    return error;
  StringRef sizes = getSizesName(module, entry);
  if (!sizes.empty())
    if (llvm::Error error = addPackedCall(*llvmModule, sizes, kPackedSizes))
      return error;
  // Nothing but packed calls is called from outside. Each function is a loop
  // nest that was outlined to be compiled once: inlining would undo that.
  for (llvm::Function &function : *llvmModule)
    if (!function.isDeclaration() && function.getName() != kPackedCall &&
        function.getName() != kPackedSizes) {
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
  code.entry = address->toPtr<void (*)(void **)>();
  if (!sizes.empty()) {
    address = (*jit)->lookup(kPackedSizes);
    if (!address)
      return address.takeError();
    code.sizes = address->toPtr<void (*)(void **)>();
  }
  code.jit = std::move(*jit);
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
