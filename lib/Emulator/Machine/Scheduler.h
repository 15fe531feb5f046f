//===- Scheduler.h - Runs the lanes of a launch -----------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_SCHEDULER_H
#define MHC_EMULATOR_MACHINE_SCHEDULER_H

#include "Machine/Device.h"
#include "Machine/Fiber.h"

#include <deque>
#include <memory>

namespace mhc::emulator {

class LaunchCounter;

/// Turns of loops after which a lane lets others run, and how many of them an
/// access to global memory counts for: lanes that stream through memory go
/// side by side, as the caches of this machine like it.
constexpr int64_t kFuel = 1 << 16;
constexpr int64_t kFuelOfAccess = kFuel / 4;

/// Runs clusters of a launch on one host thread: each lane on its fiber until
/// it blocks, polls in vain, or ends. Which lane, warp and cluster is next is
/// the order's choice.
class Scheduler {
public:
  Scheduler(Device &device, Launch &launch);
  ~Scheduler();

  /// Runs until no cluster of the launch is left, or the launch is abandoned.
  void run();

  // What operations call, on the lane's fiber.

  /// Suspends the thread until wake(). Inline, since what the caller has just
  /// written should not be read back as a whole: that stalls.
  void block(Thread &thread, const Wait &wait) {
    thread.wait.site = wait.site;
    thread.wait.what = wait.what;
    thread.wait.detail = wait.detail;
    thread.wait.explain = wait.explain;
    thread.state = Thread::Blocked;
    --thread.warp->numReady;
    thread.fiber.suspend();
  }
  /// Makes a blocked thread ready. It must belong to this scheduler.
  void wake(Thread &thread);
  /// Lets all others run first.
  void yield(Thread &thread);
  /// As yield, for a thread that found that what it waits for has not happened.
  /// If nothing but polls happens any more, that is a deadlock.
  void poll(Thread &thread, const Wait &wait);
  /// How many turns of loops the thread may make until it yields.
  void refuel(Thread &thread);
  /// Whether this is the lane that runs now.
  bool isRunning(const Thread &thread) const { return running == &thread; }
  /// Something has happened that a poll may see.
  void progress() { ++numEvents; }
  /// A place of memory that a thread polls, and a change of one: an event if
  /// somebody polls it.
  void notePoll(uint64_t host) { placesPolled |= 1ull << (mix(host, 1) & 63); }
  void noteChange(uint64_t host) {
    if (placesPolled >> (mix(host, 1) & 63) & 1)
      progress();
  }
  uint64_t getNumEvents() const { return numEvents; }
  /// The thread ends here (exit, trap): does not return.
  void exit(Thread &thread);

  Device &device;
  Launch &launch;
  /// Null where nothing is counted.
  std::unique_ptr<LaunchCounter> counter;

private:
  bool startCluster();
  void start(Cta &cta);
  void end(Cta &cta);
  void visit(Warp &warp);
  void ended(Thread &thread);
  void enqueue(Warp &warp);
  Warp *pick();
  void abandon();
  void reportDeadlock();
  static void runThread(void *thread);

  std::unique_ptr<StackPool> stacks;
  std::vector<std::unique_ptr<Cluster>> clusters;
  std::deque<Warp *> queue;
  unsigned numResident = 0; // CTAs
  unsigned window;
  uint64_t numEvents = 0;
  uint64_t placesPolled = 0;
  uint64_t vainVisits = 0;
  /// Visits with polls since a cluster started.
  uint64_t pollsSinceStart = 0;
  uint64_t numVisits = 0;
  Thread *running = nullptr;
};

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_SCHEDULER_H
