//===- RaceDetectorTest.cpp - Checks of what nothing orders ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorChecks.h"
#include "RaceCta.h"

#include <sys/resource.h>

#include <deque>
#include <map>
#include <random>
#include <thread>
#include <vector>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

namespace {

/// Whether the access is right.
struct Machine {
  std::unique_ptr<RaceDetector> detector = makeDetector();
  Conflict conflict;

  bool access(const Agent &agent, uint64_t offset, uint32_t size,
              AccessKind kind, uint32_t site, Scope scope = Scope::Gpu) {
    Access access;
    access.self = agent.now();
    access.knows = &agent.clock;
    access.kind = kind;
    access.scope = scope;
    access.site = site;
    return detector->access(base + offset, size, access, conflict);
  }
  bool read(const Agent &agent, uint64_t offset, uint32_t size = 4,
            uint32_t site = 1) {
    return access(agent, offset, size, AccessKind::Read, site);
  }
  bool write(const Agent &agent, uint64_t offset, uint32_t size = 4,
             uint32_t site = 2) {
    return access(agent, offset, size, AccessKind::Write, site);
  }
};

/// What the detector should find, with every access of each byte kept.
class Naive {
public:
  struct Past {
    Epoch epoch;
    AccessKind kind;
    Scope scope;
    uint32_t site;
  };

  static bool isWrite(AccessKind kind) {
    return kind == AccessKind::Write || kind == AccessKind::AtomicWrite;
  }
  static bool isAtomic(AccessKind kind) {
    return kind == AccessKind::AtomicRead || kind == AccessKind::AtomicWrite;
  }

  bool conflict(const Past &past, const Access &access,
                Conflict::Kind &kind) const {
    if (!isWrite(past.kind) && !isWrite(access.kind))
      return false;
    if (past.kind == AccessKind::NonCoherentRead ||
        access.kind == AccessKind::NonCoherentRead) {
      kind = Conflict::NonCoherent;
      return past.epoch.getCta() >= access.knows->getCtasBelow();
    }
    if (access.knows->knows(past.epoch)) {
      kind = Conflict::MissingProxyFence;
      return access.fenced && isWrite(past.kind) &&
             !past.epoch.isAsyncProxy() && !access.fenced->knows(past.epoch);
    }
    kind = Conflict::Race;
    if (!isAtomic(past.kind) || !isAtomic(access.kind))
      return true;
    kind = Conflict::NarrowScope;
    const uint32_t a = past.epoch.getCta(), b = access.self.getCta();
    return !clusters.includes(past.scope, a, b) ||
           !clusters.includes(access.scope, b, a);
  }

  /// The first byte in conflict, or the end.
  uint64_t check(uint64_t address, uint32_t size, const Access &access) const {
    for (uint64_t byte = address; byte != address + size; ++byte)
      if (isInConflict(byte, access))
        return byte;
    return address + size;
  }
  bool isInConflict(uint64_t byte, const Access &access) const {
    Conflict::Kind kind;
    auto it = bytes.find(byte);
    return it != bytes.end() && llvm::any_of(it->second, [&](const Past &past) {
             return conflict(past, access, kind);
           });
  }
  bool isRight(const Conflict &found, const Access &access) const {
    Conflict::Kind kind;
    for (const Past &past : bytes.at(found.address))
      // Non-coherent reads of a launch stand for each other.
      if (conflict(past, access, kind) && kind == found.kind &&
          past.kind == found.otherKind &&
          (past.kind == AccessKind::NonCoherentRead ||
           past.epoch == found.other))
        return true;
    return false;
  }
  void record(uint64_t address, uint32_t size, const Access &access,
              bool forgets) {
    for (uint64_t byte = address; byte != address + size; ++byte) {
      if (forgets && isInConflict(byte, access))
        bytes[byte].clear();
      bytes[byte].push_back(
          {access.self, access.kind, access.scope, access.site});
    }
  }
  void clear(uint64_t address, uint64_t size) {
    for (uint64_t byte = address; byte != address + size; ++byte)
      bytes.erase(byte);
  }

  Clusters clusters;
  std::map<uint64_t, std::vector<Past>> bytes;
};

struct RandomProgram {
  /// Different kinds of accesses among which those of a program are drawn.
  ArrayRef<AccessKind> kinds;
  /// Atomics of all scopes; else only of the whole GPU.
  bool mixesScopes = false;
  /// How often nothing but a synchronisation happens, in 16.
  unsigned synchronisations = 6;
};

/// Runs a random program in two CTAs and two launches.
void runRandom(Checks &checks, const RandomProgram &program, uint64_t seed,
               uint64_t &numFound, uint64_t &numMissed) {
  std::mt19937_64 random(seed);
  static std::unique_ptr<RaceDetector> detector = makeDetector(1 << 20);
  detector->reset();
  Naive naive;
  uint32_t nextCta = 1;
  constexpr unsigned numThreads = 40;
  for (unsigned launch = 0; launch != 3; ++launch) {
    const uint32_t first = nextCta;
    Cta ctas[2] = {Cta(numThreads, first, first, true),
                   Cta(numThreads, first + 1, first, true)};
    nextCta += 2;
    const Clusters clusters = {first, 2};
    detector->setClusters(clusters);
    naive.clusters = clusters;
    Knowledge variables[3];
    uint32_t phases[2] = {0, 0};
    for (unsigned step = 0; step != 150; ++step) {
      Cta &cta = ctas[random() % 2];
      // Few threads meet often.
      Agent &agent = cta[random() % 2 ? random() % 3 : random() % numThreads];
      if (random() % 16 < program.synchronisations) {
        switch (random() % 8) {
        case 0:
          cta.barrier();
          break;
        case 1:
        case 2:
          cta.warpBarrier(random() % 2);
          break;
        case 3:
        case 4:
          release(agent, variables[random() % 3]);
          break;
        case 5:
        case 6:
          acquire(agent, variables[random() % 3]);
          break;
        case 7:
          if (random() % 2)
            fenceProxyAsync(agent);
          break;
        }
        continue;
      }
      if (random() % 100 == 0) {
        detector->clear(base + 8, 8);
        naive.clear(base + 8, 8);
        continue;
      }
      uint32_t size = 1u << random() % 5;
      uint64_t address = base + random() % (24 / size) * size;
      Access access;
      access.self = agent.now();
      access.knows = &agent.clock;
      access.kind = program.kinds[random() % program.kinds.size()];
      access.site = random() % 4;
      if (program.mixesScopes)
        access.scope = static_cast<Scope>(random() % 4);
      // A copy by an mbarrier; some of them are waited for.
      const bool isCopy =
          random() % 8 == 0 &&
          (access.kind == AccessKind::Read || access.kind == AccessKind::Write);
      if (isCopy) {
        const unsigned index = &cta - ctas;
        access.self = Epoch(first + index, Epoch::kMbarriers, ++phases[index]);
        access.fenced = &agent.fenced;
        address = base;
        size = 24;
      }
      const uint64_t expected = naive.check(address, size, access);
      Conflict conflict;
      const bool isRight = detector->access(address, size, access, conflict);
      if (expected != address + size && isRight) {
        ++numMissed;
        if (!program.mixesScopes)
          checks.fail("seed " + Twine(seed) + " step " + Twine(step),
                      "a conflict", "none");
      } else if (expected == address + size && !isRight) {
        checks.fail("seed " + Twine(seed) + " step " + Twine(step), "none",
                    "a conflict of kind " + std::to_string(conflict.kind));
      } else if (!isRight) {
        ++numFound;
        if (!program.mixesScopes)
          checks.equal("seed " + Twine(seed) + " address", expected,
                       conflict.address);
        checks.isTrue("seed " + Twine(seed) + " is a true conflict",
                      naive.isRight(conflict, access));
      }
      naive.record(address, size, access, !isRight);
      if (isCopy && random() % 2) {
        Agent &waiter = cta[random() % numThreads];
        waiter.clock.join(agent.clock);
        waiter.clock.learn(agent.now());
        waiter.clock.learn(access.self);
        agent.advance();
      }
    }
  }
}

} // namespace

void mhc::test::checkRaceDetector(Checks &checks) {
  checks.run("race-barrier", [&] {
    Machine m;
    Cta cta(64);
    checks.isTrue("write", m.write(cta[0], 16, 4, 11));
    checks.isTrue("own read", m.read(cta[0], 16));
    checks.isTrue("another word", m.write(cta[1], 20));
    checks.isTrue("no barrier", !m.read(cta[33], 16, 4, 12));
    checks.equal("address", base + 16, m.conflict.address);
    checks.equal("site", 11u, m.conflict.otherSite);
    checks.isTrue("kind", m.conflict.kind == Conflict::Race &&
                              m.conflict.otherKind == AccessKind::Write &&
                              m.conflict.other == Epoch(1, 0, 1));
    checks.isTrue("no cascade", m.read(cta[34], 16));
    cta.barrier();
    checks.isTrue("write of the read", m.write(cta[40], 16));
    checks.isTrue("read of four", !m.read(cta[41], 16, 16));
    cta.barrier();
    checks.isTrue("read of four", m.read(cta[41], 16, 16));
    checks.isTrue("write after reading", !m.write(cta[42], 24));
    checks.equal("address", base + 24, m.conflict.address);
    checks.isTrue("read", m.conflict.otherKind == AccessKind::Read &&
                              m.conflict.other.getAgent() == 41);
  });

  checks.run("race-warp-barrier", [&] {
    // A missing barrier among lanes that all read, found at whatever lane.
    for (unsigned missing = 0; missing != 32; ++missing) {
      Machine m;
      Cta cta(32);
      for (unsigned lane = 0; lane != 32; ++lane)
        checks.isTrue("read", m.read(cta[lane], 0));
      SmallVector<Agent *> others;
      for (unsigned lane = 0; lane != 32; ++lane)
        if (lane != missing)
          others.push_back(&cta[lane]);
      synchronise(others, false);
      for (unsigned lane = 0; lane != 32; ++lane)
        if (lane != missing && lane % 2)
          checks.isTrue("read again", m.read(cta[lane], 0));
      synchronise(others, false);
      checks.isTrue("one lane missing", !m.write(cta[missing == 7 ? 8 : 7], 0));
      checks.equal("lane", missing, m.conflict.other.getAgent());
    }
  });

  checks.run("race-subwords", [&] {
    Machine m;
    Cta cta(64);
    checks.isTrue("low half", m.write(cta[0], 0, 2));
    checks.isTrue("high half", m.write(cta[1], 2, 2));
    checks.isTrue("first byte", m.write(cta[2], 4, 1));
    checks.isTrue("fourth byte", m.write(cta[3], 7, 1));
    checks.isTrue("whole", !m.read(cta[2], 4));
    checks.equal("address", base + 7, m.conflict.address);
    checks.isTrue("neighbours", !m.read(cta[0], 0));
    checks.equal("address", base + 2, m.conflict.address);
    const uint64_t bytes = m.detector->getPoolBytes();
    for (unsigned round = 0; round != 1000; ++round) {
      cta.barrier();
      for (unsigned i = 0; i != 64; ++i)
        checks.isTrue("halves", m.write(cta[i], i * 2, 2));
      cta.barrier();
      for (unsigned i = 0; i != 32; ++i)
        checks.isTrue("words", m.write(cta[i], i * 4));
      m.detector->clear(base, 32);
    }
    checks.isTrue("cells are merged again",
                  m.detector->getPoolBytes() <= 8 * bytes);
  });

  checks.run("race-non-coherent", [&] {
    Machine m;
    Cta cta(32, 1, 1);
    auto nonCoherent = [&](const Agent &agent, uint64_t offset) {
      return m.access(agent, offset, 4, AccessKind::NonCoherentRead, 9);
    };
    checks.isTrue("read", nonCoherent(cta[0], 0));
    cta.barrier();
    checks.isTrue("ordered write", !m.write(cta[0], 0));
    checks.isTrue("kind", m.conflict.kind == Conflict::NonCoherent);
    checks.isTrue("read of the own write", !nonCoherent(cta[0], 0));
    checks.isTrue("kind", m.conflict.kind == Conflict::NonCoherent);
    checks.isTrue("other bytes", m.write(cta[0], 64));
    checks.isTrue("atomic",
                  m.access(cta[0], 32, 4, AccessKind::AtomicWrite, 1));
    checks.isTrue("of an atomic", !nonCoherent(cta[3], 32));
    Cta next(32, 2, 2);
    checks.isTrue("the next launch", nonCoherent(next[0], 64));
    checks.isTrue("writes what the one before read", m.write(next[0], 0));
  });

  checks.run("race-atomics", [&] {
    Machine m;
    Cta a(32, 1, 1), b(32, 2, 1), c(32, 3, 1);
    m.detector->setClusters({1, 2});
    auto atomic = [&](const Agent &agent, Scope scope) {
      return m.access(agent, 0, 4, AccessKind::AtomicWrite, 5, scope);
    };
    for (int i = 0; i != 32; ++i) {
      checks.isTrue("gpu", atomic(a[i], Scope::Gpu));
      checks.isTrue("cluster", atomic(a[i], Scope::Cluster));
    }
    checks.isTrue("other CTA of the cluster", atomic(b[0], Scope::Gpu));
    checks.isTrue("outside", !atomic(c[0], Scope::Gpu));
    checks.isTrue("kind", m.conflict.kind == Conflict::NarrowScope);
    checks.isTrue("plain read", !m.read(b[0], 0));
    checks.isTrue("kind", m.conflict.kind == Conflict::Race &&
                              m.conflict.otherKind == AccessKind::AtomicWrite);
    // The plain write is remembered behind atomics that know it.
    m.detector->clear(base, 4);
    checks.isTrue("plain write", m.write(a[0], 0));
    a.barrier();
    checks.isTrue("known", atomic(a[1], Scope::Gpu));
    checks.isTrue("unknown", !atomic(c[1], Scope::Gpu));
    checks.isTrue("kind", m.conflict.otherKind == AccessKind::Write);
  });

  checks.run("race-proxies", [&] {
    Machine m;
    Cta cta(64, 1, 1, true);
    Access copy;
    copy.self = Epoch(1, Epoch::kBulkGroups + 40, 1);
    copy.knows = &cta[40].clock;
    copy.fenced = &cta[40].fenced;
    checks.isTrue("write", m.write(cta[0], 0, 16));
    cta.barrier();
    checks.isTrue("no proxy fence",
                  !m.detector->access(base, 16, copy, m.conflict));
    checks.isTrue("kind", m.conflict.kind == Conflict::MissingProxyFence);
    cta.barrier();
    checks.isTrue("not waited for", !m.write(cta[0], 0, 16));
    fenceProxyAsync(cta[0]);
    cta.barrier();
    copy.self = Epoch(1, Epoch::kBulkGroups + 40, 2);
    checks.isTrue("fenced", m.detector->access(base, 16, copy, m.conflict));
    cta[40].clock.learn(copy.self);
    cta.barrier();
    checks.isTrue("waited for", m.write(cta[0], 0, 16));
  });

  checks.run("race-copies-of-one-phase", [&] {
    // Copies that one mbarrier counts are not ordered, and each knows only what
    // its own issuer does.
    Machine m;
    Cta cta(64);
    auto copy = [&](unsigned issuer, AccessKind kind) {
      Access access;
      access.self = Epoch(1, Epoch::kMbarriers, 1);
      access.knows = &cta[issuer].clock;
      access.kind = kind;
      return m.detector->access(base, 16, access, m.conflict);
    };
    checks.isTrue("write", m.write(cta[0], 0, 16));
    checks.isTrue("known to the writer", copy(0, AccessKind::Read));
    checks.isTrue("unknown to another", !copy(40, AccessKind::Read));
    cta.barrier();
    m.detector->clear(base, 16);
    checks.isTrue("first copy", copy(0, AccessKind::Write));
    checks.isTrue("second copy", !copy(0, AccessKind::Write));
    checks.isTrue("kind", m.conflict.kind == Conflict::Race);
  });

  checks.run("race-early-launch", [&] {
    Machine m;
    Cta before(32, 1, 1), early(32, 2, 1);
    checks.isTrue("write", m.write(before[0], 0));
    checks.isTrue("before the wait", !m.read(early[0], 0));
    checks.isTrue("write", m.write(before[0], 16));
    checks.isTrue("non-coherent read",
                  m.access(before[0], 32, 4, AccessKind::NonCoherentRead, 3));
    checks.isTrue("both read", m.read(early[1], 32));
    for (Agent &agent : early.agents)
      learnCtasBelow(agent, 2);
    checks.isTrue("after the wait", m.read(early[0], 16));
    checks.isTrue("what the launch itself reads", !m.write(early[2], 32));
    checks.isTrue("kind", m.conflict.kind == Conflict::Race &&
                              m.conflict.other == early[1].now());
  });

  checks.run("race-told-once", [&] {
    Machine m;
    m.detector->setTellAll(false);
    Cta cta(64);
    unsigned told = 0;
    for (unsigned i = 0; i != 64; ++i)
      m.write(cta[i], i * 4, 4, 1);
    for (unsigned i = 0; i != 64; ++i) {
      told += !m.read(cta[63 - i], i * 4, 4, 2);
      told += !m.write(cta[(i + 9) % 64], i * 4, 4, 3);
    }
    checks.equal("pairs of sites", 2u, told);
    checks.isTrue("conflicts", m.detector->getNumConflicts() > 100);
  });

  checks.run("race-many-readers", [&] {
    // More groups than a set holds: no false conflict, and one is still found.
    Machine m;
    std::deque<Cta> ctas;
    for (uint32_t number = 1; number != 101; ++number)
      ctas.emplace_back(32, number, 1);
    for (Cta &cta : ctas)
      for (unsigned lane = 0; lane != 32; ++lane)
        checks.isTrue("read", m.read(cta[lane], lane / 4 * 4));
    checks.isTrue("write", !m.write(ctas[50][0], 0));
    Cta later(32, 101, 101);
    checks.isTrue("a later launch", m.write(later[0], 4));
    checks.isTrue("memory is bounded", m.detector->getPoolBytes() < (1 << 20));
  });

  const AccessKind plain[] = {AccessKind::Read, AccessKind::Read,
                              AccessKind::Write};
  const AccessKind all[] = {AccessKind::Read, AccessKind::Read,
                            AccessKind::Write, AccessKind::AtomicRead,
                            AccessKind::AtomicWrite};
  const AccessKind loads[] = {
      AccessKind::Read,       AccessKind::Read,
      AccessKind::AtomicRead, AccessKind::NonCoherentRead,
      AccessKind::Read,       AccessKind::NonCoherentRead,
      AccessKind::Read,       AccessKind::Write};
  const AccessKind atomics[] = {AccessKind::AtomicWrite, AccessKind::AtomicRead,
                                AccessKind::AtomicWrite, AccessKind::AtomicRead,
                                AccessKind::Write};
  struct {
    const char *name;
    RandomProgram program;
  } const programs[] = {
      {"plain", {plain}},     {"well-synchronised", {plain, false, 13}},
      {"all-kinds", {all}},   {"loads", {loads}},
      {"atomics", {atomics}}, {"scopes", {atomics, true}}};
  for (const auto &[name, program] : programs)
    checks.run(std::string("race-random-") + name, [&, p = program] {
      uint64_t found = 0, missed = 0;
      const uint64_t count = Checks::sample(50, 200);
      for (uint64_t seed = 0; seed != count; ++seed)
        runRandom(checks, p, seed, found, missed);
      checks.isTrue("conflicts were found", found * 2 > count * 5);
      checks.isTrue("few are missed: " + Twine(missed) + " of " + Twine(found),
                    missed * 50 < found);
    });

  checks.run("race-host-threads", [&] {
    Machine m;
    m.detector->setConcurrent(true);
    std::vector<std::thread> threads;
    std::atomic<unsigned> conflicts{0};
    for (uint32_t number = 1; number != 5; ++number)
      threads.emplace_back([&, number] {
        Cta cta(32, number, 1);
        for (unsigned i = 0; i != 20000; ++i) {
          Access access;
          access.self = cta[i % 32].now();
          access.knows = &cta[i % 32].clock;
          access.site = i % 5;
          Conflict conflict;
          // All read the same, and write halves of their own.
          if (!m.detector->access(base + i % 64 * 4, 4, access, conflict))
            ++conflicts;
          access.kind = AccessKind::Write;
          if (!m.detector->access(base + 4096 + i % 32 * 16 + number * 2, 2,
                                  access, conflict))
            ++conflicts;
        }
      });
    for (std::thread &thread : threads)
      thread.join();
    checks.equal("conflicts", 0u, conflicts.load());
  });

  checks.run("race-no-address-space", [&] {
    // As under ulimit -v.
    rlimit old;
    getrlimit(RLIMIT_AS, &old);
    rlimit limit = old;
    limit.rlim_cur = uint64_t{1} << 36;
    setrlimit(RLIMIT_AS, &limit);
    Expected<std::unique_ptr<RaceDetector>> detector =
        RaceDetector::create(base, uint64_t{1} << 40);
    setrlimit(RLIMIT_AS, &old);
    checks.isTrue("fails", !detector);
    if (!detector)
      checks.message("a message", detector.takeError(),
                     {"cannot reserve", "race detector"});
  });

  checks.run("race-whole-arena", [&] {
    Expected<std::unique_ptr<RaceDetector>> detector =
        RaceDetector::create(base, uint64_t{1} << 40);
    if (!detector) {
      // A machine that gives no such address space.
      consumeError(detector.takeError());
      return;
    }
    Cta cta(64);
    Access access;
    access.self = cta[0].now();
    access.knows = &cta[0].clock;
    access.kind = AccessKind::Write;
    Conflict conflict;
    const uint64_t end = base + (uint64_t{1} << 40);
    checks.isTrue("write",
                  (*detector)->access(end - 65536, 65536, access, conflict));
    access.self = cta[40].now();
    access.knows = &cta[40].clock;
    checks.isTrue("race", !(*detector)->access(end - 1, 1, access, conflict));
    (*detector)->clear(base, uint64_t{1} << 40);
    checks.isTrue("cleared",
                  (*detector)->access(end - 65536, 65536, access, conflict));
  });
}
