//===- Cluster.cpp - Clusters: their barrier, their shared memory ---------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Gather.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

using namespace mhc::emulator;

static void reportSync(Thread &thread, const Site &site,
                       const std::string &message) {
  if (thread.scheduler->device.options.checks.sync)
    report(thread, site, message);
}

//===----------------------------------------------------------------------===//
// barrier.cluster
//===----------------------------------------------------------------------===//

/// What an operation was registered with.
enum Flags : uint64_t { Aligned = 1, Relaxed = 2 };

static uint32_t countAlive(const Cluster &cluster) {
  uint32_t count = 0;
  for (const std::unique_ptr<Cta> &cta : cluster.ctas)
    count += cta->threads.size() - cta->numExited;
  return count;
}

/// Ends the generation if all of `numAlive` threads have arrived.
static void completeIfDone(Cluster &cluster, uint32_t numAlive) {
  if (!cluster.arrived || cluster.arrived < numAlive)
    return;
  // Arrived or not in order: all CTAs run.
  for (std::unique_ptr<Cta> &cta : cluster.ctas)
    cluster.nextReleased.clock.learn(Epoch(cta->number, kStartAgent, 1));
  cluster.released = cluster.nextReleased;
  cluster.arrived = 0;
  ++cluster.generation;
  auto waiting = std::move(cluster.waiting);
  cluster.waiting.clear();
  for (Thread *thread : waiting)
    thread->scheduler->wake(*thread);
}

/// Nothing is done for all at once: the lanes only have to be here.
static void meet(const WarpCall &) {}
static constexpr WarpOperation kMeeting = {meet, /*aligned=*/true,
                                           /*needsAll=*/false,
                                           /*wakes=*/false,
                                           "barrier in divergent code"};

static void runArrive(Call &call) {
  Thread &thread = call.thread;
  if (call.site.data & Aligned)
    gather(call, ~0u, kMeeting);
  Cluster &cluster = *thread.cta->cluster;
  AsyncState &state = getAsyncState(thread);
  if (state.hasArrived) {
    reportSync(thread, call.site,
               "cluster barrier arrived at twice: by " + describe(thread) +
                   ", without a barrier.cluster.wait in between");
    return;
  }
  state.hasArrived = true;
  state.arrivedGeneration = cluster.generation;
  if (call.site.data & Relaxed) {
    cluster.nextReleased.clock.join(state.initialisedFenced);
    releaseRelaxed(thread.agent, Scope::Cluster, cluster.nextReleased);
  } else {
    release(thread.agent, cluster.nextReleased);
  }
  ++cluster.arrived;
  thread.scheduler->progress();
  completeIfDone(cluster, countAlive(cluster));
}

static void runWait(Call &call) {
  Thread &thread = call.thread;
  if (call.site.data & Aligned)
    gather(call, ~0u, kMeeting);
  Cluster &cluster = *thread.cta->cluster;
  AsyncState &state = getAsyncState(thread);
  if (!state.hasArrived) {
    reportSync(thread, call.site,
               "cluster barrier waited for without an arrival: by " +
                   describe(thread));
    return;
  }
  while (cluster.generation == state.arrivedGeneration) {
    cluster.waiting.push_back(&thread);
    thread.scheduler->block(thread, {&call.site, "the barrier of the cluster"});
  }
  state.hasArrived = false;
  acquire(thread.agent, cluster.released);
}

//===----------------------------------------------------------------------===//
// Ends of threads, CTAs and clusters
//===----------------------------------------------------------------------===//

/// Accesses of other CTAs to this one's shared memory: its end must come
/// after them. Those that the thread, which ends, knows of do.
static void endRemoteAccesses(Thread &thread, bool isLast) {
  Cta &cta = *thread.cta;
  if (!cta.async)
    return;
  auto &remote = cta.async->remote;
  llvm::SmallVector<uint64_t, 16> known;
  for (auto &[agent, access] : remote) {
    if (thread.agent.clock.knows(access.epoch))
      known.push_back(agent);
    else if (isLast)
      reportSync(*access.thread, *access.site,
                 std::string(access.isWrite ? "write to" : "read of") +
                     " another CTA's shared memory after its end: " +
                     describe(*access.thread) + " may come when CTA rank " +
                     std::to_string(cta.rank) +
                     " has ended; a cluster barrier behind the access keeps "
                     "it");
  }
  for (uint64_t agent : known)
    remote.erase(agent);
}

void mhc::emulator::threadEnded(Thread &thread) {
  Cta &cta = *thread.cta;
  Cluster &cluster = *cta.cluster;
  if (thread.async) {
    endPlainCopies(thread);
    endBulkCopies(thread);
    AsyncState &state = *thread.async;
    if (state.hasArrived && state.arrivedGeneration == cluster.generation)
      --cluster.arrived;
  }
  uint32_t numAlive = countAlive(cluster) - 1;
  if (cluster.ctas.size() > 1) {
    // An end counts as an arrival for those who wait for the others.
    release(thread.agent, cluster.nextReleased);
    completeIfDone(cluster, numAlive);
    endRemoteAccesses(thread, cta.numExited + 1 == cta.threads.size());
  } else {
    completeIfDone(cluster, numAlive);
  }
  if (numAlive == 0)
    for (std::unique_ptr<Cta> &member : cluster.ctas)
      endMbarriers(thread, *member);
}

void mhc::emulator::checkRemoteAccess(Thread &thread, const Site &site,
                                      Cta &owner, bool isWrite) {
  if (!thread.scheduler->device.options.checks.sync)
    return;
  const char *what = isWrite ? "write to" : "read of";
  auto place = [&] {
    return describe(thread) + " and CTA rank " + std::to_string(owner.rank);
  };
  if (owner.numExited == owner.threads.size()) {
    reportSync(thread, site,
               std::string(what) +
                   " another CTA's shared memory after its end: " + place() +
                   "; a cluster barrier behind the access keeps it");
    return;
  }
  AsyncState &state = getAsyncState(thread);
  const Clock &clock = thread.agent.clock;
  if (!(state.startedRanks >> owner.rank & 1)) {
    bool started = clock.knows(Epoch(owner.number, kStartAgent, 1));
    for (const Warp &warp : owner.warps) {
      if (started)
        break;
      started =
          clock.getUnknownLanes(Epoch(owner.number, warp.index * kWarpSize, 1),
                                warp.existing()) != warp.existing();
    }
    if (started)
      state.startedRanks |= 1u << owner.rank;
    else
      reportSync(
          thread, site,
          std::string(what) +
              " another CTA's shared memory before its start: " + place() +
              ", which is not known to run; a cluster barrier ahead "
              "of the access makes sure");
  }
  Epoch epoch =
      state.remoteEpoch.isNone() ? thread.agent.now() : state.remoteEpoch;
  getAsyncState(owner).remote[epoch.bits & ~uint64_t{Epoch::kMaxTick}] = {
      &thread, epoch, &site, isWrite};
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

/// The shared address at the same place of CTA `rank`.
static uint32_t map(Call &call, uint32_t address, uint32_t rank) {
  uint32_t size = call.thread.cta->cluster->ctas.size();
  if (rank >= size && call.thread.scheduler->device.options.checks.memory)
    report(call.thread, call.site,
           "out of bounds rank of a CTA: mapa to rank " + std::to_string(rank) +
               " of a cluster of " + std::to_string(size) + " by " +
               describe(call.thread));
  // One that does not exist lies behind all that do.
  return getClusterAddress(rank, address);
}

static void runMapShared(Call &call) {
  call.set<uint32_t>(0,
                     map(call, call.get<uint32_t>(0), call.get<uint32_t>(1)));
}

static void runMapGeneric(Call &call) {
  uint64_t address = call.get<uint64_t>(0);
  if (address - kSharedWindow >= 1ull << 32) {
    reportSync(call.thread, call.site,
               "mapa of an address outside of shared memory: by " +
                   describe(call.thread));
    call.set(0, address);
    return;
  }
  call.set<uint64_t>(0,
                     kSharedWindow + map(call, static_cast<uint32_t>(address),
                                         call.get<uint32_t>(1)));
}

static uint32_t getRank(const Thread &thread, uint32_t address) {
  return address & kSharedOfCluster
             ? (address & ~kSharedOfCluster) >> kSharedRankShift
             : thread.cta->rank;
}

static void runGetRankShared(Call &call) {
  call.set<uint32_t>(0, getRank(call.thread, call.get<uint32_t>(0)));
}

static void runGetRankGeneric(Call &call) {
  uint64_t address = call.get<uint64_t>(0);
  if (address - kSharedWindow >= 1ull << 32)
    reportSync(call.thread, call.site,
               "getctarank of an address outside of shared memory: by " +
                   describe(call.thread));
  call.set<uint32_t>(0, getRank(call.thread, static_cast<uint32_t>(address)));
}

/// isspacep.*; data holds the space, or 100 for shared memory of the cluster.
static constexpr uint64_t kClusterShared = 100;

static void runIsSpace(Call &call) {
  Thread &thread = call.thread;
  uint64_t address = call.get<uint64_t>(0);
  bool isShared = address - kSharedWindow < 1ull << 32;
  bool result = false;
  if (call.site.data == kClusterShared)
    result = isShared;
  else if (call.site.data == static_cast<uint64_t>(Space::Shared))
    result = isShared && getRank(thread, static_cast<uint32_t>(address)) ==
                             thread.cta->rank;
  else if (!isShared) {
    Device &device = thread.scheduler->device;
    std::lock_guard<std::mutex> lock(device.mutex);
    const Buffer *buffer = device.memory->find(address);
    bool isLocal = buffer && buffer->kind == Buffer::LocalMemory;
    if (call.site.data == static_cast<uint64_t>(Space::Local))
      result = isLocal;
    else // Constants lie in module globals, which are global addresses too.
      result =
          call.site.data == static_cast<uint64_t>(Space::Global) && !isLocal;
  }
  call.set<uint8_t>(0, result);
}

void mhc::emulator::addClusterOperations(OperationTable &table) {
  std::string prefix = "llvm.nvvm.barrier.cluster.";
  table.addIntrinsic(prefix + "arrive", runArrive, 0);
  table.addIntrinsic(prefix + "arrive.relaxed", runArrive, Relaxed);
  table.addIntrinsic(prefix + "wait", runWait, 0);
  table.addIntrinsic(prefix + "arrive.aligned", runArrive, Aligned);
  table.addIntrinsic(prefix + "arrive.relaxed.aligned", runArrive,
                     Relaxed | Aligned);
  table.addIntrinsic(prefix + "wait.aligned", runWait, Aligned);

  table.addIntrinsic("llvm.nvvm.mapa", runMapGeneric);
  table.addIntrinsic("llvm.nvvm.mapa.shared.cluster", runMapShared);
  table.addIntrinsic("llvm.nvvm.getctarank", runGetRankGeneric);
  table.addIntrinsic("llvm.nvvm.getctarank.shared.cluster", runGetRankShared);
  for (auto [name, space] : {std::pair{"const", Space::Constant},
                             {"global", Space::Global},
                             {"local", Space::Local},
                             {"shared", Space::Shared}})
    table.addIntrinsic(llvm::Twine("llvm.nvvm.isspacep.") + name, runIsSpace,
                       static_cast<uint64_t>(space));
  table.addIntrinsic("llvm.nvvm.isspacep.shared.cluster", runIsSpace,
                     kClusterShared);
}
