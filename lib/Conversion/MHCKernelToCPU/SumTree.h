//===- SumTree.h - Sums over hidden in the kernel's order -------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Leaves come one after the other, and are added by a balanced pairwise tree.
// As in a binary counter, a stack holds one finished subtree for each set bit
// of the number of leaves so far: a new leaf is added to those that its carry
// meets. Lanes stay apart up to the root, and are then added by a balanced tree
// too.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_CONVERSION_MHCKERNELTOCPU_SUMTREE_H
#define MHC_CONVERSION_MHCKERNELTOCPU_SUMTREE_H

#include "CodeBuilder.h"
#include "Workspace.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

namespace mlir::mhc {

/// Columns, cut into leaves, dealt to groups.
struct LeafOrder {
  LeafOrder(int64_t hidden, SumOrderAttr order);

  int64_t hidden, leaf;
  /// Leaves, the last of which may be shorter.
  int64_t leaves;
  /// Leaves of each group but the last, which may have fewer.
  int64_t groupLeaves, groups;
  /// Lanes of a vector of columns, and such vectors in a leaf.
  int64_t lanes, vectors;
};

/// The sums of one exit, of all tokens of a block.
class SumTree {
public:
  /// `values` sums for each of `slots` tokens.
  SumTree(CodeBuilder &code, Workspace &workspace, const LeafOrder &order,
          Type element, int64_t values, int64_t slots);

  /// Adds leaf `position` of a group to sums first, first + 1, ... and
  /// further rows of them at `rowStride`.
  void push(Value position, Value first, ArrayRef<Value> leaves,
            int64_t rowLength, int64_t rowStride);

  /// Ends a group of `leaves` leaves, with sums of `slots` tokens.
  void endGroup(Value group, int64_t leaves, Value slots);

  /// Adds groups and lanes: calls `store` with token, sum, and its value.
  void finish(Value slots, function_ref<void(Value, Value, Value)> store);

  Type getElement() const { return element; }
  int64_t getValues() const { return values; }

private:
  /// The sum of the subtrees in a stack that holds `count` leaves.
  Value fold(Value stack, int64_t count, Value sum);
  void pushAt(Value stack, int64_t level, Value sum, Value leaf);
  Value getPlace(int64_t level, Value sum);

  CodeBuilder &code;
  LeafOrder order;
  Type element;
  int64_t values, slots;
  Value leafStack, groupStack;
};

} // namespace mlir::mhc

#endif // MHC_CONVERSION_MHCKERNELTOCPU_SUMTREE_H
