//===- reference_forward.h - The forward boundary in float64 ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_REFERENCE_FORWARD_H
#define PROBE_PROTOTYPES_REFERENCE_FORWARD_H

#include "forward_math.h"
#include "host_math.h"

namespace probe {

/// The weights of a connection, and what its gates add.
struct ForwardWeights {
  std::vector<float> phi; // [24, 4, C]
  std::vector<float> scale, base;
  double epsilon;
};

/// Rows of one token: x [4, C], f [C], mixing [20]; and results: x' [4, C],
/// y [C], coefficients [24].
struct ForwardToken {
  std::vector<u16> streams, layerOutput;
  std::vector<float> mixing;
  std::vector<u16> nextStreams, layerInput;
  std::vector<float> coefficients;
};

/// Errors of one token or, by keepLargest, of several.
struct ForwardErrors {
  /// Elements of x' that differ from one multiplication, four fma, one
  /// rounding.
  double streams = 0;
  /// pre, post, matrix: largest error and largest exact magnitude.
  double coefficients[3] = {0, 0, 0}, magnitudes[3] = {0, 0, 0};
  /// Of max(|exact|, root mean square of the row).
  double layerInput = 0;
  double largestCoefficient = 0;

  void include(const ForwardErrors &other) {
    streams += other.streams;
    for (int i = 0; i < 3; ++i) {
      keepLargest(coefficients[i], other.coefficients[i]);
      keepLargest(magnitudes[i], other.magnitudes[i]);
    }
    keepLargest(layerInput, other.layerInput);
    keepLargest(largestCoefficient, other.largestCoefficient);
  }
  /// The largest error of pre, post and matrix, of their largest magnitude.
  double worstCoefficient() const {
    double worst = 0;
    for (int i = 0; i < 3; ++i)
      keepLargest(worst, coefficients[i] / magnitudes[i]);
    return worst;
  }
  /// Its limit: that of a projection in so many bf16 terms.
  double coefficientLimit(int terms) const {
    return (terms == 3 ? 2e-6 : 1e-5) * std::max(1.0, largestCoefficient / 4);
  }
  static double rowLimit() { return 1.0 / 256; }
  bool right(int terms) const {
    return streams == 0 && worstCoefficient() <= coefficientLimit(terms) &&
           layerInput <= rowLimit();
  }
};

/// Sinkhorn of a 4 by 4 matrix of logits, in place.
inline void referenceSinkhorn(double (&matrix)[16]) {
  const auto divide = [&](int along, int across, double epsilon) {
    for (int i = 0; i < 4; ++i) {
      double sum = epsilon;
      for (int j = 0; j < 4; ++j)
        sum += matrix[i * across + j * along];
      for (int j = 0; j < 4; ++j)
        matrix[i * across + j * along] /= sum;
    }
  };
  for (int i = 0; i < 4; ++i) {
    const double largest =
        *std::max_element(matrix + 4 * i, matrix + 4 * i + 4);
    for (int j = 0; j < 4; ++j)
      matrix[4 * i + j] = std::exp(matrix[4 * i + j] - largest);
  }
  divide(1, 4, 0);
  const double epsilon = 1e-6;
  for (double &v : matrix)
    v += epsilon;
  divide(4, 1, epsilon);
  for (int i = 1; i < kSinkhornIterations; ++i) {
    divide(1, 4, epsilon);
    divide(4, 1, epsilon);
  }
}

/// What the boundary should have made of a token, against what it made.
inline ForwardErrors forwardErrors(const ForwardToken &token, int hidden,
                                   const ForwardWeights &weights) {
  ForwardErrors errors;
  const size_t row = hidden;
  std::vector<double> next(kStreams * row);
  double squares = 0;
  for (int o = 0; o < kStreams; ++o)
    for (size_t c = 0; c < row; ++c) {
      float sum = token.mixing[o] * fromBf16(token.layerOutput[c]);
      for (int i = 0; i < kStreams; ++i)
        sum = std::fma(token.mixing[4 + 4 * o + i],
                       fromBf16(token.streams[i * row + c]), sum);
      const u16 rounded = toBf16(sum);
      errors.streams += rounded != token.nextStreams[o * row + c];
      next[o * row + c] = fromBf16(rounded);
      squares += next[o * row + c] * next[o * row + c];
    }
  const double rstd = 1 / std::sqrt(squares / next.size() + weights.epsilon);
  double exact[kCoefficients], logits[16];
  for (int k = 0; k < kCoefficients; ++k) {
    const int group = k < 4 ? 0 : k < 8 ? 1 : 2;
    const float *phi = weights.phi.data() + k * next.size();
    double sum = 0;
    for (size_t j = 0; j < next.size(); ++j)
      sum += phi[j] * next[j];
    const double c = sum * rstd * weights.scale[group] + weights.base[k];
    keepLargest(errors.largestCoefficient, std::fabs(c));
    const double sigmoid = 1 / (1 + std::exp(-c));
    if (k >= 8)
      logits[k - 8] = c;
    else
      exact[k] = k < 4 ? sigmoid + 1e-6 : 2 * sigmoid;
  }
  referenceSinkhorn(logits);
  std::copy(logits, logits + 16, exact + 8);
  for (int k = 0; k < kCoefficients; ++k) {
    const int group = k < 4 ? 0 : k < 8 ? 1 : 2;
    keepLargest(errors.coefficients[group],
                std::fabs(token.coefficients[k] - exact[k]));
    keepLargest(errors.magnitudes[group], std::fabs(exact[k]));
  }
  std::vector<double> y(row);
  double power = 0;
  for (size_t c = 0; c < row; ++c) {
    for (int i = 0; i < kStreams; ++i)
      y[c] += exact[i] * next[i * row + c];
    power += y[c] * y[c];
  }
  const double rms = std::sqrt(power / row);
  for (size_t c = 0; c < row; ++c)
    keepLargest(errors.layerInput,
                std::fabs(fromBf16(token.layerInput[c]) - y[c]) /
                    std::max(std::fabs(y[c]), rms));
  return errors;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_REFERENCE_FORWARD_H
