//===- PrintMemory.cpp - Table of the bytes that are alive ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTable.h"

#include "mhc/Analysis/DrawMemory.h"
#include "mhc/Analysis/Liveness.h"
#include "mhc/Analysis/Passes.h"
#include "mhc/Dialect/MHC/IR/MHC.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCPRINTMEMORY
#include "mhc/Analysis/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

/// Bytes divided by tokens, without a fraction where there is none.
static std::string formatPerToken(int64_t bytes, int64_t tokens) {
  if (bytes % tokens == 0)
    return std::to_string(bytes / tokens);
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.1f", static_cast<double>(bytes) / tokens);
  return text;
}

/// `mhc.kernel "boundary"`, `call @attention`, and the line of the source.
static std::string describe(Operation *op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto call = dyn_cast<func::CallOp>(op))
    os << "call @" << call.getCallee();
  else
    os << op->getName();
  if (auto kernel = dyn_cast<KernelOp>(op); kernel && kernel.getLabel())
    os << " \"" << *kernel.getLabel() << '"';
  if (auto place = op->getLoc()->findInstanceOf<FileLineColLoc>())
    os << ", line " << place.getLine();
  return text;
}

static std::string describe(const Liveness &liveness, size_t step) {
  return std::to_string(step) + " " + describe(liveness.steps[step].op);
}

namespace {
//===----------------------------------------------------------------------===//
// The table of a function
//===----------------------------------------------------------------------===//

class MemoryReport {
public:
  explicit MemoryReport(const Liveness &liveness) : liveness(liveness) {}

  void print(llvm::raw_ostream &os, int64_t top) {
    os << liveness.title << ": " << liveness.tokens << " tokens, "
       << liveness.steps.size() << " steps";
    if (liveness.hasBackward())
      os << ", the backward from step " << liveness.backward;
    os << '\n';
    if (liveness.steps.empty()) {
      os << '\n';
      return;
    }
    const LiveBytes &peak = liveness.steps[liveness.peak].bytes;
    const LiveBytes &activations =
        liveness.steps[liveness.activationPeak].bytes;
    printLine(os, "peak", peak.getTotal());
    os << ", at step " << describe(liveness, liveness.peak) << '\n';
    printLine(os, "activations", activations.getActivations());
    os << " at most, at step " << describe(liveness, liveness.activationPeak)
       << '\n';
    if (liveness.hasBackward()) {
      printLine(os, "kept", liveness.getKept());
      os << ", when the backward begins\n";
    }
    os << '\n';
    printKinds(os, peak);
    if (top > 0)
      printLargest(os, top);
    os << '\n';
  }

private:
  void printLine(llvm::raw_ostream &os, StringRef name, int64_t bytes) {
    os << "  " << name << ": " << formatPerToken(bytes, liveness.tokens)
       << " bytes a token, " << formatBytes(bytes) << " in all";
  }

  /// What the peak is made of.
  void printKinds(llvm::raw_ostream &os, const LiveBytes &peak) {
    TextTable table;
    table.add({"at the peak", "a token", "in all"});
    auto add = [&](StringRef name, int64_t bytes, bool isOfTokens = true) {
      if (bytes > 0)
        table.add({name.str(),
                   isOfTokens ? formatPerToken(bytes, liveness.tokens) : "",
                   std::to_string(bytes)});
    };
    for (unsigned kind = 0; kind < kLiveKinds; ++kind) {
      bool isActivation = mhc::isActivation(static_cast<LiveKind>(kind));
      if (isCounted(static_cast<LiveKind>(kind)))
        add(stringifyLiveKind(static_cast<LiveKind>(kind)),
            isActivation ? peak.kept[kind]
                         : peak.get(static_cast<LiveKind>(kind)));
    }
    add("computed again", peak.getRecomputed());
    add("forward alone", peak.getPassing());
    add("together", peak.getTotal());
    for (LiveKind kind : {LiveKind::WeightGradients, LiveKind::Given})
      add(("apart: " + stringifyLiveKind(kind)).str(), peak.get(kind), false);
    table.print(os);
  }

  void printLargest(llvm::raw_ostream &os, int64_t top) {
    TextTable table(/*left=*/4);
    table.add(
        {"largest", "kind", "made at", "last used at", "a token", "in all"});
    for (const LiveBuffer *buffer : liveness.getAlive(liveness.peak)) {
      if (!isCounted(buffer->kind))
        continue;
      if (top-- == 0)
        break;
      std::string kind = stringifyLiveKind(buffer->kind).str();
      if (buffer->isRecomputed)
        kind += ", again";
      table.add({getName(*buffer), kind, describe(liveness, buffer->first),
                 describe(liveness, buffer->last),
                 formatPerToken(buffer->bytes, liveness.tokens),
                 std::to_string(buffer->bytes)});
    }
    os << '\n';
    table.print(os);
  }

  /// By the name of its location, or as it is printed.
  std::string getName(const LiveBuffer &buffer) {
    Value value = buffer.value;
    if (!value)
      return "inside";
    if (auto loc = dyn_cast<NameLoc>(value.getLoc()))
      return loc.getName().str();
    auto function = value.getParentRegion()->getParentOfType<func::FuncOp>();
    std::unique_ptr<AsmState> &known = names[function];
    if (!known)
      known = std::make_unique<AsmState>(function);
    std::string text;
    llvm::raw_string_ostream os(text);
    value.printAsOperand(os, *known);
    return text;
  }

  const Liveness &liveness;
  /// How values are printed, of each function.
  llvm::SmallDenseMap<Operation *, std::unique_ptr<AsmState>, 2> names;
};

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

struct PrintMemory : mhc::impl::MHCPrintMemoryBase<PrintMemory> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (tokens < 0 || (tokens == 0 && tokens.hasValue())) {
      module.emitError("expected 'tokens' to be positive, got ")
          << static_cast<int64_t>(tokens);
      return signalPassFailure();
    }
    if (top < 0) {
      module.emitError("expected 'top' not to be negative, got ")
          << static_cast<int64_t>(top);
      return signalPassFailure();
    }
    FailureOr<SmallVector<LiveFunctions>> functions = find(module);
    if (failed(functions))
      return signalPassFailure();
    if (!svg.empty() && functions->size() != 1) {
      module.emitError("expected 'function' to name the one to draw, got ")
          << functions->size() << " functions";
      return signalPassFailure();
    }
    for (const LiveFunctions &function : *functions) {
      FailureOr<Liveness> liveness = computeLiveness(function, tokens);
      if (failed(liveness))
        return signalPassFailure();
      if (svg != "-")
        MemoryReport(*liveness).print(llvm::outs(), top);
      emitRemark(*liveness);
      if (!svg.empty() && failed(draw(*liveness)))
        return signalPassFailure();
    }
    markAllAnalysesPreserved();
  }

private:
  FailureOr<SmallVector<LiveFunctions>> find(ModuleOp module) {
    SmallVector<LiveFunctions> found;
    if (!function.empty()) {
      auto named = module.lookupSymbol<func::FuncOp>(function);
      if (!named)
        return module.emitError("expected 'function' to name a function, got '")
               << function << "'";
      found.push_back(findLiveFunctions(named));
      return found;
    }
    for (auto candidate : module.getOps<func::FuncOp>()) {
      if (!candidate.isPublic() || candidate.isExternal())
        continue;
      LiveFunctions functions = findLiveFunctions(candidate);
      // What is derived of another function stands with that one.
      bool isDerived = functions.primal != candidate;
      bool hasPair = findLiveFunctions(functions.primal).backward != nullptr;
      if (!isDerived || !hasPair)
        found.push_back(functions);
    }
    return found;
  }

  void emitRemark(const Liveness &liveness) {
    if (liveness.steps.empty())
      return;
    const LiveStep &step = liveness.steps[liveness.peak];
    auto function = step.op->getParentOfType<func::FuncOp>();
    remark::analysis(step.op->getLoc(), remark::RemarkOpts::name("PeakMemory")
                                            .category("mhc-print-memory")
                                            .function(function.getName()))
        << remark::metric("Tokens", liveness.tokens)
        << remark::metric("Peak", step.bytes.getTotal())
        << remark::metric("Activations", step.bytes.getActivations())
        << remark::metric("ComputedAgain", step.bytes.getRecomputed())
        << remark::metric("Gradients", step.bytes.get(LiveKind::Gradients))
        << remark::metric("Kept", liveness.getKept());
  }

  LogicalResult draw(const Liveness &liveness) {
    MemoryPicture picture;
    picture.title =
        liveness.title + ": " + std::to_string(liveness.tokens) + " tokens";
    picture.profiles.emplace_back("bytes alive", liveness);
    return writeMemoryPicture(getOperation().getLoc(), "svg", svg, picture);
  }
};
} // namespace
