//===- TrafficCounter.h - What requests cost --------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_TRAFFICCOUNTER_H
#define MHC_EMULATOR_COUNTERS_TRAFFICCOUNTER_H

#include "Counters/Counters.h"
#include "Counters/L2Cache.h"
#include "Counters/Request.h"

#include "llvm/ADT/ArrayRef.h"

#include <vector>

namespace mhc::emulator {

/// The passes that a request to shared memory takes.
struct Wavefronts {
  /// Without conflicts: one for each group of lanes with an active lane.
  unsigned ideal = 0;
  /// Beyond these, because of bank conflicts.
  unsigned conflicts = 0;
};

/// Counts the passes of a request to shared memory of accesses of at most 16
/// bytes a lane.
///
/// Shared memory has 32 banks; successive words of 4 bytes lie in successive
/// banks. A bank gives one word in a pass, to all lanes that want it, so that
/// lanes which access the same word, or parts of it, do not conflict (CUDA C++
/// Programming Guide, "Shared Memory" of compute capability 5.x, to which the
/// sections of 8.x and 9.x refer). A pass moves at most 128 bytes: up to 4
/// bytes a lane take one pass of 32 lanes, 8 bytes two passes of 16 lanes each,
/// 16 bytes four passes of 8 lanes each, in the order of the lanes; ldmatrix
/// and stmatrix likewise take one pass for each matrix of eight 16-byte rows,
/// and are given as 16-byte accesses of the lanes whose addresses they use.
/// (The guide states this division for older devices only; for newer ones it is
/// what profilers show as wavefronts.) In each of these groups the bank with
/// the most distinct words decides; a word after the first is a conflict.
///
/// Not modelled: that the hardware may join groups of a wide access whose
/// words are the same; and that atomics of several lanes on one word take
/// turns, which is not a conflict of banks.
Wavefronts countWavefronts(const Request &request);

/// Counts requests, by one host thread. Wants accesses as the hardware makes
/// them: a vector that is aligned to less than its size takes several. An
/// access of more than 16 bytes a lane is taken as several of 16.
class TrafficCounter {
public:
  /// Without a cache nothing is counted for L2 and device memory.
  explicit TrafficCounter(Counters &counters, L2Cache *l2 = nullptr)
      : counters(counters), l2(l2) {}
  ~TrafficCounter() { commit(); }
  TrafficCounter(const TrafficCounter &) = delete;
  TrafficCounter &operator=(const TrafficCounter &) = delete;

  void count(const Request &request);
  void operator()(const Request &request) { count(request); }

  /// Where a bulk copy reads or writes: global, shared or distributed memory.
  struct BulkEnd {
    TrafficSpace space = TrafficSpace::Global;
    uint64_t address = 0;
    uint32_t buffer = kNoBuffer;
  };
  /// A bulk copy of one lane: one request at each end. `to` has several
  /// elements for a multicast and none for a prefetch to L2. With `reduce` the
  /// destinations are updated by atomics.
  void countBulkCopy(const BulkEnd &from, llvm::ArrayRef<BulkEnd> to,
                     uint64_t bytes, bool reduce = false);

  /// Plays what was counted so far to the cache. Happens by itself now and
  /// then, and at the end; to be called where another thread's or launch's
  /// accesses are to come after these.
  void commit();

private:
  void countGlobal(const Request &request);
  void countShared(const Request &request);
  void countRange(LineAccess::Kind kind, uint64_t address, uint64_t bytes,
                  uint32_t buffer);
  void countBulkEnd(const BulkEnd &end, LineAccess::Kind kind, uint64_t bytes);
  GlobalTraffic &getGlobal(LineAccess::Kind kind);
  SharedTraffic &getShared(LineAccess::Kind kind);
  PlainTraffic &getPlain(TrafficSpace space, LineAccess::Kind kind);

  Counters &counters;
  L2Cache *l2;
  std::vector<LineAccess> batch;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_TRAFFICCOUNTER_H
