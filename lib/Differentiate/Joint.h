//===- Joint.h - A function and its gradient in one -------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIFFERENTIATE_JOINT_H
#define LIB_DIFFERENTIATE_JOINT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::mhc {

/// The functions made of a callee that has a body.
struct DerivedFunctions {
  func::FuncOp forward, backward;
};

/// How calls are differentiated: makes the functions of a callee.
using DeriveCallee =
    function_ref<FailureOr<DerivedFunctions>(func::FuncOp callee)>;

/// The attribute that names a callee's own gradient.
constexpr StringLiteral kGradient = "mhc.gradient";

/// Set on the ops of a joint function that were made by the walk backwards.
constexpr StringLiteral kReverse = "mhc.reverse";

/// Replaces all calls of functions with a body by the body.
LogicalResult inlineCalls(func::FuncOp function);

/// Brings a function into the form that is differentiated: one block of ops
/// that have rules, as far as that can be done.
LogicalResult prepareFunction(
    func::FuncOp function,
    function_ref<LogicalResult(OpPassManager &, Operation *)> runPipeline);

/// Appends to a prepared function the ops of its gradient: arguments for the
/// gradients of the results, and the gradients of the arguments as further
/// results.
LogicalResult appendGradient(func::FuncOp function, DeriveCallee derive);

/// The types of the values among `types` that have gradients.
SmallVector<Type> getGradientTypes(TypeRange types);

/// Keeps the gradients alone as results, and what they need.
void keepGradients(func::FuncOp joint, unsigned primalResults);

/// Cuts a joint function in two. `primalArguments` and `primalResults` count
/// those of the function itself.
DerivedFunctions splitJoint(func::FuncOp joint, unsigned primalArguments,
                            unsigned primalResults, StringRef forwardName,
                            StringRef backwardName);

/// Erases ops without effects whose results nothing uses.
void eraseDeadOps(Block &block);

} // namespace mlir::mhc

#endif // LIB_DIFFERENTIATE_JOINT_H
