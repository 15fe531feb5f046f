//===- boundary_runner.h - Launches of the forward kernels ------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_PROTOTYPES_BOUNDARY_RUNNER_H
#define PROBE_PROTOTYPES_BOUNDARY_RUNNER_H

#include "forward_kernels.h"
#include "forward_problem.h"

namespace probe {

/// Launches one schedule of the one-kernel boundary.
class BoundaryRunner {
public:
  const Boundary &boundary;
  /// Why it cannot be launched, if so.
  std::string refused;
  /// Groups of CTAs that are resident at once; 0 where a launch would fail.
  const int resident;

  BoundaryRunner(const Device &device, const Boundary &boundary,
                 ForwardProblem &problem)
      : boundary(boundary), resident(residentGroups(device)), problem(problem),
        partialSums(perGroup() * boundary.ctas * kSums), pre(perGroup()),
        flags(kLaunches * 2 * groupsOrOne()), late(1) {
    late.fill(0);
    renewFlags();
  }

  /// Groups of a launch: no more than resident, since groups that exchange
  /// through L2 have to be, and than tiles.
  int groups(int tokens) const {
    const int tile = boundary.tileTokens();
    return std::min(resident, (tokens + tile - 1) / tile);
  }

  /// Each launch takes flags of its own. To be called where the memset is not
  /// in what is measured, at least every kLaunches launches.
  void renewFlags() {
    flags.fill(0);
    launched = 0;
  }
  static constexpr int kLaunches = 64;

  void run(ForwardResults &results, int tokens, bool store = true,
           bool exchange = true) {
    if (launched == kLaunches)
      renewFlags();
    BoundaryParameters p = {};
    p.streams = problem.streams.data();
    p.layerOutput = problem.layerOutput.data();
    p.nextStreams = results.nextStreams.data();
    p.layerInput = results.layerInput.data();
    p.mixing = problem.mixing.data();
    p.phi = problem.packedPhi(boundary.ctas * boundary.warps, boundary.terms);
    p.scale = problem.scale.data();
    p.base = problem.base.data();
    p.coefficients = results.coefficients.data();
    p.tokens = tokens;
    p.storedTokens = store ? tokens : 0;
    p.epsilon = ForwardProblem::kEpsilon;
    p.partialSums = partialSums.data();
    p.pre = pre.data();
    p.flags = flags.data() + launched++ * 2 * groupsOrOne();
    p.late = late.data();
    launch(exchange ? boundary.kernel : boundary.alone,
           {static_cast<unsigned>(groups(tokens) * boundary.ctas),
            static_cast<unsigned>(boundary.threads), boundary.cluster(),
            exchange ? boundary.shared : boundary.sharedAlone},
           p);
  }

  /// Whether a CTA gave up waiting for others.
  bool wasLate() const { return late.download()[0] != 0; }

private:
  int residentGroups(const Device &device) {
    const Boundary &b = boundary;
    if (std::max(b.shared, b.sharedAlone) > device.sharedBytes) {
      refused = "needs " + std::to_string(std::max(b.shared, b.sharedAlone)) +
                " bytes of shared memory";
      return 0;
    }
    if (kEmulated) // everything is resident; groups should meet
      return 2;
    int units = 0;
    refused = tryResidentClusters(
        b.kernel,
        {b.cluster(), static_cast<unsigned>(b.threads), b.cluster(), b.shared},
        units);
    const int groups = b.exchange == Exchange::Cluster ? units : units / b.ctas;
    if (groups == 0 && refused.empty())
      refused = "no group of CTAs can be resident";
    return groups;
  }
  size_t groupsOrOne() const { return std::max(resident, 1); }
  size_t perGroup() const { return groupsOrOne() * 2 * boundary.tileTokens(); }

  ForwardProblem &problem;
  Buffer<float> partialSums;
  Buffer<float4> pre;
  Buffer<u32> flags, late;
  int launched = 0;
};

/// Launches the two kernels.
class SplitRunner {
public:
  const Split &split;
  /// Groups of slices that are resident at once, a slice a CTA.
  const int resident;

  SplitRunner(const Split &split, ForwardProblem &problem)
      : split(split),
        resident(
            residentClusters(split.project,
                             {1, static_cast<unsigned>(split.projectThreads), 1,
                              split.projectShared}) /
            split.slices),
        problem(problem), partialSums(static_cast<size_t>(problem.mostTokens) *
                                      split.slices * kSums) {}

  /// K1's groups; they are persistent, and need not be resident.
  int groups(int tokens) const {
    return std::min(std::max(resident, 1),
                    (tokens + kUnitTokens - 1) / kUnitTokens);
  }

  void project(ForwardResults &results, int tokens) {
    launch(split.project,
           {static_cast<unsigned>(groups(tokens) * split.slices),
            static_cast<unsigned>(split.projectThreads), 1,
            split.projectShared},
           parameters(results, tokens));
  }
  /// `early`: its CTAs may start while the last of K1 run.
  void aggregate(ForwardResults &results, int tokens, bool early) {
    launch(split.aggregate,
           {static_cast<unsigned>(tokens),
            static_cast<unsigned>(split.aggregateThreads), 1,
            split.aggregateShared, early},
           parameters(results, tokens));
  }

private:
  SplitParameters parameters(ForwardResults &results, int tokens) {
    SplitParameters p = {};
    p.streams = problem.streams.data();
    p.layerOutput = problem.layerOutput.data();
    p.nextStreams = results.nextStreams.data();
    p.layerInput = results.layerInput.data();
    p.mixing = problem.mixing.data();
    p.phi = problem.packedPhi(split.slices * split.warps, 2);
    p.scale = problem.scale.data();
    p.base = problem.base.data();
    p.coefficients = results.coefficients.data();
    p.partialSums = partialSums.data();
    p.tokens = tokens;
    p.epsilon = ForwardProblem::kEpsilon;
    return p;
  }

  ForwardProblem &problem;
  Buffer<float> partialSums;
};

} // namespace probe

#endif // PROBE_PROTOTYPES_BOUNDARY_RUNNER_H
