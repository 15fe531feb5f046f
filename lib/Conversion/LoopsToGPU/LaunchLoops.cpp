//===- LaunchLoops.cpp - Pass: what touches memory runs on the device -----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PointerAccesses.h"

#include "mhc/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCLAUNCHLOOPS
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// Threads of a CTA where there are as many iterations.
static constexpr int64_t kThreads = 256;
static constexpr int64_t kWarp = 32;

//===----------------------------------------------------------------------===//
// What an op needs
//===----------------------------------------------------------------------===//

/// Whether an op itself, and not what is in its regions, loads or stores.
static bool touchesMemory(Operation *op) {
  if (isa<memref::LoadOp, memref::StoreOp, memref::AtomicRMWOp,
          memref::GenericAtomicRMWOp>(op))
    return true;
  return isa<vector::VectorDialect>(op->getDialect()) &&
         !isMemoryEffectFree(op);
}

static bool contains(Operation *root, function_ref<bool(Operation *)> matches) {
  return root
      ->walk([&](Operation *op) {
        return matches(op) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether a thread can run the op with all that is in its regions.
static bool canRunOnDevice(Operation *root) {
  return !contains(root, [](Operation *op) {
    return !op->getDialect() ||
           (!isa<scf::SCFDialect>(op->getDialect()) && !touchesMemory(op) &&
            !isa<cf::AssertOp, memref::AllocaOp>(op) &&
            !op->hasTrait<OpTrait::IsTerminator>() && !isMemoryEffectFree(op));
  });
}

namespace {
class Launcher {
public:
  Launcher(func::FuncOp function) : function(function), builder(function) {}

  LogicalResult run();
  unsigned parallelLaunches = 0, scalarLaunches = 0;

private:
  LogicalResult visit(Block &block);
  bool usesDeviceNumber(Operation *op);
  bool isControlledByDevice(Operation *op);
  /// Whether the op runs on the device as a whole.
  bool belongsToDevice(Operation *op);
  /// Launches the ops that have been gathered, in one thread.
  LogicalResult launchPending();
  LogicalResult launchParallel(scf::ParallelOp op);
  gpu::LaunchOp createLaunch(Location loc, Value blocks, Value threads);
  /// Has the host hand a number of 16 bits over in 32: drivers know no smaller
  /// ones but bytes.
  void passAsWord(Value number, gpu::LaunchOp launch);
  /// Has the launch load the numbers that earlier ones made.
  LogicalResult finish(gpu::LaunchOp launch);
  /// Stores a number that a launch makes where later ones read it, and has them
  /// use what stands for it on the host.
  void handOn(Value number, gpu::LaunchOp launch);
  Value constant(Location loc, int64_t value) {
    return arith::ConstantIndexOp::create(builder, loc, value);
  }

  func::FuncOp function;
  OpBuilder builder;
  /// What runs on the device, in order, and is in no launch yet.
  SmallVector<Operation *> pending;
  llvm::DenseSet<Value> deviceNumbers;
  /// Loads of the host that stand for numbers of the device, and will be done
  /// by the launches that use them; and the memory that they load.
  llvm::MapVector<Value, Value> slots;
};
} // namespace

//===----------------------------------------------------------------------===//
// The host's part and the device's
//===----------------------------------------------------------------------===//

bool Launcher::usesDeviceNumber(Operation *op) {
  if (deviceNumbers.empty())
    return false;
  return contains(op, [&](Operation *nested) {
    return llvm::any_of(nested->getOperands(), [&](Value operand) {
      return deviceNumbers.contains(operand);
    });
  });
}

bool Launcher::isControlledByDevice(Operation *op) {
  return llvm::any_of(op->getOperands(), [&](Value operand) {
    return deviceNumbers.contains(operand);
  });
}

bool Launcher::belongsToDevice(Operation *op) {
  if (!contains(op, touchesMemory) && !usesDeviceNumber(op))
    return false;
  if (!canRunOnDevice(op) || op->hasTrait<OpTrait::IsTerminator>())
    return false;
  // A loop of the host launches the parallel loops in it.
  return isa<scf::WhileOp>(op) || isControlledByDevice(op) ||
         !contains(op, [](Operation *nested) {
           return isa<scf::ParallelOp>(nested);
         });
}

LogicalResult Launcher::visit(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto parallel = dyn_cast<scf::ParallelOp>(op);
    if (parallel && parallel.getNumResults() == 0 &&
        !isControlledByDevice(parallel) && canRunOnDevice(parallel) &&
        contains(parallel, touchesMemory)) {
      if (failed(launchPending()) || failed(launchParallel(parallel)))
        return failure();
      continue;
    }
    if (belongsToDevice(&op)) {
      pending.push_back(&op);
      deviceNumbers.insert_range(op.getResults());
      continue;
    }
    if (isMemoryEffectFree(&op) && !op.hasTrait<OpTrait::IsTerminator>())
      continue;
    if (failed(launchPending()))
      return failure();
    if (isa_and_nonnull<gpu::GPUDialect>(op.getDialect()))
      continue;
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        if (failed(visit(inner)))
          return failure();
  }
  return launchPending();
}

//===----------------------------------------------------------------------===//
// Numbers that one launch hands to another
//===----------------------------------------------------------------------===//

void Launcher::handOn(Value number, gpu::LaunchOp launch) {
  Location loc = number.getLoc();
  bool isIndex = number.getType().isIndex();
  Type type = isIndex ? builder.getI64Type() : number.getType();
  builder.setInsertionPointToStart(&function.getBody().front());
  Value slot = memref::AllocOp::create(builder, loc, MemRefType::get({}, type));
  function.walk([&](func::ReturnOp op) {
    builder.setInsertionPoint(op);
    memref::DeallocOp::create(builder, loc, slot);
  });

  builder.setInsertionPointAfter(launch);
  Value standIn = memref::LoadOp::create(builder, loc, slot);
  if (isIndex)
    standIn =
        arith::IndexCastOp::create(builder, loc, number.getType(), standIn);
  number.replaceUsesWithIf(standIn, [&](OpOperand &use) {
    return !launch.getBody().isAncestor(use.getOwner()->getParentRegion());
  });
  deviceNumbers.insert(standIn);
  slots[standIn] = slot;

  builder.setInsertionPoint(launch.getBody().front().getTerminator());
  if (isIndex)
    number = arith::IndexCastOp::create(builder, loc, type, number);
  memref::StoreOp::create(builder, loc, number, slot);
}

void Launcher::passAsWord(Value number, gpu::LaunchOp launch) {
  Location loc = launch.getLoc();
  Type type = number.getType(), half = builder.getI16Type();
  Region &body = launch.getBody();
  Value inside = number;
  builder.setInsertionPoint(launch);
  if (type != half)
    inside = arith::BitcastOp::create(builder, loc, half, inside);
  inside = arith::ExtUIOp::create(builder, loc, builder.getI32Type(), inside);
  builder.setInsertionPointToStart(&body.front());
  inside = arith::TruncIOp::create(builder, loc, half, inside);
  if (type != half)
    inside = arith::BitcastOp::create(builder, loc, type, inside);
  replaceAllUsesInRegionWith(number, inside, body);
}

LogicalResult Launcher::finish(gpu::LaunchOp launch) {
  Region &body = launch.getBody();
  SmallVector<OpOperand *> uses;
  for (auto [standIn, slot] : slots)
    for (OpOperand &use : standIn.getUses())
      if (body.isAncestor(use.getOwner()->getParentRegion()))
        uses.push_back(&use);
  llvm::DenseMap<Value, Value> loaded;
  builder.setInsertionPointToStart(&body.front());
  for (OpOperand *use : uses) {
    Value number = use->get();
    Value &value = loaded[number];
    if (!value) {
      value = memref::LoadOp::create(builder, number.getLoc(), slots[number]);
      if (number.getType().isIndex())
        value = arith::IndexCastOp::create(builder, number.getLoc(),
                                           builder.getIndexType(), value);
    }
    use->set(value);
  }
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(body, captured);
  for (Value value : captured) {
    Operation *op = value.getDefiningOp();
    builder.setInsertionPointToStart(&body.front());
    if (op && op->hasTrait<OpTrait::ConstantLike>())
      replaceAllUsesInRegionWith(value, builder.clone(*op)->getResult(0), body);
    else if (value.getType().isIntOrFloat() &&
             value.getType().getIntOrFloatBitWidth() == 16)
      passAsWord(value, launch);
  }
  // Constants in memory are found by the host.
  body.walk([&](memref::GetGlobalOp op) { op->moveBefore(launch); });
  return usePointers(launch);
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

gpu::LaunchOp Launcher::createLaunch(Location loc, Value blocks,
                                     Value threads) {
  Value one = constant(loc, 1);
  auto launch =
      gpu::LaunchOp::create(builder, loc, blocks, one, one, threads, one, one);
  builder.setInsertionPointToStart(&launch.getBody().front());
  gpu::TerminatorOp::create(builder, loc);
  builder.setInsertionPointToStart(&launch.getBody().front());
  return launch;
}

LogicalResult Launcher::launchPending() {
  if (pending.empty())
    return success();
  Location loc = pending.front()->getLoc();
  builder.setInsertionPointAfter(pending.back());
  Value one = constant(loc, 1);
  gpu::LaunchOp launch = createLaunch(loc, one, one);
  Operation *end = launch.getBody().front().getTerminator();
  for (Operation *op : pending)
    op->moveBefore(end);
  for (Operation *op : pending)
    for (Value result : op->getResults()) {
      bool isUsedLater = llvm::any_of(result.getUsers(), [&](Operation *user) {
        return !launch.getBody().isAncestor(user->getParentRegion());
      });
      if (!isUsedLater)
        continue;
      if (!result.getType().isIntOrIndexOrFloat())
        return op->emitError("expected numbers alone to be handed on by loops "
                             "that run on the device, got ")
               << result.getType();
      handOn(result, launch);
    }
  pending.clear();
  ++scalarLaunches;
  return finish(launch);
}

LogicalResult Launcher::launchParallel(scf::ParallelOp op) {
  Location loc = op.getLoc();
  builder.setInsertionPoint(op);
  // The number of iterations, and their extents.
  SmallVector<Value> extents;
  Value count = constant(loc, 1);
  int64_t known = 1;
  for (auto [lower, upper, by] :
       llvm::zip_equal(op.getLowerBound(), op.getUpperBound(), op.getStep())) {
    auto first = getConstantIntValue(lower), last = getConstantIntValue(upper),
         stride = getConstantIntValue(by);
    Value extent;
    if (first && last && stride) {
      int64_t trips =
          std::max<int64_t>(0, llvm::divideCeilSigned(*last - *first, *stride));
      extent = constant(loc, trips);
      known = ShapedType::isDynamic(known) ? known : known * trips;
    } else {
      known = ShapedType::kDynamic;
      extent = upper;
      if (first != 0)
        extent = arith::SubIOp::create(builder, loc, extent, lower);
      if (stride != 1)
        extent = arith::CeilDivSIOp::create(builder, loc, extent, by);
      extent = arith::MaxSIOp::create(builder, loc, extent, constant(loc, 0));
    }
    count = arith::MulIOp::create(builder, loc, count, extent);
    extents.push_back(extent);
  }
  if (known == 0) {
    op.erase();
    return success();
  }

  bool isKnown = !ShapedType::isDynamic(known);
  int64_t threads =
      isKnown ? std::min<int64_t>(kThreads, llvm::alignTo(known, kWarp))
              : kThreads;
  if (!isKnown) {
    Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt,
                                       count, constant(loc, 0));
    auto guard =
        scf::IfOp::create(builder, loc, some, /*withElseRegion=*/false);
    builder.setInsertionPointToStart(guard.thenBlock());
  }
  Value width = constant(loc, threads);
  Value blocks =
      isKnown
          ? constant(loc, llvm::divideCeil(known, threads))
          : arith::CeilDivUIOp::create(builder, loc, count, width).getResult();
  gpu::LaunchOp launch = createLaunch(loc, blocks, width);

  Value number = arith::AddIOp::create(
      builder, loc,
      arith::MulIOp::create(builder, loc, launch.getBlockIds().x,
                            launch.getBlockSize().x),
      launch.getThreadIds().x);
  if (!isKnown || known % threads != 0) {
    Value inside = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ult, number, count);
    auto guard =
        scf::IfOp::create(builder, loc, inside, /*withElseRegion=*/false);
    builder.setInsertionPointToStart(guard.thenBlock());
  }
  SmallVector<Value> positions(extents.size());
  for (int64_t i = static_cast<int64_t>(extents.size()) - 1; i >= 0; --i) {
    Value position = number;
    if (i > 0) {
      position = arith::RemUIOp::create(builder, loc, number, extents[i]);
      number = arith::DivUIOp::create(builder, loc, number, extents[i]);
    }
    if (getConstantIntValue(op.getStep()[i]) != 1)
      position = arith::MulIOp::create(builder, loc, position, op.getStep()[i]);
    if (getConstantIntValue(op.getLowerBound()[i]) != 0)
      position =
          arith::AddIOp::create(builder, loc, position, op.getLowerBound()[i]);
    positions[i] = position;
  }
  Block &body = *op.getBody();
  body.getTerminator()->erase();
  for (auto [argument, position] :
       llvm::zip_equal(body.getArguments(), positions))
    argument.replaceAllUsesWith(position);
  Block *target = builder.getInsertionBlock();
  target->getOperations().splice(builder.getInsertionPoint(),
                                 body.getOperations());
  op.erase();
  ++parallelLaunches;
  return finish(launch);
}

LogicalResult Launcher::run() {
  for (Block &block : llvm::make_early_inc_range(function.getBody()))
    if (failed(visit(block)))
      return failure();
  // What is left stands for numbers that the host itself would need.
  for (auto [standIn, slot] : slots) {
    for (Operation *user : standIn.getUsers())
      return user->emitError("expected operands that the host knows, got one "
                             "that the device computes");
    Operation *op = standIn.getDefiningOp();
    while (op) {
      Operation *before = op->getOperand(0).getDefiningOp();
      bool isLoad = isa<memref::LoadOp>(op);
      op->erase();
      op = isLoad ? nullptr : before;
    }
  }
  return success();
}

namespace {
struct LaunchLoops : mhc::impl::MHCLaunchLoopsBase<LaunchLoops> {
  void runOnOperation() override {
    if (getOperation().isExternal() || getOperation()->hasAttr("mhc.host"))
      return;
    Launcher launcher(getOperation());
    if (failed(launcher.run()))
      return signalPassFailure();
    parallelLaunches += launcher.parallelLaunches;
    scalarLaunches += launcher.scalarLaunches;
  }
};
} // namespace
