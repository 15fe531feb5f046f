//===- DissolveKernels.cpp - Kernels to row and token ops -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The program of one token, written on all tokens again. Each value of a kernel
// is lifted to a tensor: its token dimensions come first, hidden comes last if
// it differs from column to column. Broadcasts and transposes make no tensor:
// they change the place at which later ops read one.
//
//===----------------------------------------------------------------------===//

#include "InlineRegion.h"
#include "KernelDissolver.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/IR/Shapes.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCDISSOLVEKERNELS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Reading lifted values
//===----------------------------------------------------------------------===//

void KernelDissolver::findTokens() {
  tokenShape.assign(tokenRank, ShapedType::kDynamic);
  reference = kernel.getTokenReference();
  auto note = [&](Value outer) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(outer.getType()).getShape();
    for (auto [known, size] : llvm::zip(tokenShape, shape))
      if (!ShapedType::isDynamic(size))
        known = size;
  };
  for (auto [index, in] : llvm::enumerate(kernel.getIns()))
    if (kernel.hasTokens(index))
      note(in);
  for (auto [out, value] : llvm::zip(kernel.getOuts(), kernel.getReturned()))
    if (!isa<TotalType>(value.getType()))
      note(out);
}

Value KernelDissolver::refine(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(tokenShape);
  llvm::append_range(shape, type.getShape().drop_front(tokenRank));
  auto refined = RankedTensorType::get(shape, type.getElementType());
  if (type == refined)
    return tensor;
  return tensor::CastOp::create(rewriter, kernel.getLoc(), refined, tensor);
}

RankedTensorType KernelDissolver::getTensorType(Type type, bool tokens,
                                                bool columns) const {
  SmallVector<int64_t> shape;
  if (tokens)
    llvm::append_range(shape, tokenShape);
  llvm::append_range(shape, getInnerShape(type));
  if (columns)
    shape.push_back(hidden);
  Type element = isa<RowType>(type) ? cast<RowType>(type).getElementType()
                                    : getElementTypeOrSelf(type);
  return RankedTensorType::get(shape, element);
}

Value KernelDissolver::createEmptyTensor(RankedTensorType type, bool tokens) {
  if (!tokens)
    return tensor::EmptyOp::create(rewriter, kernel.getLoc(), type,
                                   ValueRange());
  return createEmpty(rewriter, kernel.getLoc(), type, reference);
}

SmallVector<AffineExpr> KernelDissolver::getIndices(const LoopNest &nest,
                                                    const Lifted &lifted,
                                                    bool tokens) const {
  SmallVector<AffineExpr> indices;
  for (int64_t dim : lifted.dims)
    indices.push_back(nest.dim(tokens ? dim : dim - tokenRank));
  return indices;
}

Value KernelDissolver::buildMap(
    Type type, bool tokens, bool columns, ArrayRef<Value> inputs,
    function_ref<Value(OpBuilder &, ValueRange)> body) {
  RankedTensorType tensorType = getTensorType(type, tokens, columns);
  LoopNest nest(rewriter, kernel.getLoc(), tensorType.getRank());
  // Operands that are read in the order of the result come first.
  SmallVector<std::optional<unsigned>> places(inputs.size());
  for (bool whole : {true, false})
    for (auto [input, place] : llvm::zip(inputs, places)) {
      const Lifted &lifted = values.at(input);
      bool isWhole =
          static_cast<int64_t>(lifted.dims.size()) == tensorType.getRank() &&
          llvm::is_sorted(lifted.dims);
      if (!lifted.constant && isWhole == whole)
        place = nest.read(lifted.tensor, getIndices(nest, lifted, tokens));
    }
  return nest.map(
      createEmptyTensor(tensorType, tokens),
      [&](OpBuilder &b, Location l, ValueRange arguments) {
        SmallVector<Value> elements;
        for (auto [input, place] : llvm::zip(inputs, places))
          elements.push_back(
              place ? arguments[*place]
                    : arith::ConstantOp::create(b, l, values.at(input).constant)
                          .getResult());
        return body(b, elements);
      });
}

Value KernelDissolver::materialize(Value value, bool tokens, bool columns) {
  const Lifted &lifted = values.at(value);
  int64_t end = tokenRank + getInnerRank(value) + (columns ? 1 : 0);
  SmallVector<int64_t> wanted =
      llvm::to_vector(llvm::seq<int64_t>(tokens ? 0 : tokenRank, end));
  if (!lifted.constant && lifted.dims == wanted)
    return lifted.tensor;
  if (lifted.constant) {
    RankedTensorType type = getTensorType(value.getType(), tokens, columns);
    if (type.hasStaticShape())
      return arith::ConstantOp::create(
          rewriter, kernel.getLoc(),
          DenseElementsAttr::get(type, Attribute(lifted.constant)));
    Value number =
        arith::ConstantOp::create(rewriter, kernel.getLoc(), lifted.constant);
    return linalg::FillOp::create(rewriter, kernel.getLoc(), number,
                                  createEmptyTensor(type, tokens))
        .getResult(0);
  }
  return buildMap(value.getType(), tokens, columns, value,
                  [](OpBuilder &, ValueRange elements) { return elements[0]; });
}

void KernelDissolver::define(Value value, Value tensor, bool tokens,
                             bool columns) {
  int64_t end = tokenRank + getInnerRank(value) + (columns ? 1 : 0);
  values[value] = {
      tensor, llvm::to_vector(llvm::seq<int64_t>(tokens ? 0 : tokenRank, end)),
      nullptr};
}

//===----------------------------------------------------------------------===//
// The program of the token
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<Value>> KernelDissolver::run() {
  Block &block = kernel.getBody().front();
  for (auto [index, in, argument] :
       llvm::enumerate(kernel.getIns(), block.getArguments())) {
    bool tokens = kernel.hasTokens(index);
    bool isRow = isa<RowType>(argument.getType());
    // Weights are only read as they are.
    define(argument, tokens ? refine(in) : in, tokens, isRow);
  }
  for (Operation &op : block.without_terminator())
    if (failed(lift(op)))
      return failure();

  SmallVector<Value> results;
  for (auto [value, out] :
       llvm::zip_equal(kernel.getReturned(), kernel.getOuts())) {
    auto type = cast<RankedTensorType>(out.getType());
    auto row = dyn_cast<RowType>(value.getType());
    Value result;
    if (isa<TotalType>(value.getType())) {
      result = values.at(value).tensor;
      auto resultType = cast<RankedTensorType>(result.getType());
      int64_t rank = resultType.getRank();
      // Streams and hidden as one dimension, or as two.
      SmallVector<ReassociationIndices> groups;
      for (int64_t i = 0; i < std::min(rank, type.getRank()); ++i)
        groups.push_back({i});
      if (rank != type.getRank())
        groups.back().push_back(groups.size());
      if (rank < type.getRank())
        result = tensor::ExpandShapeOp::create(rewriter, kernel.getLoc(), type,
                                               result, groups);
      else if (rank > type.getRank())
        result = tensor::CollapseShapeOp::create(rewriter, kernel.getLoc(),
                                                 type, result, groups);
    } else {
      if (row)
        hidden = row.getHidden();
      result = materialize(value, tokenRank > 0, bool(row));
    }
    if (result.getType() != type)
      result = tensor::CastOp::create(rewriter, kernel.getLoc(), type, result);
    results.push_back(result);
  }
  return results;
}

LogicalResult KernelDissolver::lift(Operation &op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](SweepOp sweep) { return liftSweep(sweep); })
      .Case([&](TotalOp total) {
        define(total, addOverTokens(total.getValue(), /*columns=*/false), false,
               false);
        return success();
      })
      .Case<CombineOp, AggregateOp, InnerOp, BackprojectOp>(
          [&](Operation *rowOp) { return liftRowOp(*rowOp); })
      .Case([&](arith::ConstantOp constant) { return liftConstant(constant); })
      .Case([&](vector::FMAOp fma) { return liftElementwise(*fma); })
      .Default([&](Operation *other) -> LogicalResult {
        if (isa_and_nonnull<MHCDialect>(other->getDialect()))
          return liftTokenOp(*other);
        if (isa_and_nonnull<vector::VectorDialect>(other->getDialect()))
          return liftVectorOp(*other);
        return liftElementwise(*other);
      });
}

LogicalResult KernelDissolver::liftConstant(arith::ConstantOp op) {
  auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
  Lifted &lifted = values[op];
  if (!isa<VectorType>(op.getType())) {
    lifted.constant = op.getValue();
  } else if (elements && elements.isSplat()) {
    lifted.constant = cast<TypedAttr>(elements.getSplatValue<Attribute>());
  } else if (elements) {
    RankedTensorType type = getTensorType(op.getType(), false, false);
    Value tensor = arith::ConstantOp::create(rewriter, op.getLoc(),
                                             elements.reshape(type));
    define(op, tensor, false, false);
  } else {
    return op.emitOpError("expected dense elements in a kernel that is "
                          "dissolved, got ")
           << op.getValue();
  }
  return success();
}

/// The op on tensors, or on elements: same attributes, other types.
static Operation *cloneWithTypes(OpBuilder &builder, Operation &op,
                                 ValueRange operands, TypeRange types) {
  OperationState state(op.getLoc(), op.getName());
  if (isa<vector::FMAOp>(op))
    state.name =
        OperationName(math::FmaOp::getOperationName(), op.getContext());
  state.addOperands(operands);
  state.addTypes(types);
  if (!isa<vector::FMAOp>(op))
    state.addAttributes(op.getAttrs());
  return builder.create(state);
}

LogicalResult KernelDissolver::liftElementwise(Operation &op) {
  if (!OpTrait::hasElementwiseMappableTraits(&op) || op.getNumResults() == 0)
    return op.emitOpError("expected an op that works element by element, or "
                          "on parts of vectors, in a kernel that is dissolved");
  int64_t rank = getInnerRank(op.getResult(0));
  bool tokens = anyHasTokens(op.getOperands()), columns = false;
  SmallVector<Value> operands(op.getOperands());
  for (Value operand : operands)
    columns |= hasColumns(operand);
  // All operands in the dimensions of the result: a scalar beside vectors, as
  // the condition of a select may be, is the same for all elements.
  bool isWhole = true;
  llvm::DenseMap<Value, Lifted> narrow;
  for (Value operand : operands) {
    Lifted &lifted = values[operand];
    int64_t own = getInnerRank(operand);
    if (own != rank && !narrow.contains(operand)) {
      narrow[operand] = lifted;
      for (int64_t &dim : lifted.dims)
        if (dim == tokenRank + own)
          dim = tokenRank + rank;
    }
    size_t dims = (tokens ? tokenRank : 0) + rank + (columns ? 1 : 0);
    isWhole &= !lifted.constant && lifted.dims.size() == dims &&
               llvm::is_sorted(lifted.dims);
  }
  llvm::scope_exit restore([&] {
    for (auto &[operand, lifted] : narrow)
      values[operand] = lifted;
  });
  if (isWhole || op.getNumResults() > 1) {
    if (!narrow.empty() && !isWhole)
      return op.emitOpError("expected operands of one shape in a kernel that "
                            "is dissolved");
    SmallVector<Value> tensors;
    SmallVector<Type> types;
    for (Value operand : operands)
      tensors.push_back(materialize(operand, tokens, columns));
    for (Type type : op.getResultTypes())
      types.push_back(getTensorType(type, tokens, columns));
    Operation *lifted = cloneWithTypes(rewriter, op, tensors, types);
    for (auto [result, tensor] :
         llvm::zip(op.getResults(), lifted->getResults()))
      define(result, tensor, tokens, columns);
    return success();
  }
  Value tensor = buildMap(
      op.getResult(0).getType(), tokens, columns, operands,
      [&](OpBuilder &b, ValueRange elements) {
        return cloneWithTypes(b, op, elements,
                              getElementTypeOrSelf(op.getResult(0).getType()))
            ->getResult(0);
      });
  define(op.getResult(0), tensor, tokens, columns);
  return success();
}

/// Operands that the op on tensors takes without token dimensions alone.
static bool isWeightOperand(Operation &op, unsigned index) {
  StringRef name = op.getName().getStringRef();
  return (name == "mhc.gates" || name == "mhc.gates_grad") &&
         (index == 1 || index == 2);
}

LogicalResult KernelDissolver::liftTokenOp(Operation &op) {
  bool tokens = anyHasTokens(op.getOperands());
  SmallVector<Value> operands;
  for (auto [index, operand] : llvm::enumerate(op.getOperands())) {
    bool isWeight = isWeightOperand(op, index);
    if (isWeight && hasTokens(operand))
      return op.emitOpError("expected weights without token dimensions in a "
                            "kernel that is dissolved, got a value of the "
                            "token for operand ")
             << index;
    operands.push_back(materialize(operand, tokens && !isWeight, false));
  }
  SmallVector<Type> types;
  for (Type type : op.getResultTypes())
    types.push_back(getTensorType(type, tokens, false));
  Operation *lifted = cloneWithTypes(rewriter, op, operands, types);
  for (auto [result, tensor] : llvm::zip(op.getResults(), lifted->getResults()))
    define(result, tensor, tokens, false);
  return success();
}

//===----------------------------------------------------------------------===//
// The program of the column
//===----------------------------------------------------------------------===//

LogicalResult KernelDissolver::liftSweep(SweepOp sweep) {
  hidden = static_cast<int64_t>(sweep.getHidden());
  Block &block = sweep.getBody().front();
  for (auto [row, column] : llvm::zip(sweep.getRows(), block.getArguments())) {
    Lifted lifted = values.at(row);
    values[column] = lifted;
  }
  for (Operation &op : block.without_terminator())
    if (failed(lift(op)))
      return failure();
  for (auto [exit, result] :
       llvm::zip_equal(sweep.getExit().getExits(), sweep.getResults()))
    liftExit(exit, result);
  return success();
}

LogicalResult KernelDissolver::liftRowOp(Operation &op) {
  bool tokens = anyHasTokens(op.getOperands());
  SmallVector<Value> operands;
  if (auto combine = dyn_cast<CombineOp>(op)) {
    for (Value row : combine.getRows())
      operands.push_back(readRow(row, tokens));
    for (CombineTerm term : combine.getTerms()) {
      if (!term.coefficients)
        continue;
      // Factors that name streams name tokens too.
      bool isOfStreams =
          term.kind == TermKind::Scaled && getInnerRank(term.coefficients) > 0;
      operands.push_back(materialize(
          term.coefficients,
          hasTokens(term.coefficients) || (isOfStreams && tokens), false));
    }
  } else if (auto aggregate = dyn_cast<AggregateOp>(op)) {
    operands = {readRow(aggregate.getX(), tokens),
                materialize(aggregate.getPre())};
  } else if (auto backproject = dyn_cast<BackprojectOp>(op)) {
    operands = {materialize(backproject.getD()),
                values.at(backproject.getPhi()).tensor};
  } else {
    // A sum over columns is an inner product of rows: see liftExit.
    auto inner = cast<InnerOp>(op);
    ExitOp exit = cast<SweepOp>(op.getParentOp()).getExit();
    auto isSummed = [&](OpOperand &use) {
      if (use.getOwner() != exit)
        return false;
      return llvm::all_of(exit.getExits(), [&](const SweepExit &each) {
        return (each.value != inner.getOut() || each.kind == ExitKind::Sum) &&
               each.by != inner.getOut();
      });
    };
    if (!llvm::all_of(inner.getOut().getUses(), isSummed))
      liftColumnInner(inner);
    return success();
  }
  RankedTensorType type =
      getTensorType(op.getResult(0).getType(), tokens, true);
  Operation *lifted = cloneWithTypes(rewriter, op, operands, type);
  define(op.getResult(0), lifted->getResult(0), tokens, true);
  return success();
}

void KernelDissolver::liftColumnInner(InnerOp op) {
  bool tokens = anyHasTokens(op->getOperands());
  Type type = op.getOut().getType();
  Type compute = getElementTypeOrSelf(type);
  RankedTensorType tensorType = getTensorType(type, tokens, true);
  unsigned rank = tensorType.getRank(), outRank = getInnerShape(type).size();
  unsigned first = tokens ? tokenRank : 0;
  Value a = readRow(op.getA(), tokens), b = readRow(op.getB(), tokens);
  LoopNest nest(rewriter, op.getLoc(), rank);
  auto read = [&](Value row, ArrayRef<AffineExpr> streams) {
    SmallVector<AffineExpr> indices = nest.firstDims(first);
    llvm::append_range(indices, streams);
    indices.push_back(nest.dim(rank - 1));
    nest.read(row, indices);
  };
  bool aHasStreams = getInnerRank(op.getA()),
       bHasStreams = getInnerRank(op.getB());
  if (op.getKind() == InnerKind::Whole && aHasStreams) {
    int64_t streams = getInnerShape(op.getA().getType()).front();
    for (int64_t i = 0; i < streams; ++i) {
      read(a, nest.constant(i));
      read(b, nest.constant(i));
    }
  } else {
    SmallVector<AffineExpr> aStreams, bStreams;
    if (aHasStreams)
      aStreams.push_back(nest.dim(first));
    if (bHasStreams)
      bStreams.push_back(nest.dim(first + outRank - 1));
    read(a, aStreams);
    read(b, bStreams);
  }
  Value tensor = nest.map(
      createEmptyTensor(tensorType, tokens),
      [&](OpBuilder &builder, Location loc, ValueRange elements) {
        Value sum;
        for (size_t i = 0; i < elements.size(); i += 2) {
          Value x = convertFloat(builder, loc, elements[i], compute);
          Value y = convertFloat(builder, loc, elements[i + 1], compute);
          sum = sum ? Value(math::FmaOp::create(builder, loc, x, y, sum))
                    : Value(arith::MulFOp::create(builder, loc, x, y));
        }
        return sum;
      });
  define(op.getOut(), tensor, tokens, true);
}

Value KernelDissolver::addOverColumns(Value value) {
  bool tokens = hasTokens(value);
  Value row = materialize(value, tokens, /*columns=*/true);
  auto type = cast<RankedTensorType>(row.getType());
  auto sumType =
      RankedTensorType::get(type.getShape().drop_back(), type.getElementType());
  LoopNest nest(rewriter, kernel.getLoc(), type.getRank());
  nest.read(row, nest.firstDims(type.getRank()));
  return nest.reduce(
      createZeros(rewriter, kernel.getLoc(), sumType, row),
      nest.firstDims(sumType.getRank()),
      [](OpBuilder &b, Location l, ValueRange elements, Value sum) {
        return Value(arith::AddFOp::create(b, l, sum, elements[0]));
      });
}

Value KernelDissolver::addOverTokens(Value value, bool columns) {
  Value tensor = materialize(value, tokenRank > 0, columns);
  auto type = cast<RankedTensorType>(tensor.getType());
  Type compute = getComputeType(type.getElementType());
  auto sumType =
      RankedTensorType::get(type.getShape().drop_front(tokenRank), compute);
  LoopNest nest(rewriter, kernel.getLoc(), type.getRank());
  nest.read(tensor, nest.firstDims(type.getRank()));
  SmallVector<AffineExpr> kept;
  for (int64_t i = tokenRank; i < type.getRank(); ++i)
    kept.push_back(nest.dim(i));
  Value sum = nest.reduce(
      createZeros(rewriter, kernel.getLoc(), sumType, nullptr), kept,
      [&](OpBuilder &b, Location l, ValueRange elements, Value sum) {
        Value element = convertFloat(b, l, elements[0], compute);
        return Value(arith::AddFOp::create(b, l, sum, element));
      });
  return convertTensor(rewriter, kernel.getLoc(), sum, type.getElementType());
}

void KernelDissolver::liftExit(const SweepExit &exit, Value result) {
  Location loc = kernel.getLoc();
  bool streams = getInnerRank(exit.value) > 0;
  Value tensor;
  switch (exit.kind) {
  case ExitKind::Row: {
    bool tokens = hasTokens(exit.value);
    tensor = readRow(exit.value, tokens);
    define(result, tensor, tokens, true);
    return;
  }
  case ExitKind::Sum: {
    auto inner = exit.value.getDefiningOp<InnerOp>();
    if (inner && inner->getParentOp() == result.getDefiningOp()) {
      bool tokens = anyHasTokens(inner->getOperands());
      Value a = readRow(inner.getA(), tokens),
            b = readRow(inner.getB(), tokens);
      tensor = InnerOp::create(rewriter, loc,
                               getTensorType(result.getType(), tokens, false),
                               inner.getKind(), a, b);
      define(result, tensor, tokens, false);
      return;
    }
    bool tokens = hasTokens(exit.value);
    tensor = addOverColumns(exit.value);
    define(result, tensor, tokens, false);
    return;
  }
  case ExitKind::Project: {
    bool tokens = hasTokens(exit.value);
    bool isEach = streams && !cast<WeightType>(exit.by.getType()).hasStreams();
    tensor = ProjectOp::create(
        rewriter, loc, getTensorType(result.getType(), tokens, false),
        isEach ? Extent::Each : Extent::Whole, readRow(exit.value, tokens),
        values.at(exit.by).tensor, Value(), exit.precision);
    define(result, tensor, tokens, false);
    return;
  }
  case ExitKind::Outer: {
    bool isEach = getInnerRank(exit.by) == 2;
    auto total = cast<TotalType>(result.getType());
    int64_t columns = hidden;
    if (streams && !isEach)
      columns *= getInnerShape(exit.value.getType()).front();
    auto type = RankedTensorType::get({total.getShape().front(), columns},
                                      total.getElementType());
    tensor = OuterOp::create(
        rewriter, loc, type, isEach ? Extent::Each : Extent::Whole,
        materialize(exit.by, tokenRank > 0, false),
        readRow(exit.value, tokenRank > 0), exit.precision);
    define(result, tensor, false, false);
    return;
  }
  case ExitKind::Total:
    tensor = addOverTokens(exit.value, /*columns=*/true);
    define(result, tensor, false, false);
    return;
  }
  llvm_unreachable("every kind of exit is handled");
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct DissolveKernels : mhc::impl::MHCDissolveKernelsBase<DissolveKernels> {
  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<KernelOp, PrepareOp>(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      if (auto prepare = dyn_cast<PrepareOp>(op)) {
        inlineRegion(prepare, rewriter);
        ++prepared;
        continue;
      }
      auto kernel = cast<KernelOp>(op);
      // On memrefs there are no tensors to write it on.
      if (kernel.getNumResults() == 0)
        continue;
      FailureOr<SmallVector<Value>> results =
          KernelDissolver(kernel, rewriter).run();
      if (failed(results))
        return signalPassFailure();
      rewriter.replaceOp(kernel, *results);
      ++dissolved;
    }
  }
};
} // namespace
