//===- LowerConnections.cpp - Connections to row and token ops ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formulas of the dialect reference, written once in the ops below the
// model level: coefficients, aggregate, the sublayer inlined, combine.
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCLOWERCONNECTIONS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// What a connection or head reads coefficients from.
struct Projection {
  VariantAttr variant;
  TypedValue<RankedTensorType> x;
  TypedValue<RankedTensorType> phi;
  TypedValue<RankedTensorType> scale;
  TypedValue<RankedTensorType> base;
  TypedValue<RankedTensorType> normWeight;
};

/// Pre, post and the mixing matrix as stored; null where there is none.
struct Coefficients {
  Value pre, post, res;
  bool resIsTransposed = false;
};

/// Builds the coefficients of one connection or head.
class CoefficientBuilder {
public:
  CoefficientBuilder(OpBuilder &builder, Location loc,
                     const Projection &projection)
      : builder(builder), loc(loc), p(projection),
        shape(p.x.getType().getShape()), tokens(shape.drop_back(2)),
        streams(shape[shape.size() - 2]), hidden(shape.back()),
        compute(getComputeType(p.x.getType().getElementType())) {}

  /// Of an mhc connection or head: a product with the whole token.
  Coefficients buildMHC() {
    int64_t m = p.phi.getType().getDimSize(0);
    Value h = buildLogits({}, Extent::Whole, m, streams * hidden);
    SmallVector<Type> types = {getType(streams)};
    if (m > streams)
      types.push_back(getType(streams));
    if (m == streams * (streams + 2) && m > 2 * streams)
      types.push_back(getType({streams, streams}));
    auto gates = GatesOp::create(builder, loc, types, p.variant.getGates(), h,
                                 p.scale, p.base);
    Coefficients result{gates.getPre(), gates.getPost(), nullptr};
    SinkhornAttr convention = p.variant.getSinkhorn();
    if (convention && gates.getRes())
      result.res = SinkhornOp::create(builder, loc, gates.getRes().getType(),
                                      convention, gates.getRes());
    result.resIsTransposed = p.variant.getLayout() == Layout::InOut;
    return result;
  }

  /// Of an hc connection: a product with each stream, or base alone.
  Coefficients buildHC() {
    Coefficients result;
    result.resIsTransposed = true;
    if (!p.phi) {
      Value base = convertTensor(builder, loc, p.base, compute);
      result.pre = sliceColumns(base, 0, 1);
      result.post = sliceColumns(base, 1, 1);
      result.res = sliceColumns(base, 2, streams);
      return result;
    }
    Value h = buildLogits(streams, Extent::Each, streams + 2, hidden);
    auto gates = GatesOp::create(builder, loc,
                                 TypeRange{getType(streams), getType(streams),
                                           getType({streams, streams})},
                                 p.variant.getGates(), h, p.scale, p.base);
    result.pre = gates.getPre();
    result.post = gates.getPost();
    result.res = gates.getRes();
    return result;
  }

private:
  RankedTensorType getType(ArrayRef<int64_t> trailing) {
    SmallVector<int64_t> dims(tokens);
    llvm::append_range(dims, trailing);
    return RankedTensorType::get(dims, compute);
  }

  /// h = rstd * (phi v), the division after the product. `group` is [] where
  /// the whole token is normalised and [n] where each stream is, over `count`
  /// columns; `m` rows of phi.
  Value buildLogits(ArrayRef<int64_t> group, Extent extent, int64_t m,
                    int64_t count) {
    Value row = p.variant.getNorm() == Norm::Layer ? buildCentred(group, count)
                                                   : Value(p.x);
    InnerKind kind = group.empty() ? InnerKind::Whole : InnerKind::Each;
    Value squares =
        InnerOp::create(builder, loc, getType(group), kind, row, row);
    Value rstd = RstdOp::create(builder, loc, squares.getType(), squares,
                                builder.getI64IntegerAttr(count),
                                p.variant.getNormEps());
    SmallVector<int64_t> trailing(group);
    trailing.push_back(m);
    RankedTensorType type = getType(trailing);
    Value product = ProjectOp::create(builder, loc, type, extent, row, p.phi,
                                      p.normWeight, p.variant.getPrecision());
    unsigned rank = type.getRank();
    LoopNest nest(builder, loc, rank);
    nest.read(product, nest.firstDims(rank));
    nest.read(rstd, nest.firstDims(rank - 1));
    return nest.map(createEmpty(builder, loc, type, p.x),
                    [](OpBuilder &b, Location l, ValueRange args) {
                      return Value(
                          arith::MulFOp::create(b, l, args[1], args[0]));
                    });
  }

  /// x minus its mean over `count` columns, in the type of the coefficients.
  Value buildCentred(ArrayRef<int64_t> group, int64_t count) {
    // Summed and divided in f64, as every sum over hidden, and rounded once.
    FloatType f64 = builder.getF64Type();
    unsigned rank = shape.size(), meanRank = tokens.size() + group.size();
    LoopNest sums(builder, loc, rank);
    sums.read(p.x, sums.firstDims(rank));
    RankedTensorType sumType = getType(group).clone(f64);
    Value sum = sums.reduce(
        createZeros(builder, loc, sumType, p.x), sums.firstDims(meanRank),
        [&](OpBuilder &b, Location l, ValueRange args, Value sum) {
          return Value(arith::AddFOp::create(b, l, sum,
                                             convertFloat(b, l, args[0], f64)));
        });

    RankedTensorType type = RankedTensorType::get(shape, compute);
    LoopNest nest(builder, loc, rank);
    nest.read(p.x, nest.firstDims(rank));
    nest.read(sum, nest.firstDims(meanRank));
    return nest.map(createEmpty(builder, loc, type, p.x),
                    [&](OpBuilder &b, Location l, ValueRange args) {
                      Value mean = arith::DivFOp::create(
                          b, l, args[1], createFloat(b, l, f64, count));
                      return Value(arith::SubFOp::create(
                          b, l, convertFloat(b, l, args[0], compute),
                          convertFloat(b, l, mean, compute)));
                    });
  }

  /// Columns [first, first + count) of a matrix; one column loses its
  /// dimension.
  Value sliceColumns(Value matrix, int64_t first, int64_t count) {
    int64_t rows = cast<RankedTensorType>(matrix.getType()).getDimSize(0);
    SmallVector<int64_t> dims = {rows};
    // With one stream, res is a matrix of one column: it keeps both dimensions.
    if (first >= 2)
      dims.push_back(count);
    auto type = RankedTensorType::get(dims, compute);
    auto index = [&](int64_t i) {
      return OpFoldResult(builder.getIndexAttr(i));
    };
    return tensor::ExtractSliceOp::create(
        builder, loc, type, matrix,
        SmallVector<OpFoldResult>{index(0), index(first)},
        SmallVector<OpFoldResult>{index(rows), index(count)},
        SmallVector<OpFoldResult>{index(1), index(1)});
  }

  OpBuilder &builder;
  Location loc;
  const Projection &p;
  ArrayRef<int64_t> shape, tokens;
  int64_t streams, hidden;
  FloatType compute;
};

struct LowerConnections : mhc::impl::MHCLowerConnectionsBase<LowerConnections> {
  void runOnOperation() override {
    // Inner connections first: a sublayer may hold some.
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](Operation *op) {
      rewriter.setInsertionPoint(op);
      if (auto connection = dyn_cast<ConnectionOp>(op))
        lower(connection, rewriter);
      else if (auto head = dyn_cast<HeadOp>(op))
        lower(head, rewriter);
    });
  }

private:
  void lower(ConnectionOp op, IRRewriter &rewriter) {
    Location loc = op.getLoc();
    auto yType = cast<RankedTensorType>(op.getY().getType());
    Projection projection{op.getVariant(), op.getX(),    op.getPhi(),
                          op.getScale(),   op.getBase(), op.getNormWeight()};
    Coefficients coefficients;
    switch (op.getVariant().getKind()) {
    case Kind::Residual:
      break;
    case Kind::HC:
      coefficients = CoefficientBuilder(rewriter, loc, projection).buildHC();
      break;
    case Kind::MHC:
      coefficients = CoefficientBuilder(rewriter, loc, projection).buildMHC();
      break;
    }

    // What F reads.
    Value pre = op.getPreIn() ? Value(op.getPreIn()) : coefficients.pre;
    Value y;
    if (pre)
      y = AggregateOp::create(rewriter, loc, yType, op.getX(), pre);
    else if (op.hasStreams())
      y = ReduceStreamsOp::create(rewriter, loc, yType, StreamReduction::Sum,
                                  op.getX());
    else if (op.getX().getType() == yType)
      y = op.getX();
    else
      y = CombineOp::create(rewriter, loc, yType,
                            CombineTerm{op.getX(), nullptr, TermKind::Plain});

    // F itself.
    Operation *yield = op.getSublayer().front().getTerminator();
    Value f = yield->getOperand(0);
    if (f == op.getY())
      f = y;
    rewriter.inlineBlockBefore(&op.getSublayer().front(), op, y);
    rewriter.eraseOp(yield);
    rewriter.setInsertionPoint(op);

    // What F's result and the streams become.
    CombineTerm fTerm{f, coefficients.post, TermKind::By};
    if (!coefficients.post)
      fTerm.kind = TermKind::Plain;
    CombineTerm xTerm{op.getX(), coefficients.res,
                      coefficients.resIsTransposed ? TermKind::Transposed
                                                   : TermKind::By};
    if (!coefficients.res)
      xTerm.kind = TermKind::Plain;
    SmallVector<Value> results = {CombineOp::create(
        rewriter, loc, op.getOut().getType(), ArrayRef{fTerm, xTerm})};
    if (op.getPre())
      results.push_back(coefficients.pre);
    rewriter.replaceOp(op, results);
    ++connections;
  }

  void lower(HeadOp op, IRRewriter &rewriter) {
    Projection projection{op.getVariant(), op.getX(),    op.getPhi(),
                          op.getScale(),   op.getBase(), op.getNormWeight()};
    Coefficients coefficients =
        CoefficientBuilder(rewriter, op.getLoc(), projection).buildMHC();
    rewriter.replaceOpWithNewOp<AggregateOp>(op, op.getY().getType(), op.getX(),
                                             coefficients.pre);
    ++heads;
  }
};
} // namespace
