//===- RaceDetectorSpeed.cpp - What checks of races cost ------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulatorSpeed.h"
#include "RaceCta.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>

using namespace llvm;
using namespace mhc::emulator;
using namespace mhc::test;

static double measure(function_ref<void()> body, double count) {
  double best = 1e9;
  for (int round = 0; round != 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    body();
    const std::chrono::duration<double, std::nano> spent =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / count);
  }
  return best;
}

static void printCost(StringRef what, double nanoseconds) {
  outs() << format("cost %8.1f ns  ", nanoseconds) << what << '\n';
}

void mhc::test::measureRaceDetector() {
  constexpr unsigned words = 32768;
  constexpr AccessKind read = AccessKind::Read, write = AccessKind::Write;
  auto pass = [&](RaceDetector &detector, Cta &cta, uint32_t size,
                  AccessKind kind, unsigned shift) {
    Conflict conflict;
    bool isRight = true;
    Access access;
    access.kind = kind;
    const unsigned threads = cta.all.size();
    for (unsigned i = 0; i != words * 4 / size; ++i) {
      const Agent &agent = cta[(i + shift) % threads];
      access.self = agent.now();
      access.knows = &agent.clock;
      access.site = 7;
      isRight &= detector.access(base + i * size, size, access, conflict);
    }
    if (!isRight)
      outs() << "FAIL a conflict in a measurement\n";
  };
  for (uint32_t size : {16u, 8u, 4u, 2u}) {
    std::unique_ptr<RaceDetector> detector = makeDetector();
    Cta cta(256);
    const double count = words * 4 / size;
    const std::string what = " of " + std::to_string(size) + " bytes";
    pass(*detector, cta, size, write, 0);
    printCost("write again" + what,
              measure([&] { pass(*detector, cta, size, write, 0); }, count));
    printCost("write, barrier" + what, measure(
                                           [&] {
                                             cta.barrier();
                                             pass(*detector, cta, size, write,
                                                  1);
                                           },
                                           count));
    cta.barrier();
    printCost("read what another wrote" + what, measure(
                                                    [&] {
                                                      cta.barrier();
                                                      pass(*detector, cta, size,
                                                           read, 1);
                                                    },
                                                    count));
    printCost("read again" + what,
              measure([&] { pass(*detector, cta, size, read, 1); }, count));
    cta.barrier();
    pass(*detector, cta, size, read, 0);
    printCost("read by the lanes of a warp" + what,
              measure(
                  [&] {
                    cta.barrier();
                    for (unsigned lane = 0; lane != 4; ++lane)
                      pass(*detector, cta, size, read, lane);
                  },
                  4 * count));
    printCost("read by 8 warps" + what,
              measure(
                  [&] {
                    cta.barrier();
                    for (unsigned warp = 0; warp != 8; ++warp)
                      pass(*detector, cta, size, read, warp * 32);
                  },
                  8 * count));
    Cta next(256, 2, 2);
    printCost("non-coherent read" + what,
              measure(
                  [&] {
                    pass(*detector, next, size, AccessKind::NonCoherentRead, 0);
                  },
                  count));
  }
  {
    std::unique_ptr<RaceDetector> detector = makeDetector();
    Cta cta(32);
    Conflict conflict;
    uint32_t phase = 0;
    printCost("bulk copy, a 16-byte row of it",
              measure(
                  [&] {
                    cta.barrier();
                    for (unsigned i = 0; i != 1024; ++i) {
                      Access access;
                      access.self = cta[i % 32].now();
                      access.knows = &cta[i % 32].clock;
                      detector->access(base + i * 16, 16, access, conflict);
                    }
                    cta.barrier();
                    Access access;
                    access.self = Epoch(1, Epoch::kMbarriers, ++phase);
                    access.knows = &cta[0].clock;
                    access.kind = write;
                    access.fenced = &cta[0].fenced;
                    if (!detector->access(base, 16384, access, conflict))
                      outs() << "FAIL a conflict in a measurement\n";
                    cta[0].clock.learn(access.self);
                  },
                  1024));
  }
  {
    Cta cta(256, 1, 1, true);
    printCost("CTA barrier of 256", measure(
                                        [&] {
                                          for (int i = 0; i != 1000; ++i)
                                            cta.barrier();
                                        },
                                        1000));
    printCost("warp barrier", measure(
                                  [&] {
                                    for (int i = 0; i != 1000; ++i)
                                      cta.warpBarrier(3);
                                  },
                                  1000));
    printCost("8 warp barriers and a CTA barrier of 256",
              measure(
                  [&] {
                    for (int i = 0; i != 1000; ++i) {
                      for (unsigned warp = 0; warp != 8; ++warp)
                        cta.warpBarrier(warp);
                      cta.barrier();
                    }
                  },
                  1000));
    uint32_t group = 0;
    printCost("256 waits for copies and a CTA barrier",
              measure(
                  [&] {
                    for (int i = 0; i != 1000; ++i) {
                      ++group;
                      for (Agent &agent : cta.agents)
                        agent.clock.learn(
                            Epoch(1, Epoch::kAsyncCopies + agent.index, group));
                      cta.barrier();
                    }
                  },
                  1000));
    Clock full, empty;
    printCost("mbarrier phase of 256 consumers, each thread arriving",
              measure(
                  [&] {
                    for (int i = 0; i != 200; ++i) {
                      for (Agent &agent : cta.agents) {
                        acquire(agent, full);
                        release(agent, empty);
                      }
                      acquire(cta[0], empty);
                      release(cta[0], full);
                    }
                  },
                  200));
    printCost("mbarrier phase of 8 warps, a lane of each arriving",
              measure(
                  [&] {
                    for (int i = 0; i != 200; ++i) {
                      for (Agent &agent : cta.agents)
                        acquire(agent, full);
                      for (unsigned warp = 0; warp != 8; ++warp) {
                        cta.warpBarrier(warp);
                        release(cta[warp * 32], empty);
                      }
                      acquire(cta[0], empty);
                      release(cta[0], full);
                    }
                  },
                  200));
  }
  for (const bool concurrent : {false, true}) {
    std::unique_ptr<RaceDetector> detector = makeDetector();
    detector->setConcurrent(concurrent);
    const std::string what = concurrent ? ", with locks" : "";
    std::deque<Cta> ctas;
    for (uint32_t number = 1; number != 9; ++number)
      ctas.emplace_back(256, number, 1);
    auto each = [&](AccessKind kind, unsigned stride) {
      Conflict conflict;
      for (unsigned i = 0; i != 256; ++i)
        for (Cta &cta : ctas) {
          Access access;
          access.self = cta[i].now();
          access.knows = &cta[i].clock;
          access.kind = kind;
          detector->access(base + i * stride, 4, access, conflict);
        }
    };
    printCost("atomic of 2048 threads of 8 CTAs on one word" + what,
              measure([&] { each(AccessKind::AtomicWrite, 0); }, 2048));
    detector->clear(base, 65536);
    printCost("atomic of 8 CTAs on each of 256 words" + what,
              measure([&] { each(AccessKind::AtomicWrite, 4); }, 2048));
    detector->clear(base, 65536);
    printCost("read of 8 CTAs of each of 256 words" + what,
              measure([&] { each(read, 4); }, 2048));
  }
  outs() << "bytes of an agent " << sizeof(Agent) << ", of a clock "
         << sizeof(Clock) << '\n';
}
