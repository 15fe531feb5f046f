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

namespace mlir::mhc {

/// The largest number of streams that the dialect accepts.
constexpr int64_t kMaxStreams = 16;

/// The dimensions of a row tensor.
struct RowShape {
  /// T.., static or dynamic.
  ArrayRef<int64_t> tokens;
  /// n; 1 for a row without a stream dimension.
  int64_t streams;
  /// C.
  int64_t hidden;
};

/// An operand or result, by the name that diagnostics use.
struct NamedValue {
  StringRef name;
  Value value;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(value.getType());
  }
};

/// The dimensions of `row` if its rank and its static dimensions are those of
/// rows with (or without) streams.
FailureOr<RowShape> verifyRow(Operation *op, NamedValue row, bool hasStreams);

/// Whether two lists of dimensions may be the same at run time.
bool compatible(ArrayRef<int64_t> a, ArrayRef<int64_t> b);

/// Token dimensions of `value` against those of `reference`.
LogicalResult verifyTokens(Operation *op, StringRef name,
                           ArrayRef<int64_t> tokens, StringRef reference,
                           ArrayRef<int64_t> expected);

/// A shape that must be `tokens` and then `trailing`, or, if `orStatic`,
/// `trailing` alone.
LogicalResult verifyCoefficients(Operation *op, NamedValue value,
                                 ArrayRef<int64_t> tokens,
                                 ArrayRef<int64_t> trailing,
                                 bool orStatic = true);

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
