//===- CountersSpeed.cpp - What counting costs ----------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prints nanoseconds for one record(), for the merge and count of a request,
// and for a line touched in the L2 model.
//
//===----------------------------------------------------------------------===//

#include "EmulatorSpeed.h"

#include "Counters/AccessLog.h"
#include "Counters/TrafficCounter.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace llvm;
using namespace mhc::emulator;

static constexpr uint64_t kBase = 0x7f0000000000;
static constexpr unsigned kCapacity = 256;

static double getSeconds() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

namespace {
struct Pattern {
  const char *name;
  TrafficSpace space;
  TrafficKind kind;
  unsigned size;
  uint64_t laneStride;
  uint64_t step; // from one request to the next
  uint64_t wrap; // where addresses begin again, a power of two
  bool divergent;
  bool l2;
};
} // namespace

static void run(const Pattern &pattern) {
  Counters counters;
  L2Cache l2;
  TrafficCounter counter(counters, pattern.l2 ? &l2 : nullptr);
  AccessLog log(kCapacity);
  RequestMerger merger;
  constexpr unsigned rounds = 400;
  double recording = 0, merging = 0;
  uint64_t accesses = 0, requests = 0, next = 0;
  for (unsigned round = 0; round != rounds; ++round) {
    const double start = getSeconds();
    for (unsigned lane = 0; lane != kLanes; ++lane) {
      uint64_t address = next;
      for (unsigned i = 0; i != kCapacity; ++i) {
        // Lane 0 does something else at times, as the leader of a warp does.
        const bool other = pattern.divergent && lane == 0 && i % 16 == 0;
        accesses += 1;
        address += other ? 0 : pattern.step;
        if (log.record(lane, LaneAccess(other ? 99 : i % 8, pattern.kind,
                                        pattern.space,
                                        kBase + (address & (pattern.wrap - 1)) +
                                            lane * pattern.laneStride,
                                        pattern.size, 3)))
          break;
      }
    }
    next += pattern.step * kCapacity;
    const double middle = getSeconds();
    merger.merge(log, 0, [&](const Request &request) {
      ++requests;
      counter.count(request);
    });
    counter.commit();
    const double end = getSeconds();
    recording += middle - start;
    merging += end - middle;
  }
  outs() << left_justify(pattern.name, 36)
         << format("%8.2f ns a record, %8.1f ns a request, %6.2f ns both a "
                   "lane's access",
                   recording / accesses * 1e9, merging / requests * 1e9,
                   (recording + merging) / accesses * 1e9);
  const uint64_t lines =
      counters.globalReads.lines + counters.globalWrites.lines;
  if (pattern.l2)
    outs() << format(", %5.1f ns a line", merging / lines * 1e9);
  outs() << '\n';
}

static void runL2(const char *name, uint64_t distance, uint64_t numLines) {
  Counters counters;
  L2Cache l2;
  std::vector<LineAccess> batch(4096);
  constexpr uint64_t total = 4 << 20;
  const double start = getSeconds();
  uint64_t line = 0;
  for (uint64_t done = 0; done != total; done += batch.size()) {
    for (LineAccess &access : batch) {
      line = (line + distance) % numLines;
      access.line = (kBase >> 7) + line;
      access.sectors = 0xf;
      access.buffer = 1;
    }
    l2.access(batch, counters);
  }
  outs() << left_justify(name, 36)
         << format("%8.1f ns a line of 50 MiB of L2\n",
                   (getSeconds() - start) / total * 1e9);
}

void mhc::test::measureCounters() {
  const auto global = TrafficSpace::Global, shared = TrafficSpace::Shared;
  const auto read = TrafficKind::Read, write = TrafficKind::Write;
  const uint64_t large = uint64_t(1) << 30;
  for (const Pattern &pattern : std::initializer_list<Pattern>{
           {"global, 4 bytes", global, read, 4, 4, 128, large, false, false},
           {"global, 4 bytes, L2", global, read, 4, 4, 128, large, false, true},
           {"global, 16 bytes, L2", global, read, 16, 16, 512, large, false,
            true},
           {"global writes, 16 bytes, L2", global, write, 16, 16, 512, large,
            false, true},
           {"global, 4 of 8 bytes, L2", global, read, 4, 8, 256, large, false,
            true},
           {"global, a line a lane, L2", global, read, 4, 128, 4096, large,
            false, true},
           {"global, 4 bytes, divergent", global, read, 4, 4, 128, large, true,
            false},
           {"shared, 4 bytes", shared, read, 4, 4, 128, 1 << 16, false, false},
           {"shared, 16 bytes", shared, read, 16, 16, 512, 1 << 16, false,
            false},
           {"shared, 16 bytes, rows of 144", shared, read, 16, 144, 16, 1 << 10,
            false, false},
           {"shared, 32 conflicts", shared, read, 4, 128, 4, 1 << 7, false,
            false},
       })
    run(pattern);
  runL2("streaming", 1, uint64_t(1) << 40);
  runL2("fits", 1, 300000);
  runL2("fits, scattered", 100003, 300000);
  runL2("scattered", 100003, uint64_t(1) << 20);
}
