//===- Linalg.cpp - The derivative of linalg ops --------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One rule for linalg.generic and all named ops, through their interface. The
// gradient of an operand is a linalg.generic over the same loops: its body is
// the op's body, then the body's scalar derivative; loops that the operand's
// map does not name are reductions.
//
// An element that the body picks by tensor.extract has no map. Its gradients
// are computed as one tensor over all loops, and added where they belong by
// sequential loops, in their order, so that the result is repeatable.
//
//===----------------------------------------------------------------------===//

#include "Joint.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// What an output of the op is of its elements.
enum class OutputKind {
  /// Of one point of the loops; the old element may be read.
  Element,
  /// The old element plus a sum over loops.
  Sum,
  /// The largest or smallest, of the old element and those of some loops.
  Extremum,
};

/// An output that has a gradient.
struct Output {
  unsigned index;
  OutputKind kind;
  /// What is compared with the result of an extremum.
  Value candidate;
  /// Operands of the gradient ops: the gradient of the output, and of an
  /// extremum the result and the number of elements that are equal to it.
  unsigned d, result, count;
};

/// Differentiates one op.
class LinalgDerivative {
public:
  LinalgDerivative(linalg::LinalgOp op, Gradients &g)
      : op(op), g(g), builder(g.builder), loc(op.getLoc()), body(op.getBlock()),
        loops(op.getNumLoops()) {}

  LogicalResult run();

private:
  LogicalResult classifyOutputs();
  LogicalResult classify(Output &output);
  LogicalResult checkBody();
  LogicalResult differentiateOperand(OpOperand &operand);
  void differentiateScalar(Value captured);
  void differentiateExtract(tensor::ExtractOp extract);
  void countExtrema();

  /// Builds, at one point of the loops, a value from those of the body.
  using Point = function_ref<Value(OpBuilder &, const IRMapping &primal,
                                   ValueRange operands)>;
  /// A tensor of `init`'s type over all loops: elements, or, where `map` does
  /// not name all loops, sums. Null if `point` returns null.
  Value buildGeneric(Value init, AffineMap map, Point point);
  /// The gradients of the body's values at one point.
  DenseMap<Value, Value> reverseBody(OpBuilder &b, const IRMapping &primal,
                                     ValueRange operands);
  Value gradientOf(Value value, Value init, AffineMap map);
  unsigned addOperand(Value value, AffineMap map) {
    operands.push_back(value);
    maps.push_back(map);
    return operands.size() - 1;
  }

  linalg::LinalgOp op;
  Gradients &g;
  OpBuilder &builder;
  Location loc;
  Block *body;
  unsigned loops;
  /// Values of the body that depend on an active one.
  DenseSet<Value> active;
  SmallVector<Output> outputs;
  /// The operands of every gradient op, and for each argument of the body the
  /// one that holds it, if any.
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  SmallVector<std::optional<unsigned>> operandOfArgument;
  /// Ops that combine with an accumulator, which a gradient op does not have.
  DenseSet<Operation *> combiners;
};
} // namespace

//===----------------------------------------------------------------------===//
// What the op computes
//===----------------------------------------------------------------------===//

LogicalResult LinalgDerivative::classify(Output &output) {
  unsigned argument = op.getNumDpsInputs() + output.index;
  BlockArgument old = body->getArgument(argument);
  Value yielded = body->getTerminator()->getOperand(output.index);
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(output.index));
  if (!map.isProjectedPermutation())
    return op.emitOpError("expected an output of distinct loops, got ")
           << AffineMapAttr::get(map);
  if (op.getNumReductionLoops() == 0) {
    output.kind = OutputKind::Element;
    return success();
  }
  Operation *combiner = yielded.getDefiningOp();
  auto emitError = [&]() -> LogicalResult {
    return op.emitOpError("expected a reduction by a sum, a maximum or a "
                          "minimum for mhc-differentiate, got another");
  };
  if (!combiner || !old.hasOneUse() || *old.getUsers().begin() != combiner)
    return emitError();
  unsigned position = old.getUses().begin()->getOperandNumber();
  if (isa<arith::AddFOp>(combiner) ||
      (isa<arith::SubFOp>(combiner) && position == 0) ||
      (isa<math::FmaOp>(combiner) && position == 2)) {
    output.kind = OutputKind::Sum;
  } else if (isa<arith::MaximumFOp, arith::MaxNumFOp, arith::MinimumFOp,
                 arith::MinNumFOp>(combiner)) {
    output.kind = OutputKind::Extremum;
    output.candidate = combiner->getOperand(1 - position);
    if (g.isActive(op.getDpsInits()[output.index]))
      return op.emitOpError("expected a maximum that starts from a constant, "
                            "got one that starts from a value with a gradient");
  } else {
    return emitError();
  }
  combiners.insert(combiner);
  return success();
}

LogicalResult LinalgDerivative::classifyOutputs() {
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    Value d = g.get(op->getResult(i));
    if (!d)
      continue;
    Output output{i, OutputKind::Element, nullptr, 0, 0, 0};
    if (failed(classify(output)))
      return failure();
    outputs.push_back(output);
  }
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned argument = operand.getOperandNumber();
    // Only an op without reductions reads the old elements themselves.
    bool isRead = argument < op.getNumDpsInputs() ||
                  (op.getNumReductionLoops() == 0 &&
                   !body->getArgument(argument).use_empty());
    operandOfArgument.push_back(std::nullopt);
    if (isRead)
      operandOfArgument.back() =
          addOperand(operand.get(), op.getMatchingIndexingMap(&operand));
  }
  for (Output &output : outputs) {
    Value result = op->getResult(output.index);
    AffineMap map =
        op.getMatchingIndexingMap(op.getDpsInitOperand(output.index));
    output.d = addOperand(g.get(result), map);
    if (output.kind == OutputKind::Extremum)
      output.result = addOperand(result, map);
  }
  return success();
}

/// Finds the active values of the body, and refuses ops without a rule.
LogicalResult LinalgDerivative::checkBody() {
  auto isActive = [&](Value value) {
    return active.contains(value) || g.isActive(value);
  };
  for (OpOperand &operand : op->getOpOperands())
    if (g.isActive(operand.get()))
      active.insert(body->getArgument(operand.getOperandNumber()));
  for (Operation &inner : body->without_terminator()) {
    if (llvm::none_of(inner.getOperands(), isActive))
      continue;
    if (llvm::none_of(inner.getResultTypes(), isDifferentiable))
      continue;
    if (!isa<tensor::ExtractOp>(inner) && !g.rules.lookupScalar(&inner))
      return emitNoDerivative(&inner);
    for (Value operand : inner.getOperands())
      if (g.isActive(operand))
        active.insert(operand);
    active.insert(inner.result_begin(), inner.result_end());
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Gradient ops
//===----------------------------------------------------------------------===//

/// Erases the body's ops that nothing uses, then the inputs that nothing uses,
/// as long as those that are left say how far each loop goes.
static linalg::GenericOp pruneInputs(linalg::GenericOp generic,
                                     OpBuilder &builder) {
  Block *body = generic.getBody();
  eraseDeadOps(*body);
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  SmallVector<Value> inputs(generic.getInputs());
  for (unsigned i = inputs.size(); i-- > 0;) {
    if (!body->getArgument(i).use_empty())
      continue;
    SmallVector<AffineMap> fewer = maps;
    fewer.erase(fewer.begin() + i);
    if (!inversePermutation(concatAffineMaps(fewer, generic.getContext())))
      continue;
    maps = std::move(fewer);
    inputs.erase(inputs.begin() + i);
    body->eraseArgument(i);
  }
  auto pruned = linalg::GenericOp::create(
      builder, generic.getLoc(), generic.getResultTypes(), inputs,
      generic.getOutputs(), maps, generic.getIteratorTypesArray());
  pruned.getRegion().takeBody(generic.getRegion());
  generic.erase();
  return pruned;
}

Value LinalgDerivative::buildGeneric(Value init, AffineMap map, Point point) {
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::reduction);
  for (AffineExpr expr : map.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      iterators[dim.getPosition()] = utils::IteratorType::parallel;
  bool isSum = llvm::is_contained(iterators, utils::IteratorType::reduction);
  SmallVector<AffineMap> allMaps = maps;
  allMaps.push_back(map);
  bool isZero = false;
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), operands, init, allMaps, iterators,
      [&](OpBuilder &b, Location l, ValueRange args) {
        IRMapping primal;
        for (auto [index, operand] : llvm::enumerate(operandOfArgument))
          if (operand)
            primal.map(body->getArgument(index), args[*operand]);
        for (Operation &inner : body->without_terminator())
          if (!combiners.contains(&inner))
            b.clone(inner, primal);
        Value value = point(b, primal, args);
        isZero = !value;
        if (isZero)
          value = args.back();
        else if (isa<FloatType>(value.getType()))
          value = convertFloat(b, l, value, args.back().getType());
        if (isSum && !isZero)
          value = arith::AddFOp::create(b, l, args.back(), value);
        linalg::YieldOp::create(b, l, value);
      });
  if (isZero) {
    generic.erase();
    return nullptr;
  }
  return pruneInputs(generic, builder).getResult(0);
}

DenseMap<Value, Value> LinalgDerivative::reverseBody(OpBuilder &b,
                                                     const IRMapping &primal,
                                                     ValueRange args) {
  DenseMap<Value, Value> gradients;
  Operation *yield = body->getTerminator();
  for (const Output &output : outputs) {
    Value d = args[output.d], target = yield->getOperand(output.index);
    if (output.kind == OutputKind::Extremum) {
      target = output.candidate;
      Type compute = getGradientType(d.getType());
      Value share = arith::DivFOp::create(
          b, loc, convertFloat(b, loc, d, compute), args[output.count]);
      Value isExtremum = arith::CmpFOp::create(
          b, loc, arith::CmpFPredicate::OEQ, primal.lookupOrDefault(target),
          args[output.result]);
      d = arith::SelectOp::create(b, loc, isExtremum, share,
                                  createFloat(b, loc, compute, 0.0));
    }
    addScalarTerm(b, loc, target, d, gradients);
  }
  for (Operation &inner : llvm::reverse(body->without_terminator())) {
    if (isa<tensor::ExtractOp>(inner) || inner.getNumResults() != 1 ||
        !active.contains(inner.getResult(0)) ||
        !gradients.contains(inner.getResult(0)))
      continue;
    // The comparison with the extremum is in its place.
    bool isExtremum = llvm::any_of(outputs, [&](const Output &output) {
      return output.kind == OutputKind::Extremum &&
             yield->getOperand(output.index) == inner.getResult(0);
    });
    if (isExtremum)
      continue;
    ScalarGradient scalar(&inner, b, primal, gradients, active);
    (*g.rules.lookupScalar(&inner))(scalar);
  }
  return gradients;
}

Value LinalgDerivative::gradientOf(Value value, Value init, AffineMap map) {
  return buildGeneric(
      init, map,
      [&](OpBuilder &b, const IRMapping &primal, ValueRange args) -> Value {
        return reverseBody(b, primal, args).lookup(value);
      });
}

/// How many elements are equal to the extremum: they share its gradient.
void LinalgDerivative::countExtrema() {
  for (Output &output : outputs) {
    if (output.kind != OutputKind::Extremum)
      continue;
    Value d = g.get(op->getResult(output.index));
    auto type = cast<RankedTensorType>(d.getType());
    Type compute = getGradientType(type.getElementType());
    AffineMap map =
        op.getMatchingIndexingMap(op.getDpsInitOperand(output.index));
    Value counts = buildGeneric(
        createZeros(builder, loc, type.clone(compute), d), map,
        [&](OpBuilder &b, const IRMapping &primal, ValueRange args) -> Value {
          Value isExtremum = arith::CmpFOp::create(
              b, loc, arith::CmpFPredicate::OEQ,
              primal.lookupOrDefault(output.candidate), args[output.result]);
          return arith::SelectOp::create(b, loc, isExtremum,
                                         createFloat(b, loc, compute, 1.0),
                                         createFloat(b, loc, compute, 0.0));
        });
    output.count = addOperand(counts, map);
  }
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

LogicalResult LinalgDerivative::differentiateOperand(OpOperand &operand) {
  Value value = operand.get();
  BlockArgument argument = body->getArgument(operand.getOperandNumber());
  if (!g.isActive(value))
    return success();
  // The start of a sum adds to each of its results.
  if (op.isDpsInit(&operand) && op.getNumReductionLoops() > 0) {
    unsigned index = operand.getOperandNumber() - op.getNumDpsInputs();
    if (Value d = g.get(op->getResult(index)))
      g.add(value, d);
    return success();
  }
  if (argument.use_empty())
    return success();
  AffineMap map = op.getMatchingIndexingMap(&operand);
  if (!isa<RankedTensorType>(value.getType())) {
    differentiateScalar(argument);
    return success();
  }
  llvm::SmallDenseSet<AffineExpr> distinct;
  for (AffineExpr expr : map.getResults())
    if (!isa<AffineConstantExpr>(expr) &&
        (!isa<AffineDimExpr>(expr) || !distinct.insert(expr).second))
      return op.emitOpError(
                 "expected operands with a gradient to be indexed by "
                 "distinct loops, got ")
             << AffineMapAttr::get(map);

  auto type = cast<RankedTensorType>(value.getType());
  Value init;
  if (distinct.size() == loops && map.getNumResults() == loops)
    // Rounded at once where it is the only term.
    init = createEmpty(builder, loc,
                       g.hasOneTerm(value)
                           ? type
                           : type.clone(getGradientType(type.getElementType())),
                       value);
  else
    init =
        createZeros(builder, loc,
                    type.clone(getGradientType(type.getElementType())), value);
  if (Value gradient = gradientOf(argument, init, map))
    g.add(value, gradient);
  return success();
}

/// A scalar that every point of the loops reads: an operand, by its argument,
/// or a value from outside.
void LinalgDerivative::differentiateScalar(Value scalar) {
  auto type = RankedTensorType::get({}, getGradientType(scalar.getType()));
  Value gradient = gradientOf(scalar, createZeros(builder, loc, type, nullptr),
                              AffineMap::get(loops, 0, builder.getContext()));
  if (!gradient)
    return;
  Value target = scalar;
  if (auto argument = dyn_cast<BlockArgument>(scalar))
    if (argument.getOwner() == body)
      target = op->getOperand(argument.getArgNumber());
  g.add(target, gradient);
}

/// The number of iterations of each loop.
static SmallVector<OpFoldResult> getLoopSizes(linalg::LinalgOp op,
                                              OpBuilder &builder) {
  SmallVector<OpFoldResult> sizes(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [index, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        if (!sizes[dim.getPosition()])
          sizes[dim.getPosition()] =
              tensor::getMixedSize(builder, op.getLoc(), operand.get(), index);
  }
  return sizes;
}

void LinalgDerivative::differentiateExtract(tensor::ExtractOp extract) {
  Value source = extract.getTensor();
  SmallVector<OpFoldResult> sizes = getLoopSizes(op, builder);
  AffineMap identity = builder.getMultiDimIdentityMap(loops);
  Type compute = getGradientType(extract.getType());
  auto createOver = [&](Type element) -> Value {
    return tensor::EmptyOp::create(builder, loc, sizes, element);
  };
  Value gradient =
      gradientOf(extract.getResult(), createOver(compute), identity);
  if (!gradient)
    return;
  SmallVector<Value> places;
  for (Value index : extract.getIndices())
    places.push_back(buildGeneric(
        createOver(builder.getIndexType()), identity,
        [&](OpBuilder &, const IRMapping &primal, ValueRange) -> Value {
          return primal.lookupOrDefault(index);
        }));

  auto type = cast<RankedTensorType>(source.getType());
  Value zeros = createZeros(builder, loc, type.clone(compute), source);
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  SmallVector<Value> lower(loops, zero), steps(loops, one), upper;
  for (OpFoldResult size : sizes)
    upper.push_back(getValueOrCreateConstantIndexOp(builder, loc, size));
  scf::LoopNest nest = scf::buildLoopNest(
      builder, loc, lower, upper, steps, zeros,
      [&](OpBuilder &b, Location l, ValueRange ivs,
          ValueRange carried) -> scf::ValueVector {
        SmallVector<Value> at;
        for (Value place : places)
          at.push_back(tensor::ExtractOp::create(b, l, place, ivs));
        Value term = tensor::ExtractOp::create(b, l, gradient, ivs);
        Value old = tensor::ExtractOp::create(b, l, carried[0], at);
        Value sum = arith::AddFOp::create(b, l, old, term);
        return {tensor::InsertOp::create(b, l, sum, carried[0], at)};
      });
  g.add(source, nest.results.front());
}

LogicalResult LinalgDerivative::run() {
  if (failed(classifyOutputs()) || failed(checkBody()))
    return failure();
  countExtrema();
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegion(0), captured);
  for (OpOperand &operand : op->getOpOperands())
    if (failed(differentiateOperand(operand)))
      return failure();
  for (Value value : captured)
    if (g.isActive(value) && isa<FloatType>(value.getType()))
      differentiateScalar(value);
  for (Operation &inner : body->without_terminator())
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner))
      if (g.isActive(extract.getTensor()))
        differentiateExtract(extract);
  return success();
}

LogicalResult mlir::mhc::differentiateLinalg(Operation *op,
                                             Gradients &gradients) {
  return LinalgDerivative(cast<linalg::LinalgOp>(op), gradients).run();
}
