//===- Traffic.h - Bytes that a kernel moves --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a kernel must read and write, and what it does where nothing is retained
// between sweeps. Rows are what matters; coefficients, weights and totals are
// counted apart.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_ANALYSIS_TRAFFIC_H
#define MHC_ANALYSIS_TRAFFIC_H

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Bytes that are read and written.
struct Bytes {
  int64_t read = 0;
  int64_t written = 0;

  int64_t total() const { return read + written; }
  Bytes &operator+=(Bytes other) {
    read += other.read;
    written += other.written;
    return *this;
  }
};

struct KernelTraffic {
  unsigned sweeps = 0;
  /// The hidden of all sweeps; 0 if they differ, or there is none.
  int64_t hidden = 0;
  /// Rows of a token, each read once and written once: the lower bound, which
  /// rows that stay on chip between sweeps reach.
  Bytes retained;
  /// Rows of a token where nothing stays: each sweep reads its rows again, and
  /// a row that one sweep makes for another is written and read.
  Bytes readAgain;
  /// Coefficients of a token.
  Bytes coefficients;
  /// What is the same for all tokens: phi, and rows and coefficients without
  /// token dimensions. Not bytes a token.
  int64_t weights = 0;
  /// What is added over tokens. Not bytes a token.
  int64_t totals = 0;

  KernelTraffic &operator+=(const KernelTraffic &other);
};

/// Counts the traffic of one kernel, on tensors or memrefs.
KernelTraffic computeTraffic(KernelOp kernel);

} // namespace mlir::mhc

#endif // MHC_ANALYSIS_TRAFFIC_H
