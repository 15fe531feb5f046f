//===- Differentiate.cpp - Pass: the gradient functions of a function -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A joint function holds a function's ops and, after them, those of its
// gradient (Reverse.cpp). @f_gradient is what the gradients need of it, with
// all calls inlined; @f_forward and @f_backward are cut from another one
// (Split.cpp), in which a call of @g has become calls of @g_forward and
// @g_backward.
//
//===----------------------------------------------------------------------===//

#include "mhc/Differentiate/Passes.h"

#include "Joint.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCDIFFERENTIATE
#include "mhc/Differentiate/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// The attribute of functions that are to be differentiated.
constexpr StringLiteral kDifferentiate = "mhc.differentiate";

namespace {
struct Differentiate : mhc::impl::MHCDifferentiateBase<Differentiate> {
  using Base::Base;

  void runOnOperation() override {
    derived.clear();
    FailureOr<SmallVector<func::FuncOp>> functions = selectFunctions();
    if (failed(functions))
      return signalPassFailure();
    for (func::FuncOp function : *functions)
      if (failed(createGradient(function)) || failed(deriveFunctions(function)))
        return signalPassFailure();
  }

private:
  FailureOr<SmallVector<func::FuncOp>> selectFunctions();
  FailureOr<func::FuncOp> createJoint(func::FuncOp function, StringRef suffix,
                                      bool isInlined);
  LogicalResult createGradient(func::FuncOp function);
  FailureOr<DerivedFunctions> deriveFunctions(func::FuncOp function);

  /// The functions made so far; null for one that is being made.
  DenseMap<Operation *, DerivedFunctions> derived;
};
} // namespace

FailureOr<SmallVector<func::FuncOp>> Differentiate::selectFunctions() {
  SmallVector<func::FuncOp> selected;
  for (const std::string &name : functions) {
    auto function = getOperation().lookupSymbol<func::FuncOp>(name);
    if (!function)
      return getOperation().emitError("expected a function '@")
             << name << "' to differentiate, got none";
    if (function.isDeclaration())
      return function.emitOpError(
          "expected a function with a body to differentiate, got none");
    if (!llvm::is_contained(selected, function))
      selected.push_back(function);
  }
  if (!selected.empty())
    return selected;
  SmallVector<func::FuncOp> exported;
  for (auto function : getOperation().getOps<func::FuncOp>()) {
    if (Attribute mark = function->getAttr(kDifferentiate)) {
      if (!isa<UnitAttr>(mark))
        return function.emitOpError("expected '")
               << kDifferentiate << "' to stand alone, got the value " << mark;
      if (function.isDeclaration())
        return function.emitOpError(
            "expected a function with a body to differentiate, got none");
      selected.push_back(function);
    }
    if (function.isPublic() && !function.isDeclaration())
      exported.push_back(function);
  }
  if (!selected.empty())
    return selected;
  if (exported.size() != 1)
    return getOperation().emitError(
               "expected one public function to differentiate, or the option "
               "'function', or the attribute '")
           << kDifferentiate << "', got " << exported.size()
           << " public functions";
  return exported;
}

/// Gradients are of numbers and ranked tensors of the four float types.
static LogicalResult verifyFloats(func::FuncOp function) {
  for (Type type : llvm::concat<const Type>(function.getArgumentTypes(),
                                            function.getResultTypes())) {
    Type element = getElementTypeOrSelf(type);
    if (!isa<FloatType>(element))
      continue;
    if (!isa<BFloat16Type, Float16Type, Float32Type, Float64Type>(element) ||
        !isa<FloatType, RankedTensorType>(type))
      return function.emitOpError("expected numbers or ranked tensors of bf16, "
                                  "f16, f32 or f64 to differentiate, got ")
             << type;
  }
  return success();
}

/// A copy of `function`, named with `suffix`, and the ops of its gradient.
FailureOr<func::FuncOp> Differentiate::createJoint(func::FuncOp function,
                                                   StringRef suffix,
                                                   bool isInlined) {
  if (failed(verifyFloats(function)))
    return failure();
  OpBuilder builder(&getContext());
  builder.setInsertionPointAfter(function);
  auto joint = cast<func::FuncOp>(builder.clone(*function));
  // A name for as long as it stands beside others.
  std::string name = (function.getName() + suffix).str();
  while (SymbolTable::lookupNearestSymbolFrom(
      function, StringAttr::get(&getContext(), name)))
    name += '_';
  joint.setName(name);
  joint->removeAttr(kDifferentiate);
  auto run = [&](OpPassManager &pm, Operation *op) {
    return runPipeline(pm, op);
  };
  auto derive = [&](func::FuncOp callee) { return deriveFunctions(callee); };
  if ((isInlined && failed(inlineCalls(joint))) ||
      failed(prepareFunction(joint, run)) ||
      failed(appendGradient(joint, derive))) {
    joint.erase();
    return failure();
  }
  return joint;
}

/// The name of a function that is to be made.
static FailureOr<std::string> getFreeName(func::FuncOp function,
                                          StringRef suffix) {
  std::string name = (function.getName() + suffix).str();
  if (SymbolTable::lookupNearestSymbolFrom(
          function, StringAttr::get(function.getContext(), name)))
    return function.emitOpError("expected the name '@")
           << name << "' to be free for mhc-differentiate, got a symbol of it";
  return name;
}

LogicalResult Differentiate::createGradient(func::FuncOp function) {
  if (failed(getFreeName(function, "_gradient")))
    return failure();
  unsigned results = function.getNumResults();
  FailureOr<func::FuncOp> joint =
      createJoint(function, "_gradient", /*isInlined=*/true);
  if (failed(joint))
    return failure();
  keepGradients(*joint, results);
  return success();
}

FailureOr<DerivedFunctions>
Differentiate::deriveFunctions(func::FuncOp function) {
  auto [it, isNew] = derived.try_emplace(function);
  if (!isNew) {
    if (it->second.forward)
      return it->second;
    return function.emitOpError("expected no recursion, got a function that "
                                "calls itself");
  }
  FailureOr<std::string> forward = getFreeName(function, "_forward");
  FailureOr<std::string> backward = getFreeName(function, "_backward");
  if (failed(forward) || failed(backward))
    return failure();
  FailureOr<func::FuncOp> joint =
      createJoint(function, "_joint", /*isInlined=*/false);
  if (failed(joint))
    return failure();
  DerivedFunctions functions =
      splitJoint(*joint, function.getNumArguments(), function.getNumResults(),
                 *forward, *backward);
  derived[function] = functions;
  return functions;
}
