//===- Random.cpp - Normal numbers, the same bits everywhere --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// This file must be compiled without contraction of a*b+c to a fused operation
// (-ffp-contract=off) and without any fast-math option.
//
//===----------------------------------------------------------------------===//

#include "mhc/Support/Random.h"

#include "llvm/ADT/bit.h"

#include <cassert>
#include <cfloat>
#include <cmath>
#include <cstddef>

using namespace llvm;

#ifdef __FAST_MATH__
#error "the normal numbers need IEEE arithmetic"
#endif

namespace mhc {

static_assert(FLT_EVAL_METHOD == 0, "doubles must be computed as doubles");

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                   std::array<uint32_t, 2> key) {
  for (int round = 0; round != 10; ++round) {
    const uint64_t product0 = uint64_t{0xd2511f53} * counter[0];
    const uint64_t product1 = uint64_t{0xcd9e8d57} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += 0x9e3779b9; // The golden ratio.
    key[1] += 0xbb67ae85; // sqrt(3) - 1.
  }
  return counter;
}

/// The polynomial with these coefficients, the constant first, by Horner's
/// scheme.
template <size_t N>
static double evaluatePolynomial(const double (&coefficients)[N], double x) {
  double result = coefficients[N - 1];
  for (size_t i = N - 1; i != 0; --i)
    result = result * x + coefficients[i - 1];
  return result;
}

double portableLog(double value) {
  assert(value >= DBL_MIN && value <= DBL_MAX &&
         "expected a positive, finite, normal number");
  // value = 2^exponent * m with m from sqrt(1/2) to sqrt(2).
  const auto bits = bit_cast<uint64_t>(value);
  constexpr uint64_t fractionMask = (uint64_t{1} << 52) - 1;
  auto exponent = static_cast<int64_t>(bits >> 52) - 1023;
  double m = bit_cast<double>((bits & fractionMask) | uint64_t{1023} << 52);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }

  // log m = 2 atanh s = 2 (s + s^3/3 + s^5/5 + ...) with s = f/(2+f), f = m-1,
  // |s| < 0.1716. The first term left out is below 2^-58 of the sum. Since
  // 2s = f - sf, the sum is f - s (f - 2 (s^2/3 + s^4/5 + ...)), in which only
  // the small second part is rounded more than once.
  static constexpr double series[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,
                                      2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17,
                                      2.0 / 19, 2.0 / 21};
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double square = s * s;
  const double correction = square * evaluatePolynomial(series, square);
  // The upper part of log 2 has 32 bits: its product with the exponent is
  // exact.
  constexpr double log2High = 0x1.62e42feep-1;
  constexpr double log2Low = 0x1.a39ef35793c76p-33;
  const auto k = static_cast<double>(exponent);
  return k * log2High - ((s * (f - correction) - k * log2Low) - f);
}

/// The quantile of p where q = p - 1/2, |q| <= 0.425.
static double centralQuantile(double q) {
  static constexpr double a[] = {
      3.3871328727963666080e0,  1.3314166789178437745e+2,
      1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4,
      3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  const double r = 0.180625 - q * q;
  return q * evaluatePolynomial(a, r) / evaluatePolynomial(b, r);
}

/// Minus the quantile of a small probability, below 0.075.
static double tailQuantile(double probability) {
  static constexpr double c[] = {
      1.42343711074968357734e0,  4.63033784615654529590e0,
      5.76949722146069140550e0,  3.64784832476320460504e0,
      1.27045825245236838258e0,  2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  static constexpr double e[] = {
      6.65790464350110377720e0,  5.46378491116411436990e0,
      1.78482653991729133580e0,  2.96560571828504891230e-1,
      2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr double f[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};
  const double r = std::sqrt(-portableLog(probability));
  if (r <= 5.0)
    return evaluatePolynomial(c, r - 1.6) / evaluatePolynomial(d, r - 1.6);
  return evaluatePolynomial(e, r - 5.0) / evaluatePolynomial(f, r - 5.0);
}

double normalQuantile(double p) {
  assert(p > 0.0 && p < 1.0 && "expected a probability");
  const double q = p - 0.5;
  if (q >= -0.425 && q <= 0.425)
    return centralQuantile(q);
  return q < 0.0 ? -tailQuantile(p) : tailQuantile(1.0 - p);
}

double standardNormal(uint64_t seed, uint64_t index) {
  const std::array<uint32_t, 4> block = philox4x32(
      {static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), 0, 0},
      {static_cast<uint32_t>(seed), static_cast<uint32_t>(seed >> 32)});
  const uint64_t bits = block[0] | uint64_t{block[1]} << 32;

  // 2k + 1 has 53 bits, so that the probability, which lies between 0 and 1/2,
  // and its distance from 1/2 are exact.
  const uint64_t k = bits & ((uint64_t{1} << 52) - 1);
  const double probability = static_cast<double>(2 * k + 1) * 0x1p-54;
  const double q = 0.5 - probability;
  const double magnitude =
      q <= 0.425 ? centralQuantile(q) : tailQuantile(probability);
  return bits >> 63 ? -magnitude : magnitude;
}

void fillStandardNormal(uint64_t seed, uint64_t first,
                        MutableArrayRef<double> values) {
  for (double &value : values)
    value = standardNormal(seed, first++);
}

} // namespace mhc
