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
#include "llvm/ADT/TypeSwitch.h"

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
    Value mean =
        arith::DivFOp::create(builder, loc, squares, constant(op.getCount()));
    Value biased = arith::AddFOp::create(
        builder, loc, mean, constant(op.getEps().convertToDouble()));
    Value root = math::SqrtOp::create(builder, loc, biased);
    out.push_back(arith::DivFOp::create(builder, loc, constant(1.0), root));
  }
  define(op.getOut(), out);
}

void LaneProgram::emitRstdGrad(RstdGradOp op) {
  Location loc = op.getLoc();
  auto count = static_cast<double>(op.getCount());
  LaneList out;
  for (auto [rstd, d] :
       llvm::zip_equal(lookup(op.getRstd()), lookup(op.getD()))) {
    auto mul = [&](Value a, Value b) {
      return arith::MulFOp::create(builder, loc, a, b).getResult();
    };
    Value factor = createConstant(builder, loc, rstd.getType(), -0.5 / count);
    Value cube = mul(mul(rstd, rstd), rstd);
    out.push_back(mul(mul(factor, cube), d));
  }
  define(op.getDsquares(), out);
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
  Value exp = createExp(builder, loc, arith::NegFOp::create(builder, loc, c));
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
          builder, loc, convertFloat(builder, loc, scale[group], element),
          input, convertFloat(builder, loc, base[place], element));
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

void LaneProgram::emitGatesGrad(GatesGradOp op) {
  Location loc = op.getLoc();
  GatesAttr gates = op.getGates();
  bool isTanh = gates.getActivation() == Activation::Tanh;
  GatePlaces places{isTanh, getElementCount(op.getDouts()[0].getType()),
                    static_cast<unsigned>(op.getDouts().size())};
  LaneList h = lookup(op.getH()), scale = lookup(op.getScale()),
           base = lookup(op.getBase());
  Type element = getElementTypeOrSelf(op.getH().getType());
  auto mul = [&](Value a, Value b) {
    return arith::MulFOp::create(builder, loc, a, b).getResult();
  };
  auto constant = [&](double value) {
    return createConstant(builder, loc, getLaneType(element), value);
  };
  LaneList dh(h.size(), constant(0.0)), dbase(h.size(), constant(0.0));
  LaneList dscale(getElementCount(op.getDscale().getType()), constant(0.0));
  for (unsigned group = 0; group < places.groups; ++group) {
    LaneList d = lookup(op.getDouts()[group]), products;
    Value factor = convertFloat(builder, loc, scale[group], element);
    for (int64_t k = 0; k < places.getCount(group); ++k) {
      int64_t place = places.getPlace(group, k);
      Value input = isTanh ? createTanh(builder, loc, h[place]) : h[place];
      Value dc = d[k];
      if (!isTanh && group < 2) {
        Value c = math::FmaOp::create(
            builder, loc, factor, input,
            convertFloat(builder, loc, base[place], element));
        Value s = createSigmoid(builder, loc, c);
        // 1 - s as the sigmoid of -c: it is exactly 0 for an infinite c, even
        // where a quotient of 1 may be rounded.
        Value slope =
            mul(s, createSigmoid(builder, loc,
                                 arith::NegFOp::create(builder, loc, c)));
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
    dscale[group] = buildTreeSum(builder, loc, products);
  }
  define(op.getDh(), dh);
  define(op.getDscale(), dscale);
  define(op.getDbase(), dbase);
}

//===----------------------------------------------------------------------===//
// All token ops
//===----------------------------------------------------------------------===//

LogicalResult LaneProgram::emitTokenOp(Operation *op) {
  LaneSinkhorn lanes(builder, op->getLoc());
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](RstdOp rstd) { return emitRstd(rstd), success(); })
      .Case([&](RstdGradOp grad) { return emitRstdGrad(grad), success(); })
      .Case([&](GatesOp gates) { return emitGates(gates), success(); })
      .Case([&](GatesGradOp grad) { return emitGatesGrad(grad), success(); })
      .Case([&](SinkhornOp sinkhorn) {
        define(sinkhorn.getOut(), lanes.run(lookup(sinkhorn.getLogits()),
                                            sinkhorn.getConvention()));
        return success();
      })
      .Case([&](SinkhornStepOp step) {
        define(step.getOut(), lanes.step(lookup(step.getX()), step.getAxis(),
                                         step.getEps().convertToDouble()));
        return success();
      })
      .Case([&](SinkhornStepGradOp grad) {
        define(grad.getDx(),
               lanes.stepGradient(lookup(grad.getX()), lookup(grad.getD()),
                                  grad.getAxis(),
                                  grad.getEps().convertToDouble()));
        return success();
      })
      .Case([&](SinkhornGradOp grad) {
        LaneList logits = lookup(grad.getLogits());
        SinkhornAttr convention = grad.getConvention();
        Type element = getElementTypeOrSelf(grad.getDlogits().getType());
        int64_t count = lanes.countSums(logits, convention);
        LaneMemory sums = count ? allocate(element, count) : LaneMemory();
        define(grad.getDlogits(),
               lanes.gradient(logits, lookup(grad.getD()), convention, sums));
        return success();
      })
      .Default([&](Operation *) { return reportUnknown(op); });
}
