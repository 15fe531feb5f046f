//===- EmulatorProgram.cpp - A host program with emulated kernels ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/EmulatorProgram.h"

#include "EmulatorRuntime.h"
#include "HostCode.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"

using namespace mlir;
using namespace mlir::mhc;
using ::mhc::HostTensor;
using ::mhc::emulator::Emulator;

char PlacedError::ID = 0;

struct EmulatorProgram::Impl {
  EmulatorState state;
  HostCode code;
  SmallVector<HostType> results;
  ::mhc::emulator::SourcePlace place;
};

EmulatorProgram::EmulatorProgram() : impl(std::make_unique<Impl>()) {}
EmulatorProgram::~EmulatorProgram() = default;

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// Has the emulator told of each byte that host code writes or reads, but for
/// those of its own variables: it could not know otherwise that they are
/// initialised, or that they must be.
static void reportAccesses(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *pointer = llvm::PointerType::getUnqual(context);
  llvm::Type *word = llvm::Type::getInt64Ty(context);
  llvm::Constant *state =
      module.getOrInsertGlobal(kStateSymbol, llvm::Type::getInt8Ty(context));
  auto declare = [&](llvm::StringRef name) {
    return module.getOrInsertFunction(name, llvm::Type::getVoidTy(context),
                                      pointer, pointer, word);
  };
  llvm::FunctionCallee stored = declare(kStoredSymbol);
  llvm::FunctionCallee loaded = declare(kLoadedSymbol);
  const llvm::DataLayout &layout = module.getDataLayout();
  auto getSize = [&](llvm::Type *type) {
    return llvm::ConstantInt::get(word, layout.getTypeStoreSize(type));
  };
  auto report = [&](llvm::IRBuilder<> builder, llvm::FunctionCallee callee,
                    llvm::Value *address, llvm::Value *bytes) {
    if (!isa<llvm::AllocaInst, llvm::GlobalVariable>(
            llvm::getUnderlyingObject(address)))
      builder.CreateCall(
          callee, {state, address, builder.CreateZExtOrTrunc(bytes, word)});
  };
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction :
         llvm::make_early_inc_range(llvm::instructions(function))) {
      if (auto *load = dyn_cast<llvm::LoadInst>(&instruction)) {
        report(llvm::IRBuilder<>(load), loaded, load->getPointerOperand(),
               getSize(load->getType()));
      } else if (auto *store = dyn_cast<llvm::StoreInst>(&instruction)) {
        report(llvm::IRBuilder<>(store->getNextNode()), stored,
               store->getPointerOperand(),
               getSize(store->getValueOperand()->getType()));
      } else if (auto *copy = dyn_cast<llvm::MemIntrinsic>(&instruction)) {
        if (auto *transfer = dyn_cast<llvm::MemTransferInst>(copy))
          report(llvm::IRBuilder<>(copy), loaded, transfer->getRawSource(),
                 copy->getLength());
        report(llvm::IRBuilder<>(copy->getNextNode()), stored,
               copy->getRawDest(), copy->getLength());
      }
    }
}

llvm::Expected<std::unique_ptr<EmulatorProgram>>
EmulatorProgram::compile(ModuleOp module, StringRef entry,
                         ArrayRef<HostType> results,
                         ::mhc::emulator::SourcePlace place) {
  std::unique_ptr<EmulatorProgram> program(new EmulatorProgram());
  SmallVector<HostSymbol> symbols = getEmulatorSymbols(program->impl->state);
  llvm::Expected<HostCode> code =
      compileHostCode(module, entry, symbols, reportAccesses);
  if (!code)
    return code.takeError();
  program->impl->code = std::move(*code);
  program->impl->results.assign(results.begin(), results.end());
  program->impl->place = std::move(place);
  return program;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Calls the entry; false if a run-time function gave the run up. Alone in its
/// function, as nothing here may be in need of destruction.
LLVM_ATTRIBUTE_NOINLINE static bool
enter(EmulatorState &state, void (*entry)(void **), void **parameters) {
  if (setjmp(state.giveUp))
    return false;
  entry(parameters);
  return true;
}

llvm::Expected<SmallVector<HostTensor>>
EmulatorProgram::run(Emulator &emulator, ArrayRef<HostTensor> arguments) {
  impl->state.emulator = &emulator;
  impl->state.globals.clear();
  impl->state.entry = impl->place;
  SmallVector<SmallVector<int64_t>> descriptors;
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    size_t bytes = argument.getSizeInBytes();
    constexpr uint64_t deviceAlignment = 256;
    std::string name = "argument " + std::to_string(index);
    void *memory = emulator.allocate(bytes, deviceAlignment, name, impl->place);
    if (!memory && bytes)
      return llvm::createStringError("there is no device memory for " + name);
    if (bytes) {
      std::memcpy(memory, argument.data(), bytes);
      emulator.setInitialised(memory, bytes);
    }
    descriptors.push_back(makeDescriptor(memory, argument.getShape()));
  }
  // The results' descriptors, one struct that the entry fills through its first
  // parameter.
  SmallVector<int64_t> filled;
  for (const HostType &result : impl->results)
    filled.resize(filled.size() + 3 + 2 * result.shape.size());

  SmallVector<void *> parameters;
  if (!filled.empty())
    parameters.push_back(filled.data());
  for (SmallVector<int64_t> &descriptor : descriptors)
    parameters.push_back(descriptor.data());
  bool finished;
  {
    HostSignals signals;
    finished = enter(impl->state, impl->code.entry, parameters.data());
  }
  if (!finished)
    return llvm::make_error<PlacedError>(std::move(impl->state.message),
                                         std::move(impl->state.place));

  SmallVector<HostTensor> tensors;
  size_t position = 0;
  for (auto [index, result] : llvm::enumerate(impl->results)) {
    ArrayRef<int64_t> words =
        ArrayRef(filled).slice(position, 3 + 2 * result.shape.size());
    position += words.size();
    llvm::Expected<HostTensor> tensor =
        HostTensor::create(result.kind, words.slice(3, result.shape.size()));
    if (!tensor)
      return tensor.takeError();
    const void *memory = reinterpret_cast<const void *>(words[1]);
    size_t bytes = tensor->getSizeInBytes();
    if (bytes) {
      if (emulator.isDeviceAddress(memory))
        emulator.checkInitialised(
            memory, bytes, "result " + std::to_string(index), impl->place);
      std::memcpy(tensor->data(), memory, bytes);
    }
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}
