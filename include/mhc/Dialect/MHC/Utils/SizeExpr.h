//===- SizeExpr.h - Integers that depend on sizes ---------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a planned or compiled program says of its buffers and grids: numbers
// that depend on the dimensions of its arguments, which are known when it is
// run. A SizeExpr is a polynomial over atoms, and an atom a size or an
// operation that is none of a polynomial; so two of them are equal if they are
// the same text, and many comparisons are decided without any number.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_UTILS_SIZEEXPR_H
#define MHC_DIALECT_MHC_UTILS_SIZEEXPR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlir::mhc {

class SizeExprContext;
struct SizeAtom;

/// An integer of 64 bits that depends on sizes, which are at least 0. A value;
/// atoms belong to the context.
class SizeExpr {
public:
  /// A coefficient times a product of atoms.
  struct Term {
    llvm::SmallVector<const SizeAtom *, 2> factors;
    int64_t coefficient;
  };

  SizeExpr(int64_t constant = 0);

  std::optional<int64_t> getConstant() const;
  bool isConstant(int64_t value) const {
    std::optional<int64_t> constant = getConstant();
    return constant && *constant == value;
  }
  /// The size's name if it is nothing but a size.
  llvm::StringRef getSymbol() const;
  llvm::ArrayRef<Term> getTerms() const { return terms; }

  /// A number that it is known to be at least, whatever the sizes are.
  std::optional<int64_t> getLowerBound() const;
  bool isAtLeast(int64_t bound) const {
    std::optional<int64_t> known = getLowerBound();
    return known && *known >= bound;
  }

  /// The prefix form of the manifest: 12, d0, (+ (* 8 d0) 1).
  std::string print() const;

  bool operator==(const SizeExpr &other) const;
  bool operator!=(const SizeExpr &other) const { return !(*this == other); }

private:
  friend class SizeExprContext;
  /// In the order of their factors' text, the constant last; no coefficient 0.
  std::vector<Term> terms;
};

/// What makes an atom.
enum class SizeOp {
  Symbol,
  FloorDiv,
  CeilDiv,
  Mod,
  Min,
  Max,
  Less,
  LessEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Select
};

struct SizeAtom {
  SizeOp op;
  std::vector<SizeExpr> operands;
  /// The prefix form.
  std::string text;
};

/// Makes and owns expressions. Arithmetic is exact: what does not fit 64 bits
/// sets a flag.
class SizeExprContext {
public:
  SizeExpr symbol(llvm::StringRef name);
  SizeExpr add(const SizeExpr &a, const SizeExpr &b);
  SizeExpr sub(const SizeExpr &a, const SizeExpr &b);
  SizeExpr mul(const SizeExpr &a, const SizeExpr &b);
  /// Rounded down, rounded up, and what is left of the first; of a divisor 0
  /// whoever evaluates them makes an error.
  SizeExpr floorDiv(const SizeExpr &a, const SizeExpr &b);
  SizeExpr ceilDiv(const SizeExpr &a, const SizeExpr &b);
  SizeExpr mod(const SizeExpr &a, const SizeExpr &b);
  SizeExpr min(const SizeExpr &a, const SizeExpr &b);
  SizeExpr max(const SizeExpr &a, const SizeExpr &b);
  /// 0 or 1.
  SizeExpr less(const SizeExpr &a, const SizeExpr &b);
  SizeExpr lessEqual(const SizeExpr &a, const SizeExpr &b);
  SizeExpr equal(const SizeExpr &a, const SizeExpr &b);
  SizeExpr notEqual(const SizeExpr &a, const SizeExpr &b);
  /// Of numbers that are 0 or 1.
  SizeExpr logicalAnd(const SizeExpr &a, const SizeExpr &b);
  SizeExpr logicalOr(const SizeExpr &a, const SizeExpr &b);
  SizeExpr logicalNot(const SizeExpr &a);
  SizeExpr select(const SizeExpr &condition, const SizeExpr &a,
                  const SizeExpr &b);
  /// Rounded up to a multiple of `alignment`.
  SizeExpr alignTo(const SizeExpr &a, int64_t alignment);

  /// Whether a number was met, since this was last called, that does not fit.
  bool takeOverflow() { return std::exchange(overflow, false); }

private:
  SizeExpr makeAtom(SizeOp op, llvm::ArrayRef<SizeExpr> operands,
                    llvm::StringRef name = "");
  SizeExpr compare(SizeOp op, const SizeExpr &a, const SizeExpr &b);
  /// a + factor * b
  SizeExpr addScaled(const SizeExpr &a, const SizeExpr &b, int64_t factor);

  /// The terms whose coefficients `divisor` divides, divided, and the others.
  static void split(const SizeExpr &a, int64_t divisor, SizeExpr &multiple,
                    SizeExpr &rest);
  /// Divides coefficients and divisor by what all of them have in common.
  static bool reduce(SizeExpr &a, int64_t &divisor);

  llvm::StringMap<std::unique_ptr<SizeAtom>> atoms;
  bool overflow = false;
};

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_UTILS_SIZEEXPR_H
