//===- KernelLowering.h - A kernel on memrefs to loops ----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_KERNELLOWERING_H
#define MHC_CONVERSION_MHCKERNELTOCPU_KERNELLOWERING_H

#include "../KernelLanes/LaneProgram.h"
#include "CodeBuilder.h"
#include "Workspace.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Where the rows of all tokens, or of those of a block, are.
struct RowMemory {
  Value memory;
  /// What the first element is an offset of: a token, a token's place in its
  /// block, or nothing, for a row that all tokens share.
  enum Kind { PerToken, PerSlot, Shared } kind;
  int64_t size;
};

struct LeafOrder;

/// A total's part of one chunk of tokens, at an offset of the chunk's
/// workspace: `lanes` sums for each of `count` elements. With `leaf`, elements
/// are [leaf][row][column] instead of [row][column], where columns are
/// `hidden`.
struct TotalMemory {
  Value memory;
  Type element;
  int64_t count, lanes, offset;
  int64_t leaf, hidden;

  int64_t getSize() const {
    if (!leaf)
      return count * lanes;
    return count / hidden * llvm::divideCeil(hidden, leaf) * leaf;
  }
};

/// Lowers one kernel. Tokens are cut into blocks; blocks are dealt to chunks,
/// which run in parallel. The number of chunks depends on the number of tokens
/// and on the kernel, never on that of threads, so that totals are repeatable.
/// Within a block, the token's program runs for all tokens at once, and each
/// sweep is a loop over its tokens and over hidden.
class KernelLowering {
public:
  /// Tokens of a block, and lanes of the token's program.
  static constexpr int64_t kBlock = 16;

  KernelLowering(KernelOp kernel, OpBuilder &builder);

  /// Replaces the kernel by loops in front of it.
  LogicalResult run();

  // What sweeps need.

  CodeBuilder &getCode() { return code; }
  Workspace &getWorkspace() { return *workspace; }
  SumOrderAttr getOrder() { return kernel.getOrder(); }
  /// The first token of the block, and the number of its tokens.
  Value getFirstToken() const { return firstToken; }
  Value getValidTokens() const { return validTokens; }

  const RowMemory &getRow(Value row) { return rows.find(row)->second.front(); }
  /// The rows that an exit makes: in all destinations that return it, or in
  /// the workspace.
  const SmallVector<RowMemory> &makeRow(Value row);
  /// Flat memory of weights.
  Value getWeight(Value weight) { return flat.lookup(weight); }
  /// The elements of a token's value for all tokens of the block:
  /// [element][token].
  Value getSpilled(Value value);
  /// The same, with zeros for tokens that the block lacks.
  Value getSpilledOrZero(Value value);
  /// Defines a value of the token by such memory, written by a sweep.
  void defineFromMemory(Value value, Value memory);
  TotalMemory makeTotal(Value total, int64_t lanes,
                        const LeafOrder *order = nullptr);

private:
  LogicalResult flattenOperands();
  Value flatten(Value memref);
  void countTokens();
  LogicalResult emitBlock();
  LogicalResult emitOp(Operation *op);
  void loadArguments();
  void loadCoefficients(BlockArgument argument, bool hasTokens);
  void emitTotal(TotalOp op);
  void emitReturn();
  void clearTotals();
  void addTotals();
  void addTotal(const TotalMemory &total, Type element, Value out);
  void addLeaves(const TotalMemory &total, Type element, Value out);
  Value addChunks(const TotalMemory &total, Type type,
                  function_ref<Value(Value)> load);
  int64_t getMaxChunks();

  KernelOp kernel;
  OpBuilder &builder;
  CodeBuilder code;
  LaneProgram program;
  std::unique_ptr<Workspace> workspace;
  Value tokens, blocks, chunks, chunk;
  Value firstToken, validTokens;
  llvm::DenseMap<Value, Value> flat;
  SmallVector<Value> flatOuts;
  llvm::DenseMap<Value, SmallVector<RowMemory>> rows;
  llvm::DenseMap<Value, Value> spilled;
  llvm::MapVector<Value, TotalMemory> totals;
};

/// Lowers one sweep at the builder's place, in the loop over blocks.
LogicalResult lowerSweep(SweepOp sweep, KernelLowering &kernel);

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_KERNELLOWERING_H
