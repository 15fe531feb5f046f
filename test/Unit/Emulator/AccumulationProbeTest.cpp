//===- AccumulationProbeTest.cpp - gpu-probe's model is the emulator's ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// utils/probe measures how a GPU adds against a model with parameters, whose
// defaults stand for the emulator's. Here both compute the same cases.
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Arithmetic/MatrixUnit.h"

#include "arithmetic/cases.h"

#include <vector>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

static MatrixOperation getOperation(const probe::Operation &operation) {
  const MatrixType type =
      operation.operands == probe::OperandType::BF16  ? MatrixType::BF16
      : operation.operands == probe::OperandType::F16 ? MatrixType::F16
                                                      : MatrixType::TF32;
  return {16,
          8,
          static_cast<unsigned>(operation.k),
          type,
          type,
          operation.sum == probe::SumType::F16 ? AccumulatorType::F16
                                               : AccumulatorType::F32};
}

/// Element `index` of a lane's words, `bits` wide.
static void insert(uint32_t *words, unsigned index, unsigned bits,
                   uint32_t value) {
  words[index * bits / 32] |= value << (index * bits % 32);
}

/// The emulator's 128 sums of a tile, by rows.
static std::vector<uint32_t> multiply(const MatrixOperation &operation,
                                      const AccumulationModel &model,
                                      const probe::Tile &tile) {
  const unsigned bits = operation.a == MatrixType::TF32 ? 32 : 16;
  const unsigned sumBits =
      operation.accumulator == AccumulatorType::F16 ? 16 : 32;
  const unsigned wordsA = operation.getWordsA();
  const unsigned wordsB = operation.getWordsB();
  const unsigned wordsC = operation.getWordsC();
  std::vector<uint32_t> a(kWarpLanes * wordsA), b(kWarpLanes * wordsB),
      c(kWarpLanes * wordsC), d(c.size());
  for (unsigned lane = 0; lane != kWarpLanes; ++lane) {
    for (unsigned i = 0; i != wordsA * 32 / bits; ++i) {
      const MatrixPlace place = locateA(operation, lane, i);
      insert(&a[lane * wordsA], i, bits, tile.a[place.row][place.column]);
    }
    for (unsigned i = 0; i != wordsB * 32 / bits; ++i) {
      const MatrixPlace place = locateB(operation, lane, i);
      insert(&b[lane * wordsB], i, bits, tile.b[place.column][place.row]);
    }
    for (unsigned i = 0; i != 4; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      insert(&c[lane * wordsC], i, sumBits, tile.c[place.row][place.column]);
    }
  }
  multiplyAccumulate(operation, model, a, b, c, d);
  std::vector<uint32_t> sums(128);
  for (unsigned lane = 0; lane != kWarpLanes; ++lane)
    for (unsigned i = 0; i != 4; ++i) {
      const MatrixPlace place = locateC(operation, lane, i);
      const uint32_t word = d[lane * wordsC + i * sumBits / 32];
      sums[place.row * 8 + place.column] =
          sumBits == 32 ? word : word >> (i * 16 % 32) & 0xffff;
    }
  return sums;
}

/// The probe's parameters that stand for a chip of the emulator.
static probe::Accumulation getModel(const AccumulationModel &model) {
  probe::Accumulation result;
  result.bits = static_cast<int>(model.fractionBits);
  result.block = static_cast<int>(model.products16);
  result.blockTf32 = static_cast<int>(model.productsTF32);
  return result;
}

static void checkChip(Checks &checks, unsigned chip, unsigned cases) {
  const AccumulationModel model = AccumulationModel::forChip(chip);
  const probe::Accumulation probed = getModel(model);
  for (int index = 0; index != probe::kOperations; ++index) {
    const probe::Operation &named = probe::kOperation[index];
    checks.run(
        (Twine("gpu-probe adds as the emulator of sm_") + Twine(chip) + ": " +
         named.name)
            .str(),
        [&] {
          const MatrixOperation operation = getOperation(named);
          const probe::Accumulator accumulator(probed, named.operands,
                                               named.sum);
          for (unsigned number = 0; number != (cases + 127) / 128; ++number) {
            const probe::Tile tile = probe::makeTile(index, number);
            const std::vector<uint32_t> expected =
                multiply(operation, model, tile);
            for (unsigned i = 0; i != 128; ++i)
              checks.equal(
                  Twine(probe::kCaseKindName[probe::kindOfTile(number)]) +
                      ", case " + Twine(number * 128 + i),
                  expected[i],
                  accumulator.add(tile.a[i / 8], tile.b[i % 8], named.k,
                                  tile.c[i / 8][i % 8]));
          }
        });
  }
}

void mhc::test::checkAccumulationProbe(Checks &checks) {
  checks.run("gpu-probe's defaults are the emulator's sm_90", [&] {
    const probe::Accumulation defaults;
    checks.equal("parameters", probe::describe(defaults),
                 probe::describe(getModel(AccumulationModel::forChip(90))));
  });
  checkChip(checks, 90, 200000);
  // Blocks shorter than k.
  checkChip(checks, 80, 20000);
}
