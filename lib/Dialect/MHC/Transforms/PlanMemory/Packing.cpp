//===- Packing.cpp - Places for buffers that live at times ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Storage that is as small as possible is NP-hard to find. Items are placed one
// by one, each into the smallest gap that holds it, in a few orders; the best
// packing is kept. If it takes more than the lower bound, items that lie at the
// top are placed first, again and again, as long as that helps.
//
//===----------------------------------------------------------------------===//

#include "Packing.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace mlir::mhc;

/// How often the items at the top are moved to the front of the order.
static constexpr unsigned kAttempts = 32;

int64_t mlir::mhc::getLowerBound(llvm::ArrayRef<PackedItem> items) {
  // What lives grows at the beginnings, and shrinks after the ends.
  llvm::SmallVector<std::pair<size_t, int64_t>> changes;
  for (const PackedItem &item : items) {
    changes.emplace_back(item.first, item.size);
    changes.emplace_back(item.last + 1, -item.size);
  }
  llvm::sort(changes);
  int64_t alive = 0, most = 0;
  for (auto [time, change] : changes)
    most = std::max(most, alive += change);
  return most;
}

/// The place of an item: the smallest gap between those placed already that
/// live at a time with it, or above them all.
static int64_t findPlace(const PackedItem &item,
                         llvm::ArrayRef<const PackedItem *> byOffset) {
  int64_t best = -1, bestGap = std::numeric_limits<int64_t>::max(), end = 0;
  for (const PackedItem *other : byOffset) {
    if (!other->overlaps(item))
      continue;
    int64_t gap = other->offset - end;
    if (gap >= item.size && gap < bestGap) {
      best = end;
      bestGap = gap;
    }
    end = std::max(end, other->offset + other->size);
  }
  return best >= 0 ? best : end;
}

static int64_t packInOrder(llvm::MutableArrayRef<PackedItem> items,
                           llvm::ArrayRef<unsigned> order) {
  llvm::SmallVector<const PackedItem *> byOffset;
  int64_t height = 0;
  for (unsigned index : order) {
    PackedItem &item = items[index];
    item.offset = findPlace(item, byOffset);
    height = std::max(height, item.offset + item.size);
    byOffset.insert(llvm::upper_bound(byOffset, &item,
                                      [](const auto *a, const auto *b) {
                                        return a->offset < b->offset;
                                      }),
                    &item);
  }
  return height;
}

int64_t mlir::mhc::packItems(llvm::MutableArrayRef<PackedItem> items) {
  int64_t bound = getLowerBound(items);
  llvm::SmallVector<PackedItem> best;
  int64_t bestHeight = std::numeric_limits<int64_t>::max();
  llvm::SmallVector<unsigned> order, bestOrder;
  auto attempt = [&] {
    int64_t height = packInOrder(items, order);
    if (height >= bestHeight)
      return false;
    bestHeight = height;
    best.assign(items.begin(), items.end());
    bestOrder = order;
    return true;
  };

  order = llvm::to_vector(llvm::seq<unsigned>(items.size()));
  auto length = [&](unsigned i) { return items[i].last - items[i].first; };
  attempt();
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::tuple(items[b].size, length(b), a) <
           std::tuple(items[a].size, length(a), b);
  });
  attempt();
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::tuple(length(b), items[b].size, a) <
           std::tuple(length(a), items[a].size, b);
  });
  attempt();
  for (unsigned i = 0; i < kAttempts && bestHeight > bound; ++i) {
    order.clear();
    for (bool top : {true, false})
      for (unsigned index : bestOrder)
        if ((best[index].offset + best[index].size == bestHeight) == top)
          order.push_back(index);
    if (!attempt())
      break;
  }
  llvm::copy(best, items.begin());
  return items.empty() ? 0 : bestHeight;
}
