//===- Passes.h - Passes on the mhc dialect ---------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_PASSES_H
#define MHC_DIALECT_MHC_TRANSFORMS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace mlir::mhc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_PASSES_H
