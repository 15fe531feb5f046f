//===- clusters.cu - Clusters: how many, and how far apart ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many clusters are resident at once, and how long it takes to say
// something to another CTA. Five figures are the least, the quartiles with the
// median, and the greatest. Records:
//
// residency  cluster (CTAs), kilobytes (asked for), shared (bytes), threads,
//            driver (clusters at once, by the driver's answer) or driver_error;
//            by trial: seen (clusters at once), launched, multiprocessors (that
//            those were on), idle (the others); or error (the launch)
// distance   what, cluster (CTAs; 1: none), at once (clusters, groups or pairs
//            that do it at the same time), cycles[5], ns (of the median),
//            right; messages: rank (from CTA 0 to this one); or error
//              cluster barrier (arrive.release, wait.acquire), the same with
//              arrive.relaxed, __syncthreads, shuffle (__syncwarp is no
//              instruction in a warp that is together)
//              shared load, remote load
//              remote store, remote arrival: one way, half a round trip
//              flag by store, flag by add: through L2, one way; partner: the
//              CTA, where one pair runs alone
//              exchange in cluster, exchange through L2: all of a tile
// left out   what: no time was left for it
//
// --only takes residency, barriers, exchanges, messages, flags.
//
//===----------------------------------------------------------------------===//

#include "clusters/barriers.h"
#include "clusters/exchange.h"
#include "clusters/messages.h"
#include "clusters/residency.h"

using namespace probe;

namespace {

class Distances {
public:
  Distances(const Device &device, const Options &options)
      : device(device), options(options),
        // One CTA on a multiprocessor.
        shared(std::min<size_t>(200 * 1024, device.sharedBytes)) {}

  void measureBarriers() {
    struct Kind {
      const char *what;
      void (*kernel)(BarrierParameters);
    };
    // A cluster of one has no barrier of a cluster: it would be that of a CTA.
    for (const unsigned size : {2, 4, 8, 13, 16}) {
      measureBarrier("cluster barrier", clusterBarrier, size, 64);
      measureBarrier("cluster barrier, relaxed", clusterBarrierRelaxed, size,
                     64);
    }
    for (const Kind &kind :
         {Kind{"__syncthreads", ctaBarrier}, Kind{"shuffle", shuffleChain}})
      measureBarrier(kind.what, kind.kernel, 1, 256);
  }

  void measureMessages() {
    measureMessage("shared load", chaseShared, 16, 0, 1);
    for (const unsigned rank : {0, 1, 2, 7, 8, 15})
      measureMessage("remote load", chaseRemote, 16, rank, 1);
    for (const unsigned size : {2, 8, 16})
      for (unsigned rank = 1; rank < size; ++rank) {
        measureMessage("remote store", pingPongStore, size, rank, 0.5);
        measureMessage("remote arrival", pingPongArrive, size, rank, 0.5);
      }
  }

  void measureFlags() {
    const unsigned all = ctasOfSeveral(flagByStore);
    for (const bool add : {false, true}) {
      const unsigned partners = options.small ? 2 : 12;
      // Some pairs alone, then all CTAs in pairs.
      for (unsigned i = 1; i <= partners; ++i)
        measureFlag(add, all, i * (all - 1) / partners);
      measureFlag(add, all / 2 * 2, 0);
    }
  }

  void measureExchanges() {
    for (const unsigned size : {8, 13, 16})
      for (const unsigned clusters : numbersOf(exchangeInCluster, size, 32))
        measureExchange("exchange in cluster", exchangeInCluster, size,
                        clusters, true);
    const unsigned all = ctasOfSeveral(exchangeThroughL2);
    for (const unsigned size : {16u, kMostOfGroup})
      for (const unsigned groups : {1u, options.small ? 2u : all / size})
        if (groups && (groups == 1 || !options.small || size == 16))
          measureExchange("exchange through L2", exchangeThroughL2, size,
                          groups, false);
  }

private:
  /// CTAs of a launch on different multiprocessors, all of them resident.
  template <typename P> unsigned ctasOfSeveral(void (*kernel)(P)) const {
    if (options.small)
      return 6;
    return std::min(residentClusters(kernel, {1, 32, 1, shared}),
                    device.multiprocessors);
  }

  /// One cluster, and as many as are resident; none where none is.
  template <typename P>
  std::vector<unsigned> numbersOf(void (*kernel)(P), unsigned size,
                                  unsigned threads) const {
    if (options.small)
      return {1, 2};
    int resident = 0;
    const std::string error =
        tryResidentClusters(kernel, {size, threads, size, shared}, resident);
    if (error.empty() && resident > 1)
      return {1, static_cast<unsigned>(resident)};
    if (error.empty() && resident == 1)
      return {1};
    Record("distance")
        .set("what", "launch")
        .set("cluster", size)
        .set("error", error.empty() ? "no cluster is resident" : error)
        .print();
    return {};
  }

  /// Launches, and says so if that is refused.
  template <typename P>
  bool runs(Record &record, void (*kernel)(P), const Grid &grid,
            const std::remove_cv_t<P> &parameters) {
    const std::string error = tryLaunch(kernel, grid, parameters);
    if (!error.empty())
      record.set("error", error).print();
    return error.empty();
  }

  void measureBarrier(const char *what, void (*kernel)(BarrierParameters),
                      unsigned size, u32 steps) {
    const unsigned threads = options.small ? 32 : 320;
    for (const unsigned clusters : numbersOf(kernel, size, threads)) {
      if (!options.hasTimeFor(what))
        return;
      const unsigned ctas = clusters * size;
      const Measurement measurement(options, ctas, 64, steps);
      Buffer<u32> sink(ctas * threads);
      Record record("distance");
      record.set("what", what).set("cluster", size).set("at once", clusters);
      if (runs(record, kernel, {ctas, threads, size, shared},
               {measurement.samples(), sink.data()}))
        measurement.addTo(record).print();
    }
  }

  void measureMessage(const char *what, void (*kernel)(MessageParameters),
                      unsigned size, unsigned rank, double share) {
    for (const unsigned clusters : numbersOf(kernel, size, 32)) {
      if (!options.hasTimeFor(what))
        return;
      const Measurement measurement(options, clusters, 64, 32, size);
      Record record("distance");
      record.set("what", what).set("cluster", size).set("rank", rank);
      record.set("at once", clusters);
      if (runs(record, kernel, {clusters * size, 32, size, shared},
               {measurement.samples(), rank}))
        measurement.addTo(record, share).print();
    }
  }

  void measureFlag(bool add, unsigned ctas, unsigned partner) {
    const char *what = add ? "flag by add" : "flag by store";
    if (!options.hasTimeFor(what))
      return;
    const unsigned pairs = partner ? 1 : ctas / 2;
    const Measurement measurement(options, pairs, 32, 16);
    Buffer<u32> flags(static_cast<size_t>(ctas) * kFlagWords);
    flags.fill(0);
    Record record("distance");
    record.set("what", what).set("cluster", 1).set("at once", pairs);
    if (partner)
      record.set("partner", partner);
    if (runs(record, add ? flagByAdd : flagByStore, {ctas, 32, 1, shared},
             {measurement.samples(), partner, flags.data()}))
      measurement.addTo(record, 0.5).print();
  }

  void measureExchange(const char *what, void (*kernel)(ExchangeParameters),
                       unsigned size, unsigned groups, bool inCluster) {
    if (!options.hasTimeFor(what))
      return;
    const unsigned ctas = groups * size;
    const Measurement measurement(options, ctas, 256, 1);
    const size_t cells = static_cast<size_t>(groups) * 2 * kTileTokens;
    Buffer<float> partials(cells * size * 28), gates(cells * 4);
    Buffer<u32> flags(static_cast<size_t>(groups) * kFlagWords);
    flags.fill(0);
    Record record("distance");
    record.set("what", what).set("cluster", size).set("at once", groups);
    if (runs(record, kernel, {ctas, 32, inCluster ? size : 1, shared},
             {measurement.samples(), size, partials.data(), gates.data(),
              flags.data()}))
      measurement.addTo(record).print();
  }

  const Device &device;
  const Options &options;
  size_t shared;
};

} // namespace

int main(int argc, char **argv) {
  const Options options(argc, argv);
  const Device device = openDevice();
  if (options.selects("residency"))
    for (const unsigned size : {1, 2, 4, 8, 13, 16})
      for (const int kilobytes : {48, 100, 144, 227})
        if (options.hasTimeFor("residency"))
          measureResidency(device, options, size, kilobytes);
  Distances distances(device, options);
  if (options.selects("barriers"))
    distances.measureBarriers();
  if (options.selects("exchanges"))
    distances.measureExchanges();
  if (options.selects("messages"))
    distances.measureMessages();
  if (options.selects("flags"))
    distances.measureFlags();
  return 0;
}
