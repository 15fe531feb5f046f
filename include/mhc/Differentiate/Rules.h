//===- Rules.h - What a derivative rule is written with ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rule adds, for one op and the gradients of its results, the gradients of
// its operands. There are two kinds:
//
// * a rule of an op on tensors (DerivativeRules::add) builds ops with
//   Gradients;
// * a rule of a scalar op (DerivativeRules::addScalar) is a formula of Expr. It
//   serves bodies of linalg ops and scalars between them.
//
// A dialect's rules are added by a function such as addMHCRules, one a file.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIFFERENTIATE_RULES_H
#define MHC_DIFFERENTIATE_RULES_H

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

#include <functional>

namespace mlir::mhc {

class DerivativeRules;

/// Whether a value of this type has a gradient: a float, or a tensor of floats.
bool isDifferentiable(Type type);

/// The type in which gradients of `element` are computed and added up: f64 for
/// f64, f32 for all others.
FloatType getGradientType(Type element);

/// Set on an op whose operands @f_backward is to keep rather than to compute
/// again. It does not outlive the pass.
constexpr StringLiteral kKeepOperands = "mhc.keep_operands";

//===----------------------------------------------------------------------===//
// Ops on tensors
//===----------------------------------------------------------------------===//

/// The gradients of the values of one function, while it is walked backwards.
class Gradients {
public:
  Gradients(OpBuilder &builder, const DerivativeRules &rules,
            const DenseSet<Value> &active);

  /// Whether a gradient of `value` is wanted.
  bool isActive(Value value) const { return active.contains(value); }

  /// The gradient of `value`, all terms added: null if it is zero. No term may
  /// be added afterwards.
  Value get(Value value);

  /// As get, with zeros in place of null.
  Value getOrZero(Value value);

  /// Adds a term to the gradient of `value`, of its shape. More dimensions in
  /// front are those of tokens, and are summed. It may have a wider element
  /// type.
  void add(Value value, Value term);

  /// Whether the gradient of `value` has one term, which is then rounded at
  /// once.
  bool hasOneTerm(Value value) const { return uses.lookup(value) == 1; }

  /// Adds a term to the gradient of a row.
  void addTerm(Value row, CombineTerm term);

  OpBuilder &builder;
  const DerivativeRules &rules;

private:
  struct Terms {
    SmallVector<CombineTerm> terms;
    /// Whether they are added by mhc.combine.
    bool isRow = false;
    Value sum;
  };

  Value sumUp(Value value, const Terms &terms);
  Value sumTensors(Value value, ArrayRef<CombineTerm> terms);

  const DenseSet<Value> &active;
  /// How often an active value is read, before the walk adds uses.
  DenseMap<Value, unsigned> uses;
  DenseMap<Value, Terms> pending;
};

/// Zeros of the type and the dynamic sizes of `like`; a scalar zero for a
/// scalar.
Value createZerosLike(OpBuilder &builder, Location loc, Value like);

//===----------------------------------------------------------------------===//
// Scalar ops
//===----------------------------------------------------------------------===//

/// A float in a formula.
class Expr {
public:
  Expr(OpBuilder &builder, Location loc, Value value)
      : builder(&builder), loc(loc), value(value) {}

  OpBuilder &getBuilder() const { return *builder; }
  Location getLoc() const { return loc; }
  Value getValue() const { return value; }

  /// A number of the same type.
  Expr constant(double number) const;

private:
  OpBuilder *builder;
  Location loc;
  Value value;
};

Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
Expr operator-(Expr a);
inline Expr operator+(Expr a, double b) { return a + a.constant(b); }
inline Expr operator-(double a, Expr b) { return b.constant(a) - b; }
inline Expr operator*(double a, Expr b) { return b.constant(a) * b; }
inline Expr operator/(double a, Expr b) { return b.constant(a) / b; }

/// Calls a math op of one operand.
template <typename OpT> Expr apply(Expr x) {
  return Expr(x.getBuilder(), x.getLoc(),
              OpT::create(x.getBuilder(), x.getLoc(), x.getValue()));
}

/// What a scalar rule sees: an op of one result, its gradient, and the values
/// that the op had. All are of the type that gradients are computed in.
class ScalarGradient {
public:
  /// `primal` maps the op's operands and results to their values; `gradients`
  /// is read for the result and added to for the operands.
  ScalarGradient(Operation *op, OpBuilder &builder, const IRMapping &primal,
                 DenseMap<Value, Value> &gradients,
                 const DenseSet<Value> &active);

  /// The gradient of the result.
  Expr d();
  /// The value of operand `i`.
  Expr operand(unsigned i);
  /// The same as it is, where it is no float.
  Value operandValue(unsigned i);
  /// The value of the result.
  Expr result();
  /// `x` where the condition holds, 0 elsewhere.
  Expr select(Value condition, Expr x);
  /// A comparison of two operands.
  Value compare(arith::CmpFPredicate predicate, Expr a, Expr b);

  bool isActive(unsigned i) const { return active.contains(op->getOperand(i)); }
  /// Adds to the gradient of operand `i`.
  void add(unsigned i, Expr term);

private:
  Operation *op;
  OpBuilder &builder;
  const IRMapping &primal;
  DenseMap<Value, Value> &gradients;
  const DenseSet<Value> &active;
  FloatType compute;
};

/// Adds a term to a scalar's entry in `gradients`, in the type of gradients.
void addScalarTerm(OpBuilder &builder, Location loc, Value value, Value term,
                   DenseMap<Value, Value> &gradients);

//===----------------------------------------------------------------------===//
// The rules
//===----------------------------------------------------------------------===//

/// All rules, by the name of the op.
class DerivativeRules {
public:
  using Rule = std::function<LogicalResult(Operation *, Gradients &)>;
  using ScalarRule = std::function<void(ScalarGradient &)>;

  /// The rules of all dialects that have some.
  static const DerivativeRules &getAll();

  /// A rule of an op on tensors.
  template <typename OpT>
  void add(std::function<LogicalResult(OpT, Gradients &)> rule) {
    rules[OpT::getOperationName()] = [rule](Operation *op, Gradients &g) {
      return rule(cast<OpT>(op), g);
    };
  }

  /// A rule of ops on scalars.
  template <typename... OpTs> void addScalar(ScalarRule rule) {
    (scalarRules.insert({OpTs::getOperationName(), rule}), ...);
  }

  const Rule *lookup(Operation *op) const;
  const ScalarRule *lookupScalar(Operation *op) const;

private:
  llvm::StringMap<Rule> rules;
  llvm::StringMap<ScalarRule> scalarRules;
};

void addArithRules(DerivativeRules &rules);
void addMHCRules(DerivativeRules &rules);
void addTensorRules(DerivativeRules &rules);

/// The rule of every op with the interface of linalg.
LogicalResult differentiateLinalg(Operation *op, Gradients &gradients);

/// The error of an op that has no rule.
LogicalResult emitNoDerivative(Operation *op);

} // namespace mlir::mhc

#endif // MHC_DIFFERENTIATE_RULES_H
