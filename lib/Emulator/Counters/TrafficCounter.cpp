//===- TrafficCounter.cpp - What requests cost ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters/TrafficCounter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace llvm;

namespace mhc::emulator {

static constexpr unsigned kBanks = 32;
static constexpr unsigned kWordBytes = 4;
static constexpr uint64_t kPassBytes = uint64_t(kBanks) * kWordBytes;
/// The widest access of a lane in one request.
static constexpr unsigned kMaxAccess = 16;
/// Lines after which a batch is played to the cache.
static constexpr size_t kBatchLines = 512;

static LineAccess::Kind getLineKind(TrafficKind kind) {
  switch (kind) {
  case TrafficKind::Read:
  case TrafficKind::AsyncRead:
    return LineAccess::Read;
  case TrafficKind::Write:
  case TrafficKind::AsyncWrite:
    return LineAccess::Write;
  case TrafficKind::Atomic:
    return LineAccess::Atomic;
  }
  return LineAccess::Read;
}

/// The size of all accesses if all lanes are active and each follows upon the
/// one before, else 0.
static unsigned getSizeIfContiguous(const Request &request) {
  if (request.active != ~uint32_t(0))
    return 0;
  const uint64_t base = request.address[0];
  const unsigned size = request.size[0];
  uint64_t differences = 0;
  for (unsigned lane = 0; lane != kLanes; ++lane) {
    differences |= request.address[lane] ^ (base + uint64_t(lane) * size);
    differences |= request.size[lane] ^ size;
  }
  return differences == 0 ? size : 0;
}

static unsigned getMaxSize(const Request &request) {
  unsigned size = 0;
  if (request.active == ~uint32_t(0)) {
    for (unsigned lane = 0; lane != kLanes; ++lane)
      size = std::max<unsigned>(size, request.size[lane]);
    return size;
  }
  forEachLane(request.active, [&](unsigned lane) {
    size = std::max<unsigned>(size, request.size[lane]);
  });
  return size;
}

static uint64_t sumSizes(const Request &request) {
  uint64_t bytes = 0;
  forEachLane(request.active,
              [&](unsigned lane) { bytes += request.size[lane]; });
  return bytes;
}

Wavefronts countWavefronts(const Request &request) {
  Wavefronts result;
  const unsigned maxSize = getMaxSize(request);
  const unsigned numGroups = maxSize <= 4 ? 1 : maxSize <= 8 ? 2 : 4;
  const unsigned groupLanes = kLanes / numGroups;
  if (unsigned size = getSizeIfContiguous(request);
      size != 0 && request.address[0] % size == 0 && isPowerOf2_32(size)) {
    // Each group covers at most 128 bytes; these may start anywhere, since
    // the words of any 128 bytes in a row lie in different banks.
    result.ideal = numGroups;
    return result;
  }

  // Aligned accesses of one size of 8 or 16 bytes take the same banks whole, so
  // these may be seen as fewer and wider ones.
  uint64_t bits = 0;
  forEachLane(request.active, [&](unsigned lane) {
    bits |= request.address[lane] | request.size[lane];
  });
  unsigned unitLog2 = Log2_32(kWordBytes);
  for (unsigned size : {8u, 16u})
    if (maxSize == size && bits % size == 0)
      unitLog2 = Log2_32(size);
  const uint64_t bankMask = (kPassBytes >> unitLog2) - 1;

  for (unsigned group = 0; group != numGroups; ++group) {
    const uint32_t lanes =
        request.active & maskTrailingOnes<uint32_t>(groupLanes)
                             << (group * groupLanes);
    if (lanes == 0)
      continue;
    ++result.ideal;
    // The distinct words, in a list for each bank.
    constexpr uint8_t none = 0xff;
    uint8_t heads[kBanks];
    uint8_t depths[kBanks] = {};
    llvm::fill(heads, none);
    uint64_t words[kLanes * 5];
    uint8_t next[kLanes * 5];
    unsigned numWords = 0, deepest = 1;
    forEachLane(lanes, [&](unsigned lane) {
      const unsigned size = request.size[lane];
      if (size == 0)
        return;
      const uint64_t last = (request.address[lane] + size - 1) >> unitLog2;
      for (uint64_t word = request.address[lane] >> unitLog2; word <= last;
           ++word) {
        const unsigned bank = word & bankMask;
        unsigned known = heads[bank];
        while (known != none && words[known] != word)
          known = next[known];
        if (known != none)
          continue;
        words[numWords] = word;
        next[numWords] = heads[bank];
        heads[bank] = numWords++;
        deepest = std::max<unsigned>(deepest, ++depths[bank]);
      }
    });
    result.conflicts += deepest - 1;
  }
  return result;
}

GlobalTraffic &TrafficCounter::getGlobal(LineAccess::Kind kind) {
  switch (kind) {
  case LineAccess::Read:
    return counters.globalReads;
  case LineAccess::Write:
    return counters.globalWrites;
  case LineAccess::Atomic:
    return counters.globalAtomics;
  }
  return counters.globalReads;
}

SharedTraffic &TrafficCounter::getShared(LineAccess::Kind kind) {
  switch (kind) {
  case LineAccess::Read:
    return counters.sharedReads;
  case LineAccess::Write:
    return counters.sharedWrites;
  case LineAccess::Atomic:
    return counters.sharedAtomics;
  }
  return counters.sharedReads;
}

PlainTraffic &TrafficCounter::getPlain(TrafficSpace space,
                                       LineAccess::Kind kind) {
  if (space == TrafficSpace::Constant)
    return counters.constantReads;
  if (space == TrafficSpace::Local)
    return kind == LineAccess::Read ? counters.localReads
                                    : counters.localWrites;
  switch (kind) {
  case LineAccess::Read:
    return counters.distributedReads;
  case LineAccess::Write:
    return counters.distributedWrites;
  case LineAccess::Atomic:
    return counters.distributedAtomics;
  }
  return counters.distributedReads;
}

static uint64_t &getBytes(BufferTraffic &buffer, LineAccess::Kind kind) {
  return kind == LineAccess::Read    ? buffer.bytesRead
         : kind == LineAccess::Write ? buffer.bytesWritten
                                     : buffer.bytesAtomic;
}

static uint64_t &getSectors(BufferTraffic &buffer, LineAccess::Kind kind) {
  return kind == LineAccess::Read    ? buffer.sectorsRead
         : kind == LineAccess::Write ? buffer.sectorsWritten
                                     : buffer.sectorsAtomic;
}

/// Adds the bytes from `begin` to before `end` of a line to what is done to it.
static void addBytes(LineAccess &access, unsigned begin, unsigned end) {
  access.sectors |=
      (2u << (end - 1) / kSectorBytes) - (1u << begin / kSectorBytes);
  if (access.kind != LineAccess::Write)
    return;
  for (unsigned half = 0; half != 2; ++half) {
    const unsigned from =
        std::clamp<unsigned>(begin, half * 64, half * 64 + 64);
    const unsigned to = std::clamp<unsigned>(end, half * 64, half * 64 + 64);
    access.bytes[half] |= maskTrailingOnes<uint64_t>(to - half * 64) &
                          ~maskTrailingOnes<uint64_t>(from - half * 64);
  }
}

void TrafficCounter::countRange(LineAccess::Kind kind, uint64_t address,
                                uint64_t bytes, uint32_t buffer) {
  GlobalTraffic &traffic = getGlobal(kind);
  const uint64_t end = address + bytes;
  const uint64_t numLines = (end - 1) / kLineBytes - address / kLineBytes + 1;
  const uint64_t numSectors =
      (end - 1) / kSectorBytes - address / kSectorBytes + 1;
  traffic.lines += numLines;
  traffic.sectors += numSectors;
  getSectors(counters.getBuffer(buffer), kind) += numSectors;
  if (!l2)
    return;
  for (uint64_t line = address / kLineBytes; line * kLineBytes < end; ++line) {
    LineAccess &access = batch.emplace_back();
    access.line = line;
    access.kind = kind;
    access.buffer = buffer;
    const uint64_t start = line * kLineBytes;
    if (address <= start && end - start >= kLineBytes) {
      access.sectors = 0xf;
      access.bytes[0] = access.bytes[1] = ~uint64_t(0);
      continue;
    }
    addBytes(access, address > start ? address - start : 0,
             std::min<uint64_t>(end - start, kLineBytes));
  }
}

void TrafficCounter::countGlobal(const Request &request) {
  const LineAccess::Kind kind = getLineKind(request.kind);
  GlobalTraffic &traffic = getGlobal(kind);
  ++traffic.requests;

  const uint32_t leader = llvm::countr_zero(request.active);
  const uint32_t firstBuffer = request.buffer[leader];
  uint32_t differences = 0;
  uint64_t bytes = 0;
  forEachLane(request.active, [&](unsigned lane) {
    differences |= request.buffer[lane] ^ firstBuffer;
    bytes += request.size[lane];
  });
  traffic.bytes += bytes;
  if (request.kind == TrafficKind::AsyncRead) {
    counters.asyncCopies += llvm::popcount(request.active);
    counters.asyncCopyBytes += bytes;
  }
  if (differences == 0) {
    getBytes(counters.getBuffer(firstBuffer), kind) += bytes;
    if (unsigned size = getSizeIfContiguous(request))
      return countRange(kind, request.address[0], uint64_t(kLanes) * size,
                        firstBuffer);
  } else {
    forEachLane(request.active, [&](unsigned lane) {
      getBytes(counters.getBuffer(request.buffer[lane]), kind) +=
          request.size[lane];
    });
  }

  const size_t firstOfRequest = batch.size();
  forEachLane(request.active, [&](unsigned lane) {
    uint64_t address = request.address[lane];
    const uint64_t end = address + request.size[lane];
    while (address < end) {
      const uint64_t line = address / kLineBytes;
      const uint64_t stop = std::min(end, (line + 1) * kLineBytes);
      size_t index = batch.size();
      while (index != firstOfRequest && batch[index - 1].line != line)
        --index;
      if (index == firstOfRequest) {
        batch.emplace_back();
        index = batch.size();
        batch[index - 1].line = line;
        batch[index - 1].kind = kind;
        batch[index - 1].buffer = request.buffer[lane];
      }
      addBytes(batch[index - 1], address % kLineBytes,
               stop - line * kLineBytes);
      address = stop;
    }
  });
  traffic.lines += batch.size() - firstOfRequest;
  for (const LineAccess &access : ArrayRef(batch).drop_front(firstOfRequest)) {
    const unsigned numSectors = llvm::popcount(access.sectors);
    traffic.sectors += numSectors;
    getSectors(counters.getBuffer(access.buffer), kind) += numSectors;
  }
  if (!l2)
    batch.clear();
}

void TrafficCounter::countShared(const Request &request) {
  SharedTraffic &traffic = getShared(getLineKind(request.kind));
  const Wavefronts wavefronts = countWavefronts(request);
  ++traffic.requests;
  traffic.bytes += sumSizes(request);
  traffic.wavefronts += wavefronts.ideal + wavefronts.conflicts;
  traffic.bankConflicts += wavefronts.conflicts;
}

void TrafficCounter::count(const Request &request) {
  assert(request.active != 0 && "a request of no lane");
  if (getMaxSize(request) > kMaxAccess) {
    Request part = request;
    Request rest = request;
    rest.active = 0;
    forEachLane(request.active, [&](unsigned lane) {
      part.size[lane] = std::min<unsigned>(request.size[lane], kMaxAccess);
      rest.size[lane] = request.size[lane] - part.size[lane];
      rest.address[lane] += part.size[lane];
      if (rest.size[lane] != 0)
        rest.active |= uint32_t(1) << lane;
    });
    count(part);
    return count(rest);
  }

  switch (request.space) {
  case TrafficSpace::Global:
    countGlobal(request);
    break;
  case TrafficSpace::Shared:
    countShared(request);
    break;
  case TrafficSpace::Distributed:
  case TrafficSpace::Local:
  case TrafficSpace::Constant: {
    PlainTraffic &traffic = getPlain(request.space, getLineKind(request.kind));
    ++traffic.requests;
    traffic.bytes += sumSizes(request);
    break;
  }
  }
  if (batch.size() >= kBatchLines)
    commit();
}

void TrafficCounter::countBulkEnd(const BulkEnd &end, LineAccess::Kind kind,
                                  uint64_t bytes) {
  switch (end.space) {
  case TrafficSpace::Global: {
    GlobalTraffic &traffic = getGlobal(kind);
    ++traffic.requests;
    traffic.bytes += bytes;
    getBytes(counters.getBuffer(end.buffer), kind) += bytes;
    countRange(kind, end.address, bytes, end.buffer);
    break;
  }
  case TrafficSpace::Shared: {
    SharedTraffic &traffic = getShared(kind);
    ++traffic.requests;
    traffic.bytes += bytes;
    traffic.wavefronts += divideCeil(bytes, kPassBytes);
    break;
  }
  case TrafficSpace::Distributed:
  case TrafficSpace::Local:
  case TrafficSpace::Constant: {
    PlainTraffic &traffic = getPlain(end.space, kind);
    ++traffic.requests;
    traffic.bytes += bytes;
    break;
  }
  }
  if (batch.size() >= kBatchLines)
    commit();
}

void TrafficCounter::countBulkCopy(const BulkEnd &from, ArrayRef<BulkEnd> to,
                                   uint64_t bytes, bool reduce) {
  if (bytes == 0)
    return;
  ++counters.bulkCopies;
  counters.bulkCopyBytes += bytes;
  countBulkEnd(from, LineAccess::Read, bytes);
  for (const BulkEnd &end : to)
    countBulkEnd(end, reduce ? LineAccess::Atomic : LineAccess::Write, bytes);
}

void TrafficCounter::commit() {
  if (l2 && !batch.empty())
    l2->access(batch, counters);
  batch.clear();
}

} // namespace mhc::emulator
