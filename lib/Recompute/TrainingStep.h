//===- TrainingStep.h - A forward and its backward --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_RECOMPUTE_TRAININGSTEP_H
#define LIB_RECOMPUTE_TRAININGSTEP_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mhc {

/// A forward and the backward that reads it, as mhc-differentiate made them of
/// a function @f: the pair @f_forward and @f_backward, or both in @f_gradient.
/// Values are those of the forward; the backward has a name of its own for
/// each that it reads.
class TrainingStep {
public:
  /// The pair of `primal`; none if there is none, or if it is not what
  /// mhc-differentiate makes.
  static std::optional<TrainingStep> findPair(func::FuncOp primal);
  /// Both in one function, in which the backward begins where an op first
  /// depends on a gradient.
  static std::optional<TrainingStep> findJoint(func::FuncOp primal);

  func::FuncOp getForward() const { return forward; }
  func::FuncOp getBackward() const { return backward; }
  bool isJoint() const { return forward == backward; }

  /// The ops of the forward, in order.
  ArrayRef<Operation *> getForwardOps() const { return forwardOps; }
  bool isForward(Operation *op) const { return places.contains(op); }
  /// The place of an op of the forward among them.
  unsigned getPlace(Operation *op) const { return places.lookup(op); }

  /// The values of the forward that the backward reads.
  const llvm::SetVector<Value> &getResiduals() const { return residuals; }

  /// A value as the backward knows it. One that it does not read yet is kept
  /// for it from here on.
  Value getInBackward(Value value);
  /// The first op of the backward's block that reads one of these in a use that
  /// `filter` accepts, itself or in a region; null if none does.
  Operation *findFirstReader(ArrayRef<Value> values,
                             function_ref<bool(OpOperand &)> filter = nullptr);
  /// Has the backward read `replacement` for `value`. Its token dimensions are
  /// asked of `like`, a value of the forward.
  void replaceReads(Value value, Value replacement, Value like);

  /// Has uses of the backward that `filter` accepts read `replacement`.
  void replaceSomeReads(Value value, Value replacement,
                        function_ref<bool(OpOperand &)> filter);

  /// No longer keeps what the backward no longer reads.
  void dropUnread();

private:
  TrainingStep(func::FuncOp forward, func::FuncOp backward, unsigned numResults,
               Operation *firstOfBackward);

  /// Whether an op is of the backward, or in a region of one that is.
  bool isInBackward(Operation *op) const;
  /// What the backward calls a value, if it reads it.
  Value getName(Value value) const {
    Value name = names.lookup(value);
    return name ? name : value;
  }
  void sinkViews();
  void findResiduals();

  func::FuncOp forward, backward;
  /// Of the function itself; the forward's further results are residuals.
  unsigned numResults;
  /// In a joint function.
  Operation *firstOfBackward;
  SmallVector<Operation *> forwardOps;
  DenseMap<Operation *, unsigned> places;
  llvm::SetVector<Value> residuals;
  /// Values that the backward knows by another name.
  DenseMap<Value, Value> names;
};

} // namespace mlir::mhc

#endif // LIB_RECOMPUTE_TRAININGSTEP_H
