//===- exchange.h - The exchange of the forward boundary --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For a tile of 8 tokens, each of `size` CTAs sends 28 partial sums of each
// token to the token's owner; the owner adds them and sends 4 numbers back to
// all. One warp of each CTA does it. In a cluster by remote stores, or among
// CTAs that are resident together through the L2 cache. Nothing else is done:
// this is the exchange's latency, from the first store to the last arrival.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CLUSTERS_EXCHANGE_H
#define PROBE_CLUSTERS_EXCHANGE_H

#include "waits.h"

namespace probe {

constexpr u32 kTileTokens = 8;
constexpr u32 kPartialBytes = 112;

struct ExchangeParameters {
  Samples samples;
  /// CTAs that exchange, at least 8 and at most kMostOfGroup.
  u32 size;
  /// Through L2 only: [group, 2, token, CTA, 28], [group, 2, token, 4], and two
  /// counters for each group in lines of their own.
  float *partials, *gates;
  u32 *flags;
};

constexpr u32 kMostOfCluster = 16, kMostOfGroup = 28;
constexpr u32 kFlagWords = 64;

/// Partial sum `column` that CTA `rank` has for a token of round `round`: small
/// integers, so that sums are exact in any order.
DEVICE float partialSum(u32 rank, u32 token, u32 column, u32 round) {
  return static_cast<float>(rank + 2 * token + column + (round & 7));
}

DEVICE float4 partialSums(u32 rank, u32 token, u32 piece, u32 round) {
  return make_float4(partialSum(rank, token, 4 * piece, round),
                     partialSum(rank, token, 4 * piece + 1, round),
                     partialSum(rank, token, 4 * piece + 2, round),
                     partialSum(rank, token, 4 * piece + 3, round));
}

DEVICE bool areSums(float4 v, u32 size, u32 token, u32 round) {
  const float first = static_cast<float>(size * (size - 1) / 2 +
                                         size * (2 * token + (round & 7)));
  const float step = static_cast<float>(size);
  return v.x == first && v.y == first + step && v.z == first + 2 * step &&
         v.w == first + 3 * step;
}

/// With more CTAs than tokens, rounds have different owners in turn.
DEVICE u32 firstOwner(u32 size, u32 round) {
  return size > kTileTokens ? (round & 1) * kTileTokens : 0;
}

/// The token that a CTA owns, if below kTileTokens.
DEVICE u32 ownToken(u32 size, u32 rank, u32 round) {
  const u32 first = firstOwner(size, round);
  return rank >= first ? rank - first : rank + size - first;
}

DEVICE u32 ownerOf(u32 size, u32 token, u32 round) {
  const u32 owner = token + firstOwner(size, round);
  return owner >= size ? owner - size : owner;
}

/// The first four columns, of the lanes that hold them.
DEVICE float4 firstFour(float v) {
  float4 all;
  all.x = __shfl_sync(~0u, v, 0);
  all.y = __shfl_sync(~0u, v, 1);
  all.z = __shfl_sync(~0u, v, 2);
  all.w = __shfl_sync(~0u, v, 3);
  return all;
}

DEVICE void exchangeInClusterBody(const ExchangeParameters &p) {
  const u32 size = p.size, rank = clusterRank(), lane = threadIdx.x;
  const u32 partials = sharedBase();
  const u32 gates = partials + 2 * size * kPartialBytes;
  const u32 partialsCame = gates + 2 * kTileTokens * 16;
  const u32 gatesCame = partialsCame + 16;
  if (lane == 0) {
    for (u32 i = 0; i < 4; ++i)
      barrierInit(partialsCame + 8 * i, 1);
    fenceBarrierInit();
  }
  __syncwarp();
  clusterArrive();
  clusterWait();
  u32 wrong = 0;
  takeSamples(p.samples, blockIdx.x, lane == 0, [&](u32 round) {
    const u32 b = round & 1, parity = round >> 1 & 1;
    const u32 part = partials + b * size * kPartialBytes;
    const u32 gate = gates + b * kTileTokens * 16;
    if (lane == 0)
      barrierExpect(gatesCame + 8 * b, kTileTokens * 16);
    __syncwarp();
#pragma unroll
    for (u32 i = lane; i < lane + 64; i += 32) {
      if (i >= kTileTokens * 7)
        break;
      const u32 token = i / 7, piece = i % 7;
      const u32 owner = ownerOf(size, token, round);
      storeRemoteF4(mapToCta(part + rank * kPartialBytes + piece * 16, owner),
                    partialSums(rank, token, piece, round),
                    mapToCta(partialsCame + 8 * b, owner));
    }
    const u32 own = ownToken(size, rank, round);
    if (own < kTileTokens) {
      bool came = true;
      if (lane == 0) {
        barrierExpect(partialsCame + 8 * b, size * kPartialBytes);
        came = waitForBarrier(partialsCame + 8 * b, parity);
      }
      if (!together(came))
        return false;
      // All loads first, as where the size is a constant.
      float v[kMostOfCluster];
#pragma unroll
      for (u32 cta = 0; cta < kMostOfCluster; ++cta)
        v[cta] = cta < size ? loadSharedF(part + cta * kPartialBytes +
                                          (lane < 28 ? lane : 0) * 4)
                            : 0;
      float sum = 0;
#pragma unroll
      for (u32 cta = 0; cta < kMostOfCluster; ++cta)
        sum += v[cta];
      const float4 four = firstFour(sum);
      if (lane < size)
        storeRemoteF4(mapToCta(gate + own * 16, lane), four,
                      mapToCta(gatesCame + 8 * b, lane));
    }
    bool came = true;
    if (lane == 0)
      came = waitForBarrier(gatesCame + 8 * b, parity);
    if (!together(came))
      return false;
    if (lane < kTileTokens)
      wrong += !areSums(loadSharedF4(gate + lane * 16), size, lane, round);
    return true;
  });
  if (wrong)
    addRelaxed(p.samples.wrong, wrong);
  __syncwarp();
  clusterArrive();
  clusterWait();
}

DEVICE void exchangeThroughL2Body(const ExchangeParameters &p) {
  const u32 size = p.size, rank = blockIdx.x % size, lane = threadIdx.x;
  const u32 group = blockIdx.x / size;
  u32 *partialsCame = p.flags + group * kFlagWords;
  u32 *gatesCame = partialsCame + kFlagWords / 2;
  u32 wrong = 0;
  takeSamples(p.samples, blockIdx.x, lane == 0, [&](u32 round) {
    const u32 buffer = group * 2 + (round & 1);
    float *part = p.partials + buffer * kTileTokens * size * 28;
    float *gate = p.gates + buffer * kTileTokens * 4;
#pragma unroll
    for (u32 i = lane; i < lane + 64; i += 32) {
      if (i >= kTileTokens * 7)
        break;
      const u32 token = i / 7, piece = i % 7;
      storeGlobalF4(part + (token * size + rank) * 28 + piece * 4,
                    partialSums(rank, token, piece, round));
    }
    __syncwarp();
    if (lane == 0)
      addRelease(partialsCame, 1);
    const u32 own = ownToken(size, rank, round);
    if (own < kTileTokens) {
      bool came = true;
      if (lane == 0)
        came = waitForFlag(partialsCame, size * (round + 1));
      if (!together(came))
        return false;
      float v[kMostOfGroup];
#pragma unroll
      for (u32 cta = 0; cta < kMostOfGroup; ++cta)
        v[cta] = cta < size ? loadRelaxedF(part + (own * size + cta) * 28 +
                                           (lane < 28 ? lane : 0))
                            : 0;
      float sum = 0;
#pragma unroll
      for (u32 cta = 0; cta < kMostOfGroup; ++cta)
        sum += v[cta];
      const float4 four = firstFour(sum);
      if (lane == 0) {
        storeGlobalF4(gate + own * 4, four);
        addRelease(gatesCame, 1);
      }
    }
    bool came = true;
    if (lane == 0)
      came = waitForFlag(gatesCame, kTileTokens * (round + 1));
    if (!together(came))
      return false;
    if (lane < kTileTokens)
      wrong += !areSums(loadRelaxedF4(gate + lane * 4), size, lane, round);
    return true;
  });
  if (wrong)
    addRelaxed(p.samples.wrong, wrong);
}

PROBE_KERNEL(exchangeInCluster, 32, 1, ExchangeParameters,
             exchangeInClusterBody(p))
PROBE_KERNEL(exchangeThroughL2, 32, 1, ExchangeParameters,
             exchangeThroughL2Body(p))

//===----------------------------------------------------------------------===//
// A flag through L2
//===----------------------------------------------------------------------===//

/// A ball goes back and forth between two CTAs of different multiprocessors: a
/// flag each, written with release (or added to: ADD), read with acquire. A
/// step is a whole round.
struct FlagParameters {
  Samples samples;
  /// CTA 0 and this one play; 0: CTAs 2 i and 2 i + 1 do.
  u32 partner;
  u32 *flags;
};

template <bool ADD> DEVICE void flagBody(const FlagParameters &p) {
  const u32 self = blockIdx.x;
  if (threadIdx.x || (p.partner && self && self != p.partner))
    return;
  const u32 other = p.partner ? (self ? 0 : p.partner) : self ^ 1;
  const bool serves = self < other;
  const u32 *mine = p.flags + self * kFlagWords;
  u32 *there = p.flags + other * kFlagWords;
  u32 ball = 0;
  const auto send = [&] {
    if (ADD)
      addRelease(there, 1);
    else
      storeRelease(there, ball);
  };
  takeSamples(p.samples, p.partner ? 0 : self / 2, serves, [&](u32) {
    bool right = true;
    for (u32 i = 0; i < p.samples.steps && right; ++i) {
      ++ball;
      if (serves) {
        send();
        right = waitForFlag(mine, ball);
      } else {
        right = waitForFlag(mine, ball);
        send();
      }
    }
    return right;
  });
}

PROBE_KERNEL(flagByStore, 32, 1, FlagParameters, flagBody<false>(p))
PROBE_KERNEL(flagByAdd, 32, 1, FlagParameters, flagBody<true>(p))

} // namespace probe

#endif // PROBE_CLUSTERS_EXCHANGE_H
