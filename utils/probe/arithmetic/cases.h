//===- cases.h - Dot products that tell models apart ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tile is what one mma.sync takes: 16 rows of A, 8 columns of B, and 128
// accumulators; each of its 128 sums is a case. Case N of an operation is sum
// N % 128 (row by row) of tile N / 128, and a tile depends on the operation and
// on its number alone, so that a case can be made again.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_ARITHMETIC_CASES_H
#define PROBE_ARITHMETIC_CASES_H

#include "device/accumulation.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace probe {

/// An mma.sync of m16n8.
struct Operation {
  const char *name;
  OperandType operands;
  SumType sum;
  int k;

  FloatFormat operandFormat() const {
    return operands == OperandType::BF16  ? kBf16
           : operands == OperandType::F16 ? kF16
                                          : kF32;
  }
  FloatFormat sumFormat() const { return sum == SumType::F16 ? kF16 : kF32; }
  /// Of an operand, the fraction bits that count.
  int precision() const { return operands == OperandType::BF16 ? 7 : 10; }
  int perWord() const { return operands == OperandType::TF32 ? 1 : 2; }
  /// The words that a lane holds.
  int wordsA() const { return k / perWord() / 2; }
  int wordsB() const { return k / perWord() / 4; }
  int wordsC() const { return sum == SumType::F16 ? 2 : 4; }
};

constexpr int kOperations = 8;
constexpr Operation kOperation[kOperations] = {
    {"m16n8k16 bf16", OperandType::BF16, SumType::F32, 16},
    {"m16n8k8 bf16", OperandType::BF16, SumType::F32, 8},
    {"m16n8k8 tf32", OperandType::TF32, SumType::F32, 8},
    {"m16n8k4 tf32", OperandType::TF32, SumType::F32, 4},
    {"m16n8k16 f16", OperandType::F16, SumType::F32, 16},
    {"m16n8k8 f16", OperandType::F16, SumType::F32, 8},
    {"m16n8k16 f16 in f16", OperandType::F16, SumType::F16, 16},
    {"m16n8k8 f16 in f16", OperandType::F16, SumType::F16, 8}};

constexpr int kMostK = 16;

/// The elements of one mma, as bits: A by rows, B by columns, C by rows.
struct Tile {
  uint32_t a[16][kMostK], b[8][kMostK], c[16][8];
};

/// What a tile is made to show.
enum class CaseKind {
  Normal,      // operands between 1/4 and 4
  Wide,        // exponents all over the range
  Cancelling,  // sums that nearly vanish
  OneLarge,    // one large product, many tiny ones
  LargeAddend, // an accumulator above the products
  SmallAddend, // and below them
  Subnormal,   // subnormal operands and accumulators
  Zeros,       // zeros of both signs
  Infinities,  // with NaN from their differences and products with zero
  NaNs,        // of both signs, quiet and signalling, with payloads
  Overflow,    // sums near the largest number
  Ties,        // sums halfway between two numbers, or next to that
  TinyResults, // sums near the least subnormal number
  AnyBits,     // random words
};
constexpr int kCaseKinds = 14;
constexpr const char *kCaseKindName[kCaseKinds] = {
    "normal",       "wide",      "cancelling",   "one large",  "large addend",
    "small addend", "subnormal", "zeros",        "infinities", "nan",
    "overflow",     "ties",      "tiny results", "any bits"};

/// Those that tell how numbers are added, and nothing of special values.
inline bool isNumeric(int kind) {
  return kind <= static_cast<int>(CaseKind::SmallAddend) ||
         kind == static_cast<int>(CaseKind::Ties);
}

inline int kindOfTile(uint64_t tile) {
  return static_cast<int>(tile % kCaseKinds);
}

/// Numbers from a counter: the finalizer of SplitMix64 (Steele, Lea, Flood,
/// 2014) of key + counter.
class CounterRandom {
public:
  explicit CounterRandom(uint64_t key) : key(mix(key)) {}
  uint64_t next() { return mix(key + 0x9e3779b97f4a7c15 * ++counter); }
  /// From `least` to `greatest`.
  int between(int least, int greatest) {
    return least + static_cast<int>(
                       next() % static_cast<unsigned>(greatest - least + 1));
  }
  bool oneOf(int count) { return next() % static_cast<unsigned>(count) == 0; }

  static uint64_t mix(uint64_t v) {
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
  }

private:
  uint64_t key, counter = 0;
};

/// A double in a format, to nearest even.
inline uint32_t encode(double value, FloatFormat format) {
  if (std::isnan(value))
    return format.infinity() | 1u << (format.fractionBits - 1);
  const bool negative = std::signbit(value);
  if (std::isinf(value))
    return format.infinity() | (negative ? format.sign() : 0);
  int exponent;
  const double fraction = std::frexp(std::fabs(value), &exponent);
  return packFloat(negative, static_cast<uint64_t>(std::ldexp(fraction, 53)),
                   exponent - 53, format, Accumulation::Nearest);
}

inline double decode(uint32_t bits, FloatFormat format) {
  const UnpackedFloat v = unpackFloat(bits, format);
  const double size =
      v.kind == UnpackedFloat::NaN ? NAN
      : v.kind == UnpackedFloat::Infinity
          ? INFINITY
          : std::ldexp(v.significand, v.exponent - format.fractionBits);
  return v.negative ? -size : size;
}

/// Makes the tiles of an operation.
class TileMaker {
public:
  TileMaker(const Operation &operation, int index, uint64_t number)
      : operation(operation), format(operation.operandFormat()),
        sums(operation.sumFormat()),
        random(static_cast<uint64_t>(index + 1) << 40 ^ number),
        kind(static_cast<CaseKind>(kindOfTile(number))) {}

  Tile make() {
    std::memset(&tile, 0, sizeof tile);
    shift = random.between(-2, 2);
    isEven = random.oneOf(2);
    large = random.between(0, operation.k - 1);
    for (int k = 0; k < operation.k; ++k)
      order[k] = k;
    for (int k = operation.k - 1; k > 0; --k)
      std::swap(order[k], order[random.between(0, k)]);
    for (auto &row : tile.a)
      fill(row);
    for (auto &column : tile.b)
      fill(column);
    if (kind == CaseKind::Cancelling)
      oppose();
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 8; ++j)
        tile.c[i][j] = addend(i, j);
    return tile;
  }

private:
  /// A number of random sign and fraction with an exponent, as far as the
  /// format goes. Of tf32, the lower 13 bits are random one time in four.
  uint32_t number(int exponent) {
    const uint32_t bits = number(exponent, format);
    return operation.operands == OperandType::TF32 && !random.oneOf(4)
               ? bits & ~0x1fffu
               : bits;
  }
  uint32_t number(int exponent, FloatFormat type) {
    const uint64_t r = random.next();
    exponent = std::clamp(exponent, type.leastExponent(), type.bias());
    uint32_t fraction =
        static_cast<uint32_t>(r) & ((1u << type.fractionBits) - 1);
    // Few bits now and then, so that sums are exact.
    if ((r >> 32 & 7) == 0)
      fraction &= ~0u << (type.fractionBits - 2);
    return (r >> 63 ? type.sign() : 0) |
           static_cast<uint32_t>(exponent + type.bias()) << type.fractionBits |
           fraction;
  }

  uint32_t subnormal(FloatFormat type) {
    const uint64_t r = random.next();
    uint32_t fraction =
        static_cast<uint32_t>(r) & ((1u << type.fractionBits) - 1);
    if (operation.operands == OperandType::TF32 && r >> 40 & 1)
      fraction &= ~0x1fffu;
    return (r >> 63 ? type.sign() : 0) | fraction;
  }
  uint32_t zero(FloatFormat type) { return random.oneOf(2) ? type.sign() : 0; }
  uint32_t nan(FloatFormat type) {
    const uint64_t r = random.next();
    uint32_t fraction =
        static_cast<uint32_t>(r) & ((1u << type.fractionBits) - 1);
    if (r >> 40 & 1)
      fraction &= (1u << (type.fractionBits / 2)) - 1;
    return (r >> 63 ? type.sign() : 0) | type.infinity() |
           std::max(fraction, 1u);
  }

  /// A row or a column.
  void fill(uint32_t *values) {
    lineSign = zero(format);
    for (int k = 0; k < operation.k; ++k)
      values[k] = element(k);
  }

  uint32_t element(int k) {
    const bool isHalf = format.exponentBits == 5;
    // Half of the least exponent of a product that an f32 can hold, or 2^-24.
    const int tiny = sums.exponentBits == 5 ? -12 : isHalf ? -14 : -73;
    switch (kind) {
    case CaseKind::Normal:
      return number(random.between(-2, 1));
    case CaseKind::Wide:
      return number(isHalf ? random.between(-14, 7) : random.between(-24, 24));
    case CaseKind::Cancelling:
      return number(random.between(-4, 3));
    case CaseKind::OneLarge:
      return number(k == large ? 5 + shift / 2 : random.between(-10, -6));
    case CaseKind::LargeAddend:
      return number(random.between(-6, -2));
    case CaseKind::SmallAddend:
      return number(random.between(-1, 3));
    case CaseKind::Subnormal:
      if (random.oneOf(3))
        return subnormal(format);
      return number(random.oneOf(2)
                        ? random.between(0, format.bias())
                        : format.leastExponent() + random.between(0, 3));
    case CaseKind::Zeros:
      if (isEven)
        return lineSign;
      return random.oneOf(6) ? number(isHalf ? random.between(-14, 15)
                                             : random.between(-126, 126))
                             : zero(format);
    case CaseKind::Infinities:
      if (random.oneOf(2 * operation.k))
        return format.infinity() | zero(format);
      return random.oneOf(4 * operation.k) ? zero(format)
                                           : number(random.between(-3, 3));
    case CaseKind::NaNs:
      return random.oneOf(2 * operation.k) ? nan(format)
                                           : number(random.between(-3, 3));
    case CaseKind::Overflow:
      if (sums.exponentBits == 5)
        return number(random.between(4, 7));
      return number(isHalf ? random.between(12, 15) : random.between(60, 65));
    case CaseKind::Ties:
      return tieElement(k);
    case CaseKind::TinyResults:
      if (isEven && !random.oneOf(4))
        return zero(format);
      return number(tiny + random.between(-4, 3) + shift);
    case CaseKind::AnyBits:
      break;
    }
    const auto bits = static_cast<uint32_t>(random.next());
    return format.fractionBits == 23 ? bits : bits & 0xffff;
  }

  /// One or two products that are a power of two, the rest zero or tiny.
  uint32_t tieElement(int k) {
    const int exponent = sums.exponentBits == 5 ? -5 : -12;
    const uint32_t power =
        static_cast<uint32_t>(exponent + random.between(0, 1) + format.bias())
        << format.fractionBits;
    if (k == order[0] || (k == order[1] && random.oneOf(2)))
      return power | zero(format);
    // Far below a half, or many a little below it.
    if (isEven ? k != order[2] : random.oneOf(4))
      return zero(format);
    return number(exponent - (isEven ? 8 : 1) + random.between(-1, 0));
  }

  /// Pairs of places whose products are opposite, or nearly so.
  void oppose() {
    for (int pair = 0; pair + 1 < operation.k; pair += 2) {
      const int x = order[pair], y = order[pair + 1];
      for (auto &row : tile.a)
        row[y] = row[x];
      for (auto &column : tile.b)
        column[y] = column[x] ^ format.sign();
    }
    // Some differ in their last bits, or are far smaller.
    const uint32_t last = 1u << (format.fractionBits - operation.precision());
    for (auto &row : tile.a)
      for (int k = 0; k < operation.k; ++k)
        if (random.oneOf(8))
          row[k] ^= last;
        else if (random.oneOf(8))
          row[k] = number(random.between(-14, -9));
  }

  /// The sum of products, as a double has it.
  double estimate(int i, int j) const {
    double total = 0;
    for (int k = 0; k < operation.k; ++k)
      total += decode(tile.a[i][k], format) * decode(tile.b[j][k], format);
    return total;
  }

  uint32_t addend(int i, int j) {
    const bool isHalf = sums.exponentBits == 5;
    switch (kind) {
    case CaseKind::Normal:
      return number(random.between(-2, 4), sums);
    case CaseKind::Wide:
      return random.oneOf(4) ? zero(sums)
                             : number(isHalf ? random.between(-14, 14)
                                             : random.between(-40, 40),
                                      sums);
    case CaseKind::Cancelling:
      if (random.oneOf(3))
        return number(random.between(-20, 2), sums);
      return random.oneOf(3) ? zero(sums) : encode(-estimate(i, j), sums);
    case CaseKind::OneLarge:
      if (random.oneOf(3))
        return zero(sums);
      return encode(-decode(tile.a[i][large], format) *
                        decode(tile.b[j][large], format),
                    sums);
    case CaseKind::LargeAddend:
      return number(random.between(-2, isHalf ? 9 : 22), sums);
    case CaseKind::SmallAddend:
      return number(random.between(isHalf ? -14 : -32, -4), sums);
    case CaseKind::Subnormal:
      if (random.oneOf(2))
        return subnormal(sums);
      return random.oneOf(2) ? encode(-estimate(i, j), sums) : zero(sums);
    case CaseKind::Zeros:
      return random.oneOf(8) ? subnormal(sums) : zero(sums);
    case CaseKind::Infinities:
      return random.oneOf(6) ? sums.infinity() | zero(sums)
                             : number(random.between(-3, 3), sums);
    case CaseKind::NaNs:
      return random.oneOf(6) ? nan(sums) : number(random.between(-3, 3), sums);
    case CaseKind::Overflow:
      return number(sums.bias() - random.between(0, 1), sums);
    case CaseKind::Ties:
      // Such that a product of the larger ones is half a unit of it.
      return number(sums.fractionBits - 1 + (isHalf ? -10 : -24) +
                        random.between(0, 3),
                    sums);
    case CaseKind::TinyResults:
      if (random.oneOf(3))
        return zero(sums);
      return random.oneOf(2) ? subnormal(sums) : encode(-estimate(i, j), sums);
    case CaseKind::AnyBits:
      break;
    }
    const auto bits = static_cast<uint32_t>(random.next());
    return isHalf ? bits & 0xffff : bits;
  }

  const Operation &operation;
  FloatFormat format, sums;
  CounterRandom random;
  CaseKind kind;
  /// Parameters of the tile: an exponent, the place of a large product, an
  /// order of places, and whether lines of zeros have one sign (then products
  /// have, too) and
  /// tiny results and ties come of few products.
  int shift = 0, large = 0;
  int order[kMostK] = {};
  bool isEven = false;
  /// Of a row or a column.
  uint32_t lineSign = 0;
  Tile tile;
};

inline Tile makeTile(int operation, uint64_t number) {
  return TileMaker(kOperation[operation], operation, number).make();
}

/// What the model of the defaults is for an operation: blocks no longer than k.
inline Accumulation defaultModel(const Operation &operation) {
  Accumulation model;
  model.block = std::min(model.block, operation.k);
  model.blockTf32 = std::min(model.blockTf32, operation.k);
  return model;
}

} // namespace probe

#endif // PROBE_ARITHMETIC_CASES_H
