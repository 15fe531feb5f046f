//===- LiveBuffers.h - Which tensors are in memory, and when ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_ANALYSIS_LIVEBUFFERS_H
#define LIB_ANALYSIS_LIVEBUFFERS_H

#include "LiveKinds.h"

namespace mlir::mhc {

/// Finds steps, buffers and the bytes at each step, for functions of one block
/// on tensors. False if there are more bytes than fit 64 bits.
bool findLiveBuffers(const LiveFunctions &functions, const TokenSizes &sizes,
                     ArrayRef<Value> given, Liveness &found);

} // namespace mlir::mhc

#endif // LIB_ANALYSIS_LIVEBUFFERS_H
