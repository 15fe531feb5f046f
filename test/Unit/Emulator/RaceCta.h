//===- RaceCta.h - Threads that know of each other ------------ -*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_TEST_UNIT_EMULATOR_RACECTA_H
#define MHC_TEST_UNIT_EMULATOR_RACECTA_H

#include "Checks/RaceDetector.h"

#include <deque>
#include <memory>

namespace mhc::test {

using emulator::Agent;
using emulator::RaceDetector;

inline constexpr uint64_t base = 0x400000000000;
inline constexpr uint64_t arena = uint64_t{1} << 30;

inline std::unique_ptr<RaceDetector> makeDetector(uint64_t size = arena) {
  std::unique_ptr<RaceDetector> detector =
      llvm::cantFail(RaceDetector::create(base, size));
  detector->setTellAll(true);
  return detector;
}

/// One CTA, and short names for what its threads do.
struct Cta {
  explicit Cta(unsigned threads, uint32_t number = 1, uint32_t ctasBelow = 1,
               bool proxies = false) {
    for (unsigned i = 0; i != threads; ++i)
      agents.emplace_back(number, i, ctasBelow, proxies);
    for (Agent &agent : agents)
      all.push_back(&agent);
  }
  Agent &operator[](unsigned i) { return agents[i]; }
  void barrier() { synchronise(all, true); }
  void warpBarrier(unsigned warp) {
    synchronise(llvm::ArrayRef(all).slice(warp * 32).take_front(32), false);
  }

  std::deque<Agent> agents;
  llvm::SmallVector<Agent *> all;
};

} // namespace mhc::test

#endif // MHC_TEST_UNIT_EMULATOR_RACECTA_H
