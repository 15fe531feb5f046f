//===- AsyncCopies.cpp - cp.async and what all copies share ---------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/LaunchCounter.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

using namespace mhc::emulator;

AsyncState &mhc::emulator::getAsyncState(Thread &thread) {
  if (!thread.async)
    thread.async = std::make_unique<AsyncState>();
  return *thread.async;
}

ClusterAsyncState &mhc::emulator::getAsyncState(Cta &cta) {
  if (!cta.async)
    cta.async = std::make_unique<ClusterAsyncState>();
  return *cta.async;
}

//===----------------------------------------------------------------------===//
// All copies
//===----------------------------------------------------------------------===//

/// Calls `body(offset, count)` for each run of bytes that the mask lets pass.
template <typename Body>
static void forEachRun(const AsyncCopy &copy, Body body) {
  if (copy.byteMask == 0xffff) {
    body(0u, copy.size);
    return;
  }
  for (uint32_t at = 0; at < copy.size;) {
    auto passes = [&](uint32_t offset) {
      return copy.byteMask >> (offset % 16) & 1;
    };
    uint32_t end = at;
    while (end < copy.size && passes(end))
      ++end;
    if (end != at)
      body(at, end - at);
    at = std::max(end, at + 1);
  }
}

/// Counts the traffic of a copy.
static void count(Thread &thread, const AsyncCopy &copy, const CopyEnds &ends,
                  const char *source, const char *target) {
  LaunchCounter *counter = thread.scheduler->counter.get();
  if (!counter)
    return;
  Resolved to = resolve(thread, ends.target, ends.targetSpace);
  uint32_t agent = ends.writer.getAgent();
  if (copy.staged)
    counter->record(thread, *copy.site,
                    {ends.target, ends.targetSpace, copy.size, copy.size,
                     AccessKind::Write},
                    to);
  else if (agent >= Epoch::kAsyncCopies && agent < Epoch::kBulkGroups)
    counter->recordAsyncCopy(thread, *copy.site,
                             reinterpret_cast<uint64_t>(source),
                             source ? copy.sourceSize : 0,
                             reinterpret_cast<uint64_t>(target), copy.size);
  else
    counter->countBulkCopy(
        thread, resolve(thread, ends.source, ends.sourceSpace), to, copy.size);
}

void mhc::emulator::issueCopy(Call &call, AsyncCopy &copy,
                              const CopyEnds &ends) {
  Thread &thread = call.thread;
  const Site &site = call.site;
  copy.site = &site;
  copy.issuer = &thread;
  copy.tick = ends.writer.getTick();
  char *source = copy.staged.get();
  if (copy.sourceSize && !source) {
    source = checkMemory(thread, site,
                         {ends.source, ends.sourceSpace, copy.sourceSize,
                          ends.alignment, AccessKind::Read});
    if (source)
      checkRaces(thread, site, source, copy.sourceSize, AccessKind::Read,
                 Scope::System, ends.reader, thread.agent.clock, ends.fenced);
    // Another CTA's mbarrier counts it: this CTA must not end before.
    if (ends.sourceSpace == Space::Shared &&
        ends.reader.getCta() != thread.cta->number)
      getAsyncState(*thread.cta)
          .remote[ends.reader.bits & ~uint64_t{Epoch::kMaxTick}] = {
          &thread, ends.reader, &site, /*isWrite=*/false};
  }
  AsyncState &state = getAsyncState(thread);
  state.remoteEpoch = ends.writer;
  char *target = checkMemory(thread, site,
                             {ends.target, ends.targetSpace, copy.size,
                              ends.alignment, AccessKind::Write});
  state.remoteEpoch = Epoch();
  if (!target)
    return;
  Memory &memory = *thread.scheduler->device.memory;
  forEachRun(copy, [&](uint32_t offset, uint32_t count) {
    checkRaces(thread, site, target + offset, count, AccessKind::Write,
               Scope::System, ends.writer, thread.agent.clock, ends.fenced);
    std::memset(target + offset, 0xff, count);
    memory.setInitialised(reinterpret_cast<uint64_t>(target + offset), count,
                          false);
  });
  if (!ends.isPart)
    count(thread, copy, ends, source, target);
  copy.source = source;
  copy.target = target;
}

void mhc::emulator::stage(AsyncCopy &copy) {
  if (copy.staged || !copy.source)
    return;
  copy.staged = std::make_unique<char[]>(copy.sourceSize);
  std::memcpy(copy.staged.get(), copy.source, copy.sourceSize);
}

void mhc::emulator::land(Device &device, AsyncCopy &copy) {
  if (!copy.target)
    return;
  const char *source = copy.staged ? copy.staged.get() : copy.source;
  forEachRun(copy, [&](uint32_t offset, uint32_t count) {
    uint32_t present = copy.sourceSize > offset
                           ? std::min(count, copy.sourceSize - offset)
                           : 0;
    if (present && source)
      std::memmove(copy.target + offset, source + offset, present);
    std::memset(copy.target + offset + present, 0, count - present);
    device.memory->setInitialised(
        reinterpret_cast<uint64_t>(copy.target + offset), count, true);
  });
}

void mhc::emulator::reportNeverWaited(Thread &thread, const AsyncCopy &copy,
                                      const char *remedy) {
  if (!thread.scheduler->device.options.checks.sync)
    return;
  report(thread, *copy.site,
         "copy never waited for: " + std::to_string(copy.size) +
             " bytes that " + describe(*copy.issuer) +
             " has copied may still be under way at the end; " + remedy);
}

const AsyncCopy *mhc::emulator::findInFlight(Thread &thread, uint64_t host,
                                             uint32_t size) {
  auto search = [&](llvm::ArrayRef<AsyncCopy> copies) -> const AsyncCopy * {
    for (const AsyncCopy &copy : copies) {
      uint64_t target = reinterpret_cast<uint64_t>(copy.target);
      if (target && target < host + size && host < target + copy.size)
        return &copy;
    }
    return nullptr;
  };
  for (std::unique_ptr<Cta> &cta : thread.cta->cluster->ctas) {
    if (cta->async)
      for (auto &[address, mbarrier] : cta->async->mbarriers)
        if (const AsyncCopy *copy = search(mbarrier->copies))
          return copy;
    for (Thread &other : cta->threads) {
      if (!other.async)
        continue;
      if (const AsyncCopy *copy = search(other.async->plain.copies))
        return copy;
      if (const AsyncCopy *copy = search(other.async->bulk.copies))
        return copy;
    }
  }
  return nullptr;
}

std::string mhc::emulator::describeEarly(Thread &thread, AccessKind kind,
                                         const Conflict &conflict) {
  bool reads = kind == AccessKind::Read || kind == AccessKind::AtomicRead ||
               kind == AccessKind::NonCoherentRead;
  if (!reads || conflict.other.isThread() ||
      !findInFlight(thread, conflict.address, 1))
    return {};
  return "read before an asynchronous copy has landed";
}

//===----------------------------------------------------------------------===//
// cp.async
//===----------------------------------------------------------------------===//

static Epoch getEpoch(const Thread &thread, uint32_t tick) {
  return Epoch(thread.cta->number, Epoch::kAsyncCopies + thread.index, tick);
}

void mhc::emulator::landPlainCopies(Thread &thread, uint32_t tick) {
  std::vector<AsyncCopy> &copies = thread.async->plain.copies;
  size_t kept = 0;
  for (AsyncCopy &copy : copies) {
    if (copy.tick <= tick)
      land(thread.scheduler->device, copy);
    else
      std::swap(copies[kept++], copy);
  }
  copies.resize(kept);
}

void mhc::emulator::endPlainCopies(Thread &thread) {
  AsyncState &state = *thread.async;
  for (AsyncCopy &copy : state.plain.copies)
    if (copy.tick > state.trackedTick)
      reportNeverWaited(thread, copy,
                        "cp.async.wait_group or a mbarrier waits for it");
}

/// cp.async of `data` bytes, with the number of those that are read if there is
/// a third argument (the high half of `data`).
static void runCopy(Call &call) {
  Thread &thread = call.thread;
  AsyncState &state = getAsyncState(thread);
  AsyncCopy copy;
  copy.size = copy.sourceSize = call.site.data & 0xff;
  if (call.site.data >> 32) {
    copy.sourceSize = call.get<uint32_t>(2);
    if (copy.sourceSize > copy.size) {
      report(thread, call.site,
             "cp.async reads more than it writes: " +
                 std::to_string(copy.sourceSize) + " bytes for " +
                 std::to_string(copy.size) + " by " + describe(thread));
      copy.sourceSize = copy.size;
    }
  }
  CopyEnds ends;
  ends.target = call.get<uint32_t>(0);
  ends.source = call.get<uint64_t>(1);
  ends.alignment = copy.size;
  ends.writer = ends.reader = getEpoch(thread, state.plain.tick);
  issueCopy(call, copy, ends);
  if (copy.target)
    state.plain.copies.push_back(std::move(copy));
}

static void commit(CopyGroups &groups) {
  groups.committed.push_back(groups.tick++);
}

static void runCommit(Call &call) { commit(getAsyncState(call.thread).plain); }

static void waitGroups(Thread &thread, uint32_t numLeft) {
  CopyGroups &groups = getAsyncState(thread).plain;
  if (groups.committed.size() <= numLeft)
    return;
  size_t count = groups.committed.size() - numLeft;
  uint32_t tick = groups.committed[count - 1];
  groups.committed.erase(groups.committed.begin(),
                         groups.committed.begin() + count);
  landPlainCopies(thread, tick);
  thread.agent.clock.learn(getEpoch(thread, tick));
  thread.scheduler->progress();
}

static void runWaitGroup(Call &call) {
  waitGroups(call.thread, call.get<uint32_t>(0));
}

static void runWaitAll(Call &call) {
  commit(getAsyncState(call.thread).plain);
  waitGroups(call.thread, 0);
}

/// cp.async.mbarrier.arrive: data holds 1 if the arrival is an expected one, 2
/// if the address is a shared one.
static void runMbarrierArrive(Call &call) {
  bool isShared = call.site.data & 2;
  uint64_t address = isShared ? call.get<uint32_t>(0) : call.get<uint64_t>(0);
  Mbarrier *mbarrier =
      findMbarrier(call, address, isShared ? Space::Shared : Space::Generic,
                   MbarrierUse::CountLater);
  if (!mbarrier)
    return;
  AsyncState &state = getAsyncState(call.thread);
  uint32_t tick = state.plain.tick++;
  state.trackedTick = tick;
  addDeferredArrival(call, *mbarrier, tick, call.site.data & 1);
}

void mhc::emulator::addAsyncCopyOperations(OperationTable &table) {
  for (unsigned size : {4u, 8u, 16u})
    for (const char *cache : {"ca", "cg"}) {
      if (cache[1] == 'g' && size != 16)
        continue;
      std::string name = std::string("llvm.nvvm.cp.async.") + cache +
                         ".shared.global." + std::to_string(size);
      table.addIntrinsic(name, runCopy, size);
      table.addIntrinsic(name + ".s", runCopy, size | 1ull << 32);
    }
  table.addIntrinsic("llvm.nvvm.cp.async.commit.group", runCommit);
  table.addIntrinsic("llvm.nvvm.cp.async.wait.group", runWaitGroup);
  table.addIntrinsic("llvm.nvvm.cp.async.wait.all", runWaitAll);
  table.addIntrinsic("llvm.nvvm.cp.async.mbarrier.arrive", runMbarrierArrive,
                     0);
  table.addIntrinsic("llvm.nvvm.cp.async.mbarrier.arrive.shared",
                     runMbarrierArrive, 2);
  table.addIntrinsic("llvm.nvvm.cp.async.mbarrier.arrive.noinc",
                     runMbarrierArrive, 1);
  table.addIntrinsic("llvm.nvvm.cp.async.mbarrier.arrive.noinc.shared",
                     runMbarrierArrive, 3);
}
