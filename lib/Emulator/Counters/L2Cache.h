//===- L2Cache.h - Which bytes reach device memory --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_COUNTERS_L2CACHE_H
#define MHC_EMULATOR_COUNTERS_L2CACHE_H

#include "Counters/Counters.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace mhc::emulator {

inline constexpr unsigned kLineBytes = 128;
inline constexpr unsigned kSectorBytes = 32;

/// What one request does to one line of 128 bytes.
struct LineAccess {
  enum Kind : uint8_t { Read, Write, Atomic };

  /// The address divided by the size of a line.
  uint64_t line = 0;
  /// Bit i is set if byte i is written. Writes only.
  uint64_t bytes[2] = {0, 0};
  uint32_t buffer = kNoBuffer;
  /// Bit i is set if sector i takes part.
  uint8_t sectors = 0;
  Kind kind = Read;
};

/// A model of the L2 cache, behind which bytes of device memory are counted.
///
/// Lines of 128 bytes in four sectors of 32. A line that is touched becomes the
/// most recent, and the least recent makes room: LRU over the whole cache. It
/// is fully associative because the real mapping of addresses to slices and
/// sets is an undocumented hash: any guess at it would add conflicts that
/// nobody could check, while here a buffer that fits is fetched once, and
/// counts can be worked out by hand.
///
/// Sectors are fetched one by one when they are read. Writes go to device
/// memory when their line leaves the cache (write-back), by whole sectors. A
/// sector that is written in full is not fetched; one that is written in part
/// is fetched only if it is read, or leaves the cache, before the rest of it is
/// written. Atomics read and write. There is no L1: all global requests come
/// here.
///
/// One cache serves all host threads, since a device has one: with a cache for
/// each, data that all CTAs share would be fetched by each. access() takes a
/// lock, so it should be given many lines at once. With several host threads
/// the order of their batches is not fixed, nor are the counts of a working set
/// near the size of the cache.
class L2Cache {
public:
  /// The size is rounded down to whole lines, to one at least. Memory grows
  /// with the lines in use, up to about half of `bytes`.
  explicit L2Cache(uint64_t bytes = uint64_t(50) << 20);

  /// Plays the accesses, in order. Counts go to `counters`; what is fetched or
  /// written back for a line also to the last buffer that touched it.
  void access(llvm::ArrayRef<LineAccess> accesses, Counters &counters);

  /// Writes back what is dirty and empties the cache.
  void flush(Counters &counters);

  uint64_t getBytes() const { return uint64_t(maxLines) * kLineBytes; }

private:
  struct Line {
    uint64_t line;
    // Of the sectors that are neither valid nor untouched, the bytes written.
    uint64_t partial[2];
    uint32_t buffer;
    uint32_t newer, older;
    uint32_t nextInBucket;
    uint8_t valid;
    uint8_t dirty;
  };

  void accessLine(const LineAccess &access, Counters &counters);
  uint32_t findOrInsert(uint64_t line, Counters &counters);
  void writeBack(const Line &line, Counters &counters);
  void linkNewest(uint32_t index);
  void unlink(uint32_t index);
  uint32_t &getBucket(uint64_t line);

  std::mutex mutex;
  uint32_t maxLines;
  /// Slot 0 is the head of the ring from the newest to the oldest line.
  std::vector<Line> lines;
  std::vector<uint32_t> buckets;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_COUNTERS_L2CACHE_H
