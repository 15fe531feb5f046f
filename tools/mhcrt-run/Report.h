//===- Report.h - What mhcrt-run says ---------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TOOLS_MHCRT_RUN_REPORT_H
#define TOOLS_MHCRT_RUN_REPORT_H

#include "mhc/Runtime/mhcrt.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"

/// Prints an error, and returns false.
bool reportError(const llvm::Twine &message);
bool reportError(llvm::Error error);

/// Returns true for a success, or prints the error and returns false.
bool check(mhcrt_status status, const mhcrt_error &error);

/// Prints the programs and the kernels of a module.
void printModule(const mhcrt_module *module);

/// Prints median, least and greatest of some times, in milliseconds.
void printTimes(llvm::SmallVectorImpl<float> &times);

#endif // TOOLS_MHCRT_RUN_REPORT_H
