//===- LaneTokenOps.cpp - Gates and norms of several tokens, in lanes -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formulas are those of the lowering to linalg, op by op.
//
//===----------------------------------------------------------------------===//

#include "LaneMath.h"
#include "LaneProgram.h"
#include "LaneSinkhorn.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::mhc;

void LaneProgram::emitRstd(RstdOp op) {
  Location loc = op.getLoc();
  LaneList out;
  for (Value squares : lookup(op.getSquares())) {
    Type type = squares.getType();
    auto constant = [&](double value) {
      return createConstant(builder, loc, type, value);
    };
    Value mean = arith::DivFOp::create(builder, loc, squares,
                                       constant(op.getCount()));
    Value biased = arith::AddFOp::create(
        builder, loc, mean, constant(op.getEps().convertToDouble()));
    Value root = math::SqrtOp::create(builder, loc, biased);
    out.push_back(arith::DivFOp::create(builder, loc, constant(1.0), root));
  }
  define(op.getOut(), out);
}

LogicalResult LaneProgram::emitRstdGrad(Operation *op) {
  Location loc = op->getLoc();
  double count = op->getAttrOfType<IntegerAttr>("count").getInt();
  LaneList out;
  for (auto [rstd, d] :
       llvm::zip_equal(lookup(op->getOperand(0)), lookup(op->getOperand(1)))) {
    auto mul = [&](Value a, Value b) {
      return arith::MulFOp::create(builder, loc, a, b).getResult();
    };
    Value factor = createConstant(builder, loc, rstd.getType(), -0.5 / count);
    Value cube = mul(mul(rstd, rstd), rstd);
    out.push_back(mul(mul(factor, cube), d));
  }
  define(op->getResult(0), out);
  return success();
}

//===----------------------------------------------------------------------===//
// gates
//===----------------------------------------------------------------------===//

namespace {
/// Where the coefficients of a connection stand in h and base.
struct GatePlaces {
  bool isTanh;
  int64_t streams;
  unsigned groups;

  /// The number of coefficients in group pre (0), post (1) or res (2).
  int64_t getCount(unsigned group) const {
    return group == 2 ? streams * streams : streams;
  }
  /// The place of coefficient `k` of a group in h.
  int64_t getPlace(unsigned group, int64_t k) const {
    if (!isTanh)
      return group * streams + k;
    int64_t row = group == 2 ? k / streams : k;
    int64_t column = group == 2 ? 2 + k % streams : group;
    return row * (streams + 2) + column;
  }
};
} // namespace

/// 1 / (1 + exp(-c)).
static Value createSigmoid(OpBuilder &builder, Location loc, Value c) {
  Value one = createConstant(builder, loc, c.getType(), 1.0);
  Value exp =
      createExp(builder, loc, arith::NegFOp::create(builder, loc, c));
  return arith::DivFOp::create(builder, loc, one,
                               arith::AddFOp::create(builder, loc, one, exp));
}

void LaneProgram::emitGates(GatesOp op) {
  Location loc = op.getLoc();
  bool isTanh = op.getGates().getActivation() == Activation::Tanh;
  GatePlaces places{isTanh, getElementCount(op.getPre().getType()),
                    op.getNumResults()};
  LaneList h = lookup(op.getH()), scale = lookup(op.getScale()),
           base = lookup(op.getBase());
  for (unsigned group = 0; group < places.groups; ++group) {
    Value result = op.getOuts()[group];
    Type element = getElementTypeOrSelf(result.getType());
    LaneList out;
    for (int64_t k = 0; k < places.getCount(group); ++k) {
      int64_t place = places.getPlace(group, k);
      Value input = isTanh ? createTanh(builder, loc, h[place]) : h[place];
      Value c = math::FmaOp::create(
          builder, loc, convertLanes(builder, loc, scale[group], element),
          input, convertLanes(builder, loc, base[place], element));
      if (!isTanh && group == 0) {
        Value eps = createConstant(builder, loc, c.getType(),
                                   op.getGates().getPreEpsValue());
        c = arith::AddFOp::create(builder, loc, createSigmoid(builder, loc, c),
                                  eps);
      } else if (!isTanh && group == 1) {
        Value mult = createConstant(builder, loc, c.getType(),
                                    op.getGates().getPostMultValue());
        c = arith::MulFOp::create(builder, loc, createSigmoid(builder, loc, c),
                                  mult);
      }
      out.push_back(c);
    }
    define(result, out);
  }
}

LogicalResult LaneProgram::emitGatesGrad(Operation *op) {
  Location loc = op->getLoc();
  auto gates = op->getAttrOfType<GatesAttr>("gates");
  bool isTanh = gates.getActivation() == Activation::Tanh;
  GatePlaces places{isTanh, getElementCount(op->getOperand(3).getType()),
                    op->getNumOperands() - 3};
  LaneList h = lookup(op->getOperand(0)), scale = lookup(op->getOperand(1)),
           base = lookup(op->getOperand(2));
  Type element = getElementTypeOrSelf(op->getOperand(0).getType());
  auto mul = [&](Value a, Value b) {
    return arith::MulFOp::create(builder, loc, a, b).getResult();
  };
  auto constant = [&](double value) {
    return createConstant(builder, loc, getLaneType(element), value);
  };
  LaneList dh(h.size(), constant(0.0)), dbase(h.size(), constant(0.0));
  LaneList dscale(getElementCount(op->getResult(1).getType()), constant(0.0));
  for (unsigned group = 0; group < places.groups; ++group) {
    LaneList d = lookup(op->getOperand(3 + group)), products;
    Value factor = convertLanes(builder, loc, scale[group], element);
    for (int64_t k = 0; k < places.getCount(group); ++k) {
      int64_t place = places.getPlace(group, k);
      Value input = isTanh ? createTanh(builder, loc, h[place]) : h[place];
      Value dc = d[k];
      if (!isTanh && group < 2) {
        Value c = math::FmaOp::create(
            builder, loc, factor, input,
            convertLanes(builder, loc, base[place], element));
        Value s = createSigmoid(builder, loc, c);
        Value slope =
            mul(s, arith::SubFOp::create(builder, loc, constant(1.0), s));
        if (group == 1)
          dc = mul(constant(gates.getPostMultValue()), dc);
        dc = mul(dc, slope);
      }
      dbase[place] = dc;
      products.push_back(mul(dc, input));
      dh[place] = mul(factor, dc);
      if (isTanh) {
        Value slope = arith::SubFOp::create(builder, loc, constant(1.0),
                                            mul(input, input));
        dh[place] = mul(dh[place], slope);
      }
    }
    dscale[group] = createTreeSum(builder, loc, products);
  }
  define(op->getResult(0), dh);
  define(op->getResult(1), dscale);
  define(op->getResult(2), dbase);
  return success();
}

//===----------------------------------------------------------------------===//
// All token ops
//===----------------------------------------------------------------------===//

LogicalResult LaneProgram::emitTokenOp(Operation *op) {
  if (auto rstd = dyn_cast<RstdOp>(op)) {
    emitRstd(rstd);
    return success();
  }
  if (auto gates = dyn_cast<GatesOp>(op)) {
    emitGates(gates);
    return success();
  }
  StringRef name = op->getName().getStringRef();
  if (name == "mhc.rstd_grad")
    return emitRstdGrad(op);
  if (name == "mhc.gates_grad")
    return emitGatesGrad(op);

  LaneSinkhorn sinkhorn(builder, op->getLoc(), width);
  auto eps = [&] { return op->getAttrOfType<FloatAttr>("eps").getValueAsDouble(); };
  auto axis = [&] { return op->getAttrOfType<AxisAttr>("axis").getValue(); };
  auto convention = [&] { return op->getAttrOfType<SinkhornAttr>("convention"); };
  if (isa<SinkhornOp>(op)) {
    define(op->getResult(0),
           sinkhorn.run(lookup(op->getOperand(0)), convention()));
  } else if (isa<SinkhornStepOp>(op)) {
    define(op->getResult(0),
           sinkhorn.step(lookup(op->getOperand(0)), axis(), eps()));
  } else if (name == "mhc.sinkhorn_step_grad") {
    define(op->getResult(0),
           sinkhorn.stepGradient(lookup(op->getOperand(0)),
                                 lookup(op->getOperand(1)), axis(), eps()));
  } else if (name == "mhc.sinkhorn_grad") {
    Type element = getElementTypeOrSelf(op->getResult(0).getType());
    int64_t count = sinkhorn.countSums(lookup(op->getOperand(0)), convention());
    Value sums = count ? allocate(element, count) : Value();
    define(op->getResult(0),
           sinkhorn.gradient(lookup(op->getOperand(0)),
                             lookup(op->getOperand(1)), convention(), sums));
  } else {
    return reportUnknown(op);
  }
  return success();
}
