//===- Shapes.cpp - Rows, coefficients and weights, checked ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/Shapes.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::mhc;

/// Prints dimensions as [?, 4, 64].
static void printDims(llvm::raw_ostream &os, ArrayRef<int64_t> dims) {
  os << '[';
  llvm::interleaveComma(dims, os, [&](int64_t dim) {
    if (ShapedType::isDynamic(dim))
      os << '?';
    else
      os << dim;
  });
  os << ']';
}

static std::string toString(ArrayRef<int64_t> dims) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printDims(os, dims);
  return text;
}

/// A scalar or vector as a tensor, with `trailing` dimensions of one behind.
static RankedTensorType toTensor(Type type, unsigned trailing) {
  if (auto tensorType = dyn_cast<RankedTensorType>(type))
    return tensorType;
  SmallVector<int64_t> shape;
  if (auto vector = dyn_cast<VectorType>(type))
    llvm::append_range(shape, vector.getShape());
  shape.append(trailing, 1);
  return RankedTensorType::get(shape, getElementTypeOrSelf(type));
}

NamedValue mlir::mhc::asRow(StringRef name, Value value) {
  return {name, value,
          value ? toTensor(value.getType(), 1) : RankedTensorType()};
}

NamedValue mlir::mhc::asCoefficients(StringRef name, Value value) {
  return {name, value,
          value ? toTensor(value.getType(), 0) : RankedTensorType()};
}

NamedValue mlir::mhc::asWeights(StringRef name, Value value) {
  if (!value)
    return {name, value};
  auto weight = dyn_cast<WeightType>(value.getType());
  if (!weight)
    return asCoefficients(name, value);
  int64_t columns = weight.hasStreams() ? weight.getStreams() : 1;
  return {name, value,
          RankedTensorType::get({weight.getOutputs(), columns},
                                weight.getElementType())};
}

int64_t mlir::mhc::getRank(Type type) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.getRank() : 0;
}

bool mlir::mhc::isOnTensors(Operation *op) {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  return llvm::any_of(op->getOperandTypes(), isTensor) ||
         llvm::any_of(op->getResultTypes(), isTensor);
}

LogicalResult mlir::mhc::verifyOneLevel(Operation *op) {
  auto isTensor = [](Type type) { return isa<TensorType>(type); };
  Type first, other;
  auto note = [&](Type type) {
    if (!first)
      first = type;
    else if (isTensor(type) != isTensor(first))
      other = type;
  };
  llvm::for_each(op->getOperandTypes(), note);
  llvm::for_each(op->getResultTypes(), note);
  if (!other)
    return success();
  return op->emitOpError("expected tensors alone, or in a kernel scalars, "
                         "vectors and weights alone, got ")
         << first << " beside " << other;
}

bool mlir::mhc::isRowType(Type type) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  return tensorType && !tensorType.getEncoding() &&
         isa<BFloat16Type, Float16Type, Float32Type, Float64Type>(
             tensorType.getElementType());
}

bool mlir::mhc::haveSameDims(RankedTensorType a, RankedTensorType b,
                             unsigned trailing) {
  if (a.getRank() != b.getRank() || a.getRank() < trailing)
    return false;
  ArrayRef<int64_t> aLast = a.getShape().take_back(trailing);
  return !ShapedType::isDynamicShape(aLast) &&
         aLast == b.getShape().take_back(trailing) &&
         compatible(a.getShape().drop_back(trailing),
                    b.getShape().drop_back(trailing));
}

bool mlir::mhc::compatible(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return a.size() == b.size() && succeeded(verifyCompatibleShape(a, b));
}

FailureOr<RowShape> mlir::mhc::verifyRow(Operation *op, NamedValue row,
                                         bool hasStreams) {
  RankedTensorType type = row.getType();
  int64_t trailing = hasStreams ? 2 : 1;
  if (type.getRank() < trailing)
    return op->emitOpError("expected '")
           << row.name << "' of rank " << trailing
           << " or more, token dimensions "
           << (hasStreams ? "and then streams and hidden" : "and then hidden")
           << ", got " << row.getWrittenType();
  ArrayRef<int64_t> shape = type.getShape();
  int64_t hidden = shape.back();
  if (ShapedType::isDynamic(hidden) || hidden < 1 || hidden > kMaxHidden)
    return op->emitOpError("expected hidden, the last dimension of '")
           << row.name << "', to be static and from 1 to " << kMaxHidden
           << ", got " << row.getWrittenType();
  RowShape result{shape.drop_back(trailing), 1, hidden};
  if (!hasStreams)
    return result;
  result.streams = shape[shape.size() - 2];
  if (ShapedType::isDynamic(result.streams) || result.streams < 1 ||
      result.streams > kMaxStreams)
    return op->emitOpError(
               "expected streams, the dimension before the last of '")
           << row.name << "', to be static and from 1 to " << kMaxStreams
           << ", got " << row.getWrittenType();
  return result;
}

void TokenDims::refine(ArrayRef<int64_t> tokens) {
  for (auto [known, size] : llvm::zip(dims, tokens))
    if (!ShapedType::isDynamic(size))
      known = size;
}

LogicalResult TokenDims::verify(Operation *op, StringRef value,
                                ArrayRef<int64_t> tokens) {
  if (!compatible(tokens, dims))
    return op->emitOpError("expected '")
           << value << "' to have the token dimensions of '" << name << "', "
           << toString(dims) << ", got " << toString(tokens);
  refine(tokens);
  return success();
}

LogicalResult TokenDims::verifyFirst(Operation *op, StringRef value,
                                     ArrayRef<int64_t> first) {
  first = first.take_front(dims.size());
  if (!compatible(first, ArrayRef(dims).take_front(first.size())))
    return op->emitOpError("expected '")
           << value << "' to start with the token dimensions of '" << name
           << "', " << toString(dims) << ", got " << toString(first);
  refine(first);
  return success();
}

LogicalResult TokenDims::verifyCoefficients(Operation *op, NamedValue value,
                                            ArrayRef<int64_t> trailing,
                                            bool orStatic) {
  ArrayRef<int64_t> shape = value.getType().getShape();
  if (orStatic && shape == trailing)
    return success();
  if (shape.size() == dims.size() + trailing.size() &&
      shape.take_back(trailing.size()) == trailing) {
    ArrayRef<int64_t> tokens = shape.drop_back(trailing.size());
    if (compatible(tokens, dims)) {
      refine(tokens);
      return success();
    }
  }
  SmallVector<int64_t> full(dims);
  llvm::append_range(full, trailing);
  InFlightDiagnostic diagnostic = op->emitOpError("expected '")
                                  << value.name << "' of shape "
                                  << toString(full);
  if (orStatic && !dims.empty())
    diagnostic << " or " << toString(trailing);
  return diagnostic << ", got " << value.getWrittenType();
}

LogicalResult mlir::mhc::verifyWeights(Operation *op, NamedValue value,
                                       ArrayRef<int64_t> shape) {
  if (value.getType().getShape() == shape)
    return success();
  return op->emitOpError("expected '")
         << value.name << "' of shape " << toString(shape) << ", got "
         << value.getWrittenType();
}

LogicalResult mlir::mhc::verifyElementTypes(Operation *op,
                                            ArrayRef<NamedValue> rows,
                                            ArrayRef<NamedValue> coefficients,
                                            ArrayRef<NamedValue> weights) {
  const NamedValue *wide = llvm::find_if(rows, [](const NamedValue &row) {
    return row.value && row.getType().getElementType().isF64();
  });
  bool isWide = wide != rows.end();
  for (const NamedValue &row : rows)
    if (row.value && row.getType().getElementType().isF64() != isWide)
      return op->emitOpError("expected '")
             << row.name << "' of f64 as '" << wide->name << "' is, got "
             << row.getWrittenType();
  Type compute = isWide ? Type(Float64Type::get(op->getContext()))
                        : Type(Float32Type::get(op->getContext()));
  for (const NamedValue &value : coefficients)
    if (value.value && value.getType().getElementType() != compute)
      return op->emitOpError("expected coefficients of ")
             << compute << " in '" << value.name << "'"
             << (isWide ? " with rows of f64" : " with rows that are not f64")
             << ", got " << value.getWrittenType();
  for (const NamedValue &value : weights)
    if (value.value && value.getType().getElementTypeBitWidth() >
                           compute.getIntOrFloatBitWidth())
      return op->emitOpError("expected weights no wider than ")
             << compute << " in '" << value.name << "', got "
             << value.getWrittenType();
  return success();
}

FloatType mlir::mhc::getComputeType(Type rowElementType) {
  if (rowElementType.isF64())
    return cast<FloatType>(rowElementType);
  return Float32Type::get(rowElementType.getContext());
}

LogicalResult mlir::mhc::reifyTokens(Operation *op, OpBuilder &builder,
                                     Value reference,
                                     ReifiedRankedShapedTypeDims &dims) {
  if (!isOnTensors(op))
    return failure();
  for (Value result : op->getResults()) {
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<OpFoldResult> sizes;
    for (auto [index, size] : llvm::enumerate(type.getShape())) {
      if (ShapedType::isDynamic(size))
        sizes.push_back(
            tensor::DimOp::create(builder, op->getLoc(), reference, index)
                .getResult());
      else
        sizes.push_back(builder.getIndexAttr(size));
    }
    dims.push_back(std::move(sizes));
  }
  return success();
}
