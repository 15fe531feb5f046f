//===- LaneProgram.h - Vectors of a kernel, element by element --*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The program of one token, or of one column, is written on scalars and on
// small static vectors. Here it is emitted for several tokens, or columns, at
// once: a scalar becomes one vector with a lane for each of them, and a
// vector<4x4xf32> becomes a list of 16 of these. What rearranges a vector
// rearranges the list, and costs nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_KERNELLANES_LANEPROGRAM_H
#define MHC_CONVERSION_KERNELLANES_LANEPROGRAM_H

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace mlir::mhc {

/// The elements of a value of the region, in row-major order; each has a lane
/// for each token, or for each column.
using LaneList = SmallVector<Value>;

/// The number of elements of a scalar or of a static vector.
int64_t getElementCount(Type type);

/// Where an op keeps elements while it runs, in places 0, 1, ... of type index.
/// The builder's place and the location are those of the access.
struct LaneMemory {
  std::function<Value(OpBuilder &, Location, Value place)> load;
  std::function<void(OpBuilder &, Location, Value element, Value place)> store;
};

/// Emits ops of a kernel's region on lanes.
class LaneProgram {
public:
  /// `width` is the number of lanes; with 1, elements are scalars.
  LaneProgram(OpBuilder &builder, int64_t width)
      : builder(builder), width(width) {}

  /// Says what a value of the region is.
  void define(Value value, LaneList elements) {
    values[value] = std::move(elements);
  }
  bool isDefined(Value value) const { return values.contains(value); }

  /// The elements of a value that was defined or emitted, or of a constant.
  LaneList lookup(Value value);

  /// Emits one op at the builder's place and defines its results. An op that
  /// cannot be emitted is a diagnostic.
  LogicalResult emit(Operation *op);

  /// The type of one element: a vector of `width` lanes, or the type itself.
  Type getLaneType(Type element) const;

  /// How many of the lanes hold a value; what the others compute is dropped,
  /// and must not stop the program.
  int64_t valid = std::numeric_limits<int64_t>::max();

  /// Memory for `count` elements while an op runs. Only mhc.sinkhorn_grad needs
  /// it.
  std::function<LaneMemory(Type element, int64_t count)> allocate;

private:
  LogicalResult emitElementwise(Operation *op);
  LogicalResult emitRearrangement(Operation *op);
  LogicalResult emitRowOp(Operation *op);
  LogicalResult emitTokenOp(Operation *op);
  LogicalResult emitReduction(Operation *op);

  void emitCombine(CombineOp op);
  void emitAggregate(AggregateOp op);
  void emitInner(InnerOp op);

  void emitRstd(RstdOp op);
  void emitGates(GatesOp op);
  void emitRstdGrad(RstdGradOp op);
  void emitGatesGrad(GatesGradOp op);

  LogicalResult reportUnknown(Operation *op);

  OpBuilder &builder;
  int64_t width;
  llvm::DenseMap<Value, LaneList> values;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_KERNELLANES_LANEPROGRAM_H
