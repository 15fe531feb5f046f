//===- HostProgram.cpp - A lowered module, compiled for this machine ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Target/HostProgram.h"

#include "HostCode.h"
#include "HostRuntime.h"

#include "HostWorkspace.h"
#include "mhc/Dialect/MHC/Transforms/PlannedMemory.h"

#include "llvm/ExecutionEngine/Orc/LLJIT.h"

using namespace mlir;
using namespace mlir::mhc;
using ::mhc::HostTensor;

/// The results that the entry is given, as mhc-plan-memory says.
static llvm::SmallBitVector findGiven(ModuleOp module, StringRef entry,
                                      size_t numResults) {
  llvm::SmallBitVector given(numResults);
  Operation *function = module.lookupSymbol(entry);
  if (auto numbers =
          function ? function->getAttrOfType<DenseI64ArrayAttr>(kResultsAttr)
                   : DenseI64ArrayAttr())
    for (int64_t number : numbers.asArrayRef())
      given.set(number);
  return given;
}

llvm::Expected<std::unique_ptr<HostProgram>>
HostProgram::compile(ModuleOp module, StringRef entry,
                     ArrayRef<HostType> results) {
  llvm::Expected<HostCode> code = compileHostCode(module, entry);
  if (!code)
    return code.takeError();
  std::unique_ptr<HostProgram> program(new HostProgram(results));
  program->code = std::make_unique<HostCode>(std::move(*code));
  program->given = findGiven(module, entry, results.size());
  return program;
}

HostProgram::HostProgram(ArrayRef<HostType> results)
    : results(results), workspace(std::make_unique<HostWorkspace>()) {}

HostProgram::~HostProgram() = default;

void HostProgram::setFailureHook(void (*hook)()) { setHostFailureHook(hook); }

//===----------------------------------------------------------------------===//
// Memory that the entry is given
//===----------------------------------------------------------------------===//

/// Adds descriptors of the results that are given, which `tensors` get, and of
/// the workspace.
llvm::Error
HostProgram::give(ArrayRef<void *> arguments,
                  MutableArrayRef<std::optional<HostTensor>> tensors,
                  SmallVectorImpl<SmallVector<int64_t>> &descriptors) {
  // The dynamic sizes of results, and the bytes of the workspace.
  size_t count = 1;
  for (unsigned index : given.set_bits())
    count += llvm::count(results[index].shape, ShapedType::kDynamic);
  SmallVector<int64_t> numbers(count);
  SmallVector<void *> parameters{numbers.data()};
  llvm::append_range(parameters, arguments);
  {
    HostSignals signals;
    code->sizes(parameters.data());
  }
  const int64_t *next = numbers.begin();
  for (unsigned index : given.set_bits()) {
    SmallVector<int64_t> shape = results[index].shape;
    for (int64_t &size : shape)
      if (ShapedType::isDynamic(size))
        size = *next++;
    llvm::Expected<HostTensor> tensor =
        HostTensor::create(results[index].kind, shape);
    if (!tensor)
      return tensor.takeError();
    descriptors.push_back(makeDescriptor(tensor->data(), shape));
    tensors[index] = std::move(*tensor);
  }
  if (llvm::Error error = workspace->resize(numbers.back()))
    return error;
  descriptors.push_back(makeDescriptor(workspace->data(), numbers.back()));
  return llvm::Error::success();
}

llvm::Expected<WorkspaceUse>
HostProgram::measureWorkspace(MutableArrayRef<HostTensor> arguments) {
  WorkspaceUse use{workspace->size(), 0};
  for (uint8_t pattern : {0xa5, 0x5a}) {
    workspace->fill(pattern);
    llvm::Expected<SmallVector<HostTensor>> done = run(arguments);
    if (!done)
      return done.takeError();
    use.highWater = std::max(use.highWater, workspace->findEnd(pattern));
  }
  return use;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// A result that the entry has allocated, of which the descriptor is given.
static llvm::Expected<HostTensor> takeResult(const HostType &type,
                                             ArrayRef<int64_t> words) {
  llvm::Expected<HostTensor> tensor =
      HostTensor::create(type.kind, words.slice(3, type.shape.size()));
  if (!tensor)
    return tensor.takeError();
  std::memcpy(tensor->data(), reinterpret_cast<const void *>(words[1]),
              tensor->getSizeInBytes());
  std::free(reinterpret_cast<void *>(words[0]));
  return tensor;
}

llvm::Expected<SmallVector<HostTensor>>
HostProgram::run(MutableArrayRef<HostTensor> arguments) {
  SmallVector<SmallVector<int64_t>> descriptors;
  for (HostTensor &argument : arguments)
    descriptors.push_back(makeDescriptor(argument.data(), argument.getShape()));
  SmallVector<std::optional<HostTensor>> tensors(results.size());
  if (code->sizes) {
    SmallVector<void *> known;
    for (SmallVector<int64_t> &descriptor : descriptors)
      known.push_back(descriptor.data());
    if (llvm::Error error = give(known, tensors, descriptors))
      return error;
  }
  // The descriptors of the other results, one struct that the entry fills
  // through its first parameter.
  SmallVector<int64_t> filled;
  for (auto [index, result] : llvm::enumerate(results))
    if (!given.test(index))
      filled.resize(filled.size() + 3 + 2 * result.shape.size());

  SmallVector<void *> parameters;
  if (!filled.empty())
    parameters.push_back(filled.data());
  for (SmallVector<int64_t> &descriptor : descriptors)
    parameters.push_back(descriptor.data());
  {
    HostSignals signals;
    code->entry(parameters.data());
  }
  if (code->sizes)
    if (llvm::Error error = workspace->checkBounds())
      return error;

  SmallVector<HostTensor> all;
  ArrayRef<int64_t> words = filled;
  for (auto [index, result] : llvm::enumerate(results)) {
    if (given.test(index)) {
      all.push_back(std::move(*tensors[index]));
      continue;
    }
    size_t length = 3 + 2 * result.shape.size();
    llvm::Expected<HostTensor> tensor =
        takeResult(result, words.take_front(length));
    if (!tensor)
      return tensor.takeError();
    all.push_back(std::move(*tensor));
    words = words.drop_front(length);
  }
  return all;
}
