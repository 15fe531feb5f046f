//===- ConnectionChain.cpp - The connections of a forward -----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConnectionChain.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Pins
//===----------------------------------------------------------------------===//

SmallVector<Pin> mlir::mhc::takePins(func::FuncOp function) {
  SmallVector<PinOp> ops;
  function.walk([&](PinOp op) { ops.push_back(op); });
  SmallVector<Pin> pins;
  for (PinOp op : ops) {
    Value value = op.getValue();
    while (auto pin = value.getDefiningOp<PinOp>())
      value = pin.getValue();
    pins.push_back({op.getKind(), value, op.getLoc()});
  }
  for (PinOp op : ops) {
    op.getResult().replaceAllUsesWith(op.getValue());
    op.erase();
  }
  return pins;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

namespace {
/// Counts bytes with every dynamic size equal to a number of tokens.
class ByteCounter {
public:
  explicit ByteCounter(int64_t tokens) : tokens(tokens) {}

  /// Of a ranked tensor; 0 for anything else.
  int64_t count(Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.getElementType().isIntOrIndexOrFloat())
      return 0;
    int64_t bytes = tensor.getElementType().isIndex()
                        ? 8
                        : llvm::divideCeil(tensor.getElementTypeBitWidth(), 8);
    for (int64_t size : tensor.getShape())
      bytes = multiply(bytes, ShapedType::isDynamic(size) ? tokens : size);
    return bytes;
  }
  int64_t count(TypeRange types) {
    int64_t sum = 0;
    for (Type type : types)
      sum = add(sum, count(type));
    return sum;
  }

  int64_t add(int64_t a, int64_t b) { return note(llvm::checkedAdd(a, b)); }

  /// What an op reads and writes, calls with what they call.
  int64_t countTraffic(Operation *op);

  bool hasOverflow = false;

private:
  int64_t multiply(int64_t a, int64_t b) {
    return note(llvm::checkedMul(a, b));
  }
  int64_t note(std::optional<int64_t> result) {
    hasOverflow |= !result;
    return result.value_or(0);
  }

  int64_t tokens;
  DenseMap<Operation *, int64_t> ofFunctions;
};
} // namespace

static func::FuncOp lookupCallee(func::CallOp call) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
}

/// Whether an op is another name of memory, or of what is computed nowhere.
static bool isFree(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>() ||
         isa<tensor::EmptyOp, tensor::DimOp, tensor::CastOp,
             tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ReshapeOp,
             tensor::ExtractSliceOp, func::ReturnOp>(op);
}

int64_t ByteCounter::countTraffic(Operation *op) {
  if (isFree(op))
    return 0;
  if (auto call = dyn_cast<func::CallOp>(op)) {
    func::FuncOp callee = lookupCallee(call);
    if (callee && !callee.isDeclaration()) {
      if (auto known = ofFunctions.find(callee); known != ofFunctions.end())
        return known->second;
      int64_t sum = 0;
      for (Operation &inner : callee.getBody().front())
        sum = add(sum, countTraffic(&inner));
      return ofFunctions[callee] = sum;
    }
  }
  ValueRange read = op->getOperands();
  // A destination is written, which its result counts.
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    read = linalgOp->getOperands().take_front(linalgOp.getNumDpsInputs());
  return add(count(read.getTypes()), count(op->getResultTypes()));
}

//===----------------------------------------------------------------------===//
// Sublayers
//===----------------------------------------------------------------------===//

/// What an op reads, in its regions too.
static SmallVector<Value> getReads(Operation *op) {
  llvm::SetVector<Value> reads(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), reads);
  return reads.takeVector();
}

/// The ops on the ways from one value to another.
static llvm::SetVector<Operation *>
findBetween(const TrainingStep &step, Value from, Value to, Operation *before) {
  Operation *last = to.getDefiningOp();
  llvm::SetVector<Operation *> between;
  if (!last || !step.isForward(last) || from == to)
    return between;
  // Dependent ones, as far as the reader of `to`.
  DenseSet<Operation *> dependent;
  SmallVector<Value> work = {from};
  unsigned end = step.getPlace(before);
  ArrayRef<Operation *> ops = step.getForwardOps();
  while (!work.empty())
    for (Operation *user : work.pop_back_val().getUsers()) {
      while (user && !step.isForward(user))
        user = user->getParentOp();
      if (user && step.getPlace(user) < end && dependent.insert(user).second)
        llvm::append_range(work, user->getResults());
    }
  if (!dependent.contains(last))
    return between;
  DenseSet<Operation *> wanted = {last};
  SmallVector<Operation *> back = {last};
  while (!back.empty())
    for (Value read : getReads(back.pop_back_val()))
      if (Operation *op = read.getDefiningOp())
        if (dependent.contains(op) && wanted.insert(op).second)
          back.push_back(op);
  unsigned first = end;
  for (Operation *op : wanted)
    first = std::min(first, step.getPlace(op));
  for (Operation *op : ops.slice(first, end - first))
    if (wanted.contains(op))
      between.insert(op);
  return between;
}

/// Whether running an op again has no effect and gives the same. `known` says
/// it of functions; one that is being looked at calls itself, and does not.
static bool canRunAgain(Operation *op, DenseMap<Operation *, bool> &known) {
  if (isMemoryEffectFree(op))
    return true;
  auto call = dyn_cast<func::CallOp>(op);
  func::FuncOp callee = call ? lookupCallee(call) : nullptr;
  if (!callee || callee.isDeclaration() || !callee.getBody().hasOneBlock())
    return false;
  auto [place, isNew] = known.try_emplace(callee, false);
  if (!isNew)
    return place->second;
  bool can = llvm::all_of(
      callee.getBody().front().without_terminator(),
      [&](Operation &inner) { return canRunAgain(&inner, known); });
  return known[callee] = can;
}

//===----------------------------------------------------------------------===//
// Connections
//===----------------------------------------------------------------------===//

namespace {
class Finder {
public:
  Finder(const TrainingStep &step, int64_t tokens)
      : step(step), cheap(step.getForward().getFunctionBody().front()),
        bytes(tokens) {}

  FailureOr<ConnectionChain> run(ArrayRef<Pin> pins);

private:
  bool isResidual(Value value) const {
    return value && step.getResiduals().contains(value);
  }
  std::optional<Connection> match(CombineOp combine);
  Value findSublayerInput(Connection &connection);
  SmallVector<Operation *> getReaders(Value streams) const;
  void findConnections();
  void addEnds();
  void makeLink(const Connection &connection);
  void completeSublayer(Connection &connection) const;
  bool isReadElsewhere(Value value, const Connection &connection) const;
  bool canRerun(const Connection &connection);
  bool isAtHand(Value value) const;
  void addOtherResiduals();
  LogicalResult apply(const Pin &pin);

  const TrainingStep &step;
  CheapValues cheap;
  ByteCounter bytes;
  ConnectionChain chain;
  /// Which functions can be run again.
  DenseMap<Operation *, bool> functions;
  /// Values whose bytes are counted.
  DenseSet<Value> counted;
};
} // namespace

/// Whether a value's type is that of streams, given the type of a row of them.
static bool hasStreamsOf(Value streams, Value row) {
  auto type = cast<RankedTensorType>(streams.getType());
  auto rowType = cast<RankedTensorType>(row.getType());
  if (type.getRank() != rowType.getRank() + 1)
    return false;
  SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.end() - 2);
  return ArrayRef(shape) == rowType.getShape();
}

std::optional<Connection> Finder::match(CombineOp combine) {
  SmallVector<CombineTerm> terms = combine.getTerms();
  if (terms.size() != 2)
    return std::nullopt;
  Connection connection;
  connection.combine = combine;
  auto outShape = combine.getOut().getType();
  auto shapeOf = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getShape();
  };
  auto isStreams = [&](Value row) {
    return shapeOf(row) == cast<RankedTensorType>(outShape).getShape();
  };
  for (unsigned i : {0, 1}) {
    Value x = terms[i].row, f = terms[1 - i].row;
    if (x == f || !isStreams(x))
      continue;
    bool hasStreams = hasStreamsOf(x, f);
    // One stream without its dimension: f is what depends on x.
    if (!hasStreams && shapeOf(x) != shapeOf(f))
      continue;
    connection.x = x;
    connection.f = f;
    connection.y = findSublayerInput(connection);
    Value input = connection.y ? connection.y : x;
    connection.sublayer = findBetween(step, input, f, combine);
    if (hasStreams || !connection.sublayer.empty())
      return connection;
  }
  return std::nullopt;
}

/// The row made of the streams that f depends on; null if f depends on none,
/// or on the streams themselves.
Value Finder::findSublayerInput(Connection &connection) {
  // What a sublayer makes of the streams itself comes after what aggregates
  // them.
  for (Operation *user : getReaders(connection.x)) {
    Value row = user->getResult(0);
    if (row == connection.f ||
        !findBetween(step, row, connection.f, connection.combine).empty())
      return row;
  }
  return nullptr;
}

/// The ops of the forward that make one row of streams, those that aggregate
/// first.
SmallVector<Operation *> Finder::getReaders(Value streams) const {
  SmallVector<Operation *> readers;
  for (Operation *user : streams.getUsers())
    if (isa<AggregateOp, ReduceStreamsOp>(user) && step.isForward(user))
      readers.push_back(user);
  llvm::sort(readers, [&](Operation *a, Operation *b) {
    return std::pair(!isa<AggregateOp>(a), step.getPlace(a)) <
           std::pair(!isa<AggregateOp>(b), step.getPlace(b));
  });
  return readers;
}

void Finder::findConnections() {
  for (Operation *op : step.getForwardOps())
    if (auto combine = dyn_cast<CombineOp>(op))
      if (std::optional<Connection> connection = match(combine))
        chain.connections.push_back(std::move(*connection));
  addEnds();
  for (Connection &connection : chain.connections) {
    completeSublayer(connection);
    for (Operation *op : connection.sublayer)
      for (Value result : op->getResults())
        if (result != connection.f && isResidual(result) && !cheap.isCheap(op))
          connection.internals.push_back(result);
  }
}

/// Streams that the backward reads though nothing is added to them: those after
/// the last connection, and those of a last one whose result nothing reads.
void Finder::addEnds() {
  DenseSet<Value> known;
  for (const Connection &connection : chain.connections)
    known.insert(connection.x);
  auto add = [&](Value streams, Value row) {
    if (!isResidual(streams) || !known.insert(streams).second)
      return;
    Connection end;
    end.x = streams;
    end.y = row;
    chain.connections.push_back(std::move(end));
  };
  for (Operation *op : step.getForwardOps())
    if (auto aggregate = dyn_cast<AggregateOp>(op))
      add(aggregate.getX(), aggregate.getY());
  for (size_t i = 0, size = chain.connections.size(); i < size; ++i)
    if (CombineOp combine = chain.connections[i].combine)
      add(combine.getOut(), nullptr);
  auto getPlace = [&](const Connection &connection) {
    Operation *op = connection.combine;
    if (!op)
      op = (connection.y ? connection.y : connection.x).getDefiningOp();
    return std::pair(step.getPlace(op), !connection.combine);
  };
  llvm::sort(chain.connections, [&](const Connection &a, const Connection &b) {
    return getPlace(a) < getPlace(b);
  });
}

/// Whether the backward has a value or makes it of what it has.
bool Finder::isAtHand(Value value) const {
  SmallVector<Value> work = {value};
  while (!work.empty()) {
    Value next = work.pop_back_val();
    Operation *op = next.getDefiningOp();
    if (!op || isResidual(next))
      continue;
    if (!cheap.isCheap(op))
      return false;
    // Sizes are asked of what there is.
    if (!isa<tensor::DimOp>(op))
      llvm::append_range(work, getReads(op));
  }
  return true;
}

/// Adds what the sublayer reads that neither the backward has nor y gives, but
/// that follows from the streams: as far as it does, all of it can be run
/// again.
void Finder::completeSublayer(Connection &connection) const {
  if (connection.sublayer.empty())
    return;
  Operation *aggregate = connection.y ? connection.y.getDefiningOp() : nullptr;
  unsigned first = connection.x.getDefiningOp()
                       ? step.getPlace(connection.x.getDefiningOp()) + 1
                       : 0;
  llvm::SetVector<Operation *> found(connection.sublayer);
  SmallVector<Operation *> work(found.begin(), found.end());
  while (!work.empty())
    for (Value read : getReads(work.pop_back_val())) {
      Operation *op = read.getDefiningOp();
      if (read == connection.x || isAtHand(read) || op == aggregate ||
          found.contains(op))
        continue;
      // Of other streams, or of another connection.
      if (step.getPlace(op) < first || isa<CombineOp>(op))
        return;
      found.insert(op);
      work.push_back(op);
    }
  connection.sublayer.clear();
  for (Operation *op : step.getForwardOps().drop_front(first))
    if (found.contains(op))
      connection.sublayer.insert(op);
}

bool Finder::canRerun(const Connection &connection) {
  if (connection.sublayer.empty())
    return false;
  return llvm::all_of(connection.sublayer, [&](Operation *op) {
    return canRunAgain(op, functions) &&
           llvm::all_of(getReads(op), [&](Value read) {
             Operation *producer = read.getDefiningOp();
             return read == connection.y || read == connection.x ||
                    connection.sublayer.contains(producer) || isAtHand(read);
           });
  });
}

/// Whether the forward reads a value outside of its connection: by a sublayer
/// that comes later, whose backward then needs it earlier.
bool Finder::isReadElsewhere(Value value, const Connection &connection) const {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    while (user && !step.isForward(user))
      user = user->getParentOp();
    return user && !connection.sublayer.contains(user) &&
           llvm::any_of(chain.connections, [&](const Connection &other) {
             return other.sublayer.contains(user);
           });
  });
}

void Finder::makeLink(const Connection &connection) {
  size_t index = chain.numbers.links.size();
  ChainLink link;
  auto count = [&](Value value) { return bytes.count(value.getType()); };
  // What it takes to keep a value that no other connection has counted.
  auto countKept = [&](Value value) {
    return isResidual(value) && counted.insert(value).second ? count(value) : 0;
  };

  const Connection *previous =
      index > 0 ? &chain.connections[index - 1] : nullptr;
  unsigned readers = llvm::count_if(
      chain.connections, [&](auto &other) { return other.x == connection.x; });
  link.streams = count(connection.x);
  link.streamsKept = countKept(connection.x);
  link.startsBlock = !previous || !previous->combine ||
                     CombineOp(previous->combine).getOut() != connection.x ||
                     readers > 1 || !isResidual(connection.x) ||
                     isReadElsewhere(connection.x, connection) ||
                     !isResidual(previous->f);

  if (Value y = connection.y) {
    link.aggregate = count(y);
    bool isFirst = !counted.contains(y);
    link.aggregateKept = countKept(y);
    link.needsAggregate = isResidual(y);
    // What is y and something else at once stays.
    unsigned others = llvm::count_if(chain.connections, [&](auto &other) {
      return other.y == y || other.f == y;
    });
    // So does what would need streams that are not kept.
    if (link.needsAggregate &&
        (others > 1 || !isFirst || y == connection.f ||
         isReadElsewhere(y, connection) || !isAtHand(connection.x)))
      link.aggregatePin = RecomputePin::Keep;
  } else {
    link.needsAggregate = false;
  }

  if (Value f = connection.f) {
    link.output = count(f);
    link.outputKept = countKept(f);
    unsigned users = llvm::count_if(chain.connections,
                                    [&](auto &other) { return other.f == f; });
    for (Value value : connection.internals)
      link.internals = bytes.add(link.internals, countKept(value));
    auto isShared = [&](Value value) {
      return isReadElsewhere(value, connection);
    };
    if (users == 1 && canRerun(connection) && !isShared(f) &&
        llvm::none_of(connection.internals, isShared)) {
      int64_t moved = 0;
      for (Operation *op : connection.sublayer)
        moved = bytes.add(moved, bytes.countTraffic(op));
      link.rerun = moved;
    }
  }
  chain.numbers.links.push_back(link);
}

/// What else the backward reads is always kept. Arguments are the caller's,
/// but for the streams.
void Finder::addOtherResiduals() {
  for (Value value : step.getResiduals()) {
    Operation *op = value.getDefiningOp();
    if (!op || counted.contains(value) || CheapValues::isOfArguments(value) ||
        (step.isJoint() && cheap.isCheap(op)))
      continue;
    // With the connection that it is computed before the end of.
    unsigned place = step.getPlace(op);
    size_t index = 0;
    while (index + 1 < chain.connections.size() &&
           chain.connections[index].combine &&
           step.getPlace(chain.connections[index].combine) < place)
      ++index;
    if (chain.connections.empty()) {
      chain.connections.emplace_back();
      chain.numbers.links.emplace_back();
      chain.numbers.links.back().needsAggregate = false;
    }
    ChainLink &link = chain.numbers.links[index];
    link.fixed = bytes.add(link.fixed, bytes.count(value.getType()));
  }
}

LogicalResult Finder::apply(const Pin &pin) {
  bool found = false;
  auto set = [&](RecomputePin &place, int64_t &kept) -> LogicalResult {
    found = true;
    switch (pin.kind) {
    case PinKind::Given:
      kept = 0;
      return success();
    case PinKind::Keep:
    case PinKind::Recompute: {
      RecomputePin wanted = pin.kind == PinKind::Keep ? RecomputePin::Keep
                                                      : RecomputePin::Recompute;
      if (place != RecomputePin::None && place != wanted)
        return emitError(pin.loc, "expected a value to be kept or to be "
                                  "recomputed, got both");
      place = wanted;
      return success();
    }
    case PinKind::Stage:
      llvm_unreachable("a stage is handled where streams are");
    }
    return success();
  };
  for (auto [connection, link] :
       llvm::zip_equal(chain.connections, chain.numbers.links)) {
    LogicalResult done = success();
    if (pin.kind == PinKind::Stage) {
      if (connection.x == pin.value)
        found = link.startsBlock = true;
      continue;
    }
    if (connection.x == pin.value) {
      Operation *op = pin.value.getDefiningOp();
      if (!isResidual(pin.value) && op && cheap.isCheap(op)) {
        if (pin.kind == PinKind::Keep)
          return emitError(pin.loc, "expected a value that can be kept, got "
                                    "the result of '")
                 << op->getName() << "', which is always computed again";
        found = true;
      } else {
        done = set(link.streamsPin, link.streamsKept);
      }
    }
    if (succeeded(done) && connection.y && connection.y == pin.value)
      done = set(link.aggregatePin, link.aggregateKept);
    if (succeeded(done) && connection.f && connection.f == pin.value)
      done = set(link.outputPin, link.outputKept);
    if (failed(done))
      return failure();
  }
  if (found)
    return success();
  // In a joint function what only the results need is gone.
  if (step.isJoint()) {
    remark::missed(pin.loc, remark::RemarkOpts::name("PinIgnored")
                                .category("mhc-insert-recompute")
                                .function(step.getForward().getName()))
        << remark::reason("no connection whose streams go on reads the value");
    return success();
  }
  // What leaves the last connection is kept by whoever reads it.
  bool isNext = llvm::any_of(chain.connections, [&](Connection &connection) {
    return connection.combine && connection.combine.getOut() == pin.value;
  });
  if (pin.kind == PinKind::Stage) {
    if (isNext)
      return success();
    return emitError(pin.loc, "expected a pipeline stage to begin with the "
                              "streams between two connections, got a value "
                              "of type ")
           << pin.value.getType() << " that no connection reads as streams";
  }
  if (isNext)
    return emitError(pin.loc, "expected a pin on a value that the backward "
                              "reads, got streams that it does not need");
  return emitError(pin.loc, "expected a pin on the streams, the sublayer's "
                            "argument or the sublayer's output of a "
                            "connection, got a value of type ")
         << pin.value.getType() << " that is none of them";
}

FailureOr<ConnectionChain> Finder::run(ArrayRef<Pin> pins) {
  findConnections();
  for (const Connection &connection : chain.connections)
    makeLink(connection);
  if (!chain.connections.empty()) {
    auto type = cast<RankedTensorType>(chain.connections.front().x.getType());
    auto y = chain.connections.front().f;
    if (y && hasStreamsOf(chain.connections.front().x, y))
      chain.numStreams = type.getDimSize(type.getRank() - 2);
  }
  for (const Pin &pin : pins)
    if (failed(apply(pin)))
      return failure();
  addOtherResiduals();
  if (bytes.hasOverflow)
    return step.getForward()->emitOpError(
        "expected sizes that fit 64 bits, got larger ones");
  return std::move(chain);
}

FailureOr<ConnectionChain> mlir::mhc::findConnections(const TrainingStep &step,
                                                      ArrayRef<Pin> pins,
                                                      int64_t tokens) {
  return Finder(step, tokens).run(pins);
}
