//===- ArithmeticMatrixUnitTest.cpp - Checks of mma.sync ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Arithmetic/MatrixFragments.h"
#include "Arithmetic/MatrixUnit.h"
#include "Arithmetic/SmallFloats.h"

#include "mhc/Support/FloatFormats.h"

#include "llvm/ADT/bit.h"

#include <array>
#include <cmath>
#include <random>
#include <vector>

using namespace llvm;
using namespace mhc;
using namespace mhc::emulator;
using namespace mhc::test;

namespace {

using Type = MatrixType;
using Sum = AccumulatorType;

struct NamedOperation {
  const char *name;
  MatrixOperation operation;
};

/// An operation's registers.
struct Registers {
  explicit Registers(const MatrixOperation &operation)
      : operation(operation), a(kWarpLanes * operation.getWordsA()),
        b(kWarpLanes * operation.getWordsB()),
        c(kWarpLanes * operation.getWordsC()), d(c.size()) {}

  void compute(const AccumulationModel &model) {
    multiplyAccumulate(operation, model, a, b, c, d);
  }

  MatrixOperation operation;
  std::vector<uint32_t> a, b, c, d;
};

} // namespace

static const AccumulationModel hopper = AccumulationModel::forChip(90);

static const NamedOperation operations[] = {
    {"m16n8k16 bf16", {16, 8, 16, Type::BF16, Type::BF16, Sum::F32}},
    {"m16n8k8 bf16", {16, 8, 8, Type::BF16, Type::BF16, Sum::F32}},
    {"m16n8k16 f16", {16, 8, 16, Type::F16, Type::F16, Sum::F32}},
    {"m16n8k8 f16", {16, 8, 8, Type::F16, Type::F16, Sum::F32}},
    {"m16n8k16 f16 to f16", {16, 8, 16, Type::F16, Type::F16, Sum::F16}},
    {"m16n8k8 f16 to f16", {16, 8, 8, Type::F16, Type::F16, Sum::F16}},
    {"m16n8k8 tf32", {16, 8, 8, Type::TF32, Type::TF32, Sum::F32}},
    {"m16n8k4 tf32", {16, 8, 4, Type::TF32, Type::TF32, Sum::F32}},
    {"m16n8k32 e4m3", {16, 8, 32, Type::E4M3, Type::E4M3, Sum::F32}},
    {"m16n8k32 e5m2 e4m3", {16, 8, 32, Type::E5M2, Type::E4M3, Sum::F32}},
    {"m16n8k16 e4m3 e5m2", {16, 8, 16, Type::E4M3, Type::E5M2, Sum::F32}},
    {"m16n8k32 e5m2 to f16", {16, 8, 32, Type::E5M2, Type::E5M2, Sum::F16}},
};

static unsigned getBits(Type type) {
  switch (type) {
  case Type::BF16:
  case Type::F16:
    return 16;
  case Type::TF32:
    return 32;
  default:
    return 8;
  }
}

/// The element of a lane's words with the given number.
static uint32_t extract(const uint32_t *words, unsigned index, unsigned bits) {
  const unsigned perWord = 32 / bits;
  return words[index / perWord] >> (index % perWord * bits) &
         (bits == 32 ? ~0u : (1u << bits) - 1);
}

static void insert(uint32_t *words, unsigned index, unsigned bits,
                   uint32_t value) {
  const unsigned perWord = 32 / bits;
  const unsigned shift = index % perWord * bits;
  const uint32_t mask = (bits == 32 ? ~0u : (1u << bits) - 1) << shift;
  words[index / perWord] =
      (words[index / perWord] & ~mask) | (value << shift & mask);
}

/// The bits of a value that the type holds.
static uint32_t encode(Type type, float value) {
  switch (type) {
  case Type::BF16:
    return mhc::floatToBF16(value);
  case Type::F16:
    return mhc::floatToF16(value);
  case Type::TF32:
    return bit_cast<uint32_t>(value);
  case Type::E4M3:
    return floatToE4M3(value);
  case Type::E5M2:
    return floatToE5M2(value);
  default:
    return 0;
  }
}

/// The places of elements, written out from the figures of the PTX ISA for
/// m16n8k16 of 16-bit elements and m16n8k32 of bytes.
static void checkPlaces(Checks &checks) {
  checks.run("mma fragments are where the PTX ISA has them", [&] {
    const MatrixOperation k16 = operations[0].operation;
    const MatrixOperation k32 = operations[8].operation;
    const MatrixOperation tf32 = operations[6].operation;
    for (unsigned lane = 0; lane != 32; ++lane) {
      const unsigned group = lane >> 2;
      const unsigned thread = lane % 4;
      for (unsigned i = 0; i != 8; ++i) {
        const unsigned row = i < 2 || (i >= 4 && i < 6) ? group : group + 8;
        const unsigned column = thread * 2 + (i & 1) + (i < 4 ? 0 : 8);
        checks.isTrue("A 16816",
                      locateA(k16, lane, i) == MatrixPlace{row, column});
      }
      for (unsigned i = 0; i != 4; ++i) {
        checks.isTrue(
            "B 16816",
            locateB(k16, lane, i) ==
                MatrixPlace{thread * 2 + (i & 1) + (i < 2 ? 0 : 8), group});
        checks.isTrue("C 16816", locateC(k16, lane, i) ==
                                     MatrixPlace{i < 2 ? group : group + 8,
                                                 thread * 2 + (i & 1)});
        const MatrixPlace places[] = {{group, thread},
                                      {group + 8, thread},
                                      {group, thread + 4},
                                      {group + 8, thread + 4}};
        checks.isTrue("A 1688 tf32", locateA(tf32, lane, i) == places[i]);
      }
      for (unsigned i = 0; i != 16; ++i)
        checks.isTrue(
            "A 16832",
            locateA(k32, lane, i) ==
                MatrixPlace{i < 4 || (i >= 8 && i < 12) ? group : group + 8,
                            thread * 4 + (i & 3) + (i < 8 ? 0 : 16)});
      for (unsigned i = 0; i != 8; ++i)
        checks.isTrue(
            "B 16832",
            locateB(k32, lane, i) ==
                MatrixPlace{thread * 4 + (i & 3) + (i < 4 ? 0 : 16), group});
    }
  });
}

/// Small integers are exact in every model: compare with a triple loop.
static void checkTripleLoop(Checks &checks) {
  for (const NamedOperation &named : operations)
    checks.run((Twine("mma of small integers: ") + named.name).str(), [&] {
      const MatrixOperation &operation = named.operation;
      Registers registers(operation);
      std::mt19937 random(7);
      int a[16][32], b[32][8], c[16][8];
      const auto draw = [&] { return static_cast<int>(random() % 9) - 4; };
      for (auto &row : a)
        for (int &value : row)
          value = draw();
      for (auto &row : b)
        for (int &value : row)
          value = draw();
      for (auto &row : c)
        for (int &value : row)
          value = draw() * 16;
      const bool isF16 = operation.accumulator == Sum::F16;
      const unsigned bitsA = getBits(operation.a);
      const unsigned bitsC = isF16 ? 16 : 32;
      const unsigned wordsA = operation.getWordsA();
      const unsigned wordsB = operation.getWordsB();
      const unsigned wordsC = operation.getWordsC();
      for (unsigned lane = 0; lane != 32; ++lane) {
        for (unsigned i = 0; i != wordsA * 32 / bitsA; ++i) {
          const MatrixPlace place = locateA(operation, lane, i);
          insert(&registers.a[lane * wordsA], i, bitsA,
                 encode(operation.a, a[place.row][place.column]));
        }
        for (unsigned i = 0; i != wordsB * 32 / bitsA; ++i) {
          const MatrixPlace place = locateB(operation, lane, i);
          insert(&registers.b[lane * wordsB], i, bitsA,
                 encode(operation.b, b[place.row][place.column]));
        }
        for (unsigned i = 0; i != 4; ++i) {
          const MatrixPlace place = locateC(operation, lane, i);
          const float value = c[place.row][place.column];
          insert(&registers.c[lane * wordsC], i, bitsC,
                 isF16 ? mhc::floatToF16(value) : bit_cast<uint32_t>(value));
        }
      }
      registers.compute(hopper);
      for (unsigned lane = 0; lane != 32; ++lane)
        for (unsigned i = 0; i != 4; ++i) {
          const MatrixPlace place = locateC(operation, lane, i);
          int expected = c[place.row][place.column];
          for (unsigned k = 0; k != operation.k; ++k)
            expected += a[place.row][k] * b[k][place.column];
          const uint32_t bits = extract(&registers.d[lane * wordsC], i, bitsC);
          checks.equal("element", static_cast<float>(expected),
                       isF16 ? f16ToFloat(static_cast<uint16_t>(bits))
                             : bit_cast<float>(bits));
        }
    });
}

/// Random words of several kinds.
static void fill(std::vector<uint32_t> &words, unsigned kind, unsigned bits,
                 std::mt19937 &random) {
  for (uint32_t &word : words) {
    word = static_cast<uint32_t>(random());
    const auto choice = static_cast<uint32_t>(random());
    switch (kind) {
    case 0: // Anything, special values included.
      break;
    case 1: // Exponents close to one another.
      if (bits == 32)
        word = (word & 0x83ffffff) | 0x3c000000;
      else if (bits == 16)
        word = (word & 0x87ff87ff) | 0x38003800;
      else
        word = (word & 0x9f9f9f9f) | 0x20202020;
      break;
    case 2: // Many zeros and subnormal numbers.
      if (choice % 3 == 0)
        word = 0;
      else if (choice % 3 == 1)
        word &= bits == 32   ? 0x807fffffu
                : bits == 16 ? 0x807f807fu
                             : 0x83838383u;
      break;
    case 3: // A rare infinity or NaN.
      if (bits == 32)
        word = (word & 0x83ffffff) | 0x3c000000;
      else if (bits == 16)
        word = (word & 0x83ff83ff) | 0x3c003c00;
      else
        word = (word & 0x8f8f8f8f) | 0x30303030;
      if (choice % 64 == 0)
        word = bits == 32   ? (choice & 64 ? 0x7f800000 : 0xff800000)
               : bits == 16 ? 0x7f80fc00
                            : 0x7c00fcff;
      break;
    case 4: // Tiny numbers: results are subnormal.
      if (bits == 32)
        word &= 0x80ffffff;
      else if (bits == 16)
        word = (word & 0x87ff87ff) | (choice & 0x18001800);
      else
        word &= 0x87878787;
      break;
    }
  }
}

/// The fast program against the one by elements, in all models.
static void checkFastProgram(Checks &checks) {
  AccumulationModel wide = hopper;
  wide.fractionBits = 30;
  const std::pair<const char *, AccumulationModel> models[] = {
      {"sm_80", AccumulationModel::forChip(80)},
      {"sm_89", AccumulationModel::forChip(89)},
      {"sm_90", hopper},
      {"sm_120", AccumulationModel::forChip(120)},
      {"30 bits", wide}};
  for (const NamedOperation &named : operations)
    checks.run(
        (Twine("fast mma is mma by elements: ") + named.name).str(), [&] {
          std::mt19937 random(11);
          Registers registers(named.operation);
          std::vector<uint32_t> expected(registers.d.size());
          const bool isF16 = named.operation.accumulator == Sum::F16;
          const unsigned rounds = Checks::sample(3, 12);
          for (const auto &[name, model] : models)
            for (unsigned kind = 0; kind != 25; ++kind)
              for (unsigned round = 0; round != rounds; ++round) {
                const unsigned bits = getBits(named.operation.a);
                fill(registers.a, kind % 5, bits, random);
                fill(registers.b, kind % 5, bits, random);
                fill(registers.c, kind / 5, isF16 ? 16 : 32, random);
                registers.compute(model);
                multiplyAccumulateByElement(named.operation, model, registers.a,
                                            registers.b, registers.c, expected);
                for (size_t i = 0; i != expected.size(); ++i)
                  checks.equal(Twine(name) + " kind " + Twine(kind) + " word " +
                                   Twine(i),
                               expected[i], registers.d[i]);
              }
        });
}

/// One row of A times one column of B in m16n8k16, bf16.
static uint32_t multiplyRow(ArrayRef<float> a, ArrayRef<float> b, float c,
                            const AccumulationModel &model = hopper) {
  Registers registers(operations[0].operation);
  for (unsigned k = 0; k != a.size(); ++k)
    for (unsigned lane = 0; lane != 4; ++lane)
      for (unsigned i = 0; i != 8; ++i) {
        const MatrixPlace place = locateA(registers.operation, lane, i);
        if (place.row == 0 && place.column == k)
          insert(&registers.a[lane * 4], i, 16, mhc::floatToBF16(a[k]));
        if (i < 4 && locateB(registers.operation, lane, i).row == k)
          insert(&registers.b[lane * 2], i, 16, mhc::floatToBF16(b[k]));
      }
  registers.c[0] = bit_cast<uint32_t>(c);
  registers.compute(model);
  return registers.d[0];
}

static void checkKnownSums(Checks &checks) {
  const auto toFloat = [](uint32_t bits) { return bit_cast<float>(bits); };
  const float infinity = INFINITY;

  checks.run("mma cuts addends off, toward zero", [&] {
    // 2^-25 is the last bit kept next to 1; 2^-26 is lost, alone and together.
    checks.equal("1 + 4 * 2^-25", 1.0f + 0x1p-23f,
                 toFloat(multiplyRow({0x1p-25f, 0x1p-25f, 0x1p-25f, 0x1p-25f},
                                     {1, 1, 1, 1}, 1.0f)));
    checks.equal("1 + 8 * 2^-26", 1.0f,
                 toFloat(multiplyRow({0x1p-26f, 0x1p-26f, 0x1p-26f, 0x1p-26f,
                                      0x1p-26f, 0x1p-26f, 0x1p-26f, 0x1p-26f},
                                     {1, 1, 1, 1, 1, 1, 1, 1}, 1.0f)));
    // sm_80 keeps one bit less.
    checks.equal("1 + 4 * 2^-25 on sm_80", 1.0f,
                 toFloat(multiplyRow({0x1p-25f, 0x1p-25f, 0x1p-25f, 0x1p-25f},
                                     {1, 1, 1, 1}, 1.0f,
                                     AccumulationModel::forChip(80))));
    // The result is cut off too: 1 + 2^-24 + 2^-25 rounds up on a CPU.
    checks.equal("1 + 3 * 2^-25", 1.0f,
                 toFloat(multiplyRow({0x1p-24f, 0x1p-25f}, {1, 1}, 1.0f)));
    checks.equal("-1 - 3 * 2^-25", -1.0f,
                 toFloat(multiplyRow({-0x1p-24f, -0x1p-25f}, {1, 1}, -1.0f)));
    checks.equal("1 - 2^-25", 1.0f - 0x1p-24f,
                 toFloat(multiplyRow({-0x1p-25f}, {1}, 1.0f)));
    checks.equal("1 - 2^-26", 1.0f,
                 toFloat(multiplyRow({-0x1p-26f}, {1}, 1.0f)));
    // Cancellation within the block is exact above the cut.
    checks.equal(
        "2^20 - 2^20 + 2^-5", 0x1p-5f,
        toFloat(multiplyRow({0x1p20f, -0x1p20f, 0x1p-5f}, {1, 1, 1}, 0.0f)));
    checks.equal(
        "2^20 - 2^20 + 2^-6", 0.0f,
        toFloat(multiplyRow({0x1p20f, -0x1p20f, 0x1p-6f}, {1, 1, 1}, 0.0f)));
  });

  checks.run("mma with special values", [&] {
    checks.equal("inf", 0x7f800000u, multiplyRow({infinity, 1}, {2, 1}, 1.0f));
    checks.equal("-inf", 0xff800000u,
                 multiplyRow({infinity, 1}, {-2, 1}, 1.0f));
    checks.equal("inf - inf", 0x7fffffffu,
                 multiplyRow({infinity, infinity}, {1, -1}, 0.0f));
    checks.equal("inf + c = -inf", 0x7fffffffu,
                 multiplyRow({infinity}, {1}, -infinity));
    checks.equal("inf * 0", 0x7fffffffu, multiplyRow({infinity}, {0}, 0.0f));
    checks.equal("NaN", 0x7fffffffu, multiplyRow({NAN}, {1}, 0.0f));
    checks.equal("c = NaN", 0x7fffffffu, multiplyRow({1}, {1}, -NAN));
    checks.equal("c = inf", 0x7f800000u, multiplyRow({1}, {1}, infinity));
    checks.equal("overflow", 0x7f800000u,
                 multiplyRow({0x1p100f}, {0x1p28f}, 0.0f));
    checks.equal(
        "no overflow of the product", 0u,
        multiplyRow({0x1p100f, -0x1p100f}, {0x1p100f, 0x1p100f}, 0.0f));
    checks.equal("largest", 0x7f7fffffu,
                 multiplyRow({0x1p100f, -0x1p60f}, {0x1p28f, 0x1p44f}, 0.0f));
    checks.equal("subnormal operand", 0x3f800000u,
                 multiplyRow({0x1p-130f}, {0x1p127f}, 0.875f));
    checks.equal(
        "subnormal result", 3u,
        multiplyRow({0x1p-100f, 0x1p-100f}, {0x1p-48f, 0x1.8p-49f}, 0.0f));
    checks.equal("zero is positive", 0u, multiplyRow({-1}, {0}, -0.0f));
  });
}

/// What a chain of 1024 steps does to a projection, and what chains of 16 do
/// not: the tolerance is 2e-6 of the largest magnitude.
static void checkChains(Checks &checks) {
  const MatrixOperation operation = operations[0].operation;
  constexpr unsigned steps = 1024;
  std::mt19937 random(3);
  std::normal_distribution<float> normal;
  Registers registers(operation);
  std::vector<uint32_t> chain(registers.c.size());
  std::vector<uint32_t> part(registers.c.size());
  std::vector<float> total(registers.c.size());
  double exact[16][8] = {};
  for (unsigned step = 0; step != steps; ++step) {
    for (std::vector<uint32_t> *words : {&registers.a, &registers.b})
      for (uint32_t &word : *words)
        // Rows with a mean, as hidden states have: the sum grows.
        word = floatsToBF16x2(normal(random) + 0.5f, normal(random) + 0.5f, {});
    double a[16][16], b[16][8];
    for (unsigned lane = 0; lane != 32; ++lane)
      for (unsigned i = 0; i != 8; ++i) {
        const MatrixPlace place = locateA(operation, lane, i);
        a[place.row][place.column] = bf16ToDouble(
            static_cast<uint16_t>(extract(&registers.a[lane * 4], i, 16)));
        if (i < 4) {
          const MatrixPlace placeB = locateB(operation, lane, i);
          b[placeB.row][placeB.column] = bf16ToDouble(
              static_cast<uint16_t>(extract(&registers.b[lane * 2], i, 16)));
        }
      }
    for (unsigned row = 0; row != 16; ++row)
      for (unsigned column = 0; column != 8; ++column)
        for (unsigned k = 0; k != 16; ++k)
          exact[row][column] += a[row][k] * b[k][column];
    multiplyAccumulate(operation, hopper, registers.a, registers.b, chain,
                       chain);
    multiplyAccumulate(operation, hopper, registers.a, registers.b, part, part);
    if (step % 16 == 15) {
      for (size_t i = 0; i != total.size(); ++i)
        total[i] += bit_cast<float>(part[i]);
      std::fill(part.begin(), part.end(), 0);
    }
  }
  double largest = 0, chainError = 0, partError = 0;
  for (unsigned lane = 0; lane != 32; ++lane)
    for (unsigned i = 0; i != 4; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      const double value = exact[place.row][place.column];
      largest = std::max(largest, std::fabs(value));
      chainError = std::max(
          chainError, std::fabs(bit_cast<float>(chain[lane * 4 + i]) - value));
      partError =
          std::max(partError, std::fabs(double(total[lane * 4 + i]) - value));
    }
  checks.run("a chain of 1024 mma misses 2e-6, chains of 16 do not", [&] {
    checks.isTrue(Twine("chain of 1024: ") +
                      std::to_string(chainError / largest * 1e6) + "e-6",
                  chainError > 2e-6 * largest);
    checks.isTrue(Twine("chains of 16: ") +
                      std::to_string(partError / largest * 1e6) + "e-6",
                  partError < 2e-6 * largest);
  });
}

static void checkFp8(Checks &checks) {
  checks.run("fp8 on sm_90 is two f16 chains and an addition", [&] {
    // Bytes 0 and 1 are added before bytes 2 and 3, and C at the end, rounded.
    Registers registers(operations[8].operation);
    const uint8_t one = floatToE4M3(1.0f);
    const uint8_t least = floatToE4M3(0x1p-9f);
    registers.a[0] = static_cast<uint32_t>(one | one << 8);
    registers.b[0] = static_cast<uint32_t>(one | least << 8);
    registers.c[0] = bit_cast<uint32_t>(0x1.8p+15f);
    registers.compute(hopper);
    // 49152 + 1.001953125 rounded, not cut off, to a multiple of 2^-8.
    checks.equal("rounded", 0x1.8p+15f + 1.00390625f - 0x1p-8f,
                 bit_cast<float>(registers.d[0]));
    registers.b[0] = static_cast<uint32_t>(one | floatToE4M3(3 * 0x1p-9f) << 8);
    registers.compute(hopper);
    checks.equal("rounded up", 0x1.8p+15f + 1.0078125f,
                 bit_cast<float>(registers.d[0]));
  });
  checks.run("fp8 on sm_89 has 13 fraction bits", [&] {
    Registers registers(operations[8].operation);
    registers.c[0] = bit_cast<uint32_t>(0x1.0007p+0f);
    registers.compute(AccumulationModel::forChip(89));
    checks.equal("cut", 0x1p+0f, bit_cast<float>(registers.d[0]));
  });
}

static void checkDoubles(Checks &checks) {
  checks.run("f64 mma is a chain of fused multiply-adds", [&] {
    std::mt19937 random(5);
    std::normal_distribution<double> normal;
    for (const MatrixOperation &operation :
         {MatrixOperation{8, 8, 4, Type::F64, Type::F64, Sum::F64},
          MatrixOperation{16, 8, 8, Type::F64, Type::F64, Sum::F64}}) {
      Registers registers(operation);
      double a[16][16], b[16][8], c[16][8];
      const auto set = [](std::vector<uint32_t> &words, unsigned index,
                          double value) {
        const auto bits = bit_cast<uint64_t>(value);
        words[2 * index] = static_cast<uint32_t>(bits);
        words[2 * index + 1] = static_cast<uint32_t>(bits >> 32);
      };
      const auto get = [](const std::vector<uint32_t> &words, unsigned index) {
        return bit_cast<double>(uint64_t(words[2 * index + 1]) << 32 |
                                words[2 * index]);
      };
      const unsigned countA = operation.getWordsA() / 2;
      const unsigned countB = operation.getWordsB() / 2;
      const unsigned countC = operation.getWordsC() / 2;
      for (unsigned lane = 0; lane != 32; ++lane) {
        for (unsigned i = 0; i != countA; ++i) {
          const MatrixPlace place = locateA(operation, lane, i);
          set(registers.a, lane * countA + i,
              a[place.row][place.column] = normal(random));
        }
        for (unsigned i = 0; i != countB; ++i) {
          const MatrixPlace place = locateB(operation, lane, i);
          set(registers.b, lane * countB + i,
              b[place.row][place.column] = normal(random));
        }
        for (unsigned i = 0; i != countC; ++i) {
          const MatrixPlace place = locateC(operation, lane, i);
          set(registers.c, lane * countC + i,
              c[place.row][place.column] = normal(random));
        }
      }
      registers.compute(hopper);
      for (unsigned lane = 0; lane != 32; ++lane)
        for (unsigned i = 0; i != countC; ++i) {
          const MatrixPlace place = locateC(operation, lane, i);
          double expected = c[place.row][place.column];
          for (unsigned k = 0; k != operation.k; ++k)
            expected = std::fma(a[place.row][k], b[k][place.column], expected);
          checks.equal("element", expected,
                       get(registers.d, lane * countC + i));
        }
    }
  });
}

static void checkIntegers(Checks &checks) {
  checks.run("integer mma wraps around or saturates", [&] {
    MatrixOperation operation = {16, 8, 32, Type::S8, Type::U8, Sum::S32};
    for (const bool saturate : {false, true}) {
      operation.saturate = saturate;
      Registers registers(operation);
      std::fill(registers.a.begin(), registers.a.end(), 0x7f7f7f7f);
      std::fill(registers.b.begin(), registers.b.end(), 0xffffffff);
      std::fill(registers.c.begin(), registers.c.end(), 0x7fffffff);
      registers.compute(hopper);
      checks.equal("sum", saturate ? 0x7fffffffu : 0x7fffffffu + 127 * 255 * 32,
                   registers.d[77]);
      std::fill(registers.a.begin(), registers.a.end(), 0x80808080);
      std::fill(registers.c.begin(), registers.c.end(), 5);
      registers.compute(hopper);
      checks.equal("sum", 5u - 128 * 255 * 32, registers.d[77]);
    }
  });
}

void mhc::test::checkMatrixUnit(Checks &checks) {
  checks.run("mma operations", [&] {
    for (const NamedOperation &named : operations)
      checks.isTrue(named.name, named.operation.isSupported());
    checks.isTrue("m16n8k16 tf32",
                  !MatrixOperation{16, 8, 16, Type::TF32, Type::TF32, Sum::F32}
                       .isSupported());
    checks.isTrue("bf16 to f16",
                  !MatrixOperation{16, 8, 16, Type::BF16, Type::BF16, Sum::F16}
                       .isSupported());
    checks.equal("words of A", 4u, operations[0].operation.getWordsA());
    checks.equal("words of B", 2u, operations[0].operation.getWordsB());
    checks.equal("words of C in f16", 2u, operations[4].operation.getWordsC());
  });
  checkPlaces(checks);
  checkTripleLoop(checks);
  checkKnownSums(checks);
  checkFastProgram(checks);
  checkChains(checks);
  checkFp8(checks);
  checkDoubles(checks);
  checkIntegers(checks);
}

void mhc::test::checkMatrixFragments(Checks &checks) {
  for (const unsigned count : {1u, 2u, 4u})
    checks.run((Twine("ldmatrix and stmatrix x") + Twine(count)).str(), [&] {
      std::vector<MatrixRow> rows(8 * count);
      for (unsigned i = 0; i != rows.size(); ++i)
        for (unsigned j = 0; j != 8; ++j)
          rows[i][j] = static_cast<uint16_t>(i * 8 + j);
      for (const bool transpose : {false, true}) {
        std::vector<uint32_t> registers(32 * count);
        loadMatrices(rows, transpose, registers);
        for (unsigned lane = 0; lane != 32; ++lane)
          for (unsigned matrix = 0; matrix != count; ++matrix) {
            const unsigned row = lane / 4, column = lane % 4 * 2;
            const unsigned low =
                transpose ? column * 8 + row : row * 8 + column;
            const unsigned high =
                transpose ? (column + 1) * 8 + row : row * 8 + column + 1;
            checks.equal("word",
                         (high + 64 * matrix) << 16 | (low + 64 * matrix),
                         registers[lane * count + matrix]);
          }
        std::vector<MatrixRow> stored(rows.size());
        storeMatrices(registers, transpose, stored);
        checks.isTrue("stored", stored == rows);
      }
    });
  checks.run("movmatrix", [&] {
    std::vector<uint32_t> words(32);
    for (unsigned lane = 0; lane != 32; ++lane)
      words[lane] = (lane * 2 + 1) << 16 | lane * 2;
    const std::vector<uint32_t> before = words;
    transposeMatrix(words, words);
    // Lane 1 holds rows 2 and 3 of column 0.
    checks.equal("lane 1", 24u << 16 | 16u, words[1]);
    transposeMatrix(words, words);
    checks.isTrue("twice", words == before);
  });
}
