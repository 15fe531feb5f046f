//===- FuseSinkhorn.cpp - Chains of half steps to mhc.sinkhorn ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCFUSESINKHORN
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Where a chain begins: the logits, and what of the iteration is done to them.
struct StartValue {
  Value logits;
  Start start = Start::Softmax;
  /// The eps that the start value fixes, none for an exponential.
  std::optional<double> eps;
  /// Half steps that an mhc.sinkhorn at the start has already done.
  SmallVector<Axis> axes;
};

/// Why a chain is not what #mhc.sinkhorn describes, and what would help.
struct Miss {
  Operation *at;
  std::string reason;
};
} // namespace

/// The value of a constant splat of floats.
static std::optional<double> getSplat(Value value) {
  APFloat constant(0.0);
  if (!matchPattern(value, m_ConstantFloat(&constant)))
    return std::nullopt;
  bool losesInfo = false;
  constant.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
  return constant.convertToDouble();
}

/// The softmax of the last axis.
static linalg::SoftmaxOp getRowSoftmax(Value value) {
  auto softmax = value.getDefiningOp<linalg::SoftmaxOp>();
  if (!softmax || softmax.getNumResults() != 1)
    return nullptr;
  int64_t rank = cast<ShapedType>(value.getType()).getRank();
  return static_cast<int64_t>(softmax.getDimension()) == rank - 1 ? softmax
                                                                  : nullptr;
}

/// Reads `value` as a start value, if it is one.
static std::optional<StartValue> matchStart(Value value) {
  StartValue result;
  if (auto exp = value.getDefiningOp<math::ExpOp>()) {
    result.logits = exp.getOperand();
    result.start = Start::Exp;
    return result;
  }
  if (auto sinkhorn = value.getDefiningOp<SinkhornOp>()) {
    SinkhornAttr convention = sinkhorn.getConvention();
    result.logits = sinkhorn.getLogits();
    result.start = convention.getStart();
    result.axes = convention.getAxes();
    if (result.start == Start::Softmax || convention.getIterations() > 0)
      result.eps = convention.getEpsValue();
    return result;
  }
  result.eps = 0.0;
  linalg::SoftmaxOp softmax = getRowSoftmax(value);
  if (auto add = value.getDefiningOp<arith::AddFOp>()) {
    for (auto [one, other] : {std::pair(add.getLhs(), add.getRhs()),
                              std::pair(add.getRhs(), add.getLhs())}) {
      softmax = getRowSoftmax(one);
      result.eps = getSplat(other);
      if (softmax && result.eps && one.hasOneUse())
        break;
      softmax = nullptr;
    }
  }
  if (!softmax)
    return std::nullopt;
  result.logits = softmax.getInput();
  return result;
}

/// An eps as the type of the matrix holds it: a softmax start adds a constant
/// of that type, a half step an attribute of type f64.
static double roundToElement(double eps, Value matrix) {
  return getElementTypeOrSelf(matrix.getType()).isF64()
             ? eps
             : static_cast<double>(static_cast<float>(eps));
}

/// The convention that `start` and then `axes` follow, or why there is none.
static FailureOr<SinkhornAttr>
matchConvention(const StartValue &start, MutableArrayRef<SinkhornStepOp> chain,
                Miss &miss) {
  auto fail = [&](Operation *at, const Twine &reason) {
    miss = {at, reason.str()};
    return failure();
  };
  SinkhornStepOp last = chain.back();
  double eps = chain.front().getEps().convertToDouble();
  for (SinkhornStepOp step : chain)
    if (step.getEps().convertToDouble() != eps)
      return fail(step, "eps changes along the chain");
  if (start.eps && roundToElement(*start.eps, last.getX()) !=
                       roundToElement(eps, last.getX()))
    return fail(chain.front(), "eps is not that of the start value");

  SmallVector<Axis> axes = start.axes;
  for (SinkhornStepOp step : chain)
    axes.push_back(step.getAxis());
  for (size_t i = 1; i < axes.size(); ++i)
    if (axes[i] == axes[i - 1]) {
      size_t steps = start.axes.size();
      return fail(chain[i < steps ? 0 : i - steps],
                  "two half steps in a row sum over the " +
                      stringifyAxis(axes[i]));
    }

  int64_t count = axes.size();
  if (start.start == Start::Softmax) {
    if (axes.front() != Axis::Columns)
      return fail(chain.front(), "a softmax start is the first row step, so "
                                 "columns must come next");
    if (count % 2 == 0)
      return fail(last, "the last iteration lacks its half step over the "
                        "columns");
    return SinkhornAttr::get(last.getContext(), (count + 1) / 2, eps,
                             Start::Softmax);
  }
  if (count % 2 != 0)
    return fail(last,
                "the last iteration lacks its half step over the " +
                    stringifyAxis(axes.back() == Axis::Rows ? Axis::Columns
                                                            : Axis::Rows));
  Order order =
      axes.front() == Axis::Columns ? Order::ColumnsRows : Order::RowsColumns;
  return SinkhornAttr::get(last.getContext(), count / 2, eps, Start::Exp,
                           order);
}

namespace {
struct FuseSinkhorn : mhc::impl::MHCFuseSinkhornBase<FuseSinkhorn> {
  void runOnOperation() override {
    // The last step of each chain, in program order.
    SmallVector<SinkhornStepOp> ends;
    getOperation()->walk([&](SinkhornStepOp step) {
      if (llvm::none_of(step->getUsers(), llvm::IsaPred<SinkhornStepOp>))
        ends.push_back(step);
    });
    for (SinkhornStepOp end : ends)
      fuse(end);
  }

private:
  void fuse(SinkhornStepOp end) {
    // Back to the first step.
    SmallVector<SinkhornStepOp> chain = {end};
    while (auto previous =
               chain.back().getX().getDefiningOp<SinkhornStepOp>()) {
      if (!previous->hasOneUse())
        return miss({previous, "an iterate has a second use"});
      chain.push_back(previous);
    }
    std::reverse(chain.begin(), chain.end());

    Value first = chain.front().getX();
    std::optional<StartValue> start = matchStart(first);
    if (!start)
      return miss({chain.front(),
                   "the chain starts from neither math.exp, a row "
                   "softmax plus eps, nor mhc.sinkhorn"});
    if (!first.hasOneUse())
      return miss({chain.front(), "the start value has a second use"});
    if (start->logits.getType() != end.getType())
      return miss({chain.front(), "the logits have another type"});
    Miss why;
    FailureOr<SinkhornAttr> convention = matchConvention(*start, chain, why);
    if (failed(convention))
      return miss(why);

    IRRewriter rewriter(&getContext());
    rewriter.setInsertionPoint(end);
    Location loc = end.getLoc();
    auto sinkhorn = SinkhornOp::create(rewriter, loc, end.getType(),
                                       *convention, start->logits);
    rewriter.replaceOp(end, sinkhorn);
    chain.pop_back();
    while (!chain.empty())
      rewriter.eraseOp(chain.pop_back_val());
    ++fused;
    remark::passed(loc, options("SinkhornFused", sinkhorn))
        << remark::add("a chain of half steps became one mhc.sinkhorn")
        << remark::metric("Iterations", convention->getIterations());
    // What made the start value has no use any more.
    for (Operation *dead = first.getDefiningOp();
         dead && isOpTriviallyDead(dead);) {
      Operation *next = nullptr;
      for (Value operand : dead->getOperands())
        if (operand.getDefiningOp<linalg::SoftmaxOp>())
          next = operand.getDefiningOp();
      rewriter.eraseOp(dead);
      dead = next;
    }
  }

  void miss(const Miss &why) {
    ++missed;
    remark::missed(why.at->getLoc(), options("SinkhornMissed", why.at))
        << remark::reason("{0}", why.reason);
  }

  static remark::RemarkOpts options(StringRef name, Operation *op) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    return remark::RemarkOpts::name(name)
        .category("mhc-fuse-sinkhorn")
        .function(function ? function.getName() : StringRef());
  }
};
} // namespace
