//===- KernelPlan.cpp - Which ops form which kernels ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel ends where a value goes through an op that is none of ours. So each
// op has a depth, the number of such crossings on the longest way to it, and
// ops of one depth that share rows or values form a kernel: no value can leave
// it and come back.
//
//===----------------------------------------------------------------------===//

#include "KernelPlan.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::mhc;

int64_t mlir::mhc::getRowBytes(const TokenProgram &program, Value value) {
  if (!program.isRows(value))
    return 0;
  auto row = dyn_cast_or_null<RowType>(program.getInnerType(value));
  return row ? row.getBytes() : 0;
}

BlockPlan::BlockPlan(Block &block, const TokenProgram &program,
                     PlanOptions options)
    : block(block), program(program), options(options) {
  for (auto [index, op] : llvm::enumerate(block))
    places[&op] = index;
  findLive();
  findDepths();
  findGroups();
  planKernels();
}

/// What an op reads, and what ops in its regions read from this block.
static SmallVector<Value> getAllOperands(Operation *op, bool isFusable) {
  if (isFusable)
    return TokenProgram::getReadOperands(op);
  SmallVector<Value> operands(op->getOperands());
  op->walk([&](Operation *inner) {
    if (inner != op)
      llvm::append_range(operands, inner->getOperands());
  });
  return operands;
}

/// Ops with effects, and what they need: the destinations of fusable ops are
/// not needed.
void BlockPlan::findLive() {
  for (Operation &op : llvm::reverse(block)) {
    bool isNeeded = op.hasTrait<OpTrait::IsTerminator>() ||
                    !isMemoryEffectFree(&op) || live.contains(&op);
    if (!isNeeded)
      continue;
    live.insert(&op);
    for (Value operand : getAllOperands(&op, isFusable(&op)))
      if (Operation *producer = operand.getDefiningOp())
        if (Operation *inBlock = block.findAncestorOpInBlock(*producer))
          live.insert(inBlock);
  }
}

/// Whether a value leaves its kernel on the way to a reader: where another op
/// reads it; a sum over tokens, which is complete when its kernel has run; and
/// what is the same for all tokens, which is not computed for each.
bool BlockPlan::leavesKernel(Value operand, Operation *user) const {
  std::optional<OpKind> kind = program.getKind(operand.getDefiningOp());
  bool isForAll = program.getRole(operand) && !isOfTokens(operand, user);
  return kind && (!isFusable(user) || kind == OpKind::Total || isForAll);
}

void BlockPlan::findDepths() {
  computeDepths();
  // What is to run late is put where its readers are, and what depends on it
  // is counted again.
  if (findLatestDepths())
    computeDepths();
}

void BlockPlan::computeDepths() {
  // Within a depth, the number of sweeps that must have ended.
  llvm::DenseMap<Operation *, unsigned> sweeps;
  unsigned ofEffects = 0;
  for (Operation &op : block) {
    if (!live.contains(&op))
      continue;
    bool fusable = isFusable(&op);
    unsigned depth = latest.lookup(&op), sweep = 0;
    for (Value operand : getAllOperands(&op, fusable)) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || producer->getBlock() != &block || producer == &op ||
          getSplat(operand))
        continue;
      bool leaves = leavesKernel(operand, &op);
      unsigned ofOperand = depths.lookup(producer) + leaves;
      unsigned ended =
          leaves ? 0
                 : sweeps.lookup(producer) +
                       (program.getKind(producer) == OpKind::Reduction);
      if (ofOperand > depth)
        sweep = 0;
      if (ofOperand >= depth)
        sweep = std::max(sweep, ended);
      depth = std::max(depth, ofOperand);
    }
    // A kernel of very many sweeps is cut.
    if (fusable && sweep >= options.maxSweeps) {
      ++depth;
      sweep = 0;
    }
    // Ops with effects stay in order.
    if (!isMemoryEffectFree(&op))
      depth = ofEffects = std::max(depth, ofEffects);
    depths[&op] = depth;
    sweeps[&op] = sweep;
  }
}

bool BlockPlan::findLatestDepths() {
  // The largest depth at which the readers of an op's results can have it.
  llvm::DenseMap<Operation *, unsigned> allowed;
  for (Operation &op : llvm::reverse(block)) {
    if (!live.contains(&op))
      continue;
    bool fusable = isFusable(&op);
    auto found = allowed.find(&op);
    // Ops that are no part of kernels stay where they are.
    unsigned depth =
        fusable && found != allowed.end() ? found->second : depths.lookup(&op);
    if (op.hasAttr(kLate) && fusable)
      latest[&op] = depth;
    for (Value operand : getAllOperands(&op, fusable)) {
      Operation *producer = operand.getDefiningOp();
      if (!producer || producer->getBlock() != &block || producer == &op)
        continue;
      unsigned leaves = leavesKernel(operand, &op);
      unsigned here = depth > leaves ? depth - leaves : 0;
      auto [place, isNew] = allowed.try_emplace(producer, here);
      if (!isNew)
        place->second = std::min(place->second, here);
    }
  }
  return !latest.empty();
}

/// Ops of one depth and the same number of token dimensions are one kernel if a
/// value goes from one to the other or if both read the same rows or
/// coefficients of tokens.
void BlockPlan::findGroups() {
  llvm::EquivalenceClasses<Operation *> classes;
  SmallVector<Operation *> fusable;
  llvm::DenseMap<std::pair<unsigned, Value>, Operation *> readers;
  for (Operation &op : block) {
    if (!live.contains(&op) || !isFusable(&op))
      continue;
    fusable.push_back(&op);
    classes.insert(&op);
    unsigned depth = depths[&op];
    for (Value operand : TokenProgram::getReadOperands(&op)) {
      if (!isOfTokens(operand, &op) || getSplat(operand))
        continue;
      Operation *producer = operand.getDefiningOp();
      if (producer && producer->getBlock() == &block && isFusable(producer) &&
          depths[producer] == depth) {
        classes.unionSets(&op, producer);
        continue;
      }
      auto [place, isNew] = readers.try_emplace({depth, operand}, &op);
      if (!isNew)
        classes.unionSets(&op, place->second);
    }
  }
  llvm::DenseMap<Operation *, unsigned> numbers;
  for (Operation *op : fusable) {
    Operation *leader = classes.getLeaderValue(op);
    auto [place, isNew] = numbers.try_emplace(leader, groups.size());
    if (isNew)
      groups.emplace_back();
    groups[place->second].push_back(op);
    kernelOf[op] = place->second;
  }
}

void BlockPlan::planKernels() {
  kernels.resize(groups.size());
  wanted.resize(groups.size());
  // Later kernels say what they read of earlier ones.
  SmallVector<unsigned> order =
      llvm::to_vector(llvm::seq<unsigned>(0, groups.size()));
  llvm::sort(order, [&](unsigned a, unsigned b) {
    unsigned ofA = depths[groups[a].front()], ofB = depths[groups[b].front()];
    return ofA != ofB ? ofA > ofB : a < b;
  });
  for (Operation &op : block) {
    if (!live.contains(&op) || isFusable(&op))
      continue;
    for (Value operand : getAllOperands(&op, false)) {
      Operation *producer = operand.getDefiningOp();
      if (producer && producer->getBlock() == &block && isFusable(producer))
        wanted[kernelOf[producer]].insert(operand);
    }
  }
  for (unsigned index : order) {
    kernels[index].depth = depths[groups[index].front()];
    collectOps(kernels[index], groups[index]);
  }
  for (auto [index, kernel] : llvm::enumerate(kernels))
    for (Value result : kernel.results)
      producers[result] = index;
  for (KernelPlan &kernel : kernels)
    planSweeps(kernel);
}

//===----------------------------------------------------------------------===//
// Ops of a kernel
//===----------------------------------------------------------------------===//

namespace {
/// The ops that a kernel runs to make its results, while it is not yet decided
/// which rows it reads and which it computes again.
class Demand {
public:
  Demand(const TokenProgram &program, ArrayRef<Operation *> own,
         unsigned tokenRank, function_ref<bool(Operation *)> isFusableInBlock)
      : program(&program), own(own.begin(), own.end()), tokenRank(tokenRank),
        isFusableInBlock(isFusableInBlock) {}

  /// Rows that are computed here although another kernel computes them.
  llvm::DenseSet<Value> rebuilt;

  /// Walks from the roots; `ops` and `inputs` are then what the kernel runs and
  /// reads.
  void run(ArrayRef<Value> roots) {
    ops.clear();
    inputs.clear();
    SmallVector<Value> work(roots);
    while (!work.empty()) {
      Value value = work.pop_back_val();
      if (getSplat(value))
        continue;
      Operation *op = value.getDefiningOp();
      if (!op || !isInside(value)) {
        inputs.insert(value);
        continue;
      }
      if (ops.insert(op))
        llvm::append_range(work, TokenProgram::getReadOperands(op));
    }
  }

  /// Whether the kernel computes a value: its own, coefficients of a token
  /// that follow from others without a sweep, or a row that is rebuilt.
  bool isInside(Value value) const {
    Operation *op = value.getDefiningOp();
    if (!op || !isFusableInBlock(op))
      return false;
    if (own.contains(op))
      return true;
    if (program->getOpTokenRank(op) != tokenRank)
      return false;
    std::optional<OpKind> kind = program->getKind(op);
    return kind == OpKind::Token ||
           (kind == OpKind::Column && rebuilt.contains(value));
  }

  SetVector<Operation *> ops;
  SetVector<Value> inputs;

private:
  const TokenProgram *program;
  llvm::DenseSet<Operation *> own;
  unsigned tokenRank;
  function_ref<bool(Operation *)> isFusableInBlock;
};
} // namespace

void BlockPlan::collectOps(KernelPlan &kernel, ArrayRef<Operation *> own) {
  unsigned index = &kernel - kernels.data();
  auto isFusableInBlock = [&](Operation *op) {
    return op->getBlock() == &block && isFusable(op);
  };
  kernel.results = wanted[index];
  for (Operation *op : own)
    kernel.tokenRank = std::max(kernel.tokenRank, program.getOpTokenRank(op));
  Demand demand(program, own, kernel.tokenRank, isFusableInBlock);
  SmallVector<Value> roots(kernel.results.begin(), kernel.results.end());
  demand.run(roots);

  // A row of an earlier kernel is computed again if what this reads besides is
  // less than the row.
  bool changed = true;
  while (changed) {
    changed = false;
    for (Value row :
         SmallVector<Value>(demand.inputs.begin(), demand.inputs.end())) {
      Operation *op = row.getDefiningOp();
      if (!op || !isFusableInBlock(op) || program.getKind(op) != OpKind::Column)
        continue;
      Demand trial = demand;
      trial.rebuilt.insert(row);
      trial.run(roots);
      int64_t more = 0, less = 0;
      for (Value input : trial.inputs)
        if (!demand.inputs.contains(input))
          more += getRowBytes(program, input);
      for (Value input : demand.inputs)
        if (!trial.inputs.contains(input))
          less += getRowBytes(program, input);
      // Rows of single bits are never in memory.
      bool isInMemory = getRowBytes(program, row) > 0;
      if (more < less || !isInMemory) {
        demand = trial;
        changed = true;
      }
    }
  }

  for (Value input : demand.inputs) {
    Operation *op = input.getDefiningOp();
    if (op && isFusableInBlock(op))
      wanted[kernelOf[op]].insert(input);
  }
  SmallVector<Operation *> ordered(demand.ops.begin(), demand.ops.end());
  llvm::sort(ordered,
             [&](Operation *a, Operation *b) { return places[a] < places[b]; });
  llvm::DenseSet<Operation *> mine(own.begin(), own.end());
  for (Operation *op : ordered) {
    kernel.ops.insert(op);
    if (!mine.contains(op))
      kernel.repeated.insert(op);
  }
}

//===----------------------------------------------------------------------===//
// Sweeps of a kernel
//===----------------------------------------------------------------------===//

namespace {
/// Deals the ops of a kernel to sweeps.
class SweepPlanner {
public:
  SweepPlanner(const TokenProgram &program, KernelPlan &kernel, bool retain,
               function_ref<bool(Value)> isInMemory)
      : program(program), kernel(kernel), retain(retain),
        isInMemory(isInMemory) {}

  void run() {
    findLevels();
    findLatest();
    placeRoots();
    for (int level = kernel.sweeps.size() - 1; level >= 0; --level)
      planReads(level);
    // A level that nothing leaves is no sweep; those above keep their order.
    llvm::erase_if(kernel.sweeps, [](const SweepPlan &sweep) {
      return sweep.rows.empty() && sweep.sums.empty();
    });
    splitByHidden();
  }

private:
  bool isInside(Value value) const {
    Operation *op = value.getDefiningOp();
    return op && kernel.ops.contains(op) && !getSplat(value);
  }

  /// The sweep in which an op on rows can first run; for coefficients, the
  /// number of sweeps that must have ended.
  void findLevels() {
    for (Operation *op : kernel.ops) {
      unsigned level = 0;
      for (Value operand : TokenProgram::getReadOperands(op)) {
        if (!isInside(operand))
          continue;
        Operation *producer = operand.getDefiningOp();
        bool isSum = program.getKind(producer) == OpKind::Reduction;
        level = std::max(level, levels[producer] + isSum);
      }
      levels[op] = level;
    }
  }

  /// For each sum over hidden, the last sweep in which it may be added.
  void findLatest() {
    last = 0;
    for (Operation *op : kernel.ops)
      if (inSweep(op))
        last = std::max(last, levels[op]);
    for (Operation *op : kernel.ops)
      latest[op] = last;
    for (Operation *op : llvm::reverse(kernel.ops.getArrayRef())) {
      std::optional<OpKind> kind = program.getKind(op);
      for (Value operand : TokenProgram::getReadOperands(op)) {
        if (!isInside(operand))
          continue;
        Operation *producer = operand.getDefiningOp();
        unsigned bound = kind == OpKind::Token ? latest[op] : levels[op];
        if (program.getKind(producer) == OpKind::Reduction)
          bound = bound == 0 ? 0 : bound - 1;
        latest[producer] =
            std::max(levels[producer], std::min(latest[producer], bound));
      }
    }
  }

  /// Whether an op has columns: a sum over tokens may be of coefficients alone.
  bool inSweep(Operation *op) const {
    std::optional<OpKind> kind = program.getKind(op);
    if (kind == OpKind::Column || kind == OpKind::Reduction)
      return true;
    return kind == OpKind::Total &&
           llvm::any_of(TokenProgram::getReadOperands(op),
                        [&](Value value) { return program.isRows(value); });
  }

  /// The rows from memory that a column is made of.
  void addLeaves(Value value, llvm::DenseSet<Value> &leaves) const {
    if (!program.isRows(value) || getSplat(value))
      return;
    if (!isInside(value)) {
      leaves.insert(value);
      return;
    }
    for (Value operand : TokenProgram::getReadOperands(value.getDefiningOp()))
      addLeaves(operand, leaves);
  }

  int64_t getBytes(const llvm::DenseSet<Value> &rows,
                   const llvm::DenseSet<Value> &without) const {
    int64_t bytes = 0;
    for (Value row : rows)
      if (!without.contains(row))
        bytes += getRowBytes(program, row);
    return bytes;
  }

  void placeRoots() {
    kernel.sweeps.resize(last + 1);
    SmallVector<llvm::DenseSet<Value>> leaves(last + 1);
    for (Value row : kernel.results)
      if (program.isRows(row)) {
        unsigned level = levels[row.getDefiningOp()];
        kernel.sweeps[level].rows.insert(row);
        addLeaves(row, leaves[level]);
      }
    auto place = [&](Operation *op, unsigned level) {
      kernel.sweeps[level].sums.insert(op);
      for (Value operand : TokenProgram::getReadOperands(op))
        addLeaves(operand, leaves[level]);
    };
    SmallVector<Operation *> free;
    for (Operation *op : kernel.ops) {
      if (!inSweep(op) || program.getKind(op) == OpKind::Column)
        continue;
      if (levels[op] == latest[op])
        place(op, levels[op]);
      else
        free.push_back(op);
    }
    // The others go where their rows are read anyway.
    for (Operation *op : free) {
      llvm::DenseSet<Value> needs;
      for (Value operand : TokenProgram::getReadOperands(op))
        addLeaves(operand, needs);
      unsigned best = levels[op];
      for (unsigned level = levels[op]; level <= latest[op]; ++level)
        if (getBytes(needs, leaves[level]) < getBytes(needs, leaves[best]))
          best = level;
      place(op, best);
    }
  }

  /// Which columns a sweep computes, and which it reads as rows although the
  /// kernel can compute them.
  void planReads(unsigned level) {
    SweepPlan &sweep = kernel.sweeps[level];
    llvm::DenseSet<Value> reads, visited;
    SetVector<Value> earlier;
    // Columns of this sweep must be computed here.
    std::function<void(Value)> visit = [&](Value value) {
      if (!program.isRows(value) || getSplat(value) ||
          !visited.insert(value).second)
        return;
      if (!isInside(value)) {
        reads.insert(value);
        return;
      }
      bool isRepeated = kernel.repeated.contains(value.getDefiningOp());
      if (levels[value.getDefiningOp()] < level ||
          (!retain && isRepeated && isInMemory(value))) {
        earlier.insert(value);
        return;
      }
      for (Value operand : TokenProgram::getReadOperands(value.getDefiningOp()))
        visit(operand);
    };
    for (Value row : sweep.rows)
      for (Value operand : TokenProgram::getReadOperands(row.getDefiningOp()))
        visit(operand);
    for (Operation *sum : sweep.sums)
      for (Value operand : TokenProgram::getReadOperands(sum))
        visit(operand);

    // The others, those first that are made of the others: the last made.
    llvm::DenseMap<Operation *, unsigned> places;
    for (auto [index, op] : llvm::enumerate(kernel.ops))
      places[op] = index;
    SmallVector<Value> work(earlier.begin(), earlier.end());
    while (!work.empty()) {
      auto *latest = llvm::max_element(work, [&](Value a, Value b) {
        return places[a.getDefiningOp()] < places[b.getDefiningOp()];
      });
      Value value = *latest;
      work.erase(latest);
      int64_t bytes = getRowBytes(program, value);
      bool isInput = !retain && isInMemory(value) &&
                     kernel.repeated.contains(value.getDefiningOp());
      bool isMade = kernel.results.contains(value) || isInput;
      int64_t reading = isMade ? bytes : 2 * bytes;
      llvm::DenseSet<Value> leaves;
      addLeaves(value, leaves);
      if (bytes == 0 || getBytes(leaves, reads) < reading) {
        // Computed here; its operands may be rows of earlier sweeps in turn.
        for (Value operand :
             TokenProgram::getReadOperands(value.getDefiningOp())) {
          if (!program.isRows(operand) || getSplat(operand) ||
              !visited.insert(operand).second)
            continue;
          if (isInside(operand))
            work.push_back(operand);
          else
            reads.insert(operand);
        }
        continue;
      }
      sweep.read.insert(value);
      if (!isInput)
        kernel.sweeps[levels[value.getDefiningOp()]].rows.insert(value);
    }
  }

  /// The hidden of the rows that an op makes or adds.
  int64_t getHidden(Value rows) const {
    return cast<RankedTensorType>(rows.getType()).getShape().back();
  }
  int64_t getHidden(Operation *sum) const {
    for (Value operand : TokenProgram::getReadOperands(sum))
      if (program.isRows(operand))
        return getHidden(operand);
    llvm_unreachable("a sum in a sweep is one of rows");
  }

  /// A sweep is over one hidden: rows of several are swept one after another.
  void splitByHidden() {
    SmallVector<SweepPlan> sweeps;
    for (const SweepPlan &sweep : kernel.sweeps) {
      llvm::MapVector<int64_t, SweepPlan> parts;
      for (Value row : sweep.rows)
        parts[getHidden(row)].rows.insert(row);
      for (Operation *sum : sweep.sums)
        parts[getHidden(sum)].sums.insert(sum);
      for (auto &[hidden, part] : parts) {
        part.read = sweep.read;
        sweeps.push_back(std::move(part));
      }
    }
    kernel.sweeps = std::move(sweeps);
  }

  const TokenProgram &program;
  KernelPlan &kernel;
  bool retain;
  function_ref<bool(Value)> isInMemory;
  llvm::DenseMap<Operation *, unsigned> levels, latest;
  unsigned last = 0;
};
} // namespace

void BlockPlan::planSweeps(KernelPlan &kernel) {
  // Rows that another kernel writes, and nothing is added by reading them.
  auto isInMemory = [&](Value value) {
    const KernelPlan *producer = getProducer(value);
    return producer && producer != &kernel;
  };
  SweepPlanner(program, kernel, options.retain, isInMemory).run();
}
