//===- EntrySizes.cpp - Sizes of buffers, from arguments ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EntrySizes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Index/IR/IndexOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Numbers of the entry
//===----------------------------------------------------------------------===//

std::string EntryNumber::describe() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (kind == Dimension)
    os << "dimension " << indices.front() << " of ";
  if (kind == Element) {
    os << "element [";
    llvm::interleaveComma(indices, os);
    os << "] of ";
  }
  os << "argument " << argument;
  return text;
}

static Value toIndex(OpBuilder &builder, Location loc, Value value) {
  if (value.getType().isIndex())
    return value;
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    value);
}

Value EntryNumber::emit(OpBuilder &builder, Location loc,
                        ValueRange arguments) const {
  Value value = arguments[argument];
  if (kind == Dimension)
    return memref::DimOp::create(builder, loc, value, indices.front());
  if (kind == Element) {
    SmallVector<Value> places;
    for (int64_t index : indices)
      places.push_back(arith::ConstantIndexOp::create(builder, loc, index));
    value = memref::LoadOp::create(builder, loc, value, places);
  }
  return toIndex(builder, loc, value);
}

EntrySizes::EntrySizes(func::FuncOp function, FunctionEntry &entry,
                       SizeExprContext &context)
    : function(function), entry(entry), context(context) {
  // Sizes have numbers in the order of the arguments.
  unsigned number = 0;
  for (BlockArgument argument :
       function.getArguments().take_front(entry.numArguments)) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type)
      continue;
    for (auto [dim, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        dims[{argument, dim}] = addNumber("d" + std::to_string(number++),
                                          {EntryNumber::Dimension,
                                           argument.getArgNumber(),
                                           {static_cast<int64_t>(dim)}});
  }
}

bool EntrySizes::isArgument(BlockArgument argument) {
  return argument.getOwner() == &function.getBody().front() &&
         argument.getArgNumber() < entry.numArguments;
}

SizeExpr EntrySizes::addNumber(StringRef name, EntryNumber number) {
  entry.numbers.try_emplace(name, std::move(number));
  auto equal = entry.equal.find(name);
  return context.symbol(equal == entry.equal.end() ? name : equal->second);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

std::optional<SizeExpr> EntrySizes::get(Value integer) {
  auto found = integers.find(integer);
  if (found != integers.end())
    return found->second;
  std::optional<SizeExpr> result = compute(integer);
  integers[integer] = result;
  return result;
}

/// Whether an op runs whenever its function does.
static bool isUnconditional(Operation *op) {
  return isa<func::FuncOp>(op->getParentOp()) && op->getBlock()->isEntryBlock();
}

std::optional<SizeExpr> EntrySizes::compute(Value integer) {
  Type type = integer.getType();
  // Narrower numbers may wrap.
  bool isWide = type.isIndex() || type.isInteger(64);
  if (auto argument = dyn_cast<BlockArgument>(integer)) {
    if (!isWide || !isArgument(argument))
      return std::nullopt;
    unsigned index = argument.getArgNumber();
    return addNumber("s" + std::to_string(index),
                     {EntryNumber::Argument, index, {}});
  }
  APInt constant;
  if (matchPattern(integer, m_ConstantInt(&constant)) &&
      constant.getSignificantBits() <= 64)
    return SizeExpr(constant.getSExtValue());
  Operation *op = integer.getDefiningOp();
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return computeLoad(load);
  if (auto dim = dyn_cast<memref::DimOp>(op)) {
    std::optional<int64_t> index = dim.getConstantIndex();
    return index ? getDim(dim.getSource(), *index) : std::nullopt;
  }
  if (auto metadata = dyn_cast<memref::ExtractStridedMetadataOp>(op)) {
    for (auto [index, size] : llvm::enumerate(metadata.getSizes()))
      if (size == integer)
        return getDim(metadata.getSource(), index);
    return std::nullopt;
  }
  if (!isWide && !type.isInteger(1))
    return std::nullopt;
  if (isa<arith::IndexCastOp, arith::ExtSIOp, index::CastSOp>(op) &&
      !op->getOperand(0).getType().isInteger(1))
    return get(op->getOperand(0));
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op)) {
    SmallVector<SizeExpr> operands;
    for (Value operand : apply.getMapOperands()) {
      std::optional<SizeExpr> known = get(operand);
      if (!known)
        return std::nullopt;
      operands.push_back(*known);
    }
    AffineMap map = apply.getAffineMap();
    return computeAffine(map.getResult(0), map.getNumDims(), operands);
  }
  return computeArithmetic(op);
}

std::optional<SizeExpr> EntrySizes::computeAffine(AffineExpr expr,
                                                  unsigned numDims,
                                                  ArrayRef<SizeExpr> operands) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return SizeExpr(constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return operands[dim.getPosition()];
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return operands[numDims + symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  std::optional<SizeExpr> a = computeAffine(binary.getLHS(), numDims, operands);
  std::optional<SizeExpr> b = computeAffine(binary.getRHS(), numDims, operands);
  if (!a || !b)
    return std::nullopt;
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return context.add(*a, *b);
  case AffineExprKind::Mul:
    return context.mul(*a, *b);
  case AffineExprKind::FloorDiv:
    return context.floorDiv(*a, *b);
  case AffineExprKind::CeilDiv:
    return context.ceilDiv(*a, *b);
  case AffineExprKind::Mod:
    return context.mod(*a, *b);
  default:
    llvm_unreachable("unknown expression");
  }
}

/// A comparison of numbers; the unsigned ones of numbers that are not negative.
static std::optional<SizeExpr> compare(arith::CmpIPredicate predicate,
                                       const SizeExpr &a, const SizeExpr &b,
                                       SizeExprContext &context) {
  using arith::CmpIPredicate;
  switch (predicate) {
  case CmpIPredicate::eq:
    return context.equal(a, b);
  case CmpIPredicate::ne:
    return context.notEqual(a, b);
  case CmpIPredicate::slt:
    return context.less(a, b);
  case CmpIPredicate::sle:
    return context.lessEqual(a, b);
  case CmpIPredicate::sgt:
    return context.less(b, a);
  case CmpIPredicate::sge:
    return context.lessEqual(b, a);
  default:
    return std::nullopt;
  }
}

std::optional<SizeExpr> EntrySizes::computeArithmetic(Operation *op) {
  if (op->getNumResults() != 1 || op->getNumRegions() != 0 ||
      !isMemoryEffectFree(op))
    return std::nullopt;
  SmallVector<SizeExpr> operands;
  for (Value operand : op->getOperands()) {
    std::optional<SizeExpr> known =
        operand.getType().isIntOrIndex() ? get(operand) : std::nullopt;
    if (!known)
      return std::nullopt;
    operands.push_back(*known);
  }
  bool isTruth = op->getResult(0).getType().isInteger(1);
  if (isa<arith::SelectOp>(op) && !isTruth)
    return context.select(operands[0], operands[1], operands[2]);
  if (operands.size() != 2)
    return std::nullopt;
  const SizeExpr &a = operands[0], &b = operands[1];
  if (auto comparison = dyn_cast<arith::CmpIOp>(op))
    return compare(comparison.getPredicate(), a, b, context);
  if (isTruth)
    return std::nullopt;
  if (isa<arith::AddIOp, index::AddOp>(op))
    return context.add(a, b);
  if (isa<arith::SubIOp, index::SubOp>(op))
    return context.sub(a, b);
  if (isa<arith::MulIOp, index::MulOp>(op))
    return context.mul(a, b);
  if (isa<arith::MinSIOp, index::MinSOp>(op))
    return context.min(a, b);
  if (isa<arith::MaxSIOp, index::MaxSOp>(op))
    return context.max(a, b);
  // The others differ for negative numbers.
  if (!a.isAtLeast(0) || !b.isAtLeast(0))
    return std::nullopt;
  if (isa<arith::MinUIOp, index::MinUOp>(op))
    return context.min(a, b);
  if (isa<arith::MaxUIOp, index::MaxUOp>(op))
    return context.max(a, b);
  // What a condition guards is not computed without it.
  if (!b.isAtLeast(1) && !isUnconditional(op))
    return std::nullopt;
  if (isa<arith::DivSIOp, arith::DivUIOp, arith::FloorDivSIOp, index::DivSOp,
          index::DivUOp, index::FloorDivSOp>(op))
    return context.floorDiv(a, b);
  if (isa<arith::CeilDivSIOp, arith::CeilDivUIOp, index::CeilDivSOp,
          index::CeilDivUOp>(op))
    return context.ceilDiv(a, b);
  if (isa<arith::RemSIOp, arith::RemUIOp, index::RemSOp, index::RemUOp>(op))
    return context.mod(a, b);
  return std::nullopt;
}

/// Whether a function only reads an argument, under no other name.
static bool isOnlyRead(BlockArgument argument) {
  return llvm::all_of(argument.getUsers(), [&](Operation *user) {
    if (isa<memref::LoadOp, memref::DimOp>(user))
      return true;
    auto effects = dyn_cast<MemoryEffectOpInterface>(user);
    SmallVector<MemoryEffects::EffectInstance> found;
    if (!effects ||
        llvm::any_of(user->getResultTypes(), llvm::IsaPred<BaseMemRefType>))
      return false;
    effects.getEffectsOnValue(argument, found);
    return !found.empty() && llvm::all_of(found, [](const auto &effect) {
      return isa<MemoryEffects::Read>(effect.getEffect());
    });
  });
}

std::optional<SizeExpr> EntrySizes::computeLoad(memref::LoadOp load) {
  auto argument = dyn_cast<BlockArgument>(load.getMemRef());
  Type type = load.getType();
  if (!argument || !isArgument(argument) || !type.isIntOrIndex() ||
      type.isInteger(1) || !isOnlyRead(argument) ||
      (!load.getIndices().empty() && !isUnconditional(load)))
    return std::nullopt;
  EntryNumber number{EntryNumber::Element, argument.getArgNumber(), {}};
  std::string name = "a" + std::to_string(number.argument);
  for (Value index : load.getIndices()) {
    std::optional<int64_t> constant = getConstantIntValue(index);
    if (!constant)
      return std::nullopt;
    number.indices.push_back(*constant);
    name += "." + std::to_string(*constant);
  }
  return addNumber(name, std::move(number));
}

//===----------------------------------------------------------------------===//
// Dimensions
//===----------------------------------------------------------------------===//

std::optional<SizeExpr> EntrySizes::getDim(Value memref, int64_t dim) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type || dim < 0 || dim >= type.getRank())
    return std::nullopt;
  if (!type.isDynamicDim(dim))
    return SizeExpr(type.getDimSize(dim));
  auto found = dims.find({memref, dim});
  if (found != dims.end())
    return found->second;
  std::optional<SizeExpr> result = computeDim(memref, dim);
  dims[{memref, dim}] = result;
  return result;
}

/// The size that a value carried by a loop has in every iteration, if the loop
/// does not change it.
std::optional<SizeExpr> EntrySizes::computeCarriedDim(BlockArgument argument,
                                                      int64_t dim) {
  auto loop = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
  if (!loop || argument == loop.getInductionVar())
    return std::nullopt;
  std::optional<SizeExpr> first =
      getDim(loop.getTiedLoopInit(argument)->get(), dim);
  if (!first)
    return std::nullopt;
  // What follows from this may be wrong, and is forgotten then.
  auto integersBefore = integers;
  auto dimsBefore = dims;
  dims[{argument, dim}] = first;
  std::optional<SizeExpr> next =
      getDim(loop.getTiedLoopYieldedValue(argument)->get(), dim);
  if (next && *next == *first)
    return first;
  integers = std::move(integersBefore);
  dims = std::move(dimsBefore);
  return std::nullopt;
}

std::optional<SizeExpr> EntrySizes::computeDim(Value memref, int64_t dim) {
  if (auto argument = dyn_cast<BlockArgument>(memref))
    return computeCarriedDim(argument, dim);
  auto toSize = [&](OpFoldResult size) -> std::optional<SizeExpr> {
    if (std::optional<int64_t> constant = getConstantIntValue(size))
      return SizeExpr(*constant);
    return get(cast<Value>(size));
  };
  auto type = cast<MemRefType>(memref.getType());
  Operation *op = memref.getDefiningOp();
  if (isa<memref::CastOp, memref::MemorySpaceCastOp>(op))
    return getDim(op->getOperand(0), dim);
  if (auto alloc = dyn_cast<memref::AllocOp>(op))
    return get(alloc.getDynamicSizes()[type.getDynamicDimIndex(dim)]);
  if (auto view = dyn_cast<memref::ViewOp>(op))
    return get(view.getSizes()[type.getDynamicDimIndex(dim)]);
  if (auto view = dyn_cast<memref::ReinterpretCastOp>(op))
    return toSize(view.getMixedSizes()[dim]);
  if (auto view = dyn_cast<memref::ExpandShapeOp>(op))
    return toSize(view.getMixedOutputShape()[dim]);
  if (auto view = dyn_cast<memref::SubViewOp>(op)) {
    // The dimension among those of the source, some of which are dropped.
    llvm::SmallBitVector dropped = view.getDroppedDims();
    for (auto [index, size] : llvm::enumerate(view.getMixedSizes()))
      if (!dropped.test(index) && dim-- == 0)
        return toSize(size);
    return std::nullopt;
  }
  if (auto view = dyn_cast<memref::CollapseShapeOp>(op)) {
    SizeExpr product = 1;
    for (int64_t index : view.getReassociationIndices()[dim]) {
      std::optional<SizeExpr> size = getDim(view.getSrc(), index);
      if (!size)
        return std::nullopt;
      product = context.mul(product, *size);
    }
    return product;
  }
  unsigned number = cast<OpResult>(memref).getResultNumber();
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return getDim(loop.getRegionIterArg(number), dim);
  if (auto branch = dyn_cast<scf::IfOp>(op)) {
    std::optional<SizeExpr> a =
        getDim(branch.thenYield().getOperand(number), dim);
    std::optional<SizeExpr> b =
        getDim(branch.elseYield().getOperand(number), dim);
    return a && b && *a == *b ? a : std::nullopt;
  }
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    std::optional<SizeExpr> a = getDim(select.getTrueValue(), dim);
    std::optional<SizeExpr> b = getDim(select.getFalseValue(), dim);
    return a && b && *a == *b ? a : std::nullopt;
  }
  return std::nullopt;
}

std::optional<SmallVector<SizeExpr>> EntrySizes::getShape(Value memref) {
  auto type = dyn_cast<MemRefType>(memref.getType());
  if (!type)
    return std::nullopt;
  SmallVector<SizeExpr> shape;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    std::optional<SizeExpr> size = getDim(memref, dim);
    if (!size)
      return std::nullopt;
    shape.push_back(*size);
  }
  return shape;
}

void EntrySizes::setShape(Value memref, ArrayRef<SizeExpr> shape) {
  for (auto [dim, size] : llvm::enumerate(shape))
    dims[{memref, dim}] = size;
}

std::optional<SizeExpr> EntrySizes::getBytes(MemRefType type,
                                             ArrayRef<SizeExpr> shape) {
  Type element = type.getElementType();
  if (!element.isIntOrIndexOrFloat() && !isa<VectorType, ComplexType>(element))
    return std::nullopt;
  llvm::TypeSize size = DataLayout::closest(function).getTypeSize(element);
  if (size.isScalable())
    return std::nullopt;
  SizeExpr bytes = static_cast<int64_t>(size.getFixedValue());
  for (const SizeExpr &dim : shape)
    bytes = context.mul(bytes, dim);
  return bytes;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

Value SizeEmitter::emit(const SizeExpr &expr) {
  std::string text = expr.print();
  if (Value known = emitted.lookup(text))
    return known;
  Value sum;
  for (const SizeExpr::Term &term : expr.getTerms()) {
    Value value = emitTerm(term);
    sum = sum ? Value(arith::AddIOp::create(builder, loc, sum, value)) : value;
  }
  if (!sum)
    sum = arith::ConstantIndexOp::create(builder, loc, 0);
  emitted[text] = sum;
  return sum;
}

Value SizeEmitter::emitTerm(const SizeExpr::Term &term) {
  Value product;
  for (const SizeAtom *factor : term.factors) {
    Value value = emitAtom(*factor);
    product = product
                  ? Value(arith::MulIOp::create(builder, loc, product, value))
                  : value;
  }
  if (product && term.coefficient == 1)
    return product;
  Value coefficient =
      arith::ConstantIndexOp::create(builder, loc, term.coefficient);
  return product
             ? Value(arith::MulIOp::create(builder, loc, product, coefficient))
             : coefficient;
}

Value SizeEmitter::emitCondition(const SizeExpr &condition) {
  ArrayRef<SizeExpr::Term> terms = condition.getTerms();
  if (terms.size() == 1 && terms.front().coefficient == 1 &&
      terms.front().factors.size() == 1) {
    const SizeAtom &atom = *terms.front().factors.front();
    auto compare = [&](arith::CmpIPredicate predicate) -> Value {
      return arith::CmpIOp::create(builder, loc, predicate,
                                   emit(atom.operands[0]),
                                   emit(atom.operands[1]));
    };
    switch (atom.op) {
    case SizeOp::Less:
      return compare(arith::CmpIPredicate::slt);
    case SizeOp::LessEqual:
      return compare(arith::CmpIPredicate::sle);
    case SizeOp::Equal:
      return compare(arith::CmpIPredicate::eq);
    case SizeOp::NotEqual:
      return compare(arith::CmpIPredicate::ne);
    default:
      break;
    }
  }
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                               emit(condition), emit(0));
}

Value SizeEmitter::emitAtom(const SizeAtom &atom) {
  if (Value known = emitted.lookup(atom.text))
    return known;
  auto operand = [&](unsigned index) { return emit(atom.operands[index]); };
  // What rounds alike for all signs, unless nothing is negative anyway.
  bool isPlain = llvm::all_of(
      atom.operands, [](const SizeExpr &expr) { return expr.isAtLeast(0); });
  Value value;
  switch (atom.op) {
  case SizeOp::Symbol:
    value = entry.numbers.at(atom.text).emit(builder, loc, arguments);
    break;
  case SizeOp::FloorDiv:
    if (isPlain)
      value = arith::DivUIOp::create(builder, loc, operand(0), operand(1));
    else
      value = arith::FloorDivSIOp::create(builder, loc, operand(0), operand(1));
    break;
  case SizeOp::CeilDiv:
    if (isPlain)
      value = arith::CeilDivUIOp::create(builder, loc, operand(0), operand(1));
    else
      value = arith::CeilDivSIOp::create(builder, loc, operand(0), operand(1));
    break;
  case SizeOp::Mod:
    // Whatever the sign: a - (a / b) b.
    value = isPlain ? Value(arith::RemUIOp::create(builder, loc, operand(0),
                                                   operand(1)))
                    : Value(arith::SubIOp::create(
                          builder, loc, operand(0),
                          arith::MulIOp::create(
                              builder, loc,
                              arith::FloorDivSIOp::create(
                                  builder, loc, operand(0), operand(1)),
                              operand(1))));
    break;
  case SizeOp::Min:
    value = arith::MinSIOp::create(builder, loc, operand(0), operand(1));
    break;
  case SizeOp::Max:
    value = arith::MaxSIOp::create(builder, loc, operand(0), operand(1));
    break;
  case SizeOp::Select:
    value = arith::SelectOp::create(
        builder, loc, emitCondition(atom.operands[0]), operand(1), operand(2));
    break;
  case SizeOp::Less:
  case SizeOp::LessEqual:
  case SizeOp::Equal:
  case SizeOp::NotEqual:
  case SizeOp::And:
  case SizeOp::Or:
    llvm_unreachable("a truth value that is used as a number");
  }
  emitted[atom.text] = value;
  return value;
}
