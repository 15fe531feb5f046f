//===- multiply.cu - How mma.sync adds, bit for bit -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Multiplies a million random cases of each type (arithmetic/cases.h), looks
// for the parameters (device/accumulation.h) that give the bits seen
// (arithmetic/fit.h), and asks for single parameters (arithmetic/questions.h).
// Records, each with "type", the operation:
//
//   finding     what was asked, seen, and expected of the default model where
//   it
//               does not agree
//   model       the model that misses least: cases, misses, of all; tried, how
//               many models; model, all parameters; changed, those that differ
//               from the default, as "bits 25 -> 24"; defaultMisses
//   missed      kinds of cases (kindOfTile), with cases, misses and
//   defaultMisses
//               of each
//   others      models that differ from that one in one parameter, and what
//   they
//               miss of some cases; 0: the cases do not tell
//   sample      lines "kind number a b c d", or also what the model gives where
//               it misses: operands in the order of k, hexadecimal digits
//   order       sums that differ in a bit (other than which NaN they are) when
//               something is exchanged: roles (A and B), places (rows and
//               columns of the tile), pairs, fours, eights, all (k, within so
//               many neighbours); cases of each
//   chain       length, and the part of it that is added in the accumulators;
//               operands normal about `mean`; error and bias, relative to the
//               largest sum, from float64; what the model misses
//
// On the host, PROBE_ACCUMULATION sets what stands for the hardware: the fit
// has to find it.
//
//===----------------------------------------------------------------------===//

#include "arithmetic/chains.h"
#include "arithmetic/fit.h"
#include "arithmetic/questions.h"
#include "arithmetic/tiles.h"

#include "device/options.h"

using namespace probe;

namespace {

/// What was seen of an operation's random cases.
struct Seen {
  std::vector<Tile> tiles;
  std::vector<Sums> sums;
  std::vector<Case> cases;
};

} // namespace

static void answerQuestions(const Device &device, int index) {
  const Operation &operation = kOperation[index];
  const Accumulation model = defaultModel(operation);
  Questions asked(operation); // Questions refer to it.
  const std::vector<Question> questions = asked.all();
  std::vector<Tile> tiles;
  for (const Question &question : questions)
    tiles.insert(tiles.end(), question.tiles.begin(), question.tiles.end());
  const std::vector<Sums> sums = multiplyTiles(device, index, tiles);
  size_t first = 0;
  for (const Question &question : questions) {
    Bits seen, expected;
    size_t uneven = 0;
    const Accumulator accumulator(model, operation.operands, operation.sum);
    for (size_t i = 0; i < question.tiles.size(); ++i) {
      const Tile &tile = question.tiles[i];
      const Sums &d = sums[first + i];
      seen.push_back(d.d[0][0]);
      expected.push_back(
          accumulator.add(tile.a[0], tile.b[0], operation.k, tile.c[0][0]));
      for (const auto &row : d.d)
        uneven += std::count(row, row + 8, d.d[0][0]) != 8;
    }
    first += question.tiles.size();
    std::string answer = question.read(seen);
    if (uneven)
      answer += " (depends on the place in the tile)";
    const std::string wanted = question.read(expected);
    const bool agrees = answer == wanted;
    Record record("finding");
    record.set("type", operation.name)
        .set("what", question.what)
        .set("seen", answer)
        .set("agrees", agrees);
    if (!agrees)
      record.set("expected", wanted);
    record.print();
  }
}

static Seen multiplyRandomTiles(const Device &device, int index, int count) {
  Seen seen;
  for (int number = 0; number < count; ++number)
    seen.tiles.push_back(makeTile(index, number));
  seen.sums = multiplyTiles(device, index, seen.tiles);
  for (int t = 0; t < count; ++t)
    for (int i = 0; i < 128; ++i) {
      const Tile &tile = seen.tiles[t];
      seen.cases.push_back({tile.a[i / 8], tile.b[i % 8], tile.c[i / 8][i % 8],
                            seen.sums[t].d[i / 8][i % 8],
                            static_cast<uint64_t>(t) * 128 + i, kindOfTile(t)});
    }
  return seen;
}

/// The cases of each kind that a model misses.
static std::vector<double> missesByKind(const Operation &operation,
                                        const Accumulation &model,
                                        const std::vector<Case> &cases) {
  const Accumulator accumulator(model, operation.operands, operation.sum);
  std::vector<double> misses(kCaseKinds, 0);
  for (const Case &one : cases)
    misses[one.kind] += compute(accumulator, operation, one) != one.seen;
  return misses;
}

static double total(const std::vector<double> &values) {
  double sum = 0;
  for (const double value : values)
    sum += value;
  return sum;
}

/// How well the cases determine each parameter.
static void printOthers(const Operation &operation, const Accumulation &model,
                        const std::vector<Case> &cases) {
  std::vector<std::string> others;
  std::vector<int> misses;
  for (const AccumulationParameter &parameter : parametersOf(operation))
    for (const auto &value : parameter.values) {
      Accumulation other = model;
      other.*parameter.field = value.first;
      if (value.first == model.*parameter.field ||
          isIdle(operation, model, parameter.field))
        continue;
      others.push_back(std::string(parameter.name) + '=' +
                       parameter.text(other));
      misses.push_back(countMisses(operation, other, cases));
    }
  Record("others")
      .set("type", operation.name)
      .set("cases", cases.size())
      .set("others", others)
      .set("misses", misses)
      .print();
}

/// The cases that a better model has to explain, then those that tell this one
/// from others.
static void printSample(const Operation &operation, const Accumulation &model,
                        const std::vector<Case> &cases,
                        const std::vector<Case> &chosen, size_t most) {
  const Accumulator accumulator(model, operation.operands, operation.sum);
  const int digits = operation.operands == OperandType::TF32 ? 8 : 4;
  const int sumDigits = operation.sum == SumType::F16 ? 4 : 8;
  std::vector<std::string> lines;
  const auto add = [&](const Case &one, bool withModel) {
    std::string line =
        std::to_string(one.kind) + ' ' + std::to_string(one.number) + ' ';
    for (const uint32_t *operand : {one.a, one.b}) {
      for (int k = 0; k < operation.k; ++k)
        line += hex(operand[k], digits);
      line += ' ';
    }
    line += hex(one.c, sumDigits) + ' ' + hex(one.seen, sumDigits);
    if (withModel)
      line += ' ' + hex(compute(accumulator, operation, one), sumDigits);
    lines.push_back(line);
  };
  // Two thirds of the lines are for what the model misses, at most eight of a
  // kind.
  std::vector<std::vector<const Case *>> missed(kCaseKinds);
  for (const Case &one : cases)
    if (missed[one.kind].size() < 8 &&
        compute(accumulator, operation, one) != one.seen)
      missed[one.kind].push_back(&one);
  for (size_t i = 0; i < 8; ++i)
    for (const auto &ofKind : missed)
      if (i < ofKind.size() && 3 * lines.size() < 2 * most)
        add(*ofKind[i], true);
  for (size_t i = 0; lines.size() < most && i < chosen.size(); ++i)
    if (compute(accumulator, operation, chosen[i]) == chosen[i].seen)
      add(chosen[i], false);
  Record("sample").set("type", operation.name).set("lines", lines).print();
}

static std::string changes(const Operation &operation,
                           const Accumulation &model) {
  const Accumulation start = defaultModel(operation);
  std::string text;
  for (const AccumulationParameter &parameter : parametersOf(operation))
    if (model.*parameter.field != start.*parameter.field)
      text += (text.empty() ? "" : ", ") + std::string(parameter.name) + ' ' +
              parameter.text(start) + " -> " + parameter.text(model);
  return text;
}

/// Finds the model, and says how good it is.
static Accumulation fitModel(int index, const Seen &seen, bool small) {
  const Operation &operation = kOperation[index];
  const Accumulation start = defaultModel(operation);
  const std::vector<double> startMisses =
      missesByKind(operation, start, seen.cases);
  std::vector<Case> chosen = chooseCases(operation, start, seen.cases,
                                         small ? 160 : 400, small ? 768 : 6000);
  Fit fit = Fitter(operation, chosen).fit();
  std::vector<double> misses = missesByKind(operation, fit.model, seen.cases);
  // What it misses elsewhere may say more.
  if (total(misses) > 0) {
    std::vector<Case> more =
        chooseCases(operation, fit.model, seen.cases, small ? 160 : 400,
                    small ? 768 : 12000);
    more.insert(more.end(), chosen.begin(), chosen.end());
    const Fit next = Fitter(operation, more).fit();
    fit.tried += next.tried;
    const std::vector<double> nextMisses =
        missesByKind(operation, next.model, seen.cases);
    if (total(nextMisses) < total(misses)) {
      fit.model = next.model;
      misses = nextMisses;
    }
  }
  Record("model")
      .set("type", operation.name)
      .set("cases", seen.cases.size())
      .set("misses", total(misses))
      .set("tried", fit.tried)
      .set("model", describe(fit.model))
      .set("changed", changes(operation, fit.model))
      .set("defaultMisses", total(startMisses))
      .print();
  std::vector<double> counts(kCaseKinds, 0);
  for (const Case &one : seen.cases)
    ++counts[one.kind];
  Record("missed")
      .set("type", operation.name)
      .set("kinds",
           std::vector<std::string>(kCaseKindName, kCaseKindName + kCaseKinds))
      .set("cases", counts)
      .set("misses", misses)
      .set("defaultMisses", startMisses)
      .print();
  // Cases around the model that was found.
  chosen = chooseCases(operation, fit.model, seen.cases, small ? 160 : 400,
                       small ? 768 : 12000);
  printOthers(operation, fit.model, chosen);
  // All samples together stay below 80 KB.
  const size_t lines = operation.k * operation.perWord() < 16 ? 30
                       : operation.sum == SumType::F16        ? 60
                                                              : 110;
  printSample(operation, fit.model, seen.cases, chosen, small ? 20 : lines);
  return fit.model;
}

//===----------------------------------------------------------------------===//
// What may be exchanged
//===----------------------------------------------------------------------===//

/// Random permutations of neighbours, `group` at a time.
static void shuffle(int *order, int count, int group, CounterRandom &random) {
  for (int i = 0; i < count; ++i)
    order[i] = i;
  for (int first = 0; first < count; first += group)
    for (int i = group - 1; i > 0; --i)
      std::swap(order[first + i], order[first + random.between(0, i)]);
}

/// Whether two sums differ, but for which NaN they are.
static bool differ(const Operation &operation, uint32_t x, uint32_t y) {
  const FloatFormat format = operation.sumFormat();
  const uint32_t magnitude = format.sign() - 1;
  return x != y && ((x & magnitude) <= format.infinity() ||
                    (y & magnitude) <= format.infinity());
}

/// Sums that change when k is permuted within groups of neighbours.
static double countChangedByK(const Device &device, int index, const Seen &seen,
                              int group) {
  const Operation &operation = kOperation[index];
  std::vector<Tile> tiles = seen.tiles;
  CounterRandom random(group);
  int order[kMostK];
  for (size_t t = 0; t < tiles.size(); ++t) {
    shuffle(order, operation.k, group, random);
    for (int k = 0; k < operation.k; ++k) {
      for (int i = 0; i < 16; ++i)
        tiles[t].a[i][k] = seen.tiles[t].a[i][order[k]];
      for (int j = 0; j < 8; ++j)
        tiles[t].b[j][k] = seen.tiles[t].b[j][order[k]];
    }
  }
  const std::vector<Sums> sums = multiplyTiles(device, index, tiles);
  double changed = 0;
  for (size_t t = 0; t < tiles.size(); ++t)
    for (int i = 0; i < 128; ++i)
      changed += differ(operation, sums[t].d[i / 8][i % 8],
                        seen.sums[t].d[i / 8][i % 8]);
  return changed;
}

/// Sums that change in other rows and columns of the tile.
static double countChangedByPlace(const Device &device, int index,
                                  const Seen &seen) {
  std::vector<Tile> tiles = seen.tiles;
  std::vector<int> rows(16 * tiles.size()), columns(8 * tiles.size());
  CounterRandom random(99);
  for (size_t t = 0; t < tiles.size(); ++t) {
    int *row = &rows[16 * t], *column = &columns[8 * t];
    shuffle(row, 16, 16, random);
    shuffle(column, 8, 8, random);
    for (int i = 0; i < 16; ++i)
      std::copy_n(seen.tiles[t].a[row[i]], kMostK, tiles[t].a[i]);
    for (int j = 0; j < 8; ++j)
      std::copy_n(seen.tiles[t].b[column[j]], kMostK, tiles[t].b[j]);
    for (int i = 0; i < 128; ++i)
      tiles[t].c[i / 8][i % 8] = seen.tiles[t].c[row[i / 8]][column[i % 8]];
  }
  const std::vector<Sums> sums = multiplyTiles(device, index, tiles);
  double changed = 0;
  for (size_t t = 0; t < tiles.size(); ++t)
    for (int i = 0; i < 128; ++i)
      changed +=
          differ(kOperation[index], sums[t].d[i / 8][i % 8],
                 seen.sums[t].d[rows[16 * t + i / 8]][columns[8 * t + i % 8]]);
  return changed;
}

/// Sums that change when columns of B are rows of A and the reverse: a tile's
/// rows come in two halves.
static double countChangedByRole(const Device &device, int index,
                                 const Seen &seen) {
  std::vector<Tile> tiles(2 * seen.tiles.size());
  for (size_t t = 0; t < tiles.size(); ++t) {
    const Tile &from = seen.tiles[t / 2];
    const int first = static_cast<int>(t % 2) * 8;
    for (int i = 0; i < 16; ++i)
      std::copy_n(from.b[i % 8], kMostK, tiles[t].a[i]);
    for (int j = 0; j < 8; ++j)
      std::copy_n(from.a[first + j], kMostK, tiles[t].b[j]);
    for (int i = 0; i < 16; ++i)
      for (int j = 0; j < 8; ++j)
        tiles[t].c[i][j] = from.c[first + j][i % 8];
  }
  const std::vector<Sums> sums = multiplyTiles(device, index, tiles);
  double changed = 0;
  for (size_t t = 0; t < tiles.size(); ++t)
    for (int i = 0; i < 8; ++i)
      for (int j = 0; j < 8; ++j)
        changed +=
            differ(kOperation[index], sums[t].d[i][j],
                   seen.sums[t / 2].d[static_cast<int>(t % 2) * 8 + j][i]);
  return changed;
}

static void exchange(const Device &device, int index, const Seen &seen) {
  const Operation &operation = kOperation[index];
  Record record("order");
  record.set("type", operation.name)
      .set("cases", seen.cases.size())
      .set("roles", countChangedByRole(device, index, seen))
      .set("places", countChangedByPlace(device, index, seen))
      .set("pairs", countChangedByK(device, index, seen, 2))
      .set("fours", countChangedByK(device, index, seen, 4));
  if (operation.k >= 8)
    record.set("eights", countChangedByK(device, index, seen, 8));
  record.set("all", countChangedByK(device, index, seen, operation.k)).print();
}

int main(int count, char **arguments) {
  const Options options(count, arguments);
  const Device device = openDevice();
  // 128 cases a tile: 1,003,520, or 10,752.
  const int tiles = (options.small ? 6 : 560) * kCaseKinds;
  for (int index = 0; index < kOperations; ++index) {
    const Operation &operation = kOperation[index];
    if (!options.selects(operation.name) || !options.hasTimeFor(operation.name))
      continue;
    answerQuestions(device, index);
    const Seen seen = multiplyRandomTiles(device, index, tiles);
    const Accumulation model = fitModel(index, seen, options.small);
    exchange(device, index, seen);
    // Of each kind of operand, the longest.
    if (operation.sum == SumType::F16 ||
        operation.k != (operation.operands == OperandType::TF32 ? 8 : 16))
      continue;
    if (options.hasTimeFor(std::string("chains of ") + operation.name))
      for (const double mean : {0.5, 0.0})
        if (!options.small || mean != 0)
          measureChains(index, model, 16384, options.small ? 1 : 16, mean);
  }
}
