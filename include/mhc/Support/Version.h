//===- Version.h - The project's version, and the tools' stack --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_VERSION_H
#define MHC_SUPPORT_VERSION_H

#include "llvm/Support/raw_ostream.h"

namespace mhc {

/// Prints `mhc-mlir version 0.1.0`, for --version beside LLVM's own line.
void printVersion(llvm::raw_ostream &os);

/// Bytes of stack that a tool runs on: MLIR recurses with the depth of nested
/// regions, and 10,000 of them overflow the usual 8 MB.
constexpr unsigned kToolStackSize = 1u << 30;

} // namespace mhc

#endif // MHC_SUPPORT_VERSION_H
