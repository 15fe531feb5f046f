//===- HostRuntime.h - What compiled code calls on the host -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_TARGET_HOSTRUNTIME_H
#define LIB_TARGET_HOSTRUNTIME_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <csignal>

namespace mlir::mhc {

/// A symbol that compiled code may refer to.
struct HostSymbol {
  llvm::StringRef name;
  void *address;
};

/// The failure of an assertion (puts, then abort), memory (malloc, free),
/// copies between strided buffers (memrefCopy), and the roundings to bf16 and
/// f16 that the host has no instruction for.
llvm::ArrayRef<HostSymbol> getHostSymbols();

/// While it lives, a signal that compiled code raises (a division by zero, an
/// access to memory that is not there, a stack that ends) ends the process with
/// a message and exit code 1, as a failing assertion does.
class HostSignals {
public:
  HostSignals();
  ~HostSignals();

private:
  struct sigaction previous[4];
  stack_t previousStack;
};

/// Called before the message of a failing program is printed.
void setHostFailureHook(void (*hook)());

} // namespace mlir::mhc

#endif // LIB_TARGET_HOSTRUNTIME_H
