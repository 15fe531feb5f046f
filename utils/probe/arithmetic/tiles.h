//===- tiles.h - Tiles, multiplied by the device ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tiles are packed as the lanes of a warp hold their registers, which is the
// PTX ISA's figures for m16n8: a lane's words of A are rows lane / 4 and 8
// below in turn, its words of B are of column lane / 4, and it has sums of
// columns lane % 4 * 2 and the next, two of each of its rows.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_ARITHMETIC_TILES_H
#define PROBE_ARITHMETIC_TILES_H

#include "cases.h"

#include "device/runtime.h"

namespace probe {

struct TileParameters {
  /// Words by tile, lane and register. The results replace the accumulators.
  const u32 *a, *b;
  u32 *sums;
  /// An index into kOperation, and the words that a lane has.
  u32 operation, wordsA, wordsB, wordsC;
  u32 tiles;
};

template <int MOST>
DEVICE void loadWords(u32 *words, const u32 *from, u32 count) {
#pragma unroll
  for (int i = 0; i < MOST; ++i)
    words[i] = i < static_cast<int>(count) ? from[i] : 0;
}

/// d += a b on a lane's words, in the order of kOperation.
DEVICE void multiplyWords(u32 operation, u32 *d, const u32 *a, const u32 *b) {
  if (operation == 6)
    return mmaF16K16InF16(d, a, b[0], b[1]);
  if (operation == 7)
    return mmaF16K8InF16(d, a, b[0]);
  float sums[4];
#pragma unroll
  for (int i = 0; i < 4; ++i)
    sums[i] = __uint_as_float(d[i]);
  switch (operation) {
  case 0:
    mmaBf16K16(sums, a, b[0], b[1]);
    break;
  case 1:
    mmaBf16K8(sums, a, b[0]);
    break;
  case 2:
    mmaTf32K8(sums, a, b[0], b[1]);
    break;
  case 3:
    mmaTf32K4(sums, a, b[0]);
    break;
  case 4:
    mmaF16K16(sums, a, b[0], b[1]);
    break;
  case 5:
    mmaF16K8(sums, a, b[0]);
    break;
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    d[i] = __float_as_uint(sums[i]);
}

/// A warp takes every so manieth tile.
DEVICE void multiplyTilesBody(const TileParameters &p) {
  const u32 lane = threadIdx.x % 32;
  const u32 warps = gridDim.x * (blockDim.x / 32);
  for (u32 tile = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
       tile < p.tiles; tile += warps) {
    const u32 index = tile * 32 + lane;
    u32 a[4], b[2], d[4];
    loadWords<4>(a, p.a + index * p.wordsA, p.wordsA);
    loadWords<2>(b, p.b + index * p.wordsB, p.wordsB);
    loadWords<4>(d, p.sums + index * p.wordsC, p.wordsC);
    multiplyWords(p.operation, d, a, b);
#pragma unroll
    for (u32 i = 0; i < 4; ++i)
      if (i < p.wordsC)
        p.sums[index * p.wordsC + i] = d[i];
  }
}

PROBE_KERNEL(multiplyTiles, 128, 1, TileParameters, multiplyTilesBody(p))

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

/// Where element `index` of a lane is, counted from its first word's low bits.
struct Place {
  int row, column;
};
inline Place placeInA(const Operation &operation, int lane, int index) {
  const int per = operation.perWord(), word = index / per;
  return {lane / 4 + 8 * (word % 2),
          (word / 2 * 4 + lane % 4) * per + index % per};
}
inline Place placeInB(const Operation &operation, int lane, int index) {
  const int per = operation.perWord(), word = index / per;
  return {(word * 4 + lane % 4) * per + index % per, lane / 4};
}
inline Place placeInC(int lane, int index) {
  return {lane / 4 + 8 * (index / 2), lane % 4 * 2 + index % 2};
}

/// The 128 sums of a tile, by rows.
struct Sums {
  uint32_t d[16][8];
};

/// Multiplies tiles on the device.
inline std::vector<Sums> multiplyTiles(const Device &device, int operation,
                                       const std::vector<Tile> &tiles) {
  const Operation &op = kOperation[operation];
  const int wordsA = op.wordsA(), wordsB = op.wordsB(), wordsC = op.wordsC();
  const int perC = 4 / wordsC;
  const size_t lanes = 32 * tiles.size();
  std::vector<u32> a(lanes * wordsA), b(lanes * wordsB), c(lanes * wordsC);
  // Two elements share a word.
  const auto insert = [](u32 *words, int index, int per, u32 bits) {
    words[index / per] |= bits << (index % per * 16);
  };
  for (size_t at = 0; at < lanes; ++at) {
    const Tile &tile = tiles[at / 32];
    const int lane = static_cast<int>(at % 32);
    for (int i = 0; i < wordsA * op.perWord(); ++i) {
      const Place place = placeInA(op, lane, i);
      insert(&a[at * wordsA], i, op.perWord(), tile.a[place.row][place.column]);
    }
    for (int i = 0; i < wordsB * op.perWord(); ++i) {
      const Place place = placeInB(op, lane, i);
      insert(&b[at * wordsB], i, op.perWord(), tile.b[place.column][place.row]);
    }
    for (int i = 0; i < 4; ++i) {
      const Place place = placeInC(lane, i);
      insert(&c[at * wordsC], i, perC, tile.c[place.row][place.column]);
    }
  }
  Buffer<u32> deviceA(a), deviceB(b), deviceC(c);
  // On the host every thread of a launch is a fiber.
  const unsigned ctas =
      kEmulated ? 2 : 8 * static_cast<unsigned>(device.multiprocessors);
  launch(multiplyTiles, {ctas, 128},
         {deviceA.data(), deviceB.data(), deviceC.data(),
          static_cast<u32>(operation), static_cast<u32>(wordsA),
          static_cast<u32>(wordsB), static_cast<u32>(wordsC),
          static_cast<u32>(tiles.size())});
  const std::vector<u32> d = deviceC.download();
  std::vector<Sums> sums(tiles.size());
  for (size_t at = 0; at < lanes; ++at)
    for (int i = 0; i < 4; ++i) {
      const Place place = placeInC(static_cast<int>(at % 32), i);
      const u32 word = d[at * wordsC + i / perC];
      sums[at / 32].d[place.row][place.column] =
          perC == 1 ? word : word >> (i % perC * 16) & 0xffff;
    }
  return sums;
}

/// The same by a model.
inline Sums multiplyTile(const Accumulation &model, const Operation &operation,
                         const Tile &tile) {
  const Accumulator accumulator(model, operation.operands, operation.sum);
  Sums sums;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j)
      sums.d[i][j] =
          accumulator.add(tile.a[i], tile.b[j], operation.k, tile.c[i][j]);
  return sums;
}

} // namespace probe

#endif // PROBE_ARITHMETIC_TILES_H
