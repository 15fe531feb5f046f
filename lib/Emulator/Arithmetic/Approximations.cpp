//===- Approximations.cpp - Approximate instructions, perturbed -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Approximations.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;

// The bits must not depend on what the host can fuse.
#pragma STDC FP_CONTRACT OFF

namespace mhc::emulator {

static constexpr double kPi = 0x1.921fb54442d18p+1;
static constexpr double kLn2 = 0x1.62e42fefa39efp-1;

//===----------------------------------------------------------------------===//
// Exact functions
//===----------------------------------------------------------------------===//

/// 2^exponent, for exponents of normal doubles.
static double getPower(int exponent) {
  return bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

/// e^x for |x| <= 0.35, by its series.
static double expSeries(double x) {
  double sum = 1.0;
  for (int i = 16; i != 0; --i)
    sum = 1.0 + sum * x / i;
  return sum;
}

double exactEx2(double x) {
  // Beyond, the result leaves f32's range by far.
  x = std::clamp(x, -400.0, 400.0);
  const double whole = std::floor(x + 0.5);
  return expSeries((x - whole) * kLn2) * getPower(static_cast<int>(whole));
}

double exactLg2(double x) {
  int exponent;
  double mantissa = std::frexp(x, &exponent); // [0.5, 1)
  if (mantissa < 0x1.6a09e667f3bcdp-1) {
    mantissa *= 2;
    --exponent;
  }
  // log(m) = 2 atanh(s), |s| < 0.172.
  const double s = (mantissa - 1) / (mantissa + 1);
  const double square = s * s;
  double sum = 0;
  for (int i = 23; i > 0; i -= 2)
    sum = sum * square + 1.0 / i;
  return 2 * s * sum / kLn2 + exponent;
}

static double sinSeries(double x) {
  const double square = x * x;
  double sum = 1.0;
  for (int i = 20; i != 0; i -= 2)
    sum = 1.0 - sum * square / (i * (i + 1));
  return x * sum;
}

static double cosSeries(double x) {
  const double square = x * x;
  double sum = 1.0;
  for (int i = 20; i != 0; i -= 2)
    sum = 1.0 - sum * square / (i * (i - 1));
  return sum;
}

/// sin(x + quarters * pi / 2)
static double computeSine(double x, int quarters) {
  if (std::fabs(x) > 1000)
    return quarters ? std::cos(x) : std::sin(x);
  // pi / 2 in parts: products with the first, of 33 bits, are exact.
  const double turns = std::floor(x * (2 / kPi) + 0.5);
  const double rest = (x - turns * 0x1.921fb544p+0) - turns * 0x1.0b4611a6p-34 -
                      turns * 0x1.3198a2e037073p-69;
  switch ((static_cast<int>(turns) + quarters) & 3) {
  case 0:
    return sinSeries(rest);
  case 1:
    return cosSeries(rest);
  case 2:
    return -sinSeries(rest);
  default:
    return -cosSeries(rest);
  }
}

double exactSin(double x) { return computeSine(x, 0); }
double exactCos(double x) { return computeSine(x, 1); }

double exactTanh(double x) {
  const double magnitude = std::fabs(x);
  double result;
  if (magnitude < 0.17) {
    // (e^2x - 1) / (e^2x + 1), where e^2x - 1 is a series of its own.
    const double y = 2 * magnitude;
    double sum = 1.0;
    for (int i = 17; i != 1; --i)
      sum = 1.0 + sum * y / i;
    const double minusOne = y * sum;
    result = minusOne / (minusOne + 2);
  } else if (magnitude < 30) {
    result = 1 - 2 / (exactEx2(2 * magnitude / kLn2) + 1);
  } else {
    result = 1;
  }
  return x < 0 ? -result : result;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

namespace {

enum class Function : uint8_t {
  Ex2,
  Ex2F16,
  Ex2BF16,
  Lg2,
  Rcp,
  Sqrt,
  Rsqrt,
  DivApprox,
  DivFull,
  Sin,
  Cos,
  Tanh,
  TanhF16,
  TanhBF16,
  RcpF64,
  RsqrtF64,
  RsqrtFullF64
};

/// A format of operands and results.
struct F32 {
  using Bits = uint32_t;
  static constexpr Bits infinity = 0x7f800000, nan = 0x7fffffff;
  static constexpr Bits sign = 0x80000000;
  static Bits narrow(double value) {
    return bit_cast<uint32_t>(static_cast<float>(value));
  }
  static double widen(Bits bits) { return bit_cast<float>(bits); }
};
struct F16 {
  using Bits = uint16_t;
  static constexpr Bits infinity = 0x7c00, nan = 0x7fff, sign = 0x8000;
  static Bits narrow(double value) { return doubleToF16(value); }
  static double widen(Bits bits) { return f16ToDouble(bits); }
};
struct BF16 {
  using Bits = uint16_t;
  static constexpr Bits infinity = 0x7f80, nan = 0x7fff, sign = 0x8000;
  static Bits narrow(double value) { return doubleToBF16(value); }
  static double widen(Bits bits) { return bf16ToDouble(bits); }
};

} // namespace

/// The finalizer of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014).
static uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

static uint64_t hash(Function function, uint64_t operand, uint64_t seed) {
  const uint64_t key =
      seed * 0x9e3779b97f4a7c15 + static_cast<uint64_t>(function);
  return mix(mix(key + 0x9e3779b97f4a7c15) ^ operand);
}

/// A number in [-1, 1] from a hash, its ends included: one hash in four is an
/// end, where the worst errors are.
static double getDirection(uint64_t bits) {
  if ((bits & 3) == 0)
    return bits & 4 ? 1 : -1;
  return static_cast<double>(bits >> 11) * 0x1p-52 - 1;
}

/// The unit in the last place of an f32 at `value`.
static double getUnit(double value) {
  const int exponent = value == 0 ? -126 : std::max(-126, std::ilogb(value));
  return getPower(exponent - 23);
}

/// The number within `bound` of `value` to which the hash points, or the
/// nearest one if there is none.
template <typename Format>
static typename Format::Bits perturb(double value, double bound,
                                     Function function, uint64_t operand,
                                     uint64_t seed) {
  using Bits = typename Format::Bits;
  const Bits nearest = Format::narrow(value);
  const Bits magnitude = nearest & static_cast<Bits>(~Format::sign);
  if (seed == 0 || magnitude == Format::infinity)
    return nearest;
  const double error = bound * getDirection(hash(function, operand, seed));
  Bits bits = Format::narrow(value + error);
  // Rounding may have left the bound: go back by one number. Next to zero, that
  // is the other sign's side, where the nearest number serves as well.
  if (std::fabs(Format::widen(bits) - value) > bound) {
    const bool isTooLarge = std::fabs(Format::widen(bits)) > std::fabs(value);
    bits = static_cast<Bits>(isTooLarge ? bits - 1 : bits + 1);
  }
  if (!(std::fabs(Format::widen(bits) - value) <= bound))
    return nearest;
  return bits;
}

/// The same for a result whose error is relative, which keeps its sign.
template <typename Format>
static typename Format::Bits perturbRelative(double value, double bound,
                                             Function function,
                                             uint64_t operand, uint64_t seed) {
  return perturb<Format>(value, bound * std::fabs(value), function, operand,
                         seed);
}

/// The same for an f32 and a bound in units in the last place.
static uint32_t perturbUnits(double value, int units, Function function,
                             uint64_t operand, uint64_t seed) {
  return perturb<F32>(value, units * getUnit(value), function, operand, seed);
}

static float fromBits(uint32_t bits) { return bit_cast<float>(bits); }
static uint32_t toBits(float value) { return bit_cast<uint32_t>(value); }

static constexpr uint32_t kNaN = F32::nan;
static constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// A subnormal number becomes a zero of its sign.
static float flush(float value, bool ftz) {
  const bool isSubnormal = std::fabs(value) < 0x1p-126f;
  return ftz && isSubnormal ? std::copysign(0.0f, value) : value;
}

static float finish(uint32_t bits, bool ftz) {
  return flush(fromBits(bits), ftz);
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

float ex2Approx(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x))
    return fromBits(kNaN);
  if (std::isinf(x))
    return x > 0 ? kInfinity : 0.0f;
  if (x == 0)
    return 1.0f;
  const double value = exactEx2(x);
  const uint32_t rounded = F32::narrow(value);
  if (seed == 0 || rounded == F32::infinity || rounded == 0)
    return finish(rounded, ftz);
  // The bound is counted from the rounded result. Above a power of two, a step
  // is two units of the numbers below.
  const auto step =
      static_cast<int64_t>(hash(Function::Ex2, toBits(x), seed) % 5) - 2;
  auto moved = static_cast<uint32_t>(
      std::clamp<int64_t>(rounded + step, 0, F32::infinity - 1));
  const double center = F32::widen(rounded);
  if (F32::widen(moved) - center > 2 * getUnit(center))
    --moved;
  return finish(moved, ftz);
}

/// 2^x in a format of 16 bits.
template <typename Format>
static uint16_t ex2Half(uint16_t x, double bound, Function function,
                        uint64_t seed) {
  const double operand = Format::widen(x);
  if (std::isnan(operand))
    return Format::nan;
  if (std::isinf(operand))
    return operand > 0 ? Format::infinity : uint16_t(0);
  if (operand == 0)
    return Format::narrow(1.0);
  return perturbRelative<Format>(exactEx2(operand), bound, function, x, seed);
}

uint16_t ex2ApproxF16(uint16_t x, uint64_t seed) {
  return ex2Half<F16>(x, 0x1.125fbee250663p-10, Function::Ex2F16, seed);
}

uint16_t ex2ApproxBF16(uint16_t x, uint64_t seed) {
  // .ftz: subnormal operands and results are zeros.
  const bool isSubnormal = (x & 0x7f80) == 0;
  const uint16_t result = ex2Half<BF16>(isSubnormal ? uint16_t(0) : x, 0x1p-7,
                                        Function::Ex2BF16, seed);
  return (result & 0x7f80) ? result : uint16_t(0);
}

float lg2Approx(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (x == 0)
    return -kInfinity;
  if (std::isnan(x) || x < 0)
    return fromBits(kNaN);
  if (std::isinf(x))
    return x;
  const double value = exactLg2(x);
  const bool isNearOne = x > 0.5f && x < 2.0f;
  return finish(perturb<F32>(value,
                             isNearOne ? 0x1p-22 : 0x1p-22 * std::fabs(value),
                             Function::Lg2, toBits(x), seed),
                ftz);
}

float rcpApprox(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x))
    return fromBits(kNaN);
  if (x == 0 || std::isinf(x))
    return 1.0f / x;
  return finish(perturbUnits(1.0 / x, 1, Function::Rcp, toBits(x), seed), ftz);
}

float sqrtApprox(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x) || x < 0)
    return fromBits(kNaN);
  if (x == 0 || std::isinf(x))
    return x;
  return finish(perturbRelative<F32>(std::sqrt(static_cast<double>(x)), 0x1p-23,
                                     Function::Sqrt, toBits(x), seed),
                ftz);
}

float rsqrtApprox(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x) || x < 0)
    return fromBits(kNaN);
  if (x == 0)
    return std::copysign(kInfinity, x);
  if (std::isinf(x))
    return 0.0f;
  return finish(perturbRelative<F32>(1 / std::sqrt(static_cast<double>(x)),
                                     0x1.125fbee250663p-23, Function::Rsqrt,
                                     toBits(x), seed),
                ftz);
}

/// x / y within two units in the last place.
static float divide(float x, float y, bool ftz, Function function,
                    uint64_t seed) {
  const float quotient = x / y;
  if (std::isnan(quotient))
    return fromBits(kNaN);
  if (std::isinf(x) || std::isinf(y) || x == 0 || y == 0)
    return quotient;
  const double exact = static_cast<double>(x) / y;
  const uint64_t operands = static_cast<uint64_t>(toBits(x)) << 32 | toBits(y);
  const uint32_t bits = perturbUnits(exact, 2, function, operands, seed);
  return flush(std::copysign(fromBits(bits), quotient), ftz);
}

float divApprox(float x, float y, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  y = flush(y, ftz);
  if (std::fabs(y) > 0x1p126f && !std::isinf(y) && !std::isnan(x)) {
    if (std::isinf(x))
      return fromBits(kNaN);
    return std::signbit(x) != std::signbit(y) ? -0.0f : 0.0f;
  }
  return divide(x, y, ftz, Function::DivApprox, seed);
}

float divFull(float x, float y, bool ftz, uint64_t seed) {
  return divide(flush(x, ftz), flush(y, ftz), ftz, Function::DivFull, seed);
}

/// Sine or cosine, neither of which leaves [-1, 1].
static float perturbSine(double value, float x, bool ftz, Function function,
                         uint64_t seed) {
  const double magnitude = std::fabs(static_cast<double>(x));
  constexpr double far = 0x1.3b2c47bff8329p-15; // 2^-14.7
  double bound = far;
  if (magnitude <= 2 * kPi)
    bound = 0x1.6a09e667f3bccp-21; // 2^-20.5
  else if (magnitude > 100 * kPi)
    bound = std::min(1.0, far * magnitude / (100 * kPi));
  const float result =
      fromBits(perturb<F32>(value, bound, function, toBits(x), seed));
  return flush(std::clamp(result, -1.0f, 1.0f), ftz);
}

float sinApprox(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x) || std::isinf(x))
    return fromBits(kNaN);
  if (x == 0)
    return x;
  return perturbSine(exactSin(x), x, ftz, Function::Sin, seed);
}

float cosApprox(float x, bool ftz, uint64_t seed) {
  x = flush(x, ftz);
  if (std::isnan(x) || std::isinf(x))
    return fromBits(kNaN);
  if (x == 0)
    return 1.0f;
  return perturbSine(exactCos(x), x, ftz, Function::Cos, seed);
}

float tanhApprox(float x, uint64_t seed) {
  if (std::isnan(x))
    return fromBits(kNaN);
  // Subnormal operands, and zeros, are their own results.
  if (std::fabs(x) < 0x1p-126f)
    return x;
  if (std::isinf(x))
    return std::copysign(1.0f, x);
  const float result = fromBits(perturbRelative<F32>(
      exactTanh(x), 0x1p-11, Function::Tanh, toBits(x), seed));
  return std::clamp(result, -1.0f, 1.0f);
}

template <typename Format>
static uint16_t tanhHalf(uint16_t x, double bound, Function function,
                         uint64_t seed) {
  const double operand = Format::widen(x);
  if (std::isnan(operand))
    return Format::nan;
  if (operand == 0)
    return x;
  const uint16_t sign = x & 0x8000;
  const uint16_t one = Format::narrow(1.0);
  if (std::isinf(operand))
    return sign | one;
  const uint16_t result =
      perturb<Format>(exactTanh(std::fabs(operand)), bound, function, x, seed);
  // A negative result has crossed zero.
  return sign | (result & 0x8000 ? uint16_t(0) : std::min(result, one));
}

uint16_t tanhApproxF16(uint16_t x, uint64_t seed) {
  return tanhHalf<F16>(x, 0x1.0251353756990p-11, Function::TanhF16, seed);
}

uint16_t tanhApproxBF16(uint16_t x, uint64_t seed) {
  return tanhHalf<BF16>(x, 0x1p-8, Function::TanhBF16, seed);
}

static double getNaN64() { return bit_cast<double>(0x7fffffff00000000u); }

/// The upper 32 bits of a double.
static double cutOff(double x) {
  return bit_cast<double>(bit_cast<uint64_t>(x) & 0xffffffff00000000u);
}

static double flushDouble(double x) {
  return std::fabs(x) < 0x1p-1022 ? std::copysign(0.0, x) : x;
}

/// A normal double moved by -1, 0 or 1 units in the last of `fractionBits`
/// bits, to which it is rounded first.
static double perturbDouble(double value, unsigned fractionBits,
                            Function function, double operand, uint64_t seed) {
  const unsigned drop = 52 - fractionBits;
  uint64_t bits = bit_cast<uint64_t>(value);
  if (drop) {
    const uint64_t half = uint64_t(1) << (drop - 1);
    bits = (bits + half - 1 + (bits >> drop & 1)) >> drop << drop;
  }
  if (seed == 0)
    return bit_cast<double>(bits);
  // The rounded value is off by up to half a unit: a step back is within one.
  const uint64_t random = hash(function, bit_cast<uint64_t>(operand), seed);
  const uint64_t unit = uint64_t(1) << drop;
  if (!(random & 1))
    return bit_cast<double>(bits);
  const double error = bit_cast<double>(bits) - value;
  return bit_cast<double>(std::fabs(bit_cast<double>(bits)) >
                                      std::fabs(value) ||
                                  (error == 0 && random & 2)
                              ? bits - unit
                              : bits + unit);
}

double rcpApproxF64(double x, uint64_t seed) {
  if (std::isnan(x))
    return getNaN64();
  x = flushDouble(cutOff(x));
  const double value = 1 / x;
  if (x == 0 || std::isinf(x))
    return value;
  if (std::fabs(value) < 0x1p-1022)
    return std::copysign(0.0, value);
  return flushDouble(perturbDouble(value, 20, Function::RcpF64, x, seed));
}

double rsqrtApproxF64(double x, uint64_t seed) {
  if (std::isnan(x))
    return getNaN64();
  x = flushDouble(cutOff(x));
  if (x == 0)
    return std::copysign(std::numeric_limits<double>::infinity(), x);
  if (x < 0)
    return getNaN64();
  if (std::isinf(x))
    return 0.0;
  return perturbDouble(1 / std::sqrt(x), 20, Function::RsqrtF64, x, seed);
}

double rsqrtApproxFullF64(double x, uint64_t seed) {
  if (std::isnan(x) || x < 0)
    return bit_cast<double>(0x7fffffffffffffffu);
  if (x == 0)
    return std::copysign(std::numeric_limits<double>::infinity(), x);
  if (std::isinf(x))
    return 0.0;
  // One step of Newton's iteration on a number in [0.5, 2).
  int exponent;
  double scaled = std::frexp(x, &exponent);
  if (exponent % 2) {
    scaled *= 2;
    --exponent;
  }
  const double first = 1 / std::sqrt(scaled);
  const double square = first * first;
  const double rest =
      std::fma(-scaled, square, 1.0) - scaled * std::fma(first, first, -square);
  const double value = std::ldexp(first + first * (rest / 2), -exponent / 2);
  return perturbDouble(value, 52, Function::RsqrtFullF64, x, seed);
}

} // namespace mhc::emulator
