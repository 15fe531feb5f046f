//===- backward_columns.h - Second kernel of the backward -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Given dm and k, everything over columns: dx', df, sums for dR and dpost, and
// dphi. A CTA owns a slice of hidden (32 columns a warp, all streams) and a
// slab of tokens (every so many tiles of 8): its share of phi stays in shared
// memory, its share of dphi in registers. CTAs exchange nothing.
//
// Warps: WARPS over columns, one that fetches coefficients, one that adds the
// sums of the others, the rest idle (setmaxnreg counts in groups of four).
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_COLUMNS_H
#define PROBE_PROTOTYPES_BACKWARD_COLUMNS_H

#include "backward_tile.h"

namespace probe {

/// SLICES of hidden, 32 WARPS columns each; DEPTH tiles are under way while one
/// is computed; TERMS bf16 terms of phi; K8: dphi by two mma of k 8 for each
/// high and low part of dm, else by one of k 16 whose operand A is repeated.
template <int SLICES_, int WARPS_, int DEPTH_, int TERMS_, bool K8_>
struct ColumnShape {
  static constexpr int SLICES = SLICES_, WARPS = WARPS_, DEPTH = DEPTH_,
                       TERMS = TERMS_;
  static constexpr bool K8 = K8_;
  static constexpr int COLUMNS = WARPS * kWarpColumns;
  static constexpr int HIDDEN = COLUMNS * SLICES;
  static constexpr int OTHER_WARPS = WARPS == 8 ? 4 : 3;
  static constexpr int THREADS = (WARPS + OTHER_WARPS) * 32;
  /// A tile's rows: x 4, g 4, f, dy.
  static constexpr u32 WARP_ROWS = 10 * kPiece;
  static constexpr u32 ROW_BYTES = WARPS * WARP_ROWS;
  static constexpr int SLOTS = DEPTH + 1;
  static constexpr u32 PHI_BYTES = WARPS * 16 * kPhiBytes<TERMS>;
  static constexpr u32 ROWS_AT = PHI_BYTES;
  static constexpr u32 COEFFICIENTS_AT = ROWS_AT + SLOTS * ROW_BYTES;
  static constexpr u32 SUMS_AT =
      COEFFICIENTS_AT + kCoefficientSlots * kCoefficientBytes;
  static constexpr u32 BARRIERS_AT = SUMS_AT + 2 * WARPS * kWarpSums;
  static constexpr u32 SHARED = BARRIERS_AT + 8 * 16;
};

/// A lane's copies of one tile, into the next slot.
template <typename S>
DEVICE void fetchRows(const ColumnParameters &p, int token, int column,
                      u32 to) {
  const bool valid = token < p.tokens;
  const size_t from = valid ? token : 0;
  const u16 *x = p.x + from * 4 * S::HIDDEN + column;
  const u16 *g = p.g + from * 4 * S::HIDDEN + column;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    copyAsync(to + i * kPiece, x + i * S::HIDDEN, valid);
    copyAsync(to + (4 + i) * kPiece, g + i * S::HIDDEN, valid);
  }
  copyAsync(to + 8 * kPiece, p.f + from * S::HIDDEN + column, valid);
  copyAsync(to + 9 * kPiece, p.dy + from * S::HIDDEN + column, valid);
}

template <typename S>
DEVICE void rebuildStreams(u32 (&next)[4][4], const TileRows &rows,
                           u32 coefficients) {
  float previous[kPrevious];
  loadPrevious(previous, coefficients);
  uint4 x[4];
#pragma unroll
  for (int i = 0; i < 4; ++i)
    x[i] = loadShared4(rows.x + i * kPiece);
  const uint4 f = loadShared4(rows.f);
#pragma unroll
  for (int q = 0; q < 4; ++q)
    rebuildWord(next, q, x, wordOf(f, q), previous);
}

template <typename S>
DEVICE void columnWarp(const ColumnParameters &p, const Tiles &tiles, int slice,
                       const ColumnBarriers &barriers) {
  if constexpr (S::WARPS == 8)
    raiseRegisters<232>();
  const Place at = placeOfThread();
  const u32 shared = sharedBase();
  DphiTile dphi;
  clear(dphi);
  waitForEarlierLaunch();
  const int column = slice * S::COLUMNS + at.warp * kWarpColumns + at.quad * 8;
  const u32 mine = shared + S::ROWS_AT + at.warp * S::WARP_ROWS + at.lane * 16;
  const u32 phi = shared + at.warp * 16 * kPhiBytes<S::TERMS>;

  int fetched = 0, fetchSlot = 0;
  const auto fetch = [&] {
    if (fetched < tiles.count) {
      fetchRows<S>(p, tiles.firstToken(fetched) + at.token, column,
                   mine + fetchSlot * S::ROW_BYTES);
      ++fetched;
      if (++fetchSlot == S::SLOTS)
        fetchSlot = 0;
    }
    copyCommit();
  };
#pragma unroll
  for (int i = 0; i < S::DEPTH; ++i)
    fetch();

  int slot = 0, coefficientSlot = 0;
  u32 parity = 0;
  for (int tile = 0; tile < tiles.count; ++tile) {
    copyWait<S::DEPTH - 1>();
    fetch();
    const u32 base = mine + slot * S::ROW_BYTES;
    const TileRows rows = {base, base + 4 * kPiece, base + 8 * kPiece,
                           base + 9 * kPiece};
    barrierWait(barriers.coefficientsFull + 8 * coefficientSlot, parity);
    const u32 coefficients =
        shared + S::COEFFICIENTS_AT + coefficientSlot * kCoefficientBytes;
    const u32 previous = coefficients + at.token * kPrevious * 4;
    const u32 own = coefficients + kOwnAt + at.token * kOwn * 4;

    u32 next[4][4];
    rebuildStreams<S>(next, rows, previous);
    DmRows dm;
    {
      DmColumns columns;
      loadDm(dm, columns, coefficients + kDmRowsAt + at.token * kDmRowWords * 4,
             coefficients + kDmColumnsAt, at);
      addOuter<S::K8>(dphi, next, columns);
    }
    TokenCoefficients c;
    loadCoefficients(c, previous, own);
    c.scale = loadSharedF(own + kOwnScale * 4);
    ColumnSums sums;
    clear(sums);
#pragma unroll
    for (int half = 0; half < 2; ++half)
      gradientOfHalf<S::TERMS>(half, rows, phi, at.lane, dm, next, c, sums);
    storeGradients<S::HIDDEN>(p, rows, tiles.firstToken(tile) + at.token,
                              column);
    handOverTile<S::WARPS>(sums, tile, coefficientSlot, shared + S::SUMS_AT, at,
                           barriers);
    if (++slot == S::SLOTS)
      slot = 0;
    if (++coefficientSlot == kCoefficientSlots) {
      coefficientSlot = 0;
      parity ^= 1;
    }
  }
  storeDphi(p.dphi,
            (static_cast<size_t>(tiles.slab) * S::SLICES + slice) * S::WARPS +
                at.warp,
            at.lane, dphi);
}

/// The kernel: gridDim.x = slabs * SLICES, the slices of a slab side by side.
template <typename S> DEVICE void backwardColumns(const ColumnParameters &p) {
  const u32 shared = sharedBase();
  const int warp = threadIdx.x >> 5;
  const int slice = blockIdx.x % S::SLICES;
  const Tiles tiles =
      tilesOf(blockIdx.x / S::SLICES, gridDim.x / S::SLICES, p.tokens);
  const ColumnBarriers barriers(shared + S::BARRIERS_AT);
  if (threadIdx.x == 0)
    barriers.init(S::WARPS);
  fetchPhi<S>(p, slice, shared);
  __syncthreads();
  if (warp < S::WARPS) {
    columnWarp<S>(p, tiles, slice, barriers);
    return;
  }
  if constexpr (S::WARPS == 8)
    lowerRegisters<40>();
  if (warp == S::WARPS) {
    waitForEarlierLaunch();
    fetchCoefficients(p, tiles, shared + S::COEFFICIENTS_AT,
                      barriers.coefficientsFull, barriers.coefficientsEmpty);
  } else if (warp == S::WARPS + 1) {
    addSumsOfWarps<S::SLICES, S::WARPS>(p, tiles, slice, shared + S::SUMS_AT,
                                        barriers.sumsFull, barriers.sumsEmpty);
  }
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_COLUMNS_H
