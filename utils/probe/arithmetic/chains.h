//===- chains.h - What long chains of mma lose ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dot product over a long K, in accumulators of the tensor core for a part of
// it, and then in an f32 that is rounded to nearest.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_ARITHMETIC_CHAINS_H
#define PROBE_ARITHMETIC_CHAINS_H

#include "tiles.h"

namespace probe {

struct ChainParameters {
  /// Words by tile, step and lane; the sums by tile and lane.
  const u32 *a, *b;
  float *sums;
  u32 operation, wordsA, wordsB;
  /// Steps in all, and those after which the accumulators are added up.
  u32 steps, part;
};

/// A warp for each tile.
DEVICE void multiplyChainBody(const ChainParameters &p) {
  const u32 lane = threadIdx.x % 32;
  float total[4] = {0, 0, 0, 0};
  u32 d[4] = {0, 0, 0, 0};
  for (u32 step = 0; step < p.steps; ++step) {
    const u32 index = (blockIdx.x * p.steps + step) * 32 + lane;
    u32 a[4], b[2];
    loadWords<4>(a, p.a + index * p.wordsA, p.wordsA);
    loadWords<2>(b, p.b + index * p.wordsB, p.wordsB);
    multiplyWords(p.operation, d, a, b);
    if ((step + 1) % p.part == 0) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        total[i] += __uint_as_float(d[i]);
        d[i] = 0;
      }
    }
  }
#pragma unroll
  for (int i = 0; i < 4; ++i)
    p.sums[(blockIdx.x * 32 + lane) * 4 + i] = total[i];
}

PROBE_KERNEL(multiplyChain, 32, 1, ChainParameters, multiplyChainBody(p))

/// Rows and columns of normal random numbers about `mean`, and their products.
struct ChainData {
  /// A word for each element: rows of A, then columns of B.
  std::vector<uint32_t> lines[24];
  double exact[16][8] = {};

  ChainData(const Operation &operation, int length, double mean, uint64_t key) {
    const FloatFormat format = operation.operandFormat();
    CounterRandom random(key);
    std::vector<double> values[24];
    for (int line = 0; line < 24; ++line)
      for (int k = 0; k < length; ++k) {
        // The sum of twelve uniform numbers, four of 16 bits a word.
        double sum = -6;
        for (int i = 0; i < 3; ++i)
          for (uint64_t word = random.next(), j = 0; j < 4; ++j)
            sum += (static_cast<double>(word >> 16 * j & 0xffff) + 0.5) / 65536;
        uint32_t bits = encode(sum + mean, format);
        if (operation.operands == OperandType::TF32)
          bits &= ~0x1fffu;
        lines[line].push_back(bits);
        values[line].push_back(decode(bits, format));
      }
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 8; ++j)
        for (int k = 0; k < length; ++k)
          exact[i][j] += values[i][k] * values[16 + j][k];
  }
};

/// The chain of one sum by a model, with the same additions.
inline float modelChain(const Accumulator &accumulator,
                        const Operation &operation, const ChainData &data,
                        int row, int column, int steps, int part) {
  float total = 0;
  uint32_t d = 0;
  for (int step = 0; step < steps; ++step) {
    d = accumulator.add(&data.lines[row][step * operation.k],
                        &data.lines[16 + column][step * operation.k],
                        operation.k, d);
    if ((step + 1) % part == 0) {
      float sum;
      std::memcpy(&sum, &d, 4);
      total += sum;
      d = 0;
    }
  }
  return total;
}

/// Errors of chains over K, relative to the largest sum, and how many of the
/// sums a model misses.
inline void measureChains(int operation, const Accumulation &model, int length,
                          int tiles, double mean) {
  const Operation &op = kOperation[operation];
  const int steps = length / op.k, per = op.perWord();
  const int wordsA = op.wordsA(), wordsB = op.wordsB();
  std::vector<ChainData> data;
  for (int t = 0; t < tiles; ++t)
    data.emplace_back(op, length, mean, 0xc0ffee + 64 * operation + t);
  const size_t lanes = static_cast<size_t>(tiles) * steps * 32;
  std::vector<u32> a(lanes * wordsA), b(lanes * wordsB);
  for (size_t at = 0; at < lanes; ++at) {
    const ChainData &from = data[at / 32 / steps];
    const size_t first = at / 32 % steps * op.k;
    const int lane = static_cast<int>(at % 32);
    for (int i = 0; i < wordsA * per; ++i) {
      const Place place = placeInA(op, lane, i);
      a[at * wordsA + i / per] |= from.lines[place.row][first + place.column]
                                  << (i % per * 16);
    }
    for (int i = 0; i < wordsB * per; ++i) {
      const Place place = placeInB(op, lane, i);
      b[at * wordsB + i / per] |=
          from.lines[16 + place.column][first + place.row] << (i % per * 16);
    }
  }
  Buffer<u32> deviceA(a), deviceB(b);
  const Accumulator accumulator(model, op.operands, op.sum);
  for (const int part : {op.k, 64, 256, 1024, length}) {
    Buffer<float> sums(static_cast<size_t>(tiles) * 128);
    launch(multiplyChain, {static_cast<unsigned>(tiles), 32},
           {deviceA.data(), deviceB.data(), sums.data(),
            static_cast<u32>(operation), static_cast<u32>(wordsA),
            static_cast<u32>(wordsB), static_cast<u32>(steps),
            static_cast<u32>(part / op.k)});
    const std::vector<float> found = sums.download();
    double largest = 0, error = 0, bias = 0;
    int misses = 0;
    for (int t = 0; t < tiles; ++t)
      for (int i = 0; i < 128; ++i) {
        const Place place = placeInC(i / 4, i % 4);
        const double exact = data[t].exact[place.row][place.column];
        const double off = found[t * 128 + i] - exact;
        largest = std::max(largest, std::fabs(exact));
        error = std::fmax(error, std::isnan(off) ? INFINITY : std::fabs(off));
        bias += off * (exact < 0 ? -1 : 1) / (128.0 * tiles);
        // The model of one tile says enough.
        if (t == 0)
          misses +=
              modelChain(accumulator, op, data[t], place.row, place.column,
                         steps, part / op.k) != found[t * 128 + i];
      }
    Record("chain")
        .set("type", op.name)
        .set("length", length)
        .set("part", part)
        .set("mean", mean)
        .set("sums", 128 * tiles)
        .set("error", error / largest)
        .set("bias", bias / largest)
        .set("modelCases", 128)
        .set("modelMisses", misses)
        .print();
  }
}

} // namespace probe

#endif // PROBE_ARITHMETIC_CHAINS_H
