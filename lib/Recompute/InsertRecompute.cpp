//===- InsertRecompute.cpp - Pass: recompute under a byte budget ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mhc/Recompute/Passes.h"

#include "Budget.h"
#include "InlineLayers.h"
#include "PlanRemarks.h"
#include "RebuildRegions.h"

#include "mhc/Analysis/DrawMemory.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCINSERTRECOMPUTE
#include "mhc/Recompute/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// A training step while it is decided what it keeps.
struct Candidate {
  TrainingStep step;
  SmallVector<Pin> pins;
  ConnectionChain chain;
  /// The peak when everything is kept, and the budget in bytes, if any.
  int64_t everything = 0;
  std::optional<int64_t> budget = std::nullopt;

  StringRef getName() const { return step.getForward().getName(); }
  Location getLoc() const { return step.getForward().getLoc(); }
  /// What the analysis of bytes alive looks at.
  LiveFunctions getFunctions(func::FuncOp primal) const {
    if (step.isJoint())
      return {primal, step.getForward(), nullptr, /*isJoint=*/true};
    return {primal, step.getForward(), step.getBackward()};
  }
  /// The values that someone else keeps.
  SmallVector<Value> getGiven() const {
    SmallVector<Value> given;
    for (const Pin &pin : pins)
      if (pin.kind == PinKind::Given)
        given.push_back(pin.value);
    return given;
  }
};

struct InsertRecompute : mhc::impl::MHCInsertRecomputeBase<InsertRecompute> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(readOptions()))
      return signalPassFailure();
    FailureOr<SmallVector<func::FuncOp>> primals = findPrimals();
    if (failed(primals))
      return signalPassFailure();
    if (!report.empty() && primals->size() > 1) {
      getOperation().emitError("expected one function for a report, got ")
          << primals->size();
      return signalPassFailure();
    }
    for (func::FuncOp primal : *primals)
      if (failed(process(primal)))
        return signalPassFailure();
  }

private:
  LogicalResult readOptions();
  FailureOr<SmallVector<func::FuncOp>> findPrimals();
  LogicalResult process(func::FuncOp primal);
  LogicalResult prepare(func::FuncOp primal, bool isPair,
                        std::vector<Candidate> &candidates);
  bool dropImpossiblePin(Candidate &candidate);
  llvm::Expected<int64_t> findSmallestBudget(const Candidate &candidate);
  LogicalResult checkBudgets(ArrayRef<Candidate> candidates);
  LogicalResult apply(func::FuncOp primal, Candidate &candidate, bool isDrawn);
  LogicalResult draw(func::FuncOp primal, const Candidate &candidate,
                     const RecomputeSolution &solution, const Liveness &before);
  LogicalResult fail(const Candidate &candidate, llvm::Error error);
  remark::RemarkOpts getRemarkOptions(StringRef name,
                                      const Candidate &candidate) {
    return remark::RemarkOpts::name(name)
        .category("mhc-insert-recompute")
        .function(candidate.getName());
  }

  std::optional<Budget> wanted;
  bool isEqual = false;
};
} // namespace

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

LogicalResult InsertRecompute::readOptions() {
  auto error = [&] { return getOperation().emitError(); };
  wanted.reset();
  isEqual = choice == "equal";
  if (!isEqual && choice != "exact")
    return error() << "expected 'choice' to be exact or equal, got '" << choice
                   << "'";
  for (auto &[name, value, least] :
       {std::tuple<StringRef, int64_t, int64_t>{"tokens", tokens, 1},
        {"max-rebuild", maxRebuild, 1},
        {"max-chain", maxChain, 0}})
    if (value < least)
      return error() << "expected '" << name << "' to be at least " << least
                     << ", got " << value;
  if (budget.empty()) {
    if (isEqual)
      return success();
    return error() << "expected a budget, such as budget=1.5GB or budget=50%, "
                      "got none";
  }
  llvm::Expected<Budget> parsed = Budget::parse(budget);
  if (!parsed)
    return error() << llvm::toString(parsed.takeError());
  wanted = *parsed;
  return success();
}

/// A call of one of the functions whose residuals would change; null if there
/// is none.
static Operation *findCaller(func::FuncOp primal) {
  std::optional<TrainingStep> pair = TrainingStep::findPair(primal);
  if (!pair)
    return nullptr;
  Operation *module = primal->getParentOp();
  for (func::FuncOp function : {pair->getForward(), pair->getBackward()})
    if (auto uses = SymbolTable::getSymbolUses(function, module))
      for (SymbolTable::SymbolUse use : *uses)
        return use.getUser();
  return nullptr;
}

FailureOr<SmallVector<func::FuncOp>> InsertRecompute::findPrimals() {
  auto hasGradient = [](func::FuncOp function) {
    return TrainingStep::findPair(function) ||
           TrainingStep::findJoint(function);
  };
  SmallVector<func::FuncOp> primals;
  for (const std::string &name : functions) {
    auto function = getOperation().lookupSymbol<func::FuncOp>(name);
    if (!function)
      return getOperation().emitError("expected a function '@")
             << name << "' to recompute values of, got none";
    if (!hasGradient(function))
      return emitError(function.getLoc(), "expected '@")
             << name << "_forward' and '@" << name << "_backward', or '@"
             << name << "_gradient', as mhc-differentiate makes them; got none";
    if (Operation *caller = findCaller(function)) {
      InFlightDiagnostic diagnostic =
          emitError(function.getLoc(), "expected '@")
          << name << "_forward' and '@" << name
          << "_backward' not to be called, as their "
             "residuals change; got a call";
      diagnostic.attachNote(caller->getLoc()) << "called here";
      return diagnostic;
    }
    if (!llvm::is_contained(primals, function))
      primals.push_back(function);
  }
  if (!functions.empty())
    return primals;
  // A layer whose functions others call is part of those.
  for (auto function : getOperation().getOps<func::FuncOp>())
    if (function.isPublic() && !function.isDeclaration() &&
        hasGradient(function) && !findCaller(function))
      primals.push_back(function);
  if (primals.empty())
    return getOperation().emitError(
        "expected a public function with the gradient functions that "
        "mhc-differentiate makes, which nothing calls; got none");
  return primals;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

LogicalResult InsertRecompute::process(func::FuncOp primal) {
  // The function itself may be run too.
  takePins(primal);
  std::vector<Candidate> candidates;
  for (bool isPair : {true, false})
    if (failed(prepare(primal, isPair, candidates)))
      return failure();
  if (failed(checkBudgets(candidates)))
    return failure();
  for (auto [index, candidate] : llvm::enumerate(candidates))
    if (failed(apply(primal, candidate, !report.empty() && index == 0)))
      return failure();
  return success();
}

/// Finds one of the steps of a function, and adds it if there is something to
/// choose in it.
LogicalResult InsertRecompute::prepare(func::FuncOp primal, bool isPair,
                                       std::vector<Candidate> &candidates) {
  auto find = [&] {
    return isPair ? TrainingStep::findPair(primal)
                  : TrainingStep::findJoint(primal);
  };
  std::optional<TrainingStep> step = find();
  if (!step)
    return success();
  // Values are found without the calls and pins that stand between them.
  inlineLayers(step->getForward());
  inlineLayers(step->getBackward());
  SmallVector<Pin> pins = takePins(step->getForward());
  step = find();
  FailureOr<ConnectionChain> chain = findConnections(*step, pins, tokens);
  if (failed(chain))
    return failure();
  chain->numbers.maxRebuild = maxRebuild;
  chain->numbers.maxChain = maxChain;
  Candidate candidate{std::move(*step), std::move(pins), std::move(*chain)};
  if (candidate.chain.connections.empty()) {
    remark::missed(candidate.getLoc(),
                   getRemarkOptions("NoConnections", candidate))
        << remark::reason("the backward reads no streams, sublayer arguments "
                          "or sublayer outputs of connections");
    return success();
  }
  // What the pair honours may make no sense where the results are gone.
  while (!isPair && !candidates.empty() && dropImpossiblePin(candidate))
    ;
  llvm::Expected<RecomputeSolution> all =
      solveWithoutBudget(candidate.chain.numbers);
  if (!all)
    return fail(candidate, all.takeError());
  candidate.everything = all->cost.peak;
  if (wanted)
    candidate.budget = wanted->getBytes(candidate.everything);
  candidates.push_back(std::move(candidate));
  return success();
}

/// Removes a pin that contradicts the chain of a joint function, with a remark;
/// false if there is none.
bool InsertRecompute::dropImpossiblePin(Candidate &candidate) {
  bool isDropped = false;
  llvm::handleAllErrors(
      verify(candidate.chain.numbers),
      [&](const ChainError &what) {
        ChainLink &link = candidate.chain.numbers.links[what.link];
        const Connection &connection = candidate.chain.connections[what.link];
        auto drop = [&](RecomputePin &pin, Value value) {
          isDropped =
              std::exchange(pin, RecomputePin::None) != RecomputePin::None;
          if (isDropped)
            remark::missed(value.getLoc(),
                           getRemarkOptions("PinIgnored", candidate))
                << remark::reason("{0}", what.message);
        };
        switch (what.part) {
        case ChainError::Part::Link:
          return;
        case ChainError::Part::Streams:
          return drop(link.streamsPin, connection.x);
        case ChainError::Part::Aggregate:
          return drop(link.aggregatePin, connection.y);
        case ChainError::Part::Output:
          return drop(link.outputPin, connection.f);
        }
      },
      [](const llvm::ErrorInfoBase &) {});
  return isDropped;
}

/// The smallest budget that is possible for a step.
llvm::Expected<int64_t>
InsertRecompute::findSmallestBudget(const Candidate &candidate) {
  if (!isEqual)
    return computeSmallestBudget(candidate.chain.numbers);
  llvm::Expected<RecomputeSolution> blocks =
      solvePaperBlocks(candidate.chain.numbers, candidate.chain.numStreams);
  if (!blocks)
    return blocks.takeError();
  return blocks->cost.peak;
}

/// A budget that one of the steps cannot meet is an error, which says what is
/// enough for all of them.
LogicalResult InsertRecompute::checkBudgets(ArrayRef<Candidate> candidates) {
  const Candidate *failing = nullptr;
  int64_t smallest = 0;
  for (const Candidate &candidate : candidates) {
    if (!candidate.budget)
      return success();
    llvm::Expected<int64_t> own = findSmallestBudget(candidate);
    if (!own)
      return fail(candidate, own.takeError());
    smallest = std::max(smallest, *own);
    if (*candidate.budget < *own && !failing)
      failing = &candidate;
  }
  if (!failing)
    return success();
  return fail(*failing,
              llvm::make_error<ImpossibleBudget>(*failing->budget, smallest));
}

LogicalResult InsertRecompute::apply(func::FuncOp primal, Candidate &candidate,
                                     bool isDrawn) {
  const RecomputeChain &numbers = candidate.chain.numbers;
  llvm::Expected<RecomputeSolution> solution =
      isEqual ? solvePaperBlocks(numbers, candidate.chain.numStreams,
                                 candidate.budget)
              : solveExact(numbers, *candidate.budget);
  if (!solution)
    return fail(candidate, solution.takeError());
  remark::analysis(candidate.getLoc(), getRemarkOptions("Plan", candidate))
      << remark::metric("Connections", candidate.chain.connections.size())
      << remark::metric("Budget",
                        candidate.budget.value_or(solution->cost.peak))
      << remark::metric("Everything", candidate.everything)
      << remark::metric("Peak", solution->cost.peak)
      << remark::metric("Kept", solution->cost.kept)
      << remark::metric("BytesMoved", solution->cost.moved);
  if (!isEqual && !solution->isExact())
    remark::missed(candidate.getLoc(), getRemarkOptions("NotExact", candidate))
        << remark::reason("too many plans to compare: no plan moves fewer than "
                          "{0} bytes, this one moves {1}",
                          solution->leastMoved, solution->cost.moved);
  PlanCounts counts =
      remarkPlan(candidate.step.getForward(), candidate.chain, solution->plan);
  numKept += counts.kept;
  numRecomputed += counts.recomputed;

  FailureOr<Liveness> before = failure();
  if (isDrawn) {
    before = computeLiveness(candidate.getFunctions(primal), tokens,
                             candidate.getGiven());
    if (failed(before))
      return failure();
  }
  numRegions +=
      insertRebuildRegions(candidate.step, candidate.chain, solution->plan);
  candidate.step.dropUnread();
  return isDrawn ? draw(primal, candidate, *solution, *before) : success();
}

LogicalResult InsertRecompute::draw(func::FuncOp primal,
                                    const Candidate &candidate,
                                    const RecomputeSolution &solution,
                                    const Liveness &before) {
  FailureOr<Liveness> after = computeLiveness(candidate.getFunctions(primal),
                                              tokens, candidate.getGiven());
  if (failed(after))
    return failure();
  llvm::Expected<BudgetCurve> curve = computeBudgetCurve(
      candidate.chain.numbers, solution.cost, candidate.chain.numStreams);
  if (!curve)
    return fail(candidate, curve.takeError());
  MemoryPicture picture;
  picture.title = after->title + ", " + std::to_string(tokens) + " tokens";
  picture.profiles = {
      MemoryProfile("everything kept", before),
      MemoryProfile(isEqual ? "equal blocks"
                            : "at most " + formatBytes(*candidate.budget),
                    *after)};
  picture.profiles.back().budget = candidate.budget;
  picture.curve = std::move(*curve);
  return writeMemoryPicture(primal.getLoc(), "report", report, picture);
}

LogicalResult InsertRecompute::fail(const Candidate &candidate,
                                    llvm::Error error) {
  llvm::handleAllErrors(
      std::move(error),
      [&](const ChainError &what) {
        const Connection &connection = candidate.chain.connections[what.link];
        Value value = what.part == ChainError::Part::Aggregate ? connection.y
                      : what.part == ChainError::Part::Output  ? connection.f
                                                               : connection.x;
        Location loc = value ? value.getLoc() : candidate.getLoc();
        for (const Pin &pin : candidate.pins)
          if (pin.value == value)
            loc = pin.loc;
        emitError(loc) << what.message << ", in connection " << what.link
                       << " of @" << candidate.getName();
      },
      [&](const llvm::ErrorInfoBase &what) {
        emitError(candidate.getLoc())
            << what.message() << " for @" << candidate.getName() << " with "
            << static_cast<int64_t>(tokens) << " tokens";
      });
  return failure();
}
