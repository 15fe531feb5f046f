//===- SplitTerms.h - Operands of tensor cores ------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value is the sum of bf16 terms, each the nearest to what the terms before
// it leave. The terms of what is not finite, or rounds to infinity, add up to
// no number: a product in which a result is not finite is computed again by
// FMA.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_SPLITTERMS_H
#define MHC_CONVERSION_MHCKERNELTOGPU_SPLITTERMS_H

#include "DeviceCode.h"

namespace mlir::mhc {

/// The bf16 terms that hold any value of a type exactly: bf16 1, f16 2, f32 3.
int64_t countExactTerms(Type element);

/// The terms of a vector of an even number of bf16, f16 or f32, `terms` or as
/// many as are exact: vectors of 32-bit words, each of two bf16.
SmallVector<Value> splitTerms(DeviceCode &code, Value vector, int64_t terms);

/// The words of a vector of bf16, f16 or f32, rounded to the nearest tf32 (even
/// of two); what is not finite is kept.
Value roundToTF32(DeviceCode &code, Value vector);

/// Transposes the 8x8 matrix of which lane 4 g + t has elements 2 t and 2 t + 1
/// of row g in a word: then it has row 2 t and row 2 t + 1 of column g.
Value transpose(DeviceCode &code, Value word);

/// Four such words from shared memory, of four matrices one after the other.
/// `row` is the lane's: lane l's is 16 l bytes from the first matrix on.
SmallVector<Value> loadMatrices(DeviceCode &code, Value row, bool transposed);

/// Multiplies and adds on tensor cores: `a` is 2 or 4 words, `b` half as many,
/// and `c` four f32. mma.sync m16n8k8 or m16n8k16 of bf16, m16n8k8 of tf32.
SmallVector<Value> multiplyBF16(DeviceCode &code, ValueRange a, ValueRange b,
                                ValueRange c);
SmallVector<Value> multiplyTF32(DeviceCode &code, ValueRange a, ValueRange b,
                                ValueRange c);

/// A sum that is NaN from the first value on that is not finite, and else 0.
/// `value` and `sum` are floats, or vectors of them, of one type.
Value markNonFinite(DeviceCode &code, Value value, Value sum);
/// The same of an f32 sum, for words of `element`: bf16, f16, or f32 or tf32.
Value markNonFiniteWords(DeviceCode &code, Value words, Type element,
                         Value sum);
/// Whether a float is NaN.
Value isNaN(DeviceCode &code, Value value);

/// The values of a vector, and a vector of words.
SmallVector<Value> unpack(DeviceCode &code, Value vector);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_SPLITTERMS_H
