//===- boundary_forward.h - The forward boundary, one kernel ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Combine, project, gates, Sinkhorn and aggregate, streams read and written
// once: 20 C bytes a token.
//
// Persistent groups of CTAs take tiles of tokens. Column warps combine a unit,
// multiply it with phi and keep x' in shared memory; one tile later, when `pre`
// is there, they aggregate it. Each lane copies only what it reads itself, so
// copies need no barrier. The coefficient warp adds the warps' sums in a fixed
// order, sends them to the CTA that owns the token, finishes the tokens that
// its own CTA owns and publishes their `pre`. The Sinkhorn warp takes the
// logits of 8 owned tokens at a time, beside all that.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BOUNDARY_FORWARD_H
#define PROBE_PROTOTYPES_BOUNDARY_FORWARD_H

#include "boundary_layout.h"

namespace probe {

//===----------------------------------------------------------------------===//
// Column warps
//===----------------------------------------------------------------------===//

template <typename S> struct ColumnWarp : BoundaryThread<S> {
  using Thread = BoundaryThread<S>;
  using Thread::barriers, Thread::lane, Thread::p, Thread::rank, Thread::shared,
      Thread::tiles, Thread::warp;

  int token, column; // of the unit: lane / 4 and its 8 columns
  int firstColumn;
  u32 pieces; // of slot 0, this lane's
  int unitsOfGroup;
  int loaded = 0, loadSlot = 0; // units
  int slot = 0, aggregateSlot = 0;
  int mixingSlot = 0;
  u32 mixingParity = 0;
  u32 held[S::held ? S::held * 4 : 1];

  DEVICE explicit ColumnWarp(const Thread &thread) : Thread(thread) {
    token = lane >> 2, column = lane & 3;
    const uint4 *phi =
        p.phi +
        (static_cast<size_t>(rank) * S::warps + warp) * S::fragments * 32 +
        lane;
#pragma unroll
    for (int i = 0; i < S::held; ++i) {
      const uint4 v = loadGlobal4(phi + i * 32);
      held[4 * i] = v.x, held[4 * i + 1] = v.y;
      held[4 * i + 2] = v.z, held[4 * i + 3] = v.w;
    }
    waitForEarlierLaunch();
    firstColumn = rank * S::ctaColumns + warp * kWarpColumns + column * 8;
    pieces = shared + S::unitsAt + warp * kWarpUnitBytes + lane * 16;
    unitsOfGroup = tiles * S::units;
  }

  DEVICE bool hasColumns() const {
    return !S::padded || firstColumn < S::hidden;
  }

  /// Starts to copy the next unit, or commits an empty group after the last.
  DEVICE void load() {
    if (loaded < unitsOfGroup) {
      const int at =
          this->firstToken(S::units == 1 ? loaded : loaded / S::units) +
          (S::units == 1 ? 0 : loaded % S::units * kUnitTokens) + token;
      const bool valid = at < p.tokens && hasColumns();
      const size_t row = valid ? at : 0;
      const u32 target = pieces + loadSlot * S::slotBytes;
      const u16 *x = p.streams + row * kStreams * S::hidden + firstColumn;
#pragma unroll
      for (int i = 0; i < kStreams; ++i)
        copyAsync(target + i * kPieceBytes, x + i * S::hidden, valid);
      copyAsync(target + kStreams * kPieceBytes,
                p.layerOutput + row * S::hidden + firstColumn, valid);
      ++loaded;
      if (++loadSlot == S::slots)
        loadSlot = 0;
    }
    copyCommit();
  }

  DEVICE void multiply(float *sums, int fragment, u32 b0, u32 b1) {
    if (fragment < S::held) {
      mmaBf16K16(sums, held + fragment * 4, b0, b1);
      return;
    }
    const uint4 v = loadShared4(
        shared +
        ((warp * S::sharedFragments + fragment - S::held) * 32 + lane) * 16);
    const u32 a[4] = {v.x, v.y, v.z, v.w};
    mmaBf16K16(sums, a, b0, b1);
  }

  /// Combines and projects unit `u` of tile `i`; x' goes to where x was, and
  /// out; the sums to the coefficient warp.
  DEVICE void combineUnit(int i, int u) {
    copyWait<S::depth - 1>();
    load();
    const u32 at = pieces + slot * S::slotBytes;
    const u32 mixingAt = shared + S::mixingAt + mixingSlot * S::mixingBytes +
                         (u * kUnitTokens + token) * (kMixing * 4);
    uint4 x[kStreams];
#pragma unroll
    for (int s = 0; s < kStreams; ++s)
      x[s] = loadShared4(at + s * kPieceBytes);
    const uint4 f = loadShared4(at + kStreams * kPieceBytes);
    float mixing[kMixing];
#pragma unroll
    for (int k = 0; k < kMixing / 4; ++k) {
      const float4 v = loadSharedF4(mixingAt + 16 * k);
      mixing[4 * k] = v.x, mixing[4 * k + 1] = v.y;
      mixing[4 * k + 2] = v.z, mixing[4 * k + 3] = v.w;
    }
    NextWords next;
    float sums[S::tiles][4];
    combineAndProject(x, f, mixing, next, sums,
                      [&](float *sum, int fragment, u32 b0, u32 b1) {
                        multiply(sum, fragment, b0, b1);
                      });
    const int row = this->firstToken(i) + u * kUnitTokens + token;
#pragma unroll
    for (int o = 0; o < kStreams; ++o) {
      const uint4 v = make_uint4(next.words[o][0], next.words[o][1],
                                 next.words[o][2], next.words[o][3]);
      storeShared4(at + o * kPieceBytes, v);
      if (row < p.storedTokens && hasColumns())
        storeGlobal4(p.nextStreams +
                         (static_cast<size_t>(row) * kStreams + o) * S::hidden +
                         firstColumn,
                     v);
    }
    storeSums(shared + S::warpSumsAt + (i & 1) * S::warpSumBytes +
                  (warp * S::tileTokens + u * kUnitTokens) * kSumBytes,
              sums, next, lane);
    if (++slot == S::slots)
      slot = 0;
  }

  DEVICE void combineTile(int i) {
    barrierWait(barriers.mixingFull + 8 * mixingSlot, mixingParity);
#pragma unroll 1
    for (int u = 0; u < S::units; ++u)
      combineUnit(i, u);
    __syncwarp();
    if (lane == 0)
      barrierArrive(barriers.warpSumsFull + 8 * (i & 1));
    if (++mixingSlot == S::mixingSlots)
      mixingSlot = 0, mixingParity ^= 1;
  }

  /// Aggregates tile `i` when its `pre` is there.
  DEVICE void aggregateTile(int i) {
    const u32 parity = i & 1;
    barrierWaitCluster(barriers.preFull + 8 * parity, i >> 1 & 1);
#pragma unroll
    for (int u = 0; u < S::units; ++u) {
      const u32 at = pieces + aggregateSlot * S::slotBytes;
      const float4 pre = loadSharedF4(shared + S::preAt + parity * S::preBytes +
                                      (u * kUnitTokens + token) * 16);
      uint4 x[kStreams];
#pragma unroll
      for (int s = 0; s < kStreams; ++s)
        x[s] = loadShared4(at + s * kPieceBytes);
      const uint4 y = aggregatePiece(pre, x);
      const int row = this->firstToken(i) + u * kUnitTokens + token;
      if (row < p.storedTokens && hasColumns())
        storeGlobal4(p.layerInput + static_cast<size_t>(row) * S::hidden +
                         firstColumn,
                     y);
      if (++aggregateSlot == S::slots)
        aggregateSlot = 0;
    }
  }

  DEVICE void run() {
#pragma unroll
    for (int i = 0; i < S::depth; ++i)
      load();
    for (int i = 0; i <= tiles; ++i) {
      if (i < tiles)
        combineTile(i);
      if (i > 0)
        aggregateTile(i - 1);
    }
  }
};

//===----------------------------------------------------------------------===//
// The coefficient warp
//===----------------------------------------------------------------------===//

template <typename S> struct CoefficientWarp : BoundaryThread<S> {
  using Thread = BoundaryThread<S>;
  using Thread::barriers, Thread::group, Thread::lane, Thread::p, Thread::rank,
      Thread::shared, Thread::tiles;

  float scale, base; // of coefficient `lane`
  int ownedTiles = 0;
  bool late = false;

  DEVICE explicit CoefficientWarp(const Thread &thread) : Thread(thread) {
    scale = lane < kCoefficients ? scaleOf(p.scale, lane) : 0;
    base = lane < kCoefficients ? p.base[lane] : 0;
    waitForEarlierLaunch();
  }

  /// Starts to copy what tile `i` is combined with.
  DEVICE void loadMixing(int i) {
    if (lane == 0 && i < tiles) {
      const int first = this->firstToken(i);
      const int bytes = min(S::tileTokens, p.tokens - first) * (kMixing * 4);
      const u32 slot = i % S::mixingSlots;
      barrierExpect(barriers.mixingFull + 8 * slot, bytes);
      copyBulk(shared + S::mixingAt + slot * S::mixingBytes,
               p.mixing + static_cast<size_t>(first) * kMixing, bytes,
               barriers.mixingFull + 8 * slot);
    }
  }

  /// Where CTA `cta` puts its sums of token `m` for its owner, in L2.
  DEVICE float *sumsInL2(u32 parity, int m, int cta) const {
    return p.partialSums +
           (((static_cast<size_t>(group) * 2 + parity) * S::tileTokens + m) *
                S::ctas +
            cta) *
               kSums;
  }
  DEVICE float4 *preInL2(u32 parity, int m) const {
    return p.pre + (static_cast<size_t>(group) * 2 + parity) * S::tileTokens +
           m;
  }

  /// Adds the warps' sums of tile `i`, in order, and sends them to the owners
  /// of the tokens.
  DEVICE void sendSums(int i) {
    const u32 parity = i & 1;
    const u32 sums = shared + S::warpSumsAt + parity * S::warpSumBytes;
    const u32 received = shared + S::ctaSumsAt + parity * S::ctaSumBytes;
#pragma unroll 2
    for (int k = lane; k < S::tileTokens * (kSums / 4); k += 32) {
      const int m = k / (kSums / 4), j = k % (kSums / 4);
      float4 sum = loadSharedF4(sums + m * kSumBytes + j * 16);
#pragma unroll
      for (int w = 1; w < S::warps; ++w) {
        const float4 v =
            loadSharedF4(sums + (w * S::tileTokens + m) * kSumBytes + j * 16);
        sum.x += v.x, sum.y += v.y, sum.z += v.z, sum.w += v.w;
      }
      if (S::exchange == Exchange::Cluster) {
        const int owner = (m + this->firstOwner(i)) % S::ctas;
        const int row = rank * S::ownedTokens + m / S::ctas;
        storeRemoteF4(mapToCta(received + row * kSumBytes + j * 16, owner), sum,
                      mapToCta(barriers.ctaSumsFull + 8 * parity, owner));
      } else if (S::exchange == Exchange::L2) {
        storeGlobalF4(sumsInL2(parity, m, rank) + j * 4, sum);
      } else {
        storeSharedF4(received + m * kSumBytes + j * 16, sum);
      }
    }
    if (S::exchange != Exchange::Cluster)
      __syncwarp();
    if (S::exchange == Exchange::L2 && lane == 0)
      addRelease(p.flags + group * 2, 1);
  }

  /// Waits until a flag has come to `count`. All CTAs should be resident; where
  /// they are not, it gives up after about a second, for all that follows too.
  DEVICE void waitForFlag(const u32 *flag, u32 count) {
    u32 polls = 0;
    while (!late && loadAcquire(flag) < count) {
      spin();
      late = ++polls == 1u << 20;
    }
    if (late)
      *p.late = 1;
  }

  DEVICE void waitForSums(int i) {
    const u32 parity = i & 1;
    if (S::exchange == Exchange::Cluster) {
      if (lane == 0)
        barrierExpect(barriers.ctaSumsFull + 8 * parity, S::ctaSumBytes);
      __syncwarp();
      barrierWaitCluster(barriers.ctaSumsFull + 8 * parity, i >> 1 & 1);
    } else if (S::exchange == Exchange::L2) {
      waitForFlag(p.flags + group * 2, static_cast<u32>(S::ctas) * (i + 1));
    }
  }

  /// The sum of coefficient `lane` over all CTAs, in order, for the q-th owned
  /// token of a tile, its token m.
  DEVICE float sumOverCtas(u32 parity, int q, int m) const {
    const u32 received = shared + S::ctaSumsAt + parity * S::ctaSumBytes;
    const int index = lane < kSums ? lane : 0;
    if (S::exchange == Exchange::None)
      return loadSharedF(received + m * kSumBytes + index * 4);
    float sum = 0;
#pragma unroll
    for (int cta = 0; cta < S::ctas; ++cta)
      sum +=
          S::exchange == Exchange::Cluster
              ? loadSharedF(received + (cta * S::ownedTokens + q) * kSumBytes +
                            index * 4)
              : loadRelaxedF(sumsInL2(parity, m, cta) + index);
    return sum;
  }

  /// Gates of token m of tile i, published; its logits go to the Sinkhorn warp.
  DEVICE void finishToken(int i, int q, int m, u32 logits) {
    const u32 parity = i & 1;
    const float coefficient = coefficientOf(sumOverCtas(parity, q, m), scale,
                                            base, S::hidden, p.epsilon);
    const float gate = gateOf(coefficient, lane);
    float4 pre;
    pre.x = __shfl_sync(~0u, gate, 0), pre.y = __shfl_sync(~0u, gate, 1);
    pre.z = __shfl_sync(~0u, gate, 2), pre.w = __shfl_sync(~0u, gate, 3);
    if (S::exchange == Exchange::Cluster) {
      if (lane < S::ctas)
        storeRemoteF4(
            mapToCta(shared + S::preAt + parity * S::preBytes + m * 16, lane),
            pre, mapToCta(barriers.preFull + 8 * parity, lane));
    } else if (S::exchange == Exchange::L2) {
      if (lane == 0)
        storeGlobalF4(preInL2(parity, m), pre);
    }
    const int token = this->firstToken(i) + m;
    if (token < p.storedTokens && lane < 8)
      p.coefficients[static_cast<size_t>(token) * kCoefficients + lane] = gate;
    if (lane >= 8 && lane < kCoefficients)
      storeSharedF(logits + (lane - 8) * 4, coefficient);
  }

  /// Finishes the tokens of tile `i` that this CTA owns, from the m-th on.
  DEVICE void finishOwned(int i, int first) {
    waitForSums(i);
    const int batch = ownedTiles / S::sinkhornTiles;
    const int inBatch = ownedTiles % S::sinkhornTiles;
    const u32 buffer = batch & 1;
    if (inBatch == 0 && batch >= 2)
      barrierWait(barriers.logitsFree + 8 * buffer, ((batch >> 1) + 1) & 1);
#pragma unroll
    for (int q = 0; q < S::ownedTokens; ++q)
      finishToken(i, q, first + q * S::ctas,
                  shared + S::logitsAt + buffer * S::logitBytes +
                      (inBatch * S::ownedTokens + q) * 64);
    if (S::exchange == Exchange::L2) {
      __syncwarp();
      if (lane == 0)
        addRelease(p.flags + group * 2 + 1, 1);
    }
    if (++ownedTiles % S::sinkhornTiles == 0) {
      __syncwarp();
      if (lane == 0)
        barrierArrive(barriers.logitsFull + 8 * buffer);
    }
  }

  /// Exchange::L2: takes the `pre` of all tokens of tile `i`.
  DEVICE void receivePre(int i) {
    const u32 parity = i & 1;
    constexpr int owners = S::tileTokens < S::ctas ? S::tileTokens : S::ctas;
    waitForFlag(p.flags + group * 2 + 1, static_cast<u32>(owners) * (i + 1));
    for (int m = lane; m < S::tileTokens; m += 32)
      storeSharedF4(shared + S::preAt + parity * S::preBytes + m * 16,
                    loadRelaxedF4(preInL2(parity, m)));
    __syncwarp();
    if (lane == 0)
      barrierArrive(barriers.preFull + 8 * parity);
  }

  /// Exchange::None: makes `pre` of this CTA's own sums.
  DEVICE void makePre(int i) {
    const u32 parity = i & 1;
    const u32 sums = shared + S::ctaSumsAt + parity * S::ctaSumBytes;
    const float preScale = p.scale[0], preBase = p.base[lane & 3];
    for (int k = lane; k < 4 * S::tileTokens; k += 32) {
      const u32 token = sums + (k >> 2) * kSumBytes;
      const float squares = loadSharedF(token + kCoefficients * 4);
      const float coefficient = fmaf(loadSharedF(token + (k & 3) * 4) *
                                         rstdOf(squares, S::hidden, p.epsilon),
                                     preScale, preBase);
      storeSharedF(shared + S::preAt + parity * S::preBytes + k * 4,
                   sigmoidOf(coefficient) + kPreEpsilon);
    }
    __syncwarp();
    if (lane == 0)
      barrierArrive(barriers.preFull + 8 * parity);
  }

  DEVICE void run() {
    for (int i = 0; i < S::mixingSlots; ++i)
      loadMixing(i);
    for (int i = 0; i < tiles; ++i) {
      const u32 parity = i & 1;
      barrierWait(barriers.warpSumsFull + 8 * parity, i >> 1 & 1);
      loadMixing(i + S::mixingSlots);
      if (S::exchange == Exchange::Cluster && lane == 0)
        barrierExpect(barriers.preFull + 8 * parity, S::preBytes);
      sendSums(i);
      if (S::exchange == Exchange::None)
        makePre(i);
      const int first = this->firstOwned(i);
      if (first < S::tileTokens)
        finishOwned(i, first);
      if (S::exchange == Exchange::L2)
        receivePre(i);
    }
    if (ownedTiles % S::sinkhornTiles) { // a last batch that is not full
      __syncwarp();
      if (lane == 0)
        barrierArrive(barriers.logitsFull +
                      8 * (ownedTiles / S::sinkhornTiles & 1));
    }
  }
};

//===----------------------------------------------------------------------===//
// The Sinkhorn warp
//===----------------------------------------------------------------------===//

template <typename S> struct SinkhornWarp : BoundaryThread<S> {
  using Thread = BoundaryThread<S>;
  using Thread::barriers, Thread::lane, Thread::p, Thread::rank, Thread::shared,
      Thread::tiles;

  DEVICE explicit SinkhornWarp(const Thread &thread) : Thread(thread) {
    waitForEarlierLaunch();
  }

  /// The tile and, in it, the first token of the k-th tile that this CTA owns
  /// tokens of.
  DEVICE int tileOfOwned(int k) const {
    return S::alternate ? 2 * k + (rank >= S::tileTokens) : k;
  }
  DEVICE int firstOfOwned() const {
    return S::alternate && rank >= S::tileTokens ? rank - S::tileTokens : rank;
  }

  DEVICE int countOwnedTiles() const {
    int count = 0;
    for (int i = 0; i < tiles; ++i)
      count += this->firstOwned(i) < S::tileTokens;
    return count;
  }

  DEVICE void run() {
    const int owned = countOwnedTiles();
    for (int first = 0; first < owned; first += S::sinkhornTiles) {
      const int batch = first / S::sinkhornTiles;
      const u32 buffer = batch & 1;
      barrierWait(barriers.logitsFull + 8 * buffer, batch >> 1 & 1);
      const int entry = lane >> 2; // the batch's token; a row of it a lane
      const float4 logits =
          loadSharedF4(shared + S::logitsAt + buffer * S::logitBytes +
                       entry * 64 + (lane & 3) * 16);
      float row[4] = {logits.x, logits.y, logits.z, logits.w};
      __syncwarp();
      if (lane == 0)
        barrierArrive(barriers.logitsFree + 8 * buffer);
      sinkhornRows(row);
      const int k = first + entry / S::ownedTokens;
      const int token = this->firstToken(tileOfOwned(k)) + firstOfOwned() +
                        entry % S::ownedTokens * S::ctas;
      if (k < owned && token < p.storedTokens)
        storeGlobalF4(p.coefficients +
                          static_cast<size_t>(token) * kCoefficients + 8 +
                          (lane & 3) * 4,
                      make_float4(row[0], row[1], row[2], row[3]));
    }
  }
};

//===----------------------------------------------------------------------===//
// The kernel
//===----------------------------------------------------------------------===//

template <typename S>
DEVICE void initialiseBoundary(const BoundaryThread<S> &thread) {
  const BoundaryBarriers &barriers = thread.barriers;
  if (threadIdx.x == 0) {
    for (int i = 0; i < 2; ++i) {
      barrierInit(barriers.warpSumsFull + 8 * i, S::warps);
      barrierInit(barriers.ctaSumsFull + 8 * i, 1);
      barrierInit(barriers.preFull + 8 * i, 1);
      barrierInit(barriers.logitsFull + 8 * i, 1);
      barrierInit(barriers.logitsFree + 8 * i, 1);
    }
    for (int i = 0; i < S::mixingSlots; ++i)
      barrierInit(barriers.mixingFull + 8 * i, 1);
    fenceBarrierInit();
  }
  // The fragments of phi that are not held in registers.
  constexpr int ofWarp = S::sharedFragments * 32;
  for (int i = threadIdx.x; i < S::warps * ofWarp; i += blockDim.x) {
    const int warp = i / (ofWarp ? ofWarp : 1);
    const size_t of = static_cast<size_t>(thread.rank) * S::warps + warp;
    storeShared4(thread.shared + 16 * i,
                 loadGlobal4(thread.p.phi + of * S::fragments * 32 +
                             S::held * 32 + (i - warp * ofWarp)));
  }
  __syncthreads();
  if (S::exchange == Exchange::Cluster) {
    clusterArrive();
    clusterWait();
  }
}

template <typename S> DEVICE void boundaryForward(const BoundaryParameters &p) {
  const BoundaryThread<S> thread(p);
  initialiseBoundary(thread);
  if (thread.warp < S::warps)
    ColumnWarp<S>(thread).run();
  else if (thread.warp == S::warps)
    CoefficientWarp<S>(thread).run();
  else
    SinkhornWarp<S>(thread).run();
  __syncwarp();
  letNextLaunchStart();
  // A CTA's shared memory has to be there until all have sent.
  if (S::exchange == Exchange::Cluster) {
    clusterArrive();
    clusterWait();
  }
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BOUNDARY_FORWARD_H
