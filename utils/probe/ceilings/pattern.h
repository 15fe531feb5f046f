//===- pattern.h - What the measured buffers hold ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bandwidth is measured on bits that look random: zeros can be moved with less
// power. Piece i of 16 bytes is a function of i, so that copies are checked
// whole on the device and in samples on the host.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_PATTERN_H
#define PROBE_CEILINGS_PATTERN_H

#include "device/runtime.h"

#ifdef PROBE_EMULATED
#define PROBE_ANYWHERE inline
#else
#define PROBE_ANYWHERE __host__ __device__ __forceinline__
#endif

namespace probe {

PROBE_ANYWHERE u32 mixBits(u32 v) {
  v ^= v >> 16;
  v *= 0x85ebca6bu;
  v ^= v >> 13;
  v *= 0xc2b2ae35u;
  return v ^ v >> 16;
}

PROBE_ANYWHERE uint4 pieceOf(u32 index) {
  const u32 v = mixBits(index);
  return make_uint4(v, v * 5 + index, ~v, v ^ 0x5a3c9617u);
}

PROBE_ANYWHERE u32 sumOf(uint4 v) { return v.x + v.y + v.z + v.w; }

PROBE_ANYWHERE bool equal(uint4 a, uint4 b) {
  return a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w;
}

/// Pieces `first`, `first` + 1, ... of the pattern.
struct PatternParameters {
  uint4 *data;
  u64 count;
  u32 first;
  u32 *wrong;
};

DEVICE void fillPatternBody(const PatternParameters &p) {
  const u64 step = static_cast<u64>(gridDim.x) * blockDim.x;
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.count; i += step)
    storeGlobal4(p.data + i, pieceOf(p.first + static_cast<u32>(i)));
}

DEVICE void checkPatternBody(const PatternParameters &p) {
  const u64 step = static_cast<u64>(gridDim.x) * blockDim.x;
  u32 wrong = 0;
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.count; i += step)
    wrong +=
        !equal(loadL2x4(p.data + i), pieceOf(p.first + static_cast<u32>(i)));
  if (wrong)
    addRelaxed(p.wrong, wrong);
}

PROBE_KERNEL(fillPattern, 256, 1, PatternParameters, fillPatternBody(p))
PROBE_KERNEL(checkPattern, 256, 1, PatternParameters, checkPatternBody(p))

/// Fills and checks ranges of buffers.
class Pattern {
public:
  explicit Pattern(const Device &device)
      : grid{kEmulated ? 2 : 8 * static_cast<unsigned>(device.multiprocessors),
             kEmulated ? 64u : 256u},
        wrong(1) {}

  void fill(uint4 *data, u64 count, u32 first = 0) const {
    launch(fillPattern, grid, {data, count, first, nullptr});
  }

  /// Poison: what a copy leaves unwritten is found.
  void poison(uint4 *data, u64 count) const { fill(data, count, 0xdeadbeef); }

  /// Whether `count` pieces of `data`, from `first` of the pattern on, are
  /// right: all by the device, some by the host too.
  bool holds(const Buffer<uint4> &data, u64 start, u64 count, u32 first) {
    wrong.fill(0);
    launch(checkPattern, grid,
           {data.data() + start, count, first, wrong.data()});
    bool right = wrong.download()[0] == 0;
    for (const u64 at : {u64(0), count / 3, count - 1}) {
      const u64 length = std::min<u64>(64, count - at);
      const std::vector<uint4> some = data.download(start + at, length);
      for (u64 i = 0; i < length; ++i)
        right &= equal(some[i], pieceOf(first + static_cast<u32>(at + i)));
    }
    return right;
  }

private:
  Grid grid;
  Buffer<u32> wrong;
};

} // namespace probe

#endif // PROBE_CEILINGS_PATTERN_H
