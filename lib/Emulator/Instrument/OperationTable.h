//===- OperationTable.h - The operations that are modelled ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_INSTRUMENT_OPERATIONTABLE_H
#define MHC_EMULATOR_INSTRUMENT_OPERATIONTABLE_H

#include "Instrument/Site.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

#include <optional>

namespace mhc::emulator {

/// The intrinsics and the inline assembly that have a meaning here, by name and
/// by text. What is not in the table is refused by name.
class OperationTable {
public:
  struct Operation {
    Handler handler;
    uint64_t data;
  };

  /// The table of everything that is modelled.
  static const OperationTable &get();

  /// An intrinsic, or a function of the system, by its full name. `data`
  /// reaches the handler in the site.
  void addIntrinsic(const llvm::Twine &name, Handler handler,
                    uint64_t data = 0);
  /// Inline assembly by its text, where runs of white space count as one blank
  /// and those at either end for nothing. Outputs are the results, inputs the
  /// arguments.
  void addAssembly(const llvm::Twine &text, Handler handler, uint64_t data = 0);

  const Operation *findIntrinsic(llvm::StringRef name) const;
  std::optional<Operation> findAssembly(llvm::StringRef text) const;

private:
  llvm::StringMap<Operation> intrinsics;
  llvm::StringMap<Operation> assembly;
};

// Each file of Operations/ adds its own.
void addWarpOperations(OperationTable &table);
void addBarrierOperations(OperationTable &table);
void addAtomicOperations(OperationTable &table);
void addMemoryOperations(OperationTable &table);
void addMatrixOperations(OperationTable &table);
void addMathOperations(OperationTable &table);
void addConversionOperations(OperationTable &table);
void addMbarrierOperations(OperationTable &table);
void addAsyncCopyOperations(OperationTable &table);
void addBulkCopyOperations(OperationTable &table);
void addClusterOperations(OperationTable &table);
void addControlOperations(OperationTable &table);
void addMessageOperations(OperationTable &table);

} // namespace mhc::emulator

#endif // MHC_EMULATOR_INSTRUMENT_OPERATIONTABLE_H
