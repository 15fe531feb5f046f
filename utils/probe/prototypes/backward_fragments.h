//===- backward_fragments.h - Fragments of the backward, host ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host's side of the orders that backward_layout.h names: phi into the
// order that lanes read, dphi and dm out of the order that lanes write.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_FRAGMENTS_H
#define PROBE_PROTOTYPES_BACKWARD_FRAGMENTS_H

#include "backward_layout.h"
#include "host_math.h"

namespace probe {

/// The column of hidden that word q, half `odd`, of a warp means in column
/// `line` of operand B, or row `line` of operand A transposed: what lane
/// (token, line / 2) holds there.
inline int columnOf(int warp, int line, int q) {
  return warp * kWarpColumns + (line >> 1) * 8 + 2 * q + (line & 1);
}

/// phi [24, 4, hidden] as operand B of 8 columns, rows of phi along k: for each
/// warp of hidden, stream i and word q, words (high of rows 2t, 2t + 8, 2t +
/// 16; low of 2t + 16) of every lane (line, t), then (low of rows 2t, 2t + 8).
/// With one term the low parts are left out: a word is zero, and no second
/// part.
inline std::vector<uint4> packPhi(const std::vector<float> &phi, int hidden,
                                  int terms) {
  std::vector<u32> words;
  const auto pair = [&](int row, int term, int i, int c) {
    const size_t at = (static_cast<size_t>(row) * 4 + i) * hidden + c;
    return bf16Terms(phi[at])[term] |
           static_cast<u32>(
               bf16Terms(phi[at + static_cast<size_t>(4) * hidden])[term])
               << 16;
  };
  for (int warp = 0; warp < hidden / kWarpColumns; ++warp)
    for (int i = 0; i < 4; ++i)
      for (int q = 0; q < 4; ++q) {
        for (int lane = 0; lane < 32; ++lane) {
          const int t = lane & 3, c = columnOf(warp, lane >> 2, q);
          words.push_back(pair(2 * t, 0, i, c));
          words.push_back(pair(2 * t + 8, 0, i, c));
          words.push_back(pair(2 * t + 16, 0, i, c));
          words.push_back(terms == 2 ? pair(2 * t + 16, 1, i, c) : 0);
        }
        for (int lane = 0; lane < 32 && terms == 2; ++lane) {
          const int t = lane & 3, c = columnOf(warp, lane >> 2, q);
          words.push_back(pair(2 * t, 1, i, c));
          words.push_back(pair(2 * t + 8, 1, i, c));
        }
      }
  std::vector<uint4> pieces(words.size() / 4);
  std::memcpy(pieces.data(), words.data(), 4 * words.size());
  return pieces;
}

/// The slabs' shares of dphi, added: [24, 4, hidden].
inline std::vector<double> unpackDphi(const std::vector<float4> &shares,
                                      int hidden) {
  std::vector<double> dphi(static_cast<size_t>(96) * hidden, 0);
  const int warps = hidden / kWarpColumns;
  for (size_t at = 0; at < shares.size(); ++at) {
    const int lane = at % 32, tile = at / 32 % 24, warp = at / 768 % warps;
    const int i = tile / 3 / 2, half = tile / 3 % 2;
    const float v[4] = {shares[at].x, shares[at].y, shares[at].z, shares[at].w};
    for (int e = 0; e < 4; ++e) {
      const int row = 8 * (tile % 3) + 2 * (lane & 3) + (e & 1);
      const int c = columnOf(warp, lane >> 2, 2 * half + (e >> 1));
      dphi[(static_cast<size_t>(row) * 4 + i) * hidden + c] += v[e];
    }
  }
  return dphi;
}

/// 16-bit index of the high term of dm; the low term is kLowOfRows, or
/// kLowOfColumns, after it.
constexpr int kLowOfRows = 24, kLowOfColumns = 2;
inline size_t dmRowAt(size_t token, int row) {
  return token * 2 * kDmRowWords + row;
}
inline size_t dmColumnAt(size_t token, int row) {
  return token / kTileTokens * 2 * kDmColumnWords +
         (row * 4 + token % kTileTokens / 2) * 4 + token % 2;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_FRAGMENTS_H
