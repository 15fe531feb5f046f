//===- FreeBuffers.cpp - Buffers are freed after their last use -----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCFREEBUFFERS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;

/// Whether an op reads or writes a buffer and keeps no other name for it.
static bool makesNoAlias(Operation *user) {
  if (auto call = dyn_cast<func::CallOp>(user))
    return llvm::none_of(call.getResultTypes(), llvm::IsaPred<BaseMemRefType>);
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(user))
    return linalgOp.hasPureBufferSemantics();
  return isa<mhc::KernelOp, memref::CopyOp, memref::DimOp, memref::LoadOp,
             memref::StoreOp>(user);
}

/// The last op of the allocation's block that uses it, itself or in a region;
/// null if some use may give the buffer another name.
static Operation *findLastUse(memref::AllocOp alloc) {
  Operation *last = alloc;
  for (Operation *user : alloc->getUsers()) {
    Operation *ancestor = alloc->getBlock()->findAncestorOpInBlock(*user);
    if (!ancestor || !makesNoAlias(user))
      return nullptr;
    if (last->isBeforeInBlock(ancestor))
      last = ancestor;
  }
  return last;
}

namespace {
struct FreeBuffers : mhc::impl::MHCFreeBuffersBase<FreeBuffers> {
  void runOnOperation() override {
    StringRef manual = bufferization::BufferizationDialect::kManualDeallocation;
    UnitAttr unit = UnitAttr::get(&getContext());
    getOperation()->walk([&](memref::AllocOp alloc) {
      Operation *last = findLastUse(alloc);
      if (!last)
        return;
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfter(last);
      auto dealloc = memref::DeallocOp::create(builder, alloc.getLoc(), alloc);
      alloc->setAttr(manual, unit);
      dealloc->setAttr(manual, unit);
      ++freed;
    });
  }
};
} // namespace
