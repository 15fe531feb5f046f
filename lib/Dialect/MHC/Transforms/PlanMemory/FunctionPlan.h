//===- FunctionPlan.h - The planned memory of a function --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_FUNCTIONPLAN_H
#define LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_FUNCTIONPLAN_H

#include "EntrySizes.h"

#include "mhc/Dialect/MHC/Transforms/PlannedMemory.h"

namespace mlir::mhc {

/// One line of the table of a function's memory.
struct TableLine {
  std::string name;
  /// None if they are not known.
  std::optional<SizeExpr> bytes;
  /// None on the heap.
  std::optional<SizeExpr> offset;
  size_t first, last;
  std::string life;
};

/// What a function needs of its caller, and how it is spent.
struct FunctionPlan {
  explicit FunctionPlan(func::FuncOp function) : entry(function) {}

  FunctionEntry entry;
  /// The results that became arguments, in order, and their shapes.
  SmallVector<int64_t> results;
  std::vector<SmallVector<SizeExpr>> shapes;
  /// The bytes of the workspace; none if the function takes none.
  std::optional<SizeExpr> workspace;
  /// What is written there in one call is read in the next.
  bool isKept = false;
  std::vector<TableLine> table;
};

/// By function; only those whose calls change.
using FunctionPlans = DenseMap<func::FuncOp, FunctionPlan>;

/// Prints the table of one function; with `tokens`, in bytes for sizes that are
/// all that number, and how many bytes are alive at once: what no plan goes
/// below.
void printMemoryPlan(func::FuncOp function, const FunctionPlan &plan,
                     std::optional<int64_t> tokens, raw_ostream &os);

/// Replaces buffers that a loop makes in each iteration, and hands to the next,
/// by two that it is given and uses in turn.
void shareLoopBuffers(func::FuncOp function, FunctionEntry &entry,
                      SizeExprContext &context);

/// Finds sizes of arguments that the function asserts to be equal in every run,
/// and moves the assertions to its beginning: what follows may take them for
/// one number.
void mergeEqualSizes(func::FuncOp function, FunctionEntry &entry,
                     SizeExprContext &context);

} // namespace mlir::mhc

#endif // LIB_DIALECT_MHC_TRANSFORMS_PLANMEMORY_FUNCTIONPLAN_H
