//===- AccessLog.cpp - Accesses of lanes become requests of warps ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters/AccessLog.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

#include <algorithm>

using namespace llvm;

namespace mhc::emulator {

AccessLog::AccessLog(unsigned capacity) : capacity(std::max(capacity, 2u)) {}

bool AccessLog::isEmpty() const {
  return all_of(counts, [](unsigned count) { return count == 0; });
}

void AccessLog::grow() {
  allocated = std::max(2 * allocated, kPiece);
  entries.resize(size_t(allocated) * kLanes);
}

void RequestMerger::merge(AccessLog &log, uint32_t openLanes, Sink sink) {
  cursors = {};
  remaining = 0;
  for (unsigned lane = 0; lane != kLanes; ++lane)
    if (log.counts[lane] != 0)
      remaining |= uint32_t(1) << lane;
  if (remaining == 0)
    return;

  mergeEqual(log, sink);
  if (remaining != 0 && !mustWait(log, openLanes))
    mergeDivergent(log, openLanes, sink);
  compact(log);
}

void RequestMerger::mergeEqual(const AccessLog &log, Sink sink) {
  unsigned position = 0;
  auto finish = [&] {
    forEachLane(remaining, [&](unsigned lane) {
      cursors[lane] = position;
      if (log.counts[lane] == position)
        remaining &= ~(uint32_t(1) << lane);
    });
  };
  unsigned end = log.capacity;
  forEachLane(remaining,
              [&](unsigned lane) { end = std::min(end, log.counts[lane]); });

  for (; position != end; ++position) {
    const LaneAccess &first = log.get(llvm::countr_zero(remaining), position);
    const uint32_t site = first.getSite();
    const unsigned kindAndSpace = first.getKindAndSpace();
    uint32_t differences = 0;
    auto take = [&](unsigned lane) {
      const LaneAccess &access = log.get(lane, position);
      differences |= access.getSite() ^ site;
      differences |= access.getKindAndSpace() ^ kindAndSpace;
      request.address[lane] = access.getAddress();
      request.buffer[lane] = access.getBuffer();
      request.size[lane] = access.getSize();
    };
    if (remaining == ~uint32_t(0))
      for (unsigned lane = 0; lane != kLanes; ++lane)
        take(lane);
    else
      forEachLane(remaining, take);
    if (differences != 0)
      break;
    request.site = site;
    request.kind = first.getKind();
    request.space = first.getSpace();
    request.active = remaining;
    sink(request);
  }
  finish();
}

bool RequestMerger::mustWait(const AccessLog &log, uint32_t &openLanes) const {
  bool isOpen = false;
  forEachLane(openLanes & ~remaining,
              [&](unsigned lane) { isOpen |= log.counts[lane] != 0; });
  if (!isOpen)
    return false;
  // A lane that would be left with too little room cannot wait.
  bool isShort = false;
  forEachLane(remaining, [&](unsigned lane) {
    isShort |= log.counts[lane] - cursors[lane] > log.capacity / 2;
  });
  if (isShort)
    openLanes = 0;
  return !isShort;
}

void RequestMerger::computeKeys(const AccessLog &log) {
  for (uint32_t site : sitesInUse)
    siteIndex[site] = 0;
  sitesInUse.clear();
  numSites = 0;
  pending.clear();
  keys.resize(log.entries.size());

  forEachLane(remaining, [&](unsigned lane) {
    for (unsigned position = cursors[lane]; position != log.counts[lane];
         ++position) {
      const size_t index = AccessLog::getIndex(lane, position);
      const uint32_t site = log.entries[index].getSite();
      if (site >= siteIndex.size())
        siteIndex.resize(std::max<size_t>(site + 1, 2 * siteIndex.size()));
      if (siteIndex[site] == 0) {
        siteIndex[site] = ++numSites;
        sitesInUse.push_back(site);
        if (siteKeys.size() < numSites)
          siteKeys.emplace_back();
        SiteKeys &fresh = siteKeys[numSites - 1];
        fresh.keys.clear();
        fresh.occurrences = 0;
        fresh.lane = lane;
      }
      SiteKeys &known = siteKeys[siteIndex[site] - 1];
      if (known.lane != lane) {
        known.lane = lane;
        known.occurrences = 0;
      }
      if (known.occurrences == known.keys.size()) {
        known.keys.push_back(pending.size());
        pending.push_back(0);
      }
      const uint32_t key = known.keys[known.occurrences++];
      keys[index] = key;
      ++pending[key];
    }
  });
}

void RequestMerger::mergeDivergent(const AccessLog &log, uint32_t openLanes,
                                   Sink sink) {
  computeKeys(log);
  std::array<uint32_t, kLanes> headKeys, headSites;
  auto load = [&](uint32_t lanes) {
    forEachLane(lanes, [&](unsigned lane) {
      const size_t index = AccessLog::getIndex(lane, cursors[lane]);
      headKeys[lane] = keys[index];
      headSites[lane] = log.entries[index].getSite();
    });
  };
  load(remaining);

  while (remaining != 0) {
    // The lowest site that no lane has yet to come to, or else the lowest.
    uint32_t chosen = 0, lowest = 0;
    uint32_t chosenSite = 0, lowestSite = 0;
    const uint32_t firstSite = headSites[llvm::countr_zero(remaining)];
    uint32_t differences = 0;
    forEachLane(remaining, [&](unsigned lane) {
      differences |= headSites[lane] ^ firstSite;
    });
    if (differences == 0)
      chosen = remaining;
    for (uint32_t rest = remaining & ~chosen; rest != 0;) {
      const uint32_t site = headSites[llvm::countr_zero(rest)];
      const uint32_t key = headKeys[llvm::countr_zero(rest)];
      uint32_t lanes = 0;
      unsigned numOfKey = 0;
      forEachLane(rest, [&](unsigned lane) {
        if (headSites[lane] != site)
          return;
        lanes |= uint32_t(1) << lane;
        numOfKey += headKeys[lane] == key;
      });
      rest &= ~lanes;
      if (lowest == 0 || site < lowestSite) {
        lowest = lanes;
        lowestSite = site;
      }
      if (numOfKey == pending[key] && (chosen == 0 || site < chosenSite)) {
        chosen = lanes;
        chosenSite = site;
      }
    }
    if (chosen == 0)
      chosen = lowest;

    forEachLane(chosen, [&](unsigned lane) { --pending[headKeys[lane]]; });
    emit(log, chosen, sink);
    uint32_t ended = 0;
    forEachLane(chosen, [&](unsigned lane) {
      if (cursors[lane] == log.counts[lane])
        ended |= uint32_t(1) << lane;
    });
    remaining &= ~ended;
    if (ended != 0 && mustWait(log, openLanes))
      return;
    load(chosen & remaining);
  }
}

void RequestMerger::emit(const AccessLog &log, uint32_t lanes, Sink sink) {
  while (lanes != 0) {
    const unsigned leader = llvm::countr_zero(lanes);
    const LaneAccess &first = log.get(leader, cursors[leader]);
    request.site = first.getSite();
    request.kind = first.getKind();
    request.space = first.getSpace();
    request.active = 0;
    forEachLane(lanes, [&](unsigned lane) {
      const LaneAccess &access = log.get(lane, cursors[lane]);
      if (access.getKindAndSpace() != first.getKindAndSpace())
        return;
      request.active |= uint32_t(1) << lane;
      request.address[lane] = access.getAddress();
      request.buffer[lane] = access.getBuffer();
      request.size[lane] = access.getSize();
      ++cursors[lane];
    });
    lanes &= ~request.active;
    sink(request);
  }
}

void RequestMerger::compact(AccessLog &log) {
  for (unsigned lane = 0; lane != kLanes; ++lane) {
    const unsigned rest = log.counts[lane] - cursors[lane];
    for (unsigned position = 0; position != rest && cursors[lane] != 0;
         ++position)
      log.entries[AccessLog::getIndex(lane, position)] =
          log.get(lane, cursors[lane] + position);
    log.counts[lane] = rest;
  }
}

} // namespace mhc::emulator
