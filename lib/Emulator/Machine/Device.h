//===- Device.h - What all launches share -----------------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_MACHINE_DEVICE_H
#define MHC_EMULATOR_MACHINE_DEVICE_H

#include "Checks/Findings.h"
#include "Checks/MemoryOrder.h"
#include "Checks/RaceDetector.h"
#include "Counters/CounterReport.h"
#include "Counters/L2Cache.h"
#include "Instrument/Site.h"
#include "Machine/Memory.h"
#include "Machine/Thread.h"

#include "llvm/ADT/StringMap.h"

#include <atomic>
#include <mutex>

namespace mhc::emulator {

/// A static object of shared memory.
struct SharedObject {
  std::string name;
  uint32_t offset;
  uint32_t size;
};

/// A kernel, compiled.
struct Kernel {
  std::string name;
  /// entry(thread, addresses of the parameters' values)
  void (*entry)(Thread *, const void *const *) = nullptr;
  /// A `ret` stands here, for what is found when threads end.
  const Site *end = nullptr;
  SourcePlace place;
  unsigned numParameters = 0;
  /// Of each parameter.
  std::vector<uint32_t> parameterBytes;
  /// The compute capability that it was compiled for, 90 for sm_90a.
  unsigned chip = 90;
  std::vector<SharedObject> sharedObjects;
  /// Shared memory up to here is static; dynamic memory begins here.
  uint32_t staticSharedEnd = kSharedReserved;
  /// Bytes of the static objects that it uses.
  uint32_t staticSharedBytes = 0;
  /// Limits and extents that the kernel was compiled for; 0 where it does not
  /// say.
  unsigned maxThreads = 0;
  std::array<uint32_t, 3> requiredBlock = {0, 0, 0};
  std::array<uint32_t, 3> requiredCluster = {0, 0, 0};
  /// CTAs can meet: by atomics, volatile or ordered accesses, or fences.
  bool communicates = false;
  /// An atomicrmw of its functions that asks for more order than NVPTX prints;
  /// no file if there is none.
  SourcePlace unorderedAtomic;
  /// Uses copies of the async proxy.
  bool usesAsyncProxy = false;
};

/// One execution of a kernel.
struct Launch {
  Launch(Device &device, const Kernel &kernel, const LaunchConfig &config,
         llvm::ArrayRef<const void *> arguments)
      : device(device), kernel(kernel), config(config), arguments(arguments) {}

  Device &device;
  const Kernel &kernel;
  LaunchConfig config;
  llvm::ArrayRef<const void *> arguments;
  /// CTAs have consecutive numbers from here on.
  uint32_t firstCta = 0;
  uint32_t numCtas = 0;
  uint32_t clusterSize = 1;
  uint32_t numClusters = 0;
  uint32_t sharedBytes = 0; // with the reserved ones
  /// CTAs with a smaller number have ended, as far as threads of this launch
  /// know when they start, and after griddepcontrol.wait.
  uint32_t floorAtStart = 0;
  uint32_t floorAfterWait = 0;
  /// The least floor of its threads when they let dependents start.
  std::atomic<uint32_t> floorAtTrigger = UINT32_MAX;
  /// The order in which clusters start, and how many have.
  std::vector<uint32_t> clusterOrder;
  std::atomic<uint32_t> nextCluster = 0;
  std::atomic<bool> abandoned = false;
  /// Instructions of lanes in loops, as far as they were counted.
  std::atomic<uint64_t> numInstructions = 0;
  /// What the host threads counted, and the lock for adding to it.
  Counters counters;
  std::mutex countersMutex;
};

/// The addresses that a resident CTA has for its shared memory and for the
/// local memory of its threads.
struct CtaSlot {
  uint64_t shared = 0;
  uint64_t local = 0;
};

/// Memory, what is compiled, and the checks.
class Device {
public:
  Device(const EmulatorOptions &options, std::unique_ptr<Memory> memory,
         std::unique_ptr<RaceDetector> races)
      : options(options), memory(std::move(memory)), races(std::move(races)),
        findings(options.findingLimit),
        report(options.l2Bytes, options.flushL2) {
    if (options.counters)
      l2 = std::make_unique<L2Cache>(options.l2Bytes);
    // Which conflicts are reported is decided by their places.
    this->races->setTellAll(true);
  }

  EmulatorOptions options;
  std::unique_ptr<Memory> memory;
  std::unique_ptr<RaceDetector> races;
  MemoryOrder memoryOrder;
  Findings findings;
  Sites sites;
  /// Where counters are kept; the cache is null otherwise.
  std::unique_ptr<L2Cache> l2;
  CounterReport report;
  /// Guards memory's buffers and the slots while host threads run.
  std::mutex mutex;
  std::vector<CtaSlot> freeSlots;
  /// Stacks that earlier launches have used.
  std::vector<std::unique_ptr<StackPool>> freeStacks;
  /// A launch was given up: what it would have written is not missed.
  bool gaveUp = false;
  /// The number of the next CTA; 0 names none.
  uint32_t nextCta = 1;
  uint32_t numLaunches = 0;
  /// Of the launch before, for an early one.
  uint32_t lastFirstCta = 1;
  uint32_t lastFloorAtTrigger = 1;
};

/// A hash for decisions that an order or a seed makes.
inline uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t x = a * 0x9e3779b97f4a7c15ull ^ (b + 0x632be59bd9b4e019ull);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

} // namespace mhc::emulator

#endif // MHC_EMULATOR_MACHINE_DEVICE_H
