//===- DrawKernels.cpp - Pictures of kernels ------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Time goes down: the sweeps of a kernel and, between them, the program of the
// token. Rows come from the left and leave to the right; a row that a later
// sweep reads again waits in a lane of its own on the left. Sums fall into what
// is below.
//
//===----------------------------------------------------------------------===//

#include "SvgCanvas.h"

#include "mhc/Analysis/Passes.h"
#include "mhc/Analysis/Traffic.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/ToolOutputFile.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCDRAWKERNELS
#include "mhc/Analysis/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;
using Anchor = SvgCanvas::Anchor;

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

static constexpr StringLiteral kDot = " \u00b7 ";

/// `4x64 bf16`, with the sign of multiplication.
static std::string formatShape(ArrayRef<int64_t> shape, Type element) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(shape, os, "\u00d7");
  os << (shape.empty() ? "" : " ") << element;
  return text;
}

static std::string formatType(Type type) {
  if (auto row = dyn_cast<RowType>(type))
    return formatShape(row.getShape(), row.getElementType());
  if (auto weight = dyn_cast<WeightType>(type))
    return formatShape(weight.getShape(), weight.getElementType());
  if (auto total = dyn_cast<TotalType>(type))
    return formatShape(total.getShape(), total.getElementType());
  if (auto vector = dyn_cast<VectorType>(type))
    return formatShape(vector.getShape(), vector.getElementType());
  return formatShape({}, type);
}

/// `8C`: the bytes of a row in columns.
static std::string formatRow(RowType row) {
  int64_t bytes = row.getBytes() / row.getHidden();
  return (bytes == 1 ? "" : std::to_string(bytes)) + "C";
}

/// What ops do, each kind once, in their order; not how values are shaped.
static SmallVector<std::string> describe(ArrayRef<Operation *> ops) {
  llvm::MapVector<StringRef, unsigned> counts;
  for (Operation *op : ops) {
    bool shapes = op->getName().getDialectNamespace() == "vector" &&
                  !isa<vector::ReductionOp, vector::MultiDimReductionOp>(op);
    if (!shapes && !isa<arith::ConstantOp>(op))
      ++counts[op->getName().stripDialect()];
  }
  SmallVector<std::string> words;
  for (auto [name, count] : counts)
    words.push_back(count == 1 ? name.str()
                               : (name + " \u00d7" + Twine(count)).str());
  return words;
}

/// Words in lines of at most `width` pixels.
static SmallVector<std::string> wrap(ArrayRef<std::string> words, int width) {
  SmallVector<std::string> lines;
  for (const std::string &word : words) {
    if (!lines.empty()) {
      std::string longer = lines.back() + kDot.str() + word;
      if (SvgCanvas::getTextWidth(longer) <= width) {
        lines.back() = longer;
        continue;
      }
    }
    lines.push_back(word);
  }
  return lines;
}

//===----------------------------------------------------------------------===//
// What there is to draw
//===----------------------------------------------------------------------===//

namespace {
/// A row that a sweep reads or makes.
struct RowSlot {
  Value row;
  std::string name;
  /// Whether it waits in a lane: read before, or read later.
  bool isKept = false;
};

/// A sweep, or ops of the token between two of them.
struct Step {
  SweepOp sweep;
  SmallVector<std::string> words;
  SmallVector<RowSlot> reads;
  /// Rows that leave the kernel, and totals.
  SmallVector<std::pair<std::string, bool>> leaves;
  /// Rows made here that later sweeps read.
  SmallVector<RowSlot> keeps;
  /// What falls into the step below.
  SmallVector<std::string> sums;
};

/// One kernel as steps.
class KernelModel {
public:
  KernelModel(KernelOp kernel, AsmState &names) : kernel(kernel), names(names) {
    findNames();
    findKept();
    findSteps();
    describeOperands();
    count();
  }

  /// Whether a row is the same for all tokens.
  bool isOnce(Value row) { return !isOfTokens(row); }

  std::string title, summary;
  SmallVector<std::string> header, returned;
  std::vector<Step> steps;
  /// The lane of each row that waits for a later sweep.
  llvm::MapVector<Value, int> lanes;

private:
  std::string getName(Value value) {
    if (auto loc = dyn_cast<NameLoc>(value.getLoc()))
      return loc.getName().str();
    std::string text;
    llvm::raw_string_ostream os(text);
    value.printAsOperand(os, names);
    return text;
  }

  /// A value of the region by the name of the operand or result that it is.
  void findNames() {
    for (auto [argument, operand] :
         llvm::zip_equal(kernel.getBody().getArguments(), kernel.getIns()))
      known[argument] = getName(operand);
    for (auto [index, value] : llvm::enumerate(kernel.getReturned())) {
      Value out = kernel.getOuts()[index];
      bool isNamed = isa<NameLoc>(out.getLoc()) || kernel->getNumResults() == 0;
      known.try_emplace(value,
                        getName(isNamed ? out : kernel->getResult(index)));
    }
  }

  std::string nameOf(Value value) {
    auto found = known.find(value);
    if (auto sweep = value.getDefiningOp<SweepOp>()) {
      // The op that makes the row's columns may have a name.
      unsigned index = cast<OpResult>(value).getResultNumber();
      Value column = sweep.getExit().getExits()[index].value;
      if (isa<RowType>(value.getType()) && isa<NameLoc>(column.getLoc()) &&
          column.getDefiningOp())
        return getName(column);
    }
    return found == known.end() ? getName(value) : found->second;
  }

  /// Rows that a sweep after the first that has them reads.
  void findKept() {
    llvm::SmallDenseSet<Value> read;
    for (auto sweep : kernel.getBody().getOps<SweepOp>()) {
      for (Value row : sweep.getRows())
        if (row.getDefiningOp() || read.contains(row))
          kept.insert(row);
      read.insert(sweep.getRows().begin(), sweep.getRows().end());
    }
  }

  void findSteps() {
    SmallVector<Operation *> ops;
    auto flush = [&] {
      SmallVector<std::string> words = describe(ops);
      ops.clear();
      if (words.empty())
        return;
      steps.emplace_back();
      steps.back().words = std::move(words);
    };
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto sweep = dyn_cast<SweepOp>(op);
      if (!sweep) {
        ops.push_back(&op);
        continue;
      }
      flush();
      addSweep(sweep);
    }
    flush();
  }

  void addSweep(SweepOp sweep) {
    // Sums that only later steps read pass by.
    if (!steps.empty() && steps.back().sweep && !steps.back().sums.empty()) {
      steps.emplace_back();
      steps.back().words.push_back("values of the token");
    }
    Step step;
    step.sweep = sweep;
    SmallVector<Operation *> ops;
    for (Operation &op : sweep.getBody().front().without_terminator())
      ops.push_back(&op);
    step.words = describe(ops);
    llvm::SmallDenseSet<Value> seen;
    for (Value row : sweep.getRows())
      if (seen.insert(row).second) {
        step.reads.push_back({row, nameOf(row), kept.contains(row)});
        if (kept.contains(row))
          lanes.try_emplace(row, lanes.size());
      }
    for (auto [result, exit] :
         llvm::zip_equal(sweep.getResults(), sweep.getExit().getExits())) {
      if (auto row = dyn_cast<RowType>(result.getType())) {
        if (llvm::is_contained(kernel.getReturned(), result))
          step.leaves.emplace_back(formatRow(row) + kDot.str() +
                                       nameOf(result) + " " + formatType(row),
                                   false);
        if (kept.contains(result)) {
          step.keeps.push_back({result, nameOf(result), true});
          lanes.try_emplace(result, lanes.size());
        }
        continue;
      }
      if (isa<TotalType>(result.getType())) {
        step.leaves.emplace_back("\u03a3 tokens" + kDot.str() + nameOf(result) +
                                     " " + formatType(result.getType()),
                                 true);
        continue;
      }
      bool isProduct = exit.kind == ExitKind::Project;
      step.sums.push_back((isProduct ? "project " : "sum ") +
                          formatType(result.getType()));
    }
    steps.push_back(std::move(step));
  }

  void describeOperands() {
    SmallVector<std::string> weights, coefficients;
    for (BlockArgument argument : kernel.getBody().getArguments()) {
      if (isa<RowType>(argument.getType()))
        continue;
      std::string text =
          nameOf(argument) + " " + formatType(argument.getType());
      bool isWeight = isa<WeightType>(argument.getType());
      (isWeight ? weights : coefficients).push_back(text);
    }
    if (!coefficients.empty())
      coefficients.front() = "coefficients: " + coefficients.front();
    if (!weights.empty())
      weights.front() = "weights: " + weights.front();
    header = std::move(coefficients);
    llvm::append_range(header, weights);
    for (Value value : kernel.getReturned()) {
      if (isa<RowType>(value.getType()))
        continue;
      bool isSweepTotal =
          isa<TotalType>(value.getType()) && value.getDefiningOp<SweepOp>();
      if (!isSweepTotal)
        returned.push_back(nameOf(value) + " " + formatType(value.getType()));
    }
    if (!returned.empty())
      returned.front() = "return: " + returned.front();
  }

  bool isOfTokens(Value row) {
    auto argument = dyn_cast<BlockArgument>(row);
    return !argument || kernel.hasTokens(argument.getArgNumber());
  }

  /// The bytes of rows a token, as in the table of mhc-print-traffic.
  void count() {
    title = kernel.getLabel() ? kernel.getLabel()->str() : "kernel";
    KernelTraffic traffic = computeTraffic(kernel);
    if (traffic.sweeps == 0)
      return;
    int64_t hidden = traffic.hidden;
    auto format = [&](int64_t bytes) {
      return hidden > 0 ? std::to_string(bytes / hidden) + "C"
                        : std::to_string(bytes) + " B";
    };
    int64_t retained = traffic.retained.total();
    int64_t readAgain = traffic.readAgain.total();
    summary = "rows a token: read " + format(traffic.retained.read) +
              ", written " + format(traffic.retained.written) + ", together " +
              format(retained);
    if (readAgain != retained)
      summary += "; " + format(readAgain) + " if none is retained";
    if (hidden > 0)
      summary += "  (C = " + std::to_string(hidden) + ")";
  }

  KernelOp kernel;
  AsmState &names;
  llvm::DenseMap<Value, std::string> known;
  llvm::SmallDenseSet<Value> kept;
};

//===----------------------------------------------------------------------===//
// Where it goes
//===----------------------------------------------------------------------===//

/// Draws kernels one below the other.
class Picture {
public:
  explicit Picture(std::vector<KernelModel> kernels)
      : kernels(std::move(kernels)) {
    int left = 0, lanes = 0;
    for (KernelModel &kernel : this->kernels) {
      lanes = std::max<int>(lanes, kernel.lanes.size());
      for (Step &step : kernel.steps) {
        for (const RowSlot &slot : step.reads)
          if (isEntry(kernel, slot, step))
            left =
                std::max(left, SvgCanvas::getTextWidth(getLabel(kernel, slot)));
        for (const auto &leave : step.leaves)
          right = std::max(right, SvgCanvas::getTextWidth(leave.first));
      }
      right = std::max(right, 8);
    }
    labelEnd = kMargin + 18 + left;
    boxLeft = labelEnd + 34 + kLaneWidth * lanes;
    boxRight = boxLeft + kBoxWidth;
    width = boxRight + kArrow + 12 + right + 18 + kMargin;
    for (KernelModel &kernel : this->kernels)
      width = std::max(width, SvgCanvas::getTextWidth(kernel.summary) +
                                  2 * kMargin + 36);
  }

  void addHeading(StringRef text) {
    y += 8;
    canvas.text({kMargin, y + 14}, text, "title");
    y += 28;
  }

  /// The ops between two kernels.
  void addBetween(ArrayRef<std::string> words) {
    for (const std::string &line : wrap(words, width - 2 * kMargin - 40)) {
      canvas.text({boxLeft + kBoxWidth / 2, y + 13}, line, "muted",
                  Anchor::Middle);
      y += SvgCanvas::kLine;
    }
    y += 8;
  }

  void addKernel(unsigned index) {
    KernelModel &kernel = kernels[index];
    // The frame is below what is in it, and its height is known at the end.
    SvgCanvas frame = std::move(canvas);
    canvas = SvgCanvas();
    int top = y;
    y += 22;
    canvas.text({kMargin + 18, y}, kernel.title, "title");
    y += SvgCanvas::kLine;
    if (!kernel.summary.empty()) {
      canvas.text({kMargin + 18, y}, kernel.summary, "muted");
      y += SvgCanvas::kLine;
    }
    for (const std::string &line :
         wrap(kernel.header, width - 2 * kMargin - 36)) {
      canvas.text({kMargin + 18, y}, line, "muted");
      y += SvgCanvas::kLine;
    }
    laneStarts.clear();
    for (auto [position, step] : llvm::enumerate(kernel.steps)) {
      bool isLast = position + 1 == kernel.steps.size();
      step.sweep ? addSweep(kernel, step) : addToken(step.words);
      if (!isLast || !kernel.returned.empty())
        addArrows(step);
    }
    if (!kernel.returned.empty())
      addToken(kernel.returned);
    y += 14;
    frame.box({kMargin, top}, width - 2 * kMargin, y - top, "kernel");
    frame.append(canvas);
    canvas = std::move(frame);
    y += 16;
  }

  void write(llvm::raw_ostream &os, StringRef title) {
    canvas.write(os, title, width, y);
  }

private:
  static constexpr int kMargin = 12, kLaneWidth = 16, kBoxWidth = 330,
                       kArrow = 44, kSlot = 22;

  /// Whether a row comes from outside at this step, and not out of a lane.
  static bool isEntry(KernelModel &kernel, const RowSlot &slot, Step &step) {
    if (slot.row.getDefiningOp())
      return false;
    for (Step &other : kernel.steps) {
      if (&other == &step)
        return true;
      if (llvm::any_of(other.reads, [&](const RowSlot &earlier) {
            return earlier.row == slot.row;
          }))
        return false;
    }
    return true;
  }

  static std::string getLabel(KernelModel &kernel, const RowSlot &slot) {
    auto row = cast<RowType>(slot.row.getType());
    return slot.name + " " + formatType(row) + kDot.str() + formatRow(row) +
           (kernel.isOnce(slot.row) ? " once" : "");
  }

  int getLane(KernelModel &kernel, Value row) {
    return boxLeft - 18 - kLaneWidth * kernel.lanes.lookup(row);
  }

  void addToken(ArrayRef<std::string> words) {
    SmallVector<std::string> lines = wrap(words, kBoxWidth - 30);
    int height = SvgCanvas::kLine * lines.size() + 10;
    canvas.box({boxLeft + 8, y}, kBoxWidth - 16, height, "token", 12);
    for (auto [index, line] : llvm::enumerate(lines))
      canvas.text({boxLeft + kBoxWidth / 2,
                   y + 18 + SvgCanvas::kLine * static_cast<int>(index)},
                  line, "text", Anchor::Middle);
    y += height;
  }

  void addSweep(KernelModel &kernel, Step &step) {
    SmallVector<std::string> lines = wrap(step.words, kBoxWidth - 24);
    int slots =
        std::max(step.reads.size() + step.keeps.size(), step.leaves.size());
    int height =
        24 + SvgCanvas::kLine * static_cast<int>(lines.size()) + kSlot * slots;
    int top = y, middle = boxLeft + kBoxWidth / 2;
    canvas.box({boxLeft, top}, kBoxWidth, height + 4, "sweep");
    canvas.text({boxLeft + 10, top + 17},
                "sweep over " + std::to_string(step.sweep.getHidden()),
                "muted");
    int line = top + 22;
    for (const std::string &text : lines) {
      canvas.text({middle, line + 13}, text, "strong", Anchor::Middle);
      line += SvgCanvas::kLine;
    }
    int slot = line + kSlot / 2;
    for (const RowSlot &read : step.reads) {
      addRead(kernel, step, read, slot);
      slot += kSlot;
    }
    for (const RowSlot &keep : step.keeps) {
      int lane = getLane(kernel, keep.row);
      canvas.line({{boxLeft, slot}, {lane, slot}}, "kept", false);
      canvas.text({boxLeft + 8, slot + 4},
                  keep.name + " " +
                      formatRow(cast<RowType>(keep.row.getType())) +
                      " retained",
                  "kept-text");
      laneStarts[keep.row] = slot;
      slot += kSlot;
    }
    slot = line + kSlot / 2;
    for (const auto &[text, isTotal] : step.leaves) {
      canvas.line({{boxRight, slot}, {boxRight + kArrow, slot}},
                  isTotal ? "total" : "row", true);
      canvas.text({boxRight + kArrow + 8, slot + 4}, text,
                  isTotal ? "total-text" : "row-text");
      slot += kSlot;
    }
    y = top + height + 4;
  }

  void addRead(KernelModel &kernel, Step &step, const RowSlot &read, int at) {
    if (isEntry(kernel, read, step)) {
      canvas.text({labelEnd, at + 4}, getLabel(kernel, read), "row-text",
                  Anchor::End);
      canvas.line({{labelEnd + 8, at}, {boxLeft, at}}, "row", true);
      if (read.isKept) {
        laneStarts[read.row] = at;
        canvas.dot({getLane(kernel, read.row), at}, "kept");
      }
      return;
    }
    int lane = getLane(kernel, read.row);
    canvas.line({{lane, laneStarts[read.row]}, {lane, at}, {boxLeft, at}},
                "kept", true);
    canvas.text({boxLeft + 8, at + 4},
                read.name + " " + formatRow(cast<RowType>(read.row.getType())) +
                    " retained",
                "kept-text");
    laneStarts[read.row] = at;
  }

  /// From a step to the one below.
  void addArrows(const Step &step) {
    int bottom = y + 30;
    if (!step.sweep) {
      int x = boxLeft + kBoxWidth / 2;
      bottom = y + 20;
      canvas.line({{x, y}, {x, bottom}}, "sum", true);
    } else if (step.sums.size() > 2) {
      std::string text = llvm::join(step.sums, ", ");
      int x = boxLeft + kBoxWidth / 8;
      canvas.line({{x, y}, {x, bottom}}, "sum", true);
      canvas.text({x + 10, y + 18}, text, "sum-text");
    } else {
      for (auto [index, text] : llvm::enumerate(step.sums)) {
        int x = boxLeft + kBoxWidth * (4 * static_cast<int>(index) + 1) / 8;
        canvas.line({{x, y}, {x, bottom}}, "sum", true);
        canvas.text({x + 10, y + 18}, text, "sum-text");
      }
    }
    y = bottom;
  }

  SvgCanvas canvas;
  std::vector<KernelModel> kernels;
  llvm::DenseMap<Value, int> laneStarts;
  int labelEnd = 0, boxLeft = 0, boxRight = 0, right = 0, width = 0;
  int y = 4;
};

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

struct DrawKernels : mhc::impl::MHCDrawKernelsBase<DrawKernels> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    AsmState names(module);
    std::vector<KernelModel> models;
    SmallVector<KernelOp> kernels;
    module.walk<WalkOrder::PreOrder>([&](KernelOp kernel) {
      kernels.push_back(kernel);
      models.emplace_back(kernel, names);
    });
    Picture picture(std::move(models));
    Operation *last = nullptr;
    for (auto [index, kernel] : llvm::enumerate(kernels)) {
      auto function = kernel->getParentOfType<FunctionOpInterface>();
      if (function && function.getOperation() != last)
        picture.addHeading("@" + function.getName().str());
      else if (index > 0)
        addBetween(picture, kernels[index - 1], kernel);
      last = function;
      picture.addKernel(index);
    }
    if (kernels.empty())
      picture.addHeading("no kernel");

    std::string error;
    std::unique_ptr<llvm::ToolOutputFile> file = openOutputFile(output, &error);
    if (!file) {
      module.emitError("expected 'output' to be a file that can be written, "
                       "got '")
          << output << "': " << error;
      return signalPassFailure();
    }
    picture.write(file->os(), "mhc kernels");
    file->os().flush();
    if (file->os().has_error()) {
      module.emitError("expected to write '")
          << output << "', got: " << file->os().error().message();
      file->os().clear_error();
      return signalPassFailure();
    }
    file->keep();
    markAllAnalysesPreserved();
  }

private:
  /// What stands between two kernels of a block, and is no size or constant.
  static void addBetween(Picture &picture, KernelOp above, KernelOp below) {
    if (above->getBlock() != below->getBlock())
      return;
    SmallVector<std::string> words;
    for (Operation *op = above->getNextNode(); op && op != below;
         op = op->getNextNode()) {
      if (op->hasTrait<OpTrait::ConstantLike>() ||
          llvm::is_contained({"tensor.dim", "tensor.empty", "linalg.fill",
                              "memref.dim", "memref.alloc"},
                             op->getName().getStringRef()))
        continue;
      std::string word = op->getName().getStringRef().str();
      if (auto call = dyn_cast<CallOpInterface>(op))
        if (auto symbol = dyn_cast<SymbolRefAttr>(call.getCallableForCallee()))
          word = "call @" + symbol.getLeafReference().str();
      words.push_back(word);
    }
    picture.addBetween(words);
  }
};
} // namespace
