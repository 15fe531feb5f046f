//===- SweepColumns.cpp - The program of a lane's columns -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What products with phi need comes first, for all 8 columns of the lane; then
// the rest, for some columns at a time. What is read from shared memory is read
// where it is used, and again in the second part: registers are what a sweep
// has least of.
//
//===----------------------------------------------------------------------===//

#include "WarpSweep.h"

#include "mhc/Dialect/MHC/Utils/LoopNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::mhc;

static constexpr int64_t kLaneColumns = 8;

static Value takeColumns(DeviceCode &code, Value columns, int64_t first,
                         int64_t count) {
  if (cast<VectorType>(columns.getType()).getNumElements() == count)
    return columns;
  return vector::ExtractStridedSliceOp::create(
      code.builder, code.loc, columns, ArrayRef<int64_t>(first),
      ArrayRef<int64_t>(count), ArrayRef<int64_t>(1));
}

/// A vector of all elements of `parts`, vectors of the same type.
static Value joinColumns(DeviceCode &code, ArrayRef<Value> parts) {
  if (parts.size() == 1)
    return parts.front();
  auto type = cast<VectorType>(parts.front().getType());
  int64_t width = type.getNumElements();
  Value whole = code.zero(VectorType::get(
      {width * static_cast<int64_t>(parts.size())}, type.getElementType()));
  for (auto [i, part] : llvm::enumerate(parts))
    whole = vector::InsertStridedSliceOp::create(
        code.builder, code.loc, part, whole,
        ArrayRef<int64_t>(static_cast<int64_t>(i) * width),
        ArrayRef<int64_t>(1));
  return whole;
}

namespace mlir::mhc {
/// The program of the columns of one item.
class SweepColumns {
public:
  SweepColumns(WarpSweep &at, const WarpItem &item)
      : at(at), code(at.code), item(item), vector(at.vector) {
    beginPart();
  }

  /// Forgets what is read from shared memory; keeps what `kept` made.
  void beginPart(ArrayRef<Operation *> kept = {});
  /// Makes all 8 columns of what backproject makes.
  void runBackprojects();
  /// Runs ops on columns `vector` * i to `vector` * (i + 1) - 1.
  LogicalResult run(ArrayRef<Operation *> ops, int64_t i);
  /// The lane's values of these columns, for each stream.
  LaneList get(Value value, int64_t i);
  /// All 8 columns, for each stream, of a value that all parts have.
  SmallVector<Value> getAll(Value value);

private:
  void require(Value value, int64_t i);
  LaneList loadColumns(Value row, int64_t i);

  WarpSweep &at;
  DeviceCode &code;
  const WarpItem &item;
  int64_t vector;
  SmallVector<std::unique_ptr<LaneProgram>> programs;
  /// What was read: tokens' values, accesses of rows; and what backproject
  /// made.
  llvm::DenseMap<Value, LaneList> splats;
  llvm::DenseMap<std::pair<Value, int64_t>, SmallVector<Value>> accesses;
  llvm::DenseMap<Value, SmallVector<Value>> backprojected;
};
} // namespace mlir::mhc

void SweepColumns::beginPart(ArrayRef<Operation *> kept) {
  SmallVector<std::unique_ptr<LaneProgram>> next;
  for (int64_t i = 0; i < kLaneColumns / vector; ++i) {
    LaneProgram &program =
        *next.emplace_back(std::make_unique<LaneProgram>(code.builder, vector));
    for (Operation *op : kept)
      for (Value result : op->getResults())
        if (programs[i]->isDefined(result))
          program.define(result, programs[i]->lookup(result));
  }
  programs = std::move(next);
  splats.clear();
  // Rows that are not in shared memory would be read from memory again.
  SmallVector<std::pair<Value, int64_t>> inShared;
  for (auto &[key, loaded] : accesses) {
    RowPlace place = at.launch.getRow(key.first, at.sweep);
    if (place.kind == RowPlace::Retained || at.isCopied(key.first, place))
      inShared.push_back(key);
  }
  for (auto &key : inShared)
    accesses.erase(key);
}

LaneList SweepColumns::loadColumns(Value row, int64_t i) {
  RowAccess access = at.getAccess(row, at.launch.getRow(row, at.sweep));
  int64_t streams = cast<RowType>(row.getType()).getStreams();
  int64_t first = vector * i, width = access.getWidth();
  auto load = [&](int64_t index) -> SmallVector<Value> & {
    auto [entry, isNew] = accesses.try_emplace({row, index});
    if (isNew)
      entry->second = at.loadRow(item, row, index);
    return entry->second;
  };
  LaneList list;
  if (width >= vector) {
    SmallVector<Value> loaded = load(first / width);
    for (int64_t stream = 0; stream < streams; ++stream)
      list.push_back(takeColumns(code, loaded[stream], first % width, vector));
    return list;
  }
  SmallVector<SmallVector<Value>> parts(streams);
  for (int64_t index = first / width; index < (first + vector) / width; ++index)
    for (auto [part, loaded] : llvm::zip_equal(parts, load(index)))
      part.push_back(loaded);
  for (SmallVector<Value> &part : parts)
    list.push_back(joinColumns(code, part));
  return list;
}

void SweepColumns::require(Value value, int64_t i) {
  LaneProgram &program = *programs[i];
  if (program.isDefined(value) || isa<WeightType>(value.getType()))
    return;
  Operation *op = value.getDefiningOp();
  if (op && op->hasTrait<OpTrait::ConstantLike>())
    return;
  auto argument = dyn_cast<BlockArgument>(value);
  if (argument && argument.getOwner() == &at.sweep.getBody().front()) {
    program.define(value,
                   loadColumns(at.sweep.getRows()[argument.getArgNumber()], i));
    return;
  }
  if (op && isa<BackprojectOp>(op)) {
    LaneList list;
    for (Value column : backprojected.at(value))
      list.push_back(takeColumns(code, column, vector * i, vector));
    program.define(value, list);
    return;
  }
  // A value of the token, from shared memory.
  LaneList &list = splats[value];
  if (list.empty()) {
    TokenValues memory = at.launch.getTokenValues(value);
    int64_t bytes = llvm::divideCeil(memory.element.getIntOrFloatBitWidth(), 8);
    Value own = code.offset(memory.pointer, code.mul(item.inBlock, bytes));
    for (int64_t k = 0, e = getElementCount(value.getType()); k < e; ++k) {
      Value place = code.offset(own, k * memory.stride * bytes);
      list.push_back(
          code.splat(loadElement(code, memory.element, place), vector));
    }
  }
  program.define(value, list);
}

void SweepColumns::runBackprojects() {
  if (!backprojected.empty())
    return;
  for (auto &[op, phi] : at.backprojects) {
    auto backproject = cast<BackprojectOp>(op);
    SmallVector<Value> columns = emitBackproject(
        code, *phi, item.tile, at.launch.getTokenValues(backproject.getD()));
    Type element = getElementTypeOrSelf(backproject.getOut().getType());
    for (Value &column : columns)
      column = convertFloat(code.builder, op->getLoc(), column, element);
    backprojected[backproject.getOut()] = columns;
  }
}

LogicalResult SweepColumns::run(ArrayRef<Operation *> ops, int64_t i) {
  for (Operation *op : ops) {
    if (isa<BackprojectOp>(op))
      continue;
    for (Value operand : op->getOperands())
      require(operand, i);
    if (failed(programs[i]->emit(op)))
      return failure();
  }
  return success();
}

LaneList SweepColumns::get(Value value, int64_t i) {
  require(value, i);
  return programs[i]->lookup(value);
}

SmallVector<Value> SweepColumns::getAll(Value value) {
  SmallVector<SmallVector<Value>> parts;
  for (int64_t i = 0; i < kLaneColumns / vector; ++i) {
    LaneList list = get(value, i);
    parts.resize(list.size());
    for (auto [part, columns] : llvm::zip_equal(parts, list))
      part.push_back(columns);
  }
  return llvm::map_to_vector(
      parts, [&](ArrayRef<Value> part) { return joinColumns(code, part); });
}

/// The products of streams that are nothing but summands of the exit: they are
/// added by fused multiply-adds, without being there all at a time.
static InnerOp getSummands(const SweepExit &exit) {
  auto inner = exit.value.getDefiningOp<InnerOp>();
  if (exit.kind != ExitKind::Sum || !inner || !inner->hasOneUse() ||
      inner.getKind() == InnerKind::Whole)
    return nullptr;
  return inner;
}

LogicalResult WarpSweep::emitItem(const WarpItem &item,
                                  MutableArrayRef<Value> carried) {
  SweepColumns columns(*this, item);
  int64_t parts = kLaneColumns / vector;
  // Rows that a later sweep finds on chip.
  for (auto [row, argument] :
       llvm::zip_equal(sweep.getRows(), sweep.getBody().getArguments()))
    if (std::optional<RowPlace> kept = launch.retainArgument(row, sweep))
      storeRowAt(item, row, *kept, columns.getAll(argument));

  // What products need.
  llvm::SetVector<Operation *> needed;
  SmallVector<Value> list;
  for (Exit &exit : exits)
    if (exit.isProduct())
      list.push_back(exit.exit.value);
  while (!list.empty())
    if (Operation *op = list.pop_back_val().getDefiningOp())
      if (op->getParentOp() == sweep && needed.insert(op))
        llvm::append_range(list, op->getOperands());
  SmallVector<Operation *> first, rest;
  llvm::SmallPtrSet<Operation *, 4> summands;
  for (Exit &exit : exits)
    if (InnerOp inner = getSummands(exit.exit))
      summands.insert(inner);
  for (Operation &op : sweep.getBody().front().without_terminator())
    if (!summands.contains(&op))
      (needed.contains(&op) ? first : rest).push_back(&op);
  if (!first.empty() ||
      llvm::any_of(exits, [](Exit &exit) { return exit.isProduct(); })) {
    if (llvm::any_of(first, llvm::IsaPred<BackprojectOp>))
      columns.runBackprojects();
    for (int64_t i = 0; i < parts; ++i)
      if (failed(columns.run(first, i)))
        return failure();
    for (Exit &exit : exits)
      if (exit.isProduct())
        emitProduct(item, exit, columns.getAll(exit.exit.value), carried);
    // Where registers are short, what products needed is computed again.
    bool isKept = vector == kLaneColumns || backprojects.empty();
    columns.beginPart(isKept ? ArrayRef(first) : ArrayRef<Operation *>());
    if (!isKept) {
      rest.clear();
      for (Operation &op : sweep.getBody().front().without_terminator())
        if (!summands.contains(&op))
          rest.push_back(&op);
    }
    code.warpBarrier();
  }

  // The rest.
  columns.runBackprojects();
  SmallVector<SmallVector<Value>> sums(exits.size());
  for (int64_t i = 0; i < parts; ++i) {
    // Keeps what this part reads from being read before.
    if (parts > 1)
      code.warpBarrier();
    if (failed(columns.run(rest, i)))
      return failure();
    for (auto [exit, ofExit] : llvm::zip_equal(exits, sums)) {
      if (exit.exit.kind != ExitKind::Sum)
        continue;
      ofExit.resize(exit.values);
      InnerOp inner = getSummands(exit.exit);
      if (!inner) {
        LaneList values = columns.get(exit.exit.value, i);
        for (auto [sum, value] : llvm::zip_equal(ofExit, values))
          sum = addInLane(item, exit, sum, value, vector * i);
        continue;
      }
      LaneList a = columns.get(inner.getA(), i);
      LaneList b = columns.get(inner.getB(), i);
      bool isPairs = inner.getKind() == InnerKind::Pairs;
      for (auto [k, sum] : llvm::enumerate(ofExit))
        sum =
            addProductsInLane(item, exit, sum, isPairs ? a[k / b.size()] : a[k],
                              isPairs ? b[k % b.size()] : b[k], vector * i);
    }
  }
  for (auto [exit, ofExit] : llvm::zip_equal(exits, sums)) {
    if (exit.exit.kind == ExitKind::Row) {
      SmallVector<Value> made = columns.getAll(exit.exit.value);
      for (const RowPlace &place : launch.makeRow(exit.result))
        storeRowAt(item, exit.result, place, made);
    } else if (exit.exit.kind == ExitKind::Total) {
      addTotal(item, exit, columns.getAll(exit.exit.value), carried);
    } else if (exit.exit.kind == ExitKind::Sum) {
      storeSums(item, exit, ofExit);
    }
  }
  return success();
}
