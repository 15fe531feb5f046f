//===- launches.h - What launches cost --------------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef PROBE_CEILINGS_LAUNCHES_H
#define PROBE_CEILINGS_LAUNCHES_H

#include "device/options.h"

namespace probe {

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

struct EmptyParameters {
  u32 words[2];
};
struct Empty128Parameters {
  u32 words[32];
};
PROBE_KERNEL(emptyKernel, 320, 1, EmptyParameters, (void)p.words)
PROBE_KERNEL(emptyKernel128, 320, 1, Empty128Parameters, (void)p.words)

/// Keeps the stream busy, while the host enqueues what is measured.
struct HoldParameters {
  u64 nanoseconds;
};

DEVICE void holdBody(const HoldParameters &p) {
  const u64 start = nanoseconds();
  while (nanoseconds() - start < p.nanoseconds)
    spin();
}

PROBE_KERNEL(hold, 32, 1, HoldParameters, holdBody(p))

/// When a kernel lets the next one start.
enum class Let : u32 { AtExit, AtStart, BeforeLast };

/// A link of a chain of short kernels: `before` cycles that need nothing of the
/// link before it, then `after` cycles that do.
struct LinkParameters {
  u32 before, after;
  Let let;
  u32 index;
  /// CTAs that ended, of each link; links that began too early.
  u32 *ended, *wrong;
};

DEVICE void workFor(u32 duration) {
  const u64 start = cycles();
  while (cycles() - start < duration)
    spin();
}

DEVICE void linkBody(const LinkParameters &p) {
  if (p.let == Let::AtStart)
    letNextLaunchStart();
  workFor(p.before);
  waitForEarlierLaunch();
  if (threadIdx.x == 0 && blockIdx.x == 0 && p.index) {
    // How often the chain has run, by this link: some of its CTAs may have
    // ended, but not this one.
    const u32 runs = loadAcquire(p.ended + p.index) / gridDim.x;
    if (loadAcquire(p.ended + p.index - 1) != (runs + 1) * gridDim.x)
      addRelaxed(p.wrong, 1);
  }
  workFor(p.after - p.after / 8);
  if (p.let == Let::BeforeLast)
    letNextLaunchStart();
  workFor(p.after / 8);
  __syncthreads();
  if (threadIdx.x == 0)
    addRelaxed(p.ended + p.index, 1);
}

PROBE_KERNEL(chainLink, 320, 1, LinkParameters, linkBody(p))

//===----------------------------------------------------------------------===//
// Measurements
//===----------------------------------------------------------------------===//

inline double microsecondsNow() {
  return 1e-3 * std::chrono::duration_cast<std::chrono::nanoseconds>(
                    std::chrono::steady_clock::now().time_since_epoch())
                    .count();
}

/// Microseconds of `work` on the stream, all of which is enqueued while another
/// kernel runs for `held` microseconds: without the host's part.
inline std::vector<double> heldTimes(const std::function<void()> &work,
                                     int repeats, double held) {
  std::vector<double> found;
  Moment start, end;
  for (int i = 0; i < runsOf(repeats); ++i) {
    launch(hold, {1, 32}, {static_cast<u64>((kEmulated ? 1 : 1000) * held)});
    start.record();
    work();
    end.record();
    synchronize();
    if (i >= kUncounted)
      found.push_back(end.microsecondsSince(start));
  }
  return found;
}

inline std::vector<double> dividedBy(std::vector<double> values, double by) {
  for (double &value : values)
    value /= by;
  return values;
}

/// One kind of launch of a kernel that does nothing.
template <typename P>
void measureLaunch(const std::string &what, void (*kernel)(P), const Grid &grid,
                   const Options &options, Stopwatch &stopwatch) {
  if (!options.hasTimeFor("launch, " + what))
    return;
  const std::remove_cv_t<P> parameters = {};
  const std::string refused = tryLaunch(kernel, grid, parameters);
  synchronize();
  if (!refused.empty()) {
    Record("launch").set("what", what).set("error", refused).print();
    return;
  }
#ifdef PROBE_EMULATED
  const auto start = [&] { launch(kernel, grid, parameters); };
#else
  // As a runtime does it: limits are raised once, not for each launch.
  Configuration configuration(kernel, grid);
  const auto start = [&] {
    PROBE_CHECK(cudaLaunchKernelEx(&configuration.config, kernel, parameters));
  };
#endif
  const int many = options.small ? 3 : 1000, held = options.small ? 2 : 400;
  const int runs = options.small ? 1 : 31;
  const auto launches = [&](int count) {
    for (int i = 0; i < count; ++i)
      start();
  };
  Record record("launch");
  record.set("what", what).set("ctas", grid.ctas).set("cluster", grid.cluster);
  record.set("shared", grid.shared);
  record.set("parameter_bytes", sizeof(P));
  // The floor of all times of the stopwatch.
  record.set("event_us", Spread(stopwatch.times(start, runs)).list());
  record.set("event_held_us",
             Spread(heldTimes(start, runs, options.small ? 1 : 200)).list());
  // Back to back: by the device alone, and at the host's pace.
  record.set("device_us",
             Spread(dividedBy(heldTimes([&] { launches(held); },
                                        options.small ? 1 : 7, 5000),
                              held))
                 .list());
  std::vector<double> streamed, host, trips;
  for (int i = 0; i < (options.small ? 1 : 7); ++i) {
    synchronize();
    const double first = microsecondsNow();
    launches(many);
    synchronize();
    streamed.push_back((microsecondsNow() - first) / many);
  }
  record.set("stream_us", Spread(streamed).list());
  for (int i = 0; i < (options.small ? 1 : 301); ++i) {
    const double first = microsecondsNow();
    start();
    host.push_back(microsecondsNow() - first);
    synchronize();
    trips.push_back(microsecondsNow() - first);
  }
  record.set("host_us", Spread(host).list());
  record.set("round_trip_us", Spread(trips).list());
  record.print();
}

inline void measureLaunches(const Device &device, const Options &options,
                            Stopwatch &stopwatch) {
  const unsigned all = options.small ? 2 : device.multiprocessors;
  const unsigned threads = options.small ? 32 : 320;
  Record("stopwatch")
      .set("us", Spread(stopwatch.times([] {}, options.small ? 1 : 31)).list())
      .print();
  measureLaunch("one CTA", emptyKernel, {1, threads}, options, stopwatch);
  measureLaunch("a CTA a multiprocessor", emptyKernel, {all, threads}, options,
                stopwatch);
  measureLaunch("128 bytes of parameters", emptyKernel128, {all, threads},
                options, stopwatch);
  measureLaunch("227 KB of shared memory", emptyKernel128,
                {all, threads, 1, device.sharedBytes}, options, stopwatch);
  const unsigned size = options.small ? 2 : 16;
  Grid clusters = {size, threads, size, device.sharedBytes};
  int resident = 0;
  const std::string error =
      tryResidentClusters(emptyKernel128, clusters, resident);
  if (!error.empty() || resident < 1) {
    Record("launch")
        .set("what", "clusters of 16")
        .set("error", error.empty() ? "no cluster is resident" : error)
        .print();
    return;
  }
  if (!options.small)
    clusters.ctas = resident * size;
  measureLaunch("clusters of 16", emptyKernel128, clusters, options, stopwatch);
}

/// A chain of kernels, and how it is launched.
class Chain {
public:
  Chain(const Device &device, const Options &options)
      : options(options), links(options.small ? 3 : 100),
        ctas(options.small ? 2 : device.multiprocessors),
        threads(options.small ? 32 : 320), ended(links), wrong(1) {
    wrong.fill(0);
    most = device.sharedBytes;
  }

  void measure() {
    for (const bool full : {false, true})
      for (const bool early : {false, true})
        for (const Let let : {Let::AtStart, Let::BeforeLast, Let::AtExit}) {
          // Without early launch nothing comes of letting the next one start.
          if (!early && let != Let::AtExit)
            continue;
          const size_t shared = full ? most : 0;
          measureStream(early, let, shared);
#ifndef PROBE_EMULATED
          measureGraph(early, let, shared);
#endif
        }
  }

private:
  void launchAll(bool early, Let let, size_t shared) const {
    for (u32 i = 0; i < links; ++i)
      launch(chainLink, {ctas, threads, 1, shared, early},
             {before, after, let, i, ended.data(), wrong.data()});
  }

  Record describe(const std::string &how, bool early, Let let, size_t shared) {
    Record record("chain");
    record.set("how", how).set("early", early).set("shared", shared);
    record.set("let", let == Let::AtStart      ? "at start"
                      : let == Let::BeforeLast ? "before last"
                                               : "at exit");
    record.set("links", links).set("before", before).set("after", after);
    return record;
  }

  void start() {
    ended.fill(0);
    wrong.fill(0);
    synchronize();
  }

  void measureStream(bool early, Let let, size_t shared) {
    if (!options.hasTimeFor("chain"))
      return;
    start();
    const std::vector<double> times =
        dividedBy(heldTimes([&] { launchAll(early, let, shared); },
                            options.small ? 1 : 15, options.small ? 1 : 2000),
                  links);
    describe("stream", early, let, shared)
        .set("us", Spread(times).list())
        .set("right", wrong.download()[0] == 0)
        .print();
  }

#ifndef PROBE_EMULATED
  /// The same as a graph; that one cannot be captured is a record.
  void measureGraph(bool early, Let let, size_t shared) {
    if (!options.hasTimeFor("graph"))
      return;
    start();
    Record record = describe("graph", early, let, shared);
    const auto refused = [&](const char *call, cudaError_t error) {
      if (error == cudaSuccess)
        return false;
      (void)cudaGetLastError();
      record.set("error", std::string(call) + ": " + cudaGetErrorString(error))
          .print();
      return true;
    };
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t program = nullptr;
    if (refused("cudaStreamBeginCapture",
                cudaStreamBeginCapture(stream(), cudaStreamCaptureModeRelaxed)))
      return;
    std::string error;
    for (u32 i = 0; i < links && error.empty(); ++i)
      error = tryLaunch(chainLink, {ctas, threads, 1, shared, early},
                        {before, after, let, i, ended.data(), wrong.data()});
    const cudaError_t captured = cudaStreamEndCapture(stream(), &graph);
    if (!error.empty()) {
      (void)cudaGetLastError();
      record.set("error", "capture: " + error).print();
      return;
    }
    if (refused("cudaStreamEndCapture", captured))
      return;
    if (refused("cudaGraphInstantiate",
                cudaGraphInstantiate(&program, graph, 0))) {
      PROBE_CHECK(cudaGraphDestroy(graph));
      return;
    }
#if CUDART_VERSION >= 13000
    // A chain has fewer edges than links.
    size_t edges = links;
    std::vector<cudaGraphNode_t> sources(edges), targets(edges);
    std::vector<cudaGraphEdgeData> data(edges);
    if (cudaGraphGetEdges(graph, sources.data(), targets.data(), data.data(),
                          &edges) == cudaSuccess) {
      int programmatic = 0;
      for (size_t i = 0; i < std::min(edges, data.size()); ++i)
        programmatic += data[i].type == cudaGraphDependencyTypeProgrammatic;
      record.set("edges", edges).set("programmatic_edges", programmatic);
    } else {
      (void)cudaGetLastError();
    }
#endif
    PROBE_CHECK(cudaGraphUpload(program, stream()));
    synchronize();
    const auto replay = [&] {
      PROBE_CHECK(cudaGraphLaunch(program, stream()));
    };
    const std::vector<double> times =
        dividedBy(heldTimes(replay, 15, 500), links);
    std::vector<double> host;
    for (int i = 0; i < 31; ++i) {
      synchronize();
      const double first = microsecondsNow();
      replay();
      host.push_back(microsecondsNow() - first);
    }
    synchronize();
    record.set("us", Spread(times).list())
        .set("host_us", Spread(host).list())
        .set("right", wrong.download()[0] == 0)
        .print();
    PROBE_CHECK(cudaGraphExecDestroy(program));
    PROBE_CHECK(cudaGraphDestroy(graph));
  }
#endif

  const Options &options;
  u32 links;
  unsigned ctas, threads;
  Buffer<u32> ended, wrong;
  size_t most = 0;
  /// About 1 us and 2 us.
  u32 before = kEmulated ? 10 : 1750, after = kEmulated ? 20 : 3500;
};

#ifndef PROBE_EMULATED
/// What a graph of one empty kernel costs, beside its launch.
inline void measureSmallGraph(const Options &options) {
  if (!options.hasTimeFor("a graph of one kernel"))
    return;
  launch(emptyKernel, {1, 32}, {});
  synchronize();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t program = nullptr;
  PROBE_CHECK(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeRelaxed));
  launch(emptyKernel, {1, 32}, {});
  PROBE_CHECK(cudaStreamEndCapture(stream(), &graph));
  PROBE_CHECK(cudaGraphInstantiate(&program, graph, 0));
  PROBE_CHECK(cudaGraphUpload(program, stream()));
  const auto replay = [&] { PROBE_CHECK(cudaGraphLaunch(program, stream())); };
  const std::vector<double> times = heldTimes(replay, 31, 100);
  std::vector<double> host, trips;
  for (int i = 0; i < 101; ++i) {
    const double first = microsecondsNow();
    replay();
    host.push_back(microsecondsNow() - first);
    synchronize();
    trips.push_back(microsecondsNow() - first);
  }
  Record("graph of one")
      .set("event_held_us", Spread(times).list())
      .set("host_us", Spread(host).list())
      .set("round_trip_us", Spread(trips).list())
      .print();
  PROBE_CHECK(cudaGraphExecDestroy(program));
  PROBE_CHECK(cudaGraphDestroy(graph));
}
#endif

} // namespace probe

#endif // PROBE_CEILINGS_LAUNCHES_H
