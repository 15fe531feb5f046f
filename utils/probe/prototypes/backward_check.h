//===- backward_check.h - Errors of the backward ----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What kernels wrote, against the reference. Limits are those of the project's
// numerics: rows 2^-8 of max(|exact|, root mean square of the row); sums,
// dphi, dc, dpre 1e-5 of the largest sum of magnitudes of the terms added; dm
// besides that what two bf16 terms drop. Errors of dc, dm and k are divided by
// max(1, largest |c| / 4) of their token.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_CHECK_H
#define PROBE_PROTOTYPES_BACKWARD_CHECK_H

#include "backward_buffers.h"

namespace probe {

constexpr double kRowLimit = 1.0 / 256;
constexpr double kSumLimit = 1e-5;
constexpr double kDmLimit = 1e-5 + 1.0 / (1 << 17);

/// The tokens that are held to the reference: all, or a sample.
inline std::vector<int> checkedTokens(int tokens) {
  const int count = std::min(tokens, kEmulated ? 16 : 128);
  std::vector<int> list(count);
  for (int i = 0; i < count; ++i)
    list[i] = static_cast<int>(static_cast<u64>(i) * tokens / count);
  return list;
}

template <typename T> size_t countPoison(const std::vector<T> &values) {
  size_t count = 0;
  for (const T &value : values) {
    T poison;
    std::memset(&poison, 0xff, sizeof poison);
    count += !std::memcmp(&value, &poison, sizeof value);
  }
  return count;
}

/// An error of the largest of some sizes.
struct Scaled {
  double error = 0, size = 0;
  /// Errors are divided by `allowed`, which is 1 or more.
  void add(double found, double exact, double magnitude, double allowed = 1) {
    keepLargest(error, std::fabs(found - exact) / allowed);
    size = std::max(size, magnitude);
  }
  void add(const Scaled &other) {
    keepLargest(error, other.error);
    size = std::max(size, other.size);
  }
  double relative() const { return size > 0 ? error / size : error; }
};

//===----------------------------------------------------------------------===//
// The program of the token
//===----------------------------------------------------------------------===//

struct TokenErrors {
  double dpre, dc, dm, k;
  /// Elements not written; words of tokens from T on that are not zero, or
  /// whose two orders of dm differ.
  size_t unwritten = 0, wrong = 0;
  bool right() const {
    return dpre <= kSumLimit && dc <= kSumLimit && dm <= kDmLimit &&
           k <= kSumLimit && !unwritten && !wrong;
  }
};

/// The sum of magnitudes behind a row of dc.
inline double dcSize(const TokenAnswer &answer, int row) {
  return row < 4   ? answer.dpreSize[row] / 4
         : row < 8 ? answer.dpostSize[row - 4] / 2
                   : answer.dRSize;
}

inline TokenErrors checkToken(const BackwardBuffers &buffers,
                              const BackwardAnswers &answers, int tokens) {
  TokenErrors errors;
  const size_t tiles = (tokens + kTileTokens - 1) / kTileTokens;
  const std::vector<float> gradients = buffers.tokenGradients.download(
      0, static_cast<size_t>(tokens) * kTokenGradients);
  const std::vector<float> own =
      buffers.own.download(0, static_cast<size_t>(tokens) * kOwn);
  const std::vector<u32> rowWords =
      buffers.dmRows.download(0, static_cast<size_t>(tokens) * kDmRowWords);
  const std::vector<u32> columnWords =
      buffers.dmColumns.download(0, tiles * kDmColumnWords);
  std::vector<u16> rows(2 * rowWords.size()), columns(2 * columnWords.size());
  std::memcpy(rows.data(), rowWords.data(), 2 * rows.size());
  std::memcpy(columns.data(), columnWords.data(), 2 * columns.size());
  errors.unwritten =
      countPoison(gradients) + countPoison(rows) + countPoison(columns);

  Scaled dpre, dc[3], dm[3], k;
  for (int t = 0; t < tokens; ++t) {
    const TokenAnswer &answer = answers.tokens[t % kPeriod];
    const float *found = &gradients[static_cast<size_t>(t) * kTokenGradients];
    const float rstd = buffers.in.saved[t % kPeriod * kSaved + kRows];
    const double allowed = answer.logitSize();
    double tSize = 0;
    for (int i = 0; i < 4; ++i)
      dpre.add(found[kRows + i], answer.dpre[i], answer.dpreSize[i]);
    for (int row = 0; row < kRows; ++row) {
      const int group = reference::groupOf(row);
      const double size = dcSize(answer, row);
      const double scale = buffers.in.scale[group];
      dc[group].add(found[row], answer.token.dc[row], size, allowed);
      const size_t atRow = dmRowAt(t, row), atColumn = dmColumnAt(t, row);
      dm[group].add(static_cast<double>(fromBf16(rows[atRow])) +
                        fromBf16(rows[atRow + kLowOfRows]),
                    answer.token.dm[row], rstd * scale * size, allowed);
      errors.wrong +=
          rows[atRow] != columns[atColumn] ||
          rows[atRow + kLowOfRows] != columns[atColumn + kLowOfColumns];
      tSize += scale * size *
               std::fabs(buffers.in.saved[t % kPeriod * kSaved + row]);
    }
    k.add(own[static_cast<size_t>(t) * kOwn + kOwnScale], answer.token.k,
          rstd * rstd * tSize / (4.0 * buffers.in.hidden), allowed);
  }
  for (size_t t = tokens; t < tiles * kTileTokens; ++t)
    for (int row = 0; row < kRows; ++row)
      errors.wrong += columns[dmColumnAt(t, row)] ||
                      columns[dmColumnAt(t, row) + kLowOfColumns];
  errors.dpre = dpre.relative();
  errors.k = k.relative();
  errors.dc = errors.dm = 0;
  for (int group = 0; group < 3; ++group) {
    keepLargest(errors.dc, dc[group].relative());
    keepLargest(errors.dm, dm[group].relative());
  }
  return errors;
}

//===----------------------------------------------------------------------===//
// Over columns
//===----------------------------------------------------------------------===//

/// What a kernel over columns wrote, for some tokens.
struct ColumnResults {
  int tokens, slabs;
  std::vector<u16> dx, df;
  std::vector<float> sums, dcPre;
  std::vector<float4> dphi;

  ColumnResults(const BackwardBuffers &buffers, int tokens, int slabs)
      : tokens(tokens), slabs(slabs) {
    const size_t T = tokens, C = buffers.in.hidden;
    dx = buffers.dx.download(0, T * 4 * C);
    df = buffers.df.download(0, T * C);
    sums = buffers.sumsOut.download(0, T * buffers.in.slices * kSums);
    dcPre = buffers.dcPre.download(0, T * 4);
    dphi = buffers.dphi.download(0, buffers.dphiCount(slabs));
  }
};

struct ColumnErrors {
  double dx = 0, df = 0, sums = 0, dphi = 0;
  /// dc of pre, of the kernel of one pass.
  double dcPre = 0;
  /// Elements not written; elements behind the last token that were written.
  size_t unwritten = 0, outside = 0;
  bool right() const {
    return dx <= kRowLimit && df <= kRowLimit && sums <= kSumLimit &&
           dphi <= kSumLimit && dcPre <= kSumLimit && !unwritten && !outside;
  }
};

/// Errors of a token: df and sums from dx' as it was written, because they are
/// made of the rounded gradient.
inline void checkRows(const BackwardInputs &in, const TokenAnswer &answer,
                      int t, const ColumnResults &found, ColumnErrors &errors,
                      Scaled &sums) {
  const int C = in.hidden, base = t % kPeriod;
  const u16 *dx = &found.dx[static_cast<size_t>(t) * 4 * C];
  const u16 *x = &in.x[static_cast<size_t>(base) * 4 * C];
  const u16 *f = &in.f[static_cast<size_t>(base) * C];
  const float *previous = &in.previous[base * kPrevious];
  double exact[kSums] = {}, size[kSums] = {}, squares = 0;
  std::vector<double> df(C, 0);
  for (int o = 0; o < 4; ++o)
    for (int c = 0; c < C; ++c) {
      const double v = fromBf16(dx[o * C + c]), wanted = answer.dx[o * C + c];
      keepLargest(errors.dx, std::fabs(v - wanted) /
                                 std::max(std::fabs(wanted), answer.dxSize));
      df[c] += previous[o] * v;
      for (int i = 0; i < 5; ++i) {
        const int e = i < 4 ? 4 * o + i : 16 + o;
        const double term = v * fromBf16(i < 4 ? x[i * C + c] : f[c]);
        exact[e] += term;
        size[e] += std::fabs(term);
      }
    }
  for (double v : df)
    squares += v * v;
  const double dfSize = std::sqrt(squares / C);
  for (int c = 0; c < C; ++c)
    keepLargest(
        errors.df,
        std::fabs(fromBf16(found.df[static_cast<size_t>(t) * C + c]) - df[c]) /
            std::max(std::fabs(df[c]), dfSize));
  for (int e = 0; e < kSums; ++e) {
    double sum = 0;
    for (int s = 0; s < in.slices; ++s)
      sum += found.sums[(static_cast<size_t>(t) * in.slices + s) * kSums + e];
    sums.add(sum, exact[e], size[e]);
  }
}

/// The largest error of dphi, of the largest sum of magnitudes.
inline double checkDphi(const BackwardInputs &in,
                        const BackwardAnswers &answers,
                        const ColumnResults &found) {
  const std::vector<double> dphi = unpackDphi(found.dphi, in.hidden);
  const size_t width = static_cast<size_t>(4) * in.hidden;
  std::vector<Scaled> ofRow(kRows);
  forEach(kRows, [&](size_t row) {
    std::vector<double> exact(width, 0), size(width, 0);
    for (int t = 0; t < kPeriod; ++t) {
      const double times = timesOf(t, found.tokens);
      const TokenAnswer &answer = answers.tokens[t];
      for (size_t c = 0; c < width && times > 0; ++c) {
        const double term = times * answer.token.dm[row] * answer.next[c];
        exact[c] += term;
        size[c] += std::fabs(term);
      }
    }
    for (size_t c = 0; c < width; ++c)
      ofRow[row].add(dphi[row * width + c], exact[c], size[c]);
  });
  Scaled all;
  for (const Scaled &row : ofRow)
    all.add(row);
  return all.relative();
}

inline ColumnErrors checkColumns(const BackwardBuffers &buffers,
                                 const BackwardAnswers &answers,
                                 const ColumnResults &found, bool onePass) {
  const BackwardInputs &in = buffers.in;
  const std::vector<int> list = checkedTokens(found.tokens);
  std::vector<ColumnErrors> ofToken(list.size());
  std::vector<Scaled> sumsOfToken(list.size());
  forEach(list.size(), [&](size_t i) {
    checkRows(in, answers.tokens[list[i] % kPeriod], list[i], found, ofToken[i],
              sumsOfToken[i]);
  });
  ColumnErrors errors;
  Scaled sums, dcPre;
  for (size_t i = 0; i < list.size(); ++i) {
    keepLargest(errors.dx, ofToken[i].dx);
    keepLargest(errors.df, ofToken[i].df);
    sums.add(sumsOfToken[i]);
    const TokenAnswer &answer = answers.tokens[list[i] % kPeriod];
    for (int e = 0; e < 4 && onePass; ++e)
      dcPre.add(found.dcPre[static_cast<size_t>(list[i]) * 4 + e],
                answer.token.dc[e], dcSize(answer, e), answer.logitSize());
  }
  errors.sums = sums.relative();
  errors.dcPre = dcPre.relative();
  errors.dphi = checkDphi(in, answers, found);
  errors.unwritten = countPoison(found.dx) + countPoison(found.df) +
                     countPoison(found.sums) + countPoison(found.dphi) +
                     (onePass ? countPoison(found.dcPre) : 0);
  if (found.tokens < buffers.capacity) {
    const size_t T = found.tokens, C = in.hidden, S = in.slices;
    const size_t length = 4 * C + C + S * kSums;
    errors.outside =
        length - countPoison(buffers.dx.download(T * 4 * C, 4 * C)) -
        countPoison(buffers.df.download(T * C, C)) -
        countPoison(buffers.sumsOut.download(T * S * kSums, S * kSums));
  }
  return errors;
}

/// Elements of two results that differ in a bit, where token t of `a` is token
/// t % (tokens of b) of `b`.
template <typename T>
size_t countDifferent(const std::vector<T> &a, const std::vector<T> &b) {
  size_t count = 0;
  for (size_t at = 0; at < a.size();) {
    const size_t from = at % b.size();
    const size_t length = std::min(a.size() - at, b.size() - from);
    if (std::memcmp(&a[at], &b[from], length * sizeof(T)))
      for (size_t i = 0; i < length; ++i)
        count += std::memcmp(&a[at + i], &b[from + i], sizeof(T)) != 0;
    at += length;
  }
  return count;
}

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_CHECK_H
