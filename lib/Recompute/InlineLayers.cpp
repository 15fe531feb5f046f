//===- InlineLayers.cpp - Functions that hold connections -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineLayers.h"

#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
class LayerInliner {
public:
  explicit LayerInliner(func::FuncOp root) { active.push_back(root); }

  void run(Operation *root) {
    // Calls that an inlined body holds are found in it.
    SmallVector<func::CallOp> calls;
    root->walk([&](func::CallOp call) { calls.push_back(call); });
    for (func::CallOp call : calls) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
          call, call.getCalleeAttr());
      // What calls itself, by whatever way, stays a call.
      if (callee && isLayer(callee) && !llvm::is_contained(active, callee))
        inlineCall(call, callee);
    }
  }

private:
  /// Whether a function holds row ops, itself or in what it calls.
  bool isLayer(func::FuncOp function) {
    auto [place, isNew] = known.try_emplace(function, false);
    if (!isNew || function.isDeclaration() || !function.getBody().hasOneBlock())
      return place->second;
    bool found = false;
    function.walk([&](Operation *op) {
      if (auto call = dyn_cast<func::CallOp>(op)) {
        auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
            call, call.getCalleeAttr());
        found |= callee && isLayer(callee);
      }
      found |= isa<CombineOp, AggregateOp>(op);
    });
    return known[function] = found;
  }

  void inlineCall(func::CallOp call, func::FuncOp callee) {
    OpBuilder builder(call);
    IRMapping mapping;
    Block &body = callee.getBody().front();
    mapping.map(body.getArguments(), call.getOperands());
    SmallVector<Operation *> copies;
    for (Operation &op : body.without_terminator())
      copies.push_back(builder.clone(op, mapping));
    SmallVector<Value> results;
    for (Value value : body.getTerminator()->getOperands())
      results.push_back(mapping.lookupOrDefault(value));
    call.replaceAllUsesWith(results);
    call.erase();
    active.push_back(callee);
    for (Operation *copy : copies)
      run(copy);
    active.pop_back();
  }

  DenseMap<Operation *, bool> known;
  /// The functions whose bodies are being inlined.
  SmallVector<func::FuncOp> active;
};
} // namespace

void mlir::mhc::inlineLayers(func::FuncOp function) {
  LayerInliner(function).run(function);
}
