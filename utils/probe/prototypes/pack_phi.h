//===- pack_phi.h - phi as fragments of tensor cores ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_PACK_PHI_H
#define PROBE_PROTOTYPES_PACK_PHI_H

#include "forward_math.h"
#include "host_math.h"

namespace probe {

/// phi [24, 4, C] in bf16 terms, as the A fragments of m16n8k16 that warps
/// multiply with the pieces of rows that they hold: [warps, fragments, 32
/// lanes], 16 bytes each. `warps` of 32 columns, padded with zeros where they
/// are more than C.
///
/// The columns are permuted so that a lane's 16 bytes of a row are its part of
/// B: k step s of warp w takes columns 8 t + 4 s to 8 t + 4 s + 3 of lane t.
/// Fragment (o, s, tile) is of stream o. Tiles 0 to 2 hold 8 coefficients each,
/// the first term in rows 0 to 7 and the second in rows 8 to 15; tiles 3 and 4
/// hold third terms, of coefficients 0 to 15, then 16 to 23.
inline std::vector<uint4> packPhi(const std::vector<float> &phi, int hidden,
                                  int warps, int terms) {
  const int tiles = tilesOf(terms), fragments = fragmentsOf(terms);
  std::vector<uint4> packed(static_cast<size_t>(warps) * fragments * 32);
  const auto element = [&](int coefficient, int o, int column, int term) {
    if (coefficient >= kCoefficients || column >= hidden)
      return 0u;
    const size_t row = static_cast<size_t>(coefficient) * kStreams + o;
    return static_cast<u32>(bf16Terms(phi[row * hidden + column])[term]);
  };
  forEach(warps, [&](size_t warp) {
    for (int fragment = 0; fragment < fragments; ++fragment)
      for (int lane = 0; lane < 32; ++lane) {
        const int tile = fragment % tiles, step = fragment / tiles % 2;
        const int o = fragment / tiles / 2, row = lane / 4;
        const int column =
            static_cast<int>(warp) * kWarpColumns + lane % 4 * 8 + 4 * step;
        u32 words[4];
        // Words: rows 0-7, rows 8-15 of the first k, then of the last k.
        for (int word = 0; word < 4; ++word) {
          const int lower = word % 2;
          const int coefficient =
              tile < 3 ? 8 * tile + row : 16 * (tile - 3) + 8 * lower + row;
          const int term = tile < 3 ? lower : 2;
          const int at = column + word / 2 * 2;
          words[word] = element(coefficient, o, at, term) |
                        element(coefficient, o, at + 1, term) << 16;
        }
        packed[(warp * fragments + fragment) * 32 + lane] = {
            words[0], words[1], words[2], words[3]};
      }
  });
  return packed;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_PACK_PHI_H
