//===- barriers.h - Latency of barriers and shuffles ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CLUSTERS_BARRIERS_H
#define PROBE_CLUSTERS_BARRIERS_H

#include "waits.h"

namespace probe {

struct BarrierParameters {
  Samples samples;
  u32 *sink;
};

/// Every CTA measures; its first thread writes.
template <typename Step>
DEVICE void timeBarrier(const BarrierParameters &p, Step step) {
  takeSamples(p.samples, blockIdx.x, threadIdx.x == 0, [&](u32) {
#pragma unroll 4
    for (u32 i = 0; i < p.samples.steps; ++i)
      step();
    return true;
  });
}

DEVICE void clusterBarrierBody(const BarrierParameters &p) {
  timeBarrier(p, [] {
    clusterArrive();
    clusterWait();
  });
}

DEVICE void clusterBarrierRelaxedBody(const BarrierParameters &p) {
  timeBarrier(p, [] {
    clusterArriveRelaxed();
    clusterWait();
  });
}

DEVICE void ctaBarrierBody(const BarrierParameters &p) {
  timeBarrier(p, [] { __syncthreads(); });
}

DEVICE void shuffleBody(const BarrierParameters &p) {
  u32 v = threadIdx.x;
  takeSamples(p.samples, blockIdx.x, threadIdx.x == 0, [&](u32) {
#pragma unroll 4
    for (u32 i = 0; i < p.samples.steps; ++i)
      v = __shfl_sync(~0u, v, static_cast<int>(v & 31));
    return v != 0xffffffff;
  });
  p.sink[blockIdx.x * blockDim.x + threadIdx.x] = v;
}

PROBE_KERNEL(clusterBarrier, 320, 1, BarrierParameters, clusterBarrierBody(p))
PROBE_KERNEL(clusterBarrierRelaxed, 320, 1, BarrierParameters,
             clusterBarrierRelaxedBody(p))
PROBE_KERNEL(ctaBarrier, 320, 1, BarrierParameters, ctaBarrierBody(p))
PROBE_KERNEL(shuffleChain, 320, 1, BarrierParameters, shuffleBody(p))

} // namespace probe

#endif // PROBE_CLUSTERS_BARRIERS_H
