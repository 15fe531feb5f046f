//===- Passes.h - Passes that analyse programs ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_PASSES_H
#define MHC_ANALYSIS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mhc/Analysis/Passes.h.inc"
} // namespace mlir::mhc

#endif // MHC_ANALYSIS_PASSES_H
