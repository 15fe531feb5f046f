//===- messages.h - Latency between CTAs of a cluster -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CLUSTERS_MESSAGES_H
#define PROBE_CLUSTERS_MESSAGES_H

#include "waits.h"

namespace probe {

/// CTA 0 of each cluster and CTA `rank` of it.
struct MessageParameters {
  Samples samples;
  u32 rank;
};

//===----------------------------------------------------------------------===//
// Loads
//===----------------------------------------------------------------------===//

constexpr u32 kRemoteWords = 1024;

/// One thread follows a chain in shared memory of CTA `rank`; LOCAL: in its
/// own, by ordinary loads.
template <bool LOCAL> DEVICE void chaseSharedBody(const MessageParameters &p) {
  const u32 base = sharedBase();
  for (u32 i = threadIdx.x; i < kRemoteWords; i += blockDim.x)
    storeShared(base + 4 * i, 4 * ((i * 421 + 663) & (kRemoteWords - 1)));
  __syncthreads();
  clusterArrive();
  clusterWait();
  if (clusterRank() == 0 && threadIdx.x == 0) {
    const u32 there = LOCAL ? base : mapToCta(base, p.rank);
    u32 at = 0;
    takeSamples(p.samples, blockIdx.x / p.samples.clusterSize, true, [&](u32) {
#pragma unroll 4
      for (u32 i = 0; i < p.samples.steps; ++i)
        at = LOCAL ? loadShared(there + at) : loadRemote(there + at);
      return at < 4 * kRemoteWords;
    });
    // Where the chain has to be.
    u32 expected = 0;
    for (u32 i = 0; i < p.samples.samples * p.samples.steps; ++i)
      expected = (expected * 421 + 663) & (kRemoteWords - 1);
    if (at != 4 * expected)
      addRelaxed(p.samples.wrong, 1);
  }
  // Nobody leaves while others read there.
  __syncwarp();
  clusterArrive();
  clusterWait();
}

PROBE_KERNEL(chaseShared, 32, 1, MessageParameters, chaseSharedBody<true>(p))
PROBE_KERNEL(chaseRemote, 32, 1, MessageParameters, chaseSharedBody<false>(p))

//===----------------------------------------------------------------------===//
// Stores and arrivals
//===----------------------------------------------------------------------===//

/// A ball goes back and forth between both: 16 bytes with an arrival (STORE),
/// or an arrival only. A step is a whole round.
template <bool STORE> DEVICE void pingPongBody(const MessageParameters &p) {
  const u32 slot = sharedBase(), barrier = slot + 16;
  const u32 rank = clusterRank();
  if (threadIdx.x == 0) {
    barrierInit(barrier, 1);
    fenceBarrierInit();
    if (STORE)
      barrierExpect(barrier, 16);
  }
  __syncwarp();
  clusterArrive();
  clusterWait();
  if (threadIdx.x == 0 && (rank == 0 || rank == p.rank)) {
    const u32 other = rank == 0 ? p.rank : 0;
    const u32 slotThere = mapToCta(slot, other);
    const u32 barrierThere = mapToCta(barrier, other);
    u32 parity = 0;
    float ball = 0;
    const auto send = [&] {
      ball += 1;
      if (STORE)
        storeRemoteF4(slotThere, make_float4(ball, 0, 0, ball), barrierThere);
      else
        barrierArriveRemote(barrierThere);
    };
    const auto receive = [&] {
      const bool came = waitForBarrier(barrier, parity);
      parity ^= 1;
      // For the next one, which comes only after an answer.
      if (STORE && came)
        barrierExpect(barrier, 16);
      return came;
    };
    takeSamples(p.samples, blockIdx.x / p.samples.clusterSize, rank == 0,
                [&](u32) {
                  bool right = true;
                  for (u32 i = 0; i < p.samples.steps && right; ++i)
                    if (rank == 0) {
                      send();
                      right = receive();
                    } else {
                      right = receive();
                      send();
                    }
                  if (STORE && rank == 0) {
                    const float4 v = loadSharedF4(slot);
                    right = right && v.x == ball && v.w == ball;
                  }
                  return right;
                });
  }
  __syncwarp();
  clusterArrive();
  clusterWait();
}

PROBE_KERNEL(pingPongStore, 32, 1, MessageParameters, pingPongBody<true>(p))
PROBE_KERNEL(pingPongArrive, 32, 1, MessageParameters, pingPongBody<false>(p))

} // namespace probe

#endif // PROBE_CLUSTERS_MESSAGES_H
