//===- SliceOrder.cpp - Leaves of hidden, dealt to CTAs -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SliceOrder.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

Value TreeShape::build(ArrayRef<Value> items,
                       function_ref<Value(Value, Value)> add) const {
  int64_t size = llvm::PowerOf2Ceil(places.back() + 1);
  SmallVector<Value> level(size);
  for (auto [place, item] : llvm::zip_equal(places, items))
    level[place] = item;
  for (; level.size() > 1; level.resize(level.size() / 2))
    for (size_t i = 0; i < level.size() / 2; ++i) {
      Value a = level[2 * i], b = level[2 * i + 1];
      level[i] = a && b ? add(a, b) : a ? a : b;
    }
  return level.front();
}

/// The order with slices of `places` places of the tree, a power of two.
static SliceOrder getWithPlaces(int64_t hidden, SumOrderAttr order,
                                int64_t places) {
  SliceOrder result;
  result.hidden = hidden;
  result.leaf = order.getLeaf();
  result.leaves = llvm::divideCeil(hidden, result.leaf);
  result.groupLeaves = llvm::divideCeil(result.leaves, order.getGroups());
  result.groups = llvm::divideCeil(result.leaves, result.groupLeaves);
  int64_t padded = llvm::PowerOf2Ceil(result.groupLeaves);
  result.sliceGroups = places / padded;
  if (result.sliceGroups) {
    result.groupSlices = 1;
    result.slices = llvm::divideCeil(result.groups, result.sliceGroups);
    result.sliceLeaves =
        std::min(result.sliceGroups * result.groupLeaves, result.leaves);
  } else {
    result.groupSlices = llvm::divideCeil(result.groupLeaves, places);
    result.slices = result.groups * result.groupSlices;
    result.sliceLeaves = places;
  }
  return result;
}

/// From all of the tree in one slice to one leaf a slice.
static SmallVector<SliceOrder> getAll(int64_t hidden, SumOrderAttr order) {
  SliceOrder one = getWithPlaces(hidden, order, 1);
  int64_t places =
      llvm::PowerOf2Ceil(one.groupLeaves) * llvm::PowerOf2Ceil(one.groups);
  SmallVector<SliceOrder> all;
  for (; places; places /= 2) {
    SliceOrder next = getWithPlaces(hidden, order, places);
    if (all.empty() || next.slices > all.back().slices)
      all.push_back(next);
  }
  return all;
}

std::optional<SliceOrder> SliceOrder::get(int64_t hidden, SumOrderAttr order,
                                          int64_t slices) {
  for (const SliceOrder &candidate : getAll(hidden, order))
    if (candidate.slices == slices)
      return candidate;
  return std::nullopt;
}

SmallVector<int64_t> SliceOrder::getLegal(int64_t hidden, SumOrderAttr order) {
  SmallVector<SliceOrder> all = getAll(hidden, order);
  // What a grid can hold.
  llvm::erase_if(all, [](const SliceOrder &each) {
    return each.slices > std::numeric_limits<uint16_t>::max();
  });
  return llvm::map_to_vector(
      all, [](const SliceOrder &each) { return each.slices; });
}

TreeShape SliceOrder::getLeafTree() const {
  int64_t padded = llvm::PowerOf2Ceil(groupLeaves);
  TreeShape shape;
  for (int64_t i = 0; i < sliceLeaves; ++i)
    shape.places.push_back(
        sliceGroups ? i / groupLeaves * padded + i % groupLeaves : i);
  return shape;
}

TreeShape SliceOrder::getSliceTree() const {
  int64_t padded = llvm::PowerOf2Ceil(groupSlices);
  TreeShape shape;
  for (int64_t i = 0; i < slices; ++i)
    shape.places.push_back(i / groupSlices * padded + i % groupSlices);
  return shape;
}
