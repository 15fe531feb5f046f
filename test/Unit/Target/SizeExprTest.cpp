//===- SizeExprTest.cpp - Formulas against numbers ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random formulas are simplified, and evaluated: with the same sizes they have
// the value that the operations have on numbers, at least what they are known
// to be at least, and comparisons that are decided are decided rightly.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/SizeExpr.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <random>

using namespace mlir::mhc;

/// A number, or none: of a division by zero, or what does not fit.
using Number = std::optional<int64_t>;

static Number apply(SizeOp op, int64_t a, int64_t b) {
  switch (op) {
  case SizeOp::FloorDiv:
    return b == 0 ? Number() : llvm::divideFloorSigned(a, b);
  case SizeOp::CeilDiv:
    return b == 0 ? Number() : llvm::divideCeilSigned(a, b);
  case SizeOp::Mod:
    return b == 0 ? Number() : a - b * llvm::divideFloorSigned(a, b);
  case SizeOp::Min:
    return std::min(a, b);
  case SizeOp::Max:
    return std::max(a, b);
  case SizeOp::Less:
    return a < b;
  case SizeOp::LessEqual:
    return a <= b;
  case SizeOp::Equal:
    return a == b;
  case SizeOp::NotEqual:
    return a != b;
  case SizeOp::And:
    return a && b;
  case SizeOp::Or:
    return a || b;
  case SizeOp::Symbol:
  case SizeOp::Select:
    break;
  }
  llvm_unreachable("expected an operation of two numbers");
}

static Number evaluate(const SizeExpr &expr, const int64_t *sizes) {
  int64_t sum = 0;
  for (const SizeExpr::Term &term : expr.getTerms()) {
    int64_t product = term.coefficient;
    for (const SizeAtom *atom : term.factors) {
      Number value;
      if (atom->op == SizeOp::Symbol) {
        value = sizes[atom->text[1] - '0'];
      } else if (atom->op == SizeOp::Select) {
        Number condition = evaluate(atom->operands[0], sizes);
        if (condition)
          value = evaluate(atom->operands[*condition ? 1 : 2], sizes);
      } else {
        Number a = evaluate(atom->operands[0], sizes);
        Number b = evaluate(atom->operands[1], sizes);
        if (a && b)
          value = apply(atom->op, *a, *b);
      }
      if (!value || llvm::MulOverflow(product, *value, product))
        return std::nullopt;
    }
    if (llvm::AddOverflow(sum, product, sum))
      return std::nullopt;
  }
  return sum;
}

namespace {
/// A formula, simplified, and as a function of sizes.
struct Formula {
  SizeExpr expr;
  std::function<Number(const int64_t *)> value;
};

class Generator {
public:
  Generator(SizeExprContext &context, unsigned seed)
      : context(context), random(seed) {}

  int64_t number(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random);
  }

  Formula make(unsigned depth) {
    if (depth == 0 || number(0, 9) == 0) {
      if (number(0, 2) == 0) {
        int64_t constant = number(-9, 9);
        return {constant, [=](const int64_t *) { return constant; }};
      }
      int64_t index = number(0, 2);
      return {context.symbol("d" + std::to_string(index)),
              [=](const int64_t *sizes) { return sizes[index]; }};
    }
    Formula a = make(depth - 1), b = make(depth - 1);
    // Divisors are constants most often.
    if (number(0, 2) != 0) {
      int64_t constant = number(1, 9);
      b = {constant, [=](const int64_t *) { return constant; }};
    }
    auto lift = [&](SizeExpr expr, auto operation) {
      return Formula{std::move(expr), [=](const int64_t *sizes) -> Number {
                       Number x = a.value(sizes), y = b.value(sizes);
                       return x && y ? operation(*x, *y) : Number();
                     }};
    };
    auto atom = [&](SizeOp op, SizeExpr expr) {
      return lift(std::move(expr),
                  [op](int64_t x, int64_t y) { return apply(op, x, y); });
    };
    const SizeExpr &x = a.expr, &y = b.expr;
    switch (number(0, 13)) {
    case 0:
    case 1:
      return lift(context.add(x, y),
                  [](int64_t x, int64_t y) -> Number { return x + y; });
    case 2:
      return lift(context.sub(x, y),
                  [](int64_t x, int64_t y) -> Number { return x - y; });
    case 3:
      return lift(context.mul(x, y), [](int64_t x, int64_t y) -> Number {
        int64_t product;
        return llvm::MulOverflow(x, y, product) ? Number() : product;
      });
    case 4:
      return atom(SizeOp::FloorDiv, context.floorDiv(x, y));
    case 5:
      return atom(SizeOp::CeilDiv, context.ceilDiv(x, y));
    case 6:
      return atom(SizeOp::Mod, context.mod(x, y));
    case 7:
      return atom(SizeOp::Min, context.min(x, y));
    case 8:
      return atom(SizeOp::Max, context.max(x, y));
    case 9:
      return atom(SizeOp::Less, context.less(x, y));
    case 10:
      return atom(SizeOp::LessEqual, context.lessEqual(x, y));
    case 11:
      return atom(SizeOp::Equal, context.equal(x, y));
    case 12:
      return lift(context.logicalNot(context.less(x, y)),
                  [](int64_t x, int64_t y) -> Number { return !(x < y); });
    default:
      return lift(
          context.select(context.notEqual(x, y), x, y),
          [](int64_t x, int64_t y) -> Number { return x != y ? x : y; });
    }
  }

private:
  SizeExprContext &context;
  std::mt19937 random;
};
} // namespace

static bool testValues() {
  unsigned numCompared = 0;
  for (unsigned seed = 0; seed < 20000; ++seed) {
    SizeExprContext context;
    Generator generator(context, seed);
    Formula formula = generator.make(1 + seed % 5);
    if (context.takeOverflow())
      continue;
    for (unsigned sample = 0; sample < 8; ++sample) {
      int64_t most = sample < 4 ? 3 : 5000;
      int64_t sizes[] = {generator.number(0, most), generator.number(0, most),
                         generator.number(0, most)};
      Number expected = formula.value(sizes);
      Number got = evaluate(formula.expr, sizes);
      // A formula without a value may have been simplified to one with.
      if (!expected || !got)
        continue;
      ++numCompared;
      std::optional<int64_t> bound = formula.expr.getLowerBound();
      if (*expected == *got && (!bound || *bound <= *got))
        continue;
      llvm::outs() << "seed " << seed << ": " << formula.expr.print()
                   << ": expected " << *expected << " for " << sizes[0] << ", "
                   << sizes[1] << ", " << sizes[2] << ", got " << *got << '\n';
      return false;
    }
  }
  return numCompared > 100000;
}

static bool testOverflow() {
  SizeExprContext context;
  SizeExpr large = context.mul(context.symbol("d0"), INT64_MAX);
  bool before = context.takeOverflow();
  context.add(large, large);
  return !before && context.takeOverflow() && !context.takeOverflow();
}

int main() {
  int failed = 0;
  auto check = [&](const char *name, bool ok) {
    llvm::outs() << (ok ? "ok " : "FAIL ") << name << '\n';
    failed |= !ok;
  };
  check("size-expr-values", testValues());
  check("size-expr-overflow", testOverflow());
  return failed;
}
