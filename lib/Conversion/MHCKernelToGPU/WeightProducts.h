//===- WeightProducts.h - Products with phi on a warp's tile ----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// bf16x3, bf16x2 and tf32 run on tensor cores, f32 and every product in f64 on
// FMA units. What a product computes, and in which order, depends on its types
// and its precision alone, never on where phi is kept.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTPRODUCTS_H
#define MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTPRODUCTS_H

#include "DeviceCode.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include <memory>

namespace mlir::mhc {

/// What is known of a product before any code is made.
struct WeightProduct {
  /// phi: outputs, streams (1 without a stream dimension), hidden, element.
  WeightType phi;
  Precision precision;
  /// The streams and the element type of the rows that are multiplied.
  int64_t rowStreams;
  Type rowElement;

  /// Whether each stream has products of its own (phi without streams, rows
  /// with): then there are rowStreams * outputs values, [stream][output].
  bool isEach() const { return rowStreams != phi.getStreams(); }
  /// f32, or f64 for rows of f64.
  Type getSumType() const;
  bool isOnTensorCores() const;
};

/// The product of rows whose columns are of type `column` with phi.
WeightProduct getProduct(WeightType phi, Type column, Precision precision);

/// That of an outer exit: the gradient of phi has phi's shape, and the type of
/// its sums.
WeightProduct getOuterProduct(const SweepExit &exit, TotalType total);

/// phi where a warp reads it in a sweep. Created in the function's entry, once
/// for each phi and use.
class WeightMemory {
public:
  enum Use { Project, Backproject };
  /// Bytes of shared memory for `leaves` leaves; a multiple of 16.
  static int64_t getSharedBytes(const WeightProduct &product, Use use,
                                int64_t leaves);

  /// phi at `global` (row-major [outputs, streams, hidden], in its element
  /// type), which no launch writes while this one runs, aligned to `alignment`
  /// bytes. With `shared`, aligned to 16, the fragments of the CTA's leaves are
  /// kept there: fill() puts them there.
  WeightMemory(const WeightProduct &product, Use use, Value global,
               Value shared, int64_t alignment = 16);

  /// Emits the copy to shared memory, by all threads of the CTA, whole warps:
  /// its slice has `leaves` leaves at most, of which number i begins at column
  /// getColumn(i); leaves beyond hidden are filled with zeros. Needs a barrier
  /// afterwards.
  void fill(DeviceCode &code, Value thread, int64_t threads, int64_t leaves,
            function_ref<Value(Value leaf)> getColumn) const;

  const WeightProduct product;
  const Use use;
  const Value global, shared;
  const int64_t alignment;
};

/// A tile of rows: `columns`[stream] is the lane's vector<8xT> of the row, zero
/// beyond hidden. Value v of token k of the tile is stored at element (v * 8 +
/// k) of `sums` (shared, of the sum type); v runs over [output], or
/// [stream][output].
struct RowTile {
  WarpTile tile;
  SmallVector<Value> columns;
  Value sums;
};

/// project: adds up one leaf of each of some tiles. Each fragment of phi is
/// read once for all of them: with three terms and 4 streams, one tile has 9
/// times its rows' bytes read from shared memory. The number of tiles changes
/// no bits. Whoever reads the sums waits for a barrier of the warp.
void emitProject(DeviceCode &code, const WeightMemory &phi,
                 ArrayRef<RowTile> tiles);
inline void emitProject(DeviceCode &code, const WeightMemory &phi,
                        const WarpTile &tile, ArrayRef<Value> columns,
                        Value sums) {
  emitProject(code, phi, RowTile{tile, SmallVector<Value>(columns), sums});
}

/// backproject: the lane's columns of the row that `d` ([output] or
/// [stream][output]) makes with phi: for each of rowStreams a vector<8> of the
/// sum type, not rounded. What is beyond hidden is undefined, but finite where
/// d and phi are.
SmallVector<Value> emitBackproject(DeviceCode &code, const WeightMemory &phi,
                                   const WarpTile &tile, const TokenValues &d);

/// outer: a warp's sums over tokens of d times the columns of one leaf, in
/// registers, for outputs [first, first + count) of the total's.
class OuterProduct {
public:
  /// 32-bit registers of a lane for `count` outputs.
  static int64_t countRegisters(const WeightProduct &product, int64_t count);
  /// The largest useful step of `count`: parts are multiples of it.
  static int64_t getGranularity(const WeightProduct &product);
  /// `product.phi` has the total's shape. `first` is an i32 (a part of the
  /// grid), `count` static; `first` + `count` may be beyond the last output.
  OuterProduct(const WeightProduct &product, Value first, int64_t count)
      : product(product), first(first), count(count) {}

  /// Zeros, the values that a loop over tiles carries.
  SmallVector<Value> getInitial(DeviceCode &code);
  /// Adds a tile: `columns`[stream] as in emitProject, `d` [output] or
  /// [stream][output] of the block's tokens (zeros for missing tokens).
  SmallVector<Value> add(DeviceCode &code, const WarpTile &tile,
                         ArrayRef<Value> columns, const TokenValues &d,
                         ValueRange sums);
  /// Stores the sums at `total`: global memory of the sum type in the shape of
  /// phi; columns beyond hidden and outputs beyond the last are left out.
  void store(DeviceCode &code, const WarpTile &tile, ValueRange sums,
             Value total);

private:
  /// The place of one of a lane's sums: `word` is the number of the word of the
  /// row's columns (two columns each), `e` one of the unit's outputs 2 t + e.
  size_t getPlace(int64_t stream, int64_t word, int64_t unit, int64_t e) const;
  int64_t countUnits() const;
  /// Element `inUnit` of unit `unit` of d, of one stream of the rows.
  Value getElement(DeviceCode &code, int64_t stream, int64_t unit,
                   Value inUnit) const;
  /// The tile by FMA, token by token.
  SmallVector<Value> addExactly(DeviceCode &code, const WarpTile &tile,
                                ArrayRef<Value> columns, const TokenValues &d,
                                ValueRange sums) const;

  WeightProduct product;
  Value first;
  int64_t count;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_WEIGHTPRODUCTS_H
