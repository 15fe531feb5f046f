//===- Passes.h - Differentiation -------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIFFERENTIATE_PASSES_H
#define MHC_DIFFERENTIATE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mhc/Differentiate/Passes.h.inc"
} // namespace mlir::mhc

#endif // MHC_DIFFERENTIATE_PASSES_H
