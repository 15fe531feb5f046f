//===- clock.h - The clock under load, and rates of arithmetic --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_CLOCK_H
#define PROBE_CEILINGS_CLOCK_H

#include "device/options.h"
#include "pattern.h"

namespace probe {

constexpr u32 kClockThreads = 256;
constexpr u32 kWindows = 4;
/// Multiply-adds of a thread, and mma of a warp, in one step of a burst.
constexpr u32 kChains = 8;

/// Every warp works in bursts until a window of time is over, kWindows times.
struct ClockParameters {
  u32 nanosecondsOfWindow;
  /// Steps of a burst.
  u32 burst;
  /// What is copied: `count` pieces from `from` to `to`, in turn.
  const uint4 *from;
  uint4 *to;
  u64 count;
  /// [CTA, window]: cycles and nanoseconds of the CTA's first warp.
  u64 *cycles, *nanoseconds;
  /// [CTA, warp, window]: bursts.
  u32 *bursts;
  float *sink;
};

/// Calls `burst` until the time is over; all lanes of a warp together.
template <typename Burst>
DEVICE void workInWindows(const ClockParameters &p, Burst burst) {
  const u32 warps = blockDim.x / 32, warp = threadIdx.x / 32;
  for (u32 window = 0; window < kWindows; ++window) {
    const u64 start = nanoseconds(), startCycles = cycles();
    u64 now = start;
    u32 count = 0;
    do {
      burst();
      ++count;
      now = nanoseconds();
    } while (__shfl_sync(~0u, u32(now - start < p.nanosecondsOfWindow), 0));
    const u64 endCycles = cycles();
    now = nanoseconds();
    if (threadIdx.x == 0) {
      p.cycles[blockIdx.x * kWindows + window] = endCycles - startCycles;
      p.nanoseconds[blockIdx.x * kWindows + window] = now - start;
    }
    if (threadIdx.x % 32 == 0)
      p.bursts[(blockIdx.x * warps + warp) * kWindows + window] = count;
  }
}

DEVICE void idleBody(const ClockParameters &p) {
  workInWindows(p, [] {});
}

DEVICE void copyLoadBody(const ClockParameters &p) {
  constexpr u32 pieces = 4;
  const u64 step = static_cast<u64>(gridDim.x) * blockDim.x * pieces;
  u64 at = static_cast<u64>(blockIdx.x) * blockDim.x * pieces + threadIdx.x;
  workInWindows(p, [&] {
#pragma unroll 1
    for (u32 i = 0; i < p.burst; ++i) {
      uint4 v[pieces];
#pragma unroll
      for (u32 k = 0; k < pieces; ++k)
        v[k] = streamGlobal4(p.from + at + k * blockDim.x);
#pragma unroll
      for (u32 k = 0; k < pieces; ++k)
        storeGlobal4(p.to + at + k * blockDim.x, v[k]);
      at += step;
      if (at + (pieces - 1) * blockDim.x >= p.count)
        at = static_cast<u64>(blockIdx.x) * blockDim.x * pieces + threadIdx.x;
    }
  });
}

DEVICE void fmaLoadBody(const ClockParameters &p) {
  float v[kChains];
#pragma unroll
  for (u32 k = 0; k < kChains; ++k)
    v[k] =
        static_cast<float>(mixBits(threadIdx.x * kChains + k) >> 8) * 0x1p-24f;
  const float factor = 0.75f + v[0] * 0.125f, term = v[1];
  workInWindows(p, [&] {
#pragma unroll 4
    for (u32 i = 0; i < p.burst; ++i)
#pragma unroll
      for (u32 k = 0; k < kChains; ++k)
        v[k] = v[k] * factor + term;
  });
  float sum = 0;
#pragma unroll
  for (u32 k = 0; k < kChains; ++k)
    sum += v[k];
  p.sink[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

DEVICE void tensorLoadBody(const ClockParameters &p) {
  // Operands from -1 to 1; the sums stay finite for as long as this runs.
  const auto word = [](u32 i) {
    const u32 v = mixBits(i);
    return packBf16(static_cast<float>(static_cast<int>(v << 16) >> 16) *
                        0x1p-15f,
                    static_cast<float>(static_cast<int>(v) >> 16) * 0x1p-15f);
  };
  u32 a[4], b[2];
#pragma unroll
  for (u32 k = 0; k < 4; ++k)
    a[k] = word(threadIdx.x * 6 + k);
#pragma unroll
  for (u32 k = 0; k < 2; ++k)
    b[k] = word(threadIdx.x * 6 + 4 + k);
  float d[kChains][4] = {};
#pragma unroll
  for (u32 k = 0; k < kChains; ++k)
    d[k][0] = static_cast<float>(k);
  workInWindows(p, [&] {
#pragma unroll 2
    for (u32 i = 0; i < p.burst; ++i)
#pragma unroll
      for (u32 k = 0; k < kChains; ++k)
        mmaBf16K16(d[k], a, b[0], b[1]);
  });
  float sum = 0;
#pragma unroll
  for (u32 k = 0; k < kChains; ++k)
#pragma unroll
    for (u32 e = 0; e < 4; ++e)
      sum += d[k][e];
  p.sink[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

PROBE_KERNEL(clockIdle, kClockThreads, 4, ClockParameters, idleBody(p))
PROBE_KERNEL(clockCopy, kClockThreads, 4, ClockParameters, copyLoadBody(p))
PROBE_KERNEL(clockFma, kClockThreads, 4, ClockParameters, fmaLoadBody(p))
PROBE_KERNEL(clockTensor, kClockThreads, 4, ClockParameters, tensorLoadBody(p))

inline void measureClock(const Device &device, const Options &options) {
  struct Load {
    const char *name;
    void (*kernel)(ClockParameters);
    unsigned ctas;
    u32 burst;
    /// Operations of a warp's step: bytes, or floating-point operations.
    double work;
  };
  const unsigned all = options.small ? 1 : device.multiprocessors;
  const u32 threads = options.small ? 32 : kClockThreads;
  const Load loads[] = {
      {"idle", clockIdle, 1, 1, 0},
      {"copy", clockCopy, 4 * all, 64, 2.0 * 16 * 4 * 32},
      {"fma", clockFma, 4 * all, 2048, 2.0 * kChains * 32},
      {"tensor", clockTensor, 2 * all, 1024, 2.0 * kChains * 16 * 8 * 16}};
  const size_t bytes = options.small ? 64 << 10 : size_t(1) << 30;
  Buffer<uint4> from(bytes / 16), to(bytes / 16);
  Pattern(device).fill(from.data(), from.size());
  for (const Load &load : loads) {
    if (!options.hasTimeFor(std::string("clock, ") + load.name))
      continue;
    const u32 warps = threads / 32;
    Buffer<u64> cycles(load.ctas * kWindows), times(load.ctas * kWindows);
    Buffer<u32> bursts(load.ctas * warps * kWindows);
    Buffer<float> sink(load.ctas * threads);
    const u32 burst = options.small ? std::min(2u, load.burst) : load.burst;
    launch(load.kernel, {load.ctas, threads},
           {options.small ? 200000u : 100000000u, burst, from.data(), to.data(),
            from.size(), cycles.data(), times.data(), bursts.data(),
            sink.data()});
    const std::vector<u64> cycle = cycles.download(), time = times.download();
    const std::vector<u32> done = bursts.download();
    std::vector<double> clocks, rates, cyclesOfStep;
    for (u32 window = 0; window < kWindows; ++window) {
      std::vector<double> clock;
      for (u32 cta = 0; cta < load.ctas; ++cta)
        clock.push_back(static_cast<double>(cycle[cta * kWindows + window]) /
                        time[cta * kWindows + window]);
      clocks.push_back(Spread(clock).median);
      double steps = 0;
      for (size_t i = window; i < done.size(); i += kWindows)
        steps += static_cast<double>(done[i]) * burst;
      rates.push_back(steps * load.work / time[window]);
      // Cycles of one of a multiprocessor's four parts for an instruction.
      cyclesOfStep.push_back(cycle[window] * 4.0 * all / (steps * kChains));
    }
    Record record("clock");
    record.set("load", load.name).set("ghz", clocks).set("g_s", rates);
    record.set("ms_of_window", 1e-6 * time[0]);
    if (load.kernel == clockFma || load.kernel == clockTensor)
      record.set("cycles_of_instruction", cyclesOfStep);
    record.print();
  }
}

} // namespace probe

#endif // PROBE_CEILINGS_CLOCK_H
