//===- LaneSinkhorn.h - The Sinkhorn iteration in lanes ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_KERNELLANES_LANESINKHORN_H
#define MHC_CONVERSION_KERNELLANES_LANESINKHORN_H

#include "LaneProgram.h"

namespace mlir::mhc {

/// Builds the iteration, and its gradient, on matrices of n*n elements.
class LaneSinkhorn {
public:
  LaneSinkhorn(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  /// The whole iteration of a convention.
  LaneList run(const LaneList &logits, SinkhornAttr convention);

  /// One half step: divides by the sum along the axis plus eps.
  LaneList step(const LaneList &matrix, Axis axis, double eps);

  /// The gradient of a half step on `matrix`, of whose result `d` is.
  LaneList stepGradient(const LaneList &matrix, const LaneList &d, Axis axis,
                        double eps);

  /// The sums that the gradient keeps: n of every half step but the first one
  /// of an exp start.
  int64_t countSums(const LaneList &logits, SinkhornAttr convention);

  /// The gradient of the logits by inversion: `sums` is memory for the sums.
  LaneList gradient(const LaneList &logits, const LaneList &d,
                    SinkhornAttr convention, const LaneMemory &sums);

private:
  /// The elements of line `k`, a row or a column.
  LaneList getLine(const LaneList &matrix, Axis axis, int64_t k);
  /// The line of element `place`.
  int64_t getLineOf(const LaneList &matrix, Axis axis, int64_t place);
  int64_t getStreams(const LaneList &matrix);

  /// The sum of each line, plus eps.
  LaneList sumLines(const LaneList &matrix, Axis axis, double eps);
  LaneList divide(const LaneList &matrix, Axis axis, const LaneList &sums);
  LaneList softmax(const LaneList &logits);
  LaneList addEps(const LaneList &matrix, double eps);
  LaneList exp(const LaneList &logits);
  LaneList expAndFirstStep(const LaneList &logits, Axis axis, double eps);

  /// matrix * (d - sum of d * matrix along the axis), or without the outer
  /// product.
  LaneList center(const LaneList &matrix, const LaneList &d, Axis axis);
  LaneList multiply(const LaneList &a, const LaneList &b);

  void store(const LaneList &list, const LaneMemory &memory, Value start);
  LaneList load(const LaneMemory &memory, Value start, int64_t count);
  Value index(int64_t value);

  OpBuilder &builder;
  Location loc;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_KERNELLANES_LANESINKHORN_H
