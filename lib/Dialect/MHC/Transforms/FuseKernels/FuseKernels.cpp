//===- FuseKernels.cpp - Row and token ops to kernels ---------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pass: reads a block (TokenProgram), groups its ops (BlockPlan), writes
// each group as an mhc.kernel (KernelEmitter), and puts kernels and the other
// ops in an order in which values are made before they are read.
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "PrepareWeights.h"

#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCFUSEKERNELS
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Names and remarks
//===----------------------------------------------------------------------===//

/// What a kernel does, by the ops in it.
static StringRef getLabel(const KernelPlan &plan) {
  bool combines = false, projects = false, aggregates = false, expands = false,
       reduces = false, mixes = false;
  bool isBackward = false, backprojects = false;
  for (Operation *op : plan.ops) {
    isBackward |= isa<BackprojectOp, OuterOp, GatesGradOp, SinkhornGradOp,
                      RstdGradOp, SinkhornStepGradOp>(op);
    backprojects |= isa<BackprojectOp>(op);
    if (plan.repeated.contains(op))
      continue;
    combines |= isa<CombineOp>(op);
    projects |= isa<ProjectOp>(op);
    aggregates |= isa<AggregateOp>(op);
    expands |= isa<ExpandOp>(op);
    reduces |= isa<ReduceStreamsOp>(op);
    mixes |= isa<SinkhornOp, GatesOp>(op);
  }
  if (isBackward)
    return backprojects && aggregates ? "backward_boundary" : "backward";
  if (combines)
    return projects || aggregates ? "boundary"
           : reduces              ? "collapse"
                                  : "combine";
  if (projects)
    return aggregates ? "pre" : "project";
  if (aggregates)
    return "aggregate";
  if (expands)
    return "expand";
  if (reduces)
    return "collapse";
  return mixes ? "coefficients" : "rows";
}

static remark::RemarkOpts getRemarkOptions(StringRef name, Operation *op) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  return remark::RemarkOpts::name(name)
      .category("mhc-fuse-kernels")
      .function(function ? function.getName() : StringRef());
}

/// Why an op ends a kernel.
static std::string getReason(Operation *op) {
  std::string name = ("'" + op->getName().getStringRef() + "'").str();
  if (isa<CallOpInterface>(op))
    return "a call may read all tokens; what it reads is written, what it "
           "gives is read";
  if (!isMemoryEffectFree(op))
    return name + " has effects";
  if (op->getNumRegions() != 0 && !isa<linalg::LinalgOp>(op))
    return name + " has regions that are not looked into";
  if (isa<linalg::LinalgOp>(op))
    return name + " is no sum over hidden or tokens and not elementwise: it "
                  "mixes tokens or columns";
  return name + " is not known to work on each token alone";
}

/// Ops that read what one kernel wrote, where another one depends on what comes
/// of it.
static void remarkMissed(Block &block, const TokenProgram &program,
                         const BlockPlan &plan) {
  llvm::DenseSet<Operation *> leadToKernels;
  SmallVector<Operation *> ends;
  for (Operation &op : llvm::reverse(block)) {
    if (!plan.isLive(&op) || program.getKind(&op) ||
        op.hasTrait<OpTrait::IsTerminator>())
      continue;
    bool gives = llvm::any_of(op.getUsers(), [&](Operation *user) {
      Operation *here = block.findAncestorOpInBlock(*user);
      return here && plan.isLive(here) &&
             (program.getKind(here) || leadToKernels.contains(here));
    });
    if (!gives)
      continue;
    leadToKernels.insert(&op);
    bool reads = false;
    op.walk([&](Operation *inner) {
      reads |= llvm::any_of(inner->getOperands(), [&](Value operand) {
        return plan.getProducer(operand) != nullptr;
      });
    });
    if (reads)
      ends.push_back(&op);
  }
  for (Operation *op : llvm::reverse(ends))
    remark::missed(op->getLoc(), getRemarkOptions("KernelEnds", op))
        << remark::reason("{0}", getReason(op));
}

//===----------------------------------------------------------------------===//
// The order of a block
//===----------------------------------------------------------------------===//

namespace {
/// Puts the ops of a block in an order in which values are made before they are
/// read. Ops that stood in the block keep their order; what is new comes right
/// before its first reader.
class Scheduler {
public:
  explicit Scheduler(Block &block) : block(block) {}

  void run(ArrayRef<Operation *> anchors) {
    end = block.getTerminator();
    for (Operation *op : anchors)
      place(op);
    place(end);
  }

private:
  void place(Operation *root) {
    // Depth first, without recursion: a model is a long chain.
    SmallVector<std::pair<Operation *, bool>> work = {{root, false}};
    while (!work.empty()) {
      Operation *op = work.back().first;
      bool isReady = work.back().second;
      work.pop_back();
      if (placed.contains(op))
        continue;
      if (isReady) {
        placed.insert(op);
        if (op != end)
          op->moveBefore(end);
        continue;
      }
      work.emplace_back(op, true);
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (Operation *producer = operand.getDefiningOp())
            if (Operation *here = block.findAncestorOpInBlock(*producer))
              if (here != op && !placed.contains(here))
                work.emplace_back(here, false);
      });
    }
  }

  Block &block;
  Operation *end = nullptr;
  llvm::DenseSet<Operation *> placed;
};

struct FuseKernels : mhc::impl::MHCFuseKernelsBase<FuseKernels> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    if (maxSweeps >= 1)
      return success();
    return emitError(UnknownLoc::get(context),
                     "expected max-sweeps to be at least 1, got ")
           << static_cast<unsigned>(maxSweeps);
  }

  void runOnOperation() override {
    // Sizes are asked of operands, not of values that kernels will make.
    RewritePatternSet patterns(&getContext());
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    SmallVector<Block *> blocks;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<KernelOp, PrepareOp, linalg::LinalgOp>(op))
        return WalkResult::skip();
      for (Region &region : op->getRegions())
        for (Block &block : region)
          if (!block.empty() && block.back().hasTrait<OpTrait::IsTerminator>())
            blocks.push_back(&block);
      return WalkResult::advance();
    });
    for (Block *block : blocks)
      fuse(*block);
  }

private:
  void fuse(Block &block) {
    foldNormWeights(block);
    if (reassociate)
      sumWeightsOfExpandedRows(block);
    TokenProgram program(block);
    PlanOptions planOptions;
    planOptions.retain = retain;
    planOptions.maxSweeps = maxSweeps;
    // What is left to others ends kernels as these do, so the plan is another.
    std::optional<BlockPlan> found;
    do
      found.emplace(block, program, planOptions);
    while (excludeOthers(program, *found) || excludeSpread(program, *found));
    const BlockPlan &plan = *found;
    remarkMissed(block, program, plan);

    SmallVector<Operation *> anchors;
    for (Operation &op : block.without_terminator())
      if (!program.getKind(&op) || !plan.isLive(&op))
        anchors.push_back(&op);
    SmallVector<Operation *> fused;
    for (Operation &op : block)
      if (program.getKind(&op) && plan.isLive(&op))
        fused.push_back(&op);
    OpBuilder builder = OpBuilder::atBlockTerminator(&block);
    SmallVector<std::pair<Value, Value>> replaced;
    for (const KernelPlan &kernel : plan.getKernels()) {
      if (kernel.results.empty())
        continue;
      SmallVector<Location> locations;
      for (Operation *op : kernel.ops)
        if (!kernel.repeated.contains(op))
          locations.push_back(op->getLoc());
      Location loc = locations.front();
      if (locations.size() > 1)
        loc = FusedLoc::get(&getContext(), locations);
      KernelOp op = emitKernel(builder, program, kernel, getLabel(kernel), loc);
      for (auto [old, result] :
           llvm::zip_equal(kernel.results, op.getResults()))
        replaced.emplace_back(old, result);
      ++kernels;
      report(op, kernel);
    }
    for (auto [old, result] : replaced)
      old.replaceAllUsesWith(result);

    Scheduler(block).run(anchors);

    // What the kernels have replaced, and what only that needed.
    for (Operation *op : llvm::reverse(fused))
      if (op->use_empty())
        op->erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      op.removeDiscardableAttr(kLate);
      if (isOpTriviallyDead(&op) && !isa<KernelOp>(op))
        op.erase();
    }
  }

  /// Kernels are formed around row and token ops, and around sums over hidden
  /// and tokens: these have one order, whatever they stand beside. Elementwise
  /// ops alone are left to others.
  static bool excludeOthers(TokenProgram &program, const BlockPlan &plan) {
    bool changed = false;
    for (const KernelPlan &kernel : plan.getKernels()) {
      if (llvm::any_of(kernel.ops, [&](Operation *op) {
            std::optional<OpKind> kind = program.getKind(op);
            return isa_and_nonnull<MHCDialect>(op->getDialect()) ||
                   kind == OpKind::Total || kind == OpKind::Reduction;
          }))
        continue;
      for (Operation *op : kernel.ops) {
        if (kernel.repeated.contains(op))
          continue;
        program.exclude(op);
        changed = true;
      }
    }
    return changed;
  }

  /// A kernel counts its tokens by what it reads or writes of them. Where that
  /// is nothing, what spreads a value over the tokens stays outside.
  static bool excludeSpread(TokenProgram &program, const BlockPlan &plan) {
    auto hasTokens = [&](Value value) {
      std::optional<TensorRole> role = program.getRole(value);
      return role && role->tokenRank > 0;
    };
    bool changed = false;
    for (const KernelPlan &kernel : plan.getKernels()) {
      // A constant is no operand, but says how many tokens are written.
      bool writes = llvm::any_of(kernel.results, hasTokens);
      auto counts = [&](Value value) {
        return hasTokens(value) &&
               (getSplat(value) ? writes
                                : !kernel.ops.contains(value.getDefiningOp()));
      };
      if (llvm::any_of(kernel.ops, [&](Operation *op) {
            return llvm::any_of(TokenProgram::getReadOperands(op), counts);
          }))
        continue;
      for (Operation *op : kernel.ops)
        if (llvm::any_of(op->getResults(), hasTokens) &&
            llvm::none_of(TokenProgram::getReadOperands(op), hasTokens)) {
          program.exclude(op);
          changed = true;
        }
    }
    return changed;
  }

  void report(KernelOp op, const KernelPlan &kernel) {
    remark::passed(op.getLoc(), getRemarkOptions("KernelFormed", op))
        << remark::add("ops became one kernel")
        << remark::metric("Ops", kernel.ops.size())
        << remark::metric("Repeated", kernel.repeated.size())
        << remark::metric("Sweeps", kernel.sweeps.size());
  }
};
} // namespace
