//===- Chips.cpp - What a GPU offers to a launch --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/Chips.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir::mhc;

static constexpr int64_t kKB = 1024;

static constexpr Chip kChips[] = {
    {"sm_80", 108, 163 * kKB, 164 * kKB, 2048, 1},
    {"sm_86", 84, 99 * kKB, 100 * kKB, 1536, 1},
    {"sm_89", 142, 99 * kKB, 100 * kKB, 1536, 1},
    {"sm_90", 132, 227 * kKB, 228 * kKB, 2048, 16},
    {"sm_90a", 132, 227 * kKB, 228 * kKB, 2048, 16},
    {"sm_100", 148, 227 * kKB, 228 * kKB, 2048, 16},
    {"sm_100a", 148, 227 * kKB, 228 * kKB, 2048, 16},
    {"sm_120", 170, 99 * kKB, 100 * kKB, 1536, 8},
    {"sm_120a", 170, 99 * kKB, 100 * kKB, 1536, 8},
};

llvm::ArrayRef<Chip> mlir::mhc::getChips() { return kChips; }

const Chip *mlir::mhc::findChip(llvm::StringRef name) {
  const Chip *found = llvm::find_if(
      getChips(), [&](const Chip &chip) { return chip.name == name; });
  return found == getChips().end() ? nullptr : found;
}
