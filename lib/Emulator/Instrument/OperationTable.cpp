//===- OperationTable.cpp - The operations that are modelled --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"

#include "Operations/MemoryAssembly.h"

#include "llvm/ADT/StringExtras.h"

using namespace mhc::emulator;

/// The text with single blanks alone.
static std::string normalise(llvm::StringRef text) {
  std::string result;
  for (char c : text.trim()) {
    if (!llvm::isSpace(c))
      result += c;
    else if (result.back() != ' ')
      result += ' ';
  }
  return result;
}

const OperationTable &OperationTable::get() {
  static const OperationTable table = [] {
    OperationTable table;
    addWarpOperations(table);
    addBarrierOperations(table);
    addAtomicOperations(table);
    addMemoryOperations(table);
    addMatrixOperations(table);
    addMathOperations(table);
    addConversionOperations(table);
    addMbarrierOperations(table);
    addAsyncCopyOperations(table);
    addBulkCopyOperations(table);
    addClusterOperations(table);
    addControlOperations(table);
    addMessageOperations(table);
    return table;
  }();
  return table;
}

void OperationTable::addIntrinsic(const llvm::Twine &name, Handler handler,
                                  uint64_t data) {
  intrinsics[name.str()] = {handler, data};
}

void OperationTable::addAssembly(const llvm::Twine &text, Handler handler,
                                 uint64_t data) {
  assembly[normalise(text.str())] = {handler, data};
}

const OperationTable::Operation *
OperationTable::findIntrinsic(llvm::StringRef name) const {
  auto found = intrinsics.find(name);
  return found == intrinsics.end() ? nullptr : &found->second;
}

std::optional<OperationTable::Operation>
OperationTable::findAssembly(llvm::StringRef text) const {
  std::string normal = normalise(text);
  auto found = assembly.find(normal);
  if (found != assembly.end())
    return found->second;
  return parseMemoryAssembly(normal);
}
