//===- Passes.h - Conversions from mhc to other dialects --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_PASSES_H
#define MHC_CONVERSION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

#endif // MHC_CONVERSION_PASSES_H
