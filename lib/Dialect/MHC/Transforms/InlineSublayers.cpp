//===- InlineSublayers.cpp - Calls that kernels may reach into ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Analysis/CallGraph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/Inliner.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCINLINESUBLAYERS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct InlineSublayers : mhc::impl::MHCInlineSublayersBase<InlineSublayers> {
  using Base::Base;

  void runOnOperation() override {
    // What all calls of a function would add, as the module is now.
    SymbolTableCollection tables;
    SymbolUserMap users(tables, getOperation());
    llvm::DenseMap<Operation *, uint64_t> growth;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      uint64_t ops = 0;
      function.walk([&](Operation *) { ++ops; });
      growth[function] = ops * users.getUsers(function).size();
    }
    auto isProfitable = [&](const Inliner::ResolvedCall &call) {
      Operation *callee = call.targetNode->getCallableRegion()->getParentOp();
      auto found = growth.find(callee);
      return found != growth.end() && found->second <= limit;
    };
    auto runNested = [&](Pass &, OpPassManager &pipeline, Operation *op) {
      return runPipeline(pipeline, op);
    };
    InlinerConfig config(nullptr, /*maxInliningIterations=*/4);
    Inliner inliner(getOperation(), getAnalysis<CallGraph>(), *this,
                    getAnalysisManager(), runNested, config, isProfitable);
    if (failed(inliner.doInlining()))
      signalPassFailure();
  }
};
} // namespace
