//===- split_forward.h - The forward boundary in two kernels ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// K1 combines and projects, K2 finishes the coefficients and aggregates: x' is
// written and read again, 28 C bytes a token. Nothing waits for other CTAs, so
// it runs on any chip. The sums are added in the order of the one kernel with
// as many CTAs and warps, so the bits are the same.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_SPLIT_FORWARD_H
#define PROBE_PROTOTYPES_SPLIT_FORWARD_H

#include "forward_math.h"

namespace probe {

/// Rows are bf16, T tokens, C hidden.
struct SplitParameters {
  const u16 *streams;     // x [T, 4, C]
  const u16 *layerOutput; // f [T, C]
  u16 *nextStreams;       // x' [T, 4, C]
  u16 *layerInput;        // y [T, C]
  const float *mixing;    // [T, 20]: post (4), R [out, in] (16)
  const uint4 *phi;       // fragments: pack_phi.h, two terms
  const float *scale;     // [3]
  const float *base;      // [24]
  float *coefficients;    // [T, 24]: pre, post, matrix as stored
  float *partialSums;     // [T, slices, 28]
  int tokens;
  float epsilon;
};

/// SLICES of the columns, a CTA of WARPS warps each; DEPTH units of loads in
/// flight; K2 with AGGREGATORS threads a token.
template <int SLICES, int WARPS, int DEPTH, int AGGREGATORS>
struct SplitSchedule {
  static constexpr int slices = SLICES, warps = WARPS, depth = DEPTH;
  static constexpr int hidden = SLICES * WARPS * kWarpColumns;
  static constexpr int tiles = tilesOf(2), fragments = fragmentsOf(2);
  static constexpr int slots = DEPTH + 1;
  static constexpr int slotBytes = WARPS * kWarpUnitBytes;
  static constexpr int sumBytes = WARPS * kUnitTokens * kSumBytes;
  static constexpr int projectThreads = WARPS * 32;
  static constexpr int projectShared = slots * slotBytes + 2 * sumBytes;

  static_assert(projectThreads >= kUnitTokens * (kSums / 4),
                "K1 adds the sums of a unit at once");

  static constexpr int aggregators = AGGREGATORS;
  /// Pieces of 8 columns a thread of K2.
  static constexpr int pieces = hidden / 8 / AGGREGATORS;
  static_assert(pieces * 8 * AGGREGATORS == hidden && AGGREGATORS >= 32,
                "the threads divide the columns");
  static constexpr int aggregateShared = 16;
};

//===----------------------------------------------------------------------===//
// K1
//===----------------------------------------------------------------------===//

/// One lane of K1: as a lane of a column warp, without anything kept.
template <typename S> struct ProjectLane {
  const SplitParameters &p;
  int warp, lane, token, slice, group, groups, units;
  int firstColumn;
  u32 pieces, sumsAt;
  int loadSlot = 0, slot = 0;
  u32 held[S::fragments * 4];

  DEVICE explicit ProjectLane(const SplitParameters &p) : p(p) {
    warp = threadIdx.x >> 5, lane = threadIdx.x & 31, token = lane >> 2;
    slice = blockIdx.x % S::slices;
    group = blockIdx.x / S::slices, groups = gridDim.x / S::slices;
    const int all = (p.tokens + kUnitTokens - 1) / kUnitTokens;
    units = group < all ? (all - group + groups - 1) / groups : 0;
    const uint4 *phi =
        p.phi +
        (static_cast<size_t>(slice) * S::warps + warp) * S::fragments * 32 +
        lane;
#pragma unroll
    for (int i = 0; i < S::fragments; ++i) {
      const uint4 v = loadGlobal4(phi + i * 32);
      held[4 * i] = v.x, held[4 * i + 1] = v.y;
      held[4 * i + 2] = v.z, held[4 * i + 3] = v.w;
    }
    waitForEarlierLaunch();
    firstColumn = (slice * S::warps + warp) * kWarpColumns + (lane & 3) * 8;
    pieces = sharedBase() + warp * kWarpUnitBytes + lane * 16;
    sumsAt = sharedBase() + S::slots * S::slotBytes;
  }

  DEVICE int firstToken(int i) const {
    return (group + i * groups) * kUnitTokens;
  }

  /// Starts to copy unit `i`, or commits an empty group after the last.
  DEVICE void load(int i) {
    if (i < units) {
      const int at = firstToken(i) + token;
      const bool valid = at < p.tokens;
      const size_t row = valid ? at : 0;
      const u32 target = pieces + loadSlot * S::slotBytes;
      const u16 *x = p.streams + row * kStreams * S::hidden + firstColumn;
#pragma unroll
      for (int s = 0; s < kStreams; ++s)
        copyAsync(target + s * kPieceBytes, x + s * S::hidden, valid);
      copyAsync(target + kStreams * kPieceBytes,
                p.layerOutput + row * S::hidden + firstColumn, valid);
      if (++loadSlot == S::slots)
        loadSlot = 0;
    }
    copyCommit();
  }

  /// Combines and projects unit `i`: x' out, sums to shared memory.
  DEVICE void combineUnit(int i) {
    const int row = firstToken(i) + token;
    float mixing[kMixing];
    const float *from =
        p.mixing + static_cast<size_t>(min(row, p.tokens - 1)) * kMixing;
#pragma unroll
    for (int k = 0; k < kMixing / 4; ++k) {
      const uint4 v = loadGlobal4(from + 4 * k);
      mixing[4 * k] = __uint_as_float(v.x);
      mixing[4 * k + 1] = __uint_as_float(v.y);
      mixing[4 * k + 2] = __uint_as_float(v.z);
      mixing[4 * k + 3] = __uint_as_float(v.w);
    }
    copyWait<S::depth - 1>();
    load(i + S::depth);
    const u32 at = pieces + slot * S::slotBytes;
    uint4 x[kStreams];
#pragma unroll
    for (int s = 0; s < kStreams; ++s)
      x[s] = loadShared4(at + s * kPieceBytes);
    const uint4 f = loadShared4(at + kStreams * kPieceBytes);
    NextWords next;
    float sums[S::tiles][4];
    combineAndProject(x, f, mixing, next, sums,
                      [&](float *sum, int fragment, u32 b0, u32 b1) {
                        mmaBf16K16(sum, held + fragment * 4, b0, b1);
                      });
#pragma unroll
    for (int o = 0; o < kStreams; ++o)
      if (row < p.tokens)
        storeGlobal4(p.nextStreams +
                         (static_cast<size_t>(row) * kStreams + o) * S::hidden +
                         firstColumn,
                     make_uint4(next.words[o][0], next.words[o][1],
                                next.words[o][2], next.words[o][3]));
    storeSums(sumsAt + (i & 1) * S::sumBytes + warp * kUnitTokens * kSumBytes,
              sums, next, lane);
    if (++slot == S::slots)
      slot = 0;
  }

  /// Adds the warps' sums of unit `i`, in order. Two buffers and one barrier a
  /// unit are enough: who adds unit i has passed the barrier of unit i - 1.
  DEVICE void addWarps(int i) {
    if (threadIdx.x >= kUnitTokens * (kSums / 4))
      return;
    const int m = threadIdx.x / (kSums / 4), j = threadIdx.x % (kSums / 4);
    const u32 at = sumsAt + (i & 1) * S::sumBytes + m * kSumBytes + j * 16;
    float4 sum = loadSharedF4(at);
#pragma unroll
    for (int w = 1; w < S::warps; ++w) {
      const float4 v = loadSharedF4(at + w * kUnitTokens * kSumBytes);
      sum.x += v.x, sum.y += v.y, sum.z += v.z, sum.w += v.w;
    }
    const int row = firstToken(i) + m;
    if (row < p.tokens)
      storeGlobalF4(p.partialSums +
                        (static_cast<size_t>(row) * S::slices + slice) * kSums +
                        j * 4,
                    sum);
  }

  DEVICE void run() {
    for (int i = 0; i < S::depth; ++i)
      load(i);
    for (int i = 0; i < units; ++i) {
      combineUnit(i);
      __syncthreads();
      addWarps(i);
    }
  }
};

template <typename S> DEVICE void combineProject(const SplitParameters &p) {
  ProjectLane<S>(p).run();
  letNextLaunchStart();
}

//===----------------------------------------------------------------------===//
// K2: a CTA a token
//===----------------------------------------------------------------------===//

/// The first warp: a lane's coefficient, after the sums over the slices in
/// order; pre to shared memory, pre and post out.
template <typename S>
DEVICE float finishGates(const SplitParameters &p, float scale, float base) {
  const int token = blockIdx.x, lane = threadIdx.x;
  const float *sums = p.partialSums +
                      static_cast<size_t>(token) * S::slices * kSums +
                      (lane < kSums ? lane : 0);
  float sum = 0;
#pragma unroll
  for (int i = 0; i < S::slices; ++i)
    sum += sums[i * kSums];
  const float coefficient =
      coefficientOf(sum, scale, base, S::hidden, p.epsilon);
  const float gate = gateOf(coefficient, lane);
  if (lane < 4)
    storeSharedF(sharedBase() + lane * 4, gate);
  if (lane < 8)
    p.coefficients[static_cast<size_t>(token) * kCoefficients + lane] = gate;
  return coefficient;
}

template <typename S> DEVICE void finishAggregate(const SplitParameters &p) {
  const int token = blockIdx.x, thread = threadIdx.x, lane = thread & 31;
  const float scale = scaleOf(p.scale, lane);
  const float base = lane < kCoefficients ? p.base[lane] : 0;
  waitForEarlierLaunch();
  uint4 x[S::pieces][kStreams];
#pragma unroll
  for (int k = 0; k < S::pieces; ++k)
#pragma unroll
    for (int i = 0; i < kStreams; ++i)
      x[k][i] = // behind the wait: K1 may still be writing
          loadL2x4(p.nextStreams +
                   (static_cast<size_t>(token) * kStreams + i) * S::hidden +
                   (k * S::aggregators + thread) * 8);
  float coefficient = 0;
  if (thread < 32)
    coefficient = finishGates<S>(p, scale, base);
  __syncthreads();
  const float4 pre = loadSharedF4(sharedBase());
#pragma unroll
  for (int k = 0; k < S::pieces; ++k)
    storeGlobal4(p.layerInput + static_cast<size_t>(token) * S::hidden +
                     (k * S::aggregators + thread) * 8,
                 aggregatePiece(pre, x[k]));
  if (thread < 32) { // while the other warps stream
    const float element =
        sinkhornElements(__shfl_sync(~0u, coefficient, 8 + (lane & 15)));
    if (lane < 16)
      p.coefficients[static_cast<size_t>(token) * kCoefficients + 8 + lane] =
          element;
  }
}

} // namespace probe

#endif // PROBE_PROTOTYPES_SPLIT_FORWARD_H
