//===- residency.h - How many clusters run at once --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CLUSTERS_RESIDENCY_H
#define PROBE_CLUSTERS_RESIDENCY_H

#include "device/options.h"

#include <set>

namespace probe {

/// Each CTA says that it is there, looks for `wait` nanoseconds how many are,
/// and leaves.
struct PresenceParameters {
  u64 wait;
  /// CTAs that came so far, and those that are there.
  u32 *came, *present;
  /// Of each CTA: how many it found at most, which one it was, and where.
  u32 *most, *order, *place;
};

DEVICE void presenceBody(const PresenceParameters &p) {
  if (threadIdx.x == 0) {
    p.order[blockIdx.x] = addRelaxed(p.came, 1);
    p.place[blockIdx.x] = multiprocessor();
    u32 most = addRelaxed(p.present, 1) + 1;
    const u64 start = nanoseconds();
    while (nanoseconds() - start < p.wait) {
      most = max(most, loadAcquire(p.present));
      spin();
    }
    p.most[blockIdx.x] = most;
    // Before it ends, and so before a CTA can come in its place.
    addRelaxed(p.present, ~0u);
  }
  __syncthreads();
}

PROBE_KERNEL(presence, 320, 1, PresenceParameters, presenceBody(p))

inline void measureResidency(const Device &device, const Options &options,
                             unsigned size, int kilobytes) {
  Grid grid;
  grid.cluster = size;
  grid.threads = options.small ? 32 : 320;
  grid.shared = std::min<size_t>(size_t(kilobytes) * 1024, device.sharedBytes);
  Record record("residency");
  record.set("cluster", size).set("kilobytes", kilobytes);
  record.set("shared", grid.shared).set("threads", grid.threads);
  int resident = 0;
  const std::string error = tryResidentClusters(presence, grid, resident);
  if (error.empty())
    record.set("driver", resident);
  else
    record.set("driver_error", error);
  // More than can be there at once, even if the driver says too few.
  const unsigned clusters =
      options.small ? 2 : 2 * static_cast<unsigned>(resident) + 4;
  grid.ctas = clusters * size;
  Buffer<u32> counts(2), most(grid.ctas), order(grid.ctas), place(grid.ctas);
  counts.fill(0);
  const u64 wait = options.small ? 50000 : 2000000;
  const std::string refused =
      tryLaunch(presence, grid,
                {wait, counts.data(), counts.data() + 1, most.data(),
                 order.data(), place.data()});
  if (!refused.empty()) {
    record.set("error", refused).print();
    return;
  }
  const std::vector<u32> found = most.download(), came = order.download(),
                         where = place.download();
  const u32 ctas = *std::max_element(found.begin(), found.end());
  // Those that came first are those that were there together.
  std::set<u32> used;
  for (size_t i = 0; i < came.size(); ++i)
    if (came[i] < ctas)
      used.insert(where[i]);
  record.set("seen", static_cast<double>(ctas) / size)
      .set("launched", clusters)
      .set("multiprocessors", used.size())
      .set("idle", device.multiprocessors - static_cast<int>(used.size()))
      .print();
}

} // namespace probe

#endif // PROBE_CLUSTERS_RESIDENCY_H
