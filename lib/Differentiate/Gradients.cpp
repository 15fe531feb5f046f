//===- Gradients.cpp - Terms of gradients, and their sums -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Utils/LoopNest.h"
#include "mhc/Differentiate/Rules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::mhc;

bool mlir::mhc::isDifferentiable(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return isa<FloatType>(tensor.getElementType());
  return isa<FloatType>(type);
}

FloatType mlir::mhc::getGradientType(Type element) {
  if (element.isF64())
    return cast<FloatType>(element);
  return Float32Type::get(element.getContext());
}

/// Whether a use reads the elements, rather than sizes alone.
static bool readsElements(OpOperand &use) {
  if (isa<tensor::DimOp>(use.getOwner()))
    return false;
  auto op = dyn_cast<linalg::LinalgOp>(use.getOwner());
  return !op || op.payloadUsesValueFromOperand(&use);
}

Gradients::Gradients(OpBuilder &builder, const DerivativeRules &rules,
                     const DenseSet<Value> &active)
    : builder(builder), rules(rules), active(active) {
  for (Value value : active)
    for (OpOperand &use : value.getUses())
      uses[value] += readsElements(use);
}

Value mlir::mhc::createZerosLike(OpBuilder &builder, Location loc, Value like) {
  if (auto type = dyn_cast<RankedTensorType>(like.getType()))
    return createZeros(builder, loc, type, like);
  return createFloat(builder, loc, like.getType(), 0.0);
}

/// The sum of `term` over the dimensions that it has in front of `shape`.
static Value sumTokens(OpBuilder &builder, Location loc, Value term,
                       ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(term.getType());
  unsigned tokens = type.getRank() - shape.size();
  if (tokens == 0)
    return term;
  FloatType compute = getGradientType(type.getElementType());
  LoopNest nest(builder, loc, type.getRank());
  nest.read(term, nest.firstDims(type.getRank()));
  SmallVector<AffineExpr> kept;
  for (unsigned i = tokens; i < type.getRank(); ++i)
    kept.push_back(nest.dim(i));
  Value zeros =
      createZeros(builder, loc, RankedTensorType::get(shape, compute), term);
  return nest.reduce(zeros, kept,
                     [&](OpBuilder &b, Location l, ValueRange args, Value sum) {
                       return Value(arith::AddFOp::create(
                           b, l, sum, convertFloat(b, l, args[0], compute)));
                     });
}

void Gradients::add(Value value, Value term) {
  if (!isActive(value))
    return;
  Location loc = term.getLoc();
  if (auto type = dyn_cast<RankedTensorType>(value.getType()))
    term = sumTokens(builder, loc, term, type.getShape());
  else if (isa<RankedTensorType>(term.getType()))
    term = tensor::ExtractOp::create(builder, loc, term, ValueRange{});
  assert(!pending[value].sum && "a term of a gradient that was used");
  pending[value].terms.push_back({term, nullptr, TermKind::Plain});
}

void Gradients::addTerm(Value row, CombineTerm term) {
  if (!isActive(row))
    return;
  Terms &terms = pending[row];
  assert(!terms.sum && "a term of a gradient that was used");
  terms.isRow = true;
  terms.terms.push_back(term);
}

Value Gradients::get(Value value) {
  auto it = pending.find(value);
  if (it == pending.end())
    return nullptr;
  if (!it->second.sum) {
    // By value: what is built may not touch the map, but the compiler cannot
    // know.
    Value sum = sumUp(value, Terms(it->second));
    pending[value].sum = sum;
    return sum;
  }
  return it->second.sum;
}

Value Gradients::getOrZero(Value value) {
  if (Value gradient = get(value))
    return gradient;
  return createZerosLike(builder, value.getLoc(), value);
}

Value Gradients::sumUp(Value value, const Terms &terms) {
  Location loc = value.getLoc();
  CombineTerm first = terms.terms.front();
  if (terms.terms.size() == 1 && first.kind == TermKind::Plain &&
      first.row.getType() == value.getType())
    return first.row;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (type && terms.isRow)
    return CombineOp::create(builder, loc, type, terms.terms);
  if (type)
    return sumTensors(value, terms.terms);
  FloatType compute = getGradientType(value.getType());
  Value sum;
  for (const CombineTerm &term : terms.terms) {
    Value next = convertFloat(builder, loc, term.row, compute);
    sum = sum ? Value(arith::AddFOp::create(builder, loc, sum, next)) : next;
  }
  return convertFloat(builder, loc, sum, value.getType());
}

/// Adds tensors in the type of gradients and rounds the sum once.
Value Gradients::sumTensors(Value value, ArrayRef<CombineTerm> terms) {
  Location loc = value.getLoc();
  auto type = cast<RankedTensorType>(value.getType());
  unsigned rank = type.getRank();
  FloatType compute = getGradientType(type.getElementType());
  LoopNest nest(builder, loc, rank);
  for (const CombineTerm &term : terms) {
    Value row = term.row;
    // Rows whose sizes are known from elsewhere.
    auto rowType = cast<RankedTensorType>(row.getType());
    if (rowType.getShape() != type.getShape())
      row = tensor::CastOp::create(builder, loc,
                                   type.clone(rowType.getElementType()), row);
    if (terms.size() == 1 && row.getType() == type)
      return row;
    nest.read(row, nest.firstDims(rank));
  }
  return nest.map(createEmpty(builder, loc, type, terms.front().row),
                  [&](OpBuilder &b, Location l, ValueRange args) {
                    Value sum;
                    for (Value arg : args) {
                      Value next = convertFloat(b, l, arg, compute);
                      sum = sum ? Value(arith::AddFOp::create(b, l, sum, next))
                                : next;
                    }
                    return convertFloat(b, l, sum, type.getElementType());
                  });
}

//===----------------------------------------------------------------------===//
// The registry
//===----------------------------------------------------------------------===//

const DerivativeRules &DerivativeRules::getAll() {
  static const DerivativeRules all = [] {
    DerivativeRules rules;
    addArithRules(rules);
    addMHCRules(rules);
    addTensorRules(rules);
    return rules;
  }();
  return all;
}

const DerivativeRules::Rule *DerivativeRules::lookup(Operation *op) const {
  auto it = rules.find(op->getName().getStringRef());
  return it == rules.end() ? nullptr : &it->second;
}

const DerivativeRules::ScalarRule *
DerivativeRules::lookupScalar(Operation *op) const {
  auto it = scalarRules.find(op->getName().getStringRef());
  return it == scalarRules.end() ? nullptr : &it->second;
}

LogicalResult mlir::mhc::emitNoDerivative(Operation *op) {
  if (isa<scf::ForOp>(op))
    return op->emitError(
        "expected a loop of a constant number of iterations, "
        "which mhc-differentiate unrolls, got one whose bounds "
        "or step are not constant");
  return op->emitError("expected an op that mhc-differentiate has a derivative "
                       "of, got '")
         << op->getName() << "'";
}
