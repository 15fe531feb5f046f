//===- SliceOrder.h - Leaves of hidden, dealt to CTAs -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tree of a sum over hidden has a place for each leaf: groups are padded to
// a power of two, and so is their number. A slice is an aligned subtree: some
// groups, or an aligned part of one.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_SLICEORDER_H
#define MHC_CONVERSION_MHCKERNELTOGPU_SLICEORDER_H

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "llvm/Support/MathExtras.h"

#include <optional>

namespace mlir::mhc {

/// Places of the items of a balanced pairwise tree; places that no item has
/// are left out of the sums.
struct TreeShape {
  SmallVector<int64_t> places;

  /// Adds `items`, one for each place.
  Value build(ArrayRef<Value> items,
              function_ref<Value(Value, Value)> add) const;
};

struct SliceOrder {
  /// None if `slices` aligned subtrees do not cover hidden.
  static std::optional<SliceOrder> get(int64_t hidden, SumOrderAttr order,
                                       int64_t slices);
  /// The numbers of slices that are legal, in increasing order.
  static SmallVector<int64_t> getLegal(int64_t hidden, SumOrderAttr order);

  /// The tree of the leaves of a slice, and that of the slices.
  TreeShape getLeafTree() const;
  TreeShape getSliceTree() const;

  int64_t hidden, leaf, leaves;
  int64_t groupLeaves, groups;
  int64_t slices;
  /// Leaves of a slice at most.
  int64_t sliceLeaves;
  /// Whole groups of a slice; 0 if a slice is a part of a group.
  int64_t sliceGroups;
  /// Slices of a group; 1 if a slice has whole groups.
  int64_t groupSlices;
};

/// How the warps of a CTA share the leaves of its slice: several leaves a warp
/// where warps are fewer, else one, and several warps a leaf, which take
/// different tiles of 8 tokens.
struct WarpLayout {
  WarpLayout(const SliceOrder &order, int64_t warps)
      : warpLeaves(llvm::divideCeil(order.sliceLeaves, warps)),
        places(warpLeaves > 1 ? warpLeaves * warps : order.sliceLeaves),
        leafWarps(std::max<int64_t>(1, warps / places)),
        tilePlaces(llvm::divideCeil(warps, places)) {}

  /// Leaves of a warp; if it is more than one, leaf i is that of warp
  /// i % warps.
  int64_t warpLeaves;
  /// Leaves that the CTA has room for.
  int64_t places;
  /// Warps of a leaf, hence tiles at a time.
  int64_t leafWarps;
  /// Tiles that there is room for at a time: warps beyond the last whole set
  /// have one too, and do nothing in it.
  int64_t tilePlaces;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_SLICEORDER_H
