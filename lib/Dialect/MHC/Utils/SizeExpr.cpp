//===- SizeExpr.cpp - Integers that depend on sizes -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/SizeExpr.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir::mhc;

using Term = SizeExpr::Term;

//===----------------------------------------------------------------------===//
// What is known of an expression
//===----------------------------------------------------------------------===//

SizeExpr::SizeExpr(int64_t constant) {
  if (constant != 0)
    terms.push_back(Term{{}, constant});
}

std::optional<int64_t> SizeExpr::getConstant() const {
  if (terms.empty())
    return 0;
  if (terms.size() == 1 && terms.front().factors.empty())
    return terms.front().coefficient;
  return std::nullopt;
}

llvm::StringRef SizeExpr::getSymbol() const {
  if (terms.size() != 1 || terms.front().coefficient != 1 ||
      terms.front().factors.size() != 1 ||
      terms.front().factors.front()->op != SizeOp::Symbol)
    return "";
  return terms.front().factors.front()->text;
}

bool SizeExpr::operator==(const SizeExpr &other) const {
  return llvm::equal(terms, other.terms, [](const Term &a, const Term &b) {
    return a.coefficient == b.coefficient && a.factors == b.factors;
  });
}

/// The largest number that an atom is known to be at least; none if there is
/// none.
static std::optional<int64_t> getLowerBound(const SizeAtom &atom) {
  auto bound = [&](unsigned index) {
    return atom.operands[index].getLowerBound();
  };
  switch (atom.op) {
  case SizeOp::Symbol:
  case SizeOp::Less:
  case SizeOp::LessEqual:
  case SizeOp::Equal:
  case SizeOp::NotEqual:
  case SizeOp::And:
  case SizeOp::Or:
    return 0;
  case SizeOp::FloorDiv:
  case SizeOp::CeilDiv: {
    std::optional<int64_t> a = bound(0), b = bound(1);
    if (!a || !b || *a < 0 || *b < 0)
      return std::nullopt;
    std::optional<int64_t> divisor = atom.operands[1].getConstant();
    if (divisor && *divisor > 0)
      return atom.op == SizeOp::FloorDiv ? *a / *divisor
                                         : llvm::divideCeilSigned(*a, *divisor);
    // More than nothing, divided by anything, rounded up.
    return atom.op == SizeOp::CeilDiv && *a > 0 ? 1 : 0;
  }
  case SizeOp::Mod: {
    std::optional<int64_t> b = bound(1);
    return b && *b >= 0 ? std::optional<int64_t>(0) : std::nullopt;
  }
  case SizeOp::Min:
  case SizeOp::Max: {
    std::optional<int64_t> a = bound(0), b = bound(1);
    if (atom.op == SizeOp::Max && (!a || !b))
      return a ? a : b;
    if (!a || !b)
      return std::nullopt;
    return atom.op == SizeOp::Min ? std::min(*a, *b) : std::max(*a, *b);
  }
  case SizeOp::Select: {
    std::optional<int64_t> a = bound(1), b = bound(2);
    return a && b ? std::optional(std::min(*a, *b)) : std::nullopt;
  }
  }
  llvm_unreachable("unknown operation");
}

std::optional<int64_t> SizeExpr::getLowerBound() const {
  int64_t sum = 0;
  for (const Term &term : terms) {
    int64_t product = term.coefficient;
    if (!term.factors.empty() && product < 0)
      return std::nullopt;
    for (const SizeAtom *factor : term.factors) {
      std::optional<int64_t> bound = ::getLowerBound(*factor);
      if (!bound || *bound < 0 || llvm::MulOverflow(product, *bound, product))
        return std::nullopt;
    }
    if (llvm::AddOverflow(sum, product, sum))
      return std::nullopt;
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static llvm::StringRef getName(SizeOp op) {
  switch (op) {
  case SizeOp::Symbol:
    return "";
  case SizeOp::FloorDiv:
    return "/";
  case SizeOp::CeilDiv:
    return "ceil/";
  case SizeOp::Mod:
    return "%";
  case SizeOp::Min:
    return "min";
  case SizeOp::Max:
    return "max";
  case SizeOp::Less:
    return "<";
  case SizeOp::LessEqual:
    return "<=";
  case SizeOp::Equal:
    return "==";
  case SizeOp::NotEqual:
    return "!=";
  case SizeOp::And:
    return "and";
  case SizeOp::Or:
    return "or";
  case SizeOp::Select:
    return "select";
  }
  llvm_unreachable("unknown operation");
}

/// One operand as it is, several in a call.
static std::string printCall(llvm::StringRef name,
                             llvm::ArrayRef<std::string> operands) {
  if (operands.size() == 1)
    return operands.front();
  std::string text = "(" + name.str();
  for (const std::string &operand : operands)
    text += " " + operand;
  return text + ")";
}

/// The term with the coefficient's absolute value.
static std::string printTerm(const Term &term) {
  uint64_t magnitude = term.coefficient < 0
                           ? -static_cast<uint64_t>(term.coefficient)
                           : static_cast<uint64_t>(term.coefficient);
  llvm::SmallVector<std::string> factors;
  if (magnitude != 1 || term.factors.empty())
    factors.push_back(std::to_string(magnitude));
  for (const SizeAtom *factor : term.factors)
    factors.push_back(factor->text);
  return printCall("*", factors);
}

std::string SizeExpr::print() const {
  if (std::optional<int64_t> constant = getConstant())
    return std::to_string(*constant);
  llvm::SmallVector<std::string> added, subtracted;
  for (const Term &term : terms)
    (term.coefficient > 0 ? added : subtracted).push_back(printTerm(term));
  if (added.empty())
    added.push_back("0");
  std::string text = printCall("+", added);
  if (subtracted.empty())
    return text;
  return printCall("-", {text, printCall("+", subtracted)});
}

//===----------------------------------------------------------------------===//
// Polynomials
//===----------------------------------------------------------------------===//

/// The order of terms: by their factors' text, the constant last.
static bool comesBefore(const Term &a, const Term &b) {
  if (a.factors.empty() || b.factors.empty())
    return !a.factors.empty() && b.factors.empty();
  return std::lexicographical_compare(
      a.factors.begin(), a.factors.end(), b.factors.begin(), b.factors.end(),
      [](const SizeAtom *a, const SizeAtom *b) { return a->text < b->text; });
}

SizeExpr SizeExprContext::addScaled(const SizeExpr &a, const SizeExpr &b,
                                    int64_t factor) {
  SizeExpr result;
  auto next = a.terms.begin();
  auto push = [&](const Term &term, int64_t coefficient) {
    if (coefficient != 0)
      result.terms.push_back(Term{term.factors, coefficient});
  };
  for (const Term &term : b.terms) {
    for (; next != a.terms.end() && comesBefore(*next, term); ++next)
      result.terms.push_back(*next);
    int64_t coefficient;
    overflow |= llvm::MulOverflow(term.coefficient, factor, coefficient);
    if (next != a.terms.end() && next->factors == term.factors) {
      overflow |=
          llvm::AddOverflow(next->coefficient, coefficient, coefficient);
      ++next;
    }
    push(term, coefficient);
  }
  result.terms.insert(result.terms.end(), next, a.terms.end());
  return result;
}

SizeExpr SizeExprContext::add(const SizeExpr &a, const SizeExpr &b) {
  return addScaled(a, b, 1);
}

SizeExpr SizeExprContext::sub(const SizeExpr &a, const SizeExpr &b) {
  return addScaled(a, b, -1);
}

SizeExpr SizeExprContext::mul(const SizeExpr &a, const SizeExpr &b) {
  SizeExpr result;
  for (const Term &x : a.terms)
    for (const Term &y : b.terms) {
      Term term = x;
      term.factors.append(y.factors.begin(), y.factors.end());
      llvm::sort(term.factors, [](const SizeAtom *a, const SizeAtom *b) {
        return a->text < b->text;
      });
      overflow |=
          llvm::MulOverflow(x.coefficient, y.coefficient, term.coefficient);
      SizeExpr product;
      product.terms.push_back(std::move(term));
      result = add(result, product);
    }
  return result;
}

//===----------------------------------------------------------------------===//
// Atoms
//===----------------------------------------------------------------------===//

SizeExpr SizeExprContext::makeAtom(SizeOp op, llvm::ArrayRef<SizeExpr> operands,
                                   llvm::StringRef name) {
  std::string text = name.str();
  if (op != SizeOp::Symbol) {
    text = "(" + getName(op).str();
    for (const SizeExpr &operand : operands)
      text += " " + operand.print();
    text += ")";
  }
  std::unique_ptr<SizeAtom> &atom = atoms[text];
  if (!atom)
    atom = std::make_unique<SizeAtom>(SizeAtom{op, operands.vec(), text});
  SizeExpr result;
  result.terms.push_back(Term{{atom.get()}, 1});
  return result;
}

SizeExpr SizeExprContext::symbol(llvm::StringRef name) {
  return makeAtom(SizeOp::Symbol, {}, name);
}

void SizeExprContext::split(const SizeExpr &a, int64_t divisor,
                            SizeExpr &multiple, SizeExpr &rest) {
  for (Term term : a.terms) {
    if (term.coefficient % divisor != 0) {
      rest.terms.push_back(std::move(term));
      continue;
    }
    term.coefficient /= divisor;
    multiple.terms.push_back(std::move(term));
  }
}

bool SizeExprContext::reduce(SizeExpr &a, int64_t &divisor) {
  int64_t common = divisor;
  for (const Term &term : a.terms)
    common = std::gcd(common, term.coefficient);
  for (Term &term : a.terms)
    term.coefficient /= common;
  divisor /= common;
  return common != 1;
}

/// The quotient of a and b if `a` is only a quotient of that kind by a positive
/// constant: (a / b) / c is a / (b * c), rounded down or up.
static std::optional<std::pair<SizeExpr, int64_t>>
getQuotient(const SizeExpr &a, SizeOp op) {
  if (a.getTerms().size() != 1 || a.getTerms().front().coefficient != 1 ||
      a.getTerms().front().factors.size() != 1)
    return std::nullopt;
  const SizeAtom &atom = *a.getTerms().front().factors.front();
  if (atom.op != op)
    return std::nullopt;
  std::optional<int64_t> divisor = atom.operands[1].getConstant();
  if (!divisor || *divisor <= 0)
    return std::nullopt;
  return std::pair(atom.operands[0], *divisor);
}

SizeExpr SizeExprContext::floorDiv(const SizeExpr &a, const SizeExpr &b) {
  std::optional<int64_t> divisor = b.getConstant();
  if (!divisor || *divisor <= 0) {
    // (c + b - 1) / b, rounded down, is c / b, rounded up.
    SizeExpr c = add(sub(a, b), 1);
    if (b.isAtLeast(1) && c.terms.size() < a.terms.size())
      return ceilDiv(c, b);
    return makeAtom(SizeOp::FloorDiv, {a, b});
  }
  if (std::optional<int64_t> value = a.getConstant())
    return llvm::divideFloorSigned(*value, *divisor);
  SizeExpr multiple, rest;
  split(a, *divisor, multiple, rest);
  if (rest.terms.empty())
    return multiple;
  if (std::optional<int64_t> value = rest.getConstant())
    return add(multiple, llvm::divideFloorSigned(*value, *divisor));
  const Term &last = rest.terms.back();
  int64_t remainder = llvm::mod(last.coefficient, *divisor);
  if (last.factors.empty() && remainder == *divisor - 1)
    return add(multiple, ceilDiv(add(rest, 1 - *divisor), b));
  int64_t smaller = *divisor;
  if (reduce(rest, smaller))
    return add(multiple, floorDiv(rest, smaller));
  int64_t product;
  if (auto inner = getQuotient(rest, SizeOp::FloorDiv))
    if (!llvm::MulOverflow(inner->second, *divisor, product))
      return add(multiple, floorDiv(inner->first, product));
  return add(multiple, makeAtom(SizeOp::FloorDiv, {rest, b}));
}

SizeExpr SizeExprContext::ceilDiv(const SizeExpr &a, const SizeExpr &b) {
  std::optional<int64_t> divisor = b.getConstant();
  if (!divisor || *divisor <= 0)
    return makeAtom(SizeOp::CeilDiv, {a, b});
  if (std::optional<int64_t> value = a.getConstant())
    return llvm::divideCeilSigned(*value, *divisor);
  SizeExpr multiple, rest;
  split(a, *divisor, multiple, rest);
  if (rest.terms.empty())
    return multiple;
  if (std::optional<int64_t> value = rest.getConstant())
    return add(multiple, llvm::divideCeilSigned(*value, *divisor));
  int64_t smaller = *divisor;
  if (reduce(rest, smaller))
    return add(multiple, ceilDiv(rest, smaller));
  int64_t product;
  if (auto inner = getQuotient(rest, SizeOp::CeilDiv))
    if (!llvm::MulOverflow(inner->second, *divisor, product))
      return add(multiple, ceilDiv(inner->first, product));
  return add(multiple, makeAtom(SizeOp::CeilDiv, {rest, b}));
}

SizeExpr SizeExprContext::mod(const SizeExpr &a, const SizeExpr &b) {
  std::optional<int64_t> divisor = b.getConstant();
  if (!divisor || *divisor <= 0)
    return makeAtom(SizeOp::Mod, {a, b});
  SizeExpr multiple, rest;
  split(a, *divisor, multiple, rest);
  if (std::optional<int64_t> value = rest.getConstant())
    return llvm::mod(*value, *divisor);
  return makeAtom(SizeOp::Mod, {rest, b});
}

//===----------------------------------------------------------------------===//
// Comparisons and choices
//===----------------------------------------------------------------------===//

SizeExpr SizeExprContext::compare(SizeOp op, const SizeExpr &a,
                                  const SizeExpr &b) {
  // Each term on the side where it is positive.
  SizeExpr difference = sub(a, b), left, right;
  for (Term &term : difference.terms) {
    if (term.coefficient > 0) {
      left.terms.push_back(std::move(term));
      continue;
    }
    overflow |=
        llvm::SubOverflow<int64_t>(0, term.coefficient, term.coefficient);
    right.terms.push_back(std::move(term));
  }
  return makeAtom(op, {left, right});
}

SizeExpr SizeExprContext::less(const SizeExpr &a, const SizeExpr &b) {
  if (sub(b, a).isAtLeast(1))
    return 1;
  if (sub(a, b).isAtLeast(0))
    return 0;
  return compare(SizeOp::Less, a, b);
}

SizeExpr SizeExprContext::lessEqual(const SizeExpr &a, const SizeExpr &b) {
  if (sub(b, a).isAtLeast(0))
    return 1;
  if (sub(a, b).isAtLeast(1))
    return 0;
  return compare(SizeOp::LessEqual, a, b);
}

SizeExpr SizeExprContext::equal(const SizeExpr &a, const SizeExpr &b) {
  if (a == b)
    return 1;
  if (sub(a, b).isAtLeast(1) || sub(b, a).isAtLeast(1))
    return 0;
  return compare(SizeOp::Equal, a, b);
}

SizeExpr SizeExprContext::notEqual(const SizeExpr &a, const SizeExpr &b) {
  SizeExpr same = equal(a, b);
  if (std::optional<int64_t> value = same.getConstant())
    return *value ? 0 : 1;
  return compare(SizeOp::NotEqual, a, b);
}

SizeExpr SizeExprContext::min(const SizeExpr &a, const SizeExpr &b) {
  if (sub(b, a).isAtLeast(0))
    return a;
  if (sub(a, b).isAtLeast(0))
    return b;
  return makeAtom(SizeOp::Min, {a, b});
}

SizeExpr SizeExprContext::max(const SizeExpr &a, const SizeExpr &b) {
  if (sub(b, a).isAtLeast(0))
    return b;
  if (sub(a, b).isAtLeast(0))
    return a;
  return makeAtom(SizeOp::Max, {a, b});
}

SizeExpr SizeExprContext::logicalAnd(const SizeExpr &a, const SizeExpr &b) {
  if (a.isConstant(0) || b.isConstant(1) || a == b)
    return a;
  if (b.isConstant(0) || a.isConstant(1))
    return b;
  return makeAtom(SizeOp::And, {a, b});
}

SizeExpr SizeExprContext::logicalOr(const SizeExpr &a, const SizeExpr &b) {
  if (a.isConstant(1) || b.isConstant(0) || a == b)
    return a;
  if (b.isConstant(1) || a.isConstant(0))
    return b;
  return makeAtom(SizeOp::Or, {a, b});
}

SizeExpr SizeExprContext::logicalNot(const SizeExpr &a) {
  // The opposite of a comparison is a comparison.
  if (a.terms.size() == 1 && a.terms.front().factors.size() == 1) {
    const SizeAtom &atom = *a.terms.front().factors.front();
    llvm::ArrayRef<SizeExpr> operands = atom.operands;
    switch (atom.op) {
    case SizeOp::Less:
      return lessEqual(operands[1], operands[0]);
    case SizeOp::LessEqual:
      return less(operands[1], operands[0]);
    case SizeOp::Equal:
      return notEqual(operands[0], operands[1]);
    case SizeOp::NotEqual:
      return equal(operands[0], operands[1]);
    default:
      break;
    }
  }
  return equal(a, 0);
}

SizeExpr SizeExprContext::select(const SizeExpr &condition, const SizeExpr &a,
                                 const SizeExpr &b) {
  if (std::optional<int64_t> value = condition.getConstant())
    return *value ? a : b;
  if (a == b)
    return a;
  return makeAtom(SizeOp::Select, {condition, a, b});
}

SizeExpr SizeExprContext::alignTo(const SizeExpr &a, int64_t alignment) {
  return mul(ceilDiv(a, alignment), alignment);
}
