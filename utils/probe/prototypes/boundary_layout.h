//===- boundary_layout.h - Schedule of a forward boundary -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BOUNDARY_LAYOUT_H
#define PROBE_PROTOTYPES_BOUNDARY_LAYOUT_H

#include "forward_math.h"

namespace probe {

/// How the CTAs that share a token's columns exchange sums.
enum class Exchange {
  /// A cluster: stores into the owner's shared memory, counted by its barriers.
  Cluster,
  /// CTAs that are all resident, without a cluster: through L2, with flags.
  L2,
  /// Not at all: each CTA takes its own sums for those of the token. Wrong
  /// numbers, for the time of everything else.
  None
};

/// Rows are bf16, T tokens, C hidden.
struct BoundaryParameters {
  const u16 *streams;     // x [T, 4, C]
  const u16 *layerOutput; // f [T, C]
  u16 *nextStreams;       // x' [T, 4, C]
  u16 *layerInput;        // y [T, C]
  const float *mixing;    // [T, 20]: post (4), R [out, in] (16)
  const uint4 *phi;       // fragments: pack_phi.h
  const float *scale;     // [3]
  const float *base;      // [24]
  float *coefficients;    // [T, 24]: pre, post, matrix as stored
  int tokens;
  /// Results of tokens from here on are not stored: `tokens`, or 0 to time all
  /// but the stores.
  int storedTokens;
  float epsilon;
  // For Exchange::L2, by group and by parity of the tile.
  float *partialSums; // [groups, 2, tokens of a tile, CTAs, 28]
  float4 *pre;        // [groups, 2, tokens of a tile]
  u32 *flags;         // [groups, 2], zero before the launch
  u32 *late;          // set to 1 where a CTA gave up waiting
};

/// A schedule. CTAs share the columns of a token; each has WARPS warps of 32
/// columns. A tile is UNITS units of 8 tokens; DEPTH units of loads are in
/// flight. A warp keeps HELD fragments of phi in registers, the others are in
/// shared memory. HIDDEN may be less than what the warps could take.
template <int HIDDEN, Exchange EXCHANGE, int CTAS, int WARPS, int UNITS,
          int DEPTH, int HELD, int TERMS>
struct BoundarySchedule {
  static constexpr Exchange exchange = EXCHANGE;
  static constexpr int hidden = HIDDEN, ctas = CTAS, warps = WARPS,
                       units = UNITS, depth = DEPTH, held = HELD, terms = TERMS;
  static constexpr int ctaColumns = WARPS * kWarpColumns;
  static constexpr bool padded = HIDDEN != ctaColumns * CTAS;
  static_assert(HIDDEN % 8 == 0 && HIDDEN <= ctaColumns * CTAS &&
                    HIDDEN > ctaColumns * (CTAS - 1),
                "every CTA has columns, every column a CTA");
  /// Two more warps: the coefficients', then Sinkhorn's.
  static constexpr int threads = (WARPS + 2) * 32;

  static constexpr int tiles = tilesOf(TERMS), fragments = fragmentsOf(TERMS);
  static constexpr int sharedFragments = fragments - HELD;

  static constexpr int tileTokens = UNITS * kUnitTokens;
  /// Tokens of a tile that an owner finishes.
  static constexpr int ownedTokens = tileTokens >= CTAS ? tileTokens / CTAS : 1;
  static_assert(tileTokens <= CTAS || tileTokens % CTAS == 0, "owners share");
  /// Tiles are owned by the first CTAs; where there are twice as many as a tile
  /// needs, every other tile by the next ones.
  static constexpr bool alternate = CTAS >= 2 * tileTokens;
  /// Tiles of which the Sinkhorn warp takes the owned tokens at once: 8 tokens.
  static constexpr int sinkhornTiles = kUnitTokens / ownedTokens;

  /// Units that hold what was loaded, and x' until it is aggregated.
  static constexpr int slots = DEPTH + 2 * UNITS;
  static constexpr int slotBytes = WARPS * kWarpUnitBytes;
  /// Buffers: sums of warps, sums of CTAs, pre and logits two of each.
  static constexpr int warpSumBytes = WARPS * tileTokens * kSumBytes;
  static constexpr int ctaSumBytes =
      EXCHANGE == Exchange::Cluster ? CTAS * ownedTokens * kSumBytes
      : EXCHANGE == Exchange::None  ? tileTokens * kSumBytes
                                    : 0;
  static constexpr int preBytes = tileTokens * 16;
  static constexpr int mixingBytes = tileTokens * kMixing * 4;
  static constexpr int mixingSlots = 3;
  static constexpr int logitBytes = kUnitTokens * 16 * 4;

  // Offsets in shared memory.
  static constexpr int unitsAt = WARPS * sharedFragments * 512;
  static constexpr int warpSumsAt = unitsAt + slots * slotBytes;
  static constexpr int mixingAt = warpSumsAt + 2 * warpSumBytes;
  static constexpr int ctaSumsAt = mixingAt + mixingSlots * mixingBytes;
  static constexpr int preAt = ctaSumsAt + 2 * ctaSumBytes;
  static constexpr int logitsAt = preAt + 2 * preBytes;
  static constexpr int barriersAt = logitsAt + 2 * logitBytes;
  static constexpr int sharedBytes = barriersAt + 16 * 8;
};

/// Barriers of a CTA: two of each, by parity of the tile; of logits by parity
/// of the batch; of coefficients three.
struct BoundaryBarriers {
  u32 warpSumsFull, ctaSumsFull, preFull, logitsFull, logitsFree, mixingFull;
  DEVICE explicit BoundaryBarriers(u32 at)
      : warpSumsFull(at), ctaSumsFull(at + 16), preFull(at + 32),
        logitsFull(at + 48), logitsFree(at + 64), mixingFull(at + 80) {}
};

/// What a thread knows of its launch. A tile's CTAs are a group: a cluster, or
/// as many CTAs in a row. Groups take tiles in turn.
template <typename S> struct BoundaryThread {
  const BoundaryParameters &p;
  u32 shared;
  BoundaryBarriers barriers;
  int warp, lane, rank, group, groups;
  /// Of this group.
  int tiles;

  DEVICE explicit BoundaryThread(const BoundaryParameters &p)
      : p(p), shared(sharedBase()), barriers(shared + S::barriersAt),
        warp(threadIdx.x >> 5), lane(threadIdx.x & 31),
        rank(S::exchange == Exchange::Cluster ? clusterRank()
                                              : blockIdx.x % S::ctas),
        group(blockIdx.x / S::ctas), groups(gridDim.x / S::ctas) {
    const int all = (p.tokens + S::tileTokens - 1) / S::tileTokens;
    tiles = group < all ? (all - group + groups - 1) / groups : 0;
  }

  /// The first token of the group's tile `i`.
  DEVICE int firstToken(int i) const {
    return (group + i * groups) * S::tileTokens;
  }
  /// The first CTA that owns tokens of tile `i`: token m is finished by CTA
  /// (m + firstOwner) % CTAs.
  DEVICE static int firstOwner(int i) {
    return S::alternate ? (i & 1) * S::tileTokens : 0;
  }
  /// The first token of tile `i` that this CTA owns, the others are CTAs apart;
  /// it owns none where that is not below tileTokens.
  DEVICE int firstOwned(int i) const {
    return (rank - firstOwner(i) + S::ctas) % S::ctas;
  }
};

} // namespace probe

#endif // PROBE_PROTOTYPES_BOUNDARY_LAYOUT_H
