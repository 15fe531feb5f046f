//===- backward_token.h - First kernel of the backward ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// dpre, and the whole program of the token, of DeepSeek-V4: a CTA takes 8
// tokens. First a warp a token rebuilds x' and adds up dpre = <dy, x'>; then
// one warp, four lanes a token, recomputes gates and Sinkhorn from the saved h,
// and goes back through them:
//
//   c = scale h + base
//   pre = sigmoid(c) + eps, post = 2 sigmoid(c)
//   matrix: softmax of rows + eps; columns; then 19 x (rows, columns); a step
//   divides by sum + eps
//
// The matrix as stored is [in, out]; lane o holds column o: element i is
// R[o,i]. So a column is added in a lane, a row by a butterfly of four lanes,
// and dR[o] comes as 16 bytes. Of each step the sums are kept, in shared
// memory: X before a step is X after it times the sum.
//
// Reads  x, f, dy, previous, saved, sums (of the boundary after this one, each
//        slice's), scale [3], base [24]
// Writes dmRows, dmColumns, k into `own`, tokenGradients
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_TOKEN_H
#define PROBE_PROTOTYPES_BACKWARD_TOKEN_H

#include "backward_layout.h"

namespace probe {

constexpr int kIterations = 20;
constexpr float kSinkhornEps = 1e-6f;
constexpr float kPostMult = 2;

struct TokenParameters {
  const u16 *x, *f, *dy;
  const float *previous, *saved, *sums, *scale, *base;
  float *own;
  u32 *dmRows, *dmColumns;
  float *tokenGradients;
  int tokens;
};

constexpr u32 kTokenThreads = kTileTokens * 32;
/// dpre of the tile's tokens; then the sums of 2 * kIterations - 1 steps, one
/// word a lane.
constexpr u32 kStepSumsAt = kTileTokens * 16;
constexpr u32 kTokenShared = kStepSumsAt + (2 * kIterations - 1) * 128;

/// Over the four lanes of a token.
DEVICE float addOverLanes(float v) {
  v += __shfl_xor_sync(~0u, v, 1);
  v += __shfl_xor_sync(~0u, v, 2);
  return v;
}
DEVICE float largestOverLanes(float v) {
  v = fmaxf(v, __shfl_xor_sync(~0u, v, 1));
  return fmaxf(v, __shfl_xor_sync(~0u, v, 2));
}
DEVICE float addFour(const float (&v)[4]) {
  return (v[0] + v[1]) + (v[2] + v[3]);
}

constexpr float kLog2E = 1.44269504f;
DEVICE float sigmoid(float v) {
  return rcpApprox(1.0f + ex2Approx(-kLog2E * v));
}

//===----------------------------------------------------------------------===//
// Sinkhorn
//===----------------------------------------------------------------------===//

/// Softmax of each row: element i of a row is in lane o of the token.
DEVICE void softmaxOfRows(float (&p)[4], const float (&logits)[4]) {
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const float largest = largestOverLanes(logits[i]);
    p[i] = ex2Approx((logits[i] - largest) * kLog2E);
    p[i] *= rcpApprox(addOverLanes(p[i]));
  }
}

/// The sums of step `step`, kept for all lanes: a word a lane. Column steps are
/// even: each lane keeps its column's. Row steps are odd: a token's lanes keep
/// its four rows'.
struct StepSums {
  u32 base, token, lane;
  DEVICE u32 ofToken(int step) const { return base + step * 128 + token * 16; }
  DEVICE u32 ofLane(int step) const { return base + step * 128 + lane * 4; }
};

DEVICE void scaleColumn(float (&x)[4], int step, const StepSums &kept) {
  const float sum = addFour(x) + kSinkhornEps;
  storeSharedF(kept.ofLane(step), sum);
  const float reciprocal = rcpApprox(sum);
#pragma unroll
  for (int i = 0; i < 4; ++i)
    x[i] *= reciprocal;
}

DEVICE void scaleRows(float (&x)[4], int step, const StepSums &kept) {
  float sum[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    sum[i] = addOverLanes(x[i]) + kSinkhornEps;
    x[i] *= rcpApprox(sum[i]);
  }
  if (kept.lane % 4 == 0)
    storeSharedF4(kept.ofToken(step),
                  make_float4(sum[0], sum[1], sum[2], sum[3]));
}

/// x: softmax + eps before, the doubly stochastic matrix after.
DEVICE void sinkhorn(float (&x)[4], const StepSums &kept) {
  scaleColumn(x, 0, kept);
#pragma unroll 1
  for (int step = 1; step < 2 * kIterations - 1; step += 2) {
    scaleRows(x, step, kept);
    scaleColumn(x, step + 1, kept);
  }
}

/// d <- (d - sum(d x)) / s, x <- x s: dL/dx before a step from that after it.
DEVICE void reverseColumn(float (&d)[4], float (&x)[4], int step,
                          const StepSums &kept) {
  const float sum = loadSharedF(kept.ofLane(step));
  const float reciprocal = rcpApprox(sum);
  const float products[4] = {d[0] * x[0], d[1] * x[1], d[2] * x[2],
                             d[3] * x[3]};
  const float inner = addFour(products);
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    d[i] = (d[i] - inner) * reciprocal;
    x[i] *= sum;
  }
}

DEVICE void reverseRows(float (&d)[4], float (&x)[4], int step,
                        const StepSums &kept) {
  float sum[4];
  loadFour(sum, kept.ofToken(step));
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const float inner = addOverLanes(d[i] * x[i]);
    d[i] = (d[i] - inner) * rcpApprox(sum[i]);
    x[i] *= sum[i];
  }
}

/// d: dL/d matrix before, dL/d logits after.
DEVICE void reverseSinkhorn(float (&d)[4], const float (&logits)[4],
                            const StepSums &kept) {
  float p[4], x[4];
  softmaxOfRows(p, logits);
#pragma unroll
  for (int i = 0; i < 4; ++i)
    x[i] = p[i] + kSinkhornEps;
  sinkhorn(x, kept);
  __syncwarp();
#pragma unroll 1
  for (int step = 2 * kIterations - 2; step > 0; step -= 2) {
    reverseColumn(d, x, step, kept);
    reverseRows(d, x, step - 1, kept);
  }
  reverseColumn(d, x, 0, kept);
#pragma unroll
  for (int i = 0; i < 4; ++i)
    d[i] = p[i] * (d[i] - addOverLanes(d[i] * p[i]));
}

//===----------------------------------------------------------------------===//
// The parts of the kernel
//===----------------------------------------------------------------------===//

/// One warp: <dy, x'[o]> of a token over its lanes' columns, all lanes the sum.
template <int HIDDEN>
DEVICE void addDpre(float (&dpre)[4], const TokenParameters &p, size_t token) {
  const int lane = threadIdx.x & 31;
  float previous[kPrevious];
#pragma unroll
  for (int i = 0; i < kPrevious / 4; ++i) {
    const uint4 v = loadGlobal4(p.previous + token * kPrevious + 4 * i);
    previous[4 * i] = __uint_as_float(v.x);
    previous[4 * i + 1] = __uint_as_float(v.y);
    previous[4 * i + 2] = __uint_as_float(v.z);
    previous[4 * i + 3] = __uint_as_float(v.w);
  }
#pragma unroll
  for (int o = 0; o < 4; ++o)
    dpre[o] = 0;
#pragma unroll 2
  for (int k = 0; k < HIDDEN / 256; ++k) {
    const int column = k * 256 + lane * 8;
    uint4 x[4];
#pragma unroll
    for (int i = 0; i < 4; ++i)
      x[i] = loadGlobal4(p.x + (token * 4 + i) * HIDDEN + column);
    const uint4 f = loadGlobal4(p.f + token * HIDDEN + column);
    const uint4 dy = loadGlobal4(p.dy + token * HIDDEN + column);
    u32 next[4][4];
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
  }
#pragma unroll
  for (int o = 0; o < 4; ++o)
#pragma unroll
    for (int distance = 16; distance; distance >>= 1)
      dpre[o] += __shfl_xor_sync(~0u, dpre[o], distance);
}

/// The gradients that a lane holds: of row o of pre, of post, and of R[o].
struct LaneGradients {
  float pre, post, matrix[4];
};

/// dR[o] and dpost[o], added over slices in order.
template <int SLICES>
DEVICE void addSlices(LaneGradients &d, const TokenParameters &p, size_t token,
                      int stream) {
  d.post = 0;
#pragma unroll
  for (int i = 0; i < 4; ++i)
    d.matrix[i] = 0;
#pragma unroll 4
  for (int slice = 0; slice < SLICES; ++slice) {
    const float *sums = p.sums + (token * SLICES + slice) * kSums;
    const uint4 v = loadGlobal4(sums + stream * 4);
    d.matrix[0] += __uint_as_float(v.x);
    d.matrix[1] += __uint_as_float(v.y);
    d.matrix[2] += __uint_as_float(v.z);
    d.matrix[3] += __uint_as_float(v.w);
    d.post += sums[16 + stream];
  }
}

/// The row of phi of element `e` of a lane's six: pre, post, R[o,i].
DEVICE int rowOf(int element, int stream) {
  return element < 2 ? element * 4 + stream : 8 + (element - 2) * 4 + stream;
}

/// Writes dm of a token in both orders; of tokens from T on, zeros in the order
/// whose words two tokens share.
DEVICE void storeDm(const TokenParameters &p, int token, int stream,
                    const float (&dm)[6]) {
  const bool valid = token < p.tokens;
  u16 *rows = reinterpret_cast<u16 *>(p.dmRows) +
              static_cast<size_t>(token) * 2 * kDmRowWords;
  u16 *columns = reinterpret_cast<u16 *>(p.dmColumns) +
                 static_cast<size_t>(token / kTileTokens) * 2 * kDmColumnWords;
  const int pair = token % kTileTokens / 2, half = token & 1;
#pragma unroll
  for (int e = 0; e < 6; ++e) {
    const int row = rowOf(e, stream);
    const u32 high = packBf16(dm[e], 0) & 0xffff;
    const u32 low = packBf16(dm[e] - __uint_as_float(high << 16), 0) & 0xffff;
    if (valid) {
      rows[row] = static_cast<u16>(high);
      rows[kRows + row] = static_cast<u16>(low);
    }
    u16 *words = columns + (row * 4 + pair) * 4 + half;
    words[0] = static_cast<u16>(valid ? high : 0);
    words[2] = static_cast<u16>(valid ? low : 0);
  }
}

/// One warp: the program of the tile's tokens, backward.
template <int HIDDEN, int SLICES>
DEVICE void tokenProgram(const TokenParameters &p) {
  const u32 shared = sharedBase();
  const int lane = threadIdx.x & 31, slot = lane >> 2, stream = lane & 3;
  const int token = blockIdx.x * kTileTokens + slot;
  const size_t from = min(token, p.tokens - 1);

  LaneGradients d;
  addSlices<SLICES>(d, p, from, stream);
  const float *saved = p.saved + from * kSaved;
  const float rstd = saved[kRows];
  float h[6], logits[6], scales[6];
#pragma unroll
  for (int e = 0; e < 6; ++e) {
    const int row = rowOf(e, stream);
    scales[e] = p.scale[min(e, 2)];
    h[e] = saved[row];
    logits[e] = fmaf(scales[e], h[e], p.base[row]);
  }
  const StepSums kept = {shared + kStepSumsAt, static_cast<u32>(slot),
                         static_cast<u32>(lane)};
  const float matrix[4] = {logits[2], logits[3], logits[4], logits[5]};
  reverseSinkhorn(d.matrix, matrix, kept);
  const float pre = sigmoid(logits[0]), post = sigmoid(logits[1]);
  const float dpre = loadSharedF(shared + slot * 16 + stream * 4);
  const float dc[6] = {dpre * pre * (1 - pre),
                       kPostMult * d.post * post * (1 - post),
                       d.matrix[0],
                       d.matrix[1],
                       d.matrix[2],
                       d.matrix[3]};
  float dm[6], t = 0;
#pragma unroll
  for (int e = 0; e < 6; ++e) {
    const float dh = scales[e] * dc[e];
    dm[e] = rstd * dh;
    t = fmaf(dh, h[e], t);
  }
  t = addOverLanes(t);
  storeDm(p, token, stream, dm);
  if (token < p.tokens) {
    if (stream == 0)
      p.own[from * kOwn + kOwnScale] = -rstd * rstd * t / (4 * HIDDEN);
    float *gradients = p.tokenGradients + from * kTokenGradients;
#pragma unroll
    for (int e = 0; e < 6; ++e)
      gradients[rowOf(e, stream)] = dc[e];
    gradients[kRows + stream] = dpre;
  }
}

/// The kernel: a CTA for 8 tokens.
template <int HIDDEN, int SLICES>
DEVICE void backwardToken(const TokenParameters &p) {
  const int warp = threadIdx.x >> 5;
  waitForEarlierLaunch();
  float dpre[4];
  addDpre<HIDDEN>(
      dpre, p,
      min(static_cast<int>(blockIdx.x) * kTileTokens + warp, p.tokens - 1));
  // The kernel over columns may fetch phi now; it waits for this one's results.
  letNextLaunchStart();
  if ((threadIdx.x & 31) == 0)
    storeSharedF4(sharedBase() + warp * 16,
                  make_float4(dpre[0], dpre[1], dpre[2], dpre[3]));
  __syncthreads();
  if (warp == 0)
    tokenProgram<HIDDEN, SLICES>(p);
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_TOKEN_H
