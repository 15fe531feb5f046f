//===- HostObject.cpp - Programs as functions of an object file -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostInterface.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Emits the functions that the header declares. Types are those of mhcrt.h: a
/// status is an i32, sizes and bytes are i64.
class ObjectBuilder {
public:
  ObjectBuilder(const Package &package, StringRef name, llvm::Module &module)
      : package(package), prefix(getCName(name)), module(module),
        builder(module.getContext()), pointer(builder.getPtrTy()),
        i32(builder.getInt32Ty()), i64(builder.getInt64Ty()) {}

  void build() {
    addLoad();
    SmallVector<std::string> names = getFunctionNames(package, prefix);
    for (auto [index, program] : llvm::enumerate(package.programs.programs))
      addProgram(program, names[index], index);
  }

private:
  llvm::Constant *addBytes(StringRef bytes, bool terminated,
                           llvm::Align alignment);
  llvm::Function *begin(const Twine &name, ArrayRef<llvm::Type *> parameters);
  llvm::Value *call(StringRef name, llvm::Type *result,
                    ArrayRef<llvm::Value *> arguments);
  void addLoad();
  void addProgram(const DeviceProgram &program, StringRef name, unsigned index);
  /// The values in an array on the stack; null if there are none.
  llvm::Value *makeArray(llvm::Type *element, ArrayRef<llvm::Value *> values);

  const Package &package;
  std::string prefix;
  llvm::Module &module;
  llvm::IRBuilder<> builder;
  llvm::PointerType *pointer;
  llvm::Type *i32, *i64;
};
} // namespace

llvm::Constant *ObjectBuilder::addBytes(StringRef bytes, bool terminated,
                                        llvm::Align alignment) {
  llvm::Constant *data = llvm::ConstantDataArray::getString(module.getContext(),
                                                            bytes, terminated);
  auto *global = new llvm::GlobalVariable(
      module, data->getType(), /*isConstant=*/true,
      llvm::GlobalValue::PrivateLinkage, data, prefix + "_data");
  global->setAlignment(alignment);
  return global;
}

llvm::Function *ObjectBuilder::begin(const Twine &name,
                                     ArrayRef<llvm::Type *> parameters) {
  auto *type = llvm::FunctionType::get(i32, parameters, /*isVarArg=*/false);
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, name, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "", function));
  return function;
}

llvm::Value *ObjectBuilder::call(StringRef name, llvm::Type *result,
                                 ArrayRef<llvm::Value *> arguments) {
  SmallVector<llvm::Type *> types = llvm::map_to_vector(
      arguments, [](llvm::Value *value) { return value->getType(); });
  llvm::FunctionCallee callee = module.getOrInsertFunction(
      name, llvm::FunctionType::get(result, types, /*isVarArg=*/false));
  return builder.CreateCall(callee, arguments);
}

llvm::Value *ObjectBuilder::makeArray(llvm::Type *element,
                                      ArrayRef<llvm::Value *> values) {
  if (values.empty())
    return llvm::ConstantPointerNull::get(pointer);
  llvm::Value *array = builder.CreateAlloca(
      element, builder.getInt32(static_cast<uint32_t>(values.size())));
  for (auto [index, value] : llvm::enumerate(values))
    builder.CreateStore(
        value, builder.CreateConstInBoundsGEP1_64(element, array, index));
  return array;
}

void ObjectBuilder::addLoad() {
  std::string manifest;
  llvm::raw_string_ostream os(manifest);
  printManifest(package, os);
  os.flush();
  llvm::Constant *text =
      addBytes(manifest, /*terminated=*/true, llvm::Align(1));

  // An array of mhcrt_image.
  auto *imageType = llvm::StructType::get(pointer, pointer, i64);
  SmallVector<llvm::Constant *> images;
  for (const ManifestFile &file : package.files)
    images.push_back(llvm::ConstantStruct::get(
        imageType, {addBytes(file.name, /*terminated=*/true, llvm::Align(1)),
                    // PTX has to end in a NUL, which is not counted.
                    addBytes(file.bytes, /*terminated=*/true, llvm::Align(64)),
                    builder.getInt64(file.bytes.size())}));
  auto *arrayType = llvm::ArrayType::get(imageType, images.size());
  auto *array = new llvm::GlobalVariable(
      module, arrayType, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
      llvm::ConstantArray::get(arrayType, images), prefix + "_images");

  llvm::Function *load = begin(prefix + "_load", {pointer, pointer, pointer});
  builder.CreateRet(
      call("mhcrt_load_memory", i32,
           {load->getArg(0), text, builder.getInt64(manifest.size()), array,
            builder.getInt32(static_cast<uint32_t>(images.size())),
            load->getArg(1), load->getArg(2)}));
}

void ObjectBuilder::addProgram(const DeviceProgram &program, StringRef name,
                               unsigned index) {
  HostInterface interface(program);
  size_t numSizes = interface.sizes.size();
  auto take = [](llvm::Function *function, size_t first, size_t count) {
    SmallVector<llvm::Value *> values;
    for (size_t i = first; i < first + count; ++i)
      values.push_back(function->getArg(i));
    return values;
  };

  SmallVector<llvm::Type *> types{pointer};
  types.append(numSizes, i64);
  types.append(2, pointer);
  llvm::Function *function = begin(name + "_workspace_bytes", types);
  llvm::Value *handle = call("mhcrt_get_program", pointer,
                             {function->getArg(0), builder.getInt32(index)});
  builder.CreateRet(
      call("mhcrt_get_workspace_bytes", i32,
           {handle, makeArray(i64, take(function, 1, numSizes)),
            function->getArg(1 + numSizes), function->getArg(2 + numSizes)}));

  types.assign(2, pointer);
  types.append(numSizes, i64);
  size_t numArguments = interface.arguments.size();
  size_t numResults = interface.results.size();
  size_t numPointers = interface.arrays ? 2 : numArguments + numResults;
  types.append(numPointers + 1, pointer);
  types.append({i64, i32, pointer});
  function = begin(name, types);
  handle = call("mhcrt_get_program", pointer,
                {function->getArg(0), builder.getInt32(index)});
  llvm::Value *sizes = makeArray(i64, take(function, 2, numSizes));
  size_t first = 2 + numSizes;
  llvm::Value *arguments =
      interface.arrays
          ? function->getArg(first)
          : makeArray(pointer, take(function, first, numArguments));
  llvm::Value *results =
      interface.arrays ? function->getArg(first + 1)
                       : makeArray(pointer, take(function, first + numArguments,
                                                 numResults));
  size_t rest = first + numPointers;
  builder.CreateRet(
      call("mhcrt_launch", i32,
           {handle, function->getArg(1), sizes, arguments, results,
            function->getArg(rest), function->getArg(rest + 1),
            function->getArg(rest + 2), function->getArg(rest + 3)}));
}

llvm::Expected<std::string> mlir::mhc::compileHostObject(const Package &package,
                                                         StringRef name,
                                                         StringRef tripleName) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmPrinters();
  llvm::Triple triple(llvm::Triple::normalize(
      tripleName.empty() ? StringRef(llvm::sys::getDefaultTargetTriple())
                         : tripleName));
  std::string message;
  const llvm::Target *target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (!target)
    return llvm::createStringError("expected a host that this LLVM compiles "
                                   "for, got '" +
                                   triple.str() + "'");
  if (!triple.isArch64Bit() || !target->hasTargetMachine())
    return llvm::createStringError(
        "expected a host of 64 bits that this LLVM compiles for, got '" +
        triple.str() + "'");
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, "", "", llvm::TargetOptions(), llvm::Reloc::PIC_));
  if (!machine)
    return llvm::createStringError("expected a host that this LLVM compiles "
                                   "for, got '" +
                                   triple.str() + "'");

  llvm::LLVMContext context;
  llvm::Module module(name, context);
  module.setTargetTriple(triple);
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  ObjectBuilder(package, name, module).build();
  assert(!llvm::verifyModule(module, &llvm::errs()) &&
         "expected functions that verify");

  SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream os(bytes);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, os, nullptr,
                                   llvm::CodeGenFileType::ObjectFile))
    return llvm::createStringError("expected a host that objects can be "
                                   "written for, got '" +
                                   triple.str() + "'");
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}
