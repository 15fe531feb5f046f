//===- MatrixUnit.cpp - What one mma.sync computes, bit for bit -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Here is the plain program, which follows the header's description in
// integers. The fast one for float operands is in MatrixUnitRows.cpp.
//
//===----------------------------------------------------------------------===//

#include "MatrixUnit.h"

#include "AlignedSums.h"
#include "SmallFloats.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>

using namespace llvm;

// The bits must not depend on what the host can fuse.
#pragma STDC FP_CONTRACT OFF

namespace mhc::emulator {

//===----------------------------------------------------------------------===//
// Chips and operations
//===----------------------------------------------------------------------===//

AccumulationModel AccumulationModel::forChip(unsigned sm) {
  constexpr auto asF16 = Fp8::AsF16;
  constexpr auto native = Fp8::Native;
  if (sm >= 120) // Tensor cores with fp8 and f32 sums.
    return {25, 16, 8, native, 32, 25, 23};
  if (sm >= 90)
    return {25, 16, 8, asF16, 0, 0, 0};
  if (sm == 89)
    return {24, 8, 4, native, 16, 13, 13};
  return {24, 8, 4, asF16, 0, 0, 0};
}

static bool isFp8(MatrixType type) {
  return type == MatrixType::E4M3 || type == MatrixType::E5M2;
}

static bool isInt8(MatrixType type) {
  return type == MatrixType::S8 || type == MatrixType::U8;
}

/// The elements of a 32-bit word, 1 for f64 too, whose word has 64 bits.
unsigned getElementsPerWord(MatrixType type) {
  switch (type) {
  case MatrixType::BF16:
  case MatrixType::F16:
    return 2;
  case MatrixType::TF32:
  case MatrixType::F64:
    return 1;
  case MatrixType::E4M3:
  case MatrixType::E5M2:
  case MatrixType::S8:
  case MatrixType::U8:
    return 4;
  }
  llvm_unreachable("unknown matrix type");
}

bool MatrixOperation::isSupported() const {
  const bool isTall = m == 16 && n == 8;
  switch (a) {
  case MatrixType::BF16:
    return isTall && (k == 8 || k == 16) && b == a &&
           accumulator == AccumulatorType::F32;
  case MatrixType::F16:
    return isTall && (k == 8 || k == 16) && b == a &&
           (accumulator == AccumulatorType::F32 ||
            accumulator == AccumulatorType::F16);
  case MatrixType::TF32:
    return isTall && (k == 4 || k == 8) && b == a &&
           accumulator == AccumulatorType::F32;
  case MatrixType::E4M3:
  case MatrixType::E5M2:
    return isTall && (k == 16 || k == 32) && isFp8(b) &&
           (accumulator == AccumulatorType::F32 ||
            accumulator == AccumulatorType::F16);
  case MatrixType::F64:
    return ((m == 8 && n == 8 && k == 4) ||
            (isTall && (k == 4 || k == 8 || k == 16))) &&
           b == a && accumulator == AccumulatorType::F64;
  case MatrixType::S8:
  case MatrixType::U8:
    return isTall && (k == 16 || k == 32) && isInt8(b) &&
           accumulator == AccumulatorType::S32;
  }
  llvm_unreachable("unknown matrix type");
}

static unsigned getElementBits(AccumulatorType type) {
  switch (type) {
  case AccumulatorType::F16:
    return 16;
  case AccumulatorType::F32:
  case AccumulatorType::S32:
    return 32;
  case AccumulatorType::F64:
    return 64;
  }
  llvm_unreachable("unknown accumulator type");
}

/// The words of a lane, for a matrix of `elements`.
static unsigned getWords(unsigned elements, MatrixType type) {
  const unsigned words = elements / kWarpLanes / getElementsPerWord(type);
  return type == MatrixType::F64 ? 2 * words : words;
}

unsigned MatrixOperation::getWordsA() const { return getWords(m * k, a); }
unsigned MatrixOperation::getWordsB() const { return getWords(k * n, b); }
unsigned MatrixOperation::getWordsC() const {
  return m * n / kWarpLanes * getElementBits(accumulator) / 32;
}

MatrixPlace locateA(const MatrixOperation &operation, unsigned lane,
                    unsigned index) {
  const unsigned perWord = getElementsPerWord(operation.a);
  const unsigned word = index / perWord;
  const unsigned halves = operation.m / 8;
  return {lane / 4 + 8 * (word % halves),
          (word / halves * 4 + lane % 4) * perWord + index % perWord};
}

MatrixPlace locateB(const MatrixOperation &operation, unsigned lane,
                    unsigned index) {
  const unsigned perWord = getElementsPerWord(operation.b);
  const unsigned word = index / perWord;
  return {(word * 4 + lane % 4) * perWord + index % perWord, lane / 4};
}

MatrixPlace locateC(const MatrixOperation &, unsigned lane, unsigned index) {
  return {lane / 4 + 8 * (index / 2), lane % 4 * 2 + index % 2};
}

//===----------------------------------------------------------------------===//
// By elements
//===----------------------------------------------------------------------===//

namespace {

constexpr uint32_t kNaN32 = 0x7fffffff;
constexpr uint16_t kNaN16 = 0x7fff;

} // namespace

Blocks getBlocks(const MatrixOperation &operation,
                 const AccumulationModel &model) {
  if (!isFp8(operation.a)) {
    const unsigned products =
        operation.a == MatrixType::TF32 ? model.productsTF32 : model.products16;
    return {model.fractionBits, products, 23, false};
  }
  if (model.fp8 == AccumulationModel::Fp8::AsF16)
    return {model.fractionBits, model.products16, 23, true};
  return {model.fractionBitsFp8, model.productsFp8, model.resultBitsFp8, false};
}

/// Unpacks an IEEE-like format of up to 32 bits. A subnormal number keeps the
/// least exponent, and so does a zero.
static Unpacked unpack(uint32_t bits, unsigned exponentBits,
                       unsigned fractionBits) {
  Unpacked result;
  const uint32_t top = (1u << exponentBits) - 1;
  const uint32_t field = bits >> fractionBits & top;
  const uint32_t fraction = bits & ((1u << fractionBits) - 1);
  result.negative = bits >> (exponentBits + fractionBits) & 1;
  if (field == top) {
    result.kind = fraction ? Unpacked::NaN : Unpacked::Infinity;
    return result;
  }
  const auto bias = static_cast<int32_t>(top >> 1);
  result.exponent = std::max<int32_t>(static_cast<int32_t>(field), 1) - bias;
  result.significand = (fraction | (field ? 1u << fractionBits : 0u))
                       << (23 - fractionBits);
  return result;
}

Unpacked unpackElement(MatrixType type, uint32_t bits, bool asF16) {
  switch (type) {
  case MatrixType::BF16:
    return unpack(bits, 8, 7);
  case MatrixType::F16:
    return unpack(bits, 5, 10);
  case MatrixType::TF32:
    return unpack(bits & ~0x1fffu, 8, 23);
  case MatrixType::E5M2:
    return unpack(bits, 5, 2);
  case MatrixType::E4M3: {
    if (asF16)
      return unpack(e4m3ToF16(static_cast<uint8_t>(bits)), 5, 10);
    Unpacked result;
    if ((bits & 0x7f) == 0x7f) {
      result.kind = Unpacked::NaN;
      return result;
    }
    // No infinity: the exponents of a format with one more bit.
    result = unpack((bits & 0x7f) | (bits & 0x80) << 1, 5, 3);
    result.exponent += 15 - 7;
    return result;
  }
  case MatrixType::F64:
  case MatrixType::S8:
  case MatrixType::U8:
    break;
  }
  llvm_unreachable("not a float of a tensor core's aligned sums");
}

/// (-1)^negative * magnitude * 2^exponent as an f32 with `resultBits` fraction
/// bits, cut off toward zero; infinite beyond the largest finite number.
static uint32_t packTruncated(bool negative, uint64_t magnitude, int exponent,
                              unsigned resultBits) {
  if (magnitude == 0)
    return 0;
  const uint32_t sign = negative ? 0x80000000u : 0u;
  const int top = exponent + static_cast<int>(Log2_64(magnitude));
  if (top > 127)
    return sign | 0x7f800000u;
  const int last = std::max(top, kLeastExponent) - static_cast<int>(resultBits);
  const int drop = last - exponent;
  if (drop >= 64)
    return sign;
  const uint64_t kept = drop > 0 ? magnitude >> drop : magnitude << -drop;
  const auto fraction = static_cast<uint32_t>(kept << (23 - resultBits));
  return sign | (top < kLeastExponent
                     ? fraction
                     : fraction + (static_cast<uint32_t>(top + 126) << 23));
}

/// One block: the sum of products and accumulator, in the accumulator's type.
static uint32_t addBlock(const Unpacked *a, const Unpacked *b, unsigned count,
                         uint32_t accumulator, AccumulatorType type,
                         unsigned fractionBits, unsigned resultBits) {
  const bool isF16 = type == AccumulatorType::F16;
  const Unpacked c =
      isF16 ? unpack(accumulator, 5, 10) : unpack(accumulator, 8, 23);

  // Special values.
  bool isNaN = c.kind == Unpacked::NaN;
  bool infinite[2] = {false, false};
  if (c.kind == Unpacked::Infinity)
    infinite[c.negative] = true;
  for (unsigned i = 0; i != count; ++i) {
    if (a[i].kind == Unpacked::Finite && b[i].kind == Unpacked::Finite)
      continue;
    const bool hasZero =
        (a[i].kind == Unpacked::Finite && a[i].significand == 0) ||
        (b[i].kind == Unpacked::Finite && b[i].significand == 0);
    isNaN |=
        a[i].kind == Unpacked::NaN || b[i].kind == Unpacked::NaN || hasZero;
    infinite[a[i].negative != b[i].negative] = true;
  }
  if (isNaN || (infinite[0] && infinite[1]))
    return isF16 ? kNaN16 : kNaN32;
  if (infinite[0] || infinite[1]) {
    const uint32_t infinity = isF16 ? 0x7c00 : 0x7f800000;
    return infinity | (infinite[1] ? (isF16 ? 0x8000u : 0x80000000u) : 0u);
  }

  int32_t largest = kLeastExponent;
  if (c.significand)
    largest = std::max(largest, c.exponent);
  for (unsigned i = 0; i != count; ++i)
    if (a[i].significand && b[i].significand)
      largest = std::max(largest, a[i].exponent + b[i].exponent);

  // In units of 2^(largest - fractionBits).
  const auto cut = [&](uint64_t magnitude, int exponent, bool negative) {
    if (magnitude == 0)
      return int64_t(0);
    const int shift = exponent - largest + static_cast<int>(fractionBits);
    const uint64_t units =
        shift >= 0 ? magnitude << shift
                   : (shift > -64 ? magnitude >> -shift : uint64_t(0));
    return negative ? -static_cast<int64_t>(units)
                    : static_cast<int64_t>(units);
  };
  int64_t sum = cut(c.significand, c.exponent - 23, c.negative);
  for (unsigned i = 0; i != count; ++i)
    // A significand has 10 fraction bits at most, which leaves 13 zeros.
    if (a[i].significand && b[i].significand)
      sum += cut(uint64_t(a[i].significand >> 13) * (b[i].significand >> 13),
                 a[i].exponent + b[i].exponent - 20,
                 a[i].negative != b[i].negative);

  const int unit = largest - static_cast<int>(fractionBits);
  if (isF16)
    return doubleToF16(std::ldexp(static_cast<double>(sum), unit));
  const uint64_t magnitude =
      sum < 0 ? -static_cast<uint64_t>(sum) : static_cast<uint64_t>(sum);
  return packTruncated(sum < 0, magnitude, unit, resultBits);
}

/// An addition as of a CPU, with the canonical NaN.
uint32_t addRounded(uint32_t x, uint32_t y, AccumulatorType type) {
  if (type == AccumulatorType::F16) {
    const double sum = f16ToDouble(static_cast<uint16_t>(x)) +
                       f16ToDouble(static_cast<uint16_t>(y));
    return std::isnan(sum) ? kNaN16 : doubleToF16(sum);
  }
  const float sum = bit_cast<float>(x) + bit_cast<float>(y);
  return std::isnan(sum) ? kNaN32 : bit_cast<uint32_t>(sum);
}

/// One element of D from a row of A and a column of B, in the order of k.
uint32_t computeElement(const MatrixOperation &operation, const Blocks &blocks,
                        const uint32_t *row, const uint32_t *column,
                        uint32_t c) {
  std::array<Unpacked, kMaxK> a, b;
  // The place of k in the order in which blocks take the products.
  const auto getSlot = [&](unsigned k) {
    return blocks.asF16 ? k % 4 / 2 * (operation.k / 2) + k / 4 * 2 + k % 2 : k;
  };
  for (unsigned k = 0; k != operation.k; ++k) {
    a[getSlot(k)] = unpackElement(operation.a, row[k], blocks.asF16);
    b[getSlot(k)] = unpackElement(operation.b, column[k], blocks.asF16);
  }
  // With fp8 as f16, each pair of bytes is an operation of its own.
  const unsigned step =
      std::min(blocks.products, blocks.asF16 ? operation.k / 2 : operation.k);
  uint32_t sum = blocks.asF16 ? 0 : c;
  for (unsigned first = 0; first < operation.k; first += step)
    sum = addBlock(&a[first], &b[first], step, sum, operation.accumulator,
                   blocks.fractionBits, blocks.resultBits);
  return blocks.asF16 ? addRounded(c, sum, operation.accumulator) : sum;
}

/// An element of a fragment's words.
static uint32_t getElement(const uint32_t *words, unsigned index,
                           unsigned perWord) {
  const unsigned bits = 32 / perWord;
  return words[index / perWord] >> (index % perWord * bits) &
         (bits == 32 ? ~0u : (1u << bits) - 1);
}

void gatherElements(const MatrixOperation &operation, const uint32_t *a,
                    const uint32_t *b, Elements &elements) {
  const unsigned perWord = getElementsPerWord(operation.a);
  const size_t wordsA = operation.getWordsA();
  const size_t wordsB = operation.getWordsB();
  for (unsigned lane = 0; lane != kWarpLanes; ++lane) {
    for (unsigned i = 0; i != wordsA * perWord; ++i) {
      const MatrixPlace place = locateA(operation, lane, i);
      elements.rows[place.row][place.column] =
          getElement(a + lane * wordsA, i, perWord);
    }
    for (unsigned i = 0; i != wordsB * perWord; ++i) {
      const MatrixPlace place = locateB(operation, lane, i);
      elements.columns[place.column][place.row] =
          getElement(b + lane * wordsB, i, perWord);
    }
  }
}

void addFloatsByElement(const MatrixOperation &operation, const Blocks &blocks,
                        const uint32_t *a, const uint32_t *b, const uint32_t *c,
                        uint32_t *d) {
  Elements elements;
  gatherElements(operation, a, b, elements);
  const size_t words = operation.getWordsC();
  const unsigned perWord = 4 / words;
  for (unsigned lane = 0; lane != kWarpLanes; ++lane) {
    std::array<uint32_t, 4> results = {};
    for (unsigned i = 0; i != 4; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      const uint32_t element =
          computeElement(operation, blocks, elements.rows[place.row],
                         elements.columns[place.column],
                         getElement(c + lane * words, i, perWord));
      results[i / perWord] |= element << (i % perWord * 16);
    }
    std::copy_n(results.begin(), words, d + lane * words);
  }
}

static void computeDoubles(const MatrixOperation &operation, const uint32_t *a,
                           const uint32_t *b, const uint32_t *c, uint32_t *d) {
  double rows[16][16];
  double columns[8][16];
  const auto load = [](const uint32_t *words, unsigned index) {
    return bit_cast<double>(uint64_t(words[2 * index + 1]) << 32 |
                            words[2 * index]);
  };
  const size_t countA = operation.getWordsA() / 2;
  const size_t countB = operation.getWordsB() / 2;
  const size_t countC = operation.getWordsC() / 2;
  for (unsigned lane = 0; lane != kWarpLanes; ++lane) {
    for (unsigned i = 0; i != countA; ++i) {
      const MatrixPlace place = locateA(operation, lane, i);
      rows[place.row][place.column] = load(a, lane * countA + i);
    }
    for (unsigned i = 0; i != countB; ++i) {
      const MatrixPlace place = locateB(operation, lane, i);
      columns[place.column][place.row] = load(b, lane * countB + i);
    }
  }
  for (unsigned lane = 0; lane != kWarpLanes; ++lane)
    for (unsigned i = 0; i != countC; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      double sum = load(c, lane * countC + i);
      for (unsigned k = 0; k != operation.k; ++k)
        sum = std::fma(rows[place.row][k], columns[place.column][k], sum);
      const auto bits = std::isnan(sum) ? uint64_t(0x7fffffffffffffff)
                                        : bit_cast<uint64_t>(sum);
      d[2 * (lane * countC + i)] = static_cast<uint32_t>(bits);
      d[2 * (lane * countC + i) + 1] = static_cast<uint32_t>(bits >> 32);
    }
}

static void computeIntegers(const MatrixOperation &operation, const uint32_t *a,
                            const uint32_t *b, const uint32_t *c, uint32_t *d) {
  int32_t rows[16][kMaxK];
  int32_t columns[8][kMaxK];
  const auto widen = [](uint32_t bits, MatrixType type) {
    return type == MatrixType::S8 ? static_cast<int8_t>(bits)
                                  : static_cast<int32_t>(bits);
  };
  const size_t wordsA = operation.getWordsA();
  const size_t wordsB = operation.getWordsB();
  for (unsigned lane = 0; lane != kWarpLanes; ++lane) {
    for (unsigned i = 0; i != 4 * wordsA; ++i) {
      const MatrixPlace place = locateA(operation, lane, i);
      rows[place.row][place.column] =
          widen(getElement(a + lane * wordsA, i, 4), operation.a);
    }
    for (unsigned i = 0; i != 4 * wordsB; ++i) {
      const MatrixPlace place = locateB(operation, lane, i);
      columns[place.column][place.row] =
          widen(getElement(b + lane * wordsB, i, 4), operation.b);
    }
  }
  for (unsigned lane = 0; lane != kWarpLanes; ++lane)
    for (unsigned i = 0; i != 4; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      int64_t sum = static_cast<int32_t>(c[lane * 4 + i]);
      for (unsigned k = 0; k != operation.k; ++k)
        sum += rows[place.row][k] * columns[place.column][k];
      if (operation.saturate)
        sum = std::clamp<int64_t>(sum, INT32_MIN, INT32_MAX);
      d[lane * 4 + i] = static_cast<uint32_t>(sum);
    }
}

static void checkSizes(const MatrixOperation &operation, ArrayRef<uint32_t> a,
                       ArrayRef<uint32_t> b, ArrayRef<uint32_t> c,
                       MutableArrayRef<uint32_t> d) {
  assert(operation.isSupported() && "expected a supported operation");
  assert(a.size() == kWarpLanes * operation.getWordsA() &&
         b.size() == kWarpLanes * operation.getWordsB() &&
         c.size() == kWarpLanes * operation.getWordsC() &&
         d.size() == c.size() && "expected the words of 32 lanes");
  (void)operation, (void)a, (void)b, (void)c, (void)d;
}

void multiplyAccumulateByElement(const MatrixOperation &operation,
                                 const AccumulationModel &model,
                                 ArrayRef<uint32_t> a, ArrayRef<uint32_t> b,
                                 ArrayRef<uint32_t> c,
                                 MutableArrayRef<uint32_t> d) {
  checkSizes(operation, a, b, c, d);
  if (operation.accumulator == AccumulatorType::F64)
    return computeDoubles(operation, a.data(), b.data(), c.data(), d.data());
  if (operation.accumulator == AccumulatorType::S32)
    return computeIntegers(operation, a.data(), b.data(), c.data(), d.data());
  addFloatsByElement(operation, getBlocks(operation, model), a.data(), b.data(),
                     c.data(), d.data());
}

void multiplyAccumulate(const MatrixOperation &operation,
                        const AccumulationModel &model, ArrayRef<uint32_t> a,
                        ArrayRef<uint32_t> b, ArrayRef<uint32_t> c,
                        MutableArrayRef<uint32_t> d) {
  checkSizes(operation, a, b, c, d);
  if (operation.accumulator == AccumulatorType::F64 ||
      operation.accumulator == AccumulatorType::S32)
    return multiplyAccumulateByElement(operation, model, a, b, c, d);

  const Blocks blocks = getBlocks(operation, model);
  if (!addFloatsByRow(operation, blocks, a.data(), b.data(), c.data(),
                      d.data()))
    addFloatsByElement(operation, blocks, a.data(), b.data(), c.data(),
                       d.data());
}

} // namespace mhc::emulator
