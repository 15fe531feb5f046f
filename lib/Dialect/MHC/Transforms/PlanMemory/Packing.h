//===- Packing.h - Places for buffers that live at times --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_PACKING_H
#define LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_PACKING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>

namespace mlir::mhc {

/// Something of a size that lives from one time to another, both included.
struct PackedItem {
  int64_t size;
  size_t first, last;
  /// Where it lies, from `offset` to `offset + size`.
  int64_t offset = 0;

  bool overlaps(const PackedItem &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// Gives items places, of which those that live at one time share none. Sizes
/// must be multiples of an alignment, and then places are. Returns how much
/// place they take.
int64_t packItems(llvm::MutableArrayRef<PackedItem> items);

/// The most that lives at one time: no packing takes less.
int64_t getLowerBound(llvm::ArrayRef<PackedItem> items);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_PACKING_H
