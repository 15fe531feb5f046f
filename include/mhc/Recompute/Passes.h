//===- Passes.h - What is kept, and what is computed again ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_RECOMPUTE_PASSES_H
#define MHC_RECOMPUTE_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mhc/Recompute/Passes.h.inc"
} // namespace mlir::mhc

#endif // MHC_RECOMPUTE_PASSES_H
