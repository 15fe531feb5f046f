//===- Liveness.cpp - Bytes alive at each step of a program ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Analysis/Liveness.h"
#include "LiveBuffers.h"

#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// What is found
//===----------------------------------------------------------------------===//

StringRef mlir::mhc::stringifyLiveKind(LiveKind kind) {
  switch (kind) {
  case LiveKind::Streams:
    return "streams";
  case LiveKind::Aggregates:
    return "aggregates";
  case LiveKind::Sublayers:
    return "sublayers";
  case LiveKind::Coefficients:
    return "coefficients";
  case LiveKind::Gradients:
    return "gradients";
  case LiveKind::WeightGradients:
    return "weight gradients";
  case LiveKind::Given:
    return "given";
  }
  llvm_unreachable("all kinds have names");
}

static int64_t sumActivations(const std::array<int64_t, kLiveKinds> &bytes) {
  int64_t sum = 0;
  for (unsigned kind = 0; kind < kLiveKinds; ++kind)
    if (isActivation(static_cast<LiveKind>(kind)))
      sum += bytes[kind];
  return sum;
}

int64_t LiveBytes::getKept() const { return sumActivations(kept); }
int64_t LiveBytes::getRecomputed() const { return sumActivations(recomputed); }
int64_t LiveBytes::getPassing() const { return sumActivations(passing); }

int64_t LiveBytes::getTotal() const {
  return getActivations() + getPassing() + get(LiveKind::Gradients);
}

SmallVector<const LiveBuffer *> Liveness::getAlive(size_t step) const {
  SmallVector<const LiveBuffer *> alive;
  for (const LiveBuffer &buffer : buffers)
    if (buffer.first <= step && step <= buffer.last && buffer.bytes > 0)
      alive.push_back(&buffer);
  llvm::sort(alive, [](const LiveBuffer *a, const LiveBuffer *b) {
    // Of those that are equal, the one that was made first.
    return std::pair(b->bytes, a) < std::pair(a->bytes, b);
  });
  return alive;
}

int64_t Liveness::getKept() const {
  int64_t bytes = 0;
  for (const LiveBuffer &buffer : buffers)
    if (isActivation(buffer.kind) && buffer.first < backward &&
        buffer.last >= backward)
      bytes += buffer.bytes;
  return bytes;
}

//===----------------------------------------------------------------------===//
// Which functions
//===----------------------------------------------------------------------===//

/// Whether the results of `forward` after those of `primal` are what `backward`
/// begins with.
static bool isPair(func::FuncOp primal, func::FuncOp forward,
                   func::FuncOp backward) {
  if (!forward || !backward || forward.isExternal() || backward.isExternal() ||
      forward.getArgumentTypes() != primal.getArgumentTypes())
    return false;
  ArrayRef<Type> results = forward.getResultTypes();
  if (results.size() < primal.getNumResults())
    return false;
  ArrayRef<Type> residuals = results.drop_front(primal.getNumResults());
  ArrayRef<Type> arguments = backward.getArgumentTypes();
  return arguments.size() >= residuals.size() &&
         arguments.take_front(residuals.size()) == residuals;
}

LiveFunctions mlir::mhc::findLiveFunctions(func::FuncOp function) {
  Operation *module =
      SymbolTable::getNearestSymbolTable(function->getParentOp());
  auto find = [&](const Twine &name) {
    return module ? dyn_cast_or_null<func::FuncOp>(SymbolTable::lookupSymbolIn(
                        module, StringAttr::get(module->getContext(), name)))
                  : func::FuncOp();
  };
  StringRef name = function.getName();
  if (StringRef stem = name; stem.consume_back("_gradient"))
    if (func::FuncOp primal = find(stem);
        primal && function.getNumArguments() >= primal.getNumArguments())
      return {primal, function, nullptr, /*isJoint=*/true};
  for (StringRef suffix : {"", "_forward", "_backward"}) {
    StringRef stem = name;
    if (!stem.consume_back(suffix))
      continue;
    func::FuncOp primal = find(stem), forward = find(stem + "_forward"),
                 backward = find(stem + "_backward");
    if (primal && isPair(primal, forward, backward))
      return {primal, forward, backward, /*isJoint=*/false};
  }
  return {function, function, nullptr, /*isJoint=*/false};
}

//===----------------------------------------------------------------------===//
// The analysis
//===----------------------------------------------------------------------===//

FailureOr<Liveness> mlir::mhc::computeLiveness(const LiveFunctions &functions,
                                               int64_t tokens,
                                               ArrayRef<Value> given) {
  SmallVector<func::FuncOp> all{functions.forward};
  if (functions.backward)
    all.push_back(functions.backward);
  for (func::FuncOp function : all) {
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return function.emitError("expected @")
             << function.getName() << " to have a body of one block, got "
             << (function.isExternal() ? 0
                                       : function.getBody().getBlocks().size())
             << " blocks";
    for (Type type : function.getArgumentTypes())
      if (isa<BaseMemRefType, UnrankedTensorType>(type))
        return function.emitError("expected @")
               << function.getName()
               << " to take ranked tensors and numbers, got " << type;
  }
  FailureOr<TokenSizes> sizes = TokenSizes::create(all, tokens);
  if (failed(sizes))
    return failure();
  Liveness found;
  found.tokens = sizes->getTokens();
  func::FuncOp primal = functions.primal, forward = functions.forward;
  found.title = ("@" + primal.getName()).str();
  if (functions.backward)
    found.title += ", forward and backward";
  else if (functions.isJoint)
    found.title += ", forward and backward in one";
  if (!findLiveBuffers(functions, *sizes, given, found))
    return forward.emitError("expected the bytes of @")
           << forward.getName() << " to fit 64 bits, got " << tokens
           << " tokens";
  return found;
}
