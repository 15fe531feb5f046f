//===- Shapes.h - Rows, coefficients and weights, checked -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the verifiers of all ops share: how the dimensions of rows [T.., n, C],
// [T.., C], coefficients [T.., k..] or [k..] and weights [k..] are read, and
// the diagnostics where they are wrong. Every check emits an op error that
// states what was expected and what was got.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_IR_SHAPES_H
#define MHC_DIALECT_MHC_IR_SHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

#include <limits>

namespace mlir::mhc {

/// The largest number of streams that the dialect accepts.
constexpr int64_t kMaxStreams = 16;

/// The largest hidden: offsets in a row fit 32 bits, and n C fits 64.
constexpr int64_t kMaxHidden = std::numeric_limits<int32_t>::max();

/// The dimensions of a row tensor.
struct RowShape {
  /// T.., static or dynamic.
  ArrayRef<int64_t> tokens;
  /// n; 1 for a row without a stream dimension.
  int64_t streams;
  /// C.
  int64_t hidden;
};

/// An operand or result, by the name that diagnostics use. Ops verify tensors
/// and, inside a kernel, the values of one token or one column by the same
/// rules: these are seen as tensors without token dimensions, and a column as
/// a row of hidden 1.
struct NamedValue {
  StringRef name;
  Value value;
  /// What is verified; the type of the value itself is what diagnostics print.
  RankedTensorType shape;

  /// A tensor, or null.
  NamedValue(StringRef name, Value value)
      : NamedValue(name, value,
                   value ? dyn_cast<RankedTensorType>(value.getType())
                         : RankedTensorType()) {}
  NamedValue(StringRef name, Value value, RankedTensorType shape)
      : name(name), value(value), shape(shape) {}

  RankedTensorType getType() const { return shape; }
  Type getWrittenType() const { return value.getType(); }
};

/// Rows, or a column of them: `vector<nxT>` over the streams, or `T`.
NamedValue asRow(StringRef name, Value value);

/// Coefficients, or those of one token: a vector or a scalar.
NamedValue asCoefficients(StringRef name, Value value);

/// Weights [m, columns]; in a kernel `!mhc.weight`, seen as one column, and
/// vectors.
NamedValue asWeights(StringRef name, Value value);

/// The rank of rows, coefficients or their parts in a kernel.
int64_t getRank(Type type);

/// Whether an op works on tensors, and not on one token or column in a kernel.
bool isOnTensors(Operation *op);

/// An op's operands and results are all tensors, or none is.
LogicalResult verifyOneLevel(Operation *op);

/// Whether a type can be that of rows: a ranked tensor of bf16, f16, f32 or f64
/// without an encoding.
bool isRowType(Type type);

/// The dimensions of `row` if its rank and its static dimensions are those of
/// rows with (or without) streams.
FailureOr<RowShape> verifyRow(Operation *op, NamedValue row, bool hasStreams);

/// Whether two lists of token dimensions may be the same at run time.
bool compatible(ArrayRef<int64_t> a, ArrayRef<int64_t> b);

/// Whether two rows have the same dimensions: token dimensions that may be the
/// same at run time, then `trailing` ones that are static and equal.
bool haveSameDims(RankedTensorType a, RankedTensorType b, unsigned trailing);

/// What is known of an op's token dimensions: those of its first row, made more
/// precise by each operand and result that is verified, so that two of them
/// cannot contradict each other through a dynamic third.
class TokenDims {
public:
  /// The dimensions of the operand or result `name`.
  TokenDims(StringRef name, ArrayRef<int64_t> dims) : name(name), dims(dims) {}

  /// Token dimensions of `value` against those that are known.
  LogicalResult verify(Operation *op, StringRef value,
                       ArrayRef<int64_t> tokens);

  /// Dimensions that start as the token dimensions do, and may be fewer.
  LogicalResult verifyFirst(Operation *op, StringRef value,
                            ArrayRef<int64_t> dims);

  /// A shape that must be the token dimensions and then `trailing`, or, if
  /// `orStatic`, `trailing` alone.
  LogicalResult verifyCoefficients(Operation *op, NamedValue value,
                                   ArrayRef<int64_t> trailing,
                                   bool orStatic = true);

private:
  void refine(ArrayRef<int64_t> tokens);

  StringRef name;
  SmallVector<int64_t> dims;
};

/// A shape that must be `shape`.
LogicalResult verifyWeights(Operation *op, NamedValue value,
                            ArrayRef<int64_t> shape);

/// Element types: if one row is f64, all rows and coefficients are; otherwise
/// coefficients are f32. Weights are not wider than that. Null values are
/// skipped.
LogicalResult verifyElementTypes(Operation *op, ArrayRef<NamedValue> rows,
                                 ArrayRef<NamedValue> coefficients,
                                 ArrayRef<NamedValue> weights = {});

/// The type in which an op on these rows computes: f64 for f64 rows, else f32.
FloatType getComputeType(Type rowElementType);

/// Implements ReifyRankedShapedTypeOpInterface for ops whose results have the
/// token dimensions of `reference`.
LogicalResult reifyTokens(Operation *op, OpBuilder &builder, Value reference,
                          ReifiedRankedShapedTypeDims &dims);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_IR_SHAPES_H
