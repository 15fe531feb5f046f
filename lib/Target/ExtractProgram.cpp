//===- ExtractProgram.cpp - From host functions to programs ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Host functions are interpreted once, with formulas for numbers and places for
// memrefs: calls are entered, loops of constant bounds are unrolled, branches
// become conditions of the steps in them. What has to be known at run time for
// more than a number or a condition is no program of steps.
//
//===----------------------------------------------------------------------===//

#include "HostInterpreter.h"
#include "mhc/Target/HostProgram.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::mhc;

/// What a program may grow to: a loop that is unrolled by mistake must end.
static constexpr size_t kStepLimit = 1 << 20;
static constexpr unsigned kCallLimit = 64;

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<HostValue>>
HostInterpreter::runBlock(Block &block, HostValues &values) {
  for (Operation &op : block.without_terminator()) {
    if (failed(runOp(&op, values)))
      return failure();
    if (values.sizes.takeOverflow())
      return op.emitError(
          "expected sizes that fit 64 bits, got a larger number");
  }
  Operation *terminator = block.getTerminator();
  if (!terminator->hasTrait<OpTrait::ReturnLike>())
    return terminator->emitError("expected structured control flow in a "
                                 "program on the device, got '")
           << terminator->getName() << "'";
  return llvm::map_to_vector(terminator->getOperands(), [&](Value operand) {
    return HostValue(values.get(operand));
  });
}

LogicalResult HostInterpreter::runCall(func::CallOp call, HostValues &values) {
  auto callee =
      symbols.lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
  if (!callee || callee.isExternal()) {
    InFlightDiagnostic diagnostic =
        call.emitError("expected a function with a body to call in a program "
                       "on the device, got a declaration of '@")
        << call.getCallee() << "'";
    if (callee)
      diagnostic.attachNote(callee.getLoc()) << "declared here";
    return diagnostic;
  }
  if (++callDepth > kCallLimit)
    return call.emitError("expected calls at most ")
           << kCallLimit << " deep, got a deeper one of '@" << call.getCallee()
           << "'";
  HostValues inner(values.sizes);
  for (auto [argument, operand] :
       llvm::zip_equal(callee.getArguments(), call.getOperands()))
    inner.set(argument, values.get(operand));
  FailureOr<SmallVector<HostValue>> results = runBody(callee, inner);
  --callDepth;
  if (failed(results))
    return failure();
  for (auto [result, value] : llvm::zip_equal(call.getResults(), *results))
    values.set(result, std::move(value));
  return success();
}

FailureOr<SmallVector<HostValue>>
HostInterpreter::runBody(func::FuncOp function, HostValues &values) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("expected structured control flow in a program "
                              "on the device, got '@")
           << function.getName() << "' of several blocks";
  return runBlock(function.getBody().front(), values);
}

LogicalResult HostInterpreter::runFor(scf::ForOp loop, HostValues &values) {
  std::array<int64_t, 3> bounds;
  for (auto [bound, value] : llvm::zip_equal(
           bounds, ValueRange{loop.getLowerBound(), loop.getUpperBound(),
                              loop.getStep()})) {
    const SizeExpr &number = values.getInteger(value);
    std::optional<int64_t> constant = number.getConstant();
    if (!constant)
      return loop.emitError("expected a loop of constant bounds in a program "
                            "on the device, got ")
             << number.print();
    bound = *constant;
  }
  auto [lower, upper, step] = bounds;
  if (step <= 0)
    return loop.emitError("expected a positive step, got ") << step;
  SmallVector<HostValue> carried =
      llvm::map_to_vector(loop.getInitArgs(), [&](Value value) {
        return HostValue(values.get(value));
      });
  for (int64_t i = lower; i < upper; i += step) {
    values.set(loop.getInductionVar(), SizeExpr(i));
    for (auto [argument, value] :
         llvm::zip_equal(loop.getRegionIterArgs(), carried))
      values.set(argument, value);
    FailureOr<SmallVector<HostValue>> results =
        runBlock(*loop.getBody(), values);
    if (failed(results))
      return failure();
    carried = std::move(*results);
    // An iteration may leave no step, and there may be many of them.
    if (++numIterations > kStepLimit)
      return loop.emitError("expected at most ")
             << kStepLimit << " iterations in a program on the device";
  }
  for (auto [result, value] : llvm::zip_equal(loop.getResults(), carried))
    values.set(result, std::move(value));
  return success();
}

LogicalResult HostInterpreter::runIf(scf::IfOp branch, HostValues &values) {
  SizeExprContext &sizes = values.sizes;
  SizeExpr condition = values.getInteger(branch.getCondition());
  std::optional<int64_t> known = condition.getConstant();
  std::array<SmallVector<HostValue>, 2> results;
  for (unsigned side : {0, 1}) {
    Region &region =
        side == 0 ? branch.getThenRegion() : branch.getElseRegion();
    if (region.empty() || (known && (*known != 0) != (side == 0)))
      continue;
    SizeExpr outer = when;
    when = sizes.logicalAnd(outer, side == 0 ? condition
                                             : sizes.logicalNot(condition));
    FailureOr<SmallVector<HostValue>> done = runBlock(region.front(), values);
    when = outer;
    if (failed(done))
      return failure();
    results[side] = std::move(*done);
  }
  for (auto [index, result] : llvm::enumerate(branch.getResults())) {
    if (known) {
      values.set(result, results[*known ? 0 : 1][index]);
      continue;
    }
    const HostValue &a = results[0][index], &b = results[1][index];
    if (std::holds_alternative<SizeExpr>(a)) {
      values.set(result, sizes.select(condition, std::get<SizeExpr>(a),
                                      std::get<SizeExpr>(b)));
      continue;
    }
    if (!isSameBuffer(a, b))
      return branch.emitError("expected numbers, or the same buffer from both "
                              "branches, as result ")
             << index << " of a branch that is chosen at run time";
    values.set(result, a);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Adds the pairs of sizes that a condition asks to be equal.
static void
findEqualSizes(const SizeExpr &condition,
               SmallVectorImpl<std::pair<std::string, std::string>> &pairs) {
  if (condition.getTerms().size() != 1 ||
      condition.getTerms().front().factors.size() != 1)
    return;
  const SizeAtom &atom = *condition.getTerms().front().factors.front();
  if (atom.op == SizeOp::And) {
    findEqualSizes(atom.operands[0], pairs);
    findEqualSizes(atom.operands[1], pairs);
  } else if (atom.op == SizeOp::Equal &&
             !atom.operands[0].getSymbol().empty() &&
             !atom.operands[1].getSymbol().empty()) {
    pairs.emplace_back(atom.operands[0].getSymbol(),
                       atom.operands[1].getSymbol());
  }
}

/// The message of an assertion. Those that upstream's runtime verification
/// makes have lines for the op, the reason and the place: the last two are
/// kept.
static std::string getMessage(cf::AssertOp op) {
  StringRef text = op.getMsg();
  if (!text.starts_with("ERROR: Runtime op verification failed"))
    return text.str();
  std::string reason;
  for (StringRef line : llvm::split(text, '\n'))
    if (line.consume_front("^ "))
      reason = line.str();
  auto place = op.getLoc()->findInstanceOf<FileLineColLoc>();
  if (place && !reason.empty())
    reason =
        (Twine(place.getFilename().getValue()) + ":" + Twine(place.getLine()) +
         ":" + Twine(place.getColumn()) + ": " + reason)
            .str();
  return reason.empty() ? text.str() : reason;
}

LogicalResult HostInterpreter::runAssert(cf::AssertOp op, HostValues &values) {
  SizeExprContext &sizes = values.sizes;
  SizeExpr condition = values.getInteger(op.getArg());
  if (when.isConstant(1)) {
    if (condition.isConstant(0))
      return op.emitError("expected an assertion that can hold, got one that "
                          "fails for all sizes: ")
             << getMessage(op);
    findEqualSizes(condition, equalSizes);
  }
  condition = sizes.logicalOr(sizes.logicalNot(when), condition);
  if (condition.isConstant(1) || !checked.insert(condition.print()).second)
    return success();
  ProgramStep step{ProgramStep::Check};
  step.condition = condition;
  step.message = getMessage(op);
  return addStep(op, std::move(step));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult HostInterpreter::addStep(Operation *op, ProgramStep step) {
  if (program.steps.size() >= kStepLimit)
    return op->emitError("expected a program of at most ")
           << kStepLimit << " steps";
  bool written =
      step.kind == ProgramStep::Copy || step.kind == ProgramStep::Fill;
  if (written && (step.to.kind == ProgramBuffer::Argument ||
                  step.to.kind == ProgramBuffer::Constant))
    return op->emitError("expected a program on the device to write memory of "
                         "its own, got a write to an argument or a constant");
  if (step.kind != ProgramStep::Check)
    step.when = when;
  step.prepare = op->hasAttr(kPrepareAttr);
  program.steps.push_back(std::move(step));
  return success();
}

LogicalResult HostInterpreter::runOp(Operation *op, HostValues &values) {
  if (auto call = dyn_cast<func::CallOp>(op))
    return runCall(call, values);
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return runFor(loop, values);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return runIf(branch, values);
  if (auto assertion = dyn_cast<cf::AssertOp>(op))
    return runAssert(assertion, values);
  if (std::optional<LogicalResult> done = interpretArithmetic(op, values))
    return *done;
  if (std::optional<LogicalResult> done = interpretView(op, values))
    return *done;
  if (std::optional<LogicalResult> done = runDeviceOp(op, values))
    return *done;
  return op->emitError("expected an op that a program on the device can hold, "
                       "got '")
         << op->getName() << "'";
}

//===----------------------------------------------------------------------===//
// Arguments and results
//===----------------------------------------------------------------------===//

static LogicalResult emitTensorError(func::FuncOp function, StringRef what,
                                     unsigned index, Type type) {
  return function.emitError("expected ")
         << what << ' ' << index
         << " of a program on the device to be a memref of identity layout "
            "of bf16, f16, f32, f64, i1, i8, i32 or i64, got "
         << type;
}

FailureOr<ProgramTensor> HostInterpreter::describe(BlockArgument argument,
                                                   StringRef what,
                                                   unsigned index) {
  auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto memref = dyn_cast<MemRefType>(argument.getType());
  ProgramTensor tensor;
  if (memref)
    tensor.type = getElementName(memref.getElementType());
  if (!memref || !memref.getLayout().isIdentity() || tensor.type.empty())
    return emitTensorError(function, what, index, argument.getType());
  tensor.name = (what + Twine(index)).str();
  auto getText = [&](StringRef attribute) -> StringRef {
    auto text = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                      attribute);
    return text ? text.getValue() : StringRef();
  };
  if (!getText(kNameAttr).empty())
    tensor.name = getText(kNameAttr).str();
  tensor.comment = getText(kCommentAttr).str();
  return tensor;
}

LogicalResult
HostInterpreter::addArguments(MutableArrayRef<BlockArgument> arguments,
                              HostValues &values) {
  unsigned dimension = 0;
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    FailureOr<ProgramTensor> tensor = describe(argument, "argument", index);
    if (failed(tensor))
      return failure();
    HostMemRef memref;
    memref.base.kind = ProgramBuffer::Argument;
    memref.base.index = index;
    for (int64_t size : cast<MemRefType>(argument.getType()).getShape()) {
      if (!ShapedType::isDynamic(size)) {
        memref.sizes.push_back(size);
        continue;
      }
      unsigned number =
          sizeClasses.empty() ? dimension : sizeClasses[dimension];
      ++dimension;
      unsigned position =
          llvm::find(namedClasses, number) - namedClasses.begin();
      if (position == namedClasses.size()) {
        namedClasses.push_back(number);
        program.sizes.push_back("d" + std::to_string(position));
      }
      memref.sizes.push_back(values.sizes.symbol(program.sizes[position]));
    }
    memref.strides = getRowMajorStrides(memref.sizes, values.sizes);
    tensor->shape = memref.sizes;
    program.arguments.push_back(std::move(*tensor));
    values.set(argument, std::move(memref));
  }
  numDimensions = dimension;
  return success();
}

LogicalResult
HostInterpreter::addResults(MutableArrayRef<BlockArgument> results,
                            ArrayRef<HostValue> sizes, HostValues &values) {
  for (auto [index, result] : llvm::enumerate(results)) {
    FailureOr<ProgramTensor> tensor = describe(result, "result", index);
    if (failed(tensor))
      return failure();
    HostMemRef memref;
    memref.base.kind = ProgramBuffer::Result;
    memref.base.index = index;
    for (int64_t size : cast<MemRefType>(result.getType()).getShape()) {
      if (!ShapedType::isDynamic(size)) {
        memref.sizes.push_back(size);
        continue;
      }
      memref.sizes.push_back(std::get<SizeExpr>(sizes.front()));
      sizes = sizes.drop_front();
    }
    memref.strides = getRowMajorStrides(memref.sizes, values.sizes);
    // Whoever allocates it needs its bytes.
    (void)values.sizes.mul(
        getNumElements(memref, values.sizes),
        *getElementBytes(cast<MemRefType>(result.getType()).getElementType()));
    if (values.sizes.takeOverflow())
      return emitError(result.getLoc(), "expected sizes that fit 64 bits, got "
                                        "a larger number of bytes of result ")
             << index;
    tensor->shape = memref.sizes;
    program.results.push_back(std::move(*tensor));
    values.set(result, std::move(memref));
  }
  return success();
}

FailureOr<SmallVector<HostValue>>
HostInterpreter::computeSizes(func::FuncOp function,
                              MutableArrayRef<BlockArgument> arguments,
                              HostValues &values) {
  HostValues inner(values.sizes);
  for (auto [inside, argument] :
       llvm::zip_equal(function.getArguments(), arguments))
    inner.set(inside, values.get(argument));
  return runBody(function, inner);
}

void mlir::mhc::forEachBuffer(
    DeviceProgram &program,
    function_ref<void(ProgramBuffer &, ProgramStep &)> visit) {
  for (ProgramStep &step : program.steps) {
    for (ProgramParameter &parameter : step.parameters)
      if (parameter.buffer)
        visit(*parameter.buffer, step);
    if (step.kind == ProgramStep::Copy)
      visit(step.from, step);
    if (step.kind == ProgramStep::Copy || step.kind == ProgramStep::Fill)
      visit(step.to, step);
  }
}

/// What a program returns itself is nothing that its caller has memory for.
static LogicalResult checkResults(func::FuncOp function,
                                  const PlannedFunction &plan) {
  if (function.getNumResults() == 0)
    return success();
  unsigned index = 0;
  while (llvm::is_contained(plan.results, index))
    ++index;
  Type type = function.getResultTypes().front();
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref || !memref.getLayout().isIdentity())
    return emitTensorError(function, "result", index, type);
  return function.emitError("expected the sizes of result ")
         << index
         << " of a program on the device to be known from those of its "
            "arguments, got other ones";
}

LogicalResult HostInterpreter::run(func::FuncOp function) {
  program.name = function.getName().str();
  std::optional<PlannedFunction> plan = findPlan(function);
  if (!plan)
    return function.emitError("expected a program on the device to be one "
                              "whose memory is planned, got '@")
           << function.getName() << "', which is not";
  if (failed(checkResults(function, *plan)))
    return failure();
  // First the arguments, then the results, and last the workspace.
  MutableArrayRef<BlockArgument> all = function.getArguments();
  MutableArrayRef<BlockArgument> given =
      all.drop_back(plan->results.size() + 1);
  MutableArrayRef<BlockArgument> made =
      all.drop_front(given.size()).drop_back();
  HostValues values(*programs.sizes);
  if (failed(addArguments(given, values)))
    return failure();
  FailureOr<SmallVector<HostValue>> sizes =
      computeSizes(plan->sizes, given, values);
  if (failed(sizes) || failed(addResults(made, *sizes, values)))
    return failure();
  program.workspace = std::get<SizeExpr>(sizes->back());
  values.set(all.back(),
             HostMemRef{ProgramBuffer{ProgramBuffer::Workspace, 0, 0},
                        0,
                        {program.workspace},
                        {1}});
  if (failed(runBody(function, values)))
    return failure();
  findAliases(program);
  if (programs.sizes->takeOverflow())
    return function.emitError(
        "expected sizes that fit 64 bits, got a larger number");
  return success();
}

bool HostInterpreter::mergeSizes(SmallVectorImpl<unsigned> &classes) {
  if (equalSizes.empty())
    return false;
  if (classes.empty())
    classes = llvm::to_vector(llvm::seq<unsigned>(numDimensions));
  auto find = [&](StringRef name) {
    unsigned position = llvm::find(program.sizes, name) - program.sizes.begin();
    return classes[namedClasses[position]];
  };
  for (auto &[first, second] : equalSizes) {
    unsigned a = find(first), b = find(second);
    llvm::replace(classes, std::max(a, b), std::min(a, b));
  }
  return true;
}

FailureOr<DevicePrograms> mlir::mhc::extractPrograms(ModuleOp module) {
  DevicePrograms programs;
  programs.sizes = std::make_shared<SizeExprContext>();
  SymbolTableCollection symbols;
  ConstantPool constants(programs.constants);
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal() || !function.isPublic())
      continue;
    // Sizes that the program asks to be equal are one size: it is interpreted
    // again with one name for them.
    SmallVector<unsigned> classes;
    while (true) {
      HostInterpreter interpreter(programs, symbols, constants, classes);
      if (failed(interpreter.run(function)))
        return failure();
      if (interpreter.mergeSizes(classes))
        continue;
      programs.programs.push_back(std::move(interpreter.program));
      break;
    }
  }
  return programs;
}
