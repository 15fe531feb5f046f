//===- InlineLayers.h - Functions that hold connections ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_INLINELAYERS_H
#define LIB_RECOMPUTE_INLINELAYERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mhc {

/// Replaces the calls of functions with row ops on streams, such as a layer's,
/// by their bodies: a chain of connections goes through them. Calls of
/// sublayers stay.
void inlineLayers(func::FuncOp function);

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_INLINELAYERS_H
