//===- fit.h - Which parameters give the bits that were seen ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The search is over a few thousand cases on which models differ. How numbers
// are added (blocks, bits, rounding) is searched in all combinations, on cases
// without special values first; so are the parameters of subnormal numbers, and
// those of special values. Then single parameters and pairs are changed until
// nothing gets better. A parameter leaves its default only where that explains
// more cases.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_ARITHMETIC_FIT_H
#define PROBE_ARITHMETIC_FIT_H

#include "cases.h"

#include <algorithm>
#include <climits>
#include <vector>

namespace probe {

/// One sum of a tile, and what was seen.
struct Case {
  const uint32_t *a, *b;
  uint32_t c, seen;
  /// Its number in the operation, and what kind of tile it is of.
  uint64_t number;
  int kind;
};

inline uint32_t compute(const Accumulator &accumulator,
                        const Operation &operation, const Case &one) {
  return accumulator.add(one.a, one.b, operation.k, one.c);
}

/// How many cases a model misses; more than `limit` are not counted. Adds to
/// `work` how many were computed.
inline int countMisses(const Operation &operation, const Accumulation &model,
                       const std::vector<Case> &cases, int limit = INT_MAX,
                       int64_t *work = nullptr) {
  const Accumulator accumulator(model, operation.operands, operation.sum);
  int misses = 0;
  size_t i = 0;
  while (i < cases.size() && misses <= limit)
    misses += compute(accumulator, operation, cases[i]) != cases[i].seen, ++i;
  if (work)
    *work += static_cast<int64_t>(i);
  return misses;
}

/// The parameters that mean something for an operation, with their values.
inline std::vector<AccumulationParameter>
parametersOf(const Operation &operation) {
  const bool isTf32 = operation.operands == OperandType::TF32;
  const bool isF16 = operation.sum == SumType::F16;
  std::vector<AccumulationParameter> chosen;
  for (AccumulationParameter parameter : accumulationParameters()) {
    const auto field = parameter.field;
    if (field == (isTf32 ? &Accumulation::block : &Accumulation::blockTf32) ||
        (field == &Accumulation::tf32 && !isTf32) ||
        ((field == &Accumulation::roundF16 ||
          field == &Accumulation::betweenF32) &&
         !isF16) ||
        // Products of f16 stay in the range of f32, and so do their sums.
        (operation.operands == OperandType::F16 &&
         (field == &Accumulation::productOverflow ||
          field == &Accumulation::flushProducts)) ||
        (operation.operands == OperandType::F16 && !isF16 &&
         (field == &Accumulation::saturate ||
          field == &Accumulation::tinySign)))
      continue;
    if (field == &Accumulation::least && !isF16)
      // The sum's is f32's.
      parameter.values.erase(parameter.values.begin() + 1);
    if (field == &Accumulation::block || field == &Accumulation::blockTf32) {
      auto &values = parameter.values;
      values.erase(std::remove_if(
                       values.begin(), values.end(),
                       [&](auto &value) { return value.first > operation.k; }),
                   values.end());
    }
    chosen.push_back(parameter);
  }
  return chosen;
}

/// Whether a parameter makes no difference in a model: the order of one block,
/// or rounding to f32 where no sum is f32.
inline bool isIdle(const Operation &operation, const Accumulation &model,
                   int Accumulation::*field) {
  const bool isOneBlock =
      (operation.operands == OperandType::TF32 ? model.blockTf32
                                               : model.block) >= operation.k;
  if (field == &Accumulation::order || field == &Accumulation::betweenF32)
    return isOneBlock;
  return field == &Accumulation::round && operation.sum == SumType::F16 &&
         model.roundF16 != Accumulation::Twice &&
         (isOneBlock || !model.betweenF32);
}

/// Every model that differs from `center` in one parameter.
inline std::vector<Accumulation> neighbours(const Operation &operation,
                                            const Accumulation &center) {
  std::vector<Accumulation> models;
  for (const AccumulationParameter &parameter : parametersOf(operation))
    for (const auto &value : parameter.values)
      if (value.first != center.*parameter.field &&
          !isIdle(operation, center, parameter.field)) {
        models.push_back(center);
        models.back().*parameter.field = value.first;
      }
  return models;
}

/// Up to `perKind` cases of each kind, those first on which the neighbours of
/// `center` do not all agree. A case may tell one parameter only, so each
/// neighbour gets its share.
inline std::vector<Case> chooseCases(const Operation &operation,
                                     const Accumulation &center,
                                     const std::vector<Case> &cases,
                                     int perKind, int scanned) {
  const std::vector<Accumulation> models = neighbours(operation, center);
  const Accumulator middle(center, operation.operands, operation.sum);
  std::vector<Case> chosen;
  std::vector<int> seen(kCaseKinds, 0), taken(kCaseKinds, 0);
  // How often each neighbour was told apart from the center, in each kind.
  std::vector<int> told(models.size() * kCaseKinds, 0);
  const int share = std::max(2, 4 * perKind / static_cast<int>(models.size()));
  for (const Case &one : cases) {
    if (seen[one.kind]++ >= scanned || taken[one.kind] >= perKind)
      continue;
    const uint32_t expected = compute(middle, operation, one);
    bool isWanted = expected != one.seen && taken[one.kind] < perKind / 2;
    for (size_t m = 0; m < models.size(); ++m) {
      int &count = told[m * kCaseKinds + one.kind];
      if (count >= share)
        continue;
      const Accumulator other(models[m], operation.operands, operation.sum);
      if (compute(other, operation, one) != expected) {
        ++count;
        isWanted = true;
      }
    }
    if (!isWanted)
      continue;
    ++taken[one.kind];
    chosen.push_back(one);
  }
  // Kinds in turn, so that a wrong model is given up early.
  std::vector<int> place(kCaseKinds, 0);
  std::vector<std::pair<int, size_t>> ranks;
  for (size_t i = 0; i < chosen.size(); ++i)
    ranks.push_back({place[chosen[i].kind]++, i});
  std::sort(ranks.begin(), ranks.end());
  std::vector<Case> mixed;
  for (const auto &rank : ranks)
    mixed.push_back(chosen[rank.second]);
  return mixed;
}

struct Fit {
  Accumulation model;
  int misses = 0;
  /// Models that were tried.
  long tried = 0;
};

class Fitter {
public:
  Fitter(const Operation &operation, const std::vector<Case> &cases)
      : operation(operation), cases(cases),
        parameters(parametersOf(operation)) {
    for (const Case &one : cases)
      if (isNumeric(one.kind))
        numeric.push_back(one);
    best.model = defaultModel(operation);
    best.misses = countMisses(operation, best.model, cases);
  }

  Fit fit() {
    const Accumulation start = best.model;
    if (best.misses)
      searchSums();
    // Twice: what subnormal numbers do may hide what special values do.
    for (int round = 0; round < 2 && best.misses; ++round) {
      search({&Accumulation::zerosCount, &Accumulation::least,
              &Accumulation::flushOperands, &Accumulation::flushProducts,
              &Accumulation::flushAccumulator, &Accumulation::flushResults});
      search({&Accumulation::negativeZeros, &Accumulation::tinySign,
              &Accumulation::nan, &Accumulation::productOverflow,
              &Accumulation::saturate, &Accumulation::tf32});
    }
    while (best.misses && (changeOne() || changeTwo()))
      ;
    goBack(start);
    return best;
  }

private:
  using Field = int Accumulation::*;

  const AccumulationParameter *find(Field field) const {
    for (const AccumulationParameter &parameter : parameters)
      if (parameter.field == field)
        return &parameter;
    return nullptr;
  }

  /// All combinations of the fields' values, over `base`.
  std::vector<Accumulation> combine(const Accumulation &base,
                                    const std::vector<Field> &fields) const {
    std::vector<Accumulation> models = {base};
    for (const Field field : fields) {
      const AccumulationParameter *parameter = find(field);
      if (!parameter)
        continue;
      std::vector<Accumulation> next;
      for (const Accumulation &model : models)
        for (const auto &value : parameter->values) {
          next.push_back(model);
          next.back().*field = value.first;
        }
      models = std::move(next);
    }
    return models;
  }

  bool tryModel(const Accumulation &model) {
    ++best.tried;
    const int misses = countMisses(operation, model, cases,
                                   std::max(0, best.misses - 1), &work);
    if (misses >= best.misses)
      return false;
    best.misses = misses;
    best.model = model;
    return true;
  }

  void search(const std::vector<Field> &fields) {
    for (const Accumulation &model : combine(best.model, fields))
      if (best.misses)
        tryModel(model);
  }

  /// Everything that decides how numbers are added, on the cases without
  /// special values: all on a few of them, the better ones on all.
  void searchSums() {
    std::vector<Accumulation> models = combine(
        best.model,
        {&Accumulation::block, &Accumulation::blockTf32, &Accumulation::order,
         &Accumulation::bits, &Accumulation::cut, &Accumulation::exponent,
         &Accumulation::accumulatorLast, &Accumulation::round,
         &Accumulation::roundF16, &Accumulation::betweenF32});
    // Once is enough.
    const auto isRepeated = [&](const Accumulation &model) {
      for (const AccumulationParameter &parameter : parameters)
        if (model.*parameter.field != best.model.*parameter.field &&
            isIdle(operation, model, parameter.field))
          return true;
      return false;
    };
    models.erase(std::remove_if(models.begin(), models.end(), isRepeated),
                 models.end());
    best.tried += static_cast<long>(models.size());
    for (const size_t count : {size_t(96), size_t(768), numeric.size()}) {
      const std::vector<Case> some(
          numeric.begin(), numeric.begin() + std::min(count, numeric.size()));
      std::vector<std::pair<int, size_t>> ranks;
      // Only models near the best so far are counted to the end.
      int least = INT_MAX / 2;
      for (size_t i = 0; i < models.size(); ++i) {
        const int misses =
            countMisses(operation, models[i], some, least + least / 2 + 16);
        least = std::min(least, misses);
        ranks.push_back({misses, i});
      }
      std::sort(ranks.begin(), ranks.end());
      const size_t kept = std::min<size_t>(
          ranks.size(), count < numeric.size() ? models.size() / 12 + 16 : 8);
      std::vector<Accumulation> better;
      for (size_t i = 0; i < kept; ++i)
        better.push_back(models[ranks[i].second]);
      models = std::move(better);
    }
    for (const Accumulation &model : models)
      tryModel(model);
  }

  bool changeOne() {
    bool changed = false;
    for (const Accumulation &model : neighbours(operation, best.model))
      changed |= tryModel(model);
    return changed;
  }

  bool changeTwo() {
    for (const Accumulation &one : neighbours(operation, best.model))
      for (const Accumulation &model : neighbours(operation, one)) {
        if (work > kMostWork)
          return false;
        if (tryModel(model))
          return true;
      }
    return false;
  }

  /// Takes back what makes no difference.
  void goBack(const Accumulation &start) {
    for (const AccumulationParameter &parameter : parameters) {
      Accumulation model = best.model;
      model.*parameter.field = start.*parameter.field;
      if (model.*parameter.field != best.model.*parameter.field &&
          countMisses(operation, model, cases, best.misses) <= best.misses)
        best.model = model;
    }
  }

  /// Cases that may be computed where no model explains everything: seconds.
  static constexpr int64_t kMostWork = 8000000;

  const Operation &operation;
  const std::vector<Case> &cases;
  int64_t work = 0;
  std::vector<Case> numeric;
  std::vector<AccumulationParameter> parameters;
  Fit best;
};

} // namespace probe

#endif // PROBE_ARITHMETIC_FIT_H
