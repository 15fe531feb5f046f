//===- backward_inputs.h - Inputs of the backward and answers ---*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Some tokens of random numbers, and what the reference says of them. A run of
// T tokens repeats them: token t is token t % period. So the answers for all T
// are known from a few tokens, and what a kernel says of a token may be
// compared, bit for bit, over numbers of tokens and over places in a tile.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_INPUTS_H
#define PROBE_PROTOTYPES_BACKWARD_INPUTS_H

#include "backward_layout.h"
#include "reference_backward.h"

namespace probe {

/// Odd, so that a token gets to every place of a tile.
constexpr int kPeriod = kEmulated ? 13 : 61;

struct BackwardInputs {
  int hidden, slices;
  std::vector<u16> x, g, f, dy;
  std::vector<float> previous, own, saved, sums, phi, scale, base, preInfo;

  BackwardInputs(int hidden, int slices) : hidden(hidden), slices(slices) {
    const size_t columns = hidden;
    x = rows(1, 4 * columns), g = rows(2, 4 * columns);
    f = rows(3, columns), dy = rows(4, columns);
    previous = randomUniforms(5, kPeriod * kPrevious);
    own = randomUniforms(6, kPeriod * kOwn);
    saved = randomUniforms(7, kPeriod * kSaved);
    sums = randomUniforms(8, static_cast<size_t>(kPeriod) * slices * kSums);
    phi = randomUniforms(9, 96 * columns, 0.5f);
    base = randomUniforms(10, kRows);
    // rstd and h are large, and scale small, so that k is large enough to be
    // seen in dx', and all terms of dx' are of one size. The kernels do not
    // rely on h = rstd phi x'.
    const float size = std::sqrt(static_cast<float>(hidden));
    scale = {0.2f / size, 0.5f / size, 1 / size};
    for (int t = 0; t < kPeriod; ++t) {
      float *token = &saved[t * kSaved];
      for (int row = 0; row < kRows; ++row)
        token[row] *= 2 * size;
      // In some tokens a column of the matrix is so small that eps counts.
      for (int row = 8; row < kRows && t % 4 == 3; row += 4)
        token[row] -= 20 * size;
      token[kRows] = size * (1 + 0.25f * token[kRows]);
      std::fill(token + kRows + 1, token + kSaved, NAN);
      std::fill_n(&own[t * kOwn + kOwnScale], 4, NAN);
    }
  }

private:
  static std::vector<u16> rows(u64 seed, size_t width) {
    std::vector<u16> values(kPeriod * width);
    for (size_t i = 0; i < values.size(); ++i)
      values[i] = toBf16(randomUniform(seed, i));
    return values;
  }
};

/// What the reference says of a token. Sums of magnitudes scale the limits.
struct TokenAnswer {
  std::vector<float> next; // [4, C], rounded as the kernels round
  std::array<double, 4> dpre = {}, dpreSize = {}, dpostSize = {};
  double dRSize = 0;
  reference::TokenGradients token;
  std::vector<double> dx; // [4, C], not rounded
  double dxSize;          // root mean square

  /// Limits of what depends on logits grow with the largest |c|.
  double logitSize() const { return std::max(1.0, token.largestLogit / 4); }
};

inline TokenAnswer answerOf(const BackwardInputs &in,
                            const reference::Weights &weights, int t) {
  const int C = in.hidden;
  TokenAnswer answer;
  const u16 *x = &in.x[static_cast<size_t>(t) * 4 * C];
  const u16 *f = &in.f[static_cast<size_t>(t) * C];
  const float *previous = &in.previous[t * kPrevious];
  std::vector<double> g(4 * C), dy(C), next(4 * C);
  answer.next.resize(4 * C);
  for (int c = 0; c < C; ++c) {
    dy[c] = fromBf16(in.dy[static_cast<size_t>(t) * C + c]);
    for (int o = 0; o < 4; ++o) {
      g[o * C + c] = fromBf16(in.g[(static_cast<size_t>(t) * 4 + o) * C + c]);
      float v = previous[o] * fromBf16(f[c]);
      for (int i = 0; i < 4; ++i)
        v = std::fma(previous[4 + 4 * o + i], fromBf16(x[i * C + c]), v);
      next[o * C + c] = answer.next[o * C + c] = roundedToBf16(v);
      answer.dpre[o] += dy[c] * next[o * C + c];
      answer.dpreSize[o] += std::fabs(dy[c] * next[o * C + c]);
    }
  }
  double dR[16] = {}, dpost[4] = {};
  for (int s = 0; s < in.slices; ++s) {
    const float *sums =
        &in.sums[(static_cast<size_t>(t) * in.slices + s) * kSums];
    for (int e = 0; e < 16; ++e) {
      dR[e] += sums[e];
      answer.dRSize += std::fabs(sums[e]);
    }
    for (int o = 0; o < 4; ++o) {
      dpost[o] += sums[16 + o];
      answer.dpostSize[o] += std::fabs(sums[16 + o]);
    }
  }
  double h[24], R[16], pre[4];
  std::copy_n(&in.saved[t * kSaved], 24, h);
  std::copy_n(&in.own[t * kOwn], 16, R);
  std::copy_n(&in.own[t * kOwn + 16], 4, pre);
  answer.token =
      reference::tokenGradients(h, in.saved[t * kSaved + kRows], weights,
                                answer.dpre.data(), dpost, dR, C);
  answer.dx.resize(4 * C);
  double squares = 0;
  for (int i = 0; i < 4; ++i)
    for (int c = 0; c < C; ++c) {
      const double v =
          reference::streamGradient(g.data(), dy.data(), next.data(), R, pre,
                                    answer.token, weights.phi, C, i, c);
      answer.dx[i * C + c] = v;
      squares += v * v;
    }
  answer.dxSize = std::sqrt(squares / (4 * C));
  return answer;
}

struct BackwardAnswers {
  std::vector<TokenAnswer> tokens;

  /// Also writes what the kernel of one pass is given into `in`.
  explicit BackwardAnswers(BackwardInputs &in) : tokens(kPeriod) {
    reference::Weights weights;
    weights.phi.assign(in.phi.begin(), in.phi.end());
    std::copy_n(in.scale.begin(), 3, weights.scale.begin());
    std::copy_n(in.base.begin(), 24, weights.base.begin());
    forEach(kPeriod, [&](size_t t) {
      tokens[t] = answerOf(in, weights, static_cast<int>(t));
    });
    in.preInfo.assign(kPeriod * kPreInfo, 0);
    for (int t = 0; t < kPeriod; ++t) {
      const reference::TokenGradients &token = tokens[t].token;
      const float *h = &in.saved[t * kSaved];
      float *info = &in.preInfo[t * kPreInfo];
      double others = token.t;
      for (int i = 0; i < 4; ++i) {
        info[i] = static_cast<float>(
            reference::sigmoid(weights.scale[0] * h[i] + weights.base[i]));
        info[4 + i] = h[i];
        others -= weights.scale[0] * token.dc[i] * h[i];
      }
      info[8] = h[kRows];
      info[9] = static_cast<float>(others);
      info[10] = in.scale[0];
    }
  }
};

/// How often token t of the period is among T tokens.
inline double timesOf(int t, int tokens) {
  return tokens / kPeriod + (t < tokens % kPeriod ? 1 : 0);
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_INPUTS_H
