//===- LaneSinkhorn.cpp - The Sinkhorn iteration in lanes -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaneSinkhorn.h"

#include "LaneMath.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Lines
//===----------------------------------------------------------------------===//

int64_t LaneSinkhorn::getStreams(const LaneList &matrix) {
  return std::lround(std::sqrt(static_cast<double>(matrix.size())));
}

LaneList LaneSinkhorn::getLine(const LaneList &matrix, Axis axis, int64_t k) {
  int64_t n = getStreams(matrix);
  LaneList line;
  for (int64_t i = 0; i < n; ++i)
    line.push_back(matrix[axis == Axis::Rows ? k * n + i : i * n + k]);
  return line;
}

int64_t LaneSinkhorn::getLineOf(const LaneList &matrix, Axis axis,
                                int64_t place) {
  int64_t n = getStreams(matrix);
  return axis == Axis::Rows ? place / n : place % n;
}

LaneList LaneSinkhorn::addEps(const LaneList &matrix, double eps) {
  LaneList result;
  for (Value x : matrix)
    result.push_back(arith::AddFOp::create(
        builder, loc, x, createConstant(builder, loc, x.getType(), eps)));
  return result;
}

LaneList LaneSinkhorn::sumLines(const LaneList &matrix, Axis axis, double eps) {
  LaneList sums;
  for (int64_t k = 0, n = getStreams(matrix); k < n; ++k)
    sums.push_back(buildTreeSum(builder, loc, getLine(matrix, axis, k)));
  return addEps(sums, eps);
}

LaneList LaneSinkhorn::divide(const LaneList &matrix, Axis axis,
                              const LaneList &sums) {
  LaneList result;
  for (auto [place, x] : llvm::enumerate(matrix))
    result.push_back(arith::DivFOp::create(
        builder, loc, x, sums[getLineOf(matrix, axis, place)]));
  return result;
}

LaneList LaneSinkhorn::multiply(const LaneList &a, const LaneList &b) {
  LaneList result;
  for (auto [x, y] : llvm::zip_equal(a, b))
    result.push_back(arith::MulFOp::create(builder, loc, x, y));
  return result;
}

LaneList LaneSinkhorn::step(const LaneList &matrix, Axis axis, double eps) {
  return divide(matrix, axis, sumLines(matrix, axis, eps));
}

//===----------------------------------------------------------------------===//
// Start values
//===----------------------------------------------------------------------===//

static Value createMaximum(OpBuilder &builder, Location loc,
                           ArrayRef<Value> line) {
  Value result = line.front();
  for (Value other : line.drop_front())
    result = arith::MaximumFOp::create(builder, loc, result, other);
  return result;
}

LaneList LaneSinkhorn::exp(const LaneList &logits) {
  LaneList result;
  for (Value x : logits)
    result.push_back(createExp(builder, loc, x));
  return result;
}

LaneList LaneSinkhorn::softmax(const LaneList &logits) {
  LaneList shifted;
  for (auto [place, x] : llvm::enumerate(logits)) {
    int64_t row = getLineOf(logits, Axis::Rows, place);
    Value largest =
        createMaximum(builder, loc, getLine(logits, Axis::Rows, row));
    shifted.push_back(arith::SubFOp::create(builder, loc, x, largest));
  }
  LaneList exps = exp(shifted), sums;
  for (int64_t k = 0, n = getStreams(exps); k < n; ++k)
    sums.push_back(buildTreeSum(builder, loc, getLine(exps, Axis::Rows, k)));
  return divide(exps, Axis::Rows, sums);
}

// With a shift s of each line: exp(x - s) divided by its sum plus eps exp(-s),
// see mhc.sinkhorn.
LaneList LaneSinkhorn::expAndFirstStep(const LaneList &logits, Axis axis,
                                       double eps) {
  Type type = logits.front().getType();
  Value zero = createConstant(builder, loc, type, 0.0);
  LaneList shifts;
  for (int64_t k = 0, n = getStreams(logits); k < n; ++k) {
    Value s = createMaximum(builder, loc, getLine(logits, axis, k));
    // s - s is 0 for finite s only.
    Value isFinite =
        arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ,
                              arith::SubFOp::create(builder, loc, s, s), zero);
    Value shift = s;
    if (eps != 0)
      shift = arith::MaximumFOp::create(
          builder, loc, s, createConstant(builder, loc, type, std::log(eps)));
    shifts.push_back(
        arith::SelectOp::create(builder, loc, isFinite, shift, zero));
  }
  LaneList shifted;
  for (auto [place, x] : llvm::enumerate(logits))
    shifted.push_back(arith::SubFOp::create(
        builder, loc, x, shifts[getLineOf(logits, axis, place)]));
  LaneList exps = exp(shifted), sums;
  for (int64_t k = 0, n = getStreams(exps); k < n; ++k) {
    Value sum = buildTreeSum(builder, loc, getLine(exps, axis, k));
    if (eps != 0) {
      Value exponent = arith::SubFOp::create(
          builder, loc, createConstant(builder, loc, type, std::log(eps)),
          shifts[k]);
      sum = arith::AddFOp::create(builder, loc, sum,
                                  createExp(builder, loc, exponent));
    }
    sums.push_back(sum);
  }
  return divide(exps, axis, sums);
}

//===----------------------------------------------------------------------===//
// The iteration
//===----------------------------------------------------------------------===//

namespace {
/// The half steps of an iteration in order.
struct HalfSteps {
  Axis first, second;

  explicit HalfSteps(SinkhornAttr convention) {
    // With a softmax start the first row step is part of the start value.
    bool rowsFirst = convention.getStart() == Start::Softmax ||
                     convention.getOrder() == Order::RowsColumns;
    first = rowsFirst ? Axis::Rows : Axis::Columns;
    second = rowsFirst ? Axis::Columns : Axis::Rows;
  }
};
} // namespace

Value LaneSinkhorn::index(int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

LaneList LaneSinkhorn::run(const LaneList &logits, SinkhornAttr convention) {
  double eps = convention.getEpsValue();
  int64_t iterations = convention.getIterations();
  HalfSteps steps(convention);
  LaneList matrix;
  if (convention.getStart() == Start::Softmax) {
    matrix = addEps(softmax(logits), eps);
    if (iterations > 0)
      matrix = step(matrix, Axis::Columns, eps);
  } else if (iterations == 0) {
    matrix = exp(logits);
  } else {
    matrix = expAndFirstStep(logits, steps.first, eps);
    matrix = step(matrix, steps.second, eps);
  }
  if (iterations < 2)
    return matrix;
  // The others are one loop: iterations may be a thousand.
  auto loop = scf::ForOp::create(
      builder, loc, index(1), index(iterations), index(1), matrix,
      [&](OpBuilder &b, Location l, Value, ValueRange carried) {
        LaneSinkhorn inner(b, l);
        LaneList next = inner.step(LaneList(carried), steps.first, eps);
        next = inner.step(next, steps.second, eps);
        scf::YieldOp::create(b, l, next);
      });
  return LaneList(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Gradients
//===----------------------------------------------------------------------===//

LaneList LaneSinkhorn::center(const LaneList &matrix, const LaneList &d,
                              Axis axis) {
  LaneList products = multiply(d, matrix), sums;
  for (int64_t k = 0, n = getStreams(matrix); k < n; ++k)
    sums.push_back(buildTreeSum(builder, loc, getLine(products, axis, k)));
  LaneList result;
  for (auto [place, x] : llvm::enumerate(d))
    result.push_back(arith::SubFOp::create(
        builder, loc, x, sums[getLineOf(matrix, axis, place)]));
  return result;
}

LaneList LaneSinkhorn::stepGradient(const LaneList &matrix, const LaneList &d,
                                    Axis axis, double eps) {
  LaneList sums = sumLines(matrix, axis, eps);
  LaneList result = divide(matrix, axis, sums);
  return divide(center(result, d, axis), axis, sums);
}

int64_t LaneSinkhorn::countSums(const LaneList &logits,
                                SinkhornAttr convention) {
  int64_t halfSteps = 2 * static_cast<int64_t>(convention.getIterations()) - 1;
  return std::max<int64_t>(halfSteps, 0) * getStreams(logits);
}

void LaneSinkhorn::store(const LaneList &list, const LaneMemory &memory,
                         Value start) {
  for (auto [k, value] : llvm::enumerate(list))
    memory.store(builder, loc, value,
                 arith::AddIOp::create(builder, loc, start, index(k)));
}

LaneList LaneSinkhorn::load(const LaneMemory &memory, Value start,
                            int64_t count) {
  LaneList list;
  for (int64_t k = 0; k < count; ++k)
    list.push_back(memory.load(
        builder, loc, arith::AddIOp::create(builder, loc, start, index(k))));
  return list;
}

// The matrix and its gradient are carried backwards from the last half step:
// the matrix before a half step is the one after it times its sums.
LaneList LaneSinkhorn::gradient(const LaneList &logits, const LaneList &d,
                                SinkhornAttr convention,
                                const LaneMemory &sums) {
  double eps = convention.getEpsValue();
  int64_t iterations = convention.getIterations();
  bool isSoftmax = convention.getStart() == Start::Softmax;
  HalfSteps steps(convention);
  int64_t n = getStreams(logits), size = n * n;
  if (iterations == 0) {
    if (!isSoftmax)
      return multiply(exp(logits), d);
    LaneList p = softmax(logits);
    return multiply(p, center(p, d, Axis::Rows));
  }

  // Forwards. Kept are the sums of half step 0, the last of the first
  // iteration, and of two half steps for every further iteration.
  auto keepingStep = [&](LaneSinkhorn &at, const LaneList &matrix, Axis axis,
                         Value start) {
    LaneList lines = at.sumLines(matrix, axis, eps);
    at.store(lines, sums, start);
    return at.divide(matrix, axis, lines);
  };
  LaneList p, firstStep, matrix;
  Axis kept = isSoftmax ? Axis::Columns : steps.second;
  if (isSoftmax) {
    p = softmax(logits);
    matrix = addEps(p, eps);
  } else {
    firstStep = expAndFirstStep(logits, steps.first, eps);
    matrix = firstStep;
  }
  matrix = keepingStep(*this, matrix, kept, index(0));
  // The sums of iteration i start at (1 + 2 (i - 1)) n.
  auto getStart = [&](OpBuilder &b, Value i) -> Value {
    Value scaled = arith::MulIOp::create(
        b, loc, i, arith::ConstantIndexOp::create(b, loc, 2 * n).getResult());
    return arith::SubIOp::create(
        b, loc, scaled, arith::ConstantIndexOp::create(b, loc, n).getResult());
  };
  auto shift = [&](OpBuilder &b, Value start) -> Value {
    return arith::AddIOp::create(
        b, loc, start, arith::ConstantIndexOp::create(b, loc, n).getResult());
  };
  if (iterations > 1) {
    auto loop = scf::ForOp::create(
        builder, loc, index(1), index(iterations), index(1), matrix,
        [&](OpBuilder &b, Location l, Value i, ValueRange carried) {
          LaneSinkhorn inner(b, l);
          Value start = getStart(b, i);
          LaneList next =
              keepingStep(inner, LaneList(carried), steps.first, start);
          next = keepingStep(inner, next, steps.second, shift(b, start));
          scf::YieldOp::create(b, l, next);
        });
    matrix = LaneList(loop.getResults());
  }

  // Backwards.
  LaneList gradient = d;
  auto invert = [&](LaneSinkhorn &at, LaneList &x, LaneList &dx, Axis axis,
                    Value start) {
    LaneList lines = at.load(sums, start, n);
    dx = at.divide(at.center(x, dx, axis), axis, lines);
    LaneList spread;
    for (int64_t place = 0; place < size; ++place)
      spread.push_back(lines[at.getLineOf(x, axis, place)]);
    x = at.multiply(x, spread);
  };
  if (iterations > 1) {
    LaneList carried = matrix;
    llvm::append_range(carried, gradient);
    auto loop = scf::ForOp::create(
        builder, loc, index(1), index(iterations), index(1), carried,
        [&](OpBuilder &b, Location l, Value i, ValueRange state) {
          LaneSinkhorn inner(b, l);
          LaneList x(state.take_front(size)), dx(state.drop_front(size));
          Value back = arith::SubIOp::create(b, l, inner.index(iterations), i);
          Value start = getStart(b, back);
          invert(inner, x, dx, steps.second, shift(b, start));
          invert(inner, x, dx, steps.first, start);
          llvm::append_range(x, dx);
          scf::YieldOp::create(b, l, x);
        });
    matrix = LaneList(loop.getResults().take_front(size));
    gradient = LaneList(loop.getResults().drop_front(size));
  }
  invert(*this, matrix, gradient, kept, index(0));
  if (isSoftmax)
    return multiply(p, center(p, gradient, Axis::Rows));
  // The start value and its first half step together: x (dx - sum(dx x)).
  return multiply(firstStep, center(firstStep, gradient, steps.first));
}
