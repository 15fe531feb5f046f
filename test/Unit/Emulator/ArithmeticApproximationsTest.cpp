//===- ArithmeticApproximationsTest.cpp - Checks of approximate math ------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bounds are held against the host's library in long double.
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Arithmetic/Approximations.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace llvm;
using namespace mhc;
using namespace mhc::emulator;
using namespace mhc::test;

using Real = long double;

namespace {

/// An approximate instruction on f32.
struct Instruction {
  const char *name;
  float (*function)(float, bool, uint64_t);
  Real (*exact)(Real);
  /// The greatest error at an operand whose result is `value`.
  Real (*bound)(float x, Real value);
  /// The operands to draw from.
  float low, high;
};

/// A special operand and the bits of its result.
struct Special {
  const char *name;
  float (*function)(float, bool, uint64_t);
  float x;
  uint32_t expected;
};

} // namespace

static uint32_t toBits(float value) { return bit_cast<uint32_t>(value); }

/// The unit in the last place of an f32.
static Real getUnit(Real value) {
  return std::ldexp(1.0L, std::max(-126, std::ilogb(value)) - 23);
}

static float tanhWithoutFtz(float x, bool, uint64_t seed) {
  return tanhApprox(x, seed);
}

/// Half a unit of a subnormal result may be more than a relative bound.
static Real relax(Real bound) { return std::max(bound, 0x1p-150L); }

static const Instruction instructions[] = {
    {"ex2", ex2Approx, [](Real x) { return std::exp2(x); },
     [](float, Real value) { // Counted from the rounded result.
       return 2 * getUnit(static_cast<float>(value)) + getUnit(value) / 2;
     },
     -150, 128},
    {"lg2", lg2Approx, [](Real x) { return std::log2(x); },
     [](float x, Real value) {
       return x > 0.5f && x < 2 ? 0x1p-22L : 0x1p-22L * std::fabs(value);
     },
     0, 3e38f},
    {"lg2 near 1", lg2Approx, [](Real x) { return std::log2(x); },
     [](float x, Real value) {
       return x > 0.5f && x < 2 ? 0x1p-22L : 0x1p-22L * std::fabs(value);
     },
     0.25f, 4},
    {"rcp", rcpApprox, [](Real x) { return 1 / x; },
     [](float, Real value) { return getUnit(value); }, -3e38f, 3e38f},
    {"sqrt", sqrtApprox, [](Real x) { return std::sqrt(x); },
     [](float, Real value) { return relax(0x1p-23L * value); }, 0, 3e38f},
    {"rsqrt", rsqrtApprox, [](Real x) { return 1 / std::sqrt(x); },
     [](float, Real value) { return std::exp2(-22.9L) * value; }, 0, 3e38f},
    {"sin", sinApprox, [](Real x) { return std::sin(x); },
     [](float, Real) { return std::exp2(-20.5L); }, -6.28f, 6.28f},
    {"cos", cosApprox, [](Real x) { return std::cos(x); },
     [](float, Real) { return std::exp2(-20.5L); }, -6.28f, 6.28f},
    {"sin far", sinApprox, [](Real x) { return std::sin(x); },
     [](float, Real) { return std::exp2(-14.7L); }, -314.0f, 314.0f},
    {"cos far", cosApprox, [](Real x) { return std::cos(x); },
     [](float, Real) { return std::exp2(-14.7L); }, -314.0f, 314.0f},
    {"tanh", tanhWithoutFtz, [](Real x) { return std::tanh(x); },
     [](float, Real value) { return relax(0x1p-11L * std::fabs(value)); }, -12,
     12},
};

/// Operands in a range: evenly, and by exponents.
static std::vector<float> draw(float low, float high) {
  std::mt19937 random(9);
  std::uniform_real_distribution<double> even(low, high);
  std::vector<float> values;
  while (values.size() != 30000) {
    float value = static_cast<float>(even(random));
    if (values.size() % 2)
      value = bit_cast<float>(static_cast<uint32_t>(random()));
    // Whole numbers have exact results; keep some.
    if (values.size() % 16 == 0)
      value = std::round(value);
    if (value >= low && value <= high && value != 0)
      values.push_back(value);
    else if (values.size() % 2)
      values.push_back(static_cast<float>(even(random)));
  }
  return values;
}

static void checkBounds(Checks &checks, const Instruction &instruction) {
  checks.run((Twine("approximate ") + instruction.name).str(), [&] {
    unsigned moved = 0;
    Real worst = 0;
    const std::vector<float> operands = draw(instruction.low, instruction.high);
    for (const float x : operands) {
      const Real value = instruction.exact(x);
      const Real bound = instruction.bound(x, value);
      const float rounded = instruction.function(x, false, 0);
      checks.equal(Twine("rounded, of bits ") + Twine(toBits(x)),
                   toBits(static_cast<float>(value)), toBits(rounded));
      for (const uint64_t seed : {1, 2, 77}) {
        const float result = instruction.function(x, false, seed);
        checks.equal("again", toBits(result),
                     toBits(instruction.function(x, false, seed)));
        moved += toBits(result) != toBits(rounded);
        const Real error = std::fabs(result - value);
        if (!std::isinf(rounded)) {
          checks.isTrue(Twine("bound, of bits ") + Twine(toBits(x)),
                        error <= bound * (1 + 1e-9L));
          worst = std::max(worst, error / bound);
        }
        // .ftz: subnormal operands and results are zeros with a sign.
        const float flushed = instruction.function(x, true, seed);
        if (std::fabs(x) >= 0x1p-126f && instruction.function != tanhWithoutFtz)
          checks.equal("ftz",
                       toBits(std::fabs(result) < 0x1p-126f
                                  ? std::copysign(0.0f, result)
                                  : result),
                       toBits(flushed));
      }
    }
    checks.isTrue("some results have an error", moved > operands.size() / 10);
    checks.isTrue("the bound is reached", worst > 0.75L && worst <= 1.0001L);
  });
}

static void checkSpecials(Checks &checks) {
  const float infinity = INFINITY;
  constexpr uint32_t nan = 0x7fffffff, inf = 0x7f800000, minus = 0x80000000;
  constexpr uint32_t one = 0x3f800000;
  const float tiny = 0x1p-130f;
  const Special specials[] = {
      {"ex2(-inf)", ex2Approx, -infinity, 0},
      {"ex2(-0)", ex2Approx, -0.0f, one},
      {"ex2(0)", ex2Approx, 0.0f, one},
      {"ex2(inf)", ex2Approx, infinity, inf},
      {"ex2(NaN)", ex2Approx, NAN, nan},
      {"ex2(128)", ex2Approx, 128, inf},
      {"lg2(-inf)", lg2Approx, -infinity, nan},
      {"lg2(-1)", lg2Approx, -1, nan},
      {"lg2(-0)", lg2Approx, -0.0f, minus | inf},
      {"lg2(0)", lg2Approx, 0, minus | inf},
      {"lg2(inf)", lg2Approx, infinity, inf},
      {"rcp(-inf)", rcpApprox, -infinity, minus},
      {"rcp(-0)", rcpApprox, -0.0f, minus | inf},
      {"rcp(0)", rcpApprox, 0, inf},
      {"rcp(inf)", rcpApprox, infinity, 0},
      {"rcp(NaN)", rcpApprox, -NAN, nan},
      {"sqrt(-inf)", sqrtApprox, -infinity, nan},
      {"sqrt(-1)", sqrtApprox, -1, nan},
      {"sqrt(-0)", sqrtApprox, -0.0f, minus},
      {"sqrt(inf)", sqrtApprox, infinity, inf},
      {"rsqrt(-1)", rsqrtApprox, -1, nan},
      {"rsqrt(-0)", rsqrtApprox, -0.0f, minus | inf},
      {"rsqrt(0)", rsqrtApprox, 0, inf},
      {"rsqrt(inf)", rsqrtApprox, infinity, 0},
      {"sin(inf)", sinApprox, infinity, nan},
      {"sin(-0)", sinApprox, -0.0f, minus},
      {"cos(-inf)", cosApprox, -infinity, nan},
      {"cos(-0)", cosApprox, -0.0f, one},
      {"tanh(-inf)", tanhWithoutFtz, -infinity, minus | one},
      {"tanh(inf)", tanhWithoutFtz, infinity, one},
      {"tanh(-0)", tanhWithoutFtz, -0.0f, minus},
      {"tanh(tiny)", tanhWithoutFtz, tiny, toBits(tiny)},
      {"tanh(NaN)", tanhWithoutFtz, NAN, nan},
  };
  checks.run("approximate math with special operands", [&] {
    for (const Special &special : specials)
      for (const uint64_t seed : {0, 1, 5})
        for (const bool ftz : {false, true})
          checks.equal(special.name, special.expected,
                       toBits(special.function(special.x, ftz, seed)));
    for (const uint64_t seed : {0, 1, 5}) {
      checks.equal("rcp.ftz(tiny)", minus | inf,
                   toBits(rcpApprox(-tiny, true, seed)));
      checks.equal("rsqrt.ftz(tiny)", inf,
                   toBits(rsqrtApprox(tiny, true, seed)));
      checks.equal("lg2.ftz(tiny)", minus | inf,
                   toBits(lg2Approx(tiny, true, seed)));
      checks.equal("sqrt.ftz(-tiny)", minus,
                   toBits(sqrtApprox(-tiny, true, seed)));
      checks.equal("rcp.ftz(-2^127)", minus,
                   toBits(rcpApprox(-0x1p127f, true, seed)));
    }
  });
}

static void checkDivision(Checks &checks) {
  checks.run("approximate division", [&] {
    std::mt19937 random(21);
    Real worst = 0;
    for (unsigned i = 0; i != 100000; ++i) {
      const auto x = bit_cast<float>(static_cast<uint32_t>(random()));
      const auto y = bit_cast<float>(static_cast<uint32_t>(random()));
      if (!std::isfinite(x) || !std::isfinite(y) || x == 0 || y == 0)
        continue;
      const Real value = static_cast<Real>(x) / y;
      for (const uint64_t seed : {0, 3}) {
        const float full = divFull(x, y, false, seed);
        const float fast = divApprox(x, y, false, seed);
        const Real bound = seed ? 2 * getUnit(value) : getUnit(value) / 2;
        if (std::isfinite(x / y)) {
          checks.isTrue("div.full", std::fabs(full - value) <= bound);
          checks.isTrue("sign", std::signbit(full) == std::signbit(x / y));
          worst = std::max(worst, std::fabs(full - value) / getUnit(value));
        }
        if (std::fabs(y) > 0x1p126f)
          checks.equal("large divisor", 0.0f, fast);
        else if (std::isfinite(x / y))
          checks.isTrue("div.approx", std::fabs(fast - value) <= bound);
      }
    }
    checks.isTrue("the bound is reached", worst > 1.9L);
    for (const uint64_t seed : {0, 3}) {
      checks.equal("inf / 2^127", 0x7fffffffu,
                   toBits(divApprox(INFINITY, 0x1p127f, false, seed)));
      checks.equal("-1 / 2^127", 0x80000000u,
                   toBits(divApprox(-1, 0x1p127f, false, seed)));
      checks.equal("1 / 0", 0x7f800000u, toBits(divApprox(1, 0, false, seed)));
      checks.equal("0 / 0", 0x7fffffffu, toBits(divFull(0, 0, false, seed)));
      checks.equal("1 / inf", 0u, toBits(divApprox(1, INFINITY, false, seed)));
      checks.equal("1 / NaN", 0x7fffffffu,
                   toBits(divFull(1, NAN, false, seed)));
    }
  });
}

/// All operands of 16 bits.
static void checkHalf(Checks &checks, const char *name,
                      uint16_t (*function)(uint16_t, uint64_t),
                      Real (*exact)(Real), double (*widen)(uint16_t),
                      uint16_t (*narrow)(double), uint16_t infinity,
                      Real relative, Real absolute, bool ftz) {
  checks.run((Twine("approximate ") + name).str(), [&] {
    unsigned moved = 0;
    for (unsigned bits = 0; bits != 0x10000; ++bits) {
      const auto x = static_cast<uint16_t>(bits);
      const double operand = widen(x);
      for (const uint64_t seed : {0, 1, 2}) {
        const uint16_t result = function(x, seed);
        if (std::isnan(operand)) {
          checks.equal("NaN", 0x7fff, result);
          continue;
        }
        const Real value = exact(operand);
        uint16_t rounded = narrow(static_cast<double>(value));
        if (ftz && (rounded & infinity) == 0)
          rounded &= 0x8000;
        if (seed == 0 || std::isinf(operand) || operand == 0 ||
            (rounded & 0x7fff) == infinity) {
          checks.equal(Twine("rounded, of bits ") + Twine(bits), rounded,
                       result);
          continue;
        }
        moved += result != rounded;
        const Real bound = std::max(relative * std::fabs(value), absolute);
        checks.isTrue(Twine("bound, of bits ") + Twine(bits),
                      result == rounded || (result & 0x7fff) == 0 ||
                          std::fabs(widen(result) - value) <=
                              bound * (1 + 1e-9L));
      }
    }
    checks.isTrue("some results have an error", moved > 1000);
  });
}

static void checkDoubles(Checks &checks) {
  checks.run("approximate f64", [&] {
    std::mt19937_64 random(31);
    for (unsigned i = 0; i != 50000; ++i) {
      const auto x = bit_cast<double>(static_cast<uint64_t>(random()));
      if (!std::isfinite(x) || std::fabs(x) < 0x1p-1000 ||
          std::fabs(x) > 0x1p1000)
        continue;
      const auto upper = static_cast<Real>(
          bit_cast<double>(bit_cast<uint64_t>(x) & 0xffffffff00000000));
      for (const uint64_t seed : {0, 4}) {
        const double rcp = rcpApproxF64(x, seed);
        checks.equal("low half", 0u,
                     static_cast<uint32_t>(bit_cast<uint64_t>(rcp)));
        checks.isTrue("rcp", std::fabs(rcp * upper - 1) <= 0x1.01p-20L);
        if (x < 0)
          continue;
        const double rsqrt = rsqrtApproxF64(x, seed);
        checks.equal("low half", 0u,
                     static_cast<uint32_t>(bit_cast<uint64_t>(rsqrt)));
        checks.isTrue("rsqrt",
                      std::fabs(rsqrt * std::sqrt(upper) - 1) <= 0x1.01p-20L);
        checks.isTrue("rsqrt.f64",
                      std::fabs(rsqrtApproxFullF64(x, seed) *
                                    std::sqrt(static_cast<Real>(x)) -
                                1) <= 0x1.9p-52L);
      }
    }
    checks.equal("rcp(-subnormal)", -INFINITY, rcpApproxF64(-0x1p-1060, 1));
    checks.equal("rcp(-inf)", uint64_t(1) << 63,
                 bit_cast<uint64_t>(rcpApproxF64(-INFINITY, 1)));
    checks.equal("rsqrt(-1)", uint64_t(0x7fffffff00000000),
                 bit_cast<uint64_t>(rsqrtApproxF64(-1, 1)));
    checks.equal("rsqrt(-subnormal)", -INFINITY, rsqrtApproxF64(-0x1p-1060, 1));
    checks.equal("NaN", uint64_t(0x7fffffff00000000),
                 bit_cast<uint64_t>(rcpApproxF64(NAN, 0)));
  });
}

void mhc::test::checkApproximations(Checks &checks) {
  for (const Instruction &instruction : instructions)
    checkBounds(checks, instruction);
  checkSpecials(checks);
  checkDivision(checks);
  const auto exp2 = [](Real x) { return std::exp2(x); };
  const auto tanh = [](Real x) { return std::tanh(x); };
  checkHalf(checks, "ex2.f16", ex2ApproxF16, exp2, f16ToDouble, doubleToF16,
            0x7c00, std::exp2(-9.9L), 0, false);
  checkHalf(checks, "ex2.ftz.bf16", ex2ApproxBF16, exp2, bf16ToDouble,
            doubleToBF16, 0x7f80, 0x1p-7L, 0, true);
  checkHalf(checks, "tanh.f16", tanhApproxF16, tanh, f16ToDouble, doubleToF16,
            0x7c00, 0, std::exp2(-10.987L), false);
  checkHalf(checks, "tanh.bf16", tanhApproxBF16, tanh, bf16ToDouble,
            doubleToBF16, 0x7f80, 0, 0x1p-8L, false);
  checks.run("approximate halves", [&] {
    checks.equal("ex2.f16x2", 0x3c004000u,
                 approximateHalves<ex2ApproxF16>(0x00003c00, 0));
  });
  checkDoubles(checks);
}
