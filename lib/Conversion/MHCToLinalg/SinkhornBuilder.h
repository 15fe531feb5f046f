//===- SinkhornBuilder.h - Half steps as linalg -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the iteration and its gradient are built of.
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CONVERSION_MHCTOLINALG_SINKHORNBUILDER_H
#define LIB_CONVERSION_MHCTOLINALG_SINKHORNBUILDER_H

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

namespace mlir::mhc {

/// Builds the parts of the iteration on matrices [T.., n, n].
class SinkhornBuilder {
public:
  SinkhornBuilder(OpBuilder &builder, Location loc, RankedTensorType type)
      : builder(builder), loc(loc), type(type), rank(type.getRank()),
        streams(type.getShape().back()), element(type.getElementType()) {}

  using Combine =
      function_ref<Value(OpBuilder &, Location, ArrayRef<Value> line)>;

  /// One number for each row, or each column, of `matrix`: [T.., n].
  Value reduceLines(Value matrix, Axis axis, Combine combine) {
    LoopNest nest(builder, loc, rank - 1);
    for (int64_t k = 0; k < streams; ++k) {
      SmallVector<AffineExpr> indices = nest.firstDims(rank - 2);
      AffineExpr line = nest.dim(rank - 2), along = nest.constant(k);
      indices.push_back(axis == Axis::Rows ? line : along);
      indices.push_back(axis == Axis::Rows ? along : line);
      nest.read(matrix, indices);
    }
    auto lines = RankedTensorType::get(type.getShape().drop_back(), element);
    return nest.map(createEmpty(builder, loc, lines, matrix),
                    [&](OpBuilder &b, Location l, ValueRange args) {
                      return combine(b, l, SmallVector<Value>(args));
                    });
  }

  /// Each element with the number of its row or column, and of further lines.
  Value mapWithLines(Value matrix, Axis axis, ArrayRef<Value> lines,
                     LoopNest::Body body) {
    LoopNest nest(builder, loc, rank);
    nest.read(matrix, nest.firstDims(rank));
    for (Value line : lines)
      nest.read(line, lineIndices(nest, axis));
    return nest.map(createEmpty(builder, loc, type, matrix), body);
  }

  /// What a half step divides by: the sums along the axis plus eps.
  Value sums(Value matrix, Axis axis, double eps) {
    return reduceLines(
        matrix, axis, [&](OpBuilder &b, Location l, ArrayRef<Value> line) {
          return Value(arith::AddFOp::create(b, l, buildTreeSum(b, l, line),
                                             createFloat(b, l, element, eps)));
        });
  }

  /// One half step: divides by the sum along the axis plus eps.
  Value step(Value matrix, Axis axis, double eps) {
    return divide(matrix, axis, sums(matrix, axis, eps));
  }

  /// Divides each element by the number of its line, in place of the element:
  /// the loop over iterations then needs one buffer.
  Value divide(Value matrix, Axis axis, Value sums) {
    LoopNest nest(builder, loc, rank);
    nest.read(sums, lineIndices(nest, axis));
    return nest.reduce(
        matrix, nest.firstDims(rank),
        [](OpBuilder &b, Location l, ValueRange args, Value element) {
          return Value(arith::DivFOp::create(b, l, element, args[0]));
        });
  }

  /// exp(x - shift of the line).
  Value shiftedExp(Value matrix, Axis axis, Value shifts) {
    return mapWithLines(
        matrix, axis, shifts, [](OpBuilder &b, Location l, ValueRange args) {
          Value x = arith::SubFOp::create(b, l, args[0], args[1]);
          return Value(math::ExpOp::create(b, l, x));
        });
  }

  /// softmax of each row, plus eps.
  Value softmaxStart(Value logits, double eps) {
    return softmax(logits, [&](OpBuilder &b, Location l, Value p) {
      return Value(
          arith::AddFOp::create(b, l, p, createFloat(b, l, element, eps)));
    });
  }

  /// `finish` of the softmax of each row.
  Value softmax(Value logits,
                function_ref<Value(OpBuilder &, Location, Value)> finish) {
    Value exps = shiftedExp(logits, Axis::Rows,
                            reduceLines(logits, Axis::Rows, buildMaximum));
    Value sums = reduceLines(exps, Axis::Rows, buildTreeSum);
    return mapWithLines(
        exps, Axis::Rows, sums, [&](OpBuilder &b, Location l, ValueRange args) {
          return finish(b, l, arith::DivFOp::create(b, l, args[0], args[1]));
        });
  }

  /// exp, alone.
  Value expStart(Value logits) {
    return mapWithLines(logits, Axis::Rows, {},
                        [](OpBuilder &b, Location l, ValueRange args) {
                          return Value(math::ExpOp::create(b, l, args[0]));
                        });
  }

  /// exp and the first half step: with a shift s of each line, exp(x - s)
  /// divided by its sum plus eps exp(-s), which is exact for any s. Here s is
  /// the largest logit of the line, or log(eps) if that is larger, so that no
  /// term of the sum exceeds one. A line whose largest logit is not finite is
  /// not shifted, so that inf and NaN spread as they would.
  Value expStartAndFirstStep(Value logits, Axis axis, double eps) {
    Value shifts = reduceLines(
        logits, axis, [&](OpBuilder &b, Location l, ArrayRef<Value> line) {
          Value s = buildMaximum(b, l, line);
          Value zero = createFloat(b, l, element, 0.0);
          // s - s is 0 for finite s only.
          Value isFinite =
              arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ,
                                    arith::SubFOp::create(b, l, s, s), zero);
          Value shift = s;
          if (eps != 0)
            shift = arith::MaximumFOp::create(
                b, l, s, createFloat(b, l, element, std::log(eps)));
          return Value(arith::SelectOp::create(b, l, isFinite, shift, zero));
        });
    Value exps = shiftedExp(logits, axis, shifts);
    Value sums = reduceLines(exps, axis, buildTreeSum);
    if (eps != 0)
      sums = addShiftedEps(sums, shifts, eps);
    return divide(exps, axis, sums);
  }

protected:
  /// The indices of one number for each line, in a nest over elements.
  SmallVector<AffineExpr> lineIndices(const LoopNest &nest, Axis axis) const {
    SmallVector<AffineExpr> indices = nest.firstDims(rank - 2);
    indices.push_back(nest.dim(axis == Axis::Rows ? rank - 2 : rank - 1));
    return indices;
  }

  OpBuilder &builder;
  Location loc;
  RankedTensorType type;
  unsigned rank;
  int64_t streams;
  Type element;

private:
  static Value buildMaximum(OpBuilder &b, Location l, ArrayRef<Value> line) {
    Value result = line.front();
    for (Value other : line.drop_front())
      result = arith::MaximumFOp::create(b, l, result, other);
    return result;
  }

  /// sums + eps exp(-shifts), line by line; exp(log(eps) - shift) does not
  /// overflow where exp(-shift) would.
  Value addShiftedEps(Value sums, Value shifts, double eps) {
    LoopNest nest(builder, loc, rank - 1);
    nest.read(sums, nest.firstDims(rank - 1));
    nest.read(shifts, nest.firstDims(rank - 1));
    auto lines = cast<RankedTensorType>(sums.getType());
    return nest.map(createEmpty(builder, loc, lines, sums),
                    [&](OpBuilder &b, Location l, ValueRange args) {
                      Value exponent = arith::SubFOp::create(
                          b, l, createFloat(b, l, element, std::log(eps)),
                          args[1]);
                      return Value(arith::AddFOp::create(
                          b, l, args[0], math::ExpOp::create(b, l, exponent)));
                    });
  }
};

} // namespace mlir::mhc

#endif // LIB_CONVERSION_MHCTOLINALG_SINKHORNBUILDER_H
