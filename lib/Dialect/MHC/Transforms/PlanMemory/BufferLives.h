//===- BufferLives.h - When the buffers of a function live ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_BUFFERLIVES_H
#define LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_BUFFERLIVES_H

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::mhc {

/// When one buffer lives.
struct BufferLife {
  /// The block that all uses are in.
  Block *home = nullptr;
  /// The ops of that block with the first and the last use; null without one.
  Operation *first = nullptr, *last = nullptr;
  /// Their numbers in the order of the function's ops; those in a region come
  /// after the op that it belongs to.
  size_t firstNumber = 0, lastNumber = 0;
  /// It lives from one call to the next: an op with `mhc.prepare` uses it,
  /// which a caller may leave out from the second call on.
  bool isKept = false;
  /// It lives as long as its function: it is kept, or its address may be used
  /// anywhere.
  bool isWhole = false;
  /// What stands against a place in the workspace, and where; empty: nothing.
  std::string obstacle;
  Operation *obstacleOp = nullptr;
};

/// Finds the lives of allocations. Looks at uses, under all names that a buffer
/// gets, and not at deallocations.
class BufferLives {
public:
  explicit BufferLives(func::FuncOp function);

  BufferLife find(memref::AllocOp alloc);

private:
  bool widen(BufferLife &life, Operation *user);

  func::FuncOp function;
  BufferViewFlowAnalysis aliases;
  /// Of an op, and of the last op in its regions.
  DenseMap<Operation *, std::pair<size_t, size_t>> numbers;
};

/// Whether a region may run more than once each time that its op runs.
bool isRepeated(Region &region);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_BUFFERLIVES_H
