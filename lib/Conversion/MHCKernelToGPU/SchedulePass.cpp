//===- SchedulePass.cpp - Pass: how each kernel runs on a GPU -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleChoice.h"

#include "mhc/Conversion/Passes.h"
#include "mhc/Dialect/MHC/Transforms/KernelSplitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCSCHEDULE
#include "mhc/Conversion/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

namespace {
struct SchedulePass : mhc::impl::MHCScheduleBase<SchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<KernelOp> kernels;
    getOperation()->walk([&](KernelOp op) { kernels.push_back(op); });
    if (kernels.empty())
      return;
    const Chip *found = findChip(chip);
    if (!found) {
      InFlightDiagnostic diagnostic =
          kernels.front().emitOpError("expected a chip out of ");
      llvm::interleaveComma(getChips(), diagnostic,
                            [&](const Chip &each) { diagnostic << each.name; });
      diagnostic << "; got '" << chip << "'";
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    for (KernelOp op : kernels) {
      auto given = op->getAttrOfType<ScheduleAttr>(ScheduleAttr::getAttrName());
      if (failed(given ? honour(op, given, *found, rewriter)
                       : choose(op, *found, rewriter)))
        return signalPassFailure();
    }
  }

private:
  //===--- given ----------------------------------------------------------===//

  LogicalResult honour(KernelOp op, ScheduleAttr schedule, const Chip &target,
                       RewriterBase &rewriter) {
    if (schedule.getChip() != target.name)
      return op.emitOpError("expected a schedule for ")
             << target.name << ", got one for " << schedule.getChip();
    switch (schedule.getExchange()) {
    case Exchange::None:
      return checkSchedule(op, schedule, target);
    case Exchange::Cluster:
    case Exchange::L2:
      return op.emitOpError("expected exchange none or split, which are those "
                            "lowered so far, got ")
             << stringifyExchange(schedule.getExchange());
    case Exchange::Split:
      break;
    }
    SmallVector<unsigned> pieces = computePieces(op);
    ScheduleAttr ofPiece = schedule.withExchange(Exchange::None);
    op->setAttr(ScheduleAttr::getAttrName(), ofPiece);
    if (!isCut(pieces))
      return checkSchedule(op, ofPiece, target);
    if (op.getNumResults() == 0)
      return op.emitOpError("expected a kernel on tensors to be cut, got one "
                            "on memrefs");
    for (KernelOp piece : cut(op, pieces, rewriter))
      if (failed(checkSchedule(piece, ofPiece, target)))
        return failure();
    return success();
  }

  //===--- chosen ---------------------------------------------------------===//

  LogicalResult choose(KernelOp op, const Chip &target,
                       RewriterBase &rewriter) {
    std::optional<ScheduleAttr> schedule = chooseSchedule(op, target);
    if (schedule) {
      attach(op, *schedule);
      return success();
    }
    SmallVector<unsigned> pieces = computePieces(op);
    if (!isCut(pieces) || op.getNumResults() == 0)
      return refuse(op, target);
    reportRows(op);
    for (KernelOp piece : cut(op, pieces, rewriter)) {
      schedule = chooseSchedule(piece, target);
      if (!schedule)
        return refuse(piece, target);
      attach(piece, *schedule);
    }
    return success();
  }

  /// Says why there is no schedule: of the smallest one.
  static LogicalResult refuse(KernelOp op, const Chip &target) {
    ScheduleAttr smallest = getSmallestSchedule(op, target);
    if (failed(checkSchedule(op, smallest, target)))
      return failure();
    return op.emitOpError("expected a kernel that has a schedule on ")
           << target.name << ", got none that is legal";
  }

  void attach(KernelOp op, ScheduleAttr schedule) {
    op->setAttr(ScheduleAttr::getAttrName(), schedule);
    ++scheduled;
    SharedUse use = computeSharedUse(op, schedule);
    remark::passed(op.getLoc(), options("KernelScheduled", op))
        << remark::add("a kernel has a schedule")
        << remark::metric("Kernel", op.getLabel().value_or("").str())
        << remark::metric("Slices", schedule.getSlices())
        << remark::metric("Slabs", schedule.getSlabs())
        << remark::metric("Warps", schedule.getWarps())
        << remark::metric("Tokens", schedule.getTokens())
        << remark::metric("SharedBytes", use.total());
    if (schedule.getWeights() == Storage::Memory)
      remark::missed(op.getLoc(), options("WeightsNotShared", op))
          << remark::reason("phi is read from memory: {0} bytes of shared "
                            "memory do not hold it",
                            findChip(schedule.getChip())->sharedBytes);
    if (use.isLocal)
      remark::missed(op.getLoc(), options("SumsNotShared", op))
          << remark::reason("the sums of the gradient of a Sinkhorn iteration "
                            "are in local memory");
    if (schedule.getRetain() == Storage::Memory &&
        computeRetainedBytes(op, schedule) > 0)
      reportRows(op);
  }

  static void reportRows(KernelOp op) {
    remark::missed(op.getLoc(), options("RowsNotRetained", op))
        << remark::reason("rows that two sweeps read do not fit in the shared "
                          "memory of one CTA: they are read again");
  }

  //===--- cuts -----------------------------------------------------------===//

  static bool isCut(ArrayRef<unsigned> pieces) {
    return !pieces.empty() && pieces.back() > 0;
  }

  SmallVector<KernelOp> cut(KernelOp op, ArrayRef<unsigned> pieces,
                            RewriterBase &rewriter) {
    Location loc = op.getLoc();
    remark::RemarkOpts remarkOptions = options("KernelCut", op);
    KernelPieces made = splitKernel(op, pieces, Crossing::Values, rewriter);
    ++kernelsCut;
    remark::passed(loc, remarkOptions)
        << remark::add("a kernel was cut where a sweep needs the sums of "
                       "another one")
        << remark::metric("Pieces", made.kernels.size())
        << remark::metric("Crossing", made.crossing);
    return made.kernels;
  }

  static remark::RemarkOpts options(StringRef name, Operation *op) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    return remark::RemarkOpts::name(name)
        .category("mhc-schedule")
        .function(function ? function.getName() : StringRef());
  }
};
} // namespace
