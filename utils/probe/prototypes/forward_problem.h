//===- forward_problem.h - Inputs and results of the forward ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_FORWARD_PROBLEM_H
#define PROBE_PROTOTYPES_FORWARD_PROBLEM_H

#include "compare_words.h"
#include "pack_phi.h"
#include "random_rows.h"
#include "reference_forward.h"

#include <map>
#include <memory>

namespace probe {

/// What a launch writes, for so many tokens and some that it may not touch.
struct ForwardResults {
  static constexpr size_t kGuardTokens = 8;

  size_t hidden, tokens;
  Buffer<u16> nextStreams, layerInput;
  Buffer<float> coefficients;

  ForwardResults(int hidden, int tokens)
      : hidden(hidden), tokens(tokens),
        nextStreams((tokens + kGuardTokens) * kStreams * hidden),
        layerInput((tokens + kGuardTokens) * hidden),
        coefficients((tokens + kGuardTokens) * kCoefficients) {}

  void poison() {
    nextStreams.fill(0xff);
    layerInput.fill(0xff);
    coefficients.fill(0xff);
  }
  /// Words of the first `count` tokens that were not written.
  double untouched(WordComparer &comparer, size_t count) const {
    return comparer.untouched(nextStreams.data(),
                              count * kStreams * hidden * 2) +
           comparer.untouched(layerInput.data(), count * hidden * 2) +
           comparer.untouched(coefficients.data(), count * kCoefficients * 4);
  }
  /// Words of the tokens after those that were written.
  double overrun(WordComparer &comparer, size_t count) const {
    const size_t stream = kGuardTokens * kStreams * hidden,
                 row = kGuardTokens * hidden,
                 few = kGuardTokens * kCoefficients;
    return (stream + row) / 2.0 + few -
           comparer.untouched(nextStreams.data() + count * kStreams * hidden,
                              stream * 2) -
           comparer.untouched(layerInput.data() + count * hidden, row * 2) -
           comparer.untouched(coefficients.data() + count * kCoefficients,
                              few * 4);
  }
};

/// Words that differ between two results, of x', y and coefficients.
struct ForwardDifference {
  double streams = 0, rows = 0, coefficients = 0;

  void add(WordComparer &comparer, const ForwardResults &a,
           const ForwardResults &b, size_t tokens) {
    streams += comparer.different(a.nextStreams.data(), b.nextStreams.data(),
                                  tokens * kStreams * a.hidden * 2);
    rows += comparer.different(a.layerInput.data(), b.layerInput.data(),
                               tokens * a.hidden * 2);
    coefficients +=
        comparer.different(a.coefficients.data(), b.coefficients.data(),
                           tokens * kCoefficients * 4);
  }
  bool none() const { return streams + rows + coefficients == 0; }
};

/// One width: inputs for the most tokens that are measured. A token's inputs
/// do not depend on how many there are.
class ForwardProblem {
public:
  const int hidden, mostTokens;
  Buffer<u16> streams, layerOutput;
  Buffer<float> mixing, scale, base;
  ForwardResults results;
  ForwardWeights weights;

  ForwardProblem(const Device &device, int hidden, int mostTokens)
      : hidden(hidden), mostTokens(mostTokens),
        streams(static_cast<size_t>(mostTokens) * kStreams * hidden),
        layerOutput(static_cast<size_t>(mostTokens) * hidden),
        mixing(randomUniforms(kMixingSeed,
                              static_cast<size_t>(mostTokens) * kMixing)),
        scale(std::vector<float>{0.7f, 0.9f, 1.3f}),
        base(randomUniforms(kBaseSeed, kCoefficients)),
        results(hidden, mostTokens) {
    fillRandom(device, streams, kStreamSeed, kStreamMagnitude);
    fillRandom(device, layerOutput, kOutputSeed, 1);
    weights.phi = randomUniforms(
        kPhiSeed, static_cast<size_t>(kCoefficients) * kStreams * hidden,
        3 / std::sqrt(static_cast<float>(kStreams) * hidden));
    weights.scale = scale.download();
    weights.base = base.download();
    weights.epsilon = kEpsilon;
  }

  static constexpr float kEpsilon = 1e-6f;

  /// phi in fragments for so many warps of 32 columns.
  const uint4 *packedPhi(int warps, int terms) {
    auto &packed = phi[{warps, terms}];
    if (!packed)
      packed = std::make_unique<Buffer<uint4>>(
          packPhi(weights.phi, hidden, warps, terms));
    return packed->data();
  }

  /// Results of token `token`, against float64.
  ForwardErrors errorsOf(size_t token) const {
    const size_t row = hidden, wide = kStreams * row;
    ForwardToken t;
    t.streams.resize(wide);
    t.layerOutput.resize(row);
    for (size_t i = 0; i < wide; ++i)
      t.streams[i] =
          randomRowElement(kStreamSeed, token * wide + i, kStreamMagnitude);
    for (size_t i = 0; i < row; ++i)
      t.layerOutput[i] = randomRowElement(kOutputSeed, token * row + i, 1);
    t.mixing = mixing.download(token * kMixing, kMixing);
    t.nextStreams = results.nextStreams.download(token * wide, wide);
    t.layerInput = results.layerInput.download(token * row, row);
    t.coefficients =
        results.coefficients.download(token * kCoefficients, kCoefficients);
    return forwardErrors(t, hidden, weights);
  }

  /// The errors of `count` of the first `tokens` tokens, the last among them.
  ForwardErrors errors(size_t tokens, size_t count) const {
    count = std::min(count, tokens);
    std::vector<ForwardErrors> each(count);
    forEach(count, [&](size_t i) {
      each[i] = errorsOf(tokens - 1 - i * tokens / count);
    });
    ForwardErrors all;
    for (const ForwardErrors &one : each)
      all.include(one);
    return all;
  }

private:
  static constexpr u64 kStreamSeed = 1, kOutputSeed = 2, kMixingSeed = 3,
                       kBaseSeed = 4, kPhiSeed = 5;
  static constexpr float kStreamMagnitude = 2;
  std::map<std::pair<int, int>, std::unique_ptr<Buffer<uint4>>> phi;
};

} // namespace probe

#endif // PROBE_PROTOTYPES_FORWARD_PROBLEM_H
