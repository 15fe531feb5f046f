//===- ProgramArithmetic.cpp - Integers of host code, as formulas ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgramValues.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Index/IR/IndexOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Computes one op.
class Arithmetic {
public:
  Arithmetic(Operation *op, HostValues &values)
      : op(op), values(values), sizes(values.sizes) {}

  std::optional<LogicalResult> run();

private:
  LogicalResult set(HostValue value) {
    values.set(op->getResult(0), std::move(value));
    return success();
  }
  SizeExpr operand(unsigned index) {
    return values.getInteger(op->getOperand(index));
  }
  /// Operations that differ for negative numbers are done on others alone.
  LogicalResult expectNonNegative(std::initializer_list<unsigned> operands);
  LogicalResult compare(arith::CmpIPredicate predicate);
  LogicalResult addAddress();
  std::optional<LogicalResult> runConstant();
  std::optional<LogicalResult> runCast();
  std::optional<LogicalResult> runInteger();
  std::optional<LogicalResult> runAffine();
  FailureOr<SizeExpr> evaluate(AffineExpr expr, unsigned numDims,
                               ValueRange operands);

  Operation *op;
  HostValues &values;
  SizeExprContext &sizes;
};
} // namespace

LogicalResult
Arithmetic::expectNonNegative(std::initializer_list<unsigned> operands) {
  for (unsigned index : operands)
    if (!operand(index).isAtLeast(0))
      return op->emitError("expected operand ")
             << index
             << " of a program on the device to be known not to be negative, "
                "got "
             << operand(index).print();
  return success();
}

LogicalResult Arithmetic::compare(arith::CmpIPredicate predicate) {
  using arith::CmpIPredicate;
  SizeExpr a = operand(0), b = operand(1);
  switch (predicate) {
  case CmpIPredicate::ult:
  case CmpIPredicate::ule:
  case CmpIPredicate::ugt:
  case CmpIPredicate::uge:
    if (failed(expectNonNegative({0, 1})))
      return failure();
    break;
  default:
    break;
  }
  switch (predicate) {
  case CmpIPredicate::eq:
    return set(sizes.equal(a, b));
  case CmpIPredicate::ne:
    return set(sizes.notEqual(a, b));
  case CmpIPredicate::slt:
  case CmpIPredicate::ult:
    return set(sizes.less(a, b));
  case CmpIPredicate::sle:
  case CmpIPredicate::ule:
    return set(sizes.lessEqual(a, b));
  case CmpIPredicate::sgt:
  case CmpIPredicate::ugt:
    return set(sizes.less(b, a));
  case CmpIPredicate::sge:
  case CmpIPredicate::uge:
    return set(sizes.lessEqual(b, a));
  }
  llvm_unreachable("unknown predicate");
}

//===----------------------------------------------------------------------===//
// Constants and casts
//===----------------------------------------------------------------------===//

std::optional<LogicalResult> Arithmetic::runConstant() {
  Attribute attribute;
  if (!op->hasTrait<OpTrait::ConstantLike>() ||
      !matchPattern(op, m_Constant(&attribute)))
    return std::nullopt;
  if (auto integer = dyn_cast<IntegerAttr>(attribute)) {
    const APInt &value = integer.getValue();
    if (value.getBitWidth() > 64)
      return std::nullopt;
    return set(SizeExpr(value.getBitWidth() == 1
                            ? static_cast<int64_t>(value.getZExtValue())
                            : value.getSExtValue()));
  }
  if (auto number = dyn_cast<FloatAttr>(attribute)) {
    APInt bits = number.getValue().bitcastToAPInt();
    if (bits.getBitWidth() <= 64)
      return set(HostFloat{bits.getZExtValue()});
  }
  return std::nullopt;
}

static bool isBit(Type type) { return type.isInteger(1); }

std::optional<LogicalResult> Arithmetic::runCast() {
  if (isa<arith::BitcastOp>(op) && op->getResult(0).getType().isInteger())
    if (auto *number = std::get_if<HostFloat>(&values.get(op->getOperand(0))))
      return set(SizeExpr(static_cast<int64_t>(number->bits)));
  if (!isa<arith::IndexCastOp, arith::IndexCastUIOp, arith::ExtSIOp,
           arith::ExtUIOp, arith::TruncIOp, index::CastSOp, index::CastUOp,
           LLVM::IntToPtrOp, LLVM::PtrToIntOp, LLVM::AddrSpaceCastOp>(op))
    return std::nullopt;
  const HostValue &value = values.get(op->getOperand(0));
  if (std::holds_alternative<ProgramBuffer>(value))
    return set(value);
  if (!std::holds_alternative<SizeExpr>(value))
    return std::nullopt;
  SizeExpr number = std::get<SizeExpr>(value);
  Type from = op->getOperand(0).getType(), to = op->getResult(0).getType();
  if (isa<LLVM::LLVMPointerType>(to))
    return op->emitError("expected an address in a buffer of the program, got "
                         "the number ")
           << number.print();
  // Bits are kept as 0 and 1, and are -1 where they are signed.
  if (isBit(from) &&
      isa<arith::IndexCastOp, arith::ExtSIOp, index::CastSOp>(op))
    return set(sizes.mul(number, -1));
  if (isBit(to))
    return set(sizes.mod(number, 2));
  return set(number);
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// An address plus a number of bytes.
LogicalResult Arithmetic::addAddress() {
  const HostValue &a = values.get(op->getOperand(0));
  const HostValue &b = values.get(op->getOperand(1));
  bool first = std::holds_alternative<ProgramBuffer>(a);
  const HostValue &other = first ? b : a;
  if (!std::holds_alternative<SizeExpr>(other))
    return op->emitError("expected an address plus a number of bytes, got two "
                         "addresses");
  ProgramBuffer place = std::get<ProgramBuffer>(first ? a : b);
  place.offset = sizes.add(place.offset, std::get<SizeExpr>(other));
  return set(place);
}

std::optional<LogicalResult> Arithmetic::runInteger() {
  if (isa<arith::AddIOp, LLVM::AddOp, index::AddOp>(op) &&
      llvm::any_of(op->getOperands(), [&](Value value) {
        return std::holds_alternative<ProgramBuffer>(values.get(value));
      }))
    return addAddress();
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    if (!values.isInteger(select.getCondition()))
      return std::nullopt;
    SizeExpr condition = operand(0);
    if (std::optional<int64_t> known = condition.getConstant()) {
      HostValue chosen = values.get(op->getOperand(*known ? 1 : 2));
      return set(std::move(chosen));
    }
    HostValue chosen = values.get(op->getOperand(1));
    if (isSameBuffer(chosen, values.get(op->getOperand(2))))
      return set(std::move(chosen));
    if (std::holds_alternative<HostMemRef>(chosen))
      return op->emitError("expected numbers, or the same buffer twice, to "
                           "choose from at run time, got two buffers");
  }
  if (op->getNumResults() != 1 ||
      !llvm::all_of(op->getOperands(),
                    [&](Value value) { return values.isInteger(value); }))
    return std::nullopt;

  bool bits = isBit(op->getResult(0).getType());
  if (isa<arith::AddIOp, LLVM::AddOp, index::AddOp>(op) && !bits)
    return set(sizes.add(operand(0), operand(1)));
  if (isa<arith::SubIOp, LLVM::SubOp, index::SubOp>(op) && !bits)
    return set(sizes.sub(operand(0), operand(1)));
  if (isa<arith::MulIOp, LLVM::MulOp, index::MulOp>(op) && !bits)
    return set(sizes.mul(operand(0), operand(1)));
  if (isa<arith::DivUIOp, arith::DivSIOp, index::DivUOp, index::DivSOp>(op))
    return failed(expectNonNegative({0, 1}))
               ? failure()
               : set(sizes.floorDiv(operand(0), operand(1)));
  if (isa<arith::RemUIOp, arith::RemSIOp, index::RemUOp, index::RemSOp>(op))
    return failed(expectNonNegative({0, 1}))
               ? failure()
               : set(sizes.mod(operand(0), operand(1)));
  if (isa<arith::CeilDivUIOp, index::CeilDivUOp>(op))
    return failed(expectNonNegative({0, 1}))
               ? failure()
               : set(sizes.ceilDiv(operand(0), operand(1)));
  if (isa<arith::CeilDivSIOp, index::CeilDivSOp>(op))
    return failed(expectNonNegative({1}))
               ? failure()
               : set(sizes.ceilDiv(operand(0), operand(1)));
  if (isa<arith::FloorDivSIOp, index::FloorDivSOp>(op))
    return failed(expectNonNegative({1}))
               ? failure()
               : set(sizes.floorDiv(operand(0), operand(1)));
  if (isa<arith::MinSIOp, index::MinSOp>(op))
    return set(sizes.min(operand(0), operand(1)));
  if (isa<arith::MaxSIOp, index::MaxSOp>(op))
    return set(sizes.max(operand(0), operand(1)));
  if (isa<arith::MinUIOp, index::MinUOp>(op))
    return failed(expectNonNegative({0, 1}))
               ? failure()
               : set(sizes.min(operand(0), operand(1)));
  if (isa<arith::MaxUIOp, index::MaxUOp>(op))
    return failed(expectNonNegative({0, 1}))
               ? failure()
               : set(sizes.max(operand(0), operand(1)));
  if (auto comparison = dyn_cast<arith::CmpIOp>(op))
    return compare(comparison.getPredicate());
  if (auto comparison = dyn_cast<index::CmpOp>(op)) {
    // The same predicates by the same names.
    std::optional<arith::CmpIPredicate> predicate =
        arith::symbolizeCmpIPredicate(
            index::stringifyIndexCmpPredicate(comparison.getPred()));
    assert(predicate && "expected predicates that arith has");
    return compare(*predicate);
  }
  if (isa<arith::SelectOp>(op))
    return set(sizes.select(operand(0), operand(1), operand(2)));
  if (bits) {
    if (isa<arith::AndIOp>(op))
      return set(sizes.logicalAnd(operand(0), operand(1)));
    if (isa<arith::OrIOp>(op))
      return set(sizes.logicalOr(operand(0), operand(1)));
    if (isa<arith::XOrIOp>(op))
      return set(operand(1).isConstant(1)
                     ? sizes.logicalNot(operand(0))
                     : sizes.notEqual(operand(0), operand(1)));
    return std::nullopt;
  }
  // Shifts by constants are products and quotients.
  if (isa<arith::ShLIOp, arith::ShRUIOp, arith::ShRSIOp, index::ShlOp,
          index::ShrUOp, index::ShrSOp>(op)) {
    std::optional<int64_t> distance = operand(1).getConstant();
    if (!distance || *distance < 0 || *distance > 62)
      return std::nullopt;
    SizeExpr power(int64_t(1) << *distance);
    if (isa<arith::ShLIOp, index::ShlOp>(op))
      return set(sizes.mul(operand(0), power));
    if (isa<arith::ShRUIOp, index::ShrUOp>(op) &&
        failed(expectNonNegative({0})))
      return failure();
    return set(sizes.floorDiv(operand(0), power));
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Affine maps
//===----------------------------------------------------------------------===//

FailureOr<SizeExpr> Arithmetic::evaluate(AffineExpr expr, unsigned numDims,
                                         ValueRange operands) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return SizeExpr(constant.getValue());
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return values.getInteger(operands[dim.getPosition()]);
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return values.getInteger(operands[numDims + symbol.getPosition()]);
  auto binary = cast<AffineBinaryOpExpr>(expr);
  FailureOr<SizeExpr> a = evaluate(binary.getLHS(), numDims, operands);
  FailureOr<SizeExpr> b = evaluate(binary.getRHS(), numDims, operands);
  if (failed(a) || failed(b))
    return failure();
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return sizes.add(*a, *b);
  case AffineExprKind::Mul:
    return sizes.mul(*a, *b);
  case AffineExprKind::Mod:
    return sizes.mod(*a, *b);
  case AffineExprKind::FloorDiv:
    return sizes.floorDiv(*a, *b);
  case AffineExprKind::CeilDiv:
    return sizes.ceilDiv(*a, *b);
  default:
    return failure();
  }
}

std::optional<LogicalResult> Arithmetic::runAffine() {
  AffineMap map;
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op))
    map = apply.getAffineMap();
  else if (auto min = dyn_cast<affine::AffineMinOp>(op))
    map = min.getAffineMap();
  else if (auto max = dyn_cast<affine::AffineMaxOp>(op))
    map = max.getAffineMap();
  else
    return std::nullopt;
  std::optional<SizeExpr> result;
  for (AffineExpr expr : map.getResults()) {
    FailureOr<SizeExpr> value =
        evaluate(expr, map.getNumDims(), op->getOperands());
    if (failed(value))
      return std::nullopt;
    if (!result)
      result = *value;
    else
      result = isa<affine::AffineMinOp>(op) ? sizes.min(*result, *value)
                                            : sizes.max(*result, *value);
  }
  return set(*result);
}

std::optional<LogicalResult> Arithmetic::run() {
  if (std::optional<LogicalResult> done = runConstant())
    return done;
  if (std::optional<LogicalResult> done = runCast())
    return done;
  if (std::optional<LogicalResult> done = runAffine())
    return done;
  return runInteger();
}

std::optional<LogicalResult>
mlir::mhc::interpretArithmetic(Operation *op, HostValues &values) {
  return Arithmetic(op, values).run();
}
