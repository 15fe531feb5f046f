//===- RecomputePlansTest.cpp - Plans, their costs and what is refused ----===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RecomputeChecks.h"

using namespace llvm;
using namespace mlir::mhc;
using namespace mhc::test;

/// n = 4, in units of hidden times the bytes of an element: x is 4, y and f 1.
/// Inside the sublayer are 10; running it again moves 30. Nothing else is kept.
static ChainLink makeLink() {
  ChainLink link;
  link.streams = link.streamsKept = 4;
  link.aggregate = link.aggregateKept = 1;
  link.output = link.outputKept = 1;
  link.internals = 10;
  link.rerun = 30;
  return link;
}

static RecomputeChain makeChain(size_t size) {
  RecomputeChain chain;
  chain.links.assign(size, makeLink());
  return chain;
}

static constexpr LinkChoice keeps{AggregateChoice::Keep, false};
static constexpr LinkChoice rebuilds{AggregateChoice::Rebuild, false};
static constexpr LinkChoice rebuildsAndReruns{AggregateChoice::Rebuild, true};
static constexpr LinkChoice keepsAndReruns{AggregateChoice::Keep, true};

static RecomputePlan makePlan(ArrayRef<RecomputeBlock> blocks,
                              ArrayRef<LinkChoice> links) {
  RecomputePlan plan;
  plan.blocks.assign(blocks.begin(), blocks.end());
  plan.links.assign(links.begin(), links.end());
  return plan;
}

static std::string print(const RecomputePlan &plan) {
  std::string text;
  raw_string_ostream os(text);
  plan.print(os);
  return text;
}

static void checkCosts(Checks &checks) {
  struct Case {
    StringRef name;
    RecomputePlan plan;
    RecomputeCost cost;
  };
  const auto rebuild = BlockMethod::Rebuild;
  const auto fused = BlockMethod::Fused;
  const Case cases[] = {
      {"everything kept",
       makePlan({{0, 1}, {1, 2}, {2, 3}, {3, 4}}, {keeps, keeps, keeps, keeps}),
       {64, 64, 0}},
      // Reads x once and f three times, writes x three times and y four times:
      // 4 + 3 + 12 + 4.
      {"one kernel",
       makePlan({{0, 4, rebuild}}, {rebuilds, rebuilds, rebuilds, rebuilds}),
       {64, 48, 23}},
      // Two blocks: the second with all that is kept of the first.
      {"two kernels",
       makePlan({{0, 2, rebuild}, {2, 4, rebuild}},
                {rebuilds, rebuilds, rebuilds, rebuilds}),
       {58, 52, 2 * (4 + 1 + 4 + 2)}},
      // f of the first is read for the x of the second, and y is written.
      {"fused",
       makePlan({{0, 2, fused}, {2, 4, fused}},
                {rebuilds, rebuilds, keeps, keeps}),
       {54, 54, 2 + 1 + 1}},
      // Nothing but y, which the boundary writes.
      {"y alone",
       makePlan({{0, 1}, {1, 2}, {2, 3}, {3, 4}},
                {keeps, keeps, keeps, rebuilds}),
       {64, 63, 1}},
      // The kernel ends for the second F, and reads x again.
      {"a sublayer again",
       makePlan({{0, 4, rebuild}},
                {rebuilds, rebuildsAndReruns, rebuilds, rebuilds}),
       {64, 37, 23 + 30 + 4}},
      // It does not for a y that is there already, nor behind its last one.
      {"sublayers again",
       makePlan({{0, 4, rebuild}},
                {rebuilds, keepsAndReruns, rebuilds, rebuildsAndReruns}),
       {64, 27, 23 - 1 + 60}},
      {"a sublayer again, alone",
       makePlan({{0, 1}, {1, 2, rebuild}, {2, 3}, {3, 4}},
                {keeps, keepsAndReruns, keeps, keeps}),
       {53, 53, 30}},
  };
  const RecomputeChain chain = makeChain(4);
  for (const Case &c : cases) {
    std::optional<RecomputeCost> cost =
        checks.value(c.name, evaluate(chain, c.plan));
    if (!cost)
      continue;
    checks.equal(c.name + ": peak", c.cost.peak, cost->peak);
    checks.equal(c.name + ": kept", c.cost.kept, cost->kept);
    checks.equal(c.name + ": moved", c.cost.moved, cost->moved);
  }
}

/// The kernel that rebuilds L connections moves 8C + 12C L bytes a token with
/// n = 4 and two bytes an element, where C is hidden.
static void checkKernelBytes(Checks &checks) {
  for (size_t length : {1, 2, 5, 8}) {
    RecomputeChain chain = makeChain(length + 1);
    // Nobody wants the first y, and so each connection has one row of each.
    chain.links.front().needsAggregate = false;
    RecomputePlan plan = makePlan({{0, length + 1, BlockMethod::Rebuild}}, {});
    plan.links.assign(length + 1, rebuilds);
    plan.links.front().aggregate = AggregateChoice::None;
    std::optional<RecomputeCost> cost =
        checks.value("kernel", evaluate(chain, plan));
    checks.equal("moved, in units of two bytes", 4 + 6 * int64_t(length),
                 cost->moved);
  }
  // Kernels make at most maxRebuild streams, counted from the end.
  RecomputeChain chain = makeChain(8);
  chain.maxRebuild = 3;
  RecomputePlan plan = makePlan({{0, 8, BlockMethod::Rebuild}}, {});
  plan.links.assign(8, rebuilds);
  const int64_t whole = 4 + 7 * 5 + 8;
  checks.equal("limited", whole + 2 * 4, cantFail(evaluate(chain, plan)).moved);
  for (size_t k = 0; k < 8; ++k)
    checks.equal("a kernel ends", k == 1 || k == 4,
                 endsKernel(chain, plan, plan.blocks.front(), k));
  plan.links[4] = rebuildsAndReruns;
  checks.equal("it ended there anyway", whole + 2 * 4 + 30,
               cantFail(evaluate(chain, plan)).moved);
  plan.links[0] = rebuildsAndReruns;
  checks.isTrue("for the first sublayer too",
                endsKernel(chain, plan, plan.blocks.front(), 0));
}

static void checkPeaks(Checks &checks) {
  RecomputeChain chain = makeChain(4);
  const RecomputePlan plan =
      makePlan({{0, 2, BlockMethod::Rebuild}, {2, 4, BlockMethod::Fused}},
               {rebuilds, rebuilds, keeps, rebuilds});
  // 4 + 22 are kept of the first block, which has 32 when it is back; 4 + 12 of
  // the third connection, 11 of the fourth with the y that it makes.
  auto peaks = computeBlockPeaks(chain, plan);
  checks.equal("first", 32, peaks[0]);
  checks.equal("second", 26 + 16 + 12, peaks[1]);
  // The boundary before the second and the third connection reads what is
  // always kept of these.
  chain.links[1].fixed = chain.links[3].fixed = 3;
  chain.links[2].fixed = 2;
  peaks = computeBlockPeaks(chain, plan);
  checks.equal("first with the next", 32 + 3 + 2, peaks[0]);
  checks.equal("second, without", 26 + 3 + 18 + 15, peaks[1]);
  // What is given costs nothing to keep.
  chain = makeChain(1);
  chain.links[0].outputKept = chain.links[0].streamsKept = 0;
  checks.equal("given", 11, cantFail(solveWithoutBudget(chain)).cost.peak);
}

static void checkEqualBlocks(Checks &checks) {
  RecomputeChain chain = makeChain(10);
  chain.links[5].startsBlock = true;
  checks.equal("a stage",
               "[0..3 rebuild] [4] [5..8 rebuild] [9]; y rebuilt: 0-9",
               print(cantFail(solveEqualBlocks(chain, 4)).plan));
  chain.links[4].streamsPin = RecomputePin::Recompute;
  chain.links[2].streamsPin = RecomputePin::Keep;
  chain.links[7].aggregatePin = RecomputePin::Keep;
  chain.links[8].outputPin = RecomputePin::Recompute;
  checks.equal("pins",
               "[0..1 rebuild] [2..4 rebuild] [5..8 rebuild] [9]; y rebuilt: "
               "0-6, 8-9; F again: 8",
               print(cantFail(solveEqualBlocks(chain, 4)).plan));
  // sqrt(4 * 24 / 6) = 4.
  checks.near("the paper's length", 4, computePaperLength(24, 4), 1e-12);
  const RecomputeChain layers = makeChain(24);
  checks.equal("the rule", size_t(4),
               cantFail(solvePaperBlocks(layers, 4)).plan.blocks[0].size());
  Expected<RecomputeSolution> none = solvePaperBlocks(layers, 4, 100);
  checks.message("too small", none.takeError(),
                 {"expected a budget of at least 304 bytes, got 100"});
}

static void checkSolutions(Checks &checks) {
  RecomputeChain chain = makeChain(4);
  checks.equal("enough", "[0] [1] [2] [3]",
               print(cantFail(solveExact(chain, 64)).plan));
  const RecomputeSolution less = cantFail(solveExact(chain, 63));
  checks.equal("one byte less", 1, less.cost.moved);
  checks.isTrue("y is made again", !less.plan.keepsEverything());
  checks.isTrue("x is kept", less.plan.keepsStreams(3));

  const int64_t smallest = cantFail(computeSmallestBudget(chain));
  for (int64_t budget : {smallest - 1, int64_t(0), int64_t(-5)})
    checks.message("impossible", solveExact(chain, budget).takeError(),
                   {"expected a budget of at least " +
                    std::to_string(smallest) + " bytes, got " +
                    std::to_string(budget)});
  checks.equal("the smallest", smallest,
               cantFail(solveExact(chain, smallest)).cost.peak);

  auto curve = cantFail(solveCurve(makeChain(12), 20));
  checks.equal("everything kept last", 0, curve.back().cost.moved);
  for (size_t i = 1; i < curve.size(); ++i)
    checks.isTrue("falling", curve[i].cost.moved < curve[i - 1].cost.moved &&
                                 curve[i].cost.peak > curve[i - 1].cost.peak);

  // A pin costs what it costs, whatever the budget.
  chain.links[2].outputPin = RecomputePin::Recompute;
  const RecomputeSolution pinned = cantFail(solveWithoutBudget(chain));
  checks.equal("pinned", "[0] [1] [2 rebuild] [3]; F again: 2",
               print(pinned.plan));
  checks.equal("what it moves", 30, pinned.cost.moved);
}

static void checkRefused(Checks &checks) {
  auto refuses = [&](StringRef text,
                     function_ref<void(RecomputeChain & chain)> change) {
    RecomputeChain chain = makeChain(3);
    change(chain);
    checks.message(text, verify(chain), {text});
    checks.message(text, solveExact(chain, 1000).takeError(), {text});
  };
  const auto recompute = RecomputePin::Recompute;
  refuses("connection 0: expected streams to recompute after the first "
          "connection, got those that the chain begins with",
          [&](RecomputeChain &c) { c.links[0].streamsPin = recompute; });
  refuses("connection 2: expected streams to recompute inside a stage, got "
          "those that a stage begins with",
          [&](RecomputeChain &c) {
            c.links[2].streamsPin = recompute;
            c.links[2].startsBlock = true;
          });
  refuses("connection 1: expected a sublayer that can be run again, got one "
          "that cannot",
          [&](RecomputeChain &c) {
            c.links[1].outputPin = recompute;
            c.links[1].rerun = std::nullopt;
          });
  refuses("connection 1: expected at least 0 bytes for the sublayer's "
          "internals, got -1",
          [](RecomputeChain &c) { c.links[1].internals = -1; });
  refuses("connection 1: expected 0 to 4 bytes to keep the streams, got 5",
          [](RecomputeChain &c) { c.links[1].streamsKept = 5; });
  refuses("expected sizes whose sums fit in 64 bits", [](RecomputeChain &c) {
    c.links[1].streams = std::numeric_limits<int64_t>::max() / 2;
  });
  refuses("expected at least one connection, got none",
          [](RecomputeChain &c) { c.links.clear(); });
  refuses("expected kernels that rebuild at least one x",
          [](RecomputeChain &c) { c.maxRebuild = 0; });

  RecomputeChain chain = makeChain(2);
  auto breaks = [&](StringRef text, const RecomputePlan &plan) {
    checks.message(text, evaluate(chain, plan).takeError(), {text});
  };
  const RecomputePlan two =
      makePlan({{0, 2, BlockMethod::Rebuild}}, {rebuilds, rebuilds});
  breaks("expected a choice for each connection", makePlan({{0, 2}}, {keeps}));
  breaks("expected blocks in order and without gaps",
         makePlan({{1, 2}}, {keeps, keeps}));
  breaks("expected blocks up to the last connection",
         makePlan({{0, 1}}, {keeps, keeps}));
  breaks("expected kept sublayers in a fused block",
         makePlan({{0, 2}}, {rebuildsAndReruns, keeps}));
  breaks("expected an aggregate, as the backward or the sublayer reads it",
         makePlan({{0, 2}}, {{AggregateChoice::None, false}, keeps}));
  chain.maxChain = 0;
  breaks("expected at most 1 connections in a fused block, got 2",
         makePlan({{0, 2}}, {keeps, keeps}));
  chain.links[1].streamsPin = RecomputePin::Keep;
  breaks("connection 1: expected streams that are kept", two);
  chain.links[1].streamsPin = recompute;
  breaks("connection 1: expected streams that are recomputed",
         makePlan({{0, 1}, {1, 2}}, {keeps, keeps}));
  chain.links[1].aggregatePin = RecomputePin::Keep;
  breaks("connection 1: expected an aggregate that is kept", two);
  chain.links[1].aggregatePin = recompute;
  breaks("connection 1: expected an aggregate that is recomputed",
         makePlan({{0, 2, BlockMethod::Rebuild}}, {keeps, keeps}));
  chain.links[1].outputPin = recompute;
  breaks("connection 1: expected a sublayer that is run again", two);
  chain.links[1].outputPin = RecomputePin::Keep;
  breaks(
      "connection 1: expected a sublayer that is kept",
      makePlan({{0, 2, BlockMethod::Rebuild}}, {rebuilds, rebuildsAndReruns}));
}

void mhc::test::checkPlans(Checks &checks) {
  checks.run("recompute-costs", [&] { checkCosts(checks); });
  checks.run("recompute-kernel-bytes", [&] { checkKernelBytes(checks); });
  checks.run("recompute-peaks", [&] { checkPeaks(checks); });
  checks.run("recompute-equal-blocks", [&] { checkEqualBlocks(checks); });
  checks.run("recompute-solutions", [&] { checkSolutions(checks); });
  checks.run("recompute-refused", [&] { checkRefused(checks); });
}
