//===- AccessLog.h - What the lanes of a warp have accessed -----*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On a GPU the lanes of a warp access memory together; in the emulator they run
// one after another. So each lane's accesses are kept in a log until the other
// lanes have come as far, and are then merged into the requests that the warp
// makes on a GPU.
//
// Lanes join into one request where they access memory by the same instruction
// (site) in the same kind and space. While all lanes have made the same
// accesses that is one walk over the logs. Where they differ, which site goes
// first is chosen so that lanes meet again as early as they can: a site is put
// off while a lane that stands elsewhere has yet to come to the same occurrence
// of it. Where sites wait for each other in a circle (lanes that take turns at
// two branches of a loop), the site with the lowest number goes first, which is
// right where sites are numbered in program order. The order of each lane is
// always kept.
//
// What this cannot see: two iterations of a loop in which no lane accesses
// anything between them look like one; and requests of several warps reach the
// L2 model in the order of the merges, not that of single instructions.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_ACCESSLOG_H
#define MHC_EMULATOR_COUNTERS_ACCESSLOG_H

#include "Counters/Request.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Compiler.h"

#include <array>
#include <vector>

namespace mhc::emulator {

/// The accesses of the lanes of one warp that are not merged yet. Memory grows
/// with the longest lane, up to `capacity` accesses (16 bytes each) a lane.
class AccessLog {
public:
  explicit AccessLog(unsigned capacity = 256);

  /// Notes an access. True if the lane's log is now full: the other lanes must
  /// run on until each is full, blocked or ended, and the log be merged, before
  /// this lane records anything more.
  bool record(unsigned lane, const LaneAccess &access) {
    const unsigned position = counts[lane];
    assert(position < capacity && "merge a full log before recording");
    if (LLVM_UNLIKELY(position == allocated))
      grow();
    entries[getIndex(lane, position)] = access;
    counts[lane] = position + 1;
    return position + 1 == capacity;
  }

  bool isEmpty() const;
  /// Accesses of the lane that are not merged.
  unsigned getCount(unsigned lane) const { return counts[lane]; }

private:
  friend class RequestMerger;

  // Lanes are interleaved in pieces of 256 bytes: one lane writes in order, a
  // walk over all lanes does not hit one set of the cache, and short logs stay
  // small.
  static constexpr unsigned kPiece = 16;
  static size_t getIndex(unsigned lane, unsigned position) {
    return size_t(position / kPiece) * (kLanes * kPiece) + lane * kPiece +
           position % kPiece;
  }
  const LaneAccess &get(unsigned lane, unsigned position) const {
    return entries[getIndex(lane, position)];
  }
  void grow();

  std::vector<LaneAccess> entries;
  std::array<unsigned, kLanes> counts = {};
  unsigned allocated = 0;
  unsigned capacity;
};

/// Merges logs into requests. Holds what it needs meanwhile, so one object
/// serves all warps of a host thread.
class RequestMerger {
public:
  using Sink = llvm::function_ref<void(const Request &)>;

  /// Merges what `log` holds, and passes each request to `sink`.
  ///
  /// A lane in `openLanes` stopped because its log is full, and may yet take
  /// part in requests that other lanes have reached already: these stay in the
  /// log, unless that leaves a lane with less than half of its log free. Lanes
  /// that wait for others, or have ended, are not open. With no open lane the
  /// log is empty afterwards; so it must be merged when the warp has ended.
  void merge(AccessLog &log, uint32_t openLanes, Sink sink);

private:
  /// Requests of lanes that all do the same; stops where they differ.
  void mergeEqual(const AccessLog &log, Sink sink);
  /// Whether an open lane that has nothing left may yet join the others. If
  /// these cannot wait, no lane is taken to be open from here on.
  bool mustWait(const AccessLog &log, uint32_t &openLanes) const;
  void mergeDivergent(const AccessLog &log, uint32_t openLanes, Sink sink);
  /// Numbers each pair of a site and its occurrence in a lane.
  void computeKeys(const AccessLog &log);
  /// Builds the request of `lanes` at their cursors, one for each kind and
  /// space, and moves these on.
  void emit(const AccessLog &log, uint32_t lanes, Sink sink);
  /// Removes what is merged.
  void compact(AccessLog &log);

  Request request;
  std::array<unsigned, kLanes> cursors = {};
  /// Lanes with accesses that are not merged.
  uint32_t remaining = 0;

  /// The numbers of an access's site and occurrence, at the index it has in the
  /// log, and how many lanes have yet to come to each.
  std::vector<uint32_t> keys;
  std::vector<uint8_t> pending;
  /// For each site, in the order of appearance: the keys of its occurrences,
  /// and how often the lane in hand has come to it.
  struct SiteKeys {
    std::vector<uint32_t> keys;
    uint32_t occurrences = 0;
    unsigned lane = 0;
  };
  std::vector<SiteKeys> siteKeys;
  unsigned numSites = 0;
  /// By site number: its index in `siteKeys`, if it is in use.
  std::vector<uint32_t> siteIndex;
  std::vector<uint32_t> sitesInUse;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_ACCESSLOG_H
