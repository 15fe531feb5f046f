//===- LaunchLowering.h - A kernel on memrefs to a launch -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHLOWERING_H
#define MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHLOWERING_H

#include "../KernelLanes/LaneProgram.h"
#include "DeviceCode.h"
#include "LaunchPlan.h"
#include "WeightProducts.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "llvm/ADT/MapVector.h"

namespace mlir::mhc {

/// Where a row lies.
struct RowPlace {
  enum Kind {
    /// Global memory, a row for each token.
    PerToken,
    /// Global memory, one row for all tokens.
    ForAll,
    /// Shared memory, for the tokens of the block: a lane finds there what it
    /// has put there itself.
    Retained
  } kind;
  Value pointer;
  /// Whether this launch writes it.
  bool isWritten;
  /// Whether each part of the grid has its own.
  bool isOfPart = false;
};

/// A kernel's result that is added over tokens.
struct TotalPlace {
  /// Of `size` elements for each slab or tile of 8 tokens.
  Type element;
  int64_t size;
  /// The offset of this total's bytes among those of its slab; of a tile's,
  /// that of its elements, each of all tiles.
  int64_t offset;
  /// Sums of a slab: one for each warp of a leaf.
  int64_t sets = 1;
  /// Which of the kernel's destinations it becomes.
  SmallVector<unsigned> destinations;

  /// Threads that add it: one for each element, or a warp where the parts are
  /// those of tiles.
  int64_t countThreads(bool isSlab) const { return isSlab ? size : 32 * size; }
};

/// Loads a value's element; a bit is a byte in memory.
Value loadElement(DeviceCode &code, Type element, Value pointer);

class WarpSweep;

/// Lowers one kernel to a gpu.func in a module of its own, and to a launch of
/// it, with a second one that adds totals. Tokens are cut into slabs, and these
/// into blocks; hidden is dealt to slices. A CTA has a slice of a slab;
/// where the sums of an outer product fill several CTAs' registers, a part of
/// its outputs besides.
class LaunchLowering {
public:
  LaunchLowering(KernelOp kernel, ScheduleAttr schedule, StringRef name,
                 OpBuilder &builder);
  ~LaunchLowering();

  /// Replaces the kernel by launches at its place.
  LogicalResult run();

  //===--- what sweeps need -----------------------------------------------===//

  DeviceCode &getCode() { return code; }
  ScheduleAttr getSchedule() const { return schedule; }
  int64_t getThreads() const { return threads; }
  bool isSliced() const { return schedule.getSlices() > 1; }

  /// Positions in the grid and in the CTA, i32.
  Value slice, slab, part, thread, warp, lane;
  /// Whether this CTA stores rows, sums and coefficients: an i1, null if all
  /// do.
  Value isFirstPart;

  /// The block whose code is being made: its number among all blocks, its first
  /// token (i64), its tokens, and tiles of 8 of them.
  struct Block {
    Value number, firstToken, tokens, tiles;
  };
  const Block &getBlock() const { return block; }

  /// A zero (i32) that LLVM does not know to be one, nor to be the same as
  /// before: what is computed from it is not kept in registers.
  Value loadZero();

  /// `bytes` of shared memory, aligned to 16.
  Value allocateShared(int64_t bytes);
  /// Memory for a value of all tokens of a block.
  TokenValues allocateTokenValues(Type type);

  /// Where `reader` finds a row.
  RowPlace getRow(Value row, SweepOp reader);
  /// The places where a sweep puts a row that it makes.
  ArrayRef<RowPlace> makeRow(Value row) { return rows.find(row)->second; }
  /// Where `reader` is to put an argument for later sweeps, if it is to.
  std::optional<RowPlace> retainArgument(Value row, SweepOp reader);

  TokenValues getTokenValues(Value value) { return tokenValues.lookup(value); }
  void setTokenValues(Value value, TokenValues values) {
    tokenValues[value] = values;
  }
  /// Where this block's and slice `which`'s partial sums of `value` are.
  Value getPartial(Value value, Value which);
  /// The memory of an argument.
  Value getPointer(Value argument) { return inPointers.lookup(argument); }
  /// Where set `set` of this slab's sums of a total is.
  Value getSlabTotal(Value total, Value set);
  /// Outputs of an outer exit that a part adds.
  int64_t getPartOutputs(int64_t outputs, int64_t granularity) const;

private:
  //===--- the host's side (LaunchLowering.cpp)
  //-----------------------------===//
  LogicalResult checkOperands();
  LogicalResult checkSchedule();
  void planTotals();
  void planPartials();
  void choosePartsOfOuter();
  Value createPointer(Value memref);
  Value createBuffer(Value count, int64_t bytes);
  void emitLaunches();
  /// body(place, whether it has a sum for each slab, not for each tile)
  void forEachTotal(function_ref<void(const TotalPlace &, bool)> body);

  //===--- the device's side (LaunchBody.cpp)
  //-------------------------------===//
  gpu::GPUFuncOp createKernel(StringRef symbol, ArrayRef<Type> parameters,
                              int64_t threads);
  void createFunction();
  void describeFunction();
  SmallVector<Value> findScratchRows();
  RowPlace allocateRetained(RowType type);
  void prepareRows();
  LogicalResult emitBody();
  void enterBlock(Value number);
  LogicalResult emitSweeps(SmallVectorImpl<Value> &carried);
  LogicalResult finishBlock();
  void finishBlocks(Value count, LogicalResult &result);
  Value countTiles();
  Value isOwner();

  //===--- the token's program (TokenStage.cpp)
  //-----------------------------===//
  LogicalResult emitStage(Stage &stage);
  void loadArgument(LaneProgram &program, BlockArgument argument);
  void loadSpilled(LaneProgram &program, Value value);
  void spill(LaneProgram &program, Value value, TokenValues memory);
  void emitReturn(LaneProgram &program, ReturnOp op);
  void addTiles(TotalOp op);
  LaneMemory allocateLanes(Type element, int64_t count);
  Value getOwnToken();
  Value hasOwnToken();

  //===--- slices (SumExchange.cpp)
  //-----------------------------------------===//
  /// body() in the CTA that is the last of the block's slices, with all sums
  /// added.
  void exchangeSums(function_ref<void()> body);
  Value isLastSlice();
  void addSlices(Value sum);

  //===--- totals (AddTotals.cpp)
  //-------------------------------------------===//
  void createAddTotals();
  Value addSlabs(const TotalPlace &place, Value parts, Value element,
                 Value count);
  Value addTilesOf(const TotalPlace &place, Value parts, Value element,
                   Value lane, Value count);

  KernelOp kernel;
  ScheduleAttr schedule;
  std::string name;
  OpBuilder &builder;
  DeviceCode code;
  int64_t threads, parts = 1;
  LaunchPlan plan;

  // The functions and their parameters.
  gpu::GPUModuleOp module;
  gpu::GPUFuncOp function, addTotals;
  llvm::DenseMap<Value, Value> inPointers;
  SmallVector<Value> outPointers;
  Value tokens, blockTokens, slabTiles, slabBlocks;
  Value counters, partials, tileTotalMemory, slabTotalMemory;
  llvm::MapVector<Value, Value> scratchRows;
  /// Of the host.
  SmallVector<Value> buffers;

  Value sharedBase, zeroPlace;
  int64_t sharedUsed = 0;
  Block block;
  SmallVector<std::unique_ptr<WarpSweep>> sweeps;
  llvm::DenseMap<Value, SmallVector<RowPlace>> rows;
  /// Arguments that are kept on chip by the first sweep that reads them.
  llvm::DenseMap<Value, std::pair<RowPlace, Operation *>> retained;
  llvm::DenseMap<Value, TokenValues> tokenValues;
  /// Bytes of a block's sums of one slice, and where each sum is in them.
  int64_t partialBytes = 0;
  llvm::MapVector<Value, int64_t> partialOffsets;
  llvm::MapVector<Value, TotalPlace> slabTotals, tileTotals;
  int64_t slabTotalBytes = 0, tileTotalBytes = 0;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOGPU_LAUNCHLOWERING_H
