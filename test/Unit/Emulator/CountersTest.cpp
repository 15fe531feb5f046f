//===- CountersTest.cpp - Checks of requests, caches and reports ----------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"

#include "Counters/AccessLog.h"
#include "Counters/CounterReport.h"
#include "Counters/L2Cache.h"
#include "Counters/TrafficCounter.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"

#include <list>
#include <map>
#include <random>
#include <set>
#include <thread>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

static constexpr uint64_t kBase = 0x7f0000100000;
static constexpr uint64_t kMiB = uint64_t(1) << 20;

/// Compares counts, of whatever integer type.
static void equal(Checks &checks, const Twine &what, uint64_t expected,
                  uint64_t got) {
  checks.equal(what, expected, got);
}

/// A request whose lane i accesses `size` bytes at getAddress(i).
static Request makeRequest(TrafficSpace space, TrafficKind kind, unsigned size,
                           function_ref<uint64_t(unsigned)> getAddress,
                           uint32_t active = ~uint32_t(0),
                           uint32_t buffer = 0) {
  Request request;
  request.space = space;
  request.kind = kind;
  request.active = active;
  for (unsigned lane = 0; lane != kLanes; ++lane) {
    request.address[lane] = getAddress(lane);
    request.size[lane] = size;
    request.buffer[lane] = buffer;
  }
  return request;
}

static Request makeShared(unsigned size,
                          function_ref<uint64_t(unsigned)> getAddress,
                          uint32_t active = ~uint32_t(0)) {
  return makeRequest(TrafficSpace::Shared, TrafficKind::Read, size, getAddress,
                     active);
}

static Counters countOne(const Request &request) {
  Counters counters;
  TrafficCounter(counters).count(request);
  return counters;
}

//===----------------------------------------------------------------------===//
// Global memory
//===----------------------------------------------------------------------===//

static void checkGlobal(Checks &checks) {
  auto check = [&](StringRef what, const Request &request, uint64_t bytes,
                   uint64_t sectors, uint64_t lines) {
    const Counters counters = countOne(request);
    const GlobalTraffic &traffic = request.kind == TrafficKind::Write
                                       ? counters.globalWrites
                                       : counters.globalReads;
    equal(checks, what + ": requests", 1, traffic.requests);
    equal(checks, what + ": bytes", bytes, traffic.bytes);
    equal(checks, what + ": sectors", sectors, traffic.sectors);
    equal(checks, what + ": lines", lines, traffic.lines);
    const BufferTraffic &buffer = counters.buffers.at(0);
    equal(checks, what + ": of the buffer", bytes,
          buffer.bytesRead + buffer.bytesWritten);
    equal(checks, what + ": sectors of the buffer", sectors,
          buffer.sectorsRead + buffer.sectorsWritten);
  };
  auto linear = [](uint64_t first, uint64_t stride) {
    return [=](unsigned lane) { return kBase + first + lane * stride; };
  };

  checks.run("counters-global", [&] {
    for (TrafficKind kind : {TrafficKind::Read, TrafficKind::Write}) {
      auto make = [&](unsigned size, uint64_t first, uint64_t stride,
                      uint32_t active = ~uint32_t(0)) {
        return makeRequest(TrafficSpace::Global, kind, size,
                           linear(first, stride), active);
      };
      check("coalesced 4", make(4, 0, 4), 128, 4, 1);
      check("coalesced 2", make(2, 0, 2), 64, 2, 1);
      check("coalesced 16", make(16, 0, 16), 512, 16, 4);
      check("misaligned by 4", make(4, 4, 4), 128, 5, 2);
      check("misaligned by 32", make(4, 32, 4), 128, 4, 2);
      check("16 at 16", make(16, 16, 16), 512, 17, 5);
      check("every other word", make(4, 0, 8), 128, 8, 2);
      check("stride of a sector", make(4, 0, 32), 128, 32, 8);
      check("stride of a line", make(4, 0, 128), 128, 32, 32);
      check("broadcast", make(4, 0, 0), 128, 1, 1);
      check("one lane", make(4, 0, 4, 1u << 17), 4, 1, 1);
      check("half a warp of 16", make(16, 0, 16, 0xffff), 256, 8, 2);
      check("odd lanes", make(4, 0, 4, 0xaaaaaaaa), 64, 4, 1);
      check("across a line", make(8, 124, 256, 1), 8, 2, 2);
    }
    check("backwards",
          makeRequest(TrafficSpace::Global, TrafficKind::Read, 4,
                      [](unsigned lane) { return kBase + 4 * (31 - lane); }),
          128, 4, 1);
  });

  checks.run("counters-wide-access", [&] {
    // 32 bytes a lane is two requests of 16, each of half sectors.
    const Counters counters = countOne(makeRequest(
        TrafficSpace::Global, TrafficKind::Read, 32, linear(0, 32)));
    equal(checks, "requests", 2, counters.globalReads.requests);
    equal(checks, "bytes", 1024, counters.globalReads.bytes);
    equal(checks, "sectors", 64, counters.globalReads.sectors);
  });

  checks.run("counters-buffers", [&] {
    Request request =
        makeRequest(TrafficSpace::Global, TrafficKind::Read, 4, linear(0, 4));
    for (unsigned lane = 16; lane != kLanes; ++lane) {
      request.buffer[lane] = 7;
      request.address[lane] += 4096;
    }
    request.buffer[31] = kNoBuffer;
    request.address[31] += 1024;
    const Counters counters = countOne(request);
    equal(checks, "buffer 0", 64, counters.buffers.at(0).bytesRead);
    equal(checks, "buffer 7", 60, counters.buffers.at(7).bytesRead);
    equal(checks, "unknown", 4, counters.unknownBuffer.bytesRead);
    equal(checks, "sectors of 7", 2, counters.buffers.at(7).sectorsRead);
    equal(checks, "sectors", 5, counters.globalReads.sectors);
  });

  checks.run("counters-global-random", [&] {
    std::mt19937 random(1);
    for (unsigned round = 0; round != 2000; ++round) {
      Request request;
      request.active = random() | 1u << (random() % 32);
      const unsigned size = 1u << (random() % 5);
      const uint64_t range = 64u << (random() % 8);
      std::set<uint64_t> sectors, lines;
      for (unsigned lane = 0; lane != kLanes; ++lane) {
        request.address[lane] = kBase + random() % range;
        request.size[lane] = size;
        request.buffer[lane] = 0;
        if ((request.active >> lane & 1) == 0)
          continue;
        for (unsigned byte = 0; byte != size; ++byte) {
          sectors.insert((request.address[lane] + byte) / 32);
          lines.insert((request.address[lane] + byte) / 128);
        }
      }
      check("random", request, llvm::popcount(request.active) * size,
            sectors.size(), lines.size());
    }
  });

  checks.run("counters-copies", [&] {
    Counters counters;
    {
      L2Cache l2(kMiB);
      TrafficCounter counter(counters, &l2);
      counter.count(makeRequest(TrafficSpace::Global, TrafficKind::AsyncRead,
                                16, linear(0, 16)));
      counter.count(makeRequest(TrafficSpace::Shared, TrafficKind::AsyncWrite,
                                16, [](unsigned lane) { return lane * 16; }));
      counter.countBulkCopy(
          {TrafficSpace::Global, kBase + 16, 3},
          {{TrafficSpace::Shared, 0}, {TrafficSpace::Distributed, 0x2000000}},
          4096);
      counter.countBulkCopy({TrafficSpace::Shared, 0},
                            {{TrafficSpace::Global, kBase + 8192, 4}}, 256,
                            /*reduce=*/true);
      counter.countBulkCopy({TrafficSpace::Shared, 0},
                            {{TrafficSpace::Global, kBase + 16384, 4}}, 256);
      counter.commit();
      l2.flush(counters);
    }
    equal(checks, "copies", 32, counters.asyncCopies);
    equal(checks, "copied bytes", 512, counters.asyncCopyBytes);
    equal(checks, "bulk copies", 3, counters.bulkCopies);
    equal(checks, "bulk bytes", 4096 + 512, counters.bulkCopyBytes);
    equal(checks, "reads", 2, counters.globalReads.requests);
    equal(checks, "read sectors", 16 + 129, counters.globalReads.sectors);
    equal(checks, "distributed", 4096, counters.distributedWrites.bytes);
    equal(checks, "shared writes", 2, counters.sharedWrites.requests);
    equal(checks, "shared passes", 4 + 32, counters.sharedWrites.wavefronts);
    equal(checks, "shared reads", 512, counters.sharedReads.bytes);
    equal(checks, "no conflicts", 0,
          counters.sharedReads.bankConflicts +
              counters.sharedWrites.bankConflicts);
    equal(checks, "atomics", 256, counters.globalAtomics.bytes);
    // The first copy has fetched 16 of the second's 129 sectors.
    equal(checks, "fetched for 3", (129 - 16) * 32,
          counters.buffers.at(3).deviceBytesRead);
    equal(checks, "fetched for 4", 256, counters.buffers.at(4).deviceBytesRead);
    equal(checks, "written for 4", 512,
          counters.buffers.at(4).deviceBytesWritten);
  });

  checks.run("counters-other-spaces", [&] {
    Counters counters;
    TrafficCounter counter(counters);
    auto address = [](unsigned lane) { return 0x2000000 + lane * 4; };
    for (TrafficSpace space : {TrafficSpace::Distributed, TrafficSpace::Local,
                               TrafficSpace::Constant})
      counter.count(makeRequest(space, TrafficKind::Read, 4, address));
    counter.count(
        makeRequest(TrafficSpace::Local, TrafficKind::Write, 8, address, 0xf));
    counter.count(makeRequest(TrafficSpace::Distributed, TrafficKind::Atomic, 4,
                              address));
    counter.count(
        makeRequest(TrafficSpace::Shared, TrafficKind::Atomic, 4, address));
    equal(checks, "distributed", 128, counters.distributedReads.bytes);
    equal(checks, "distributed atomics", 1,
          counters.distributedAtomics.requests);
    equal(checks, "local reads", 128, counters.localReads.bytes);
    equal(checks, "local writes", 32, counters.localWrites.bytes);
    equal(checks, "constant", 1, counters.constantReads.requests);
    equal(checks, "shared atomics", 1, counters.sharedAtomics.wavefronts);
    equal(checks, "nothing global", 0, counters.globalReads.requests);
  });
}

//===----------------------------------------------------------------------===//
// Shared memory
//===----------------------------------------------------------------------===//

/// The rule as it stands, by sets.
static Wavefronts countSlowly(const Request &request) {
  unsigned maxSize = 0;
  for (unsigned lane = 0; lane != kLanes; ++lane)
    if (request.active >> lane & 1)
      maxSize = std::max<unsigned>(maxSize, request.size[lane]);
  const unsigned groupLanes = maxSize <= 4 ? 32 : maxSize <= 8 ? 16 : 8;
  Wavefronts result;
  for (unsigned first = 0; first != kLanes; first += groupLanes) {
    std::map<unsigned, std::set<uint64_t>> banks;
    for (unsigned lane = first; lane != first + groupLanes; ++lane)
      if (request.active >> lane & 1)
        for (unsigned byte = 0; byte != request.size[lane]; ++byte) {
          const uint64_t word = (request.address[lane] + byte) / 4;
          banks[word % 32].insert(word);
        }
    if (banks.empty())
      continue;
    size_t deepest = 1;
    for (const auto &bank : banks)
      deepest = std::max(deepest, bank.second.size());
    ++result.ideal;
    result.conflicts += deepest - 1;
  }
  return result;
}

static void checkShared(Checks &checks) {
  auto check = [&](StringRef what, const Request &request, unsigned ideal,
                   unsigned conflicts) {
    const Wavefronts got = countWavefronts(request);
    equal(checks, what + ": ideal", ideal, got.ideal);
    equal(checks, what + ": conflicts", conflicts, got.conflicts);
  };
  auto strided = [](uint64_t stride) {
    return [=](unsigned lane) { return lane * stride; };
  };

  checks.run("counters-bank-conflicts", [&] {
    check("linear", makeShared(4, strided(4)), 1, 0);
    check("linear elsewhere",
          makeShared(4, [](unsigned lane) { return 20 + lane * 4; }), 1, 0);
    check("broadcast", makeShared(4, strided(0)), 1, 0);
    check("stride 2", makeShared(4, strided(8)), 1, 1);
    check("stride 3", makeShared(4, strided(12)), 1, 0);
    check("stride 32", makeShared(4, strided(128)), 1, 31);
    check("stride 33", makeShared(4, strided(132)), 1, 0);
    check("stride 32, four lanes", makeShared(4, strided(128), 0xf), 1, 3);
    check("two words of one bank",
          makeShared(4, [](unsigned lane) { return lane % 2 * 128; }), 1, 1);
    check("bytes", makeShared(1, strided(1)), 1, 0);
    check("bytes a bank apart", makeShared(1, strided(128)), 1, 31);
    check("2 bytes", makeShared(2, strided(2)), 1, 0);
    check("2 bytes, stride 64", makeShared(2, strided(64)), 1, 15);
    check("8 bytes", makeShared(8, strided(8)), 2, 0);
    check("8 bytes, broadcast", makeShared(8, strided(0)), 2, 0);
    check("8 bytes, stride 16", makeShared(8, strided(16)), 2, 2);
    check("16 bytes", makeShared(16, strided(16)), 4, 0);
    check("16 bytes, stride 32", makeShared(16, strided(32)), 4, 4);
    check("16 bytes, rows of 128", makeShared(16, strided(128)), 4, 28);
    check("16 bytes, rows of 144", makeShared(16, strided(144)), 4, 0);
    check("16 bytes, 8 lanes", makeShared(16, strided(16), 0xff00), 1, 0);
    check("16 bytes, 2 lanes of a group", makeShared(16, strided(128), 0x3), 1,
          1);
    // ldmatrix .x4 of rows of 64 bf16, plain and with its pieces swizzled.
    check("ldmatrix", makeShared(16, strided(128)), 4, 28);
    check("ldmatrix, swizzled",
          makeShared(
              16, [](unsigned lane) { return lane * 128 + (lane % 8) * 16; }),
          4, 0);
    check("ldmatrix .x1", makeShared(16, strided(128), 0xff), 1, 7);
  });

  checks.run("counters-transpose", [&] {
    // A tile of 32 x 32 floats: rows are written, columns are read.
    for (unsigned pitch : {32u, 33u}) {
      Counters counters;
      TrafficCounter counter(counters);
      for (unsigned row = 0; row != 32; ++row) {
        Request request = makeShared(
            4, [&](unsigned lane) { return (row * pitch + lane) * 4; });
        request.kind = TrafficKind::Write;
        counter.count(request);
        counter.count(makeShared(
            4, [&](unsigned lane) { return (lane * pitch + row) * 4; }));
      }
      equal(checks, "written", 0, counters.sharedWrites.bankConflicts);
      equal(checks, "read", pitch == 32 ? 32 * 31 : 0,
            counters.sharedReads.bankConflicts);
      equal(checks, "passes", pitch == 32 ? 32 * 32 : 32,
            counters.sharedReads.wavefronts);
      equal(checks, "bytes", 4096, counters.sharedReads.bytes);
    }
  });

  checks.run("counters-bank-random", [&] {
    std::mt19937 random(2);
    for (unsigned round = 0; round != 3000; ++round) {
      const unsigned size = 1u << (random() % 5);
      const uint64_t range = 4u << (random() % 10);
      const bool linear = random() % 4 == 0;
      const uint64_t base = random() % 64 * size;
      const Request request = makeShared(
          size,
          [&](unsigned lane) {
            return linear ? base + lane * size : random() % range * size;
          },
          linear ? ~uint32_t(0) : random() | 1);
      const Wavefronts expected = countSlowly(request);
      check("random", request, expected.ideal, expected.conflicts);
    }
  });
}

//===----------------------------------------------------------------------===//
// The log
//===----------------------------------------------------------------------===//

namespace {
/// Records sequences of sites, and keeps what the merge makes of them as text:
/// "SITE:LANES" with the lanes' mask in hexadecimal.
struct LogCheck {
  explicit LogCheck(unsigned capacity = 256) : log(capacity) {}

  bool record(unsigned lane, uint32_t site) {
    return log.record(lane,
                      LaneAccess(site, TrafficKind::Read, TrafficSpace::Global,
                                 kBase + lane * 4 + site * 4096, 4, lane));
  }
  void record(unsigned lane, ArrayRef<uint32_t> sites) {
    for (uint32_t site : sites)
      record(lane, site);
  }
  std::string merge(uint32_t openLanes = 0) {
    std::string text;
    raw_string_ostream os(text);
    merger.merge(log, openLanes, [&](const Request &request) {
      os << (text.empty() ? "" : " ") << request.site << ':'
         << format("%x", request.active);
      for (unsigned lane = 0; lane != kLanes; ++lane)
        if (request.active >> lane & 1)
          intact &=
              request.address[lane] == kBase + lane * 4 + request.site * 4096 &&
              request.size[lane] == 4 && request.buffer[lane] == lane;
    });
    return text;
  }

  AccessLog log;
  RequestMerger merger;
  bool intact = true;
};
} // namespace

static void checkLog(Checks &checks) {
  checks.run("counters-log-equal", [&] {
    LogCheck check;
    checks.equal("nothing", "", check.merge());
    for (unsigned lane = 0; lane != 32; ++lane)
      check.record(lane, {5, 9, 5});
    checks.equal("all", "5:ffffffff 9:ffffffff 5:ffffffff", check.merge());
    checks.isTrue("empty", check.log.isEmpty());
    for (unsigned lane = 0; lane != 8; ++lane)
      check.record(lane, 1);
    checks.equal("some", "1:ff", check.merge());
    checks.isTrue("addresses", check.intact);
  });

  checks.run("counters-log-divergent", [&] {
    {
      LogCheck check;
      for (unsigned lane = 0; lane != 4; ++lane)
        if (lane < 2)
          check.record(lane, {1, 2, 4});
        else
          check.record(lane, {1, 3, 3, 4});
      checks.equal("branch", "1:f 2:3 3:c 3:c 4:f", check.merge());
    }
    {
      // The same with the numbers against the order of the program.
      LogCheck check;
      for (unsigned lane = 0; lane != 4; ++lane)
        if (lane < 2)
          check.record(lane, {9, 7, 1});
        else
          check.record(lane, {9, 8, 8, 1});
      checks.equal("numbers", "9:f 7:3 8:c 8:c 1:f", check.merge());
    }
    {
      LogCheck check;
      for (unsigned lane = 0; lane != 4; ++lane) {
        for (unsigned i = 0; i <= lane; ++i)
          check.record(lane, 7);
        check.record(lane, 3);
      }
      checks.equal("loop", "7:f 7:e 7:c 7:8 3:f", check.merge());
    }
    {
      LogCheck check;
      check.record(0, {1, 2, 3});
      for (unsigned lane = 1; lane != 4; ++lane)
        check.record(lane, {2, 3});
      checks.equal("one lane's own", "1:1 2:f 3:f", check.merge());
    }
    {
      // Lanes take turns at the branches 1 and 2 of a loop that ends in 3.
      LogCheck check;
      check.record(0, {1, 3, 1, 3, 2, 3});
      check.record(1, {2, 3, 1, 3, 1, 3});
      checks.equal("turns", "1:1 2:2 3:3 1:3 3:3 1:2 2:1 3:3", check.merge());
    }
    {
      // One site, two spaces (a generic pointer).
      LogCheck check;
      std::string text;
      for (unsigned lane = 0; lane != 4; ++lane)
        check.log.record(lane, LaneAccess(1, TrafficKind::Read,
                                          lane < 2 ? TrafficSpace::Global
                                                   : TrafficSpace::Shared,
                                          64, 4));
      raw_string_ostream os(text);
      check.merger.merge(check.log, 0, [&](const Request &request) {
        os << unsigned(request.space) << ':' << request.active << ' ';
      });
      checks.equal("spaces", "0:3 1:12 ", text);
    }
  });

  checks.run("counters-log-full", [&] {
    // Half of the lanes make two accesses more before a loop of 100, which the
    // log does not hold at once. Lanes run in turn until their log is full.
    LogCheck check(/*capacity=*/8);
    std::vector<std::vector<uint32_t>> sites(4);
    for (unsigned lane = 0; lane != 4; ++lane) {
      if (lane < 2)
        sites[lane] = {1, 2};
      sites[lane].insert(sites[lane].end(), 100, 3);
    }
    std::string expected = "1:3 2:3", got;
    for (unsigned i = 0; i != 100; ++i)
      expected += " 3:f";
    std::vector<size_t> next(4);
    for (unsigned round = 0; round != 1000; ++round) {
      uint32_t full = 0;
      for (unsigned lane = 0; lane != 4; ++lane)
        while (next[lane] != sites[lane].size())
          if (check.record(lane, sites[lane][next[lane]++])) {
            full |= 1u << lane;
            break;
          }
      const std::string text = check.merge(full);
      got += (got.empty() || text.empty() ? "" : " ") + text;
      if (full == 0)
        break;
    }
    checks.equal("requests", expected, got);
    checks.isTrue("empty", check.log.isEmpty());
    checks.isTrue("addresses", check.intact);
  });

  checks.run("counters-log-no-progress", [&] {
    // One lane goes round a loop that the others, full too, never enter: after
    // each merge there is room.
    LogCheck check(/*capacity=*/8);
    for (unsigned round = 0; round != 50; ++round) {
      uint32_t full = 0;
      for (unsigned lane = 0; lane != 3; ++lane)
        for (unsigned i = 0; i != 100; ++i)
          if (check.record(lane, lane + 10 * (round % (lane + 2)))) {
            full |= 1u << lane;
            break;
          }
      equal(checks, "all full", 7, full);
      check.merge(full);
    }
    check.merge();
    checks.isTrue("addresses", check.intact);
  });

  checks.run("counters-log-random", [&] {
    // Whatever lanes do, each access is in one request, in its lane's order.
    std::mt19937 random(3);
    const unsigned rounds = Checks::sample(60, 300);
    for (unsigned round = 0; round != rounds; ++round) {
      const unsigned capacity = 2 + random() % 70;
      const unsigned numSites = 1 + random() % 6;
      LogCheck check(capacity);
      std::vector<std::vector<uint32_t>> expected(kLanes), got(kLanes);
      auto merge = [&](uint32_t openLanes) {
        check.merger.merge(check.log, openLanes, [&](const Request &request) {
          for (unsigned lane = 0; lane != kLanes; ++lane)
            if (request.active >> lane & 1)
              got[lane].push_back(request.site);
        });
      };
      for (unsigned turn = 0; turn != 20; ++turn) {
        uint32_t full = 0;
        for (unsigned lane = 0; lane != kLanes; ++lane)
          for (unsigned i = random() % 100; i != 0; --i) {
            const uint32_t site =
                random() % 5 == 0 ? random() % numSites : i % numSites;
            expected[lane].push_back(site);
            if (check.record(lane, site)) {
              full |= 1u << lane;
              break;
            }
          }
        merge(random() % 3 == 0 ? 0 : full);
      }
      merge(0);
      checks.isTrue("each lane's order", expected == got);
      checks.isTrue("empty", check.log.isEmpty());
    }
  });
}

//===----------------------------------------------------------------------===//
// L2
//===----------------------------------------------------------------------===//

namespace {
/// Bytes of a request after another, as one warp after another makes them.
struct L2Check {
  explicit L2Check(uint64_t bytes) : l2(bytes), counter(counters, &l2) {}

  void stream(TrafficKind kind, uint64_t offset, uint64_t bytes,
              uint32_t buffer = 0, unsigned size = 16) {
    for (uint64_t start = 0; start != bytes; start += size * kLanes)
      counter.count(makeRequest(
          TrafficSpace::Global, kind, size,
          [&](unsigned lane) { return kBase + offset + start + lane * size; },
          ~uint32_t(0), buffer));
    counter.commit();
  }
  /// One access of `size` bytes by one lane.
  void touch(TrafficKind kind, uint64_t offset, unsigned size = 4) {
    counter.count(makeRequest(
        TrafficSpace::Global, kind, size,
        [&](unsigned) { return kBase + offset; }, 1));
    counter.commit();
  }

  Counters counters;
  L2Cache l2;
  TrafficCounter counter;
};

/// The documented model, line by line in a list, without an index.
class SlowL2 {
public:
  explicit SlowL2(size_t maxLines) : maxLines(maxLines) {}

  void access(const LineAccess &access) {
    auto it = find_if(
        lines, [&](const Line &line) { return line.number == access.line; });
    if (it == lines.end()) {
      if (lines.size() == maxLines) {
        writeBack(lines.back());
        lines.pop_back();
      }
      lines.push_front({access.line, {}, {}});
    } else {
      lines.splice(lines.begin(), lines, it);
    }
    Line &line = lines.front();
    for (unsigned byte = 0; byte != 128; ++byte) {
      if ((access.sectors >> byte / 32 & 1) == 0)
        continue;
      if (access.kind == LineAccess::Write) {
        if ((access.bytes[byte / 64] >> byte % 64 & 1) == 0)
          continue;
        line.known.insert(byte);
      } else {
        // A missing byte costs its sector.
        if (line.known.count(byte) == 0) {
          fetched += 32;
          fill(line, byte / 32);
        }
      }
      if (access.kind != LineAccess::Read)
        line.dirty.insert(byte / 32);
    }
  }
  void flush() {
    for (const Line &line : lines)
      writeBack(line);
    lines.clear();
  }

  uint64_t fetched = 0, written = 0;

private:
  struct Line {
    uint64_t number;
    std::set<unsigned> known, dirty;
  };
  static void fill(Line &line, unsigned sector) {
    for (unsigned byte = 0; byte != 32; ++byte)
      line.known.insert(sector * 32 + byte);
  }
  void writeBack(Line line) {
    for (unsigned sector : line.dirty) {
      written += 32;
      unsigned known = 0;
      for (unsigned byte = 0; byte != 32; ++byte)
        known += line.known.count(sector * 32 + byte);
      fetched += known == 32 ? 0 : 32;
    }
  }

  size_t maxLines;
  std::list<Line> lines;
};
} // namespace

static void checkL2(Checks &checks) {
  checks.run("counters-l2-streaming", [&] {
    L2Check check(kMiB);
    // A copy of 8 times the cache, and what is read twice is fetched twice.
    check.stream(TrafficKind::Read, 0, 8 * kMiB, 0);
    check.stream(TrafficKind::Write, 64 * kMiB, 8 * kMiB, 1);
    equal(checks, "read", 8 * kMiB, check.counters.deviceBytesRead);
    equal(checks, "written", 7 * kMiB, check.counters.deviceBytesWritten);
    check.l2.flush(check.counters);
    equal(checks, "written at the end", 8 * kMiB,
          check.counters.deviceBytesWritten);
    equal(checks, "nothing fetched for the target", 0,
          check.counters.buffers.at(1).deviceBytesRead);
    equal(checks, "the target's", 8 * kMiB,
          check.counters.buffers.at(1).deviceBytesWritten);
    equal(checks, "no hits", 0, check.counters.l2Hits);
    equal(checks, "sectors", 16 * kMiB / 32, check.counters.l2Sectors);
    check.stream(TrafficKind::Read, 0, 8 * kMiB, 0);
    equal(checks, "read again", 16 * kMiB, check.counters.deviceBytesRead);
  });

  checks.run("counters-l2-reuse", [&] {
    L2Check check(kMiB);
    check.stream(TrafficKind::Read, 0, kMiB);
    check.stream(TrafficKind::Read, 0, kMiB);
    equal(checks, "fetched once", kMiB, check.counters.deviceBytesRead);
    equal(checks, "hits", kMiB / 32, check.counters.l2Hits);
    check.stream(TrafficKind::Write, 0, kMiB);
    check.stream(TrafficKind::Write, 0, kMiB);
    equal(checks, "not written yet", 0, check.counters.deviceBytesWritten);
    check.l2.flush(check.counters);
    equal(checks, "written once", kMiB, check.counters.deviceBytesWritten);
    check.stream(TrafficKind::Read, 0, kMiB);
    equal(checks, "fetched after the flush", 2 * kMiB,
          check.counters.deviceBytesRead);
    // One line too many, in order, and LRU keeps nothing of use.
    check.l2.flush(check.counters);
    check.counters = {};
    for (unsigned round = 0; round != 2; ++round) {
      check.stream(TrafficKind::Read, 0, kMiB);
      check.touch(TrafficKind::Read, kMiB);
    }
    equal(checks, "too large", 2 * (kMiB + 32), check.counters.deviceBytesRead);
  });

  checks.run("counters-l2-lru", [&] {
    L2Check check(4 * 128);
    auto isHeld = [&](uint64_t line) {
      const uint64_t hits = check.counters.l2Hits;
      check.touch(TrafficKind::Read, line * 128);
      return check.counters.l2Hits != hits;
    };
    for (uint64_t line : {0, 1, 2, 3})
      check.touch(TrafficKind::Read, line * 128);
    checks.isTrue("0 is held", isHeld(0));
    check.touch(TrafficKind::Read, 4 * 128); // evicts 1
    checks.isTrue("0 still is", isHeld(0));
    checks.isTrue("1 is gone", !isHeld(1)); // evicts 2
    checks.isTrue("3 is held", isHeld(3));
    checks.isTrue("2 is gone", !isHeld(2)); // evicts 4
    checks.isTrue("0 is held at last", isHeld(0));
    checks.isTrue("4 is gone", !isHeld(4));
  });

  checks.run("counters-l2-writes", [&] {
    auto run = [&](StringRef what, function_ref<void(L2Check &)> body,
                   uint64_t read, uint64_t written) {
      L2Check check(4 * 128);
      body(check);
      check.l2.flush(check.counters);
      equal(checks, what + ": read", read, check.counters.deviceBytesRead);
      equal(checks, what + ": written", written,
            check.counters.deviceBytesWritten);
    };
    const auto write = TrafficKind::Write, read = TrafficKind::Read;
    run("part", [&](L2Check &c) { c.touch(write, 0); }, 32, 32);
    run(
        "two parts of a sector",
        [&](L2Check &c) {
          c.touch(write, 0, 16);
          c.touch(write, 16, 16);
        },
        0, 32);
    run(
        "part, then read",
        [&](L2Check &c) {
          c.touch(write, 0, 16);
          c.touch(read, 0, 16);
        },
        32, 32);
    run(
        "read, then part",
        [&](L2Check &c) {
          c.touch(read, 0);
          c.touch(write, 8);
        },
        32, 32);
    run(
        "misaligned rows", [&](L2Check &c) { c.stream(write, 16, 512); }, 64,
        544);
    run(
        "evicted",
        [&](L2Check &c) {
          c.touch(write, 0);
          for (uint64_t line = 1; line != 5; ++line)
            c.touch(read, line * 128);
        },
        5 * 32, 32);
    run("atomic", [&](L2Check &c) { c.touch(TrafficKind::Atomic, 4); }, 32, 32);
    run(
        "atomics",
        [&](L2Check &c) {
          for (unsigned i = 0; i != 100; ++i)
            c.touch(TrafficKind::Atomic, 4);
        },
        32, 32);
  });

  checks.run("counters-l2-random", [&] {
    std::mt19937 random(4);
    const unsigned rounds = Checks::sample(12, 40);
    for (unsigned round = 0; round != rounds; ++round) {
      const unsigned maxLines = 1 + random() % 40;
      L2Cache fast(maxLines * 128);
      SlowL2 slow(maxLines);
      Counters counters;
      const unsigned numLines = 1 + random() % 100;
      for (unsigned i = 0; i != 1000; ++i) {
        LineAccess access;
        access.line = (kBase >> 7) + random() % numLines * (1 + round % 3 * 37);
        access.kind = LineAccess::Kind(random() % 3);
        for (unsigned sector = 0; sector != 4; ++sector) {
          if (random() % 3 == 0)
            continue;
          access.sectors |= 1 << sector;
          const uint32_t bytes = random() % 2 ? ~uint32_t(0) : random() | 1;
          access.bytes[sector / 2] |= uint64_t(bytes) << (sector % 2 * 32);
        }
        fast.access(access, counters);
        slow.access(access);
      }
      fast.flush(counters);
      slow.flush();
      equal(checks, "fetched", slow.fetched, counters.deviceBytesRead);
      equal(checks, "written", slow.written, counters.deviceBytesWritten);
    }
  });

  checks.run("counters-l2-threads", [&] {
    // Four threads stream through one cache, each counting for itself.
    L2Cache l2(kMiB);
    std::vector<Counters> counters(4);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i != 4; ++i)
      threads.emplace_back([&, i] {
        TrafficCounter counter(counters[i], &l2);
        for (uint64_t start = 0; start != 4 * kMiB; start += 512)
          counter.count(makeRequest(
              TrafficSpace::Global, TrafficKind::Write, 16,
              [&](unsigned lane) {
                return kBase + i * 16 * kMiB + start + lane * 16;
              },
              ~uint32_t(0), i));
      });
    for (std::thread &thread : threads)
      thread.join();
    Counters sum;
    l2.flush(sum);
    for (const Counters &part : counters)
      sum += part;
    equal(checks, "written", 16 * kMiB, sum.deviceBytesWritten);
    equal(checks, "requests", 16 * kMiB / 512, sum.globalWrites.requests);
    for (unsigned i = 0; i != 4; ++i)
      equal(checks, "of each", 4 * kMiB, sum.buffers.at(i).deviceBytesWritten);
  });
}

//===----------------------------------------------------------------------===//
// Sums and reports
//===----------------------------------------------------------------------===//

static void checkReport(Checks &checks) {
  Counters first;
  first.launches = 1;
  first.ctas = 132;
  first.threads = 132 * 256;
  first.laneInstructions = 0xfedcba9876543210; // more than an int64 or a double
  first.globalReads = {10, 1280, 45, 12};
  first.globalWrites = {3, 384, 12, 3};
  first.sharedReads = {4, 512, 8, 4};
  first.l2Sectors = 57;
  first.l2Hits = 19;
  first.deviceBytesRead = 1234567;
  first.ctaBarriers = 5;
  first.addTensorCoreOp("m16n8k16.bf16", 7);
  first.addTensorCoreOp("m16n8k8.tf32");
  first.getBuffer(0).bytesRead = 1000;
  first.getBuffer(2).deviceBytesWritten = 2000;
  first.getBuffer(kNoBuffer).bytesRead = 280;
  Counters second = first;
  second.laneInstructions = 1;
  second.getBuffer(5).bytesWritten = 9;

  CounterReport report(50 * kMiB, /*flushL2=*/true);
  auto getName = [](uint32_t buffer) -> std::string {
    return buffer == 0 ? "phi" : "x";
  };
  report.add("combine", first, getName);
  report.add("project", second, getName);
  report.add("project", second, getName);

  checks.run("counters-sum", [&] {
    const KernelCounters *project = report.lookup("project");
    if (!project)
      return checks.fail("kernel", "project", "nothing");
    const Counters &c = project->counters;
    equal(checks, "launches", 2, c.launches);
    equal(checks, "sectors", 90, c.globalReads.sectors);
    equal(checks, "tensor core", 14, c.tensorCoreOps.at("m16n8k16.bf16"));
    equal(checks, "phi", 2000, project->buffers.at("phi").bytesRead);
    equal(checks, "x read", 4000, project->buffers.at("x").deviceBytesWritten);
    equal(checks, "x written", 18, project->buffers.at("x").bytesWritten);
    equal(checks, "unknown", 560, project->buffers.at("unknown").bytesRead);
    checks.isTrue("others", report.lookup("pre") == nullptr);
    equal(checks, "sum", 3, report.getSum().counters.launches);
    checks.equal("order", "combine", report.getKernels()[0].name);
  });

  checks.run("counters-json", [&] {
    const json::Value value = report.toJSON();
    std::string text;
    raw_string_ostream(text) << formatv("{0:2}", value);
    auto parsed = checks.value("parsed", json::parse(text));
    if (!parsed)
      return;
    checks.isTrue("the same", *parsed == value);
    std::string again;
    raw_string_ostream(again) << formatv("{0:2}", *parsed);
    checks.equal("the same text", text, again);
    const json::Array *kernels =
        parsed->getAsObject() ? parsed->getAsObject()->getArray("kernels")
                              : nullptr;
    if (!kernels || kernels->size() != 2)
      return checks.fail("kernels", "two", text);
    const json::Object &kernel = *(*kernels)[0].getAsObject();
    checks.equal("name", "combine", kernel.getString("name").value_or(""));
    auto get = [&](StringRef group, StringRef key) -> uint64_t {
      const json::Object *object = kernel.getObject(group);
      const json::Value *number = object ? object->get(key) : nullptr;
      return number ? number->getAsUINT64().value_or(~0ull) : ~0ull;
    };
    equal(checks, "large", 0xfedcba9876543210,
          get("execution", "lane_instructions"));
    equal(checks, "sectors", 45, get("global_reads", "sectors"));
    equal(checks, "conflicts", 4, get("shared_reads", "bank_conflicts"));
    equal(checks, "tensor core", 7, get("tensor_core_ops", "m16n8k16.bf16"));
    const json::Object *reads = kernel.getObject("global_reads");
    checks.equal("ratio", 4.5,
                 reads->getNumber("sectors_per_request").value_or(0));
    const json::Object *phi = kernel.getObject("buffers")->getObject("phi");
    equal(checks, "phi", 1000, phi ? *phi->getInteger("bytes_read") : -1);
    equal(checks, "l2", 50 * kMiB,
          *parsed->getAsObject()->getObject("l2")->getInteger("bytes"));
  });

  checks.run("counters-table", [&] {
    std::string text;
    raw_string_ostream os(text);
    report.print(os);
    // Lines with one space between the columns.
    std::set<std::string> printed;
    size_t width = 0;
    for (StringRef line : split(text, '\n')) {
      SmallVector<StringRef> words;
      line.split(words, ' ', -1, /*KeepEmpty=*/false);
      printed.insert(join(words, " "));
      // All columns of the first table end at one place.
      if (line.empty())
        break;
      width = width == 0 ? line.size() : width;
      equal(checks, "width", width, line.size());
    }
    for (StringRef line :
         {"kernel combine project sum", "launches 1 2 3", "CTAs 132 264 396",
          "global reads, requests 10 20 30",
          "bytes asked for 1,280 2,560 3,840",
          "sectors a request 4.50 4.50 4.50",
          "% of sectors used 88.89 88.89 88.89",
          "L2 hits, % of sectors 33.33 33.33 33.33",
          "device memory, bytes read 1,234,567 2,469,134 3,703,701",
          "bank conflicts 4 8 12", "tensor core m16n8k8.tf32 1 2 3"})
      checks.isTrue("'" + line + "' in\n" + text, printed.count(line.str()));
    for (StringRef line : {"  kernel   buffer   bytes read  written  by "
                           "atomics  from device  to "
                           "device\n",
                           "  project  x                 0       18           "
                           "0            0      "
                           "4,000\n"})
      checks.isTrue("'" + line + "' in\n" + text,
                    StringRef(text).contains(line));
    checks.isTrue("no empty lines of zeros",
                  !StringRef(text).contains("cluster barriers"));
    // Many kernels stand in several blocks.
    CounterReport wide(kMiB, false);
    for (unsigned i = 0; i != 12; ++i)
      wide.add("a_kernel_with_a_name_" + std::to_string(i), first, getName);
    text.clear();
    wide.print(os);
    SmallVector<StringRef> lines;
    StringRef(text).split(lines, '\n');
    for (StringRef line : lines)
      checks.isTrue("'" + line + "' fits", line.size() <= 100);
    CounterReport empty(kMiB, false);
    text.clear();
    empty.print(os);
    checks.equal("empty", "no kernel was launched\n", text);
  });
}

void mhc::test::checkCounters(Checks &checks) {
  checkGlobal(checks);
  checkShared(checks);
  checkLog(checks);
  checkL2(checks);
  checkReport(checks);
}
