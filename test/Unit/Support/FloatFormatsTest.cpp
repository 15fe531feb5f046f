//===- FloatFormatsTest.cpp - Checks of float conversions -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The truth is LLVM's APFloat, which computes with integers of any length.
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/APFloat.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

namespace {

/// The bits of a value in another format, as APFloat rounds.
uint64_t convertBits(const fltSemantics &from, uint64_t bits,
                     const fltSemantics &to) {
  APFloat value(from, APInt(APFloat::getSizeInBits(from), bits));
  bool losesInfo;
  value.convert(to, APFloat::rmNearestTiesToEven, &losesInfo);
  return value.bitcastToAPInt().getZExtValue();
}

/// A 16-bit format and its conversions.
struct Format {
  const char *name;
  const fltSemantics &semantics;
  float (*toFloat)(uint16_t);
  double (*toDouble)(uint16_t);
  uint16_t (*fromFloat)(float);
  uint16_t (*fromDouble)(double);
};

} // namespace

static uint64_t getBits(double value) { return bit_cast<uint64_t>(value); }
static uint32_t getBits(float value) { return bit_cast<uint32_t>(value); }

static void checkDouble(Checks &checks, const Format &format, double value) {
  checks.equal(
      Twine(format.name) + " of double " + Twine::utohexstr(getBits(value)),
      convertBits(APFloat::IEEEdouble(), getBits(value), format.semantics),
      format.fromDouble(value));
}

static void checkFloat(Checks &checks, const Format &format, float value) {
  checks.equal(
      Twine(format.name) + " of float " + Twine::utohexstr(getBits(value)),
      convertBits(APFloat::IEEEsingle(), getBits(value), format.semantics),
      format.fromFloat(value));
}

static void checkWidening(Checks &checks, const Format &format) {
  for (uint32_t i = 0; i != 0x10000; ++i) {
    const auto bits = static_cast<uint16_t>(i);
    const double wide = format.toDouble(bits);
    checks.equal("to double " + Twine::utohexstr(i),
                 convertBits(format.semantics, i, APFloat::IEEEdouble()),
                 getBits(wide));
    checks.equal("to float " + Twine::utohexstr(i),
                 convertBits(format.semantics, i, APFloat::IEEEsingle()),
                 getBits(format.toFloat(bits)));
    const auto back = static_cast<uint16_t>(
        convertBits(format.semantics, i, format.semantics));
    // A signalling NaN comes back quiet.
    const uint16_t expected =
        std::isnan(wide)
            ? static_cast<uint16_t>(convertBits(
                  APFloat::IEEEdouble(), getBits(wide), format.semantics))
            : back;
    checks.equal("and back " + Twine::utohexstr(i), expected,
                 format.fromDouble(wide));
    checks.equal("and back by float " + Twine::utohexstr(i), expected,
                 format.fromFloat(format.toFloat(bits)));
  }
}

/// Around each number of the format and each middle between two neighbours.
static void checkTies(Checks &checks, const Format &format) {
  for (uint32_t i = 0; i != 0x7fff; ++i) {
    const double low = format.toDouble(static_cast<uint16_t>(i));
    const double high = format.toDouble(static_cast<uint16_t>(i + 1));
    if (!std::isfinite(low))
      break;
    // Above the largest number, the middle is where infinity begins.
    const double middle =
        std::isfinite(high)
            ? (low + high) / 2
            : low + (low - format.toDouble(static_cast<uint16_t>(i - 1))) / 2;
    for (double value : {low, middle}) {
      for (double sign : {1.0, -1.0}) {
        checkDouble(checks, format, sign * value);
        checkDouble(checks, format, sign * std::nextafter(value, 0.0));
        checkDouble(checks, format, sign * std::nextafter(value, HUGE_VAL));
        // Within a float's rounding of the middle: wrong if rounded twice.
        checkDouble(checks, format, sign * value * (1 + 0x1p-30));
        checkDouble(checks, format, sign * value * (1 - 0x1p-30));
        const auto single = static_cast<float>(sign * value);
        checkFloat(checks, format, single);
        checkFloat(checks, format, std::nextafter(single, 0.0f));
        checkFloat(checks, format, std::nextafter(single, HUGE_VAL));
      }
    }
  }
}

static void checkRandomBits(Checks &checks, const Format &format) {
  std::mt19937_64 generator(1);
  for (int i = 0; i != 300000; ++i) {
    const uint64_t bits = generator();
    checkDouble(checks, format, bit_cast<double>(bits));
    checkFloat(checks, format, bit_cast<float>(static_cast<uint32_t>(bits)));
    // Exponents around those of the format, where the above seldom are.
    const uint64_t exponent = 1023 - 160 + (bits >> 52) % 320;
    checkDouble(checks, format,
                bit_cast<double>((bits & 0x800fffffffffffff) | exponent << 52));
  }
}

void mhc::test::checkFloatFormats(Checks &checks) {
  const Format formats[] = {{"bf16", APFloat::BFloat(), bf16ToFloat,
                             bf16ToDouble, floatToBF16, doubleToBF16},
                            {"f16", APFloat::IEEEhalf(), f16ToFloat,
                             f16ToDouble, floatToF16, doubleToF16}};
  for (const Format &format : formats) {
    const std::string name = format.name;
    checks.run(name + "-widening", [&] { checkWidening(checks, format); });
    checks.run(name + "-ties", [&] { checkTies(checks, format); });
    checks.run(name + "-random", [&] { checkRandomBits(checks, format); });
    checks.run(name + "-special", [&] {
      for (double value : {0.0,
                           -0.0,
                           HUGE_VAL,
                           -HUGE_VAL,
                           0x1p-1074,
                           -0x1p-1022,
                           0x1p-24,
                           0x1p-25,
                           0x1.000001p-25,
                           0x1p-133,
                           0x1p-134,
                           0x1.8p-134,
                           65504.0,
                           65519.999,
                           65520.0,
                           0x1.fep127,
                           0x1.ffp127,
                           1e308,
                           -1e308,
                           bit_cast<double>(uint64_t{0x7ff0000000000001}),
                           bit_cast<double>(uint64_t{0xfff8000000000000}),
                           bit_cast<double>(uint64_t{0xfff4123456789abc})})
        checkDouble(checks, format, value);
      for (float value : {0.0f, -0.0f, INFINITY, -INFINITY, 0x1p-149f,
                          -0x1p-126f, 3.4e38f, 65520.0f})
        checkFloat(checks, format, value);
      checkFloat(checks, format, bit_cast<float>(0x7f800001u));
      checkFloat(checks, format, bit_cast<float>(0xffc01234u));
    });
  }

  checks.run("single-rounding", [&] {
    // A float would round each to the middle, and the middle to the even side.
    checks.equal("bf16", 0x3f81, doubleToBF16(1 + 0x1p-8 + 0x1p-40));
    checks.equal("f16", 0x3c01, doubleToF16(1 + 0x1p-11 + 0x1p-40));
    checks.equal("f16 subnormal", 0x0001, doubleToF16(0x1p-25 + 0x1p-60));
  });

  checks.run("convert-arrays", [&] {
    const ElementKind kinds[] = {ElementKind::BF16, ElementKind::F16,
                                 ElementKind::F32, ElementKind::F64};
    const fltSemantics *semantics[] = {&APFloat::BFloat(), &APFloat::IEEEhalf(),
                                       &APFloat::IEEEsingle(),
                                       &APFloat::IEEEdouble()};
    std::mt19937_64 generator(2);
    constexpr size_t count = 3001;
    for (int from = 0; from != 4; ++from) {
      for (int to = 0; to != 4; ++to) {
        if (from == to)
          continue; // Copied, signalling NaNs too.
        auto source =
            checks.value("source", HostTensor::create(kinds[from], {count}));
        if (!source)
          return;
        for (uint8_t &byte : source->getMutableBytes())
          byte = static_cast<uint8_t>(generator());
        auto target =
            checks.value("target", mhc::convertFloats(*source, kinds[to]));
        if (!target)
          return;
        const unsigned inSize = getByteSize(kinds[from]);
        const unsigned outSize = getByteSize(kinds[to]);
        for (size_t i = 0; i != count; ++i) {
          uint64_t in = 0, out = 0;
          std::memcpy(&in, source->data() + i * inSize, inSize);
          std::memcpy(&out, target->data() + i * outSize, outSize);
          checks.equal(getName(kinds[from]) + " to " + getName(kinds[to]) +
                           " of " + Twine::utohexstr(in),
                       convertBits(*semantics[from], in, *semantics[to]), out);
        }
      }
    }
  });
}
