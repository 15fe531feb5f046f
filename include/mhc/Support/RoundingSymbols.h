//===- RoundingSymbols.h - Roundings that compiled code calls ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_SUPPORT_ROUNDINGSYMBOLS_H
#define MHC_SUPPORT_ROUNDINGSYMBOLS_H

#include "llvm/ADT/ArrayRef.h"

namespace mhc {

struct RoundingSymbol {
  const char *name;
  void *address;
};

/// The conversions to and from bf16 and f16 that LLVM's code for this machine
/// calls where there is no instruction for them.
llvm::ArrayRef<RoundingSymbol> getRoundingSymbols();

} // namespace mhc

#endif // MHC_SUPPORT_ROUNDINGSYMBOLS_H
