//===- ParseEnum.h - Keywords of enumerations -------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_IR_PARSEENUM_H
#define LIB_DIALECT_MHC_IR_PARSEENUM_H

#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

namespace mlir::mhc {

/// Parses a keyword of an enumeration whose values are 0 .. maximum, or says
/// which there are.
template <typename EnumT>
ParseResult parseEnum(AsmParser &parser, EnumT &value,
                      std::optional<EnumT> (*symbolize)(StringRef),
                      StringRef (*stringify)(EnumT), unsigned maximum) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  (void)parser.parseOptionalKeyword(&word);
  if (std::optional<EnumT> found = symbolize(word)) {
    value = *found;
    return success();
  }
  InFlightDiagnostic diagnostic = parser.emitError(loc, "expected one of ");
  llvm::interleaveComma(
      llvm::seq<unsigned>(0, maximum + 1), diagnostic,
      [&](unsigned i) { diagnostic << stringify(static_cast<EnumT>(i)); });
  if (!word.empty())
    diagnostic << "; got '" << word << "'";
  return diagnostic;
}

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_IR_PARSEENUM_H
