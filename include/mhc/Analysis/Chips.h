//===- Chips.h - What a GPU offers to a launch ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_CHIPS_H
#define MHC_ANALYSIS_CHIPS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace mlir::mhc {

/// The limits of a chip, of CUDA's table of compute capabilities, and the
/// multiprocessors of the device that is sold most.
struct Chip {
  llvm::StringLiteral name;
  int64_t multiprocessors;
  /// Bytes of shared memory of a CTA, and of a multiprocessor.
  int64_t sharedBytes, sharedBytesOfMultiprocessor;
  int64_t threadsOfMultiprocessor;
  /// CTAs of a cluster at most; 1 without clusters.
  int64_t cluster;

  /// 32-bit registers of a multiprocessor and of a CTA.
  static constexpr int64_t registers = 65536;
  static constexpr int64_t registersOfThread = 255;
  /// What the system takes of a multiprocessor's shared memory for each CTA.
  static constexpr int64_t reservedBytes = 1024;
};

/// The chips that kernels are scheduled for.
llvm::ArrayRef<Chip> getChips();
/// Null if there is none of that name.
const Chip *findChip(llvm::StringRef name);

} // namespace mlir::mhc

#endif // MHC_ANALYSIS_CHIPS_H
