//===- ArithmeticSmallFloatsTest.cpp - Checks of device conversions -------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The truth is LLVM's APFloat, which computes with integers of any length.
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Arithmetic/SmallFloats.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <random>
#include <vector>

using namespace llvm;
using namespace mhc;
using namespace mhc::emulator;
using namespace mhc::test;

namespace {

/// A format of at most 8 bits.
struct ByteFormat {
  const char *name;
  const fltSemantics &semantics;
  unsigned bits;
  uint8_t largest;
  uint8_t nan;
  uint8_t (*narrow)(float, Conversion);
  uint16_t (*widen)(uint8_t, bool);
};

} // namespace

static double widenExactly(const fltSemantics &semantics, uint64_t bits) {
  APFloat value(semantics, APInt(APFloat::getSizeInBits(semantics), bits));
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

static uint64_t narrowExactly(float value, const fltSemantics &semantics,
                              APFloat::roundingMode rounding) {
  APFloat result(value);
  bool losesInfo;
  result.convert(semantics, rounding, &losesInfo);
  return result.bitcastToAPInt().getZExtValue();
}

/// Floats near the numbers of small formats, and any floats.
static std::vector<float> drawFloats() {
  std::vector<float> values = {
      0.0f,     -0.0f,           0x1p-149f, -0x1p-149f, 65504.0f,
      65519.0f, 65520.0f,        -65520.0f, 448.0f,     464.0f,
      465.0f,   57344.0f,        61440.0f,  1e30f,      3.4e38f,
      -3.4e38f, 0x1.fffffep127f, INFINITY,  -INFINITY};
  std::mt19937 random(2);
  for (unsigned i = 0; i != 200000; ++i) {
    auto bits = static_cast<uint32_t>(random());
    if (i % 2)
      bits = (bits & 0x80ffffff) | (0x33000000 + ((bits & 0x1f000000) >> 1));
    // Ties, and next to them.
    if (i % 4 == 1)
      bits &= 0xfffff000;
    if (i % 16 == 3)
      bits = (bits & 0xfff80000) + static_cast<uint32_t>(random() % 3) - 1;
    const auto value = bit_cast<float>(bits);
    if (!std::isnan(value))
      values.push_back(value);
  }
  return values;
}

void mhc::test::checkSmallFloats(Checks &checks) {
  const std::vector<float> values = drawFloats();
  const ByteFormat formats[] = {
      {"e4m3", APFloat::Float8E4M3FN(), 8, 0x7e, 0x7f, floatToE4M3, e4m3ToF16},
      {"e5m2", APFloat::Float8E5M2(), 8, 0x7b, 0x7f, floatToE5M2, e5m2ToF16},
      {"e2m3", APFloat::Float6E2M3FN(), 6, 0x1f, 0x1f, floatToE2M3, e2m3ToF16},
      {"e3m2", APFloat::Float6E3M2FN(), 6, 0x1f, 0x1f, floatToE3M2, e3m2ToF16},
      {"e2m1", APFloat::Float4E2M1FN(), 4, 0x07, 0x07, floatToE2M1, e2m1ToF16}};
  for (const ByteFormat &format : formats)
    checks.run((Twine("conversions of ") + format.name).str(), [&] {
      for (unsigned bits = 0; bits != 1u << format.bits; ++bits) {
        const double exact = widenExactly(format.semantics, bits);
        const uint16_t half = format.widen(static_cast<uint8_t>(bits), false);
        if (std::isnan(exact)) {
          checks.equal("NaN", 0x7fff, half);
          continue;
        }
        checks.equal("widened", doubleToF16(exact), half);
        checks.equal("widened relu", std::signbit(exact) ? 0 : half,
                     format.widen(static_cast<uint8_t>(bits), true));
        // And back, unless it is infinite.
        const uint8_t back =
            format.narrow(static_cast<float>(exact), Conversion());
        const auto sign = static_cast<uint8_t>(bits & 1u << (format.bits - 1));
        checks.equal("back", std::isinf(exact) ? sign | format.largest : bits,
                     static_cast<unsigned>(back));
      }
      const double largest = widenExactly(format.semantics, format.largest);
      for (const float value : values) {
        const auto sign = static_cast<uint64_t>(std::signbit(value))
                          << (format.bits - 1);
        const uint64_t expected =
            std::fabs(value) > largest
                ? sign | format.largest
                : narrowExactly(value, format.semantics,
                                APFloat::rmNearestTiesToEven);
        checks.equal("narrowed", expected,
                     uint64_t(format.narrow(value, Conversion())));
        checks.equal(
            "narrowed relu", std::signbit(value) ? 0 : expected,
            uint64_t(format.narrow(value, {Rounding::NearestEven, true})));
      }
      checks.equal("NaN", format.nan, format.narrow(NAN, Conversion()));
      checks.equal("-NaN, relu", format.nan,
                   format.narrow(-NAN, {Rounding::NearestEven, true}));
    });

  checks.run("conversions to f16, bf16 and tf32", [&] {
    using Mode = std::pair<Rounding, APFloat::roundingMode>;
    for (const auto &[rounding, mode] :
         {Mode(Rounding::NearestEven, APFloat::rmNearestTiesToEven),
          Mode(Rounding::NearestAway, APFloat::rmNearestTiesToAway),
          Mode(Rounding::TowardZero, APFloat::rmTowardZero)})
      for (const float value : values) {
        checks.equal("f16", narrowExactly(value, APFloat::IEEEhalf(), mode),
                     uint64_t(emulator::floatToF16(value, {rounding})));
        checks.equal("bf16", narrowExactly(value, APFloat::BFloat(), mode),
                     uint64_t(emulator::floatToBF16(value, {rounding})));
        checks.equal("tf32",
                     narrowExactly(value, APFloat::FloatTF32(), mode) << 13,
                     uint64_t(floatToTF32(value, {rounding})));
      }
    const Conversion saturate = {Rounding::NearestEven, false, true};
    checks.equal("f16 inf", 0x7c00, emulator::floatToF16(1e6f, {}));
    checks.equal("f16 satfinite", 0x7bff,
                 emulator::floatToF16(INFINITY, saturate));
    checks.equal("bf16 satfinite", 0xff7f,
                 emulator::floatToBF16(-INFINITY, saturate));
    checks.equal("tf32 satfinite", 0x7f7fe000u,
                 floatToTF32(0x1.fffffep127f, saturate));
    checks.equal("f16 relu", 0,
                 emulator::floatToF16(-3.0f, {Rounding::NearestEven, true}));
    checks.equal("f16 NaN", 0x7fff, emulator::floatToF16(-NAN, saturate));
    checks.equal("tf32 NaN", 0x7fffffffu, floatToTF32(NAN, {}));
  });

  checks.run("packed conversions", [&] {
    checks.equal("bf16x2", 0x3f804000u, floatsToBF16x2(1.0f, 2.0f, {}));
    checks.equal("f16x2", 0x3c004000u, floatsToF16x2(1.0f, 2.0f, {}));
    checks.equal("e4m3x2", 0x3840, floatsToE4M3x2(1.0f, 2.0f));
    checks.equal("e5m2x2", 0x3c40, floatsToE5M2x2(1.0f, 2.0f));
    checks.equal("e4m3x2 of f16x2", 0x3840, f16x2ToE4M3x2(0x3c004000));
    checks.equal("f16x2 of e4m3x2", 0x3c004000u, e4m3x2ToF16x2(0x3840));
    checks.equal("f16x2 of e5m2x2", 0x3c004000u, e5m2x2ToF16x2(0x3c40));
  });

  checks.run("conversions of ue8m0", [&] {
    checks.equal("1", 127, floatToUE8M0(1.0f, false, false));
    checks.equal("1.5 down", 127, floatToUE8M0(1.5f, false, false));
    checks.equal("-1.5 up", 128, floatToUE8M0(-1.5f, true, false));
    checks.equal("0", 0, floatToUE8M0(0.0f, true, false));
    checks.equal("2^-127", 0, floatToUE8M0(0x1p-127f, true, false));
    checks.equal("above 2^-127", 1, floatToUE8M0(0x1.8p-127f, true, false));
    checks.equal("largest up", 255, floatToUE8M0(3.4e38f, true, false));
    checks.equal("largest up, finite", 254, floatToUE8M0(3.4e38f, true, true));
    checks.equal("NaN", 255, floatToUE8M0(NAN, true, true));
    checks.equal("bf16 of 2^-127", 0x40, ue8m0ToBF16(0));
    checks.equal("bf16 of 1", 0x3f80, ue8m0ToBF16(127));
  });
}
