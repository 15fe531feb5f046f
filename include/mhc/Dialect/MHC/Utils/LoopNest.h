//===- LoopNest.h - Builders of linalg.generic ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_DIALECT_MHC_UTILS_LOOPNEST_H
#define MHC_DIALECT_MHC_UTILS_LOOPNEST_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"

namespace mlir::mhc {

/// Builds linalg.generic ops of a loop nest over `rank` dimensions, the token
/// dimensions first. An operand is read through a map; reading one tensor at
/// several places of a small dimension (streams) is several operands with
/// constant results in their maps.
class LoopNest {
public:
  LoopNest(OpBuilder &builder, Location loc, unsigned rank)
      : builder(builder), loc(loc), rank(rank) {}

  /// Reads `tensor` at the results of `map`, a map of the nest's dimensions.
  /// Returns the number of the operand.
  unsigned read(Value tensor, ArrayRef<AffineExpr> indices);

  /// The dimension `i` of the nest.
  AffineExpr dim(unsigned i) const { return builder.getAffineDimExpr(i); }
  AffineExpr constant(int64_t value) const {
    return builder.getAffineConstantExpr(value);
  }
  /// Dimensions 0 .. count - 1, the token dimensions of most operands.
  SmallVector<AffineExpr> firstDims(unsigned count) const;

  using Body = function_ref<Value(OpBuilder &, Location, ValueRange inputs)>;
  using Reduction = function_ref<Value(OpBuilder &, Location, ValueRange inputs,
                                       Value accumulated)>;

  /// One new element of `init`'s type for each point of the first dimensions.
  Value map(Value init, Body body);

  /// Sums over the dimensions of the nest that are not among `indices`, onto
  /// the elements of `init`.
  Value reduce(Value init, ArrayRef<AffineExpr> indices, Reduction body);

private:
  OpBuilder &builder;
  Location loc;
  unsigned rank;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
};

/// An uninitialised tensor with the dynamic sizes of `like`, in the same
/// places.
Value createEmpty(OpBuilder &builder, Location loc, RankedTensorType type,
                  Value like);

/// `type` filled with zeros.
Value createZeros(OpBuilder &builder, Location loc, RankedTensorType type,
                  Value like);

/// Converts a float, or each element of a vector of floats, to the element type
/// `type`: exact if that is wider, else rounded once.
Value convertFloat(OpBuilder &builder, Location loc, Value value, Type type);

/// Converts every element of a tensor, if its type is another.
Value convertTensor(OpBuilder &builder, Location loc, Value tensor, Type type);

/// The sum of `values` as a balanced pairwise tree: neighbours are added, then
/// neighbours of the sums, and one that has no neighbour moves up as it is.
Value buildTreeSum(OpBuilder &builder, Location loc, ArrayRef<Value> values);

/// Adds products in order: a multiplication first, then fused multiply-adds.
/// Operands are floats or vectors of them, converted to `type` first.
struct ProductSum {
  OpBuilder &builder;
  Location loc;
  Type type;
  Value sum = nullptr;

  void addProduct(Value a, Value b);
  void add(Value a);
};

/// A constant of a float type. One that the type does not hold exactly is an
/// f64 constant and a cast, which the reference can leave out.
Value createFloat(OpBuilder &builder, Location loc, Type type, double value);

} // namespace mlir::mhc

#endif // MHC_DIALECT_MHC_UTILS_LOOPNEST_H
