//===- CodeBuilder.h - Loops, indices and memory, in short ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_CODEBUILDER_H
#define MHC_CONVERSION_MHCKERNELTOCPU_CODEBUILDER_H

#include "mlir/IR/Builders.h"

namespace mlir::mhc {

/// Builds index arithmetic, loops, and access to flat memrefs of one dimension.
class CodeBuilder {
public:
  CodeBuilder(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  Value index(int64_t value);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b) { return b ? add(a, index(b)) : a; }
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value mul(Value a, int64_t b) { return b == 1 ? a : mul(a, index(b)); }
  Value min(Value a, Value b);
  Value max(Value a, Value b);
  /// Rounded up.
  Value ceilDiv(Value a, int64_t b);
  /// The number of trailing zero bits of a positive number.
  Value countTrailingZeros(Value a);

  /// for (i = lower; i < upper; i += step) body(i)
  void loop(Value lower, Value upper, int64_t step,
            function_ref<void(Value)> body);
  void loop(Value upper, function_ref<void(Value)> body) {
    loop(index(0), upper, 1, body);
  }
  /// The same, with values that each iteration makes for the next one.
  SmallVector<Value>
  loopCarrying(Value upper, ArrayRef<Value> initial,
               function_ref<SmallVector<Value>(Value, ValueRange)> body);
  /// body(0), body(1), ... by the value of `selector`, at most `last`.
  void select(Value selector, int64_t last, function_ref<void(int64_t)> body);

  /// Vectors of `lanes` elements, of which the first `count` are in memory;
  /// the others read as zero.
  Value load(Value memory, Value place, int64_t lanes, int64_t count);
  Value load(Value memory, Value place, int64_t lanes) {
    return load(memory, place, lanes, lanes);
  }
  void store(Value vector, Value memory, Value place, int64_t count);
  void store(Value vector, Value memory, Value place);
  Value loadScalar(Value memory, Value place);
  void storeScalar(Value value, Value memory, Value place);
  /// A number of memory in every lane.
  Value loadSplat(Value memory, Value place, int64_t lanes);
  /// Asks for the cache line at `place`, which need not be in the memref.
  void prefetch(Value memory, Value place);
  Value splat(Value scalar, int64_t lanes);
  /// `vector` with zero in the lanes from `count`.
  Value zeroFrom(Value vector, int64_t count);
  Value zero(Type element, int64_t lanes);

  OpBuilder &builder;
  Location loc;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_CODEBUILDER_H
