//===- Reverse.cpp - The walk backwards through a function ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Joint.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mhc;

SmallVector<Type> mlir::mhc::getGradientTypes(TypeRange types) {
  SmallVector<Type> result;
  for (Type type : types)
    if (isDifferentiable(type))
      result.push_back(type);
  return result;
}

/// The operands of an op, and what its regions use from outside.
static SmallVector<Value> getReads(Operation *op) {
  llvm::SetVector<Value> reads(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), reads);
  return reads.takeVector();
}

/// The values on a path from a float argument to a float result.
static DenseSet<Value> findActive(Block &block, ArrayRef<Value> results) {
  DenseSet<Value> varied, useful(results.begin(), results.end());
  for (BlockArgument argument : block.getArguments())
    if (isDifferentiable(argument.getType()))
      varied.insert(argument);
  for (Operation &op : block)
    if (llvm::any_of(getReads(&op),
                     [&](Value value) { return varied.contains(value); }))
      for (Value result : op.getResults())
        if (isDifferentiable(result.getType()))
          varied.insert(result);
  for (Operation &op : llvm::reverse(block))
    if (llvm::any_of(op.getResults(), [&](Value value) {
          return useful.contains(value) && varied.contains(value);
        }))
      for (Value value : getReads(&op))
        useful.insert(value);
  DenseSet<Value> active;
  for (Value value : varied)
    if (useful.contains(value))
      active.insert(value);
  return active;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

static func::FuncOp lookupCallee(func::CallOp call) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
}

/// Adds what a gradient function returns to the gradients of the arguments.
static void addArgumentGradients(ValueRange arguments, ValueRange terms,
                                 Gradients &g) {
  auto term = terms.begin();
  for (Value argument : arguments)
    if (isDifferentiable(argument.getType()))
      g.add(argument, *term++);
}

static SmallVector<Value> getResultGradients(ValueRange results, Gradients &g) {
  SmallVector<Value> gradients;
  for (Value result : results)
    if (isDifferentiable(result.getType()))
      gradients.push_back(g.getOrZero(result));
  return gradients;
}

/// A callee that names its gradient.
static LogicalResult callNamedGradient(func::CallOp call, Attribute name,
                                       Gradients &g) {
  auto symbol = dyn_cast<FlatSymbolRefAttr>(name);
  auto gradient =
      symbol ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, symbol)
             : nullptr;
  func::FuncOp callee = lookupCallee(call);
  if (!gradient)
    return callee.emitOpError(
               "expected 'mhc.gradient' to name a function, got ")
           << name;
  SmallVector<Type> inputs(call.getOperandTypes());
  llvm::append_range(inputs, getGradientTypes(call.getResultTypes()));
  auto expected = FunctionType::get(call.getContext(), inputs,
                                    getGradientTypes(call.getOperandTypes()));
  if (gradient.getFunctionType() != expected)
    return gradient.emitOpError("expected the gradient of '@")
           << callee.getName() << "' to have the type " << expected << ", got "
           << gradient.getFunctionType();
  SmallVector<Value> operands(call.getOperands());
  llvm::append_range(operands, getResultGradients(call.getResults(), g));
  auto reverse =
      func::CallOp::create(g.builder, call.getLoc(), gradient, operands);
  addArgumentGradients(call.getOperands(), reverse.getResults(), g);
  return success();
}

static LogicalResult differentiateCall(func::CallOp call, Gradients &g,
                                       DeriveCallee derive) {
  func::FuncOp callee = lookupCallee(call);
  if (Attribute name = callee->getAttr(kGradient))
    return callNamedGradient(call, name, g);
  if (callee.isDeclaration())
    return call.emitOpError("expected a callee with a body, or with its "
                            "gradient's name in 'mhc.gradient', got '@")
           << callee.getName() << "'";
  FailureOr<DerivedFunctions> derived = derive(callee);
  if (failed(derived))
    return failure();
  // The call itself now returns the residuals too.
  OpBuilder before(call);
  auto forward = func::CallOp::create(before, call.getLoc(), derived->forward,
                                      call.getOperands());
  ResultRange all = forward.getResults();
  unsigned count = call.getNumResults();
  // What the callee only passes through is here under the caller's name.
  Operation *end = derived->forward.getBody().front().getTerminator();
  SmallVector<Value> operands;
  for (auto [value, result] : llvm::zip_equal(
           end->getOperands().drop_front(count), all.drop_front(count))) {
    auto argument = dyn_cast<BlockArgument>(value);
    operands.push_back(argument ? call.getOperand(argument.getArgNumber())
                                : Value(result));
  }
  llvm::append_range(operands, getResultGradients(call.getResults(), g));
  auto backward = func::CallOp::create(g.builder, call.getLoc(),
                                       derived->backward, operands);
  addArgumentGradients(call.getOperands(), backward.getResults(), g);
  call.replaceAllUsesWith(all.take_front(count));
  call.erase();
  return success();
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

/// An op on scalars between the ops on tensors.
static LogicalResult differentiateScalarOp(Operation *op, Gradients &g,
                                           const DenseSet<Value> &active) {
  Value result = op->getResult(0);
  DenseMap<Value, Value> gradients = {{result, g.get(result)}};
  ScalarGradient scalar(op, g.builder, IRMapping(), gradients, active);
  (*g.rules.lookupScalar(op))(scalar);
  for (Value operand :
       llvm::SetVector<Value>(op->operand_begin(), op->operand_end()))
    if (Value term = gradients.lookup(operand))
      if (operand != result)
        g.add(operand, term);
  return success();
}

static LogicalResult differentiate(Operation *op, Gradients &g,
                                   const DenseSet<Value> &active,
                                   DeriveCallee derive) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return differentiateCall(call, g, derive);
  if (const DerivativeRules::Rule *rule = g.rules.lookup(op))
    return (*rule)(op, g);
  if (isa<linalg::LinalgOp>(op))
    return differentiateLinalg(op, g);
  if (g.rules.lookupScalar(op) &&
      llvm::none_of(op->getOperandTypes(), llvm::IsaPred<TensorType>))
    return differentiateScalarOp(op, g, active);
  return emitNoDerivative(op);
}

/// Sizes of results as sizes of arguments, as far as they follow: a tensor is
/// then not kept for its size.
static void resolveSizes(func::FuncOp function) {
  RewritePatternSet patterns(function.getContext());
  memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
  memref::populateResolveShapedTypeResultDimsPatterns(patterns);
  tensor::DimOp::getCanonicalizationPatterns(patterns, function.getContext());
  SmallVector<Operation *> sizes;
  function.walk([&](tensor::DimOp op) { sizes.push_back(op); });
  GreedyRewriteConfig config;
  config.setStrictness(GreedyRewriteStrictness::ExistingAndNewOps);
  (void)applyOpPatternsGreedily(sizes, std::move(patterns), config);
}

void mlir::mhc::eraseDeadOps(Block &block) {
  SmallVector<Operation *> ops;
  for (Operation &op : llvm::reverse(block))
    ops.push_back(&op);
  for (Operation *op : ops)
    if (isOpTriviallyDead(op))
      op->erase();
}

LogicalResult mlir::mhc::appendGradient(func::FuncOp function,
                                        DeriveCallee derive) {
  Block &block = function.getBody().front();
  SmallVector<Value> arguments(block.getArguments());
  auto terminator = cast<func::ReturnOp>(block.getTerminator());
  SmallVector<Value> differentiable;
  for (Value result : terminator.getOperands())
    if (isDifferentiable(result.getType()))
      differentiable.push_back(result);
  DenseSet<Value> active = findActive(block, differentiable);

  SmallVector<Operation *> primal;
  for (Operation &op : block.without_terminator())
    primal.push_back(&op);
  // A constant that nothing uses stands between what was there and what the
  // walk makes: calls are replaced on the way.
  OpBuilder builder(terminator);
  Operation *marker =
      arith::ConstantIndexOp::create(builder, function.getLoc(), 0);
  Gradients gradients(builder, DerivativeRules::getAll(), active);
  for (Value result : differentiable) {
    Value d = block.addArgument(result.getType(), function.getLoc());
    gradients.add(result, d);
  }
  // What is returned twice has the sum of two gradients.
  for (Operation *op : llvm::reverse(primal)) {
    bool hasGradient = llvm::any_of(op->getResults(), [&](Value result) {
      return gradients.isActive(result) && gradients.get(result);
    });
    if (hasGradient && failed(differentiate(op, gradients, active, derive)))
      return failure();
  }
  SmallVector<Value> results(terminator.getOperands());
  for (Value argument : arguments)
    if (isDifferentiable(argument.getType()))
      results.push_back(gradients.getOrZero(argument));
  terminator.getOperandsMutable().assign(results);
  function.setFunctionType(FunctionType::get(function.getContext(),
                                             block.getArgumentTypes(),
                                             ValueRange(results).getTypes()));
  // No result attribute of the function says anything of gradients.
  function.removeArgAttrsAttr();
  function.removeResAttrsAttr();

  resolveSizes(function);
  for (Operation *op = marker; op != terminator; op = op->getNextNode())
    op->setDiscardableAttr(kReverse, builder.getUnitAttr());
  marker->erase();
  return success();
}

void mlir::mhc::keepGradients(func::FuncOp joint, unsigned primalResults) {
  Block &block = joint.getBody().front();
  auto terminator = cast<func::ReturnOp>(block.getTerminator());
  SmallVector<Value> results(
      terminator.getOperands().drop_front(primalResults));
  terminator.getOperandsMutable().assign(results);
  joint.setFunctionType(FunctionType::get(joint.getContext(),
                                          block.getArgumentTypes(),
                                          ValueRange(results).getTypes()));
  eraseDeadOps(block);
  joint.walk([](Operation *op) {
    op->removeDiscardableAttr(kKeepOperands);
    op->removeDiscardableAttr(kReverse);
  });
}
