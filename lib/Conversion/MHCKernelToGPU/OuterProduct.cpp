//===- OuterProduct.cpp - Coefficients times columns, over tokens ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On tensor cores the columns are A: 16 columns by the 8 tokens of the tile,
// two words of the lanes transposed; d is B, 8 tokens by 8 outputs. A tile's
// product is a chain from zero, with the smallest terms first, and is added to
// the sums in f32: tensor cores would cut the sums off at every tile. Of word
// w, lane 4 g + t has column 8 (g / 2) + 2 w + g mod 2 and, in a unit of 8
// outputs, outputs 2 t and 2 t + 1.
//
//===----------------------------------------------------------------------===//

#include "SplitTerms.h"
#include "WeightReader.h"

#include "../KernelLanes/LaneMath.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mhc;

/// Words of two columns in a lane's vector.
static constexpr int64_t kWords = kColumns / 2;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

int64_t OuterProduct::getGranularity(const WeightProduct &) { return kUnit; }

int64_t OuterProduct::countUnits() const {
  return llvm::divideCeil(count, kUnit);
}

int64_t OuterProduct::countRegisters(const WeightProduct &product,
                                     int64_t count) {
  int64_t words = product.getSumType().getIntOrFloatBitWidth() / 32;
  return product.phi.getStreams() * kWords * 2 *
         llvm::divideCeil(count, kUnit) * words;
}

size_t OuterProduct::getPlace(int64_t stream, int64_t word, int64_t unit,
                              int64_t e) const {
  // The four results of an mma are next to each other.
  int64_t step = (stream * (kWords / 2) + word / 2) * countUnits() + unit;
  return step * 4 + word % 2 * 2 + e;
}

SmallVector<Value> OuterProduct::getInitial(DeviceCode &code) {
  int64_t number = product.phi.getStreams() * kWords * 2 * countUnits();
  return SmallVector<Value>(number, code.zero(product.getSumType()));
}

Value OuterProduct::getElement(DeviceCode &code, int64_t stream, int64_t unit,
                               Value inUnit) const {
  int64_t outputs = product.phi.getOutputs();
  Value output = code.add(code.add(first, unit * kUnit), inUnit);
  // What is beyond the last output is added like it, and not stored.
  output = code.min(output, code.i32(outputs - 1));
  return code.add(output, product.isEach() ? stream * outputs : 0);
}

static Value getAddress(DeviceCode &code, const TokenValues &d, Value element,
                        Value token) {
  Value place = code.add(code.mul(element, d.stride), token);
  int64_t bytes = d.element.getIntOrFloatBitWidth() / 8;
  return code.offset(d.pointer, code.mul(place, bytes));
}

//===----------------------------------------------------------------------===//
// FMA
//===----------------------------------------------------------------------===//

static Value shuffleFrom(DeviceCode &code, Value value, Value lane) {
  auto shuffle = [&](Value word) -> Value {
    return NVVM::ShflOp::create(code.builder, code.loc, word.getType(),
                                code.i32(-1), word, lane, code.i32(kLanes - 1),
                                NVVM::ShflKind::idx, UnitAttr());
  };
  if (!value.getType().isF64())
    return shuffle(value);
  auto type = VectorType::get({2}, code.builder.getI32Type());
  SmallVector<Value> words = unpack(code, code.bitcast(value, type));
  for (Value &word : words)
    word = shuffle(word);
  return code.bitcast(code.join(words), value.getType());
}

/// Of a word of `columns`, the column that is the lane's in the sums, of the
/// token whose lanes begin at `from`.
static Value fetchColumn(DeviceCode &code, Value columns, int64_t word,
                         Value from, Value isOdd) {
  auto type = cast<VectorType>(columns.getType());
  Type element = type.getElementType();
  if (element.getIntOrFloatBitWidth() != 16)
    return code.select(
        isOdd, shuffleFrom(code, code.extract(columns, 2 * word + 1), from),
        shuffleFrom(code, code.extract(columns, 2 * word), from));
  auto words = VectorType::get({kWords}, code.builder.getI32Type());
  Value pair =
      shuffleFrom(code, code.extract(code.bitcast(columns, words), word), from);
  pair = code.bitcast(pair, VectorType::get({2}, element));
  return code.select(isOdd, code.extract(pair, 1), code.extract(pair, 0));
}

SmallVector<Value> OuterProduct::addExactly(DeviceCode &code,
                                            const WarpTile &tile,
                                            ArrayRef<Value> columns,
                                            const TokenValues &d,
                                            ValueRange sums) const {
  OpBuilder &builder = code.builder;
  Type type = product.getSumType();
  int64_t bytes = d.element.getIntOrFloatBitWidth() / 8;
  Value owner = code.div(tile.g, 2);
  Value isOdd = code.equal(code.rem(tile.g, 2), 1);
  auto addToken = [&](Value k, ValueRange sums) {
    SmallVector<Value> next(sums);
    Value from = code.add(code.mul(k, 4), owner);
    SmallVector<Value> factors;
    for (int64_t stream = 0; stream < product.rowStreams; ++stream) {
      if (stream == 0 || product.isEach()) {
        factors.clear();
        for (int64_t i = 0; i < 2 * countUnits(); ++i) {
          Value element = getElement(code, stream, i / 2,
                                     code.add(code.mul(tile.t, 2), i % 2));
          Value factor = code.load(
              d.element, getAddress(code, d, element, code.add(tile.token, k)),
              bytes);
          factors.push_back(convertFloat(builder, code.loc, factor, type));
        }
      }
      for (int64_t word = 0; word < kWords; ++word) {
        Value x = convertFloat(
            builder, code.loc,
            fetchColumn(code, columns[stream], word, from, isOdd), type);
        for (auto [i, factor] : llvm::enumerate(factors)) {
          Value &sum =
              next[getPlace(product.isEach() ? 0 : stream, word, i / 2, i % 2)];
          sum = math::FmaOp::create(builder, code.loc, factor, x, sum);
        }
      }
    }
    return next;
  };
  Value tokens = code.i32(kTokens);
  if (tile.end)
    tokens = code.min(tokens, code.sub(tile.end, tile.token));
  return code.loopCarrying(code.i32(0), tokens, code.i32(1), sums, addToken);
}

//===----------------------------------------------------------------------===//
// Tensor cores
//===----------------------------------------------------------------------===//

/// A word of a vector of columns as the rows of A that it becomes: two bf16 of
/// tokens 2 t and 2 t + 1, or both in tf32.
static SmallVector<Value> transposeTF32(DeviceCode &code, Value columns,
                                        int64_t word) {
  OpBuilder &builder = code.builder;
  auto shift = [&](Value value, int64_t bits) -> Value {
    return bits > 0 ? Value(arith::ShLIOp::create(builder, code.loc, value,
                                                  code.i32(bits)))
                    : Value(arith::ShRUIOp::create(builder, code.loc, value,
                                                   code.i32(-bits)));
  };
  auto either = [&](Value a, Value b) {
    return arith::OrIOp::create(builder, code.loc, a, b);
  };
  constexpr int64_t kLower = 0xffff, kUpper = -0x10000;
  Type element = cast<VectorType>(columns.getType()).getElementType();
  if (element.isF32()) {
    // Upper and lower halves, each like bf16.
    Value even = code.extract(columns, 2 * word);
    Value odd = code.extract(columns, 2 * word + 1);
    SmallVector<Value> bits =
        unpack(code, roundToTF32(code, code.join({even, odd})));
    Value upper = transpose(
        code, either(shift(bits[0], -16), code.bitAnd(bits[1], kUpper)));
    Value lower = transpose(
        code, either(code.bitAnd(bits[0], kLower), shift(bits[1], 16)));
    return {either(shift(upper, 16), code.bitAnd(lower, kLower)),
            either(code.bitAnd(upper, kUpper), shift(lower, -16))};
  }
  auto words = VectorType::get({kWords}, builder.getI32Type());
  Value pair =
      transpose(code, code.extract(code.bitcast(columns, words), word));
  return unpack(
      code,
      roundToTF32(code, code.bitcast(pair, VectorType::get({2}, element))));
}

namespace {
/// The lane's words of one tile.
struct Operands {
  /// A: [word][term], or [word][token] of tf32.
  SmallVector<SmallVector<Value>> columns;
  /// B: [unit][term], or [unit][token] of tf32.
  SmallVector<SmallVector<Value>> d;
};
} // namespace

/// Columns of words `word` and `word` + 1 times d of a unit.
static SmallVector<Value> multiplyUnit(DeviceCode &code,
                                       const WeightProduct &product,
                                       const Operands &operands, int64_t word,
                                       int64_t unit) {
  SmallVector<Value> sum(4, code.zero(code.builder.getF32Type()));
  ArrayRef<Value> upper = operands.columns[word];
  ArrayRef<Value> lower = operands.columns[word + 1];
  ArrayRef<Value> d = operands.d[unit];
  if (product.precision == Precision::TF32)
    return multiplyTF32(code, {upper[0], lower[0], upper[1], lower[1]}, d, sum);
  // Terms of the columns and of d, the smallest products first.
  SmallVector<std::pair<size_t, size_t>> pairs;
  for (size_t order = 3; order-- > 0;)
    for (size_t term = 0; term < upper.size() && term <= order; ++term)
      if (order - term < d.size())
        pairs.emplace_back(term, order - term);
  // Two are one step with a k of 16, the last ones in any case.
  SmallVector<Value> a, b;
  for (auto [i, pair] : llvm::enumerate(pairs)) {
    auto [term, dTerm] = pair;
    a.append({upper[term], lower[term]});
    b.push_back(d[dTerm]);
    if (b.size() < 2 && (pairs.size() - i) % 2 == 0)
      continue;
    sum = multiplyBF16(code, a, b, sum);
    a.clear();
    b.clear();
  }
  return sum;
}

/// Marks columns that have no terms: what is not finite, and what rounds to
/// inf.
static Value markColumns(DeviceCode &code, const WeightProduct &product,
                         Value columns, Value mark) {
  if (!product.rowElement.isF32()) {
    auto words = VectorType::get({kWords}, code.builder.getI32Type());
    return markNonFiniteWords(code, code.bitcast(columns, words),
                              product.rowElement, mark);
  }
  // 2^-7 more than an f32 that rounds to an infinite bf16 is infinite. (The
  // terms themselves would stay in registers across the branch.)
  Value more =
      createConstant(code.builder, code.loc, columns.getType(), 1 + 0x1p-7);
  columns = arith::MulFOp::create(code.builder, code.loc, columns, more);
  for (Value value : unpack(code, columns))
    mark = markNonFinite(code, value, mark);
  return mark;
}

/// d's pair of tokens in terms, or in tf32; marks the first term where a value
/// has no terms.
static SmallVector<Value> splitPair(DeviceCode &code,
                                    const WeightProduct &product, Value pair,
                                    Value &mark) {
  OpBuilder &builder = code.builder;
  if (product.precision == Precision::TF32) {
    Value words = roundToTF32(code, pair);
    mark = markNonFiniteWords(code, words, builder.getF32Type(), mark);
    return unpack(code, words);
  }
  SmallVector<Value> terms =
      splitTerms(code, pair, countCoefficientTerms(product));
  mark = markNonFiniteWords(code, terms[0], builder.getBF16Type(), mark);
  for (Value &term : terms)
    term = code.extract(term, 0);
  return terms;
}

SmallVector<Value> OuterProduct::add(DeviceCode &code, const WarpTile &tile,
                                     ArrayRef<Value> columns,
                                     const TokenValues &d, ValueRange sums) {
  if (!product.isOnTensorCores())
    return addExactly(code, tile, columns, d, sums);
  OpBuilder &builder = code.builder;
  bool isTF32 = product.precision == Precision::TF32;
  Value mark = code.zero(builder.getF32Type());
  // Of d, tokens 2 t and 2 t + 1 of output g of each unit: [stream].
  SmallVector<Operands> operands(product.rowStreams);
  int64_t bytes = d.element.getIntOrFloatBitWidth() / 8;
  auto pairType = VectorType::get({2}, d.element);
  assert(d.stride % 2 == 0 && "expected pairs of tokens to be aligned");
  for (auto [stream, operand] : llvm::enumerate(operands)) {
    if (stream > 0 && !product.isEach()) {
      operand.d = operands[0].d;
      continue;
    }
    for (int64_t unit = 0; unit < countUnits(); ++unit) {
      Value pair =
          code.load(pairType,
                    getAddress(code, d, getElement(code, stream, unit, tile.g),
                               code.add(tile.token, code.mul(tile.t, 2))),
                    2 * bytes);
      pair = convertFloat(builder, code.loc, pair, builder.getF32Type());
      operand.d.push_back(splitPair(code, product, pair, mark));
    }
  }
  for (Value column : columns)
    mark = markColumns(code, product, column, mark);
  auto addQuickly = [&] {
    SmallVector<Value> next(sums);
    for (int64_t stream = 0; stream < product.rowStreams; ++stream) {
      Operands &operand = operands[stream];
      operand.columns.assign(kWords, {});
      SmallVector<Value> terms;
      if (!isTF32)
        terms = splitTerms(code, columns[stream], countRowTerms(product));
      for (int64_t word = 0; word < kWords; ++word) {
        if (isTF32)
          operand.columns[word] = transposeTF32(code, columns[stream], word);
        for (Value term : terms)
          operand.columns[word].push_back(
              transpose(code, code.extract(term, word)));
      }
      for (int64_t word = 0; word < kWords; word += 2)
        for (int64_t unit = 0; unit < countUnits(); ++unit) {
          SmallVector<Value> results =
              multiplyUnit(code, product, operand, word, unit);
          size_t place = getPlace(product.isEach() ? 0 : stream, word, unit, 0);
          for (auto [i, result] : llvm::enumerate(results)) {
            Value &sum = next[place + i];
            sum = arith::AddFOp::create(builder, code.loc, sum, result);
          }
        }
    }
    return next;
  };
  // inf and NaN have no terms, and rows of missing tokens are left out only by
  // FMA.
  return code.choose(
      code.any(isNaN(code, mark)),
      [&] { return addExactly(code, tile, columns, d, sums); }, addQuickly);
}

//===----------------------------------------------------------------------===//
// store
//===----------------------------------------------------------------------===//

void OuterProduct::store(DeviceCode &code, const WarpTile &tile,
                         ValueRange sums, Value total) {
  int64_t hidden = product.phi.getHidden(), streams = product.phi.getStreams();
  int64_t bytes = product.getSumType().getIntOrFloatBitWidth() / 8;
  Value own = code.add(tile.column, code.mul(code.div(tile.g, 2), kColumns));
  own = code.add(own, code.rem(tile.g, 2));
  Value last =
      code.min(code.add(first, count), code.i32(product.phi.getOutputs()));
  for (int64_t unit = 0; unit < countUnits(); ++unit)
    for (int64_t e = 0; e < 2; ++e) {
      Value output =
          code.add(code.add(first, unit * kUnit + e), code.mul(tile.t, 2));
      code.when(code.less(output, last), [&] {
        for (int64_t word = 0; word < kWords; ++word) {
          Value column = code.add(own, 2 * word);
          code.when(code.less(column, code.i32(hidden)), [&] {
            for (int64_t stream = 0; stream < streams; ++stream) {
              Value row = code.add(code.mul(output, streams), stream);
              Value place = code.add(code.mul(code.widen(row), hidden),
                                     code.widen(column));
              code.store(sums[getPlace(stream, word, unit, e)],
                         code.offset(total, code.mul(place, bytes)), bytes);
            }
          });
        }
      });
    }
}
