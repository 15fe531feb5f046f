//===- PlanRemarks.cpp - What becomes of each value -----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanRemarks.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace mlir::mhc;

namespace {
/// Says what becomes of each value of a plan.
class Reporter {
public:
  Reporter(func::FuncOp function, const ConnectionChain &chain,
           const RecomputePlan &plan)
      : function(function), chain(chain), plan(plan) {}

  void run();
  PlanCounts counts;

private:
  remark::RemarkOpts getOptions(StringRef name) {
    return remark::RemarkOpts::name(name)
        .category("mhc-insert-recompute")
        .function(function.getName());
  }
  /// `moved` is nothing for a value that is kept.
  void report(Value value, StringRef what, size_t link, int64_t bytes,
              std::optional<int64_t> moved);
  int64_t countStreams(size_t link, const RecomputeBlock &block) const;

  func::FuncOp function;
  const ConnectionChain &chain;
  const RecomputePlan &plan;
};
} // namespace

void Reporter::report(Value value, StringRef what, size_t link, int64_t bytes,
                      std::optional<int64_t> moved) {
  ++(moved ? counts.recomputed : counts.kept);
  std::string text = (what + " of connection " + Twine(link) +
                      (moved ? " computed again" : " kept"))
                         .str();
  if (moved)
    remark::passed(value.getLoc(), getOptions("Recomputed"))
        << remark::add("{0}", text) << remark::metric("Bytes", bytes)
        << remark::metric("BytesMoved", *moved);
  else
    remark::analysis(value.getLoc(), getOptions("Kept"))
        << remark::add("{0}", text) << remark::metric("Bytes", bytes);
}

/// The bytes that streams cost to have again: what is read and written for
/// them alone.
int64_t Reporter::countStreams(size_t link, const RecomputeBlock &block) const {
  const auto &links = chain.numbers.links;
  if (block.method == BlockMethod::Fused) {
    int64_t moved =
        std::max<int64_t>(0, links[block.begin].streams - links[link].streams);
    for (size_t k = block.begin; k < link; ++k)
      moved += links[k].output;
    return moved;
  }
  // The first of a kernel reads the streams before it.
  bool readsStreams = link == block.begin + 1 ||
                      endsKernel(chain.numbers, plan, block, link - 1);
  return links[link].streams + links[link - 1].output +
         (readsStreams ? links[link - 1].streams : 0);
}

void Reporter::run() {
  for (auto [index, connection] : llvm::enumerate(chain.connections)) {
    if (!connection.x)
      continue;
    const ChainLink &link = chain.numbers.links[index];
    const LinkChoice &choice = plan.links[index];
    const RecomputeBlock &block = plan.blocks[plan.getBlockOf(index)];
    bool keepsStreams = plan.keepsStreams(index);
    report(connection.x, "streams", index, link.streams,
           keepsStreams ? std::nullopt
                        : std::optional(countStreams(index, block)));
    if (connection.y && choice.aggregate != AggregateChoice::None) {
      bool isKept = choice.aggregate == AggregateChoice::Keep;
      // Alone, a kernel reads the streams for it.
      bool isAlone = block.method == BlockMethod::Rebuild && block.size() == 1;
      int64_t moved = link.aggregate + (isAlone ? link.streams : 0);
      report(connection.y, "sublayer argument", index, link.aggregate,
             isKept ? std::nullopt : std::optional(moved));
    }
    if (connection.f)
      report(connection.f, "sublayer output", index,
             link.output + link.internals,
             choice.rerunsSublayer ? link.rerun : std::nullopt);
  }
}

PlanCounts mlir::mhc::remarkPlan(func::FuncOp function,
                                 const ConnectionChain &chain,
                                 const RecomputePlan &plan) {
  Reporter reporter(function, chain, plan);
  reporter.run();
  return reporter.counts;
}
