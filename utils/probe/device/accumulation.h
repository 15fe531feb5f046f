//===- accumulation.h - How a tensor core adds ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tensor core multiplies exactly and adds blocks of products and the
// accumulator: each addend is cut some bits below the largest exponent among
// them, the rest is added exactly, and the sum is rounded once. What is open in
// that is a parameter here, so that a program can find out which values of them
// give the bits of a GPU. The defaults are what is known of sm_90, and what
// lib/Emulator/Arithmetic/MatrixUnit.h has.
//
// All in integers, on the bits of operands: special values, subnormal numbers
// and the signs of zeros have parameters of their own.
//
// Sources: Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA
// tensor cores", PeerJ Computer Science 7, 2021; Khattak, Mikaitis, "Accurate
// models of NVIDIA tensor cores", arXiv 2512.07004, 2025; Xie et al.,
// "MMA-Sim", arXiv 2511.10909, 2025.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_DEVICE_ACCUMULATION_H
#define PROBE_DEVICE_ACCUMULATION_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace probe {

/// A binary floating-point format, as in IEEE 754.
struct FloatFormat {
  int exponentBits, fractionBits;
  int bias() const { return (1 << (exponentBits - 1)) - 1; }
  int leastExponent() const { return 1 - bias(); }
  uint32_t infinity() const {
    return ((1u << exponentBits) - 1) << fractionBits;
  }
  uint32_t sign() const { return 1u << (exponentBits + fractionBits); }
};
constexpr FloatFormat kBf16{8, 7}, kF16{5, 10}, kF32{8, 23};

/// The operands of a product. Those of TF32 are f32 words.
enum class OperandType { BF16, F16, TF32 };
/// What sums are kept in.
enum class SumType { F32, F16 };

//===----------------------------------------------------------------------===//
// The parameters
//===----------------------------------------------------------------------===//

/// What distinguishes tensor cores from each other.
struct Accumulation {
  // Blocks: a longer k is a chain of blocks, each of which ends in a sum.
  enum Order { Ascending, Descending, Strided, Pairs };
  // How addends are cut, and sums rounded.
  enum Rounding { TowardZero, Down, Nearest, Twice, Jam };
  // What counts as the exponent of a product.
  enum Exponent { OfFields, OfOperands, OfProduct };
  // The least exponent to which addends are aligned.
  enum Least { LeastOfF32, LeastOfSum, NoLeast };
  enum NaN { AllOnes, Quiet, QuietNegative, Payload };
  // The lower 13 bits of a tf32 operand: ignored; ignored but in a NaN; rounded
  // to nearest even; used.
  enum Tf32 { Ignored, IgnoredButNaN, Rounded, Used };

  /// The products of a block, of elements of 16 bits.
  int block = 16;
  /// The products of a block, of tf32 elements.
  int blockTf32 = 8;
  /// Which k a block takes: neighbours, the first or the last ones first; every
  /// so manieth; every so manieth pair.
  int order = Ascending;
  /// The bits kept below the largest exponent.
  int bits = 25;
  int cut = TowardZero;
  /// The sum of the operands' exponents, where a subnormal one has its format's
  /// least exponent, or the exponent it would have if it were normal; or the
  /// exponent of the product.
  int exponent = OfFields;
  /// The accumulator is added to each block; or, rounded, to the sum of them.
  int accumulatorLast = 0;
  /// How a block's sum is rounded to f32, and to f16: Twice is to f32 by the
  /// former, then to nearest.
  int round = TowardZero;
  int roundF16 = Nearest;
  /// Between the blocks of a chain that ends in f16, sums are f32.
  int betweenF32 = 0;

  /// A product with a zero has an exponent, as if the zero was subnormal.
  int zerosCount = 0;
  int least = LeastOfF32;
  /// Subnormal numbers that are taken for zeros.
  int flushOperands = 0, flushProducts = 0, flushAccumulator = 0;
  int flushResults = 0;

  /// A zero is negative if all addends are negative zeros.
  int negativeZeros = 0;
  /// A sum below the least number is a zero of its sign.
  int tinySign = 1;
  int nan = AllOnes;
  /// A product above the range of f32 is infinite.
  int productOverflow = 0;
  /// A sum above the range becomes the largest number, not infinite.
  int saturate = 0;
  int tf32 = Ignored;
};

/// A parameter's name, its place and its values, the default first.
struct AccumulationParameter {
  const char *name;
  int Accumulation::*field;
  std::vector<std::pair<int, const char *>> values;

  std::string text(const Accumulation &model) const {
    for (const auto &value : values)
      if (value.first == model.*field && value.second)
        return value.second;
    return std::to_string(model.*field);
  }
};

inline const std::vector<AccumulationParameter> &accumulationParameters() {
  using A = Accumulation;
  static const std::vector<AccumulationParameter> parameters = {
      {"block",
       &A::block,
       {{16, nullptr}, {8, nullptr}, {4, nullptr}, {2, nullptr}, {1, nullptr}}},
      {"blockTf32",
       &A::blockTf32,
       {{8, nullptr}, {4, nullptr}, {2, nullptr}, {1, nullptr}}},
      {"order",
       &A::order,
       {{A::Ascending, "ascending"},
        {A::Descending, "descending"},
        {A::Strided, "strided"},
        {A::Pairs, "pairs"}}},
      {"bits",
       &A::bits,
       {{25, nullptr},
        {24, nullptr},
        {26, nullptr},
        {23, nullptr},
        {27, nullptr},
        {28, nullptr},
        {22, nullptr},
        {21, nullptr},
        {29, nullptr},
        {30, nullptr},
        {35, nullptr}}},
      {"cut",
       &A::cut,
       {{A::TowardZero, "zero"}, {A::Down, "down"}, {A::Nearest, "nearest"}}},
      {"exponent",
       &A::exponent,
       {{A::OfFields, "fields"},
        {A::OfOperands, "operands"},
        {A::OfProduct, "product"}}},
      {"accumulator", &A::accumulatorLast, {{0, "joins"}, {1, "last"}}},
      {"round",
       &A::round,
       {{A::TowardZero, "zero"}, {A::Nearest, "nearest"}, {A::Down, "down"}}},
      {"roundF16",
       &A::roundF16,
       {{A::Nearest, "nearest"}, {A::TowardZero, "zero"}, {A::Twice, "twice"}}},
      {"between", &A::betweenF32, {{0, "sum"}, {1, "f32"}}},
      {"zeros", &A::zerosCount, {{0, "ignored"}, {1, "counted"}}},
      {"least",
       &A::least,
       {{A::LeastOfF32, "f32"}, {A::LeastOfSum, "sum"}, {A::NoLeast, "none"}}},
      {"operands", &A::flushOperands, {{0, "kept"}, {1, "flushed"}}},
      {"products", &A::flushProducts, {{0, "kept"}, {1, "flushed"}}},
      {"addend", &A::flushAccumulator, {{0, "kept"}, {1, "flushed"}}},
      {"results", &A::flushResults, {{0, "kept"}, {1, "flushed"}}},
      {"zeroSign", &A::negativeZeros, {{0, "positive"}, {1, "ieee"}}},
      {"tinySign", &A::tinySign, {{1, "kept"}, {0, "positive"}}},
      {"nan",
       &A::nan,
       {{A::AllOnes, "ones"},
        {A::Quiet, "quiet"},
        {A::QuietNegative, "negative"},
        {A::Payload, "payload"}}},
      {"productOverflow", &A::productOverflow, {{0, "kept"}, {1, "infinite"}}},
      {"overflow", &A::saturate, {{0, "infinite"}, {1, "largest"}}},
      {"tf32",
       &A::tf32,
       {{A::Ignored, "ignored"},
        {A::IgnoredButNaN, "ignored-but-nan"},
        {A::Rounded, "rounded"},
        {A::Used, "used"}}},
  };
  return parameters;
}

/// All parameters as "block=16 blockTf32=8 ...".
inline std::string describe(const Accumulation &model) {
  std::string text;
  for (const AccumulationParameter &parameter : accumulationParameters())
    text += (text.empty() ? "" : " ") + std::string(parameter.name) + '=' +
            parameter.text(model);
  return text;
}

/// Reads "block=8,bits=24,round=nearest"; commas or blanks between. False where
/// something in it is unknown.
inline bool parse(const std::string &text, Accumulation &model) {
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find_first_of(", ", begin), text.size());
    const std::string entry = text.substr(begin, end - begin);
    bool found = entry.empty();
    for (const AccumulationParameter &parameter : accumulationParameters())
      for (const auto &value : parameter.values) {
        const std::string name =
            value.second ? value.second : std::to_string(value.first);
        if (entry == std::string(parameter.name) + '=' + name) {
          model.*parameter.field = value.first;
          found = true;
        }
      }
    if (!found)
      return false;
    begin = end + 1;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// (-1)^negative * significand * 2^(exponent - fractionBits), or special.
struct UnpackedFloat {
  enum Kind : uint8_t { Finite, Infinity, NaN } kind = Finite;
  bool negative = false;
  uint32_t significand = 0;
  int exponent = 0;
};

/// A subnormal number has its format's least exponent, and so has a zero.
/// Returned in registers, the struct would be put together in memory each time.
__attribute__((always_inline)) inline UnpackedFloat
unpackFloat(uint32_t bits, FloatFormat format) {
  UnpackedFloat result;
  const uint32_t top = (1u << format.exponentBits) - 1;
  const uint32_t field = bits >> format.fractionBits & top;
  const uint32_t fraction = bits & ((1u << format.fractionBits) - 1);
  result.negative = bits & format.sign();
  if (field == top) {
    result.kind = fraction ? UnpackedFloat::NaN : UnpackedFloat::Infinity;
    result.significand = fraction;
    return result;
  }
  result.exponent = static_cast<int>(field ? field : 1) - format.bias();
  result.significand = fraction | (field ? 1u << format.fractionBits : 0);
  return result;
}

/// The place of the highest one of a number that is not zero.
inline int highestBit(uint64_t value) { return 63 - __builtin_clzll(value); }

/// magnitude * 2^shift as an integer of that sign.
inline int64_t shiftAndRound(uint64_t magnitude, int shift, bool negative,
                             int rounding) {
  uint64_t units = 0, rest = magnitude, half = 0;
  if (magnitude == 0)
    return 0;
  if (shift >= 0) {
    units = magnitude << shift;
    rest = 0;
  } else if (shift > -64) {
    units = magnitude >> -shift;
    half = uint64_t(1) << (-shift - 1);
    rest = magnitude & (2 * half - 1);
  }
  if (rounding == Accumulation::Down && negative && rest)
    ++units;
  else if (rounding == Accumulation::Nearest && half)
    units += rest > half || (rest == half && (units & 1));
  else if (rounding == Accumulation::Jam && rest)
    units |= 1;
  return negative ? -static_cast<int64_t>(units) : static_cast<int64_t>(units);
}

/// (-1)^negative * magnitude * 2^exponent in a format. What is above its range
/// is infinite.
inline uint32_t packFloat(bool negative, uint64_t magnitude, int exponent,
                          FloatFormat format, int rounding) {
  const uint32_t sign = negative ? format.sign() : 0;
  if (magnitude == 0)
    return sign;
  const int top = exponent + highestBit(magnitude);
  const int kept = std::max(top, format.leastExponent());
  const int64_t rounded = shiftAndRound(
      magnitude, exponent - (kept - format.fractionBits), negative, rounding);
  const auto fraction = static_cast<uint64_t>(negative ? -rounded : rounded);
  // The leading one, if any, adds one to the exponent's field; so does rounding
  // up to a power of two.
  const int64_t field = kept - format.leastExponent();
  const uint64_t bits =
      (static_cast<uint64_t>(field) << format.fractionBits) + fraction;
  return sign |
         static_cast<uint32_t>(std::min<uint64_t>(bits, format.infinity()));
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// What operands of one multiplication have in common.
class Accumulator {
public:
  Accumulator(const Accumulation &model, OperandType operands, SumType sum)
      : model(model), operands(operands), sum(sum),
        operandFormat(operands == OperandType::BF16  ? kBf16
                      : operands == OperandType::F16 ? kF16
                                                     : kF32),
        // A tf32 has 10 fraction bits, which leaves 13 zeros.
        dropped(operands == OperandType::TF32 &&
                        model.tf32 != Accumulation::Used
                    ? 13
                    : 0) {}

  /// c + the sum of a[i] b[i], as bits.
  uint32_t add(const uint32_t *a, const uint32_t *b, int count,
               uint32_t c) const {
    Product products[kMostProducts];
    for (int k = 0; k < count; ++k)
      products[k] = multiply(a[k], b[k]);
    const int block = std::max(1, std::min(count, operands == OperandType::TF32
                                                      ? model.blockTf32
                                                      : model.block));
    const bool inF32 = sum == SumType::F16 && model.betweenF32;
    const SumType between = inF32 ? SumType::F32 : sum;
    uint32_t total =
        model.accumulatorLast ? 0 : (inF32 ? widen(c) : uint32_t(c));
    // Only a block that is followed by others is kept in f32.
    const int blocks = count / block;
    for (int i = 0; i < blocks; ++i) {
      const Product *taken[kMostProducts];
      for (int j = 0; j < block; ++j)
        taken[j] = &products[place(i, j, block, blocks)];
      const bool isLast = i + 1 == blocks;
      total = addBlock(taken, block, total, between, isLast ? sum : between);
    }
    return model.accumulatorLast ? addRounded(total, c) : total;
  }

private:
  static constexpr int kMostProducts = 32;

  struct Product {
    UnpackedFloat::Kind kind = UnpackedFloat::Finite;
    bool negative = false;
    /// Whether it counts for the alignment.
    bool counts = false;
    /// Of a NaN, what an f32 of its payload would be.
    uint32_t payload = 0;
    uint64_t magnitude = 0;
    /// The exponent for the alignment, and of the magnitude's last bit.
    int exponent = 0, unit = 0;
  };

  FloatFormat format(SumType type) const {
    return type == SumType::F16 ? kF16 : kF32;
  }
  int rounding(SumType type) const {
    return type == SumType::F16 ? model.roundF16 : model.round;
  }

  /// The k of the product `j` of block `i`.
  int place(int i, int j, int block, int blocks) const {
    switch (model.order) {
    case Accumulation::Descending:
      return (blocks - 1 - i) * block + j;
    case Accumulation::Strided:
      return j * blocks + i;
    case Accumulation::Pairs:
      return block < 2 ? i : (j / 2 * blocks + i) * 2 + j % 2;
    default:
      return i * block + j;
    }
  }

  UnpackedFloat unpackOperand(uint32_t bits) const {
    if (operands == OperandType::TF32) {
      const bool isNaN = (bits & 0x7fffffff) > 0x7f800000;
      if (isNaN && model.tf32 != Accumulation::Ignored)
        bits |= 0x400000;
      else if (model.tf32 == Accumulation::Rounded && !isNaN)
        bits += 0xfff + (bits >> 13 & 1);
      if (model.tf32 != Accumulation::Used)
        bits &= ~0x1fffu;
    }
    UnpackedFloat result = unpackFloat(bits, operandFormat);
    if (result.kind != UnpackedFloat::Finite)
      return result;
    if (model.flushOperands &&
        !(result.significand >> operandFormat.fractionBits))
      result.significand = 0;
    result.significand >>= dropped;
    return result;
  }

  Product multiply(uint32_t aBits, uint32_t bBits) const {
    const UnpackedFloat a = unpackOperand(aBits), b = unpackOperand(bBits);
    const int fractionBits = operandFormat.fractionBits - dropped;
    Product product;
    product.negative = a.negative != b.negative;
    if (a.kind == UnpackedFloat::NaN || b.kind == UnpackedFloat::NaN) {
      const bool first = a.kind == UnpackedFloat::NaN;
      return makeNaN(payloadOf(first ? aBits : bBits, operandFormat));
    }
    if (a.kind == UnpackedFloat::Infinity ||
        b.kind == UnpackedFloat::Infinity) {
      const UnpackedFloat &other = a.kind == UnpackedFloat::Infinity ? b : a;
      if (other.kind == UnpackedFloat::Finite && other.significand == 0)
        return makeNaN(0x7fffffff);
      product.kind = UnpackedFloat::Infinity;
      return product;
    }
    product.magnitude = uint64_t(a.significand) * b.significand;
    product.exponent = a.exponent + b.exponent;
    product.unit = product.exponent - 2 * fractionBits;
    product.counts = product.magnitude || model.zerosCount;
    if (!product.magnitude)
      return product;
    const int top = product.unit + highestBit(product.magnitude);
    if (model.exponent == Accumulation::OfProduct)
      product.exponent = top;
    else if (model.exponent == Accumulation::OfOperands)
      product.exponent += highestBit(a.significand) +
                          highestBit(b.significand) - 2 * fractionBits;
    if (model.productOverflow && top > 127)
      product.kind = UnpackedFloat::Infinity;
    if (model.flushProducts && top < -126) {
      product.magnitude = 0;
      product.counts = model.zerosCount;
    }
    return product;
  }

  static Product makeNaN(uint32_t payload) {
    Product product;
    product.kind = UnpackedFloat::NaN;
    product.payload = payload;
    return product;
  }

  /// A NaN as a quiet one of f32.
  static uint32_t payloadOf(uint32_t bits, FloatFormat format) {
    const uint32_t fraction = bits & ((1u << format.fractionBits) - 1);
    return (bits & format.sign() ? 0xffc00000u : 0x7fc00000u) |
           fraction << (23 - format.fractionBits);
  }

  uint32_t packNaN(uint32_t payload, SumType type) const {
    const uint32_t bits[] = {0x7fffffff, 0x7fc00000, 0xffc00000, payload};
    const uint32_t chosen = bits[model.nan];
    return type == SumType::F32
               ? chosen
               : (chosen >> 16 & 0x8000) | 0x7c00 | (chosen >> 13 & 0x3ff);
  }

  uint32_t widen(uint32_t f16) const {
    const UnpackedFloat c = unpackFloat(f16, kF16);
    if (c.kind == UnpackedFloat::NaN)
      return payloadOf(f16, kF16);
    if (c.kind == UnpackedFloat::Infinity)
      return c.negative ? 0xff800000 : 0x7f800000;
    return packFloat(c.negative, c.significand, c.exponent - 10, kF32,
                     Accumulation::TowardZero);
  }

  /// The exact sum, or that of what was kept, as a result.
  uint32_t pack(int64_t total, int unit, SumType type) const {
    const bool negative = total < 0;
    uint64_t magnitude =
        negative ? -static_cast<uint64_t>(total) : static_cast<uint64_t>(total);
    const FloatFormat target = format(type);
    int rule = rounding(type);
    if (rule == Accumulation::Twice) {
      const uint32_t bits =
          packFloat(negative, magnitude, unit, kF32, model.round);
      const UnpackedFloat once = unpackFloat(bits, kF32);
      magnitude = once.significand;
      unit = once.exponent - 23;
      rule = Accumulation::Nearest;
    }
    uint32_t bits = packFloat(negative, magnitude, unit, target, rule);
    uint32_t size = bits & ~target.sign();
    if (model.flushResults && size < 1u << target.fractionBits)
      bits -= size, size = 0;
    if (size == 0 && !model.tinySign)
      return 0;
    if (size == target.infinity() && model.saturate)
      return bits - 1;
    return bits;
  }

  uint32_t addBlock(const Product *const *products, int count, uint32_t total,
                    SumType from, SumType to) const {
    UnpackedFloat c = unpackFloat(total, format(from));
    const FloatFormat cFormat = format(from);
    // Special values.
    bool infinite[2] = {false, false}, allNegative = c.negative;
    bool isNaN = false;
    uint32_t payload = 0x7fffffff;
    for (int i = 0; i < count; ++i) {
      const Product &product = *products[i];
      allNegative &= product.negative;
      if (product.kind == UnpackedFloat::NaN && !isNaN) {
        isNaN = true;
        payload = product.payload;
      } else if (product.kind == UnpackedFloat::Infinity) {
        infinite[product.negative] = true;
      }
    }
    if (c.kind == UnpackedFloat::NaN) {
      payload = isNaN ? payload : payloadOf(total, cFormat);
      isNaN = true;
    } else if (c.kind == UnpackedFloat::Infinity) {
      infinite[c.negative] = true;
    }
    if (isNaN || (infinite[0] && infinite[1]))
      return packNaN(payload, to);
    if (infinite[0] || infinite[1])
      return format(to).infinity() | (infinite[1] ? format(to).sign() : 0);
    if (model.flushAccumulator && !(c.significand >> cFormat.fractionBits))
      c.significand = 0;

    constexpr int none = -100000;
    int largest = model.least == Accumulation::LeastOfF32 ? -126
                  : model.least == Accumulation::LeastOfSum
                      ? format(to).leastExponent()
                      : none;
    bool isZero = c.significand == 0;
    if (c.significand)
      largest = std::max(largest, c.exponent);
    for (int i = 0; i < count; ++i) {
      if (products[i]->counts)
        largest = std::max(largest, products[i]->exponent);
      isZero &= products[i]->magnitude == 0;
    }
    if (isZero)
      return model.negativeZeros && allNegative ? format(to).sign() : 0;

    const int unit = largest - model.bits;
    int64_t sum =
        shiftAndRound(c.significand, c.exponent - cFormat.fractionBits - unit,
                      c.negative, model.cut);
    for (int i = 0; i < count; ++i)
      if (products[i]->magnitude)
        sum += shiftAndRound(products[i]->magnitude, products[i]->unit - unit,
                             products[i]->negative, model.cut);
    return sum ? pack(sum, unit, to) : 0;
  }

  /// The rounded sum of two finite or special numbers of the sum's type.
  uint32_t addRounded(uint32_t x, uint32_t y) const {
    const FloatFormat type = format(sum);
    const UnpackedFloat u = unpackFloat(x, type), v = unpackFloat(y, type);
    if (u.kind == UnpackedFloat::NaN || v.kind == UnpackedFloat::NaN)
      return packNaN(payloadOf(u.kind == UnpackedFloat::NaN ? x : y, type),
                     sum);
    if (u.kind == UnpackedFloat::Infinity)
      return v.kind == UnpackedFloat::Infinity && u.negative != v.negative
                 ? packNaN(0x7fffffff, sum)
                 : x;
    if (v.kind == UnpackedFloat::Infinity)
      return y;
    if (!u.significand && !v.significand)
      return model.negativeZeros && u.negative && v.negative ? type.sign() : 0;
    // 12 bits more than a result has, the last of which stands for all that was
    // cut: enough to round right.
    const int unit = std::max(u.significand ? u.exponent : v.exponent,
                              v.significand ? v.exponent : u.exponent) -
                     36;
    const int64_t exact =
        shiftAndRound(u.significand, u.exponent - type.fractionBits - unit,
                      u.negative, Accumulation::Jam) +
        shiftAndRound(v.significand, v.exponent - type.fractionBits - unit,
                      v.negative, Accumulation::Jam);
    return exact ? pack(exact, unit, sum) : 0;
  }

  const Accumulation &model;
  OperandType operands;
  SumType sum;
  FloatFormat operandFormat;
  int dropped;
};

} // namespace probe

#endif // PROBE_DEVICE_ACCUMULATION_H
