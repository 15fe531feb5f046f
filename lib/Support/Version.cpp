//===- Version.cpp - The project's version --------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/Version.h"

void mhc::printVersion(llvm::raw_ostream &os) {
  os << "mhc-mlir version " << MHC_VERSION << '\n';
}
