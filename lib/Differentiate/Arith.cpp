//===- Arith.cpp - Derivatives of scalar arith and math -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

Expr Expr::constant(double number) const {
  return Expr(*builder, loc,
              createFloat(*builder, loc, value.getType(), number));
}

template <typename OpT> static Expr create(Expr a, Expr b) {
  return Expr(
      a.getBuilder(), a.getLoc(),
      OpT::create(a.getBuilder(), a.getLoc(), a.getValue(), b.getValue()));
}

Expr mlir::mhc::operator+(Expr a, Expr b) {
  return create<arith::AddFOp>(a, b);
}
Expr mlir::mhc::operator-(Expr a, Expr b) {
  return create<arith::SubFOp>(a, b);
}
Expr mlir::mhc::operator*(Expr a, Expr b) {
  return create<arith::MulFOp>(a, b);
}
Expr mlir::mhc::operator/(Expr a, Expr b) {
  return create<arith::DivFOp>(a, b);
}
Expr mlir::mhc::operator-(Expr a) { return apply<arith::NegFOp>(a); }

ScalarGradient::ScalarGradient(Operation *op, OpBuilder &builder,
                               const IRMapping &primal,
                               DenseMap<Value, Value> &gradients,
                               const DenseSet<Value> &active)
    : op(op), builder(builder), primal(primal), gradients(gradients),
      active(active), compute(getGradientType(op->getResult(0).getType())) {
  for (Value operand : op->getOperands())
    if (isa<FloatType>(operand.getType()) &&
        getGradientType(operand.getType()).getWidth() > compute.getWidth())
      compute = getGradientType(operand.getType());
}

Expr ScalarGradient::d() {
  return Expr(builder, op->getLoc(),
              convertFloat(builder, op->getLoc(),
                           gradients.lookup(op->getResult(0)), compute));
}

Value ScalarGradient::operandValue(unsigned i) {
  return primal.lookupOrDefault(op->getOperand(i));
}

Expr ScalarGradient::operand(unsigned i) {
  return Expr(builder, op->getLoc(),
              convertFloat(builder, op->getLoc(), operandValue(i), compute));
}

Expr ScalarGradient::result() {
  return Expr(builder, op->getLoc(),
              convertFloat(builder, op->getLoc(),
                           primal.lookupOrDefault(op->getResult(0)), compute));
}

Expr ScalarGradient::select(Value condition, Expr x) {
  return Expr(builder, op->getLoc(),
              arith::SelectOp::create(builder, op->getLoc(), condition,
                                      x.getValue(),
                                      x.constant(0.0).getValue()));
}

Value ScalarGradient::compare(arith::CmpFPredicate predicate, Expr a, Expr b) {
  return arith::CmpFOp::create(builder, op->getLoc(), predicate, a.getValue(),
                               b.getValue());
}

void ScalarGradient::add(unsigned i, Expr term) {
  if (isActive(i))
    addScalarTerm(builder, op->getLoc(), op->getOperand(i), term.getValue(),
                  gradients);
}

void mlir::mhc::addScalarTerm(OpBuilder &builder, Location loc, Value value,
                              Value term, DenseMap<Value, Value> &gradients) {
  term = convertFloat(builder, loc, term, getGradientType(value.getType()));
  Value &sum = gradients[value];
  sum = sum ? Value(arith::AddFOp::create(builder, loc, sum, term)) : term;
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

using S = ScalarGradient;

/// Of two operands, the gradient goes to the one that is the result. Equal
/// operands share it; a NaN takes it with it.
static void differentiateExtremum(S &s) {
  Expr a = s.operand(0), b = s.operand(1), r = s.result();
  Value isA = s.compare(arith::CmpFPredicate::UEQ, a, r);
  Value isB = s.compare(arith::CmpFPredicate::UEQ, b, r);
  Value isBoth = s.compare(arith::CmpFPredicate::OEQ, a, b);
  Expr shared(r.getBuilder(), r.getLoc(),
              arith::SelectOp::create(r.getBuilder(), r.getLoc(), isBoth,
                                      (0.5 * s.d()).getValue(),
                                      s.d().getValue()));
  s.add(0, s.select(isA, shared));
  s.add(1, s.select(isB, shared));
}

static void addArithOps(DerivativeRules &rules) {
  rules.addScalar<arith::AddFOp>([](S &s) {
    s.add(0, s.d());
    s.add(1, s.d());
  });
  rules.addScalar<arith::SubFOp>([](S &s) {
    s.add(0, s.d());
    s.add(1, -s.d());
  });
  rules.addScalar<arith::MulFOp>([](S &s) {
    s.add(0, s.d() * s.operand(1));
    s.add(1, s.d() * s.operand(0));
  });
  rules.addScalar<arith::DivFOp>([](S &s) {
    Expr q = s.d() / s.operand(1);
    s.add(0, q);
    if (s.isActive(1))
      s.add(1, -(q * (s.operand(0) / s.operand(1))));
  });
  rules.addScalar<arith::NegFOp>([](S &s) { s.add(0, -s.d()); });
  rules.addScalar<arith::ExtFOp, arith::TruncFOp>(
      [](S &s) { s.add(0, s.d()); });
  rules.addScalar<arith::MaximumFOp, arith::MaxNumFOp, arith::MinimumFOp,
                  arith::MinNumFOp>(differentiateExtremum);
  rules.addScalar<arith::SelectOp>([](S &s) {
    Expr d = s.d();
    Value condition = s.operandValue(0);
    s.add(1, s.select(condition, d));
    s.add(2, Expr(d.getBuilder(), d.getLoc(),
                  arith::SelectOp::create(d.getBuilder(), d.getLoc(), condition,
                                          d.constant(0.0).getValue(),
                                          d.getValue())));
  });
}

static void addMathOps(DerivativeRules &rules) {
  rules.addScalar<math::FmaOp>([](S &s) {
    // The sum is not read: it may be the accumulator of a reduction.
    if (s.isActive(0))
      s.add(0, s.d() * s.operand(1));
    if (s.isActive(1))
      s.add(1, s.d() * s.operand(0));
    s.add(2, s.d());
  });
  rules.addScalar<math::ExpOp>([](S &s) { s.add(0, s.d() * s.result()); });
  rules.addScalar<math::Exp2Op>(
      [](S &s) { s.add(0, s.d() * (std::log(2.0) * s.result())); });
  rules.addScalar<math::ExpM1Op>(
      [](S &s) { s.add(0, s.d() * (s.result() + 1.0)); });
  rules.addScalar<math::LogOp>([](S &s) { s.add(0, s.d() / s.operand(0)); });
  rules.addScalar<math::Log2Op>(
      [](S &s) { s.add(0, s.d() / (std::log(2.0) * s.operand(0))); });
  rules.addScalar<math::Log10Op>(
      [](S &s) { s.add(0, s.d() / (std::log(10.0) * s.operand(0))); });
  rules.addScalar<math::Log1pOp>(
      [](S &s) { s.add(0, s.d() / (s.operand(0) + 1.0)); });
  rules.addScalar<math::SqrtOp>(
      [](S &s) { s.add(0, s.d() / (2.0 * s.result())); });
  rules.addScalar<math::RsqrtOp>([](S &s) {
    Expr r = s.result();
    s.add(0, s.d() * (-0.5 * (r * r * r)));
  });
  rules.addScalar<math::CbrtOp>(
      [](S &s) { s.add(0, s.d() / (3.0 * (s.result() * s.result()))); });
  rules.addScalar<math::TanhOp>(
      [](S &s) { s.add(0, s.d() * (1.0 - s.result() * s.result())); });
  rules.addScalar<math::ErfOp>([](S &s) {
    Expr x = s.operand(0);
    s.add(0, s.d() * (2.0 / std::sqrt(M_PI) * apply<math::ExpOp>(-(x * x))));
  });
  rules.addScalar<math::ErfcOp>([](S &s) {
    Expr x = s.operand(0);
    s.add(0, s.d() * (-2.0 / std::sqrt(M_PI) * apply<math::ExpOp>(-(x * x))));
  });
  rules.addScalar<math::SinOp>(
      [](S &s) { s.add(0, s.d() * apply<math::CosOp>(s.operand(0))); });
  rules.addScalar<math::CosOp>(
      [](S &s) { s.add(0, -(s.d() * apply<math::SinOp>(s.operand(0)))); });
  rules.addScalar<math::TanOp>(
      [](S &s) { s.add(0, s.d() * (s.result() * s.result() + 1.0)); });
  rules.addScalar<math::SinhOp>(
      [](S &s) { s.add(0, s.d() * apply<math::CoshOp>(s.operand(0))); });
  rules.addScalar<math::CoshOp>(
      [](S &s) { s.add(0, s.d() * apply<math::SinhOp>(s.operand(0))); });
  rules.addScalar<math::AtanOp>(
      [](S &s) { s.add(0, s.d() / (s.operand(0) * s.operand(0) + 1.0)); });
  rules.addScalar<math::AbsFOp>([](S &s) {
    // 0 at 0.
    Expr x = s.operand(0), zero = x.constant(0.0);
    Expr below =
        s.select(s.compare(arith::CmpFPredicate::ULT, x, zero), -s.d());
    s.add(0, s.select(s.compare(arith::CmpFPredicate::UGT, x, zero), s.d()) +
                 below);
  });
  rules.addScalar<math::PowFOp>([](S &s) {
    Expr x = s.operand(0), y = s.operand(1), d = s.d();
    if (s.isActive(0)) {
      Expr below = y + -1.0;
      Expr power(x.getBuilder(), x.getLoc(),
                 math::PowFOp::create(x.getBuilder(), x.getLoc(), x.getValue(),
                                      below.getValue()));
      // x^0 has the slope 0 in x, not 0 x^-1.
      Value isPower = s.compare(arith::CmpFPredicate::UNE, y, y.constant(0.0));
      s.add(0, s.select(isPower, d * (y * power)));
    }
    // 0^y has the slope 0 in y, not log(0) 0.
    if (s.isActive(1)) {
      Value isPositive =
          s.compare(arith::CmpFPredicate::UGT, x, x.constant(0.0));
      s.add(1, s.select(isPositive, d * (s.result() * apply<math::LogOp>(x))));
    }
  });
  // Steps: constant wherever they have a derivative.
  rules.addScalar<math::CeilOp, math::FloorOp, math::RoundOp, math::RoundEvenOp,
                  math::TruncOp>([](S &) {});
}

void mlir::mhc::addArithRules(DerivativeRules &rules) {
  addArithOps(rules);
  addMathOps(rules);
}
