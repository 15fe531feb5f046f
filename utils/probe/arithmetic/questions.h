//===- questions.h - Sums whose results show one parameter ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each question is some dot products, and a way to read the answer from their
// results alone. The model's answer comes from the same dot products.
//
// In most of them a product of 2^14 and its opposite cancel, so that what is
// left is what survived the alignment to 2^14, whatever results are rounded to.
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_ARITHMETIC_QUESTIONS_H
#define PROBE_ARITHMETIC_QUESTIONS_H

#include "cases.h"

#include <functional>
#include <string>
#include <vector>

namespace probe {

using Bits = std::vector<uint32_t>;

struct Question {
  std::string what;
  /// All cases of a tile are the same dot product.
  std::vector<Tile> tiles;
  /// The answer, from the result of each tile.
  std::function<std::string(const Bits &)> read;
};

inline std::string hex(uint32_t bits, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*x", digits, bits);
  return text;
}

class Questions {
public:
  explicit Questions(const Operation &operation)
      : op(operation), format(operation.operandFormat()),
        sums(operation.sumFormat()) {}

  std::vector<Question> all() {
    askBits();
    askCut();
    askRounding();
    askBlocks();
    askAlone();
    askSubnormal();
    askZeros();
    askNaNs();
    askOverflow();
    if (op.operands == OperandType::TF32)
      askTf32();
    return std::move(questions);
  }

private:
  /// One dot product. Products that are not set are zeros.
  struct Dot {
    uint32_t a[kMostK] = {}, b[kMostK] = {}, c = 0;
  };

  static constexpr int kTop = 14;
  /// Exponents below the largest that are tried.
  static constexpr int kFirst = 10, kLast = 38;

  bool isHalfSum() const { return op.sum == SumType::F16; }
  bool isHalf() const { return op.operands == OperandType::F16; }
  int digits() const { return isHalfSum() ? 4 : 8; }

  void setBits(Dot &dot, int k, uint32_t x, uint32_t y) const {
    dot.a[k] = x;
    dot.b[k] = y;
  }
  void set(Dot &dot, int k, double x, double y) const {
    setBits(dot, k, encode(x, format), encode(y, format));
  }
  /// A product of `factor` times a power of two, dealt to both operands.
  void setPower(Dot &dot, int k, double factor, int exponent) const {
    const int half = exponent / 2;
    set(dot, k, std::ldexp(factor, half), std::ldexp(1.0, exponent - half));
  }
  void setC(Dot &dot, double c) const { dot.c = encode(c, sums); }
  double value(uint32_t bits) const { return decode(bits, sums); }

  void ask(const std::string &what, const std::vector<Dot> &dots,
           std::function<std::string(const Bits &)> read) {
    Question question{what, {}, std::move(read)};
    for (const Dot &dot : dots) {
      Tile tile = {};
      for (auto &row : tile.a)
        std::copy(dot.a, dot.a + kMostK, row);
      for (auto &column : tile.b)
        std::copy(dot.b, dot.b + kMostK, column);
      for (auto &row : tile.c)
        std::fill(row, row + 8, dot.c);
      question.tiles.push_back(tile);
    }
    questions.push_back(std::move(question));
  }

  /// Asks for the last exponent below the largest that `make` does not lose.
  template <typename Make> void askKept(const std::string &what, Make make) {
    std::vector<Dot> dots;
    for (int e = kFirst; e <= kLast; ++e)
      dots.push_back(make(e));
    ask(what, dots, [](const Bits &d) {
      int kept = kFirst - 1;
      while (kept < kLast && (d[kept + 1 - kFirst] & 0x7fffffff))
        ++kept;
      // What is only kept again further down is no cut.
      for (int e = kept + 1; e <= kLast; ++e)
        if (d[e - kFirst] & 0x7fffffff)
          return std::to_string(kept) + ", but not all below are lost";
      return (kept == kLast ? "at least " : "") + std::to_string(kept);
    });
  }

  void askBits() {
    askKept("bits of a product kept below products", [&](int e) {
      Dot dot;
      setPower(dot, 0, 1, kTop);
      setPower(dot, 1, -1, kTop);
      setPower(dot, 2, 1, kTop - e);
      return dot;
    });
    askKept("bits of a product kept below the accumulator", [&](int e) {
      Dot dot;
      setC(dot, std::ldexp(1.0, kTop));
      setPower(dot, 0, -1, kTop);
      setPower(dot, 1, 1, kTop - e);
      return dot;
    });
    askKept("bits of the accumulator kept below products", [&](int e) {
      Dot dot;
      setC(dot, std::ldexp(1.0, kTop - e));
      setPower(dot, 0, 1, kTop);
      setPower(dot, 1, -1, kTop);
      return dot;
    });
    askKept("bits kept below the exponents of 1.5 times 1.5", [&](int e) {
      Dot dot;
      const double x = std::ldexp(1.5, kTop / 2);
      set(dot, 0, x, x);
      set(dot, 1, -x, x);
      setPower(dot, 2, 1, kTop - e);
      return dot;
    });
    if (isHalfSum())
      return; // Below what f16 can hold.
    const int least = format.leastExponent(), most = format.bias();
    askKept("bits kept below a product with a subnormal operand", [&](int e) {
      Dot dot;
      const double x = std::ldexp(1.0, least - 3), y = std::ldexp(1.0, most);
      set(dot, 0, x, y);
      set(dot, 1, -x, y);
      setPower(dot, 2, 1, least - 3 + most - e);
      return dot;
    });
    askKept("bits kept below a product of zero and the largest power of two",
            [&](int e) {
              Dot dot;
              set(dot, 0, 0.0, std::ldexp(1.0, most));
              setPower(dot, 1, 1, least + most - e);
              return dot;
            });
  }

  void askCut() {
    static const double sizes[] = {1,    0.5,   0.75, 1.5,  1.75,
                                   -0.5, -0.75, -1.5, -1.75};
    constexpr int count = 9;
    std::vector<Dot> dots;
    for (int e = kFirst; e <= kLast; ++e)
      for (const double size : sizes) {
        Dot dot;
        setPower(dot, 0, 1, kTop);
        setPower(dot, 1, -1, kTop);
        setPower(dot, 2, size, kTop - e);
        dots.push_back(dot);
      }
    ask("addends in units of the last bit kept", dots, [this](const Bits &d) {
      int kept = kFirst;
      while (kept < kLast && value(d[(kept + 1 - kFirst) * count]) != 0)
        ++kept;
      return inUnits(&d[(kept - kFirst) * count], sizes, count, 0,
                     std::ldexp(1.0, kTop - kept));
    });
  }

  /// "0.5 gives 0, ...": what became of sizes that were added to `center`.
  std::string inUnits(const uint32_t *d, const double *sizes, int count,
                      double center, double unit) const {
    std::string text;
    for (int i = 0; i < count; ++i) {
      const double sign = sizes[i] < 0 ? -1 : 1;
      char one[64];
      std::snprintf(one, sizeof one, "%s%g: %g", i ? ", " : "", sizes[i],
                    (value(d[i]) - sign * center) / unit);
      text += one;
    }
    return text;
  }

  void askRounding() {
    // Next to 2^10, of the sum's sign. The second number is odd.
    static const double sizes[] = {0.5,  0.75,  1,  1.25,  1.5,  1.75,
                                   -0.5, -0.75, -1, -1.25, -1.5, -1.75};
    constexpr int count = 12;
    const double center = 1024, unit = std::ldexp(1024.0, -sums.fractionBits);
    std::vector<Dot> dots;
    for (const double size : sizes) {
      Dot dot;
      setC(dot, size < 0 ? -center : center);
      setPower(dot, 0, size, 10 - sums.fractionBits);
      dots.push_back(dot);
    }
    ask("sums in units of the last place of the result", dots,
        [this, unit](const Bits &d) {
          return inUnits(d.data(), sizes, count, 1024, unit);
        });
  }

  void askBlocks() {
    // The accumulator meets its opposite at place i; what is tiny at place j
    // survives if its block comes later.
    std::vector<Dot> dots;
    for (int i = 0; i < op.k; ++i)
      for (int j = 0; j < op.k; ++j) {
        Dot dot;
        setC(dot, std::ldexp(1.0, kTop));
        setPower(dot, i, -1, kTop);
        if (i != j)
          setPower(dot, j, 1, kTop - kLast);
        dots.push_back(dot);
      }
    ask("blocks of k, in their order", dots, [this](const Bits &d) {
      std::string text;
      for (int before = 0; before < op.k; ++before) {
        std::vector<int> block;
        for (int j = 0; j < op.k; ++j) {
          int earlier = 0;
          for (int i = 0; i < op.k; ++i)
            earlier += value(d[i * op.k + j]) != 0;
          if (earlier == before)
            block.push_back(j);
        }
        if (!block.empty())
          text += (text.empty() ? "" : ", then ") + inRanges(block);
      }
      return text;
    });
  }

  /// Numbers in ascending order, as "0-3 8-11".
  static std::string inRanges(const std::vector<int> &numbers) {
    std::string text;
    for (size_t i = 0; i < numbers.size();) {
      size_t last = i;
      while (last + 1 < numbers.size() &&
             numbers[last + 1] == numbers[last] + 1)
        ++last;
      text += (i ? " " : "") + std::to_string(numbers[i]);
      if (last > i)
        text += '-' + std::to_string(numbers[last]);
      i = last + 1;
    }
    return text;
  }

  /// Asks whether each of some sums is not zero.
  void askKeptOrFlushed(const std::string &what,
                        const std::vector<std::string> &names,
                        const std::vector<Dot> &dots) {
    ask(what, dots, [this, names](const Bits &d) {
      std::string text;
      for (size_t i = 0; i < names.size(); ++i)
        text += (i ? ", " : "") + names[i] +
                (value(d[i]) != 0 ? " kept" : " flushed");
      return text;
    });
  }

  void askSubnormal() {
    const int least = format.leastExponent(), most = format.bias();
    const int sumLeast = sums.leastExponent();
    Dot operand, product, addend, result;
    set(operand, 0, std::ldexp(1.0, least - 4), std::ldexp(1.0, most));
    std::vector<std::string> names = {"operands"};
    std::vector<Dot> dots = {operand};
    if (!isHalf()) {
      setPower(product, 0, 1, -140);
      names.push_back("products");
      dots.push_back(product);
    }
    setC(addend, std::ldexp(1.0, sumLeast - 4));
    names.push_back("accumulator");
    dots.push_back(addend);
    // The difference of two normal numbers.
    if (isHalfSum() || !isHalf()) {
      setC(result, std::ldexp(1.5, sumLeast));
      setPower(result, 0, -1, sumLeast);
      names.push_back("results");
      dots.push_back(result);
    }
    askKeptOrFlushed("subnormal numbers", names, dots);
  }

  /// Asks for the results' bits.
  void askForBits(const std::string &what,
                  const std::vector<std::string> &names,
                  const std::vector<Dot> &dots) {
    ask(what, dots, [this, names](const Bits &d) {
      std::string text;
      for (size_t i = 0; i < names.size(); ++i)
        text += (i ? ", " : "") + names[i] + ": " + hex(d[i], digits());
      return text;
    });
  }

  /// An accumulator, and a product, to which nothing is added.
  void askAlone() {
    Dot addend, negative, product;
    addend.c = encode(4, sums) - 1;
    negative.c = addend.c | sums.sign();
    // The largest fractions, of which f16 cannot hold the square.
    const uint32_t last = 1u << (format.fractionBits - op.precision());
    const uint32_t operand = encode(4, format) - last;
    setBits(product, 0, operand, operand);
    askForBits("an addend alone",
               {"accumulator", "negative accumulator", "product"},
               {addend, negative, product});
  }

  void askZeros() {
    Dot allNegative, positiveC, cancelled, cut, tiny;
    for (int k = 0; k < op.k; ++k) {
      set(allNegative, k, -0.0, 1);
      set(positiveC, k, -0.0, 1);
    }
    setC(allNegative, -0.0);
    set(cancelled, 0, -1, 1);
    set(cancelled, 1, 1, 1);
    setC(cancelled, -0.0);
    // All that is left is cut off.
    setPower(cut, 0, 1, kTop);
    setPower(cut, 1, -1, kTop);
    setPower(cut, 2, -1, kTop - kLast);
    // The sum is less than the least number.
    setPower(tiny, 0, -1, isHalfSum() ? -27 : -150);
    std::vector<std::string> names = {"all addends -0", "products -0 and c +0",
                                      "1 - 1", "-2^-38 lost"};
    std::vector<Dot> dots = {allNegative, positiveC, cancelled, cut};
    if (isHalfSum() || !isHalf()) {
      names.push_back("a negative sum below the least number");
      dots.push_back(tiny);
    }
    askForBits("zeros", names, dots);
  }

  void askNaNs() {
    const uint32_t quiet = 1u << (format.fractionBits - 1);
    const uint32_t one = encode(1, format);
    const uint32_t payload = quiet >> 2 | quiet >> 3;
    const auto withA = [&](uint32_t bits, uint32_t other) {
      Dot dot;
      setBits(dot, 0, bits, other);
      return dot;
    };
    const auto withC = [&](uint32_t bits) {
      Dot dot = withA(one, one);
      dot.c = bits;
      return dot;
    };
    const uint32_t infinity = format.infinity();
    const uint32_t quietC = 1u << (sums.fractionBits - 1);
    Dot difference = withA(infinity, one);
    setBits(difference, 1, infinity | format.sign(), one);
    Dot withInfiniteC = withA(infinity | format.sign(), one);
    withInfiniteC.c = sums.infinity();
    askForBits("NaN",
               {"quiet", "negative", "with a payload", "signalling",
                "signalling in B", "c", "negative c with a payload",
                "inf times 0", "inf - inf", "c inf - inf"},
               {withA(infinity | quiet, one),
                withA(infinity | quiet | format.sign(), one),
                withA(infinity | quiet | payload, one),
                withA(infinity | payload, one), withA(one, infinity | payload),
                withC(sums.infinity() | quietC),
                withC(sums.infinity() | sums.sign() | quietC | quietC >> 2),
                withA(infinity, 0), difference, withInfiniteC});
  }

  void askOverflow() {
    const double largest = decode(sums.infinity() - 1, sums);
    const double unit = largest - decode(sums.infinity() - 2, sums);
    std::vector<std::string> names;
    std::vector<Dot> dots;
    const auto add = [&](const char *name, double c, double x, double y) {
      Dot dot;
      setC(dot, c);
      set(dot, 0, x, y);
      names.push_back(name);
      dots.push_back(dot);
    };
    if (isHalfSum()) {
      add("largest + 1/4 unit", largest, unit / 4, 1);
      add("largest + 1/2 unit", largest, unit / 2, 1);
      add("largest + 1 unit", largest, unit, 1);
      add("2^30 - largest", -largest, 32768, 32768);
    } else if (!isHalf()) {
      add("largest + 1/2 unit", largest, unit / 2, 1);
      add("largest + 1 unit", largest, unit, 1);
      add("2^128", 0, 0x1p64, 0x1p64);
      add("-2^128 + largest", largest, -0x1p64, 0x1p64);
      Dot vanishing;
      set(vanishing, 0, 0x1p100, 0x1p100);
      set(vanishing, 1, -0x1p100, 0x1p100);
      names.push_back("2^200 - 2^200");
      dots.push_back(vanishing);
    } else {
      // Half a unit of the largest f32 is beyond products of f16.
      add("largest + 2^30", largest, 32768, 32768);
    }
    askForBits("overflow", names, dots);
  }

  void askTf32() {
    const uint32_t one = encode(1, format);
    std::vector<std::string> names;
    std::vector<Dot> dots;
    for (const uint32_t bits :
         {0x3f800fffu, 0x3f801000u, 0x3f801001u, 0x3f803000u, 0x3f801fffu,
          0x7f7fffffu, 0x7f800001u, 0x7f801fffu, 0xff802000u, 0x00001fffu}) {
      Dot dot;
      setBits(dot, 0, bits, one);
      names.push_back(hex(bits, 8));
      dots.push_back(dot);
    }
    askForBits("lower 13 bits of tf32", names, dots);
  }

  const Operation &op;
  FloatFormat format, sums;
  std::vector<Question> questions;
};

} // namespace probe

#endif // PROBE_ARITHMETIC_QUESTIONS_H
