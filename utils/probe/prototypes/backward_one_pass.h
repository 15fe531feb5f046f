//===- backward_one_pass.h - The backward boundary in one pass --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the two kernels of backward_token.h and backward_columns.h compute, with
// each row read once: a cluster holds the whole of hidden, CTAS CTAs of 32
// WARPS columns. In a step, its warps over columns first rebuild x' of tile j
// and add up dpre (phase 1), then finish tile j - 1 (phase 2), whose dm of pre
// and k have come meanwhile from the CTA that owns the token:
//
//   partial sums of dpre   from every CTA to the owner, 16 bytes a token
//   message                from the owner to every CTA, 32 bytes a token: four
//                          words (high and low term of dm of pre), k, 3 unused
//
// dm of post and of the matrix do not depend on dpre, and are read: the pre
// rows of dmRows and dmColumns are not used.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_ONE_PASS_H
#define PROBE_PROTOTYPES_BACKWARD_ONE_PASS_H

#include "backward_tile.h"

namespace probe {

struct OnePassParameters {
  ColumnParameters columns;
  const float *preInfo;
  float *dcPre; // [T, 4]
};

template <int CTAS_, int WARPS_> struct OnePassShape {
  static constexpr int CTAS = CTAS_, WARPS = WARPS_, TERMS = 2;
  static constexpr int COLUMNS = WARPS * kWarpColumns;
  static constexpr int HIDDEN = COLUMNS * CTAS;
  static constexpr int OTHER_WARPS = WARPS == 8 ? 4 : 3;
  static constexpr int THREADS = (WARPS + OTHER_WARPS) * 32;
  /// x 4, f, dy of three tiles; g 4 of two.
  static constexpr u32 WARP_ROWS = 6 * kPiece, WARP_G = 4 * kPiece;
  static constexpr u32 ROW_BYTES = WARPS * WARP_ROWS, G_BYTES = WARPS * WARP_G;
  static constexpr u32 PHI_BYTES = WARPS * 16 * kPhiBytes<TERMS>;
  /// A warp's sums of dpre: 8 tokens by 4.
  static constexpr u32 DPRE_BYTES = WARPS * kTileTokens * 16;
  static constexpr u32 MESSAGE = 32, MESSAGES = kTileTokens * MESSAGE;
  static constexpr u32 ROWS_AT = PHI_BYTES;
  static constexpr u32 G_AT = ROWS_AT + 3 * ROW_BYTES;
  static constexpr u32 COEFFICIENTS_AT = G_AT + 2 * G_BYTES;
  static constexpr u32 DPRE_AT =
      COEFFICIENTS_AT + kCoefficientSlots * kCoefficientBytes;
  static constexpr u32 SUMS_AT = DPRE_AT + 2 * DPRE_BYTES;
  static constexpr u32 PARTS_AT = SUMS_AT + 2 * WARPS * kWarpSums;
  static constexpr u32 MESSAGES_AT = PARTS_AT + 2 * CTAS * 16;
  static constexpr u32 BARRIERS_AT = MESSAGES_AT + 2 * MESSAGES;
  static constexpr u32 SHARED = BARRIERS_AT + 8 * 16;
};

/// Full and empty of coefficients and sums; dpre of this CTA's warps, parts of
/// all CTAs, messages of all owners: one for even and one for odd tiles.
struct OnePassBarriers {
  ColumnBarriers columns;
  u32 dpreFull, partsFull, messagesFull;
  DEVICE explicit OnePassBarriers(u32 at)
      : columns(at), dpreFull(at + 80), partsFull(at + 96),
        messagesFull(at + 112) {}
  DEVICE void init(int warps) const {
    columns.init(warps);
    for (int i = 0; i < 2; ++i) {
      barrierInit(dpreFull + 8 * i, warps);
      barrierInit(partsFull + 8 * i, 1);
      barrierInit(messagesFull + 8 * i, 1);
    }
    fenceBarrierInit();
  }
};

//===----------------------------------------------------------------------===//
// Warps over columns
//===----------------------------------------------------------------------===//

/// A lane's copies of x, f and dy of a tile.
template <typename S>
DEVICE void fetchStreams(const ColumnParameters &p, int token, int column,
                         u32 to) {
  const bool valid = token < p.tokens;
  const size_t from = valid ? token : 0;
  const u16 *x = p.x + from * 4 * S::HIDDEN + column;
#pragma unroll
  for (int i = 0; i < 4; ++i)
    copyAsync(to + i * kPiece, x + i * S::HIDDEN, valid);
  copyAsync(to + 4 * kPiece, p.f + from * S::HIDDEN + column, valid);
  copyAsync(to + 5 * kPiece, p.dy + from * S::HIDDEN + column, valid);
}

/// A lane's copies of g of a tile.
template <typename S>
DEVICE void fetchGradient(const ColumnParameters &p, int token, int column,
                          u32 to) {
  const bool valid = token < p.tokens;
  const size_t from = valid ? token : 0;
  const u16 *g = p.g + from * 4 * S::HIDDEN + column;
#pragma unroll
  for (int i = 0; i < 4; ++i)
    copyAsync(to + i * kPiece, g + i * S::HIDDEN, valid);
}

/// Phase 1: x' of a tile, and this lane's sum of dpre of stream `quad`.
DEVICE float rebuildAndAddDpre(u32 (&next)[4][4], u32 rows, u32 coefficients,
                               int quad) {
  float previous[kPrevious];
  loadPrevious(previous, coefficients);
  uint4 x[4];
#pragma unroll
  for (int i = 0; i < 4; ++i)
    x[i] = loadShared4(rows + i * kPiece);
  const uint4 f = loadShared4(rows + 4 * kPiece);
  const uint4 dy = loadShared4(rows + 5 * kPiece);
  float dpre[4] = {0, 0, 0, 0};
#pragma unroll
  for (int q = 0; q < 4; ++q) {
    rebuildWord(next, q, x, wordOf(f, q), previous);
    const u32 dyWord = wordOf(dy, q);
#pragma unroll
    for (int o = 0; o < 4; ++o) {
      dpre[o] = fmaf(lowHalf(next[o][q]), lowHalf(dyWord), dpre[o]);
      dpre[o] = fmaf(highHalf(next[o][q]), highHalf(dyWord), dpre[o]);
    }
  }
  return addOverQuads(dpre, quad);
}

/// The rows of pre of both operands, from the messages of a tile.
DEVICE void takePre(DmRows &rows, DmColumns &columns, u32 messages,
                    const Place &at) {
  constexpr u32 highs = 0xffff0000u;
  if (at.quad < 2) {
    const uint2 w = loadShared2(messages + at.token * 32 + at.quad * 8);
    rows.high[0] = (w.x & 0xffff) | (w.y << 16);
    rows.low[0] = (w.x >> 16) | (w.y & highs);
  }
  if (at.token < 4) {
    const u32 w0 = loadShared(messages + 2 * at.quad * 32 + at.token * 4);
    const u32 w1 = loadShared(messages + (2 * at.quad + 1) * 32 + at.token * 4);
    columns.high[0] = (w0 & 0xffff) | (w1 << 16);
    columns.low[0] = (w0 >> 16) | (w1 & highs);
  }
}

template <typename S>
DEVICE void onePassColumnWarp(const ColumnParameters &p, const Tiles &tiles,
                              int rank, const OnePassBarriers &barriers) {
  if constexpr (S::WARPS == 8)
    raiseRegisters<232>();
  const Place at = placeOfThread();
  const u32 shared = sharedBase();
  DphiTile dphi;
  clear(dphi);
  waitForEarlierLaunch();
  const int column = rank * S::COLUMNS + at.warp * kWarpColumns + at.quad * 8;
  const u32 mine = shared + S::ROWS_AT + at.warp * S::WARP_ROWS + at.lane * 16;
  const u32 mineG = shared + S::G_AT + at.warp * S::WARP_G + at.lane * 16;
  const u32 phi = shared + at.warp * 16 * kPhiBytes<S::TERMS>;

  const auto fetchX = [&](int tile, int slot) {
    if (tile < tiles.count)
      fetchStreams<S>(p, tiles.firstToken(tile) + at.token, column,
                      mine + slot * S::ROW_BYTES);
    copyCommit();
  };
  const auto fetchG = [&](int tile) {
    if (tile < tiles.count)
      fetchGradient<S>(p, tiles.firstToken(tile) + at.token, column,
                       mineG + (tile & 1) * S::G_BYTES);
    copyCommit();
  };
  fetchX(0, 0);
  copyCommit();

  u32 next[4][4];
#pragma unroll
  for (int i = 0; i < 16; ++i)
    next[i >> 2][i & 3] = 0;
  // Slots of tiles step + 1, step, step - 1.
  int slotAfter = 1, slot = 0, slotBefore = 2;
  u32 parity = 0;
  for (int step = 0; step <= tiles.count; ++step) {
    u32 kept[4][4];
#pragma unroll
    for (int i = 0; i < 16; ++i)
      kept[i >> 2][i & 3] = next[i >> 2][i & 3];
    fetchX(step + 1, slotAfter);
    fetchG(step);
    copyWait<2>();

    if (step < tiles.count) {
      barrierWait(barriers.columns.coefficientsFull + 8 * slot, parity);
      const float dpre = rebuildAndAddDpre(next, mine + slot * S::ROW_BYTES,
                                           shared + S::COEFFICIENTS_AT +
                                               slot * kCoefficientBytes +
                                               at.token * kPrevious * 4,
                                           at.quad);
      storeSharedF(shared + S::DPRE_AT + (step & 1) * S::DPRE_BYTES +
                       (at.warp * kTileTokens + at.token) * 16 + at.quad * 4,
                   dpre);
      __syncwarp();
      if (at.lane == 0)
        barrierArrive(barriers.dpreFull + 8 * (step & 1));
    }

    if (step > 0) {
      const int tile = step - 1;
      const u32 buffer = tile & 1;
      const u32 base = mine + slotBefore * S::ROW_BYTES;
      const TileRows rows = {base, mineG + buffer * S::G_BYTES,
                             base + 4 * kPiece, base + 5 * kPiece};
      const u32 coefficients =
          shared + S::COEFFICIENTS_AT + slotBefore * kCoefficientBytes;
      const u32 previous = coefficients + at.token * kPrevious * 4;
      const u32 own = coefficients + kOwnAt + at.token * kOwn * 4;
      barrierWaitCluster(barriers.messagesFull + 8 * buffer, (tile >> 1) & 1);
      const u32 messages = shared + S::MESSAGES_AT + buffer * S::MESSAGES;
      TokenCoefficients c;
      c.scale = loadSharedF(messages + at.token * S::MESSAGE + 16);
      loadCoefficients(c, previous, own);
      DmRows dm;
      {
        DmColumns columns;
        loadDm(dm, columns,
               coefficients + kDmRowsAt + at.token * kDmRowWords * 4,
               coefficients + kDmColumnsAt, at);
        takePre(dm, columns, messages, at);
        addOuter<true>(dphi, kept, columns);
      }
      ColumnSums sums;
      clear(sums);
#pragma unroll
      for (int half = 0; half < 2; ++half)
        gradientOfHalf<S::TERMS>(half, rows, phi, at.lane, dm, kept, c, sums);
      storeGradients<S::HIDDEN>(p, rows, tiles.firstToken(tile) + at.token,
                                column);
      handOverTile<S::WARPS>(sums, tile, slotBefore, shared + S::SUMS_AT, at,
                             barriers.columns);
    }
    const int free = slotBefore;
    slotBefore = slot;
    slot = slotAfter;
    slotAfter = free;
    if (slot == 0)
      parity ^= 1;
  }
  storeDphi(p.dphi,
            (static_cast<size_t>(tiles.slab) * S::CTAS + rank) * S::WARPS +
                at.warp,
            at.lane, dphi);
}

//===----------------------------------------------------------------------===//
// The warp that exchanges dpre
//===----------------------------------------------------------------------===//

/// Sums of dpre over this CTA's warps, in order, to the owner of each token.
template <typename S>
DEVICE void sendParts(int rank, int firstOwner, u32 buffer,
                      const OnePassBarriers &barriers) {
  const u32 shared = sharedBase();
  const int lane = threadIdx.x & 31;
  if (lane >= kTileTokens)
    return;
  const u32 from = shared + S::DPRE_AT + buffer * S::DPRE_BYTES + lane * 16;
  float4 sum = loadSharedF4(from);
#pragma unroll
  for (int w = 1; w < S::WARPS; ++w) {
    const float4 v = loadSharedF4(from + w * kTileTokens * 16);
    sum.x += v.x;
    sum.y += v.y;
    sum.z += v.z;
    sum.w += v.w;
  }
  const int owner = (lane + firstOwner) % S::CTAS;
  storeRemoteF4(
      mapToCta(shared + S::PARTS_AT + buffer * S::CTAS * 16 + rank * 16, owner),
      sum, mapToCta(barriers.partsFull + 8 * buffer, owner));
}

/// dm of pre as a word of two terms.
DEVICE u32 twoTerms(float v) {
  const u32 high = packBf16(v, 0) & 0xffff;
  return high | packBf16(v - __uint_as_float(high << 16), 0) << 16;
}

/// One warp. A CTA owns the token of the tile that has its number; of 16 CTAs,
/// 8 own those of even tiles, 8 those of odd ones.
template <typename S>
DEVICE void exchangePre(const OnePassParameters &p, const Tiles &tiles,
                        int rank, const OnePassBarriers &barriers) {
  const u32 shared = sharedBase();
  const int lane = threadIdx.x & 31, stream = lane & 3;
  for (int tile = 0; tile < tiles.count; ++tile) {
    const u32 buffer = tile & 1, parity = (tile >> 1) & 1;
    const int firstOwner = S::CTAS > 8 ? (tile & 1) * 8 : 0;
    const int mine = (rank - firstOwner + S::CTAS) % S::CTAS;
    const bool owns = mine < kTileTokens;
    const int token = tiles.firstToken(tile) + (owns ? mine : 0);
    const size_t read = min(token, p.columns.tokens - 1);
    const float *info = p.preInfo + read * kPreInfo;
    const float gate = info[stream], h = info[4 + stream], rstd = info[8],
                others = info[9], scale = info[10];
    barrierWait(barriers.dpreFull + 8 * buffer, parity);
    if (lane == 0)
      barrierExpect(barriers.messagesFull + 8 * buffer, S::MESSAGES);
    sendParts<S>(rank, firstOwner, buffer, barriers);
    if (!owns)
      continue;
    if (lane == 0)
      barrierExpect(barriers.partsFull + 8 * buffer, S::CTAS * 16);
    __syncwarp();
    barrierWaitCluster(barriers.partsFull + 8 * buffer, parity);
    float dpre = 0;
#pragma unroll
    for (int c = 0; c < S::CTAS; ++c)
      dpre += loadSharedF(shared + S::PARTS_AT + buffer * S::CTAS * 16 +
                          c * 16 + stream * 4);
    const float dc = dpre * gate * (1 - gate), dh = scale * dc;
    float t = dh * h;
    t += __shfl_xor_sync(~0u, t, 1);
    t += __shfl_xor_sync(~0u, t, 2);
    t += others;
    if (lane < 4 && token < p.columns.tokens)
      p.dcPre[read * 4 + lane] = dc;
    const u32 word = twoTerms(rstd * dh);
    float4 terms;
    terms.x = __uint_as_float(__shfl_sync(~0u, word, 0));
    terms.y = __uint_as_float(__shfl_sync(~0u, word, 1));
    terms.z = __uint_as_float(__shfl_sync(~0u, word, 2));
    terms.w = __uint_as_float(__shfl_sync(~0u, word, 3));
    const float k = -rstd * rstd * t / (4 * S::HIDDEN);
    if (lane < S::CTAS) {
      const u32 full = mapToCta(barriers.messagesFull + 8 * buffer, lane);
      const u32 message =
          shared + S::MESSAGES_AT + buffer * S::MESSAGES + mine * S::MESSAGE;
      storeRemoteF4(mapToCta(message, lane), terms, full);
      storeRemoteF4(mapToCta(message + 16, lane), make_float4(k, 0, 0, 0),
                    full);
    }
  }
}

/// The kernel: clusters of CTAS, one cluster a slab of tokens.
template <typename S> DEVICE void backwardOnePass(const OnePassParameters &p) {
  const u32 shared = sharedBase();
  const int warp = threadIdx.x >> 5;
  const int rank = clusterRank();
  const Tiles tiles =
      tilesOf(blockIdx.x / S::CTAS, gridDim.x / S::CTAS, p.columns.tokens);
  const OnePassBarriers barriers(shared + S::BARRIERS_AT);
  if (threadIdx.x == 0)
    barriers.init(S::WARPS);
  fetchPhi<S>(p.columns, rank, shared);
  __syncthreads();
  clusterArrive();
  clusterWait();
  if (warp < S::WARPS) {
    onePassColumnWarp<S>(p.columns, tiles, rank, barriers);
  } else {
    if constexpr (S::WARPS == 8)
      lowerRegisters<40>();
    if (warp == S::WARPS) {
      waitForEarlierLaunch();
      fetchCoefficients(p.columns, tiles, shared + S::COEFFICIENTS_AT,
                        barriers.columns.coefficientsFull,
                        barriers.columns.coefficientsEmpty);
    } else if (warp == S::WARPS + 1) {
      addSumsOfWarps<S::CTAS, S::WARPS>(
          p.columns, tiles, rank, shared + S::SUMS_AT,
          barriers.columns.sumsFull, barriers.columns.sumsEmpty);
    } else if (warp == S::WARPS + 2) {
      waitForEarlierLaunch();
      exchangePre<S>(p, tiles, rank, barriers);
    }
  }
  // No CTA ends while others may still store into its shared memory.
  __syncwarp();
  letNextLaunchStart();
  clusterArrive();
  clusterWait();
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_ONE_PASS_H
