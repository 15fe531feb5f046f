//===- AsyncState.h - Copies in flight and mbarriers ------------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is under way besides the threads: asynchronous copies, the mbarriers
// that count them, and the barrier of a cluster.
//
// A copy moves its bytes as late as the program allows: when a thread waits for
// its group, or when a thread asks a mbarrier whose phase only lacks this copy.
// Until then its target is poisoned. It reads and writes under the epoch of an
// agent of its own, which becomes known to those who waited.
//
//===----------------------------------------------------------------------===//

#ifndef MHC_EMULATOR_OPERATIONS_ASYNCSTATE_H
#define MHC_EMULATOR_OPERATIONS_ASYNCSTATE_H

#include "Machine/Access.h"

#include "llvm/ADT/DenseMap.h"

#include <memory>
#include <string>
#include <vector>

namespace mhc::emulator {

/// A copy that was issued and has not landed.
struct AsyncCopy {
  const Site *site = nullptr;
  Thread *issuer = nullptr;
  /// Null if the address was found impossible: nothing is written, or what is
  /// written stays poison.
  char *target = nullptr;
  const char *source = nullptr;
  /// Bytes written; those behind the first `sourceSize` are zeros.
  uint32_t size = 0;
  uint32_t sourceSize = 0;
  /// Which bytes of each 16 are written.
  uint16_t byteMask = 0xffff;
  /// Of the agent that does it.
  uint32_t tick = 0;
  /// The bytes, once the source has been read.
  std::unique_ptr<char[]> staged;
};

/// The copies of a thread that complete in groups: cp.async, or bulk copies
/// from shared to global memory.
struct CopyGroups {
  /// The tick of what is issued now.
  uint32_t tick = 1;
  /// The last tick of each group that is committed and not complete.
  llvm::SmallVector<uint32_t, 4> committed;
  std::vector<AsyncCopy> copies;
};

/// An object of mbarrier.init, by its address.
struct Mbarrier {
  uint64_t host = 0;
  Cta *owner = nullptr;
  /// Its agent is Epoch::kMbarriers + slot, and what happens now has this tick.
  uint32_t slot = 0;
  uint32_t tick = 1;

  bool isLive = false;
  const Site *initSite = nullptr;
  const Site *invalSite = nullptr;
  /// Phases completed since it was initialised.
  uint32_t phase = 0;
  /// Arrivals that a phase needs, of this one and of those to come.
  uint32_t expected = 0;
  uint32_t expectedNext = 0;
  /// Arrivals that the current phase lacks.
  uint32_t pending = 0;
  /// Bytes that the current phase lacks, and what was announced and has landed.
  int64_t transactions = 0;
  uint64_t announced = 0;
  uint64_t landed = 0;
  /// What all arrivals so far have released, and those up to the last phase
  /// that is complete.
  Knowledge arriving;
  Knowledge completed;
  /// Copies that report their bytes here.
  std::vector<AsyncCopy> copies;
  /// Arrivals that cp.async copies make when they land.
  struct Deferred {
    Thread *thread;
    uint32_t tick;
    const Site *site;
  };
  std::vector<Deferred> deferred;
  /// Threads that are blocked until something happens to it.
  llvm::SmallVector<Thread *, 0> waiting;
};

/// What belongs to one thread; made when first needed.
struct AsyncState {
  CopyGroups plain;
  CopyGroups bulk;
  /// cp.async copies up to this tick are some mbarrier's to count.
  uint32_t trackedTick = 0;
  /// The slot of the agent that reads the sources of its bulk groups; none yet
  /// if negative.
  int32_t readerSlot = -1;
  /// The mbarrier that it asked last, for the report of a deadlock, and the
  /// phase of which it was told once in vain.
  Mbarrier *asked = nullptr;
  uint64_t toldInVain = 0;
  /// Initialisations of mbarriers, and those a fence.mbarrier_init published.
  Clock initialised;
  Clock initialisedFenced;
  /// The barrier of the cluster: whether it has arrived and not waited, in
  /// which generation and where.
  bool hasArrived = false;
  uint64_t arrivedGeneration = 0;
  /// CTAs of the cluster that are known to have started, by rank.
  uint32_t startedRanks = 0;
  /// Under which epoch its accesses of other CTAs count, if not its own: that
  /// of a copy that it issues.
  Epoch remoteEpoch;
  /// How often it slept.
  uint32_t numSleeps = 0;
};

/// What belongs to one CTA; made when first needed.
struct ClusterAsyncState {
  llvm::DenseMap<uint64_t, std::unique_ptr<Mbarrier>> mbarriers;
  uint32_t numSlots = 0;
  /// Agents of other CTAs that touched its shared memory: when last. By the
  /// agent's epoch with tick 0.
  struct RemoteAccess {
    Thread *thread;
    Epoch epoch;
    const Site *site;
    bool isWrite;
  };
  llvm::DenseMap<uint64_t, RemoteAccess> remote;
};

AsyncState &getAsyncState(Thread &thread);
ClusterAsyncState &getAsyncState(Cta &cta);

//===----------------------------------------------------------------------===//
// What the scheduler and the checks of accesses call
//===----------------------------------------------------------------------===//

/// To be called when a thread ends, before it counts as ended: reports copies
/// that nobody waited for, completes cluster barriers that lack it alone.
void threadEnded(Thread &thread);

/// To be called for each access to the shared memory of another CTA of the
/// cluster. Reports one of a CTA that has ended, or that may not have started;
/// the access goes on.
void checkRemoteAccess(Thread &thread, const Site &site, Cta &owner,
                       bool isWrite);

/// The copy in flight whose target holds one of these bytes, if there is one.
const AsyncCopy *findInFlight(Thread &thread, uint64_t host, uint32_t size);

/// The kind of finding if an access met a copy that has not landed, "read
/// before an asynchronous copy has landed"; empty otherwise.
std::string describeEarly(Thread &thread, AccessKind kind,
                          const Conflict &conflict);

//===----------------------------------------------------------------------===//
// Between the files of asynchronous operations
//===----------------------------------------------------------------------===//

/// The two ends of a copy that is issued.
struct CopyEnds {
  uint64_t target = 0;
  Space targetSpace = Space::Shared;
  uint64_t source = 0;
  Space sourceSpace = Space::Global;
  uint32_t alignment = 16;
  /// The agents that write and read, and what the async proxy sees if it is the
  /// one that does.
  Epoch writer;
  Epoch reader;
  const Clock *fenced = nullptr;
  /// Part of a multicast, which is counted as a whole.
  bool isPart = false;
};

/// Checks both ends of a copy under its agents, poisons the target and fills in
/// the addresses of the copy; its size, source size and byte mask are given.
/// All asynchronous copies pass here once.
void issueCopy(Call &call, AsyncCopy &copy, const CopyEnds &ends);
/// Reads the source of a copy, unless that has been done.
void stage(AsyncCopy &copy);
/// Moves the bytes of a copy.
void land(Device &device, AsyncCopy &copy);
/// Lands the cp.async copies of a thread up to a tick.
void landPlainCopies(Thread &thread, uint32_t tick);
/// Lands what a thread that ends has left, and reports what nobody waited for.
void endPlainCopies(Thread &thread);
void endBulkCopies(Thread &thread);
/// Reports a copy as "copy never waited for".
void reportNeverWaited(Thread &thread, const AsyncCopy &copy,
                       const char *remedy);

/// A slot for another agent of the CTA; negative if all are taken.
int32_t takeSlot(Cta &cta);

/// What an operation does to a mbarrier.
enum class MbarrierUse {
  /// Asks for its phase.
  Ask,
  /// Changes its counts.
  Count,
  /// Changes them by a copy, or relaxed: whoever knows that the phase is
  /// complete knows of it, and nobody else.
  CountLater,
};

/// The mbarrier at an address that an operation names. Null, with the finding
/// made, if there is none.
Mbarrier *findMbarrier(Call &call, uint64_t address, Space space,
                       MbarrierUse use);
/// The epoch of what its agent does now.
Epoch getEpoch(const Mbarrier &mbarrier);
/// Gives it a copy to count.
void addCopy(Call &call, Mbarrier &mbarrier, AsyncCopy copy);
/// Gives it an arrival that is made when the thread's cp.async copies up to the
/// tick have landed. One that is not counted among the expected arrivals adds
/// itself to them.
void addDeferredArrival(Call &call, Mbarrier &mbarrier, uint32_t tick,
                        bool isExpected);
/// Reports copies and arrivals that are left when the cluster of the thread
/// ends.
void endMbarriers(Thread &thread, Cta &cta);

/// For what is published without release: fences of at least this scope that
/// the thread has made before.
void releaseRelaxed(Agent &agent, Scope scope, Knowledge &into);

/// The agent whose tick 1 is the start of a CTA.
constexpr uint32_t kStartAgent = Epoch::kMbarriers + 1023;

} // namespace mhc::emulator

#endif // MHC_EMULATOR_OPERATIONS_ASYNCSTATE_H
