//===- WarpSweep.h - A sweep, by warps on tiles -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_WARPSWEEP_H
#define MHC_CONVERSION_MHCKERNELTOGPU_WARPSWEEP_H

#include "LaunchLowering.h"
#include "RowAccess.h"

namespace mlir::mhc {

/// One step of a warp: 8 tokens of the block by the 32 columns of a leaf.
struct WarpItem {
  WarpTile tile;
  /// The tile's number in the block, its place among those that run at a time,
  /// and the leaf's place among those of the CTA (i32).
  Value number, tilePlace, leafPlace;
  /// Whether the block has that tile and it is this warp's; null if always.
  Value hasTile;
  /// The lane's token: in the block (i32), of all (i64), and whether there is
  /// one. Without, `token` is the last of the block.
  Value inBlock, token, isValid;
  /// The lane's first column.
  Value column;
};

/// Lowers one sweep. Warps take the tiles of a block one after the other, and
/// in each of them one leaf or several, see WarpLayout. The rows of a step are
/// copied to shared memory while an earlier step runs.
class WarpSweep {
public:
  /// At the function's entry: lays out shared memory, puts phi there.
  WarpSweep(SweepOp sweep, LaunchLowering &launch, const SliceOrder &order);

  /// Whether a warp's sums over tokens can stay in registers; else a
  /// diagnostic.
  LogicalResult check();

  /// What the loop over blocks carries for this sweep: sums over tokens.
  SmallVector<Value> getInitial();
  /// How many values that are.
  size_t getNumCarried() const {
    return exits.empty() ? 0
                         : exits.back().firstCarried + exits.back().numCarried;
  }
  /// The sweep over one block: returns what is carried on.
  FailureOr<SmallVector<Value>> emit(ValueRange carried);
  /// Stores the sums of the slab.
  void storeTotals(ValueRange carried);

private:
  struct Exit {
    SweepExit exit;
    Value result;
    /// Of sums: values, their type, and two buffers of
    /// [tile][leaf][value][8 tokens].
    int64_t values = 0;
    Type element;
    Value buffer;
    std::unique_ptr<WeightMemory> phi;
    std::unique_ptr<OuterProduct> outer;
    /// Where its carried values begin, and how many there are.
    unsigned firstCarried = 0, numCarried = 0;

    bool isProduct() const { return phi || outer; }
  };

  //===--- steps (WarpSweep.cpp)
  //--------------------------------------------===//
  Value getColumn(Value leafPlace);
  WarpItem getItem(Value step);
  RowAccess getAccess(Value row, const RowPlace &place);
  bool isCopied(Value row, const RowPlace &place);
  void copyRows(const WarpItem &item, Value slot);
  /// One access of the lane's columns, for each stream.
  SmallVector<Value> loadRow(const WarpItem &item, Value row, int64_t access);
  void storeRowAt(const WarpItem &item, Value row, const RowPlace &place,
                  ArrayRef<Value> columns);

  //===--- the column's program (SweepColumns.cpp)
  //--------------------------===//
  LogicalResult emitItem(const WarpItem &item, MutableArrayRef<Value> carried);
  friend class SweepColumns;

  //===--- exits (SweepExits.cpp)
  //-------------------------------------------===//
  Value maskColumns(const WarpItem &item, Value columns, int64_t first);
  void emitProduct(const WarpItem &item, Exit &exit, SmallVector<Value> columns,
                   MutableArrayRef<Value> carried);
  Value addInLane(const WarpItem &item, const Exit &exit, Value sum,
                  Value columns, int64_t first);
  Value addProductsInLane(const WarpItem &item, const Exit &exit, Value sum,
                          Value a, Value b, int64_t first);
  void storeSums(const WarpItem &item, const Exit &exit,
                 SmallVector<Value> sums);
  Value getHalf(const Exit &exit);
  Value getBuffer(const WarpItem &item, const Exit &exit);
  void addLeaves(Value step);
  void addLeavesOf(Value step, const Exit &exit);
  void addTotal(const WarpItem &item, Exit &exit, ArrayRef<Value> columns,
                MutableArrayRef<Value> carried);

  SweepOp sweep;
  LaunchLowering &launch;
  DeviceCode &code;
  SliceOrder order;
  int64_t warps, vector, prefetch;
  WarpLayout layout;
  /// Whether every warp always has a leaf of 32 columns.
  bool isFull;
  SmallVector<Exit> exits;
  llvm::MapVector<Operation *, std::unique_ptr<WeightMemory>> backprojects;
  /// Where copied rows are: [slot][row][warp], and the bytes of a slot and of a
  /// warp's part of each row.
  Value slots;
  int64_t slotBytes = 0;
  llvm::MapVector<Value, int64_t> slotOffsets;
  /// The slot and the half of the buffers of the step that is emitted.
  Value ownSlot, ownHalf;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_WARPSWEEP_H
