//===- BackprojectProduct.cpp - Coefficients times the columns of phi -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On tensor cores d is A, with the 8 tokens in rows 0 to 7 and again in rows 8
// to 15, phi is B, and k are outputs. A block is 8 of k, of one unit, with one
// term of phi, one term of d in the upper rows and another one in the lower
// rows. The products of the largest terms are alone in the upper sums, which a
// tensor core cuts off at each step; what is smaller goes to the lower sums,
// added at the end. A lane's sums are its own columns of its own token: columns
// 2 q and 2 q + 1 of its vector from step q.
//
//===----------------------------------------------------------------------===//

#include "SplitTerms.h"
#include "WeightReader.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

/// Units that are multiplied without a loop.
static constexpr int64_t kMostUnits = 4;
/// 32-bit registers of the sums by FMA of the streams that share a loop.
static constexpr int64_t kMostSums = 32;

namespace {
/// Terms of d, -1 for none, and a part of phi.
struct TermBlock {
  int64_t upper, lower, part;
};

struct BackprojectProduct {
  BackprojectProduct(DeviceCode &code, const WeightMemory &phi,
                     const WarpTile &tile, const TokenValues &d)
      : code(code), product(phi.product), tile(tile), d(d),
        reader(code, phi, tile) {}

  SmallVector<Value> emitOnTensorCores();
  SmallVector<Value> emitByFMA();

private:
  SmallVector<TermBlock> getBlocks() const;
  Value loadCoefficient(int64_t stream, Value output);
  SmallVector<Value> loadWords(int64_t stream, Value first, int64_t unit);
  SmallVector<Value> addUnits(int64_t stream, Value first, int64_t units,
                              ValueRange sums);
  SmallVector<Value> addStream(int64_t stream);
  SmallVector<Value> addExactly(int64_t first, int64_t count, bool isGlobal);
  Value replaceNonFinite(int64_t stream, Value result);
  int64_t getPhiStream(int64_t stream) const {
    return product.isEach() ? 0 : stream;
  }

  DeviceCode &code;
  const WeightProduct &product;
  const WarpTile &tile;
  const TokenValues &d;
  WeightReader reader;
};
} // namespace

/// d of the lane's token.
Value BackprojectProduct::loadCoefficient(int64_t stream, Value output) {
  int64_t bytes = d.element.getIntOrFloatBitWidth() / 8;
  int64_t first = product.isEach() ? stream * product.phi.getOutputs() : 0;
  Value place = code.add(code.mul(code.add(output, first), d.stride),
                         code.add(tile.token, tile.g));
  Value value = code.load(
      d.element, code.offset(d.pointer, code.mul(place, bytes)), bytes);
  return convertFloat(code.builder, code.loc, value, product.getSumType());
}

//===----------------------------------------------------------------------===//
// Tensor cores
//===----------------------------------------------------------------------===//

SmallVector<TermBlock> BackprojectProduct::getBlocks() const {
  int64_t parts = countParts(product);
  SmallVector<TermBlock> blocks = {{0, 1, 0}};
  if (parts > 1)
    blocks.push_back({1, 0, 1});
  if (countCoefficientTerms(product) > 2)
    blocks.push_back({-1, 2, 0});
  if (parts > 2)
    blocks.push_back({-1, 0, 2});
  return blocks;
}

/// The lane's words of d in a unit: outputs 2 t and 2 t + 1 in each term, or
/// output t, then t + 4, in tf32. Outputs beyond the last are zero.
SmallVector<Value> BackprojectProduct::loadWords(int64_t stream, Value first,
                                                 int64_t unit) {
  bool isTF32 = product.precision == Precision::TF32;
  int64_t outputs = product.phi.getOutputs();
  Value base = code.mul(code.add(first, unit), kUnit);
  SmallVector<Value> values;
  for (int64_t e = 0; e < 2; ++e) {
    Value inUnit =
        isTF32 ? code.add(tile.t, 4 * e) : code.add(code.mul(tile.t, 2), e);
    Value output = code.add(base, inUnit);
    if (outputs % kUnit == 0) {
      values.push_back(loadCoefficient(stream, output));
      continue;
    }
    Value value =
        loadCoefficient(stream, code.min(output, code.i32(outputs - 1)));
    values.push_back(code.select(code.less(output, code.i32(outputs)), value,
                                 code.zero(value.getType())));
  }
  Value pair = code.join(values);
  if (isTF32)
    return unpack(code, roundToTF32(code, pair));
  SmallVector<Value> words;
  for (Value term : splitTerms(code, pair, countCoefficientTerms(product)))
    words.push_back(code.extract(term, 0));
  return words;
}

/// Adds units `first` to `first` + `units` - 1; `sums` are [q][4].
SmallVector<Value> BackprojectProduct::addUnits(int64_t stream, Value first,
                                                int64_t units,
                                                ValueRange sums) {
  bool isTF32 = product.precision == Precision::TF32;
  Value noWord = code.i32(0);
  SmallVector<Value> next(sums);
  auto multiply = [&](ArrayRef<Value> a, ArrayRef<Value> fragments) {
    for (int64_t q = 0; q < 4; ++q) {
      SmallVector<Value> b;
      for (Value fragment : fragments)
        b.push_back(code.extract(fragment, q));
      ValueRange c = ArrayRef(next).slice(4 * q, 4);
      llvm::copy(isTF32 ? multiplyTF32(code, a, b, c)
                        : multiplyBF16(code, a, b, c),
                 next.begin() + 4 * q);
    }
  };
  // Two blocks are one step with a k of 16.
  SmallVector<Value> a, b;
  for (int64_t unit = 0; unit < units; ++unit) {
    SmallVector<Value> words = loadWords(stream, first, unit);
    SmallVector<Value> fragments =
        reader.loadFragments(first, unit, getPhiStream(stream));
    if (isTF32) {
      multiply({words[0], noWord, words[1], noWord}, fragments);
      continue;
    }
    for (const TermBlock &block : getBlocks()) {
      a.push_back(block.upper < 0 ? noWord : words[block.upper]);
      a.push_back(words[block.lower]);
      b.push_back(fragments[block.part]);
      if (b.size() == 2) {
        multiply(a, b);
        a.clear();
        b.clear();
      }
    }
  }
  if (!b.empty())
    multiply(a, b);
  return next;
}

/// The lane's columns of one stream.
SmallVector<Value> BackprojectProduct::addStream(int64_t stream) {
  SmallVector<Value> sums(16, code.zero(code.builder.getF32Type()));
  int64_t units = countUnits(product);
  int64_t whole = units <= kMostUnits ? 0 : units / kMostUnits * kMostUnits;
  if (whole)
    sums = code.loopCarrying(code.i32(0), code.i32(whole), code.i32(kMostUnits),
                             sums, [&](Value first, ValueRange sums) {
                               return addUnits(stream, first, kMostUnits, sums);
                             });
  if (whole < units)
    sums = addUnits(stream, code.i32(whole), units - whole, sums);
  SmallVector<Value> results;
  for (int64_t q = 0; q < 4; ++q)
    for (int64_t e = 0; e < 2; ++e) {
      Value sum = sums[4 * q + e];
      if (product.precision != Precision::TF32)
        sum = arith::AddFOp::create(code.builder, code.loc, sums[4 * q + 2 + e],
                                    sum);
      results.push_back(sum);
    }
  return results;
}

SmallVector<Value> BackprojectProduct::emitOnTensorCores() {
  // Stream by stream: few values are at stake where it branches.
  SmallVector<Value> results;
  for (int64_t stream = 0; stream < product.rowStreams; ++stream) {
    // Keeps what the next stream reads from being read before.
    if (stream)
      code.warpBarrier();
    results.push_back(replaceNonFinite(stream, code.join(addStream(stream))));
  }
  return results;
}

/// Where tensor cores gave what is not finite, from inf, NaN, or a value that
/// rounds to inf, the sum by FMA is taken.
Value BackprojectProduct::replaceNonFinite(int64_t stream, Value result) {
  Value mark = code.zero(product.getSumType());
  for (Value value : unpack(code, result))
    mark = markNonFinite(code, value, mark);
  auto replace = [&]() -> SmallVector<Value> {
    Value exact = addExactly(stream, 1, /*isGlobal=*/true)[0];
    Value marks = markNonFinite(code, result, code.zero(result.getType()));
    return {code.select(isNaN(code, marks), exact, result)};
  };
  return code.choose(code.any(isNaN(code, mark)), replace,
                     [&] { return SmallVector<Value>{result}; })[0];
}

//===----------------------------------------------------------------------===//
// FMA
//===----------------------------------------------------------------------===//

/// The lane's columns of streams `first` to `first` + `count` - 1.
SmallVector<Value> BackprojectProduct::addExactly(int64_t first, int64_t count,
                                                  bool isGlobal) {
  auto type = VectorType::get({kColumns}, product.getSumType());
  SmallVector<Value> zeros(count, code.zero(type));
  auto addOutput = [&](Value output, ValueRange sums) {
    SmallVector<Value> next;
    for (auto [i, sum] : llvm::enumerate(sums)) {
      int64_t stream = first + i, phiStream = getPhiStream(stream);
      Value factor = code.splat(loadCoefficient(stream, output), kColumns);
      Value weights = isGlobal ? reader.loadGlobalColumns(output, phiStream)
                               : reader.loadColumns(output, phiStream);
      next.push_back(
          math::FmaOp::create(code.builder, code.loc, factor, weights, sum));
    }
    return next;
  };
  return code.loopCarrying(code.i32(0), code.i32(product.phi.getOutputs()),
                           code.i32(1), zeros, addOutput);
}

SmallVector<Value> BackprojectProduct::emitByFMA() {
  int64_t words = product.getSumType().getIntOrFloatBitWidth() / 32;
  int64_t atOnce = kMostSums / (kColumns * words);
  SmallVector<Value> results;
  for (int64_t first = 0; first < product.rowStreams; first += atOnce)
    llvm::append_range(
        results, addExactly(first, std::min(atOnce, product.rowStreams - first),
                            /*isGlobal=*/false));
  return results;
}

SmallVector<Value> mlir::mhc::emitBackproject(DeviceCode &code,
                                              const WeightMemory &phi,
                                              const WarpTile &tile,
                                              const TokenValues &d) {
  BackprojectProduct product(code, phi, tile, d);
  return phi.product.isOnTensorCores() ? product.emitOnTensorCores()
                                       : product.emitByFMA();
}
