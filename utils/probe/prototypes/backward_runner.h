//===- backward_runner.h - Runs and checks backward kernels -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BACKWARD_RUNNER_H
#define PROBE_PROTOTYPES_BACKWARD_RUNNER_H

#include "backward_check.h"
#include "backward_kernels.h"

#include <map>

namespace probe {

inline int tilesOfTokens(int tokens) {
  return (tokens + kTileTokens - 1) / kTileTokens;
}

/// A family with its inputs, answers and arrays.
class Runner {
public:
  Runner(const Device &device, const Family &family)
      : family(family), device(device), in(family.hidden, family.slices),
        answers(in) {
    int count = 0;
    describe(family.tokenName, family.token, tokenGrid(1), 1, count);
    for (const ColumnKernel &kernel : family.columns)
      describe(kernel.name, kernel.kernel,
               {static_cast<unsigned>(family.slices), kernel.threads, 1,
                kernel.shared},
               family.slices, residentOf[kernel.name]);
    for (const OnePassKernel &kernel : family.onePass)
      describe(kernel.name, kernel.kernel, clusterGrid(kernel, 1), 1,
               residentOf[kernel.name]);
  }

  void allocate(int capacity) {
    int slabs = 1;
    for (const auto &entry : residentOf)
      slabs = std::max(slabs, entry.second);
    buffers = std::make_unique<BackwardBuffers>(device, in, capacity, slabs);
  }

  /// 0 where the kernel cannot run.
  int slabsOf(const std::string &kernel, int tokens) const {
    return std::min(residentOf.at(kernel), tilesOfTokens(tokens));
  }

  void runToken(int tokens) {
    launch(family.token, tokenGrid(tokens), buffers->token(tokens));
  }
  /// `early`: behind the token kernel.
  void run(const ColumnKernel &kernel, int tokens, int slabs, bool early) {
    launch(kernel.kernel,
           {static_cast<unsigned>(slabs * family.slices), kernel.threads, 1,
            kernel.shared, early},
           buffers->columns(tokens, kernel.terms));
  }
  void run(const OnePassKernel &kernel, int tokens, int slabs) {
    launch(kernel.kernel, clusterGrid(kernel, slabs), buffers->onePass(tokens));
  }

  const Family family;
  std::unique_ptr<BackwardBuffers> buffers;

private:
  static Grid tokenGrid(int tokens) {
    return {static_cast<unsigned>(tilesOfTokens(tokens)), kTokenThreads, 1,
            kTokenShared};
  }
  Grid clusterGrid(const OnePassKernel &kernel, int clusters) const {
    const unsigned ctas = family.slices;
    return {ctas * clusters, kernel.threads, ctas, kernel.shared};
  }
  template <typename P>
  void describe(const std::string &name, void (*kernel)(P), const Grid &grid,
                int ctasOfSlab, int &resident) {
    const std::string error = tryResidentClusters(kernel, grid, resident);
    resident /= ctasOfSlab;
    // The host holds what it is given; two slabs are what a GPU would do.
    if (kEmulated)
      resident = std::max(resident, 2);
    const Resources resources = resourcesOf(kernel);
    Record record("backward kernel");
    record.set("kernel", name)
        .set("hidden", family.hidden)
        .set("slices", family.slices)
        .set("threads", grid.threads)
        .set("shared", grid.shared)
        .set("registers", resources.registers)
        .set("local", resources.localBytes)
        .set("resident", resident);
    if (resident == 0)
      record.set("note", error.empty() ? "none is resident" : error);
    record.print();
  }

  Device device;
  std::map<std::string, int> residentOf;

public:
  BackwardInputs in;
  const BackwardAnswers answers;
};

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

class Checks {
public:
  explicit Checks(Runner &runner) : runner(runner) {}

  /// Runs everything for so many tokens, and compares.
  void check(int tokens) {
    BackwardBuffers &buffers = *runner.buffers;
    buffers.poisonToken();
    buffers.resetOwn();
    runner.runToken(tokens);
    const TokenErrors errors = checkToken(buffers, runner.answers, tokens);
    const bool ok = errors.right();
    note(runner.family.tokenName, ok);
    begin(runner.family.tokenName, tokens, ok)
        .set("dpre", errors.dpre)
        .set("dc", errors.dc)
        .set("dm", errors.dm)
        .set("k", errors.k)
        .set("unwritten", errors.unwritten)
        .set("wrong", errors.wrong)
        .set("sumLimit", kSumLimit)
        .set("dmLimit", kDmLimit)
        .print();
    for (const ColumnKernel &kernel : runner.family.columns)
      checkColumns(kernel.name, tokens, false, [&](int slabs) {
        runner.run(kernel, tokens, slabs, false);
      });
    // What the kernel of one pass is not given.
    buffers.resetOwn();
    if (tokens <= 4 * kPeriod)
      buffers.poisonPre(tokens);
    for (const OnePassKernel &kernel : runner.family.onePass)
      checkColumns(kernel.name, tokens, true,
                   [&](int slabs) { runner.run(kernel, tokens, slabs); });
  }

  /// Bits over forms of a product and over kernels, by the same slabs; and of
  /// the second kernel launched early.
  void compare(int tokens) {
    int slabs = INT32_MAX;
    const auto runs = [&](const std::string &name) {
      const int count = runner.slabsOf(name, tokens);
      if (count)
        slabs = std::min(slabs, count);
      return count != 0;
    };
    std::vector<const ColumnKernel *> columns;
    std::vector<const OnePassKernel *> onePass;
    for (const ColumnKernel &kernel : runner.family.columns)
      if (kernel.terms == 2 && runs(kernel.name))
        columns.push_back(&kernel);
    for (const OnePassKernel &kernel : runner.family.onePass)
      if (runs(kernel.name))
        onePass.push_back(&kernel);

    std::vector<std::pair<std::string, ColumnResults>> all;
    BackwardBuffers &buffers = *runner.buffers;
    const auto keep = [&](const std::string &name) {
      all.push_back({name, ColumnResults(buffers, tokens, slabs)});
    };
    const auto runBoth = [&](const ColumnKernel &kernel, bool early) {
      // So that what is read too early is NaN.
      buffers.poisonToken();
      buffers.poisonColumns();
      buffers.resetOwn();
      runner.runToken(tokens);
      runner.run(kernel, tokens, slabs, early);
    };
    for (const ColumnKernel *kernel : columns) {
      runBoth(*kernel, false);
      keep(kernel->name);
    }
    if (!columns.empty()) {
      runBoth(*columns[0], true);
      keep(columns[0]->name + " launched early");
    }
    for (const OnePassKernel *kernel : onePass) {
      buffers.poisonColumns();
      runner.run(*kernel, tokens, slabs);
      keep(kernel->name);
    }
    for (size_t i = 1; i < all.size(); ++i)
      printEqual(all[i].first + " and " + all[0].first, all[i].second,
                 all[0].second, true);
  }

  bool right(const std::string &kernel) const {
    const auto found = rightOf.find(kernel);
    return found != rightOf.end() && found->second;
  }

private:
  Record begin(const std::string &kernel, int tokens, bool ok) {
    Record record("backward check");
    record.set("kernel", kernel)
        .set("hidden", runner.family.hidden)
        .set("tokens", tokens)
        .set("right", ok);
    return record;
  }
  void note(const std::string &kernel, bool ok) {
    rightOf[kernel] = ok && (!rightOf.count(kernel) || rightOf[kernel]);
  }

  template <typename Run>
  void checkColumns(const std::string &name, int tokens, bool onePass,
                    Run run) {
    const int slabs = runner.slabsOf(name, tokens);
    if (slabs == 0)
      return;
    BackwardBuffers &buffers = *runner.buffers;
    buffers.poisonColumns();
    run(slabs);
    ColumnResults results(buffers, tokens, slabs);
    const ColumnErrors errors =
        probe::checkColumns(buffers, runner.answers, results, onePass);
    const bool ok = errors.right();
    note(name, ok);
    Record record = begin(name, tokens, ok);
    record.set("slabs", slabs)
        .set("dx", errors.dx)
        .set("df", errors.df)
        .set("sums", errors.sums)
        .set("dphi", errors.dphi);
    if (onePass)
      record.set("dcPre", errors.dcPre);
    record.set("unwritten", errors.unwritten)
        .set("outside", errors.outside)
        .set("rowLimit", kRowLimit)
        .set("sumLimit", kSumLimit)
        .print();
    // A token's results depend neither on how many there are nor on its place.
    if (tokens == kPeriod) {
      kept.erase(name);
      kept.emplace(name, std::move(results));
    } else if (kept.count(name)) {
      const ColumnResults &all = kept.at(name);
      printEqual(name + " at " + std::to_string(tokens) + " and " +
                     std::to_string(all.tokens) + " tokens",
                 results, all, false);
    }
  }

  void printEqual(const std::string &what, const ColumnResults &a,
                  const ColumnResults &b, bool withDphi) {
    Record record("backward equal");
    record.set("what", what)
        .set("hidden", runner.family.hidden)
        .set("tokens", a.tokens)
        .set("dx", countDifferent(a.dx, b.dx))
        .set("df", countDifferent(a.df, b.df))
        .set("sums", countDifferent(a.sums, b.sums));
    size_t all = a.dx.size() + a.df.size() + a.sums.size();
    if (withDphi) {
      record.set("dphi", countDifferent(a.dphi, b.dphi));
      all += a.dphi.size();
    }
    record.set("of", all).print();
  }

  Runner &runner;
  std::map<std::string, ColumnResults> kept;
  std::map<std::string, bool> rightOf;
};

} // namespace probe

#endif // PROBE_PROTOTYPES_BACKWARD_RUNNER_H
