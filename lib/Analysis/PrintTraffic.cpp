//===- PrintTraffic.cpp - Table of the bytes that kernels move ------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTable.h"

#include "mhc/Analysis/Passes.h"
#include "mhc/Analysis/Traffic.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/Format.h"

namespace mlir::mhc {
#define GEN_PASS_DEF_MHCPRINTTRAFFIC
#include "mhc/Analysis/Passes.h.inc"
} // namespace mlir::mhc

using namespace mlir;
using namespace mlir::mhc;

/// `number`, without a fraction where it has none.
static std::string format(double number) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (number == static_cast<double>(static_cast<int64_t>(number)))
    os << static_cast<int64_t>(number);
  else
    os << llvm::format("%.1f", number);
  return text;
}

/// `1280 20C`: bytes, and how many columns they are.
static std::string formatRows(int64_t bytes, int64_t hidden, double parts) {
  std::string text = format(bytes / parts);
  if (hidden > 0)
    text += " " + format(bytes / parts / hidden) + "C";
  return text;
}

/// A line of the table; bytes a token are divided by `share` if there is one.
static SmallVector<std::string>
makeLine(const Twine &name, const KernelTraffic &traffic, int64_t share = 0) {
  bool isShare = share > 0;
  double parts = isShare ? share : 1;
  auto rows = [&](int64_t bytes) {
    return formatRows(bytes, traffic.hidden, parts);
  };
  return {name.str(),
          isShare ? "" : std::to_string(traffic.sweeps),
          rows(traffic.retained.read),
          rows(traffic.retained.written),
          rows(traffic.retained.total()),
          rows(traffic.readAgain.total()),
          format(traffic.coefficients.total() / parts),
          isShare ? "" : std::to_string(traffic.weights),
          isShare ? "" : std::to_string(traffic.totals)};
}

static void emitRemark(KernelOp kernel, StringRef function,
                       const KernelTraffic &traffic) {
  remark::analysis(kernel.getLoc(), remark::RemarkOpts::name("KernelTraffic")
                                        .category("mhc-print-traffic")
                                        .function(function))
      << remark::metric("Sweeps", traffic.sweeps)
      << remark::metric("Hidden", traffic.hidden)
      << remark::metric("RowsRead", traffic.retained.read)
      << remark::metric("RowsWritten", traffic.retained.written)
      << remark::metric("Retained", traffic.retained.total())
      << remark::metric("ReadAgain", traffic.readAgain.total())
      << remark::metric("Coefficients", traffic.coefficients.total())
      << remark::metric("Weights", traffic.weights)
      << remark::metric("Totals", traffic.totals);
}

namespace {
struct PrintTraffic : mhc::impl::MHCPrintTrafficBase<PrintTraffic> {
  using Base::Base;

  void runOnOperation() override {
    if (connections < 0) {
      getOperation().emitError(
          "expected 'connections' not to be negative, got ")
          << static_cast<int64_t>(connections);
      return signalPassFailure();
    }
    getOperation().walk<WalkOrder::PreOrder>([&](FunctionOpInterface function) {
      print(function);
      return WalkResult::skip();
    });
    markAllAnalysesPreserved();
  }

private:
  void print(FunctionOpInterface function) {
    TextTable table;
    table.add({"kernel", "sweeps", "read", "written", "retained", "read again",
               "coefficients", "weights", "totals"});
    KernelTraffic sum;
    unsigned count = 0;
    function.walk([&](KernelOp kernel) {
      KernelTraffic traffic = computeTraffic(kernel);
      std::string name = kernel.getLabel() ? kernel.getLabel()->str()
                                           : "#" + std::to_string(count);
      table.add(makeLine(name, traffic));
      emitRemark(kernel, function.getName(), traffic);
      sum += traffic;
      ++count;
    });
    if (count == 0)
      return;
    table.add(makeLine("sum", sum));
    if (connections > 0)
      table.add(makeLine("a connection", sum, connections));
    llvm::outs() << '@' << function.getName()
                 << ": bytes a token, also in columns of hidden C\n";
    table.print(llvm::outs());
    llvm::outs() << '\n';
  }
};
} // namespace
