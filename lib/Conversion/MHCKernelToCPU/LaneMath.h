//===- LaneMath.h - Functions of lanes, without calls -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_LANEMATH_H
#define MHC_CONVERSION_MHCKERNELTOCPU_LANEMATH_H

#include "mlir/IR/Builders.h"

namespace mlir::mhc {

/// A constant of a float or integer type, or of a vector of it.
Value createConstant(OpBuilder &builder, Location loc, Type type, double value);

/// exp. On f32 by polynomial, within 1.1 ulp of the exact value, with subnormal
/// results, inf and NaN as in the definition; the C library's on f64.
Value createExp(OpBuilder &builder, Location loc, Value x);

/// tanh. On f32 by polynomial and by exp, within 2 ulp; the C library's on f64.
Value createTanh(OpBuilder &builder, Location loc, Value x);

/// The sum of `values` as a balanced pairwise tree: neighbours are added, then
/// neighbours of the sums, and one that has no neighbour moves up as it is.
Value createTreeSum(OpBuilder &builder, Location loc, ArrayRef<Value> values);

/// The sum of a vector's lanes, a power of two, by the same tree.
Value createLaneSum(OpBuilder &builder, Location loc, Value vector);

/// Converts floats to another element type: exact if it is wider, else rounded
/// once.
Value convertLanes(OpBuilder &builder, Location loc, Value value, Type element);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_LANEMATH_H
