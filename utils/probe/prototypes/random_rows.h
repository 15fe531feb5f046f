//===- random_rows.h - Rows of random bf16 in device memory -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_RANDOM_ROWS_H
#define PROBE_PROTOTYPES_RANDOM_ROWS_H

#include "host_math.h"

namespace probe {

struct RandomRows {
  u16 *data;
  u64 seed;
  /// Of 8 elements each.
  u64 pieces;
  float magnitude;
};

DEVICE u32 randomPair(const RandomRows &p, u64 index) {
  return packBf16(p.magnitude * randomElement(p.seed, index),
                  p.magnitude * randomElement(p.seed, index + 1));
}

PROBE_KERNEL(fillRandomRows, 256, 1, RandomRows, {
  for (u64 i = static_cast<u64>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < p.pieces; i += static_cast<u64>(gridDim.x) * blockDim.x)
    storeGlobal4(p.data + 8 * i,
                 make_uint4(randomPair(p, 8 * i), randomPair(p, 8 * i + 2),
                            randomPair(p, 8 * i + 4),
                            randomPair(p, 8 * i + 6)));
})

/// Fills a buffer, of a multiple of 8 elements, with bf16 that are uniform in
/// [-magnitude, magnitude); the host knows them as randomRowElement().
inline void fillRandom(const Device &device, Buffer<u16> &rows, u64 seed,
                       float magnitude) {
  const unsigned ctas = static_cast<unsigned>(std::min<size_t>(
      8 * device.multiprocessors, (rows.size() / 8 + 255) / 256));
  launch(fillRandomRows, {ctas, 256},
         {rows.data(), seed, rows.size() / 8, magnitude});
}

inline u16 randomRowElement(u64 seed, u64 index, float magnitude) {
  return toBf16(magnitude * randomElement(seed, index));
}

} // namespace probe

#endif // PROBE_PROTOTYPES_RANDOM_ROWS_H
