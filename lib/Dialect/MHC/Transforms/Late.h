//===- Late.h - Ops that run as late as their readers allow -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_LATE_H
#define LIB_DIALECT_MHC_TRANSFORMS_LATE_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mhc {

/// Set by mhc-lower-recompute on ops that mhc-fuse-kernels puts into the
/// kernels of their readers, rather than into the first one that could run
/// them.
constexpr llvm::StringLiteral kLate = "mhc.late";

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_LATE_H
