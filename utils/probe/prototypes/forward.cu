//===- forward.cu - The forward boundary: right, and how fast -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Checks and times the forward boundary in one kernel, in each schedule, and in
// two kernels. Records:
//
// "forward kernel"   kernel, hidden; threads, cluster (CTAs), shared (bytes),
//                    registers, local (bytes a thread), groups (of CTAs that
//                    are resident at once; 0: cannot be launched), ctas (of a
//                    group), fits (its shared memory is no more than the
//                    chip's)
// "forward check"    kernel, hidden, terms, tokens (list); against float64:
//                    streams (elements of x' that are not the same bits),
//                    coefficients (largest error, of the largest magnitude) and
//                    its limit, rows (of y, as the numerics contract measures)
//                    and its limit; untouched (words of results that were not
//                    written), overrun (words after them that were), late (a
//                    CTA gave up waiting), right. Without exchange x' has to be
//                    right too: its differences are among streams, what it
//                    leaves is among untouched
// "forward equal"    kernel, hidden, terms, with (what it is compared with: its
//                    own second run; its own runs with fewer tokens; another
//                    kernel), same order (whether bits should be equal),
//                    streams, rows, coefficients (words that differ), equal
// "forward time"     kernel, hidden, tokens, mode, groups, us (least, quartile,
//                    median, quartile, greatest), bytes (rows and
//                    coefficients, each once), share (of the copy bandwidth),
//                    right. Modes of one kernel: full, no stores, no exchange,
//                    neither; of two: K1, K2, K1 + K2 (K2 launched early), K1
//                    then K2.
// "forward skipped"  kernel, hidden, why; right (false) if it should have run
//
//===----------------------------------------------------------------------===//

#include "boundary_runner.h"
#include "device/options.h"

#include <tuple>

using namespace probe;

namespace {

constexpr int kRuns = 15;

class ForwardProbe {
public:
  ForwardProbe(const Device &device, const Options &options)
      : device(device), options(options), stopwatch(device), comparer(device),
        checkTokens(options.small ? std::vector<int>{37, 8, 1}
                                  : std::vector<int>{8192, 61, 8, 1}),
        timeTokens(options.tokens) {
    if (timeTokens.empty())
      timeTokens = kEmulated       ? std::vector<int>{3}
                   : options.small ? std::vector<int>{1, 8, 64}
                                   : std::vector<int>{1,    8,    64,   256,
                                                      1024, 4096, 8192, 32768};
    if (kEmulated && !options.hidden.empty()) // by hand: takes a minute
      checkTokens = {17};
    mostTokens =
        std::max(*std::max_element(timeTokens.begin(), timeTokens.end()),
                 checkTokens.front());
  }

  void run();

private:
  /// A schedule, and what is known of it.
  struct Measured {
    std::unique_ptr<BoundaryRunner> runner;
    bool right = false;
  };

  bool wants(int hidden, bool small, const std::string &name) const {
    const auto &asked = options.hidden;
    const bool width = asked.empty() ? small == kEmulated
                                     : std::find(asked.begin(), asked.end(),
                                                 hidden) != asked.end();
    return width && options.selects(name);
  }
  ForwardProblem &problemOf(int hidden) {
    auto &problem = problems[hidden];
    if (!problem)
      problem = std::make_unique<ForwardProblem>(device, hidden, mostTokens);
    return *problem;
  }

  void describe(const BoundaryRunner &runner);
  void describe(const SplitRunner &runner);
  template <typename P>
  void describe(const std::string &name, int hidden, void (*kernel)(P),
                int threads, unsigned cluster, size_t shared, int ctas,
                int groups);
  Measured prepare(const Boundary &boundary);
  using Run = std::function<void(ForwardResults &, int tokens)>;
  bool checkAndCompare(const std::string &name, ForwardProblem &problem,
                       int terms, int ctas, int warps, const Run &run,
                       const Run &runAlone, const std::function<bool()> &late);
  void time(Measured &measured, const std::vector<int> &counts, bool store,
            bool exchange);
  void timeModes(Measured &measured, const std::vector<int> &counts);
  void measureSplit(const Split &split);
  void record(const std::string &name, int hidden, int tokens, const char *mode,
              int groups, double bytes, bool right,
              const std::vector<double> &times);

  Device device;
  const Options &options;
  Stopwatch stopwatch;
  WordComparer comparer;
  std::vector<int> checkTokens, timeTokens;
  int mostTokens;
  std::map<int, std::unique_ptr<ForwardProblem>> problems;
  /// Results of checkTokens.front() tokens of the first kernel of each width,
  /// number of terms and order of additions: CTAs and warps.
  struct Kept {
    std::string name;
    std::shared_ptr<ForwardResults> results;
  };
  std::map<std::tuple<int, int, int, int>, Kept> kept;
};

//===----------------------------------------------------------------------===//
// Descriptions
//===----------------------------------------------------------------------===//

template <typename P>
void ForwardProbe::describe(const std::string &name, int hidden,
                            void (*kernel)(P), int threads, unsigned cluster,
                            size_t shared, int ctas, int groups) {
  const Resources resources = resourcesOf(kernel);
  Record("forward kernel")
      .set("kernel", name)
      .set("hidden", hidden)
      .set("threads", threads)
      .set("cluster", cluster)
      .set("shared", shared)
      .set("registers", resources.registers)
      .set("local", resources.localBytes)
      .set("ctas", ctas)
      .set("groups", groups)
      .set("fits", shared <= device.sharedBytes)
      .print();
}

void ForwardProbe::describe(const BoundaryRunner &runner) {
  const Boundary &b = runner.boundary;
  describe(b.name, b.hidden, b.kernel, b.threads, b.cluster(), b.shared, b.ctas,
           runner.resident);
}

void ForwardProbe::describe(const SplitRunner &runner) {
  const Split &s = runner.split;
  describe(s.name + " K1", s.hidden, s.project, s.projectThreads, 1,
           s.projectShared, s.slices, runner.resident);
  describe(s.name + " K2", s.hidden, s.aggregate, s.aggregateThreads, 1,
           s.aggregateShared, 1,
           residentClusters(s.aggregate,
                            {1, static_cast<unsigned>(s.aggregateThreads), 1,
                             s.aggregateShared}));
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Checks run(results, tokens) against float64, and its bits against those of
/// its other runs and of other kernels; runAlone, if any, runs without
/// exchange.
bool ForwardProbe::checkAndCompare(const std::string &name,
                                   ForwardProblem &problem, int terms, int ctas,
                                   int warps, const Run &run,
                                   const Run &runAlone,
                                   const std::function<bool()> &late) {
  const int most = checkTokens.front();
  const auto own = std::make_shared<ForwardResults>(problem.hidden, most);
  own->poison();
  run(*own, most);
  if (late()) // every further launch would wait as long
    return false;

  ForwardErrors errors;
  ForwardDifference again, fewer;
  double untouched = 0, overrun = 0;
  for (int tokens : checkTokens) {
    problem.results.poison();
    run(problem.results, tokens);
    untouched += problem.results.untouched(comparer, tokens);
    overrun += problem.results.overrun(comparer, tokens);
    (tokens == most ? again : fewer)
        .add(comparer, problem.results, *own, tokens);
    errors.include(problem.errors(tokens, 61));
  }
  if (runAlone) {
    problem.results.poison();
    runAlone(problem.results, most);
    ForwardDifference alone;
    alone.add(comparer, problem.results, *own, most);
    errors.streams += alone.streams;
    untouched += problem.results.untouched(comparer, most);
    overrun += problem.results.overrun(comparer, most);
  }
  const bool gaveUp = late();
  const bool right = errors.right(terms) && untouched + overrun == 0 && !gaveUp;
  Record("forward check")
      .set("kernel", name)
      .set("hidden", problem.hidden)
      .set("terms", terms)
      .set("tokens", checkTokens)
      .set("streams", errors.streams)
      .set("coefficients", errors.worstCoefficient())
      .set("coefficients limit", errors.coefficientLimit(terms))
      .set("rows", errors.layerInput)
      .set("rows limit", ForwardErrors::rowLimit())
      .set("untouched", untouched)
      .set("overrun", overrun)
      .set("late", gaveUp)
      .set("right", right)
      .print();

  const auto report = [&](const std::string &with, bool sameOrder,
                          const ForwardDifference &difference) {
    Record("forward equal")
        .set("kernel", name)
        .set("hidden", problem.hidden)
        .set("terms", terms)
        .set("with", with)
        .set("same order", sameOrder)
        .set("streams", difference.streams)
        .set("rows", difference.rows)
        .set("coefficients", difference.coefficients)
        .set("equal", difference.none())
        .print();
  };
  report("its second run", true, again);
  if (checkTokens.size() > 1)
    report("its runs of fewer tokens", true, fewer);
  const auto order = std::make_tuple(problem.hidden, terms, ctas, warps);
  // Another order of additions is of interest only where nobody had this one.
  const bool known = kept.count(order) != 0;
  for (const auto &[other, first] : kept)
    if (std::get<0>(other) == problem.hidden && std::get<1>(other) == terms &&
        (other == order || !known)) {
      ForwardDifference difference;
      difference.add(comparer, *own, *first.results, most);
      report(first.name, other == order, difference);
    }
  kept.insert({order, {name, own}});
  return right;
}

ForwardProbe::Measured ForwardProbe::prepare(const Boundary &boundary) {
  Measured measured;
  ForwardProblem &problem = problemOf(boundary.hidden);
  measured.runner = std::make_unique<BoundaryRunner>(device, boundary, problem);
  BoundaryRunner &runner = *measured.runner;
  if (runner.resident == 0) {
    if (boundary.shared <= device.sharedBytes)
      describe(runner);
    Record("forward skipped")
        .set("kernel", boundary.name)
        .set("hidden", boundary.hidden)
        .set("why", runner.refused)
        .print();
    measured.runner.reset();
    return measured;
  }
  describe(runner);
  measured.right = checkAndCompare(
      boundary.name, problem, boundary.terms, boundary.ctas, boundary.warps,
      [&](ForwardResults &results, int tokens) { runner.run(results, tokens); },
      [&](ForwardResults &results, int tokens) {
        runner.run(results, tokens, true, false);
      },
      [&] { return runner.wasLate(); });
  if (runner.wasLate()) {
    Record("forward skipped")
        .set("kernel", boundary.name)
        .set("hidden", boundary.hidden)
        .set("why", "CTAs gave up waiting for others of their group")
        .set("right", false)
        .print();
    measured.runner.reset();
  }
  return measured;
}

//===----------------------------------------------------------------------===//
// Times
//===----------------------------------------------------------------------===//

void ForwardProbe::record(const std::string &name, int hidden, int tokens,
                          const char *mode, int groups, double bytes,
                          bool right, const std::vector<double> &times) {
  const Spread spread(times);
  std::vector<double> us = spread.list();
  for (double &v : us)
    v = std::round(v * 100) / 100;
  Record line("forward time");
  line.set("kernel", name)
      .set("hidden", hidden)
      .set("tokens", tokens)
      .set("mode", mode)
      .set("groups", groups)
      .set("us", us)
      .set("bytes", bytes);
  if (std::isfinite(options.bandwidth))
    line.set("share", bytes / (spread.median * 1e-6) / options.bandwidth);
  line.set("right", right).print();
}

void ForwardProbe::time(Measured &measured, const std::vector<int> &counts,
                        bool store, bool exchange) {
  BoundaryRunner &runner = *measured.runner;
  const Boundary &boundary = runner.boundary;
  const char *mode = store ? (exchange ? "full" : "no exchange")
                           : (exchange ? "no stores" : "neither");
  ForwardResults &results = problemOf(boundary.hidden).results;
  for (int tokens : counts) {
    if (!options.hasTimeFor(boundary.name + ", " + mode + ", " +
                            std::to_string(tokens) + " tokens"))
      return;
    runner.renewFlags();
    const std::vector<double> times = stopwatch.times(
        [&] { runner.run(results, tokens, store, exchange); }, kRuns);
    const double read = 10.0 * boundary.hidden + kMixing * 4;
    const double written = 10.0 * boundary.hidden + kCoefficients * 4;
    record(boundary.name, boundary.hidden, tokens, mode, runner.groups(tokens),
           tokens * (store ? read + written : read),
           measured.right && !runner.wasLate(), times);
  }
}

void ForwardProbe::timeModes(Measured &measured,
                             const std::vector<int> &counts) {
  time(measured, counts, false, true);
  time(measured, counts, true, false);
  time(measured, counts, false, false);
}

void ForwardProbe::measureSplit(const Split &split) {
  ForwardProblem &problem = problemOf(split.hidden);
  SplitRunner runner(split, problem);
  describe(runner);
  const bool right = checkAndCompare(
      split.name, problem, 2, split.slices, split.warps,
      [&](ForwardResults &results, int tokens) {
        runner.project(results, tokens);
        runner.aggregate(results, tokens, true);
      },
      nullptr, [] { return false; });
  ForwardResults &results = problem.results;
  const double sums = static_cast<double>(split.slices) * kSumBytes;
  const double k1 = 18.0 * split.hidden + kMixing * 4 + sums;
  const double k2 = 10.0 * split.hidden + kCoefficients * 4 + sums;
  for (int tokens : timeTokens) {
    if (!options.hasTimeFor(split.name + ", " + std::to_string(tokens) +
                            " tokens"))
      return;
    const auto measure = [&](const char *mode, double bytes, auto work) {
      record(split.name, split.hidden, tokens, mode, runner.groups(tokens),
             bytes * tokens, right, stopwatch.times(work, kRuns));
    };
    measure("K1", k1, [&] { runner.project(results, tokens); });
    measure("K2", k2, [&] { runner.aggregate(results, tokens, false); });
    measure("K1 + K2", k1 + k2, [&] {
      runner.project(results, tokens);
      runner.aggregate(results, tokens, true);
    });
    measure("K1 then K2", k1 + k2, [&] {
      runner.project(results, tokens);
      runner.aggregate(results, tokens, false);
    });
  }
}

//===----------------------------------------------------------------------===//
// The order of the work: what matters most first, since time may end
//===----------------------------------------------------------------------===//

void ForwardProbe::run() {
  const std::vector<Boundary> boundaries = allBoundaries();
  const std::vector<Split> splits = allSplits();
  // The first schedule of a width is the likely best.
  std::vector<const Boundary *> best, others;
  for (const Boundary &b : boundaries)
    if (wants(b.hidden, b.small, b.name)) {
      const bool first =
          std::none_of(best.begin(), best.end(), [&](const Boundary *known) {
            return known->hidden == b.hidden;
          });
      const bool asked = b.small || !options.hidden.empty() ||
                         b.hidden == 2560 || b.hidden == 4096 ||
                         b.hidden == 7168;
      (first && asked ? best : others).push_back(&b);
    }
  // What the other schedules wait for is asked at one size, or a few small
  // ones.
  std::vector<int> one;
  for (int tokens : timeTokens)
    if (timeTokens.size() <= 3 || tokens == 8192)
      one.push_back(tokens);
  std::vector<Measured> measured;
  for (const Boundary *b : best)
    if (options.hasTimeFor(b->name)) {
      measured.push_back(prepare(*b));
      if (measured.back().runner)
        time(measured.back(), timeTokens, true, true);
    }
  for (const Split &split : splits)
    if (wants(split.hidden, split.small, split.name) &&
        options.hasTimeFor(split.name))
      measureSplit(split);
  for (Measured &of : measured)
    if (of.runner)
      timeModes(of, timeTokens);
  for (const Boundary *b : others) {
    if (!options.hasTimeFor(b->name))
      continue;
    Measured of = prepare(*b);
    if (!of.runner)
      continue;
    time(of, timeTokens, true, true);
    timeModes(of, one);
  }
}

} // namespace

int main(int count, char **arguments) {
  const Options options(count, arguments);
  const Device device = openDevice();
  ForwardProbe(device, options).run();
  return 0;
}
