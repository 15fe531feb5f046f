//===- backward.cu - Prototypes of the backward boundary --------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The backward boundary (backward_layout.h), as two kernels (token, columns)
// and in one pass: first right, then how long. Records:
//
// "backward reference"  error: of the float64 reference, from central
//     differences, of the largest gradient; limit; right
// "backward kernel"     kernel, hidden, slices, threads, shared, registers,
//     local (bytes a thread: spills), resident (slabs at once: of all
//     slices, or clusters; of the token kernel CTAs), note (why it is not run)
// "backward check"      kernel, hidden, tokens, slabs, right, unwritten
//     (elements); of a token kernel dpre, dc, dm, k (errors, of the largest sum
//     of magnitudes), wrong (words); of the others dx, df (of max(|exact|, root
//     mean square)), sums, dphi, dcPre (of the largest sum of magnitudes),
//     outside (elements); rowLimit, sumLimit, dmLimit
// "backward equal"      what, hidden, tokens, and how many elements of dx, df,
//     sums, dphi differ in a bit; of: all elements
// "backward time"       kernel, part (token, columns, both, one pass), hidden,
//     tokens, slabs, us [least, quartile, median, quartile, greatest], bytes
//     (rows and coefficients, each once), share (of --bandwidth, by the
//     median), right
//
// Slabs without tokens, where there are any, write zeros.
//
//===----------------------------------------------------------------------===//

#include "backward_runner.h"
#include "device/options.h"

using namespace probe;

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

/// Bytes of a token: rows, and coefficients of 4 bytes.
static double tokenBytes(const Family &family) {
  return 12.0 * family.hidden +
         4.0 * (kPrevious + kSaved + kSums * family.slices + 1 + kDmRowWords +
                kDmColumnWords / kTileTokens + kTokenGradients);
}
static double columnBytes(const Family &family) {
  return 30.0 * family.hidden +
         4.0 * (kPrevious + kOwn + kDmRowWords + kDmColumnWords / kTileTokens +
                kSums * family.slices);
}
static double onePassBytes(const Family &family) {
  return columnBytes(family) + 4.0 * (kPreInfo + 4);
}

class Times {
public:
  Times(const Options &options, Stopwatch &stopwatch, Runner &runner,
        const Checks &checks)
      : options(options), stopwatch(stopwatch), runner(runner), checks(checks) {
  }

  void measure(int tokens) {
    const Family &family = runner.family;
    const bool ok = checks.right(family.tokenName);
    // dm of all tokens, for kernels that are timed alone.
    runner.runToken(tokens);
    for (const ColumnKernel &kernel : family.columns)
      if (const int slabs = runner.slabsOf(kernel.name, tokens)) {
        const bool both = ok && checks.right(kernel.name);
        time(kernel.name, "both", tokens, slabs, both,
             tokenBytes(family) + columnBytes(family), [&] {
               runner.runToken(tokens);
               runner.run(kernel, tokens, slabs, true);
             });
        time(kernel.name, "columns", tokens, slabs, checks.right(kernel.name),
             columnBytes(family),
             [&] { runner.run(kernel, tokens, slabs, false); });
      }
    for (const OnePassKernel &kernel : family.onePass)
      if (const int slabs = runner.slabsOf(kernel.name, tokens))
        time(kernel.name, "one pass", tokens, slabs, checks.right(kernel.name),
             onePassBytes(family), [&] { runner.run(kernel, tokens, slabs); });
    time(family.tokenName, "token", tokens, tilesOfTokens(tokens), ok,
         tokenBytes(family), [&] { runner.runToken(tokens); });
  }

private:
  template <typename Work>
  void time(const std::string &kernel, const std::string &part, int tokens,
            int slabs, bool right, double bytesOfToken, Work work) {
    if (!options.selects(kernel) ||
        !options.hasTimeFor(kernel + ", " + part + ", " +
                            std::to_string(tokens) + " tokens"))
      return;
    const Spread spread(stopwatch.times(work, 21));
    const double bytes = bytesOfToken * tokens;
    Record record("backward time");
    record.set("kernel", kernel)
        .set("part", part)
        .set("hidden", runner.family.hidden)
        .set("tokens", tokens)
        .set("slabs", slabs)
        .set("us", spread.list())
        .set("bytes", bytes)
        .set("right", right);
    if (std::isfinite(options.bandwidth))
      record.set("share", bytes / (spread.median * 1e-6) / options.bandwidth);
    record.print();
  }

  const Options &options;
  Stopwatch &stopwatch;
  Runner &runner;
  const Checks &checks;
};

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

static void checkReferenceItself() {
  double error = 0;
  for (u64 seed = 1; seed <= (kEmulated ? 2 : 4); ++seed)
    keepLargest(error, reference::checkReference(seed));
  Record("backward reference")
      .set("error", error)
      .set("limit", 1e-8)
      .set("right", error <= 1e-8)
      .print();
}

static bool contains(const std::vector<int> &list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

int main(int count, char **arguments) {
  const Options options(count, arguments);
  const Device device = openDevice();
  checkReferenceItself();

  const std::vector<int> hidden =
      !options.hidden.empty() ? options.hidden
      : kEmulated             ? std::vector<int>{256, 512}
      : options.small         ? std::vector<int>{2560}
                              : std::vector<int>{4096, 7168, 2560, 2048};
  // The period first: what it gives is compared with the others.
  std::vector<int> checked = {kPeriod}, timed;
  if (!options.tokens.empty()) {
    checked.insert(checked.end(), options.tokens.begin(), options.tokens.end());
    timed = options.tokens;
  } else if (options.small) {
    checked.insert(checked.end(), {1, 8, 3 * kPeriod - 4});
    timed = {8};
  } else {
    checked.insert(checked.end(), {1, 8, 256, 8192});
    timed = {8192, 4096, 1024, 256, 64, 8, 1, 32768};
  }

  std::vector<std::unique_ptr<Runner>> runners;
  size_t bytes = 0;
  for (const Family &family : families())
    if (contains(hidden, family.hidden)) {
      runners.push_back(std::make_unique<Runner>(device, family));
      bytes += BackwardBuffers::bytesOfToken(family.hidden, family.slices);
    }
  // What does not fit into three quarters of the memory is left out.
  const size_t fits = device.memoryBytes / 4 * 3 / std::max<size_t>(bytes, 1);
  int capacity = kPeriod;
  for (std::vector<int> *list : {&checked, &timed}) {
    for (int tokens : *list)
      if (static_cast<size_t>(tokens) > fits)
        Record("left out")
            .set("what", std::to_string(tokens) + " tokens: no memory")
            .print();
      else
        capacity = std::max(capacity, tokens);
    list->erase(std::remove_if(list->begin(), list->end(),
                               [&](int tokens) {
                                 return tokens < 1 ||
                                        static_cast<size_t>(tokens) > fits;
                               }),
                list->end());
  }

  std::vector<std::unique_ptr<Checks>> checks;
  for (const auto &runner : runners) {
    runner->allocate(capacity);
    checks.push_back(std::make_unique<Checks>(*runner));
    for (int tokens : checked)
      if (options.hasTimeFor("checks at " + std::to_string(tokens) +
                             " tokens, hidden " +
                             std::to_string(runner->family.hidden)))
        checks.back()->check(tokens);
    // Many tokens, so that the second kernel finds room early.
    checks.back()->compare(kEmulated ? kPeriod : std::min(capacity, 1024));
  }
  Stopwatch stopwatch(device);
  for (int tokens : timed)
    for (size_t i = 0; i < runners.size(); ++i)
      Times(options, stopwatch, *runners[i], *checks[i]).measure(tokens);
  return 0;
}
