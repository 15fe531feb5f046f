//===- forward_math.h - What a lane computes in the forward -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The arithmetic that the one-kernel forward boundary and the two-kernel form
// share, so that they give the same bits.
//
// A warp has a unit: 8 tokens by 32 hidden columns of 4 streams. Its lane has
// 8 columns (lane % 4) of one token (lane / 4): five pieces of 16 bytes, of the
// streams and of f. Two words of a stream's piece are a B fragment of
// m16n8k16, whose A holds phi^T: rows 8 t to 8 t + 7 are coefficients, and a
// lane's sums are of coefficient lane / 4 and tokens 2 (lane % 4) and the next.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_FORWARD_MATH_H
#define PROBE_PROTOTYPES_FORWARD_MATH_H

#include "device/device.h"

namespace probe {

constexpr int kStreams = 4;
/// pre (4), post (4), matrix (16).
constexpr int kCoefficients = 24;
/// What a connection that is combined with needs: post (4), R [out, in] (16).
constexpr int kMixing = 20;
/// The sums of a token: coefficients, the sum of squares, and padding to 16
/// bytes.
constexpr int kSums = 28;
constexpr int kSumBytes = kSums * 4;
constexpr int kUnitTokens = 8;
constexpr int kWarpColumns = 32;
/// A warp's copy of a unit: five pieces of 16 bytes a lane.
constexpr int kPieceBytes = 32 * 16;
constexpr int kWarpUnitBytes = (kStreams + 1) * kPieceBytes;

/// Tiles of m16 a k step: three hold two bf16 terms of 24 coefficients (8 rows
/// of the first above 8 rows of the second), two more hold the third term.
constexpr int tilesOf(int terms) { return terms == 3 ? 5 : 3; }
/// A fragments of a warp: 4 streams, 2 k steps of 16 columns.
constexpr int fragmentsOf(int terms) { return 8 * tilesOf(terms); }

DEVICE u32 wordOf(const uint4 &v, int index) {
  return index == 0 ? v.x : index == 1 ? v.y : index == 2 ? v.z : v.w;
}

/// Streams of the next connection, in two bf16 of a word for each.
struct NextWords {
  /// By stream, then by word of the piece.
  u32 words[kStreams][4];
  /// Sums of squares, of the words' low and high halves.
  float squaresLow = 0, squaresHigh = 0;
};

/// x'[o] = post[o] f + sum_i R[o,i] x[i] for word `q` of the pieces: a
/// multiplication, an fma a stream, one rounding.
DEVICE void combineWord(const uint4 (&x)[kStreams], const uint4 &f,
                        const float (&mixing)[kMixing], int q,
                        NextWords &next) {
  float low[kStreams], high[kStreams];
#pragma unroll
  for (int i = 0; i < kStreams; ++i) {
    low[i] = lowHalf(wordOf(x[i], q));
    high[i] = highHalf(wordOf(x[i], q));
  }
  const float fLow = lowHalf(wordOf(f, q)), fHigh = highHalf(wordOf(f, q));
#pragma unroll
  for (int o = 0; o < kStreams; ++o) {
    float a = mixing[o] * fLow, b = mixing[o] * fHigh;
#pragma unroll
    for (int i = 0; i < kStreams; ++i) {
      a = fmaf(mixing[4 + 4 * o + i], low[i], a);
      b = fmaf(mixing[4 + 4 * o + i], high[i], b);
    }
    const u32 rounded = packBf16(a, b);
    next.words[o][q] = rounded;
    a = lowHalf(rounded), b = highHalf(rounded);
    next.squaresLow = fmaf(a, a, next.squaresLow);
    next.squaresHigh = fmaf(b, b, next.squaresHigh);
  }
}

/// Combines a unit and multiplies it with phi, a k step as soon as its words
/// are there. multiply(accumulator, fragment, b0, b1) adds one mma.
template <int TILES, typename Multiply>
DEVICE void combineAndProject(const uint4 (&x)[kStreams], const uint4 &f,
                              const float (&mixing)[kMixing], NextWords &next,
                              float (&sums)[TILES][4], Multiply multiply) {
#pragma unroll
  for (int i = 0; i < 4 * TILES; ++i)
    sums[i >> 2][i & 3] = 0;
#pragma unroll
  for (int q = 0; q < 4; ++q) {
    combineWord(x, f, mixing, q, next);
    if (q & 1) {
#pragma unroll
      for (int o = 0; o < kStreams; ++o)
#pragma unroll
        for (int tile = 0; tile < TILES; ++tile)
          multiply(sums[tile], (o * 2 + (q >> 1)) * TILES + tile,
                   next.words[o][q - 1], next.words[o][q]);
    }
  }
}

/// Writes a warp's sums of a unit to shared memory, kSumBytes a token from
/// `address` on: the terms of phi added, and the sum of squares of 32 columns.
/// (Of the ways to write the addresses, ptxas 13.0 spills least with this.)
template <int TILES>
DEVICE void storeSums(u32 address, float (&sums)[TILES][4],
                      const NextWords &next, int lane) {
  const int row = lane >> 2, column = lane & 3;
  float squares = next.squaresLow + next.squaresHigh;
  squares += __shfl_xor_sync(~0u, squares, 1);
  squares += __shfl_xor_sync(~0u, squares, 2);
  if (TILES == 5) { // the third term: coefficients 0-7 and 8-15, then 16-23
    sums[0][0] += sums[TILES - 2][0];
    sums[0][1] += sums[TILES - 2][1];
    sums[1][0] += sums[TILES - 2][2];
    sums[1][1] += sums[TILES - 2][3];
    sums[2][0] += sums[TILES - 1][0];
    sums[2][1] += sums[TILES - 1][1];
  }
#pragma unroll
  for (int tile = 0; tile < 3; ++tile) {
    const int offset = (8 * tile + row) * 4;
    storeSharedF(address + 2 * column * kSumBytes + offset,
                 sums[tile][0] + sums[tile][2]);
    storeSharedF(address + (2 * column + 1) * kSumBytes + offset,
                 sums[tile][1] + sums[tile][3]);
  }
  if (column == 0)
    storeSharedF4(address + row * kSumBytes + kCoefficients * 4,
                  make_float4(squares, 0, 0, 0));
}

/// y = sum_i pre[i] x'[i] for one word of the pieces.
DEVICE u32 aggregateWord(const float4 &pre, u32 x0, u32 x1, u32 x2, u32 x3) {
  float low = pre.x * lowHalf(x0), high = pre.x * highHalf(x0);
  low = fmaf(pre.y, lowHalf(x1), low);
  high = fmaf(pre.y, highHalf(x1), high);
  low = fmaf(pre.z, lowHalf(x2), low);
  high = fmaf(pre.z, highHalf(x2), high);
  low = fmaf(pre.w, lowHalf(x3), low);
  high = fmaf(pre.w, highHalf(x3), high);
  return packBf16(low, high);
}

DEVICE uint4 aggregatePiece(const float4 &pre, const uint4 (&x)[kStreams]) {
  return make_uint4(aggregateWord(pre, x[0].x, x[1].x, x[2].x, x[3].x),
                    aggregateWord(pre, x[0].y, x[1].y, x[2].y, x[3].y),
                    aggregateWord(pre, x[0].z, x[1].z, x[2].z, x[3].z),
                    aggregateWord(pre, x[0].w, x[1].w, x[2].w, x[3].w));
}

//===----------------------------------------------------------------------===//
// The program of the token
//===----------------------------------------------------------------------===//

constexpr float kSinkhornEpsilon = 1e-6f;
constexpr int kSinkhornIterations = 20;
constexpr float kPreEpsilon = 1e-6f;
constexpr float kLog2E = 1.44269504f;

/// 1 / sqrt(mean of squares + epsilon) over the streams.
DEVICE float rstdOf(float squares, int hidden, float epsilon) {
  return rsqrtApprox(fmaf(squares, 1.0f / (kStreams * hidden), epsilon));
}

/// Coefficient of a projection, where lane k below 24 has the k-th sum and its
/// scale and base, and lane 24 has the sum of squares.
DEVICE float coefficientOf(float sum, float scale, float base, int hidden,
                           float epsilon) {
  const float squares = __shfl_sync(~0u, sum, kCoefficients);
  return fmaf(sum * rstdOf(squares, hidden, epsilon), scale, base);
}

DEVICE float sigmoidOf(float v) {
  return rcpApprox(1.0f + ex2Approx(-kLog2E * v));
}

/// pre in lanes 0 to 3, post in lanes 4 to 7.
DEVICE float gateOf(float coefficient, int lane) {
  const float sigmoid = sigmoidOf(coefficient);
  return lane < 4 ? sigmoid + kPreEpsilon : 2.0f * sigmoid;
}

/// The scale of coefficient `index`, of pre, post and matrix.
DEVICE float scaleOf(const float *scale, int index) {
  return scale[index < 4 ? 0 : index < 8 ? 1 : 2];
}

/// The matrix of a token in four lanes, a row each: one column step.
DEVICE void normaliseColumns(float (&row)[4]) {
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    float sum = row[j] + __shfl_xor_sync(~0u, row[j], 1);
    sum += __shfl_xor_sync(~0u, sum, 2);
    row[j] *= rcpApprox(sum + kSinkhornEpsilon);
  }
}

/// Sinkhorn from logits, four lanes a token, a row each: softmax of the rows
/// and epsilon, columns, then rows and columns in turn.
DEVICE void sinkhornRows(float (&row)[4]) {
  const float largest = fmaxf(fmaxf(row[0], row[1]), fmaxf(row[2], row[3]));
#pragma unroll
  for (int j = 0; j < 4; ++j)
    row[j] = ex2Approx((row[j] - largest) * kLog2E);
  float reciprocal = rcpApprox((row[0] + row[1]) + (row[2] + row[3]));
#pragma unroll
  for (int j = 0; j < 4; ++j)
    row[j] = fmaf(row[j], reciprocal, kSinkhornEpsilon);
  normaliseColumns(row);
#pragma unroll 1
  for (int i = 1; i < kSinkhornIterations; ++i) {
    reciprocal =
        rcpApprox((row[0] + row[1]) + (row[2] + row[3]) + kSinkhornEpsilon);
#pragma unroll
    for (int j = 0; j < 4; ++j)
      row[j] *= reciprocal;
    normaliseColumns(row);
  }
}

/// The sum over the lanes that differ in bits STEP and 2 STEP.
template <int STEP> DEVICE float sumOfFour(float v) {
  v += __shfl_xor_sync(~0u, v, STEP);
  return v + __shfl_xor_sync(~0u, v, 2 * STEP);
}

/// The same with one element a lane: element lane % 16, row by row. The sums
/// are the same trees, so the bits are the same.
DEVICE float sinkhornElements(float v) {
  float largest = fmaxf(v, __shfl_xor_sync(~0u, v, 1));
  largest = fmaxf(largest, __shfl_xor_sync(~0u, largest, 2));
  v = ex2Approx((v - largest) * kLog2E);
  v = fmaf(v, rcpApprox(sumOfFour<1>(v)), kSinkhornEpsilon);
  v *= rcpApprox(sumOfFour<4>(v) + kSinkhornEpsilon);
#pragma unroll 1
  for (int i = 1; i < kSinkhornIterations; ++i) {
    v *= rcpApprox(sumOfFour<1>(v) + kSinkhornEpsilon);
    v *= rcpApprox(sumOfFour<4>(v) + kSinkhornEpsilon);
  }
  return v;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_FORWARD_MATH_H
