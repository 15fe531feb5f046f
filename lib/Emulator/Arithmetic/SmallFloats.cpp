//===- SmallFloats.cpp - Conversions as the GPU makes them ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallFloats.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/bit.h"

#include <algorithm>

using namespace llvm;

namespace mhc::emulator {

namespace {

/// A float format that f32 contains.
struct Format {
  int exponentBits;
  int fractionBits;
  /// The bits of the largest finite number, of infinity (or what stands for
  /// it, where there is none) and of the canonical NaN.
  uint32_t largest;
  uint32_t infinity;
  uint32_t nan;
};

} // namespace

static constexpr Format kF16 = {5, 10, 0x7bff, 0x7c00, 0x7fff};
static constexpr Format kBF16 = {8, 7, 0x7f7f, 0x7f80, 0x7fff};
/// 19 bits, in the upper bits of an f32 word.
static constexpr Format kTF32 = {8, 10, 0x3fbff, 0x3fc00, 0x3ffff};
static constexpr Format kE4M3 = {4, 3, 0x7e, 0x7e, 0x7f};
static constexpr Format kE5M2 = {5, 2, 0x7b, 0x7c, 0x7f};
static constexpr Format kE2M3 = {2, 3, 0x1f, 0x1f, 0x1f};
static constexpr Format kE3M2 = {3, 2, 0x1f, 0x1f, 0x1f};
static constexpr Format kE2M1 = {2, 1, 0x7, 0x7, 0x7};

/// Rounds `significand` / 2^drop to an integer; 0 < drop.
static uint32_t roundOff(uint32_t significand, int drop, Rounding rounding) {
  // Less than a half, whatever the significand's 24 bits.
  if (drop > 25)
    return 0;
  const uint32_t kept = significand >> drop;
  const uint32_t rest = significand & ((1u << drop) - 1);
  const uint32_t half = 1u << (drop - 1);
  switch (rounding) {
  case Rounding::TowardZero:
    return kept;
  case Rounding::NearestAway:
    return kept + (rest >= half);
  case Rounding::NearestEven:
    return kept + (rest > half || (rest == half && (kept & 1)));
  }
  return kept;
}

static uint32_t narrow(float value, const Format &format,
                       Conversion conversion) {
  const auto bits = bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return format.nan;
  if (conversion.relu && bits >> 31)
    return 0;
  const uint32_t sign =
      bits >> 31 << (format.exponentBits + format.fractionBits);
  const uint32_t beyond =
      conversion.saturate ? format.largest : format.infinity;
  if (magnitude == 0x7f800000)
    return sign | beyond;

  // significand * 2^(exponent - 23)
  const auto field = static_cast<int>(magnitude >> 23);
  const int exponent = std::max(field, 1) - 127;
  const uint32_t significand =
      (magnitude & 0x7fffff) | (field ? 0x800000u : 0u);
  const int least = 2 - (1 << (format.exponentBits - 1));
  const int kept = std::max(exponent, least);
  const int drop = 23 - format.fractionBits + kept - exponent;
  // The hidden bit, where there is one, is the field's lowest bit.
  const uint32_t rounded =
      roundOff(significand, drop, conversion.rounding) +
      (static_cast<uint32_t>(kept - least) << format.fractionBits);
  if (rounded <= format.largest)
    return sign | rounded;
  // Beyond the range, a number cut off is the largest one.
  return sign | (conversion.rounding == Rounding::TowardZero ? format.largest
                                                             : beyond);
}

uint16_t floatToF16(float value, Conversion conversion) {
  return static_cast<uint16_t>(narrow(value, kF16, conversion));
}

uint16_t floatToBF16(float value, Conversion conversion) {
  return static_cast<uint16_t>(narrow(value, kBF16, conversion));
}

uint32_t floatToTF32(float value, Conversion conversion) {
  const uint32_t bits = narrow(value, kTF32, conversion);
  return bits == kTF32.nan ? 0x7fffffff : bits << 13;
}

static uint8_t narrowByte(float value, const Format &format,
                          Conversion conversion) {
  conversion.saturate = true;
  return static_cast<uint8_t>(narrow(value, format, conversion));
}

uint8_t floatToE4M3(float value, Conversion conversion) {
  return narrowByte(value, kE4M3, conversion);
}
uint8_t floatToE5M2(float value, Conversion conversion) {
  return narrowByte(value, kE5M2, conversion);
}
uint8_t floatToE2M3(float value, Conversion conversion) {
  return narrowByte(value, kE2M3, conversion);
}
uint8_t floatToE3M2(float value, Conversion conversion) {
  return narrowByte(value, kE3M2, conversion);
}
uint8_t floatToE2M1(float value, Conversion conversion) {
  return narrowByte(value, kE2M1, conversion);
}

uint8_t floatToUE8M0(float value, bool roundUp, bool saturate) {
  const uint32_t magnitude = bit_cast<uint32_t>(value) & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return 0xff;
  const uint32_t beyond = saturate ? 0xfe : 0xff;
  if (magnitude == 0x7f800000)
    return static_cast<uint8_t>(beyond);
  uint32_t field = magnitude >> 23;
  const uint32_t fraction = magnitude & 0x7fffff;
  // The field 0 stands for 2^-127, which is a subnormal f32.
  if (roundUp && fraction > (field ? 0u : 0x400000u))
    ++field;
  return static_cast<uint8_t>(field == 0xff ? beyond : field);
}

/// Widens a format of at most 8 bits without infinities to f16.
static uint16_t widen(uint8_t bits, const Format &format, bool relu) {
  const int width = format.exponentBits + format.fractionBits;
  const bool isNegative = bits >> width & 1;
  if (relu && isNegative)
    return 0;
  const auto magnitude = static_cast<uint32_t>(bits & ((1 << width) - 1));
  const uint32_t field = magnitude >> format.fractionBits;
  const uint32_t fraction = magnitude & ((1u << format.fractionBits) - 1);
  const uint32_t significand =
      fraction | (field ? 1u << format.fractionBits : 0u);
  const int exponent = static_cast<int>(std::max(field, 1u)) + 1 -
                       (1 << (format.exponentBits - 1)) - format.fractionBits;
  // A power of two of a normal float; the product is exact.
  const float power =
      bit_cast<float>(static_cast<uint32_t>(exponent + 127) << 23);
  const uint16_t half =
      mhc::floatToF16(static_cast<float>(significand) * power);
  return static_cast<uint16_t>(half | (isNegative ? 0x8000 : 0));
}

uint16_t e4m3ToF16(uint8_t bits, bool relu) {
  return (bits & 0x7f) == 0x7f ? 0x7fff : widen(bits, kE4M3, relu);
}

uint16_t e5m2ToF16(uint8_t bits, bool relu) {
  // The upper byte of an f16.
  if ((bits & 0x7f) > 0x7c)
    return 0x7fff;
  return relu && bits & 0x80 ? 0 : static_cast<uint16_t>(bits << 8);
}

uint16_t e2m3ToF16(uint8_t bits, bool relu) { return widen(bits, kE2M3, relu); }
uint16_t e3m2ToF16(uint8_t bits, bool relu) { return widen(bits, kE3M2, relu); }
uint16_t e2m1ToF16(uint8_t bits, bool relu) { return widen(bits, kE2M1, relu); }

uint16_t ue8m0ToBF16(uint8_t bits) {
  if (bits == 0xff)
    return 0x7fff;
  return static_cast<uint16_t>(bits ? bits << 7 : 0x40);
}

static float widenHalf(uint16_t bits) {
  return (bits & 0x7fff) > 0x7c00 ? bit_cast<float>(0x7fffffffu)
                                  : f16ToFloat(bits);
}

float e4m3ToFloat(uint8_t bits) { return widenHalf(e4m3ToF16(bits)); }
float e5m2ToFloat(uint8_t bits) { return widenHalf(e5m2ToF16(bits)); }

uint32_t floatsToF16x2(float a, float b, Conversion conversion) {
  return static_cast<uint32_t>(floatToF16(a, conversion)) << 16 |
         floatToF16(b, conversion);
}

uint32_t floatsToBF16x2(float a, float b, Conversion conversion) {
  return static_cast<uint32_t>(floatToBF16(a, conversion)) << 16 |
         floatToBF16(b, conversion);
}

uint16_t floatsToE4M3x2(float a, float b, Conversion conversion) {
  return static_cast<uint16_t>(floatToE4M3(a, conversion) << 8 |
                               floatToE4M3(b, conversion));
}

uint16_t floatsToE5M2x2(float a, float b, Conversion conversion) {
  return static_cast<uint16_t>(floatToE5M2(a, conversion) << 8 |
                               floatToE5M2(b, conversion));
}

uint16_t f16x2ToE4M3x2(uint32_t halves, Conversion conversion) {
  return floatsToE4M3x2(f16ToFloat(static_cast<uint16_t>(halves >> 16)),
                        f16ToFloat(static_cast<uint16_t>(halves)), conversion);
}

uint16_t f16x2ToE5M2x2(uint32_t halves, Conversion conversion) {
  return floatsToE5M2x2(f16ToFloat(static_cast<uint16_t>(halves >> 16)),
                        f16ToFloat(static_cast<uint16_t>(halves)), conversion);
}

uint32_t e4m3x2ToF16x2(uint16_t bytes, bool relu) {
  return static_cast<uint32_t>(
             e4m3ToF16(static_cast<uint8_t>(bytes >> 8), relu))
             << 16 |
         e4m3ToF16(static_cast<uint8_t>(bytes), relu);
}

uint32_t e5m2x2ToF16x2(uint16_t bytes, bool relu) {
  return static_cast<uint32_t>(
             e5m2ToF16(static_cast<uint8_t>(bytes >> 8), relu))
             << 16 |
         e5m2ToF16(static_cast<uint8_t>(bytes), relu);
}

} // namespace mhc::emulator
