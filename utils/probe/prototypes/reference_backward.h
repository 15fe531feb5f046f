//===- reference_backward.h - The backward boundary in float64 --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formulas of backward_layout.h and backward_token.h, for one token and in
// float64. Sinkhorn keeps every iterate, where the kernel goes back by sums;
// checkReference() holds all of it to central differences of the forward pass.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_REFERENCE_BACKWARD_H
#define PROBE_PROTOTYPES_REFERENCE_BACKWARD_H

#include "host_math.h"

namespace probe::reference {

using Vector = std::vector<double>;
using Matrix = std::array<double, 16>;

constexpr int kSteps = 39;
constexpr double kEps = 1e-6;

/// Weights of a connection. phi: [24][4 * hidden].
struct Weights {
  Vector phi;
  std::array<double, 3> scale;
  std::array<double, 24> base;
};

inline int groupOf(int row) { return row < 4 ? 0 : row < 8 ? 1 : 2; }

inline double sigmoid(double v) { return 1 / (1 + std::exp(-v)); }

//===----------------------------------------------------------------------===//
// Sinkhorn of DeepSeek-V4; matrices as stored, [in][out]
//===----------------------------------------------------------------------===//

/// The softmax, the value after it, and after each step with its sums.
struct SinkhornTape {
  Matrix softmax;
  std::vector<Matrix> values;
  std::vector<std::array<double, 4>> sums;
};

/// Even steps divide columns, odd ones rows.
inline int lineOf(int step, int element) {
  return step % 2 ? element / 4 : element % 4;
}

inline SinkhornTape sinkhorn(const double *logits) {
  SinkhornTape tape;
  Matrix x;
  for (int row = 0; row < 4; ++row) {
    const double *l = logits + 4 * row;
    const double largest = *std::max_element(l, l + 4);
    double sum = 0;
    for (int i = 0; i < 4; ++i)
      sum += std::exp(l[i] - largest);
    for (int i = 0; i < 4; ++i) {
      tape.softmax[4 * row + i] = std::exp(l[i] - largest) / sum;
      x[4 * row + i] = tape.softmax[4 * row + i] + kEps;
    }
  }
  tape.values.push_back(x);
  for (int step = 0; step < kSteps; ++step) {
    std::array<double, 4> sums = {kEps, kEps, kEps, kEps};
    for (int e = 0; e < 16; ++e)
      sums[lineOf(step, e)] += x[e];
    for (int e = 0; e < 16; ++e)
      x[e] /= sums[lineOf(step, e)];
    tape.values.push_back(x);
    tape.sums.push_back(sums);
  }
  return tape;
}

/// dL/d logits from dL/d of the last value.
inline Matrix sinkhornGradient(const SinkhornTape &tape, Matrix d) {
  for (int step = kSteps - 1; step >= 0; --step) {
    const Matrix &after = tape.values[step + 1];
    std::array<double, 4> inner = {};
    for (int e = 0; e < 16; ++e)
      inner[lineOf(step, e)] += d[e] * after[e];
    for (int e = 0; e < 16; ++e)
      d[e] = (d[e] - inner[lineOf(step, e)]) / tape.sums[step][lineOf(step, e)];
  }
  std::array<double, 4> inner = {};
  for (int e = 0; e < 16; ++e)
    inner[e / 4] += d[e] * tape.softmax[e];
  for (int e = 0; e < 16; ++e)
    d[e] = tape.softmax[e] * (d[e] - inner[e / 4]);
  return d;
}

//===----------------------------------------------------------------------===//
// The program of the token, backward
//===----------------------------------------------------------------------===//

struct TokenGradients {
  std::array<double, 24> dc, dm;
  double k, t;
  /// The largest |c|: limits grow with it.
  double largestLogit;
};

/// dR is [o][i].
inline TokenGradients tokenGradients(const double *h, double rstd,
                                     const Weights &w, const double *dpre,
                                     const double *dpost, const double *dR,
                                     int hidden) {
  TokenGradients result;
  std::array<double, 24> c;
  result.largestLogit = 0;
  for (int row = 0; row < 24; ++row) {
    c[row] = w.scale[groupOf(row)] * h[row] + w.base[row];
    result.largestLogit = std::max(result.largestLogit, std::fabs(c[row]));
  }
  for (int i = 0; i < 4; ++i) {
    const double pre = sigmoid(c[i]), post = sigmoid(c[4 + i]);
    result.dc[i] = dpre[i] * pre * (1 - pre);
    result.dc[4 + i] = 2 * dpost[i] * post * (1 - post);
  }
  Matrix d;
  for (int i = 0; i < 4; ++i)
    for (int o = 0; o < 4; ++o)
      d[4 * i + o] = dR[4 * o + i];
  d = sinkhornGradient(sinkhorn(&c[8]), d);
  std::copy(d.begin(), d.end(), result.dc.begin() + 8);
  result.t = 0;
  for (int row = 0; row < 24; ++row) {
    const double dh = w.scale[groupOf(row)] * result.dc[row];
    result.dm[row] = rstd * dh;
    result.t += dh * h[row];
  }
  result.k = -rstd * rstd * result.t / (4.0 * hidden);
  return result;
}

//===----------------------------------------------------------------------===//
// Over columns
//===----------------------------------------------------------------------===//

/// dL/dx' of stream i, column c: all its terms.
inline double streamGradient(const double *g, const double *dy,
                             const double *next, const double *R,
                             const double *pre, const TokenGradients &token,
                             const Vector &phi, int hidden, int i, int c) {
  double v = pre[i] * dy[c] + token.k * next[i * hidden + c];
  for (int o = 0; o < 4; ++o)
    v += R[4 * o + i] * g[o * hidden + c];
  for (int row = 0; row < 24; ++row)
    v += token.dm[row] * phi[(static_cast<size_t>(row) * 4 + i) * hidden + c];
  return v;
}

//===----------------------------------------------------------------------===//
// Central differences
//===----------------------------------------------------------------------===//

/// A boundary of one token whose every number may be moved.
struct SmallBoundary {
  int hidden;
  Vector x, f;                // [4][C], [C] of connection a
  std::array<double, 4> post; // of a
  Matrix R;                   // of a, [o][i]
  Weights weights;            // of b
  Vector fb, g, dy;           // f of b; dL/d(out of b), dL/d(y of b)
  double normEps = 1e-6;

  Vector next() const {
    Vector v(4 * hidden);
    for (int o = 0; o < 4; ++o)
      for (int c = 0; c < hidden; ++c) {
        v[o * hidden + c] = post[o] * f[c];
        for (int i = 0; i < 4; ++i)
          v[o * hidden + c] += R[4 * o + i] * x[i * hidden + c];
      }
    return v;
  }
  double rstd(const Vector &v) const {
    double squares = 0;
    for (double e : v)
      squares += e * e;
    return 1 / std::sqrt(squares / v.size() + normEps);
  }
  std::array<double, 24> logits(const Vector &v,
                                std::array<double, 24> &h) const {
    std::array<double, 24> c;
    const double r = rstd(v);
    for (int row = 0; row < 24; ++row) {
      h[row] = 0;
      for (size_t e = 0; e < v.size(); ++e)
        h[row] += r * weights.phi[row * v.size() + e] * v[e];
      c[row] = weights.scale[groupOf(row)] * h[row] + weights.base[row];
    }
    return c;
  }
  /// Gates and matrix [o][i] of b.
  void coefficients(const Vector &v, double *pre, double *postB,
                    double *Rb) const {
    std::array<double, 24> h;
    const std::array<double, 24> c = logits(v, h);
    const Matrix stored = sinkhorn(&c[8]).values.back();
    for (int i = 0; i < 4; ++i) {
      pre[i] = sigmoid(c[i]) + 1e-6;
      postB[i] = 2 * sigmoid(c[4 + i]);
      for (int o = 0; o < 4; ++o)
        Rb[4 * o + i] = stored[4 * i + o];
    }
  }
  /// <g, out of b> + <dy, y of b>, as a function of x'.
  double lossOf(const Vector &v) const {
    double pre[4], postB[4], Rb[16], loss = 0;
    coefficients(v, pre, postB, Rb);
    for (int c = 0; c < hidden; ++c) {
      for (int i = 0; i < 4; ++i)
        loss += dy[c] * pre[i] * v[i * hidden + c];
      for (int o = 0; o < 4; ++o) {
        double out = postB[o] * fb[c];
        for (int i = 0; i < 4; ++i)
          out += Rb[4 * o + i] * v[i * hidden + c];
        loss += g[o * hidden + c] * out;
      }
    }
    return loss;
  }
};

/// The largest difference of the reference's gradients from central
/// differences, of the largest gradient: of x' and the weights, of a's part.
inline double checkReference(u64 seed) {
  SmallBoundary b;
  b.hidden = 6;
  const int n = 4 * b.hidden;
  u64 index = 0;
  const auto random = [&] { return double(randomUniform(seed, index++)); };
  const auto fill = [&](auto &values) {
    for (double &v : values)
      v = random();
  };
  b.x.resize(n), b.f.resize(b.hidden), b.fb.resize(b.hidden);
  b.g.resize(n), b.dy.resize(b.hidden), b.weights.phi.resize(24 * n);
  fill(b.x), fill(b.f), fill(b.post), fill(b.R), fill(b.fb), fill(b.g);
  fill(b.dy), fill(b.weights.phi), fill(b.weights.scale), fill(b.weights.base);

  // The reference.
  const Vector next = b.next();
  double pre[4], postB[4], Rb[16], dpre[4] = {}, dpost[4] = {}, dR[16] = {};
  b.coefficients(next, pre, postB, Rb);
  for (int c = 0; c < b.hidden; ++c)
    for (int o = 0; o < 4; ++o) {
      dpre[o] += b.dy[c] * next[o * b.hidden + c];
      dpost[o] += b.g[o * b.hidden + c] * b.fb[c];
      for (int i = 0; i < 4; ++i)
        dR[4 * o + i] += b.g[o * b.hidden + c] * next[i * b.hidden + c];
    }
  std::array<double, 24> h;
  b.logits(next, h);
  const TokenGradients token = tokenGradients(h.data(), b.rstd(next), b.weights,
                                              dpre, dpost, dR, b.hidden);
  Vector dx(n);
  for (int e = 0; e < n; ++e)
    dx[e] = streamGradient(b.g.data(), b.dy.data(), next.data(), Rb, pre, token,
                           b.weights.phi, b.hidden, e / b.hidden, e % b.hidden);

  double worst = 0, largest = 0;
  const auto compare = [&](double &moved, double gradient, auto loss) {
    const double step = 1e-5, kept = moved;
    moved = kept + step;
    const double above = loss();
    moved = kept - step;
    const double below = loss();
    moved = kept;
    keepLargest(worst, std::fabs((above - below) / (2 * step) - gradient));
    largest = std::max(largest, std::fabs(gradient));
  };
  Vector v = next;
  const auto lossOfNext = [&] { return b.lossOf(v); };
  for (int e = 0; e < n; ++e)
    compare(v[e], dx[e], lossOfNext);
  for (int row = 0; row < 24; ++row) {
    compare(b.weights.base[row], token.dc[row], lossOfNext);
    for (int e = 0; e < n; ++e)
      compare(b.weights.phi[row * n + e], token.dm[row] * next[e], lossOfNext);
  }
  const auto lossOfAll = [&] { return b.lossOf(b.next()); };
  for (int c = 0; c < b.hidden; ++c) {
    double df = 0;
    for (int o = 0; o < 4; ++o)
      df += b.post[o] * dx[o * b.hidden + c];
    compare(b.f[c], df, lossOfAll);
  }
  for (int o = 0; o < 4; ++o) {
    double dpostA = 0;
    for (int c = 0; c < b.hidden; ++c)
      dpostA += dx[o * b.hidden + c] * b.f[c];
    compare(b.post[o], dpostA, lossOfAll);
    for (int i = 0; i < 4; ++i) {
      double dRa = 0;
      for (int c = 0; c < b.hidden; ++c)
        dRa += dx[o * b.hidden + c] * b.x[i * b.hidden + c];
      compare(b.R[4 * o + i], dRa, lossOfAll);
    }
  }
  return worst / largest;
}

} // namespace probe::reference

#endif // PROBE_PROTOTYPES_REFERENCE_BACKWARD_H
