//===- Expression.cpp - Formulas over the sizes of a program --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Expression.h"

#include "Failure.h"

#include <charconv>

using namespace mhcrt;

struct Expression::OpInfo {
  std::string_view name;
  Op op;
  uint32_t least, most;
};

const Expression::OpInfo *Expression::findOp(std::string_view name) {
  constexpr uint32_t any = UINT32_MAX;
  static constexpr OpInfo table[] = {
      {"+", Op::Add, 1, any},       {"-", Op::Subtract, 2, 2},
      {"*", Op::Multiply, 1, any},  {"/", Op::Floor, 2, 2},
      {"ceil/", Op::Ceil, 2, 2},    {"%", Op::Modulo, 2, 2},
      {"min", Op::Min, 1, any},     {"max", Op::Max, 1, any},
      {"==", Op::Equal, 2, 2},      {"!=", Op::NotEqual, 2, 2},
      {"<", Op::Less, 2, 2},        {"<=", Op::LessEqual, 2, 2},
      {">", Op::Greater, 2, 2},     {">=", Op::GreaterEqual, 2, 2},
      {"and", Op::And, 1, any},     {"or", Op::Or, 1, any},
      {"select", Op::Select, 3, 3},
  };
  for (const OpInfo &info : table)
    if (info.name == name)
      return &info;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

/// Floor and ceiling of a / b, and what floor leaves over.
static int64_t divide(int64_t a, int64_t b, bool up) {
  int64_t quotient = a / b, rest = a % b;
  if (rest != 0 && ((rest < 0) == (b < 0)) == up)
    quotient += up ? 1 : -1;
  return quotient;
}

int64_t Expression::apply(Op op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflow = false;
  switch (op) {
  case Op::Add:
    overflow = __builtin_add_overflow(a, b, &result);
    break;
  case Op::Subtract:
    overflow = __builtin_sub_overflow(a, b, &result);
    break;
  case Op::Multiply:
    overflow = __builtin_mul_overflow(a, b, &result);
    break;
  case Op::Floor:
  case Op::Ceil:
  case Op::Modulo:
    if (b == 0)
      fail(MHCRT_ARITHMETIC,
           "expected a divisor, got " + std::to_string(a) + " divided by 0");
    // The least number has no opposite.
    if (b == -1) {
      if (op != Op::Modulo)
        overflow = __builtin_sub_overflow(int64_t{0}, a, &result);
      break;
    }
    result = divide(a, b, op == Op::Ceil);
    if (op == Op::Modulo)
      result = a - result * b;
    break;
  case Op::Min:
    return a < b ? a : b;
  case Op::Max:
    return a > b ? a : b;
  case Op::Equal:
    return a == b;
  case Op::NotEqual:
    return a != b;
  case Op::Less:
    return a < b;
  case Op::LessEqual:
    return a <= b;
  case Op::Greater:
    return a > b;
  case Op::GreaterEqual:
    return a >= b;
  case Op::Constant:
  case Op::Symbol:
  case Op::And:
  case Op::Or:
  case Op::Select:
    break;
  }
  if (overflow)
    fail(MHCRT_ARITHMETIC, "expected a number of 64 bits, got one beyond in " +
                               std::to_string(a) +
                               (op == Op::Add        ? " + "
                                : op == Op::Subtract ? " - "
                                : op == Op::Multiply ? " * "
                                                     : " / ") +
                               std::to_string(b));
  return result;
}

int64_t Expression::evaluate(uint32_t index, const int64_t *sizes) const {
  const Node &node = nodes[index];
  const uint32_t *operand = operands.data() + node.first;
  switch (node.op) {
  case Op::Constant:
    return node.value;
  case Op::Symbol:
    return sizes[node.value];
  // What is not asked for is not computed: it may have no value.
  case Op::Select:
    return evaluate(operand[evaluate(operand[0], sizes) != 0 ? 1 : 2], sizes);
  case Op::And:
    for (uint32_t i = 0; i < node.count; ++i)
      if (evaluate(operand[i], sizes) == 0)
        return 0;
    return 1;
  case Op::Or:
    for (uint32_t i = 0; i < node.count; ++i)
      if (evaluate(operand[i], sizes) != 0)
        return 1;
    return 0;
  default:
    break;
  }
  int64_t value = evaluate(operand[0], sizes);
  for (uint32_t i = 1; i < node.count; ++i)
    value = apply(node.op, value, evaluate(operand[i], sizes));
  return value;
}

Expression::Expression(int64_t value) {
  Node node{Op::Constant};
  node.value = value;
  nodes.push_back(node);
}

int64_t Expression::evaluate(const int64_t *sizes) const {
  return evaluate(root, sizes);
}

std::optional<int64_t> Expression::getConstant() const {
  if (nodes[root].op == Op::Constant)
    return nodes[root].value;
  return std::nullopt;
}

std::optional<uint32_t> Expression::getSymbol() const {
  if (nodes[root].op == Op::Symbol)
    return static_cast<uint32_t>(nodes[root].value);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Syntax
//===----------------------------------------------------------------------===//

class Expression::Parser {
public:
  Parser(std::string_view text, const std::vector<std::string> &symbols)
      : text(text), symbols(symbols) {}

  Expression parse() {
    expression.nodes.clear();
    expression.root = parseNode(0);
    skipBlanks();
    if (position != text.size())
      error("the end");
    return std::move(expression);
  }

private:
  [[noreturn]] void error(const std::string &expected) {
    std::string got = "the end";
    if (position < text.size()) {
      size_t end = position + 1;
      if (isWord(text[position]))
        while (end < text.size() && isWord(text[end]))
          ++end;
      got = '\'' + std::string(text.substr(position, end - position)) + '\'';
    }
    throw SyntaxError("expected " + expected + " at column " +
                      std::to_string(position + 1) + " of \"" +
                      std::string(text) + "\", got " + got);
  }

  static bool isWord(char c) { return c != '(' && c != ')' && c != ' '; }

  void skipBlanks() {
    while (position < text.size() && text[position] == ' ')
      ++position;
  }

  std::string_view peekWord() {
    size_t end = position;
    while (end < text.size() && isWord(text[end]))
      ++end;
    return text.substr(position, end - position);
  }

  uint32_t add(Node node) {
    expression.nodes.push_back(node);
    return static_cast<uint32_t>(expression.nodes.size() - 1);
  }

  uint32_t parseNode(unsigned depth) {
    // Evaluation recurses.
    constexpr unsigned kMostDepth = 64;
    skipBlanks();
    if (depth == kMostDepth)
      error("at most 64 nested formulas");
    if (position < text.size() && text[position] == '(')
      return parseOperation(depth);
    std::string_view word = peekWord();
    if (word.empty())
      error("a number, a size or '('");
    Node node{Op::Constant};
    auto [end, failed] =
        std::from_chars(word.data(), word.data() + word.size(), node.value);
    if (failed == std::errc() && end == word.data() + word.size()) {
      position += word.size();
      return add(node);
    }
    for (size_t i = 0; i < symbols.size(); ++i)
      if (symbols[i] == word) {
        node.op = Op::Symbol;
        node.value = static_cast<int64_t>(i);
        position += word.size();
        return add(node);
      }
    error("a number of 64 bits, a size or '('");
  }

  uint32_t parseOperation(unsigned depth) {
    ++position;
    skipBlanks();
    const OpInfo *info = findOp(peekWord());
    if (!info)
      error("an operation");
    position += info->name.size();
    std::vector<uint32_t> operands;
    while (true) {
      skipBlanks();
      if (position < text.size() && text[position] == ')' &&
          operands.size() >= info->least)
        break;
      if (operands.size() == info->most)
        error("')'");
      operands.push_back(parseNode(depth + 1));
    }
    ++position;
    Node node{info->op};
    node.first = static_cast<uint32_t>(expression.operands.size());
    node.count = static_cast<uint32_t>(operands.size());
    expression.operands.insert(expression.operands.end(), operands.begin(),
                               operands.end());
    // What depends on no size is computed once, unless it has no value: then
    // the launch that needs it fails.
    bool constant = true;
    for (uint32_t operand : operands)
      constant &= expression.nodes[operand].op == Op::Constant;
    uint32_t index = add(node);
    if (constant) {
      try {
        Node folded{Op::Constant};
        folded.value = expression.evaluate(index, nullptr);
        expression.nodes[index] = folded;
      } catch (const Failure &) {
      }
    }
    return index;
  }

  std::string_view text;
  const std::vector<std::string> &symbols;
  size_t position = 0;
  Expression expression;
};

Expression Expression::parse(std::string_view text,
                             const std::vector<std::string> &symbols) {
  return Parser(text, symbols).parse();
}
