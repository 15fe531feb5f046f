//===- PlanMemory.cpp - One workspace, planned before it is used ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions are planned from the called to the callers. A call then allocates
// what the callee needs, its results and its workspace, and these are buffers
// of the caller like any other.
//
//===----------------------------------------------------------------------===//

#include "BufferLives.h"
#include "FunctionPlan.h"
#include "MemoryLayout.h"

#include "mhc/Dialect/MHC/IR/MHC.h"
#include "mhc/Dialect/MHC/Transforms/Passes.h"

#include "mlir/Analysis/CallGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SCCIterator.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCPLANMEMORY
#include "mhc/Dialect/MHC/Transforms/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

static MemRefType getWorkspaceType(MLIRContext *context) {
  return MemRefType::get({ShapedType::kDynamic}, IntegerType::get(context, 8));
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

namespace {
/// A buffer that gets a place.
struct PlannedBuffer {
  memref::AllocOp alloc;
  SmallVector<SizeExpr> shape;
  BufferLife life;
  /// Computed at the entry: where it lies, and its sizes if it has to move out
  /// of a block.
  Value offset;
  SmallVector<Value> sizes;
};

class FunctionPlanner {
public:
  FunctionPlanner(func::FuncOp function, const FunctionPlans &plans,
                  SizeExprContext &context, bool markLives)
      : plan(function), function(function), plans(plans), context(context),
        markLives(markLives) {}

  LogicalResult run();

  FunctionPlan plan;
  unsigned numPlanned = 0, numMissed = 0;

private:
  Block &getBody() { return function.getBody().front(); }
  /// Formulas; no op that they were asked of may be erased while they are used.
  EntrySizes makeSizes();
  bool isPublic() { return function.isPublic(); }

  void rewriteCall(func::CallOp call, const FunctionPlan &callee);
  void convertResults();
  void convertResult(unsigned index, func::ReturnOp end);
  void planBuffers();
  void miss(memref::AllocOp alloc, const BufferLife &life,
            std::optional<SizeExpr> bytes);
  void missResult(unsigned index, StringRef reason);
  remark::RemarkOpts remarkOptions(StringRef name) {
    return remark::RemarkOpts::name(name)
        .category("mhc-plan-memory")
        .function(function.getName());
  }
  void place(PlannedBuffer &buffer, Value workspace);
  void emitSizes();

  func::FuncOp function;
  const FunctionPlans &plans;
  SizeExprContext &context;
  bool markLives;
  /// The workspaces of callees: buffers of theirs live there.
  DenseSet<Operation *> pieces;
};
} // namespace

EntrySizes FunctionPlanner::makeSizes() {
  EntrySizes sizes(function, plan.entry, context);
  for (auto [index, shape] : llvm::enumerate(plan.shapes))
    sizes.setShape(function.getArgument(plan.entry.numArguments + index),
                   shape);
  return sizes;
}

LogicalResult FunctionPlanner::run() {
  SmallVector<func::CallOp> calls;
  function.walk([&](func::CallOp call) { calls.push_back(call); });
  for (func::CallOp call : calls) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        call, call.getCalleeAttr());
    if (auto found = plans.find(callee); callee && found != plans.end())
      rewriteCall(call, found->second);
  }
  // Nothing is known of what runs when between branches.
  if (function.getBody().hasOneBlock()) {
    mergeEqualSizes(function, plan.entry, context);
    shareLoopBuffers(function, plan.entry, context);
    convertResults();
  }
  planBuffers();
  if (isPublic())
    emitSizes();
  if (context.takeOverflow())
    return function.emitError(
        "expected sizes of buffers that fit 64 bits, got a larger number");
  return success();
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Allocates what a callee writes its results and its own buffers into.
void FunctionPlanner::rewriteCall(func::CallOp call,
                                  const FunctionPlan &callee) {
  OpBuilder builder(call);
  Location loc = call.getLoc();
  SmallVector<Value> operands(call.getOperands());
  SizeEmitter emitter(builder, loc, callee.entry, call.getOperands());
  auto allocate = [&](MemRefType type, ArrayRef<SizeExpr> shape) {
    SmallVector<Value> sizes;
    for (auto [dim, size] : llvm::enumerate(shape))
      if (type.isDynamicDim(dim))
        sizes.push_back(emitter.emit(size));
    auto alloc = memref::AllocOp::create(builder, loc, type, sizes);
    operands.push_back(alloc);
    return alloc;
  };
  SmallVector<Type> types;
  llvm::SmallBitVector converted(call.getNumResults());
  for (auto [number, shape] : llvm::zip_equal(callee.results, callee.shapes)) {
    converted.set(number);
    call.getResult(number).replaceAllUsesWith(
        allocate(cast<MemRefType>(call.getResult(number).getType()), shape));
  }
  if (callee.workspace) {
    memref::AllocOp alloc =
        allocate(getWorkspaceType(call.getContext()), *callee.workspace);
    alloc->setLoc(NameLoc::get(
        builder.getStringAttr("workspace of @" + call.getCallee()), loc));
    pieces.insert(alloc);
    if (callee.isKept)
      alloc->setAttr(kPrepareAttr, builder.getUnitAttr());
  }
  for (OpResult result : call.getResults())
    if (!converted.test(result.getResultNumber()))
      types.push_back(result.getType());
  auto next =
      func::CallOp::create(builder, loc, call.getCallee(), types, operands);
  next->setDiscardableAttrs(call->getDiscardableAttrDictionary());
  unsigned number = 0;
  for (OpResult result : call.getResults())
    if (!converted.test(result.getResultNumber()))
      result.replaceAllUsesWith(next.getResult(number++));
  call.erase();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// The allocation that a value is, under whatever type.
static memref::AllocOp findAlloc(Value value) {
  while (auto cast = value.getDefiningOp<memref::CastOp>())
    value = cast.getSource();
  return value.getDefiningOp<memref::AllocOp>();
}

static void eraseDeallocs(memref::AllocOp alloc) {
  for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
    if (isa<memref::DeallocOp>(user))
      user->erase();
}

void FunctionPlanner::convertResults() {
  auto end = cast<func::ReturnOp>(getBody().getTerminator());
  {
    EntrySizes sizes = makeSizes();
    for (auto [index, value] : llvm::enumerate(end.getOperands())) {
      if (!isa<BaseMemRefType>(value.getType()))
        continue;
      auto type = dyn_cast<MemRefType>(value.getType());
      std::optional<SmallVector<SizeExpr>> shape = sizes.getShape(value);
      if (!shape || !type.getLayout().isIdentity()) {
        missResult(index, shape ? "it is not of identity layout"
                                : "its sizes are not known at the entry of "
                                  "its function");
        continue;
      }
      plan.results.push_back(index);
      plan.shapes.push_back(std::move(*shape));
    }
  }
  llvm::BitVector converted(function.getNumResults());
  for (int64_t index : plan.results) {
    convertResult(index, end);
    converted.set(index);
  }
  end->eraseOperands(converted);
  [[maybe_unused]] LogicalResult erased = function.eraseResults(converted);
  assert(succeeded(erased) && "functions of func can lose results");
}

void FunctionPlanner::convertResult(unsigned index, func::ReturnOp end) {
  Value value = end.getOperand(index);
  NamedAttrList attributes(function.getResultAttrDict(index));
  attributes.set(kResultAttr, UnitAttr::get(function.getContext()));
  unsigned number = function.getNumArguments();
  [[maybe_unused]] LogicalResult inserted = function.insertArgument(
      number, value.getType(), attributes.getDictionary(function.getContext()),
      value.getLoc());
  assert(succeeded(inserted) && "functions of func can get arguments");
  Value argument = function.getArgument(number);
  memref::AllocOp alloc = findAlloc(value);
  // An allocation is the caller's memory from the beginning, once.
  if (!alloc || alloc->getBlock() != &getBody() ||
      cast<MemRefType>(alloc.getType()).getMemorySpace() !=
          cast<MemRefType>(value.getType()).getMemorySpace() ||
      !alloc.getType().getLayout().isIdentity()) {
    OpBuilder builder(end);
    memref::CopyOp::create(builder, end.getLoc(), value, argument);
    return;
  }
  eraseDeallocs(alloc);
  if (alloc.getType() != argument.getType()) {
    OpBuilder builder(alloc);
    argument = memref::CastOp::create(builder, alloc.getLoc(), alloc.getType(),
                                      argument);
  }
  alloc.getResult().replaceAllUsesWith(argument);
  alloc.erase();
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// What an op is called where lives are described.
static std::string describe(Operation *op) {
  std::string name = op->getName().getStringRef().str();
  if (auto call = dyn_cast<func::CallOp>(op))
    return ("@" + call.getCallee()).str();
  if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
    return ("@" + launch.getKernelName().getValue()).str();
  if (auto kernel = dyn_cast<KernelOp>(op))
    if (std::optional<StringRef> label = kernel.getLabel())
      return ("\"" + *label + "\"").str();
  return name;
}

/// The name of a buffer's location, or the op that uses it first.
static std::string getName(memref::AllocOp alloc, const BufferLife &life) {
  if (auto name = alloc->getLoc()->findInstanceOf<NameLoc>())
    return name.getName().str();
  return life.first ? "of " + describe(life.first) : "unused";
}

void FunctionPlanner::miss(memref::AllocOp alloc, const BufferLife &life,
                           std::optional<SizeExpr> bytes) {
  ++numMissed;
  remark::missed(alloc.getLoc(), remarkOptions("BufferNotPlanned"))
      << remark::add("a buffer stays on the heap")
      << remark::reason("{0}", life.obstacle);
  plan.table.push_back({getName(alloc, life), std::move(bytes), std::nullopt, 0,
                        0, life.obstacle});
}

void FunctionPlanner::missResult(unsigned index, StringRef reason) {
  ++numMissed;
  remark::missed(function.getLoc(), remarkOptions("ResultNotPlanned"))
      << remark::add("result {0} stays on the heap", index)
      << remark::reason("{0}", reason);
}

void FunctionPlanner::planBuffers() {
  EntrySizes sizes = makeSizes();
  BufferLives lives(function);
  MemRefType workspaceType = getWorkspaceType(function.getContext());
  std::vector<PlannedBuffer> planned;
  std::vector<LaidOutBuffer> laidOut;
  SmallVector<memref::AllocOp> allocs;
  function.walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
  for (memref::AllocOp alloc : allocs) {
    MemRefType type = alloc.getType();
    std::optional<SmallVector<SizeExpr>> shape = sizes.getShape(alloc);
    std::optional<SizeExpr> bytes;
    if (shape)
      bytes = sizes.getBytes(type, *shape);
    BufferLife life = lives.find(alloc);
    if (life.obstacle.empty() && !life.first)
      continue;
    if (!bytes)
      life.obstacle = "its size is not known at the entry of its function";
    else if (!type.getLayout().isIdentity() ||
             type.getMemorySpace() != workspaceType.getMemorySpace())
      life.obstacle = "it is of another layout or memory space";
    if (!life.obstacle.empty()) {
      miss(alloc, life, bytes);
      continue;
    }
    // A formula that a size cannot show not to be negative.
    if (!bytes->isAtLeast(0))
      bytes = context.max(*bytes, 0);
    plan.isKept |= life.isKept;
    laidOut.push_back({*bytes, life.firstNumber, life.lastNumber});
    planned.push_back({alloc, std::move(*shape), life, nullptr, {}});
  }
  numPlanned = planned.size();
  if (planned.empty() && !isPublic())
    return;

  plan.workspace = layOut(laidOut, context);
  OpBuilder builder(function.getContext());
  NamedAttrList attributes;
  attributes.set(kWorkspaceAttr, builder.getUnitAttr());
  unsigned number = function.getNumArguments();
  [[maybe_unused]] LogicalResult inserted = function.insertArgument(
      number, workspaceType, attributes.getDictionary(function.getContext()),
      function.getLoc());
  assert(succeeded(inserted) && "functions of func can get arguments");
  builder.setInsertionPointToStart(&getBody());
  SizeEmitter emitter(builder, function.getLoc(), plan.entry,
                      function.getArguments());
  for (auto [buffer, layout] : llvm::zip_equal(planned, laidOut)) {
    const BufferLife &life = buffer.life;
    plan.table.push_back(
        {getName(buffer.alloc, life), layout.bytes, layout.offset, layout.first,
         layout.last,
         life.isKept    ? "from call to call"
         : life.isWhole ? "to the end"
                        : describe(life.first) + " - " + describe(life.last)});
    buffer.offset = emitter.emit(layout.offset);
    buffer.sizes = buffer.alloc.getDynamicSizes();
    if (buffer.alloc->getBlock() == life.home)
      continue;
    buffer.sizes.clear();
    for (auto [dim, size] : llvm::enumerate(buffer.shape))
      if (buffer.alloc.getType().isDynamicDim(dim))
        buffer.sizes.push_back(emitter.emit(size));
  }
  for (PlannedBuffer &buffer : planned)
    place(buffer, function.getArgument(number));
}

/// Makes a buffer a view of the workspace.
void FunctionPlanner::place(PlannedBuffer &buffer, Value workspace) {
  memref::AllocOp alloc = buffer.alloc;
  const BufferLife &life = buffer.life;
  OpBuilder builder(life.home->findAncestorOpInBlock(*alloc));
  auto view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(),
                                     workspace, buffer.offset, buffer.sizes);
  if (markLives && !pieces.contains(alloc)) {
    StringAttr name = builder.getStringAttr(getName(alloc, life));
    if (!life.isWhole)
      builder.setInsertionPoint(life.first);
    LifeBeginOp::create(builder, alloc.getLoc(), name, view);
    if (life.isWhole)
      builder.setInsertionPoint(life.home->getTerminator());
    else
      builder.setInsertionPointAfter(life.last);
    LifeEndOp::create(builder, alloc.getLoc(), name, view);
  }
  eraseDeallocs(alloc);
  alloc.getResult().replaceAllUsesWith(view);
  alloc.erase();
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Adds the function that tells a caller what to allocate.
void FunctionPlanner::emitSizes() {
  OpBuilder builder(function.getContext());
  Location loc = function.getLoc();
  SmallVector<SizeExpr> exprs;
  for (auto [index, shape] : llvm::enumerate(plan.shapes)) {
    auto type = cast<MemRefType>(
        function.getArgument(plan.entry.numArguments + index).getType());
    for (auto [dim, size] : llvm::enumerate(shape))
      if (type.isDynamicDim(dim))
        exprs.push_back(size);
  }
  exprs.push_back(*plan.workspace);
  SmallVector<Type> results(exprs.size(), builder.getIndexType());
  auto sizes = func::FuncOp::create(
      loc, (function.getName() + ".sizes").str(),
      builder.getFunctionType(
          function.getArgumentTypes().take_front(plan.entry.numArguments),
          results));
  sizes.setPrivate();
  // It is called as the function is.
  StringRef interface = LLVM::LLVMDialect::getEmitCWrapperAttrName();
  if (Attribute attribute = function->getAttr(interface))
    sizes->setAttr(interface, attribute);
  SymbolTable(function->getParentOp()).insert(sizes, Block::iterator(function));
  function->setAttr(kSizesAttr, FlatSymbolRefAttr::get(sizes));
  function->setAttr(kResultsAttr, builder.getDenseI64ArrayAttr(plan.results));
  builder.setInsertionPointToStart(sizes.addEntryBlock());
  SizeEmitter emitter(builder, loc, plan.entry, sizes.getArguments());
  SmallVector<Value> values;
  for (const SizeExpr &expr : exprs)
    values.push_back(emitter.emit(expr));
  func::ReturnOp::create(builder, loc, values);
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

namespace {
struct PlanMemory : mhc::impl::MHCPlanMemoryBase<PlanMemory> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTableCollection tables;
    SymbolUserMap users(tables, module);
    SizeExprContext context;
    FunctionPlans plans;
    SmallVector<func::FuncOp> order = sortByCalls(module);
    DenseSet<Operation *> chosen = findPlanned(order, users);
    for (func::FuncOp function : order) {
      if (!chosen.contains(function))
        continue;
      FunctionPlanner planner(function, plans, context, markLives);
      if (failed(planner.run()))
        return signalPassFailure();
      planned += planner.numPlanned;
      missed += planner.numMissed;
      plans.try_emplace(function, std::move(planner.plan));
    }
    if (!print)
      return;
    std::optional<int64_t> number;
    if (tokens >= 0)
      number = tokens;
    for (auto function : module.getOps<func::FuncOp>())
      if (auto found = plans.find(function);
          found != plans.end() && !found->second.table.empty())
        printMemoryPlan(function, found->second, number, llvm::outs());
  }

private:
  /// Whether a function's type may change: planned before, more than called, or
  /// not one that returns, it stays as it is.
  static bool canPlan(func::FuncOp function, SymbolUserMap &users) {
    if (function->hasAttr(kSizesAttr))
      return false;
    if (!function.isPublic() &&
        !llvm::all_of(users.getUsers(function), llvm::IsaPred<func::CallOp>))
      return false;
    return !function.getBody().hasOneBlock() ||
           isa<func::ReturnOp>(function.getBody().front().back());
  }

  /// The functions that are planned: those that can be, and are called by such
  /// alone.
  static DenseSet<Operation *> findPlanned(ArrayRef<func::FuncOp> order,
                                           SymbolUserMap &users) {
    DenseSet<Operation *> chosen;
    for (func::FuncOp function : order)
      if (canPlan(function, users))
        chosen.insert(function);
    // Callers come after what they call.
    for (func::FuncOp function : llvm::reverse(order))
      if (chosen.contains(function) &&
          llvm::any_of(users.getUsers(function), [&](Operation *user) {
            auto caller = user->getParentOfType<func::FuncOp>();
            return isa<func::CallOp>(user) && caller &&
                   !chosen.contains(caller);
          }))
        chosen.erase(function);
    return chosen;
  }

  /// The functions with bodies that are called, callees first, without those
  /// that call each other.
  static SmallVector<func::FuncOp> sortByCalls(ModuleOp module) {
    const CallGraph graph(module);
    SmallVector<func::FuncOp> order;
    for (auto cycle = llvm::scc_begin(&graph); !cycle.isAtEnd(); ++cycle)
      for (CallGraphNode *node : *cycle)
        if (!node->isExternal() && !cycle.hasCycle())
          if (auto function = dyn_cast<func::FuncOp>(
                  node->getCallableRegion()->getParentOp()))
            order.push_back(function);
    return order;
  }
};
} // namespace
