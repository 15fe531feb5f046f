//===- KernelOps.cpp - Rules of kernels and sweeps ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// What a region may hold
//===----------------------------------------------------------------------===//

/// A number of the token, of a column, or a vector of them.
static bool isNumbers(Type type) {
  auto vector = dyn_cast<VectorType>(type);
  if (vector && vector.isScalable())
    return false;
  Type element = vector ? vector.getElementType() : type;
  return isa<BFloat16Type, Float16Type, Float32Type, Float64Type>(element) ||
         (element.isSignlessInteger() && element.getIntOrFloatBitWidth() <= 64);
}

/// The ops that read rows column by column.
static bool isRowOp(Operation *op) {
  return isa<CombineOp, AggregateOp, InnerOp, BackprojectOp>(op);
}

/// An op's place: row ops stand in sweeps, where the dialect has no others.
static LogicalResult verifyPlace(Operation *parent, Operation &op) {
  if (!isa_and_nonnull<MHCDialect>(op.getDialect()) ||
      op.hasTrait<OpTrait::IsTerminator>())
    return success();
  if (isa<SweepOp>(parent) && !isRowOp(&op))
    return op.emitOpError("expected an op of the token's program to stand "
                          "outside of sweeps");
  if (isa<KernelOp>(parent) && isRowOp(&op))
    return op.emitOpError("expected an op on columns to stand in mhc.sweep");
  return success();
}

/// The rules that kernels and sweeps share: no memory, no regions but sweeps,
/// and no value that is read before it is made. `what` names the region.
static LogicalResult verifyRegionOps(Operation *parent, Block &block,
                                     StringRef what) {
  for (Operation &op : block) {
    if (!isa<SweepOp>(op) && op.getNumRegions() != 0)
      return op.emitOpError("expected no op with regions but mhc.sweep in ")
             << what;
    if (!isMemoryEffectFree(&op))
      return op.emitOpError("expected an op that touches no memory in ")
             << what;
    if (failed(verifyPlace(parent, op)))
      return failure();
    for (Type type : op.getResultTypes())
      if (!isNumbers(type) && !isa<RowType, TotalType>(type))
        return op.emitOpError("expected numbers and vectors of a fixed length "
                              "in ")
               << what << ", got " << type;
    for (Value operand : op.getOperands()) {
      Operation *producer = operand.getDefiningOp();
      if (producer && producer == parent)
        return op.emitOpError("expected values that are made before, got a "
                              "result of the sweep that it stands in, which "
                              "is complete when the sweep ends");
      // Of a value from outside of a sweep, it is the sweep that reads it.
      Operation *reader =
          producer && producer->getBlock() == parent->getBlock() ? parent : &op;
      if (producer && producer->getBlock() == reader->getBlock() &&
          !producer->isBeforeInBlock(reader)) {
        InFlightDiagnostic diagnostic = op.emitOpError(
            "expected coefficients that are made before they are read");
        diagnostic.attachNote(producer->getLoc()) << "made here";
        return diagnostic;
      }
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// mhc.kernel
//===----------------------------------------------------------------------===//

void KernelOp::build(OpBuilder &builder, OperationState &state, StringRef label,
                     ValueRange ins, TypeRange types, ValueRange outs) {
  if (!label.empty())
    state.addAttribute(getLabelAttrName(state.name),
                       builder.getStringAttr(label));
  state.addAttribute(getOrderAttrName(state.name),
                     SumOrderAttr::getDefault(builder.getContext()));
  state.addOperands(ins);
  state.addOperands(outs);
  state.getOrAddProperties<Properties>().operandSegmentSizes = {
      static_cast<int32_t>(ins.size()), static_cast<int32_t>(outs.size()), 0};
  for (Value out : outs)
    if (isa<RankedTensorType>(out.getType()))
      state.addTypes(out.getType());
  Block &block = state.addRegion()->emplaceBlock();
  block.addArguments(types,
                     SmallVector<Location>(types.size(), state.location));
}

/// The dimensions that a type in a kernel has, without token dimensions.
static SmallVector<int64_t> getInnerShape(Type type) {
  if (auto row = dyn_cast<RowType>(type))
    return SmallVector<int64_t>(row.getShape());
  if (auto total = dyn_cast<TotalType>(type))
    return SmallVector<int64_t>(total.getShape());
  if (auto weight = dyn_cast<WeightType>(type))
    return SmallVector<int64_t>(weight.getShape());
  if (auto vector = dyn_cast<VectorType>(type))
    return SmallVector<int64_t>(vector.getShape());
  return {};
}

static Type getInnerElement(Type type) {
  if (auto row = dyn_cast<RowType>(type))
    return row.getElementType();
  if (auto total = dyn_cast<TotalType>(type))
    return total.getElementType();
  if (auto weight = dyn_cast<WeightType>(type))
    return weight.getElementType();
  return getElementTypeOrSelf(type);
}

static bool isPerToken(Type inner) {
  return !isa<WeightType, TotalType>(inner);
}

/// Of (outer type, inner type) pairs of all that may have token dimensions, the
/// largest number of them.
int64_t KernelOp::getTokenRank() {
  int64_t rank = 0;
  auto note = [&](Value outer, Type inner) {
    if (isPerToken(inner))
      rank =
          std::max<int64_t>(rank, cast<ShapedType>(outer.getType()).getRank() -
                                      getInnerShape(inner).size());
  };
  for (auto [in, argument] : llvm::zip(getIns(), getBody().getArguments()))
    note(in, argument.getType());
  for (auto [out, value] : llvm::zip(getOuts(), getReturned()))
    note(out, value.getType());
  return rank;
}

bool KernelOp::hasTokens(unsigned index) {
  Type inner = getBody().getArgument(index).getType();
  return isPerToken(inner) && getTokenRank() > 0 &&
         cast<ShapedType>(getIns()[index].getType()).getRank() >
             static_cast<int64_t>(getInnerShape(inner).size());
}

Value KernelOp::getTokenReference() {
  for (auto [index, in] : llvm::enumerate(getIns()))
    if (hasTokens(index))
      return in;
  for (auto [out, value] : llvm::zip(getOuts(), getReturned()))
    if (isPerToken(value.getType()))
      return out;
  return nullptr;
}

void KernelOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    bool isIn = operand.getOperandNumber() < getIns().size();
    if (isIn || operand.get() == getWorkspace())
      effects.emplace_back(MemoryEffects::Read::get(), &operand, 0, true,
                           SideEffects::DefaultResource::get());
    if (!isIn)
      effects.emplace_back(MemoryEffects::Write::get(), &operand, 0, true,
                           SideEffects::DefaultResource::get());
  }
}

LogicalResult KernelOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &dims) {
  for (Value out : getOuts()) {
    auto type = dyn_cast<RankedTensorType>(out.getType());
    if (!type)
      return failure();
    SmallVector<OpFoldResult> sizes;
    for (auto [index, size] : llvm::enumerate(type.getShape()))
      sizes.push_back(ShapedType::isDynamic(size)
                          ? OpFoldResult(tensor::DimOp::create(
                                             builder, getLoc(), out, index)
                                             .getResult())
                          : OpFoldResult(builder.getIndexAttr(size)));
    dims.push_back(std::move(sizes));
  }
  return success();
}

/// One operand or destination against the type that it has in the region.
static LogicalResult verifyOuter(KernelOp op, const Twine &name, Value outer,
                                 Type inner, int64_t tokenRank, bool orStatic,
                                 std::optional<TokenDims> &tokens) {
  auto type = cast<ShapedType>(outer.getType());
  if (!isa<RowType, WeightType, TotalType>(inner) && !isNumbers(inner))
    return op.emitOpError("expected ")
           << name << " to be a row, coefficients, weights or a total in the "
           << "kernel, got " << inner;
  if (type.getElementType() != getInnerElement(inner))
    return op.emitOpError("expected ")
           << name << " of " << getInnerElement(inner) << " as " << inner
           << " is, got " << outer.getType();
  SmallVector<int64_t> shape = getInnerShape(inner);
  ArrayRef<int64_t> dims = type.getShape();
  if (!isPerToken(inner)) {
    // Of phi and its gradient, streams and hidden may be one dimension.
    SmallVector<int64_t> merged(shape);
    if (merged.size() >= 2 && (isa<TotalType>(inner) || merged.size() == 3)) {
      int64_t last = merged.pop_back_val();
      merged.back() *= last;
    }
    if (dims == ArrayRef(merged) ||
        (isa<TotalType>(inner) && dims == ArrayRef(shape)))
      return success();
    return op.emitOpError("expected ")
           << name << " of shape [" << merged << "] for " << inner << ", got "
           << outer.getType();
  }
  if (orStatic && dims == ArrayRef(shape))
    return success();
  int64_t extra = dims.size() - shape.size();
  if (extra != tokenRank || dims.drop_front(extra) != ArrayRef(shape)) {
    InFlightDiagnostic diagnostic = op.emitOpError("expected ");
    diagnostic << name << " of " << tokenRank << " token dimensions and then ["
               << shape << "]";
    if (orStatic)
      diagnostic << ", or without token dimensions";
    return diagnostic << ", for " << inner << "; got " << outer.getType();
  }
  if (!tokens)
    tokens.emplace("ins", dims.take_front(extra));
  std::string text = name.str();
  return tokens->verify(op, text, dims.take_front(extra));
}

LogicalResult KernelOp::verify() {
  bool onTensors = llvm::all_of(getOuts(), [](Value out) {
    return isa<RankedTensorType>(out.getType());
  });
  for (Value operand : getOperands())
    if (isa<RankedTensorType>(operand.getType()) != onTensors)
      return emitOpError("expected tensors alone or memrefs alone, got ")
             << operand.getType();
  if (getOuts().empty())
    return emitOpError("expected at least one destination, got none");
  return success();
}

LogicalResult KernelOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getIns().size())
    return emitOpError("expected an argument of the region for each of ")
           << getIns().size() << " operands, got " << block.getNumArguments();
  auto end = dyn_cast<ReturnOp>(block.getTerminator());
  if (!end)
    return emitOpError("expected the region to end with mhc.return");
  if (end.getNumOperands() != getOuts().size())
    return end.emitOpError("expected one value for each of ")
           << getOuts().size() << " destinations, got " << end.getNumOperands();
  int64_t tokenRank = getTokenRank();
  std::optional<TokenDims> tokens;
  for (auto [index, in, argument] :
       llvm::enumerate(getIns(), block.getArguments())) {
    if (isa<TotalType>(argument.getType()))
      return emitOpError("expected no total among 'ins', got ")
             << argument.getType();
    if (failed(verifyOuter(*this, "operand " + Twine(index), in,
                           argument.getType(), tokenRank, true, tokens)))
      return failure();
  }
  for (auto [index, out, value] :
       llvm::enumerate(getOuts(), end.getOperands())) {
    if (isa<WeightType>(value.getType()) ||
        (isa<RowType>(value.getType()) && isa<BlockArgument>(value)))
      return end.emitOpError("expected a row that a sweep made, coefficients "
                             "or a total, got an argument of the kernel, ")
             << value.getType();
    if (failed(verifyOuter(*this, "destination " + Twine(index), out,
                           value.getType(), tokenRank, false, tokens)))
      return failure();
  }
  if (failed(verifyRegionOps(*this, block, "a kernel")))
    return failure();
  // Rows are read by sweeps, weights inside them, totals are returned.
  for (Operation &op : block)
    for (Value operand : op.getOperands())
      if ((isa<RowType>(operand.getType()) && !isa<SweepOp, ReturnOp>(op)) ||
          isa<WeightType>(operand.getType()) ||
          (isa<TotalType>(operand.getType()) && !isa<ReturnOp>(op)))
        return op.emitOpError("expected ")
               << (isa<RowType>(operand.getType()) ? "rows to be read by "
                                                     "mhc.sweep alone"
                   : isa<WeightType>(operand.getType())
                       ? "weights to be used inside mhc.sweep alone"
                       : "totals to be returned alone")
               << ", got " << operand.getType();
  return success();
}

//===----------------------------------------------------------------------===//
// mhc.sweep
//===----------------------------------------------------------------------===//

void SweepOp::build(OpBuilder &builder, OperationState &state, int64_t hidden,
                    ValueRange rows, TypeRange results) {
  state.addAttribute(getHiddenAttrName(state.name),
                     builder.getI64IntegerAttr(hidden));
  state.addOperands(rows);
  state.addTypes(results);
  Block &block = state.addRegion()->emplaceBlock();
  for (Value row : rows)
    block.addArgument(cast<RowType>(row.getType()).getColumnType(),
                      row.getLoc());
}

ExitOp SweepOp::getExit() {
  return cast<ExitOp>(getBody().front().getTerminator());
}

LogicalResult SweepOp::verify() {
  auto hidden = static_cast<int64_t>(getHidden());
  if (hidden < 1 || hidden > kMaxHidden)
    return emitOpError("expected hidden to be from 1 to ")
           << kMaxHidden << ", got " << hidden;
  for (Value row : getRows()) {
    auto type = dyn_cast<RowType>(row.getType());
    if (!type)
      return emitOpError("expected rows, got ") << row.getType();
    if (type.getHidden() != hidden)
      return emitOpError("expected rows of hidden ")
             << hidden << " as the sweep has, got " << type;
  }
  return success();
}

/// The result of an exit, or null where the exit is wrong; the diagnostic has
/// then been emitted.
static Type inferExit(ExitOp op, const SweepExit &exit, int64_t hidden) {
  MLIRContext *context = op.getContext();
  Type column = exit.value.getType();
  auto vector = dyn_cast<VectorType>(column);
  Type element = getElementTypeOrSelf(column);
  Type compute = getComputeType(element);
  auto fail = [&](const Twine &expected, Type got) {
    op.emitOpError("expected ") << expected << ", got " << got;
    return Type();
  };
  SmallVector<int64_t> streams;
  if (vector)
    llvm::append_range(streams, vector.getShape());
  switch (exit.kind) {
  case ExitKind::Row:
    if (RowType row = RowType::getOfColumns(column, hidden))
      return row;
    return fail("the column of a row to leave by 'row'", column);
  case ExitKind::Sum:
    if (isa<FloatType>(element))
      return column;
    return fail("floats to leave by 'sum'", column);
  case ExitKind::Total:
    if (RowType::getOfColumns(column, hidden) && isa<FloatType>(element)) {
      streams.push_back(hidden);
      return TotalType::get(context, streams, element);
    }
    return fail("the column of a row of floats to leave by 'total'", column);
  case ExitKind::Project: {
    auto phi = dyn_cast<WeightType>(exit.by.getType());
    if (!phi)
      return fail("!mhc.weight after 'by' of 'project'", exit.by.getType());
    if (!RowType::getOfColumns(column, hidden) || !isa<FloatType>(element))
      return fail("the column of a row of floats to leave by 'project'",
                  column);
    bool isEach = vector && !phi.hasStreams();
    if (phi.hasStreams() != bool(vector) && !isEach)
      return fail("a column with streams for weights with streams", column);
    if (phi.hasStreams() && phi.getStreams() != vector.getDimSize(0))
      return fail("weights of " + Twine(vector.getDimSize(0)) +
                      " streams as the column has, in 'project'",
                  phi);
    if (phi.getElementType().getIntOrFloatBitWidth() >
        compute.getIntOrFloatBitWidth())
      return fail("weights no wider than the coefficients, in 'project'", phi);
    SmallVector<int64_t> shape;
    if (isEach)
      shape = streams;
    shape.push_back(phi.getOutputs());
    return VectorType::get(shape, compute);
  }
  case ExitKind::Outer: {
    auto d = dyn_cast<VectorType>(exit.by.getType());
    if (!RowType::getOfColumns(column, hidden) || !isa<FloatType>(element))
      return fail("the column of a row of floats to leave by 'outer'", column);
    if (!d || d.getElementType() != compute)
      return fail("a vector of coefficients before 'by' of 'outer'",
                  exit.by.getType());
    if (d.getRank() != 1 && d.getRank() != 2)
      return fail("coefficients [m] or [n, m] before 'by' of 'outer'", d);
    SmallVector<int64_t> shape = {d.getShape().back()};
    if (d.getRank() == 2) {
      if (streams != d.getShape().drop_back())
        return fail("coefficients of the streams of the column, in 'outer'", d);
    } else {
      llvm::append_range(shape, streams);
    }
    shape.push_back(hidden);
    return TotalType::get(context, shape, compute);
  }
  }
  llvm_unreachable("every kind of exit is handled");
}

/// What must be the same for all columns: the coefficients of row ops and of
/// 'outer'. `columns` are the values that differ from column to column.
static LogicalResult
verifyCoefficientsOfToken(Operation &op,
                          const llvm::SmallDenseSet<Value> &columns) {
  SmallVector<Value> coefficients;
  if (auto combine = dyn_cast<CombineOp>(op))
    llvm::append_range(coefficients, combine.getCoefficients());
  else if (auto aggregate = dyn_cast<AggregateOp>(op))
    coefficients.push_back(aggregate.getPre());
  else if (auto backproject = dyn_cast<BackprojectOp>(op))
    coefficients.push_back(backproject.getD());
  else if (auto exit = dyn_cast<ExitOp>(op))
    for (const SweepExit &each : exit.getExits())
      if (each.kind == ExitKind::Outer)
        coefficients.push_back(each.by);
  for (Value value : coefficients)
    if (columns.contains(value))
      return op.emitOpError("expected coefficients of the token, got those of "
                            "a column, ")
             << value.getType();
  return success();
}

LogicalResult SweepOp::verifyRegions() {
  Block &block = getBody().front();
  if (block.getNumArguments() != getRows().size())
    return emitOpError("expected an argument of the region for each of ")
           << getRows().size() << " rows, got " << block.getNumArguments();
  for (auto [row, argument] : llvm::zip(getRows(), block.getArguments())) {
    Type column = cast<RowType>(row.getType()).getColumnType();
    if (argument.getType() != column)
      return emitOpError("expected ")
             << column << " for a column of " << row.getType() << ", got "
             << argument.getType();
  }
  auto exit = dyn_cast<ExitOp>(block.getTerminator());
  if (!exit)
    return emitOpError("expected the region to end with mhc.exit");
  if (failed(verifyRegionOps(*this, block, "a sweep")))
    return failure();
  llvm::SmallDenseSet<Value> columns;
  columns.insert_range(block.getArguments());
  for (Operation &op : block) {
    if (failed(verifyCoefficientsOfToken(op, columns)))
      return failure();
    if (isa<BackprojectOp>(op) ||
        llvm::any_of(op.getOperands(),
                     [&](Value operand) { return columns.contains(operand); }))
      columns.insert_range(op.getResults());
    for (Value operand : op.getOperands()) {
      if (isa<RowType, TotalType>(operand.getType()))
        return op.emitOpError("expected columns, coefficients or weights in a "
                              "sweep, got ")
               << operand.getType();
      auto weight = dyn_cast<WeightType>(operand.getType());
      if (weight && !isa<BackprojectOp, ExitOp>(op))
        return op.emitOpError("expected weights to be used by mhc.backproject "
                              "and mhc.exit alone, got ")
               << weight;
      if (weight && weight.getHidden() != static_cast<int64_t>(getHidden()))
        return op.emitOpError("expected weights of hidden ")
               << static_cast<int64_t>(getHidden()) << " as the sweep has, got "
               << weight;
    }
  }
  SmallVector<SweepExit> exits = exit.getExits();
  if (exits.size() != getNumResults())
    return exit.emitOpError("expected one exit for each of ")
           << getNumResults() << " results of the sweep, got " << exits.size();
  for (auto [index, each, result] : llvm::enumerate(exits, getResults())) {
    Type type = inferExit(exit, each, getHidden());
    if (!type)
      return failure();
    if (type != result.getType())
      return exit.emitOpError("expected result ")
             << index << " of the sweep to be " << type << " for '"
             << stringifyExitKind(each.kind) << "', got " << result.getType();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// mhc.exit
//===----------------------------------------------------------------------===//

void ExitOp::build(OpBuilder &builder, OperationState &state,
                   ArrayRef<SweepExit> exits) {
  SmallVector<Value> values;
  SmallVector<Attribute> kinds, precisions;
  for (const SweepExit &exit : exits) {
    values.push_back(exit.value);
    if (exit.by)
      values.push_back(exit.by);
    kinds.push_back(ExitKindAttr::get(builder.getContext(), exit.kind));
    precisions.push_back(
        PrecisionAttr::get(builder.getContext(), exit.precision));
  }
  build(builder, state, values, builder.getArrayAttr(kinds),
        builder.getArrayAttr(precisions));
}

static bool hasBy(ExitKind kind) {
  return kind == ExitKind::Project || kind == ExitKind::Outer;
}

SmallVector<SweepExit> ExitOp::getExits() {
  SmallVector<SweepExit> exits;
  auto value = getValues().begin();
  for (auto [kind, precision] :
       llvm::zip(getKinds().getAsRange<ExitKindAttr>(),
                 getPrecisions().getAsRange<PrecisionAttr>())) {
    SweepExit exit{kind.getValue(), *value++, nullptr, precision.getValue()};
    if (hasBy(exit.kind))
      exit.by = *value++;
    exits.push_back(exit);
  }
  return exits;
}

LogicalResult ExitOp::verify() {
  size_t count = 0;
  for (auto kind : getKinds().getAsRange<ExitKindAttr>())
    count += hasBy(kind.getValue()) ? 2 : 1;
  if (getPrecisions().size() != getKinds().size())
    return emitOpError("expected a precision for each of ")
           << getKinds().size() << " exits, got " << getPrecisions().size();
  if (count != getValues().size())
    return emitOpError("expected ")
           << count << " operands for these exits, got " << getValues().size();
  for (const SweepExit &exit : getExits())
    if (!exit.by && exit.precision != Precision::BF16x3)
      return emitOpError("expected a precision of products alone, got ")
             << stringifyPrecision(exit.precision) << " for '"
             << stringifyExitKind(exit.kind) << "'";
  return success();
}

//===----------------------------------------------------------------------===//
// mhc.total, mhc.prepare
//===----------------------------------------------------------------------===//

LogicalResult TotalOp::verify() {
  Type type = getValue().getType();
  auto expected = TotalType::get(getContext(), getInnerShape(type),
                                 getElementTypeOrSelf(type));
  if (expected != getTotal().getType())
    return emitOpError("expected a result of ")
           << expected << " for " << type << ", got " << getTotal().getType();
  return success();
}

LogicalResult PrepareOp::verify() {
  for (Type type :
       llvm::concat<const Type>(getOperandTypes(), getResultTypes()))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return emitOpError("expected weights of static shapes, got ") << type;
  return success();
}

/// The arguments and the end of a region that gives an op's results.
static LogicalResult verifyIsolated(Operation *op) {
  Block &block = op->getRegion(0).front();
  if (block.getArgumentTypes() != op->getOperandTypes())
    return op->emitOpError("expected an argument of the region for each "
                           "operand, of its type");
  auto end = dyn_cast<ReturnOp>(block.getTerminator());
  if (!end)
    return op->emitOpError("expected the region to end with mhc.return");
  if (end.getOperandTypes() != op->getResultTypes())
    return end.emitOpError("expected values of the types of the results");
  return success();
}

LogicalResult PrepareOp::verifyRegions() {
  if (failed(verifyIsolated(*this)))
    return failure();
  for (Operation &op : getBody().front())
    if (!isMemoryEffectFree(&op))
      return op.emitOpError("expected an op without side effects in work on "
                            "weights");
  return success();
}

//===----------------------------------------------------------------------===//
// mhc.recompute
//===----------------------------------------------------------------------===//

LogicalResult RecomputeOp::verify() {
  auto isValue = [](Type type) {
    return isa<RankedTensorType>(type) || type.isIntOrIndexOrFloat();
  };
  for (Type type :
       llvm::concat<const Type>(getOperandTypes(), getResultTypes()))
    if (!isValue(type))
      return emitOpError("expected ranked tensors and numbers, got ") << type;
  return success();
}

LogicalResult RecomputeOp::verifyRegions() {
  if (failed(verifyIsolated(*this)))
    return failure();
  // Assertions and calls may be among the ops, memory may not.
  for (Operation &op : getBody().front())
    for (Type type :
         llvm::concat<const Type>(op.getOperandTypes(), op.getResultTypes()))
      if (isa<BaseMemRefType>(type))
        return op.emitOpError("expected tensors and numbers in what is "
                              "computed again, got ")
               << type;
  return success();
}
