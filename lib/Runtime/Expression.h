//===- Expression.h - Formulas over the sizes of a program ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Integers of 64 bits in prefix form: 12, d0, (* 4 (ceil/ d0 8)).
//
//===----------------------------------------------------------------------===//

#ifndef MHC_LIB_RUNTIME_EXPRESSION_H
#define MHC_LIB_RUNTIME_EXPRESSION_H

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mhcrt {

/// A text that is no formula; the message has the column, from 1.
struct SyntaxError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Expression {
public:
  /// The number 0.
  Expression() : Expression(0) {}
  explicit Expression(int64_t value);

  /// Parses `text`, in which the names of `symbols` stand for the sizes.
  /// Throws SyntaxError.
  static Expression parse(std::string_view text,
                          const std::vector<std::string> &symbols);

  /// The value for given sizes. Does not allocate. Fails with MHCRT_ARITHMETIC
  /// if it overflows or divides by zero.
  int64_t evaluate(const int64_t *sizes) const;

  /// The value, if it depends on no size.
  std::optional<int64_t> getConstant() const;
  /// The size, if this is nothing but one.
  std::optional<uint32_t> getSymbol() const;

private:
  enum class Op : uint8_t {
    Constant,
    Symbol,
    Add,
    Subtract,
    Multiply,
    Floor,
    Ceil,
    Modulo,
    Min,
    Max,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Select,
  };
  struct Node {
    Op op;
    /// The operands, in `operands`.
    uint32_t first = 0, count = 0;
    /// The constant, or the number of the symbol.
    int64_t value = 0;
  };
  struct OpInfo;
  class Parser;

  static const OpInfo *findOp(std::string_view name);
  static int64_t apply(Op op, int64_t a, int64_t b);
  int64_t evaluate(uint32_t node, const int64_t *sizes) const;

  std::vector<Node> nodes;
  std::vector<uint32_t> operands;
  uint32_t root = 0;
};

} // namespace mhcrt

#endif // MHC_LIB_RUNTIME_EXPRESSION_H
