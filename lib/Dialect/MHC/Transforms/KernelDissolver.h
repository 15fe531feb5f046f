//===- KernelDissolver.h - A kernel's values on all tokens ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_TRANSFORMS_KERNELDISSOLVER_H
#define MHC_DIALECT_MHC_TRANSFORMS_KERNELDISSOLVER_H

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::mhc {

/// A value of the kernel, on all tokens and columns. Its dimensions are those
/// of the tokens, of the value's type, and hidden; `dims` says which of them
/// each dimension of `tensor` is. Those that are left out do not change it.
struct Lifted {
  Value tensor;
  SmallVector<int64_t> dims;
  /// The number that all elements are, in place of a tensor.
  TypedAttr constant;

  bool has(int64_t dim) const { return llvm::is_contained(dims, dim); }
};

/// The dimensions of a value's type, streams and no hidden for a row.
inline SmallVector<int64_t> getInnerShape(Type type) {
  if (auto row = dyn_cast<RowType>(type))
    return SmallVector<int64_t>(row.getShape().drop_back());
  if (auto vector = dyn_cast<VectorType>(type))
    return SmallVector<int64_t>(vector.getShape());
  return {};
}

inline int64_t getInnerRank(Value value) {
  return getInnerShape(value.getType()).size();
}

/// Writes one kernel in the ops of tensors, in front of it.
class KernelDissolver {
public:
  KernelDissolver(KernelOp kernel, RewriterBase &rewriter)
      : kernel(kernel), rewriter(rewriter), tokenRank(kernel.getTokenRank()) {
    findTokens();
  }

  /// The values of the kernel's results.
  FailureOr<SmallVector<Value>> run();

private:
  /// What is known of the token dimensions, and a tensor that has them.
  void findTokens();
  /// A tensor of the kernel with the token dimensions as they are known.
  Value refine(Value tensor);

  //===--- Reading lifted values
  //-------------------------------------------===//

  bool hasTokens(Value value) const {
    const Lifted &lifted = values.at(value);
    return tokenRank > 0 && lifted.has(0);
  }
  bool hasColumns(Value value) const {
    return values.at(value).has(tokenRank + getInnerRank(value));
  }
  bool anyHasTokens(ValueRange range) const {
    return llvm::any_of(range, [&](Value value) { return hasTokens(value); });
  }
  /// The tensor type of a value of `type`.
  RankedTensorType getTensorType(Type type, bool tokens, bool columns) const;
  Value createEmptyTensor(RankedTensorType type, bool tokens);
  /// An elementwise loop nest over such a tensor: `read` says how each of
  /// `inputs` is read, `body` makes the element of the arguments.
  Value buildMap(Type type, bool tokens, bool columns, ArrayRef<Value> inputs,
                 function_ref<Value(OpBuilder &, ValueRange)> body);
  SmallVector<AffineExpr> getIndices(const LoopNest &nest, const Lifted &lifted,
                                     bool tokens) const;
  /// A tensor with all these dimensions, in order.
  Value materialize(Value value, bool tokens, bool columns);
  /// As it is: with the token dimensions that it has.
  Value materialize(Value value) {
    return materialize(value, hasTokens(value), hasColumns(value));
  }
  Value readRow(Value value, bool tokens) {
    return materialize(value, tokens, /*columns=*/true);
  }

  //===--- Lifting ops
  //-----------------------------------------------------===//

  /// `tensor` has all dimensions, in order.
  void define(Value value, Value tensor, bool tokens, bool columns);
  LogicalResult lift(Operation &op);
  LogicalResult liftSweep(SweepOp sweep);
  void liftExit(const SweepExit &exit, Value result);
  LogicalResult liftConstant(arith::ConstantOp op);
  LogicalResult liftElementwise(Operation &op);
  LogicalResult liftTokenOp(Operation &op);
  LogicalResult liftRowOp(Operation &op);
  LogicalResult liftVectorOp(Operation &op);
  void liftBroadcast(vector::BroadcastOp op);
  void liftTranspose(vector::TransposeOp op);
  void liftShapeCast(vector::ShapeCastOp op);
  LogicalResult liftExtract(vector::ExtractOp op);
  void liftSlice(vector::ExtractStridedSliceOp op);
  LogicalResult liftInsert(Operation &op, Value source, Value into,
                           ArrayRef<int64_t> offsets);
  void liftReduction(Value result, vector::CombiningKind kind, Value source,
                     Value accumulator, ArrayRef<int64_t> dims);
  void liftFromElements(vector::FromElementsOp op);
  /// An inner product of one column that is not added over columns.
  void liftColumnInner(InnerOp op);
  Value addOverColumns(Value value);
  Value addOverTokens(Value value, bool columns);
  Value slice(Value tensor, RankedTensorType type, int64_t first,
              ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes);

  KernelOp kernel;
  RewriterBase &rewriter;
  int64_t tokenRank;
  SmallVector<int64_t> tokenShape;
  /// A tensor that has the token dimensions.
  Value reference;
  /// Of the sweep that is being lifted.
  int64_t hidden = 1;
  llvm::DenseMap<Value, Lifted> values;
};
} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_TRANSFORMS_KERNELDISSOLVER_H
