//===- L2Cache.cpp - Which bytes reach device memory ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters/L2Cache.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace llvm;

namespace mhc::emulator {

/// The 32 bytes of one sector in a mask over a line.
static uint32_t getSectorBytes(const uint64_t (&bytes)[2], unsigned sector) {
  return static_cast<uint32_t>(bytes[sector / 2] >> (sector % 2 * 32));
}

L2Cache::L2Cache(uint64_t bytes)
    : maxLines(static_cast<uint32_t>(
          std::clamp<uint64_t>(bytes / kLineBytes, 1, uint64_t(1) << 30))) {
  lines.resize(1);
  lines[0] = {};
}

uint32_t &L2Cache::getBucket(uint64_t line) {
  // Neighbours share a cache line of buckets; the rest of the number is mixed.
  const uint64_t mixed = (line >> 4) * 0x9e3779b97f4a7c15;
  return buckets[((mixed >> 28 << 4) | (line & 15)) & (buckets.size() - 1)];
}

void L2Cache::linkNewest(uint32_t index) {
  const uint32_t second = lines[0].older;
  lines[index].newer = 0;
  lines[index].older = second;
  lines[second].newer = index;
  lines[0].older = index;
}

void L2Cache::unlink(uint32_t index) {
  const Line &line = lines[index];
  lines[line.newer].older = line.older;
  lines[line.older].newer = line.newer;
}

void L2Cache::writeBack(const Line &line, Counters &counters) {
  if (line.dirty == 0)
    return;
  const uint64_t written = kSectorBytes * uint64_t(llvm::popcount(line.dirty));
  // Sectors that are not whole are filled from device memory first.
  const uint8_t incomplete = line.dirty & ~line.valid;
  const uint64_t read = kSectorBytes * uint64_t(llvm::popcount(incomplete));
  BufferTraffic &buffer = counters.getBuffer(line.buffer);
  counters.deviceBytesWritten += written;
  buffer.deviceBytesWritten += written;
  counters.deviceBytesRead += read;
  buffer.deviceBytesRead += read;
}

uint32_t L2Cache::findOrInsert(uint64_t line, Counters &counters) {
  if (lines.size() > buckets.size()) {
    // Grow the buckets with the lines.
    buckets.assign(std::max<size_t>(1024, 2 * PowerOf2Ceil(lines.size())), 0);
    for (uint32_t index = 1; index != lines.size(); ++index) {
      uint32_t &bucket = getBucket(lines[index].line);
      lines[index].nextInBucket = bucket;
      bucket = index;
    }
  }
  for (uint32_t index = getBucket(line); index != 0;
       index = lines[index].nextInBucket) {
    if (lines[index].line != line)
      continue;
    if (lines[0].older != index) {
      unlink(index);
      linkNewest(index);
    }
    return index;
  }

  uint32_t index = 0;
  if (lines.size() <= maxLines) {
    index = static_cast<uint32_t>(lines.size());
    if (index == lines.capacity())
      lines.reserve(std::min<size_t>(2 * size_t(index), size_t(maxLines) + 1));
    lines.emplace_back();
  } else {
    index = lines[0].newer; // the oldest: the ring's other end
    writeBack(lines[index], counters);
    unlink(index);
    uint32_t *link = &getBucket(lines[index].line);
    while (*link != index)
      link = &lines[*link].nextInBucket;
    *link = lines[index].nextInBucket;
  }
  uint32_t &bucket = getBucket(line);
  Line &fresh = lines[index];
  fresh.line = line;
  fresh.partial[0] = fresh.partial[1] = 0;
  fresh.valid = fresh.dirty = 0;
  fresh.nextInBucket = bucket;
  bucket = index;
  linkNewest(index);
  return index;
}

void L2Cache::accessLine(const LineAccess &access, Counters &counters) {
  Line &line = lines[findOrInsert(access.line, counters)];
  line.buffer = access.buffer;
  const uint8_t sectors = access.sectors;
  counters.l2Sectors += llvm::popcount(sectors);

  if (access.kind != LineAccess::Write) {
    const uint8_t missing = sectors & ~line.valid;
    counters.l2Hits += llvm::popcount(uint8_t(sectors & line.valid));
    if (missing != 0) {
      const uint64_t read = kSectorBytes * uint64_t(llvm::popcount(missing));
      counters.deviceBytesRead += read;
      counters.getBuffer(access.buffer).deviceBytesRead += read;
      line.valid |= missing;
    }
    if (access.kind == LineAccess::Atomic)
      line.dirty |= sectors;
    return;
  }

  counters.l2Hits +=
      llvm::popcount(uint8_t(sectors & (line.valid | line.dirty)));
  line.dirty |= sectors;
  if ((access.bytes[0] & access.bytes[1]) == ~uint64_t(0)) {
    line.valid = 0xf;
    return;
  }
  line.partial[0] |= access.bytes[0];
  line.partial[1] |= access.bytes[1];
  for (unsigned sector = 0; sector != 4; ++sector)
    if (getSectorBytes(line.partial, sector) == ~uint32_t(0))
      line.valid |= 1 << sector;
}

void L2Cache::access(ArrayRef<LineAccess> accesses, Counters &counters) {
  std::lock_guard<std::mutex> lock(mutex);
  for (const LineAccess &access : accesses)
    accessLine(access, counters);
}

void L2Cache::flush(Counters &counters) {
  std::lock_guard<std::mutex> lock(mutex);
  for (uint32_t index = 1; index != lines.size(); ++index)
    writeBack(lines[index], counters);
  lines.resize(1);
  lines[0] = {};
  llvm::fill(buckets, 0);
}

} // namespace mhc::emulator
