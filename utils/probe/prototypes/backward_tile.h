//===- backward_tile.h - A warp's part of a tile, backward ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a warp does with 8 tokens by 32 columns of all streams, and what the
// other warps of its CTA do for it: shared by the kernel over columns
// (backward_columns.h) and the kernel of one pass (backward_one_pass.h).
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_TILE_H
#define PROBE_PROTOTYPES_BACKWARD_TILE_H

#include "backward_layout.h"

namespace probe {

/// The warp's share of a row in shared memory: 16 bytes a lane. A lane copies
/// what it reads itself, so no barrier stands between copy and use.
constexpr u32 kPiece = 512;

/// Coefficients of a tile in shared memory: offsets and size. Three tiles are
/// kept: read, next, and the one after.
constexpr u32 kOwnAt = kTileTokens * kPrevious * 4;
constexpr u32 kDmRowsAt = kOwnAt + kTileTokens * kOwn * 4;
constexpr u32 kDmColumnsAt = kDmRowsAt + kTileTokens * kDmRowWords * 4;
constexpr u32 kCoefficientBytes = kDmColumnsAt + kDmColumnWords * 4;
constexpr int kCoefficientSlots = 3;

/// Bytes of phi for 8 columns (one word of each lane) of a stream.
template <int TERMS> constexpr u32 kPhiBytes = TERMS == 2 ? 768 : 512;
/// Bytes of a warp's sums over its columns, for a tile.
constexpr u32 kWarpSums = kTileTokens * kSums * 4;

/// Where a thread stands.
struct Place {
  int warp, lane;
  /// Token of the tile, and which 8 of the warp's columns.
  int token, quad;
};
DEVICE Place placeOfThread() {
  const int lane = threadIdx.x & 31;
  return {static_cast<int>(threadIdx.x >> 5), lane, lane >> 2, lane & 3};
}

/// The tiles of one slab: number `slab`, then every `slabs`-th.
struct Tiles {
  int slab, slabs, count, tokens;
  DEVICE int firstToken(int tile) const {
    return (slab + tile * slabs) * kTileTokens;
  }
};
DEVICE Tiles tilesOf(int slab, int slabs, int tokens) {
  const int all = (tokens + kTileTokens - 1) / kTileTokens;
  return {slab, slabs, slab < all ? (all - slab + slabs - 1) / slabs : 0,
          tokens};
}

/// Barriers: full and empty for each slot of coefficients and of sums.
struct ColumnBarriers {
  u32 coefficientsFull, coefficientsEmpty, sumsFull, sumsEmpty;
  DEVICE explicit ColumnBarriers(u32 at)
      : coefficientsFull(at), coefficientsEmpty(at + 24), sumsFull(at + 48),
        sumsEmpty(at + 64) {}
  DEVICE void init(int warps) const {
    for (int i = 0; i < kCoefficientSlots; ++i) {
      barrierInit(coefficientsFull + 8 * i, 1);
      barrierInit(coefficientsEmpty + 8 * i, warps);
    }
    for (int i = 0; i < 2; ++i) {
      barrierInit(sumsFull + 8 * i, warps);
      barrierInit(sumsEmpty + 8 * i, 1);
    }
  }
};

/// A CTA's share of phi.
template <typename S>
DEVICE void fetchPhi(const ColumnParameters &p, int slice, u32 target) {
  constexpr u32 pieces = S::PHI_BYTES / 16;
  const uint4 *from = p.phi + static_cast<size_t>(slice) * pieces;
  for (u32 i = threadIdx.x; i < pieces; i += blockDim.x)
    storeShared4(target + 16 * i, loadGlobal4(from + i));
}

//===----------------------------------------------------------------------===//
// Next streams
//===----------------------------------------------------------------------===//

DEVICE void loadPrevious(float (&previous)[kPrevious], u32 address) {
#pragma unroll
  for (int i = 0; i < kPrevious / 4; ++i)
    loadFour(previous + 4 * i, address + 16 * i);
}

//===----------------------------------------------------------------------===//
// dm
//===----------------------------------------------------------------------===//

/// dm as operand A: this lane's token, high in row `token`, low 8 rows below.
struct DmRows {
  u32 high[3], low[3];
};

/// dm as operand B: row 8 n + token of this lane's two tokens.
struct DmColumns {
  u32 high[3], low[3];
};

/// dm of the tile as operands A and B.
DEVICE void loadDm(DmRows &rows, DmColumns &columns, u32 dmRows, u32 dmColumns,
                   const Place &at) {
#pragma unroll
  for (int i = 0; i < 3; ++i) {
    rows.high[i] = loadShared(dmRows + (i * 4 + at.quad) * 4);
    rows.low[i] = loadShared(dmRows + 48 + (i * 4 + at.quad) * 4);
    const uint2 v =
        loadShared2(dmColumns + ((i * 8 + at.token) * 4 + at.quad) * 8);
    columns.high[i] = v.x;
    columns.low[i] = v.y;
  }
}

//===----------------------------------------------------------------------===//
// dphi
//===----------------------------------------------------------------------===//

/// A warp's share of dphi: [stream * 2 + half of the columns][8 rows of phi].
using DphiTile = float[8][3][4];

DEVICE void clear(DphiTile &dphi) {
#pragma unroll
  for (int i = 0; i < 96; ++i)
    dphi[i / 12][(i / 4) % 3][i & 3] = 0;
}

/// dphi += x'^T dm. The product starts from zero and is added outside of the
/// tensor core, because its accumulator truncates.
template <bool K8>
DEVICE void addOuter(DphiTile &dphi, const u32 (&next)[4][4],
                     const DmColumns &dm) {
#pragma unroll
  for (int i = 0; i < 4; ++i)
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      u32 a[4];
      a[0] = transpose8x8(next[i][2 * half]);
      a[1] = transpose8x8(next[i][2 * half + 1]);
      a[2] = a[0];
      a[3] = a[1];
#pragma unroll
      for (int n = 0; n < 3; ++n) {
        float d[4];
        if constexpr (K8) {
          mmaBf16K8Zero(d, a, dm.high[n]);
          mmaBf16K8(d, a, dm.low[n]);
        } else {
          mmaBf16K16Zero(d, a, dm.high[n], dm.low[n]);
        }
#pragma unroll
        for (int e = 0; e < 4; ++e)
          dphi[i * 2 + half][n][e] += d[e];
      }
    }
}

/// Writes a warp's share: its index is [slab, slice, warp].
DEVICE void storeDphi(float4 *target, size_t index, int lane,
                      const DphiTile &dphi) {
  float4 *at = target + index * 24 * 32 + lane;
#pragma unroll
  for (int i = 0; i < 24; ++i) {
    const float (&v)[4] = dphi[i / 3][i % 3];
    at[i * 32] = make_float4(v[0], v[1], v[2], v[3]);
  }
}

//===----------------------------------------------------------------------===//
// dx', df and the sums over columns
//===----------------------------------------------------------------------===//

/// Where a lane's pieces are in shared memory: stream i is kPiece after stream
/// i - 1. dx' takes the place of g, df that of dy.
struct TileRows {
  u32 x, g, f, dy;
};

/// Coefficients of a lane's token.
struct TokenCoefficients {
  float R[16], pre[4], post[4], scale;
};

DEVICE void loadCoefficients(TokenCoefficients &c, u32 previous, u32 own) {
#pragma unroll
  for (int i = 0; i < 4; ++i)
    loadFour(c.R + 4 * i, own + 16 * i);
  loadFour(c.pre, own + 64);
  loadFour(c.post, previous);
}

/// [j][o]: dR[o,j], and dpost[o] where j is 4.
using ColumnSums = float[5][4];

DEVICE void clear(ColumnSums &sums) {
#pragma unroll
  for (int i = 0; i < 20; ++i)
    sums[i / 4][i % 4] = 0;
}

/// sum_j dm[j] phi[j] of two columns of a stream: high and low parts of dm, in
/// d[0], d[1] and d[2], d[3].
template <int TERMS>
DEVICE void backproject(float (&d)[4], const DmRows &dm, u32 phi, int lane) {
  const u32 first[4] = {dm.high[0], dm.low[0], dm.high[1], dm.low[1]};
  const u32 last[2] = {dm.high[2], dm.low[2]};
  const uint4 b = loadShared4(phi + lane * 16);
  mmaBf16K16Zero(d, first, b.x, b.y);
  mmaBf16K8(d, last, b.z);
  if constexpr (TERMS == 2) {
    mmaBf16K8(d, last, b.w);
    const uint2 low = loadShared2(phi + 512 + lane * 8);
    mmaBf16K16(d, first, low.x, low.y);
  }
}

/// dx' and df of half of a lane's columns, and what they add to the sums.
template <int TERMS>
DEVICE void gradientOfHalf(int half, const TileRows &rows, u32 phi, int lane,
                           const DmRows &dm, const u32 (&next)[4][4],
                           const TokenCoefficients &c, ColumnSums &sums) {
  uint2 g[4], x[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    g[i] = loadShared2(rows.g + half * 8 + i * kPiece);
    x[i] = loadShared2(rows.x + half * 8 + i * kPiece);
  }
  const uint2 f = loadShared2(rows.f + half * 8);
  const uint2 dy = loadShared2(rows.dy + half * 8);
  u32 dx[4][2], df[2];
#pragma unroll
  for (int w = 0; w < 2; ++w) {
    const int q = half * 2 + w;
    float gLow[4], gHigh[4];
    const float dyLow = lowHalf(wordOf(dy, w)),
                dyHigh = highHalf(wordOf(dy, w));
#pragma unroll
    for (int o = 0; o < 4; ++o) {
      gLow[o] = lowHalf(wordOf(g[o], w));
      gHigh[o] = highHalf(wordOf(g[o], w));
    }
    float dfLow = 0, dfHigh = 0;
    const u32 fw = wordOf(f, w);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      float d[4];
      backproject<TERMS>(d, dm, phi + (i * 4 + q) * kPhiBytes<TERMS>, lane);
      float a = d[0] + d[2], b = d[1] + d[3];
      a = fmaf(c.pre[i], dyLow, a);
      b = fmaf(c.pre[i], dyHigh, b);
#pragma unroll
      for (int o = 0; o < 4; ++o) {
        a = fmaf(c.R[4 * o + i], gLow[o], a);
        b = fmaf(c.R[4 * o + i], gHigh[o], b);
      }
      a = fmaf(c.scale, lowHalf(next[i][q]), a);
      b = fmaf(c.scale, highHalf(next[i][q]), b);
      // All terms, one rounding; what follows reads the rounded gradient.
      const u32 rounded = packBf16(a, b);
      dx[i][w] = rounded;
      a = lowHalf(rounded);
      b = highHalf(rounded);
      dfLow = fmaf(c.post[i], a, dfLow);
      dfHigh = fmaf(c.post[i], b, dfHigh);
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const u32 xw = wordOf(x[j], w);
        sums[j][i] = fmaf(a, lowHalf(xw), sums[j][i]);
        sums[j][i] = fmaf(b, highHalf(xw), sums[j][i]);
      }
      sums[4][i] = fmaf(a, lowHalf(fw), sums[4][i]);
      sums[4][i] = fmaf(b, highHalf(fw), sums[4][i]);
    }
    df[w] = packBf16(dfLow, dfHigh);
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    storeShared2(rows.g + half * 8 + i * kPiece,
                 make_uint2(dx[i][0], dx[i][1]));
  storeShared2(rows.dy + half * 8, make_uint2(df[0], df[1]));
}

/// Writes dx' and df of the tile from shared memory, 16 bytes a lane.
template <int HIDDEN>
DEVICE void storeGradients(const ColumnParameters &p, const TileRows &rows,
                           int token, int column) {
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const uint4 v = loadShared4(rows.g + i * kPiece);
    if (token < p.tokens)
      storeGlobal4(
          p.dx + (static_cast<size_t>(token) * 4 + i) * HIDDEN + column, v);
  }
  const uint4 v = loadShared4(rows.dy);
  if (token < p.tokens)
    storeGlobal4(p.df + static_cast<size_t>(token) * HIDDEN + column, v);
}

/// Adds four numbers over the four lanes of a token: lane `quad` gets the sum
/// of number `quad`.
DEVICE float addOverQuads(const float (&v)[4], int quad) {
  const bool odd = quad & 1, upper = quad & 2;
  const float give0 = odd ? v[0] : v[1], give1 = odd ? v[2] : v[3];
  float keep0 = odd ? v[1] : v[0], keep1 = odd ? v[3] : v[2];
  keep0 += __shfl_xor_sync(~0u, give0, 1);
  keep1 += __shfl_xor_sync(~0u, give1, 1);
  const float give = upper ? keep0 : keep1;
  float keep = upper ? keep1 : keep0;
  keep += __shfl_xor_sync(~0u, give, 2);
  return keep;
}

/// A warp's sums over its columns: lane `quad` gets those of stream `quad`.
DEVICE void addSumsOverQuads(float (&v)[5], const ColumnSums &sums, int quad) {
#pragma unroll
  for (int j = 0; j < 5; ++j)
    v[j] = addOverQuads(sums[j], quad);
}

/// Into shared memory: dR row by row, dpost.
DEVICE void storeSums(u32 target, const float (&v)[5], int quad) {
  storeSharedF4(target + quad * 16, make_float4(v[0], v[1], v[2], v[3]));
  storeSharedF(target + 64 + quad * 4, v[4]);
}

/// Whether the sums are added over lanes before the wait for a free buffer:
/// found by trial. With 232 registers ptxas spills less where they are added
/// after it, with 255 where before it.
template <int WARPS> constexpr bool kAddsBeforeWait = WARPS != 8;

/// The end of a tile, for a warp over columns: its sums into the tile's buffer
/// at `slots`, once that is free; then the sums and the coefficients of `slot`
/// are no more its own.
template <int WARPS>
DEVICE void handOverTile(const ColumnSums &sums, int tile, int slot, u32 slots,
                         const Place &at, const ColumnBarriers &barriers) {
  float ofStream[5];
  if constexpr (kAddsBeforeWait<WARPS>)
    addSumsOverQuads(ofStream, sums, at.quad);
  const u32 buffer = tile & 1;
  if (tile > 1)
    barrierWait(barriers.sumsEmpty + 8 * buffer, ((tile >> 1) + 1) & 1);
  if constexpr (!kAddsBeforeWait<WARPS>)
    addSumsOverQuads(ofStream, sums, at.quad);
  storeSums(slots + buffer * WARPS * kWarpSums +
                (at.warp * kTileTokens + at.token) * kSums * 4,
            ofStream, at.quad);
  __syncwarp();
  if (at.lane == 0) {
    barrierArrive(barriers.sumsFull + 8 * buffer);
    barrierArrive(barriers.coefficientsEmpty + 8 * slot);
  }
}

//===----------------------------------------------------------------------===//
// The other warps
//===----------------------------------------------------------------------===//

/// One warp: fetches the coefficients of the slab's tiles, three tiles ahead.
/// `full` and `empty` are a barrier for each slot.
DEVICE void fetchCoefficients(const ColumnParameters &p, const Tiles &tiles,
                              u32 slots, u32 full, u32 empty) {
  const int lane = threadIdx.x & 31;
  int slot = 0;
  u32 parity = 1;
  for (int tile = 0; tile < tiles.count; ++tile) {
    const u32 filled = full + 8 * slot;
    barrierWait(empty + 8 * slot, parity);
    const size_t first = tiles.firstToken(tile);
    const u32 to = slots + slot * kCoefficientBytes;
    const int n = min(kTileTokens, static_cast<int>(p.tokens - first));
    // Tokens from T on: x' has to be zero, not what 0 * NaN is, because dphi
    // adds over all tokens of the tile.
#pragma unroll 1
    for (int i = n * kPrevious + lane; i < kTileTokens * kPrevious; i += 32)
      storeSharedF(to + i * 4, 0);
    __syncwarp();
    if (lane == 0) {
      const u32 previous = n * kPrevious * 4, own = n * kOwn * 4;
      const u32 dmRows = n * kDmRowWords * 4, dmColumns = kDmColumnWords * 4;
      barrierExpect(filled, previous + own + dmRows + dmColumns);
      copyBulk(to, p.previous + first * kPrevious, previous, filled);
      copyBulk(to + kOwnAt, p.own + first * kOwn, own, filled);
      copyBulk(to + kDmRowsAt, p.dmRows + first * kDmRowWords, dmRows, filled);
      copyBulk(to + kDmColumnsAt,
               p.dmColumns + first / kTileTokens * kDmColumnWords, dmColumns,
               filled);
    }
    __syncwarp();
    if (++slot == kCoefficientSlots) {
      slot = 0;
      parity ^= 1;
    }
  }
}

/// One warp: adds the sums of the WARPS warps in order, and writes them.
template <int SLICES, int WARPS>
DEVICE void addSumsOfWarps(const ColumnParameters &p, const Tiles &tiles,
                           int slice, u32 slots, u32 full, u32 empty) {
  const int lane = threadIdx.x & 31;
  for (int tile = 0; tile < tiles.count; ++tile) {
    const u32 buffer = tile & 1;
    const u32 from = slots + buffer * WARPS * kWarpSums;
    barrierWait(full + 8 * buffer, (tile >> 1) & 1);
#pragma unroll 1
    for (int i = lane; i < kTileTokens * kSums / 4; i += 32) {
      const int token = tiles.firstToken(tile) + i / (kSums / 4);
      float4 sum = loadSharedF4(from + i * 16);
#pragma unroll
      for (int w = 1; w < WARPS; ++w) {
        const float4 v = loadSharedF4(from + w * kWarpSums + i * 16);
        sum.x += v.x;
        sum.y += v.y;
        sum.z += v.z;
        sum.w += v.w;
      }
      if (token < p.tokens)
        storeGlobalF4(
            p.sums + (static_cast<size_t>(token) * SLICES + slice) * kSums +
                i % (kSums / 4) * 4,
            sum);
    }
    __syncwarp();
    if (lane == 0)
      barrierArrive(empty + 8 * buffer);
  }
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_TILE_H
