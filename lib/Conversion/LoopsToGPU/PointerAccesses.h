//===- PointerAccesses.h - Launches that take pointers ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CONVERSION_LOOPSTOGPU_POINTERACCESSES_H
#define LIB_CONVERSION_LOOPSTOGPU_POINTERACCESSES_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::mhc {

/// Rewrites loads and stores in a launch to memrefs from outside as accesses
/// through pointers that the host makes before the launch: the address of the
/// first element of each memref, in address space 1. Sizes and strides that are
/// not static become numbers of the host. Fails with a diagnostic at an op that
/// does something else with a memref.
LogicalResult usePointers(gpu::LaunchOp launch);

} // namespace mlir::mhc

#endif // LIB_CONVERSION_LOOPSTOGPU_POINTERACCESSES_H
