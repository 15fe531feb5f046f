//===- FatalErrors.h - Fatal errors of LLVM, caught -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_FATALERRORS_H
#define LIB_TARGET_FATALERRORS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace mlir::mhc {

/// Runs `body`. A fatal error that LLVM raises in it ("Cannot select"), which
/// would end the process, becomes an error with its message; memory that `body`
/// holds at that point is lost. Threads may call this at once.
llvm::Error catchFatalErrors(llvm::function_ref<void()> body);

} // namespace mlir::mhc

#endif // LIB_TARGET_FATALERRORS_H
