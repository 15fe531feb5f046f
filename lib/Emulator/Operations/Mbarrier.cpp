//===- Mbarrier.cpp - mbarrier.* ------------------------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The state of a mbarrier is kept beside the program's memory: its 8 bytes stay
// uninitialised, so that a plain read of them is found.
//
// A phase that lacks only asynchronous copies is completed by who asks for it.
// Whoever learns that a phase is complete acquires what its arrivals and all
// earlier ones released, and the copies that it counted.
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Gather.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

#include "llvm/ADT/STLExtras.h"

using namespace mhc::emulator;

/// Counts of arrivals and of bytes are less than this.
static constexpr int64_t kMaxCount = 1 << 20;

namespace {
/// What an operation was registered with.
enum Flags : uint64_t {
  /// The address is a shared one of 32 bits (else generic).
  Shared = 1,
  /// It returns a state.
  HasResult = 2,
  /// Argument 1 counts arrivals.
  HasCount = 4,
  /// Argument 1 counts bytes to expect.
  ExpectsBytes = 8,
  Drops = 16,
  MayNotComplete = 32,
  Relaxed = 64,
  /// The scope is the cluster (else the CTA).
  ClusterScope = 128,
  /// Argument 1 is a parity (else a state).
  Parity = 256,
  /// May give up before the phase is complete, in vain.
  MayTimeOut = 512,
  /// Waits for as long as it takes; no result.
  Loops = 1024,
  /// Argument 2 says whether it is done at all.
  Predicated = 2048,
};
} // namespace

static uint64_t getAddress(const Call &call) {
  return call.site.data & Shared ? call.get<uint32_t>(0)
                                 : call.get<uint64_t>(0);
}

static Space getSpace(const Call &call) {
  return call.site.data & Shared ? Space::Shared : Space::Generic;
}

/// Whether the operation's predicate is false.
static bool isOff(const Call &call) {
  return call.site.data & Predicated && !(call.get<uint8_t>(2) & 1);
}

static Device &getDevice(const Mbarrier &mbarrier) {
  return mbarrier.owner->cluster->launch->device;
}

Epoch mhc::emulator::getEpoch(const Mbarrier &mbarrier) {
  return Epoch(mbarrier.owner->number, Epoch::kMbarriers + mbarrier.slot,
               mbarrier.tick);
}

/// "phase 3 of the mbarrier at ...".
static std::string describePhase(const Mbarrier &mbarrier) {
  return "phase " + std::to_string(mbarrier.phase) + " of the mbarrier at " +
         describeAddress(getDevice(mbarrier), mbarrier.owner->cluster->launch,
                         mbarrier.host) +
         " of CTA rank " + std::to_string(mbarrier.owner->rank);
}

/// "has 1 of 2 arrivals, 128 of 256 bytes".
static std::string describeCounts(const Mbarrier &mbarrier) {
  std::string text =
      "has " +
      std::to_string(mbarrier.expected -
                     std::min(mbarrier.pending, mbarrier.expected)) +
      " of " + std::to_string(mbarrier.expected) + " arrivals";
  if (mbarrier.announced || mbarrier.landed)
    text += ", " + std::to_string(mbarrier.landed) + " of " +
            std::to_string(mbarrier.announced) + " bytes";
  return text;
}

/// What the operation is called in findings.
static std::string getOperation(const Call &call) {
  return call.site.data & Loops ? "mbarrier.try_wait" : getShortName(call.site);
}

static void reportSync(Call &call, const std::string &message,
                       Findings::Notes notes = {}) {
  if (call.thread.scheduler->device.options.checks.sync)
    report(call.thread, call.site, message, std::move(notes));
}

int32_t mhc::emulator::takeSlot(Cta &cta) {
  ClusterAsyncState &state = getAsyncState(cta);
  if (Epoch::kMbarriers + state.numSlots == kStartAgent)
    return -1;
  return state.numSlots++;
}

//===----------------------------------------------------------------------===//
// Life
//===----------------------------------------------------------------------===//

/// Checks the 8 bytes of a mbarrier. The CTA that owns them, or null.
static Cta *checkObject(Call &call, uint64_t address, Space space,
                        char *&host) {
  Thread &thread = call.thread;
  host = checkMemory(thread, call.site,
                     {address, space, 8, 8, AccessKind::AtomicWrite});
  if (!host)
    return nullptr;
  Cta *owner = resolve(thread, address, space).owner;
  if (!owner)
    reportSync(call, "mbarrier outside of shared memory: used by " +
                         describe(thread));
  return owner;
}

Mbarrier *mhc::emulator::findMbarrier(Call &call, uint64_t address, Space space,
                                      MbarrierUse use) {
  Thread &thread = call.thread;
  Mbarrier *mbarrier = nullptr;
  Resolved resolved = resolve(thread, address, space);
  if (resolved.owner && resolved.owner->async) {
    auto &mbarriers = resolved.owner->async->mbarriers;
    auto found = mbarriers.find(reinterpret_cast<uint64_t>(resolved.host));
    if (found != mbarriers.end())
      mbarrier = found->second.get();
  }
  Epoch self = mbarrier && use == MbarrierUse::CountLater ? getEpoch(*mbarrier)
                                                          : thread.agent.now();
  AsyncState &state = getAsyncState(thread);
  state.remoteEpoch = self;
  char *host;
  Cta *owner = checkObject(call, address, space, host);
  state.remoteEpoch = Epoch();
  if (!owner)
    return nullptr;
  checkRaces(thread, call.site, host, 8,
             use == MbarrierUse::Ask ? AccessKind::AtomicRead
                                     : AccessKind::AtomicWrite,
             Scope::Cluster, self, thread.agent.clock);
  if (mbarrier && mbarrier->isLive)
    return mbarrier;
  std::string user =
      getOperation(call) + " by " + describe(thread) + " at " +
      describeAddress(thread.scheduler->device, &thread.scheduler->launch,
                      reinterpret_cast<uint64_t>(host));
  if (mbarrier)
    reportSync(call, "mbarrier used after mbarrier.inval: " + user,
               {{"the mbarrier.inval is here", mbarrier->invalSite->place}});
  else
    reportSync(call, "mbarrier used before mbarrier.init: " + user);
  return nullptr;
}

static void runInit(Call &call) {
  if (isOff(call))
    return;
  Thread &thread = call.thread;
  Device &device = thread.scheduler->device;
  char *host;
  Cta *owner = checkObject(call, getAddress(call), getSpace(call), host);
  if (!owner)
    return;
  if (owner != thread.cta) {
    reportSync(call,
               "mbarrier of another CTA initialised: by " + describe(thread));
    return;
  }
  uint64_t address = reinterpret_cast<uint64_t>(host);
  std::unique_ptr<Mbarrier> &entry = getAsyncState(*owner).mbarriers[address];
  if (!entry) {
    int32_t slot = takeSlot(*owner);
    if (slot < 0) {
      getAsyncState(*owner).mbarriers.erase(address);
      report(thread, call.site,
             "mbarriers of a CTA: more than the emulator can tell apart");
      return;
    }
    entry = std::make_unique<Mbarrier>();
    entry->host = address;
    entry->owner = owner;
    entry->slot = slot;
  }
  Mbarrier &mbarrier = *entry;
  if (mbarrier.isLive)
    reportSync(call,
               "mbarrier initialised while in use: mbarrier.init by " +
                   describe(thread) + " without a mbarrier.inval, while " +
                   describePhase(mbarrier) + ' ' + describeCounts(mbarrier),
               {{"it was initialised here", mbarrier.initSite->place}});
  uint32_t count = call.get<uint32_t>(1);
  if (count == 0 || count >= kMaxCount) {
    reportSync(call, "mbarrier count out of range: " + std::to_string(count) +
                         " by " + describe(thread));
    count = 1;
  }
  // Under an epoch of the mbarrier's own, so that its initialisation can be
  // published without the rest that the thread did.
  Epoch epoch = getEpoch(mbarrier);
  checkRaces(thread, call.site, host, 8, AccessKind::Write, Scope::Cluster,
             epoch, thread.agent.clock);
  thread.agent.clock.learn(epoch);
  getAsyncState(thread).initialised.learn(epoch);
  ++mbarrier.tick;
  std::memset(host, 0xff, 8);
  device.memory->setInitialised(address, 8, false);
  mbarrier.isLive = true;
  mbarrier.initSite = &call.site;
  mbarrier.phase = 0;
  mbarrier.expected = mbarrier.expectedNext = mbarrier.pending = count;
  mbarrier.transactions = 0;
  mbarrier.announced = mbarrier.landed = 0;
  mbarrier.arriving = mbarrier.completed = Knowledge();
  mbarrier.copies.clear();
  mbarrier.deferred.clear();
  thread.scheduler->progress();
}

static void wakeAll(Mbarrier &mbarrier) {
  auto waiting = std::move(mbarrier.waiting);
  mbarrier.waiting.clear();
  for (Thread *thread : waiting)
    thread->scheduler->wake(*thread);
}

static void runInval(Call &call) {
  Thread &thread = call.thread;
  Mbarrier *mbarrier =
      findMbarrier(call, getAddress(call), getSpace(call), MbarrierUse::Ask);
  if (!mbarrier)
    return;
  checkRaces(thread, call.site, reinterpret_cast<char *>(mbarrier->host), 8,
             AccessKind::Write, Scope::Cluster, thread.agent.now(),
             thread.agent.clock);
  if (!mbarrier->copies.empty())
    reportSync(
        call,
        "mbarrier invalidated while a copy is under way: by " +
            describe(thread),
        {{"the copy is issued here", mbarrier->copies.front().site->place}});
  mbarrier->isLive = false;
  mbarrier->invalSite = &call.site;
  wakeAll(*mbarrier);
}

void mhc::emulator::endMbarriers(Thread &thread, Cta &cta) {
  if (!cta.async)
    return;
  const char *remedy = "a wait for its mbarrier's phase does";
  for (auto &[address, mbarrier] : cta.async->mbarriers) {
    for (AsyncCopy &copy : mbarrier->copies)
      reportNeverWaited(thread, copy, remedy);
    for (Mbarrier::Deferred &deferred : mbarrier->deferred)
      for (AsyncCopy &copy : deferred.thread->async->plain.copies)
        if (copy.tick <= deferred.tick)
          reportNeverWaited(thread, copy, remedy);
  }
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

static void completePhase(Mbarrier &mbarrier) {
  // Copies that were issued for it and have not landed stay unknown.
  Epoch epoch = getEpoch(mbarrier);
  for (const AsyncCopy &copy : mbarrier.copies)
    if (copy.tick <= epoch.getTick())
      epoch = Epoch(epoch.getCta(), epoch.getAgent(), copy.tick - 1);
  mbarrier.arriving.clock.learn(epoch);
  mbarrier.completed = mbarrier.arriving;
  ++mbarrier.phase;
  ++mbarrier.tick;
  mbarrier.expected = mbarrier.pending = mbarrier.expectedNext;
  mbarrier.announced = mbarrier.landed = 0;
  mbarrier.owner->threads.front().scheduler->progress();
  wakeAll(mbarrier);
}

/// Completes the phase if nothing is lacking.
static bool completeIfDone(Mbarrier &mbarrier) {
  if (mbarrier.pending || mbarrier.transactions)
    return false;
  completePhase(mbarrier);
  return true;
}

/// Completes the phase if it lacks nothing but copies that can land now.
static void settle(Mbarrier &mbarrier) {
  Device &device = getDevice(mbarrier);
  if (!mbarrier.deferred.empty() &&
      mbarrier.pending <= mbarrier.deferred.size()) {
    for (Mbarrier::Deferred &deferred : mbarrier.deferred) {
      Thread &thread = *deferred.thread;
      landPlainCopies(thread, deferred.tick);
      mbarrier.arriving.clock.learn(Epoch(thread.cta->number,
                                          Epoch::kAsyncCopies + thread.index,
                                          deferred.tick));
      if (mbarrier.pending)
        --mbarrier.pending;
    }
    mbarrier.deferred.clear();
  }
  if (mbarrier.pending)
    return;
  const Order &order = device.options.order;
  while (mbarrier.transactions > 0 && !mbarrier.copies.empty()) {
    size_t index = 0;
    if (order.kind == Order::Reverse)
      index = mbarrier.copies.size() - 1;
    else if (order.kind == Order::Seeded)
      index = mix(order.seed, mix(mbarrier.slot, mbarrier.tick)) %
              mbarrier.copies.size();
    AsyncCopy copy = std::move(mbarrier.copies[index]);
    mbarrier.copies.erase(mbarrier.copies.begin() + index);
    land(device, copy);
    mbarrier.transactions -= copy.size;
    mbarrier.landed += copy.size;
  }
  completeIfDone(mbarrier);
}

/// Something changed: lets one of the threads that are blocked look whether its
/// phase can be completed now.
static void changed(Mbarrier &mbarrier) {
  mbarrier.owner->threads.front().scheduler->progress();
  if (mbarrier.waiting.empty() || mbarrier.pending > mbarrier.deferred.size())
    return;
  int64_t inFlight = 0;
  for (const AsyncCopy &copy : mbarrier.copies)
    inFlight += copy.size;
  if (mbarrier.transactions > inFlight)
    return;
  Thread *thread = mbarrier.waiting.front();
  mbarrier.waiting.erase(mbarrier.waiting.begin());
  thread->scheduler->wake(*thread);
}

void mhc::emulator::addCopy(Call &call, Mbarrier &mbarrier, AsyncCopy copy) {
  mbarrier.copies.push_back(std::move(copy));
  changed(mbarrier);
}

static void checkTransactions(Call &call, const Mbarrier &mbarrier) {
  if (mbarrier.transactions >= kMaxCount || mbarrier.transactions <= -kMaxCount)
    reportSync(call, "mbarrier byte count out of range: " +
                         std::to_string(mbarrier.transactions) +
                         " bytes are outstanding in " +
                         describePhase(mbarrier) + " after " +
                         getOperation(call) + " by " + describe(call.thread));
}

static void expectBytes(Call &call, Mbarrier &mbarrier, uint32_t bytes) {
  mbarrier.transactions += bytes;
  mbarrier.announced += bytes;
  checkTransactions(call, mbarrier);
}

static void arrive(Call &call, Mbarrier &mbarrier, uint32_t count) {
  uint64_t flags = call.site.data;
  Thread &thread = call.thread;
  if (count == 0 || count >= kMaxCount) {
    reportSync(call, "mbarrier arrival count out of range: " +
                         std::to_string(count) + " by " + describe(thread));
    return;
  }
  if (count > mbarrier.pending) {
    reportSync(
        call,
        "mbarrier arrival beyond its count: " + describe(thread) + " arrives " +
            (count == 1 ? "once" : "with a count of " + std::to_string(count)) +
            ", but " + describePhase(mbarrier) + ' ' + describeCounts(mbarrier),
        {{"it was initialised here", mbarrier.initSite->place}});
    count = mbarrier.pending;
  }
  if (flags & MayNotComplete && count == mbarrier.pending)
    reportSync(call, "mbarrier phase completed by an arrival that must not: "
                     "mbarrier.arrive.noComplete by " +
                         describe(thread) + " at " + describePhase(mbarrier));
  // A release at the scope of a CTA is nothing to another CTA.
  bool isLocal = mbarrier.owner == thread.cta;
  if (flags & Relaxed)
    releaseRelaxed(thread.agent, isLocal ? Scope::Cta : Scope::Cluster,
                   mbarrier.arriving);
  else if (isLocal || flags & ClusterScope)
    release(thread.agent, mbarrier.arriving);
  if (flags & Drops)
    mbarrier.expectedNext -= std::min(count, mbarrier.expectedNext);
  mbarrier.pending -= count;
  if (!completeIfDone(mbarrier))
    changed(mbarrier);
}

void mhc::emulator::addDeferredArrival(Call &call, Mbarrier &mbarrier,
                                       uint32_t tick, bool isExpected) {
  if (!isExpected)
    ++mbarrier.pending;
  if (mbarrier.deferred.size() + 1 > mbarrier.pending) {
    reportSync(call,
               "mbarrier arrival beyond its count: " + getOperation(call) +
                   " by " + describe(call.thread) + ", but " +
                   describePhase(mbarrier) + ' ' + describeCounts(mbarrier),
               {{"it was initialised here", mbarrier.initSite->place}});
    return;
  }
  mbarrier.deferred.push_back({&call.thread, tick, &call.site});
  changed(mbarrier);
}

void mhc::emulator::releaseRelaxed(Agent &agent, Scope scope, Knowledge &into) {
  if (!agent.fences)
    return;
  for (unsigned i = static_cast<unsigned>(scope);
       i <= static_cast<unsigned>(Scope::System); ++i)
    if (agent.fences->hasRelease[i])
      into.join(agent.fences->released[i]);
}

//===----------------------------------------------------------------------===//
// Arriving
//===----------------------------------------------------------------------===//

/// A state as the program holds it: the phase, and the arrivals that it lacked.
static uint64_t makeState(const Mbarrier &mbarrier) {
  return uint64_t{mbarrier.phase} << 32 | mbarrier.pending;
}

static void runArrive(Call &call) {
  uint64_t flags = call.site.data;
  if (flags & HasResult)
    call.set<uint64_t>(0, 0);
  if (isOff(call))
    return;
  Mbarrier *mbarrier =
      findMbarrier(call, getAddress(call), getSpace(call), MbarrierUse::Count);
  if (!mbarrier)
    return;
  if (flags & HasResult)
    call.set(0, makeState(*mbarrier));
  if (flags & ExpectsBytes)
    expectBytes(call, *mbarrier, call.get<uint32_t>(1));
  arrive(call, *mbarrier, flags & HasCount ? call.get<uint32_t>(1) : 1);
}

static void runExpectBytes(Call &call) {
  if (Mbarrier *mbarrier = findMbarrier(call, getAddress(call), getSpace(call),
                                        MbarrierUse::Count)) {
    expectBytes(call, *mbarrier, call.get<uint32_t>(1));
    if (!completeIfDone(*mbarrier))
      changed(*mbarrier);
  }
}

static void runCompleteBytes(Call &call) {
  if (Mbarrier *mbarrier = findMbarrier(call, getAddress(call), getSpace(call),
                                        MbarrierUse::Count)) {
    uint32_t bytes = call.get<uint32_t>(1);
    mbarrier->transactions -= bytes;
    mbarrier->landed += bytes;
    checkTransactions(call, *mbarrier);
    if (!completeIfDone(*mbarrier))
      changed(*mbarrier);
  }
}

static void runPendingCount(Call &call) {
  call.set<uint32_t>(0, call.get<uint64_t>(0) & (kMaxCount - 1));
}

//===----------------------------------------------------------------------===//
// Waiting
//===----------------------------------------------------------------------===//

/// Whether the phase that the operation names is complete. A state that names
/// neither the current nor the last phase is reported, and counts as complete.
static bool isComplete(Call &call, const Mbarrier &mbarrier) {
  if (call.site.data & Parity) {
    uint32_t parity = call.get<uint32_t>(1);
    if (parity > 1)
      reportSync(call, "mbarrier parity is neither 0 nor 1: " +
                           std::to_string(parity) + " by " +
                           describe(call.thread));
    return (mbarrier.phase & 1) != (parity & 1);
  }
  uint64_t phase = call.get<uint64_t>(1) >> 32;
  if (phase == mbarrier.phase)
    return false;
  if (phase + 1 != mbarrier.phase)
    reportSync(call, "mbarrier waited for with the state of another phase: " +
                         describe(call.thread) + " waits for phase " +
                         std::to_string(phase) + " during " +
                         describePhase(mbarrier));
  return true;
}

static std::string explainWait(const Thread &thread) {
  const Mbarrier *mbarrier = thread.async ? thread.async->asked : nullptr;
  if (!mbarrier)
    return "";
  std::string text = describePhase(*mbarrier) + ' ' + describeCounts(*mbarrier);
  if (!mbarrier->copies.empty())
    text += "; " + std::to_string(mbarrier->copies.size()) +
            " copies to it are under way";
  return text;
}

static void acquire(Call &call, const Mbarrier &mbarrier) {
  Agent &agent = call.thread.agent;
  if (!(call.site.data & Relaxed)) {
    mhc::emulator::acquire(agent, mbarrier.completed);
    return;
  }
  // For a later fence.
  if (!agent.fences)
    agent.fences = std::make_unique<Agent::Fences>();
  agent.fences->read.push_back(
      {Scope::Cluster, mbarrier.owner->number, mbarrier.completed});
}

static void runWait(Call &call) {
  Thread &thread = call.thread;
  Scheduler &scheduler = *thread.scheduler;
  bool loops = call.site.data & Loops;
  if (!loops)
    call.set<uint64_t>(0, 1);
  if (isOff(call))
    return;
  Mbarrier *mbarrier =
      findMbarrier(call, getAddress(call), getSpace(call), MbarrierUse::Ask);
  if (!mbarrier)
    return;
  if (mbarrier->owner != thread.cta) {
    reportSync(call,
               "mbarrier of another CTA waited for: by " + describe(thread));
    return;
  }
  AsyncState &state = getAsyncState(thread);
  state.asked = mbarrier;
  Wait wait{&call.site, "a phase of a mbarrier",
            mbarrier->host - mbarrier->owner->sharedBase, explainWait};
  for (;;) {
    bool complete = isComplete(call, *mbarrier);
    if (!complete) {
      settle(*mbarrier);
      complete = isComplete(call, *mbarrier);
    }
    const Order &order = scheduler.device.options.order;
    if (complete && call.site.data & MayTimeOut &&
        order.kind == Order::Seeded) {
      // It may say "not yet" once, which finds loops that are missing.
      uint64_t key = mix(mbarrier->host, mbarrier->tick) | 1;
      if (state.toldInVain != key &&
          mix(order.seed, key + thread.index) % 4 == 0) {
        state.toldInVain = key;
        call.set<uint64_t>(0, 0);
        scheduler.yield(thread);
        return;
      }
    }
    if (complete)
      break;
    if (!loops) {
      call.set<uint64_t>(0, 0);
      scheduler.poll(thread, wait);
      return;
    }
    mbarrier->waiting.push_back(&thread);
    uint32_t phase = mbarrier->phase;
    scheduler.block(thread, wait);
    if (!mbarrier->isLive) {
      reportSync(call,
                 "mbarrier used after mbarrier.inval: " + describe(thread) +
                     " still waits for it",
                 {{"the mbarrier.inval is here", mbarrier->invalSite->place}});
      return;
    }
    if (mbarrier->phase > phase + 1) {
      // By the parity alone it would wait for the phase after those.
      reportSync(call, "mbarrier phase missed: " + describe(thread) +
                           " waits for phase " + std::to_string(phase) +
                           " by its parity, and it is already " +
                           describePhase(*mbarrier));
      break;
    }
  }
  acquire(call, *mbarrier);
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The operations of all targets, by name: `.scope.cta.space.cluster` and so
/// on.
static void addScoped(OperationTable &table, const llvm::Twine &name,
                      Handler handler, uint64_t flags, bool canBeRemote,
                      bool hasRelaxed, bool hasState) {
  for (bool relaxed : {false, true}) {
    if (relaxed && !hasRelaxed)
      continue;
    for (bool cluster : {false, true})
      for (bool remote : {false, true}) {
        if (remote && !canBeRemote)
          continue;
        table.addIntrinsic("llvm.nvvm.mbarrier." + name +
                               (relaxed ? ".relaxed" : "") + ".scope." +
                               (cluster ? "cluster" : "cta") + ".space." +
                               (remote ? "cluster" : "cta"),
                           handler,
                           flags | Shared | (relaxed ? Relaxed : 0) |
                               (cluster ? ClusterScope : 0) |
                               (hasState && !remote ? HasResult : 0));
      }
  }
}

/// An intrinsic for a generic address, and one for a shared address.
static void addPlain(OperationTable &table, const llvm::Twine &name,
                     Handler handler, uint64_t flags) {
  table.addIntrinsic("llvm.nvvm.mbarrier." + name, handler, flags);
  table.addIntrinsic("llvm.nvvm.mbarrier." + name + ".shared", handler,
                     flags | Shared);
}

/// Inline assembly with the address of either space behind `before`.
static void addAssembly(OperationTable &table, const llvm::Twine &before,
                        const llvm::Twine &behind, Handler handler,
                        uint64_t flags) {
  table.addAssembly(before + behind, handler, flags);
  for (const char *space : {".shared", ".shared::cta"})
    table.addAssembly(before + space + behind, handler, flags | Shared);
}

void mhc::emulator::addMbarrierOperations(OperationTable &table) {
  addPlain(table, "init", runInit, 0);
  addPlain(table, "inval", runInval, 0);
  addPlain(table, "arrive", runArrive, HasResult);
  addPlain(table, "arrive.noComplete", runArrive,
           HasResult | HasCount | MayNotComplete);
  addPlain(table, "arrive.drop", runArrive, HasResult | Drops);
  addPlain(table, "arrive.drop.noComplete", runArrive,
           HasResult | HasCount | Drops | MayNotComplete);
  addPlain(table, "test.wait", runWait, 0);
  table.addIntrinsic("llvm.nvvm.mbarrier.pending.count", runPendingCount);

  addScoped(table, "expect.tx", runExpectBytes, 0, true, false, false);
  addScoped(table, "complete.tx", runCompleteBytes, 0, true, false, false);
  addScoped(table, "arrive", runArrive, HasCount, true, true, true);
  addScoped(table, "arrive.expect.tx", runArrive, ExpectsBytes, true, true,
            true);
  addScoped(table, "arrive.drop", runArrive, HasCount | Drops, true, true,
            true);
  addScoped(table, "arrive.drop.expect.tx", runArrive, ExpectsBytes | Drops,
            true, true, true);
  addScoped(table, "test.wait", runWait, 0, false, true, false);
  addScoped(table, "test.wait.parity", runWait, Parity, false, true, false);
  for (const char *limit : {"", ".tl"}) {
    addScoped(table, llvm::Twine("try.wait") + limit, runWait, MayTimeOut,
              false, true, false);
    addScoped(table, llvm::Twine("try.wait.parity") + limit, runWait,
              Parity | MayTimeOut, false, true, false);
  }

  // What the NVVM dialect's lowering makes.
  addAssembly(table, "{ .reg .pred P1; LAB_WAIT: mbarrier.try_wait.parity",
              ".b64 P1, [$0], $1, $2; @P1 bra.uni DONE; bra.uni LAB_WAIT; "
              "DONE: }",
              runWait, Parity | Loops);
  for (bool predicated : {false, true}) {
    const char *guard = predicated ? "@$2 " : "";
    uint64_t flags = predicated ? Predicated : 0;
    addAssembly(table, llvm::Twine(guard) + "mbarrier.init", ".b64 [$0], $1;",
                runInit, flags);
    addAssembly(table, llvm::Twine(guard) + "mbarrier.arrive.expect_tx",
                ".b64 _, [$0], $1;", runArrive, flags | ExpectsBytes);
    table.addAssembly(llvm::Twine(guard) + "mbarrier.arrive.expect_tx."
                                           "release.cluster.shared::cluster."
                                           "b64 _, [$0], $1;",
                      runArrive, flags | ExpectsBytes | Shared | ClusterScope);
  }
  table.addAssembly("mbarrier.arrive.shared::cluster.b64 _, [$0];", runArrive,
                    Shared);
  table.addAssembly(
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [$0];", runArrive,
      Shared | ClusterScope);
}
