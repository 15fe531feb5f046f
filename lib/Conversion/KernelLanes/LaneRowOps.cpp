//===- LaneRowOps.cpp - The row algebra on one column, in lanes -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums over streams follow the numerics contract: one multiplication, then one
// fused multiply-add a term in order, and one rounding to the type of the
// result.
//
//===----------------------------------------------------------------------===//

#include "LaneMath.h"
#include "LaneProgram.h"

#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

void LaneProgram::emitCombine(CombineOp op) {
  Location loc = op.getLoc();
  Type type = op.getOut().getType(), element = getElementTypeOrSelf(type);
  int64_t streams = getElementCount(type);
  SmallVector<CombineTerm> terms = op.getTerms();
  LaneList out;
  for (int64_t o = 0; o < streams; ++o) {
    ProductSum sum{builder, loc, getComputeType(element)};
    for (const CombineTerm &term : terms) {
      LaneList row = lookup(term.row);
      LaneList factors;
      if (term.coefficients)
        factors = lookup(term.coefficients);
      bool withStreams = op.termHasStreams(term);
      Value own = withStreams ? row[o] : row[0];
      switch (term.kind) {
      case TermKind::Plain:
        sum.add(own);
        break;
      case TermKind::Scaled:
        sum.addProduct(isa<VectorType>(term.coefficients.getType())
                           ? factors[o]
                           : factors[0],
                       own);
        break;
      case TermKind::By:
      case TermKind::Transposed:
        if (!withStreams || !isa<VectorType>(term.row.getType())) {
          sum.addProduct(factors[o], own);
          break;
        }
        for (auto [i, x] : llvm::enumerate(row)) {
          int64_t place = term.kind == TermKind::By
                              ? o * static_cast<int64_t>(row.size()) + i
                              : i * streams + o;
          sum.addProduct(factors[place], x);
        }
        break;
      }
    }
    out.push_back(convertFloat(builder, loc, sum.sum, element));
  }
  define(op.getOut(), out);
}

void LaneProgram::emitAggregate(AggregateOp op) {
  Type element = getElementTypeOrSelf(op.getY().getType());
  ProductSum sum{builder, op.getLoc(), getComputeType(element)};
  for (auto [pre, x] : llvm::zip_equal(lookup(op.getPre()), lookup(op.getX())))
    sum.addProduct(pre, x);
  define(op.getY(), {convertFloat(builder, op.getLoc(), sum.sum, element)});
}

void LaneProgram::emitInner(InnerOp op) {
  Location loc = op.getLoc();
  Type element = getElementTypeOrSelf(op.getOut().getType());
  LaneList a = lookup(op.getA()), b = lookup(op.getB());
  auto convert = [&](Value value) {
    return convertFloat(builder, loc, value, element);
  };
  llvm::transform(a, a.begin(), convert);
  llvm::transform(b, b.begin(), convert);
  LaneList out;
  switch (op.getKind()) {
  case InnerKind::Pairs:
    for (Value p : a)
      for (Value q : b)
        out.push_back(arith::MulFOp::create(builder, loc, p, q));
    break;
  case InnerKind::Each:
    for (auto [p, q] : llvm::zip_equal(a, b))
      out.push_back(arith::MulFOp::create(builder, loc, p, q));
    break;
  case InnerKind::Whole: {
    ProductSum sum{builder, loc, element};
    for (auto [p, q] : llvm::zip_equal(a, b))
      sum.addProduct(p, q);
    out.push_back(sum.sum);
    break;
  }
  }
  define(op.getOut(), out);
}

LogicalResult LaneProgram::emitRowOp(Operation *op) {
  if (auto combine = dyn_cast<CombineOp>(op))
    emitCombine(combine);
  else if (auto aggregate = dyn_cast<AggregateOp>(op))
    emitAggregate(aggregate);
  else
    emitInner(cast<InnerOp>(op));
  return success();
}
