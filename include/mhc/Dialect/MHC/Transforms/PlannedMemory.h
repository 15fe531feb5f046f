//===- PlannedMemory.h - What a plan of memory writes down ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The attributes by which mhc-plan-memory and whoever runs its programs
// understand each other. docs/Memory.md explains them.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_PLANNEDMEMORY_H
#define MHC_DIALECT_MHC_TRANSFORMS_PLANNEDMEMORY_H

#include "llvm/ADT/StringRef.h"

namespace mlir::mhc {

/// Of an argument that was a result.
constexpr llvm::StringLiteral kResultAttr = "mhc.result";
/// Of an argument, or an allocation, in which the buffers of a plan live.
constexpr llvm::StringLiteral kWorkspaceAttr = "mhc.workspace";
/// Of a public function: the function that computes what a caller allocates,
/// and the numbers of the results that became arguments.
constexpr llvm::StringLiteral kSizesAttr = "mhc.sizes";
constexpr llvm::StringLiteral kResultsAttr = "mhc.results";
/// Of ops that depend on weights alone, which a caller may leave out from the
/// second call on, and of what keeps what they write.
constexpr llvm::StringLiteral kPrepareAttr = "mhc.prepare";

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_PLANNEDMEMORY_H
