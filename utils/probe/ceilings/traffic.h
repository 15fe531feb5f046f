//===- traffic.h - Kernels that move device memory --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copy, read, write, the mixture of the forward boundary, and copies by the
// bulk copy engine. A thread moves LOADS pieces of 16 bytes before it waits
// for the first; how many CTAs a multiprocessor gets is the launch's choice.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_TRAFFIC_H
#define PROBE_CEILINGS_TRAFFIC_H

#include "pattern.h"

namespace probe {

constexpr u32 kTrafficThreads = 256;
/// Numbers of pieces are multiples of this: no kernel here has a tail.
constexpr u32 kTrafficMultiple = 8 * kTrafficThreads;
/// What a write writes starts here in the pattern: not what was copied.
constexpr u32 kWritten = 0x13579bdf;

struct TrafficParameters {
  const uint4 *from;
  uint4 *to;
  /// Pieces of 16 bytes.
  u64 count;
  /// Of each thread of a read.
  u32 *sums;
};

template <int LOADS, bool STREAM>
DEVICE void copyChunks(const TrafficParameters &p) {
  const u64 chunk = static_cast<u64>(LOADS) * kTrafficThreads;
  const u64 step = gridDim.x * chunk;
  for (u64 at = blockIdx.x * chunk + threadIdx.x; at < p.count; at += step) {
    uint4 v[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      v[i] = streamGlobal4(p.from + at + i * kTrafficThreads);
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      if (STREAM)
        streamStoreGlobal4(p.to + at + i * kTrafficThreads, v[i]);
      else
        storeGlobal4(p.to + at + i * kTrafficThreads, v[i]);
  }
}

template <int LOADS> DEVICE void readChunks(const TrafficParameters &p) {
  const u64 chunk = static_cast<u64>(LOADS) * kTrafficThreads;
  const u64 step = gridDim.x * chunk;
  u32 sum = 0;
  for (u64 at = blockIdx.x * chunk + threadIdx.x; at < p.count; at += step) {
    uint4 v[LOADS];
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      v[i] = streamGlobal4(p.from + at + i * kTrafficThreads);
#pragma unroll
    for (int i = 0; i < LOADS; ++i)
      sum += sumOf(v[i]);
  }
  p.sums[blockIdx.x * kTrafficThreads + threadIdx.x] = sum;
}

template <int STORES, bool STREAM>
DEVICE void writeChunks(const TrafficParameters &p) {
  const u64 chunk = static_cast<u64>(STORES) * kTrafficThreads;
  const u64 step = gridDim.x * chunk;
  for (u64 at = blockIdx.x * chunk + threadIdx.x; at < p.count; at += step)
#pragma unroll
    for (int i = 0; i < STORES; ++i) {
      const u64 index = at + i * kTrafficThreads;
      const uint4 v = pieceOf(kWritten + static_cast<u32>(index));
      if (STREAM)
        streamStoreGlobal4(p.to + index, v);
      else
        storeGlobal4(p.to + index, v);
    }
}

/// The rows of a forward boundary at hidden 4096: reads x of four streams and
/// f, writes the next x and y. `from` holds x [T, 4, 4096], then f [T, 4096];
/// `to` the results likewise, here the rows read.
constexpr u32 kPiecesOfRow = 4096 * 2 / 16;

template <int PIECES> DEVICE void mixChunks(const TrafficParameters &p) {
  const u32 cells = static_cast<u32>(p.count / 5);
  const u32 step = gridDim.x * PIECES * kTrafficThreads;
  for (u32 at = blockIdx.x * PIECES * kTrafficThreads + threadIdx.x; at < cells;
       at += step) {
    uint4 v[PIECES][5];
#pragma unroll
    for (int i = 0; i < PIECES; ++i) {
      const u32 cell = at + i * kTrafficThreads;
      const uint4 *x = p.from + cell / kPiecesOfRow * (4 * kPiecesOfRow) +
                       cell % kPiecesOfRow;
#pragma unroll
      for (int s = 0; s < 4; ++s)
        v[i][s] = streamGlobal4(x + s * kPiecesOfRow);
      v[i][4] = streamGlobal4(p.from + u64(4) * cells + cell);
    }
#pragma unroll
    for (int i = 0; i < PIECES; ++i) {
      const u32 cell = at + i * kTrafficThreads;
      uint4 *x =
          p.to + cell / kPiecesOfRow * (4 * kPiecesOfRow) + cell % kPiecesOfRow;
#pragma unroll
      for (int s = 0; s < 4; ++s)
        storeGlobal4(x + s * kPiecesOfRow, v[i][s]);
      storeGlobal4(p.to + u64(4) * cells + cell, v[i][4]);
    }
  }
}

/// The same rows as the boundary's warps see them: kGroupCtas CTAs share a tile
/// of 8 tokens, a warp has 64 bytes of each of its rows, and each lane copies
/// asynchronously what it will read itself, DEPTH tiles ahead.
constexpr u32 kGroupCtas = 16, kTileRows = 8;
constexpr u32 kTileSlotBytes = 5 * 16 * kTrafficThreads;

template <int DEPTH> DEVICE void mixTiles(const TrafficParameters &p) {
  const u32 cells = static_cast<u32>(p.count / 5);
  const u32 tiles = cells / (kTileRows * kPiecesOfRow);
  const u32 groups = gridDim.x / kGroupCtas, group = blockIdx.x / kGroupCtas;
  const u32 lane = threadIdx.x % 32;
  const u32 first = lane / 4 * kPiecesOfRow +
                    blockIdx.x % kGroupCtas * (kPiecesOfRow / kGroupCtas) +
                    threadIdx.x / 32 * 4 + lane % 4;
  const u32 mine = sharedBase() + threadIdx.x * 16;
  const auto load = [&](u32 tile, u32 slot) {
    if (tile < tiles) {
      const u32 cell = tile * (kTileRows * kPiecesOfRow) + first;
      const u32 target = mine + slot * kTileSlotBytes;
      const uint4 *x = p.from + cell / kPiecesOfRow * (4 * kPiecesOfRow) +
                       cell % kPiecesOfRow;
#pragma unroll
      for (u32 s = 0; s < 4; ++s)
        copyAsync(target + s * 16 * kTrafficThreads, x + s * kPiecesOfRow,
                  true);
      copyAsync(target + 4 * 16 * kTrafficThreads,
                p.from + u64(4) * cells + cell, true);
    }
    copyCommit();
  };
  for (u32 i = 0; i < DEPTH; ++i)
    load(group + i * groups, i);
  u32 slot = 0, before = DEPTH;
  for (u32 tile = group; tile < tiles; tile += groups) {
    copyWait<DEPTH - 1>();
    uint4 v[5];
#pragma unroll
    for (u32 s = 0; s < 5; ++s)
      v[s] =
          loadShared4(mine + slot * kTileSlotBytes + s * 16 * kTrafficThreads);
    // Into the slot that was read a tile ago.
    load(tile + DEPTH * groups, before);
    const u32 cell = tile * (kTileRows * kPiecesOfRow) + first;
    uint4 *x =
        p.to + cell / kPiecesOfRow * (4 * kPiecesOfRow) + cell % kPiecesOfRow;
#pragma unroll
    for (u32 s = 0; s < 4; ++s)
      storeGlobal4(x + s * kPiecesOfRow, v[s]);
    storeGlobal4(p.to + u64(4) * cells + cell, v[4]);
    before = slot;
    slot = slot == DEPTH ? 0 : slot + 1;
  }
}

/// One thread of a CTA copies through STAGES slots of shared memory of BYTES.
template <u32 BYTES, u32 STAGES>
DEVICE void copyBulkChunks(const TrafficParameters &p) {
  if (threadIdx.x)
    return;
  const u32 slots = sharedBase(), barriers = slots + STAGES * BYTES;
  for (u32 s = 0; s < STAGES; ++s)
    barrierInit(barriers + 8 * s, 1);
  fenceBarrierInit();
  fenceAsync();
  const u32 chunks = static_cast<u32>(p.count / (BYTES / 16));
  const auto load = [&](u32 chunk, u32 s) {
    if (chunk >= chunks)
      return;
    barrierExpect(barriers + 8 * s, BYTES);
    copyBulk(slots + s * BYTES, p.from + static_cast<u64>(chunk) * (BYTES / 16),
             BYTES, barriers + 8 * s);
  };
  for (u32 s = 0; s < STAGES; ++s)
    load(blockIdx.x + s * gridDim.x, s);
  u32 s = 0, parity = 0;
  for (u32 chunk = blockIdx.x; chunk < chunks; chunk += gridDim.x) {
    barrierWait(barriers + 8 * s, parity);
    copyBulkOut(p.to + static_cast<u64>(chunk) * (BYTES / 16),
                slots + s * BYTES, BYTES);
    copyBulkOutCommit();
    // The slot before this one is free as soon as its copy out has read it.
    copyBulkOutWaitRead<1>();
    if (chunk != blockIdx.x)
      load(chunk + (STAGES - 1) * gridDim.x, s ? s - 1 : STAGES - 1);
    if (++s == STAGES)
      s = 0, parity ^= 1;
  }
  copyBulkOutWait<0>();
}

#define PROBE_TRAFFIC(NAME, BODY)                                              \
  PROBE_KERNEL(NAME, kTrafficThreads, 1, TrafficParameters, (BODY)(p))
PROBE_TRAFFIC(copy1, (copyChunks<1, false>))
PROBE_TRAFFIC(copy4, (copyChunks<4, false>))
PROBE_TRAFFIC(copy8, (copyChunks<8, false>))
PROBE_TRAFFIC(copy1Stream, (copyChunks<1, true>))
PROBE_TRAFFIC(copy4Stream, (copyChunks<4, true>))
PROBE_TRAFFIC(copy8Stream, (copyChunks<8, true>))
PROBE_TRAFFIC(read1, readChunks<1>)
PROBE_TRAFFIC(read4, readChunks<4>)
PROBE_TRAFFIC(read8, readChunks<8>)
PROBE_TRAFFIC(write1, (writeChunks<1, false>))
PROBE_TRAFFIC(write4, (writeChunks<4, false>))
PROBE_TRAFFIC(write8, (writeChunks<8, false>))
PROBE_TRAFFIC(write1Stream, (writeChunks<1, true>))
PROBE_TRAFFIC(write4Stream, (writeChunks<4, true>))
PROBE_TRAFFIC(write8Stream, (writeChunks<8, true>))
PROBE_TRAFFIC(mix1, mixChunks<1>)
PROBE_TRAFFIC(mix2, mixChunks<2>)
PROBE_TRAFFIC(tiles4, mixTiles<4>)
PROBE_TRAFFIC(copyBulk8K, (copyBulkChunks<8192, 12>))
PROBE_TRAFFIC(copyBulk16K, (copyBulkChunks<16384, 6>))
#undef PROBE_TRAFFIC

/// Shared memory of the two copies in bulk: two CTAs of them fit.
constexpr size_t kBulkShared = 96 * 1024 + 128;
constexpr size_t kTilesShared = 5 * kTileSlotBytes;

} // namespace probe

#endif // PROBE_CEILINGS_TRAFFIC_H
