//===- LiveKinds.cpp - What the tensors of a program are for --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LiveKinds.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The token dimensions of an op on rows that shows them; nothing of others.
static std::optional<ArrayRef<int64_t>> findTokenDims(Operation *op) {
  if (auto connection = dyn_cast<ConnectionOp>(op))
    return getShape(connection.getY()).drop_back();
  if (auto head = dyn_cast<HeadOp>(op))
    return getShape(head->getResult(0)).drop_back();
  if (auto kernel = dyn_cast<KernelOp>(op)) {
    Value reference = kernel.getTokenReference();
    if (!reference || !isa<RankedTensorType>(reference.getType()))
      return std::nullopt;
    return getShape(reference).take_front(kernel.getTokenRank());
  }
  if (isa<AggregateOp, ReduceStreamsOp>(op))
    return getShape(op->getResult(0)).drop_back();
  if (auto expand = dyn_cast<ExpandOp>(op))
    return getShape(expand->getOperand(0)).drop_back();
  return std::nullopt;
}

FailureOr<TokenSizes> TokenSizes::create(ArrayRef<func::FuncOp> functions,
                                         int64_t tokens) {
  TokenSizes sizes;
  bool isFound = false;
  func::FuncOp front = functions.front();
  auto look = [&](Operation *op) {
    std::optional<ArrayRef<int64_t>> dims = findTokenDims(op);
    if (!dims)
      return isa<KernelOp>(op) ? WalkResult::skip() : WalkResult::advance();
    sizes.dims.assign(dims->begin(), dims->end());
    isFound = true;
    return WalkResult::interrupt();
  };
  for (func::FuncOp function : functions)
    if (!isFound)
      function.walk<WalkOrder::PreOrder>(look);
  // Rows without ops on streams: what a function on rows begins with.
  if (!isFound)
    for (Type type : front.getArgumentTypes())
      if (auto tensor = dyn_cast<RankedTensorType>(type);
          tensor && tensor.getRank() > 0) {
        sizes.dims.push_back(tensor.getDimSize(0));
        break;
      }

  int64_t known = 1;
  bool isDynamic = false;
  for (int64_t dim : sizes.dims) {
    if (ShapedType::isDynamic(dim))
      isDynamic = true;
    else
      known *= std::max<int64_t>(dim, 1);
  }
  sizes.tokens = tokens;
  if (tokens == 0)
    sizes.tokens = isDynamic ? kDefaultTokens * known : known;
  if (isDynamic ? sizes.tokens % known != 0 : sizes.tokens != known)
    return front.emitError("expected 'tokens' to be ")
           << (isDynamic ? "a multiple of " : "") << known
           << ", as the token dimensions of @" << front.getName()
           << " say, got " << tokens;
  // Of several dynamic token dimensions only the product is known: the first
  // is set to it, the others to 1, and so are as many of any tensor.
  sizes.dynamic = isDynamic ? sizes.tokens / known : sizes.tokens;
  return sizes;
}

bool TokenSizes::isOfTokens(Type type) const {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return false;
  if (llvm::any_of(dims, ShapedType::isDynamic))
    return !tensor.hasStaticShape();
  // Of static dimensions nothing but their sizes is known.
  const int64_t *next = dims.begin();
  for (int64_t dim : tensor.getShape())
    if (next != dims.end() && dim == *next)
      ++next;
  return next == dims.end() && !dims.empty();
}

std::optional<int64_t> TokenSizes::getBytes(Type type) const {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return 0;
  Type element = tensor.getElementType();
  int64_t bytes = element.isIntOrFloat()
                      ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)
                      : static_cast<int64_t>(sizeof(int64_t)); // index
  int64_t unknown = tensor.getNumDynamicDims();
  int64_t ones =
      std::max<int64_t>(llvm::count_if(dims, ShapedType::isDynamic) - 1, 0);
  // At least one of the dynamic dimensions is the tokens.
  ones = std::min(ones, unknown - 1);
  for (int64_t dim : tensor.getShape()) {
    if (ShapedType::isDynamic(dim))
      dim = ones-- > 0 ? 1 : dynamic;
    std::optional<int64_t> product = llvm::checkedMul(bytes, dim);
    if (!product)
      return std::nullopt;
    bytes = *product;
  }
  return bytes;
}

//===----------------------------------------------------------------------===//
// Dependence on gradients
//===----------------------------------------------------------------------===//

bool LiveKinds::readsGradient(Operation *op) const {
  if (llvm::any_of(op->getOperands(),
                   [&](Value value) { return dependsOnGradient(value); }))
    return true;
  if (op->getNumRegions() == 0 || op->hasTrait<OpTrait::IsIsolatedFromAbove>())
    return false;
  bool reads = false;
  visitUsedValuesDefinedAbove(op->getRegions(), [&](OpOperand *use) {
    reads |= dependsOnGradient(use->get());
  });
  return reads;
}

void LiveKinds::addKernel(KernelOp kernel) {
  // Through the region: a kernel of the backward also rebuilds rows.
  llvm::DenseSet<Value> inside;
  for (auto [argument, operand] :
       llvm::zip_equal(kernel.getBody().getArguments(), kernel.getIns()))
    if (dependsOnGradient(operand))
      inside.insert(argument);
  auto isInside = [&](Value value) { return value && inside.contains(value); };
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto sweep = dyn_cast<SweepOp>(op);
    if (!sweep) {
      if (llvm::any_of(op.getOperands(), isInside))
        inside.insert(op.result_begin(), op.result_end());
      continue;
    }
    for (auto [argument, row] :
         llvm::zip_equal(sweep.getBody().getArguments(), sweep.getRows()))
      if (isInside(row))
        inside.insert(argument);
    for (Operation &column : sweep.getBody().front().without_terminator())
      if (llvm::any_of(column.getOperands(), isInside))
        inside.insert(column.result_begin(), column.result_end());
    for (auto [result, exit] :
         llvm::zip_equal(sweep.getResults(), sweep.getExit().getExits()))
      if (isInside(exit.value) || isInside(exit.by))
        inside.insert(result);
  }
  for (auto [result, value] :
       llvm::zip(kernel.getResults(), kernel.getReturned()))
    if (isInside(value))
      gradients.insert(result);
}

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

/// The op that makes a column, or a row, behind casts.
static Operation *findMaker(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<arith::TruncFOp, arith::ExtFOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return op;
}

LiveKind LiveKinds::classifyKernelResult(KernelOp kernel,
                                         unsigned index) const {
  Value value = kernel.getReturned()[index];
  auto row = dyn_cast<RowType>(value.getType());
  if (!row)
    return LiveKind::Coefficients;
  if (auto sweep = value.getDefiningOp<SweepOp>()) {
    unsigned number = cast<OpResult>(value).getResultNumber();
    Operation *maker = findMaker(sweep.getExit().getExits()[number].value);
    if (isa_and_nonnull<AggregateOp>(maker))
      return LiveKind::Aggregates;
    if (isa_and_nonnull<CombineOp>(maker))
      return LiveKind::Streams;
  }
  return row.getShape().size() > 1 ? LiveKind::Streams : LiveKind::Sublayers;
}

LiveKind LiveKinds::classify(OpResult result) const {
  Operation *op = result.getOwner();
  bool isGradient = dependsOnGradient(result);
  if (!sizes.isOfTokens(result.getType()))
    return isGradient ? LiveKind::WeightGradients : LiveKind::Given;
  if (isGradient)
    return LiveKind::Gradients;
  if (auto kernel = dyn_cast<KernelOp>(op))
    return classifyKernelResult(kernel, result.getResultNumber());
  if (isa<ConnectionOp>(op))
    return result.getResultNumber() == 0 ? LiveKind::Streams
                                         : LiveKind::Coefficients;
  if (isa<CombineOp, ExpandOp>(op))
    return LiveKind::Streams;
  if (isa<AggregateOp, HeadOp, ReduceStreamsOp>(op))
    return LiveKind::Aggregates;
  if (isa<InnerOp, ProjectOp, RstdOp, GatesOp, SinkhornOp, SinkhornStepOp>(op))
    return LiveKind::Coefficients;
  // Work on coefficients gives coefficients; destinations say nothing.
  auto destinations = dyn_cast<DestinationStyleOpInterface>(op);
  bool isOfCoefficients = false;
  for (OpOperand &operand : op->getOpOperands()) {
    if (!sizes.isOfTokens(operand.get().getType()) ||
        (destinations && destinations.isDpsInit(&operand)))
      continue;
    if (get(operand.get()) != LiveKind::Coefficients)
      return LiveKind::Sublayers;
    isOfCoefficients = true;
  }
  return isOfCoefficients ? LiveKind::Coefficients : LiveKind::Sublayers;
}

LiveKind LiveKinds::classifyArgument(Value argument) const {
  auto type = cast<RankedTensorType>(argument.getType());
  bool hasStreams = type.getRank() == sizes.getRank() + 2;
  for (OpOperand &use : argument.getUses()) {
    unsigned number = use.getOperandNumber();
    bool isRow = number == 0;
    Operation *user = use.getOwner();
    if (auto again = dyn_cast<RecomputeOp>(user))
      return classifyArgument(again.getBody().getArgument(number));
    if (auto kernel = dyn_cast<KernelOp>(user)) {
      if (number >= kernel.getIns().size())
        continue;
      isRow = isa<RowType>(kernel.getBody().getArgument(number).getType());
    } else if (auto combine = dyn_cast<CombineOp>(user)) {
      isRow = number < combine.getRows().size();
    } else if (isa<InnerOp>(user)) {
      isRow = true;
    } else if (!isa<AggregateOp, ProjectOp, ConnectionOp, HeadOp,
                    ReduceStreamsOp>(user)) {
      continue;
    }
    if (!isRow)
      return LiveKind::Coefficients;
    return hasStreams ? LiveKind::Streams : LiveKind::Sublayers;
  }
  return LiveKind::Sublayers;
}

void LiveKinds::add(Operation *op) {
  if (auto kernel = dyn_cast<KernelOp>(op))
    addKernel(kernel);
  else if (readsGradient(op))
    gradients.insert(op->result_begin(), op->result_end());
  for (OpResult result : op->getResults())
    if (isa<RankedTensorType>(result.getType()))
      kinds[result] = classify(result);
}

void LiveKinds::addAlias(Value value, Value source) {
  if (dependsOnGradient(source))
    gradients.insert(value);
  kinds[value] = get(source);
}
