//===- ArithmeticSpeed.cpp - Times the emulated mma.sync ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints the time of one mma.sync of a warp for each of some operations.
//
//===----------------------------------------------------------------------===//

#include "EmulatorSpeed.h"

#include "Arithmetic/MatrixUnit.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

using namespace llvm;
using namespace mhc::emulator;

/// Bits of a number of moderate size of each type.
static uint32_t drawWord(MatrixType type, std::mt19937 &random) {
  const auto bits = static_cast<uint32_t>(random());
  switch (type) {
  case MatrixType::BF16: // 2^-3 to 2^4, both signs.
    return (bits & 0x81ff81ff) | 0x3e003e00;
  case MatrixType::F16:
    return (bits & 0x8fff8fff) | 0x30003000;
  case MatrixType::TF32:
    return (bits & 0x80ffe000) | 0x3e000000;
  default:
    return bits & 0xbfbfbfbf;
  }
}

static void time(const char *name, const MatrixOperation &operation) {
  const AccumulationModel model = AccumulationModel::forChip(90);
  std::mt19937 random(1);
  std::vector<uint32_t> a(kWarpLanes * operation.getWordsA());
  std::vector<uint32_t> b(kWarpLanes * operation.getWordsB());
  std::vector<uint32_t> c(kWarpLanes * operation.getWordsC());
  for (uint32_t &word : a)
    word = drawWord(operation.a, random);
  for (uint32_t &word : b)
    word = drawWord(operation.b, random);

  constexpr int count = 20000;
  double best = 1e9;
  for (int round = 0; round != 5; ++round) {
    std::fill(c.begin(), c.end(), 0);
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i != count; ++i)
      multiplyAccumulate(operation, model, a, b, c, c);
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / count);
  }
  outs() << name << ": " << format("%.3f", best) << " us\n";
}

void mhc::test::measureArithmetic() {
  using Type = MatrixType;
  using Sum = AccumulatorType;
  time("m16n8k16 bf16 f32", {16, 8, 16, Type::BF16, Type::BF16, Sum::F32});
  time("m16n8k16 f16 f32", {16, 8, 16, Type::F16, Type::F16, Sum::F32});
  time("m16n8k16 f16 f16", {16, 8, 16, Type::F16, Type::F16, Sum::F16});
  time("m16n8k8 tf32 f32", {16, 8, 8, Type::TF32, Type::TF32, Sum::F32});
  time("m16n8k32 e4m3 f32", {16, 8, 32, Type::E4M3, Type::E4M3, Sum::F32});
  time("m16n8k32 s8 s32", {16, 8, 32, Type::S8, Type::S8, Sum::S32});
}
