//===- ProjectProduct.cpp - phi times the columns of a leaf ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On tensor cores phi is A, the rows are B: a lane's own columns are its share
// of B, whatever their order in k. A tile of 16 rows of A has two terms of the
// same 8 outputs, or one term of 16 outputs. The sums of one tile are one chain
// of mma steps from zero over the leaf's streams and columns. A tensor core
// cuts a sum off at each step: small products are kept apart from large ones,
// and the sums of an output are added afterwards, from the smallest on.
//
//===----------------------------------------------------------------------===//

#include "SplitTerms.h"
#include "WeightReader.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

/// 32-bit registers for the sums of a chunk of units.
static constexpr int64_t kMostSums = 48;
/// Outputs that FMA units add at once.
static constexpr int64_t kOutputs = 4;

namespace {
/// Rows 0 to 7 of a tile are one part of one unit, rows 8 to 15 another one.
struct AccumulatorTile {
  int64_t units[2];
  struct Step {
    /// Parts of phi; -1 for zeros.
    int64_t parts[2];
    /// The row's words that are multiplied.
    int64_t rowTerm;
  };
  SmallVector<Step> steps;
};

struct ProjectProduct {
  ProjectProduct(DeviceCode &code, const WeightMemory &phi,
                 ArrayRef<RowTile> rowTiles)
      : code(code), product(phi.product), rowTiles(rowTiles),
        lane(rowTiles.front().tile), reader(code, phi, lane) {}

  void emitOnTensorCores();
  void emitByFMA();

private:
  void emitExactly(Value mark);
  SmallVector<Value> splitRow(Value columns);
  SmallVector<AccumulatorTile> getTiles(int64_t units) const;
  Value emitChunk(Value first, int64_t units, Value mark);
  Value emitUnits(Value first, int64_t units, ArrayRef<int64_t> streams,
                  int64_t firstValue, Value mark);
  SmallVector<Value> getResults(ArrayRef<AccumulatorTile> tiles,
                                ArrayRef<SmallVector<Value>> sums,
                                int64_t unit);
  SmallVector<Value> addExactly(ArrayRef<Value> columns, ValueRange outputs,
                                ArrayRef<int64_t> streams, bool isGlobal);
  /// The groups of streams that are added together: all, or each.
  SmallVector<SmallVector<int64_t>> getGroups() const;
  int64_t getPhiStream(int64_t stream) const {
    return product.isEach() ? 0 : stream;
  }
  Value getPlace(const RowTile &rows, Value value, Value token);

  DeviceCode &code;
  const WeightProduct &product;
  ArrayRef<RowTile> rowTiles;
  /// Lane and leaf, which all tiles have in common.
  const WarpTile &lane;
  WeightReader reader;
};
} // namespace

SmallVector<SmallVector<int64_t>> ProjectProduct::getGroups() const {
  SmallVector<SmallVector<int64_t>> groups;
  if (!product.isEach())
    groups.emplace_back();
  for (int64_t stream = 0; stream < product.rowStreams; ++stream) {
    if (product.isEach())
      groups.emplace_back();
    groups.back().push_back(stream);
  }
  return groups;
}

/// Where a value's sum of a token is.
Value ProjectProduct::getPlace(const RowTile &rows, Value value, Value token) {
  int64_t bytes = product.getSumType().getIntOrFloatBitWidth() / 8;
  Value place = code.add(code.mul(value, kTokens), token);
  return code.offset(rows.sums, code.mul(place, bytes));
}

//===----------------------------------------------------------------------===//
// Tensor cores
//===----------------------------------------------------------------------===//

SmallVector<AccumulatorTile> ProjectProduct::getTiles(int64_t units) const {
  SmallVector<AccumulatorTile> tiles;
  int64_t parts = countParts(product), rowTerms = countRowTerms(product);
  bool isTF32 = product.precision == Precision::TF32;
  auto addTile = [&](int64_t upper, int64_t lower,
                     ArrayRef<AccumulatorTile::Step> steps) {
    tiles.push_back(
        {{upper, lower}, SmallVector<AccumulatorTile::Step>(steps)});
  };
  for (int64_t unit = 0; unit < units; unit += 2) {
    int64_t next = unit + 1;
    if (isTF32) {
      addTile(unit, next, {{{0, 0}, 0}, {{1, 1}, 1}});
    } else if (parts == 1) {
      addTile(unit, next, {{{0, 0}, 0}});
      if (rowTerms == 2)
        addTile(unit, next, {{{0, 0}, 1}});
      if (rowTerms == 3)
        addTile(unit, next, {{{0, 0}, 2}, {{0, 0}, 1}});
    } else {
      // Only the products of both first terms are large; the others go to rows
      // 8 to 15, but for those of both second terms.
      constexpr AccumulatorTile::Step kSteps[] = {
          {{-1, 0}, 2}, {{1, 0}, 1}, {{0, 1}, 0}};
      ArrayRef<AccumulatorTile::Step> steps =
          ArrayRef(kSteps).take_back(rowTerms);
      addTile(unit, unit, steps);
      if (next < units)
        addTile(next, next, steps);
      if (parts == 3)
        addTile(unit, next, {{{2, 2}, 0}});
    }
  }
  return tiles;
}

/// The words of a stream's columns: a vector for each term, or each half of the
/// columns in tf32.
SmallVector<Value> ProjectProduct::splitRow(Value columns) {
  if (product.precision != Precision::TF32)
    return splitTerms(code, columns, countRowTerms(product));
  SmallVector<Value> words = unpack(code, roundToTF32(code, columns));
  return {code.join(ArrayRef(words).take_front(4)),
          code.join(ArrayRef(words).drop_front(4))};
}

/// The sums of tokens 2 t and 2 t + 1.
SmallVector<Value> ProjectProduct::getResults(ArrayRef<AccumulatorTile> tiles,
                                              ArrayRef<SmallVector<Value>> sums,
                                              int64_t unit) {
  SmallVector<Value> results(2);
  // The tiles of the largest terms, and their upper rows, are the last to come.
  for (size_t i = tiles.size(); i-- > 0;)
    for (int64_t lower = 2; lower-- > 0;)
      if (tiles[i].units[lower] == unit)
        for (int64_t e = 0; e < 2; ++e) {
          Value term = sums[i][2 * lower + e];
          results[e] = results[e]
                           ? arith::AddFOp::create(code.builder, code.loc,
                                                   results[e], term)
                           : term;
        }
  return results;
}

/// Adds and stores the outputs of `units` units for one group of streams.
Value ProjectProduct::emitUnits(Value first, int64_t units,
                                ArrayRef<int64_t> streams, int64_t firstValue,
                                Value mark) {
  bool isTF32 = product.precision == Precision::TF32;
  SmallVector<AccumulatorTile> tiles = getTiles(units);
  Value zero = code.zero(code.builder.getF32Type()), noWord = code.i32(0);
  // [row tile][tile][4]
  SmallVector<SmallVector<SmallVector<Value>>> sums(
      rowTiles.size(), SmallVector<SmallVector<Value>>(
                           tiles.size(), SmallVector<Value>(4, zero)));
  for (int64_t stream : streams) {
    SmallVector<SmallVector<Value>> rows, fragments(units);
    for (const RowTile &rowTile : rowTiles)
      rows.push_back(splitRow(rowTile.columns[stream]));
    auto addStep = [&](size_t i, const AccumulatorTile::Step &step,
                       int64_t half) {
      SmallVector<Value> a(4, noWord);
      for (int64_t lower = 0; lower < 2; ++lower) {
        int64_t unit = tiles[i].units[lower], part = step.parts[lower];
        if (unit >= units || part < 0)
          continue;
        a[lower] = code.extract(fragments[unit][part], 2 * half);
        a[lower + 2] = code.extract(fragments[unit][part], 2 * half + 1);
      }
      for (auto [words, sum] : llvm::zip(rows, sums)) {
        Value row = words[step.rowTerm];
        SmallVector<Value> b = {code.extract(row, 2 * half),
                                code.extract(row, 2 * half + 1)};
        sum[i] = isTF32 ? multiplyTF32(code, a, b, sum[i])
                        : multiplyBF16(code, a, b, sum[i]);
      }
    };
    for (auto [i, tile] : llvm::enumerate(tiles)) {
      for (int64_t unit : tile.units)
        if (unit < units && fragments[unit].empty())
          fragments[unit] =
              reader.loadFragments(first, unit, getPhiStream(stream));
      for (const AccumulatorTile::Step &step : tile.steps)
        for (int64_t half = 0; half < 2; ++half)
          addStep(i, step, half);
    }
  }
  int64_t outputs = product.phi.getOutputs();
  for (int64_t unit = 0; unit < units; ++unit) {
    Value output = code.add(code.mul(code.add(first, unit), kUnit), lane.g);
    SmallVector<Value> pairs;
    for (const auto &sum : sums) {
      SmallVector<Value> results = getResults(tiles, sum, unit);
      for (Value result : results)
        mark = markNonFinite(code, result, mark);
      pairs.push_back(code.join(results));
    }
    auto emitStores = [&] {
      for (auto [rowTile, pair] : llvm::zip(rowTiles, pairs))
        code.store(pair,
                   getPlace(rowTile, code.add(output, firstValue),
                            code.mul(lane.t, 2)),
                   8);
    };
    if (outputs % kUnit == 0)
      emitStores();
    else
      code.when(code.less(output, code.i32(outputs)), emitStores);
  }
  return mark;
}

Value ProjectProduct::emitChunk(Value first, int64_t units, Value mark) {
  int64_t firstValue = 0;
  for (const SmallVector<int64_t> &streams : getGroups()) {
    mark = emitUnits(first, units, streams, firstValue, mark);
    firstValue += product.phi.getOutputs();
  }
  return mark;
}

void ProjectProduct::emitOnTensorCores() {
  // An even number of units, as two share a tile of 16 rows.
  int64_t units = countUnits(product);
  int64_t sums = 4 * getTiles(2).size() * rowTiles.size();
  int64_t chunk = std::max<int64_t>(kMostSums / sums, 1) * 2;
  Value mark = code.zero(code.builder.getF32Type());
  int64_t whole = units <= chunk ? 0 : units / chunk * chunk;
  if (whole)
    mark = code.loopCarrying(
        code.i32(0), code.i32(whole), code.i32(chunk), mark,
        [&](Value first, ValueRange marks) -> SmallVector<Value> {
          return {emitChunk(first, chunk, marks[0])};
        })[0];
  if (whole < units)
    mark = emitChunk(code.i32(whole), units - whole, mark);
  emitExactly(mark);
}

//===----------------------------------------------------------------------===//
// FMA
//===----------------------------------------------------------------------===//

/// Columns that LLVM does not convert ahead of a loop, for the path that is
/// hardly taken and must not need more registers than the other one: it moves
/// no shuffle out of a loop.
static Value keepInLoop(DeviceCode &code, Value columns) {
  auto type = cast<VectorType>(columns.getType());
  if (type.getElementTypeBitWidth() != 16)
    return columns;
  auto words = VectorType::get({kColumns / 2}, code.builder.getI32Type());
  SmallVector<Value> kept = unpack(code, code.bitcast(columns, words));
  for (Value &word : kept)
    word = code.shuffleXor(word, 0);
  return code.bitcast(code.join(kept), type);
}

/// The sums of outputs over the leaf's columns and some streams, in all four
/// lanes of the lane's token.
SmallVector<Value> ProjectProduct::addExactly(ArrayRef<Value> columns,
                                              ValueRange outputs,
                                              ArrayRef<int64_t> streams,
                                              bool isGlobal) {
  Type type = product.getSumType();
  SmallVector<Value> results(outputs.size());
  for (int64_t stream : streams) {
    Value column = columns[stream];
    if (isGlobal)
      column = keepInLoop(code, column);
    SmallVector<Value> x =
        unpack(code, convertFloat(code.builder, code.loc, column, type));
    for (auto [output, sum] : llvm::zip(outputs, results)) {
      int64_t phiStream = getPhiStream(stream);
      Value weights = isGlobal ? reader.loadGlobalColumns(output, phiStream)
                               : reader.loadColumns(output, phiStream);
      for (auto [w, v] : llvm::zip(unpack(code, weights), x))
        sum =
            sum ? Value(math::FmaOp::create(code.builder, code.loc, w, v, sum))
                : Value(arith::MulFOp::create(code.builder, code.loc, w, v));
    }
  }
  for (int64_t mask : {1, 2})
    for (Value &sum : results)
      sum = arith::AddFOp::create(code.builder, code.loc, sum,
                                  code.shuffleXor(sum, mask));
  return results;
}

void ProjectProduct::emitByFMA() {
  int64_t outputs = product.phi.getOutputs(), firstValue = 0;
  int64_t bytes = product.getSumType().getIntOrFloatBitWidth() / 8;
  for (const SmallVector<int64_t> &streams : getGroups()) {
    auto emitOutputs = [&](Value first, int64_t count) {
      SmallVector<Value> numbers;
      for (int64_t i = 0; i < count; ++i)
        numbers.push_back(code.add(first, i));
      SmallVector<SmallVector<Value>> results;
      for (const RowTile &rows : rowTiles)
        results.push_back(addExactly(rows.columns, numbers, streams, false));
      code.when(code.equal(lane.t, 0), [&] {
        for (auto [rows, values] : llvm::zip(rowTiles, results))
          for (auto [number, value] : llvm::zip(numbers, values))
            code.store(value,
                       getPlace(rows, code.add(number, firstValue), lane.g),
                       bytes);
      });
    };
    int64_t whole = outputs / kOutputs * kOutputs;
    if (whole)
      code.loop(code.i32(0), code.i32(whole), code.i32(kOutputs),
                [&](Value first) { emitOutputs(first, kOutputs); });
    if (whole < outputs)
      emitOutputs(code.i32(whole), outputs - whole);
    firstValue += outputs;
  }
}

/// Where tensor cores gave what is not finite, from inf, NaN, or a value that
/// rounds to inf, the sum by FMA is taken.
void ProjectProduct::emitExactly(Value mark) {
  Type type = product.getSumType();
  auto replace = [&](Value place, Value exact) {
    Value given = code.load(type, place, 4);
    Value wrong = markNonFinite(code, given, code.zero(type));
    code.when(isNaN(code, wrong), [&] { code.store(exact, place, 4); });
  };
  int64_t outputs = product.phi.getOutputs();
  code.when(code.any(isNaN(code, mark)), [&] {
    code.warpBarrier();
    for (const RowTile &rows : rowTiles)
      for (auto [group, streams] : llvm::enumerate(getGroups())) {
        auto emitOutput = [&, group = group,
                           streams = ArrayRef(streams)](Value output) {
          Value exact = addExactly(rows.columns, output, streams, true)[0];
          Value value = code.add(output, group * outputs);
          code.when(code.equal(lane.t, 0),
                    [&] { replace(getPlace(rows, value, lane.g), exact); });
        };
        code.loop(code.i32(0), code.i32(outputs), code.i32(1), emitOutput);
      }
  });
}

void mlir::mhc::emitProject(DeviceCode &code, const WeightMemory &phi,
                            ArrayRef<RowTile> tiles) {
  ProjectProduct product(code, phi, tiles);
  if (phi.product.isOnTensorCores())
    product.emitOnTensorCores();
  else
    product.emitByFMA();
}
