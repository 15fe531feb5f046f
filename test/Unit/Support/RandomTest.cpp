//===- RandomTest.cpp - Checks of the normal numbers ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"

#include "mhc/Support/Random.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace llvm;
using namespace mhc;
using namespace mhc::test;

void mhc::test::checkRandom(Checks &checks) {
  checks.run("philox-known-answers", [&] {
    // From kat_vectors of the authors' Random123 library.
    using Block = std::array<uint32_t, 4>;
    const uint32_t ones = 0xffffffff;
    auto check = [&](Block counter, std::array<uint32_t, 2> key, Block block) {
      const Block got = philox4x32(counter, key);
      for (int i = 0; i != 4; ++i)
        checks.equal("word " + Twine(i), block[i], got[i]);
    };
    check({0, 0, 0, 0}, {0, 0},
          {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    check({ones, ones, ones, ones}, {ones, ones},
          {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    check({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
          {0xa4093822, 0x299f31d0},
          {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
  });

  checks.run("portable-log", [&] {
    for (uint64_t i = 1; i != 200000; ++i) {
      const double fraction =
          0x1p-52 * static_cast<double>(i * 0x9e3779b97f4a7c15 >> 12);
      const double value =
          std::ldexp(1 + fraction, static_cast<int>(i % 70) - 60);
      const double expected = std::log(value);
      checks.near("log", expected, portableLog(value),
                  3 * 0x1p-53 * std::max(std::abs(expected), 0x1p-8));
    }
    checks.equal("log 1", 0.0, portableLog(1.0));
  });

  checks.run("normal-quantile", [&] {
    // erfc gives the probability below z, and the density its error in p.
    for (int i = 1; i != 200000; ++i) {
      const double p = i < 100000
                           ? i / 200000.0
                           : std::ldexp(1.0 + i / 200000.0, -(i % 960) - 1);
      const double z = normalQuantile(p);
      const double below = 0.5 * std::erfc(-z * std::sqrt(0.5));
      checks.near("p of the quantile of " + Twine(i), 1.0, below / p,
                  1.5e-15 * (z * z + 2));
    }
    checks.equal("median", 0.0, normalQuantile(0.5));
    checks.near("0.975", 1.959963984540054, normalQuantile(0.975), 1e-15);
    checks.near("0.025", -1.959963984540054, normalQuantile(0.025), 1e-15);
    checks.near("1e-10", -6.361340902404056, normalQuantile(1e-10), 2e-15);
  });

  checks.run("normal-values", [&] {
    // The true values to 60 digits, rounded, by another program (the inverse
    // error function of mpmath).
    struct {
      uint64_t seed, index;
      double value;
    } const truth[] = {
        {0, 0, -0x1.049fb35d24742p-1},
        {0, 1, 0x1.88844416adac0p+0},
        {0, 2, 0x1.82e32e992819ap-1},
        {7, 0, -0x1.f6acccf2e8d05p-2},
        {7, 67108863, 0x1.d404a57b1a3a1p+0},
        {UINT64_MAX, (uint64_t{1} << 40) + 5, 0x1.6f71059b8adbdp-2},
        {42, 123456789, -0x1.3048eb5141c45p-4},
        {1, 128768, -0x1.3eb9ba69f5be2p+2}};
    for (const auto &[seed, index, value] : truth)
      checks.near("element " + Twine(index) + " of " + Twine(seed), value,
                  standardNormal(seed, index), 2e-15 * std::abs(value));
  });

  checks.run("normal-same-bits", [&] {
    // A change of any bit on any machine or with any flag shows here.
    uint64_t hash = 0;
    for (uint64_t i = 0; i != 100000; ++i)
      hash = hash * 0x9e3779b97f4a7c15 +
             bit_cast<uint64_t>(standardNormal(2024, i));
    checks.equal("hash", uint64_t{1263547858274828446}, hash);
  });

  checks.run("normal-any-order", [&] {
    std::vector<double> all(1000), part(10);
    fillStandardNormal(5, 0, all);
    fillStandardNormal(5, 990, part);
    checks.isTrue("pieces agree",
                  std::equal(part.begin(), part.end(), all.begin() + 990));
    checks.isTrue("seeds differ", standardNormal(6, 0) != all[0]);
  });

  checks.run("normal-moments", [&] {
    constexpr int count = 1000000;
    std::vector<double> values(count);
    fillStandardNormal(3, 0, values);
    double moments[4] = {}, lag = 0;
    for (int i = 0; i != count; ++i) {
      double power = 1;
      for (double &moment : moments)
        moment += (power *= values[i]) / count;
      lag += values[i] * values[(i + 1) % count] / count;
    }
    // Five standard deviations: of z^k these are 1, sqrt 2, sqrt 15, sqrt 96.
    checks.near("mean", 0, moments[0], 0.005);
    checks.near("variance", 1, moments[1], 0.0071);
    checks.near("third", 0, moments[2], 0.0194);
    checks.near("fourth", 3, moments[3], 0.049);
    checks.near("neighbours", 0, lag, 0.005);
    std::sort(values.begin(), values.end());
    for (double z : {-3.0, -1.0, -0.5, 0.0, 0.25, 1.5, 2.5}) {
      const double p = 0.5 * std::erfc(-z * std::sqrt(0.5));
      const auto below =
          std::lower_bound(values.begin(), values.end(), z) - values.begin();
      checks.near("share below", p, static_cast<double>(below) / count,
                  5 * std::sqrt(p * (1 - p) / count));
    }
  });
}
