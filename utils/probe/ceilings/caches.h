//===- caches.h - Bandwidth of the L2 cache, and latencies ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_CACHES_H
#define PROBE_CEILINGS_CACHES_H

#include "device/options.h"
#include "pattern.h"

namespace probe {

//===----------------------------------------------------------------------===//
// Bandwidth
//===----------------------------------------------------------------------===//

constexpr u32 kCachedThreads = 256;

/// All threads together read `data` round and round: in each of `rounds`,
/// thread i of all reads piece (i + round * stride) % count. A stride of as
/// many pieces as there are threads, dividing `count`, lets each
/// multiprocessor read the same pieces again and again; another one lets every
/// piece be read by all of them.
struct CachedParameters {
  const uint4 *data;
  /// Copied to, where it is a copy.
  uint4 *to;
  u32 count, stride, rounds;
  u32 *sums;
};

template <int LOADS, bool COPY> DEVICE void goRound(const CachedParameters &p) {
  const u32 self = blockIdx.x * blockDim.x + threadIdx.x;
  u32 at = self % p.count, sum = 0;
#pragma unroll 1
  for (u32 round = 0; round < p.rounds; round += LOADS) {
    uint4 v[LOADS];
    u32 index[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; ++i) {
      index[i] = at;
      v[i] = loadL2x4(p.data + at);
      at += p.stride;
      if (at >= p.count)
        at -= p.count;
    }
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      if (COPY)
        storeGlobal4(p.to + index[i], v[i]);
      else
        sum += sumOf(v[i]);
  }
  if (!COPY)
    p.sums[self] = sum;
}

PROBE_KERNEL(cachedRead4, kCachedThreads, 8, CachedParameters,
             (goRound<4, false>)(p))
PROBE_KERNEL(cachedRead8, kCachedThreads, 4, CachedParameters,
             (goRound<8, false>)(p))
PROBE_KERNEL(cachedCopy4, kCachedThreads, 8, CachedParameters,
             (goRound<4, true>)(p))
PROBE_KERNEL(cachedCopy8, kCachedThreads, 4, CachedParameters,
             (goRound<8, true>)(p))

/// Working sets of `megabytes`, read or copied until 1 GB has been moved.
inline void measureCached(const Device &device, const Options &options,
                          Stopwatch &stopwatch) {
  Pattern pattern(device);
  struct Shape {
    void (*kernel)(CachedParameters);
    bool copies;
    unsigned ctas;
    u32 loads;
  };
  const Shape shapes[] = {{cachedRead8, false, 4, 8},
                          {cachedRead4, false, 8, 4},
                          {cachedCopy8, true, 4, 8},
                          {cachedCopy4, true, 8, 4}};
  const std::vector<int> sizes =
      options.small ? std::vector<int>{1}
                    : std::vector<int>{4, 8, 16, 24, 32, 40, 48};
  for (const int megabytes : sizes)
    for (const Shape &shape : shapes)
      for (const bool shared : {false, true}) {
        // Copies in which every multiprocessor meets every piece would race.
        if (shape.copies && shared)
          continue;
        if (!options.hasTimeFor("L2 bandwidth of " + std::to_string(megabytes) +
                                " MB"))
          continue;
        const unsigned ctas =
            options.small ? 2 : shape.ctas * device.multiprocessors;
        const u32 threads = ctas * kCachedThreads;
        // A copy has its target in the cache too.
        const double wanted =
            options.small ? 3.0 * threads
                          : megabytes * 1048576.0 / 16 / (shape.copies ? 2 : 1);
        const u32 count =
            threads *
            static_cast<u32>(std::max(1.0, std::round(wanted / threads)));
        const u32 stride =
            shared && count > threads
                ? threads + 37 * kCachedThreads % (count - threads)
            : shared ? 37 * kCachedThreads % count
                     : threads % count;
        const u32 rounds =
            options.small
                ? 8
                : std::max(4 * shape.loads, (1u << 26) / threads / 8 * 8);
        Buffer<uint4> data(count), to(shape.copies ? count : 1);
        Buffer<u32> sums(threads);
        pattern.fill(data.data(), count);
        const std::vector<double> times = stopwatch.times(
            [&] {
              launch(
                  shape.kernel, {ctas, kCachedThreads},
                  {data.data(), to.data(), count, stride, rounds, sums.data()});
            },
            options.small ? 1 : 21, false);
        bool right;
        if (shape.copies) {
          right = pattern.holds(to, 0, count, 0);
        } else {
          // Sums of the first i pieces, then of the intervals that were read.
          std::vector<u32> before(count + 1, 0);
          for (u32 i = 0; i < count; ++i)
            before[i + 1] = before[i] + sumOf(pieceOf(i));
          u32 expected = 0, found = 0;
          for (u32 round = 0, at = 0; round < rounds; ++round) {
            const u32 end = at + threads;
            expected += end <= count
                            ? before[end] - before[at]
                            : before[count] - before[at] + before[end - count];
            at = (at + stride) % count;
          }
          for (const u32 one : sums.download())
            found += one;
          right = found == expected;
        }
        const double moved = 16.0 * rounds * threads * (shape.copies ? 2 : 1);
        const Spread spread(times);
        Record("l2 bandwidth")
            .set("kind", shape.copies ? "copy" : "read")
            .set("lines", shared ? "of all" : "of one multiprocessor")
            .set("megabytes", megabytes)
            .set("bytes", 16.0 * count * (shape.copies ? 2 : 1))
            .set("ctas", shape.ctas)
            .set("loads", shape.loads)
            .set("us", spread.list())
            .set("gb_s", 1e-3 * moved / spread.median)
            .set("right", right)
            .print();
      }
}

//===----------------------------------------------------------------------===//
// Latency
//===----------------------------------------------------------------------===//

constexpr u32 kChaseThreads = 256;
constexpr u32 kWordsOfLine = 32;

/// A chain over `lines` lines of 128 bytes, a power of two: the first word of a
/// line is where the next one starts, in words. Line i is followed by
/// (multiplier i + increment) % lines, which visits all of them.
struct ChainParameters {
  u32 *words;
  u32 lines;
};

DEVICE u32 followingLine(u32 line, u32 lines) {
  return (line * 1664525u + 1013904223u) & (lines - 1);
}

DEVICE void writeChainBody(const ChainParameters &p) {
  for (u32 i = blockIdx.x * blockDim.x + threadIdx.x; i < p.lines;
       i += gridDim.x * blockDim.x)
    storeGlobal4(p.words + static_cast<u64>(i) * kWordsOfLine,
                 make_uint4(followingLine(i, p.lines) * kWordsOfLine, 0, 0, 0));
}

PROBE_KERNEL(writeChain, 256, 1, ChainParameters, writeChainBody(p))

/// One thread follows a chain, `samples` times `steps` of it. Before that its
/// CTA reads all lines `warm` times.
struct ChaseParameters {
  const u32 *words;
  u32 lines, warm, samples, steps;
  /// Cycles of each sample; then where the chain was left.
  u64 *cycles;
  /// Cycles and nanoseconds of all samples together.
  u64 *whole;
  u32 *left;
};

template <bool L1> DEVICE void chaseBody(const ChaseParameters &p) {
  const auto load = [&](u32 word) {
    return L1 ? loadL1(p.words + word) : loadL2(p.words + word);
  };
  for (u32 pass = 0; pass < p.warm; ++pass)
    for (u32 i = threadIdx.x; i < p.lines; i += blockDim.x)
      if (load(i * kWordsOfLine) == 0xffffffff)
        *p.left = i;
  __syncthreads();
  if (threadIdx.x)
    return;
  const u32 kept = sharedBase();
  u32 at = 0;
  const u64 firstNanosecond = nanoseconds(), first = cycles();
  for (u32 sample = 0; sample < p.samples; ++sample) {
    const u64 start = cycles();
#pragma unroll 4
    for (u32 i = 0; i < p.steps; ++i)
      at = load(at);
    // The clock is read when the last load is there.
    if (at == 0xffffffff)
      *p.left = 0;
    storeShared(kept + 4 * sample, static_cast<u32>(cycles() - start));
  }
  p.whole[0] = cycles() - first;
  p.whole[1] = nanoseconds() - firstNanosecond;
  for (u32 sample = 0; sample < p.samples; ++sample)
    p.cycles[sample] = loadShared(kept + 4 * sample);
  *p.left = at;
}

PROBE_KERNEL(chaseL1, kChaseThreads, 1, ChaseParameters, chaseBody<true>(p))
PROBE_KERNEL(chaseL2, kChaseThreads, 1, ChaseParameters, chaseBody<false>(p))

/// Latency by the size of what is read at random: the caches are warm up to
/// 64 MB and flushed for more.
inline void measureLatency(const Device &device, const Options &options,
                           Stopwatch &stopwatch) {
  struct Place {
    const char *cache;
    u64 bytes;
  };
  std::vector<Place> places = {
      {"L1", 16 << 10}, {"L2", 1 << 20},       {"L2", 4 << 20},
      {"L2", 8 << 20},  {"L2", 16 << 20},      {"L2", 32 << 20},
      {"L2", 64 << 20}, {"memory", 256 << 20}, {"memory", u64(2) << 30}};
  if (options.small)
    places = {{"L1", 4 << 10}, {"L2", 8 << 10}, {"memory", 16 << 10}};
  const u32 samples = options.small ? 4 : 96, steps = options.small ? 8 : 64;
  for (const Place &place : places) {
    if (!options.hasTimeFor("latency of " + std::to_string(place.bytes)))
      continue;
    const u32 lines = static_cast<u32>(place.bytes / (4 * kWordsOfLine));
    Buffer<u32> words(static_cast<u64>(lines) * kWordsOfLine), left(1);
    Buffer<u64> cycles(samples), whole(2);
    launch(writeChain,
           {options.small ? 1 : 8u * device.multiprocessors,
            options.small ? 32u : 256u},
           {words.data(), lines});
    const bool cold = std::string(place.cache) == "memory";
    stopwatch.flushNow();
    launch(place.cache == std::string("L1") ? chaseL1 : chaseL2,
           {1, options.small ? 32 : kChaseThreads, 1, 4 * samples},
           {words.data(), lines, cold ? 0u : 2u, samples, steps, cycles.data(),
            whole.data(), left.data()});
    u32 expected = 0;
    for (u32 i = 0; i < samples * steps; ++i)
      expected = (expected * 1664525u + 1013904223u) & (lines - 1);
    std::vector<double> one;
    for (const u64 sample : cycles.download())
      one.push_back(static_cast<double>(sample) / steps);
    const std::vector<u64> all = whole.download();
    const Spread spread(one);
    Record("latency")
        .set("where", place.cache)
        .set("bytes", place.bytes)
        .set("cycles", spread.list())
        .set("ns", spread.median * all[1] / std::max<u64>(all[0], 1))
        .set("right", left.download()[0] == expected * kWordsOfLine)
        .print();
  }
}

} // namespace probe

#endif // PROBE_CEILINGS_CACHES_H
