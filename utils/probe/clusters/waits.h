//===- waits.h - Waits that end ---------------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever these probes wait for is given up after a while: a GPU on which
// something is not as expected reports that, and does not hang.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CLUSTERS_WAITS_H
#define PROBE_CLUSTERS_WAITS_H

#include "device/options.h"

namespace probe {

/// Nanoseconds.
constexpr u64 kPatience = kEmulated ? 5000000000ull : 200000000ull;

/// False if the phase does not end.
DEVICE bool waitForBarrier(u32 barrier, u32 parity) {
  if (barrierTryWaitCluster(barrier, parity))
    return true;
  const u64 start = nanoseconds();
  do {
    if (barrierTryWaitCluster(barrier, parity))
      return true;
  } while (nanoseconds() - start < kPatience);
  return false;
}

/// False if the flag does not come to `value`.
DEVICE bool waitForFlag(const u32 *flag, u32 value) {
  if (loadAcquire(flag) >= value)
    return true;
  const u64 start = nanoseconds();
  do {
    // The clock is looked at rarely: it is far away.
#pragma unroll 1
    for (u32 i = 0; i < 64; ++i) {
      if (loadAcquire(flag) >= value)
        return true;
      spin();
    }
  } while (nanoseconds() - start < kPatience);
  return false;
}

/// What lane 0 found, for all lanes, after what it waited for.
DEVICE bool together(bool found) {
  __syncwarp();
  return __shfl_sync(~0u, static_cast<u32>(found), 0);
}

/// Where kernels put what they measure: cycles of `samples` samples for each
/// CTA or cluster that measures, the cycles and nanoseconds of all samples of
/// the first one, and how often something was not as expected.
struct Samples {
  u32 samples;
  /// What is measured happens so often in a sample.
  u32 steps;
  u32 *cycles;
  u64 *whole;
  u32 *wrong;
  /// CTAs of a cluster.
  u32 clusterSize;
};

/// Samples in device memory, and the record that comes of them.
class Measurement {
public:
  Measurement(const Options &options, u32 places, u32 samples, u32 steps,
              u32 clusterSize = 1)
      : count(options.small ? 5 : samples),
        steps(options.small ? std::min(steps, 2u) : steps), places(places),
        clusterSize(clusterSize), cycles(static_cast<size_t>(places) * count),
        whole(2), wrong(1) {
    cycles.fill(0);
    whole.fill(0);
    wrong.fill(0);
  }

  Samples samples() const {
    return {count,        steps,        cycles.data(),
            whole.data(), wrong.data(), clusterSize};
  }

  /// Adds cycles[5] and ns of `share` of a step, and right; the first sample of
  /// each place warms up.
  Record &addTo(Record &record, double share = 1) const {
    std::vector<double> found;
    const std::vector<u32> all = cycles.download();
    for (u32 place = 0; place < places; ++place)
      for (u32 i = 1; i < count; ++i)
        // What failed has no time.
        if (all[place * count + i])
          found.push_back(share * all[place * count + i] / steps);
    const Spread spread(found);
    const std::vector<u64> both = whole.download();
    return record.set("cycles", spread.list())
        .set("ns", spread.median * both[1] / std::max<u64>(1, both[0]))
        .set("right", wrong.download()[0] == 0);
  }

private:
  u32 count, steps, places, clusterSize;
  Buffer<u32> cycles;
  Buffer<u64> whole;
  Buffer<u32> wrong;
};

/// Runs `sample(i)` for each sample and writes down how long it took, as the
/// samples of `place`, if this thread is to `write`. Ends when one fails.
template <typename Sample>
DEVICE void takeSamples(const Samples &p, u32 place, bool write,
                        Sample sample) {
  const u64 firstNanosecond = nanoseconds(), first = cycles();
  for (u32 i = 0; i < p.samples; ++i) {
    const u64 start = cycles();
    // The clock is read when what the sample says is known.
    if (!sample(i)) {
      if (write)
        addRelaxed(p.wrong, 1);
      break;
    }
    const u64 end = cycles();
    if (write)
      p.cycles[place * p.samples + i] = static_cast<u32>(end - start);
  }
  if (write && place == 0) {
    p.whole[0] = cycles() - first;
    p.whole[1] = nanoseconds() - firstNanosecond;
  }
}

} // namespace probe

#endif // PROBE_CLUSTERS_WAITS_H
