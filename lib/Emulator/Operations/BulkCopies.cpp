//===- BulkCopies.cpp - cp.async.bulk and st.async ------------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Copies to shared memory report their bytes to a mbarrier and are done by its
// agent. Copies to global memory complete in groups of the thread; there one
// agent writes and another reads, since wait_group.read waits for the latter
// alone.
//
//===----------------------------------------------------------------------===//

#include "Instrument/OperationTable.h"
#include "Machine/Gather.h"
#include "Machine/LaunchCounter.h"
#include "Machine/Scheduler.h"
#include "Operations/AsyncState.h"

using namespace mhc::emulator;

/// What the async proxy sees of the issuer's knowledge, if that is checked.
static const Clock *getFenced(const Thread &thread) {
  return thread.agent.tracksProxies ? &thread.agent.fenced : nullptr;
}

/// Reports sizes that are no multiple of 16 bytes.
static void checkSize(Call &call, uint32_t size) {
  if (size % 16 && call.thread.scheduler->device.options.checks.memory)
    report(call.thread, call.site,
           "misaligned size of a bulk copy: " + std::to_string(size) +
               " bytes are not a multiple of 16, by " + describe(call.thread));
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

/// Issues one copy that reports its bytes to a mbarrier.
static void issueCounted(Call &call, AsyncCopy copy, CopyEnds ends,
                         uint64_t mbarrierAddress) {
  Mbarrier *mbarrier = findMbarrier(call, mbarrierAddress, Space::Shared,
                                    MbarrierUse::CountLater);
  if (!mbarrier)
    return;
  Thread &thread = call.thread;
  ends.writer = ends.reader = getEpoch(*mbarrier);
  Cta *owner = resolve(thread, ends.target, ends.targetSpace).owner;
  if (owner && owner != mbarrier->owner &&
      thread.scheduler->device.options.checks.sync)
    report(thread, call.site,
           "mbarrier of another CTA than the target of the copy: " +
               getShortName(call.site) + " by " + describe(thread));
  issueCopy(call, copy, ends);
  addCopy(call, *mbarrier, std::move(copy));
}

static AsyncCopy makeCopy(uint32_t size) {
  AsyncCopy copy;
  copy.size = copy.sourceSize = size;
  return copy;
}

/// (target, mbarrier, source, size, ...): data holds 1 if a mask of CTAs may
/// follow, with its flag two arguments behind it.
static void runLoad(Call &call) {
  Thread &thread = call.thread;
  uint32_t target = call.get<uint32_t>(0);
  uint32_t mbarrier = call.get<uint32_t>(1);
  uint32_t size = call.get<uint32_t>(3);
  checkSize(call, size);
  if (!size)
    return;
  CopyEnds ends;
  ends.source = call.get<uint64_t>(2);
  ends.fenced = getFenced(thread);
  bool isMulticast = call.site.data && call.get<uint8_t>(6) & 1;
  if (!isMulticast) {
    ends.target = target;
    issueCounted(call, makeCopy(size), ends, mbarrier);
    return;
  }
  // The same place in each CTA of the mask, its mbarrier likewise.
  uint32_t mask = call.get<uint16_t>(4);
  uint32_t numCtas = thread.scheduler->launch.clusterSize;
  if (mask >> numCtas || !mask)
    report(thread, call.site,
           "out of bounds: multicast to a mask of CTAs that are not in the "
           "cluster of " +
               std::to_string(numCtas) + ", by " + describe(thread));
  llvm::SmallVector<Resolved, 16> targets;
  ends.isPart = true;
  for (uint32_t rank = 0; rank < numCtas; ++rank) {
    if (!(mask >> rank & 1))
      continue;
    ends.target = getClusterAddress(rank, target);
    targets.push_back(resolve(thread, ends.target, ends.targetSpace));
    issueCounted(call, makeCopy(size), ends, getClusterAddress(rank, mbarrier));
  }
  if (LaunchCounter *counter = thread.scheduler->counter.get())
    counter->countBulkCopy(
        thread, resolve(thread, ends.source, ends.sourceSpace), targets, size);
}

/// (target, mbarrier, source, size) between CTAs of the cluster.
static void runSharedToCluster(Call &call) {
  uint32_t size = call.get<uint32_t>(3);
  checkSize(call, size);
  if (!size)
    return;
  CopyEnds ends;
  ends.target = call.get<uint32_t>(0);
  ends.source = call.get<uint32_t>(2);
  ends.sourceSpace = Space::Shared;
  ends.fenced = getFenced(call.thread);
  issueCounted(call, makeCopy(size), ends, call.get<uint32_t>(1));
}

/// st.async (target, values..., mbarrier [, predicate]): data holds the bytes
/// of a value, the number of values above bit 8, and bit 16 if it is
/// predicated. It belongs to the generic proxy.
static void runStore(Call &call) {
  uint32_t elementSize = call.site.data & 0xff;
  uint32_t count = call.site.data >> 8 & 0xff;
  if (call.site.data >> 16 & 1 && !(call.get<uint8_t>(2 + count) & 1))
    return;
  AsyncCopy copy = makeCopy(elementSize * count);
  copy.staged = std::make_unique<char[]>(copy.size);
  for (uint32_t i = 0; i < count; ++i)
    std::memcpy(copy.staged.get() + i * elementSize, call.arguments + 1 + i,
                elementSize);
  CopyEnds ends;
  ends.target = call.get<uint32_t>(0);
  ends.alignment = copy.size;
  issueCounted(call, std::move(copy), ends, call.get<uint32_t>(1 + count));
}

//===----------------------------------------------------------------------===//
// To global memory
//===----------------------------------------------------------------------===//

static constexpr uint32_t kMaxReaderSlots = 512;

static Epoch getWriter(const Thread &thread, uint32_t tick) {
  return Epoch(thread.cta->number, Epoch::kBulkGroups + thread.index, tick);
}

static Epoch getReader(const Thread &thread, uint32_t tick) {
  int32_t slot = thread.async->readerSlot;
  if (slot < 0)
    return getWriter(thread, tick);
  return Epoch(thread.cta->number, Epoch::kMbarriers + slot, tick);
}

/// (target, source, size, hint, ...): data holds 1 if the mask of bytes is
/// argument 5.
static void runStoreBulk(Call &call) {
  Thread &thread = call.thread;
  AsyncState &state = getAsyncState(thread);
  uint32_t size = call.get<uint32_t>(2);
  checkSize(call, size);
  if (!size)
    return;
  // Half of the slots are left to mbarriers; threads beyond have one agent for
  // both ends.
  if (state.readerSlot < 0 &&
      getAsyncState(*thread.cta).numSlots < kMaxReaderSlots)
    state.readerSlot = takeSlot(*thread.cta);
  AsyncCopy copy = makeCopy(size);
  if (call.site.data)
    copy.byteMask = call.get<uint16_t>(5);
  CopyEnds ends;
  ends.target = call.get<uint64_t>(0);
  ends.targetSpace = Space::Global;
  ends.source = call.get<uint32_t>(1);
  ends.sourceSpace = Space::Shared;
  ends.writer = getWriter(thread, state.bulk.tick);
  ends.reader = getReader(thread, state.bulk.tick);
  ends.fenced = getFenced(thread);
  issueCopy(call, copy, ends);
  if (copy.target)
    state.bulk.copies.push_back(std::move(copy));
}

static void runCommit(Call &call) {
  CopyGroups &groups = getAsyncState(call.thread).bulk;
  groups.committed.push_back(groups.tick++);
}

/// wait_group; data holds 1 if for the sources alone.
static void runWaitGroup(Call &call) {
  Thread &thread = call.thread;
  bool reads = call.site.data;
  CopyGroups &groups = getAsyncState(thread).bulk;
  uint32_t numLeft = call.get<uint32_t>(0);
  if (groups.committed.size() <= numLeft)
    return;
  size_t count = groups.committed.size() - numLeft;
  uint32_t tick = groups.committed[count - 1];
  for (AsyncCopy &copy : groups.copies)
    if (copy.tick <= tick)
      stage(copy);
  thread.agent.clock.learn(getReader(thread, tick));
  if (!reads) {
    size_t kept = 0;
    for (AsyncCopy &copy : groups.copies) {
      if (copy.tick <= tick)
        land(thread.scheduler->device, copy);
      else
        std::swap(groups.copies[kept++], copy);
    }
    groups.copies.resize(kept);
    groups.committed.erase(groups.committed.begin(),
                           groups.committed.begin() + count);
    thread.agent.clock.learn(getWriter(thread, tick));
  }
  thread.scheduler->progress();
}

void mhc::emulator::endBulkCopies(Thread &thread) {
  // Those whose source has been read land with the end of the kernel.
  for (AsyncCopy &copy : thread.async->bulk.copies) {
    if (!copy.staged && copy.source)
      reportNeverWaited(thread, copy,
                        "its shared memory may be gone before it is read; "
                        "cp.async.bulk.wait_group.read waits for that");
    land(thread.scheduler->device, copy);
  }
  thread.async->bulk.copies.clear();
}

/// (source, size, ...): nothing but the form is checked.
static void runPrefetch(Call &call) {
  uint64_t source = call.get<uint64_t>(0);
  checkSize(call, call.get<uint32_t>(1));
  if (source % 16 && call.thread.scheduler->device.options.checks.memory)
    report(call.thread, call.site,
           "misaligned bulk prefetch: its address is no multiple of 16, by " +
               describe(call.thread));
}

/// Every way to write st.async, with a blank behind commas or without, and with
/// a predicate behind the operands.
static void addStores(OperationTable &table) {
  for (const char *weak : {"", ".weak"})
    for (unsigned bits : {32u, 64u})
      for (char kind : {'b', 'u', 's', 'f'})
        for (unsigned count : {1u, 2u, 4u}) {
          if (bits * count > 128)
            continue;
          for (const char *comma : {", ", ","})
            for (bool isPredicated : {false, true}) {
              std::string text;
              if (isPredicated)
                text = "@$" + std::to_string(2 + count) + ' ';
              text += std::string("st.async") + weak +
                      ".shared::cluster.mbarrier::complete_tx::bytes";
              if (count > 1)
                text += ".v" + std::to_string(count);
              text +=
                  std::string(".") + kind + std::to_string(bits) + " [$0], ";
              if (count > 1)
                text += '{';
              for (unsigned i = 0; i < count; ++i)
                text += (i ? comma : "") + ("$" + std::to_string(1 + i));
              if (count > 1)
                text += '}';
              text += ", [$" + std::to_string(1 + count) + "];";
              table.addAssembly(text, runStore,
                                bits / 8 | count << 8 | isPredicated << 16);
            }
        }
}

void mhc::emulator::addBulkCopyOperations(OperationTable &table) {
  std::string prefix = "llvm.nvvm.cp.async.bulk.";
  table.addIntrinsic(prefix + "global.to.shared.cluster", runLoad, 1);
  table.addIntrinsic(prefix + "global.to.shared.cta", runLoad, 0);
  table.addIntrinsic(prefix + "shared.cta.to.cluster", runSharedToCluster);
  table.addIntrinsic(prefix + "shared.cta.to.global", runStoreBulk, 0);
  table.addIntrinsic(prefix + "shared.cta.to.global.bytemask", runStoreBulk, 1);
  table.addIntrinsic(prefix + "prefetch.L2", runPrefetch);
  table.addIntrinsic(prefix + "commit.group", runCommit);
  table.addIntrinsic(prefix + "wait.group", runWaitGroup, 0);
  table.addIntrinsic(prefix + "wait.group.read", runWaitGroup, 1);
  addStores(table);
}
