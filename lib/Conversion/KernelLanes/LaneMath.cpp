//===- LaneMath.cpp - Functions of lanes, without calls -------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

static Type withElement(Type type, Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

Value mlir::mhc::createConstant(OpBuilder &builder, Location loc, Type type,
                                double value) {
  Type element = getElementTypeOrSelf(type);
  TypedAttr attribute;
  if (isa<FloatType>(element))
    attribute = builder.getFloatAttr(element, value);
  else
    attribute = builder.getIntegerAttr(element, static_cast<int64_t>(value));
  if (auto vector = dyn_cast<VectorType>(type))
    attribute = DenseElementsAttr::get(vector, Attribute(attribute));
  return arith::ConstantOp::create(builder, loc, attribute);
}

Value mlir::mhc::createMask(OpBuilder &builder, Location loc, int64_t lanes,
                            int64_t count) {
  SmallVector<bool> bits(lanes, false);
  std::fill_n(bits.begin(), count, true);
  auto type = VectorType::get({lanes}, builder.getI1Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, bits));
}

Value mlir::mhc::createLaneSum(OpBuilder &builder, Location loc, Value vector) {
  for (int64_t lanes = cast<VectorType>(vector.getType()).getNumElements();
       lanes > 1; lanes /= 2) {
    SmallVector<int64_t> even, odd;
    for (int64_t i = 0; i < lanes; i += 2) {
      even.push_back(i);
      odd.push_back(i + 1);
    }
    vector = arith::AddFOp::create(
        builder, loc,
        vector::ShuffleOp::create(builder, loc, vector, vector, even),
        vector::ShuffleOp::create(builder, loc, vector, vector, odd));
  }
  return vector::ExtractOp::create(builder, loc, vector, int64_t(0));
}

//===----------------------------------------------------------------------===//
// exp and tanh of f32 and f64
//===----------------------------------------------------------------------===//

namespace {
/// Arithmetic on values of one type, in short.
struct Calculator {
  OpBuilder &builder;
  Location loc;
  Type type;

  Value constant(double value) const {
    return createConstant(builder, loc, type, value);
  }
  Value integer(int64_t value) const {
    return createConstant(builder, loc, integers(), value);
  }
  bool isF64() const { return getElementTypeOrSelf(type).isF64(); }
  Type integers() const {
    return withElement(type,
                       isF64() ? builder.getI64Type() : builder.getI32Type());
  }
  Value fma(Value a, Value b, Value c) const {
    return math::FmaOp::create(builder, loc, a, b, c);
  }
  Value add(Value a, Value b) const {
    return arith::AddFOp::create(builder, loc, a, b);
  }
  Value sub(Value a, Value b) const {
    return arith::SubFOp::create(builder, loc, a, b);
  }
  Value mul(Value a, Value b) const {
    return arith::MulFOp::create(builder, loc, a, b);
  }
  Value div(Value a, Value b) const {
    return arith::DivFOp::create(builder, loc, a, b);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) const {
    return arith::CmpFOp::create(builder, loc, predicate, a, b);
  }
  Value select(Value condition, Value a, Value b) const {
    return arith::SelectOp::create(builder, loc, condition, a, b);
  }
  /// The polynomial with these coefficients, the highest power first.
  Value polynomial(Value x, ArrayRef<double> coefficients) const {
    Value result = constant(coefficients.front());
    for (double coefficient : coefficients.drop_front())
      result = fma(result, x, constant(coefficient));
    return result;
  }
  /// 2^n for integers n from -126 to 127, or from -1022 to 1023.
  Value powerOfTwo(Value n) const {
    Value biased =
        arith::AddIOp::create(builder, loc, n, integer(isF64() ? 1023 : 127));
    Value bits =
        arith::ShLIOp::create(builder, loc, biased, integer(isF64() ? 52 : 23));
    return arith::BitcastOp::create(builder, loc, type, bits);
  }
};
} // namespace

Value mlir::mhc::createExp(OpBuilder &builder, Location loc, Value x) {
  Calculator f{builder, loc, x.getType()};
  bool isF64 = f.isF64();
  // exp(x) = 2^n exp(r) with |r| <= log(2)/2. Beyond these bounds the result is
  // 0 or inf; the conversion to an integer needs a number.
  using P = arith::CmpFPredicate;
  Value isNumber = f.compare(P::ORD, x, x);
  Value bounded = f.select(isNumber, x, f.constant(0.0));
  Value most = f.constant(isF64 ? 720.0 : 90.0);
  Value least = f.constant(isF64 ? -760.0 : -105.0);
  bounded = f.select(f.compare(P::OGT, bounded, most), most, bounded);
  bounded = f.select(f.compare(P::OLT, bounded, least), least, bounded);
  Value n = math::RoundEvenOp::create(
      builder, loc, f.mul(bounded, f.constant(1.4426950408889634)));
  // log(2) in two parts; the first has few bits, so that its product is exact.
  Value r = f.fma(
      n, f.constant(isF64 ? -6.93147180369123816490e-01 : -0.693145751953125),
      bounded);
  r = f.fma(n,
            f.constant(isF64 ? -1.90821492927058770002e-10
                             : -1.42860682030941723212e-6),
            r);
  // Taylor up to r^7: the error is below 2^-27; up to r^13: below 2^-57.
  SmallVector<double> terms;
  double factorial = 1;
  for (int64_t k = 2, last = isF64 ? 13 : 7; k <= last; ++k)
    terms.insert(terms.begin(), 1 / (factorial *= k));
  Value tail = f.polynomial(r, terms);
  Value p = f.add(f.fma(tail, f.mul(r, r), r), f.constant(1.0));
  // In two factors, of which each is a normal number.
  Value exponent = arith::FPToSIOp::create(builder, loc, f.integers(), n);
  Value half = arith::ShRSIOp::create(builder, loc, exponent, f.integer(1));
  Value rest = arith::SubIOp::create(builder, loc, exponent, half);
  Value result = f.mul(f.mul(p, f.powerOfTwo(half)), f.powerOfTwo(rest));
  return f.select(isNumber, result, x);
}

Value mlir::mhc::createTanh(OpBuilder &builder, Location loc, Value x) {
  Calculator f{builder, loc, x.getType()};
  // Small arguments: an odd polynomial, or an odd rational function (the
  // coefficients of Cephes' tanhf and tanh).
  Value square = f.mul(x, x), odd;
  if (f.isF64())
    odd = f.div(f.polynomial(square, {-9.64399179425052238628E-1,
                                      -9.92877231001918586564E1,
                                      -1.61468768441708447952E3}),
                f.polynomial(square, {1.0, 1.12811678491632931402E2,
                                      2.23548839060100448583E3,
                                      4.84406305325125486048E3}));
  else
    odd = f.polynomial(square,
                       {-5.70498872745E-3, 2.06390887954E-2, -5.37397155531E-2,
                        1.33314422036E-1, -3.33332819422E-1});
  Value small = f.fma(f.mul(odd, square), x, x);
  // Others: 1 - 2 / (exp(2|x|) + 1), with x's sign.
  Value magnitude = math::AbsFOp::create(builder, loc, x);
  Value exp = createExp(builder, loc, f.add(magnitude, magnitude));
  Value large = f.sub(f.constant(1.0),
                      f.div(f.constant(2.0), f.add(exp, f.constant(1.0))));
  large = math::CopySignOp::create(builder, loc, large, x);
  return f.select(
      f.compare(arith::CmpFPredicate::OLT, magnitude, f.constant(0.625)), small,
      large);
}
