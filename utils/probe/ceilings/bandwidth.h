//===- bandwidth.h - Bandwidth of device memory -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_BANDWIDTH_H
#define PROBE_CEILINGS_BANDWIDTH_H

#include "device/options.h"
#include "traffic.h"

namespace probe {

/// A kernel of traffic.h: what it does, and how.
struct TrafficKernel {
  /// "copy", "read", "write", "mixture", "tiles", "tiles of 7" (as many groups
  /// as there may be clusters of 16) or "bulk copy".
  std::string kind;
  void (*kernel)(TrafficParameters);
  /// 16-byte loads of a thread in flight (bulk: KB of all of a CTA).
  int loads;
  /// "plain" or "stream"; of what size, where it is in bulk.
  std::string stores;
  unsigned threads = kTrafficThreads;
  size_t shared = 0;

  bool reads() const { return kind != "write"; }
  bool writes() const { return kind != "read"; }
};

inline const std::vector<TrafficKernel> &trafficKernels() {
  static const std::vector<TrafficKernel> all = {
      {"copy", copy1, 1, "plain"},
      {"copy", copy4, 4, "plain"},
      {"copy", copy8, 8, "plain"},
      {"copy", copy1Stream, 1, "stream"},
      {"copy", copy4Stream, 4, "stream"},
      {"copy", copy8Stream, 8, "stream"},
      {"read", read1, 1, "-"},
      {"read", read4, 4, "-"},
      {"read", read8, 8, "-"},
      {"write", write1, 1, "plain"},
      {"write", write4, 4, "plain"},
      {"write", write8, 8, "plain"},
      {"write", write1Stream, 1, "stream"},
      {"write", write4Stream, 4, "stream"},
      {"write", write8Stream, 8, "stream"},
      {"mixture", mix1, 5, "plain"},
      {"mixture", mix2, 10, "plain"},
      {"tiles", tiles4, 20, "plain", kTrafficThreads, kTilesShared},
      {"tiles of 7", tiles4, 20, "plain", kTrafficThreads, kTilesShared},
      {"bulk copy", copyBulk8K, 96, "pieces of 8 KB", 32, kBulkShared},
      {"bulk copy", copyBulk16K, 96, "pieces of 16 KB", 32, kBulkShared},
  };
  return all;
}

class Bandwidth {
public:
  Bandwidth(const Device &device, const Options &options, Stopwatch &stopwatch)
      : device(device), options(options), stopwatch(stopwatch),
        pattern(device) {}

  /// Everything at the sizes that the memory has room for.
  void measureLarge() {
    for (const size_t bytes : largeSizes()) {
      if (!options.hasTimeFor(std::to_string(bytes) + " bytes"))
        continue;
      Buffer<uint4> from(bytes / 16), to(bytes / 16);
      pattern.fill(from.data(), from.size());
      u32 sum = 0;
      for (u64 i = 0; i < from.size(); ++i)
        sum += sumOf(pieceOf(static_cast<u32>(i)));
      for (const TrafficKernel &kernel : trafficKernels())
        for (const unsigned ctas : ctasOf(kernel))
          if (options.hasTimeFor(kernel.kind + " of " + std::to_string(bytes)))
            measure(kernel, ctas, from, to, sum);
#ifndef PROBE_EMULATED
      if (options.hasTimeFor("the runtime's copies"))
        measureRuntime(from, to);
#endif
    }
  }

  /// Copies of few bytes: the best shape of each size.
  void measureSmall() {
    const std::vector<size_t> sizes =
        options.small ? std::vector<size_t>{32 << 10}
                      : std::vector<size_t>{64 << 10, 1 << 20,  4 << 20,
                                            16 << 20, 64 << 20, 256 << 20};
    Buffer<uint4> from(sizes.back() / 16), to(sizes.back() / 16);
    pattern.fill(from.data(), from.size());
    for (const size_t bytes : sizes) {
      if (!options.hasTimeFor("a copy of " + std::to_string(bytes)))
        continue;
      const u64 count = bytes / 16;
      Spread best({});
      bool right = true;
      std::string shape;
      for (const TrafficKernel &kernel : trafficKernels()) {
        if ((kernel.kind != "copy" && kernel.kind != "bulk copy") ||
            kernel.stores == "stream")
          continue;
        for (const unsigned ctas : ctasOf(kernel)) {
          pattern.poison(to.data(), count);
          const Spread found(timesOf(kernel, ctas, from, to, count, nullptr));
          right &= pattern.holds(to, 0, count, 0);
          if (best.median <= found.median)
            continue;
          best = found;
          shape = kernel.kind + ", " + std::to_string(kernel.loads) +
                  " in flight, " +
                  (ctas ? "CTAs " + std::to_string(ctas) : "a chunk a CTA");
        }
      }
      Record("small copy")
          .set("bytes", bytes)
          .set("moved", 2 * bytes)
          .set("us", best.list())
          .set("gb_s", 2e-3 * bytes / best.median)
          .set("shape", shape)
          .set("right", right)
          .print();
    }
  }

  /// Whether the stopwatch's flush does what it should: 16 MB are read, cold
  /// and warm.
  void measureFlush() {
    const size_t bytes = options.small ? 32 << 10 : 16 << 20;
    Buffer<uint4> from(bytes / 16), to(16);
    Buffer<u32> sums(threadsOf(4));
    pattern.fill(from.data(), from.size());
    for (const bool flush : {true, false}) {
      const std::vector<double> times = stopwatch.times(
          [&] {
            launch(read4, {4u * device.multiprocessors, kTrafficThreads},
                   {from.data(), to.data(), from.size(), sums.data()});
          },
          runs(), flush);
      Record("flush")
          .set("flushed", flush)
          .set("bytes", bytes)
          .set("us", Spread(times).list())
          .print();
    }
  }

private:
  int runs() const { return options.small ? 3 : 21; }

  std::vector<size_t> largeSizes() const {
    if (options.small)
      return {kTileRows * 5 * kPiecesOfRow * 16};
    std::vector<size_t> sizes = {size_t(1) << 30};
    if (device.memoryBytes >= size_t(16) << 30)
      sizes.push_back(size_t(4) << 30);
    return sizes;
  }

  /// CTAs of a multiprocessor, as far as they are resident together; 0: as many
  /// as there are chunks, each of one.
  std::vector<unsigned> ctasOf(const TrafficKernel &kernel) const {
    std::vector<unsigned> counts;
    const unsigned resident =
        residentClusters(kernel.kernel, gridOf(kernel, 1, 0)) /
        device.multiprocessors;
    const bool one = options.small || kernel.kind == "tiles of 7";
    for (unsigned count = 1; count <= (one ? 1 : 8); count *= 2)
      if (count <= resident)
        counts.push_back(count);
    if (kernel.kind == "copy" || kernel.kind == "write")
      counts.push_back(0);
    return counts;
  }

  Grid gridOf(const TrafficKernel &kernel, unsigned ctas, u64 count) const {
    Grid grid;
    grid.ctas = ctas ? ctas * device.multiprocessors
                     : static_cast<unsigned>(
                           count / (u64(kernel.loads) * kTrafficThreads));
    if (kernel.kind == "tiles")
      grid.ctas = std::max(grid.ctas / kGroupCtas, 1u) * kGroupCtas;
    if (kernel.kind == "tiles of 7")
      grid.ctas = (options.small ? 1 : 7) * kGroupCtas;
    grid.threads = kernel.threads;
    grid.shared = kernel.shared;
    return grid;
  }

  size_t threadsOf(unsigned ctas) const {
    return size_t(ctas) * device.multiprocessors * kTrafficThreads;
  }

  std::vector<double> timesOf(const TrafficKernel &kernel, unsigned ctas,
                              const Buffer<uint4> &from,
                              const Buffer<uint4> &to, u64 count, u32 *sums) {
    return stopwatch.times(
        [&] {
          launch(kernel.kernel, gridOf(kernel, ctas, count),
                 {from.data(), to.data(), count, sums});
        },
        runs());
  }

  void measure(const TrafficKernel &kernel, unsigned ctas,
               const Buffer<uint4> &from, const Buffer<uint4> &to, u32 sum) {
    u64 count = from.size();
    if (kernel.kind == "mixture" || kernel.shared == kTilesShared)
      count -= count % (5 * kTileRows * kPiecesOfRow);
    Buffer<u32> sums(threadsOf(std::max(ctas, 1u)));
    if (kernel.writes())
      pattern.poison(to.data(), count);
    const std::vector<double> times =
        timesOf(kernel, ctas, from, to, count, sums.data());
    bool right = true;
    if (kernel.writes()) {
      right = pattern.holds(to, 0, count, kernel.reads() ? 0 : kWritten);
    } else {
      u32 found = 0;
      for (const u32 one : sums.download())
        found += one;
      right = found == sum;
    }
    report(kernel.kind, ctas, kernel.loads, kernel.stores, 16 * from.size(),
           16 * count * (kernel.reads() + kernel.writes()), times, right);
  }

#ifndef PROBE_EMULATED
  /// What the runtime's own copies and fills reach.
  void measureRuntime(const Buffer<uint4> &from, const Buffer<uint4> &to) {
    const size_t bytes = 16 * from.size();
    pattern.poison(to.data(), to.size());
    std::vector<double> times = stopwatch.times(
        [&] {
          PROBE_CHECK(cudaMemcpyAsync(to.data(), from.data(), bytes,
                                      cudaMemcpyDeviceToDevice, stream()));
        },
        runs());
    report("cudaMemcpyAsync", 0, 0, "-", bytes, 2 * bytes, times,
           pattern.holds(to, 0, to.size(), 0));
    times = stopwatch.times(
        [&] { PROBE_CHECK(cudaMemsetAsync(to.data(), 0x5a, bytes, stream())); },
        runs());
    const uint4 last = to.download(to.size() - 1)[0];
    report("cudaMemsetAsync", 0, 0, "-", bytes, bytes, times,
           equal(last,
                 make_uint4(0x5a5a5a5a, 0x5a5a5a5a, 0x5a5a5a5a, 0x5a5a5a5a)));
  }
#endif

  void report(const std::string &kind, unsigned ctas, int loads,
              const std::string &stores, size_t bytes, size_t moved,
              const std::vector<double> &times, bool right) const {
    const Spread spread(times);
    Record("bandwidth")
        .set("kind", kind)
        .set("bytes", bytes)
        .set("moved", moved)
        .set("ctas", ctas)
        .set("loads", loads)
        .set("stores", stores)
        .set("us", spread.list())
        .set("gb_s", 1e-3 * moved / spread.median)
        .set("right", right)
        .print();
  }

  const Device &device;
  const Options &options;
  Stopwatch &stopwatch;
  Pattern pattern;
};

} // namespace probe

#endif // PROBE_CEILINGS_BANDWIDTH_H
