//===- HostProgram.cpp - A lowered module, compiled for this machine ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/HostProgram.h"

#include "HostCode.h"
#include "HostRuntime.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"

using namespace mlir;
using namespace mlir::mhc;
using ::mhc::HostTensor;

llvm::Expected<std::unique_ptr<HostProgram>>
HostProgram::compile(ModuleOp module, StringRef entry,
                     ArrayRef<HostType> results) {
  llvm::Expected<HostCode> code = compileHostCode(module, entry);
  if (!code)
    return code.takeError();
  std::unique_ptr<HostProgram> program(new HostProgram(results));
  program->code = std::make_unique<HostCode>(std::move(*code));
  return program;
}

HostProgram::HostProgram(ArrayRef<HostType> results) : results(results) {}

HostProgram::~HostProgram() = default;

void HostProgram::setFailureHook(void (*hook)()) { setHostFailureHook(hook); }

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

llvm::Expected<SmallVector<HostTensor>>
HostProgram::run(MutableArrayRef<HostTensor> arguments) {
  SmallVector<SmallVector<int64_t>> descriptors;
  for (HostTensor &argument : arguments)
    descriptors.push_back(makeDescriptor(argument.data(), argument.getShape()));
  // The results' descriptors, one struct that the entry fills through its first
  // parameter.
  SmallVector<int64_t> filled;
  for (const HostType &result : results)
    filled.resize(filled.size() + 3 + 2 * result.shape.size());

  SmallVector<void *> parameters;
  if (!results.empty())
    parameters.push_back(filled.data());
  for (SmallVector<int64_t> &descriptor : descriptors)
    parameters.push_back(descriptor.data());
  {
    HostSignals signals;
    code->entry(parameters.data());
  }

  SmallVector<HostTensor> tensors;
  size_t position = 0;
  for (const HostType &result : results) {
    ArrayRef<int64_t> words =
        ArrayRef(filled).slice(position, 3 + 2 * result.shape.size());
    position += words.size();
    llvm::Expected<HostTensor> tensor =
        HostTensor::create(result.kind, words.slice(3, result.shape.size()));
    if (!tensor)
      return tensor.takeError();
    std::memcpy(tensor->data(), reinterpret_cast<const void *>(words[1]),
                tensor->getSizeInBytes());
    std::free(reinterpret_cast<void *>(words[0]));
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}
