//===- backward_layout.h - Arrays of the backward boundary ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The backward boundary: the end of the backward pass of connection b, and the
// start of that of connection a before it. Four streams, hidden C, T tokens.
// Streams x are those that a reads; x' = post_a f + R_a x are rebuilt, rounded
// to bf16 as they were. Given g = dL/d(out of b) and dy = dL/d(y of b):
//
//   dpre_b[i]   = <dy, x'[i]>, then the program of the token gives dm, k
//   dx'[i]      = sum_o R_b[o,i] g[o] + pre_b[i] dy + sum_j dm[j] phi[j,i] + k
//   x'[i] df          = sum_o post_a[o] dx'[o] dR_a[o,i]   = <dx'[o], x[i]>
//   dpost_a[o] = <dx'[o], f> dphi_b[j,i] = sum over tokens of dm[j] x'[i]
//
// where dx' is rounded to bf16 before it is used. Arrays, rows innermost:
//
//   x, g, dx' [T, 4, C]   f, dy, df [T, C]                          bf16
//   previous  [T, 20]      post_a 4, R_a[o,i] 16                     f32
//   own       [T, 24]      R_b[o,i] 16, pre_b 4, k, 3 not used       f32
//   saved     [T, 28]      h_b 24, rstd_b, 3 not used                f32
//   sums      [T, S, 20]   dR[o,i] 16, dpost 4; one for each slice of hidden
//   tokenGradients [T, 28] dc_b 24, dpre_b 4                         f32
//   preInfo   [T, 12]      for one pass: sigmoid(c) of pre 4, h of pre 4, rstd,
//                          sum of dh h over post and matrix, scale of pre,
//                          unused
//
// The 24 rows of phi, h, c, dm: pre 4, post 4, matrix 16 as DeepSeek-V4 stores
// it, [in, out]: row 8 + 4 i + o belongs to R[o,i].
//
// Fragments of mma.sync. A number v is two bf16 terms: high = bf16(v), low =
// bf16(v - high). A lane is token * 4 + quad of a tile of 8 tokens by 32
// columns of hidden; it holds columns 8 quad to 8 quad + 7 in four words of two
// columns each.
//
//   dmRows    [T, 24] words: rows 2w and 2w + 1 of high (w < 12), then of low
//   dmColumns [tiles, 24, 4, 2] words: row j of tokens 2p and 2p + 1, high,
//   low;
//             zeros for tokens from T on
//   phi       [S, warps, 4, 4, 32] of 24 bytes a lane (16 with one term), first
//             16 bytes a lane, then 8: see packPhi()
//   dphi      [slabs, S, warps, 24, 32] x 4 f32: see unpackDphi()
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_LAYOUT_H
#define PROBE_PROTOTYPES_BACKWARD_LAYOUT_H

#include "device/device.h"

namespace probe {

constexpr int kTileTokens = 8;
constexpr int kWarpColumns = 32;
constexpr int kRows = 24;
constexpr int kPrevious = 20;
constexpr int kOwn = 24;
/// Where k = -rstd^2 t / (4 C) is in `own`.
constexpr int kOwnScale = 20;
constexpr int kSaved = 28;
constexpr int kSums = 20;
constexpr int kTokenGradients = 28;
constexpr int kPreInfo = 12;
/// Words of dmRows a token, and of dmColumns a tile.
constexpr int kDmRowWords = 24;
constexpr int kDmColumnWords = 192;

/// What the kernels over columns read and write.
struct ColumnParameters {
  const u16 *g, *dy, *x, *f;
  u16 *dx, *df;
  const float *previous, *own;
  const u32 *dmRows, *dmColumns;
  const uint4 *phi;
  float *sums;
  float4 *dphi;
  int tokens;
};

/// Word q of four.
DEVICE u32 wordOf(const uint4 &v, int q) {
  return q == 0 ? v.x : q == 1 ? v.y : q == 2 ? v.z : v.w;
}
DEVICE u32 wordOf(const uint2 &v, int q) { return q ? v.y : v.x; }

/// Four floats of shared memory, into an array.
DEVICE void loadFour(float *v, u32 address) {
  const float4 four = loadSharedF4(address);
  v[0] = four.x, v[1] = four.y, v[2] = four.z, v[3] = four.w;
}

/// x' of one word: one multiplication, then a fused multiply-add a stream.
DEVICE void rebuildWord(u32 (&next)[4][4], int q, const uint4 (&x)[4], u32 f,
                        const float (&previous)[kPrevious]) {
  float low[4], high[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    low[i] = lowHalf(wordOf(x[i], q));
    high[i] = highHalf(wordOf(x[i], q));
  }
#pragma unroll
  for (int o = 0; o < 4; ++o) {
    float a = previous[o] * lowHalf(f), b = previous[o] * highHalf(f);
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      a = fmaf(previous[4 + 4 * o + i], low[i], a);
      b = fmaf(previous[4 + 4 * o + i], high[i], b);
    }
    next[o][q] = packBf16(a, b);
  }
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_LAYOUT_H
