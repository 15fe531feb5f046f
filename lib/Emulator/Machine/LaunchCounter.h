//===- LaunchCounter.h - Counts what a launch does --------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_LAUNCHCOUNTER_H
#define MHC_EMULATOR_MACHINE_LAUNCHCOUNTER_H

#include "Counters/AccessLog.h"
#include "Counters/Counters.h"
#include "Counters/TrafficCounter.h"
#include "Machine/Access.h"

namespace mhc::emulator {

/// Counts one host thread's part of a launch. Accesses of lanes are kept in
/// their warp's log and become requests when the warp's turn ends.
class LaunchCounter {
public:
  explicit LaunchCounter(Device &device)
      : device(device), traffic(counters, device.l2.get()) {}

  /// Accesses that a lane may make before the others of its warp must run. Few,
  /// so that warps take turns as they do in the machine.
  static constexpr unsigned kTurn = 32;
  /// With room for those that other lanes make for it.
  static constexpr unsigned kLogged = 256;

  /// An access of a lane, as resolved. A lane that has made its turn's accesses
  /// lets others run, now or, if the access is made for it by another lane of
  /// its warp, before its next operation.
  void record(Thread &thread, const Site &site, const AccessRequest &request,
              const Resolved &resolved);
  /// The two sides of a lane's cp.async.
  void recordAsyncCopy(Thread &thread, const Site &site, uint64_t source,
                       uint32_t sourceSize, uint64_t target, uint32_t size);
  /// Lets others run if the lane has made its turn's accesses.
  void takeTurns(Thread &thread);
  /// A bulk copy of one thread, from `source` to each of `targets`; a prefetch
  /// if there are none.
  void countBulkCopy(Thread &thread, const Resolved &source,
                     llvm::ArrayRef<Resolved> targets, uint64_t bytes);
  /// An operation that counts once for a warp (or, where its lanes come one by
  /// one, for a lane).
  void countOperation(const Site &site);
  /// A warp's turn has ended; `open` are the lanes that go on.
  void endTurn(Warp &warp, uint32_t open);
  /// A CTA has ended.
  void endCta(Cta &cta);
  /// What was counted, when all is done.
  const Counters &finish();

private:
  void log(Thread &thread, const LaneAccess &access);
  uint32_t findBuffer(const Site &site, uint64_t address);
  TrafficCounter::BulkEnd getEnd(Thread &thread, const Resolved &place);

  Device &device;
  Counters counters;
  TrafficCounter traffic;
  RequestMerger merger;
  /// The buffer that each site met last.
  struct LastBuffer {
    uint64_t address = 0;
    uint64_t size = 0;
    uint32_t index = kNoBuffer;
  };
  std::vector<LastBuffer> lastBuffers;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_LAUNCHCOUNTER_H
