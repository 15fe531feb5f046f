//===- LiveBuffers.cpp - Which tensors are in memory, and when ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ops are numbered first, so that the last use of a value is known when the
// value is made: what is written in place of a value that nothing reads later
// is the same buffer.
//
//===----------------------------------------------------------------------===//

#include "LiveBuffers.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

namespace {
/// How an op stands to memory.
enum class OpRole {
  /// Sizes, constants, memory that nothing is in yet.
  None,
  /// Its result is its first operand.
  View,
  /// Its region is run once, as if it stood in the block.
  Once,
  /// Its region is run several times.
  Loop,
  /// A step.
  Step,
};
} // namespace

static bool isTensor(Value value) {
  return isa<RankedTensorType>(value.getType());
}

static bool isUninitialised(Operation *op) {
  return isa<tensor::EmptyOp, bufferization::AllocTensorOp>(op);
}

static OpRole getRole(Operation *op) {
  if (op->hasTrait<OpTrait::IsTerminator>() || isUninitialised(op) ||
      op->hasTrait<OpTrait::ConstantLike>() || isa<tensor::DimOp>(op))
    return OpRole::None;
  if (isa<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp,
          tensor::ReshapeOp, tensor::ExtractSliceOp, PinOp>(op))
    return OpRole::View;
  if (isa<ConnectionOp, RecomputeOp, scf::IfOp, scf::ExecuteRegionOp>(op))
    return OpRole::Once;
  if (isa<LoopLikeOpInterface>(op))
    return OpRole::Loop;
  if (llvm::any_of(op->getOperands(), isTensor) ||
      llvm::any_of(op->getResults(), isTensor))
    return OpRole::Step;
  return OpRole::None;
}

//===----------------------------------------------------------------------===//
// What is known of memory
//===----------------------------------------------------------------------===//

namespace {
/// What a call of a function adds to memory.
struct CalleeSummary {
  /// Bytes counted at the peak inside, its results among them.
  int64_t peak = 0;
  struct Result {
    LiveKind kind = LiveKind::Sublayers;
    /// The argument, or the earlier result, that it is.
    std::optional<unsigned> argument, result;
  };
  SmallVector<Result> results;
};

/// What is shared by a function and what it calls.
struct Callees {
  explicit Callees(const TokenSizes &sizes) : sizes(sizes) {}

  const TokenSizes &sizes;
  SymbolTableCollection symbols;
  /// What someone else keeps.
  llvm::SmallDenseSet<Value> given;
  llvm::DenseMap<Operation *, CalleeSummary> summaries;
  /// Those that are looked at: a recursive call is not looked into.
  llvm::SmallPtrSet<Operation *, 4> open;
};

class Analysis {
public:
  Analysis(Liveness &found, Callees &callees)
      : found(found), callees(callees), sizes(callees.sizes), kinds(sizes) {}

  /// One function; its last arguments, from `firstGradient` on, are gradients.
  void run(func::FuncOp function, unsigned firstGradient);
  /// `results` of the forward are its own; the others are residuals.
  void runPair(func::FuncOp forward, func::FuncOp backward, unsigned results);

  /// What somebody who calls the function sees.
  CalleeSummary summarize(func::FuncOp function);
  bool hasOverflow() const { return isTooLarge; }

private:
  static constexpr unsigned kNoBuffer = ~0u;

  // Numbers. A time is twice a step; what is returned is used half a step after
  // the last one.
  void number(Block &block);
  size_t getEnd(Operation *op) const { return ends.lookup(op); }
  size_t getLastTime() const {
    return found.steps.empty() ? 0 : 2 * found.steps.size() - 1;
  }
  size_t getTime(Value value, OpOperand &use) const;
  size_t getLastTime(Value value) const;

  // Buffers.
  void addArguments(Block &block, unsigned firstGradient);
  void settleArguments();
  void extend(unsigned number, size_t time);
  void setGiven(unsigned number);
  unsigned addBuffer(Value value, LiveKind kind, size_t first);
  void share(Value value, Value source);
  void visit(Block &block);
  void visitPin(Operation *op);
  void visitOnce(Operation *op);
  void visitLoop(LoopLikeOpInterface loop);
  void visitStep(Operation *op);
  void visitCall(func::CallOp call);
  void makeResult(Operation *op, OpResult result);
  OpOperand *findReused(Operation *op, OpResult result) const;
  bool isInMemory(OpResult result) const;
  void beginBackward(size_t step) {
    found.backward = std::min(found.backward, step);
  }
  void addUp();

  Liveness &found;
  Callees &callees;
  const TokenSizes &sizes;
  LiveKinds kinds;
  llvm::DenseMap<Operation *, size_t> begins, ends;
  llvm::DenseMap<Value, unsigned> buffers;
  /// What an op that writes into a buffer must know of it.
  struct State {
    /// The time of the last use.
    size_t last = 0;
    bool isWritable = true;
    /// Whether a start value is in it, and what it is for comes later.
    bool isStart = false;
    /// Whether it is a function's argument, and no residual.
    bool isArgument = false;
    /// Whether someone else keeps it.
    bool isGiven = false;
  };
  std::vector<State> states;
  /// The times at which functions return.
  llvm::DenseMap<Operation *, size_t> returns;
  /// Of a residual, the argument that it becomes.
  llvm::DenseMap<OpOperand *, Value> residuals;
  bool isTooLarge = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// When values are used last
//===----------------------------------------------------------------------===//

void Analysis::number(Block &block) {
  for (Operation &op : block) {
    OpRole role = getRole(&op);
    begins[&op] = found.steps.size();
    if (role == OpRole::Once || role == OpRole::Loop)
      for (Region &region : op.getRegions())
        for (Block &inner : region)
          number(inner);
    ends[&op] = found.steps.size();
    // What is computed again has no step of its own after its region.
    bool isStep = role == OpRole::Step || role == OpRole::Loop ||
                  (role == OpRole::Once && !isa<RecomputeOp>(op));
    if (isStep)
      found.steps.push_back({&op, {}});
  }
}

/// The time up to which a use needs its value.
size_t Analysis::getTime(Value value, OpOperand &use) const {
  Operation *user = use.getOwner();
  if (isa<tensor::DimOp>(user))
    return 0;
  if (auto residual = residuals.find(&use); residual != residuals.end())
    return getLastTime(residual->second);
  if (auto end = returns.find(user); end != returns.end())
    return end->second;
  if (getRole(user) == OpRole::View)
    return use.getOperandNumber() == 0 ? getLastTime(user->getResult(0)) : 0;
  if (auto again = dyn_cast<RecomputeOp>(user))
    return getLastTime(again.getBody().getArgument(use.getOperandNumber()));
  Operation *end = user;
  if (user->hasTrait<OpTrait::IsTerminator>()) {
    end = user->getParentOp();
    if (isa<RecomputeOp>(end))
      return getLastTime(end->getResult(use.getOperandNumber()));
  }
  size_t step = getEnd(end);
  // Whatever a loop uses it may use again.
  for (Operation *op = user; op->getBlock() != value.getParentBlock();) {
    op = op->getParentOp();
    if (getRole(op) != OpRole::Once)
      step = std::max(step, getEnd(op));
  }
  return 2 * step;
}

size_t Analysis::getLastTime(Value value) const {
  size_t last = 0;
  for (OpOperand &use : value.getUses())
    last = std::max(last, getTime(value, use));
  return last;
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

void Analysis::extend(unsigned number, size_t time) {
  states[number].last = std::max(states[number].last, time);
  found.buffers[number].last = states[number].last / 2;
}

unsigned Analysis::addBuffer(Value value, LiveKind kind, size_t first) {
  LiveBuffer buffer;
  buffer.value = value;
  buffer.kind = kind;
  buffer.first = first;
  buffer.isOfTokens = sizes.isOfTokens(value.getType());
  buffer.isRecomputed = isActivation(kind) && first >= found.backward;
  std::optional<int64_t> bytes = sizes.getBytes(value.getType());
  isTooLarge |= !bytes;
  buffer.bytes = bytes.value_or(0);
  unsigned number = found.buffers.size();
  found.buffers.push_back(buffer);
  states.emplace_back();
  extend(number, std::max(2 * first, getLastTime(value)));
  if (callees.given.contains(value))
    setGiven(number);
  return buffers[value] = number;
}

/// Puts `value` into the memory of `source`.
void Analysis::share(Value value, Value source) {
  auto known = buffers.find(source);
  unsigned number = known == buffers.end() ? kNoBuffer : known->second;
  buffers[value] = number;
  if (number == kNoBuffer)
    return;
  extend(number, getLastTime(value));
  if (callees.given.contains(value))
    setGiven(number);
}

/// Arguments that are not residuals.
void Analysis::addArguments(Block &block, unsigned firstGradient) {
  size_t first = block.empty() ? 0 : begins.lookup(&block.front());
  for (BlockArgument argument : block.getArguments()) {
    if (argument.getArgNumber() >= firstGradient)
      kinds.addGradient(argument);
    if (!isTensor(argument) || buffers.contains(argument))
      continue;
    unsigned number = addBuffer(argument, LiveKind::Given, first);
    states[number].isWritable = false;
    states[number].isArgument = true;
  }
}

/// What the backward reads of an argument is kept as anything else; all other
/// arguments are their owner's, to the end.
void Analysis::settleArguments() {
  for (auto [buffer, state] : llvm::zip_equal(found.buffers, states)) {
    if (!state.isArgument)
      continue;
    bool isKept = found.hasBackward() && buffer.isOfTokens && !state.isGiven &&
                  buffer.last >= found.backward &&
                  !kinds.dependsOnGradient(buffer.value);
    if (!isKept) {
      buffer.last = found.steps.empty() ? 0 : found.steps.size() - 1;
      continue;
    }
    buffer.kind = kinds.classifyArgument(buffer.value);
  }
}

/// Coefficients that the backward makes again are made where they are used.
/// Its rows stay in registers from one row op to the next, but for those that
/// something else reads, or that are asked for.
bool Analysis::isInMemory(OpResult result) const {
  Operation *op = result.getOwner();
  LiveKind kind = kinds.get(result);
  auto again = dyn_cast<RecomputeOp>(op->getParentOp());
  bool isAgain = again || getEnd(op) >= found.backward;
  if (isa<KernelOp>(op) || !isAgain || kinds.dependsOnGradient(result) ||
      !isActivation(kind) || kind == LiveKind::Sublayers)
    return true;
  return llvm::any_of(result.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    if (user->hasTrait<OpTrait::IsTerminator>())
      return !again || !again.getFused() || kind == LiveKind::Aggregates;
    bool isRowOp = isa<MHCDialect>(user->getDialect()) && !isa<KernelOp>(user);
    return kind != LiveKind::Coefficients && getRole(user) == OpRole::Step &&
           !isRowOp;
  });
}

/// The destination whose memory holds a result: nothing reads it later.
OpOperand *Analysis::findReused(Operation *op, OpResult result) const {
  auto destinations = dyn_cast<DestinationStyleOpInterface>(op);
  if (!destinations)
    return nullptr;
  OpOperand *init = destinations.getTiedOpOperand(result);
  auto known = buffers.find(init->get());
  if (known == buffers.end() || known->second == kNoBuffer)
    return nullptr;
  unsigned number = known->second;
  bool isReadElsewhere = llvm::any_of(op->getOpOperands(), [&](OpOperand &o) {
    auto other = buffers.find(o.get());
    return &o != init && other != buffers.end() && other->second == number;
  });
  // In a loop it may be used again in the next iteration.
  size_t last = std::max(states[number].last, getTime(init->get(), *init));
  bool isFree = states[number].isWritable && last <= 2 * getEnd(op);
  return isFree && !isReadElsewhere ? init : nullptr;
}

void Analysis::makeResult(Operation *op, OpResult result) {
  if (!isTensor(result))
    return;
  if (!isInMemory(result)) {
    buffers[result] = kNoBuffer;
    return;
  }
  OpOperand *reused = findReused(op, result);
  if (!reused) {
    unsigned number = addBuffer(result, kinds.get(result), getEnd(op));
    states[number].isStart = isa<linalg::FillOp>(op);
    return;
  }
  share(result, reused->get());
  unsigned number = buffers.lookup(result);
  LiveBuffer &buffer = found.buffers[number];
  if (!states[number].isStart || states[number].isGiven)
    return;
  // It is for what is written over the start value.
  buffer.kind = kinds.get(result);
  buffer.isRecomputed =
      isActivation(buffer.kind) && getEnd(op) >= found.backward;
  states[number].isStart = isa<linalg::FillOp>(op);
}

//===----------------------------------------------------------------------===//
// Op by op
//===----------------------------------------------------------------------===//

void Analysis::visit(Block &block) {
  for (Operation &op : block.without_terminator()) {
    switch (getRole(&op)) {
    case OpRole::None:
      kinds.add(&op);
      for (OpResult result : op.getResults()) {
        if (!isTensor(result))
          continue;
        buffers[result] = kNoBuffer;
        if (!isUninitialised(&op))
          states[addBuffer(result, LiveKind::Given, getEnd(&op))].isWritable =
              false;
      }
      break;
    case OpRole::View:
      kinds.addAlias(op.getResult(0), op.getOperand(0));
      share(op.getResult(0), op.getOperand(0));
      visitPin(&op);
      break;
    case OpRole::Once:
      visitOnce(&op);
      break;
    case OpRole::Loop:
      visitLoop(cast<LoopLikeOpInterface>(&op));
      break;
    case OpRole::Step:
      visitStep(&op);
      break;
    }
  }
}

/// What someone else keeps.
void Analysis::setGiven(unsigned number) {
  states[number].isGiven = true;
  found.buffers[number].kind = LiveKind::Given;
  found.buffers[number].isRecomputed = false;
}

void Analysis::visitPin(Operation *op) {
  auto pin = dyn_cast<PinOp>(op);
  unsigned number = buffers.lookup(op->getResult(0));
  if (pin && pin.getKind() == PinKind::Given && number != kNoBuffer)
    setGiven(number);
}

void Analysis::visitOnce(Operation *op) {
  if (auto again = dyn_cast<RecomputeOp>(op)) {
    beginBackward(begins.lookup(op));
    Block &block = again.getBody().front();
    for (auto [argument, operand] :
         llvm::zip_equal(block.getArguments(), op->getOperands())) {
      kinds.addAlias(argument, operand);
      share(argument, operand);
    }
    visit(block);
    for (auto [result, value] : llvm::zip_equal(
             op->getResults(), block.getTerminator()->getOperands())) {
      kinds.addAlias(result, value);
      share(result, value);
    }
    return;
  }
  if (kinds.readsGradient(op))
    beginBackward(begins.lookup(op));
  if (auto connection = dyn_cast<ConnectionOp>(op)) {
    Value y = connection.getY();
    kinds.set(y, LiveKind::Aggregates);
    addBuffer(y, LiveKind::Aggregates, begins.lookup(op));
  }
  for (Region &region : op->getRegions())
    for (Block &block : region)
      visit(block);
  kinds.add(op);
  for (OpResult result : op->getResults())
    if (isTensor(result))
      addBuffer(result, kinds.get(result), getEnd(op));
}

void Analysis::visitLoop(LoopLikeOpInterface loop) {
  Operation *op = loop;
  size_t begin = begins.lookup(op), end = getEnd(op);
  if (kinds.readsGradient(op))
    beginBackward(begin);
  kinds.add(op);
  // What is carried is one buffer, from before the loop until after it.
  std::optional<ResultRange> results = loop.getLoopResults();
  for (auto [argument, init, result] :
       llvm::zip(loop.getRegionIterArgs(), loop.getInits(),
                 results.value_or(op->getResults()))) {
    if (!isTensor(result))
      continue;
    auto known = buffers.find(init);
    bool isOwned = known != buffers.end() && known->second != kNoBuffer &&
                   states[known->second].isWritable &&
                   states[known->second].last <= 2 * end;
    if (isOwned)
      share(result, init);
    else
      addBuffer(result, kinds.get(result), begin);
    unsigned number = buffers.lookup(result);
    share(argument, result);
    kinds.addAlias(argument, result);
    // The body writes what it yields somewhere else.
    states[number].isWritable = false;
    extend(number, 2 * end);
  }
  for (Region &region : op->getRegions())
    for (Block &block : region)
      visit(block);
  for (auto [result, yielded] :
       llvm::zip(op->getResults(), loop.getYieldedValues())) {
    if (!isTensor(result))
      continue;
    LiveKind kind = kinds.get(yielded);
    LiveBuffer &buffer = found.buffers[buffers.lookup(result)];
    if (isActivation(kind) && buffer.value == result)
      buffer.kind = kind;
    if (isActivation(kind) && !kinds.dependsOnGradient(result))
      kinds.set(result, kind);
  }
  for (OpResult result : op->getResults())
    if (isTensor(result) && !buffers.contains(result))
      addBuffer(result, kinds.get(result), end);
}

void Analysis::visitStep(Operation *op) {
  if (kinds.readsGradient(op))
    beginBackward(getEnd(op));
  kinds.add(op);
  if (auto call = dyn_cast<func::CallOp>(op))
    return visitCall(call);
  for (OpResult result : op->getResults())
    makeResult(op, result);
}

void Analysis::visitCall(func::CallOp call) {
  auto callee = callees.symbols.lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
  CalleeSummary summary;
  if (callee) {
    if (auto known = callees.summaries.find(callee);
        known != callees.summaries.end()) {
      summary = known->second;
    } else {
      summary = summarize(callee);
      callees.summaries[callee] = summary;
    }
  }
  summary.results.resize(call.getNumResults());
  int64_t made = 0;
  for (auto [result, info] :
       llvm::zip_equal(call.getResults(), summary.results)) {
    if (!isTensor(result))
      continue;
    if (info.argument || info.result) {
      Value source = info.argument ? call.getOperand(*info.argument)
                                   : Value(call.getResult(*info.result));
      kinds.addAlias(result, source);
      share(result, source);
      continue;
    }
    LiveKind kind = kinds.get(result);
    if (kind == LiveKind::Sublayers && isActivation(info.kind))
      kinds.set(result, kind = info.kind);
    unsigned number = addBuffer(result, kind, getEnd(call));
    if (isCounted(kind))
      made += found.buffers[number].bytes;
  }
  if (summary.peak <= made)
    return;
  // What is inside of the call alone.
  LiveBuffer inside;
  inside.kind =
      kinds.readsGradient(call) ? LiveKind::Gradients : LiveKind::Sublayers;
  inside.first = inside.last = getEnd(call);
  inside.isRecomputed =
      isActivation(inside.kind) && inside.first >= found.backward;
  inside.isOfTokens = true;
  inside.bytes = summary.peak - made;
  found.buffers.push_back(inside);
  states.emplace_back();
  states.back().isWritable = false;
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

CalleeSummary Analysis::summarize(func::FuncOp function) {
  CalleeSummary summary;
  if (function.isExternal() || !function.getBody().hasOneBlock() ||
      !callees.open.insert(function).second)
    return summary;
  // It is not in the list of steps of who calls it.
  Liveness inside;
  Analysis analysis(inside, callees);
  analysis.run(function, function.getNumArguments());
  isTooLarge |= analysis.isTooLarge;
  callees.open.erase(function);
  if (!inside.steps.empty())
    summary.peak = inside.steps[inside.peak].bytes.getTotal();
  llvm::SmallDenseMap<unsigned, unsigned> seen;
  Block &block = function.getBody().front();
  for (auto [index, value] :
       llvm::enumerate(block.getTerminator()->getOperands())) {
    CalleeSummary::Result &result = summary.results.emplace_back();
    result.kind = analysis.kinds.get(value);
    auto known = analysis.buffers.find(value);
    if (known == analysis.buffers.end() || known->second == kNoBuffer)
      continue;
    auto [first, isNew] = seen.try_emplace(known->second, index);
    if (!isNew)
      result.result = first->second;
    for (BlockArgument argument : block.getArguments())
      if (auto other = analysis.buffers.find(argument);
          other != analysis.buffers.end() && other->second == known->second)
        result.argument = argument.getArgNumber();
  }
  return summary;
}

void Analysis::run(func::FuncOp function, unsigned firstGradient) {
  Block &block = function.getBody().front();
  number(block);
  found.backward = found.steps.size();
  returns[block.getTerminator()] = getLastTime();
  addArguments(block, firstGradient);
  visit(block);
  addUp();
}

void Analysis::runPair(func::FuncOp forward, func::FuncOp backward,
                       unsigned results) {
  Block &first = forward.getBody().front(),
        &second = backward.getBody().front();
  number(first);
  size_t boundary = found.steps.size();
  returns[first.getTerminator()] = getLastTime();
  number(second);
  returns[second.getTerminator()] = getLastTime();
  found.backward = found.steps.size();
  unsigned count = forward.getNumResults() - results;
  for (unsigned i = 0; i < count; ++i)
    residuals[&first.getTerminator()->getOpOperand(results + i)] =
        second.getArgument(i);

  addArguments(first, first.getNumArguments());
  visit(first);
  found.backward = boundary;
  for (unsigned i = 0; i < count; ++i) {
    Value kept = first.getTerminator()->getOperand(results + i);
    kinds.addAlias(second.getArgument(i), kept);
    share(second.getArgument(i), kept);
    if (unsigned number = buffers.lookup(second.getArgument(i));
        number != kNoBuffer)
      states[number].isWritable = false;
  }
  addArguments(second, count);
  visit(second);
  addUp();
}

/// The bytes of all buffers at each step.
void Analysis::addUp() {
  settleArguments();
  size_t count = found.steps.size();
  std::vector<LiveBytes> made(count + 1), gone(count + 1);
  int64_t sum = 0;
  for (const LiveBuffer &buffer : found.buffers) {
    auto kind = static_cast<unsigned>(buffer.kind);
    auto bytesOf = [&](LiveBytes &bytes) -> int64_t & {
      bool isPassing = isActivation(buffer.kind) && !buffer.isRecomputed &&
                       found.hasBackward() && buffer.last < found.backward;
      return (buffer.isRecomputed ? bytes.recomputed
              : isPassing         ? bytes.passing
                                  : bytes.kept)[kind];
    };
    // No sum of some of them is larger than that of all.
    std::optional<int64_t> next = llvm::checkedAdd(sum, buffer.bytes);
    isTooLarge |= !next;
    if (isTooLarge)
      return;
    sum = *next;
    bytesOf(made[std::min(buffer.first, count)]) += buffer.bytes;
    bytesOf(gone[std::min(buffer.last + 1, count)]) += buffer.bytes;
  }
  LiveBytes alive;
  int64_t most = -1, mostActivations = -1;
  for (size_t step = 0; step < count; ++step) {
    for (unsigned kind = 0; kind < kLiveKinds; ++kind) {
      alive.kept[kind] += made[step].kept[kind] - gone[step].kept[kind];
      alive.recomputed[kind] +=
          made[step].recomputed[kind] - gone[step].recomputed[kind];
      alive.passing[kind] +=
          made[step].passing[kind] - gone[step].passing[kind];
    }
    found.steps[step].bytes = alive;
    if (alive.getTotal() > most) {
      most = alive.getTotal();
      found.peak = step;
    }
    if (alive.getActivations() > mostActivations) {
      mostActivations = alive.getActivations();
      found.activationPeak = step;
    }
  }
}

bool mlir::mhc::findLiveBuffers(const LiveFunctions &functions,
                                const TokenSizes &sizes, ArrayRef<Value> given,
                                Liveness &found) {
  Callees callees(sizes);
  callees.given.insert(given.begin(), given.end());
  Analysis analysis(found, callees);
  func::FuncOp primal = functions.primal, forward = functions.forward;
  if (functions.backward)
    analysis.runPair(forward, functions.backward, primal.getNumResults());
  else
    analysis.run(forward, functions.isJoint ? primal.getNumArguments()
                                            : forward.getNumArguments());
  return !analysis.hasOverflow();
}
