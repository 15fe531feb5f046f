//===- Budget.h - A number of bytes, or a share of them ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_BUDGET_H
#define LIB_RECOMPUTE_BUDGET_H

#include "llvm/Support/Error.h"

#include <cstdint>

namespace mlir::mhc {

/// A number of bytes, or a share of those that something takes.
class Budget {
public:
  /// Reads `2000000`, `1.5GB`, `800MiB`, `50%` or `0.5`. Fails for anything
  /// else, for what is negative, and for more than 100 % or 64 bits.
  static llvm::Expected<Budget> parse(llvm::StringRef text);

  /// The bytes, of `everything` if it is a share, rounded down.
  int64_t getBytes(int64_t everything) const;

private:
  double share = 0;
  int64_t bytes = -1;
};

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_BUDGET_H
