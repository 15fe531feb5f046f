//===- BufferLives.cpp - When the buffers of a function live --------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BufferLives.h"

#include "mhc/Dialect/MHC/Transforms/PlannedMemory.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace mlir::mhc;

bool mlir::mhc::isRepeated(Region &region) {
  if (isa<memref::AllocaScopeOp, func::FuncOp>(region.getParentOp()))
    return false;
  auto branch = dyn_cast<RegionBranchOpInterface>(region.getParentOp());
  return !branch || branch.isRepetitiveRegion(region.getRegionNumber());
}

/// Whether a region's iterations may run at the same time.
static bool isParallel(Region &region) {
  return isa<scf::ForallOp, scf::ParallelOp, gpu::LaunchOp>(
      region.getParentOp());
}

/// Whether an op only makes another name of a buffer, or asks for its size.
static bool isOnlyName(Operation *op) {
  return isa<memref::DimOp, memref::DeallocOp>(op) ||
         (isa<ViewLikeOpInterface, memref::CastOp, arith::SelectOp>(op) &&
          isMemoryEffectFree(op));
}

/// Adds the ops that use a number which says where a buffer is, or is computed
/// of such a one. False if it may be used anywhere.
static bool collectPointerUsers(Value pointer,
                                SmallVectorImpl<Operation *> &users) {
  SmallVector<Value> pointers{pointer};
  DenseSet<Value> visited;
  while (!pointers.empty()) {
    Value next = pointers.pop_back_val();
    if (!visited.insert(next).second)
      continue;
    for (Operation *user : next.getUsers()) {
      if (isa<gpu::LaunchFuncOp>(user)) {
        users.push_back(user);
        continue;
      }
      // Whatever a callee returns may be computed of it.
      bool isCall = isa<func::CallOp>(user);
      if (!isCall && (!isMemoryEffectFree(user) || user->getNumRegions() != 0 ||
                      user->hasTrait<OpTrait::IsTerminator>()))
        return false;
      if (isCall)
        users.push_back(user);
      llvm::append_range(pointers, user->getResults());
    }
  }
  return true;
}

BufferLives::BufferLives(func::FuncOp function)
    : function(function), aliases(function) {
  size_t number = 0;
  auto count = [&](auto &self, Region &region) -> void {
    for (Operation &op : region.getOps()) {
      size_t own = number++;
      for (Region &inner : op.getRegions())
        self(self, inner);
      numbers[&op] = {own, number - 1};
    }
  };
  count(count, function.getBody());
}

/// Makes the home of a life a block that holds `user` too. Returns false where
/// that would take it out of something that is done again.
bool BufferLives::widen(BufferLife &life, Operation *user) {
  while (!life.home->findAncestorOpInBlock(*user)) {
    Region *region = life.home->getParent();
    if (isRepeated(*region) || region == &function.getBody())
      return false;
    life.home = region->getParentOp()->getBlock();
  }
  return true;
}

BufferLife BufferLives::find(memref::AllocOp alloc) {
  BufferLife life;
  life.home = alloc->getBlock();
  auto obstruct = [&](Operation *op, const Twine &reason) {
    life.obstacle = reason.str();
    life.obstacleOp = op;
    return life;
  };
  for (Region *region = life.home->getParent();
       region != function->getParentRegion();
       region = region->getParentRegion()) {
    if (!region->hasOneBlock())
      return obstruct(alloc, "its function has branches between blocks");
    if (isParallel(*region))
      return obstruct(alloc,
                      "iterations that run at the same time have one each");
  }

  static constexpr StringLiteral kOutlives =
      "it outlives the iteration that makes it";
  SmallVector<Operation *> users;
  bool escapes = false;
  for (Value alias : aliases.resolve(alloc))
    for (Operation *user : alias.getUsers()) {
      if (isOnlyName(user))
        continue;
      if (isa<func::ReturnOp>(user))
        return obstruct(user, "it is returned");
      if (isa<memref::ExtractAlignedPointerAsIndexOp>(user)) {
        escapes |= !collectPointerUsers(user->getResult(0), users);
        continue;
      }
      // A callee may return where the buffer is.
      if (isa<func::CallOp>(user))
        for (Value result : user->getResults())
          if (isa<LLVM::LLVMPointerType>(result.getType()))
            escapes |= !collectPointerUsers(result, users);
      Region *region = user->getParentRegion();
      if (user->hasTrait<OpTrait::IsTerminator>() && isRepeated(*region) &&
          region->isAncestor(alloc->getParentRegion()))
        return obstruct(user, kOutlives);
      users.push_back(user);
    }
  for (Operation *user : users)
    if (!widen(life, user))
      return obstruct(user, kOutlives);
  life.isKept =
      alloc->hasAttr(kPrepareAttr) || llvm::any_of(users, [](Operation *user) {
        return user->hasAttr(kPrepareAttr);
      });
  life.isWhole = life.isKept || escapes;
  if (life.isWhole) {
    Block &body = function.getBody().front();
    if (alloc->getBlock() != &body)
      return obstruct(alloc, life.isKept
                                 ? "it is kept from one call to the next"
                                 : "its address may be used anywhere");
    life.first = life.last = alloc;
    life.firstNumber = 0;
    life.lastNumber = numbers.size();
    return life;
  }
  for (Operation *user : users) {
    Operation *op = life.home->findAncestorOpInBlock(*user);
    if (!life.first || op->isBeforeInBlock(life.first))
      life.first = op;
    if (!life.last || life.last->isBeforeInBlock(op))
      life.last = op;
  }
  if (life.first) {
    life.firstNumber = numbers.at(life.first).first;
    life.lastNumber = numbers.at(life.last).second;
  }
  return life;
}
