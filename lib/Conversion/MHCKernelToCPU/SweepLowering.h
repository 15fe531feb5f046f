//===- SweepLowering.h - One sweep to loops over hidden ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_SWEEPLOWERING_H
#define MHC_CONVERSION_MHCKERNELTOCPU_SWEEPLOWERING_H

#include "KernelLowering.h"
#include "SumTree.h"

namespace mlir::mhc {

/// A sweep without products with phi runs token by token, each over its whole
/// row, in few streams of memory. One with products cuts hidden into tiles of a
/// few leaves and runs all tokens of the block on a tile, so that phi is read
/// once for a block: the program of the columns leaves what is multiplied in
/// the workspace, and small matrix products follow.
class SweepLowering {
public:
  SweepLowering(SweepOp sweep, KernelLowering &kernel);
  LogicalResult run();

private:
  /// Leaves of a tile.
  static constexpr int64_t kTile = 4;
  static constexpr int64_t kBlock = KernelLowering::kBlock;

  /// Values of columns of a tile, as f32 or f64: [leaf][token][stream][column].
  struct TileBuffer {
    Value memory;
    Type element;
    int64_t streams;
  };
  /// phi of a tile: [leaf][output][stream][column]. In phi itself rows are a
  /// power of two apart as a rule, and would evict each other from the cache.
  struct PackedPhi {
    Value memory;
    Type element;
    WeightType type;
  };
  struct Exit {
    SweepExit exit;
    Value result;
    /// Of a row.
    SmallVector<RowMemory> rows;
    /// Of a sum or a project.
    std::optional<SumTree> tree;
    Value sums;
    /// Of an outer or a total.
    TotalMemory total;
    /// Of an outer: its coefficients, with zeros for absent tokens.
    Value coefficients;
  };
  /// The columns of one leaf: the first one, and how many there are.
  struct Leaf {
    Value inTile, position, column;
    int64_t columns;
  };
  /// What is the same for all columns of a token.
  struct TokenScope {
    Value slot, treeSlot;
    SmallVector<Value> rowStarts;
    SmallVector<SmallVector<Value>> exitStarts;
    llvm::DenseMap<Value, LaneList> splats;
  };

  void prepare();
  Value getStart(const RowMemory &row, Value slot);
  TokenScope enterToken(Value slot);

  void forEachGroup(Value slots,
                    function_ref<void(Value, int64_t, int64_t)> body);
  Value getLeaf(Value group, Value position);
  /// Stores the sums of `slots` tokens; with `onlySlot`, trees hold one token,
  /// which is that one.
  void finishSums(Value slots, Value onlySlot);
  LogicalResult emitTokenByToken();
  LogicalResult emitTiled();
  LogicalResult emitTile(Value group, Value first, Value count,
                         int64_t columns);
  void finishSums();

  LogicalResult emitLeaf(TokenScope &token, const Leaf &leaf);
  LogicalResult emitColumns(TokenScope &token, const Leaf &leaf, int64_t vector,
                            SmallVectorImpl<SmallVector<LaneList>> &partial);
  void emitExits(LaneProgram &program, TokenScope &token, const Leaf &leaf,
                 int64_t vector,
                 SmallVectorImpl<SmallVector<LaneList>> &partial);
  Value getTilePlace(const TileBuffer &buffer, Value leaf, Value row,
                     int64_t column);
  int64_t countColumns(const Leaf &leaf, int64_t vector) const;

  // Products with phi of a tile and all tokens of the block (Products.cpp).
  void packPhi(Value phi, const PackedPhi &packed, const Leaf &leaf);
  void emitProject(Exit &exit, Value first, Value count);
  void emitProjectPart(Exit &exit, Value first, Value count, Value output,
                       int64_t outputs);
  void emitOuter(Exit &exit, const Leaf &leaf);
  void emitBackproject(BackprojectOp op, const TileBuffer &buffer,
                       const Leaf &leaf);
  Value loadPhi(const PackedPhi &packed, Value leaf, Value output, Value stream,
                int64_t vector);

  SweepOp sweep;
  KernelLowering &kernel;
  CodeBuilder &code;
  OpBuilder &builder;
  LeafOrder order;
  bool isTiled = false;
  SmallVector<Exit, 0> exits;
  llvm::MapVector<Value, TileBuffer> products, backprojects;
  llvm::MapVector<Value, PackedPhi> packed;
  SetVector<Value> captured;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_SWEEPLOWERING_H
