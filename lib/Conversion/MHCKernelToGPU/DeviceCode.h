//===- DeviceCode.h - What a thread of a GPU does, in short -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_DEVICECODE_H
#define MHC_CONVERSION_MHCKERNELTOGPU_DEVICECODE_H

#include "mlir/IR/Builders.h"

namespace mlir::mhc {

/// Bytes of an element in memory; a bit takes one.
int64_t getBytes(Type element);

/// Builds integer arithmetic, control flow, memory accesses and warp operations
/// of device code at a builder's place. Integers are i32 where nothing else is
/// said: offsets in a row and in shared memory fit; bases of rows are i64.
class DeviceCode {
public:
  DeviceCode(OpBuilder &builder, Location loc) : builder(builder), loc(loc) {}

  //===--- integers -------------------------------------------------------===//
  Value i32(int64_t value);
  Value i64(int64_t value);
  /// Sign-extended to i64.
  Value widen(Value a);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value mul(Value a, int64_t b);
  /// Unsigned.
  Value div(Value a, int64_t b);
  Value rem(Value a, int64_t b);
  Value min(Value a, Value b);
  Value bitAnd(Value a, int64_t b);
  /// Signed comparisons; an i1.
  Value less(Value a, Value b);
  Value equal(Value a, int64_t b);
  Value both(Value a, Value b);
  Value select(Value condition, Value a, Value b);

  //===--- control flow ---------------------------------------------------===//
  /// for (i32 i = lower; i < upper; i += step) body(i); the step is positive.
  void loop(Value lower, Value upper, Value step,
            function_ref<void(Value)> body);
  /// The same with values that each iteration hands to the next one.
  SmallVector<Value>
  loopCarrying(Value lower, Value upper, Value step, ValueRange initial,
               function_ref<SmallVector<Value>(Value, ValueRange)> body);
  /// body() where the condition holds.
  void when(Value condition, function_ref<void()> body);
  /// What one of two functions returns, which give values of the same types.
  SmallVector<Value> choose(Value condition,
                            function_ref<SmallVector<Value>()> then,
                            function_ref<SmallVector<Value>()> otherwise);

  //===--- memory ---------------------------------------------------------===//
  // A pointer is !llvm.ptr<1> (global) or !llvm.ptr<3> (shared).

  /// `pointer` plus `bytes` (i32 or i64).
  Value offset(Value pointer, Value bytes);
  Value offset(Value pointer, int64_t bytes);
  /// `alignment` in bytes. `invariant`: nothing writes there while the kernel
  /// runs (ld.global.nc).
  Value load(Type type, Value pointer, int64_t alignment,
             bool invariant = false);
  void store(Value value, Value pointer, int64_t alignment);

  //===--- threads --------------------------------------------------------===//
  Value threadId();
  Value blockId(char dimension);
  /// All threads of the CTA.
  void barrier();
  /// The lanes of the warp, and their writes to shared memory.
  void warpBarrier();
  /// `value` (f32, i32 or f64) of the lane whose number differs by `mask`.
  Value shuffleXor(Value value, int64_t mask);
  /// Whether the condition holds in any lane of the warp.
  Value any(Value condition);

  //===--- vectors and bits -----------------------------------------------===//
  Value bitcast(Value value, Type type);
  Value extract(Value vector, int64_t index);
  /// A vector of scalars.
  Value join(ArrayRef<Value> elements);
  Value splat(Value scalar, int64_t lanes);
  Value zero(Type type);

  OpBuilder &builder;
  Location loc;
};

/// A warp works on tiles of 8 tokens by 32 columns. Lane 4 g + t has token g of
/// the tile, and columns 8 t to 8 t + 7 of the leaf, of all streams.
struct WarpTile {
  Value lane, g, t;
  /// The warp's leaf: its number in the CTA's slice, and its first column.
  Value leaf, column;
  /// The number of the tile's first token in the CTA's block.
  Value token;
  /// The number of tokens in the block; null if all tiles are whole. Rows of
  /// tokens beyond it may be anything.
  Value end;
};

/// Values of the tokens of a block in shared memory, [element][token], f32 or
/// f64; tokens that the block lacks hold zeros.
struct TokenValues {
  Value pointer;
  Type element;
  /// Tokens of a row of this memory.
  int64_t stride;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_DEVICECODE_H
