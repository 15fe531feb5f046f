//===- MHC.cpp - Derivatives of row and token ops -------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The row algebra is closed under differentiation:
//
//   combine      -> aggregate, combine, inner     project     -> backproject,
//   outer aggregate    -> combine, inner                backproject -> project,
//   outer inner        -> combine, aggregate            outer       -> project,
//   backproject
//
// What is added to a row is a term of one mhc.combine.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Builds what the rules of one op need. `d` is the gradient of its result.
class RowRules {
public:
  RowRules(Operation *op, Gradients &g)
      : g(g), builder(g.builder), loc(op->getLoc()) {}

  static RankedTensorType typeOf(Value value) {
    return cast<RankedTensorType>(value.getType());
  }
  static FloatType computeOf(Value row) {
    return getComputeType(typeOf(row).getElementType());
  }

  /// A row of `shape` that is not rounded to the type of rows: a term.
  RankedTensorType unrounded(Value like) {
    return typeOf(like).clone(computeOf(like));
  }

  /// The streams of `x` added up.
  Value sumStreams(Value x, Type element) {
    SmallVector<int64_t> shape(typeOf(x).getShape());
    shape.erase(shape.end() - 2);
    return ReduceStreamsOp::create(builder, loc,
                                   RankedTensorType::get(shape, element),
                                   StreamReduction::Sum, x);
  }

  Value inner(InnerKind kind, ArrayRef<int64_t> shape, Value a, Value b) {
    return InnerOp::create(
        builder, loc, RankedTensorType::get(shape, computeOf(a)), kind, a, b);
  }

  /// All pairs of streams of `a` and `b`, whose first `tokens` dimensions are
  /// those of tokens.
  Value pairs(Value a, Value b, unsigned tokens) {
    SmallVector<int64_t> shape(typeOf(a).getShape().drop_back());
    llvm::append_range(shape,
                       typeOf(b).getShape().drop_back().drop_front(tokens));
    return inner(InnerKind::Pairs, shape, a, b);
  }

  /// The sum over the last dimensions of coefficients that `rank` has not. All
  /// of them are first dimensions too where it is 0, which Gradients sums.
  Value sumLast(Value value, unsigned rank) {
    RankedTensorType type = typeOf(value);
    if (rank == 0 || rank == type.getRank())
      return value;
    LoopNest nest(builder, loc, type.getRank());
    nest.read(value, nest.firstDims(type.getRank()));
    auto sums = RankedTensorType::get(type.getShape().take_front(rank),
                                      type.getElementType());
    return nest.reduce(
        createZeros(builder, loc, sums, value), nest.firstDims(rank),
        [](OpBuilder &b, Location l, ValueRange args, Value sum) {
          return Value(arith::AddFOp::create(b, l, sum, args[0]));
        });
  }

  void differentiate(CombineOp op, Value d);
  void differentiate(InnerOp op, Value d);
  /// phi and the norm weight, from the gradient of their product.
  void differentiatePhi(Value phi, Value normWeight, Value d);

private:
  void differentiateTerm(CombineOp op, CombineTerm term, Value d);

  Gradients &g;
  OpBuilder &builder;
  Location loc;
};
} // namespace

//===----------------------------------------------------------------------===//
// combine
//===----------------------------------------------------------------------===//

void RowRules::differentiate(CombineOp op, Value d) {
  for (CombineTerm term : op.getTerms())
    differentiateTerm(op, term, d);
}

/// The gradients of coefficients read the row of the term: it is kept for them.
static Value keepOperands(Value inner, Builder &builder) {
  inner.getDefiningOp()->setAttr(kKeepOperands, builder.getUnitAttr());
  return inner;
}

void RowRules::differentiateTerm(CombineOp op, CombineTerm term, Value d) {
  Value row = term.row, k = term.coefficients;
  unsigned rank = typeOf(row).getRank();
  bool withStreams = op.termHasStreams(term);
  bool isScaled = term.kind == TermKind::Scaled;
  auto keep = [&](Value inner) { return keepOperands(inner, builder); };

  // A row that went to every stream, as it was or scaled.
  if (!withStreams && (term.kind == TermKind::Plain || isScaled)) {
    if (!g.isActive(row) && !(k && g.isActive(k)))
      return;
    Value sum =
        sumStreams(d, isScaled ? computeOf(row) : typeOf(row).getElementType());
    if (!isScaled)
      return g.add(row, sum);
    g.addTerm(row, {sum, k, TermKind::Scaled});
    if (g.isActive(k))
      g.add(k, keep(pairs(sum, row, rank - 1)));
    return;
  }

  switch (term.kind) {
  case TermKind::Plain:
    return g.addTerm(row, {d, nullptr, TermKind::Plain});
  case TermKind::Scaled: {
    g.addTerm(row, {d, k, TermKind::Scaled});
    if (!g.isActive(k))
      return;
    // One factor for each token and stream, or for each token.
    ArrayRef<int64_t> shape = typeOf(row).getShape();
    unsigned factors = typeOf(k).getRank();
    int64_t streams = rank >= 2 ? shape[rank - 2] : ShapedType::kDynamic;
    if (factors + 2 == rank && streams >= 1 && streams <= kMaxStreams)
      return g.add(k,
                   keep(inner(InnerKind::Whole, shape.drop_back(2), d, row)));
    Value products = inner(InnerKind::Pairs, shape.drop_back(), d, row);
    return g.add(k, sumLast(keep(products), factors));
  }
  case TermKind::By:
    if (!withStreams) {
      if (g.isActive(row))
        g.add(row, AggregateOp::create(builder, loc, row.getType(), d, k));
    } else {
      g.addTerm(row, {d, k, TermKind::Transposed});
    }
    if (g.isActive(k))
      g.add(k, keep(pairs(d, row, withStreams ? rank - 2 : rank - 1)));
    return;
  case TermKind::Transposed:
    g.addTerm(row, {d, k, TermKind::By});
    if (g.isActive(k))
      g.add(k, keep(pairs(row, d, rank - 2)));
    return;
  }
}

//===----------------------------------------------------------------------===//
// inner
//===----------------------------------------------------------------------===//

void RowRules::differentiate(InnerOp op, Value d) {
  Value a = op.getA(), b = op.getB();
  if (op.getKind() != InnerKind::Pairs) {
    // A sum of squares: both terms are one.
    if (a == b)
      return g.addTerm(
          a, {a, arith::AddFOp::create(builder, loc, d, d), TermKind::Scaled});
    g.addTerm(a, {b, d, TermKind::Scaled});
    g.addTerm(b, {a, d, TermKind::Scaled});
    return;
  }
  unsigned tokens = typeOf(a).getRank() + typeOf(b).getRank() - 2 -
                    getRank(op.getOut().getType());
  bool aStreams = typeOf(a).getRank() == tokens + 2;
  bool bStreams = typeOf(b).getRank() == tokens + 2;
  if (aStreams && bStreams) {
    g.addTerm(a, {b, d, TermKind::By});
    g.addTerm(b, {a, d, TermKind::Transposed});
  } else if (aStreams || bStreams) {
    Value x = aStreams ? a : b, y = aStreams ? b : a;
    g.addTerm(x, {y, d, TermKind::By});
    if (g.isActive(y))
      g.add(y, AggregateOp::create(builder, loc, y.getType(), x, d));
  } else {
    g.addTerm(a, {b, d, TermKind::Scaled});
    g.addTerm(b, {a, d, TermKind::Scaled});
  }
}

//===----------------------------------------------------------------------===//
// Products with phi
//===----------------------------------------------------------------------===//

void RowRules::differentiatePhi(Value phi, Value normWeight, Value d) {
  if (!normWeight)
    return g.add(phi, d);
  // The product of phi and the weight of each column.
  Type element = typeOf(d).getElementType();
  auto times = [&](OpBuilder &b, Location l, Value x, Value y) {
    return Value(
        arith::MulFOp::create(b, l, x, convertFloat(b, l, y, element)));
  };
  if (g.isActive(phi)) {
    LoopNest nest(builder, loc, 2);
    nest.read(d, nest.firstDims(2));
    nest.read(normWeight, nest.dim(1));
    g.add(phi, nest.map(createEmpty(builder, loc, typeOf(d), d),
                        [&](OpBuilder &b, Location l, ValueRange args) {
                          return times(b, l, args[0], args[1]);
                        }));
  }
  if (g.isActive(normWeight)) {
    LoopNest nest(builder, loc, 2);
    nest.read(d, nest.firstDims(2));
    nest.read(phi, nest.firstDims(2));
    Value zeros = createZeros(builder, loc, typeOf(normWeight).clone(element),
                              normWeight);
    g.add(
        normWeight,
        nest.reduce(zeros, nest.dim(1),
                    [&](OpBuilder &b, Location l, ValueRange args, Value sum) {
                      return Value(arith::AddFOp::create(
                          b, l, sum, times(b, l, args[0], args[1])));
                    }));
  }
}

static void addProducts(DerivativeRules &rules) {
  rules.add<ProjectOp>([](ProjectOp op, Gradients &g) {
    RowRules row(op, g);
    Value d = g.get(op.getOut()), x = op.getX(), phi = op.getPhi(),
          weight = op.getNormWeight();
    if (g.isActive(x))
      g.addTerm(x, {BackprojectOp::create(g.builder, op.getLoc(),
                                          row.unrounded(x), op.getExtent(), d,
                                          phi, weight, op.getPrecision()),
                    nullptr, TermKind::Plain});
    if (g.isActive(phi) || (weight && g.isActive(weight)))
      row.differentiatePhi(
          phi, weight,
          OuterOp::create(g.builder, op.getLoc(),
                          row.typeOf(phi).clone(row.computeOf(x)),
                          op.getExtent(), d, x, op.getPrecision()));
    return success();
  });
  rules.add<BackprojectOp>([](BackprojectOp op, Gradients &g) {
    RowRules row(op, g);
    Value d = g.get(op.getOut()), phi = op.getPhi(),
          weight = op.getNormWeight();
    if (g.isActive(op.getD()))
      g.add(op.getD(), ProjectOp::create(g.builder, op.getLoc(),
                                         op.getD().getType(), op.getExtent(), d,
                                         phi, weight, op.getPrecision()));
    if (g.isActive(phi) || (weight && g.isActive(weight)))
      row.differentiatePhi(
          phi, weight,
          OuterOp::create(g.builder, op.getLoc(),
                          row.typeOf(phi).clone(row.computeOf(d)),
                          op.getExtent(), op.getD(), d, op.getPrecision()));
    return success();
  });
  rules.add<OuterOp>([](OuterOp op, Gradients &g) {
    RowRules row(op, g);
    Value d = g.get(op.getOut()), x = op.getX();
    if (g.isActive(op.getD()))
      g.add(op.getD(),
            ProjectOp::create(g.builder, op.getLoc(), op.getD().getType(),
                              op.getExtent(), x, d, /*norm_weight=*/nullptr,
                              op.getPrecision()));
    if (g.isActive(x))
      g.addTerm(x,
                {BackprojectOp::create(g.builder, op.getLoc(), row.unrounded(x),
                                       op.getExtent(), op.getD(), d, nullptr,
                                       op.getPrecision()),
                 nullptr, TermKind::Plain});
    return success();
  });
}

//===----------------------------------------------------------------------===//
// Rows and tokens
//===----------------------------------------------------------------------===//

static void addRows(DerivativeRules &rules) {
  rules.add<CombineOp>([](CombineOp op, Gradients &g) {
    RowRules(op, g).differentiate(op, g.get(op.getOut()));
    return success();
  });
  rules.add<AggregateOp>([](AggregateOp op, Gradients &g) {
    Value d = g.get(op.getY()), x = op.getX();
    g.addTerm(x, {d, op.getPre(), TermKind::By});
    if (g.isActive(op.getPre()))
      g.add(op.getPre(),
            RowRules(op, g).pairs(d, x, RowRules::typeOf(d).getRank() - 1));
    return success();
  });
  rules.add<InnerOp>([](InnerOp op, Gradients &g) {
    RowRules(op, g).differentiate(op, g.get(op.getOut()));
    return success();
  });
  rules.add<ExpandOp>([](ExpandOp op, Gradients &g) {
    g.add(op.getX(), RowRules(op, g).sumStreams(
                         g.get(op.getOut()),
                         RowRules::typeOf(op.getX()).getElementType()));
    return success();
  });
  rules.add<PinOp>([](PinOp op, Gradients &g) {
    g.addTerm(op.getValue(), {g.get(op.getResult()), nullptr, TermKind::Plain});
    return success();
  });
  rules.add<ReduceStreamsOp>([](ReduceStreamsOp op, Gradients &g) {
    Value d = g.get(op.getY());
    if (op.getReduction() == StreamReduction::Sum) {
      g.addTerm(op.getX(), {d, nullptr, TermKind::Plain});
      return success();
    }
    RankedTensorType x = RowRules::typeOf(op.getX());
    double share = 1.0 / x.getDimSize(x.getRank() - 2);
    // An f64 constant and a cast, which the reference leaves out.
    auto exact = RankedTensorType::get({}, g.builder.getF64Type());
    Value k = arith::ConstantOp::create(g.builder, op.getLoc(),
                                        DenseElementsAttr::get(exact, share));
    FloatType compute = getComputeType(x.getElementType());
    if (!compute.isF64())
      k = arith::TruncFOp::create(g.builder, op.getLoc(), exact.clone(compute),
                                  k);
    g.addTerm(op.getX(), {d, k, TermKind::Scaled});
    return success();
  });
}

static void addTokens(DerivativeRules &rules) {
  rules.add<RstdOp>([](RstdOp op, Gradients &g) {
    g.add(op.getSquares(),
          RstdGradOp::create(g.builder, op.getLoc(), op.getOut(),
                             g.get(op.getOut()), op.getCountAttr()));
    return success();
  });
  rules.add<GatesOp>([](GatesOp op, Gradients &g) {
    SmallVector<Value> d;
    for (Value out : op.getOuts())
      d.push_back(g.getOrZero(out));
    auto h = cast<RankedTensorType>(op.getH().getType());
    auto base = cast<RankedTensorType>(op.getBase().getType());
    SmallVector<int64_t> shape(h.getShape().drop_back(base.getRank()));
    llvm::append_range(
        shape, cast<RankedTensorType>(op.getScale().getType()).getShape());
    auto grad = GatesGradOp::create(
        g.builder, op.getLoc(), h,
        RankedTensorType::get(shape, h.getElementType()), h, op.getGates(),
        op.getH(), op.getScale(), op.getBase(), d);
    g.add(op.getH(), grad.getDh());
    g.add(op.getScale(), grad.getDscale());
    g.add(op.getBase(), grad.getDbase());
    return success();
  });
  rules.add<SinkhornOp>([](SinkhornOp op, Gradients &g) {
    g.add(op.getLogits(),
          SinkhornGradOp::create(g.builder, op.getLoc(), op.getConvention(),
                                 op.getLogits(), g.get(op.getOut())));
    return success();
  });
  rules.add<SinkhornStepOp>([](SinkhornStepOp op, Gradients &g) {
    g.add(op.getX(), SinkhornStepGradOp::create(
                         g.builder, op.getLoc(), op.getAxisAttr(), op.getX(),
                         g.get(op.getOut()), op.getEpsAttr()));
    return success();
  });
}

void mlir::mhc::addMHCRules(DerivativeRules &rules) {
  addRows(rules);
  addProducts(rules);
  addTokens(rules);
}
