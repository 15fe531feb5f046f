//===- LaneMath.h - Functions of lanes, without calls -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_KERNELLANES_LANEMATH_H
#define MHC_CONVERSION_KERNELLANES_LANEMATH_H

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/IR/Builders.h"

namespace mlir::mhc {

/// A constant of a float or integer type, or of a vector of it.
Value createConstant(OpBuilder &builder, Location loc, Type type, double value);

/// Which of `lanes` lanes are among the first `count`.
Value createMask(OpBuilder &builder, Location loc, int64_t lanes,
                 int64_t count);

/// exp of f32 or f64 by polynomial, within 1.1 ulp of the exact value, with
/// subnormal results, inf and NaN as in the definition.
Value createExp(OpBuilder &builder, Location loc, Value x);

/// tanh of f32 or f64 by polynomials and by exp, within 2 ulp.
Value createTanh(OpBuilder &builder, Location loc, Value x);

/// The sum of a vector's lanes, a power of two, by the same tree.
Value createLaneSum(OpBuilder &builder, Location loc, Value vector);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_KERNELLANES_LANEMATH_H
